"""How far decisions without an upper bound may go: what can be paid for later grows with what is done before.

The range of such a decision is first what pays throughout from the beginning (see `starts`). An enterprise that grows
by itself pays for a thousand times that in its last year; on the way there slopes per dollar are tiny, and steps in
shares of the first range never arrive. So each is multiplied, at a time or from it on, as long as that helps.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from leverwise.ask.planning.exchange import Score
from leverwise.ask.planning.problem import PlanProblem
from leverwise.ask.planning.projection import Array

TIMES = (0.1, 0.3, 3.0, 10.0)
"""What a decision is multiplied by."""
LEAST = 0.1
"""Share of its range from which a decision that is less is multiplied."""
ROUNDS, TIMES_OF_EACH = 40, 12
"""Changes of a plan, at most, and periods of a decision in or from which it is tried, spread evenly."""
GAIN = 1e-4
"""Least gain in score that counts."""


def unbounded(problem: PlanProblem) -> NDArray[np.bool_]:
    """Which slots (K,) have no upper bound, are not whole and may be decided."""
    return np.asarray(~np.isfinite(problem.region.high) & ~problem.whole & ~problem.frozen)


def as_far_as(problem: PlanProblem, plans: Sequence[Array], sizes: Array) -> Array:
    """The ranges (K,) of decisions, of the unbounded ones at least as long as any of the plans goes."""
    if not plans:
        return sizes
    most = np.max(np.abs(np.stack(list(plans)) - problem.start), axis=0)
    return np.where(unbounded(problem), np.maximum(sizes, most), sizes)


def grown(problem: PlanProblem, plan: Array, sizes: Array, score: Score) -> Array:
    """The plan with its unbounded decisions multiplied as long as its score gains; `sizes` (K,) are their ranges."""
    best, free = float(score(plan[None])[0]), unbounded(problem)
    for _ in range(ROUNDS):
        moved = []
        for place in problem.slots().values():
            slots = np.flatnonzero(free[place]) + place.start
            for k in slots[np.unique(np.linspace(0, len(slots) - 1, TIMES_OF_EACH).astype(int))] if len(slots) else ():
                for stretch in (slice(k, k + 1), slice(k, place.stop)):
                    for share in TIMES:
                        tried = plan.copy()
                        least = np.where(share > 1, LEAST * sizes[stretch], 0.0)
                        done = np.maximum(plan[stretch] - problem.start[stretch], least)
                        tried[stretch] = problem.start[stretch] + share * done
                        moved.append(tried)
        if not moved:
            return plan
        table = problem.region.project_all(np.stack(moved))
        scores = score(table)
        if not np.max(scores) > best + GAIN:
            return plan
        plan, best = table[int(np.argmax(scores))], float(np.max(scores))
    return plan
