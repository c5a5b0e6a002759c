"""Whether limits on decisions contradict each other, as far as can be known before anything is drawn."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from leverwise.ask.planning.conflicts import conflict
from leverwise.ask.planning.constants import UnknownError, at_start
from leverwise.errors import ModelError, Problem
from leverwise.lang.system import System


def fail_if_contradictory(system: System) -> None:
    """Raise ModelError, saying where they are and which to relax by how much, if no schedule keeps all the limits.

    What rests on prices that are drawn, limits on spending or the budget, is left to the plan, which knows their mean.
    """
    aim = system.aim
    limits = tuple(each for each in aim.constraints if not each.spending or _priced(dict(each.terms), system))
    budget = aim.budget if _priced([decision.name for decision in system.decisions], system) else None
    if not limits and budget is None:
        return
    from leverwise.ask.planning.problem import problem_of  # which reads much that most models need not

    problem = problem_of(replace(system, aim=replace(aim, constraints=limits, budget=budget)), {})
    found = conflict(problem.stated or problem.region, system, problem.owner)
    if found is not None:
        at = max(found.places.values(), default=None)
        raise ModelError(Problem(f"no schedule keeps all the limits: {found.what}", at, found.mend))


def _priced(names: Iterable[str], system: System) -> bool:
    """Whether what decisions cost is known without a draw."""
    costs = {decision.name: decision.costs for decision in system.decisions}
    try:
        for name in names:
            if (cost := costs[name]) is not None:
                at_start(cost, system, {})
    except UnknownError:
        return False
    return True
