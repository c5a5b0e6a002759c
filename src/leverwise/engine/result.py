"""What a run gives: plain arrays and a few summaries of them, in base units."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from leverwise.engine.fans import Fan, sorted_quantiles
from leverwise.engine.sobol import SCRAMBLINGS

__all__ = ["Fan", "Gradient", "Result", "estimate"]


@dataclass(frozen=True)
class Gradient:
    """Measures, and the slopes of sum(weights * measures), row by row but for the constants."""

    measures: np.ndarray
    """(m, n)"""
    decisions: np.ndarray
    """(K, n)"""
    nudges: np.ndarray
    """(R, P, n)"""
    constants: np.ndarray
    """(C,), summed over the rows; empty unless asked"""
    draws: np.ndarray
    """(D, n); empty unless asked"""


@dataclass(frozen=True)
class Result:
    """A simulation of N samples at T+1 times."""

    times: np.ndarray
    """(T+1,) base units"""
    measures: Mapping[str, np.ndarray]
    """name -> (N,); `impact` first"""
    trajectories: Mapping[str, np.ndarray]
    """name -> (N, T+1), if they were to be kept and are few enough"""
    fans: Mapping[str, Fan]
    warnings: list[str]
    seconds: Mapping[str, float] = field(default_factory=dict)
    """`compile` (or load) and `run`"""


def estimate(values: np.ndarray) -> tuple[float, float, float, float, float, float]:
    """(mean, sd, se, p5, p50, p95) of one number per sample (from sample 0 on).

    The standard error comes from the means of 16 independent scramblings (sample i belongs to scrambling i % 16), so it
    knows of the evenness of Sobol points; with fewer than 32 samples it is sd / sqrt(N).
    """
    values = np.asarray(values, float)
    count = len(values)
    if not count:
        return (float("nan"),) * 6
    with np.errstate(invalid="ignore", over="ignore"):
        mean = float(values.mean())
        sd = float(values.std(ddof=1)) if count > 1 else 0.0
        if count >= 2 * SCRAMBLINGS:
            means = np.array([values[k::SCRAMBLINGS].mean() for k in range(SCRAMBLINGS)])
            se = float(means.std(ddof=1)) / SCRAMBLINGS**0.5
        else:
            se = sd / count**0.5
    p5, p50, p95 = (float(q) for q in sorted_quantiles(np.sort(values), (0.05, 0.50, 0.95)))
    return mean, sd, se, p5, p50, p95
