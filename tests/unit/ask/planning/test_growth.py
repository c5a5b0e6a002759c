"""Decisions without an upper bound: how far they go where what can be paid for later grows with what is done before."""

from __future__ import annotations

import numpy as np

from leverwise.ask.planning.growth import as_far_as, grown, unbounded
from leverwise.ask.planning.problem import problem_of
from leverwise.ask.planning.projection import Array
from unit.ask.stand_in import decision, system

SPENDING = problem_of(system([decision("spent", 0, np.inf, periods=4), decision("care", 0, 9, periods=2)], steps=4), {})
SIZES = np.array([10.0, 10, 10, 10, 9, 9])
PAID = np.array([5.0, 5e2, 5e4, 5e6])
"""What can be paid for by what was done before."""


def score(plans: Array) -> Array:
    """More is better in each period, far less than in proportion, up to what can be paid for."""
    spent = plans[:, :4]
    before = np.concatenate([np.ones((len(plans), 1)), spent[:, :-1] / PAID[:-1]], axis=1)
    return np.asarray(np.sum(np.log10(1 + spent) - 100 * np.maximum(0, spent / (PAID * before) - 1), axis=1))


def test_each_period_goes_as_far_as_what_was_done_before_it_pays_for() -> None:
    """From a tenth of the first range, ten and ten thousand times beyond it in later periods; the rest stays."""
    plan = np.array([1.0, 1, 1, 1, 3, 4])
    found = grown(SPENDING, plan, SIZES, score)
    assert np.all(found[:4] > PAID / 30)
    assert np.all(found[:4] <= PAID)
    assert found[4:].tolist() == [3, 4]
    assert score(found[None])[0] > score(plan[None])[0] + 6


def test_nothing_is_changed_where_more_is_worse() -> None:
    """A plan that no multiple betters stays what it is."""
    plan = np.array([2.0, 0, 0, 0, 3, 4])
    assert grown(SPENDING, plan, SIZES, lambda plans: -np.abs(plans - plan).sum(axis=1)).tolist() == plan.tolist()


def test_ranges_reach_as_far_as_known_plans_where_there_is_no_bound() -> None:
    """The longer of the range and of what plans do; bounded decisions keep theirs."""
    assert unbounded(SPENDING).tolist() == [True] * 4 + [False] * 2
    plans = [np.array([0.0, 50, 0, 0, 9, 9]), np.array([3.0, 20, 700, 0, 90, 9])]
    assert as_far_as(SPENDING, plans, SIZES).tolist() == [10, 50, 700, 10, 9, 9]
    assert as_far_as(SPENDING, [], SIZES).tolist() == SIZES.tolist()
