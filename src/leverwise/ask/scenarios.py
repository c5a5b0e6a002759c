"""Scenarios: parts of the space of inputs, in words; and an engine whose samples all lie in one of them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np

from leverwise.ask.charts import Array
from leverwise.ask.planning.merit import finite
from leverwise.ask.planning.problem import PlanProblem
from leverwise.ask.prim import Flags
from leverwise.ask.words import count_of, listing, quantity, spoken
from leverwise.errors import NoAnswerError
from leverwise.lang.system import System, Value

WRITTEN = ".given"
"""The ending of an input whose name stands for what a lever makes of it."""
SIGNAL = 0.1
"""Inputs that matter less than this share of the one that matters most are left out."""
CHANCE = 3.0
"""Standard errors that a rank correlation must exceed."""
POOL, MOST_POOLED = 8192, 65_536
"""Draws from which those in a scenario are chosen, and the most of them where it is rare."""


@dataclass(frozen=True)
class Scenario:
    """Limits of inputs (D,), infinite where there are none."""

    words: str
    low: Array
    high: Array

    @property
    def limited(self) -> list[int]:
        """The inputs that have limits."""
        return [int(k) for k in np.flatnonzero(np.isfinite(self.low) | np.isfinite(self.high))]

    def contains(self, inputs: Array) -> Flags:
        """Which samples (D, n) lie in it (n,)."""
        return np.asarray(np.all((inputs >= self.low[:, None]) & (inputs <= self.high[:, None]), axis=0))


class Within:
    """An engine whose samples are those that lie in a scenario; all else is the engine's own.

    What draws samples raises NoAnswerError if none lie there.
    """

    def __init__(self, engine: Any, scenario: Scenario) -> None:
        self.engine, self.scenario = engine, scenario

    def __getattr__(self, name: str) -> Any:
        """What an engine does."""
        return getattr(self.engine, name)

    @property
    def single(self) -> Within:
        """The same in single precision."""
        return Within(self.engine.single, self.scenario)

    def draws(self, first: int, count: int, seed: int) -> Array:
        """The drawn values (D, count) of the first samples in the scenario, repeated if there are too few."""
        pool = POOL
        while True:
            drawn = np.asarray(self.engine.draws(0, pool, seed))
            chosen = drawn[:, self.scenario.contains(drawn)]
            if chosen.shape[1] >= first + count or pool >= MOST_POOLED:
                break
            pool *= 2
        if not chosen.shape[1]:
            raise NoAnswerError(f"none of {count_of(pool, 'sample')} lie where {self.scenario.words}.")
        return np.asarray(chosen[:, np.arange(first, first + count) % chosen.shape[1]])

    def simulate(self, *arguments: Any, **named: Any) -> Any:
        """What the engine gives for the samples in the scenario."""
        engine = copy(self.engine)
        engine.draws_of = _Drawn(self)
        try:
            return engine.simulate(*arguments, **named)
        finally:
            self.engine.compile_seconds = engine.compile_seconds


@dataclass(frozen=True)
class _Drawn:
    """The draws in a scenario, as an engine asks for its own."""

    within: Within

    def __call__(self, first: int, count: int, seed: int) -> Array:
        """The drawn values (D, count) of some samples."""
        return self.within.draws(first, count, seed)

    def prepare(self, seed: int) -> None:
        """Makes ready what all draws of a seed share."""
        self.within.engine.draws_of.prepare(seed)


def inputs_of(system: System) -> list[Value]:
    """The drawn values, in the order of an engine's draws."""
    return [value for value in system.values if value.drawn]


def called(value: Value) -> str:
    """What an input is called in a sentence."""
    return f"`{value.name.removesuffix(WRITTEN)}`"


def plainly(words: str) -> str:
    """Conditions with names as they are spoken: `crew.fill_time` becomes crew: fill time."""
    return re.sub("`([^`]+)`", lambda found: spoken(found[1]), words)


def condition(value: Value, low: float, high: float) -> str:
    """Limits of one input, in its own unit: `crew.wage` above $6k/month."""
    unit, size = value.unit.text, value.unit.factor
    if value.distribution.family == "bernoulli":
        return f"{called(value)} is {1 if np.isfinite(low) else 0}"
    if np.isfinite(low) and np.isfinite(high):
        return f"{called(value)} between {quantity(low / size, unit)} and {quantity(high / size, unit)}"
    if np.isfinite(low):
        return f"{called(value)} above {quantity(low / size, unit)}"
    return f"{called(value)} below {quantity(high / size, unit)}"


def conditions(inputs: Sequence[Value], low: Array, high: Array, order: Sequence[int] | None = None) -> str:
    """Limits of several inputs (D,)."""
    limited = Scenario("", low, high).limited if order is None else order
    return listing([condition(inputs[k], float(low[k]), float(high[k])) for k in limited], 9)


def parted(inputs: Sequence[Value], drawn: Array, chosen: Sequence[int]) -> list[Scenario]:
    """Parts that together hold every sample: thirds of one input, or the halves of each of several."""
    count = len(drawn)
    shares = (1 / 3, 2 / 3) if len(chosen) == 1 else (0.5,)
    cuts = [
        np.zeros(1) if inputs[k].distribution.family == "bernoulli" else np.quantile(drawn[k], shares) for k in chosen
    ]
    edges = [list(zip([-np.inf, *np.nextafter(cut, np.inf)], [*cut, np.inf], strict=True)) for cut in cuts]
    found = []
    for limits in product(*edges):
        low, high = np.full(count, -np.inf), np.full(count, np.inf)
        for k, (least, most) in zip(chosen, limits, strict=True):
            low[k], high[k] = least, most
        found.append(Scenario(conditions(inputs, low, high, chosen), low, high))
    return found


def deciding(
    problem: PlanProblem, plan: Array, slopes: Array, drawn: Array, impact: Array, most: int
) -> tuple[list[int], bool]:
    """The inputs on which it depends most what would be better than a plan, and whether any does.

    `slopes` (K, n) are those of impact by each slot, `drawn` (D, n) the inputs. Measured is how slopes go with an
    input, for moves that limits allow; where none does, inputs that go with `impact` (n,) stand for them.
    """
    ranks = np.argsort(np.argsort(drawn, axis=1), axis=1) / max(1, drawn.shape[1] - 1) - 0.5
    moves = _allowed(problem, plan, finite(slopes))
    strength = _strength(ranks, moves)
    known = bool(np.any(strength > 0))
    if not known:
        strength = _strength(ranks, impact[None])
    order = [int(k) for k in np.argsort(-strength, kind="stable") if strength[k] > SIGNAL * np.max(strength)]
    return order[:most], known


def _strength(ranks: Array, values: Array) -> Array:
    """How much of the variance of some numbers (R, n) goes with the rank of each input (D, n), beyond chance (D,)."""
    centred = values - np.mean(values, axis=1, keepdims=True)
    spread = np.sqrt(np.mean(centred**2, axis=1)) + 1e-300
    size = np.sqrt(np.mean(ranks**2, axis=1, keepdims=True)) + 1e-300
    related = (ranks / size) @ (centred / spread[:, None]).T / ranks.shape[1]
    related = np.where(np.abs(related) > CHANCE / np.sqrt(ranks.shape[1]), related, 0.0)
    related = np.where(spread > 1e-9 * (1e-300 + np.max(np.abs(values), axis=1)), related, 0.0)
    return np.asarray((related**2) @ spread**2)


def _allowed(problem: PlanProblem, plan: Array, slopes: Array) -> Array:
    """Slopes (K, n) per length of each slot's range, of moves within bounds and along limits that are reached."""
    region, free = problem.region, ~problem.frozen
    lengths = region.high - region.low
    lengths = np.where(np.isfinite(lengths), lengths, 1.0 + np.abs(plan))
    scaled = slopes * lengths[:, None]
    near = 1e-6 * (1.0 + np.abs(plan))
    reached = [
        row * lengths for row, bound in zip(region.rows, region.bounds, strict=True) if row @ plan > bound - 1e-6
    ]
    if reached:
        matrix = np.where(free, np.stack(reached), 0.0)
        mean = np.mean(scaled, axis=1)
        inner = (plan > region.low + near) & (plan < region.high - near)
        prices = (
            np.linalg.lstsq(matrix[:, inner].T, mean[inner], rcond=None)[0] if inner.any() else np.zeros(len(matrix))
        )
        scaled = scaled - (matrix.T @ prices)[:, None]
    scaled = np.where((plan >= region.high - near)[:, None], np.minimum(scaled, 0.0), scaled)
    scaled = np.where((plan <= region.low + near)[:, None], np.maximum(scaled, 0.0), scaled)
    return np.asarray(scaled[free])
