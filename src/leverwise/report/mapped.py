"""The tables of a map as grids of text: cell by cell, what each lever is worth, and where the advice changes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from leverwise.ask.answer import Answer, Row
from leverwise.ask.words import bare, in_number, number, percent, quantity, spoken
from leverwise.report.grid import Cell, Column, Grid
from leverwise.report.numbers import is_number, printable

NOTHING = "·"
SHORT = 12
"""A table with more rows is told by the picture, where there is little room."""


def cells(name: str, rows: Sequence[Row], answer: Answer) -> Grid:
    """A row per cell: the best lever and what it is worth, the next, impact and leverage."""
    axes = _axes(answer)
    unit = printable(str(next((row["unit"] for row in rows if row.get("unit")), "")))
    columns = (
        *_columns(axes),
        Column("best lever", numeric=False),
        Column("worth"),
        Column("next best", numeric=False, optional=True),
        Column("worth", optional=True),
        Column("impact" + (f" ({in_number(unit, one=False)})" if unit else "")),
        Column("leverage, orders of magnitude", optional=True),
        Column("", numeric=False, optional=True),
    )
    told = []
    for row in rows:
        if not row.get("holds"):
            told.append((*_place(row, axes), Cell("no plan holds", quiet=True), *[Cell("")] * 6))
            continue
        second = row.get("second_lever")
        told.append(
            (
                *_place(row, axes),
                Cell(printable(spoken(str(row["best_lever"]))), quiet=row["best_lever"] == "none"),
                _share(row.get("loss_share")),
                Cell(printable(spoken(str(second))) if second else NOTHING, quiet=True),
                _share(row.get("second_loss_share") if second else None),
                Cell(bare(row.get("impact"), unit)),
                Cell(number(row.get("log10_leverage"), 2)),
                Cell("" if row.get("clear") else "not clear", quiet=True),
            )
        )
    note = "Worth: the share of impact that is lost without it, everything else planned anew."
    return Grid(name, "The best lever, cell by cell", columns, tuple(told), note, told=len(rows) > SHORT)


def losses(name: str, rows: Sequence[Row], answer: Answer) -> Grid:
    """A row per cell and lever: what its removal costs."""
    axes = _axes(answer)
    columns = (*_columns(axes), Column("without", numeric=False), Column("loses"), Column("", numeric=False))
    told = tuple(
        (
            *_place(row, axes),
            Cell(printable(spoken(str(row.get("lever") or f"all {row.get('mechanism')}")))),
            _share(row.get("loss_share")),
            Cell("" if row.get("replanned") else "at most", quiet=True),
        )
        for row in rows
    )
    return Grid(name, "What each lever is worth, cell by cell", columns, told, told=True)


def flips(name: str, rows: Sequence[Row], answer: Answer) -> Grid:
    """A row per pair of neighbours whose advice differs."""
    axes = _axes(answer)
    columns = (*_columns(axes), Column("to"), Column("", numeric=False), Column("", numeric=False), Column("clear"))
    told = []
    for row in rows:
        along = str(row["along"])
        there = quantity(row[f"to_{along}"], axes.get(along, {}).get("unit", ""))
        names = [Cell(printable(spoken(str(row[key])))) for key in ("lever", "to_lever")]
        told.append((*_place(row, axes), Cell(there), *names, Cell("yes" if row.get("clear") else "no", quiet=True)))
    return Grid(name, "Where the advice changes", columns, tuple(told), told=len(rows) > SHORT)


def axes(name: str, rows: Sequence[Row], answer: Answer) -> Grid:
    """A row per input that is varied."""
    columns = (
        Column("", numeric=False),
        Column("input", numeric=False),
        Column("from"),
        Column("to"),
        Column("points"),
    )
    told = tuple(
        (
            Cell(str(row["axis"])),
            Cell(printable(str(row["input"]))),
            Cell(quantity(row["low"], str(row["unit"]))),
            Cell(quantity(row["high"], str(row["unit"]))),
            Cell(f"{row['points']}, {row['scale']}"),
        )
        for row in rows
    )
    return Grid(name, "What is varied", columns, told, told=True)


def _axes(answer: Answer) -> Mapping[str, Row]:
    return {str(row["axis"]): row for row in answer.rows.get("axes", ())}


def _columns(axes: Mapping[str, Row]) -> list[Column]:
    return [Column(printable(str(row["input"]).rpartition(".")[2])) for row in axes.values()]


def _place(row: Row, axes: Mapping[str, Row]) -> list[Cell]:
    return [Cell(quantity(row.get(key), str(axis["unit"]))) for key, axis in axes.items()]


def _share(share: Any) -> Cell:
    if not is_number(share):
        return Cell(NOTHING, quiet=True)
    return Cell(percent(float(share)) if share > 0 else NOTHING, share=max(0.0, min(1.0, float(share))))


GRIDS: Mapping[str, Callable[[str, Sequence[Row], Answer], Grid]] = {
    "cells": cells,
    "losses": losses,
    "flips": flips,
    "axes": axes,
}
