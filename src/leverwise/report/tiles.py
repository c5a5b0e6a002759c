"""A map as a picture: coloured tiles with their names on them, and the same made of letters for a terminal."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from leverwise.ask.answer import Chart, Row
from leverwise.ask.map_tables import HELPLESS, HOPELESS
from leverwise.ask.words import bare, number
from leverwise.report import drawing
from leverwise.report.grid import Cell, Column, Grid
from leverwise.report.numbers import is_number, printable, sentence, unit_in
from leverwise.report.theme import GRID, INK, MUTED, inks
from leverwise.report.typeset import heading

SHAPE = 0.62
"""Height of a map as a share of its width."""
STRIP = 84
"""Height of a map with one axis."""
ROOM, ROOM_FOR_ONE, ROOM_FOR_BOTH = 30, 16, 34
"""Pixels across a tile, and up it, from which there is room for a number, and for a name above it."""
MOST_ACROSS = 9
"""Tiles side by side by which room for names is reckoned: there are more only where some are small."""
LETTER = 0.58
"""Width of a letter, by the height of the type."""
MOST_LETTERS, MOST_LINES = 28, 17
"""Across and up a map in a terminal."""
CLEAR, UNCLEAR = 0.5, 0.2
"""How strong the colour of a tile is."""
STYLES = ("cyan", "yellow", "green", "magenta", "blue", "red")
LETTERS = {HELPLESS: ".", HOPELESS: "x"}


def drawn(chart: Chart, setting: drawing.Setting) -> Any:
    """The map as an Altair chart."""
    import altair as alt

    width = setting.width
    names = series_of(chart)
    levers = [name for name in names if name not in LETTERS]
    colours = dict(zip(levers, inks(len(levers)), strict=True)) | {HELPLESS: MUTED, HOPELESS: GRID}
    flat = not chart.y
    height = STRIP if flat else round(width * SHAPE)
    across, up = _counts(chart)
    x = _axis(chart, "x", chart.x)
    y = alt.Y() if flat else _axis(chart, "y", chart.y)
    wide, tall = width / across, height / up
    small = 10 if wide < 60 else 12
    both = tall >= ROOM_FOR_BOTH
    shown = bool(wide >= ROOM and tall >= ROOM_FOR_ONE and not chart.lines)
    rows = [_written(row, wide / small, both=both, shown=shown) for row in chart.rows]
    base: Any = alt.Chart(drawing.data(rows), title=drawing.title(chart, setting))
    legend = alt.Legend(
        title=None, orient="top", columns=max(1, width // 120), symbolType="square", labelLimit=width - 40
    )
    ends = {"x": x, "x2": "high_x:Q"} | ({} if flat else {"y": y, "y2": "high_y:Q"})
    tiles = base.mark_rect(stroke=GRID, strokeWidth=0.5 if chart.lines else 1).encode(
        **ends,
        color=alt.Color(
            "series:N",
            scale=alt.Scale(domain=names, range=[colours[name] for name in names]),
            legend=legend,
            sort=None,
        ),
        opacity=alt.condition("datum.clear", alt.value(CLEAR), alt.value(UNCLEAR)),
    )
    middle: dict[str, Any] = {"x": alt.X("mid_x:Q")}
    middle["y"] = alt.value(height / 2) if flat else alt.Y("mid_y:Q")
    texts = base.transform_filter("datum.told").mark_text(color=INK, fontSize=small, dy=alt.expr("datum.named ? 8 : 0"))
    above = base.transform_filter("datum.named").mark_text(
        color=INK, fontSize=small, fontWeight="bold", dy=alt.expr("datum.told ? -6 : 0")
    )
    layers = [tiles, *_levels(chart, small), texts.encode(**middle, text="told:N")]
    layers.append(above.encode(**middle, text="named:N"))
    return alt.layer(*layers).properties(width=width, height=height)


def _counts(chart: Chart) -> tuple[int, int]:
    """About how many tiles stand side by side, and above each other."""
    across, up = ({row.get(key) for row in chart.rows} for key in ("x", "y"))
    return min(len(across), MOST_ACROSS), min(len(up), MOST_ACROSS)


def _levels(chart: Chart, small: int) -> list[Any]:
    """The level lines, and what they are levels of, on a ground that keeps them apart from the line."""
    import altair as alt

    if not chart.lines:
        return []
    base: Any = alt.Chart(drawing.data(chart.lines)).encode(x="x:Q", y="y:Q")
    lines = base.mark_line(color=INK, strokeWidth=1.2, opacity=0.75).encode(detail="line:N", order="order:Q")
    words = base.transform_filter("datum.text").encode(text="text:N")
    ground = words.mark_text(fontSize=small, stroke=GRID, strokeWidth=4, strokeJoin="round", color=GRID)
    return [lines, ground, words.mark_text(fontSize=small, color=INK)]


def _written(row: Row, letters: float, *, both: bool, shown: bool) -> Row:
    """A row with what stands on its tile: a name if it fits into so many letters, and a number, or either of them."""
    label = str(row.get("label") or "")
    named = label if len(label) * LETTER <= letters else ""
    told = str(row.get("text") or "") if shown and (both or not named) else ""
    return {**row, "named": named, "told": told}


def _axis(chart: Chart, key: str, title: str) -> Any:
    import altair as alt

    low, high = (key_of(chart, f"{end}_{key}") for end in ("low", "high"))
    ticks = chart.ticks.get(key) or sorted({float(row[key]) for row in chart.rows})
    kind: Literal["log", "linear"] = "log" if key in chart.logs else "linear"
    axis = alt.Axis(
        title=title,
        values=ticks,
        labelExpr=drawing.labels(title),
        grid=False,
        labelOverlap="greedy",
        domain=False,
        ticks=True,
    )
    scale = alt.Scale(type=kind, domain=[min(low), max(high)], nice=False, zero=False)
    make = alt.X if key == "x" else alt.Y
    return make(f"low_{key}:Q", axis=axis, scale=scale)


def key_of(chart: Chart, key: str) -> list[float]:
    """The numbers under a key."""
    return [float(row[key]) for row in chart.rows]


def series_of(chart: Chart) -> list[str]:
    """What the tiles advise, what is advised most often first, and last that nothing is."""
    counts: dict[str, int] = {}
    for row in chart.rows:
        if row.get("part"):
            continue
        counts[str(row["series"])] = counts.get(str(row["series"]), 0) + 1
    return sorted(counts, key=lambda name: (name in LETTERS, -counts[name]))


def sketch(chart: Chart) -> RenderableType:
    """The map in letters, a row of tiles per line; small letters where the advice is not clear."""
    names = series_of(chart)
    letters = lettered(names)
    styles = {name: STYLES[k % len(STYLES)] for k, name in enumerate(name for name in names if name not in LETTERS)}
    values = _thinned(sorted({row.get("y") for row in chart.rows}, key=_first), MOST_LINES)
    unit = {key: printable(unit_in(title)).split(",")[0] for key, title in (("x", chart.x), ("y", chart.y))}
    marks = [bare(value, unit["y"]) if is_number(value) else "" for value in values]
    gutter = max(len(mark) for mark in marks)
    lines: list[RenderableType] = [heading(sentence(printable(chart.title)))]
    if chart.y:
        lines.append(Text(f"  {printable(chart.y)}", style="dim"))
    places: list[Any] = _thinned(sorted({row["x"] for row in chart.rows}), MOST_LETTERS)
    ticks = [bare(value, unit["x"]) for value in places]
    wide = max(3, *(len(tick) + 1 for tick in ticks)) if len(ticks) <= 8 else 3 if len(ticks) <= 18 else 2
    for value, mark in reversed(list(zip(values, marks, strict=True))):
        line = Text(f"  {mark:>{gutter}} ", style="dim", no_wrap=True)
        for place in places:
            row = _tile(chart, place, value)
            name = str(row["series"])
            letter = letters[name] if row.get("clear") or name in LETTERS else letters[name].lower()
            line.append(f"{letter:^{wide}}", style=styles.get(name, "dim"))
        lines.append(line)
    under = "".join(f"{tick:^{wide}}" for tick in ticks) if wide > 3 else f"{ticks[0]} to {ticks[-1]}"
    lines.append(Text(" " * (gutter + 3) + under, style="dim"))
    lines.append(Text(" " * (gutter + 3) + printable(chart.x), style="dim"))
    told = "  ".join(f"{letters[name]} {printable(name)}" for name in names)
    small = any(not row.get("clear") and str(row["series"]) not in LETTERS for row in chart.rows)
    lines.append(Padding(Text(told + ("; small letters: not clear" if small else "")), (0, 0, 0, 2)))
    return Group(*lines)


def _tile(chart: Chart, x: float, y: Any) -> Row:
    """The tile at a place; of two that meet there, the first."""
    return next(
        row
        for row in chart.rows
        if row["low_x"] <= x <= row["high_x"] and (y is None or row["low_y"] <= y <= row["high_y"])
    )


def _first(value: Any) -> float:
    return float(value) if is_number(value) else 0.0


def _thinned(values: Sequence[Any], most: int) -> list[Any]:
    """At most so many of the values, the ends among them."""
    if len(values) <= most:
        return list(values)
    return [values[k * (len(values) - 1) // (most - 1)] for k in range(most)]


def words(chart: Chart) -> list[str]:
    """How many tiles each colour has."""
    names = [str(row["series"]) for row in chart.rows if not row.get("part")]
    return [f"{name} on {names.count(name)} of {len(names)} tiles" for name in series_of(chart)]


def numbers(chart: Chart) -> Grid:
    """A row per tile: where it is, and what stands on it."""
    keys = ("x", "y") if chart.y else ("x",)
    columns = [Column(chart.x), *([Column(chart.y)] if chart.y else []), Column("", numeric=False), Column("")]
    rows = [
        (
            *(Cell(number(row[key])) for key in keys),
            Cell(printable(str(row["series"]))),
            Cell(str(row.get("text") or "")),
        )
        for row in chart.rows
        if not row.get("part")
    ]
    return Grid(chart.name, chart.title, tuple(columns), tuple(rows))


def lettered(names: Sequence[str]) -> dict[str, str]:
    """A letter for each name, one of its own as far as there are any left."""
    found = {name: mark for name, mark in LETTERS.items() if name in names}
    free = [chr(code) for code in range(ord("A"), ord("Z") + 1)]
    for name in names:
        if name in found:
            continue
        own = [letter for letter in name.upper() if letter in free]
        found[name] = (own or free or ["?"])[0]
        if found[name] in free:
            free.remove(found[name])
    return found


KINDS: Mapping[str, Callable[[Chart, drawing.Setting], Any]] = {"map": drawn}
