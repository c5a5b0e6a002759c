"""What knowing inputs before choosing is worth: closed forms, errors that can be trusted, and what must always hold."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from leverwise.ask.knowing import Choice
from leverwise.ask.scenarios import Scenario
from leverwise.engine import sobol
from leverwise.engine.sobol import SCRAMBLINGS

QUADRATIC = 2 * (np.sqrt(1.5) * norm.pdf(np.sqrt(1.5)) - 0.5 * norm.cdf(-np.sqrt(1.5)))
"""E max(0, X^2 - 1.5) for a standard normal X, since E (X^2 - c; |X| > a) = 2 (a phi(a) + (1 - c) Phi(-a)), a^2 = c."""


def scores(samples: int, seed: int, names: str = "xyz") -> np.ndarray:
    """Standard normal draws (k, n), as the engine makes them."""
    directions = sobol.direction_numbers(sobol.dimensions_of(list(names)))
    words = np.stack([sobol.scramble_words(name, seed) for name in names])
    return np.asarray(norm.ppf(sobol.uniforms(directions, words, 0, samples)))


def linear(draws: np.ndarray) -> Choice:
    """Nothing, or X + 0.7 Y + 0.3."""
    return Choice(np.stack([np.zeros(draws.shape[1]), draws[0] + 0.7 * draws[1] + 0.3]), draws)


def quadratic(draws: np.ndarray) -> Choice:
    """Nothing, or X^2 - 1.5 + Y: on a straight line through X nothing would be worth knowing."""
    return Choice(np.stack([np.zeros(draws.shape[1]), draws[0] ** 2 - 1.5 + draws[1]]), draws)


def gaussian(spread: float, mean: float) -> float:
    """E max(0, m + s X) less the best without knowing."""
    return float(spread * norm.pdf(mean / spread) + mean * norm.cdf(mean / spread) - max(mean, 0.0))


def test_the_quadratic_case() -> None:
    """E max(0, X^2 - 1.5) = 0.351: within two standard errors, and these are small."""
    assert pytest.approx(0.351, abs=5e-4) == QUADRATIC
    draws = scores(8192, 1)
    worth = quadratic(draws).knowing([0])
    assert abs(worth.value - QUADRATIC) < 2 * worth.error
    assert worth.error < 0.01


def test_the_linear_case() -> None:
    """Each input, both, and everything: the closed form of a normal net benefit."""
    draws = scores(8192, 2)
    choice = linear(draws)
    both = float(np.hypot(1, 0.7))
    for inputs, spread in (([0], 1.0), ([1], 0.7), ([0, 1], both)):
        worth = choice.knowing(inputs)
        assert abs(worth.value - gaussian(spread, 0.3)) < 2.5 * worth.error
    assert abs(choice.everything.value - gaussian(both, 0.3)) < 2.5 * choice.everything.error


@pytest.mark.parametrize(("case", "truth"), [(quadratic, QUADRATIC), (linear, gaussian(1.0, 0.3))])
def test_errors_can_be_trusted(case: object, truth: float) -> None:
    """Over 150 replications two standard errors cover the truth as often as 15 degrees of freedom say, 94 %."""
    found = []
    for seed in range(150):
        draws = np.random.default_rng(seed).standard_normal((2, 1024))
        worth = case(draws).knowing([0])  # type: ignore[operator]
        found.append((worth.value, worth.error))
    values, errors = np.array(found).T
    covered = np.mean(np.abs(values - truth) < 2 * errors)
    assert 0.88 < covered < 0.985
    assert np.mean(values) == pytest.approx(truth, abs=3 * np.std(values) / np.sqrt(150) + 0.004)
    assert np.mean(errors) == pytest.approx(np.std(values), rel=0.2)


def test_the_same_of_engine_draws() -> None:
    """On Sobol points errors are smaller, and no less true."""
    found = []
    for seed in range(60):
        draws = scores(1024, seed)
        worth = quadratic(draws).knowing([0])
        found.append((worth.value, worth.error))
    values, errors = np.array(found).T
    assert 0.85 < np.mean(np.abs(values - QUADRATIC) < 2 * errors) <= 1
    assert np.mean(errors) < 0.02


def test_what_does_not_matter_is_worth_nothing() -> None:
    """An input that no alternative depends on is worth nothing within two errors, in nearly all replications."""
    inside = []
    for seed in range(40):
        draws = scores(512, seed)
        worth = quadratic(draws).knowing([2])
        inside.append(worth.value <= 2 * worth.error + 1e-12)
        assert worth.value < 0.05
    assert np.mean(inside) > 0.9


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 4))
def test_what_always_holds(seed: int, alternatives: int) -> None:
    """Never below nothing, never above EVPI, and a pair never below either of its inputs; whatever the samples."""
    random = np.random.default_rng(seed)
    draws = random.standard_normal((2, 256))
    impact = np.stack([random.normal(size=2) @ draws + random.normal() * draws[0] ** 2 for _ in range(alternatives)])
    choice = Choice(impact + random.standard_normal(impact.shape), draws)
    single = [choice.knowing([k]) for k in range(2)]
    both = choice.knowing([0, 1], single)
    for worth in (*single, both):
        assert 0 <= worth.value <= choice.everything.value + 1e-12
    assert both.value >= max(each.value for each in single)


def test_correlated_inputs() -> None:
    """What an input tells of another counts: with correlation r the one that does not act is worth r of the spread."""
    draws = scores(8192, 5)
    r = 0.6
    other = r * draws[0] + np.sqrt(1 - r**2) * draws[1]
    choice = Choice(np.stack([np.zeros(8192), draws[0]]), other[None])
    worth = choice.knowing([0])
    assert abs(worth.value - gaussian(r, 0.0)) < 2.5 * worth.error


def test_few_values() -> None:
    """Of an input with two values each has a mean of its own: a coin that decides is worth half of what it decides."""
    coin = np.tile([0.0, 1.0], 2048)[np.random.default_rng(0).permutation(4096)]
    choice = Choice(
        np.stack([np.zeros(4096), 2 * coin - 1 + np.random.default_rng(1).standard_normal(4096)]), coin[None]
    )
    worth = choice.knowing([0])
    assert abs(worth.value - 0.5) < 2.5 * worth.error


def test_what_holds_only_somewhere() -> None:
    """What can be done only where X is above 0 helps who knows X, and counts in EVPI, but not for who knows Y alone."""
    draws = scores(4096, 4)
    free = np.full(3, np.inf)
    above = Scenario("x above 0", np.array([0.0, -np.inf, -np.inf]), free)
    choice = Choice(np.stack([np.zeros(4096), 1 + draws[1]]), draws, [None, above])
    assert choice.best == 0
    assert choice.knowing([1]).value == 0
    x, both = choice.knowing([0]), choice.knowing([0, 1])
    assert abs(x.value - 0.5) < 2.5 * x.error
    assert abs(both.value - 0.5 * (gaussian(1.0, 1.0) + 1)) < 2.5 * both.error
    assert both.value <= choice.everything.value + 1e-12


def test_alternatives_that_tie() -> None:
    """Of many alternatives that are alike but for chance, none is better for who knows what does not matter."""
    values = []
    for seed in range(30):
        random = np.random.default_rng(seed)
        draws = random.standard_normal((1, 512))
        worth = Choice(random.standard_normal((6, 512)), draws).knowing([0])
        values.append(worth.value)
        assert not worth.sure
    assert np.mean(values) < 0.01


def test_a_fit_and_its_error() -> None:
    """Along an input the fit follows x^2, and about two errors cover the difference."""
    draws = scores(4096, 3)
    fit = quadratic(draws).fit([0])
    places = np.linspace(-1.5, 1.5, 13)
    made, errors = fit.at(places[None])
    difference = made[:, 0] - made[:, 1] if np.allclose(made[:, 1], 0) else made[:, 1] - made[:, 0]
    assert np.max(np.abs(np.abs(difference) - np.abs(places**2 - 1.5))) < 0.25
    assert np.mean(np.abs(np.abs(difference) - np.abs(places**2 - 1.5)) < 3 * np.max(errors, axis=1)) > 0.75


def test_too_few_samples() -> None:
    """Each scrambling must have some samples."""
    with pytest.raises(ValueError, match="256"):
        Choice(np.zeros((2, 16 * SCRAMBLINGS - 1)), np.zeros((1, 16 * SCRAMBLINGS - 1)))
