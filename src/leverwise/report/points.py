"""The tables of a frontier and of what breaks a plan, as grids of text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from leverwise.ask.answer import Row
from leverwise.ask.scenarios import plainly
from leverwise.ask.words import bare, in_number, interval, number, percent, quantity, spoken
from leverwise.report.grid import Cell, Column, Grid
from leverwise.report.numbers import is_number, printable

NOTHING = "·"
LIMITS = ("low", "high")
LEAST_LUCK = 1e-4
"""Chances below this are not told apart."""
LUCK_NOTE = (
    "Chance that it is luck: how likely at least so many of the samples inside the box would break if this one limit "
    "made no difference, the others given."
)


def frontier(title: str, rows: Sequence[Row]) -> Grid:
    """A row per point: what it is, impact, bad luck, money; without columns that would say nothing."""
    unit = printable(str(rows[0].get("unit") or ""))
    spread = [interval(row.get("impact_p5"), row.get("impact_p95"), unit) for row in rows]
    spent = any(row.get("spending") for row in rows)
    careful = "attitude" in rows[0]
    columns = [
        Column("planned for" if careful else "budget", numeric=not careful),
        Column("impact" + (f" ({in_number(unit, one=False)})" if unit else "")),
        *([Column("± error", optional=True), Column("5 to 95 %")] if any(spread) else []),
        *([Column("worst tenth")] if any(spread) else []),
        *([Column("spending")] if spent else []),
        *([Column("", numeric=False)] if careful else []),
    ]
    cells = []
    for row, within in zip(rows, spread, strict=True):
        told = [Cell(printable(str(row["attitude"])) if careful else quantity(row.get("budget"), "$"))]
        told.append(Cell(bare(row.get("impact_mean"), unit)))
        if any(spread):
            told += [Cell(number(row.get("impact_se"), 2), quiet=True), Cell(within), Cell(bare(row.get("cvar"), unit))]
        told += [_money(row.get("spending"))] if spent else []
        told += [Cell("beaten by another" if row.get("dominated") else "", quiet=True)] if careful else []
        cells.append(tuple(told))
    note = "Worst tenth: the mean of the tenth of the samples in which the plan makes least." if any(spread) else ""
    return Grid("frontier", title, tuple(columns), tuple(cells), note)


def mix(title: str, rows: Sequence[Row]) -> Grid:
    """A row per lever and what it takes, a column per point."""
    points = list(dict.fromkeys(str(row["point"]) for row in rows))
    cells: list[tuple[Cell, ...]] = []
    unused = []
    for lever in dict.fromkeys(str(row["lever"]) for row in rows):
        mine = {str(row["point"]): row for row in rows if str(row["lever"]) == lever}
        name = printable(spoken(lever))
        taken = [key for key in ("spending", "hours", "amount") if any(row.get(key) for row in mine.values())]
        unused += [] if taken else [name]
        for key in taken:
            values = [mine[point].get(key) if point in mine else None for point in points]
            told = [_money(value) if key == "spending" else _count(value) for value in values]
            unit = "$" if key == "spending" else "hours" if key == "hours" else str(mine[points[0]].get("unit") or "")
            cells.append((Cell(name), Cell(printable(unit), quiet=True), *told))
    columns = [Column("lever", numeric=False), Column("", numeric=False)]
    columns += [Column(printable(point), period=True) for point in points]
    note = f"Not used: {', '.join(unused)}." if unused else ""
    return Grid("mix", title, tuple(columns), tuple(cells), note)


def _money(value: Any) -> Cell:
    return Cell(quantity(value, "$")) if value else Cell(NOTHING, quiet=True)


def _count(value: Any) -> Cell:
    return Cell(number(value)) if value else Cell(NOTHING, quiet=True)


def breaks(title: str, rows: Sequence[Row]) -> Grid:
    """A row per way in which a plan breaks."""
    cells = [(Cell(printable(str(row["what"]))), Cell(percent(float(row["share"])))) for row in rows]
    return Grid("breaks", title, (Column("", numeric=False), Column("of all samples")), tuple(cells))


def boxes(title: str, rows: Sequence[Row]) -> Grid:
    """A row per set of conditions: what breaks, where, and how much of it is there."""
    columns = (
        Column("box"),
        Column("what breaks", numeric=False, words=True),
        Column("where", numeric=False, words=True),
        Column("of what breaks"),
        Column("of all samples"),
        Column("breaks there"),
        Column("elsewhere"),
    )
    shares = ("coverage", "mass", "density", "elsewhere")
    cells = [
        (
            Cell(f"{k}."),
            Cell(printable(str(row["what"]))),
            Cell(printable(plainly(str(row["conditions"])))),
            *(Cell(percent(float(row[key])) if is_number(row.get(key)) else "-") for key in shares),
        )
        for k, row in enumerate(rows, 1)
    ]
    note = "Counted on samples that the conditions were not made on."
    return Grid("boxes", title, columns, tuple(cells), note)


def conditions(title: str, rows: Sequence[Row]) -> Grid:
    """A row per limit of a box: the input, its limits, and how likely luck alone is to make as much of a difference."""
    columns = (
        Column("box"),
        Column("input", numeric=False),
        Column("above"),
        Column("below"),
        Column("chance that it is luck"),
    )
    cells = []
    for row in rows:
        ends = [
            quantity(row.get(key), str(row.get("unit") or "")) if is_number(row.get(key)) else NOTHING for key in LIMITS
        ]
        luck = row.get("chance")
        cells.append(
            (
                Cell(f"{row.get('box')}."),
                Cell(printable(spoken(str(row["input"])))),
                *(Cell(printable(end), quiet=end == NOTHING) for end in ends),
                Cell(_luck(luck) if is_number(luck) else NOTHING),
            )
        )
    return Grid("conditions", title, columns, tuple(cells), LUCK_NOTE)


def _luck(chance: Any) -> str:
    """A probability in per cent, of which small ones are only bounded."""
    return "under 0.01 %" if float(chance) < LEAST_LUCK else f"{number(100 * float(chance), 2)} %"


def regret(title: str, rows: Sequence[Row]) -> Grid:
    """A row per scenario: what the plan makes there, what the best plan there makes, and the difference."""
    unit = printable(str(rows[0].get("unit") or ""))
    columns = (
        Column(""),
        Column("where", numeric=False, words=True),
        Column("of all samples", optional=True),
        Column("the plan" + (f" ({in_number(unit, one=False)})" if unit else "")),
        Column("best plan there"),
        Column("regret"),
        Column("in %"),
        Column("by changing", numeric=False, words=True, optional=True),
    )
    cells = [
        (
            Cell(f"{k}."),
            Cell(printable(plainly(str(row["scenario"])))),
            Cell(percent(float(row["share"]))),
            Cell(bare(row.get("impact"), unit)),
            Cell(bare(row.get("best_impact"), unit)),
            Cell(bare(row.get("regret"), unit) if row.get("regret") else NOTHING, quiet=not row.get("regret")),
            Cell(_percent(row.get("regret_share")), quiet=not row.get("regret")),
            Cell(printable(str(row.get("changes") or ""))),
        )
        for k, row in enumerate(rows, 1)
    ]
    return Grid("regret", title, columns, tuple(cells))


def _percent(share: Any) -> str:
    return f"{number(100 * float(share), 2)} %" if share else NOTHING
