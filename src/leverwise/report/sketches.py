"""Charts as small pictures for a terminal, made of `glyphs`."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from leverwise.ask.answer import Chart, Row
from leverwise.ask.charts import PROBABILITY
from leverwise.ask.words import bare, interval, listing, low_to_high, number, percent, quantity
from leverwise.report import contributions, tiles
from leverwise.report import glyphs as draw
from leverwise.report.glyphs import Band, Glyphs
from leverwise.report.grid import Cell, Column, Grid
from leverwise.report.numbers import is_number, printable, sentence, unit_in
from leverwise.report.scales import Decades, decades
from leverwise.report.typeset import heading, table

_FAINT = 0.05
"""A strip that stays below this share of the darkest can not be told from nothing."""
_FAN_HEIGHT = 7
_STRIP_WIDTH = 48
_SPARK_WIDTH = 32
_INKS = ("cyan", "yellow", "green", "magenta", "blue", "red")


def pictures(charts: Sequence[Chart], width: int, glyphs: Glyphs) -> Iterator[RenderableType]:
    """Small pictures of the charts: the first fan large, other fans as one table of sparklines, then the rest."""
    fans = [chart for chart in charts if chart.kind == "fan"]
    lines = [line for chart in fans for line in _fan_lines(chart)]
    if fans and width >= 60:
        yield from _fan(fans[0], width, glyphs)
        lines = lines[1:]
    if lines:
        yield _sparks(lines, "Over time", width, glyphs, _ends(fans))
    for chart in charts:
        if chart.kind == "area":
            yield _strips(chart, width, glyphs)
        elif chart.kind in ("line", "steps"):
            lines = [(name, [_float(row.get("value")) for row in rows], "", None) for name, rows in _split(chart)]
            yield _sparks(lines, _titled(chart), width, glyphs, _ends([chart]))
        elif chart.kind == "bars":
            yield _bars(chart, width, glyphs)
        elif chart.kind == "waterfall":
            yield contributions.waterfall(chart, width, glyphs)
        elif chart.kind == "matrix":
            yield contributions.matrix(chart, width, glyphs)
        elif chart.kind == "map":
            yield tiles.sketch(chart)


def _fan(chart: Chart, width: int, glyphs: Glyphs) -> Iterator[RenderableType]:
    """The chart's first fan, large."""
    unit = _unit(chart)
    series, rows = _split(chart)[0]
    scale = decades(rows)
    bands = [_band(row, scale) for row in rows]
    lines, top, bottom = draw.fan(bands, min(64, width - 14), _FAN_HEIGHT, glyphs, zero=scale is None)
    if not lines:
        return
    ends = (10.0**top, 10.0**bottom) if scale else (top, bottom)
    marks = [bare(ends[0], unit), *[""] * (len(lines) - 2), bare(ends[1], unit)]
    gutter = max(len(mark) for mark in marks)
    title = _titled(chart) + (f": {series}" if series else "") + (" (log scale)" if scale else "")
    block = [heading(title)]
    for mark, line in zip(marks, lines, strict=True):
        block.append(Text.assemble((f"  {mark:>{gutter}} ", "dim"), (glyphs.side, "dim"), _shaded(line, glyphs)))
    indent = " " * (gutter + 4)
    block.append(Text(indent + _axis(rows, chart, len(lines[0])), style="dim"))
    block.append(Text(indent + _legend(rows[-1], unit, glyphs), style="dim"))
    yield Group(*block)


def _axis(rows: Sequence[Row], chart: Chart, length: int) -> str:
    start, end = number(rows[0].get("time")), quantity(rows[-1].get("time"), unit_in(printable(chart.x)))
    return start + end.rjust(max(0, length - len(start)))


def _shaded(line: str, glyphs: Glyphs) -> Text:
    text = Text(line, no_wrap=True)
    for character, style in ((glyphs.outer, "blue"), (glyphs.inner, "blue"), (glyphs.middle, "bold cyan")):
        text.highlight_words([character], style)
    return text


def _legend(last: Row, unit: str, glyphs: Glyphs) -> str:
    end = f"{glyphs.middle} median, at the end {quantity(last.get('middle'), unit)}"
    interval = _range(last, unit)
    return f"{end}   {glyphs.outer} 5 to 95 %: {interval}" if interval else end


def _range(band: Row | None, unit: str) -> str:
    return "" if band is None else interval(band.get("low"), band.get("high"), unit)


Line = tuple[str, list[float], str, Row | None]
"""A name, its values, its unit, and the last band if it is the middle of a fan."""


def _fan_lines(chart: Chart) -> list[Line]:
    return [
        (
            sentence(printable(chart.title)) + (f", {series}" if series else ""),
            [_float(row.get("middle")) for row in rows],
            _unit(chart),
            rows[-1],
        )
        for series, rows in _split(chart)
    ]


def _ends(charts: Sequence[Chart]) -> tuple[str, str]:
    """What to write over the first and the last values: where they are, such as `at 24 months`."""
    found = []
    for place in (0, -1):
        said = {
            f"at {quantity(rows[place].get('time'), unit_in(printable(chart.x)))}"
            for chart in charts
            for _, rows in _split(chart)
        }
        found.append(said.pop() if len(said) == 1 else ("start", "end")[place])
    return ("start" if found[0].startswith("at 0 ") else found[0]), found[1]


def _sparks(lines: Sequence[Line], title: str, width: int, glyphs: Glyphs, ends: tuple[str, str]) -> RenderableType:
    """A line per series: name, first value, sparkline, last value and its range; what stays at zero is named below."""
    moving = [line for line in lines if any(number(x) != "0" for x in (*line[1], (line[3] or {}).get("high") or 0.0))]
    still = [name for name, *_ in lines if name not in {line[0] for line in moving}]
    rows = [
        (name, bare(values[0], unit), values, quantity(values[-1], unit), _range(last, unit))
        for name, values, unit, last in moving
    ]
    ranged = width >= 60 and any(row[4] for row in rows)
    heads = {1: ends[0], 3: ends[1], 4: ""}
    taken = sum(2 + max(len(heads[i]), *(len(str(row[i])) for row in rows), 0) for i in (1, 3, 4)[: 3 if ranged else 2])
    names = min(max((len(row[0]) for row in rows), default=0), max(12, width - taken - 22))
    length = max(6, min(_SPARK_WIDTH, width - taken - names - 6))
    lined = Table(box=None, padding=(0, 0, 0, 2), header_style="dim", show_edge=False)
    lined.add_column("", overflow="fold", max_width=names)
    lined.add_column(ends[0], justify="right", no_wrap=True)
    lined.add_column("", no_wrap=True)
    lined.add_column(ends[1], justify="right", no_wrap=True)
    if ranged:
        lined.add_column("5 to 95 %", justify="right", no_wrap=True)
    for name, start, values, end, within in rows:
        cells = [Text(name), Text(start), Text(draw.spark(values, length, glyphs), style="cyan"), Text(end)]
        lined.add_row(*cells, *([Text(within)] if ranged else []))
    parts: list[RenderableType] = [heading(title), lined] if rows else [heading(title)]
    if still:
        parts.append(Padding(Text(f"Always zero: {', '.join(still)}.", style="dim"), (0, 0, 0, 2)))
    return Group(*parts)


def _strips(chart: Chart, width: int, glyphs: Glyphs) -> RenderableType:
    """A stacked area as one line per series, darker where its value is larger; below, what it shows."""
    split = _split(chart)
    values = {name: [_float(row.get("value")) for row in rows] for name, rows in split}
    most = max((abs(x) for series in values.values() for x in series if math.isfinite(x)), default=0.0)
    faint = [name for name, series in values.items() if all(abs(x) <= _FAINT * most for x in series)]
    faint = faint if 1 < len(faint) < len(values) else []
    values = {name: series for name, series in values.items() if name not in faint}
    shares = chart.y == PROBABILITY
    gutter = min(max(len(name) for name in values), max(8, 2 * width // 5))
    length = max(10, min(_STRIP_WIDTH, width - gutter - 14))
    lines: list[RenderableType] = [heading(_titled(chart))]
    for index, (name, series) in enumerate(values.items()):
        line = Text(f"  {name[:gutter]:<{gutter}} ", no_wrap=True)
        line.append(glyphs.side, style="dim")
        line.append(draw.strip([_share(x, most) for x in series], length, glyphs), style=_INKS[index % len(_INKS)])
        line.append(f"{glyphs.side} {_last(series[-1], shares)}", style="dim")
        lines.append(line)
    lines.append(Text(" " * (gutter + 4) + _axis(split[0][1], chart, length), style="dim"))
    said = f"{printable(chart.caption)} Darker is more; the number is that at the end."
    if faint:
        said += f" Hardly ever: {listing(faint, 12)}."
    lines.append(Padding(Text(said.strip(), style="dim"), (0, 0, 0, 2)))
    return Group(*lines)


def _last(value: float, share: bool) -> str:
    return percent(value) if share and math.isfinite(value) else number(value)


def _bars(chart: Chart, width: int, glyphs: Glyphs) -> RenderableType:
    unit = _unit(chart)
    most = max((abs(_float(row.get("value"))) for row in chart.rows if is_number(row.get("value"))), default=0.0)
    ranged = any(is_number(row.get("low")) for row in chart.rows)
    rows = []
    for row in chart.rows:
        name = ", ".join(printable(str(row[key])) for key in ("label", "series") if row.get(key))
        bar = Cell(bare(row.get("value"), unit), share=_share(_float(row.get("value")), most))
        within = low_to_high(row.get("low"), row.get("high"), unit) if is_number(row.get("low")) else ""
        rows.append((Cell(name), bar, Cell(within, quiet=True)) if ranged else (Cell(name), bar))
    columns = [Column("", numeric=False), Column("value", numeric=False), *([Column("range")] if ranged else [])]
    grid = Grid(chart.name, _titled(chart), tuple(columns), tuple(rows))
    return Group(heading(grid.title), *table(grid, width, glyphs))


def _split(chart: Chart) -> list[tuple[str, list[Row]]]:
    """The rows by series, in order of appearance."""
    series: dict[str, list[Row]] = {}
    for row in chart.rows:
        series.setdefault(printable(str(row.get("series") or "")), []).append(row)
    return list(series.items())


def _titled(chart: Chart) -> str:
    unit = _unit(chart)
    return sentence(printable(chart.title)) + (f" ({unit})" if unit and chart.kind != "fan" else "")


def _unit(chart: Chart) -> str:
    return printable(unit_in(chart.y))


def _band(row: Row, scale: Decades | None) -> Band:
    values = [_float(row.get(key)) for key in ("low", "lower", "middle", "upper", "high")]
    return Band(*(scale.place(value) if scale else value for value in values))


def _share(value: float, whole: float) -> float:
    return abs(value) / whole if whole > 0 and math.isfinite(value) else 0.0


def _float(value: Any) -> float:
    return float(value) if is_number(value) else math.nan
