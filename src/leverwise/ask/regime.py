"""What an enterprise is short of, demand, time or money, and what that says about where to push."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from leverwise.ask.charts import Array
from leverwise.ask.planning.constants import UnknownError, at_start
from leverwise.ask.resources import Resource, called
from leverwise.ask.words import listing, percent, quantity, spoken
from leverwise.lang.system import Call, Name, System

SHORT = 0.1
"""Money is short if 1 % more of it brings at least this share of what 1 % more of the best resource brings."""
OFTEN = 0.2
"""What binds in this share of all times and samples is told beside what binds most often."""
DEMAND, TIME, MONEY = "demand", "time", "money"
AUDIENCE = ("recognised", "members", "trust")
"""Last words of the names of resources that are an audience or its trust."""
MADE = "catalogue"
"""A stock of what was made: where it is short, time was."""
EMPLOYERS = "delegation"
"""The mechanism whose hours are bought by the hour."""


@dataclass(frozen=True)
class Binding:
    """Chances to bind (shares of all times and samples) and what 1 % more adds to impact on average, by resource."""

    resources: Sequence[Resource]
    chances: Mapping[str, float]
    gains: Mapping[str, float]
    hired: Sequence[HiredHour] = ()

    @property
    def first(self) -> Resource:
        """The resource that binds most often."""
        return max(self.resources, key=lambda resource: self.chances[resource.name])

    def chance(self, kind: str) -> float:
        """How often resources of a kind bind."""
        return float(sum(self.chances[r.name] for r in self.resources if kind_of(r) == kind))

    @property
    def poor(self) -> bool:
        """Whether money is short: it binds often, or brings much beside the best resource."""
        best = max((abs(gain) for gain in self.gains.values()), default=0.0)
        money = max((self.gains[r.name] for r in self.resources if r.money), default=0.0)
        return self.chance(MONEY) >= OFTEN or (best > 0 and money >= SHORT * best)


@dataclass(frozen=True)
class HiredHour:
    """An hour of useful work of one who is employed: what it brings, and what its wage is, in the unit of impact."""

    lever: str
    brings: float
    costs: float
    unit: str = field(default="$")

    @property
    def pays(self) -> bool:
        """Whether it brings more than its wage."""
        return self.brings > self.costs

    def __str__(self) -> str:
        """What it brings and costs, in words."""
        brings, costs = quantity(self.brings, self.unit), quantity(self.costs, self.unit)
        return f"an hour of {spoken(self.lever)} brings {brings} and costs {costs} in wages"


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
        money = "poor" if binding.poor else "rich"
        return f"{money} in money and short of talent", _advice_on_time(binding)
    if kind == MONEY:
        also = "short of talent, too" if hours >= OFTEN else "rich in talent"
        first = "bring in money first: price, credit, or a smaller payroll"
        return f"poor in money and {also}", _and_of_hours(first, binding)
    poor = " and poor in money" if binding.poor else ""
    if kind == DEMAND:
        cheap = " that cost hours rather than dollars" if binding.poor else ""
        first = f"publicity, trust or a community{cheap} would bring more buyers"
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
        if not binding.hired:
            first += ", and delegate what others may do where an hour of theirs brings more than it costs"
    return _with_wages(first, binding)


def _and_of_hours(first: str, binding: Binding) -> str:
    """Advice where something else than time is short; more hands only where time is short, too."""
    hours = binding.chance(TIME)
    if hours < OFTEN:
        return f"{first}; more hands would not help now"
    return _with_wages(f"{first}; more hands help only where time binds, in {percent(hours)}", binding)


def _with_wages(first: str, binding: Binding) -> str:
    """Advice, and what hired hours bring and cost where that is known."""
    paying = [hour for hour in binding.hired if hour.pays]
    idle = [hour for hour in binding.hired if not hour.pays]
    said = [first]
    if paying:
        said.append(f"delegate: {listing([str(hour) for hour in paying])}")
    if idle:
        said.append(f"{'but ' if paying else 'delegation would lose money: '}{listing([str(hour) for hour in idle])}")
    return "; ".join(said)


def hired_hours(
    system: System, levers: Mapping[str, str], worth: Mapping[str, float], draws: Array
) -> tuple[HiredHour, ...]:
    """What an hour of each team brings and costs where impact is money; `worth` is that of one more, by resource.

    The wage is that of an hour of work that serves the principal's aim, on average over `draws` (D, n).
    """
    if dict(system.impact_unit.dimension) != {"money": 1}:
        return ()
    drawn = dict(zip([value.name for value in system.values if value.drawn], draws, strict=True))
    found = []
    for lever, mechanism in levers.items():
        brings = worth.get(f"{lever} hours")
        if mechanism != EMPLOYERS or brings is None:
            continue
        useful = Call("mul", (Name(f"{lever}.hours"), Name(f"{lever}.aligned")))
        try:
            cost = np.mean(at_start(Call("div", (Name(f"{lever}.wage"), useful)), system, drawn))
        except UnknownError:
            continue
        found.append(HiredHour(lever, brings, float(cost) / system.impact_unit.factor, system.impact_unit.text))
    return tuple(found)
