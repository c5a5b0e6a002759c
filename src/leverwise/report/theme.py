"""The one style of all charts. Colours keep apart for colour-blind eyes, in light and in dark.

A chart is drawn in the light colours. The page repaints it for dark screens by `DARK`, which pairs each light
colour with the one that stands for it there.
"""

from __future__ import annotations

from typing import Any

FONT = "Liberation Sans, Arial, Helvetica, sans-serif"
"""The first is bundled with the converter; the others have the same widths and are on most machines."""

INK = "#20262e"
MUTED = "#5b6570"
GRID = "#e4e7eb"

LIGHT_SERIES = (
    "#0b6aa6", "#c9570d", "#16876a", "#96508f", "#a87a00", "#4a9fcf", "#7c858f", "#8c2d4a", "#5a7d1f", "#3d4a8a",
)  # fmt: skip
DARK_SERIES = (
    "#58aee6", "#f08d4d", "#4bc2a0", "#cb8fc7", "#dcb64a", "#a3d4f2", "#a9b1ba", "#e07f9d", "#a8c766", "#97a3e6",
)  # fmt: skip

DARK = {INK: "#e6e9ed", MUTED: "#a2abb5", GRID: "#323943", **dict(zip(LIGHT_SERIES, DARK_SERIES, strict=True))}


def inks(count: int) -> list[str]:
    """Colours for `count` series; they come round again after ten."""
    return [LIGHT_SERIES[index % len(LIGHT_SERIES)] for index in range(count)]


def config() -> dict[str, Any]:
    """The Vega-Lite configuration of every chart."""
    axis = {
        "labelColor": MUTED,
        "titleColor": MUTED,
        "labelFontSize": 12,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
        "titlePadding": 10,
        "gridColor": GRID,
        "domainColor": MUTED,
        "tickColor": MUTED,
        "labelPadding": 5,
    }
    return {
        "font": FONT,
        "padding": 6,
        "view": {"stroke": None},
        "axis": axis,
        "axisX": {"domain": True, "ticks": True, "tickSize": 4},
        "axisY": {"domain": False, "ticks": False, "grid": True},
        "title": {
            "anchor": "start",
            "frame": "group",
            "color": INK,
            "fontSize": 16,
            "fontWeight": "bold",
            "subtitleColor": MUTED,
            "subtitleFontSize": 12,
            "subtitlePadding": 6,
            "offset": 14,
        },
        "legend": {
            "labelColor": INK,
            "labelFontSize": 12,
            "symbolSize": 90,
            "symbolStrokeWidth": 2.5,
            "columnPadding": 16,
            "rowPadding": 4,
            "offset": 10,
        },
        "line": {"strokeCap": "round", "strokeJoin": "round"},
    }
