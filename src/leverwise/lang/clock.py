"""Reads step, horizon and tail: whether the model's time has a unit, and how many steps there are."""

from __future__ import annotations

from leverwise.lang.context import Context
from leverwise.lang.declarations import TimeDeclaration, Written
from leverwise.lang.distributions import Constant
from leverwise.lang.system import Clock, Unit
from leverwise.units import DIMENSIONLESS, TIME

MAX_STEPS = 100_000
_TOLERANCE = 1e-6
_ENDLESS = 1e12


def read_clock(time: TimeDeclaration, context: Context) -> Clock:
    """The clock, and the dimension of time in the context's checker; a clock of one step after a problem."""
    step = context.quantity(time.step, "time.step")
    if step is None:
        return Clock(1.0, 1, 0, time.method, Unit("month", 1.0, TIME))
    if step.dimension not in (TIME, DIMENSIONLESS) or step.value <= 0:
        context.problems.at(
            time.step, "time.step", "the step must be a length of time above 0, such as `1 month`, or a plain number"
        )
        return Clock(1.0, 1, 0, time.method, Unit("month", 1.0, TIME))
    unit = context.units.parse(step.unit)
    context.checker.time = step.dimension
    context.checker.clock_unit = unit
    steps = _steps(time.horizon, "horizon", step, 1, context)
    tail = _steps(time.tail, "tail", step, 0, context) if time.tail is not None else 0
    if steps + tail > MAX_STEPS:
        context.problems.at(
            time.step,
            "time.step",
            f"there are {steps + tail:,} steps; {MAX_STEPS:,} are allowed",
            hint="make the step longer",
        )
        steps, tail = 1, 0
    return Clock(step.value, steps, tail, time.method, unit)


def whole_steps(length: float, step: float) -> int | None:
    """How many steps a length of time has, or None if it is not a whole number of them."""
    count = length / step
    if not abs(count) < _ENDLESS:
        return None
    nearest = round(count)
    return nearest if abs(count - nearest) <= _TOLERANCE * max(1.0, nearest) else None


def _steps(written: Written, name: str, step: Constant, least: int, context: Context) -> int:
    unit = Unit(context.checker.clock_unit.text, 1.0, context.checker.time)
    found = context.quantity(written, f"time.{name}", unit, what=f"the {name}")
    if found is None:
        return max(least, 0)
    count = whole_steps(found.value, step.value)
    if count is None or count < least:
        context.problems.at(
            written, f"time.{name}", f"the {name} must be a whole number of steps" + (", at least one" if least else "")
        )
        return least
    return count
