"""The tables of which input matters, as grids of text."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from leverwise.ask.answer import Answer, Row
from leverwise.ask.words import bare, in_number, number, spoken
from leverwise.report.grid import Cell, Column, Grid
from leverwise.report.numbers import is_number, printable

SEEN = 0.005
"""Inputs with a smaller total index are only named."""
NOTHING = "·"
TITLES = {"indices": "What the spread comes from", "indices_log10": "What its order of magnitude comes from"}
DOT = f"{NOTHING}: too small to be told from nothing at this number of samples."
BELOW = "Where a range reaches below 0, that is chance: no share is."
LARGE = "Of the output itself, most of whose variance large samples make."


def indices(name: str, rows: Sequence[Row], answer: Answer) -> Grid:
    """A row per input: its share of the variance alone, and with others, each with its interval."""
    columns = (
        Column("input", numeric=False),
        Column("by itself"),
        Column("5 to 95 %", optional=True),
        Column("with others", numeric=False),
        Column("5 to 95 %"),
    )
    cells = [
        (
            Cell(printable(spoken(str(row["input"])))),
            _share(row, "first"),
            Cell(_within(row, "first"), quiet=True),
            Cell(_share(row, "total").text, share=_part(row.get("total"))),
            Cell(_within(row, "total"), quiet=True),
        )
        for row in rows
    ]
    faint = frozenset(k for k, row in enumerate(rows) if not _seen(row.get("total")))
    faint = faint if len(faint) < len(rows) else frozenset()
    notes = [LARGE] if name == "indices" and "indices_log10" in answer.rows else []
    notes += _unsure([row for k, row in enumerate(rows) if k not in faint])
    return Grid(name, TITLES[name], columns, tuple(cells), " ".join(notes), faint, "have next to no part in it")


def _unsure(rows: Sequence[Row]) -> list[str]:
    """What a dot stands for, and a range that reaches below 0, where there are some."""
    keys = ("first", "total")
    said = [DOT] if any(_share(row, key).text == NOTHING for row in rows for key in keys) else []
    low = [row.get(f"{key}_low") for row in rows for key in keys]
    return [*said, *([BELOW] if any(is_number(value) and float(value or 0) < 0 for value in low) else [])]


def tornado(name: str, rows: Sequence[Row], answer: Answer) -> Grid:
    """A row per input: where it is low and high, and what comes on average there."""
    unit = next((printable(each.unit) for each in answer.numbers.values()), "")
    comes = f"comes ({in_number(unit, one=False)})" if unit else "comes"
    columns = (
        Column("input", numeric=False),
        Column("low"),
        Column(comes),
        Column("high"),
        Column(comes),
        Column("", numeric=False, optional=True),
    )
    cells = []
    for row in rows:
        own = printable(str(row.get("unit") or ""))
        told = [Cell(printable(spoken(str(row["input"]))))]
        for end in ("low", "high"):
            told += [Cell(bare(row.get(end), own), quiet=True), Cell(bare(row.get(f"at_{end}"), unit))]
        cells.append((*told, Cell(own, quiet=True)))
    note = "Means of the samples in which an input is in its lowest and highest tenth; all others vary."
    return Grid(name, "What comes where an input is low, and where it is high", columns, tuple(cells), note)


def groups(name: str, rows: Sequence[Row], answer: Answer) -> Grid:
    """A row per group of correlated inputs."""
    columns = (
        Column("together", numeric=False, words=True),
        Column("by itself"),
        Column("5 to 95 %", optional=True),
        Column("with others"),
        Column("5 to 95 %"),
    )
    cells = [
        (
            Cell(printable(spoken(str(row["inputs"])))),
            _share(row, "first"),
            Cell(_within(row, "first"), quiet=True),
            _share(row, "total"),
            Cell(_within(row, "total"), quiet=True),
        )
        for row in rows
    ]
    return Grid(name, "Correlated inputs as one", columns, tuple(cells))


def shapley(name: str, rows: Sequence[Row], answer: Answer) -> Grid:
    """A row per correlated input: its part of what its group does."""
    columns = (Column("input", numeric=False), Column("share"), Column("5 to 95 %"))
    cells = [
        (
            Cell(printable(spoken(str(row["input"])))),
            _share(row, "shapley"),
            Cell(_within(row, "shapley"), quiet=True),
        )
        for row in rows
    ]
    return Grid(name, "Correlated inputs, each with its share", columns, tuple(cells))


def _share(row: Row, key: str) -> Cell:
    """A share in per cent; one that can't be told from nothing is none."""
    value, low = row.get(key), row.get(f"{key}_low")
    if is_number(value) and (value == 0 or (is_number(low) and float(low or 0) <= 0)):
        return Cell(NOTHING, quiet=True)
    return Cell(_percent(value))


def _within(row: Row, key: str) -> str:
    ends = [_percent(row.get(f"{key}_{end}")) for end in ("low", "high")]
    return "" if ends[0] == ends[1] else f"{ends[0].removesuffix(' %')} to {ends[1]}"


def _percent(value: Any) -> str:
    if not is_number(value):
        return number(None)
    points = 100 * float(value)
    return f"{points:.1f} %" if abs(points) < 10 else f"{points:.0f} %"


def _part(value: Any) -> float | None:
    return max(0.0, min(1.0, float(value))) if is_number(value) else None


def _seen(value: Any) -> bool:
    return not is_number(value) or float(value) >= SEEN


GRIDS: Mapping[str, Callable[[str, Sequence[Row], Answer], Grid]] = {
    "indices": indices,
    "indices_log10": indices,
    "tornado": tornado,
    "groups": groups,
    "shapley": shapley,
}
