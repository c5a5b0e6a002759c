"""What tables and pictures write beside plain numbers: ranges, units of axes, citations. Nothing is computed here."""

from __future__ import annotations

import re
from typing import Any


def is_number(value: Any) -> bool:
    """True for Python and NumPy numbers, but not for booleans."""
    return not isinstance(value, bool) and hasattr(value, "__float__") and not isinstance(value, str)


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
