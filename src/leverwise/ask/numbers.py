"""Samples to `Estimate`s in display units. Standard errors come from the 16 scramblings of the draws."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from leverwise.ask.answer import Estimate
from leverwise.engine.sobol import SCRAMBLINGS
from leverwise.lang.system import Unit

Array = NDArray[np.float64]


def estimate(samples: Array, unit: Unit) -> Estimate:
    """The distribution of per-sample numbers (n,) given in base units, shown in `unit`."""
    return summary(np.asarray(samples, dtype=float) / unit.factor, unit.text)


def summary(samples: Array, text: str = "") -> Estimate:
    """The distribution of per-sample numbers (n,), already in display units."""
    p5, p50, p95 = (float(q) for q in np.quantile(samples, (0.05, 0.5, 0.95)))
    return Estimate(float(np.mean(samples)), spread(samples), standard_error(samples), p5, p50, p95, text)


def spread(samples: Array) -> float:
    """Standard deviation; exactly 0 where all samples are the same."""
    return 0.0 if np.ptp(samples) == 0 else float(np.std(samples, ddof=1))


def standard_error(samples: Array) -> float:
    """Standard error of the mean, from the means of the independent scramblings."""
    count = len(samples)
    if np.ptp(samples) == 0:
        return 0.0
    if count < 2 * SCRAMBLINGS:
        return float(np.std(samples, ddof=1) / np.sqrt(count))
    means = np.array([np.mean(samples[k::SCRAMBLINGS]) for k in range(SCRAMBLINGS)])
    return float(np.std(means, ddof=1) / np.sqrt(SCRAMBLINGS))


def known(value: float, text: str = "", error: float = 0.0) -> Estimate:
    """A number that is one figure, not a distribution over samples; the interval is that of its error."""
    half = 1.645 * error
    return Estimate(value, 0.0, error, value - half, value, value + half, text)
