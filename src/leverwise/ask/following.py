"""What a plan is in the model that follows it: a schedule, or a model whose decisions react to what they see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from leverwise.ask.charts import Array
from leverwise.ask.reading import opened
from leverwise.ask.schedules import Plan, called, chosen

if TYPE_CHECKING:
    from leverwise.ask.model import Model
    from leverwise.lang.system import System


def following(model: Model, plan: Plan | None) -> tuple[Model, Array, str]:
    """The model under a plan, what is decided in it (K,), and what that is, in words that follow `with`."""
    if plan is None or isinstance(plan, Mapping):
        return model, *chosen(model, plan)
    from leverwise.ask import rulefile  # which most questions do without
    from leverwise.ask.planning.rules import vector
    from leverwise.lang.react import reacting

    source = opened(plan, "plan file")
    assert not isinstance(source, Mapping)
    policy = rulefile.read(source, model.system)
    if policy is None:
        return model, *chosen(model, source)
    names = _giving_way(model.system, {rule.decision for rule in policy.rules})
    seen = tuple(dict.fromkeys(rule.seen for rule in policy.rules))
    made = reacting(model.system, names, seen)
    changed = replace(model, system=made.system)
    return changed, vector(model.system, made, policy), called(plan, "the plan and the rules in {}")


def _giving_way(system: System, names: set[str]) -> set[str]:
    """These decisions, and all that can react of those that limits join to them: rules cut those as well."""
    from leverwise.lang.react import obstacles

    against = obstacles(system)
    for limit in system.aim.constraints * len(system.aim.constraints):
        joined = {name for name, _ in limit.terms if name not in against}
        if names & joined:
            names = names | joined
    return names
