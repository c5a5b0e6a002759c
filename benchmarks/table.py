"""The one table of a run, and its machine-readable copy."""

from __future__ import annotations

import platform
from collections.abc import Iterable
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version
from os import cpu_count
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from benchmarks.rows import Measured, Row

PACKAGES = ("leverwise", "jax", "jaxlib", "numpy", "scipy", "casadi", "cma", "salib", "pysd", "squigglepy", "optuna")
COLUMNS = (
    "case", "what", "leverwise\nleast", "median", "peer", "least", "median", "ratio", "leverwise\nvalue",
    "peer\nvalue", "target", "met",
)  # fmt: skip
NUMERIC = {"leverwise\nleast", "median", "least", "ratio", "target"}


def show(found: Iterable[tuple[str, Row]], console: Console) -> None:
    """Print the table."""
    table = Table(show_lines=False, pad_edge=False)
    for column in COLUMNS:
        table.add_column(
            column,
            justify="right" if column in NUMERIC else "left",
            no_wrap=column in NUMERIC,
            overflow="fold",
            min_width=40 if column == "what" else None,
        )
    before: tuple[str, Row | None] = ("", None)
    for family, row in found:
        if before[1] and family != before[0]:
            table.add_section()
        shown = list(cells(row))
        if same_thing(row, before[1]):
            shown[0:3] = ["", "", ""]
            shown[7] = ""
        table.add_row(family if family != before[0] else "", *(escape(text) for text in shown))
        before = (family, row)
    console.print(table)


def same_thing(row: Row, before: Row | None) -> bool:
    """Whether a row only adds a peer to the one before it."""
    return before is not None and not row.trouble and (row.what, row.ours) == (before.what, before.ours)


def cells(row: Row) -> tuple[str, ...]:
    """A row as texts, without its case."""
    met = {True: "yes", False: "NO", None: ""}[row.met]
    if row.right is False:
        met = "WRONG"
    if row.trouble:
        return (row.what, "", "", row.peer, "", "", "", row.trouble, "", target(row), "not measured")
    return (
        row.what, *both(row.ours), row.peer, *both(row.theirs), "" if row.ratio is None else times(row.ratio),
        row.value, row.peer_value, target(row), met,
    )  # fmt: skip


def target(row: Row) -> str:
    """The target in words."""
    if row.limit is None:
        return ""
    unit = "x peer" if row.limit.of == "peer" else row.ours.unit if row.ours else "s"
    most = row.limit.most
    return f"<= {most:g} {unit}" if most >= 1 else f"<= {most:.3g} {unit}"


def both(measured: Measured | None) -> tuple[str, str]:
    """Minimum and median, with three digits."""
    if measured is None:
        return "", ""
    return amount(measured.minimum, measured.unit), amount(measured.median, measured.unit)


def times(ratio: float) -> str:
    """A ratio with two digits at least."""
    return f"{ratio:.2f}" if ratio >= 0.1 else f"{ratio:.2g}"


def amount(value: float, unit: str) -> str:
    """A number that can be read at a glance."""
    if unit == "s" and value < 1e-4:
        return f"{value * 1e6:.3g} µs"
    if unit == "s" and value < 0.1:
        return f"{value * 1000:.3g} ms"
    return f"{value:.0f} {unit}" if value >= 100 else f"{value:.3g} {unit}"


def machine() -> dict[str, Any]:
    """What the figures were taken on: kind of processor, cores, versions."""
    versions = {}
    for name in PACKAGES:
        try:
            versions[name] = version(name)
        except PackageNotFoundError:
            versions[name] = None
    return {
        "architecture": platform.machine(),
        "system": platform.system(),
        "cores": cpu_count(),
        "python": platform.python_version(),
        "versions": versions,
    }


def as_data(found: Iterable[tuple[str, Row]], goals: Iterable[Any], seconds: float, load: float) -> dict[str, Any]:
    """The same, and the goals reached, as JSON can hold it."""
    rows = [
        {"case": family, **asdict(row), "ratio": row.ratio, "target": target(row), "met": row.met}
        for family, row in found
    ]
    return {
        "machine": machine(),
        "load_before": load,
        "seconds": seconds,
        "rows": rows,
        "goals": [asdict(goal) for goal in goals],
    }
