"""Throughput and allotment, against a linear programming solver."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from leverwise.engine.ops import Ops
from leverwise.engine.workshop import Hours, able
from leverwise.lang.system import Workshop

OPS = Ops(np.float64)


@st.composite
def shops(draw: st.DrawFn) -> tuple[Workshop, np.ndarray, np.ndarray, float, np.ndarray, np.ndarray]:
    """A workshop with efforts, hours, chores that can be done, limits and scores."""
    tasks, workers = draw(st.integers(1, 4)), draw(st.integers(1, 4))
    may = [tuple(k for k in range(tasks) if draw(st.booleans())) for _ in range(workers)]
    chores = tuple(draw(st.booleans()) for _ in range(workers))
    number = st.floats(0.1, 100)
    efforts = np.array([draw(number) for _ in range(tasks)])
    hours = np.array([draw(st.one_of(st.just(0.0), number)) for _ in range(workers)])
    limits = np.array([draw(st.one_of(st.just(1e30), number)) for _ in range(tasks)])
    demand = draw(st.floats(0, 1)) * float(hours[[w for w in range(workers) if chores[w]]].sum())
    scores = np.array([draw(st.sampled_from([-1.0, 0.0, 0.5, 2.0])) for _ in range(tasks * workers)])
    names = tuple(f"k{k}" for k in range(tasks)), tuple(f"w{w}" for w in range(workers))
    return Workshop(*names, tuple(may), chores), efforts, hours, demand, limits, scores


def solved(shop: Workshop, efforts: np.ndarray, hours: np.ndarray, chores: float, limits: np.ndarray) -> float:
    """The greatest output by HiGHS: hours of each pair, then the output."""
    pairs = [(w, k) for k, doers in enumerate(able(shop)) for w in doers]
    columns = len(pairs) + 1
    work = np.zeros((len(shop.tasks) + 1, columns))
    use = np.zeros((len(hours), columns))
    for column, (w, k) in enumerate(pairs):
        work[k, column] = 1
        use[w, column] = 1
    work[: len(shop.tasks), -1] = -efforts
    goal = np.zeros(columns)
    goal[-1] = -1
    need = np.append(np.zeros(len(shop.tasks)), chores)
    bounds = [(0, None)] * len(pairs) + [(0, float(limits.min()))]
    found = linprog(goal, A_ub=use, b_ub=hours, A_eq=work, b_eq=need, bounds=bounds)
    assert found.status == 0, found.message
    return float(found.x[-1])


def group(shop: Workshop, efforts: np.ndarray, hours: np.ndarray, chores: float, limits: np.ndarray) -> Hours:
    """The same numbers for the engine, as rows of length 1."""
    return Hours(OPS, shop, [np.array([x]) for x in (*efforts, *hours, chores, *limits)])


@settings(max_examples=250)
@given(shops())
def test_throughput_is_the_optimum(
    case: tuple[Workshop, np.ndarray, np.ndarray, float, np.ndarray, np.ndarray],
) -> None:
    """The closed form agrees with HiGHS."""
    shop, efforts, hours, chores, limits, _ = case
    assert float(group(shop, efforts, hours, chores, limits).output()[0]) == pytest.approx(
        solved(shop, efforts, hours, chores, limits), rel=1e-6, abs=1e-6
    )


@settings(max_examples=120)
@given(shops(), st.floats(0, 1))
def test_allotment_is_feasible(
    case: tuple[Workshop, np.ndarray, np.ndarray, float, np.ndarray, np.ndarray], share: float
) -> None:
    """Up to the greatest output, every task and the chores get their hours and nobody works more than theirs."""
    shop, efforts, hours, chores, limits, scores = case
    numbers = group(shop, efforts, hours, chores, limits)
    rate = numbers.output() * share
    given_ = numbers.allotment([np.array([x]) for x in scores], rate)
    need = np.append(efforts * float(rate[0]), chores)
    done, used = np.zeros(len(need)), np.zeros(len(hours))
    for (worker, task), amount in given_.items():
        assert float(amount[0]) >= 0
        assert worker in able(shop)[task]
        done[task] += float(amount[0])
        used[worker] += float(amount[0])
    assert done == pytest.approx(need, rel=1e-9, abs=1e-9)
    assert (used <= hours + 1e-9).all()


def test_the_best_do_what_they_are_best_at() -> None:
    """The pair with the highest score is served first, row by row, as far as the rest allows."""
    shop = Workshop(("write", "sing"), ("star", "crew"), ((0, 1), (0,)), (True, True))
    rows = [np.full(2, x) for x in (10.0, 10.0, 100.0, 100.0, 0.0, 1e30, 1e30)]
    numbers = Hours(OPS, shop, rows)
    assert np.asarray(numbers.output()).tolist() == [10, 10]
    scores = [np.array([2.0, 0.0]), np.zeros(2), np.array([1.0, 1.0]), np.zeros(2)]
    hours = numbers.allotment(scores, np.full(2, 8.0))
    assert np.asarray(hours[0, 1]).tolist() == [80, 80]
    assert np.asarray(hours[0, 0]).tolist() == [20, 0]
    assert np.asarray(hours[1, 0]).tolist() == [60, 80]


def test_chores_go_to_others_first() -> None:
    """The principal does chores only when nobody else has the hours."""
    shop = Workshop(("write",), ("star", "manager"), ((0,), ()), (True, True))
    numbers = Hours(OPS, shop, [np.full(1, x) for x in (10.0, 100.0, 30.0, 50.0, 1e30)])
    assert numbers.output()[0] == 8
    hours = numbers.allotment([np.zeros(1), np.zeros(1)], numbers.output())
    assert (float(hours[1, 1][0]), float(hours[0, 1][0]), float(hours[0, 0][0])) == (30, 20, 80)


def test_many_pairs_in_a_loop() -> None:
    """With many contested pairs, gone through in a loop, the allotment is the same as written out."""
    from leverwise.engine import workshop

    rng = np.random.default_rng(0)
    tasks, workers, rows = 4, 4, 40
    shop = Workshop(tuple("abcd"), tuple("wxyz"), tuple(tuple(range(tasks)) for _ in range(workers)), (True,) * workers)
    numbers = [rng.uniform(1, 10, rows) for _ in range(tasks + workers)] + [rng.uniform(0, 1, rows)]
    numbers += [np.full(rows, 1e30)] * tasks
    scores = [rng.integers(0, 3, rows).astype(float) for _ in range(tasks * workers)]
    looped = Hours(OPS, shop, numbers)
    first = looped.allotment(scores, looped.output())
    assert tasks * workers > workshop.UNROLLED_PAIRS
    before = workshop.UNROLLED_PAIRS
    try:
        workshop.UNROLLED_PAIRS = 100
        second = Hours(OPS, shop, numbers).allotment(scores, looped.output())
    finally:
        workshop.UNROLLED_PAIRS = before
    for pair, hours in first.items():
        assert np.asarray(hours) == pytest.approx(np.asarray(second[pair]), abs=1e-12)
