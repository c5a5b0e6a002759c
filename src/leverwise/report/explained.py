"""The tree of an explanation as a grid of text."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from leverwise.ask.answer import Answer, Row
from leverwise.ask.words import interval, number, quantity
from leverwise.report.grid import Cell, Column, Grid
from leverwise.report.numbers import citation, is_number, printable

INDENT = "  "
SMALL = 0.005
"""What has no more than this share of the line above hardly matters, nor does what is below it."""
LONGEST = 40
"""A longer term is cut in the tree; it stands in full among the equations."""
FOLLOWS = "2 % per 1 %: were it 1 % more, and all else in that equation as it is, the line above would be 2 % more."
OVER = {"total": "in all", "average": "on average", "start": "at the start"}


def terms(title: str, rows: Sequence[Row]) -> Grid:
    """A row per line of the tree, indented by its depth: value, range, share of the line above."""
    ranged = any(interval(row.get("low"), row.get("high")) for row in rows)
    columns = (
        Column("", numeric=False),
        Column("value"),
        *([Column("5 to 95 %", optional=True)] if ranged else []),
        Column("share"),
        Column("", numeric=False, optional=True),
    )
    said = {row["sharing"] for row in rows if is_number(row.get("share"))}
    told = ["Share: its part of the line above."] if said & {"sum", "whole"} else []
    told += [FOLLOWS] if "slope" in said else []
    cells = [_row(row, ranged) for row in rows]
    return Grid("terms", title, columns, tuple(cells), " ".join(told), _faint(rows), "hardly matter")


def _faint(rows: Sequence[Row]) -> frozenset[int]:
    """Lines of next to no share, and what is below them."""
    found, hidden = set[int](), None
    for k, row in enumerate(rows):
        if hidden is not None and row["depth"] > hidden:
            found.add(k)
            continue
        hidden = None
        if k and row["sharing"] != "none" and float(row["weight"]) <= SMALL:
            found.add(k)
            hidden = row["depth"]
    return frozenset(found)


def _row(row: Row, ranged: bool) -> tuple[Cell, ...]:
    unit, depth = printable(str(row["unit"] or "")), int(row["depth"])
    name = printable(str(row["name"]))
    name = name if len(name) <= LONGEST else name[: LONGEST - 1] + "…"
    above = "see elsewhere" if row["repeated"] else ""
    return (
        Cell(INDENT * depth + name),
        Cell(quantity(row.get("value"), unit)),
        *([Cell(interval(row.get("low"), row.get("high"), unit), quiet=True)] if ranged else []),
        Cell(_share(row.get("share"), str(row["sharing"]))),
        Cell(OVER.get(str(row["over"]), "") or above, quiet=True),
    )


def _share(share: Any, sharing: str) -> str:
    if not is_number(share):
        return ""
    part = f"{number(100 * float(share), 2)} %"
    return f"{number(share, 2)} % per 1 %" if sharing == "slope" else part


def equations(title: str, rows: Sequence[Row]) -> Grid:
    """Each variable of the tree: as it is written, numbers in base units; what it means, and where it comes from."""
    cells = [(Cell(printable(str(row["name"]))), Cell(_told(row))) for row in rows]
    columns = (Column("", numeric=False), Column("", numeric=False, words=True))
    return Grid("equations", title, columns, tuple(cells))


def _told(row: Row) -> str:
    source = citation(str(row["source"])) if row["source"] else ""
    known = ", ".join(filter(None, ("default" if row["default"] else "", source, str(row["where"]))))
    equation = str(row["equation"])
    about = str(row["about"] or "")
    said = " ".join(filter(None, (about, f"({known})" if known else "")))
    return "\n".join(printable(part) for part in (equation, said) if part)


GRIDS: Mapping[str, Callable[[str, Sequence[Row], Answer], Grid]] = {
    "terms": lambda name, rows, answer: terms("What it is made of", rows),
    "equations": lambda name, rows, answer: equations("Equations and sources, in months, hours, $ and people", rows),
}
