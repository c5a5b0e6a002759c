"""Reads step, horizon and tail: whether the model's time has a unit, and how many steps there are."""

from __future__ import annotations

import math

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
    tail = _tail(time, step, context)
    if steps + tail > MAX_STEPS:
        context.problems.at(
            time.step,
            "time.step",
            f"there are {steps + tail:,} steps; {MAX_STEPS:,} are allowed",
            hint="make the step longer",
        )
        steps, tail = 1, 0
    return Clock(step.value, steps, tail, time.method, unit)


def _tail(time: TimeDeclaration, step: Constant, context: Context) -> int:
    if time.tail is None or (not time.whole_tail and step.dimension != TIME):
        return 0
    if time.whole_tail:
        return _steps(time.tail, "tail", step, 0, context)
    found = context.quantity(time.tail, "time.tail")
    return 0 if found is None else math.ceil(found.value / step.value - _TOLERANCE)


def whole_steps(length: float, step: float) -> int | None:
    """How many steps a length of time has, or None if it is not a whole number of them."""
    count = length / step
    if not abs(count) < _ENDLESS:
        return None
    nearest = round(count)
    return nearest if abs(count - nearest) <= _TOLERANCE * max(1.0, nearest) else None


def steps_hint(length: float, step: float, written: Written) -> str:
    """How many steps a length of time has that is no whole number of them."""
    count = length / step
    return f"`{written.text.strip()}` is {count:.4g} steps; change it or `time: step`" if abs(count) < _ENDLESS else ""


def _steps(written: Written, name: str, step: Constant, least: int, context: Context) -> int:
    unit = Unit(context.checker.clock_unit.text, 1.0, context.checker.time)
    found = context.quantity(written, f"time.{name}", unit, what=f"the {name}")
    if found is None:
        return max(least, 0)
    count = whole_steps(found.value, step.value)
    if count is None or count < least:
        what = f"the {name} must be a whole number of steps" + (", at least one" if least else "")
        context.problems.at(written, f"time.{name}", what, hint=steps_hint(found.value, step.value, written))
        return least
    return count
