"""Quantiles over samples of many variables at many times, exact while they fit into memory, else from a histogram.

The histogram has bins of equal relative width (Masson, Rim & Lee 2019, DDSketch), 64 to each doubling, so that a
quantile is off by less than 1 % of itself. Bins are counted, so the order in which samples arrive does not matter.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

LEVELS = (0.05, 0.25, 0.50, 0.75, 0.95)
EXACT_VALUES = 32_000_000
"""Up to this many numbers (256 MB) trajectories are kept and quantiles are exact."""
BINS_PER_DOUBLING_BITS = 6
SMALLEST_EXPONENT, LARGEST_EXPONENT = -66, 126
"""Magnitudes below 2^-66 count as 0; those above 2^126 as 2^126."""


@dataclass(frozen=True)
class Fan:
    """The spread of one variable over samples, at each time: arrays of shape (T+1,)."""

    mean: np.ndarray
    p5: np.ndarray
    p25: np.ndarray
    p50: np.ndarray
    p75: np.ndarray
    p95: np.ndarray


def exact_fan(values: np.ndarray, mean: np.ndarray) -> Fan:
    """The fan of values (T+1, N), whose mean is already known."""
    return Fan(mean, *sorted_quantiles(np.sort(values, axis=-1), LEVELS))


def sorted_quantiles(ordered: np.ndarray, levels: tuple[float, ...]) -> list[np.ndarray]:
    """Quantiles, linear between order statistics, of arrays sorted along the last axis."""
    last = ordered.shape[-1] - 1
    found = []
    for level in levels:
        place = level * last
        below = int(place)
        part = place - below
        low, high = ordered[..., below], ordered[..., min(below + 1, last)]
        with np.errstate(invalid="ignore"):
            found.append(low if part == 0 else low + part * (high - low))
    return found


class Histograms:
    """Counts of one variable's values by relative size, for each of `times` times."""

    def __init__(self, times: int) -> None:
        self.half = (LARGEST_EXPONENT - SMALLEST_EXPONENT) << BINS_PER_DOUBLING_BITS
        self.counts = np.zeros((times, 2 * self.half + 1), np.int64)
        """Touched pages alone take memory; the middle bin is 0."""

    def add(self, values: np.ndarray) -> None:
        """Count values (times, n); what is not a number is left out."""
        values = np.ascontiguousarray(values, np.float64)
        bits = values.view(np.int64)
        size = (bits & np.int64(0x7FFFFFFFFFFFFFFF)) >> np.int64(52 - BINS_PER_DOUBLING_BITS)
        place = size - np.int64((1023 + SMALLEST_EXPONENT) << BINS_PER_DOUBLING_BITS) + 1
        np.clip(place, 0, self.half, out=place)
        np.negative(place, out=place, where=bits < 0)
        place += self.half
        finite = np.isfinite(values)
        for time in range(len(values)):
            row = place[time] if finite[time].all() else place[time][finite[time]]
            if not len(row):
                continue
            low = int(row.min())
            counted = np.bincount(row - low)
            self.counts[time, low : low + len(counted)] += counted

    def quantiles(self, levels: tuple[float, ...]) -> list[np.ndarray]:
        """Quantiles at each time, linear inside a bin."""
        edges = self._edges()
        found = np.full((len(levels), len(self.counts)), np.nan)
        for time, counts in enumerate(self.counts):
            used = np.flatnonzero(counts)
            if not len(used):
                continue
            total = np.cumsum(counts[used])
            for row, level in enumerate(levels):
                rank = level * (total[-1] - 1) + 0.5
                at = min(int(np.searchsorted(total, rank)), len(used) - 1)
                part = 1 - (total[at] - rank) / counts[used[at]]
                low, high = edges[used[at]], edges[used[at] + 1]
                found[row, time] = low + min(max(part, 0.0), 1.0) * (high - low)
        return list(found)

    def _edges(self) -> np.ndarray:
        """Ends of the bins, rising; the middle bin is around 0."""
        numbers = np.arange(self.half + 1, dtype=np.int64) + ((1023 + SMALLEST_EXPONENT) << BINS_PER_DOUBLING_BITS)
        sizes = (numbers << np.int64(52 - BINS_PER_DOUBLING_BITS)).view(np.float64)
        return np.concatenate([-sizes[::-1], sizes])
