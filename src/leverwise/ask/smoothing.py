"""What is to be expected of some numbers where inputs are known: penalised splines, fitted without one fold at a time.

Each input is brought to normal scores by its ranks, so that neither its unit nor its tail matters, and gets cubic
B-splines on even knots with a penalty on second differences (Eilers and Marx 1996); a pair gets coarse products of
such splines beside the splines of each, so that what one input explains the pair explains, too. An input of few values
gets a mean for each. How smooth, down to a mere constant, is what predicts the folds left out best.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from leverwise.ask.charts import Array

DEGREE = 3
PIECES, COARSE = 20, 4
"""Pieces of the spline of one input, and along each input of a pair's products."""
FEW_VALUES = 8
"""An input with no more values than this gets a mean for each."""
STIFF = tuple(10.0**k for k in range(-4, 5, 2))
"""Penalties tried, relative to the data, every other one for products; the largest leaves a straight line."""
RIDGE = 1e-7
"""Share of the mean diagonal added to it, for what no sample tells."""


class Part(Protocol):
    """Functions of one input, and what makes them rough."""

    size: int
    rough: Array
    """(p, p)."""

    def at(self, values: Array) -> Array:
        """The functions at some values (n,): (n, p)."""


class Splines:
    """Cubic B-splines of the normal scores of an input."""

    def __init__(self, values: Array, pieces: int) -> None:
        self._known, middle = _middle_ranks(values)
        self._scores = _normal_scores(middle)
        low, high = float(self._scores[0]), float(self._scores[-1])
        self._knots = low + (high - low) / pieces * np.arange(-DEGREE, pieces + DEGREE + 1)
        self._knots[[DEGREE, -DEGREE - 1]] = low, high  # rounding must leave no score outside
        self.size = pieces + DEGREE
        second = np.diff(np.eye(self.size), 2, axis=0)
        self.rough: Array = second.T @ second

    def at(self, values: Array) -> Array:
        """The functions at some values (n,): (n, p); beyond all that were seen, as at the last of them."""
        from scipy.interpolate import BSpline

        scores = np.interp(values, self._known, self._scores)
        return np.asarray(BSpline.design_matrix(scores, self._knots, DEGREE).toarray())


class Means:
    """One function for each of the few values of an input."""

    def __init__(self, values: Array) -> None:
        self._known = np.unique(values)
        self.size = len(self._known)
        self.rough: Array = np.zeros((self.size, self.size))

    def at(self, values: Array) -> Array:
        """The functions at some values (n,): (n, p); between two values those of the nearest."""
        edges = (self._known[1:] + self._known[:-1]) / 2
        return np.asarray(np.searchsorted(edges, values)[:, None] == np.arange(self.size), dtype=float)


def _part(values: Array, pieces: int) -> Part:
    """The functions of one input."""
    return Means(values) if len(np.unique(values)) <= FEW_VALUES else Splines(values, pieces)


def _middle_ranks(values: Array) -> tuple[Array, Array]:
    """The distinct values (v,), sorted, and the middle of the ranks of each as a share of all."""
    known, counts = np.unique(values, return_counts=True)
    return known, (np.cumsum(counts) - counts / 2) / len(values)


def _normal_scores(shares: Array) -> Array:
    from scipy.special import ndtri

    return np.asarray(ndtri(shares))


@dataclass(frozen=True)
class Fit:
    """Numbers (n, D) as functions of inputs, fitted to all samples but those of one fold, for each fold."""

    held_out: Array
    """(n, D) at each sample, by the fit that has not seen its fold."""
    without: Array
    """(F, p, D) coefficients by fold left out."""
    parts: Sequence[Part]
    pairs: Sequence[tuple[Part, Part, int, int]]

    def at(self, inputs: Array) -> tuple[Array, Array]:
        """The mean of the fits at some inputs (k, m): (m, D), and its standard error by the jackknife."""
        each = _functions(self.parts, self.pairs, inputs) @ self.without
        return np.mean(each, axis=0), np.sqrt((len(each) - 1) * np.var(each, axis=0))


def fitted(inputs: Array, numbers: Array, folds: NDArray[np.int64]) -> Fit:
    """What is to be expected of `numbers` (n, D) given `inputs` (k, n), each of the `folds` (n,) left out in turn.

    Where inputs are correlated this is as it should be: what an input tells of others counts as told by it.
    """
    parts = [_part(values, PIECES) for values in inputs]
    coarse = [_part(values, COARSE) for values in inputs]
    pairs = [(coarse[a], coarse[b], a, b) for a, b in combinations(range(len(inputs)), 2)]
    design = _functions(parts, pairs, inputs)
    places = [np.flatnonzero(folds == k) for k in range(int(folds.max()) + 1)]
    squares = np.stack([design[place].T @ design[place] for place in places])
    products = np.stack([design[place].T @ numbers[place] for place in places])
    others = np.sum(squares, axis=0) - squares, np.sum(products, axis=0) - products
    chosen = _constant(parts[0].size, numbers, places, design.shape[1])
    least = _missed(chosen, squares, products)
    for penalty in _penalties(parts, pairs, np.trace(np.sum(squares, axis=0))):
        tried = np.linalg.solve(others[0] + penalty, others[1])
        missed = _missed(tried, squares, products)
        better = missed < least
        least = np.where(better, missed, least)
        chosen[:, :, better] = tried[:, :, better]
    held_out = np.empty_like(numbers)
    for place, coefficients in zip(places, chosen, strict=True):
        held_out[place] = design[place] @ coefficients
    return Fit(held_out, chosen, parts, pairs)


def _functions(parts: Sequence[Part], pairs: Sequence[tuple[Part, Part, int, int]], inputs: Array) -> Array:
    """All functions at some inputs (k, m): (m, p)."""
    columns = [part.at(values) for part, values in zip(parts, inputs, strict=True)]
    for one, other, a, b in pairs:
        columns.append(np.einsum("np,nq->npq", one.at(inputs[a]), other.at(inputs[b])).reshape(inputs.shape[1], -1))
    return np.concatenate(columns, axis=1)


def _constant(first: int, numbers: Array, places: Sequence[NDArray[np.int64]], size: int) -> Array:
    """Coefficients (F, p, D) of the means of the other folds: the functions of an input add up to 1."""
    sums = np.stack([np.sum(numbers[place], axis=0) for place in places])
    counts = np.array([len(place) for place in places])
    means = (np.sum(sums, axis=0) - sums) / (len(numbers) - counts)[:, None]
    found = np.zeros((len(places), size, numbers.shape[1]))
    found[:, :first] = means[:, None]
    return found


def _missed(coefficients: Array, squares: Array, products: Array) -> Array:
    """Squared errors in the folds left out (D,), but for the squares of the numbers themselves."""
    return np.asarray(np.sum(coefficients * (squares @ coefficients - 2 * products), axis=(0, 1)))


def _penalties(parts: Sequence[Part], pairs: Sequence[tuple[Part, Part, int, int]], trace: float) -> Iterator[Array]:
    """The penalties to try (p, p): each part's own roughness, all alike; that of the products by itself."""
    own = sum(part.size for part in parts)
    size = own + sum(one.size * other.size for one, other, _, _ in pairs)
    alone, both = np.zeros((size, size)), np.zeros((size, size))
    first = 0
    for part in parts:
        place = slice(first, first + part.size)
        alone[place, place] = part.rough
        first += part.size
    for one, other, _, _ in pairs:
        place = slice(first, first + one.size * other.size)
        both[place, place] = np.kron(one.rough, np.eye(other.size)) + np.kron(np.eye(one.size), other.rough)
        first += one.size * other.size
    scale = trace / size
    ridge = RIDGE * scale * np.eye(size)
    for first_stiff in STIFF:
        for second in STIFF[::2] if pairs else STIFF[:1]:
            yield scale * (first_stiff * alone + second * both) + ridge
