"""Which of the things that differ makes the difference: Shapley values over the changes, on the draws of both sides.

Where two sides have the same equations, every number and decision may come from either of them. What a change makes is
what it adds on average over all orders in which the changes could be made; all of them add up to the difference.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from leverwise.ask.answer import Row
from leverwise.ask.charts import Array
from leverwise.ask.numbers import estimate
from leverwise.ask.schedules import slots
from leverwise.ask.shapley import members, shapley_weights
from leverwise.ask.sides import Side
from leverwise.engine import Engine
from leverwise.engine.layout import Layout
from leverwise.engine.sobol import SCRAMBLINGS
from leverwise.lang.system import System

MOST = 8
"""Changes that are told apart; more are told by what they belong to."""
ROWS = 1 << 17
"""Runs that are made at most for one comparison."""
OTHER = "the rest"


@dataclass(frozen=True)
class _Inputs:
    """What a side puts in: draws (D, n), constants (C,) and decisions (K,)."""

    draws: Array
    constants: Array
    decisions: Array


@dataclass(frozen=True)
class Cause:
    """A change, or several that belong together, and what it adds to impact (n,), base units."""

    name: str
    effect: Array


def causes(a: Side, b: Side, samples: int, seed: int, told: Callable[[float], object]) -> list[Cause]:
    """What each change adds to the impact of `b` over that of `a`; of fewer samples, the more changes there are.

    Empty where there is one change at most, or where the sides differ in more than numbers and decisions. `told` is
    given the share done.
    """
    engine = _engine(a, b)
    if engine is None:
        return []
    one, two = _inputs(a, engine, samples, seed), _inputs(b, engine, samples, seed)
    groups = _groups(a.given.system, engine, one, two)
    if len(groups) < 2:
        return []
    count = len(groups)
    some = min(samples, max(SCRAMBLINGS, (ROWS >> count) // SCRAMBLINGS * SCRAMBLINGS))
    within, weights = members(count), shapley_weights(count)
    effects: Array = np.zeros((count, some))
    for corner in range(1 << count):
        chosen = [group for group, inside in zip(groups.values(), within[:, corner], strict=True) if inside]
        mixed = _mixed(one, two, chosen)
        impact = engine.measures(
            mixed.draws[:, :some], np.arange(some), mixed.decisions, constants=mixed.constants, seed=seed
        )[0]
        effects += weights[:, corner, None] * np.asarray(impact, dtype=float)
        told((corner + 1) / (1 << count))
    return [Cause(name, effect) for name, effect in zip(groups, effects, strict=True)]


def rows(found: list[Cause], system: System, other: str) -> list[Row]:
    """A row per change: what it adds in the impact's unit, its standard error, range, and share of all."""
    total = sum(float(np.mean(cause.effect)) for cause in found)
    told = []
    for cause in found:
        effect = estimate(cause.effect, system.impact_unit)
        share = float(np.mean(cause.effect)) / total if total else None
        told.append(
            {
                "other": other,
                "change": cause.name,
                "effect": effect.mean,
                "se": effect.se,
                "low": effect.p5,
                "high": effect.p95,
                "share": share,
                "unit": effect.unit,
                "samples": len(cause.effect),
            }
        )
    return sorted(told, key=lambda row: -abs(row["effect"]))


def _engine(a: Side, b: Side) -> Engine | None:
    """An engine that both sides' inputs fit, or None if their equations differ."""
    if a.reacts or b.reacts:
        return None
    one, two = a.given.system, b.given.system
    joined, other = _with_draws_of(one, two), _with_draws_of(two, one)
    if Layout(joined).key != Layout(other).key:
        return None
    return a.given.engine if joined is one else Engine(joined, precision=a.given.precision)


def _with_draws_of(system: System, other: System) -> System:
    """The system with every value drawn that is drawn in the other."""
    drawn = {value.name: value for value in other.values if value.drawn}
    if not any(value.name in drawn and not value.drawn for value in system.values):
        return system
    values = tuple(
        replace(value, distribution=drawn[value.name].distribution)
        if value.name in drawn and not value.drawn
        else value
        for value in system.values
    )
    return replace(system, values=values)


def _inputs(side: Side, engine: Engine, samples: int, seed: int) -> _Inputs:
    own = side.given.engine
    drawn = dict(zip(own.draw_names, own.draws(0, samples, seed), strict=True))
    fixed = dict(zip(own.constant_names, own.constants, strict=True))
    draws = [drawn[name] if name in drawn else np.full(samples, fixed[name]) for name in engine.draw_names]
    table = np.asarray(draws, dtype=float).reshape(len(draws), samples)
    constants = np.array([fixed[name] for name in engine.constant_names], dtype=float)
    return _Inputs(table, constants, side.decisions)


_Group = tuple[list[int], list[int], list[slice]]
"""Rows of draws, places of constants, and slots of decisions."""


def _groups(system: System, engine: Engine, one: _Inputs, two: _Inputs) -> dict[str, _Group]:
    """What differs, by name; if that is more than can be told apart, by lever, person, task or the like."""
    found: dict[str, _Group] = {}
    for row, name in enumerate(engine.draw_names):
        if not np.array_equal(one.draws[row], two.draws[row]):
            found.setdefault(name, ([], [], []))[0].append(row)
    for place, name in enumerate(engine.constant_names):
        if one.constants[place] != two.constants[place]:
            found.setdefault(name, ([], [], []))[1].append(place)
    for name, slot in slots(system).items():
        if not np.array_equal(one.decisions[slot], two.decisions[slot]):
            found.setdefault(name, ([], [], []))[2].append(slot)
    if len(found) > MOST:
        found = _merged(found, {name: name.partition(".")[0] for name in found})
    if len(found) > MOST:
        found = _merged(found, {name: name if place < MOST - 1 else OTHER for place, name in enumerate(found)})
    return found


def _merged(found: dict[str, _Group], called: dict[str, str]) -> dict[str, _Group]:
    """Groups of one name put together."""
    merged: dict[str, _Group] = {}
    for name, (rows_, places, slots_) in found.items():
        into = merged.setdefault(called[name], ([], [], []))
        into[0].extend(rows_)
        into[1].extend(places)
        into[2].extend(slots_)
    return merged


def _mixed(one: _Inputs, two: _Inputs, chosen: list[_Group]) -> _Inputs:
    """The first side's inputs with some of the second's."""
    draws, constants, decisions = one.draws.copy(), one.constants.copy(), one.decisions.copy()
    for rows_, places, slots_ in chosen:
        draws[rows_] = two.draws[rows_]
        constants[places] = two.constants[places]
        for slot in slots_:
            decisions[slot] = two.decisions[slot]
    return _Inputs(draws, constants, decisions)
