"""When a fan is better read on a logarithmic scale: its upper end far above its middle, or two fans far apart."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from leverwise.ask.answer import Row
from leverwise.report.numbers import is_number

SKEW = 10.0
"""How many times the last median the last 95 % point must be, or one last median the other."""
_DEEPEST = 1000.0
"""How far below the last 5 % point the scale may reach: what starts at zero would have no bottom."""
_MOST_MARKS = 6


@dataclass(frozen=True)
class Decades:
    """A logarithmic scale from one power of ten up; `top` is the largest value on it."""

    bottom: float
    top: float

    @property
    def marks(self) -> list[float]:
        """Powers of ten within the scale, thinned to at most six."""
        low, high = round(math.log10(self.bottom)), math.floor(math.log10(self.top))
        return [10.0**power for power in range(low, high + 1, 1 + (high - low) // _MOST_MARKS)]

    def place(self, value: float) -> float:
        """The logarithm of a value, not below the bottom; NaN stays NaN."""
        return math.log10(max(value, self.bottom)) if math.isfinite(value) else math.nan


def decades(rows: Sequence[Row]) -> Decades | None:
    """The logarithmic scale for the rows of a fan, or None if a linear one shows it well."""
    values = [float(row[key]) for row in rows for key in ("low", "middle", "high") if is_number(row.get(key))]
    if not values or not all(math.isfinite(value) and value >= 0 for value in values):
        return None
    last = [row for row in rows if row.get("time") == rows[-1].get("time")]
    positive = [float(row["low"]) for row in rows if float(row["low"]) > 0]
    ends = [float(row["low"]) for row in last if float(row["low"]) > 0]
    middles = [float(row["middle"]) for row in last]
    skewed = all(float(row["high"]) > SKEW * float(row["middle"]) > 0 for row in last)
    apart = max(middles) > SKEW * min(middles) > 0
    if not (skewed or apart) or not ends:
        return None
    bottom = max(min(positive), min(ends) / _DEEPEST)
    return Decades(10.0 ** math.floor(math.log10(bottom)), max(values))
