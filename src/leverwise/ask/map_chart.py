"""A map as a picture: a tile or more for each cell, and lines along which leverage is the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np

from leverwise.ask.answer import Chart, Row
from leverwise.ask.axes import Axis
from leverwise.ask.charts import Array
from leverwise.ask.map_mesh import Mesh, Place, Tile
from leverwise.ask.map_tables import HELPLESS, HOPELESS, NONE, Field, Told, advice
from leverwise.ask.words import number, spoken

LINES = 7
"""Level lines, at most."""
NICE = (1.0, 2.0, 2.5, 5.0, 10.0)
END = 0.02
"""Share of all that values span in which no level lies at either end: it would go round a single cell."""
WIDE = 30.0
"""Ratio of impacts from which levels have about equal ratios."""
POINTS = 8
"""Between neighbours of the grid, in which a surface is laid through what is known there."""
NAMED = 0.25
"""Share of the step of the grid that a tile must be wide to bear a name."""
SHORT = 0.2
"""Share of the picture's width that a line must be long to be labelled."""
LABELLED = (0.5, 0.35, 0.65)
"""Where along it a line is labelled, by turns, so that labels of lines side by side do not meet."""


def chart(told: Field, axes: Sequence[Axis], mesh: Mesh) -> Chart:
    """The map: tiles coloured by the best lever, with level lines of leverage (or impact) across them."""
    orders = any(each and "log10_leverage" in each.leverage for each in told.values())
    values = {at: _value(each, orders) for at, each in told.items()}
    lines = _lines(values, axes, mesh, orders)
    tiles = mesh.tiles()
    wide = {at: max(x[1] - x[0] for x, _ in parts) for at, parts in tiles.items()}
    room = [at for at in tiles if wide[at] >= NAMED * mesh.finer[0] or mesh.counts[0] == 1]
    named = _named({at: told[at] for at in room}, {at: _area(tiles[at]) for at in room})
    rows: list[Row] = []
    for at, parts in tiles.items():
        each, value = told[at], values[at]
        lever = advice(each)
        series = HOPELESS if lever is None else HELPLESS if lever == NONE else spoken(lever)
        where = dict(zip(("x", "y"), (axis.lattice[k] for axis, k in zip(axes, at, strict=False)), strict=False))
        text = "" if value is None else f"{value:.2f}" if orders else number(value, 2)
        for part, tile in enumerate(sorted(parts, key=lambda each: -_area([each]))):
            first = part == 0
            rows.append(
                {
                    **where,
                    **_ends(tile, axes, mesh),
                    "series": series,
                    "label": ("nothing" if series == HELPLESS else series) if first and named.get(series) == at else "",
                    "value": value,
                    "text": text if first else "",
                    "clear": each is None or each.clear,
                    "part": part,
                }
            )
    unit = next((each.estimate.unit for each in told.values() if each), "")
    shown = "leverage in orders of magnitude" if orders else f"impact ({unit})" if unit else "impact"
    caption = "Colour: the lever whose removal costs most, everything else planned anew; "
    caption += f"{'lines' if lines else 'number'}: {shown}"
    caption += "; pale: within the error of the next best." if any(not row["clear"] for row in rows) else "."
    up = axes[1].title if len(axes) > 1 else ""
    logs = tuple(axis.name for axis in axes if axis.log)
    ticks = {axis.name: axis.values for axis in axes}
    return Chart("map", "map", "the best lever", caption, rows, axes[0].title, up, logs=logs, ticks=ticks, lines=lines)


def _value(told: Told | None, orders: bool) -> float | None:
    if told is None:
        return None
    found = told.leverage.get("log10_leverage")
    return found.p50 if found else None if orders else told.estimate.mean


def _area(parts: Sequence[Tile]) -> float:
    return max((x[1] - x[0]) * max(y[1] - y[0], 1e-9) for x, y in parts)


def _ends(tile: Tile, axes: Sequence[Axis], mesh: Mesh) -> dict[str, float]:
    """Where a tile begins and ends along each axis, and its middle."""
    found: dict[str, float] = {}
    for axis, (low, high) in zip(axes, tile, strict=False):
        edges, last = axis.ends(), (mesh.counts[axis.place] - 1) * mesh.finer[axis.place]
        begin, end = edges[0] if low <= 0 else axis.at(low), edges[1] if high >= last else axis.at(high)
        found |= {f"low_{axis.name}": begin, f"mid_{axis.name}": axis.middle(begin, end), f"high_{axis.name}": end}
    return found


def _named(told: Field, size: Mapping[Place, float]) -> dict[str, Place]:
    """For each colour the place that bears its name: of the largest tiles, the one nearest to all the others."""
    places: dict[str, list[Place]] = {}
    for at, each in told.items():
        lever = advice(each)
        places.setdefault(HOPELESS if lever is None else HELPLESS if lever == NONE else spoken(lever), []).append(at)
    found = {}
    for name, mine in places.items():
        large = [at for at in mine if size[at] >= max(size[each] for each in mine) / 2]
        found[name] = min(large, key=lambda at: sum((at[0] - i) ** 2 + (at[1] - j) ** 2 for i, j in mine))
    return found


def _lines(values: Mapping[Place, float | None], axes: Sequence[Axis], mesh: Mesh, orders: bool) -> list[Row]:
    """Points of level lines, line by line; none on a map of one axis, or where all is alike."""
    known = [value for value in values.values() if value is not None and np.isfinite(value)]
    if min(mesh.counts) < 3 or len(known) < 4:
        return []
    log = not orders and min(known) > 0 and max(known) > WIDE * min(known)
    levels = _ratios(min(known), max(known)) if log else _steps(min(known), max(known))
    if not levels:
        return []
    from contourpy import LineType, contour_generator

    x, y, surface = _surface({at: np.nan if v is None else np.log(v) if log else v for at, v in values.items()}, mesh)
    across = contour_generator(x, y, np.ma.masked_invalid(surface), line_type=LineType.Separate)
    rows: list[Row] = []
    count = 0
    for k, level in enumerate(levels):
        for line in across.lines(float(np.log(level)) if log else level):
            points = np.asarray(line, dtype=float)
            labelled = _label(points, x[-1] - x[0], y[-1] - y[0], LABELLED[k % len(LABELLED)])
            text = _text(level, levels) if orders else number(level, 3)
            along = [axis.along(points[:, axis.place]) for axis in axes]
            rows += [
                {"line": count, "order": n, "x": float(one), "y": float(other), "text": text if n == labelled else ""}
                for n, (one, other) in enumerate(zip(*along, strict=True))
            ]
            count += 1
    return rows


def _text(level: float, levels: Sequence[float]) -> str:
    gap = min((b - a for a, b in pairwise(levels)), default=1.0)
    digits = next(digits for digits in range(12) if abs(round(gap, digits) - gap) < 1e-9)
    return f"{level:.{digits}f}"


def _label(points: Array, wide: float, tall: float, share: float) -> int | None:
    """The number of the point that bears the label; None for a short line."""
    steps = np.hypot(np.diff(points[:, 0]) / wide, np.diff(points[:, 1]) / tall)
    length = float(np.sum(steps))
    return int(np.searchsorted(np.cumsum(steps), share * length)) if length >= SHORT else None


def _steps(low: float, high: float) -> list[float]:
    """Round levels with equal steps between two values."""
    if not high - low > 1e-9 * max(abs(low), abs(high)):
        return []
    size = 10.0 ** np.floor(np.log10((high - low) / LINES))
    step = next(nice * size for nice in NICE if (high - low) / (nice * size) <= LINES)
    room = END * (high - low)
    first, last = int(np.ceil((low + room) / step)), int(np.floor((high - room) / step))
    return [round(k * step, 12) for k in range(first, last + 1)]


def _ratios(low: float, high: float) -> list[float]:
    """Levels 1, 2 and 5 times powers of ten, or of these the powers alone, or every other one, between two values."""
    decades = range(int(np.floor(np.log10(low))), int(np.ceil(np.log10(high))) + 1)
    for every, parts in ((1, (1.0, 2.0, 5.0)), (1, (1.0,)), (2, (1.0,)), (3, (1.0,)), (6, (1.0,))):
        levels = [part * 10.0**k for k in decades if k % every == 0 for part in parts]
        levels = [level for level in levels if low < level < high]
        if len(levels) <= LINES:
            break
    return levels


def _surface(values: Mapping[Place, float], mesh: Mesh) -> tuple[Array, Array, Array]:
    """Even steps (X,) and (Y,) of the lattice, and between the corners of each patch what lies in proportion (Y, X)."""
    dense = [max(1, POINTS // finer) for finer in mesh.finer]
    last = [(count - 1) * finer for count, finer in zip(mesh.counts, mesh.finer, strict=True)]
    found = np.full((last[1] * dense[1] + 1, last[0] * dense[0] + 1), np.nan)
    for patch in sorted(mesh.patches, key=lambda each: -each.span(0) * each.span(1)):
        across, up = (np.linspace(0, 1, patch.span(k) * dense[k] + 1) for k in (0, 1))
        (left, bottom), (right, top) = patch.low, patch.high
        below = values[left, bottom] * (1 - across) + values[right, bottom] * across
        above = values[left, top] * (1 - across) + values[right, top] * across
        place = tuple(slice(patch.low[k] * dense[k], patch.high[k] * dense[k] + 1) for k in (1, 0))
        here = np.outer(1 - up, below) + np.outer(up, above)
        found[place] = np.where(np.isfinite(here), here, found[place])
    return np.linspace(0, last[0], found.shape[1]), np.linspace(0, last[1], found.shape[0]), found
