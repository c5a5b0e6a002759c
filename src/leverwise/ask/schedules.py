"""Which schedule of decisions a question runs: a plan, the author's own `use`, or nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from leverwise.ask.charts import Array
from leverwise.ask.commands import in_a_file
from leverwise.ask.reading import Piped, opened
from leverwise.ask.words import number, quantity
from leverwise.lang.system import Decision, System

if TYPE_CHECKING:
    from leverwise.ask.model import Model

Plan = str | Path | Piped | Mapping[str, Sequence[float] | float]
"""A plan file, what was read of one, or values per decision in display units."""


def listed(plans: Plan | Sequence[Plan] | None) -> list[Plan]:
    """One plan, several or none, one by one."""
    if plans is None:
        return []
    return [plans] if isinstance(plans, str | Path | Piped | Mapping) else list(plans)


def starting(system: System) -> Array:
    """Every decision at the value it has when nothing is planned (K,): doing nothing."""
    return flat([np.full(decision.periods, decision.start) for decision in system.decisions])


def own(system: System) -> Array:
    """The author's `use` where there is one, else the start (K,)."""
    return flat(
        [
            np.full(decision.periods, decision.start) if decision.use is None else np.asarray(decision.use, dtype=float)
            for decision in system.decisions
        ]
    )


def flat(parts: Sequence[Array]) -> Array:
    """Values per decision and period as one vector, decision by decision, as the engine takes them."""
    return np.concatenate([np.asarray(part, dtype=float) for part in parts]) if parts else np.zeros(0)


def slots(system: System) -> dict[str, slice]:
    """Where each decision's periods stand in the vector."""
    places, first = {}, 0
    for decision in system.decisions:
        places[decision.name] = slice(first, first + decision.periods)
        first += decision.periods
    return places


def period_starts(decision: Decision, system: System) -> list[float]:
    """When each period of a decision begins, in base units."""
    return [k * decision.steps_per_period * system.clock.step for k in range(decision.periods)]


def begun(system: System) -> NDArray[np.bool_]:
    """Which slots (K,) are of periods that begin when planning does or later; what is before is history."""
    first = system.aim.begins - 1e-9 * system.clock.step
    return np.array([start >= first for d in system.decisions for start in period_starts(d, system)], dtype=bool)


def period_lengths(decision: Decision, system: System) -> Array:
    """How long each period lasts within the horizon, in base units; the last may be short."""
    edges = np.arange(decision.periods + 1) * decision.steps_per_period
    return np.asarray(np.diff(np.minimum(edges, system.clock.steps)) * system.clock.step, dtype=float)


def called(plan: Plan, file: str = "the plan in {}") -> str:
    """What a plan is called: `the plan in plan.yaml`, or in words of one's own, and `this plan` if it is in no file."""
    return file.format(plan) if in_a_file(plan) else "this plan"


def chosen(model: Model, plan: Plan | None) -> tuple[Array, str]:
    """The schedule to run (K,) and what it is, in words that follow `with`.

    Raises ModelError for a plan file with anything wrong in it, be it in rules that stand beside the schedule.
    """
    system = model.system
    if plan is None:
        if any(decision.use is not None for decision in system.decisions):
            return own(system), "the use written in the model"
        return starting(system), "nothing decided"
    from leverwise.ask import planfile  # which reads files, and most questions come without one

    if isinstance(plan, Mapping):
        schedule, words = planfile.checked(plan, system), called(plan)
    else:
        source = opened(plan, "plan file")
        assert not isinstance(source, Mapping)
        schedule, words = planfile.read(source, system), called(plan)
        if planfile.has_rules(source):
            from leverwise.ask import rulefile

            rulefile.read(source, system)  # not followed here, but what is wrong with them is told by every question
            words = f"{called(plan, 'the schedule in {}')}, without its rules"
    return merged(schedule, system), words


def merged(schedule: Mapping[str, Sequence[float]], system: System) -> Array:
    """A schedule as a vector; what it does not name keeps its start."""
    return flat(
        [
            np.asarray(schedule.get(decision.name, (decision.start,) * decision.periods), dtype=float)
            for decision in system.decisions
        ]
    )


def split(vector: Array, system: System) -> dict[str, tuple[float, ...]]:
    """A vector as a value per decision and period."""
    return {name: tuple(float(value) for value in vector[place]) for name, place in slots(system).items()}


def amounts(system: System, plan: Array) -> dict[str, tuple[float, str]]:
    """How much a plan decides of each decision, and its unit: on average over time; of lumps, in all."""
    result = {}
    places = slots(system)
    for decision in system.decisions:
        values = plan[places[decision.name]] / decision.unit.factor
        total = np.sum(values) if decision.lump else np.average(values, weights=period_lengths(decision, system))
        result[decision.name] = (float(total), decision.unit.text)
    return result


def span(system: System) -> str:
    """What impact is counted over, in words: `36 months and a tail of 12 months`."""
    clock = system.clock
    words = duration(clock.steps * clock.step / clock.unit.factor, clock.unit.text)
    if clock.tail:
        words += f" and a tail of {duration(clock.tail * clock.step / clock.unit.factor, clock.unit.text)}"
    return words


def moment(system: System, step: int) -> str:
    """When a step begins, in words: `12 months`, or `time 12` where time has no unit."""
    shown, unit = step * system.clock.step / system.clock.unit.factor, system.clock.unit.text
    return quantity(shown, unit) if unit else f"time {number(shown)}"


def duration(length: float, unit: str) -> str:
    """A length of time in words; without a unit: `4 time units`."""
    if not unit:
        return f"{length:g} time unit{'' if length == 1 else 's'}"
    return quantity(length, unit)
