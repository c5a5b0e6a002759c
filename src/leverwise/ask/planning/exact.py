"""Problems with a proof: linear ones (HiGHS) and separable ones under one limit (dynamic programming).

Whether a problem is linear or separable is read off its equations (`shape`). Where it cannot be, identities that such
functions satisfy are tried at random points; a function that passes may still be another one, so that what comes of it
is a plan to start from and proves nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from leverwise.ask.planning.problem import PlanProblem
from leverwise.ask.planning.projection import Array
from leverwise.ask.planning.shape import shape

Objective = Callable[[Array], Array]
"""Plans (S, K) -> objective (S,)."""

LEVELS = 400
"""Parts into which dynamic programming divides the limit."""
MOST_SLOTS = 64
TOGETHER = 1_000_000
"""Numbers in the plans that are measured in one call."""
TESTS = 8
LINEAR = "linear programming"
DYNAMIC = "dynamic programming"


@dataclass(frozen=True)
class Exact:
    """A plan, and a bound that no plan can exceed: no plan on the grid, for dynamic programming."""

    plan: Array
    bound: float
    method: str
    proven: bool
    """Whether the equations show that the method applies; if not, the bound is none."""
    gap: Callable[[Array], float]
    """How far a plan (K,) stays below the bound on the same samples, as a share of the bound."""


def solve(problem: PlanProblem, most: Array, objective: Objective, seed: int) -> Exact | None:
    """The best plan, if the problem is, or seems to be, of a kind that allows to find it exactly, else None."""
    free = ~problem.frozen
    if not free.any():
        return None
    random = np.random.default_rng(seed)
    low = np.where(np.isfinite(problem.region.low), problem.region.low, -most)
    form = shape(problem.system)
    tabled = np.count_nonzero(free) <= MOST_SLOTS and len(problem.region.rows) <= 1 and not problem.whole.any()
    if form.linear:
        return _linear(problem, low, most, objective, proven=True)
    if tabled and (form.separable or np.count_nonzero(free) == 1):
        return _separable(problem, low, most, objective, proven=True)
    if _is_linear(low, most, objective, random):
        return _linear(problem, low, most, objective, proven=False)
    if tabled and _is_separable(low, most, objective, random):
        return _separable(problem, low, most, objective, proven=False)
    return None


def _close(a: Array, b: Array, size: float) -> bool:
    return bool(np.all(np.isfinite(a)) and np.all(np.isfinite(b)) and np.all(np.abs(a - b) <= 1e-9 * size))


def _is_linear(low: Array, most: Array, objective: Objective, random: np.random.Generator) -> bool:
    x = low + (most - low) * random.random((TESTS, len(low)))
    y = low + (most - low) * random.random((TESTS, len(low)))
    share = random.random((TESTS, 1))
    values = objective(
        np.concatenate([x, y, share * x + (1 - share) * y, low[None], most[None], ((low + most) / 2)[None]])
    )
    fx, fy, mixed = values[:TESTS], values[TESTS : 2 * TESTS], values[2 * TESTS : 3 * TESTS]
    at_low, at_most, at_middle = values[-3:]
    spread = float(np.ptp(values)) + 1e-300
    blend = share[:, 0] * fx + (1 - share[:, 0]) * fy
    return _close(blend, mixed, spread) and bool(abs((at_low + at_most) / 2 - at_middle) <= 1e-9 * spread)


def _linear(problem: PlanProblem, low: Array, most: Array, objective: Objective, *, proven: bool) -> Exact | None:
    from scipy.optimize import Bounds, LinearConstraint, milp

    region = problem.region
    steps = np.where(most > low, most - low, 1.0)
    values = objective(np.concatenate([low[None], low + np.diag(steps)]))
    slopes = (values[1:] - values[0]) / steps
    units = np.where(problem.whole, problem.units, 1.0)
    with np.errstate(invalid="ignore"):
        bounds = Bounds(region.low / units, region.high / units)
    limits = [LinearConstraint(region.rows * units, -np.inf, region.bounds)] if len(region.rows) else []
    answer = milp(
        -slopes * units,
        integrality=problem.whole.astype(int),
        bounds=bounds,
        constraints=limits,
        options={"time_limit": 20, "mip_rel_gap": 0.0},
    )
    if answer.x is None:
        return None
    whole = np.where(problem.whole, np.round(answer.x), answer.x)
    plan = np.asarray(whole * units)
    ceiling = answer.mip_dual_bound if answer.mip_dual_bound is not None else answer.fun
    return _exact(plan, float(values[0] - slopes @ low - ceiling), LINEAR, objective, proven=proven)


def _is_separable(low: Array, most: Array, objective: Objective, random: np.random.Generator) -> bool:
    x = low + (most - low) * random.random((TESTS, len(low)))
    y = low + (most - low) * random.random((TESTS, len(low)))
    mask = random.random((TESTS, len(low))) < 0.5
    values = objective(np.concatenate([x, y, np.where(mask, x, y), np.where(mask, y, x)]))
    fx, fy, fxy, fyx = values.reshape(4, TESTS)
    return _close(fx + fy, fxy + fyx, float(np.ptp(values)) + 1e-300)


def _separable(problem: PlanProblem, low: Array, most: Array, objective: Objective, *, proven: bool) -> Exact | None:
    region = problem.region
    free = np.flatnonzero(~problem.frozen)
    row = region.rows[0] if len(region.rows) else np.zeros(problem.size)
    if np.any(row[free] < 0):
        return None
    base = np.where(problem.frozen, region.low, low)
    budget = float(region.bounds[0] - row @ base) if len(region.rows) else 0.0
    grid = np.arange(LEVELS + 1) / LEVELS
    ceiling, here = 0.0, float(objective(base[None])[0])
    plan = base.copy()
    reach = np.where(row > 0, budget / np.where(row > 0, row, 1.0), most - base)[free]
    points = base[free, None] + grid * reach[:, None]
    allowed = points <= region.high[free, None] * (1 + 1e-12) + 1e-12
    points = np.minimum(points, region.high[free, None])
    gains = np.where(allowed, _along(base, free, points, objective) - here, -np.inf)
    for k, levels, gain in zip(free, points, gains, strict=True):
        if row[k] == 0:
            best = int(np.argmax(gain))
            plan[k], ceiling = levels[best], ceiling + float(gain[best])
    priced = np.flatnonzero(row[free] > 0)
    if len(priced):
        value, counts = _knapsack(gains[priced])
        ceiling += value
        plan[free[priced]] = points[priced, counts]
    return _exact(plan, here + ceiling, DYNAMIC, objective, proven=proven)


def _along(base: Array, free: NDArray[np.int64], points: Array, objective: Objective) -> Array:
    """The objective with one slot of `free` at each of its points (F, P), all others as in `base`."""
    values = np.zeros(points.shape)
    size = max(1, TOGETHER // (points.shape[1] * len(base)))
    for first in range(0, len(free), size):
        some = free[first : first + size]
        plans = np.tile(base, (len(some), points.shape[1], 1))
        plans[np.arange(len(some)), :, some] = points[first : first + size]
        values[first : first + size] = objective(plans.reshape(-1, len(base))).reshape(len(some), -1)
    return values


def _exact(plan: Array, bound: float, method: str, objective: Objective, *, proven: bool) -> Exact:
    def gap(other: Array) -> float:
        return max(0.0, bound - float(objective(other[None])[0])) / max(abs(bound), 1e-300)

    return Exact(plan, bound, method, proven, gap)


def _knapsack(tables: Array) -> tuple[float, list[int]]:
    """Divide a limit of `LEVELS` parts among the rows of gains (K, LEVELS + 1): the best value and the parts."""
    parts = tables.shape[1]
    best = np.zeros(parts)
    choices = []
    for gains in tables:
        padded = np.concatenate([best[::-1], np.full(parts - 1, -np.inf)])
        options = sliding_window_view(padded, parts)[::-1] + gains
        choice = np.argmax(options, axis=1)
        choices.append(choice)
        best = options[np.arange(parts), choice]
    left, counts = parts - 1, []
    for choice in reversed(choices):
        counts.append(int(choice[left]))
        left -= counts[-1]
    return float(best[-1]), counts[::-1]
