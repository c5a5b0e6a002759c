"""The set of allowed plans: a box cut by half-spaces, and the nearest point in it.

The projection is exact. One half-space is a search over the sorted points where a coordinate meets its
bound; several are solved in the dual, by coordinate ascent sped up with semismooth Newton steps
(Hildreth 1957; Li, Sun & Toh 2020 for the Newton step).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

TOLERANCE = 1e-12
"""Allowed violation of a half-space, relative to the size of its terms."""
SWEEPS = 300
NEWTON = 12
BLOCK = 1 << 15
"""Numbers that are worked at together, such that they fit a processor's cache."""


@dataclass(frozen=True)
class Polyhedron:
    """All x (K,) with low <= x <= high and rows @ x <= bounds; `labels` name the rows for people."""

    low: Array
    high: Array
    rows: Array
    """(m, K)"""
    bounds: Array
    """(m,)"""
    labels: tuple[str, ...] = ()

    def scaled(self, scale: Array) -> Polyhedron:
        """The same set in the variables x / scale."""
        return Polyhedron(self.low / scale, self.high / scale, self.rows * scale, self.bounds, self.labels)

    def fixed(self, mask: NDArray[np.bool_], values: Array) -> Polyhedron:
        """The set in which the coordinates in `mask` keep the given values."""
        low, high = np.where(mask, values, self.low), np.where(mask, values, self.high)
        return Polyhedron(low, high, self.rows, self.bounds, self.labels)

    def within_reach(self) -> bool:
        """False if some half-space lies wholly outside the box, so that the set is empty."""
        with np.errstate(invalid="ignore"):
            least = np.where(self.rows > 0, self.rows * self.low, np.where(self.rows < 0, self.rows * self.high, 0.0))
        size = np.sum(np.abs(least), axis=1) + np.abs(self.bounds)
        return bool(np.all(np.sum(least, axis=1) <= self.bounds + 1e-9 * size)) if len(self.bounds) else True

    def violation(self, x: Array) -> float:
        """The largest violation of a half-space, relative to the size of its terms; 0 inside."""
        if not len(self.bounds):
            return 0.0
        size = np.abs(self.rows) @ np.abs(x) + np.abs(self.bounds) + 1e-300
        return float(max(0.0, np.max((self.rows @ x - self.bounds) / size)))

    def contains(self, x: Array, tolerance: float = 1e-9) -> bool:
        """Whether x lies in the set, with a relative tolerance."""
        slack = tolerance * (1.0 + np.abs(x))
        inside = np.all(x >= self.low - slack) and np.all(x <= self.high + slack)
        return bool(inside and self.violation(x) <= tolerance)

    def project(self, point: Array) -> Array:
        """The nearest point of the set to `point` (K,); some point of the box if the set is empty."""
        x: Array = np.minimum(np.maximum(point, self.low), self.high)
        if not len(self.bounds):
            return x
        broken = np.flatnonzero(self._excess(x) > 0)
        if not len(broken):
            return x
        if len(broken) == 1:
            row, bound = self.rows[broken[0]], float(self.bounds[broken[0]])
            moved = point - _multiplier(point, row, bound, self.low, self.high) * row
            candidate = np.minimum(np.maximum(moved, self.low), self.high)
            if not np.any(self._excess(candidate) > 0):
                return np.asarray(candidate)
        return self._project_many(point)

    def project_all(self, points: Array) -> Array:
        """The nearest point of the set to each of many points (S, K)."""
        found: Array = np.clip(points, self.low, self.high)
        if not len(self.bounds):
            return found
        broken = self._excesses(found) > 0
        single = np.count_nonzero(broken, axis=1) == 1
        settled = ~np.any(broken, axis=1)
        for j, row in enumerate(self.rows):
            mine = np.flatnonzero(single & broken[:, j])
            bound, size = float(self.bounds[j]), max(1, BLOCK // len(row))
            for some in (mine[first : first + size] for first in range(0, len(mine), size)):
                moved = _onto(points[some], row, bound, self.low, self.high)
                level = moved @ row
                exact = np.abs(level - bound) <= TOLERANCE * (np.abs(level) + abs(bound))
                found[some], settled[some] = moved, exact & ~np.any(self._excesses(moved) > 0, axis=1)
        for k in np.flatnonzero(~settled):
            found[k] = self.project(points[k])
        return found

    def contains_all(self, points: Array, tolerance: float = 1e-9) -> NDArray[np.bool_]:
        """Which of many points (S, K) lie in the set, with a relative tolerance."""
        slack = tolerance * (1.0 + np.abs(points))
        inside = np.all((points >= self.low - slack) & (points <= self.high + slack), axis=1)
        if not len(self.bounds):
            return np.asarray(inside)
        size = np.abs(points) @ np.abs(self.rows).T + np.abs(self.bounds) + 1e-300
        return np.asarray(inside & np.all((points @ self.rows.T - self.bounds) / size <= tolerance, axis=1))

    def _excesses(self, points: Array) -> Array:
        levels = points @ self.rows.T
        return np.asarray(levels - self.bounds - TOLERANCE * (np.abs(levels) + np.abs(self.bounds)))

    def _excess(self, x: Array) -> Array:
        size = np.abs(self.rows @ x) + np.abs(self.bounds)
        return np.asarray(self.rows @ x - self.bounds - TOLERANCE * size)

    def _project_many(self, point: Array) -> Array:
        multipliers = np.zeros(len(self.bounds))
        shift = np.zeros_like(point)
        x = np.minimum(np.maximum(point, self.low), self.high)
        for sweep in range(SWEEPS):
            for j, row in enumerate(self.rows):
                others = point - (shift - multipliers[j] * row)
                new = _multiplier(others, row, float(self.bounds[j]), self.low, self.high)
                shift += (new - multipliers[j]) * row
                multipliers[j] = new
            x = np.clip(point - shift, self.low, self.high)
            if not np.any(self._excess(x) > 0) and self._complementary(x, multipliers):
                break
            if sweep % 2:
                multipliers = self._newton(point, multipliers)
                shift = multipliers @ self.rows
        return x if self.violation(x) < 1e-10 else self._least_distance(point)

    def _least_distance(self, point: Array) -> Array:
        """The projection as non-negative least squares (Lawson & Hanson 1974): slow, for degenerate sets."""
        from scipy.optimize import nnls

        here = np.eye(len(point))
        bounded_low, bounded_high = np.isfinite(self.low), np.isfinite(self.high)
        sides = np.concatenate([here[bounded_low], -here[bounded_high], -self.rows])
        limits = np.concatenate([self.low[bounded_low], -self.high[bounded_high], -self.bounds]) - sides @ point
        system = np.concatenate([sides.T, limits[None, :]])
        target = np.append(np.zeros(len(point)), 1.0)
        residual = system @ nnls(system, target)[0] - target
        if residual[-1] > -1e-12:
            return np.asarray(np.minimum(np.maximum(point, self.low), self.high))
        return np.asarray(np.clip(point - residual[:-1] / residual[-1], self.low, self.high))

    def _complementary(self, x: Array, multipliers: Array) -> bool:
        size = np.abs(self.rows) @ np.abs(x) + np.abs(self.bounds) + 1e-300
        slack = (self.bounds - self.rows @ x) / size
        return bool(np.all((multipliers == 0) | (slack < 1e-10)))

    def _dual(self, point: Array, multipliers: Array) -> float:
        moved = point - multipliers @ self.rows
        x = np.clip(moved, self.low, self.high)
        return float(0.5 * np.sum((x - point) ** 2) + multipliers @ (self.rows @ x - self.bounds))

    def _newton(self, point: Array, multipliers: Array) -> Array:
        moved = point - multipliers @ self.rows
        x = np.clip(moved, self.low, self.high)
        free = (moved > self.low) & (moved < self.high)
        active = multipliers > 0
        if not active.any() or not free.any():
            return multipliers
        inner = self.rows[np.ix_(active, free)]
        gram = inner @ inner.T
        gram[np.diag_indices_from(gram)] += 1e-14 * (np.trace(gram) + 1e-300)
        step = np.linalg.solve(gram, (self.rows @ x - self.bounds)[active])
        tried = multipliers.copy()
        tried[active] = np.maximum(0.0, multipliers[active] + step)
        return tried if self._dual(point, tried) >= self._dual(point, multipliers) else multipliers


def _onto(points: Array, row: Array, bound: float, low: Array, high: Array) -> Array:
    """Points (S, K) beyond one half-space moved onto it by Newton's steps on their multipliers, as far as they go.

    These end at the exact point where no coordinate meets its upper bound on the way; elsewhere they may not.
    """
    multipliers = np.zeros(len(points))
    weight = row * row
    moved: Array = np.clip(points, low, high)
    for _ in range(NEWTON):
        over = moved @ row - bound
        raw = points - multipliers[:, None] * row
        slope = ((raw > low) & (raw < high)) @ weight
        multipliers = np.maximum(0.0, multipliers + np.where(slope > 0, over / np.where(slope > 0, slope, 1.0), 0.0))
        moved = np.clip(points - multipliers[:, None] * row, low, high)
        if np.all(np.abs(over) <= TOLERANCE * abs(bound)):
            break
    return moved


def _multiplier(point: Array, row: Array, bound: float, low: Array, high: Array) -> float:
    """The least multiplier m >= 0 for which row @ clip(point - m*row, low, high) <= bound.

    That product falls in straight pieces; a coordinate starts to move where it leaves one bound and stops at the other.
    """
    used = row != 0
    a, z, lo, hi = row[used], point[used], low[used], high[used]
    level = float(a @ np.minimum(np.maximum(z, lo), hi))
    if level <= bound:
        return 0.0
    ends = np.stack([(z - hi) / a, (z - lo) / a])
    begin, end = np.min(ends, axis=0), np.max(ends, axis=0)
    weight = a * a
    corners = np.concatenate([begin, end])
    changes = np.concatenate([-weight, weight])
    later = (corners > 0) & (corners < np.inf)
    slope = -float(np.sum(weight[(begin <= 0) & (end > 0)]))
    order = np.argsort(corners[later])
    places, slopes = corners[later][order], slope + np.cumsum(changes[later][order])
    lengths = np.diff(places, prepend=0.0)
    steep = np.concatenate([[slope], slopes])
    levels = level + np.cumsum(lengths * steep[:-1])
    passed = int(np.searchsorted(-levels, -bound))
    start, here = (0.0, level) if passed == 0 else (float(places[passed - 1]), float(levels[passed - 1]))
    fall = float(steep[passed])
    if fall >= -1e-300:
        return start
    multiplier = start + (here - bound) / -fall
    return min(multiplier, float(places[passed])) if passed < len(places) else multiplier
