"""What two sides of a comparison differ in: levers, numbers, equations, time and decisions, both sides with units."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from leverwise.ask.answer import Row
from leverwise.ask.schedules import amounts, slots, span
from leverwise.ask.words import number, quantity
from leverwise.lang.render import text
from leverwise.lang.system import Auxiliary, Decision, Stock, System, Unit, Value

if TYPE_CHECKING:
    from leverwise.ask.charts import Array
    from leverwise.ask.sides import Side

ABSENT = "-"
MEANS = 1024
"""Samples of which the mean of a drawn number is told."""


def changes(a: Side, b: Side, seed: int) -> list[Row]:
    """A row for each thing that differs: what kind of thing, its name, what it is in `a` and in `b`, and its unit.

    `a_value` and `b_value` are numbers in that unit (of what is drawn the mean, of decisions the mean over time or, of
    purchases, all together), where there are any. What belongs to a lever that only one side has is told by one row.
    """
    one, two = a.given.system, b.given.system
    levers = _levers(a, b)
    gone = {str(row["name"]) for row in levers}
    means = [_means(side, seed) for side in (a, b)]
    return [
        *levers,
        *_time(one, two),
        *_numbers(one, two, gone, means),
        *_equations(one, two, gone),
        *_decided(a, b, gone),
    ]


def drawn_apart(a: Side, b: Side) -> list[str]:
    """Names of drawn values that only one side has, whose draws the other does not share; those of its levers aside."""
    gone = {str(row["name"]) for row in _levers(a, b)}
    known = [
        {called(value): value.drawn for value in side.given.system.values if value.origin.lever not in gone}
        for side in (a, b)
    ]
    names = dict.fromkeys([*known[0], *known[1]])
    return [name for name in names if (name in known[0]) != (name in known[1]) and any(k.get(name) for k in known)]


def called(value: Value) -> str:
    """The name by which a value is known on both sides: that of its draws, which it keeps where levers rename it."""
    return value.key or value.name


def _row(
    kind: str, name: str, told: Sequence[str], unit: str = "", values: Sequence[float | None] = (None, None)
) -> Row:
    a, b = told
    return {
        "kind": kind,
        "name": name,
        "a": a,
        "b": b,
        "unit": unit,
        "a_value": values[0],
        "b_value": values[1],
        "periods": "",
    }


def _levers(a: Side, b: Side) -> list[Row]:
    mine, its = a.given.levers, b.given.levers
    names = dict.fromkeys([*mine, *its])
    return [
        _row("lever", name, [mine.get(name, ABSENT), its.get(name, ABSENT)])
        for name in names
        if mine.get(name) != its.get(name)
    ]


def _time(one: System, two: System) -> list[Row]:
    rows: list[Row] = []
    if span(one) != span(two):
        rows.append(_row("time", "what counts", [span(one), span(two)]))
    steps = [f"{quantity(s.clock.step / s.clock.unit.factor, s.clock.unit.text)}, {s.clock.method}" for s in (one, two)]
    if (one.clock.step, one.clock.method) != (two.clock.step, two.clock.method):
        rows.append(_row("time", "step", steps))
    if one.discount != two.discount:
        rows.append(_row("time", "discount", [_yearly(s.discount, s) for s in (one, two)]))
    return rows


def _yearly(rate: float, system: System) -> str:
    if not system.clock.unit.text:
        return number(rate)
    return f"{number(100 * np.expm1(12 * rate))} %/year"


def _numbers(one: System, two: System, gone: set[str], means: Sequence[Mapping[str, float]]) -> list[Row]:
    mine, its = ({called(v): v for v in s.values if v.origin.lever not in gone} for s in (one, two))
    rows: list[Row] = []
    for name in dict.fromkeys([*mine, *its]):
        a, b = mine.get(name), its.get(name)
        if a and b and (a.distribution, a.unit.dimension) == (b.distribution, b.unit.dimension):
            continue
        if not (a and b) and not _given(a or b):
            continue
        unit = (a or b).unit  # type: ignore[union-attr]
        values = [_shown(found.get(v.name if v else name), unit) for found, v in zip(means, (a, b), strict=True)]
        rows.append(_row("number", name, [_written(a), _written(b)], unit.text, values))
    pairs = [set(_ranks(system)) for system in (one, two)]
    for first, second in sorted({pair[:2] for pair in pairs[0] ^ pairs[1]}):
        told = [next((number(r) for x, y, r in found if (x, y) == (first, second)), ABSENT) for found in pairs]
        rows.append(_row("correlation", f"{first}, {second}", told))
    return rows


def _given(value: Value | None) -> bool:
    """Whether the author gave it: what stands in by itself comes and goes with what it belongs to."""
    return value is not None and value.origin.given


def _ranks(system: System) -> Iterable[tuple[str, str, float]]:
    return [(min(a, b), max(a, b), rank) for a, b, rank in system.correlations]


def _written(value: Value | None) -> str:
    """As the author wrote it; with its unit, if it says none itself."""
    if value is None:
        return ABSENT
    bare = not any(c.isalpha() or c in "$%" for c in value.text.replace(" to ", " "))
    return f"{value.text} {value.unit.text}".strip() if bare and value.unit.text not in ("", "1") else value.text


def _means(side: Side, seed: int) -> dict[str, float]:
    """Of every value, in base units."""
    engine = side.given.engine
    drawn: Array = np.mean(engine.draws(0, MEANS, seed), axis=1)
    found = dict(zip(engine.constant_names, map(float, engine.constants), strict=True))
    return found | dict(zip(engine.draw_names, map(float, drawn), strict=True))


def _shown(value: float | None, unit: Unit) -> float | None:
    return None if value is None else value / unit.factor


def _equations(one: System, two: System, gone: set[str]) -> list[Row]:
    rows: list[Row] = []
    mine, its = ({e.name: e for e in _equations_of(s) if e.origin.lever not in gone} for s in (one, two))
    made = 0
    for name in dict.fromkeys([*mine, *its]):
        told = [_equation(found.get(name)) for found in (mine, its)]
        if told[0] != told[1] and (mine.get(name) or its[name]).origin.mechanism:
            made += 1
        elif told[0] != told[1]:
            unit = (mine.get(name) or its[name]).unit.text
            rows.append(
                _row("stock" if isinstance(mine.get(name) or its[name], Stock) else "equation", name, told, unit)
            )
    if made and not gone:
        rows.append(_row("equations", "those of the mechanisms", ["", f"{made} other ones"]))
    if one.impact != two.impact:
        rows.append(_row("equation", "impact", [text(one.impact), text(two.impact)], one.impact_unit.text))
    if one.final != two.final:
        told = [ABSENT if s.final is None else text(s.final) for s in (one, two)]
        rows.append(_row("equation", "final impact", told, one.impact_unit.text))
    return rows


def _equations_of(system: System) -> list[Stock | Auxiliary]:
    return [*(s for s in system.stocks if not s.hidden), *system.auxiliaries]


def _equation(found: Stock | Auxiliary | None) -> str:
    if found is None:
        return ABSENT
    if isinstance(found, Auxiliary):
        return text(found.value)
    return f"starts at {text(found.start)}, changes by {text(found.change)}"


def _decided(a: Side, b: Side, gone: set[str]) -> list[Row]:
    """Decisions of which the sides decide otherwise: how much, and in how many periods it differs."""
    plans = [side.schedule for side in (a, b)]
    systems = [side.given.system for side in (a, b)]
    places = [slots(system) for system in systems]
    told = [amounts(system, plan) for system, plan in zip(systems, plans, strict=True)]
    known: list[dict[str, Decision]] = [{d.name: d for d in system.decisions} for system in systems]
    rows: list[Row] = []
    for name in dict.fromkeys([*known[0], *known[1]]):
        decision = known[0].get(name) or known[1][name]
        if decision.origin.lever in gone or decision.switch in gone:
            continue
        values = [plan[place[name]] if name in place else None for plan, place in zip(plans, places, strict=True)]
        if values[0] is not None and values[1] is not None and np.array_equal(values[0], values[1]):
            continue
        totals = [found[name][0] if name in found else None for found in told]
        shown = [_amount(total, decision) for total in totals]
        row = _row("decision", name, shown, decision.unit.text, totals)
        rows.append({**row, "periods": _periods(values, decision)})
    if a.reacts != b.reacts or (a.reacts and a.plan != b.plan):
        rows.append(_row("rules", "rules", [f"those in {s.plan}" if s.reacts else "none" for s in (a, b)]))
    return rows


def _amount(total: float | None, decision: Decision) -> str:
    if total is None:
        return ABSENT
    said = quantity(total, decision.unit.text)
    return f"{said} in all" if decision.lump else said


def _periods(values: Sequence[Any], decision: Decision) -> str:
    """In how many of the periods it differs."""
    if any(each is None for each in values) or len(values[0]) != len(values[1]):
        return ""
    return f"{int(np.sum(values[0] != values[1]))} of {decision.periods}"
