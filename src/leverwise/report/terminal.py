"""An `Answer` as text for a terminal: the headline, the numbers, small pictures, tables, warnings, what next.

It keeps to the width it is given, and says the same without colour, without Unicode and in a pipe.
All words of a model are printed as they are: they are never read as markup and never steer the terminal.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from leverwise.ask.answer import Answer, Chart
from leverwise.ask.words import count_of
from leverwise.report import tables
from leverwise.report.glyphs import ASCII, UNICODE, Glyphs
from leverwise.report.grid import Grid, folded
from leverwise.report.numbers import is_number, printable
from leverwise.report.sketches import pictures
from leverwise.report.typeset import heading, table

WIDEST = 110
"""Wider lines are hard to read."""


def show(answer: Answer, console: Console, *, brief: bool = False) -> None:
    """Print the answer; `brief` prints the headline alone."""
    if brief:
        console.print(Text(printable(answer.headline)), soft_wrap=True)
        return
    glyphs = glyphs_for(console)
    width = max(20, min(console.width, WIDEST))
    for part in _parts(answer, width, glyphs):
        console.print(part, width=width)
    if answer.next:
        command = Text.assemble(("next ", "bold cyan"), printable(answer.next))
        console.print("", command, sep="\n", soft_wrap=True)


def glyphs_for(console: Console) -> Glyphs:
    """Unicode pictures where the output can carry them, else ASCII."""
    return UNICODE if console.encoding.lower().startswith("utf") else ASCII


def _parts(answer: Answer, width: int, glyphs: Glyphs) -> Iterator[RenderableType]:
    yield Text(printable(answer.headline), style="bold")
    yield Text(_subject(answer), style="dim")
    numbers = _untold(answer)
    if numbers.numbers:
        yield ""
        yield from _grid(tables.numbers(numbers), width, glyphs)
    drawn = [chart for chart in answer.charts if chart.rows and not _tabled(chart, answer)]
    for block in pictures(drawn, width, glyphs):
        yield ""
        yield block
    for grid in tables.tables(answer):
        if grid.detail:
            continue
        yield ""
        yield heading(grid.title)
        yield from _grid(folded(grid), width, glyphs)
    if answer.notes:
        yield ""
        yield from (Text(printable(note)) for note in answer.notes)
    if answer.warnings:
        yield ""
        yield from (_hanging(glyphs.warning, printable(warning), "yellow") for warning in answer.warnings)


def _grid(grid: Grid, width: int, glyphs: Glyphs) -> Iterator[RenderableType]:
    yield from table(grid, width, glyphs)
    if grid.note:
        yield Padding(Text(printable(grid.note), style="dim"), (0, 0, 0, 2))


def _untold(answer: Answer) -> Answer:
    """The answer without numbers that the table of bottlenecks, or another number, says again."""
    kept = dict(answer.numbers)
    if answer.rows.get("bottlenecks"):
        kept = {name: number for name, number in kept.items() if not name.startswith(tables.WORTH)} or kept
    if answer.rows.get("differences") or answer.rows.get("terms"):
        return replace(answer, numbers={})
    kept.pop("search_objective", None)  # the notes tell of it
    if kept.get("objective") == kept.get("impact"):
        kept.pop("objective", None)
    return replace(answer, numbers=kept or answer.numbers)


def _tabled(chart: Chart, answer: Answer) -> bool:
    """True if a table of the answer says the same."""
    return bool(answer.rows.get("schedule" if chart.kind == "steps" else chart.name))


def _subject(answer: Answer) -> str:
    provenance = answer.provenance
    samples = count_of(provenance.samples, "sample")
    seconds = sum(value for value in provenance.seconds.values() if is_number(value))
    took = f"{seconds:.1f} s" if seconds < 10 else f"{seconds:.0f} s"
    return f"{answer.question} {printable(answer.model)}, {samples}, seed {provenance.seed}, {took}"


def _hanging(mark: str, text: str, style: str) -> Table:
    lines = Table.grid(padding=(0, 1))
    lines.add_column(no_wrap=True)
    lines.add_column(overflow="fold")
    lines.add_row(Text(mark, style=style), Text(text))
    return lines
