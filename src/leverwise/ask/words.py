"""Numbers and lists as they stand in sentences: three digits, `k`, `M`, `B`, units after them."""

from __future__ import annotations

import math
from collections.abc import Sequence

SUFFIXES = ((1e12, "T"), (1e9, "B"), (1e6, "M"), (1e3, "k"))


def number(value: float, digits: int = 3) -> str:
    """A number with three digits: 1234567 is `1.23M`.

    >>> number(1234567), number(0.05), number(0)
    ('1.23M', '0.05', '0')
    """
    if not math.isfinite(value):
        return "unbounded" if value > 0 else "nothing that can be computed"
    rounded = float(f"{value:.{digits}g}")
    for scale, suffix in SUFFIXES:
        if scale <= abs(rounded) < 1e15:
            return f"{rounded / scale:.{digits}g}{suffix}"
    return f"{rounded:.{digits}g}"


def quantity(value: float, unit: str = "") -> str:
    """A number with its unit: `$3.4k/month`, `12 songs`, `30 %`."""
    if unit.startswith("$"):
        sign = "-" if value < 0 else ""
        return f"{sign}${number(abs(value))}{unit[1:]}"
    return f"{number(value)} {unit}".rstrip()


def percent(share: float) -> str:
    """A share as whole percent; never 0 or 100 % unless it is exactly so.

    >>> percent(0.254), percent(0.9999), percent(1)
    ('25 %', 'over 99 %', '100 %')
    """
    if 0 < share < 0.01:
        return "under 1 %"
    if 0.99 < share < 1:
        return "over 99 %"
    return f"{100 * share:.0f} %"


def listing(items: Sequence[str], most: int = 4) -> str:
    """Items joined by commas and `and`, the rest counted.

    >>> listing(["a", "b", "c"]), listing(["a", "b", "c"], most=1)
    ('a, b and c', 'a and 2 more')
    """
    shown = list(items[:most])
    if len(items) > most:
        shown.append(f"{len(items) - most} more")
    if len(shown) < 2:
        return "".join(shown)
    return ", ".join(shown[:-1]) + " and " + shown[-1]


def spoken(name: str) -> str:
    """A variable's name for a sentence: underscores become spaces."""
    return name.replace("_", " ")
