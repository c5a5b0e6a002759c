"""A `Grid` as a Rich table that fits the width of a terminal."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

from rich.table import Table
from rich.text import Text

from leverwise.report import glyphs as draw
from leverwise.report.glyphs import ASCII, Glyphs
from leverwise.report.grid import Cell, Column, Grid
from leverwise.report.numbers import printable


def heading(title: str) -> Text:
    """The line above a table or a picture."""
    return Text(printable(title), style="bold")


def table(grid: Grid, width: int, glyphs: Glyphs) -> list[Table]:
    """The grid as one table, or in blocks of periods.

    Where there is no room, optional columns go, then bars shrink and headings wrap.
    """
    keep, setting = list(range(len(grid.columns))), Setting(glyphs)
    if any(column.period for column in grid.columns):
        return [_set(grid, block, setting) for block in _blocks(grid, keep, width)]
    for index in [i for i in reversed(keep) if grid.columns[i].optional]:
        if _natural(grid, keep, setting) <= width:
            break
        keep.remove(index)
    for narrower in (Setting(glyphs, 8), Setting(glyphs, 8, 12), Setting(glyphs, 0, 8)):
        if _natural(grid, keep, setting) <= width:
            break
        setting = narrower
    return [_set(grid, keep, setting)]


@dataclass(frozen=True)
class Setting:
    """How a table is set: the characters, the length of bars, and how wide a heading may be at most."""

    glyphs: Glyphs
    bar: int = 16
    heading: int = 60

    def heading_lines(self, column: Column, cells: int) -> list[str]:
        """The heading over cells of this width."""
        widest = max(self.heading, cells)
        return textwrap.wrap(column.title, widest, break_long_words=False) or [""]


def _blocks(grid: Grid, keep: Sequence[int], width: int) -> list[list[int]]:
    """The columns in as few blocks as fit, of about equal size; each repeats the columns that are no periods."""
    fixed = [i for i in keep if not grid.columns[i].period]
    periods = [i for i in keep if grid.columns[i].period]
    if _natural(grid, [*fixed, *periods[:2]]) > width:
        fixed = [i for i in fixed if not grid.columns[i].optional]
    for count in range(1, len(periods) + 1):
        size = math.ceil(len(periods) / count)
        blocks = [[*fixed, *periods[i : i + size]] for i in range(0, len(periods), size)]
        if all(_natural(grid, block) <= width for block in blocks):
            break
    return blocks


def _natural(grid: Grid, keep: Sequence[int], setting: Setting | None = None) -> int:
    """The width that these columns want, each with a margin of two."""
    return sum(2 + _column_width(grid, index, setting or Setting(ASCII)) for index in keep)


def _column_width(grid: Grid, index: int, setting: Setting) -> int:
    bars = setting.bar + 1 if setting.bar and _barred(grid, index) else 0
    cells = max((len(row[index].text) for row in grid.rows), default=0) + bars
    return max(cells, *(len(line) for line in setting.heading_lines(grid.columns[index], cells)))


def _set(grid: Grid, keep: Sequence[int], setting: Setting) -> Table:
    table = Table(box=None, padding=(0, 0, 0, 2), pad_edge=True, header_style="dim", show_edge=False)
    for index in keep:
        column = grid.columns[index]
        lines = setting.heading_lines(column, max((len(row[index].text) for row in grid.rows), default=0))
        title = Text("\n".join(printable(line) for line in lines))
        if column.numeric:
            table.add_column(title, justify="right", no_wrap=True)
        else:
            table.add_column(title, overflow="fold", no_wrap=_barred(grid, index))
    for row in grid.rows:
        table.add_row(*(_ink(row[index], _pad(grid, index), setting) for index in keep))
    return table


def _barred(grid: Grid, index: int) -> bool:
    return any(row[index].share is not None for row in grid.rows)


def _pad(grid: Grid, index: int) -> int:
    return max((len(row[index].text) for row in grid.rows), default=0) if _barred(grid, index) else 0


def _ink(cell: Cell, pad: int, setting: Setting) -> Text:
    text = Text(cell.text.rjust(pad), style="dim" if cell.quiet else "")
    if cell.share is not None and setting.bar:
        text.append(" " + draw.bar(cell.share, setting.bar, setting.glyphs), style="cyan")
    return text
