"""Two independent tables of the drawn values, A and B, and tables in between: some values of B, the rest of A.

This is the base design of variance-based sensitivity analysis. Its points are Sobol's in the first 2D dimensions, A
in the first half, with one random linear scrambling and digital shift (Matousek 1998, Journal of Complexity 14). A
question about shares of a variance asks for all N points at once, and has no use for the 16 scramblings of `sobol`,
nor for dimensions that follow from names: one scrambling of low dimensions has about a tenth of their error there.

Of correlated values a table in between is drawn from the conditional distribution (Kucherenko, Tarantola & Annoni
2012, Computer Physics Communications 183): in the order of a `Crossing`, each value's score is that which it needs
given the ones before it, and what is taken of B is that part of the score that the ones before do not explain.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np

from leverwise.engine import sobol
from leverwise.engine.draws import Draws, bounded, mixed
from leverwise.errors import ModelError, Problem

OTHER_NOISE = 2**31
"""The noise of sample i of table B is that of sample number i + this."""


@dataclass(frozen=True)
class Crossing:
    """A table between A and B: values by their rows, in order, and which of them are taken of B.

    `rows` is one row, or all rows of a group of correlated values. Taken first, values are those of B themselves, and
    the others of the group follow given them; taken last, they are drawn anew given the others, which stay A's.
    """

    rows: tuple[int, ...]
    taken: tuple[bool, ...]


@dataclass(frozen=True)
class Block:
    """Some samples of both tables; draws (D, n) in base units, index (n,) the sample numbers."""

    draws: tuple[np.ndarray, np.ndarray]
    index: tuple[np.ndarray, np.ndarray]
    scores: tuple[np.ndarray, np.ndarray]
    """Normal scores (D, n) of correlated values."""


class Pairs:
    """The two tables of a seed, any range of samples of which can be asked.

    Raises ModelError if there are more values than Sobol's dimensions can serve.
    """

    def __init__(self, draws: Draws, seed: int) -> None:
        self.draws = draws
        if 2 * len(draws.values) > sobol.DIMENSIONS:
            message = f"{len(draws.values):,} ranges are too many for two tables: {sobol.DIMENSIONS // 2:,} fit"
            raise ModelError([Problem(message, hint="make single numbers of those that you are surest of")])
        names = [value.key or value.name for value in draws.values]
        keys = [f"{seed}/{table}/{name}" for table in "ab" for name in names]
        digests = [hashlib.shake_128(key.encode()).digest(4 * (sobol.BITS + 1)) for key in keys]
        words = np.frombuffer(b"".join(digests), np.uint32).reshape(len(keys), sobol.BITS + 1)
        self._shifts = words[:, :1]
        plain = sobol.direction_numbers(range(len(keys)))
        self._directions = sobol.linearly_scrambled(plain, words[:, 1:]) if keys else plain

    @property
    def groups(self) -> tuple[tuple[int, ...], ...]:
        """The rows of each group of correlated values."""
        return tuple(tuple(int(row) for row in group.rows) for group in self.draws.groups)

    def block(self, first: int, count: int) -> Block:
        """Samples `first` ... of both tables."""
        from scipy import special

        points = sobol.points(self._directions, first, count) ^ self._shifts
        both = np.split((points + 0.5) * 2.0**-sobol.BITS, 2)
        scores = []
        for u in both:
            here = np.zeros_like(u)
            for group in self.draws.groups:
                here[group.rows] = mixed(group.factor, special.ndtri(u[group.rows]))
                u[group.rows] = special.ndtr(here[group.rows])
            scores.append(here)
        a, b = (self.draws.from_uniforms(bounded(u)) for u in both)
        index = np.arange(first, first + count, dtype=np.uint32)
        return Block((a, b), (index, index + np.uint32(OTHER_NOISE)), (scores[0], scores[1]))

    def between(self, block: Block, crossing: Crossing) -> np.ndarray:
        """(D, n) draws of the table in between."""
        result = block.draws[0].copy()
        rows = np.array(crossing.rows)
        if all(crossing.taken):
            result[rows] = block.draws[1][rows]
            return result
        from scipy import special

        matrix = self._exchange(crossing)
        a, b = block.scores[0][rows], block.scores[1][rows]
        u = np.full_like(result, 0.5)
        u[rows] = special.ndtr(a + _product(matrix, b - a))
        values = self.draws.from_uniforms(bounded(u))
        moved = [row for row, weights in zip(crossing.rows, matrix, strict=True) if np.any(weights)]
        result[moved] = values[moved]
        return result

    def _exchange(self, crossing: Crossing) -> np.ndarray:
        """(k, k) how far scores move from A's towards B's: L taken L^-1, L the Cholesky factor in this order."""
        group = next(group for group in self.draws.groups if set(crossing.rows) == set(group.rows.tolist()))
        places = [group.rows.tolist().index(row) for row in crossing.rows]
        whole = group.factor @ group.factor.T
        factor = np.linalg.cholesky(whole[np.ix_(places, places)])
        matrix = factor @ np.diag(np.array(crossing.taken, float)) @ np.linalg.inv(factor)
        return np.where(np.abs(matrix) < 1e-14, 0.0, matrix)


def _product(matrix: np.ndarray, scores: np.ndarray) -> np.ndarray:
    """The product of both, summed in a fixed order."""
    result = np.zeros_like(scores)
    for row, weights in enumerate(matrix):
        for column, weight in enumerate(weights):
            if weight:
                result[row] += weight * scores[column]
    return result
