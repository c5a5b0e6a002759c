"""Small pictures made of characters: sparklines, fans, strips and bars. Numbers in, strings out.

Each has a form for terminals that know Unicode and one in ASCII.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Glyphs:
    """The characters that the pictures are made of, from light to dark."""

    levels: str
    shades: str
    outer: str
    inner: str
    middle: str
    full: str
    parts: str
    """Eighths of `full`, smallest first."""
    corner: str
    side: str
    floor: str
    mark: str
    warning: str
    rule: str


UNICODE = Glyphs("▁▂▃▄▅▆▇█", " ░▒▓█", "░", "▒", "━", "█", "▏▎▍▌▋▊▉", "└", "│", "─", "▌", "▲", "─")
ASCII = Glyphs("_.-~=+*#", " .:+#", ".", ":", "#", "=", "", "+", "|", "-", "|", "!", "-")


ROUNDING = 1e-9
"""A spread below this share of the greatest size is rounding, and drawn as none."""


def resample(values: Sequence[float], width: int) -> list[float]:
    """At most `width` of the values, evenly spaced, with the first and the last."""
    if len(values) <= width:
        return list(values)
    if width <= 1:
        return [values[-1]]
    return [values[round(i * (len(values) - 1) / (width - 1))] for i in range(width)]


def spark(values: Sequence[float], width: int, glyphs: Glyphs, low: float | None = None) -> str:
    """A line of blocks whose height follows the values; gaps where they are not finite."""
    shown = resample(values, width)
    finite = [value for value in shown if math.isfinite(value)]
    if not finite:
        return ""
    bottom = min(finite) if low is None else low
    reach = max(finite) - bottom
    if _flat(bottom, max(finite)):
        return "".join(glyphs.levels[3] if math.isfinite(value) else " " for value in shown)
    top = len(glyphs.levels) - 1
    return "".join(
        glyphs.levels[round((value - bottom) / reach * top)] if math.isfinite(value) else " " for value in shown
    )


def strip(shares: Sequence[float], width: int, glyphs: Glyphs) -> str:
    """A line whose darkness follows shares between 0 and 1, stretched to `width`."""
    if not shares:
        return ""
    last = len(glyphs.shades) - 1
    cells = [shares[min(len(shares) - 1, i * len(shares) // width)] for i in range(width)]
    return "".join(glyphs.shades[_clip(math.ceil(share * last - 0.25), last)] for share in cells)


def bar(share: float, width: int, glyphs: Glyphs) -> str:
    """A horizontal bar of `share` times `width` characters, to an eighth of one where the terminal can."""
    length = max(0.0, min(1.0, share)) * width
    whole = int(length)
    rest = int((length - whole) * 8)
    return glyphs.full * whole + (glyphs.parts[rest - 1] if glyphs.parts and rest else "")


@dataclass(frozen=True)
class Band:
    """The 5, 25, 50, 75 and 95 % points of a fan at one time."""

    low: float
    lower: float
    middle: float
    upper: float
    high: float


def fan(
    bands: Sequence[Band], width: int, height: int, glyphs: Glyphs, *, zero: bool = True
) -> tuple[list[str], float, float]:
    """A fan of `height` lines, the top one first, and the values at its top and bottom; no lines without numbers.

    `zero`: begin at zero if the lowest value is small against the highest.
    """
    columns = [bands[min(len(bands) - 1, i * len(bands) // width)] for i in range(width)] if bands else []
    edges = [edge for band in columns for edge in (band.low, band.high) if math.isfinite(edge)]
    if not edges:
        return [], 0.0, 0.0
    bottom, top = min(edges), max(edges)
    if zero and 0 < bottom < 0.5 * top:
        bottom = 0.0
    if _flat(bottom, top):
        room = max(1.0, 0.1 * abs(top))
        bottom, top = bottom - room, top + room
    drawn = [_fan_column(band, bottom, top, height, glyphs) for band in columns]
    return ["".join(column[row] for column in drawn) for row in range(height)], top, bottom


def _fan_column(band: Band, bottom: float, top: float, height: int, glyphs: Glyphs) -> list[str]:
    """One column of a fan from the top down: the median once, the bands where they cover the middle of a cell."""
    size = (top - bottom) / height
    cells = []
    for row in range(height):
        centre = top - (row + 0.5) * size
        inner, outer = band.lower <= centre <= band.upper, band.low <= centre <= band.high
        cells.append(glyphs.inner if inner else glyphs.outer if outer else " ")
    if math.isfinite(band.middle):
        cells[_clip(int((top - band.middle) / size), height - 1)] = glyphs.middle
    return cells


def _flat(bottom: float, top: float) -> bool:
    """Whether what lies between two numbers is nothing but rounding."""
    return not top - bottom > ROUNDING * max(abs(bottom), abs(top))


def _clip(index: int, last: int) -> int:
    return max(0, min(last, index))
