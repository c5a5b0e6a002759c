"""Sobol indices from runs of two tables of inputs and of tables in between, with bootstrap intervals.

With C a table that takes inputs u of B and all else of A, outputs of B and C share u alone, and those of A and C share
all but u. So the covariance of the first two estimates what u does alone, and half the mean squared difference of the
others what u does alone and together with others (Jansen 1999, Computer Physics Communications 117). Both are divided
by the variance of the two columns they come from (Janon, Klein, Lagnoux, Nodet & Prieur 2014, ESAIM: PS 18), which
cancels much of their error where the output has a heavy tail. From the covariance of B and C a part of that of A and B
is taken, which is zero but for chance: none of it is the estimator of Janon et al., better for strong inputs, all of it
that of Saltelli et al. (2010, Computer Physics Communications 181), better for weak ones; the part is the regression of
one on the other, so that the error is no larger than the smaller of both.

Only sums are kept, for all samples and for each bootstrap replicate; so memory does not grow with the samples.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from leverwise.ask.charts import Array

REPLICATES = 200
"""Bootstrap replicates, unless asked otherwise."""
UNITS = 2**14
"""The most units that a replicate draws: of more samples, so many runs of consecutive ones."""
LOW, HIGH = 0.05, 0.95
"""The ends of an interval."""
STILL = 1e-10
"""A standard deviation that is a smaller share of the output's size is rounding, and no variance."""


@dataclass(frozen=True)
class Index:
    """One index, or as many as there are times, with its interval; not a number where the output does not vary."""

    value: Array
    low: Array
    high: Array

    @property
    def zero(self) -> Array:
        """Whether it can't be told from nothing."""
        return np.asarray(~(self.low > 0))


def index_of(replicates: Array) -> Index:
    """The index of its estimate (row 0) and bootstrap replicates (the other rows)."""
    if len(replicates) < 2:
        return Index(replicates[0], replicates[0], replicates[0])
    low, high = np.quantile(replicates[1:], (LOW, HIGH), axis=0)
    return Index(replicates[0], low, high)


class Sums:
    """What indices are made of, gathered block by block; T times, K tables in between."""

    def __init__(self, samples: int, seed: int, replicates: int = REPLICATES) -> None:
        self.samples = samples
        self.units = min(samples, UNITS)
        self._weights = _weights(self.units, replicates, np.random.default_rng(seed))
        self._middle: Array | None = None
        self._base = np.zeros(0)
        self._crossed = np.zeros(0)
        self._count = np.zeros(0)

    def add(self, first: int, values: Array) -> None:
        """Take samples `first` ...: outputs (2 + K, T, n) of A, B and the tables in between.

        A sample of which an output is not a number is left out.
        """
        if self._middle is None:
            known = np.isfinite(values[0])
            self._middle = np.where(known, values[0], 0.0).sum(axis=1) / np.maximum(known.sum(axis=1), 1)
        finite = np.isfinite(values).all(axis=0)
        with np.errstate(invalid="ignore"):
            values = np.where(finite, values - self._middle[:, None], 0.0)
        units = np.arange(first, first + values.shape[2]) * self.units // self.samples
        weights = self._weights[:, units]
        a, b, c = values[0], values[1], values[2:]
        product = a * b
        base = np.stack([a, b, a * a, b * b, product, product * product])
        crossed = np.stack([c, c * c, b * c, a * c, product * b * c])
        found = [_summed(weights, table) for table in (finite.astype(float), base, crossed)]
        if not self._count.size:
            self._count, self._base, self._crossed = found
        else:
            self._count += found[0]
            self._base += found[1]
            self._crossed += found[2]

    @property
    def counted(self) -> Array:
        """(T,) how many samples count."""
        return np.asarray(self._count[0])

    @cached_property
    def varies(self) -> Array:
        """(T,) whether the output varies."""
        a, b, aa, bb, _, _ = self._means(self._base)[:, 0]
        size = np.abs(self._middle if self._middle is not None else 0.0)
        spread = np.sqrt(np.maximum((aa + bb) / 2 - ((a + b) / 2) ** 2, 0.0))
        return np.asarray(spread > STILL * size)

    @cached_property
    def first(self) -> Array:
        """(1 + replicates, K, T) what the inputs taken of B do alone."""
        a, b, _, bb, ab, abab = self._means(self._base)[:, :, None]
        c, cc, bc, _, abbc = self._means(self._crossed)
        spare = ab - ((a + b) / 2) ** 2
        with np.errstate(invalid="ignore", divide="ignore"):
            slope = (abbc[0] - ab[0] * bc[0]) / (abab[0] - ab[0] ** 2)
            part = np.clip(np.nan_to_num(slope), 0.0, 1.0)
            middle = (b + c) / 2
            variance = (bb + cc) / 2 - middle**2
            return self._told((bc - middle**2 - part * spare) / variance)

    @cached_property
    def total(self) -> Array:
        """(1 + replicates, K, T) what they do alone and together with others."""
        a, _, aa, _, _, _ = self._means(self._base)[:, :, None]
        c, cc, _, ac, _ = self._means(self._crossed)
        with np.errstate(invalid="ignore", divide="ignore"):
            variance = (aa + cc) / 2 - ((a + c) / 2) ** 2
            return self._told((aa - 2 * ac + cc) / 2 / variance)

    def _means(self, sums: Array) -> Array:
        """Sums (S, 1 + replicates, ..., T) as means."""
        count = self._count if sums.ndim == 3 else self._count[:, None]
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.asarray(sums / count)

    def _told(self, found: Array) -> Array:
        return np.where(self.varies, found, np.nan)


def _weights(units: int, replicates: int, random: np.random.Generator) -> Array:
    """(1 + replicates, units) how often each unit counts: once, then as drawn with replacement."""
    result = np.ones((1 + replicates, units))
    for row in range(1, 1 + replicates):
        result[row] = np.bincount(random.integers(0, units, units), minlength=units)
    return result


def _summed(weights: Array, table: Array) -> Array:
    """Sums over samples (..., T, n) by replicate: (S, R, ..., T), or (R, T) of a table without S."""
    *outer, times, count = table.shape
    flat = weights @ table.reshape(-1, count).T
    shaped = flat.reshape(len(weights), *outer, times)
    return np.ascontiguousarray(np.moveaxis(shaped, 0, 1)) if outer else shaped
