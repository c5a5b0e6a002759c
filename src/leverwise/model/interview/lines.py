"""Lines of a model file: what stands in them, and what is said about it behind a `#`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass

from leverwise.model.interview.guesses import Known

ASSUMED = "assumed"
"""Marks what was not asked."""
_PLAIN = re.compile(r"[\w$.(][\w$.%/+*^() ~-]*")
"""Text that YAML reads as it stands."""
_NOTHING = ("null", "~")
_WIDEST = 58
"""Comments stand in one column, unless a line is longer than this."""


@dataclass(frozen=True)
class Line:
    """One line of the file and its comment."""

    text: str
    note: str = ""


def quoted(text: str) -> str:
    """A text as YAML takes it for itself."""
    if _PLAIN.fullmatch(text) and text not in _NOTHING and not text.endswith(" "):
        return text
    return json.dumps(text, ensure_ascii=False)


def entry(depth: int, key: str, known: Known, meaning: str = "") -> Line:
    """`key: what is known`, with what it means and, if nobody knew it, why it is what it is."""
    return Line(f"{'  ' * depth}{key}: {quoted(known.text)}", "; ".join(filter(None, (meaning, known.note))))


def assumed(depth: int, key: str, text: str, meaning: str = "") -> Line:
    """`key: text` for what was not asked."""
    return Line(f"{'  ' * depth}{key}: {text}", ": ".join(filter(None, (ASSUMED, meaning))))


def section(lines: Iterable[Line]) -> str:
    """The lines of one section, their comments below each other."""
    found = list(lines)
    width = max((len(line.text) for line in found if line.note and len(line.text) <= _WIDEST), default=0)
    return "".join(f"{line.text:<{width}}  # {line.note}\n" if line.note else f"{line.text}\n" for line in found)
