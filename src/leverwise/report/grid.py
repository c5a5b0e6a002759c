"""A table as a grid of text, before it is set; and which of its rows hardly matter beside the others."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from leverwise.ask.words import listing
from leverwise.report.numbers import is_number

FAINT = 1e-3
"""What is no more than this share of the largest hardly matters."""
MOST_NAMED = 12
DETAIL = "_over_time"
"""The ending of tables with a row per time."""
DETAILS = "details"
"""How an answer was found: a table for who wants to know."""


@dataclass(frozen=True)
class Column:
    """A heading. `optional` columns go first when there is no room; `period` columns may be broken into blocks.

    `words`: sentences, which may be broken anywhere.
    """

    title: str
    numeric: bool = True
    optional: bool = False
    period: bool = False
    words: bool = False


@dataclass(frozen=True)
class Cell:
    """A text; `share` (0 to 1) asks for a bar of that length, `quiet` for a paler ink."""

    text: str
    share: float | None = None
    quiet: bool = False


@dataclass(frozen=True)
class Grid:
    """A table ready to be set: one `Cell` per column in each row, and a sentence below if there is need.

    `detail`: long, and for those who look closer; `told` elsewhere, such as by a picture.
    """

    name: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""
    faint: frozenset[int] = frozenset()
    """Rows that hardly matter beside the others: where there is little room, one line names them all."""
    aside: str = "hardly matter"
    """What is said of them."""
    counted: bool = False
    """Whether they are counted and not named."""
    told: bool = False

    @property
    def detail(self) -> bool:
        """True for tables that only a page has room for."""
        return self.told or self.name.endswith(DETAIL) or self.name == DETAILS


def folded(grid: Grid) -> Grid:
    """The grid with its faint rows named in one line, where there are several of them beside others."""
    if not 1 < len(grid.faint) < len(grid.rows):
        return grid
    names = [row[0].text.strip() for k, row in enumerate(grid.rows) if k in grid.faint]
    rows = tuple(row for k, row in enumerate(grid.rows) if k not in grid.faint)
    said = f"And {len(names)} more that {grid.aside}"
    said += "." if grid.counted else f": {listing(names, MOST_NAMED)}."
    return replace(grid, rows=rows, faint=frozenset(), note=f"{said} {grid.note}".rstrip())


def faint_of(values: Sequence[Any]) -> frozenset[int]:
    """Which are next to nothing beside the largest."""
    sizes = [abs(float(value)) if is_number(value) else math.inf for value in values]
    return frozenset(k for k, size in enumerate(sizes) if size <= FAINT * max(sizes))
