"""Downhill within a polyhedron: projected quasi-Newton, written as a coroutine.

Each step minimises a limited-memory BFGS model over the allowed set by spectral projected gradients
(Schmidt, van den Berg, Friedlander & Murphy 2009; Birgin, Martinez & Raydan 2000), then searches along
the line. Models are costly and projections cheap, which is what this method is for. A coroutine yields
the point it wants to know about and is sent the value and gradient there, so that many searches share
one batched call (`Search`, `advance`).
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from leverwise.ask.planning.projection import Array, Polyhedron

Evaluate = Callable[[Array, Sequence[Any]], tuple[Array, Array]]
"""Points (S, K) and the tags of their searches -> values (S,) and gradients (S, K); smaller is better."""
Descent = Generator[Array, tuple[float, Array], None]

MEMORY = 12
INNER = 40
APPROACH = 0.05
"""Share of the distance to a bound that one step leaves."""
SNAP = 1e-7
"""Distance (in scaled variables) from which a step may end on the bound."""
DECREASE = 1e-4
"""Sufficient decrease (Armijo)."""


@dataclass
class Search:
    """One search on its way: the best point so far, its value and gradient, whether it has ended."""

    region: Polyhedron
    start: Array
    tolerance: float = 1e-9
    tag: Any = None
    """Handed to the function that is minimised, which may differ between searches."""
    best: Array = field(init=False)
    value: float = field(default=np.inf, init=False)
    gradient: Array = field(init=False)
    done: bool = field(default=False, init=False)
    evaluations: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        self.best = self.region.project(self.start)
        self.gradient = np.zeros_like(self.best)
        self._steps = descend(self.region, self.best, self.tolerance)
        self.wanted = next(self._steps)

    def tell(self, value: float, gradient: Array) -> None:
        """Give the value and gradient at `wanted`, and move on to the next wanted point."""
        self.evaluations += 1
        if value < self.value:
            self.value, self.best, self.gradient = value, self.wanted, gradient
        try:
            self.wanted = self._steps.send((value, gradient))
        except StopIteration:
            self.done = True


def advance(searches: Sequence[Search], evaluate: Evaluate, rounds: int) -> None:
    """Let all unfinished searches take up to `rounds` evaluations each, batched together."""
    for _ in range(rounds):
        live = [search for search in searches if not search.done]
        if not live:
            return
        values, gradients = evaluate(np.stack([search.wanted for search in live]), [search.tag for search in live])
        for search, value, gradient in zip(live, values, gradients, strict=True):
            search.tell(float(value), gradient)


def descend(region: Polyhedron, start: Array, tolerance: float) -> Descent:
    """Minimise from `start`; ends where the projected gradient or the progress falls below `tolerance`."""
    x = start
    value, gradient = yield x
    if not np.isfinite(value):
        return
    steps: list[Array] = []
    changes: list[Array] = []
    stalled = 0
    while True:
        reach = region.project(x - gradient) - x
        if np.max(np.abs(reach), initial=0.0) <= tolerance:
            return
        direction = _direction(_shrunk(region, x), x, gradient, steps, changes)
        slope = float(gradient @ direction)
        if slope > -1e-16 * max(1.0, abs(value)):
            if not steps:
                return
            steps, changes = [], []
            continue
        length = 1.0
        found = False
        for _ in range(30):
            candidate = x + length * direction
            new, new_gradient = yield candidate
            if np.isfinite(new) and np.all(np.isfinite(new_gradient)):
                if new <= value + DECREASE * length * slope:
                    found = True
                    break
                shrink = -slope * length / (2 * (new - value - slope * length))
                length *= float(np.clip(shrink, 0.1, 0.6))
            else:
                length *= 0.2
            if length * np.max(np.abs(direction)) < 1e-14:
                break
        if not found:
            if not steps:
                return
            steps, changes = [], []
            continue
        step, change = candidate - x, new_gradient - gradient
        if step @ change > 1e-12 * float(np.linalg.norm(step) * np.linalg.norm(change)):
            steps, changes = [*steps[1 - MEMORY :], step], [*changes[1 - MEMORY :], change]
        stalled = stalled + 1 if value - new <= tolerance * 1e-3 * (1e-6 + abs(value)) else 0
        x, value, gradient = candidate, new, new_gradient
        if stalled >= 5:
            return


def _shrunk(region: Polyhedron, x: Array) -> Polyhedron:
    """The region without the last part of the way to each bound.

    Models such as a square root have no usable slope on the bound itself, so a coordinate comes to its
    bound by a factor each step, and is put on it when it is nearly there.
    """
    below, above = x - region.low, region.high - x
    low = np.where(below > SNAP, x - (1 - APPROACH) * below, region.low)
    high = np.where(above > SNAP, x + (1 - APPROACH) * above, region.high)
    return Polyhedron(low, high, region.rows, region.bounds, region.labels)


def _direction(
    region: Polyhedron, x: Array, gradient: Array, steps: Sequence[Array], changes: Sequence[Array]
) -> Array:
    """A way downhill that stays in the region for step lengths up to one."""
    if not steps:
        length = 0.2 / max(float(np.max(np.abs(gradient))), 1e-300)
        return region.project(x - length * gradient) - x
    times, spectral = _model(steps, changes)
    point, slope = x, gradient
    best, best_value = x, 0.0
    length = 1.0 / spectral
    recent = [0.0]
    level = 0.0
    for _ in range(INNER):
        move = region.project(point - length * slope) - point
        if np.max(np.abs(move)) < 1e-13 * (1.0 + float(np.max(np.abs(point)))):
            break
        curved = times(move)
        bend, fall = float(move @ curved), float(slope @ move)
        if fall >= 0:
            break
        share = min(1.0, -fall / bend) if bend > 0 else 1.0
        if max(recent) >= level + fall + bend / 2:
            share = 1.0
        point = point + share * move
        level += share * fall + share * share * bend / 2
        slope = slope + share * curved
        recent = [*recent[-4:], level]
        if level < best_value:
            best, best_value = point, level
        length = float(move @ move) / bend if bend > 0 else 1.0 / spectral
    return best - x


def _model(steps: Sequence[Array], changes: Sequence[Array]) -> tuple[Callable[[Array], Array], float]:
    """The compact L-BFGS matrix (Byrd, Nocedal & Schnabel 1994) as a product, and its scale."""
    s: NDArray[np.float64] = np.stack(steps, axis=1)
    y: NDArray[np.float64] = np.stack(changes, axis=1)
    scale = float(y[:, -1] @ y[:, -1] / (s[:, -1] @ y[:, -1]))
    inner = s.T @ y
    lower = np.tril(inner, -1)
    corner = np.block([[scale * (s.T @ s), lower], [lower.T, -np.diag(np.diag(inner))]])
    wide = np.concatenate([scale * s, y], axis=1)
    try:
        solved = np.linalg.solve(corner, wide.T)
    except np.linalg.LinAlgError:
        solved = np.zeros_like(wide.T)

    def times(v: Array) -> Array:
        return np.asarray(scale * v - wide @ (solved @ v))

    return times, scale
