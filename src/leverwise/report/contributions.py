"""What made the difference, for terminal and page: the tables of shares, and small pictures made of characters."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from leverwise.ask.answer import Answer, Chart, Row
from leverwise.ask.words import in_number, interval, number, percent, spoken
from leverwise.report.glyphs import Glyphs
from leverwise.report.grid import Cell, Column, Grid
from leverwise.report.numbers import is_number, printable, sentence
from leverwise.report.typeset import heading
from leverwise.report.waterfall import small

FAINT = 0.05
"""Two that do no more than this share of the largest for each other hardly matter."""
_WIDEST = 48


def shares(name: str, rows: Sequence[Row], answer: Answer) -> Grid:
    """A row per mechanism or lever: its share, the factor that it is, and what it would be by itself."""
    single = "lever" in rows[0]
    shared = any(is_number(row.get("share")) for row in rows)
    unit = str(rows[0]["unit"])
    factors = any(is_number(row.get("times")) for row in rows)
    columns = (
        Column("lever" if single else "mechanism", numeric=False),
        Column("mechanism" if single else "levers", numeric=False, optional=True, words=not single),
        *([Column("share", numeric=False)] if shared else []),
        Column(unit or "impact"),
        Column("± error", optional=True),
        Column("5 to 95 %", optional=True),
        *([Column("times")] if factors else []),
        Column("by itself, orders" if factors else "by itself"),
    )
    most = max((abs(float(row["shapley"])) for row in rows), default=0.0)
    cells = [
        (
            Cell(printable(spoken(str(row["lever" if single else "mechanism"])))),
            Cell(printable(str(row["mechanism" if single else "levers"])), quiet=True),
            *([Cell(_percent(row.get("share")), share=_part(row["shapley"], most))] if shared else []),
            Cell(number(row["shapley"], 2)),
            Cell(number(row["se"], 2), quiet=True),
            Cell(interval(row["p5"], row["p95"]), quiet=True),
            *([Cell(number(row["times"]))] if factors else []),
            Cell(number(row["by_itself"], 2)),
        )
        for row in rows
    ]
    idle = frozenset(k for k, row in enumerate(rows) if not row["shapley"] and not row["se"])
    return Grid(name, "Who made the difference", columns, tuple(cells), "", idle, "change nothing")


def interactions(name: str, rows: Sequence[Row], answer: Answer) -> Grid:
    """A row for every two: what they make beyond what each makes by itself, in orders of magnitude and in impact."""
    unit = _impact_unit(answer)
    factors, other = (any(is_number(row.get(key)) for row in rows) for key in ("times", "impact"))
    columns = (
        Column("", numeric=False),
        Column(printable(str(rows[0]["unit"])) or "impact"),
        Column("± error", optional=True),
        *([Column("times")] if factors else []),
        *([Column(f"in {in_number(unit, one=False)}" if unit else "in impact", optional=True)] if other else []),
    )
    cells = [
        (
            Cell(printable(f"{spoken(str(row['a']))} and {spoken(str(row['b']))}")),
            Cell(number(row["value"], 2)),
            Cell(number(row["se"], 2), quiet=True),
            *([Cell(number(row["times"]))] if factors else []),
            *([Cell(number(row["impact"]))] if other else []),
        )
        for row in rows
    ]
    most = max(abs(float(row["value"])) for row in rows)
    faint = frozenset(k for k, row in enumerate(rows) if abs(float(row["value"])) <= FAINT * most)
    note = "Times: what both make together over what they make apart, each as if the other were off." if factors else ""
    aside = "do next to nothing for each other"
    return Grid(name, "What they do for each other", columns, tuple(cells), note, faint, aside, counted=True)


GRIDS: Mapping[str, Callable[[str, Sequence[Row], Answer], Grid]] = {"shares": shares, "interactions": interactions}


def waterfall(chart: Chart, width: int, glyphs: Glyphs) -> RenderableType:
    """A line per bar, which begins where the one before ended; what divides is paler."""
    rows = [(printable(str(row["label"])), _place(row, "start"), _place(row, "end"), row) for row in chart.rows]
    low = min(min(start, end) for _, start, end, _ in rows)
    reach = (max(max(start, end) for _, start, end, _ in rows) - low) or 1.0
    names = min(max(len(name) for name, *_ in rows), max(8, width // 3))
    length = max(8, min(_WIDEST, width - names - 14))
    lines: list[RenderableType] = [heading(sentence(printable(chart.title)))]
    for name, start, end, row in rows:
        first, last = sorted(round((edge - low) / reach * length) for edge in (start, end))
        line = Text(f"  {name[:names]:<{names}} ", no_wrap=True)
        line.append(" " * first)
        down = end < start
        mark = glyphs.side if first == last else (glyphs.inner if down else glyphs.full) * (last - first)
        line.append(mark, style="dim" if row["total"] else "yellow" if down else "cyan")
        line.append(f" {row['text']}", style="dim")
        lines.append(line)
    lines.append(Padding(Text(printable(chart.caption), style="dim"), (0, 0, 0, 2)))
    return Group(*lines)


def matrix(chart: Chart, width: int, glyphs: Glyphs) -> RenderableType:
    """A grid of numbers; columns have the numbers of the rows where their names do not fit."""
    names = list(dict.fromkeys(str(row["label"]) for row in chart.rows))
    values = {(str(row["label"]), str(row["series"])): row for row in chart.rows}
    most = max(abs(float(row["value"])) for row in chart.rows) or 1.0
    side = max(map(len, names)) + 4
    cell = max(map(len, names)) + 2
    named = side + cell * len(names) <= width
    cell = max(cell, 7) if named else 7
    shown = names[: max(1, (width - side) // cell)]
    heads = [printable(name) if named else f"{k}" for k, name in enumerate(shown, 1)]
    lines: list[RenderableType] = [heading(f"{sentence(printable(chart.title))} ({chart.y or 'impact'})")]
    lines.append(Text(" " * side + "".join(head.rjust(cell) for head in heads), style="dim", no_wrap=True))
    for k, name in enumerate(names, 1):
        head = f"  {printable(name)}" if named else f"  {k} {printable(name)}"
        line = Text(f"{head:<{side}}", no_wrap=True)
        for other in shown:
            row = values[name, other]
            value = float(row["value"])
            style = "dim" if abs(value) <= FAINT * most else "cyan" if value > 0 else "yellow"
            line.append(small(value, most).rjust(cell), style=f"bold {style}" if row["own"] else style)
        lines.append(line)
    lines.append(Padding(Text(printable(chart.caption), style="dim"), (0, 0, 0, 2)))
    return Group(*lines)


def _place(row: Row, key: str) -> float:
    value = float(row[key])
    return math.log10(value) if row["log"] else value


def _impact_unit(answer: Answer) -> str:
    return printable(answer.numbers["impact"].unit)


def _percent(share: object) -> str:
    if not is_number(share):
        return ""
    value = float(share)  # type: ignore[arg-type]
    if -0.01 < value < 0:
        return f"{number(100 * value, 1)} %"
    return f"-{percent(-value)}" if value < 0 else percent(value)


def _part(value: object, most: float) -> float | None:
    return min(1.0, abs(float(value)) / most) if is_number(value) and most > 0 else None  # type: ignore[arg-type]
