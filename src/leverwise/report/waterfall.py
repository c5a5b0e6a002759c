"""Charts of what made the difference: a waterfall of factors, and a matrix of what two do for each other."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from leverwise.ask.answer import Chart
from leverwise.ask.words import number
from leverwise.report import drawing
from leverwise.report.drawing import Setting
from leverwise.report.theme import INK, MUTED, inks

_BAR, _CELL = 30, 34
_DARKEST, _LIGHTEST = 0.62, 0.04
"""How much ink the largest and the smallest value of a matrix get: the number on it must be read in light and dark."""
_SMALL = 28
"""Cells narrower than this have no room for a number."""
_ROOM = 1.35
"""How far the axis goes beyond the last bar, for what is written there."""
_LONG = 100
"""From here on numbers in cells have no decimals."""
_TOUCH, _MANY = 1e-9, 100.0
"""What an end may miss a mark by; the range from which on only powers of ten are marked."""
_POWERS = {False: "; each mark is an order of magnitude", True: "; marks: orders of magnitude"}


def waterfall(chart: Chart, setting: Setting) -> Any:
    """Bars from one end to the next, of factors on a logarithmic axis; what takes away has another colour."""
    import altair as alt

    up, down = inks(2)
    rows = [
        {
            **row,
            "low": min(row["start"], row["end"]),
            "high": max(row["start"], row["end"]),
            "ink": MUTED if row["total"] else up if row["end"] >= row["start"] else down,
        }
        for row in chart.rows
    ]
    names = [str(row["label"]) for row in rows]
    low, high = min(row["low"] for row in rows), max(row["high"] for row in rows)
    scale, axis = (_factors if rows[0]["log"] else _amounts)(chart, setting, low, high)
    base: Any = alt.Chart(drawing.data(rows), title=drawing.title(chart, setting)).encode(y=_names(names, setting))
    ink = alt.Color("ink:N", scale=None)
    bars = base.mark_bar(cornerRadius=1).encode(x=alt.X("low:Q", scale=scale, axis=axis), x2="high:Q")
    edges = base.mark_tick(thickness=2, height=0.86 * _BAR, opacity=1).encode(x=alt.X("end:Q", scale=scale), color=ink)
    texts = base.mark_text(align="left", dx=6, color=INK, fontSize=12).encode(x=alt.X("high:Q"), text="text:N")
    width = setting.width + drawing.AXIS_WIDTH - setting.labels
    return alt.layer(bars.encode(color=ink), edges, texts).properties(width=width, height=_BAR * len(rows))


def matrix(chart: Chart, setting: Setting) -> Any:
    """A cell for every two, in one colour above zero, another below, darker the further off; the diagonal is framed."""
    import altair as alt

    names = list(dict.fromkeys(str(row["label"]) for row in chart.rows))
    most = max(abs(row["value"]) for row in chart.rows) or 1.0
    above, below = inks(2)
    rows = [
        {
            **row,
            "ink": above if row["value"] >= 0 else below,
            "depth": _LIGHTEST + (_DARKEST - _LIGHTEST) * abs(row["value"]) / most,
            "text": small(row["value"], most),
        }
        for row in chart.rows
    ]
    width = min(setting.width + drawing.AXIS_WIDTH - setting.labels, 2 * _CELL * len(names))
    top = alt.Axis(
        title=None, orient="top", labelAngle=-50, labelAlign="left", labelLimit=110, domain=False, ticks=False
    )
    base: Any = alt.Chart(drawing.data(rows), title=drawing.title(chart, setting)).encode(
        x=alt.X("series:N", sort=names, axis=top), y=_names(names, setting)
    )
    fill = alt.Fill("ink:N", scale=None)
    depth = alt.FillOpacity("depth:Q", scale=None, legend=None)
    frame = alt.condition("datum.own", alt.value(MUTED), alt.value("transparent"))
    cells = base.mark_rect(strokeWidth=1.2).encode(fill=fill, fillOpacity=depth, stroke=frame)
    layers = [cells]
    if width / len(names) >= _SMALL:
        layers.append(base.mark_text(color=INK, fontSize=11).encode(text="text:N"))
    return alt.layer(*layers).properties(width=width, height=_CELL * len(names))


def small(value: float, most: float) -> str:
    """A number that fits into a cell: what rounds to nothing beside the largest is 0."""
    if most >= _LONG:
        return number(value, 2) if abs(value) >= most / 1000 else "0"
    return "0" if abs(value) < 0.005 else f"{value:.2f}"


KINDS: Mapping[str, Callable[[Chart, Setting], Any]] = {"waterfall": waterfall, "matrix": matrix}


def _names(names: list[str], setting: Setting) -> Any:
    import altair as alt

    wide = setting.labels
    axis = alt.Axis(grid=False, domain=False, ticks=False, labelLimit=wide - 8, minExtent=wide, maxExtent=wide)
    return alt.Y("label:N", sort=names, title=None, axis=axis)


def _factors(chart: Chart, setting: Setting, low: float, high: float) -> tuple[Any, Any]:
    import altair as alt

    marks = _marks(low, high)
    ticks = {"values": marks} if len(marks) > 1 else {"tickCount": 4}
    said = chart.y + (_POWERS[setting.narrow] if len(marks) > 2 and marks[1] == 10 * marks[0] else ", log scale")
    scale = alt.Scale(type="log", domain=[low, low * (high / low) ** _ROOM], nice=False)
    return scale, alt.Axis(title=said, labelExpr=drawing.labels(""), **ticks)


def _amounts(chart: Chart, setting: Setting, low: float, high: float) -> tuple[Any, Any]:
    import altair as alt

    scale = alt.Scale(domain=[low, low + (high - low) * _ROOM], nice=False, zero=False)
    return scale, alt.Axis(title=chart.y, labelExpr=drawing.labels(chart.y), tickCount=4 if setting.narrow else 6)


def _marks(low: float, high: float) -> list[float]:
    """Powers of ten, and within two decades also twice and five times these."""
    steps = (1.0,) if high / low >= _MANY else (1.0, 2.0, 5.0)
    marks = [step * 10.0**power for power in range(-12, 16) for step in steps]
    return [mark for mark in marks if low * (1 - _TOUCH) <= mark <= high]
