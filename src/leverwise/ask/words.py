"""Numbers, units and lists as people read them: three digits, `k`, `M`, `B`, plurals. Nothing is computed here."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from leverwise.units import in_number as in_number

MISSING = "-"
"""Stands for what is no number."""
SUFFIXES = ((1e12, "T"), (1e9, "B"), (1e6, "M"), (1e3, "k"))
SMALLEST, LARGEST = 1e-4, 1e15
"""Numbers beyond these are written with an exponent."""
DUST = 1e-12
"""What is smaller is left over from rounding."""


def number(value: Any, digits: int = 3) -> str:
    """A number with three digits: 1234567 is `1.23M`. NaN and None are a dash.

    >>> number(1234567), number(0.05), number(0), number(0.0000123456), number(None), number(123, 2)
    ('1.23M', '0.05', '0', '1.23e-5', '-', '120')
    """
    if value is None or math.isnan(float(value)):
        return MISSING
    if math.isinf(float(value)):
        return "∞" if value > 0 else "-∞"
    rounded = float(f"{float(value):.{digits}g}")
    size = abs(rounded)
    if size < DUST:
        return "0"
    if size < SMALLEST or size >= LARGEST:
        mantissa, exponent = f"{rounded:.{digits - 1}e}".split("e")
        return f"{float(mantissa):g}e{int(exponent)}"
    for scale, suffix in SUFFIXES:
        if size >= scale:
            return f"{rounded / scale:.{max(digits, 3)}g}{suffix}"
    return f"{rounded:.{max(digits, 3)}g}"


def rounded_up(value: float, digits: int = 3) -> float:
    """A positive number with so many digits, so that what is told suffices.

    >>> rounded_up(1234.1), rounded_up(1230), rounded_up(0.0412, 2), rounded_up(0)
    (1240.0, 1230.0, 0.042, 0.0)
    """
    step = 10.0 ** (math.floor(math.log10(value)) - digits + 1) if value > 0 else 1.0
    return float(f"{math.ceil(value / step - 1e-6) * step:.6g}")


def quantity(value: Any, unit: str = "") -> str:
    """A number with its unit, in the singular or plural.

    >>> quantity(3400, "$/month"), quantity(12, "loaf"), quantity(1, "songs"), quantity(30, "%"), quantity(2, "1/month")
    ('$3.4k/month', '12 loaves', '1 song', '30 %', '2/month')
    """
    text = number(value)
    if text == MISSING:
        return text
    if unit.startswith("$"):
        sign, digits = ("-", text[1:]) if text.startswith("-") else ("", text)
        return f"{sign}${digits}{unit[1:]}"
    if unit.startswith("1/"):
        return f"{text}{unit[1:]}"
    return f"{text} {in_number(unit, text.lstrip('-') == '1')}" if unit and unit != "1" else text


def count_of(count: int, what: str) -> str:
    """A whole count in full, with what it counts.

    >>> count_of(4096, "sample"), count_of(1, "base sample"), count_of(2, "story")
    ('4,096 samples', '1 base sample', '2 stories')
    """
    *before, word = what.split(" ")
    return f"{count:,} {' '.join([*before, in_number(word, one=count == 1)])}"


def bare(value: Any, unit: str = "") -> str:
    """A number without its unit, but with a dollar sign if it is money."""
    return quantity(value, "$") if unit.startswith("$") else number(value)


def low_to_high(low: Any, high: Any, unit: str = "") -> str:
    """A range; an end that is left over from rounding beside the other is 0.

    >>> low_to_high(5.2e6, 41e6), low_to_high(3e3, 5e3, "$"), low_to_high(-3e-11, 60, "$")
    ('5.2M to 41M', '$3k to $5k', '$0 to $60')
    """
    dust = DUST * max(abs(low or 0), abs(high or 0))
    low, high = (0.0 if each is not None and abs(each) <= dust < math.inf else each for each in (low, high))
    return f"{bare(low, unit)} to {bare(high, unit)}"


def interval(low: Any, high: Any, unit: str = "") -> str:
    """A range, or nothing if both of its ends read the same.

    >>> interval(3000, 5000, "$"), interval(0.1, 0.1)
    ('$3k to $5k', '')
    """
    return "" if bare(low, unit) == bare(high, unit) else low_to_high(low, high, unit)


def with_error(mean: Any, error: Any, unit: str = "") -> str:
    """A mean and its standard error.

    >>> with_error(959e6, 60.2e6, "use"), with_error(44600, 120, "$/month"), with_error(75, 0, "recital")
    ('959M ± 60M uses', '$44.6k ± $120/month', '75 recitals')
    """
    if not error:
        return quantity(mean, unit)
    if unit.startswith("$"):
        return f"{quantity(mean, '$')} ± ${number(error, 2)}{unit[1:]}"
    both = f"{number(mean)} ± {number(error, 2)}"
    return f"{both} {in_number(unit, one=False)}" if unit and unit != "1" else both


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


def asked(share: float) -> str:
    """A share that someone asked for, as exactly as it was written.

    >>> asked(0.9), asked(0.9999), asked(0.975)
    ('90 %', '99.99 %', '97.5 %')
    """
    return f"{100 * share:.10g} %"


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
    """A variable's name for a sentence, after the lever or whatever it belongs to.

    >>> spoken("hours_idle"), spoken("fan_club.members_now"), spoken("star.writing.assigned")
    ('hours idle', 'fan club: members now', 'star writing: assigned')
    """
    *owners, last = name.replace("_", " ").split(".")
    return f"{' '.join(owners)}: {last}" if owners and last and not last[0].isspace() else name.replace("_", " ")
