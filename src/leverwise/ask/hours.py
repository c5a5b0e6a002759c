"""The principal's hours by use, and what moving an hour from each use to the best one is worth.

Work takes what the other uses leave, so what impact gains from a decision's hours is what an hour there makes more
than an hour of work. Hours of chores and managing make nothing themselves: freeing one is worth an hour of capacity.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from leverwise.ask.charts import Array
from leverwise.ask.schedules import period_lengths, slots
from leverwise.ask.slopes import mean_impact
from leverwise.lang.system import System, names_in

WORK = "hours_on_tasks"
"""The auxiliary of hours on tasks; what it adds up are the tasks, where they can be told apart."""
AT = ".hours_at"
"""Auxiliaries that end so are hours on a task, named before the ending."""
CHORES, MANAGING = "hours_on_chores", "managing"
"""What has to be done whatever else is: hours that can not be moved at will."""
OVERHEAD = {CHORES: "chores", MANAGING: "managing", "hours_idle": "idle"}
"""Auxiliaries of hours that make nothing themselves, and how to call the use."""
GIVEN = ".hours_given"
"""Auxiliaries that end so are hours for a lever's use, named before the ending."""
LEFT = "hours_left"
"""The auxiliary of hours that are left for the uses that decisions choose."""
DUST = 1e-9
"""Share of the principal's hours that rounding may leave."""
LEAST = 1e-3
"""Share of a step below which there is no room: over less, rounding would show."""
CAPACITY = "hours"
"""The resource that is the principal's hours."""


@dataclass(frozen=True)
class Use:
    """A use of the principal's hours. kind: work, overhead, or lever (chosen by decisions)."""

    name: str
    variable: str
    kind: str


def uses_of(system: System) -> list[Use]:
    """The uses of the principal's hours that the system tells apart; empty if it has no principal."""
    names = {item.name: item for item in system.auxiliaries}
    found: list[Use] = []
    if WORK in names:
        parts = dict.fromkeys(names_in(names[WORK].value))
        if parts and all(name.endswith(AT) for name in parts):
            found += [Use(name.removesuffix(AT), name, "work") for name in parts]
        else:
            found.append(Use("work", WORK, "work"))
    found += [Use(use, name, "overhead") for name, use in OVERHEAD.items() if name in names]
    levers = [name for name in names if name.endswith(GIVEN)]
    taken = {decision.name.split(".")[-1] for decision in system.decisions if decision.hours}
    uses = [Use(name.removesuffix(GIVEN), name, "lever") for name in levers]
    return found + [use for use in uses if use.name in taken]


def hours_by_use(uses: list[Use], paths: Mapping[str, Array], steps: int) -> dict[str, float]:
    """Hours per time of each use, the mean of samples and of the first `steps`; dust beside the whole counts as 0."""
    return without_dust({use.name: float(np.mean(paths[use.variable][:, :steps])) for use in uses})


def without_dust(spent: Mapping[str, float]) -> dict[str, float]:
    """Hours by use, those that are next to nothing beside the whole as 0."""
    dust = DUST * sum(abs(hours) for hours in spent.values())
    return {name: 0.0 if abs(hours) <= dust else hours for name, hours in spent.items()}


def values_per_hour(
    uses: list[Use], system: System, gains: Mapping[str, float], hour: float
) -> tuple[dict[str, float], str]:
    """What moving an hour from each use to the best one is worth (base units of impact), and the best use.

    `gains` are those of impact by decisions in hours, per hour; `hour` is the value of one more hour.
    """
    net: dict[str, float] = {}
    for use in uses:
        if use.kind == "lever":
            mine = [gains[d.name] for d in system.decisions if d.hours and d.name.split(".")[-1] == use.name]
            net[use.name] = max(mine, default=0.0)
    best_name = max(net, key=lambda name: net[name]) if net else ""
    best = max(0.0, net.get(best_name, 0.0))
    values = {}
    for use in uses:
        if use.kind == "lever":
            values[use.name] = best - net[use.name]
        else:
            values[use.name] = best + (max(0.0, hour) if use.kind == "overhead" else 0.0)
    return values, best_name if best > 0 else "work"


def hour_gains(
    engine: Any, system: System, rows: tuple[Array, Any, Array], seed: int, step: float = 1.0
) -> dict[str, float]:
    """Mean gain of impact per hour when a decision in hours gets `step` more hours per time throughout.

    A finite step, since the first hour of a use may be worth far more than any other. `rows` are draws (D, n), sample
    numbers (n,) and decisions (K,). Periods at their upper bound stay as they are; where no period has room upwards, an
    hour less is looked at.
    """
    draws, index, decisions = rows
    places, found = slots(system), {}
    base = mean_impact(engine, rows, seed)
    for decision in system.decisions:
        if not decision.hours:
            continue
        changed = decisions.copy()
        here = decisions[places[decision.name]]
        moved = np.minimum(step, decision.high - here)
        if np.all(moved <= LEAST * step):
            moved = np.maximum(-step, decision.low - here)
        moved = np.where(np.abs(moved) > LEAST * step, moved, 0.0)
        changed[places[decision.name]] = here + moved
        hours = float(np.sum(moved * period_lengths(decision, system)))
        gain = mean_impact(engine, (draws, index, changed), seed) - base
        found[decision.name] = gain / hours if hours else 0.0
    return found
