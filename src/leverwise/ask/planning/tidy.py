"""A plan that people can read: among plans that make the same, the one that changes least.

Where the objective is flat, a search ends anywhere: a headcount that flickers, an hour here, a share of nothing. Plans
near by that are simpler are scored, many in one batch; the cheapest are taken together as far as the plan still makes
all but a stated part, and that part bounds what all of them cost together.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from leverwise.ask.planning.exchange import Allowed, Score, repair
from leverwise.ask.planning.problem import PlanProblem
from leverwise.ask.planning.projection import Array
from leverwise.lang.system import Decision

SHARES = (0.0, 0.5, 1.0, 1.0, 1.0)
"""Share of the allowance that may be used up after each pass, so that cheap simplifications come first."""
MOST = 240
"""Simplifications scored in one pass; the smallest changes come first."""
NEAR = 0.03
"""Share of a range within which a value is tried on the bound."""
OFF_BOUND = 0.1
"""How much a value that could stand on a bound counts, where a change counts 1."""


def tidied(
    problem: PlanProblem, plan: Array, score: Score, allowance: float, allowed: Allowed, sizes: Array | None = None
) -> Array:
    """The simplest plan found whose score is not below this one's by more than the `allowance`.

    `sizes` (K,) are the lengths of ranges; `allowed` is asked about every plan that is taken.
    """
    first = float(score(plan[None])[0])
    sizes = np.ones(problem.size) if sizes is None else sizes
    for share in SHARES:
        floor = first - max(share * allowance, 1e-12 * abs(first))
        taken = _pass(problem, plan, score, floor, allowed, sizes)
        if taken is None and share == 1.0:
            break
        plan = plan if taken is None else taken
    return plan


def complexity(problem: PlanProblem, plan: Array) -> float:
    """How much there is to tell: changes between periods, and periods in which something is done.

    In a headcount a period more of the same counts nothing: people stay, unless somebody acts.
    """
    told = 0.0
    for decision in problem.system.decisions:
        place = problem.slots()[decision.name]
        values, nothing = plan[place], problem.start[place]
        changes = np.count_nonzero(np.diff(values)) + (values[0] != nothing[0])
        acting = np.count_nonzero(values != nothing)
        inner = (values != nothing) & (values != problem.region.high[place]) & (values != problem.region.low[place])
        off = OFF_BOUND * np.count_nonzero(inner & np.isfinite(problem.region.high[place]))
        told += acting if decision.lump else changes if decision.whole else changes + acting + off
    return told


def _pass(
    problem: PlanProblem, plan: Array, score: Score, floor: float, allowed: Allowed, sizes: Array
) -> Array | None:
    """The plan after the cheapest simplifications that keep it above the floor; None if there are none."""
    here = complexity(problem, plan)
    found: dict[bytes, tuple[Array, float]] = {}
    for candidate in _simpler(problem, plan, sizes):
        repaired = repair(problem, np.where(problem.frozen, plan, candidate))
        if repaired is not None and (saved := here - complexity(problem, repaired)) > 1e-9:
            found[repaired.tobytes()] = (repaired, saved)
    nearest = sorted(found.values(), key=lambda pair: float(np.sum(np.abs(pair[0] - plan) / sizes)))[:MOST]
    if not nearest:
        return None
    now = float(score(plan[None])[0])
    scores = score(np.stack([candidate for candidate, _ in nearest]))
    costs = [(float(now - scores[k]) / saved, k) for k, (_, saved) in enumerate(nearest)]
    order = [k for _, k in sorted(costs) if scores[k] >= floor]
    joined = _joined(problem, plan, [nearest[k][0] for k in order])
    if not joined:
        return None
    together = score(np.stack(joined))
    simplest = sorted(range(len(joined)), key=lambda k: complexity(problem, joined[k]))
    for k in simplest:
        if together[k] >= floor and complexity(problem, joined[k]) < here - 1e-9 and allowed(joined[k]):
            return joined[k]
    return None


def _joined(problem: PlanProblem, plan: Array, simpler: list[Array]) -> list[Array]:
    """The first 1, 2, 3 ... simplifications together, at some places, leaving out those that overlap."""
    results: list[Array] = []
    current = plan
    wanted = set(np.unique(np.geomspace(1, max(len(simpler), 1), 16).round().astype(int)).tolist())
    for count, other in enumerate(simpler, 1):
        changed = other != plan
        if not np.any(changed & (current != plan)):
            repaired = repair(problem, np.where(changed, other, current))
            current = current if repaired is None else repaired
        if count in wanted and (not results or np.any(results[-1] != current)):
            results.append(current)
    return results


def _simpler(problem: PlanProblem, plan: Array, sizes: Array) -> Iterator[Array]:
    for decision in problem.system.decisions:
        place = problem.slots()[decision.name]
        if np.all(problem.frozen[place]):
            continue
        for values in _levels(decision, plan[place], problem.start[place]):
            yield _with(plan, place, values)
        if decision.whole:
            continue
        for bound in (problem.region.low[place], problem.region.high[place]):
            close = (np.abs(plan[place] - bound) <= NEAR * sizes[place]) & (plan[place] != problem.start[place])
            yield _with(plan, place, np.where(close, bound, plan[place]))


def _levels(decision: Decision, values: Array, nothing: Array) -> Iterator[Array]:
    """Simpler schedules of one decision: stretches without it, held at a neighbour's level, or at one of their own."""
    edges = [0, *(np.flatnonzero(np.diff(values)) + 1).tolist(), len(values)]
    stretches = list(pairwise(edges))
    yield nothing
    for begin, end in stretches:
        yield _set(values, begin, end, nothing)
    for cut in range(1, len(values)):
        yield _set(values, cut, len(values), nothing)
        yield _set(values, 0, cut, nothing)
    if decision.lump:
        return
    unit = decision.unit.factor

    def mean(begin: int, end: int) -> float:
        level = float(np.mean(values[begin:end]))
        return round(level / unit) * unit if decision.whole else level

    for (begin, middle), (_, end) in pairwise(stretches):
        for level in (values[begin], values[middle], mean(begin, end)):
            yield _set(values, begin, end, level)
    for begin, end in stretches:
        yield _set(values, begin, len(values), values[begin])
        yield _set(values, 0, end, values[begin])
        later = [other for other in stretches if other[0] > end and values[other[0]] == values[begin]]
        for other in later[:1]:
            yield _set(values, begin, other[0], values[begin])
    acting = np.flatnonzero(values != nothing)
    if len(acting):
        first, last = int(acting[0]), int(acting[-1]) + 1
        common, counts = np.unique(values[first:last], return_counts=True)
        for level in (mean(first, last), common[np.argmax(counts)], np.max(values)):
            yield _set(values, first, last, level)
            yield _set(values, 0, len(values), level)


def _set(values: Array, begin: int, end: int, level: Array | float) -> Array:
    changed = values.copy()
    changed[begin:end] = level[begin:end] if isinstance(level, np.ndarray) else level
    return changed


def _with(plan: Array, place: slice, values: Array) -> Array:
    changed = plan.copy()
    changed[place] = values
    return changed
