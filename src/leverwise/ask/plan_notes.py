"""What a plan says of itself: how much its own samples flatter it, what is near it, how far the best can be from it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from leverwise.ask.answer import Estimate
from leverwise.ask.charts import Array
from leverwise.ask.numbers import known
from leverwise.ask.planning.exact import LEVELS, LINEAR, Exact
from leverwise.ask.planning.search import Nearby
from leverwise.ask.words import number, quantity
from leverwise.lang.system import Aim, System

CLOSE = 0.05
"""A proven bound is worth telling if the plan comes this near to it."""
SHOWN = 1e-9
"""Share of the objective that is told as a change."""
FLATTERED = 2.0
"""Standard errors by which the search's samples must differ from fresh ones to speak of optimism."""
SAFER = 0.1
"""Share by which the even split must make more in its worst samples to be worth telling."""
UNPROVEN = (
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


def safer(numbers: Mapping[str, Estimate], aim: Aim) -> list[str]:
    """That the even split makes less on average, but more where things go badly, and how to plan for that."""
    best, even = numbers["impact"], numbers["even_split_impact"]
    if aim.kind != "mean" or not best.mean > even.mean or even.p5 - best.p5 <= SAFER * abs(best.p5):
        return []
    worst = f"{quantity(even.p5, even.unit)} against {quantity(best.p5, best.unit)}"
    return [
        f"The even split of the same means makes less on average, but more in the worst twentieth of the samples "
        f"({worst}): `--objective 'cvar 10 %'` plans for the worst tenth."
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


def proof(found: Exact | None, plan: Array) -> list[str]:
    """How far the plan is from the best there is, or from the best on a grid; or that nobody can tell."""
    if found is None or not found.proven:
        return [UNPROVEN]
    gap = found.gap(plan)
    if gap >= CLOSE:
        return []
    if found.method == LINEAR:
        close = "it is the best there is" if gap < 1e-6 else f"it is within {100 * gap:.2g} % of the best there is"
        return [f"By {found.method}, {close}."]
    more = "nothing better" if gap < 1e-6 else f"nothing that is more than {100 * gap:.2g} % better"
    return [f"{found.method.capitalize()} on a grid of {LEVELS} levels finds {more}."]
