"""Whole purchases and when they are made: regular ones to begin from, and moving them in time.

Where many at once are cheaper, or one is of no use without the next, no single unit more or less leads to the best
schedule; these do.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from leverwise.ask.planning.problem import PlanProblem, floored
from leverwise.ask.planning.projection import Array
from leverwise.lang.system import Decision

MOST_AT_ONCE = 4
"""Different amounts that regular purchases are tried with."""


def _bought(problem: PlanProblem) -> Iterator[tuple[Decision, slice]]:
    slots = problem.slots()
    for decision in problem.system.decisions:
        place = slots[decision.name]
        if decision.whole and decision.lump and not np.any(problem.frozen[place]):
            yield decision, place


def regular(problem: PlanProblem, plan: Array) -> list[list[Array]]:
    """The plan with one decision replaced by so many units every so many periods: by decision and amount, together.

    All whole decisions are rounded to whole units.
    """
    groups, plan = [], floored(problem, plan, 0.5)
    for decision, place in _bought(problem):
        unit = decision.unit.factor
        most = float(np.min(problem.region.high[place] - problem.start[place])) / unit
        most = min(most, 2.0 ** (MOST_AT_ONCE - 1))
        for amount in sorted({float(round(each)) for each in np.linspace(1, most, MOST_AT_ONCE)} if most >= 1 else ()):
            group = []
            for interval in range(1, decision.periods + 1):
                changed = plan.copy()
                due = np.arange(decision.periods) % interval == 0
                changed[place] = problem.start[place] + np.where(due, amount * unit, 0.0)
                group.append(changed)
            groups.append(group)
    return groups


def rescheduled(problem: PlanProblem, plan: Array) -> Iterator[Array]:
    """Moves of purchases: a unit, or all of a period, to any other period; all that come later, by a period."""
    for decision, place in _bought(problem):
        bought, unit = (plan - problem.start)[place], decision.unit.factor
        for k in np.flatnonzero(bought > 0):
            for j in range(decision.periods):
                for amount in {unit, float(bought[k])} if j != k else ():
                    move = np.zeros(problem.size)
                    move[place.start + k], move[place.start + j] = -amount, amount
                    yield move
        for first in range(1, decision.periods):
            later = [*bought[:first], 0.0, *bought[first:-1]]
            sooner = [*bought[: first - 1], bought[first - 1] + bought[first], *bought[first + 1 :], 0.0]
            for moved in (later, sooner):
                move = np.zeros(problem.size)
                move[place] = np.array(moved) - bought
                yield move
