"""What a sum of money at the start would make of a plan, in words: who would be hired then, what bought."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from leverwise.ask.charts import Array
from leverwise.ask.planning.either import unused_choices
from leverwise.ask.planning.found import Found
from leverwise.ask.planning.lumps import Around, MoreMoney, more_money
from leverwise.ask.planning.merit import Draws
from leverwise.ask.planning.problem import PlanProblem, drawn_values, problem_of
from leverwise.ask.planning.search import Planner
from leverwise.ask.planning.sizes import COSTLY, row_seconds
from leverwise.ask.schedules import amounts, duration, period_lengths, slots
from leverwise.ask.slopes import Rows
from leverwise.ask.words import in_number, listing, number, quantity, spoken
from leverwise.errors import ModelError
from leverwise.lang.system import Aim, Decision, System

if TYPE_CHECKING:
    from leverwise.ask.model import Model

FEW, FEW_COSTLY, ALL = 128, 64, 512
"""Samples that exchanges see, where runs are costly, and on which plans must hold."""
ROUNDS = 4
SAME = 1e-9
MOST_STRETCHES = 2
"""Stretches of time in which a headcount is told to be another; of more, only what they come to."""
LITTLE = 0.2
"""A single dollar changes little where it brings less than this share of what a dollar of the sum brings."""
SINGLE = "A single dollar changes little, since people and purchases are whole."


def of_rows(model: Model, rows: Rows) -> MoreMoney | None:
    """What more money at the start would add to the mean impact of samples, their decisions exchanged anew.

    Where runs are costly only one whole unit more of each decision is tried: this is no search for a plan.
    """
    system = model.system
    try:
        problem = problem_of(system, drawn_values(model, rows.seed), without=unused_choices(system, rows.decisions))
    except ModelError:  # what decisions cost is not known
        return None
    costly = row_seconds(system) > COSTLY
    return more_money(
        Around(
            rows.engine,
            problem,
            replace(system.aim, kind="mean", level=0.0, budget=None),
            rows.decisions,
            Draws(rows.draws, rows.index, rows.seed),
            FEW_COSTLY if costly else FEW,
            0 if costly else ROUNDS,
            reverse=True,
        )
    )


def of_plan(planner: Planner, found: Found) -> MoreMoney | None:
    """What more money at the start would add to the objective of a plan that was found."""
    draws = planner.merit(min(found.merit.draws.count, ALL)).draws
    few = min(planner.sizes.exchange, draws.count)
    return _around(planner.engine, planner.problem, planner.aim, found.plan, draws, few, settled=True)


def of_schedule(model: Model, problem: PlanProblem, aim: Aim, plan: Array, samples: int, seed: int) -> MoreMoney | None:
    """The same of a plan (K,) whose search is not at hand."""
    count = min(samples, ALL)
    draws = Draws(np.asarray(model.engine.draws(0, count, seed)), np.arange(count), seed)
    return _around(model.engine, problem, aim, plan, draws, min(FEW, count), settled=False)


def _around(
    engine: Any, problem: PlanProblem, aim: Aim, plan: Array, draws: Draws, few: int, *, settled: bool
) -> MoreMoney | None:
    rounds = 1 if row_seconds(problem.system) > COSTLY else ROUNDS
    return more_money(Around(engine, problem, aim, plan, draws, few, rounds, settled=settled))


def sentence(found: MoreMoney, system: System, goal: str = "", dollar: float | None = None) -> str:
    """What would be done with the sum, and what that brings; `goal` is what is aimed at, if it is not the mean.

    `dollar` is what one more dollar at the start brings, as the answer tells it in display units: beside it the sum is
    told by the dollar, unless that one is small. Changes are those of the plan that was asked about; what can be gained
    without the sum counts for none of it.
    """
    aim, unit = system.aim, system.impact_unit
    plain = bool(goal) and aim.kind in ("probability", "log")
    size, text = (1.0, "") if plain else (unit.factor, unit.text)
    gain = quantity(found.gain / size, text)
    same = np.array_equal(found.given, found.before)
    than = "without" if same else "the best found nearby without it"
    brings = f"adds about {gain} to {goal}" if goal else f"makes about {gain} more than {than}"
    done = listing(changes(system, found.given, found.plan))
    held = f"has {done}, and" if done else "does the same at other times, and"
    told = f"With {quantity(found.amount, '$')} more at the start the best plan found nearby {held} {brings}."
    return told + _single(found.gain / size / found.amount, dollar, text)


def _single(each: float, dollar: float | None, unit: str) -> str:
    """How a dollar of the sum compares with a single one; both in display units."""
    if dollar is None:
        return ""
    if abs(dollar) < LITTLE * abs(each):
        return f" {SINGLE}"
    return (
        f" That is {quantity(each, unit)} for each of these dollars; a single one more brings {quantity(dollar, unit)}."
    )


def changes(system: System, before: Array, plan: Array) -> Sequence[str]:
    """What one schedule has of each decision that the other has more or less of, and when.

    `hands: positions 3 people instead of 2 in the first 6 months`; of purchases in all, of what is not whole, on
    average. Where a headcount changes often, it is added up over time. Where amounts are alike, it is earlier or later.
    """
    old, new = amounts(system, before), amounts(system, plan)
    places = slots(system)
    return [
        _change(decision, system, before[places[decision.name]], plan[places[decision.name]])
        for decision in system.decisions
        if abs(new[decision.name][0] - old[decision.name][0]) > SAME * (1 + abs(old[decision.name][0]))
    ]


def _change(decision: Decision, system: System, before: Array, after: Array) -> str:
    factor, unit = decision.unit.factor, decision.unit.text
    if decision.lump:
        return _instead(decision, float(np.sum(before)) / factor, float(np.sum(after)) / factor, unit)
    lengths = period_lengths(decision, system)
    if not decision.whole:
        old, new = (float(np.average(each, weights=lengths)) / factor for each in (before, after))
        return f"{_instead(decision, old, new, unit)} on average"
    edges = [0, *(k for k in range(1, decision.periods) if _differ(before, after, k)), decision.periods]
    stretches = [(first, last) for first, last in pairwise(edges) if before[first] != after[first]]
    clock = system.clock
    if len(stretches) > MOST_STRETCHES:
        old, new = (float(each @ lengths) / factor / clock.unit.factor for each in (before, after))
        over = f"{unit}-{in_number(clock.unit.text, one=False) or 'periods'}".removeprefix("-")
        return f"{_instead(decision, old, new, over)} in all"
    told = []
    for first, last in stretches:
        now, then = float(before[first]) / factor, float(after[first]) / factor
        first_time, last_time = (_time(system, decision, k) for k in (first, last))
        if first == 0 and last == decision.periods:
            when = "throughout"
        elif first == 0:
            when = f"in the first {last_time}"
        elif last == decision.periods:
            when = f"after {first_time}"
        else:
            when = f"between {first_time} and {last_time}"
        told.append(f"{_instead(decision, now, then, unit)} {when}")
    named = f"{spoken(decision.name)} "
    return " and ".join([told[0], *(each.removeprefix(named) for each in told[1:])])


def _differ(before: Array, after: Array, k: int) -> bool:
    """Whether either schedule changes where period k begins."""
    return bool(before[k] != before[k - 1] or after[k] != after[k - 1])


def _time(system: System, decision: Decision, period: int) -> str:
    """When a period begins, as a length of time from the start."""
    clock = system.clock
    passed = min(period * decision.steps_per_period, clock.steps) * clock.step
    return duration(passed / clock.unit.factor, clock.unit.text)


def _instead(decision: Decision, before: float, after: float, unit: str) -> str:
    unit = unit if "-" in unit else in_number(unit, one=number(after) == "1")
    return f"{spoken(decision.name)} {number(after)} {unit} instead of {number(before)}".replace("  ", " ")
