"""Whether limits on decisions contradict each other, as far as can be known before anything is drawn."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from leverwise.ask.planning.conflicts import Conflict, conflict
from leverwise.ask.planning.constants import UnknownError, at_start
from leverwise.ask.words import listing
from leverwise.errors import ModelError, Problem
from leverwise.lang.system import System

MOST_TOLD = 2
"""Of more ways to choose, the others are counted."""


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

    limited = replace(system, aim=replace(aim, constraints=limits, budget=budget))

    def contradiction(without: Sequence[str]) -> Conflict | None:
        problem = problem_of(limited, {}, without=without)
        return conflict(problem.stated or problem.region, system, problem.owner)

    found = contradiction(())
    _fail_if_no_choice(system, contradiction, found)
    if found is not None:
        at = max(found.places.values(), default=None)
        raise ModelError(Problem(f"no schedule keeps all the limits: {found.what}", at, found.mend))


def _fail_if_no_choice(
    system: System,
    contradiction: Callable[[Sequence[str]], Conflict | None],
    together: Conflict | None,
) -> None:
    """Raise ModelError if limits contradict each other whichever lever of each group is used.

    Not if they do so in the same way with all of them `together`: then it is not the choice.
    """
    groups = system.aim.either
    if not groups:
        return
    from leverwise.ask.planning import either as choosing  # which brings the whole search along

    choices = choosing.ways_to_choose(groups, choosing.used_as_frozen(system))
    if not 0 < len(choices) <= choosing.MOST_CHOICES:
        return
    told = []
    for without in choices:
        found = contradiction(without)
        if found is None:
            return
        told.append((without, found))
    if together is not None and all((each.what, each.mend) == (together.what, together.mend) for _, each in told):
        return
    said = [f"without {listing([f'`{name}`' for name in without])}, {found.what}" for without, found in told]
    either = listing([f"`{' or '.join(group)}`" for group in groups])
    at = max((place for _, found in told for place in found.places.values()), default=None)
    hint = f"relax one of these limits, or take {either} out of `either`"
    raise ModelError(Problem(f"no schedule keeps all the limits beside `either`: {listing(said, MOST_TOLD)}", at, hint))


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
