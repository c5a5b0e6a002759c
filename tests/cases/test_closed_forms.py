"""Whole trajectories against closed forms, and the order of the methods of integration."""

from __future__ import annotations

from math import exp, log, sqrt

import numpy as np
import pytest
from scipy.optimize import brentq

from cases.run import path, simulate

# What one step of length h multiplies the energy of an oscillator of frequency w by, with a = w h: the squared modulus
# of the method's stability function at i a.
ENERGY_FACTOR = {
    "euler": lambda a: 1 + a**2,
    "heun": lambda a: 1 + a**4 / 4,
    "rk4": lambda a: 1 - a**6 / 72 + a**8 / 576,
}
ORDER = {"euler": 1, "heun": 2, "rk4": 4}


@pytest.mark.parametrize("method", ENERGY_FACTOR)
def test_oscillator_energy(method: str) -> None:
    """The energy drifts by exactly the factor that the theory of each method gives."""
    answer = simulate("harmonic-oscillator", {"time.method": method})
    steps = np.arange(len(answer.times))
    assert path(answer, "energy") == pytest.approx(2 * ENERGY_FACTOR[method](0.2) ** steps, rel=1e-10)


@pytest.mark.parametrize("method", ORDER)
def test_order_of_the_methods(method: str) -> None:
    """Half the step divides the error by 2, 4 or 16."""
    errors = []
    for step in (0.05, 0.025):
        answer = simulate("harmonic-oscillator", {"time.method": method, "time.step": step, "time.horizon": 2})
        place = path(answer, "place")
        errors.append(np.abs(place - np.cos(2 * np.asarray(answer.times))).max())
    assert log(errors[0] / errors[1], 2) == pytest.approx(ORDER[method], abs=0.15)


def test_exponential_decay() -> None:
    """What is left follows exp(-share t), and to the last digit rk4's polynomial for it."""
    answer = simulate("exponential-decay")
    times, lost = np.asarray(answer.times), 0.1 * 0.5
    kept = 1 - lost + lost**2 / 2 - lost**3 / 6 + lost**4 / 24
    assert path(answer, "left") == pytest.approx(1000 * np.exp(-0.1 * times), rel=1e-6)
    assert path(answer, "left") == pytest.approx(1000 * kept ** np.arange(len(times)), rel=1e-12)


def test_logistic_curve() -> None:
    """The whole curve follows Verhulst's solution."""
    answer = simulate("logistic-growth")
    times = np.asarray(answer.times)
    assert path(answer, "crowd") == pytest.approx(1000 / (1 + 99 * np.exp(-0.6 * times)), rel=1e-5)


def test_bass_curve() -> None:
    """Owners follow the solution that Bass gives for the cumulative adoption."""
    answer = simulate("bass")
    p, q, times = 0.010399, 0.41861, np.asarray(answer.times)
    fading = np.exp(-(p + q) * times)
    owners = 16895e3 * (1 - fading) / (1 + q / p * fading)
    assert path(answer, "owners")[1:] == pytest.approx(owners[1:], rel=1e-6)


@pytest.mark.parametrize("contagion", [1.5, 2.5, 4.0])
def test_final_size_of_an_epidemic(contagion: float) -> None:
    """Those who escape satisfy Kermack and McKendrick's equation, and nobody is lost on the way."""
    answer = simulate("sir", {"values.contagion": contagion})
    start = 0.9999
    escaped = brentq(lambda s: log(start / s) - contagion * (1 - s), 1e-9, 1 / contagion)
    assert path(answer, "susceptible")[-1] == pytest.approx(1e4 * escaped, rel=2e-3)
    assert path(answer, "everyone") == pytest.approx(np.full(len(answer.times), 1e4), rel=1e-12)


def test_uncertain_growth_is_lognormal() -> None:
    """A normal rate gives a lognormal outcome: its median, its tail and its mean with the standard error claimed."""
    impact = simulate("uncertain-growth", samples=4096).numbers["impact"]
    assert impact.p50 == pytest.approx(exp(0.5), rel=2e-3)
    assert impact.p95 == pytest.approx(exp(0.5 + 0.2 * 1.6448536), rel=5e-3)
    assert abs(impact.mean - exp(0.52)) < 4 * impact.se + 1e-6


def test_mean_reversion_keeps_its_variance() -> None:
    """Fresh noise in every step gives the mean and variance of the discrete process, and independent samples."""
    samples = 4000
    answer = simulate("mean-reversion", samples=samples)
    kept, steps = 1 - 0.5 * 0.1, 100
    mean, variance = 2 * kept**steps, 0.3**2 * 0.1 * (1 - kept ** (2 * steps)) / (1 - kept**2)
    final = np.asarray(answer.series["place"])[:, -1]
    assert final.mean() == pytest.approx(mean, abs=4 * sqrt(variance / samples))
    assert final.var() == pytest.approx(variance, rel=4 * sqrt(2 / samples))
    early, late = np.asarray(answer.series["place"])[:, 50], final
    assert np.corrcoef(early, late)[0, 1] == pytest.approx(kept**50, abs=4 / sqrt(samples))


@pytest.mark.parametrize("spent", [2.0, 13.3114, 40.0])
def test_value_of_a_research_race(spent: float) -> None:
    """Loury's race is worth prize * hazard/(hazard + interest) - spent, for whatever is spent."""
    answer = simulate("loury", {"decisions.x.use": spent})
    hazard = 0.02 * spent
    over = exp(-(hazard + 0.05) * 50)
    worth = 100 * hazard / (hazard + 0.05) * (1 - over) - spent
    assert answer.numbers["impact"].mean == pytest.approx(worth, rel=2e-5)
