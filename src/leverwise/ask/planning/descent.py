"""Downhill within a polyhedron: projected quasi-Newton, written as a coroutine.

Each step minimises a limited-memory BFGS model over the allowed set (Schmidt, van den Berg, Friedlander & Murphy 2009),
then searches along the line. Models are costly and projections cheap, which is what this method is for. A coroutine
yields the point it wants to know about and is sent the value and gradient there, so that many searches share one
batched call (`Search`, `advance`).
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from leverwise.ask.planning.curvature import Bowl, Curvature
from leverwise.ask.planning.projection import Array, Polyhedron

Evaluate = Callable[[Array, Sequence[Any], Array], tuple[Array, Array]]
"""Points (S, K), the tags of their searches, and values (S,) from which a gradient is not needed (it may then be 0)
-> values (S,) and gradients (S, K); smaller is better."""
Descent = Generator[tuple[Array, float], tuple[float, Array], None]

APPROACH = 0.05
"""Share of the distance to a bound that one step leaves."""
SNAP = 1e-7
"""Distance (in scaled variables) from which a step may end on the bound."""
DECREASE = 1e-4
"""Sufficient decrease (Armijo)."""
STALLED = 2
"""Steps in a row that neither gain nor promise anything, after which a descent ends."""


@dataclass
class Search:
    """One search on its way: the best point so far, its value and gradient, whether it has ended."""

    region: Polyhedron
    start: Array
    tolerance: float = 1e-9
    tag: Any = None
    """Handed to the function that is minimised, which may differ between searches."""
    gain: float | None = None
    """What a step must gain, or promise, for the search to go on; left out, a thousandth of the tolerance."""
    curvature: Curvature = field(default_factory=Curvature)
    """What is known of the function's curvature; grows on the way."""
    best: Array = field(init=False)
    value: float = field(default=np.inf, init=False)
    done: bool = field(default=False, init=False)
    evaluations: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        self.best = self.region.project(self.start)
        gain = 1e-3 * self.tolerance if self.gain is None else self.gain
        self._steps = descend(self.region, self.best, self.tolerance, gain, self.curvature)
        self.wanted, self.ceiling = next(self._steps)

    def tell(self, value: float, gradient: Array) -> None:
        """Give the value at `wanted`, and the gradient if it is not above the `ceiling`; move on to the next point."""
        self.evaluations += 1
        if value < self.value:
            self.value, self.best = value, self.wanted
        try:
            self.wanted, self.ceiling = self._steps.send((value, gradient))
        except StopIteration:
            self.done = True


def advance(searches: Sequence[Search], evaluate: Evaluate, rounds: int) -> None:
    """Let all unfinished searches take up to `rounds` evaluations each, batched together."""
    for _ in range(rounds):
        live = [search for search in searches if not search.done]
        if not live:
            return
        points, ceilings = np.stack([search.wanted for search in live]), np.array([search.ceiling for search in live])
        values, gradients = evaluate(points, [search.tag for search in live], ceilings)
        for search, value, gradient in zip(live, values, gradients, strict=True):
            search.tell(float(value), gradient)


def descend(region: Polyhedron, start: Array, tolerance: float, gain: float, known: Curvature) -> Descent:
    """Minimise from `start`; ends where the projected gradient is below `tolerance`, or steps bring less than `gain`.

    `known` is used and added to.
    """
    x = start
    value, gradient = yield x, np.inf
    if not np.isfinite(value):
        return
    stalled = 0
    while True:
        reach = region.project(x - gradient) - x
        if np.max(np.abs(reach), initial=0.0) <= tolerance:
            return
        direction = _direction(_shrunk(region, x), x, gradient, known)
        slope = float(gradient @ direction)
        if slope > -1e-16 * max(1.0, abs(value)):
            if not known.steps:
                return
            known.forget()
            continue
        length = 1.0
        found = False
        for _ in range(30):
            candidate = x + length * direction
            enough = value + DECREASE * length * slope
            new, new_gradient = yield candidate, enough
            if np.isfinite(new) and np.all(np.isfinite(new_gradient)):
                if new <= enough:
                    found = True
                    break
                shrink = -slope * length / (2 * (new - value - slope * length))
                length *= float(np.clip(shrink, 0.1, 0.6))
            else:
                length *= 0.2
            if length * np.max(np.abs(direction)) < 1e-14:
                break
        if not found:
            if not known.steps:
                return
            known.forget()
            continue
        known.learn(candidate - x, new_gradient - gradient)
        worth = max(value - new, -slope / 2 if length == 1.0 else 0.0)
        stalled = stalled + 1 if worth <= gain * (1e-6 + abs(value)) else 0
        x, value, gradient = candidate, new, new_gradient
        if stalled >= STALLED:
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


def _direction(region: Polyhedron, x: Array, gradient: Array, known: Curvature) -> Array:
    """A way downhill that stays in the region for step lengths up to one."""
    if known.steps:
        return Bowl(known).least(region, x, gradient)
    length = 0.2 / max(float(np.max(np.abs(gradient))), 1e-300)
    return np.asarray(region.project(x - length * gradient) - x)
