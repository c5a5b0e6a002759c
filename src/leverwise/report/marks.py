"""Thin rules at places on the lower axis of a chart that mean something, each with its word."""

from __future__ import annotations

from typing import Any

from leverwise.ask.answer import Chart
from leverwise.report import drawing
from leverwise.report.theme import INK

ROOM = 0.16
"""Share of the axis that a word takes: a rule nearer to the last that has one goes without."""


def rules(chart: Chart) -> list[Any]:
    """Layers without a lower axis yet: the rules, and their words on the side where there is room."""
    import altair as alt

    if not chart.marks:
        return []
    found = []
    ends = [float(row[key]) for row in chart.rows for key in ("time", "value") if key in row and key == _lower(chart)]
    middle = (min(ends) + max(ends)) / 2
    said = -float("inf")
    for place, word in sorted(chart.marks):
        left = place > middle
        base = alt.Chart(drawing.data([{"time": place, "word": word}]))
        found.append(base.mark_rule(color=INK, strokeWidth=1, strokeDash=[4, 4]))
        if place - said < ROOM * (max(ends) - min(ends)):
            continue
        said = place
        over = chart.kind == "bars"  # which reach up to the edge
        text = base.mark_text(
            align="right" if left else "left",
            baseline="bottom" if over else "top",
            dx=0 if over else -5 if left else 5,
            color=INK,
            fontSize=11,
        )
        found.append(text.encode(text="word:N", y=alt.value(-3 if over else 0)))
    return found


def _lower(chart: Chart) -> str:
    """What stands on the lower axis."""
    return "value" if chart.kind == "bars" else "time"
