"""A plan that people can read: among plans that make the same, the one that changes least.

Where the objective is flat, a search ends anywhere: a headcount that flickers, an hour here, a share of nothing. Plans
near by that are simpler are scored, many in one batch; the cheapest are taken together as far as the plan still makes
all but a stated part, and that part bounds what all of them cost together.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from leverwise.ask.planning.exchange import Allowed, Score, repair, repaired_all
from leverwise.ask.planning.problem import PlanProblem
from leverwise.ask.planning.projection import Array
from leverwise.lang.system import Decision

SHARES = (0.0, 0.5, 1.0, 1.0, 1.0)
"""Share of the allowance that may be used up after each pass, so that cheap simplifications come first."""
SMOOTH = (0.5, 1.0)
"""The same where samples differ and nothing is whole: there, passes after that find little."""
MOST = 240
"""Simplifications scored in one pass; the smallest changes come first."""
LEAST, NUMBERS = 32, 50_000
"""At least so many, and no more than have so many numbers in all."""
NEAR = 0.03
"""Share of a range within which a value is tried on the bound."""
DOUBTFUL = 2.0
"""How much more than what is left of the allowance a rough score may say that a simplification costs."""
SHIFTED = 0.25
"""Share of simplifications that limits shift from which a limit counts as tight."""
OFF_BOUND = 0.1
"""How much a value that could stand on a bound counts, where a change counts 1."""


def tidied(
    problem: PlanProblem,
    plan: Array,
    score: Score,
    allowance: float,
    allowed: Allowed,
    sizes: Array | None = None,
    rough: Score | None = None,
) -> Array:
    """The simplest plan found whose score is not below this one's by more than the `allowance`.

    `sizes` (K,) are the lengths of ranges; `allowed` is asked about every plan that is taken. With a `rough` score,
    single simplifications are told apart by it, and only what is done together is measured in full.
    """
    first = float(score(plan[None])[0])
    sizes = np.ones(problem.size) if sizes is None else sizes
    for share in SHARES if rough is None or problem.whole.any() else SMOOTH:
        floor = first - max(share * allowance, 1e-12 * abs(first))
        taken, several = _pass(problem, plan, score, floor, allowed, sizes, rough)
        if taken is None and share == 1.0:
            break
        plan = plan if taken is None else taken
        if not several:
            break
    return plan


def complexity(problem: PlanProblem, plan: Array) -> float:
    """How much there is to tell: changes between periods, and periods in which something is done.

    In a headcount a period more of the same counts nothing: people stay, unless somebody acts.
    """
    return float(_complexities(problem, plan[None])[0])


def _complexities(problem: PlanProblem, plans: Array) -> Array:
    """The complexity of each of many plans (S, K)."""
    told = np.zeros(len(plans))
    low, high = problem.region.low, problem.region.high
    for name, place in problem.slots().items():
        decision, values, nothing = problem.decision(name), plans[:, place], problem.start[place]
        differs = values != nothing
        acting = np.count_nonzero(differs, axis=1)
        if decision.lump:
            told += acting
            continue
        told += np.count_nonzero(np.diff(values, axis=1), axis=1) + differs[:, 0]
        if not decision.whole:
            inner = differs & (values != high[place]) & (values != low[place]) & np.isfinite(high[place])
            told += acting + OFF_BOUND * np.count_nonzero(inner, axis=1)
    return told


def _pass(
    problem: PlanProblem, plan: Array, score: Score, floor: float, allowed: Allowed, sizes: Array, rough: Score | None
) -> tuple[Array | None, bool]:
    """The plan after the cheapest simplifications that keep it above the floor; None if there are none.

    And whether several can be had together: where a tight limit makes each of them shift all that is left, a schedule
    of many different numbers would take as many passes to become much simpler.
    """
    repaired, saved, shifted = _candidates(problem, plan, sizes)
    if not len(repaired):
        return None, True
    here, now = complexity(problem, plan), float(score(plan[None])[0])
    losses = now - score(repaired) if rough is None else rough(plan[None])[0] - rough(repaired)
    most = (now - floor) * (1.0 if rough is None else DOUBTFUL)
    order = [int(k) for k in np.argsort(losses / saved, kind="stable") if losses[k] <= most]
    joined = _joined(problem, plan, [repaired[k] for k in order])
    if not joined:
        return None, True
    several = len(joined) > 1 or shifted < SHIFTED
    told = _complexities(problem, np.stack(joined))
    for k in np.argsort(told, kind="stable").tolist():
        if told[k] < here - 1e-9 and float(score(joined[k][None])[0]) >= floor and allowed(joined[k]):
            return joined[k], several
    return None, several


def _candidates(problem: PlanProblem, plan: Array, sizes: Array) -> tuple[Array, Array, float]:
    """The nearest plans within the limits that are simpler (S, K), and how much simpler (S,).

    And the share of them of which limits have shifted what was not meant.
    """
    wanted = _nearest(problem, plan, sizes)
    if not len(wanted):
        return wanted, np.zeros(0), 0.0
    repaired, kept = repaired_all(problem, wanted)
    saved = complexity(problem, plan) - _complexities(problem, repaired)
    unique = {repaired[k].tobytes(): int(k) for k in reversed(np.flatnonzero(kept & (saved > 1e-9)))}
    chosen = np.array(sorted(unique.values()), dtype=int)
    gaps = np.sum(np.abs(repaired[chosen] - plan) / sizes, axis=1)
    chosen = chosen[np.argsort(gaps, kind="stable")][: _most(problem)]
    shifted = float(np.mean(np.any(repaired[chosen] != wanted[chosen], axis=1))) if len(chosen) else 0.0
    return repaired[chosen], saved[chosen], shifted


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


def _nearest(problem: PlanProblem, plan: Array, sizes: Array) -> Array:
    """The simpler plans (S, K) that differ least, twice as many as are looked at closely: limits may forbid some."""
    parts, gaps = [], []
    for name, place in problem.slots().items():
        if np.all(problem.frozen[place]):
            continue
        held, values = problem.frozen[place], plan[place]
        table = np.stack(list(_levels(problem.decision(name), values, problem.start[place])))
        if not problem.decision(name).whole:
            near = [_on_bound(problem, plan, sizes, place, b[place]) for b in (problem.region.low, problem.region.high)]
            table = np.concatenate([table, np.stack(near)])
        table = np.where(held, values, table)
        gap = np.sum(np.abs(table - values) / sizes[place], axis=1)
        parts += [(place, row) for row in table[gap > 0]]
        gaps += gap[gap > 0].tolist()
    chosen = np.argsort(np.array(gaps), kind="stable")[: 2 * _most(problem)]
    plans = np.tile(plan, (len(chosen), 1))
    for row, k in zip(plans, chosen, strict=True):
        place, values = parts[k]
        row[place] = values
    return plans


def _most(problem: PlanProblem) -> int:
    return min(MOST, max(LEAST, NUMBERS // problem.size))


def _on_bound(problem: PlanProblem, plan: Array, sizes: Array, place: slice, bound: Array) -> Array:
    """The values of a decision with those that are near a bound on it."""
    close = (np.abs(plan[place] - bound) <= NEAR * sizes[place]) & (plan[place] != problem.start[place])
    return np.where(close, bound, plan[place])


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
