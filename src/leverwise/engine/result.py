"""What a run gives: plain arrays and a few summaries of them, in base units."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from leverwise.engine.fans import Fan

__all__ = ["Fan", "Gradient", "Result"]


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
