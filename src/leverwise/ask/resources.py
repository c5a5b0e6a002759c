"""What can hold an enterprise back: each nudgeable resource, its level over time, and what more of it is worth."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from leverwise.ask.charts import Array
from leverwise.ask.words import in_number, spoken
from leverwise.lang.system import System, Unit

POINT = Unit("point", 0.01)
"""A hundredth of a share, such as trust."""
UNLIMITED = 1e8
"""A capacity at or above this (base units) does not limit anything: a task without seats has no limit."""
STEP_SHARE = 0.01
"""Binding is the resource of which this share more would bring most."""


CALLED = {
    "hours": "your hours",
    "recognised": "people who recognise you",
    "cash": "money",
    "catalogue": "the catalogue",
}
ONE_OF = {"hours": "hour of yours", "recognised": "person who recognises you", "cash": "dollar", "members": "member"}
"""Resources of the enterprise whose names alone do not say what they are."""


@dataclass(frozen=True)
class Resource:
    """A resource: `row` in the engine's nudges, the variable that shows its level, the unit of `one more`."""

    name: str
    row: int
    variable: str
    unit: Unit
    kind: str
    """`stock` (an amount, at the period's start), `flow` (hours per time) or `level` (seats: units held)."""

    @property
    def money(self) -> bool:
        """Whether it is counted in dollars."""
        return dict(self.unit.dimension).get("money", 0) == 1 or self.unit.text.startswith("$")

    @property
    def talent(self) -> bool:
        """Whether it is people's time: hours, or seats to work on."""
        return self.kind != "stock"

    @property
    def one(self) -> str:
        """One more of it, in words."""
        return f"one more {one_of(self.name, self.unit.text)}" + (" throughout" if self.kind == "level" else "")


def called(name: str) -> str:
    """What a resource is called in a sentence.

    >>> called("hours"), called("writing seats"), called("crew hours"), called("fans trust"), called("wood_stock")
    ('your hours', 'seats for writing', 'hours of crew', 'trust of fans', 'wood stock')
    """
    if name in CALLED:
        return CALLED[name]
    for ending, words in ((" seats", "seats for"), (" hours", "hours of"), (" trust", "trust of")):
        if name.endswith(ending):
            return f"{words} {spoken(name.removesuffix(ending))}"
    return spoken(name)


def one_of(name: str, unit: str) -> str:
    """One of a resource, in words that follow `one more`.

    >>> one_of("recognised", "person"), one_of("hours", "hour"), one_of("writing seats", "person")
    ('person who recognises you', 'hour of yours', 'seat for writing')
    >>> one_of("trust", "point"), one_of("catalogue", "songs"), one_of("savings", "$"), one_of("boats", "boat")
    ('point of trust', 'song of the catalogue', 'dollar of savings', 'boat')
    """
    if name in ONE_OF:
        return ONE_OF[name]
    if name.endswith(" seats"):
        return f"seat for {spoken(name.removesuffix(' seats'))}"
    if name.endswith(" hours"):
        return f"hour of {spoken(name.removesuffix(' hours'))}"
    word = "dollar" if unit == "$" else in_number(unit, one=True) or "unit"
    first, *rest = called(name).split(" ")
    return " ".join([word, *rest]) if in_number(first, one=True) == word else f"{word} of {called(name)}"


def resources_of(system: System) -> list[Resource]:
    """The resources of a system in the engine's order: those of stocks, then capacities."""
    names = dict.fromkeys([s.nudge for s in system.stocks if s.nudge] + [name for name, _ in system.capacities])
    known = {a.name for a in system.auxiliaries} | {s.name for s in system.stocks}
    capacities = dict(system.capacities)
    found = []
    for row, name in enumerate(names):
        if name in capacities:
            unit = system.unit_of(capacities[name])
            flow = dict(unit.dimension).get("time", 0) == -1
            shown = _without_time(unit, system) if flow else unit
            found.append(Resource(name, row, capacities[name], shown, "flow" if flow else "level"))
            continue
        stock = next(item for item in system.stocks if item.nudge == name)
        variable = name if name in known else stock.name
        unit = POINT if not stock.unit.dimension and stock.high == 1 else stock.unit
        found.append(Resource(name, row, variable, unit, "stock"))
    return found


def levels_by_period(resource: Resource, paths: Mapping[str, Array], times: Array, starts: Array) -> Array:
    """Level per period and sample (P, n), base units: at the start of the period for stocks, else on average."""
    path = np.asarray(paths[resource.variable])
    first = np.searchsorted(times, starts - 1e-9 * (1 + starts))
    if resource.kind == "stock":
        return np.asarray(path[:, first].T)
    ends = np.append(first[1:], len(times) - 1)
    return np.stack([path[:, a : max(b, a + 1)].mean(axis=1) for a, b in zip(first, ends, strict=True)])


def _without_time(unit: Unit, system: System) -> Unit:
    """`hour/month` as `hour`: an amount instead of a rate."""
    clock = system.clock.unit
    for suffix in ("/month", "/week", "/day", "/year", "/quarter", f"/{clock.text}"):
        if clock.text and unit.text.endswith(suffix):
            dimension = tuple((name, power) for name, power in unit.dimension if name != "time")
            return Unit(unit.text.removesuffix(suffix), 1.0, dimension)
    return Unit("", 1.0)
