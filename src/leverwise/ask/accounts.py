"""What each lever really spends, and how many of the principal's hours it really takes: a lever's part of the ports.

A port adds up what levers contribute, each behind its switch. A lever's part is the port with every other lever's
contribution left out; a hidden stock per lever adds it up over the run, beside the equations that are there already.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from leverwise.lang.system import Call, Expression, Measure, Name, Number, Stock, System, Unit

SPENT = "spent_by_levers"
"""The port of all that levers cost."""
WANTED, FIT = ".hours_for", "fit"
"""Ports of the hours that levers want for a use end so; `fit` is the share of them that there is time for."""
MANAGING, MANAGED = "hours_managing", "managing"
"""The port of hours for managing and training, and what is left of them after infrastructure."""
DOLLARS = Unit("$", 1.0, (("money", 1.0),))
HOURS = Unit("hour", 1.0, (("work", 1.0),))
CLOCK = "clock.account"
"""The stock that tells in which step it is, for stopping at the horizon."""
ZERO = Number(0.0)


@dataclass(frozen=True)
class Account:
    """What one lever takes from the start to the end of the tail, on average: dollars, and hours of the principal."""

    spending: float
    hours: float


def with_accounts(system: System, levers: Sequence[str], uses: Sequence[str] = ()) -> System:
    """The system with a measure of the dollars and one of the hours that each lever takes.

    `uses` are auxiliaries of hours per time, of each of which a measure adds up the horizon, without the tail.
    """
    stocks, measures = list(system.stocks), list(system.measures)
    counted = []
    for lever in levers:
        counted.append(Stock(_spending(lever), ZERO, spending_of(system, lever), DOLLARS, hidden=True))
        counted.append(Stock(_hours(lever), ZERO, hours_of(system, lever), HOURS, hidden=True))
    if uses:
        within = Call("lt", (Call("opening", (), (CLOCK,)), Number((system.clock.steps - 0.5) * system.clock.step)))
        stocks.append(Stock(CLOCK, ZERO, Number(1.0), system.clock.unit, hidden=True))
        counted += [Stock(_used(use), ZERO, Call("if", (within, Name(use), ZERO)), HOURS, hidden=True) for use in uses]
    stocks += counted
    measures += [Measure(stock.name, Name(stock.name), stock.unit) for stock in counted]
    added = tuple(stock.name for stock in stocks[len(system.stocks) :])
    starting = (*system.starting, *added)
    return replace(system, stocks=tuple(stocks), measures=tuple(measures), starting=starting)


def accounts(measures: Mapping[str, Any], levers: Sequence[str]) -> dict[str, Account]:
    """The accounts of a run of a system `with_accounts`, by lever: means of its samples."""
    return {
        lever: Account(float(np.mean(measures[_spending(lever)])), float(np.mean(measures[_hours(lever)])))
        for lever in levers
    }


def hours_used(measures: Mapping[str, Any], uses: Sequence[str]) -> dict[str, float]:
    """The hours of each use within the horizon: means of the samples of a run of a system `with_accounts`."""
    return {use: float(np.mean(measures[_used(use)])) for use in uses}


def spending_of(system: System, lever: str) -> Expression:
    """The lever's part of what all levers spend per time."""
    return part_of(_values(system).get(SPENT, ZERO), lever)


def hours_of(system: System, lever: str) -> Expression:
    """The principal's hours per time that go to the lever: those of its own uses, and of managing it."""
    values = _values(system)
    total: Expression = ZERO
    for name, value in values.items():
        if name.endswith(WANTED) and (part := part_of(value, lever)) != ZERO:
            total = Call("add", (total, Call("mul", (part, Name(FIT)))))
    managing = part_of(values.get(MANAGING, ZERO), lever)
    if managing == ZERO:
        return total
    some = Call("gt", (Name(MANAGING), ZERO))
    whole = Call("if", (some, Name(MANAGING), Number(1.0)))
    share = Call("div", (managing, whole))
    return Call("add", (total, Call("mul", (share, Name(MANAGED)))))


def part_of(expression: Expression, lever: str) -> Expression:
    """A sum of contributions without those of other levers, and without what belongs to no lever."""
    if not isinstance(expression, Call):
        return ZERO
    if expression.function == "add":
        parts = [part for item in expression.arguments if (part := part_of(item, lever)) != ZERO]
        return parts[0] if len(parts) == 1 else Call("add", tuple(parts)) if parts else ZERO
    mine = expression.function == "if" and expression.arguments[0] == Name(f"{lever}.on")
    return expression if mine else ZERO


def _values(system: System) -> dict[str, Expression]:
    return {item.name: item.value for item in system.auxiliaries}


def _spending(lever: str) -> str:
    return f"{lever}.spending.account"


def _hours(lever: str) -> str:
    return f"{lever}.hours.account"


def _used(use: str) -> str:
    return f"{use}.used.account"
