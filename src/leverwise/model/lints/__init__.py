"""Lints: what a model says that can be run but is hardly meant. None of them runs the model.

A line that ends in the comment `# sure` is meant as it stands. What makes a model wrong is an error elsewhere, and
what the rules of mechanisms find odd is a warning (`leverwise.model.checks`).
"""

from __future__ import annotations

from leverwise.errors import Lint, Position
from leverwise.lang.system import System
from leverwise.model.lints.levers import useless_levers
from leverwise.model.lints.ranges import odd_numbers
from leverwise.model.lints.sheet import SURE, Sheet
from leverwise.model.lints.times import odd_times
from leverwise.model.lints.unused import unused
from leverwise.model.load import Source

__all__ = ["look"]


def look(source: Source, system: System) -> tuple[Lint, ...]:
    """What is odd about a sound model, in the order of the file."""
    sheet = Sheet(source, system)
    lines = source.data.decode("utf-8", "replace").splitlines()
    sure = {number for number, line in enumerate(lines, 1) if SURE.search(line)}
    found: dict[tuple[str, object], Lint] = {}
    for one in (odd_numbers, unused, useless_levers, odd_times):
        for lint in one(sheet):
            if not (lint.at and lint.at.file == source.file and lint.at.line in sure):
                found.setdefault((lint.kind, lint.at or lint.message), lint)  # One text may be several numbers.
    return tuple(sorted(found.values(), key=lambda lint: (lint.at is None, lint.at or Position("", 0, 0))))
