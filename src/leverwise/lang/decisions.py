"""Reads the declared decisions: unit, bounds, periods, start and the author's own schedule."""

from __future__ import annotations

import math

from leverwise.lang.clock import steps_hint, whole_steps
from leverwise.lang.context import Context
from leverwise.lang.declarations import DecisionDeclaration, Written
from leverwise.lang.system import Clock, Decision, Expression, Unit
from leverwise.units import DIMENSIONLESS, MONEY, Dimension, amount, per


def decision_unit(declaration: DecisionDeclaration, context: Context) -> Unit:
    """The declared unit, else that of the first bound, start or scheduled value that has one."""
    if declaration.unit:
        return context.unit(declaration.unit, declaration.name)
    texts = (declaration.low, declaration.high, declaration.start, *(value for _, value in declaration.use))
    for written in texts:
        if written is None:
            continue
        read = context.resolve(written, declaration.name)
        dimension = context.checker.infer(read.node, read.site)
        if dimension:
            text = context.written_unit(read.node)
            if text and context.units.parse(text).dimension == dimension:
                return context.units.parse(text)
            return context.checker.shown(dimension)
    return Unit()


def cost_dimension(declaration: DecisionDeclaration, unit: Unit, time: Dimension) -> Dimension:
    """What `costs` must be: money per unit of the decision, per time unless it is a lump."""
    each = per(MONEY if time else DIMENSIONLESS, unit.dimension if time else DIMENSIONLESS)
    return each if declaration.lump or not time else per(each, time)


def period_steps(written: Written | None, owner: str, clock: Clock, context: Context, otherwise: int) -> int:
    """The number of steps in a period, from a text such as `3 months`."""
    if written is None:
        return otherwise
    unit = Unit(clock.unit.text, 1.0, context.checker.time)
    found = context.quantity(written, owner, unit, what="a period")
    if found is None:
        return otherwise
    steps = whole_steps(found.value, clock.step)
    if steps is None or steps < 1:
        hint = steps_hint(found.value, clock.step, written)
        context.problems.at(written, owner, "a period must be a whole number of steps, at least one", hint=hint)
        return otherwise
    return min(steps, clock.steps)


def read_decision(
    declaration: DecisionDeclaration, unit: Unit, clock: Clock, every: int, costs: Expression | None, context: Context
) -> Decision:
    """The decision in base units; what can't be read is reported and replaced by its default."""
    name = declaration.name
    steps = period_steps(declaration.every, name, clock, context, every)
    periods = math.ceil(clock.steps / steps)

    def number(written: Written | None, otherwise: float, what: str) -> float:
        if written is None:
            return otherwise
        found = context.quantity(written, name, unit, declaration.understood, what)
        return otherwise if found is None else found.value

    low = number(declaration.low, 0.0, f"the least `{name}`")
    high = number(declaration.high, math.inf, f"the most `{name}`")
    if low > high:
        written = declaration.high or declaration.low
        assert written is not None
        context.problems.at(written, name, f"the most `{name}` is less than the least")
        high = low
    start = number(declaration.start, min(max(0.0, low), high), f"the start of `{name}`")
    if declaration.start is not None:
        _fail_if_outside(declaration.start, declaration, start, low, high, unit, context)
    use = _schedule(declaration, unit, clock, steps, periods, start, low, high, context) if declaration.use else None
    return Decision(
        name,
        unit,
        low,
        high,
        steps,
        periods,
        start,
        use,
        declaration.frozen,
        declaration.whole,
        declaration.after,
        declaration.switch,
        costs,
        declaration.lump,
        declaration.hours,
        declaration.origin,
    )


def first_open(decision: Decision, clock: Clock, begins: float) -> int | None:
    """The first period of a decision that opens when planning begins, or after; None if none does."""
    period = math.ceil(begins / (decision.steps_per_period * clock.step) - 1e-9)
    return period if period < decision.periods else None


def opens_late(decision: Decision, clock: Clock, begins: float) -> bool:
    """Whether planning begins within one of its periods, so that it stays as it was until the next."""
    period = first_open(decision, clock, begins)
    return period is None or period * decision.steps_per_period * clock.step > begins + 1e-9 * clock.step


def _schedule(
    declaration: DecisionDeclaration,
    unit: Unit,
    clock: Clock,
    steps: int,
    periods: int,
    start: float,
    low: float,
    high: float,
    context: Context,
) -> tuple[float, ...]:
    """The author's schedule as a value per period: each value held until the next, `start` before the first."""
    name = declaration.name
    time_unit = Unit(clock.unit.text, 1.0, context.checker.time)
    changes: dict[int, float] = {}
    for when, what in declaration.use:
        time = context.quantity(when, name, time_unit, what="a time in `use`")
        value = context.quantity(what, name, unit, declaration.understood, f"`{name}`")
        if time is None or value is None:
            continue
        _fail_if_outside(what, declaration, value.value, low, high, unit, context)
        period = whole_steps(time.value, clock.step * steps)
        if period is None or not 0 <= period < periods:
            length = amount(clock.step * steps / clock.unit.factor, clock.unit.text)
            context.problems.at(
                when,
                name,
                f"`{name}` can only change where a period starts, within the horizon: every {length} from 0",
                hint=f"write {nearest_starts(time.value, clock, steps, periods)}, or a shorter `every`",
            )
            continue
        changes[period] = value.value
    values, now = [], start
    for period in range(periods):
        now = changes.get(period, now)
        values.append(now)
    return tuple(values)


def nearest_starts(time: float, clock: Clock, steps: int, periods: int) -> str:
    """The starts of the period in which a time lies, and of the next; of what lies beyond, the last one.

    Periods have so many `steps`. The text is such as "`3 months` or `6 months`".
    """
    length = clock.step * steps
    period = min(max(0, math.floor(time / length)), periods - 1)
    starts = [k * length / clock.unit.factor for k in (period, period + 1) if k < periods]
    return " or ".join(f"`{amount(start, clock.unit.text)}`" for start in starts)


def _fail_if_outside(
    written: Written,
    declaration: DecisionDeclaration,
    value: float,
    low: float,
    high: float,
    unit: Unit,
    context: Context,
) -> None:
    name = declaration.name
    if not low - 1e-9 * abs(low) <= value <= high + 1e-9 * abs(high):
        least, most = (amount(each / unit.factor, unit.text) for each in (low, high))
        limits = f"between {least} and {most}" if math.isfinite(high) else f"at least {least}"
        context.problems.at(written, name, f"`{name}` must be {limits}")
    elif declaration.whole and not float(value / unit.factor).is_integer():
        context.problems.at(written, name, f"`{name}` must be a whole number")
