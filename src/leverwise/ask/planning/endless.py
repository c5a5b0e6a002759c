"""Decisions of which more always makes more: without an upper bound, a cost or a limit there is no best plan."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from leverwise.ask.planning.found import Found
from leverwise.ask.planning.merit import Merit
from leverwise.ask.planning.search import Planner
from leverwise.ask.words import listing
from leverwise.errors import NoAnswerError

FURTHER = (1e3, 1e6, 1e9)
"""What decisions of the plan are multiplied by."""
GAIN = 1e-3
"""Relative gain of the last step beyond which there is no end in sight; what levels off gains next to nothing there."""


def fail_if_endless(planner: Planner, found: Found) -> None:
    """Raise NoAnswerError, naming the decisions, if a plan only becomes better the further unbounded ones are taken."""
    problem = planner.problem
    open_ended = ~np.isfinite(problem.region.high) & ~problem.frozen
    if not open_ended.any():
        return
    merit = Merit(planner.judge, planner.aim, planner.first.draws)
    for names, slots in _together(planner, open_ended):
        done = np.maximum(found.plan - problem.start, planner.scale)
        plans = np.stack([found.plan, *(np.where(slots, problem.start + far * done, found.plan) for far in FURTHER)])
        if not all(problem.region.contains(plan) for plan in plans[1:]):
            continue
        outcome = merit.outcome(plans)
        rising = bool(np.all(np.diff(outcome.objective) > 0) and np.all(merit.holds(outcome)[1:]))
        last = outcome.objective[-1]
        if rising and np.isfinite(last) and last - outcome.objective[-2] > GAIN * abs(last):
            told, it = listing([f"`{name}`" for name in names], 3), "they" if names[1:] else "it"
            raise NoAnswerError(
                f"there is no best plan: the more of {told}, the better, without end. Nothing stands against "
                f"{'them' if names[1:] else 'it'}; say how far {it} can go (a `max`, or a limit in `plan: subject "
                "to`), or what more takes away elsewhere in the model."
            )


def _together(planner: Planner, open_ended: NDArray[np.bool_]) -> Iterator[tuple[list[str], NDArray[np.bool_]]]:
    """Names and slots (K,) of each decision without a bound, and then of all of them."""
    problem = planner.problem
    numbers = np.unique(problem.owner[open_ended]).tolist()
    for some in [*([number] for number in numbers), *([numbers] if numbers[1:] else [])]:
        mine = open_ended & np.isin(problem.owner, some)
        yield [problem.system.decisions[number].name for number in some], mine
