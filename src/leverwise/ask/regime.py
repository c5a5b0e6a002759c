"""What an enterprise is short of, demand, time or money, and what that says about where to push."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from leverwise.ask.charts import Array
from leverwise.ask.resources import Resource, called
from leverwise.ask.schedules import slots
from leverwise.ask.slopes import mean_impact
from leverwise.ask.words import listing, percent, quantity, spoken
from leverwise.lang.system import System

SHORT = 0.1
"""Money is short if 1 % more of it brings at least this share of what 1 % more of the best resource brings."""
OFTEN = 0.2
"""What binds in this share of all times and samples is told beside what binds most often."""
MATERIAL = 0.01
"""What one more person adds or loses is told as such from this share of impact on."""
DEMAND, TIME, MONEY = "demand", "time", "money"
AUDIENCE = ("recognised", "members", "trust")
"""Last words of the names of resources that are an audience or its trust."""
MADE = "catalogue"
"""A stock of what was made: where it is short, time was."""
EMPLOYERS, POSITIONS = "delegation", "positions"
"""The mechanism of those who are employed, and its decision."""


@dataclass(frozen=True)
class Binding:
    """Chances to bind (shares of all times and samples) and what 1 % more adds to impact on average, by resource."""

    resources: Sequence[Resource]
    chances: Mapping[str, float]
    gains: Mapping[str, float]
    hires: Sequence[Hire] = ()
    lumps: float = 0.0
    """The share of impact that a whole sum of money at the start would add: what a single dollar can't tell."""
    lacking: Sequence[str] = ()
    """What would bring buyers, but has no lever in the model."""
    speedy: bool = True
    """Whether some infrastructure of the model acts on what binds most often."""

    @property
    def first(self) -> Resource:
        """The resource that binds most often."""
        return max(self.resources, key=lambda resource: self.chances[resource.name])

    def chance(self, kind: str) -> float:
        """How often resources of a kind bind."""
        return float(sum(self.chances[r.name] for r in self.resources if kind_of(r) == kind))

    @property
    def slack(self) -> bool:
        """Whether 1 % more of people's time brings little beside the best resource."""
        best = max((abs(gain) for gain in self.gains.values()), default=0.0)
        time = max((self.gains[r.name] for r in self.resources if kind_of(r) == TIME), default=0.0)
        return time < SHORT * best

    @property
    def poor(self) -> bool:
        """Whether money is short: it binds often, or brings much, by the dollar or by the sum."""
        best = max((abs(gain) for gain in self.gains.values()), default=0.0)
        money = max((self.gains[r.name] for r in self.resources if r.money), default=0.0)
        return self.chance(MONEY) >= OFTEN or (best > 0 and money >= SHORT * best) or self.lumps >= SHORT


@dataclass(frozen=True)
class Hire:
    """One more person throughout: what that adds to impact on average, with all that it costs, in impact's `unit`."""

    lever: str
    adds: float
    unit: str
    impact: float = 0.0
    """What there is without."""
    most: str = ""
    """The lever's `at most`, if it leaves no room for one more at some time."""

    @property
    def pays(self) -> bool:
        """Whether impact grows by what is worth telling."""
        return self.adds > MATERIAL * abs(self.impact)

    @property
    def loses(self) -> bool:
        """Whether impact falls so."""
        return self.adds < -MATERIAL * abs(self.impact)

    def __str__(self) -> str:
        """What comes of it, in words."""
        does = f"{'add' if self.adds > 0 else 'lose'} {quantity(abs(self.adds), self.unit)}"
        does = does if self.pays or self.loses else "change little"
        when = f"while its `at most: {self.most}` leaves room" if self.most else "throughout"
        return f"one more person in {spoken(self.lever)} {when} would {does}"


def kind_of(resource: Resource) -> str:
    """Demand, time or money; of a stock of the author's own, what it is called."""
    if resource.money:
        return MONEY
    if resource.talent or resource.name == MADE:
        return TIME
    return DEMAND if resource.name.split(" ")[-1].split(".")[-1] in AUDIENCE else called(resource.name)


def regime(binding: Binding) -> tuple[str, str]:
    """The regime and the advice that goes with it: what binds most often comes first in both."""
    kind, hours = kind_of(binding.first), binding.chance(TIME)
    if kind == TIME:
        money = "poor in money and " if binding.poor else "" if binding.lumps else "rich in money and "
        return f"{money}short of talent", _advice_on_time(binding)
    if kind == MONEY:
        also = "short of talent, too" if hours >= OFTEN else "rich in talent"
        first = "bring in money first: price, credit, or a smaller payroll"
        return f"poor in money and {also}", _and_of_hours(first, binding)
    poor = " and poor in money" if binding.poor else ""
    if kind == DEMAND:
        cheap = " that cost hours rather than dollars" if binding.poor else ""
        first = f"publicity, trust or a community{cheap} would bring more buyers"
        if binding.lacking:
            first += f" (the model has no lever for {listing(binding.lacking)} yet)"
        return f"short of demand{poor}", _and_of_hours(first, binding)
    return f"short of {kind}{poor}", _and_of_hours("what adds to that comes first", binding)


def _advice_on_time(binding: Binding) -> str:
    if binding.poor:
        first = (
            "start with what costs little of both: hand off chores, use publicity that costs hours rather than "
            "dollars, and put the first earnings into the bottleneck"
        )
    else:
        first = "buy infrastructure around the bottleneck"
        if not binding.speedy:
            first += f" (for {called(binding.first.name)} the model has no such lever yet)"
        if not binding.hires:
            first += ", and delegate what others may do where that brings more than it costs"
    return _with_hires(first, binding)


def _and_of_hours(first: str, binding: Binding) -> str:
    """Advice where something else than time is short: what more hands would do all the same."""
    hours = binding.chance(TIME)
    if hours >= OFTEN:
        share = f"{percent(hours)} of all times and samples"
        return _with_hires(f"{first}; more hands help only where time binds ({share})", binding)
    if paying := [str(hire) for hire in binding.hires if hire.pays]:
        return f"{first}; even so, {listing(paying)}"
    if not binding.hires and not binding.slack:
        return first
    rest = [str(hire) for hire in binding.hires]
    return f"{first}; more hands would not help now" + (f": {listing(rest)}" if rest else "")


def _with_hires(first: str, binding: Binding) -> str:
    """Advice where time is short, and what comes of one more person in each team, wages and all."""
    paying = [str(hire) for hire in binding.hires if hire.pays]
    rest = [str(hire) for hire in binding.hires if not hire.pays]
    said = [first]
    if paying:
        said.append(f"delegate: {listing(paying)}")
    if rest:
        said.append(("but " if paying else "do not delegate as things are: ") + listing(rest))
    return "; ".join(said)


def hires(
    engine: Any, system: System, levers: Mapping[str, str], rows: tuple[Array, Any, Array], seed: int
) -> tuple[Hire, ...]:
    """What one more person in each team that has room adds to impact. `rows` as for `mean_impact`.

    A whole person, since the first hour of one may be worth far more than the rest.
    """
    draws, index, decisions = rows
    places = slots(system)
    known = {decision.name: decision for decision in system.decisions}
    found = []
    for lever, mechanism in levers.items():
        aimed = known.get(f"{lever}.{POSITIONS}")
        if mechanism != EMPLOYERS or aimed is None:
            continue
        changed = decisions.copy()
        here = decisions[places[aimed.name]]
        more_there = np.minimum(here + 1, np.maximum(here, aimed.high))
        most = quantity(aimed.high / aimed.unit.factor, aimed.unit.text) if np.any(more_there == here) else ""
        changed[places[aimed.name]] = more_there
        if np.all(changed == decisions):
            continue
        size, base = system.impact_unit.factor, mean_impact(engine, rows, seed)
        more = mean_impact(engine, (draws, index, changed), seed) - base
        found.append(Hire(lever, more / size, system.impact_unit.text, base / size, most))
    return tuple(sorted(found, key=lambda hire: -hire.adds))
