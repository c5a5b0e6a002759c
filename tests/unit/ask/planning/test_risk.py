"""Objectives of samples and their derivatives."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.stats import norm

from leverwise.ask.planning.risk import value, value_and_weights

SAMPLES = norm.ppf((np.arange(4000) + 0.5) / 4000) * 2 + 10


@pytest.mark.parametrize(
    ("kind", "level", "exact"),
    [
        ("mean", 0, 10.0),
        ("quantile", 0.1, 10 + 2 * norm.ppf(0.1)),
        ("cvar", 0.1, 10 - 2 * norm.pdf(norm.ppf(0.1)) / 0.1),
        ("probability", 11.0, 1 - norm.cdf(0.5)),
    ],
)
def test_objectives_of_a_normal(kind: Any, level: float, exact: float) -> None:
    """Mean, quantile, tail mean and probability of a normal agree with their closed forms, plain and smoothed."""
    assert value(SAMPLES, kind, level) == pytest.approx(exact, rel=1e-3)
    assert value_and_weights(SAMPLES, kind, level)[0] == pytest.approx(exact, rel=5e-3)


@pytest.mark.parametrize(
    ("kind", "level"), [("mean", 0), ("quantile", 0.3), ("cvar", 0.2), ("log", 0), ("probability", 9.0)]
)
def test_weights_are_the_derivative(kind: Any, level: float) -> None:
    """Moving each sample a little changes the objective as its weight says."""
    samples = np.array([4.0, 9.5, 1.0, 7.0, 3.0, 12.0])
    _, weights = value_and_weights(samples, kind, level)
    for k in range(len(samples)):
        up, down = samples.copy(), samples.copy()
        up[k] += 1e-6
        down[k] -= 1e-6
        slope = (value_and_weights(up, kind, level)[0] - value_and_weights(down, kind, level)[0]) / 2e-6
        assert weights[k] == pytest.approx(slope, abs=2e-2 if kind == "probability" else 1e-7)


def test_tail_mean_takes_a_part_of_a_sample() -> None:
    """The worst 30 % of four samples are the worst one and a fifth of the next."""
    assert value(np.array([4.0, 1.0, 3.0, 2.0]), "cvar", 0.3) == pytest.approx((1 + 0.2 * 2) / 1.2)
