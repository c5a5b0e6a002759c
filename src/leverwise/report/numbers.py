"""Numbers as people read them: `1.2M`, `$3.4k/month`, `30 %`, `5.2M to 41M`. Nothing is computed here."""

from __future__ import annotations

import math
import re
from typing import Any

MISSING = "-"
_SUFFIXES = ((1e12, "T"), (1e9, "B"), (1e6, "M"), (1e3, "k"))
_SMALLEST, _LARGEST = 1e-4, 1e15
_DUST = 1e-12
"""What is smaller is left over from rounding."""


def is_number(value: Any) -> bool:
    """True for Python and NumPy numbers, but not for booleans."""
    return not isinstance(value, bool) and hasattr(value, "__float__") and not isinstance(value, str)


def human(value: Any) -> str:
    """Three significant digits with k, M, B or T: 1234 is `1.23k`. NaN and None are a dash."""
    if value is None:
        return MISSING
    number = float(value)
    if math.isnan(number):
        return MISSING
    if math.isinf(number):
        return "∞" if number > 0 else "-∞"
    number = float(f"{number:.3g}")
    size = abs(number)
    if size < _DUST:
        return "0"
    if size < _SMALLEST or size >= _LARGEST:
        mantissa, exponent = f"{number:.2e}".split("e")
        return f"{float(mantissa):g}e{int(exponent)}"
    for scale, suffix in _SUFFIXES:
        if size >= scale:
            return f"{number / scale:.3g}{suffix}"
    return f"{number:.3g}"


def quantity(value: Any, unit: str = "") -> str:
    """A number with its unit: `$3.4k/month`, `30 %`, `1.2M songs`."""
    text = human(value)
    if text == MISSING:
        return text
    if unit.startswith("$"):
        sign, digits = ("-", text[1:]) if text.startswith("-") else ("", text)
        return f"{sign}${digits}{unit[1:]}"
    return f"{text} {unit}" if unit and unit != "1" else text


def bare(value: Any, unit: str = "") -> str:
    """A number without its unit, but with a dollar sign if it is money."""
    return quantity(value, "$") if unit.startswith("$") else human(value)


def span(low: Any, high: Any, unit: str = "") -> str:
    """A range: `5.2M to 41M`, `$3k to $5k`."""
    return f"{bare(low, unit)} to {bare(high, unit)}"


def label(name: str) -> str:
    """A name as words: `log10_leverage` is `log10 leverage`."""
    return name.replace("_", " ")


def sentence(text: str) -> str:
    """The text with a capital at its start."""
    return text[:1].upper() + text[1:]


def unit_in(title: str) -> str:
    """The unit in an axis title: `$` in `cash ($)`; empty if there is none."""
    name, bracket, unit = title.rpartition(" (")
    while bracket and unit.count(")") != unit.count("(") + 1:
        name, bracket, more = name.rpartition(" (")
        unit = f"{more} ({unit}"
    return unit.removesuffix(")") if bracket and title.endswith(")") else ""


def citation(source: str) -> str:
    """Who and when, of a source that begins with authors and a year in brackets; else the source itself."""
    found = re.match(r"([^,(]+)[^(]*\((\d{4})\)", source)
    return f"{found[1].strip()} {found[2]}" if found else source.rstrip(".")


def printable(text: str) -> str:
    """The text without control characters, so that a model's words can not steer a terminal."""
    return "".join(c if c.isprintable() or c == "\n" else " " for c in text)
