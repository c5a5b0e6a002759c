"""Published fits, made again with SciPy, and the fitted curve as the language evaluates it."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import curve_fit

from cases.run import path, simulate

# Gunther's data for the SPEC SDM91 benchmark: throughput (scripts per hour) by number of simulated users.
USERS = np.array([1, 18, 36, 72, 108, 144, 216.0])
SCRIPTS = np.array([64.9, 995.9, 1652.4, 1853.2, 1828.9, 1775.0, 1702.2])
# Sales of a durable in its first ten years (thousands), as fitted in the literature on the Bass model.
SALES = np.array([840, 1470, 2110, 4000, 7590, 10950, 10530, 9470, 7790, 5890.0])


def scalability(n: np.ndarray, contention: float, coherency: float, alone: float) -> np.ndarray:
    return alone * n / (1 + contention * (n - 1) + coherency * n * (n - 1))


def density(time: np.ndarray, market: float, p: float, q: float) -> np.ndarray:
    fading = np.exp(-(p + q) * time)
    return market * (p + q) ** 2 / p * fading / (1 + q / p * fading) ** 2


def test_universal_scalability_fit() -> None:
    """Least squares on SDM91 gives the published coefficients, and the language the same curve through the data."""
    found, _ = curve_fit(scalability, USERS, SCRIPTS, p0=(0.03, 1e-4, 80))
    assert found == pytest.approx([0.027728, 1.0437e-4, 89.995], rel=2e-4)
    curve = path(simulate("universal-scalability"), "throughput_of")[USERS.astype(int)]
    assert curve == pytest.approx(scalability(USERS, 0.027728, 1.0437e-4, 89.995), rel=1e-12)
    best = ((SCRIPTS - scalability(USERS, *found)) ** 2).sum()
    assert ((SCRIPTS - curve) ** 2).sum() == pytest.approx(best, rel=1e-4)


def test_bass_density_fit() -> None:
    """Least squares on ten years of sales gives m 68,000, p .00659, q .638, and the language the same curve."""
    found, _ = curve_fit(density, np.arange(1, 11.0), SALES, p0=(6e4, 0.007, 0.6))
    assert found == pytest.approx([68_000, 0.00659, 0.638], rel=1e-3)
    curve = path(simulate("bass-density"), "sales")[1:]
    assert curve == pytest.approx(density(np.arange(1, 11.0), 68_000, 0.00659, 0.638), rel=1e-12)
    best = ((SALES - density(np.arange(1, 11.0), *found)) ** 2).sum()
    assert ((SALES - curve) ** 2).sum() == pytest.approx(best, rel=1e-3)
