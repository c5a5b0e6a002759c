"""How a plan was found, as a grid of text: sentences for who wants to know more than what to do."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from leverwise.ask.answer import Answer, Row
from leverwise.report.grid import DETAILS, Cell, Column, Grid
from leverwise.report.numbers import printable


def details(name: str, rows: Sequence[Row], answer: Answer) -> Grid:
    """A row per sentence, and what it is about."""
    columns = (Column("about", numeric=False), Column("", numeric=False, words=True))
    cells = [(Cell(printable(str(row["about"]))), Cell(printable(str(row["said"])))) for row in rows]
    return Grid(name, "How the plan was searched and checked", columns, tuple(cells))


GRIDS: Mapping[str, Callable[[str, Sequence[Row], Answer], Grid]] = {DETAILS: details}
