"""Through which mechanisms a difference works: the difference of two attributions of leverage, on common draws.

The orders of magnitude by which one side makes more are those that it makes more alone, and those that its mechanisms
make more: Shapley values of each side (see `coalitions`), whose differences add up.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from leverwise.ask.answer import Row
from leverwise.ask.charts import Array
from leverwise.ask.coalitions import Players, Runs, parts_of, players_of
from leverwise.ask.numbers import standard_error
from leverwise.ask.sides import Side
from leverwise.engine.sobol import SCRAMBLINGS

ROWS = 1 << 15
"""Runs that are made at most on one side."""
FEWEST = 128
"""The fewest samples of each combination of mechanisms."""
LEAST = 0.5
"""The share of samples in which both sides must have a logarithm."""
ALONE = "alone"


@dataclass(frozen=True)
class Carried:
    """What each side makes of orders of magnitude (n,), by mechanism; NaN in samples without a logarithm."""

    alone: Array
    parts: dict[str, Array]


def samples_for(players: Sequence[Players], samples: int) -> int:
    """Of how many samples all combinations of mechanisms can be run on every side."""
    combinations = max(map(_combinations, players))
    return min(samples, max(FEWEST, ROWS // combinations // SCRAMBLINGS * SCRAMBLINGS))


def carried(side: Side, players: Players, samples: int, seed: int, told: Callable[[float], object]) -> Carried:
    """The attribution of one side; `told` is given the share done."""
    runs = Runs(side.model, side.decisions, samples, seed)
    both = runs.impact(np.hstack([runs.just(()), runs.just(runs.switches)]))
    alone, every = both
    with np.errstate(divide="ignore", invalid="ignore"):
        log = np.where(alone > 0, np.log10(alone), np.nan)
    if not players.levers:
        return Carried(log, {})
    parts, _ = parts_of(runs, players, alone, every, told)
    return Carried(log, dict(zip(players.levers, parts.shapley, strict=True)))


def rows(a: Carried, b: Carried, other: str) -> list[Row]:
    """A row for what is made alone and for each mechanism: both sides, and the difference in orders of magnitude.

    `share` is its part of the whole, `factor` the number that it multiplies impact by. Empty where too few samples have
    a logarithm.
    """
    names = list(dict.fromkeys([*a.parts, *b.parts]))
    nothing = np.zeros_like(a.alone)
    pairs = {ALONE: (a.alone, b.alone)}
    pairs |= {name: (a.parts.get(name, nothing), b.parts.get(name, nothing)) for name in names}
    usable = np.all([np.isfinite(each) for pair in pairs.values() for each in pair], axis=0)
    if np.mean(usable) < LEAST:
        return []
    apart = {name: two[usable] - one[usable] for name, (one, two) in pairs.items()}
    total = sum(float(np.mean(each)) for each in apart.values())
    told = []
    for name, (one, two) in pairs.items():
        mean = float(np.mean(apart[name]))
        row = {"other": other, "mechanism": name, "a": float(np.mean(one[usable])), "b": float(np.mean(two[usable]))}
        row |= {"difference": mean, "se": standard_error(apart[name]), "factor": 10.0**mean}
        told.append({**row, "share": mean / total if total else None, "samples": int(np.sum(usable))})
    return sorted(told, key=lambda row: -abs(row["difference"]))


def players(side: Side, seed: int) -> Players:
    """The mechanisms that one side has in use."""
    return players_of(side.model, side.decisions, seed, single=False)


def _combinations(players: Players) -> int:
    return 1 << len(players.levers) if players.exact else 3 * len(players.levers)
