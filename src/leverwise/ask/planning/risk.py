"""What is to be made large: a number made of the impact of all samples, and its weights per sample.

Mean, quantile and CVaR are weighted sums of the ordered samples, so that their derivative is a weight
per sample. The quantile is Harrell & Davis's (1982), which is smooth in the data; CVaR is the mean of
the worst share (Rockafellar & Uryasev 2000). The probability of exceeding a level is smoothed by a
logistic whose width is a small share of the spread.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy import special

from leverwise.engine.sobol import SCRAMBLINGS

Array = NDArray[np.float64]
Kind = Literal["mean", "quantile", "cvar", "probability", "log"]

SMOOTHING = 0.05
"""Width of the smoothed step of P(impact > x), in standard deviations of the impact."""
BREADTH = 0.03
"""Levels on both sides of a quantile that are planned for with it."""
SMALLEST = 1e-12
"""Where the log mean is continued linearly: at this share of the largest impact."""


def quantile_weights(count: int, level: float) -> Array:
    """Harrell-Davis weights of the ordered samples (count,) for the quantile at `level` in (0, 1)."""
    level = min(max(level, 0.5 / count), 1 - 0.5 / count)
    edges = special.betainc((count + 1) * level, (count + 1) * (1 - level), np.arange(count + 1) / count)
    return np.asarray(np.diff(edges))


@lru_cache(maxsize=16)
def broad_quantile_weights(count: int, level: float) -> Array:
    """The mean of Harrell-Davis weights over levels close by: a little biased, but far less ragged to climb on."""
    reach = min(BREADTH, level / 2, (1 - level) / 2)
    near = [quantile_weights(count, level + reach * share) for share in np.linspace(-1, 1, 21)]
    weights = np.mean(near, axis=0)
    weights.setflags(write=False)
    return np.asarray(weights)


def tail_weights(count: int, level: float) -> Array:
    """Weights of the ordered samples (count,) for the mean of the worst share `level`."""
    edges = np.minimum(np.arange(count + 1) / count, level) / level
    return np.asarray(np.diff(edges))


def value_and_weights(impact: Array, kind: Kind, level: float) -> tuple[float, Array]:
    """The objective of samples (n,), smoothed where it has to be, and its derivative by each sample (n,)."""
    count = len(impact)
    if kind == "mean":
        return float(np.mean(impact)), np.full(count, 1.0 / count)
    if kind == "log":
        floor = SMALLEST * max(float(np.max(impact)), 1e-300)
        safe = np.maximum(impact, floor)
        logs = np.log(safe) + np.minimum(impact - floor, 0.0) / floor
        return float(np.mean(logs)), 1.0 / (safe * count)
    if kind == "probability":
        width = SMOOTHING * float(np.std(impact)) + 1e-9 * abs(level) + 1e-300
        share = special.expit((impact - level) / width)
        return float(np.mean(share)), share * (1 - share) / (width * count)
    ordered = broad_quantile_weights(count, level) if kind == "quantile" else tail_weights(count, level)
    order = np.argsort(impact, kind="stable")
    weights = np.empty(count)
    weights[order] = ordered
    return float(ordered @ impact[order]), weights


def error(impact: Array, kind: Kind, level: float) -> float:
    """The standard error of the objective of samples (n,), from the scramblings; 0 if samples are too few to tell."""
    if len(impact) < 2 * SCRAMBLINGS or np.ptp(impact) == 0:
        return 0.0
    parts = [value(impact[k::SCRAMBLINGS], kind, level) for k in range(SCRAMBLINGS)]
    return float(np.std(parts, ddof=1) / np.sqrt(SCRAMBLINGS)) if np.all(np.isfinite(parts)) else 0.0


def value(impact: Array, kind: Kind, level: float) -> float:
    """The objective of samples (n,) as it is reported, without smoothing."""
    if kind == "quantile":
        return float(np.quantile(impact, level))
    if kind == "probability":
        return float(np.mean(impact > level))
    if kind == "log":
        return float(np.mean(np.log(impact))) if np.all(impact > 0) else -np.inf
    return value_and_weights(impact, kind, level)[0]
