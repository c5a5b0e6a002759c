"""An `Answer` as text for a terminal: the headline, the numbers, small pictures, tables, warnings, what next.

It keeps to the width it is given, and says the same without colour, without Unicode and in a pipe.
All words of a model are printed as they are: they are never read as markup and never steer the terminal.
"""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from leverwise.ask.answer import Answer, Chart, Row
from leverwise.report import glyphs as draw
from leverwise.report import tables
from leverwise.report.glyphs import ASCII, UNICODE, Band, Glyphs
from leverwise.report.numbers import bare, human, is_number, printable, quantity, sentence, span, unit_in
from leverwise.report.tables import Cell, Column, Grid

WIDEST = 110
"""Wider lines are hard to read."""
_FAN_HEIGHT = 7
_STRIP_WIDTH = 48
_INKS = ("cyan", "yellow", "green", "magenta", "blue", "red")


def show(answer: Answer, console: Console, *, brief: bool = False) -> None:
    """Print the answer; `brief` prints the headline alone."""
    if brief:
        console.print(Text(printable(answer.headline)), soft_wrap=True)
        return
    glyphs = glyphs_for(console)
    width = max(20, min(console.width, WIDEST))
    for part in _parts(answer, width, glyphs):
        console.print(part, width=width)


def glyphs_for(console: Console) -> Glyphs:
    """Unicode pictures where the output can carry them, else ASCII."""
    return UNICODE if console.encoding.lower().startswith("utf") else ASCII


def _parts(answer: Answer, width: int, glyphs: Glyphs) -> Iterator[RenderableType]:
    yield Text.assemble(("", ""), (printable(answer.headline), "bold"))
    yield Text(_subject(answer), style="dim")
    if answer.numbers:
        yield ""
        yield from _table(tables.numbers(answer), width, glyphs)
    tabled = {name for name, rows in answer.rows.items() if rows}
    for block in _pictures([chart for chart in answer.charts if chart.name not in tabled and chart.rows], width, glyphs):
        yield ""
        yield block
    for grid in tables.tables(answer):
        yield ""
        yield _section(grid.title)
        yield from _table(grid, width, glyphs)
        if grid.note:
            yield Padding(Text(grid.note, style="dim"), (0, 0, 0, 2))
    if answer.notes:
        yield ""
        yield from (Text(printable(note)) for note in answer.notes)
    if answer.warnings:
        yield ""
        yield from (_hanging(glyphs.warning, printable(warning), "yellow") for warning in answer.warnings)
    if answer.next:
        yield ""
        yield _hanging("next", printable(answer.next), "bold cyan")


def _subject(answer: Answer) -> str:
    provenance = answer.provenance
    samples = f"{provenance.samples:,} sample{'s' if provenance.samples != 1 else ''}"
    seconds = sum(value for value in provenance.seconds.values() if is_number(value))
    return f"{answer.question} {printable(answer.model)}, {samples}, seed {provenance.seed}, {seconds:.2g} s"


def _section(title: str) -> Text:
    return Text(printable(title), style="bold")


def _hanging(mark: str, text: str, style: str) -> Table:
    table = Table.grid(padding=(0, 1))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    table.add_row(Text(mark, style=style), Text(text))
    return table


def _table(grid: Grid, width: int, glyphs: Glyphs) -> list[Table]:
    """The grid as one table, or in blocks of periods: where there is no room, optional columns go, bars shrink and
    headings wrap."""
    keep, setting = list(range(len(grid.columns))), _Setting(glyphs)
    if any(column.period for column in grid.columns):
        return [_set(grid, block, setting) for block in _blocks(grid, keep, width)]
    for index in [i for i in reversed(keep) if grid.columns[i].optional]:
        if _natural(grid, keep, setting) <= width:
            break
        keep.remove(index)
    for narrower in (_Setting(glyphs, 8), _Setting(glyphs, 8, 12), _Setting(glyphs, 0, 8)):
        if _natural(grid, keep, setting) <= width:
            break
        setting = narrower
    return [_set(grid, keep, setting)]


@dataclass(frozen=True)
class _Setting:
    """How a table is set: the characters, the length of bars, and how wide a heading may be at most."""

    glyphs: Glyphs
    bar: int = 16
    heading: int = 60

    def heading_lines(self, column: Column, cells: int) -> list[str]:
        widest = max(self.heading, cells)
        return textwrap.wrap(column.title, widest, break_long_words=False) if len(column.title) > widest else [column.title]


def _blocks(grid: Grid, keep: Sequence[int], width: int) -> list[list[int]]:
    """The columns in as few blocks as fit, of about equal size; each repeats the columns that are no periods."""
    fixed = [i for i in keep if not grid.columns[i].period]
    periods = [i for i in keep if grid.columns[i].period]
    if _natural(grid, [*fixed, *periods[:2]]) > width:
        fixed = [i for i in fixed if not grid.columns[i].optional]
    for count in range(1, len(periods) + 1):
        size = math.ceil(len(periods) / count)
        blocks = [[*fixed, *periods[i : i + size]] for i in range(0, len(periods), size)]
        if all(_natural(grid, block) <= width for block in blocks):
            break
    return blocks


def _natural(grid: Grid, keep: Sequence[int], setting: _Setting | None = None) -> int:
    """The width that these columns want, each with a margin of two."""
    return sum(2 + _column_width(grid, index, setting or _Setting(ASCII)) for index in keep)


def _column_width(grid: Grid, index: int, setting: _Setting) -> int:
    bars = setting.bar + 1 if setting.bar and _barred(grid, index) else 0
    cells = max((len(row[index].text) for row in grid.rows), default=0) + bars
    return max(cells, *(len(line) for line in setting.heading_lines(grid.columns[index], cells)))


def _set(grid: Grid, keep: Sequence[int], setting: _Setting) -> Table:
    table = Table(box=None, padding=(0, 0, 0, 2), pad_edge=True, header_style="dim", show_edge=False)
    for index in keep:
        column = grid.columns[index]
        lines = setting.heading_lines(column, max((len(row[index].text) for row in grid.rows), default=0))
        title = Text("\n".join(printable(line) for line in lines))
        if column.numeric:
            table.add_column(title, justify="right", no_wrap=True)
        else:
            table.add_column(title, overflow="fold", no_wrap=_barred(grid, index))
    for row in grid.rows:
        table.add_row(*(_ink(row[index], _pad(grid, index), setting) for index in keep))
    return table


def _barred(grid: Grid, index: int) -> bool:
    return any(row[index].share is not None for row in grid.rows)


def _pad(grid: Grid, index: int) -> int:
    return max((len(row[index].text) for row in grid.rows), default=0) if _barred(grid, index) else 0


def _ink(cell: Cell, pad: int, setting: _Setting) -> Text:
    text = Text(cell.text.rjust(pad), style="dim" if cell.quiet else "")
    if cell.share is not None and setting.bar:
        text.append(" " + draw.bar(cell.share, setting.bar, setting.glyphs), style="cyan")
    return text


def _pictures(charts: Sequence[Chart], width: int, glyphs: Glyphs) -> Iterator[RenderableType]:
    fans = [chart for chart in charts if chart.kind == "fan"]
    lines = [line for chart in fans for line in _fan_lines(chart)]
    if fans and width >= 60:
        yield from _fan(fans[0], width, glyphs)
        lines = lines[1:]
    if lines:
        yield _sparks(lines, "Over time", width, glyphs)
    for chart in charts:
        if chart.kind == "area":
            yield _strips(chart, width, glyphs)
        elif chart.kind in ("line", "steps"):
            lines = [(name, [_float(row.get("value")) for row in rows], "", None) for name, rows in _split(chart)]
            yield _sparks(lines, _titled(chart), width, glyphs)
        elif chart.kind == "bars":
            yield _bars(chart, width, glyphs)


def _fan(chart: Chart, width: int, glyphs: Glyphs) -> Iterator[RenderableType]:
    """The chart's first fan, large."""
    unit = _unit(chart)
    series, rows = _split(chart)[0]
    lines, top, bottom = draw.fan([_band(row) for row in rows], min(64, width - 14), _FAN_HEIGHT, glyphs)
    if not lines:
        return
    scale = [bare(top, unit), *[""] * (len(lines) - 2), bare(bottom, unit)]
    gutter = max(len(mark) for mark in scale)
    block = [_section(_titled(chart) + (f": {series}" if series else ""))]
    for mark, line in zip(scale, lines, strict=True):
        block.append(Text.assemble((f"  {mark:>{gutter}} ", "dim"), (glyphs.side, "dim"), _shaded(line, glyphs)))
    indent = " " * (gutter + 4)
    block.append(Text(indent + _axis(rows, chart, len(lines[0])), style="dim"))
    block.append(Text(indent + _legend(rows[-1], unit, glyphs), style="dim"))
    yield Group(*block)


def _axis(rows: Sequence[Row], chart: Chart, length: int) -> str:
    start, end = human(rows[0].get("time")), quantity(rows[-1].get("time"), unit_in(printable(chart.x)))
    return start + end.rjust(max(0, length - len(start)))


def _shaded(line: str, glyphs: Glyphs) -> Text:
    text = Text(line, no_wrap=True)
    for character, style in ((glyphs.outer, "blue"), (glyphs.inner, "blue"), (glyphs.middle, "bold cyan")):
        text.highlight_words([character], style)
    return text


def _legend(last: Row, unit: str, glyphs: Glyphs) -> str:
    end = f"{glyphs.middle} median, at the end {quantity(last.get('middle'), unit)}"
    if last.get("low") == last.get("high"):
        return end
    return f"{end}   {glyphs.outer} 5 to 95 %: {span(last.get('low'), last.get('high'), unit)}"


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


def _sparks(lines: Sequence[Line], title: str, width: int, glyphs: Glyphs) -> RenderableType:
    banded = any(last is not None for *_, last in lines)
    table = Table(box=None, padding=(0, 0, 0, 2), header_style="dim", show_edge=False)
    table.add_column("", overflow="fold")
    table.add_column("start", justify="right", no_wrap=True)
    table.add_column("", no_wrap=True)
    table.add_column("end", justify="right", no_wrap=True)
    if banded and width >= 60:
        table.add_column("5 to 95 %", justify="right", no_wrap=True)
    length = max(8, min(32, width - 54))
    for name, values, unit, last in lines:
        cells = [
            Text(name),
            Text(quantity(values[0], unit) if width >= 60 else bare(values[0], unit)),
            Text(draw.spark(values, length, glyphs), style="cyan"),
            Text(bare(values[-1], unit)),
        ]
        if banded and width >= 60:
            cells.append(Text(span(last.get("low"), last.get("high"), unit) if last and last.get("low") != last.get("high") else ""))
        table.add_row(*cells)
    return Group(_section(title), table)


def _strips(chart: Chart, width: int, glyphs: Glyphs) -> RenderableType:
    """A stacked area as one line per series, darker where its value is larger; the last value beside it."""
    split = _split(chart)
    values = {name: [_float(row.get("value")) for row in rows] for name, rows in split}
    most = max((abs(x) for series in values.values() for x in series if math.isfinite(x)), default=0.0)
    gutter = min(max(len(name) for name in values), max(8, width // 3))
    length = max(10, min(_STRIP_WIDTH, width - gutter - 14))
    lines: list[RenderableType] = [_section(_titled(chart))]
    for index, (name, series) in enumerate(values.items()):
        line = Text(f"  {name[:gutter]:<{gutter}} ", no_wrap=True)
        line.append(glyphs.side, style="dim")
        line.append(draw.strip([_share(x, most) for x in series], length, glyphs), style=_INKS[index % len(_INKS)])
        line.append(f"{glyphs.side} {human(series[-1])}", style="dim")
        lines.append(line)
    lines.append(Text(" " * (gutter + 4) + _axis(split[0][1], chart, length), style="dim"))
    return Group(*lines)


def _bars(chart: Chart, width: int, glyphs: Glyphs) -> RenderableType:
    unit = _unit(chart)
    most = max((abs(_float(row.get("value"))) for row in chart.rows if is_number(row.get("value"))), default=0.0)
    rows = []
    for row in chart.rows:
        name = ", ".join(printable(str(row[key])) for key in ("label", "series") if row.get(key))
        interval = span(row.get("low"), row.get("high"), unit) if is_number(row.get("low")) else ""
        share = _share(_float(row.get("value")), most)
        rows.append((Cell(name), Cell(bare(row.get("value"), unit), share=share), Cell(interval, quiet=True)))
    columns = (Column("", numeric=False), Column("value", numeric=False), Column("range"))
    if not any(row[2].text for row in rows):
        columns, rows = columns[:2], [row[:2] for row in rows]  # type: ignore[misc]
    grid = Grid(chart.name, _titled(chart), columns, tuple(rows))
    return Group(_section(grid.title), *_table(grid, width, glyphs))


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


def _band(row: Row) -> Band:
    return Band(*(_float(row.get(key)) for key in ("low", "lower", "middle", "upper", "high")))


def _share(value: float, whole: float) -> float:
    return abs(value) / whole if whole > 0 and math.isfinite(value) else 0.0


def _float(value: Any) -> float:
    return float(value) if is_number(value) else math.nan
