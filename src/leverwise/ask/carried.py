"""Through which mechanisms a difference works: the difference of two attributions of leverage, on common draws.

The orders of magnitude by which one side makes more are those that it makes more alone, and those that its mechanisms
make more: Shapley values of each side (see `coalitions`), whose differences add up. The same holds of impact itself.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from leverwise.ask.answer import Row
from leverwise.ask.charts import Array
from leverwise.ask.coalitions import Players, Runs, parts_of, players_of
from leverwise.ask.numbers import standard_error
from leverwise.ask.sides import Side
from leverwise.engine.sobol import SCRAMBLINGS
from leverwise.lang.system import Unit

ROWS = 1 << 15
"""Runs that are made at most on one side."""
FEWEST = 128
"""The fewest samples of each combination of mechanisms."""
LEAST = 0.5
"""The share of samples that must have a logarithm on both sides, for every combination of mechanisms."""
ALONE, ORDERS = "alone", "orders of magnitude"


@dataclass(frozen=True)
class Carried:
    """What one side makes alone (n,) and what each mechanism adds (n,): in orders of magnitude, and of impact itself.

    Orders are NaN in samples without a logarithm; amounts are in base units, and None where there are too many
    mechanisms to run all combinations.
    """

    orders: dict[str, Array]
    amounts: dict[str, Array] | None


def samples_for(players: Sequence[Players], samples: int) -> int:
    """Of how many samples all combinations of mechanisms can be run on every side."""
    combinations = max(map(_combinations, players))
    return min(samples, max(FEWEST, ROWS // combinations // SCRAMBLINGS * SCRAMBLINGS))


def carried(side: Side, players: Players, samples: int, seed: int, told: Callable[[float], object]) -> Carried:
    """The attribution of one side; `told` is given the share done."""
    runs = Runs(side.model, side.decisions, samples, seed)
    alone, every = runs.impact(np.hstack([runs.just(()), runs.just(runs.switches)]))
    with np.errstate(divide="ignore", invalid="ignore"):
        orders = {ALONE: np.where(alone > 0, np.log10(alone), np.nan)}
    amounts = {ALONE: alone}
    if not players.levers:
        return Carried(orders, amounts)
    in_orders, in_amounts = parts_of(runs, players, alone, every, told)
    orders |= dict(zip(players.levers, in_orders.shapley, strict=True))
    if in_amounts is None:
        return Carried(orders, None)
    return Carried(orders, amounts | dict(zip(players.levers, in_amounts.shapley, strict=True)))


def have_orders(a: Carried, b: Carried) -> bool:
    """Whether enough samples have a logarithm on both sides."""
    return float(np.mean(_usable(_pairs(a.orders, b.orders)))) >= LEAST


def rows(a: Carried, b: Carried, unit: Unit, other: str, *, in_orders: bool) -> list[Row]:
    """A row for what is made alone and for each mechanism: both sides, and the difference.

    `share` is its part of the whole, `factor` the number that it multiplies impact by. `in_orders` tells it in orders
    of magnitude, of the samples that have a logarithm; else it is told of impact itself in its `unit`, without
    factors, and not at all where there are too many mechanisms.
    """
    if in_orders:
        pairs = _pairs(a.orders, b.orders)
        usable = _usable(pairs)
        return _rows({name: (one[usable], two[usable]) for name, (one, two) in pairs.items()}, ORDERS, other)
    if a.amounts is None or b.amounts is None:
        return []
    amounts = _pairs(a.amounts, b.amounts)
    return _rows(
        {name: (one / unit.factor, two / unit.factor) for name, (one, two) in amounts.items()}, unit.text, other
    )


def _usable(pairs: dict[str, tuple[Array, Array]]) -> Any:
    """(n,) whether all is finite."""
    return np.all([np.isfinite(each) for pair in pairs.values() for each in pair], axis=0)


def _pairs(a: dict[str, Array], b: dict[str, Array]) -> dict[str, tuple[Array, Array]]:
    """Both sides of what either has."""
    nothing = np.zeros_like(a[ALONE])
    return {name: (a.get(name, nothing), b.get(name, nothing)) for name in dict.fromkeys([*a, *b])}


def _rows(pairs: dict[str, tuple[Array, Array]], unit: str, other: str) -> list[Row]:
    total = sum(float(np.mean(two - one)) for one, two in pairs.values())
    told = []
    for name, (one, two) in pairs.items():
        mean = float(np.mean(two - one))
        row = {"other": other, "mechanism": name, "a": float(np.mean(one)), "b": float(np.mean(two))}
        row |= {"difference": mean, "se": standard_error(two - one), "unit": unit}
        factor = 10.0**mean if unit == ORDERS else None
        told.append({**row, "factor": factor, "share": mean / total if total else None, "samples": len(one)})
    return sorted(told, key=lambda row: -abs(row["difference"]))


def players(side: Side, seed: int) -> Players:
    """The mechanisms that one side has in use."""
    return players_of(side.model, side.decisions, seed, single=False)


def _combinations(players: Players) -> int:
    return 1 << len(players.levers) if players.exact else 3 * len(players.levers)
