"""Where searches begin: different enough that thresholds and S-shapes are seen from both sides."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from leverwise.ask.planning.problem import PlanProblem, floored, implied_highs
from leverwise.ask.planning.projection import Array, Polyhedron

Score = Callable[[Array], Array]
"""Plans (S, K) -> one number each (S,), larger is better."""

LADDER = tuple(10.0**k for k in range(-4, 10))
"""Levels tried for a decision without upper bound, in its own unit."""
LEVELS = (0.0, 0.1, 0.25, 0.5, 0.75, 1.0)
"""Shares of its range at which the greedy start tries a decision."""
GAINED = 1e-6
"""Share of what nothing makes by which a level must make more to pay."""
RANDOM = 3
INSIDE = 0.03
"""How far starts are pulled from the corners, where slopes may be unbounded or zero."""


def natural_highs(problem: PlanProblem, score: Score, poor: bool = False) -> Array:
    """A finite upper level of each slot (K,): its bound, what the limits allow, or where impact is best.

    Of the `poor`, who can not spend a whole budget at once, it is where impact is best if that is less.
    """
    implied = implied_highs(problem.region)
    unknown = ~np.isfinite(implied)
    best, pays = paying(problem, score, ~np.isfinite(problem.region.high) if poor else unknown)
    most = np.where(unknown, best, np.where(pays, np.minimum(implied, best), implied))
    return np.where(np.isfinite(most), most, 1.0)


def paying(problem: PlanProblem, score: Score, slots: NDArray[np.bool_]) -> tuple[Array, NDArray[np.bool_]]:
    """Four times the constant level at which impact is best (K,), of decisions with such slots alone; and if it pays.

    What pays only together with others does not pay alone at any level.
    """
    base, most, pays = (
        problem.region.project(problem.start),
        np.full(problem.size, np.inf),
        np.zeros(problem.size, bool),
    )
    for number, decision in enumerate(problem.system.decisions):
        mine = problem.owner == number
        if not np.any(slots & mine):
            continue
        levels = np.array(LADDER) * decision.unit.factor
        plans = np.tile(base, (len(levels), 1))
        plans[:, mine] = levels[:, None]
        scores = score(np.stack([*(problem.region.project(plan) for plan in plans), base]))
        scores, nothing = np.where(np.isfinite(scores), scores, -np.inf)[:-1], float(scores[-1])
        rung = int(np.argmax(scores))
        best = levels[rung]
        if decision.use is not None:
            best = max(best, float(np.max(decision.use)))
        most[mine] = np.maximum(best * 4, problem.region.low[mine] + best)
        pays[mine] = rung > 0 and scores[rung] > nothing + GAINED * abs(nothing)
    return most, pays


def scales(problem: PlanProblem, most: Array) -> Array:
    """The natural size of each slot (K,): the length of its range."""
    low = np.where(np.isfinite(problem.region.low), problem.region.low, -np.abs(most) - 1.0)
    size = most - low
    return np.where(size > 0, size, 1.0)


def starts(problem: PlanProblem, most: Array, score: Score | None, seed: int) -> dict[str, Array]:
    """Named first plans, each within the region; the greedy one among them if there is a `score` to go by."""
    low = np.where(np.isfinite(problem.region.low), problem.region.low, -most)
    region, count = problem.region, len(problem.system.decisions)
    plans: dict[str, Array] = {"nothing": region.project(problem.start)}
    if problem.use is not None:
        plans["use"] = region.project(problem.use)
    middle = region.project(low + 0.5 * (most - low))
    plans["even"] = middle
    plans["little"] = region.project(low + 0.1 * (most - low))
    if count > 1 and not problem.frozen.all():
        for number, decision in enumerate(problem.system.decisions):
            mine = problem.owner == number
            if np.all(problem.frozen[mine]):
                continue
            only = np.where(mine, most, problem.start)
            plans[f"only {decision.name}"] = _only(region, only, mine)
        if score is not None:
            plans["greedy"] = greedy(problem, low, most, score)
    random = np.random.default_rng(seed)
    for k in range(RANDOM):
        drawn = low + (most - low) * random.beta(0.5, 0.8, size=problem.size)
        plans[f"random {k + 1}"] = region.project(drawn)
    plans["zero"] = region.project(np.clip(np.zeros(problem.size), region.low, region.high))
    table = np.stack(list(plans.values()))
    return dict(zip(plans, region.project_all(table + INSIDE * (middle - table)), strict=True))


def _only(region: Polyhedron, plan: Array, mine: NDArray[np.bool_]) -> Array:
    """The plan with all but one decision kept as they are; if the limits do not allow that, the nearest."""
    held = region.fixed(~mine, np.clip(plan, region.low, region.high))
    tried = held.project(plan)
    return tried if region.contains(tried, 1e-7) else region.project(plan)


def greedy(problem: PlanProblem, low: Array, most: Array, score: Score, sweeps: int = 2) -> Array:
    """One decision after the other set to its best constant level, the others as they are."""
    region = problem.region
    plan = region.project(problem.start)
    best = float(score(plan[None])[0])
    decisions = [n for n in range(len(problem.system.decisions)) if not np.all(problem.frozen[problem.owner == n])]
    for _ in range(sweeps * max(1, len(decisions))):
        tried = []
        for number in decisions:
            mine = problem.owner == number
            for level in LEVELS:
                tried.append(np.where(mine, low + level * (most - low), plan))
        tried = list(region.project_all(np.stack(tried)))
        scores = score(np.stack(tried))
        k = int(np.argmax(np.where(np.isfinite(scores), scores, -np.inf)))
        if not scores[k] > best + 1e-9 * abs(best):
            break
        plan, best = tried[k], float(scores[k])
    return plan


def even_split(problem: PlanProblem, plan: Array) -> Array:
    """The same spending and hours as a plan's, spread evenly over all levers and periods that take them.

    Where decisions cost neither, the author's limits say what is shared; what shares nothing stays at its start.
    """
    region = problem.region
    result = problem.start.copy()
    free = ~problem.frozen
    shared: list[Array] = [problem.spending, problem.hours]
    shared += [row for row in region.rows if np.all(row >= 0)]
    taken = np.zeros(problem.size, dtype=bool)
    for row in shared:
        used = free & (row > 0) & ~taken
        if not used.any():
            continue
        total = float(row[used] @ (plan[used] - _floor(region, used)))
        owners = np.unique(problem.owner[used])
        for number in owners:
            mine = used & (problem.owner == number)
            level = total / len(owners) / float(np.sum(row[mine]))
            result[mine] = np.clip(_floor(region, mine) + level, region.low[mine], region.high[mine])
        taken |= used
    down = np.clip(floored(problem, result), region.low, region.high)
    result = np.where(problem.whole & taken, down, result)
    return result if region.contains(result) else _rounded_down(problem, region.project(result))


def _floor(region: Polyhedron, used: NDArray[np.bool_]) -> Array:
    low = region.low[used]
    return np.where(np.isfinite(low), low, 0.0)


def _rounded_down(problem: PlanProblem, plan: Array) -> Array:
    return np.where(problem.whole, np.maximum(floored(problem, plan), problem.region.low), plan)
