"""What a sum of money at the start would make of a plan, in words: who would be hired then, what bought."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from leverwise.ask.charts import Array
from leverwise.ask.planning.either import unused_choices
from leverwise.ask.planning.lumps import Around, MoreMoney, more_money
from leverwise.ask.planning.merit import Draws
from leverwise.ask.planning.problem import PlanProblem, drawn_values, problem_of
from leverwise.ask.planning.search import Found, Planner
from leverwise.ask.planning.sizes import COSTLY, row_seconds
from leverwise.ask.schedules import amounts
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
    draws = found.merit.draws
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


def sentence(found: MoreMoney, system: System, goal: str = "") -> str:
    """What would be done with the sum, and what that brings; `goal` is what is aimed at, if it is not the mean."""
    aim, unit = system.aim, system.impact_unit
    plain = bool(goal) and aim.kind in ("probability", "log")
    gain = quantity(found.gain) if plain else quantity(found.gain / unit.factor, unit.text)
    brings = f"adds about {gain} to {goal}" if goal else f"makes about {gain} more than without"
    done = listing(changes(system, found.before, found.plan))
    held = f"has {done}, and" if done else "does the same at other times, and"
    return f"With {quantity(found.amount, '$')} more at the start the best plan found nearby {held} {brings}."


def changes(system: System, before: Array, plan: Array) -> Sequence[str]:
    """What one schedule has of each decision that the other has more or less of: `hands: positions 3.6 instead of 2`.

    On average over time; of purchases, in all. Where amounts are alike, it is earlier or later.
    """
    old, new = amounts(system, before), amounts(system, plan)
    return [
        _change(decision, old[decision.name][0], new[decision.name][0])
        for decision in system.decisions
        if abs(new[decision.name][0] - old[decision.name][0]) > SAME * (1 + abs(old[decision.name][0]))
    ]


def _change(decision: Decision, before: float, after: float) -> str:
    unit = in_number(decision.unit.text, one=number(after) == "1")
    return f"{spoken(decision.name)} {number(after)} {unit} instead of {number(before)}".replace("  ", " ")
