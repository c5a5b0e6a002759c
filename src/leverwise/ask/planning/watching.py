"""Whether decisions that react keep the limits on decisions, sample by sample, as measured in a run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Literal

import numpy as np

from leverwise.ask.planning.projection import Array
from leverwise.lang.system import Call, Decision, LinearConstraint, Measure, Name, Number, Stock, System, Unit


def watched(system: System) -> System:
    """The system with a measure, per limit on decisions, of the most by which it is exceeded."""
    known = {decision.name: decision for decision in system.decisions}
    clock = system.clock
    within = Call("lt", (Name("t"), Number((clock.steps + 0.25) * clock.step)))
    stocks, measures = [], []
    for number, limit in enumerate(system.aim.constraints):
        if limit.spending:
            continue
        name, total, bound = _over(number), _sum_of(limit, known), Number(limit.bound)
        used, told = Name(name), Name(f"{name} at the horizon" if clock.tail else name)
        if limit.per_period:
            stocks.append(_hidden(name, Call("sub", (total, bound)), "highest"))
            measures.append(Measure(name, used, Unit()))
            continue
        stocks.append(_hidden(name, total, "flow"))
        if clock.tail:
            stocks.append(_hidden(told.name, Call("if", (within, used, told)), "held"))
        measures.append(Measure(name, Call("sub", (told, bound)), Unit()))
    return replace(
        system,
        stocks=(*system.stocks, *stocks),
        starting=(*system.starting, *(stock.name for stock in stocks)),
        measures=(*system.measures, *measures),
    )


def _hidden(name: str, change: Any, kind: Literal["flow", "highest", "held"]) -> Stock:
    return Stock(name, Number(0.0), change, Unit(), kind, hidden=True)


def _sum_of(limit: LinearConstraint, known: Mapping[str, Decision]) -> Any:
    """What is limited, as a rate if it is limited over the horizon."""
    total: Any = Number(0.0)
    for name, coefficient in limit.terms:
        once = known[name].lump and not limit.per_period
        amount = Call("at_start", (), (name,)) if once else Name(name)
        total = Call("add", (total, Call("mul", (Number(coefficient), amount))))
    return total


def _over(number: int) -> str:
    return f"over limit {number}"


def broken_limits(system: System, measures: Mapping[str, Array]) -> list[str]:
    """The limits on decisions that some sample breaks, by more than rounding does."""
    return [
        f"`{limit.text}`"
        for number, limit in enumerate(system.aim.constraints)
        if not limit.spending and np.max(measures[_over(number)]) > _leeway(system, limit)
    ]


def _leeway(system: System, limit: LinearConstraint) -> float:
    """What rounding may add to a sum: a millionth of it, or of a whole unit for each that is counted in those."""
    terms = dict(limit.terms)
    units = sum(abs(terms.get(each.name, 0.0)) * each.unit.factor for each in system.decisions if each.whole)
    return 2e-6 * max(abs(limit.bound), units)
