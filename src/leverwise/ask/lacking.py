"""What advice a model has no lever for yet, so that nobody is told to pull one that is not there."""

from __future__ import annotations

from collections.abc import Mapping

from leverwise.ask.leverage import workshops
from leverwise.ask.resources import Resource
from leverwise.lang.system import System, names_in

BUYERS = {"attention": "publicity", "brand": "trust", "network": "a community"}
"""Mechanisms that bring buyers, and what they are called in advice."""
INFRASTRUCTURE = "capital"
FREED = "hours_freed"
"""The port of the principal's hours that infrastructure could free."""
PAID = "spent"
"""The decision of infrastructure that is paid publicity."""


def without_a_lever(system: System, levers: Mapping[str, str]) -> tuple[str, ...]:
    """Of what would bring buyers, that for which the model, whose `levers` have mechanisms, has no lever."""
    have = set(levers.values())
    decisions = {decision.name for decision in system.decisions}
    if any(f"{lever}.{PAID}" in decisions for lever in levers):
        have.add("attention")
    return tuple(word for mechanism, word in BUYERS.items() if mechanism not in have)


def speeds(system: System, levers: Mapping[str, str], resource: Resource) -> bool:
    """Whether some infrastructure acts on a resource: on who it is, or on a task that he, she or it may do."""
    owners = _concerned(system, resource)
    for lever, mechanism in levers.items():
        if mechanism != INFRASTRUCTURE:
            continue
        for each in system.auxiliaries:
            owner, _, _ = each.name.rpartition(".")
            if owner == lever or f"{lever}.on" not in names_in(each.value):
                continue
            if owner in owners or (each.name == FREED and resource.name == "hours"):
                return True
    return False


def _concerned(system: System, resource: Resource) -> set[str]:
    """The worker or the task of a resource, and the tasks of the worker; every one where it is neither."""
    found = set[str]()
    whose, _, what = resource.name.rpartition(" ")
    for shop in workshops(system):
        people = [k for k, worker in enumerate(shop.workers) if worker == whose]
        if resource.name == "hours":
            people = [k for k, worker in enumerate(shop.workers) if worker not in system.switches]
        if what == "seats":
            return {whose}
        if not people:
            people = list(range(len(shop.workers)))
        found |= {shop.workers[k] for k in people} | {shop.tasks[task] for k in people for task in shop.may[k]}
    return found
