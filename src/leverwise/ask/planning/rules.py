"""Rules: what a decision does more where something else is seen than expected, as data, as a vector, and in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from leverwise.ask.answer import Row
from leverwise.ask.plan_tables import lever_of, short_name
from leverwise.ask.planning.projection import Array
from leverwise.ask.schedules import period_starts, slots
from leverwise.ask.words import number, quantity, spoken
from leverwise.lang.parts import Parts, clock_name, expected_name
from leverwise.lang.react import Reacting
from leverwise.lang.system import Call, Decision, System, Unit

Form = Literal["linear", "while", "once"]


@dataclass(frozen=True)
class Rule:
    """One rule of one decision; numbers in base units.

    `linear`: `more` for each unit of `seen` above what is expected. `while`: `more` as long as `seen` is beyond the
    threshold when a period opens. `once`: the same from the first such period on; of a purchase, in that period alone.
    """

    decision: str
    form: Form
    seen: str
    more: float
    threshold: float = 0.0
    above: bool = True
    """Whether beyond the threshold is above it."""


@dataclass(frozen=True)
class Policy:
    """A schedule (K,) of the system as it was, what is expected to be seen by variable and period, and the rules.

    `expected` is by length of period in steps and variable, with a value per period.
    """

    schedule: Array
    rules: tuple[Rule, ...]
    expected: dict[tuple[str, int], Array]


def vector(system: System, reacting: Reacting, policy: Policy) -> Array:
    """The policy as decisions of the system that reacts."""
    new, old = slots(reacting.system), slots(system)
    result = np.concatenate([np.full(d.periods, d.start) for d in reacting.system.decisions])
    chosen = {decision.name for decision in reacting.decisions}
    for name, place in old.items():
        result[new[Parts(name).schedule if name in chosen else name]] = policy.schedule[place]
    for steps in {decision.steps_per_period for decision in reacting.decisions}:
        result[new[clock_name(steps)]] = 1.0
    for (seen, steps), values in policy.expected.items():
        if (name := expected_name(seen, steps)) in new:
            result[new[name]] = values
    for rule in policy.rules:
        write(result, new, rule)
    return result


def write(result: Array, places: dict[str, slice], rule: Rule) -> None:
    """Enter a rule in a vector of decisions, in place of one of the same kind."""
    parts = Parts(rule.decision)
    if rule.form == "linear":
        result[places[parts.slope(rule.seen)]] = rule.more
        return
    sign = 1.0 if rule.above else -1.0
    result[places[parts.watch(rule.seen)]] = sign
    result[places[parts.threshold]] = sign * rule.threshold
    result[places[parts.more]] = rule.more
    result[places[parts.lasting]] = float(rule.form == "once")


def schedule_of(system: System, reacting: Reacting, whole: Array) -> Array:
    """The schedule (K,) in a vector of the system that reacts."""
    new = slots(reacting.system)
    chosen = {decision.name for decision in reacting.decisions}
    names = [Parts(each.name).schedule if each.name in chosen else each.name for each in system.decisions]
    return np.concatenate([whole[new[name]] for name in names])


def rule_rows(system: System, rules: Sequence[Rule]) -> list[Row]:
    """A row per rule, in display units, with a sentence that says it."""
    known = {decision.name: decision for decision in system.decisions}
    rows: list[Row] = []
    for rule in rules:
        decision, unit = known[rule.decision], system.unit_of(rule.seen)
        linear = rule.form == "linear"
        per = unit.factor if linear else 1.0
        rows.append(
            {
                "lever": lever_of(decision) or None,
                "decision": short_name(decision),
                "form": rule.form,
                "seen": rule.seen,
                "side": None if linear else "above" if rule.above else "below",
                "threshold": None if linear else rule.threshold / unit.factor,
                "seen_unit": unit.text,
                "more": rule.more * per / decision.unit.factor,
                "unit": decision.unit.text,
                "rule": sentence(rule, decision, system),
            }
        )
    return rows


def expected_rows(system: System, policy: Policy) -> list[Row]:
    """A row per variable that a linear rule sees, and period: what is expected when it opens, in display units."""
    known = {decision.name: decision for decision in system.decisions}
    rows: list[Row] = []
    told = set()
    for rule in policy.rules:
        decision = known[rule.decision]
        key = (rule.seen, decision.steps_per_period)
        if rule.form != "linear" or key in told:
            continue
        told.add(key)
        unit = system.unit_of(rule.seen)
        for start, value in zip(period_starts(decision, system), policy.expected[key], strict=True):
            rows.append(
                {
                    "seen": rule.seen,
                    "every": decision.steps_per_period * system.clock.step / system.clock.unit.factor,
                    "start": start / system.clock.unit.factor,
                    "value": float(value) / unit.factor,
                    "unit": unit.text,
                }
            )
    return rows


def sentence(rule: Rule, decision: Decision, system: System) -> str:
    """The rule in words."""
    unit = system.unit_of(rule.seen)
    name, seen = spoken(rule.decision), spoken(rule.seen)
    if rule.form == "linear":
        size = _round_size(rule, decision, unit)
        more = abs(rule.more) * size * unit.factor / decision.unit.factor
        way = "more" if rule.more > 0 else "less"
        here = quantity(size, unit.text) if unit.text else number(size)
        much = f"{quantity(more, decision.unit.text)} {way}"
        return f"{name} {much} for every {here} that {seen} is above what is expected"
    way = "more" if rule.more > 0 else "less"
    amount = f"{quantity(abs(rule.more) / decision.unit.factor, decision.unit.text)} {way}"
    side = "above" if rule.above else "below"
    level = f"{side} {quantity(rule.threshold / unit.factor, unit.text)}"
    if _is_yes_or_no(rule.seen, system):
        level = "1" if rule.above else "0"
    when = "while" if rule.form == "while" else "once"
    tail = "" if rule.form == "while" or decision.lump else ", from then on"
    return f"{name} {amount} {when} {seen} is {level}{tail}"


def _is_yes_or_no(name: str, system: System) -> bool:
    """Whether it tells if something has been crossed."""
    values = [a.value for a in system.auxiliaries if a.name == name]
    return any(isinstance(value, Call) and value.function == "crossed" for value in values)


def _round_size(rule: Rule, decision: Decision, unit: Unit) -> float:
    """How many units of what is seen a line is told by.

    For whole decisions as many as make one unit more; for others a round number that makes about a tenth of the range.
    """
    steep, reach = abs(rule.more) * unit.factor, decision.high - decision.low
    if steep == 0:
        return 1.0
    if decision.whole:
        return decision.unit.factor / steep
    wanted = 0.1 * reach / steep if np.isfinite(reach) and reach > 0 else decision.unit.factor / steep
    return float(10.0 ** np.round(np.log10(wanted)))
