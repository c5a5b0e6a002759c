"""Draws: Sobol points, scrambling, distributions, correlations, fresh noise."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from leverwise.engine import Engine, sobol
from leverwise.engine.distributions import probability, quantile
from leverwise.engine.draws import Draws
from leverwise.errors import ModelError
from leverwise.lang.system import Distribution, Value
from unit.engine.systems import auxiliary, call, drawn, system

FAMILIES = {
    "normal": (Distribution("normal", (2.0, 3.0)), stats.norm(2, 3)),
    "lognormal": (Distribution("lognormal", (0.5, 0.4)), stats.lognorm(0.4, scale=np.exp(0.5))),
    "uniform": (Distribution("uniform", (-1.0, 4.0)), stats.uniform(-1, 5)),
    "beta": (Distribution("beta", (2.0, 5.0, 1.0, 3.0)), stats.beta(2, 5, 1, 2)),
    "triangular": (Distribution("triangular", (1.0, 2.0, 5.0)), stats.triang(0.25, 1, 4)),
    "gamma": (Distribution("gamma", (2.5, 1.5)), stats.gamma(2.5, scale=1.5)),
    "exponential": (Distribution("exponential", (3.0,)), stats.expon(scale=3)),
    "bernoulli": (Distribution("bernoulli", (0.3,)), stats.bernoulli(0.3)),
}


@pytest.mark.parametrize("bits", [3, 10])
def test_points_are_scipys(bits: int) -> None:
    """Unscrambled points are those of scipy's Sobol generator, wherever one starts."""
    dimensions = [0, 1, 2, 50, 999]
    count = 2**bits
    expected = stats.qmc.Sobol(1000, scramble=False, bits=32).random(count)[:, dimensions].T
    directions = sobol.direction_numbers(dimensions)
    assert (sobol.points(directions, 0, count) == (expected * 2**32).astype(np.uint32)).all()
    assert (sobol.points(directions, 5, count - 5) == sobol.points(directions, 0, count)[:, 5:]).all()


def test_scrambling_is_nested() -> None:
    """Owen scrambling: points that share their first k bits still share them, and every interval keeps one point."""
    directions = sobol.direction_numbers([7])
    plain = sobol.points(directions, 0, 256)[0]
    mixed = sobol.scrambled(plain, sobol.scramble_words("x", 1)[3])
    assert sorted(mixed >> 24) == list(range(256))
    for bits in range(1, 9):
        shift = np.uint32(32 - bits)
        pairs = {(a, b) for a, b in zip(plain >> shift, mixed >> shift, strict=True)}
        assert len(pairs) == 2**bits


def test_scramblings_are_independent() -> None:
    """The same point in different scramblings, or of different variables, is uncorrelated."""
    words = np.stack([sobol.scramble_words(f"v{i}", 0) for i in range(200)])
    points = sobol.points(sobol.direction_numbers([3]), 0, 16)
    mixed = sobol.scrambled(points[:, :, None, None], np.swapaxes(words, 0, 1)[None, None])[0] * 2.0**-32
    flat = mixed.reshape(16, -1)
    correlation = np.corrcoef(flat)
    assert np.abs(correlation - np.eye(16)).max() < 1.0
    assert np.abs(flat.mean(axis=1) - 0.5).max() < 4 * 12**-0.5 / 3200**0.5
    by_variable = mixed[0]
    off = np.corrcoef(by_variable) - np.eye(16)
    assert np.abs(off).max() < 4.5 / 200**0.5


def test_even_coverage() -> None:
    """Each dimension is stratified, so that means of sums are all but exact."""
    values = [drawn(name, "uniform", (0.0, 1.0)) for name in ("a", "b", "c")]
    draws = Draws(system(values=values))
    points = np.stack([draws(0, 4096, seed) for seed in range(20)])
    sums = (points - 0.5).sum(axis=1).mean(axis=1)
    assert np.sqrt((sums**2).mean()) < 0.52 / 4096**0.5 / 100
    counts = np.bincount((draws(0, 4096, 0)[0] * 256).astype(int), minlength=256)
    assert set(counts.tolist()) == {16}


def test_products_of_three_are_better_than_random() -> None:
    """Of 50 triples of names most have means of products much better than random points have.

    How much depends on the dimensions that the names hash to: the median error is below an eighth of that of random
    points, and nine triples in ten are below a half.
    """
    letters = np.random.default_rng(0).integers(97, 123, (150, 8), dtype=np.uint8)
    values = [drawn(bytes(each).decode(), "uniform", (0.5, 1.5)) for each in letters]
    draws = Draws(system(values=values))
    triples = np.stack([draws(0, 4096, seed) for seed in range(16)]).reshape(16, 50, 3, 4096)
    errors = np.sqrt(((triples.prod(axis=2).mean(axis=2) - 1) ** 2).mean(axis=0))
    shares = errors / np.sqrt(((1 + 1 / 12) ** 3 - 1) / 4096)
    assert np.median(shares) < 1 / 8
    assert np.quantile(shares, 0.9) < 1 / 2


def test_a_sample_is_the_same_however_many_are_asked() -> None:
    """Any range of samples is a slice of the whole."""
    engine = Engine(system(values=[drawn("a"), drawn("b", "gamma", (2.0, 1.0))]))
    whole = engine.draws(0, 1000, 5)
    for first, count in [(0, 1), (17, 100), (511, 2), (999, 1), (33, 967)]:
        assert (engine.draws(first, count, 5) == whole[:, first : first + count]).all()
    assert (engine.draws(0, 1000, 6) != whole).all()


def test_other_variables_leave_draws_alone() -> None:
    """Adding variables, before or after, changes no bit of the others' draws."""
    few = Engine(system(values=[drawn("a"), drawn("b", "lognormal")]))
    many = Engine(
        system(values=[drawn("z"), drawn("a"), *(drawn(f"x{i}") for i in range(20)), drawn("b", "lognormal")])
    )
    assert (few.draws(0, 300, 0) == many.draws(0, 300, 0)[[1, 22]]).all()


@pytest.mark.parametrize("family", FAMILIES)
def test_quantiles_and_probabilities(family: str) -> None:
    """Quantiles and probabilities are scipy's."""
    distribution, exact = FAMILIES[family]
    u = np.linspace(0.0005, 0.9995, 401)
    x = exact.ppf(u)
    assert quantile(distribution, u) == pytest.approx(x, rel=1e-9, abs=1e-12)
    assert probability(distribution, x) == pytest.approx(exact.cdf(x), rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("family", FAMILIES)
def test_moments(family: str) -> None:
    """The mean and the spread of 8192 samples are those of the distribution."""
    distribution, exact = FAMILIES[family]
    values = Draws(system(values=[Value("v", distribution, drawn("v").unit, "")]))(0, 8192, 1)[0]
    assert values.mean() == pytest.approx(exact.mean(), rel=2e-3)
    assert values.std() == pytest.approx(exact.std(), rel=1e-2)


def test_truncation() -> None:
    """A truncated distribution keeps its shape inside its limits."""
    cut = replace(FAMILIES["normal"][0], low=1.0, high=4.0)
    exact = stats.truncnorm(-1 / 3, 2 / 3, 2, 3)
    u = np.linspace(0.001, 0.999, 99)
    assert quantile(cut, u) == pytest.approx(exact.ppf(u), rel=1e-9)
    assert probability(cut, exact.ppf(u)) == pytest.approx(u, rel=1e-9)
    assert quantile(replace(FAMILIES["gamma"][0], low=2.0), np.array([0.0])) == pytest.approx([2.0])


def test_mixture() -> None:
    """A mixture has the weighted probabilities of its parts, keeps exact atoms, and rises with u."""
    parts = (FAMILIES["normal"][0], Distribution("uniform", (10.0, 11.0)), Distribution("constant", (0.0,)))
    mixture = Distribution("mixture", (0.5, 0.25, 0.25), parts)
    u = (np.arange(4000) + 0.5) / 4000
    x = quantile(mixture, u)
    assert (np.diff(x) >= 0).all()
    assert (x == 0).mean() == pytest.approx(0.25, abs=1e-3)
    assert (x >= 10).mean() == pytest.approx(0.25 + 0.5 * stats.norm(2, 3).sf(10), abs=2e-3)
    smooth = Distribution("mixture", (1.0, 3.0), parts[:2])
    assert probability(smooth, quantile(smooth, u)) == pytest.approx(u, abs=1e-9)


def test_rank_correlations() -> None:
    """Correlated values have the rank correlations asked, and their own distributions."""
    values = [drawn("a"), drawn("b", "lognormal", (0.0, 1.0)), drawn("c", "exponential", (2.0,)), drawn("d")]
    asked = (("a", "b", 0.7), ("b", "c", -0.4))
    u = Draws(system(values=values, correlations=asked))(0, 20000, 0)
    found = stats.spearmanr(u.T).statistic
    assert found[0, 1] == pytest.approx(0.7, abs=0.01)
    assert found[1, 2] == pytest.approx(-0.4, abs=0.01)
    assert found[0, 2] == pytest.approx(0, abs=0.02)
    assert stats.kstest(u[2], stats.expon(scale=2).cdf).statistic < 0.005
    assert (u[3] == Draws(system(values=values))(0, 20000, 0)[3]).all()


def test_a_value_that_was_made_a_number_leaves_the_draws_of_others_as_they_were() -> None:
    """What was correlated with it is drawn to the last digit as before, and keeps its correlations with the rest."""
    values = [drawn("a"), drawn("b"), drawn("c", "lognormal", (0.0, 1.0)), drawn("d"), drawn("e")]
    ranks = (("a", "b", 0.7), ("b", "c", -0.4), ("a", "c", 0.1), ("d", "a", 0.3))
    free = Draws(system(values=values, correlations=ranks))
    values[0] = replace(values[0], distribution=Distribution("constant", (2.0,)))
    joined = tuple(rank for rank in ranks if "a" not in rank)
    held = tuple(rank for rank in ranks if "a" in rank)
    fixed = Draws(system(values=values, correlations=joined, held=held))
    assert (fixed(32, 500, 3) == free(32, 500, 3)[1:]).all()
    assert [group.rows.tolist() for group in fixed.groups] == [[0, 1]], "only b and c are still joined"
    alone = Draws(system(values=values, correlations=joined))
    assert not np.array_equal(alone(32, 500, 3)[0], fixed(32, 500, 3)[0])


def test_contradicting_correlations_are_refused() -> None:
    """Correlations that no distribution can have name the inputs."""
    values = [drawn("a"), drawn("b"), drawn("c")]
    asked = (("a", "b", 0.9), ("b", "c", 0.9), ("a", "c", -0.9))
    with pytest.raises(ModelError, match="`a`, `b`, `c` contradict"):
        Engine(system(values=values, correlations=asked))


def test_normal_quantiles() -> None:
    """The quantiles behind noise are scipy's, far into the tails."""
    import jax

    from leverwise.engine.normal import normal

    u = np.concatenate([np.linspace(1e-6, 1 - 1e-6, 4001), np.geomspace(1e-300, 0.1, 500), [0.075, 0.925]])
    with jax.enable_x64(True):
        assert np.asarray(normal(jax.numpy.asarray(u))) == pytest.approx(stats.norm.ppf(u), rel=2e-15, abs=1e-15)


def test_noise() -> None:
    """Noise is standard normal or uniform, fresh in each step, by key and seed, for any number of samples the same."""
    parts = [
        auxiliary("n", call("noise", static=("n", "normal"))),
        auxiliary("again", call("noise", static=("n", "normal"))),
        auxiliary("other", call("noise", static=("other", "normal"))),
        auxiliary("u", call("noise", static=("u", "uniform"))),
    ]
    engine = Engine(system(auxiliaries=parts, steps=30, method="rk4"))
    result = engine.simulate(4000, seed=2).trajectories
    normal, uniform = result["n"].ravel(), result["u"].ravel()
    assert (result["n"] == result["again"]).all()
    assert stats.kstest(normal, stats.norm.cdf).pvalue > 1e-3
    assert stats.kstest(uniform, stats.uniform.cdf).pvalue > 1e-3
    assert abs(stats.kurtosis(normal)) < 0.05
    count = len(normal)
    assert abs(np.corrcoef(normal, result["other"].ravel())[0, 1]) < 4 / count**0.5
    assert abs(np.corrcoef(result["n"][:, 1:].ravel(), result["n"][:, :-1].ravel())[0, 1]) < 4 / count**0.5
    assert abs(np.corrcoef(result["n"][1:].ravel(), result["n"][:-1].ravel())[0, 1]) < 4 / count**0.5
    assert (engine.simulate(700, seed=2).trajectories["n"] == result["n"][:700]).all()
    assert (engine.simulate(700, seed=3).trajectories["n"] != result["n"][:700]).all()


def test_noise_is_constant_within_a_step() -> None:
    """All stages of a step see the same noise: the change of an integral is the step times the noise."""
    from unit.engine.systems import stock

    parts = [auxiliary("n", call("noise", static=("n", "normal")))]
    model = system(stocks=[stock("w", 0.0, "n")], auxiliaries=parts, steps=20, step=0.5, method="rk4")
    result = Engine(model).simulate(8).trajectories
    assert np.diff(result["w"], axis=1) == pytest.approx(0.5 * result["n"][:, :-1], rel=1e-9, abs=1e-12)
