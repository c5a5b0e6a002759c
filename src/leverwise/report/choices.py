"""The tables of what is worth finding out, as grids of text."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from leverwise.ask.answer import Answer, Row
from leverwise.ask.scenarios import plainly
from leverwise.ask.words import bare, in_number, listing, number, percent, quantity, spoken
from leverwise.report.grid import Cell, Column, Grid
from leverwise.report.numbers import is_number, printable

NOTHING = "·"
TITLES = {
    "information": "What is worth finding out",
    "pairs": "What two are worth together",
    "studies": "What studies bring for what they cost",
    "switches": "Where the advice changes",
    "alternatives": "What there is to choose from",
}


def information(title: str, rows: Sequence[Row]) -> Grid:
    """A row per input: what knowing it is worth, with its error, and in dollars if that can be said."""
    told = any(is_number(row.get("dollars")) for row in rows)
    columns = [Column("finding out", numeric=False), *_worth_columns(rows), *([Column("in dollars")] if told else [])]
    cells = [
        (
            Cell(printable(spoken(str(row["input"])))),
            *_worth(row),
            *([_money(row.get("dollars"))] if told else []),
        )
        for row in rows
    ]
    faint = frozenset(k for k, row in enumerate(rows) if float(row["evppi"]) <= 2 * float(row["se"]))
    return Grid("information", title, tuple(columns), tuple(cells), "", faint, "are worth nothing that is sure")


def pairs(title: str, rows: Sequence[Row]) -> Grid:
    """A row per pair of inputs."""
    columns = (Column("both", numeric=False), *_worth_columns(rows))
    cells = [(Cell(printable(f"{spoken(str(row['a']))} and {spoken(str(row['b']))}")), *_worth(row)) for row in rows]
    return Grid("pairs", title, columns, tuple(cells))


def studies(title: str, rows: Sequence[Row]) -> Grid:
    """A row per study, the first to do first."""
    told = any(is_number(row.get("net")) for row in rows)
    columns = [Column("study", numeric=False), Column("costs"), *_worth_columns(rows)]
    columns += [Column("in dollars"), Column("less its cost")] if told else []
    cells = []
    for row in rows:
        name = Cell(printable(" + ".join(spoken(part) for part in str(row["study"]).split(" + "))))
        money = [_money(row.get("dollars")), Cell(quantity(row.get("net"), "$"))] if told else []
        cells.append((name, Cell(quantity(row["cost"], "$")), *_worth(row), *money))
    note = "" if all(row["evppi"] for row in rows) else f"{NOTHING}: nothing that is sure."
    return Grid("studies", title, tuple(columns), tuple(cells), note)


def switches(title: str, rows: Sequence[Row]) -> Grid:
    """A row per stretch of an input: what is best there."""
    columns = (Column("", numeric=False), Column("between"), Column("best is", numeric=False, words=True))
    cells, before = [], None
    for row in rows:
        name = "" if row["input"] == before else spoken(str(row["input"]))
        before = row["input"]
        cells.append((Cell(printable(name)), Cell(printable(_between(row))), Cell(printable(str(row["best"])))))
    return Grid("switches", title, columns, tuple(cells))


def alternatives(title: str, rows: Sequence[Row]) -> Grid:
    """A row per alternative, the best on average first."""
    unit = printable(str(rows[0].get("unit") or ""))
    changes = any(row.get("changes") or row.get("only") for row in rows)
    columns = [
        Column("", numeric=False, words=True),
        Column("impact" + (f" ({in_number(unit, one=False)})" if unit else "")),
        Column("± error", optional=True),
        Column("best in"),
        *([Column("which is", numeric=False, words=True, optional=True)] if changes else []),
    ]
    cells = [
        (
            Cell(printable(str(row["alternative"]))),
            Cell(bare(row["impact_mean"], unit)),
            Cell(number(row["impact_se"], 2), quiet=True),
            Cell(percent(float(row["best_in"])) if row["best_in"] else NOTHING),
            *([Cell(printable(_which(row)))] if changes else []),
        )
        for row in rows
    ]
    note = "Best in: the share of the samples in which no other makes more."
    if partly := [str(row["alternative"]) for row in rows if row.get("only")]:
        note += f" Money and hours suffice for {printable(listing(partly, 6))} in a part of the samples only: "
        note += "who does not know to be there can not choose " + ("it." if len(partly) == 1 else "them.")
    return Grid("alternatives", title, tuple(columns), tuple(cells), note)


def _which(row: Row) -> str:
    """How an alternative differs, and where alone it holds."""
    only = f"only where {plainly(str(row['only']))}" if row.get("only") else ""
    return ", ".join(filter(None, (str(row.get("changes") or ""), only)))


def _between(row: Row) -> str:
    unit, low, high = str(row.get("unit") or ""), row.get("low"), row.get("high")
    if low is None and high is None:
        return "anywhere"
    if low is None:
        return f"below {quantity(high, unit)}"
    return f"above {quantity(low, unit)}" if high is None else f"{bare(low, unit)} to {quantity(high, unit)}"


def _worth_columns(rows: Sequence[Row]) -> list[Column]:
    unit = printable(str(rows[0].get("unit") or ""))
    return [Column("is worth up to" + (f" ({in_number(unit, one=False)})" if unit else "")), Column("± error")]


def _worth(row: Row) -> tuple[Cell, Cell]:
    unit = printable(str(row.get("unit") or ""))
    value = bare(row["evppi"], unit) if row["evppi"] else NOTHING
    return Cell(value, quiet=not row["evppi"]), Cell(number(row["se"], 2) if row["se"] else NOTHING, quiet=True)


def _money(value: Any) -> Cell:
    return Cell(quantity(value, "$")) if value else Cell(NOTHING, quiet=True)


GRIDS: Mapping[str, Callable[[str, Sequence[Row], Answer], Grid]] = {
    "information": lambda name, rows, answer: information(TITLES[name], rows),
    "studies": lambda name, rows, answer: studies(TITLES[name], rows),
    "pairs": lambda name, rows, answer: pairs(TITLES[name], rows),
    "switches": lambda name, rows, answer: switches(TITLES[name], rows),
    "alternatives": lambda name, rows, answer: alternatives(TITLES[name], rows),
}
"""How the tables are shown, by their names."""
