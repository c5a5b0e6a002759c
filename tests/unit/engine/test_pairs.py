"""The two tables of sensitivity analysis, and what lies between them."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from scipy import stats

from leverwise.engine import Engine, sobol
from leverwise.engine.pairs import Crossing
from unit.engine.systems import call, drawn, stock, system

NAMES = ("a", "b", "c", "d")
RANKS = (("a", "b", 0.6), ("b", "c", -0.3))
COUNT = 4096


def engine(correlated: bool = True) -> Engine:
    """Four standard normal values, of which three are correlated."""
    values = tuple(drawn(name) for name in NAMES)
    return Engine(replace(system(values=values), correlations=RANKS if correlated else ()))


def test_scrambling_keeps_points_even() -> None:
    """A linear scrambling of 2^m points has one in each of 2^m intervals, and other words make other points."""
    plain = sobol.direction_numbers(range(5))
    random = np.random.default_rng(0)
    first, second = (
        sobol.points(sobol.linearly_scrambled(plain, random.integers(0, 2**32, (5, 32), dtype=np.uint32)), 0, 256)
        for _ in range(2)
    )
    for row in first:
        assert sorted(row >> 24) == list(range(256))
    assert (first != second).mean() > 0.9


def test_scrambling_is_scipys_kind() -> None:
    """Pairs of dimensions stay as even as Sobol's: each of the 16 x 16 squares of the plane holds one of 256 points."""
    random = np.random.default_rng(1)
    words = random.integers(0, 2**32, (2, 32), dtype=np.uint32)
    x, y = sobol.points(sobol.linearly_scrambled(sobol.direction_numbers([0, 1]), words), 0, 256) >> 28
    assert len(set(zip(x.tolist(), y.tolist(), strict=True))) == 256


def test_tables_are_independent() -> None:
    """No value of A goes with any value of B; both follow the distribution, with the correlations asked."""
    a, b = engine().pairs(0).block(0, COUNT).draws
    across = np.corrcoef(np.concatenate([a, b]))[:4, 4:]
    assert np.abs(across).max() < 0.02
    for table in (a, b):
        assert stats.spearmanr(table[0], table[1]).statistic == pytest.approx(0.6, abs=0.01)
        assert stats.spearmanr(table[1], table[2]).statistic == pytest.approx(-0.3, abs=0.01)
        for row in table:
            assert stats.kstest(row, "norm").pvalue > 0.01


def test_blocks_do_not_matter() -> None:
    """Any range of samples is the same whatever else is asked; other seeds give others."""
    pairs = engine().pairs(3)
    whole = pairs.block(0, 100).draws[1]
    assert (pairs.block(40, 30).draws[1] == whole[:, 40:70]).all()
    assert (engine().pairs(4).block(0, 100).draws[1] != whole).mean() > 0.9


def test_independent_value_is_taken_alone() -> None:
    """A value in no group is that of B, all others are A's, to the bit."""
    pairs = engine().pairs(0)
    block = pairs.block(0, 64)
    made = pairs.between(block, Crossing((3,), (True,)))
    assert (made[3] == block.draws[1][3]).all()
    assert (made[:3] == block.draws[0][:3]).all()


def test_whole_group_is_that_of_b() -> None:
    """A group that is taken as a whole is B's."""
    pairs = engine().pairs(0)
    block = pairs.block(0, 64)
    made = pairs.between(block, Crossing((0, 1, 2), (True, True, True)))
    assert (made[:3] == block.draws[1][:3]).all()
    assert (made[3] == block.draws[0][3]).all()


@pytest.mark.parametrize("taken", [(True, False, False), (False, False, True)])
def test_conditional_draws(taken: tuple[bool, ...]) -> None:
    """Taken first, a value is B's and the others follow it; taken last, it is new and the others stay A's.

    Either way the group keeps its correlations, and what is new has nothing to do with what it replaces.
    """
    pairs = engine().pairs(0)
    block = pairs.block(0, COUNT)
    order = (1, 0, 2)
    made = pairs.between(block, Crossing(order, taken))
    a, b = block.draws
    assert stats.spearmanr(made[0], made[1]).statistic == pytest.approx(0.6, abs=0.015)
    assert stats.spearmanr(made[1], made[2]).statistic == pytest.approx(-0.3, abs=0.015)
    for row in made:
        assert stats.kstest(row, "norm").pvalue > 0.01
    if taken[0]:
        assert made[1] == pytest.approx(b[1], rel=1e-9)
        assert np.abs(np.corrcoef(made[0], a[1])[0, 1]) < 0.02
    else:
        assert (made[:2] == a[:2]).all()
        rest = [np.linalg.lstsq(a[:2].T, values, rcond=None)[0] @ a[:2] for values in (made[2], a[2])]
        own = np.corrcoef(made[2] - rest[0], a[2] - rest[1])[0, 1]
        assert abs(own) < 0.03


def test_paths_are_those_of_a_simulation() -> None:
    """Trajectories of given draws are those that a simulation gives of the same samples, to the bit."""
    grown = stock("size", 1.0, call("mul", "rate", "size"))
    run = Engine(system(stocks=(grown,), values=(drawn("rate"),), impact="size"))
    whole = run.simulate(700, seed=2, record=("size",))
    chunks = list(run.paths(run.draws(0, 700, 2), np.arange(700), record=("size",), seed=2))
    found = np.concatenate([paths[:, 0] for _, paths in chunks], axis=-1)
    assert (whole.trajectories["size"] == found.T).all()
    assert (np.concatenate([measures[0] for measures, _ in chunks]) == whole.measures["impact"]).all()
    assert all(first.shape[2] >= second.shape[2] for (_, first), (_, second) in pairwise(chunks))
