"""A time as a person writes it: a number in the clock's unit, or a number with a unit of time."""

from __future__ import annotations

import math

from leverwise.errors import ModelError, Problem
from leverwise.lang.syntax import Literal, TextError, parse
from leverwise.lang.system import System
from leverwise.units import Units, in_number


def base_time(text: str | float, system: System) -> float:
    """The time in base units. Raises ModelError for what is none."""
    unit = system.clock.unit
    hint = (
        f"write a number of {in_number(unit.text, one=False)}, or such as `1 year`" if unit.text else "write a number"
    )
    if isinstance(text, int | float) and not isinstance(text, bool):
        return float(text) * unit.factor
    units = Units(())
    try:
        read = parse(str(text).strip(), units.words)
    except TextError:
        read = None
    if not isinstance(read, Literal) or not math.isfinite(read.value):
        raise ModelError(Problem(f"`{text}` is no time", None, hint))
    if not read.unit:
        return read.value * unit.factor
    found = units.parse(read.unit)
    if found.dimension != unit.dimension:
        raise ModelError(Problem(f"`{text}` is no time of this model", None, hint))
    return read.value * found.factor
