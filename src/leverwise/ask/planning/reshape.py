"""Changes of whole schedules that a person would try: a decision halved, doubled, dropped, at its most, moved in time.

Single exchanges (see `exchange`) look one step away. What pays only when it is done throughout, or from a time on,
or in place of something else that is done throughout, lies beyond them.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from leverwise.ask.planning.problem import PlanProblem
from leverwise.ask.planning.projection import Array

SHARES = (0.0, 0.5, 0.8, 1.25, 2.0)
"""What a whole decision is multiplied by."""
LEVELS = (0.1, 0.5, 1.0)
"""Shares of its range at which it is tried throughout."""
ONE_FOR_ANOTHER = ((0.0, 2.0), (0.5, 1.5), (0.9, 1.1))
"""What one decision, and another, are multiplied by."""
IN_PLACE = (0.25, 1.0)
"""Shares of its range at which a decision is tried throughout in place of another."""
BEYOND = (2.0, 4.0, 10.0)
"""What a decision without an upper bound is multiplied by at a time or from it on: how far it may go is not known."""
ALL = (0.8, 0.9, 1.1, 1.25)
"""What all decisions that are not whole are multiplied by."""


def reshaped(problem: PlanProblem, plan: Array, sizes: Array) -> Iterator[Array]:
    """Moves (K,), to be added to the plan; `sizes` (K,) are the lengths of ranges."""
    yield from multiplied_once(problem, plan, sizes)
    start, free = problem.start, ~problem.frozen
    yield from ((share - 1.0) * np.where(free & ~problem.whole, plan - start, 0.0) for share in ALL)
    places = [place for place in problem.slots().values() if np.any(free[place])]
    for place in places:
        unbounded = not np.all(np.isfinite(problem.region.high[place]))
        for values in _schedules(plan[place], start[place], sizes[place], unbounded):
            yield _move(problem, plan, {place.start: values})
    for one in places:
        for other in places:
            if one is other or np.all(plan[one] == start[one]):
                continue
            for less, more in ONE_FOR_ANOTHER if np.any(plan[other] != start[other]) else ():
                less_of_one, more_of_other = _multiplied(plan, start, one, less), _multiplied(plan, start, other, more)
                yield _move(problem, plan, {one.start: less_of_one, other.start: more_of_other})
            for level in IN_PLACE:
                throughout = start[other] + level * sizes[other]
                yield _move(problem, plan, {one.start: start[one], other.start: throughout})


def multiplied_once(problem: PlanProblem, plan: Array, _: Array) -> Iterator[Array]:
    """Moves (K,) of a decision that is not whole in one period: dropped, halved, doubled, or far beyond if it may."""
    for k in np.flatnonzero(~problem.whole & ~problem.frozen & (plan != problem.start)):
        for share in (0.0, 0.5, *((2.0,) if np.isfinite(problem.region.high[k]) else BEYOND)):
            move = np.zeros(len(plan))
            move[k] = (share - 1.0) * (plan - problem.start)[k]
            yield move


def _schedules(values: Array, nothing: Array, size: Array, unbounded: bool) -> Iterator[Array]:
    """Other schedules of one decision."""
    done, periods = values - nothing, np.arange(len(values))
    yield from (nothing + share * done for share in SHARES)
    yield from (nothing + level * size for level in LEVELS)
    yield np.full_like(values, np.mean(values))
    yield np.concatenate([nothing[:1], values[:-1]])
    yield np.concatenate([values[1:], values[-1:]])
    for cut in periods[1:]:
        yield np.where(periods >= cut, nothing, values)
        yield np.where(periods < cut, nothing, values)
        yield np.where(periods >= cut, values[cut - 1], values)
    if unbounded:
        yield from (np.where(periods >= cut, nothing + share * done, values) for cut in periods[1:] for share in BEYOND)


def _multiplied(plan: Array, start: Array, place: slice, share: float) -> Array:
    return np.asarray(start[place] + share * (plan[place] - start[place]))


def _move(problem: PlanProblem, plan: Array, values: dict[int, Array]) -> Array:
    """The move to other values from some slots on, in whole units where they must be."""
    changed = plan.copy()
    for first, each in values.items():
        changed[first : first + len(each)] = each
    changed = np.where(problem.whole, np.round(changed / problem.units) * problem.units, changed)
    return np.where(problem.frozen, 0.0, changed - plan)
