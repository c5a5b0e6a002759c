"""A plan that does nothing: that none of the levers pays, and what holds impact back there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from leverwise.ask.charts import Array
from leverwise.ask.planning.problem import PlanProblem
from leverwise.ask.resources import called, resources_of
from leverwise.ask.schedules import split
from leverwise.ask.words import quantity, spoken

if TYPE_CHECKING:
    from leverwise.ask.model import Model

SLOPES = 512
"""Samples, at most, that tell what binds."""


def is_idle(problem: PlanProblem, plan: Array) -> bool:
    """Whether a plan (K,) is to do nothing, as far as that is allowed."""
    return bool(np.allclose(plan, problem.region.project(problem.start), rtol=0, atol=1e-9))


def none_pays(model: Model, plan: Array, samples: int, seed: int) -> str:
    """That none of the levers pays, and the resource that binds most often instead, in words that begin a sentence."""
    system = model.system
    text = "None of these levers pays here" if system.switches else "Nothing that can be decided pays here"
    if len(system.switches) == 1:
        text = f"The only lever, {spoken(system.switches[0])}, does not pay here"
    if not model.engine.resources:
        return text
    units = {decision.name: decision.unit.factor for decision in system.decisions}
    shown = {name: [value / units[name] for value in values] for name, values in split(plan, system).items()}
    first = model.diagnose(samples=min(samples, SLOPES), seed=seed, plan=shown).rows["bottlenecks"][0]
    if first["binding_probability"] == 0:
        return f"{text}, where more of no single resource would bring anything either"
    resource = next(each for each in resources_of(system) if each.name == first["resource"])
    worth = quantity(first["marginal_mean"], system.impact_unit.text)
    return f"{text}, where what binds most is {called(resource.name)} ({resource.one} is worth {worth} on average)"
