"""What a plan says of itself: what a person acts on as notes, how the search went as details.

Details are how much its own samples flatter a plan, what is near it, and how the best plan was bounded.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import numpy as np

from leverwise.ask.answer import Estimate, Row
from leverwise.ask.charts import Array
from leverwise.ask.numbers import known
from leverwise.ask.planning.exact import LEVELS, LINEAR, Exact
from leverwise.ask.planning.found import Nearby
from leverwise.ask.schedules import duration
from leverwise.ask.words import listing, number, quantity
from leverwise.lang.decisions import first_open, nearest_starts, opens_late
from leverwise.lang.system import Aim, Decision, System

CLOSE = 0.05
"""A proven bound is worth telling if the plan comes this near to it."""
SAME = 1e-6
"""Relative distance from the best within which a plan is the best."""
SHOWN = 1e-9
"""Share of the objective that is told as a change."""
FLATTERED = 2.0
"""Standard errors by which the search's samples must differ from fresh ones to speak of optimism."""
SAFER = 0.1
"""Share by which the even split must make more in its worst samples to be worth telling."""
SINGLE = (
    "The search, the slopes that prices are told by, and what is near the plan are reckoned in single precision, where "
    "that is nothing beside chance; what the plan makes and keeps is not."
)
UNPROVEN = "It is the best plan found; that none is better is not proven."
WHY_UNPROVEN = (
    "How much better a plan could be is not proven: that can be had where impact is linear in the decisions, or a sum "
    "of what each brings by itself."
)


def on_search_samples(objective: float, aim: Aim, system: System) -> Estimate:
    """The objective on the samples that the plan was made on, in display units."""
    unit = system.impact_unit
    if aim.kind == "probability":
        return known(float(objective), "")
    if aim.kind == "log":
        return known(float(objective) - float(np.log(unit.factor)), f"ln({unit.text or 'impact'})")
    return known(float(objective) / unit.factor, unit.text)


def optimism(numbers: Mapping[str, Estimate]) -> list[str]:
    """How much more a plan makes on the samples that it was made on than on fresh ones; nothing where none differ."""
    fresh, search = numbers["objective"], numbers["search_objective"]
    if fresh.se <= 0 or fresh.mean == 0:
        return []
    gap = (search.mean - fresh.mean) / abs(fresh.mean)
    more = f"{_share(abs(gap))} {'more' if gap > 0 else 'less'}"
    within = "" if abs(search.mean - fresh.mean) > FLATTERED * fresh.se else ", no more than chance allows"
    return [f"On the samples that it was made on the plan's objective is {more} than on fresh ones{within}."]


def waiting(system: System, frozen: Collection[str] = ()) -> list[str]:
    """Which decisions stay as they were for a while although planning has begun, and how not to have that.

    `frozen` are levers and decisions that are not planned at all.
    """
    clock, begins = system.clock, system.aim.begins
    planned = [each for each in system.decisions if not (each.frozen or {each.name, each.switch} & set(frozen))]
    late = [each for each in planned if opens_late(each, clock, begins)]
    once, again = ([each for each in late if (each.periods == 1) == alone] for alone in (True, False))
    beginning = duration(begins / clock.unit.factor, clock.unit.text)
    said = []
    if once:
        are, it, them = ("are", "they stay", "them") if once[1:] else ("is", "it stays", "it")
        named = listing([f"`{each.name}`" for each in once], 3)
        said.append(
            f"planning begins at {beginning}, but {named} {are} decided once, at the start, so that "
            f"{it} {_before(once)}; give {them} an `every`, or freeze {them} if that is meant."
        )
    if again:
        first = first_open(again[0], clock, begins)
        around = nearest_starts(begins, clock, again[0].steps_per_period, again[0].periods)
        after = duration(again[0].steps_per_period * clock.step / clock.unit.factor, clock.unit.text)
        until = (
            f"stays {_before(again)}"
            if first is None
            else f"can change from {_passed(first, again[0], system)} on, and stays {_before(again)} before"
        )
        others = f" (likewise {listing([f'`{each.name}`' for each in again[1:]], 3)})" if again[1:] else ""
        said.append(
            f"planning begins at {beginning}, within a period of `{again[0].name}`{others}: decided every {after}, it "
            f"{until}; let `plan.from` be a multiple of `every` if that is not meant: {around}."
        )
    return said


def _before(decisions: Sequence[Decision]) -> str:
    """What decisions are that are not planned yet: as the author says, or as they begin."""
    return "as in `use`" if any(each.use is not None for each in decisions) else "as at the start"


def _passed(period: int, decision: Decision, system: System) -> str:
    clock = system.clock
    return duration(period * decision.steps_per_period * clock.step / clock.unit.factor, clock.unit.text)


def safer(numbers: Mapping[str, Estimate], aim: Aim) -> list[str]:
    """That the even split makes less on average, but more where things go badly, and how to plan for that."""
    best, even = numbers["impact"], numbers["even_split_impact"]
    if aim.kind != "mean" or not best.mean > even.mean or even.p5 - best.p5 <= SAFER * abs(best.p5):
        return []
    worst = f"{quantity(even.p5, even.unit)} against {quantity(best.p5, best.unit)}"
    return [
        "The same money and hours, spread evenly, make less on average, but more in the worst twentieth of the "
        f"samples ({worst}): `--objective 'cvar 10 %'` plans for the worst tenth."
    ]


def nearby(near: Nearby) -> list[str]:
    """What making the plan simple cost, and what single exchanges would still bring."""
    most = _share(near.tolerance)
    cost = f"cost {_share(near.cost)} of the objective" if near.cost > SHOWN else "cost nothing"
    notes = [f"Making the plan simpler {cost}; up to {most} was allowed."]
    if near.tried:
        held = " that holds" if near.limited else ""
        found = f"none{held} gains anything"
        if near.left > SHOWN:
            found = f"the best{held} gains {'' if near.sure else 'at most '}{_share(near.left)}, "
            found += (
                "too little to change the plan" if near.left <= near.tolerance else "but the search ended before it"
            )
        notes.append(
            f"Of {near.tried:,} single exchanges (a unit or a tenth of a range more or less in a period, from it on or "
            f"throughout; earlier or later; one decision for another) {found}."
        )
    if near.step > SHOWN:
        notes.append(
            f"A step of 1 % of the ranges in the steepest direction would bring {_share(near.step)}, "
            "if money and hours allowed it."
        )
    return notes


def _share(part: float) -> str:
    return f"{number(100 * part, 2)} %"


def detail_rows(about: Mapping[str, Sequence[str]]) -> list[Row]:
    """The table `details`: sentences, and what each is about."""
    return [{"about": name, "said": text} for name, texts in about.items() for text in texts]


def best_known(found: Exact | None, plan: Array, *, sampled: bool) -> str:
    """Whether the plan is proven to be the best, in plain words; where samples differ, of those of the search."""
    if found is None or not found.proven or (gap := found.gap(plan)) >= CLOSE:
        return UNPROVEN
    more = "" if gap < SAME else f" by more than {100 * gap:.2g} %"
    more += " on the samples of the search" if sampled else ""
    if found.method == LINEAR:
        return f"No plan is better{more}: that is proven."
    return f"Of all plans in steps of a {LEVELS}th of each range, none is better{more}."


def proof(found: Exact | None, plan: Array) -> list[str]:
    """How it is known how far the plan is from the best there is, or from that on a grid; or why nobody can tell."""
    if found is None or not found.proven:
        return [WHY_UNPROVEN]
    gap = found.gap(plan)
    if gap >= CLOSE:
        return [f"{found.method.capitalize()} gives a bound that is {100 * gap:.2g} % away: too far to prove anything."]
    if found.method == LINEAR:
        close = "it is the best there is" if gap < SAME else f"it is within {100 * gap:.2g} % of the best there is"
        return [f"By {found.method}, {close}."]
    more = "nothing better" if gap < SAME else f"nothing that is more than {100 * gap:.2g} % better"
    return [f"{found.method.capitalize()} on a grid of {LEVELS} levels finds {more}."]
