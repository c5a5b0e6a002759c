"""Charts of how an output moves with an input: a tornado, and points with a running mean."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from leverwise.ask.answer import Chart
from leverwise.ask.words import number, quantity
from leverwise.report import drawing
from leverwise.report.drawing import Setting
from leverwise.report.numbers import is_number, unit_in
from leverwise.report.theme import INK, MUTED, inks

HEIGHT, BAR_HEIGHT = 260, 30
ROOM, NARROW_ROOM = 0.16, 0.3
"""Room beside the bars for what the input is there, as a share of what all bars span, and where there is little."""
LOW, HIGH = "where it is low", "where it is high"
MOST_POWERS = 5
"""With no more powers of ten than this, there are marks between them."""
DECADES = 50.0
"""Points whose largest is more than this many times their smallest stand on a logarithmic scale."""


def tornado(chart: Chart, setting: Setting) -> Any:
    """A bar per input from what comes where it is low to what comes where it is high; the ends say what it is there."""
    import altair as alt

    ends = [float(row[key]) for row in chart.rows for key in ("start", "end", "middle")]
    room = (NARROW_ROOM if setting.narrow else ROOM) * (max(ends) - min(ends))
    names = list(dict.fromkeys(str(row["label"]) for row in chart.rows))
    side = drawing.sides(names, setting)
    scale = alt.Scale(domain=[min(ends) - room, max(ends) + room], nice=False, zero=False)
    bars = [
        {"label": row["label"], "series": series, "from": row["middle"], "to": row[key]}
        for row in chart.rows
        for series, key in ((LOW, "start"), (HIGH, "end"))
    ]
    drawn = alt.Chart(drawing.data(bars), title=drawing.title(chart, setting)).mark_bar(height=BAR_HEIGHT * 0.5)
    drawn = drawn.encode(
        y=side,
        x=alt.X("from:Q", axis=drawing.across(chart, setting), scale=scale),
        x2="to:Q",
        color=drawing.colour([LOW, HIGH], setting, "square"),
    )
    middle = alt.Chart(drawing.data([{}])).mark_rule(color=MUTED).encode(x=alt.datum(float(chart.rows[0]["middle"])))
    words = []
    for right in (True, False):
        place: dict[str, Any] = {"align": "left", "dx": 5} if right else {"align": "right", "dx": -5}
        texts = [
            {"label": row["label"], "at": row[key], "text": row[said]}
            for row in chart.rows
            for key, said in (("start", "from"), ("end", "to"))
            if (row[key] > row["start" if key == "end" else "end"] or (row["start"] == row["end"] and key == "end"))
            is right
        ]
        written = alt.Chart(drawing.data(texts)).mark_text(color=INK, fontSize=11, **place)
        words.append(written.encode(y=side, x=alt.X("at:Q", scale=scale), text="text:N"))
    width = setting.width + drawing.AXIS_WIDTH - setting.labels
    return alt.layer(drawn, middle, *words).properties(width=width, height=BAR_HEIGHT * len(names))


def scatter(chart: Chart, setting: Setting) -> Any:
    """Points, and a line through their running mean; scales are logarithmic where that shows more."""
    import altair as alt

    x_scale, x_ticks = _scale([row["at"] for row in chart.rows])
    y_scale, y_ticks = _scale([row.get("value", row.get("middle")) for row in chart.rows])
    x_ticks = x_ticks or {"tickCount": 4 if setting.narrow else 6}
    y_ticks = y_ticks or {"tickCount": 5}
    below = alt.Axis(title=chart.x or None, labelExpr=drawing.labels(chart.x), grid=False, labelOverlap=True, **x_ticks)
    beside = alt.Axis(
        title=chart.y or None,
        labelExpr=drawing.labels(chart.y),
        labelOverlap=True,
        minExtent=drawing.AXIS_WIDTH,
        **y_ticks,
    )
    x = alt.X("at:Q", axis=below, scale=x_scale)
    points = [row for row in chart.rows if is_number(row.get("value"))]
    means = [row for row in chart.rows if is_number(row.get("middle"))]
    dots = alt.Chart(drawing.data(points), title=drawing.title(chart, setting))
    dots = dots.mark_point(filled=True, size=14, opacity=0.35, color=inks(1)[0])
    line = alt.Chart(drawing.data(means)).mark_line(strokeWidth=2.6, color=inks(2)[1])
    layers = [
        dots.encode(x=x, y=alt.Y("value:Q", axis=beside, scale=y_scale)),
        line.encode(x=x, y=alt.Y("middle:Q", axis=beside, scale=y_scale)),
    ]
    return alt.layer(*layers).properties(width=setting.width, height=HEIGHT)


KINDS: Mapping[str, Callable[[Chart, Setting], Any]] = {"tornado": tornado, "scatter": scatter}


def _swing_words(chart: Chart) -> list[str]:
    unit = unit_in(chart.y)
    return [
        f"{row['label']}: {quantity(row['start'], unit)} at {row['from']}, {quantity(row['end'], unit)} at {row['to']}"
        for row in chart.rows
    ]


def _run_words(chart: Chart) -> list[str]:
    unit, means = unit_in(chart.y), [row for row in chart.rows if is_number(row.get("middle"))]
    return [f"{quantity(row['middle'], unit)} at {number(row['at'])}" for row in (means[0], means[-1])]


WORDS: Mapping[str, Callable[[Chart], list[str]]] = {"tornado": _swing_words, "scatter": _run_words}
"""What stands for a chart where it can't be seen."""
HEADINGS: Mapping[str, Mapping[str, str]] = {
    "tornado": {
        "start": "comes where it is low",
        "end": "where it is high",
        "from": "low",
        "to": "high",
        "middle": "mean",
    },
    "scatter": {"at": "where it is", "middle": "comes in the middle"},
}
"""Headings of its numbers."""


def _scale(values: Sequence[Any]) -> tuple[Any, dict[str, Any]]:
    """The scale for values, and the ticks that go with it."""
    import altair as alt

    known = [float(value) for value in values if is_number(value) and math.isfinite(float(value))]
    if not (min(known) > 0 and max(known) > DECADES * min(known)):
        return alt.Scale(zero=False, nice=True), {}
    powers = range(math.floor(math.log10(min(known))), math.ceil(math.log10(max(known))) + 1)
    steps = (1, 3) if len(powers) <= MOST_POWERS else (1,)
    marks = [step * 10.0**power for power in powers for step in steps]
    marks = [mark for mark in marks if min(known) <= mark <= max(known)]
    return alt.Scale(type="log", domain=[min(known), max(known)], nice=False), {"values": marks}
