"""Runs the tables that indices are made of, block by block, and leaves out what changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from leverwise.ask.caveats import heavy_tail
from leverwise.ask.charts import Array
from leverwise.ask.indices import REPLICATES, Index, Sums, index_of
from leverwise.ask.naming import LEVERAGE
from leverwise.ask.outputs import Output
from leverwise.ask.planning.sizes import row_seconds
from leverwise.ask.shapley import shapley_weights
from leverwise.ask.swaps import Input, Swaps, swaps_of
from leverwise.lang.system import System

SECONDS = 20.0
"""What the runs may take, about, unless samples are asked for."""
FEWEST, MOST = 2**8, 2**13
"""The fewest and the most base samples that are chosen."""
ROWS = 40_000
"""Rows of a block, at most about."""
NUMBERS = 8_000_000
"""Numbers that a block's outputs hold, at most about."""
SCREENED = 256
"""Base samples, at least, after which an input that has changed nothing is taken to change nothing."""
SAME = 1e-12
"""A change by a smaller share of the largest output is rounding."""
SKEWED = 2.0
"""How many times its median the mean of an output must be to be told in orders of magnitude, too."""
KEPT = 2**14
"""Base samples of which inputs and outputs are kept, for pictures."""


@dataclass(frozen=True)
class Measured:
    """What the runs gave. T times of the output, D draws, K kept rows (of both tables A and B)."""

    output: Output
    swaps: Swaps
    sums: Sums
    moving: Sequence[bool]
    """By table, whether it changed anything."""
    samples: int
    runs: int
    """How often the model was run in all."""
    orders: int | None
    """Where sums hold the logarithm of the output that the answer tells of; None if it is not always positive.

    Behind the T times of the output come T of its logarithm.
    """
    draws: Array
    """(D, K) inputs in base units."""
    values: Array
    """(K,) the output that the answer tells of, in its unit; K independent samples."""

    @property
    def main(self) -> int:
        """The time that the answer tells of."""
        return self.output.main

    @cached_property
    def told(self) -> Array:
        """The output's samples as far as they are numbers."""
        return np.asarray(self.values[np.isfinite(self.values)])

    @cached_property
    def by_orders(self) -> int | None:
        """Where the indices of its order of magnitude are, if large samples carry the output; else None."""
        skewed = float(np.mean(self.told)) > SKEWED * float(np.median(self.told))
        return self.orders if skewed or heavy_tail(self.output.words, self.told) else None

    def moves(self, each: Input) -> bool:
        """Whether an input changed anything in any sample."""
        return bool(self.moving[each.total])

    def first(self, table: int) -> Index:
        """First-order indices (T,) of what a table takes of B."""
        return self._index(self.sums.first, table)

    def total(self, table: int) -> Index:
        """Total indices (T,) of it."""
        return self._index(self.sums.total, table)

    def shown(self, place: int) -> bool:
        """Whether an output, or its logarithm, varies and is a number in all samples in which the output is one."""
        counted, times = self.sums.counted, max(1, len(self.output.steps))
        return bool(self.sums.varies[place] and counted[place] == counted[place % times])

    @property
    def alone(self) -> Index:
        """The sum of the first-order indices of all inputs (T,)."""
        tables = [each.first for each in self.swaps.inputs if self.moves(each)]
        return index_of(self.sums.first[:, tables].sum(axis=1))

    def effects(self, parts: dict[frozenset[int], int]) -> list[Index]:
        """The Shapley effect (T,) of each member of a group, from the tables of its parts.

        What a part is worth is its total index, the variance that is left when all else is known (Song, Nelson & Staum
        2016, SIAM/ASA Journal on Uncertainty Quantification 4); the effects add up to that of the whole group.
        """
        members = sorted(frozenset().union(*parts))
        places = {sum(1 << members.index(member) for member in part): table for part, table in parts.items()}
        weights = shapley_weights(len(members))[:, list(places)]
        found = np.tensordot(weights, self.sums.total[:, list(places.values())], axes=(1, 1))
        return [index_of(effect) for effect in found]

    def _index(self, found: Array, table: int) -> Index:
        if self.moving[table]:
            return index_of(found[:, table])
        nothing = np.where(self.sums.varies, 0.0, np.nan)
        return Index(nothing, nothing, nothing)


def samples_for(system: System, tables: int, output: Output) -> int:
    """How many base samples are run if none are asked for: as many as take some seconds, a power of two."""
    each = (tables + 2) * len(output.switches) * row_seconds(system) * (2 if output.steps else 1)
    wanted = int(np.clip(SECONDS / each, FEWEST, MOST))
    return 1 << wanted.bit_length() - 1


def measured(
    engine: Any,
    output: Output,
    decisions: Array,
    samples: int | None,
    seed: int,
    told: Callable[[float], object] = lambda share: None,
    replicates: int = REPLICATES,
) -> Measured:
    """Run all tables under given decisions. `samples` are base samples; left out, as many as take some seconds."""
    swaps = swaps_of(engine, seed)
    tables, times = len(swaps.tables), max(1, len(output.steps))
    count = samples_for(engine.system, tables, output) if samples is None else samples
    sums = Sums(count, seed, replicates)
    active = np.ones((len(output.switches), tables), dtype=bool)
    moving = np.zeros((len(output.switches), tables), dtype=bool)
    draws: list[Array] = []
    values: list[Array] = []
    runs = done = 0
    logged = False
    size = _size(tables, times, count)
    while done < count:
        block = swaps.pairs.block(done, min(size, count - done))
        parts = []
        for part in range(len(output.switches)):
            chosen = [int(table) for table in np.flatnonzero(active[part])]
            found = output.run(engine, swaps.rows(block, chosen), decisions, part, seed)
            found = found.reshape(times, 2 + len(chosen), -1).transpose(1, 0, 2)
            moving[part, chosen] |= _changed(found)
            full = np.repeat(found[:1], 2 + tables, axis=0)
            full[1], full[[2 + table for table in chosen]] = found[1], found[2:]
            parts.append(full)
            runs += found.shape[0] * found.shape[2]
        outputs = output.told(parts)
        if not done:
            logged = output.name != LEVERAGE and bool(np.all(outputs[:2, output.main] > 0))
        sums.add(done, np.concatenate([outputs, _orders(outputs)], axis=1) if logged else outputs)
        if done < KEPT:
            draws += block.draws
            values += [outputs[0, output.main], outputs[1, output.main]]
        done += len(block.index[0])
        if done >= SCREENED:
            active &= moving
        told(done / count)
    place = times + output.main
    orders = place if logged and sums.counted[place] == sums.counted[output.main] else None
    known, came = np.concatenate(draws, axis=1), np.concatenate(values)
    return Measured(output, swaps, sums, np.any(moving, axis=0).tolist(), count, runs, orders, known, came)


def _size(tables: int, times: int, samples: int) -> int:
    """Base samples of a block, a power of two."""
    wanted = min(ROWS // (tables + 2), NUMBERS // ((tables + 2) * times), samples)
    return int(max(64, 1 << max(0, wanted.bit_length() - 1)))


def _orders(outputs: Array) -> Array:
    """The orders of magnitude of outputs, none where they are not positive."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.log10(np.where(outputs > 0, outputs, np.nan)))


def _changed(found: Array) -> Array:
    """By table in between (2 + K, T, n), whether its outputs differ from those of A."""
    size = np.nanmax(np.abs(np.where(np.isfinite(found[0]), found[0], np.nan)), initial=0.0)
    with np.errstate(invalid="ignore"):
        same = (np.abs(found[2:] - found[0]) <= SAME * size) | (found[2:] == found[0])
        same |= np.isnan(found[2:]) & np.isnan(found[0])
    return np.asarray(~same.all(axis=(1, 2)))


def ordered(inputs: Sequence[Input], found: Measured, place: int | None = None) -> list[Input]:
    """Inputs, the largest total index first; at the time that the answer tells of, unless another is named."""
    at = found.main if place is None else place

    def weight(each: Input) -> float:
        value = float(found.total(each.total).value[at])
        return value if np.isfinite(value) else 0.0

    return sorted(inputs, key=lambda each: -weight(each))
