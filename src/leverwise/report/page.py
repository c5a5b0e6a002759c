"""Several answers as one HTML file that needs nothing else: it opens from disk, prints, and keeps to light or dark.

Charts are drawn here as SVG, once wide and once narrow; the page holds no script and points nowhere.
"""

from __future__ import annotations

import re
from collections.abc import Sequence, Set
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from leverwise.ask.answer import Answer, Chart, Row
from leverwise.ask.caveats import skewed
from leverwise.ask.words import count_of, low_to_high, number, quantity, spoken
from leverwise.lang.system import System
from leverwise.report import swings, tables, tiles
from leverwise.report import system as as_text
from leverwise.report.charts import Setting, drawable, flat, svg
from leverwise.report.grid import Cell, Column, Grid
from leverwise.report.numbers import is_number, printable, sentence, unit_in
from leverwise.report.tables import any_value
from leverwise.report.theme import DARK

if TYPE_CHECKING:
    import jinja2

WIDE = Setting(width=690, titled=False, background="transparent")
NARROW = Setting(width=308, titled=False, background="transparent")
CARDS = ("impact", "objective", "leverage", "log10_leverage")
"""Numbers that are shown large, if the answer has them."""
OPEN = 5
"""Fans over time that are shown at once; the rest is folded away."""
FIRST = ("schedule",)
"""Tables that come before the pictures."""
_QUESTIONS = {
    "plan": "What to do",
    "schedule": "What is decided",
    "simulate": "What will happen",
    "diagnose": "What holds back",
    "attribute": "What made the difference",
    "sensitivity": "Which assumption carries the answer",
    "information": "What is worth finding out",
    "map": "Where each lever is best",
    "compare": "How they differ",
    "frontier": "What more would bring",
    "robust": "What breaks the plan",
}
_HEADINGS = {"low": "5 %", "lower": "25 %", "middle": "median", "upper": "75 %", "high": "95 %"}
_ALT_ROWS = 6
_FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Figure:
    """A chart on the page: both drawings, the words that stand for it, and its numbers."""

    key: str
    title: str
    caption: str
    wide: str
    narrow: str
    data: Grid
    half: bool


@dataclass(frozen=True)
class Card:
    """One large number."""

    name: str
    value: str
    range: str
    middle: str = ""
    """The median, where it is far from the value."""


@dataclass(frozen=True)
class Section:
    """One answer on the page."""

    key: str
    question: str
    answer: Answer
    cards: Sequence[Card]
    samples: str
    first: Sequence[Grid]
    """Tables that stand before the pictures."""
    numbers: Grid | None
    figures: Sequence[Figure]
    further: Sequence[Figure]
    """Those that are folded away."""
    tables: Sequence[Grid]
    warnings: Sequence[str]
    """Those that no section before has told."""


def html(
    answers: Sequence[Answer],
    unanswered: Sequence[tuple[str, str]] = (),
    system: System | None = None,
    command: str = "",
) -> str:
    """The page. `unanswered` are (question, reason) pairs for what could not be answered.

    With the model's `system` the page also lists the numbers that everything rests on, the equations and their
    sources; with the `command` it says what makes it again.

    Raises ValueError if there is no answer at all.
    """
    if not answers:
        raise ValueError("a page needs at least one answer")
    sections = [section(answer, f"q{index}", answers[:index]) for index, answer in enumerate(answers)]
    page = template("page.html.j2").render(
        model=answers[0].model,
        sections=sections,
        unanswered=[(_question(question), reason) for question, reason in unanswered],
        style=style("page.css", "parts.css"),
        repaint=_repaint(),
        provenance=_provenance(answers, command),
        sentence=sentence,
        assumptions=tables.assumptions(system) if system else None,
        equations=as_text.text(system) if system else "",
        sources=as_text.sources(system) if system else "",
    )
    return printable(page)


def template(name: str) -> jinja2.Template:
    """A template of this folder, in which text is never taken for markup."""
    import jinja2

    loader = jinja2.FileSystemLoader(_FOLDER)
    return jinja2.Environment(loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True).get_template(name)


def style(*names: str) -> str:
    """Style sheets of this folder, one after the other."""
    return "\n".join((_FOLDER / name).read_text(encoding="utf-8") for name in names)


def section(answer: Answer, key: str, before: Sequence[Answer] = ()) -> Section:
    """All that is shown of an answer after others; names of what is drawn begin with `key`."""
    drawn = [chart for chart in answer.charts if drawable(chart) and not flat(chart)]
    grids = tables.tables(answer)
    fans = [chart.name for chart in drawn if chart.kind == "fan"]
    halves = set(fans[1:]) if len(fans) > 2 else set()
    folded = set(fans[OPEN:]) if len(fans) > OPEN + 1 else set()
    figures = {chart.name: _figure(chart, f"{key}c{k}", chart.name in halves) for k, chart in enumerate(drawn)}
    told = {_card(name, other).value for other in before for name in CARDS if name in other.numbers}
    return Section(
        key=key,
        question=_question(answer.question),
        answer=answer,
        cards=[_card(name, answer) for name in CARDS if name in answer.numbers and not _said(name, answer, told)],
        samples=f"on {count_of(answer.provenance.samples, 'sample')}" if answer.provenance.samples else "",
        numbers=tables.numbers(answer) if answer.numbers else None,
        figures=[figure for name, figure in figures.items() if name not in folded],
        further=[figure for name, figure in figures.items() if name in folded],
        first=[grid for grid in grids if grid.name in FIRST],
        tables=[grid for grid in grids if grid.name not in FIRST],
        warnings=[each for each in answer.warnings if not any(each in other.warnings for other in before)],
    )


def _said(name: str, answer: Answer, told: Set[str]) -> bool:
    """True if another card says the same number, or one of an answer before did."""
    numbers = answer.numbers
    if _card(name, answer).value in told:
        return True
    return name == "objective" and "impact" in numbers and numbers["impact"].mean == numbers["objective"].mean


def _question(name: str) -> str:
    return _QUESTIONS.get(name, sentence(spoken(name)))


def _card(name: str, answer: Answer) -> Card:
    estimate = answer.numbers[name]
    interval = "" if estimate.p5 == estimate.p95 else f"{low_to_high(estimate.p5, estimate.p95, estimate.unit)}"
    middle = f"median {quantity(estimate.p50, estimate.unit)}" if skewed(estimate) else ""
    return Card(sentence(spoken(name)), quantity(estimate.mean, estimate.unit), interval, middle)


def _figure(chart: Chart, key: str, half: bool) -> Figure:
    return Figure(
        key=key,
        title=sentence(chart.title),
        caption=chart.caption,
        wide="" if half else _inline(svg(chart, WIDE), f"{key}w", chart),
        narrow=_inline(svg(chart, NARROW), f"{key}n", chart, grow=1.25),
        data=_data(chart),
        half=half,
    )


def _inline(text: str, key: str, chart: Chart, grow: float = 1.0) -> str:
    """The SVG as part of the page: names of its own, a text for those who do not see it, as wide as there is room."""
    from markupsafe import escape

    text = re.sub(r"<\?xml[^>]*\?>|<!DOCTYPE[^>]*>", "", text)
    text = re.sub(r'\bid="([^"]+)"', rf'id="{key}-\1"', text)
    text = re.sub(r"url\(#([^)]+)\)", rf"url(#{key}-\1)", text)
    text = re.sub(r'(xlink:href|href)="#([^"]+)"', rf'\1="#{key}-\2"', text)
    text = re.sub(r'\s(aria-[a-z]+|role)="[^"]*"', "", text)
    size = re.search(r'<svg[^>]*?width="([\d.]+)"[^>]*?height="([\d.]+)"', text)
    width = f' style="max-width:{grow * float(size[1]):.0f}px"' if size else ""
    opening = f'<svg role="img" aria-label="{escape(alt(chart))}"{width} '
    for attribute in ("width", "height"):
        text = re.sub(rf'(<svg[^>]*?) {attribute}="[\d.]+"', r"\1", text, count=1)
    return text.replace("<svg ", opening, 1)


def alt(chart: Chart) -> str:
    """What the chart shows, in words and its most telling numbers."""
    unit = unit_in(chart.y)
    said = tiles.words(chart) if chart.kind == "map" else []
    for name, rows in _by_series(chart.rows).items() if chart.kind != "map" else ():
        of = f"{name}: " if name else ""
        if "label" in rows[0] and "value" in rows[0]:
            said += [f"{of}{row.get('label')} {quantity(row.get('value'), unit)}" for row in rows]
            continue
        if chart.kind in swings.WORDS:
            said += swings.WORDS[chart.kind](chart)
            continue
        key = "middle" if chart.kind == "fan" else "value"
        first, last = rows[0], rows[-1]
        text = f"{of}{quantity(first.get(key), unit)} at {number(first.get('time'))}"
        text += f", {quantity(last.get(key), unit)} at {number(last.get('time'))}"
        if chart.kind == "fan" and last.get("low") != last.get("high"):
            text += f" (5 to 95 %: {low_to_high(last.get('low'), last.get('high'), unit)})"
        said.append(text)
    more = f"; and {len(said) - _ALT_ROWS} more" if len(said) > _ALT_ROWS else ""
    return f"{sentence(chart.title)}. {chart.caption} {'; '.join(said[:_ALT_ROWS])}{more}."


def _by_series(rows: Sequence[Row]) -> dict[str, list[Row]]:
    split: dict[str, list[Row]] = {}
    for row in rows:
        split.setdefault(str(row.get("series") or ""), []).append(row)
    return split


def _data(chart: Chart) -> Grid:
    """The numbers of a chart: a row per time, label or tile; for several series a column each."""
    if chart.kind == "map":
        return tiles.numbers(chart)
    names = list(_by_series(chart.rows))
    if chart.kind in ("area", "line", "steps") and names != [""]:
        found: dict[Any, dict[str, Any]] = {}
        for row in chart.rows:
            found.setdefault(row.get("time"), {})[str(row.get("series") or "")] = row.get("value")
        columns = [Column(chart.x or "time"), *(Column(name) for name in names)]
        rows = [tuple(_cells([time, *(values.get(name) for name in names)])) for time, values in found.items()]
        return Grid(chart.name, chart.title, tuple(columns), tuple(rows))
    shown = [row for row in chart.rows if chart.kind != "scatter" or "middle" in row]
    keys = list(dict.fromkeys(key for row in shown for key in row))
    columns = [Column(_heading(key, chart), numeric=key not in ("label", "series")) for key in keys]
    rows = [tuple(_cells([row.get(key) for key in keys])) for row in shown]
    return Grid(chart.name, chart.title, tuple(columns), tuple(rows))


def _heading(key: str, chart: Chart) -> str:
    if key == "time":
        return chart.x or "time"
    if key == "value":
        return chart.y or "value"
    if chart.kind in swings.HEADINGS:
        return swings.HEADINGS[chart.kind].get(key, "")
    return "" if key in ("label", "series") else _HEADINGS.get(key, spoken(key))


def _cells(values: Sequence[Any]) -> list[Cell]:
    return [
        Cell(f"{float(value):,.6g}" if is_number(value) and value == value else any_value(value)) for value in values
    ]


def _provenance(answers: Sequence[Answer], command: str) -> list[tuple[str, str]]:
    first = answers[0].provenance
    seconds: dict[str, float] = {}
    for answer in answers:
        for name, value in answer.provenance.seconds.items():
            seconds[name] = seconds.get(name, 0.0) + value
    asked = [answer for answer in answers if answer.provenance.samples]
    samples = ", ".join(f"{answer.question} {answer.provenance.samples:,}" for answer in asked)
    return [
        ("Model", answers[0].model),
        *([("Made by", command)] if command else []),
        ("SHA-256", answers[0].sha256),
        ("leverwise", first.version),
        ("Seed", str(first.seed)),
        ("Samples", samples),
        ("Precision", f"{first.precision}, {first.backend}"),
        ("Seconds", ", ".join(f"{name} {value:.2g}" for name, value in seconds.items())),
    ]


def _repaint() -> str:
    """Style rules that give the charts their colours on a dark screen."""
    rules = []
    for light, dark in DARK.items():
        for attribute in ("fill", "stroke"):
            rules.append(f'figure svg [{attribute}="{light}"]{{{attribute}:{dark}}}')
    return "\n".join(rules)
