"""Which tables between two independent ones are run, so that each input gets its indices.

An input that is correlated with none takes one table. Correlated inputs form groups: the group as a whole takes one
table, each member one for what goes with it alone and one for what is left of it when all else is known (Kucherenko,
Tarantola & Annoni 2012); groups of up to four get Shapley effects as well, which share out the group's total index.
Fresh noise is an input like any other: a table with the noise of B and the draws of A.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np

from leverwise.ask.charts import Array
from leverwise.ask.scenarios import WRITTEN
from leverwise.engine.pairs import Block, Crossing, Pairs

NOISE = "noise"
"""The name of all fresh noise together."""
SHARED_OUT = 4
"""The most members of a group for which every part of it is run."""


@dataclass(frozen=True)
class Input:
    """An input, the tables that its first and its total index come from, and its row of the draws (None for noise)."""

    name: str
    row: int | None
    first: int
    total: int


@dataclass(frozen=True)
class Together:
    """Correlated inputs: their names, the table of all of them, and those of every part if there are few."""

    names: tuple[str, ...]
    whole: int
    parts: Mapping[frozenset[int], int]


@dataclass(frozen=True)
class Swaps:
    """Tables in between, None standing for that with the noise of B, and what they are for."""

    pairs: Pairs
    tables: tuple[Crossing | None, ...]
    inputs: tuple[Input, ...]
    groups: tuple[Together, ...]

    def rows(self, block: Block, chosen: Sequence[int]) -> tuple[Array, Array]:
        """Draws (D, (2 + k) n) and sample numbers of A, B and the chosen tables in between, one after the other."""
        draws, index = list(block.draws), list(block.index)
        for table in chosen:
            crossing = self.tables[table]
            draws.append(block.draws[0] if crossing is None else self.pairs.between(block, crossing))
            index.append(block.index[1 if crossing is None else 0])
        return np.concatenate(draws, axis=1), np.concatenate(index)


def swaps_of(engine: Any, seed: int) -> Swaps:
    """All tables that the inputs of an engine's system need."""
    pairs: Pairs = engine.pairs(seed)
    names = [name.removesuffix(WRITTEN) for name in engine.draw_names]
    tables: list[Crossing | None] = []
    inputs: dict[int, Input] = {}
    groups = []

    def table(rows: Sequence[int], *, taken: int, last: bool = False) -> int:
        first = [k >= len(rows) - taken if last else k < taken for k in range(len(rows))]
        tables.append(Crossing(tuple(rows), tuple(first)))
        return len(tables) - 1

    for rows in pairs.groups:
        whole = table(rows, taken=len(rows))
        parts = {frozenset(rows): whole}
        for size in range(1, len(rows)):
            if size == 1 or len(rows) <= SHARED_OUT:
                for part in combinations(rows, size):
                    order = [*(row for row in rows if row not in part), *part]
                    parts[frozenset(part)] = table(order, taken=size, last=True)
        for row in rows:
            alone = table([row, *(other for other in rows if other != row)], taken=1)
            inputs[row] = Input(names[row], row, alone, parts[frozenset((row,))])
        complete = parts if len(rows) <= SHARED_OUT else {}
        groups.append(Together(tuple(names[row] for row in rows), whole, complete))
    for row, name in enumerate(names):
        if row not in inputs:
            place = table((row,), taken=1)
            inputs[row] = Input(name, row, place, place)
    found = [inputs[row] for row in range(len(names))]
    if engine.layout.noises:
        tables.append(None)
        found.append(Input(NOISE, None, len(tables) - 1, len(tables) - 1))
    return Swaps(pairs, tuple(tables), tuple(found), tuple(groups))
