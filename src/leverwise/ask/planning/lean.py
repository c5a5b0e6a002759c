"""What a plan can do without: purchases that bring next to nothing, and changes that are no visible part of a gain.

A headcount may stay where it has no effect, since a steady one is simpler to read; a purchase is money gone. Money
counts for nothing in the objective, so that no search by itself prefers the plan that buys less.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from leverwise.ask.planning.exchange import Allowed, Score, repair
from leverwise.ask.planning.problem import PlanProblem
from leverwise.ask.planning.projection import Array

DOUBTFUL = 2.0
"""How much more than what may be lost a rough score may say that a plan loses, for it to be measured."""


def lean(
    problem: PlanProblem, plan: Array, score: Score, most: float, allowed: Allowed, rough: Score | None = None
) -> Array:
    """The plan without the purchases that can be given up for `most` of its score in all, the dearest first.

    A unit, all of a period, or all from a period on; `allowed` is asked about every plan that is taken.
    """

    def saved(other: Array) -> float:
        return float(problem.spending @ (plan - other)) or float(np.sum((plan - other) / problem.units))

    return _with_less(problem, plan, _fewer, saved, score, most, allowed, rough)


def as_before(problem: PlanProblem, plan: Array, before: Array, score: Score, most: float, allowed: Allowed) -> Array:
    """The plan with each decision as it was before, where that costs no more than `most` of its score in all."""

    def back(_: PlanProblem, now: Array) -> Iterator[Array]:
        for place in problem.slots().values():
            changed = now.copy()
            changed[place] = before[place]
            yield changed

    return _with_less(problem, plan, back, lambda _: 0.0, score, most, allowed)


def _with_less(
    problem: PlanProblem,
    plan: Array,
    options: Callable[[PlanProblem, Array], Iterator[Array]],
    worth: Callable[[Array], float],
    score: Score,
    most: float,
    allowed: Allowed,
    rough: Score | None = None,
) -> Array:
    """The plan changed as long as any option loses no more than `most` in all, by the option worth most each time."""
    floor = float(score(plan[None])[0]) - most
    while True:
        tried = [repaired for each in options(problem, plan) if (repaired := repair(problem, each)) is not None]
        tried = [each for each in tried if np.any(each != plan)]
        if tried and rough is not None:
            losses = rough(plan[None])[0] - rough(np.stack(tried))
            tried = [each for each, loss in zip(tried, losses, strict=True) if loss <= DOUBTFUL * most]
        if not tried:
            return plan
        scores = score(np.stack(tried))
        order = sorted(range(len(tried)), key=lambda k: (worth(tried[k]), scores[k]), reverse=True)
        taken = next((tried[k] for k in order if scores[k] >= floor and allowed(tried[k])), None)
        if taken is None:
            return plan
        plan = taken


def _fewer(problem: PlanProblem, plan: Array) -> Iterator[Array]:
    """The plan with fewer purchases: of those that cost something."""
    for decision in problem.system.decisions:
        place = problem.slots()[decision.name]
        if not decision.lump or decision.costs is None or np.any(problem.spending[place] < 0):
            continue
        for k in place.start + np.flatnonzero((plan > problem.start)[place] & ~problem.frozen[place]):
            slots = np.arange(problem.size)
            later = (slots >= k) & (slots < place.stop) & ~problem.frozen & (plan > problem.start)
            yield np.where(later, problem.start, plan)
            yield np.where(slots == k, problem.start, plan)
            if decision.whole:
                yield np.where(slots == k, np.maximum(plan - decision.unit.factor, problem.start), plan)
