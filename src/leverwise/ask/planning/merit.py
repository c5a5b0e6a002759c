"""The merit of plans on a fixed set of samples: the objective, and how well money and hours suffice.

A plan holds if the margin (what there is minus what is wanted, at its least over time) is not negative with the
asked confidence, and if what it spends in the model stays within the budget on average. In descent this enters as an
augmented Lagrangian (Hestenes 1969; Powell 1969) of the margin's lower quantile, and of the mean left of the budget;
in the choice between plans it is counted.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from leverwise.ask.planning.projection import Array
from leverwise.ask.planning.risk import quantile_weights, value, value_and_weights
from leverwise.lang.system import Aim

MARGINS = ("cash_margin", "hours_margin")
SPENDING = "spending"
"""The measure of what the levers cost in all."""
BUDGET = "budget"
"""The margin that is left of the budget."""
NEGLIGIBLE = 1e-6
"""Share of the largest weight below which a sample does not bear on a quantile."""
ROWS = 16_384
"""Rows (plans x samples) in one engine call."""
ROUNDING = {"float64": 1e-9, "float32": 4e-6}
"""Share of the largest that a margin may lie below zero by rounding alone, by precision."""


@dataclass(frozen=True)
class Draws:
    """A fixed set of samples: values (D, n), sample numbers (n,), and the seed of fresh noise."""

    values: Array
    index: Any
    seed: int = 0

    @property
    def count(self) -> int:
        """N."""
        return len(self.index)


@dataclass(frozen=True)
class Outcome:
    """What plans achieve: objective (S,), margins as they count (S, J) and shares of samples kept (S, J).

    A budget, which is kept on average, is kept in all samples or in none.
    """

    objective: Array
    margins: Array
    kept: Array


@dataclass(frozen=True)
class Scales:
    """Sizes that make objective and margins comparable, and the state of the augmented Lagrangian."""

    objective: float = 1.0
    margins: Array = field(default_factory=lambda: np.ones(0))
    multipliers: Array = field(default_factory=lambda: np.zeros(0))
    weight: float = 10.0
    log: bool = False
    """Whether descent works on the logarithm: objectives that grow over orders of magnitude are better shaped in it."""
    reserve: Array = field(default_factory=lambda: np.zeros(0))
    """Margin (base units) demanded beyond zero."""


@dataclass
class Seen:
    """How many slopes (of a plan in a sample) a search has seen, and how many of them were no numbers."""

    slopes: int = 0
    unknown: int = 0

    @property
    def share(self) -> float:
        """The share of them that were no numbers."""
        return self.unknown / max(1, self.slopes)

    def summed(self, slopes: Any, plans: int) -> Array:
        """The sum over the samples of each plan (S, K) of slopes (K, S * n), counted, with what is no number as 0."""
        table = np.asarray(slopes, dtype=float)
        parts = table.reshape(len(table), plans, -1)
        total = parts.sum(axis=2).T
        if np.all(np.isfinite(total)):
            self.slopes += table.shape[1]
            return np.asarray(total)
        return np.asarray(self.finite(table).reshape(parts.shape).sum(axis=2).T)

    def finite(self, slopes: Any) -> Array:
        """Slopes (K, rows) counted, with what is no number as 0."""
        known = np.isfinite(np.asarray(slopes, dtype=float)).all(axis=0)
        self.slopes += known.size
        self.unknown += known.size - int(np.count_nonzero(known))
        return finite(slopes)


class Merit:
    """Evaluates many plans at once with the engine; `seen` counts the slopes."""

    def __init__(self, engine: Any, aim: Aim, draws: Draws, seen: Seen | None = None) -> None:
        self.engine, self.draws, self.seen = engine, draws, seen or Seen()
        self.kind, self.level, self.confidence = aim.kind, aim.level, aim.confidence
        names = tuple(engine.measure_names)
        self.margin_names = tuple(name for name in MARGINS if name in names)
        self.margin_rows = [names.index(name) for name in self.margin_names]
        self.budget = 0.0
        if aim.budget is not None and SPENDING in names:
            self.margin_names += (BUDGET,)
            self.margin_rows.append(names.index(SPENDING))
            self.budget = aim.budget
        self.measures_count = len(names)
        self.rounding = ROUNDING[engine.precision]
        self.quantile = quantile_weights(draws.count, 1 - self.confidence)
        self._last: tuple[bytes, Array] = (b"", np.zeros(0))

    def impacts(self, plans: Array) -> Array:
        """Impact per plan and sample (S, n)."""
        return np.concatenate([m[0] for m in self._each(plans, self._measures)])

    def outcome(self, plans: Array) -> Outcome:
        """Objective and margins of plans (S, K), counted rather than smoothed."""
        objective, margins, kept = [], [], []
        for measures in self._each(plans, self._measures):
            if self.kind == "mean":
                objective += [_finite(mean) for mean in np.mean(measures[0], axis=1).tolist()]
            else:
                objective += [_finite(value(impact, self.kind, self.level)) for impact in measures[0]]
            for s in range(measures.shape[1] if self.margin_rows else 0):
                found = [self._margin(measures[:, s], j) for j in range(len(self.margin_rows))]
                margins.append([level for level, _, _ in found])
                kept.append([share for _, _, share in found])
        width = len(self.margin_rows)
        return Outcome(
            np.array(objective), np.array(margins).reshape(len(plans), width), np.array(kept).reshape(len(plans), width)
        )

    def score(self, plans: Array, scales: Scales) -> Array:
        """One number per plan (S,), larger is better: scaled objective, less a steep price for broken margins.

        A plan that can not be computed is worse than any other.
        """
        return self.scored(self.outcome(plans), scales)

    def scored(self, outcome: Outcome, scales: Scales) -> Array:
        """The same of plans whose outcome is known."""
        short = np.minimum(0.0, outcome.margins - scales.reserve) / scales.margins if self.margin_rows else 0.0
        missing = np.minimum(0.0, outcome.kept - self.confidence) if self.margin_rows else 0.0
        price = np.sum(100 * np.asarray(short) + 10 * np.asarray(missing), axis=-1) if self.margin_rows else 0.0
        total = np.asarray(outcome.objective / scales.objective + price)
        return np.where(np.isnan(total), -np.inf, total)

    def holds(self, outcome: Outcome) -> Any:
        """Which plans keep money and hours with the asked confidence (S,)."""
        return np.all(outcome.kept >= self.confidence - 1e-12, axis=1)

    def leeway(self, plan: Array) -> Array:
        """How much of each margin (J,) of a plan (K,) lies between its quantile and that one standard error up.

        A plan that keeps a margin in just as many samples as asked will, on others, miss it every other time.
        """
        measures, share = self._measures(plan[None])[:, 0], 1 - self.confidence
        up = min(1.0, share + float(np.sqrt(share * (1 - share) / self.draws.count)))
        gaps = [float(np.diff(np.quantile(measures[row], (share, up)))[0]) for row in self.margin_rows]
        return np.array([0.0 if name == BUDGET else g for name, g in zip(self.margin_names, gaps, strict=True)])

    def descent(self, scale: Array) -> Callable[..., tuple[Array, Array]]:
        """The function to minimise, of plans in the scaled variables x / scale (S, K), each with its own state.

        It gives values and gradients; where a value is above the `ceilings` (S,), if given, the gradient may be 0.
        """

        def evaluate(points: Array, states: Sequence[Scales], ceilings: Array | None = None) -> tuple[Array, Array]:
            values, gradients = [], []
            size = max(1, ROWS // self.draws.count)
            limits = np.full(len(points), np.inf) if ceilings is None else ceilings
            for first in range(0, len(points), size):
                some = slice(first, first + size)
                part = self._value_and_gradient(points[some] * scale, states[some], limits[some])
                values.append(part[0])
                gradients.append(part[1] * scale)
            return np.concatenate(values), np.concatenate(gradients)

        return evaluate

    def updated(self, scales: Scales, margins: Array) -> Scales:
        """The next state of the augmented Lagrangian, from one plan's margin quantiles (J,)."""
        gap = (margins - scales.reserve) / scales.margins
        return replace(scales, multipliers=np.maximum(0.0, scales.multipliers - scales.weight * gap))

    def sensitivity(self, plan: Array, scales: Scales) -> Any:
        """The gradient of the objective plus the margins' multipliers at a plan (K,): `Gradient` of the engine.

        In the units of the objective; its parts give shadow prices.
        """
        measures = self._measures(plan[None])[:, 0]
        weights = np.zeros_like(measures)
        objective, weights[0] = value_and_weights(measures[0], self.kind, self.level)
        size = objective if scales.log else scales.objective
        for j, row in enumerate(self.margin_rows):
            pressure = scales.multipliers[j] * size / scales.margins[j]
            weights[row] += pressure * self._margin(measures, j)[1]
        draws = self.draws
        return self.engine.gradient(
            draws.values, draws.index, np.repeat(plan[:, None], draws.count, 1), weights=weights, seed=draws.seed
        )

    def tangent(self, plan: Array) -> Array:
        """Slopes (1 + J, K) of the objective and of each margin, as it counts, at a plan (K,).

        A margin counts at a quantile, on which few samples bear: the others are left out.
        """
        measures, draws = self._measures(plan[None])[:, 0], self.draws
        parts = [(0, value_and_weights(measures[0], self.kind, self.level)[1])]
        parts += [(row, self._margin(measures, j)[1]) for j, row in enumerate(self.margin_rows)]
        bearing = [np.flatnonzero(np.abs(weight) > NEGLIGIBLE * np.max(np.abs(weight))) for _, weight in parts]
        chosen = np.concatenate(bearing)
        weights, first, ends = np.zeros((self.measures_count, len(chosen))), 0, []
        for (row, weight), which in zip(parts, bearing, strict=True):
            weights[row, first : first + len(which)] = weight[which]
            first += len(which)
            ends.append(first)
        gradient = self.engine.gradient(
            draws.values[:, chosen],
            np.asarray(draws.index)[chosen],
            np.repeat(plan[:, None], len(chosen), 1),
            weights=weights,
            seed=draws.seed,
        )
        slopes = self.seen.finite(gradient.decisions)
        return np.stack([part.sum(axis=1) for part in np.split(slopes, ends[:-1], axis=1)])

    def _value_and_gradient(self, plans: Array, states: Sequence[Scales], ceilings: Array) -> tuple[Array, Array]:
        if self.kind == "mean" and not self.margin_rows:
            return self._mean_and_gradient(plans, states)
        measures = self._measures(plans)
        found = [self._lagrangian(measures[:, s], state) for s, state in enumerate(states)]
        values = np.array([value for value, _ in found])
        values = np.where(np.isfinite(values), values, np.inf)
        slopes = np.zeros_like(plans)
        wanted = np.flatnonzero(np.isfinite(values) & (values <= ceilings))
        if len(wanted):
            weights = np.stack([found[k][1] for k in wanted], axis=1)
            slopes[wanted] = self._slopes(plans[wanted], weights)[0]
        return values, slopes

    def _mean_and_gradient(self, plans: Array, states: Sequence[Scales]) -> tuple[Array, Array]:
        """The same where the gradient's own measures tell the value."""
        count, n = len(plans), self.draws.count
        weights = np.zeros((self.measures_count, count, n))
        weights[0] = 1.0 / n
        slopes, measures = self._slopes(plans, weights)
        values = np.zeros(count)
        for s, mean in enumerate(np.mean(measures[0], axis=1)):
            values[s], slope = _sunk(float(mean), states[s])
            slopes[s] *= slope
        return np.where(np.isfinite(values), values, np.inf), slopes

    def _slopes(self, plans: Array, weights: Array) -> tuple[Array, Array]:
        """The slopes (S, K) of plans' weighed measures, summed over samples, and the measures (m, S, n)."""
        count, n = len(plans), self.draws.count
        if self.engine.small:
            some = self.draws
            measures, slopes = self.engine.summed_gradient(some.values, some.index, plans, weights, some.seed)
            if np.all(np.isfinite(slopes)):
                self.seen.slopes += count * n
                return np.asarray(slopes, dtype=float), np.asarray(measures, dtype=float)
        draws, index, decisions = self._batch(plans)
        gradient = self.engine.gradient(
            draws, index, decisions, weights=weights.reshape(self.measures_count, -1), seed=self.draws.seed
        )
        measures = np.asarray(gradient.measures, dtype=float).reshape(-1, count, n)
        return self.seen.summed(gradient.decisions, count), measures

    def _lagrangian(self, measures: Array, scales: Scales) -> tuple[float, Array]:
        objective, slope = value_and_weights(measures[0], self.kind, self.level)
        total, steepness = _sunk(objective, scales)
        weights = np.zeros_like(measures)
        weights[0] = steepness * slope
        for j, row in enumerate(self.margin_rows):
            margin, bent, _ = self._margin(measures, j)
            gap = (margin - scales.reserve[j]) / scales.margins[j]
            pressure = max(0.0, scales.multipliers[j] - scales.weight * gap)
            total += (pressure**2 - scales.multipliers[j] ** 2) / (2 * scales.weight)
            weights[row] -= pressure / scales.margins[j] * bent
        return total, weights

    def _each(self, plans: Array, run: Callable[[Array], Array]) -> list[Array]:
        size = max(1, ROWS // self.draws.count)
        return [run(plans[first : first + size]) for first in range(0, len(plans), size)]

    def budget_price(self, outcome: float, scales: Scales) -> float:
        """What one more dollar of the budget adds to an objective of this size, by the state of the Lagrangian."""
        if BUDGET not in self.margin_names:
            return 0.0
        j = self.margin_names.index(BUDGET)
        return float(scales.multipliers[j] * (outcome if scales.log else scales.objective) / scales.margins[j])

    def _margin(self, measures: Array, j: int) -> tuple[float, Array, float]:
        """Of measures (m, n): margin j as it counts, its derivative by its measure (n,), the share of samples kept."""
        values, count = measures[self.margin_rows[j]], measures.shape[1]
        if self.margin_names[j] == BUDGET:
            left = self.budget - float(np.mean(values))
            return left, np.full(count, -1.0 / count), float(left >= -self.rounding * (1 + self.budget))
        order = np.argsort(values, kind="stable")
        weights = np.empty(count)
        weights[order] = self.quantile
        return float(weights @ values), weights, float(np.mean(values >= -self.rounding * (1 + np.max(np.abs(values)))))

    def _measures(self, plans: Array) -> Array:
        """All measures of plans (S, K) as an array (measures, S, n); those of the last plan alone are kept."""
        alone = plans.tobytes() if len(plans) == 1 else b""
        if alone and alone == self._last[0]:
            return self._last[1]
        draws, index, decisions = self._batch(plans)
        measures = self.engine.measures(draws, index, decisions, seed=self.draws.seed)
        table = np.asarray(measures, dtype=float).reshape(-1, len(plans), self.draws.count)
        if alone:
            table.flags.writeable = False
            self._last = (alone, table)
        return table

    def _batch(self, plans: Array) -> tuple[Array, Any, Array]:
        draws, count = self.draws, len(plans)
        if count == 1:
            return draws.values, draws.index, plans[0]
        return (
            np.tile(draws.values, (1, count)),
            np.tile(draws.index, count),
            np.repeat(np.ascontiguousarray(plans.T), draws.count, axis=1),
        )


def costs_money(engine: Any, spending: Array) -> bool:
    """Whether decisions cost money, by their own prices (K,) or in the model: without, a budget limits nothing."""
    return bool(np.any(spending)) or SPENDING in engine.measure_names


def finite(slopes: Any) -> Array:
    """Slopes with what is no number as 0: a sample that stands on a corner says nothing of the way from it."""
    found = np.asarray(slopes, dtype=float)
    return np.where(np.isfinite(found), found, 0.0)


def _sunk(objective: float, scales: Scales) -> tuple[float, float]:
    """What descent makes small in place of the objective, and its derivative by it."""
    if not scales.log:
        return -objective / scales.objective, -1 / scales.objective
    if not objective > 0:
        return np.inf, 0.0
    return -float(np.log(objective / scales.objective)), -1 / objective


def _finite(number: float) -> float:
    return number if np.isfinite(number) else -np.inf
