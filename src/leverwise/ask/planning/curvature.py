"""What a descent has learnt of how slopes change: a limited-memory BFGS matrix, and the least point of its model.

The matrix (Byrd, Nocedal & Schnabel 1994) is a multiple of one less a product of thin matrices, so that its least point
on a face of the allowed set is known but for a small system of equations. Which face that is, projected gradients tell
(Moré & Toraldo 1991): each is followed by a step to the least point of the face on which it ends.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from leverwise.ask.planning.projection import Array, Polyhedron

MEMORY = 12
INNER = 12
"""Faces tried for one direction."""
CLOSE = 0.01
"""Length of a projected gradient of the model, as a share of the first, at which its least point is near enough."""
ON = 1e-10
"""Relative distance from a bound or limit that counts as on it."""


BLOCK = 256
"""Rows of a thin matrix that are multiplied at a time, few enough to stay on this thread."""
BENT = 1e-3
"""Cosine between a step and the change of slopes beyond which that is no rounding."""


@dataclass
class Curvature:
    """The last steps (K, m) of a descent and how slopes changed on them (K, m)."""

    steps: list[Array] = field(default_factory=list)
    changes: list[Array] = field(default_factory=list)
    bent: int = 0
    """Steps along which slopes fell instead of rising."""

    def learn(self, step: Array, change: Array) -> None:
        """Remember one step, unless slopes did not rise along it."""
        size, rise = float(np.linalg.norm(step) * np.linalg.norm(change)), float(step @ change)
        self.bent += rise < -BENT * size
        if rise > 1e-12 * size:
            self.steps = [*self.steps[1 - MEMORY :], step]
            self.changes = [*self.changes[1 - MEMORY :], change]

    def forget(self) -> None:
        """Start anew."""
        self.steps, self.changes = [], []

    def copy(self) -> Curvature:
        """The same, to go on from."""
        return Curvature(list(self.steps), list(self.changes))


class Bowl:
    """The model: slope @ d + d @ B @ d / 2, with B from at least one step."""

    def __init__(self, curvature: Curvature) -> None:
        s, y = np.stack(curvature.steps, axis=1), np.stack(curvature.changes, axis=1)
        self.scale = float(y[:, -1] @ y[:, -1] / (s[:, -1] @ y[:, -1]))
        inner = s.T @ y
        lower = np.tril(inner, -1)
        self.corner = np.block([[self.scale * (s.T @ s), lower], [lower.T, -np.diag(np.diag(inner))]])
        self.wide = np.concatenate([self.scale * s, y], axis=1)
        self.solved = _solved(self.corner, self.wide.T)

    def times(self, v: Array) -> Array:
        """B @ v."""
        return self.scale * v - _product(self.wide, _product(self.solved, v))

    def least(self, region: Polyhedron, x: Array, slope: Array) -> Array:
        """The way (K,) from x to about the least point of the model in the region."""
        point, here = x, slope
        best, best_level, level, first = x, 0.0, 0.0, 0.0
        for turn in range(INNER):
            move = region.project(point - here / self.scale) - point
            size = float(np.max(np.abs(move), initial=0.0))
            first = first or size
            if size <= CLOSE * first * (turn > 0) or size < 1e-13 * (1.0 + float(np.max(np.abs(point)))):
                break
            for way in (move, None):
                step = self._on_face(region, point, here) if way is None else way
                if step is None:
                    continue
                curved = self.times(step)
                bend, fall = float(step @ curved), float(here @ step)
                if fall >= 0:
                    break
                share = min(1.0, -fall / bend) if bend > 0 else 1.0
                point, here = point + share * step, here + share * curved
                level += share * fall + share * share * bend / 2
                if level < best_level:
                    best, best_level = point, level
        return np.asarray(best - x)

    def _on_face(self, region: Polyhedron, point: Array, slope: Array) -> Array | None:
        """The step to the least point of the face that the point is on, shortened where it would leave the region."""
        reach = ON * (1.0 + np.abs(point))
        free = np.flatnonzero((point > region.low + reach) & (point < region.high - reach))
        if not len(free):
            return None
        wide = self.wide[free]
        squares = sum(wide[k : k + BLOCK].T @ wide[k : k + BLOCK] for k in range(0, len(wide), BLOCK))
        inner = self.corner - squares / self.scale

        def inverse(v: Array) -> Array:
            return v / self.scale + _product(wide, _solved(inner, _product(wide.T, v))) / self.scale**2

        limits = _tight(region, point)[:, free]
        downhill = inverse(-slope[free])
        if len(limits):
            bent = np.stack([inverse(row) for row in limits], axis=1)
            gram = limits @ bent
            gram[np.diag_indices_from(gram)] += 1e-13 * (float(np.trace(gram)) + 1e-300)
            downhill = downhill - _product(bent, _solved(gram, _product(limits, downhill)))
        step = np.zeros_like(point)
        step[free] = downhill
        if not np.all(np.isfinite(step)):
            return None
        return _shortened(region, point, step)


def _product(matrix: Array, v: Array) -> Array:
    """The matrix times the vector, on this thread alone: on several, small products wait longer than they take."""
    return np.asarray(np.einsum("ij,j->i", matrix, v))


def _solved(matrix: Array, right: Array) -> Array:
    try:
        return np.asarray(np.linalg.solve(matrix, right))
    except np.linalg.LinAlgError:
        return np.zeros_like(right)


def _tight(region: Polyhedron, point: Array) -> Array:
    """The rows of the limits that the point is on (m, K)."""
    if not len(region.bounds):
        return region.rows
    level = region.rows @ point
    return region.rows[level >= region.bounds - ON * (np.abs(level) + np.abs(region.bounds))]


def _shortened(region: Polyhedron, point: Array, step: Array) -> Array:
    """The step, projected back into the region where it leaves it."""
    end = point + step
    if np.all(end >= region.low) and np.all(end <= region.high) and region.violation(end) <= ON:
        return step
    return np.asarray(region.project(end) - point)
