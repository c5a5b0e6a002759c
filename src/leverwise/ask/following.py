"""What a plan is in the model that follows it: a schedule, or a model whose decisions react to what they see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from leverwise.ask.charts import Array
from leverwise.ask.reading import opened
from leverwise.ask.schedules import Plan, chosen

if TYPE_CHECKING:
    from leverwise.ask.model import Model


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
    names = dict.fromkeys(rule.decision for rule in policy.rules)
    seen = tuple(dict.fromkeys(rule.seen for rule in policy.rules))
    made = reacting(model.system, names, seen)
    changed = replace(model, system=made.system)
    return changed, vector(model.system, made, policy), f"the plan and the rules in {plan}"
