"""A `Chart` as an Altair chart in one restrained style, and saved as PNG or SVG without a network or a browser."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from leverwise.ask.answer import Chart
from leverwise.ask.words import number
from leverwise.files import aside
from leverwise.report import drawing, swings, tiles, waterfall
from leverwise.report.drawing import Setting
from leverwise.report.marks import rules
from leverwise.report.numbers import is_number, unit_in
from leverwise.report.scales import Decades, decades
from leverwise.report.theme import INK, MUTED, config, inks

if TYPE_CHECKING:
    import altair as alt

__all__ = ["STANDARD", "Setting", "altair", "drawable", "flat", "save", "stacked", "svg"]

_HEIGHT = 260
_STEPS_HEIGHT = 54
_BAR_HEIGHT = 26
_COLUMNS, _GRID_WIDTH = ((1, 2), (2, 6)), 420
"""Up to so many charts stand in so many columns, more in three; how wide each is among several columns."""
_BANDS = "Line: median; bands: 25 to 75 % and 5 to 95 %."
_PNG_SCALE = 2.0
_POINTS = 24
"""Points of a line, up to which each is marked."""
STANDARD = Setting()
_UNTIMED = ("bars", "tornado", "scatter", "waterfall", "matrix", "map")
"""Kinds that show no change over time."""


def drawable(chart: Chart) -> bool:
    """True if the chart has a number to draw."""
    values = [row.get(key) for row in chart.rows for key in ("value", "middle")]
    return any(is_number(value) and math.isfinite(float(value or 0)) for value in values)


def flat(chart: Chart) -> bool:
    """True if nothing that can be seen changes over time in the chart, nor differs between what it compares."""
    if chart.kind in _UNTIMED:
        return False
    keys = ("value", "low", "lower", "middle", "upper", "high")
    seen = [tuple(number(row.get(key)) for key in keys) for row in chart.rows]
    return all(values == seen[0] for values in seen)


def altair(chart: Chart, setting: Setting = STANDARD) -> alt.TopLevelMixin:
    """The chart as an Altair chart. Raises ValueError if it has no number to draw."""
    return _themed(_drawn(chart, setting), setting)


def stacked(charts: Sequence[Chart], setting: Setting = STANDARD) -> alt.TopLevelMixin:
    """Several charts in rows of one, two or three, each with its own scales; impact comes first.

    Charts without numbers or change are left out.
    """
    import altair as alt

    worth = [chart for chart in charts if drawable(chart) and not flat(chart)]
    worth = worth or [chart for chart in charts if drawable(chart)]
    if not worth:
        raise ValueError("there is nothing to draw: no chart has a number")
    if len(worth) == 1:
        return _themed(_drawn(worth[0], setting), setting)
    columns = next((columns for columns, most in _COLUMNS if len(worth) <= most), 3)
    each = setting if columns == 1 else replace(setting, width=min(setting.width, _GRID_WIDTH))
    drawn = [_drawn(chart, each) for chart in sorted(worth, key=lambda chart: chart.name != "impact")]
    grid = alt.concat(*drawn, columns=columns, spacing={"row": 44, "column": 56}, align="each")
    return _themed(grid.resolve_scale(color="independent", x="independent", y="independent"), setting)


def svg(chart: Chart, setting: Setting = STANDARD) -> str:
    """The chart as SVG text."""
    return _svg(altair(chart, setting))


def save(chart: Chart | Sequence[Chart], path: str | Path) -> None:
    """Save a chart, or several in a grid, as `.png` or `.svg`: written aside first, then renamed.

    Raises ValueError for another ending or if there is nothing to draw.
    """
    target = Path(path)
    picture = altair(chart) if isinstance(chart, Chart) else stacked(chart)
    match target.suffix.lower():
        case ".svg":
            content = _svg(picture).encode()
        case ".png":
            content = _png(picture)
        case suffix:
            raise ValueError(f"a chart is saved as .png or .svg, not as {suffix or target.name!r}")
    with aside(target) as part:
        part.write_bytes(content)


def _svg(picture: alt.TopLevelMixin) -> str:
    import vl_convert

    return _renamed(str(vl_convert.vegalite_to_svg(picture.to_dict(), allowed_base_urls=[])))


def _renamed(text: str) -> str:
    """The SVG with its ids counted from 0: the converter goes on counting from one picture to the next."""
    ids = {old: f"id{index}" for index, old in enumerate(dict.fromkeys(re.findall(r'\bid="([^"]+)"', text)))}
    text = re.sub(r'\bid="([^"]+)"', lambda found: f'id="{ids[found[1]]}"', text)
    return re.sub(r"url\(#([^)]+)\)", lambda found: f"url(#{ids.get(found[1], found[1])})", text)


def _png(picture: alt.TopLevelMixin) -> bytes:
    import vl_convert

    return bytes(vl_convert.vegalite_to_png(picture.to_dict(), scale=_PNG_SCALE, allowed_base_urls=[]))


def _themed(picture: Any, setting: Setting) -> alt.TopLevelMixin:
    themed: alt.TopLevelMixin = picture.configure(**config(), background=setting.background)
    return themed


def _drawn(chart: Chart, setting: Setting) -> Any:
    if not drawable(chart):
        raise ValueError(f"there is nothing to draw: chart {chart.name!r} has no numbers")
    return _KINDS[chart.kind](chart, setting)


def _x(chart: Chart, setting: Setting, *, last: bool = True) -> alt.X:
    """The time axis; only the `last` of several panels labels it."""
    import altair as alt

    times = [float(row["time"]) for row in chart.rows]
    low, high = min(times), max(times)
    axis = alt.Axis(
        title=chart.x if last else None,
        labels=last,
        labelFlush=False,
        grid=False,
        labelExpr=drawing.labels(chart.x),
        **_ticks(chart.x, low, high, 4 if setting.narrow else 8),
    )
    return alt.X("time:Q", axis=axis, scale=alt.Scale(domain=[low, high], nice=False))


def _ticks(title: str, low: float, high: float, most: int) -> dict[str, Any]:
    """Ticks at whole quarters or years if the axis counts months; else what the renderer finds good."""
    if unit_in(title) in ("month", "months"):
        for every in (1, 2, 3, 6, 12, 24, 36, 60, 120):
            if (high - low) / every <= most:
                first = -int(-low // every)
                return {"values": [every * i for i in range(first, int(high // every) + 1)]}
    return {"tickCount": most}


def _y(chart: Chart, setting: Setting, field: str, scale: Decades | None = None, **more: Any) -> alt.Y:
    """The value axis. Where the heading of the page says the name already, the axis says the unit."""
    import altair as alt

    unit = unit_in(chart.y)
    said = not setting.titled and chart.y.removesuffix(f"({unit})").strip().lower() == chart.title.lower()
    title = unit.removeprefix("$").strip() and unit if said else chart.y
    if scale:
        title = ", ".join(filter(None, (title, "log scale")))
        more["scale"] = alt.Scale(type="log", domain=[scale.bottom, scale.top], clamp=True, nice=False)
    ticks: dict[str, Any] = {"values": scale.marks} if scale else {"tickCount": 5}
    axis = alt.Axis(title=title or None, labelExpr=drawing.labels(chart.y), minExtent=drawing.AXIS_WIDTH, **ticks)
    return alt.Y(field, axis=axis, **more)


def _fan(chart: Chart, setting: Setting) -> Any:
    import altair as alt

    names = drawing.series(chart)
    banded = any(row.get("low") != row.get("high") for row in chart.rows)
    scale = decades(chart.rows)
    base = alt.Chart(drawing.data(chart.rows), title=drawing.title(chart, setting, _BANDS if banded else "")).encode(
        x=_x(chart, setting),
        color=drawing.colour(names, setting, "stroke"),
        **({"detail": "series:N"} if names else {}),
    )
    outer = base.mark_area(opacity=0.16).encode(y=_y(chart, setting, "low:Q", scale), y2="high:Q")
    inner = base.mark_area(opacity=0.28).encode(y=_y(chart, setting, "lower:Q", scale), y2="upper:Q")
    middle = base.mark_line(strokeWidth=2.2).encode(y=_y(chart, setting, "middle:Q", scale))
    layers = [*_zero(chart), outer, inner, middle, *_tail(chart, setting)]
    return alt.layer(*layers).properties(width=setting.width, height=_HEIGHT)


def _zero(chart: Chart) -> list[Any]:
    """A rule at nothing, where a fan lies on both sides of it."""
    import altair as alt

    ends = [[float(row[key]) for row in chart.rows if is_number(row.get(key))] for key in ("low", "high")]
    if not min(ends[0], default=0.0) < 0 < max(ends[1], default=0.0):
        return []
    return [alt.Chart(drawing.data([{}])).mark_rule(color=MUTED).encode(y=alt.datum(0))]


def _tail(chart: Chart, setting: Setting) -> list[Any]:
    """A thin rule where the horizon ends, and the word for what lies behind it."""
    import altair as alt

    if chart.until is None:
        return []
    base = alt.Chart(drawing.data([{"time": chart.until}])).encode(x=_x(chart, setting))
    rule = base.mark_rule(color=MUTED, strokeWidth=1, strokeDash=[4, 4])
    word = base.mark_text(align="left", baseline="top", dx=5, color=MUTED, fontSize=11, text="tail")
    return [rule, word.encode(y=alt.value(0))]


def _area(chart: Chart, setting: Setting) -> Any:
    import altair as alt

    names = drawing.series(chart)
    order = {name: index for index, name in enumerate(names)}
    rows = [{**row, "order": order.get(str(row.get("series")), 0)} for row in chart.rows]
    return (
        alt.Chart(drawing.data(rows), title=drawing.title(chart, setting))
        .mark_area(opacity=0.92)
        .encode(
            x=_x(chart, setting),
            y=_y(chart, setting, "value:Q", stack="zero"),
            color=drawing.colour(names, setting, "square"),
            order=alt.Order("order:Q"),
        )
        .properties(width=setting.width, height=_HEIGHT)
    )


def _line(chart: Chart, setting: Setting) -> Any:
    import altair as alt

    names = drawing.series(chart)
    base = alt.Chart(drawing.data(chart.rows), title=drawing.title(chart, setting)).encode(
        x=_x(chart, setting), color=drawing.colour(names, setting, "stroke")
    )
    line = base.mark_line(strokeWidth=2.2).encode(y=_y(chart, setting, "value:Q"))
    marks = [mark.encode(x=_x(chart, setting)) for mark in rules(chart)]
    if not any(is_number(row.get("low")) for row in chart.rows):
        return alt.layer(line, *marks).properties(width=setting.width, height=_HEIGHT)
    few = len(chart.rows) <= _POINTS * max(1, len(names))
    band = base.mark_area(opacity=0.28 if few else 0.16).encode(y=_y(chart, setting, "low:Q"), y2="high:Q")
    points = base.mark_point(filled=True, size=36, opacity=1).encode(y=_y(chart, setting, "value:Q"))
    layers = [band, line, *([points] if few else []), *marks]
    return alt.layer(*layers).properties(width=setting.width, height=_HEIGHT)


def _bars(chart: Chart, setting: Setting) -> Any:
    import altair as alt

    names = drawing.series(chart)
    labels = list(dict.fromkeys(str(row["label"]) for row in chart.rows))
    side, value = drawing.sides(labels, setting), drawing.across(chart, setting)
    offset = {"yOffset": alt.YOffset("series:N", sort=names)} if len(names) > 1 else {}
    base: Any = alt.Chart(drawing.data(chart.rows), title=drawing.title(chart, setting))
    base = base.encode(y=side, **offset)
    bars = base.mark_bar(cornerRadiusEnd=2).encode(
        x=alt.X("value:Q", axis=value), color=drawing.colour(names, setting, "square")
    )
    layers: list[Any] = [bars]
    if any(row.get("low") is not None for row in chart.rows):
        layers.append(base.mark_rule(color=INK, strokeWidth=1.4).encode(x="low:Q", x2="high:Q"))
    if any(float(row["value"] or 0) < 0 or float(row.get("low") or 0) < 0 for row in chart.rows):
        layers.append(alt.Chart(drawing.data([{}])).mark_rule(color=MUTED).encode(x=alt.datum(0)))
    layers += [mark.encode(x=alt.X("time:Q", axis=value)) for mark in rules(chart)]
    height = _BAR_HEIGHT * len(labels) * max(1, 0.7 * len(names))
    return alt.layer(*layers).properties(width=setting.width + drawing.AXIS_WIDTH - setting.labels, height=height)


def _steps(chart: Chart, setting: Setting) -> Any:
    """One small panel per series, each with its own scale: decisions have units of their own."""
    import altair as alt

    names = drawing.series(chart) or [""]
    split = [[row for row in chart.rows if str(row.get("series") or "") == name] for name in names]
    panels = []
    for name, rows in zip(names, split, strict=True):
        base = alt.Chart(drawing.data(rows)).encode(x=_x(chart, setting, last=name == names[-1]))
        axis = alt.Axis(
            title=None,
            tickCount=2,
            labelExpr=drawing.labels(name if unit_in(name) else chart.y),
            minExtent=drawing.AXIS_WIDTH,
        )
        most = max((float(row["value"]) for row in rows if is_number(row["value"])), default=0.0)
        scale = alt.Scale(zero=True) if most else alt.Scale(domain=[0, 1])
        y = alt.Y("value:Q", axis=axis, scale=scale)
        ink = inks(1)[0]
        area = base.mark_area(interpolate="step-after", opacity=0.2, color=ink).encode(y=y)
        line = base.mark_line(interpolate="step-after", color=ink, strokeWidth=2).encode(y=y)
        heading = alt.TitleParams(name or chart.y, fontSize=12, fontWeight="normal", color=INK, offset=6)
        panels.append(alt.layer(area, line, title=heading).properties(width=setting.width, height=_STEPS_HEIGHT))
    column = alt.vconcat(*panels, spacing=14)
    title = drawing.title(chart, setting)
    return column if title is alt.Undefined else column.properties(title=title)


_KINDS: Mapping[str, Callable[[Chart, Setting], Any]] = {
    "fan": _fan,
    "area": _area,
    "line": _line,
    "bars": _bars,
    "steps": _steps,
    **swings.KINDS,
    **waterfall.KINDS,
    **tiles.KINDS,
}
