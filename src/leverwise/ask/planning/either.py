"""Levers of which one at most may be used: a search for each choice, unless the best plan keeps to one anyway."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from itertools import chain, product

import numpy as np

from leverwise.ask.planning.found import Found
from leverwise.ask.planning.problem import named
from leverwise.ask.planning.projection import Array
from leverwise.ask.planning.search import Planner
from leverwise.ask.schedules import begun, own, slots, starting
from leverwise.ask.words import listing
from leverwise.errors import EndlessError, NoAnswerError
from leverwise.lang.system import Decision, System

MOST_CHOICES = 16
MOST_TOLD = 2
"""Of more ways to choose, the others are counted."""

Searched = tuple[Planner, Found]


def best_of_either(
    system: System,
    search: Callable[[Sequence[str]], Searched],
    *,
    freeze: Sequence[str] = (),
    given: Array | None = None,
) -> Searched:
    """The best of the searches, each without the levers that are left out; none is better by its own samples.

    What is frozen, by the author or in `freeze` (see `problem_of`), and used leaves no choice that is without it.
    Raises NoAnswerError if there are too many choices, or if none leaves a plan that holds; EndlessError if one leaves
    no best plan.
    """
    groups = system.aim.either
    if not groups:
        return search(())
    frozen = used_as_frozen(system, freeze, given)
    choices = ways_to_choose(groups, frozen)
    if not choices:
        told = listing([f"`{name}`" for name in frozen])
        either = listing([f"`{' or '.join(group)}`" for group in groups])
        raise NoAnswerError(
            f"{told} are used and frozen, but {either} allows one at most: freeze only one that is used, set the use "
            "of the others to 0, or take them out of `either`."
        )
    if len(choices) > MOST_CHOICES:
        raise NoAnswerError(
            f"`either` leaves {len(choices)} ways to choose, and each takes a search of its own; at most "
            f"{MOST_CHOICES} are tried: take some of the levers out."
        )
    refused: dict[tuple[str, ...], NoAnswerError] = {}
    found: list[Searched] = []
    for choice in ((), *choices):
        try:
            each = search(choice)
        except NoAnswerError as error:
            if choice and isinstance(error, EndlessError):
                raise
            refused[choice] = error
            continue
        if not choice and _keeps(system, each[1].plan):
            return each
        if choice:
            found.append(each)
    if not found:
        together = refused.pop((), None)
        if together is not None and all(str(each) == str(together) for each in refused.values()):
            raise together
        raise _none_left(groups, refused)
    return max(found, key=lambda each: float(each[1].merit.outcome(each[1].plan[None]).objective[0]))


def _none_left(groups: Sequence[Sequence[str]], refused: Mapping[tuple[str, ...], NoAnswerError]) -> NoAnswerError:
    """What to say where there is a plan, but none with any choice: why not with each."""
    said = [f"without {listing([f'`{name}`' for name in left])}, {error}" for left, error in refused.items()]
    either = listing([f"`{' or '.join(group)}`" for group in groups])
    more = [f"{len(said) - MOST_TOLD} more"] if len(said) > MOST_TOLD else []
    told = "; ".join([*(each.rstrip(".") for each in said[:MOST_TOLD]), *more])
    return NoAnswerError(f"no plan was found that holds beside {either}: {told}.")


def ways_to_choose(groups: Sequence[Sequence[str]], used: Collection[str] = ()) -> list[tuple[str, ...]]:
    """What is left out with each choice of one lever per group, where those that are `used` anyway can't be.

    Of two groups with a lever in common, both use it or neither does. What leaves out all that another does, and more,
    is no choice of its own.
    """
    choices = list(dict.fromkeys(_left_out(groups, kept) for kept in product(*groups)))
    choices = [each for each in choices if set(used).isdisjoint(each)]
    return [each for each in choices if not any(set(other) < set(each) for other in choices)]


def used_as_frozen(system: System, freeze: Sequence[str] = (), given: Array | None = None) -> tuple[str, ...]:
    """The levers in `either` that are used because decisions of theirs are frozen above their start.

    What is in `freeze` is as in the schedule `given` (K,), if there is one; else decisions are as in the author's.
    """
    asked = [d for d in _used(system, own(system) if given is None else given) if named(d, freeze)]
    used = asked + [d for d in _used(system, own(system)) if d.frozen and not named(d, freeze)]
    return tuple(dict.fromkeys(name for name in chain(*system.aim.either) if any(named(d, (name,)) for d in used)))


def _left_out(groups: Sequence[Sequence[str]], kept: Sequence[str]) -> tuple[str, ...]:
    left = {name for group, one in zip(groups, kept, strict=True) for name in group if name != one}
    return tuple(dict.fromkeys(name for name in chain(*groups) if name in left))


def unused_choices(system: System, plan: Array) -> tuple[str, ...]:
    """The levers that a plan (K,) rules out by those that it uses; where it uses none of a group, all but the first."""
    used = _used(system, plan)

    def kept(group: Sequence[str]) -> str:
        return next((name for name in group if any(named(decision, (name,)) for decision in used)), group[0])

    return _left_out(system.aim.either, [kept(group) for group in system.aim.either])


def ruled_out(system: System, plan: Array) -> tuple[str, ...]:
    """The levers that a plan (K,) can't use beside those that it uses."""
    used = _used(system, plan)
    groups = [{name: any(named(d, (name,)) for d in used) for name in group} for group in system.aim.either]
    return tuple(name for group in groups if any(group.values()) for name, is_used in group.items() if not is_used)


def _keeps(system: System, plan: Array) -> bool:
    """Whether a plan uses one lever of each group at most."""
    used = _used(system, plan)
    return all(sum(any(named(d, (name,)) for d in used) for name in group) <= 1 for group in system.aim.either)


def _used(system: System, plan: Array) -> list[Decision]:
    """The decisions that are not at their start throughout; what is before planning begins is history."""
    away = ~np.isclose(plan, starting(system), rtol=0, atol=1e-12) & begun(system)
    places = slots(system)
    return [decision for decision in system.decisions if np.any(away[places[decision.name]])]
