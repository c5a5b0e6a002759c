"""The tables of a comparison as grids of text: what differs in what comes out, and in what goes in."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from leverwise.ask.answer import Answer, Row
from leverwise.ask.words import bare, in_number, interval, number, percent, quantity, spoken
from leverwise.report.grid import Cell, Column, Grid, faint_of
from leverwise.report.numbers import is_number, printable

LETTERS = "BCDEFGHIJKLMNOPQRSTUVWXYZ"
CALLED = {
    "alone_impact": "impact, alone",
    "log10_leverage": "leverage, orders of magnitude",
    "worst tenth": "mean of the worst tenth",
}
LONGEST = 120
"""A longer text is cut in a table: the JSON has all of it."""


def differences(title: str, rows: Sequence[Row]) -> Grid:
    """A row for each thing compared: both sides, the paired difference, its range, the share of samples with more."""
    others = list(dict.fromkeys(str(row["other"]) for row in rows))
    several = len(others) > 1
    ranged = any(interval(row.get("low"), row.get("high")) for row in rows)
    columns = [
        Column("", numeric=False),
        Column("A"),
        Column("each" if several else "B"),
        Column("difference"),
        *([Column("± error", optional=True), Column("5 to 95 %", optional=True)] if ranged else []),
        Column("in %"),
        *([Column("more in")] if ranged else []),
    ]
    cells = [
        _difference(row, f"{LETTERS[others.index(str(row['other']))]}: " if several else "", ranged) for row in rows
    ]
    called = [f"A: {rows[0]['against']}", *(f"{LETTERS[k]}: {other}" for k, other in enumerate(others))]
    note = printable("; ".join(called)) + "." + (" More in: the share of the samples." if ranged else "")
    return Grid("differences", title, tuple(columns), tuple(cells), note)


def _difference(row: Row, letter: str, ranged: bool) -> tuple[Cell, ...]:
    unit, what = printable(str(row["unit"] or "")), str(row["what"])
    name = CALLED.get(what) or spoken(what)
    told = unit and what != "log10_leverage" and not unit.startswith("$")
    money = unit if unit.startswith("$") else ""
    within = interval(row.get("low"), row.get("high"), money)
    more: Any = row.get("better")
    return (
        Cell(printable(letter + name) + (f" ({in_number(unit, one=False)})" if told else "")),
        *(Cell(bare(row[key], money)) for key in ("a", "b", "difference")),
        *([Cell(number(row["se"], 2), quiet=True), Cell(within)] if ranged else []),
        Cell(_change(row.get("ratio"))),
        *([Cell(percent(float(more)) if is_number(more) else "")] if ranged else []),
    )


def _change(ratio: Any) -> str:
    if not is_number(ratio):
        return "-"
    part = 100 * (float(ratio) - 1)
    return f"{'+' if part > 0 else ''}{number(part, 2)} %"


def changes(title: str, rows: Sequence[Row]) -> Grid:
    """A row for each thing that goes in and differs."""
    others = list(dict.fromkeys(str(row["other"]) for row in rows))
    several = len(others) > 1
    decided = any(row.get("periods") for row in rows)
    columns = [
        *([Column("", numeric=False)] if several else []),
        Column("", numeric=False),
        Column("", numeric=False, optional=True),
        Column("A", numeric=False, words=True),
        Column("each" if several else "B", numeric=False, words=True),
        *([Column("periods that differ", optional=True)] if decided else []),
    ]
    cells = []
    for row in rows:
        letter = [Cell(LETTERS[others.index(str(row["other"]))])] if several else []
        drawn = " to " in f"{row['a']}{row['b']}" and row["kind"] == "number"
        told = [_side(row, key, drawn) for key in ("a", "b")]
        last = [Cell(str(row.get("periods") or ""), quiet=True)] if decided else []
        name = Cell(printable(str(row["name"])))
        cells.append((*letter, name, Cell(str(row["kind"]), quiet=True), *told, *last))
    note = f"{', '.join(f'{LETTERS[k]}: {printable(other)}' for k, other in enumerate(others))}." if several else ""
    return Grid("changes", title, tuple(columns), tuple(cells), note)


def _side(row: Row, key: str, drawn: bool) -> Cell:
    """What it is on one side; of what is drawn somewhere, its mean beside it."""
    text = printable(str(row[key]))
    if len(text) > LONGEST:
        text = text[: LONGEST - 1] + "…"
    mean = row.get(f"{key}_value")
    if drawn and " to " in text and is_number(mean):
        text += f" (mean {quantity(mean, printable(str(row['unit'] or '')))})"
    return Cell(text)


def causes(title: str, rows: Sequence[Row]) -> Grid:
    """A row per change: what it adds to mean impact, and its share of the difference."""
    return _parts(rows, title, "change", "effect", "Each change: what it adds on average over all orders of change.")


def mechanisms(title: str, rows: Sequence[Row]) -> Grid:
    """A row per mechanism, and one for what is made alone: the factor that it makes of impact."""
    note = "What each makes more on average over the samples"
    note += "; factor: what that multiplies impact by." if is_number(rows[0]["factor"]) else "."
    return _parts(rows, title, "mechanism", "difference", note)


def _parts(rows: Sequence[Row], title: str, key: str, value: str, note: str) -> Grid:
    others = list(dict.fromkeys(str(row["other"]) for row in rows))
    several, unit = len(others) > 1, printable(str(rows[0].get("unit") or ""))
    money, factored = unit if unit.startswith("$") else "", is_number(rows[0].get("factor"))
    shared = any(is_number(row["share"]) for row in rows)
    columns = (
        *([Column("", numeric=False)] if several else []),
        Column("", numeric=False),
        Column("orders of magnitude" if factored else f"adds ({in_number(unit, one=False)})" if unit else "adds"),
        Column("± error", optional=True),
        *([Column("factor")] if factored else []),
        *([Column("share")] if shared else []),
    )
    cells = [
        (
            *([Cell(LETTERS[others.index(str(row["other"]))])] if several else []),
            Cell(printable(spoken(str(row[key])))),
            Cell(bare(row[value], money)),
            Cell(number(row["se"], 2), quiet=True),
            *([Cell(number(row["factor"]))] if factored else []),
            *(
                [Cell(f"{number(100 * float(row['share']), 2)} %" if is_number(row["share"]) else "-")]
                if shared
                else []
            ),
        )
        for row in rows
    ]
    faint = frozenset() if several else faint_of([row[value] for row in rows])
    return Grid(key, title, columns, tuple(cells), note, faint, "make next to no difference")


def _grid(draw: Callable[[str, Sequence[Row]], Grid], title: str) -> Callable[[str, Sequence[Row], Answer], Grid]:
    return lambda name, rows, answer: draw(title, rows)


GRIDS: Mapping[str, Callable[[str, Sequence[Row], Answer], Grid]] = {
    "differences": _grid(differences, "The difference"),
    "changes": _grid(changes, "What differs in what goes in"),
    "causes": _grid(causes, "Which change makes the difference"),
    "mechanisms": _grid(mechanisms, "Which mechanism carries it"),
}
