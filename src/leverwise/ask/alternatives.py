"""What there is to choose from before acting: plans, each measured on the same fresh samples.

Unless told otherwise: the best plan found, the best plan that uses a single lever, doing nothing, the author's own use,
and the plans that are best where the inputs that matter most come out high or low. Of these last some hold (money,
hours) as surely as asked only there; they can be chosen by those alone who know to be there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from leverwise.ask import sides
from leverwise.ask.answer import Estimate
from leverwise.ask.charts import Array
from leverwise.ask.commands import in_a_file
from leverwise.ask.following import following
from leverwise.ask.fresh import Fresh
from leverwise.ask.making import Maker, Tell, part
from leverwise.ask.numbers import known, summary
from leverwise.ask.plan import prices
from leverwise.ask.planning.constants import UnknownError, at_start
from leverwise.ask.planning.prices import cash_prices
from leverwise.ask.planning.problem import PlanProblem
from leverwise.ask.planning.sizes import CHEAP, COSTLY, row_seconds
from leverwise.ask.regret import PARTED, PARTED_IF_CHEAP, Followed, allowed, changed, decided_by, planned
from leverwise.ask.scenarios import Scenario, inputs_of, parted, plainly
from leverwise.ask.schedules import Plan, amounts, called, merged, own, slots, split, starting
from leverwise.ask.words import listing, quantity, spoken
from leverwise.errors import ModelError, NoAnswerError, Problem, did_you_mean
from leverwise.lang.system import System

PRICED = 512
"""Samples of which the worth of a dollar is taken."""
BEARS = 0.01
"""Share of impact that the starting money, at what one more dollar brings, must come to for worth to be told in $."""
NO_DOLLARS = "money hardly holds impact back here, so that worth is told in impact alone, not in dollars."
MOST_LEVELS = 24
FEW_DECISIONS = 2
"""Up to so many, plans are called by what they decide."""
NOTHING, WRITTEN = "doing nothing", "the use written in the model"
COMPETES = 0.5
"""Where runs are costly, a lever alone is searched for only if what the plan decides of it makes so much of what the
plan makes in some sample."""
LETTERED, LETTERS = "plan ", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

Levels = Mapping[str, Sequence[float]]


@dataclass(frozen=True)
class Alternative:
    """One of the things that could be done, and what it makes."""

    name: str
    plan: Array | None
    """(K,); None if it has rules."""
    measures: Mapping[str, Array]
    """Per sample (n,), base units."""
    changes: str = ""
    """How it differs from the plan, in words, where its name does not say."""
    place: Scenario | None = None
    """Where alone it holds as surely as asked, so that it can be chosen only by who knows to be there."""


@dataclass(frozen=True)
class Alternatives:
    """Everything to choose from; the first is the plan."""

    each: Sequence[Alternative]
    price: Estimate | None
    """Impact that one more dollar brings under the plan, in display units; None if nothing tells."""
    notes: Sequence[str] = ()
    warnings: Sequence[str] = ()

    @property
    def impact(self) -> Array:
        """(D, n), base units."""
        return np.stack([each.measures["impact"] for each in self.each])


@dataclass
class _Found:
    """What has been found so far, nothing twice."""

    fresh: Fresh
    engine: Any
    each: list[Alternative]

    def add(
        self,
        name: str,
        changes: str,
        plan: Array,
        measures: Mapping[str, Array] | None = None,
        place: Scenario | None = None,
    ) -> None:
        """Adds a plan by a name, unless one that makes the same is there already."""
        if any(other.plan is not None and np.allclose(plan, other.plan, rtol=1e-9, atol=1e-12) for other in self.each):
            return
        made = Alternative(name, plan, measures or self.fresh.measures(self.engine, plan), changes, place)
        if not any(np.array_equal(made.measures["impact"], other.measures["impact"]) for other in self.each):
            self.each.append(made)


def alternatives(
    maker: Maker,
    problem: PlanProblem,
    fresh: Fresh,
    plans: Sequence[Plan],
    levels: Levels,
    tell: Tell,
    *,
    search: bool = True,
) -> Alternatives:
    """What there is to choose from, on fresh samples.

    With several `plans`, or `levels` of decisions (in display units), those and doing nothing, as where there is to be
    no `search`; else one plan is given or made, and others are searched beside it. Raises NoAnswerError if no plan
    holds, ModelError for levels that are none.
    """
    model, system = maker.model, maker.model.system
    found = _Found(fresh, model.engine, [])
    given = len(plans) > 1 or bool(levels) or not search
    price, warnings = None, list[str]()
    made = not plans and not given
    if made:
        planner, best = maker.search(system.aim, None, part(tell, 0.0, 0.4, "making the plan"))
        few = len(system.decisions) <= FEW_DECISIONS
        found.add("the plan", _decided(system, best.plan) if few else "", best.plan)
        numbers, _, warnings = prices(model.engine, planner, best, system)
        price = numbers.get("cash_shadow_price")
    for plan in plans:
        if plan in (sides.NOTHING, sides.USE):
            named, vector = _in_a_word(plan, system)
            found.add(named, "", vector)
            continue
        follower, vector, _ = following(model, plan)
        name = "the plan" if len(plans) == 1 else _called(plan, len(found.each))
        measures = fresh.measures(follower.engine, vector)
        if follower is not model:
            found.each.append(Alternative(name, None, measures))
        else:
            found.add(name, "", vector, measures)
    for decision, numbers_ in levels.items():
        for name, plan_ in _at_levels(system, decision, numbers_, found):
            found.add(name, "", plan_)
    nothing = problem.region.project(problem.start)
    found.add(NOTHING, "", nothing)
    if any(decision.use is not None for decision in system.decisions):
        found.add(WRITTEN, "", own(system))
    notes: list[str] = []
    if not given:
        notes = _searched(maker, problem, found, part(tell, 0.4 if made else 0.0, 1.0, "planning alternatives"))
    if not made:
        price = _slope(model.engine, found.each[0].plan, fresh, system)
    if system.impact_unit.text == "$":
        price, warnings = known(1.0, "$/$"), []
    elif price is not None and _hardly_bears(price, system, fresh, found.each[0]):
        price = None
        warnings = [*warnings, NO_DOLLARS]
    return Alternatives(found.each, price, notes, warnings)


def _hardly_bears(price: Estimate, system: System, fresh: Fresh, plan: Alternative) -> bool:
    """Whether money holds so little back that to divide by what a dollar brings would make dollars of nothing."""
    if price.p50 <= 0:
        return True
    start = next((stock.start for stock in system.stocks if stock.name == "cash"), None)
    if start is None:
        return False
    drawn = dict(zip((value.name for value in system.values if value.drawn), fresh.draws, strict=True))
    try:
        cash = float(np.mean(at_start(start, system, drawn)))
    except UnknownError:
        return False
    made = abs(float(np.mean(plan.measures["impact"]))) / system.impact_unit.factor
    return price.mean * cash < BEARS * made


def _searched(maker: Maker, problem: PlanProblem, found: _Found, tell: Tell) -> list[str]:
    """Adds the best plan with each single lever, and the plans for scenarios; what could not be had, in words."""
    model, first = maker.model, found.each[0]
    system = model.system
    aim = replace(system.aim, kind="mean", level=0.0)
    levers = [lever for lever in model.levers if any(d.switch == lever for d in system.decisions)]
    begun = problem.start if first.plan is None else first.plan
    refused = []
    if len(levers) > 1:
        for k, lever in enumerate(levers):
            told = part(tell, 0.5 * k / len(levers), 0.5 * (k + 1) / len(levers), "planning alternatives")
            others = [other for other in levers if other != lever]
            alone = _only(problem, begun, others)
            if first.plan is not None and row_seconds(system) > COSTLY:
                measures = found.fresh.measures(model.engine, alone)
                if np.all(measures["impact"] < COMPETES * first.measures["impact"]):
                    if allowed(measures, system.aim):
                        found.add(f"{spoken(lever)} alone", "", alone, measures)
                    continue
            try:
                plan = maker.near(aim, alone, told, leave=others)
            except NoAnswerError:
                refused.append(spoken(lever))
            else:
                found.add(f"{spoken(lever)} alone", "", plan)
    followed = Followed(first.plan, first.measures["impact"], found.fresh)
    drawn, inputs = found.fresh.draws, inputs_of(system)
    most = PARTED_IF_CHEAP if row_seconds(system) < CHEAP else PARTED
    chosen, _ = decided_by(maker, problem, followed, most)
    thirds = [parted(inputs, drawn, [k]) for k in chosen]
    places = [place for parts in thirds for place in (parts[0], parts[-1])]
    measured, unplanned = planned(maker, followed, places, part(tell, 0.5, 1.0, "planning alternatives"), quick=True)
    refused += [f"where {plainly(where)}" for where in unplanned]
    for plan, measures, place, _ in measured:
        inside = place.contains(drawn)
        only = None if allowed(measures, system.aim) else place
        if only is not None and not allowed({name: each[inside] for name, each in measures.items()}, system.aim):
            refused.append(f"where {plainly(place.words)}")
        else:
            number = sum(each.name.startswith(LETTERED) for each in found.each)
            found.add(*_told_apart(problem, first.plan, plan, number), plan, measures, only)
    if not refused:
        return []
    return [f"Left out, since no best plan was found that holds in enough of all samples: {listing(refused, 4)}."]


def _only(problem: PlanProblem, plan: Array, others: Sequence[str]) -> Array:
    """A plan without some levers."""
    result = plan.copy()
    places = slots(problem.system)
    for decision in problem.system.decisions:
        if decision.switch in others:
            result[places[decision.name]] = problem.start[places[decision.name]]
    return result


def _told_apart(problem: PlanProblem, first: Array | None, plan: Array, number: int) -> tuple[str, str]:
    """What a plan is called, and how it differs from the first: by what it decides, if that is little to say."""
    if len(problem.system.decisions) <= FEW_DECISIONS:
        return _decided(problem.system, plan), ""
    return f"{LETTERED}{LETTERS[number]}", "" if first is None else changed(problem, first, plan)


def _decided(system: System, plan: Array) -> str:
    """What a plan of few decisions decides: size 11.5."""
    return ", ".join(f"{spoken(name)} {quantity(*amount)}" for name, amount in amounts(system, plan).items())


def _at_levels(system: System, decision: str, numbers: Sequence[float], found: _Found) -> list[tuple[str, Array]]:
    """The first plan (else doing nothing) with a decision at each of several levels throughout."""
    from leverwise.ask.planfile import checked

    name = decision.strip().replace(" ", "_")
    known_ = {each.name: each for each in system.decisions}
    if name not in known_:
        hint = did_you_mean(name, known_) or "the decisions are " + ", ".join(known_)
        raise ModelError(Problem(f"the model has no decision `{decision}`", None, hint))
    if not 1 <= len(numbers) <= MOST_LEVELS:
        raise ModelError(Problem(f"`{decision}` has from 1 to {MOST_LEVELS} levels, not {len(numbers)}", None))
    base = found.each[0].plan if found.each else None
    others = (
        {}
        if base is None
        else {key: [value / known_[key].unit.factor for value in values] for key, values in split(base, system).items()}
    )
    return [
        (f"{spoken(name)} {level:g}", merged(checked({**others, name: level}, system), system)) for level in numbers
    ]


def _in_a_word(plan: Plan, system: System) -> tuple[str, Array]:
    """What `nothing` or `use` is called, and what it decides. Raises ModelError if there is no `use`."""
    if plan == sides.NOTHING:
        return NOTHING, starting(system)
    if all(decision.use is None for decision in system.decisions):
        raise ModelError(Problem(f"`{system.name}` has no `use` to weigh", None, "say `nothing` instead"))
    return WRITTEN, own(system)


def _called(plan: Plan, number: int) -> str:
    """What one of several plans is called: its file."""
    return called(plan) if in_a_file(plan) else f"plan {number + 1}"


def _slope(engine: Any, plan: Array | None, fresh: Fresh, system: System) -> Estimate | None:
    """What one more dollar at the start adds under a plan as it stands, in display units."""
    if plan is None or "cash" not in engine.resources:
        return None
    count = min(PRICED, fresh.count)
    found = engine.gradient(fresh.draws[:, :count], np.arange(count), plan, seed=fresh.seed)
    mean = cash_prices(found, tuple(engine.resources), count * system.impact_unit.factor)
    return None if mean is None else summary(mean, f"{system.impact_unit.text or 'impact'}/$")
