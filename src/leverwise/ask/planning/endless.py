"""Decisions of which more always makes more: without an upper bound, a cost or a limit there is no best plan."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from leverwise.ask.planning.merit import Merit, costs_money
from leverwise.ask.planning.projection import Array
from leverwise.ask.planning.search import Planner
from leverwise.ask.words import listing
from leverwise.errors import EndlessError

FURTHER = (1e3, 1e6, 1e9)
"""What decisions of the plan are multiplied by."""
GAIN = 1e-3
"""Gain of the last step, relative to what is made and to how much more that is than at first, beyond which there is no
end in sight; what levels off gains next to nothing there."""


def fail_if_endless(planner: Planner, plan: Array) -> None:
    """Raise EndlessError, naming the decisions, if a plan (K,) only becomes better the further unbounded ones go."""
    problem = planner.problem
    open_ended = ~np.isfinite(problem.region.high) & ~problem.frozen
    if not open_ended.any():
        return
    merit = Merit(planner.judge, planner.aim, planner.first.draws)
    for names, slots in _together(planner, open_ended):
        done = np.maximum(plan - problem.start, planner.scale)
        plans = np.stack([plan, *(np.where(slots, problem.start + far * done, plan) for far in FURTHER)])
        if all(problem.region.contains(each) for each in plans[1:]) and _rises(merit, plans):
            told, it = listing([f"`{name}`" for name in names], 3), "they" if names[1:] else "it"
            budget = ", or a `--budget`" if costs_money(planner.judge, problem.spending[slots]) else ""
            raise EndlessError(
                f"there is no best plan: the more of {told}, the better, without end. Say how far {it} can go (a "
                f"`max`, a limit in `plan: subject to`{budget}), or what more takes away elsewhere in the model."
            )


def _rises(merit: Merit, plans: Array) -> bool:
    """Whether plans (S, K) make more one after the other, hold, and see no end; what is infinite has none."""
    outcome = merit.outcome(plans)
    made, held = outcome.objective, merit.holds(outcome)
    unknown = np.flatnonzero(~np.isfinite(made))
    if any(held[k] and np.max(merit.impacts(plans[k : k + 1])) == np.inf for k in unknown):
        return True
    rising = bool(np.all(made[1:] > made[:-1]) and np.all(held[1:]))
    return rising and bool(made[-1] - made[-2] > GAIN * max(abs(made[-1]), np.ptp(made)))


def _together(planner: Planner, open_ended: NDArray[np.bool_]) -> Iterator[tuple[list[str], NDArray[np.bool_]]]:
    """Names and slots (K,) of each decision without a bound, and then of all of them."""
    problem = planner.problem
    numbers = np.unique(problem.owner[open_ended]).tolist()
    for some in [*([number] for number in numbers), *([numbers] if numbers[1:] else [])]:
        mine = open_ended & np.isin(problem.owner, some)
        yield [problem.system.decisions[number].name for number in some], mine
