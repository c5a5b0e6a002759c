"""Prices where every decision is at a bound, and whole decisions that no plan can make whole."""

from __future__ import annotations

import numpy as np
import pytest

import leverwise
from leverwise.ask.planning.prices import limit_prices
from leverwise.ask.planning.problem import problem_of
from leverwise.errors import NoAnswerError
from leverwise.lang.system import Aim
from leverwise.lang.system import LinearConstraint as Limit
from unit.ask.stand_in import decision, system

SHARED = Limit("a + 2*b <= 10", (("a", 1.0), ("b", 2.0)), 10.0, per_period=True)


def test_a_limit_at_a_corner_is_worth_what_one_more_brings() -> None:
    """With b full up and a at nothing one unit more would go into a, whose slope is 3; with no room it is worth 0."""
    model = system([decision("a", 0, 9), decision("b", 0, 5)], Aim(constraints=(SHARED,)))
    ((_, price),) = limit_prices(problem_of(model, {}), np.array([0.0, 5.0]), np.array([3.0, 8.0]))
    assert price == pytest.approx(3)
    full = system([decision("a", 0, 0), decision("b", 0, 5)], Aim(constraints=(SHARED,)))
    ((_, price),) = limit_prices(problem_of(full, {}), np.array([0.0, 5.0]), np.array([3.0, 8.0]))
    assert price == 0


def test_a_linear_plan_tells_what_a_larger_limit_brings() -> None:
    """A linear program ends at a corner: the price of its limit is what planning with a larger one brings."""
    source = {
        "leverwise": 1,
        "model": "corner",
        "time": {"step": 1, "horizon": 4, "method": "euler"},
        "decisions": {"a": {"max": 6, "every": 4}, "b": {"max": 9, "every": 4}},
        "equations": {"made": "3*a + 2*b"},
        "impact": {"is": "made", "final": 0},
        "plan": {"subject to": ["a + b <= 6"]},
    }
    answer = leverwise.load(source).plan(samples=16)
    (row,) = answer.rows["shadow_prices"]
    more = leverwise.load(source, set={"plan.subject to": "[a + b <= 7]"}).plan(samples=16)
    gained = more.numbers["objective"].mean - answer.numbers["objective"].mean
    assert row["price"] == pytest.approx(gained, rel=1e-6)


def test_what_can_not_be_whole_is_no_plan() -> None:
    """Two and a half purchases in all are asked for: there is no such plan, and the limit is named."""
    source = {
        "leverwise": 1,
        "model": "halves",
        "time": {"step": 1, "horizon": 4, "method": "euler"},
        "decisions": {"a": {"max": 6, "every": 2, "whole": "yes", "lump": "yes"}},
        "stocks": {"had": {"start": 0, "change": "at_start(a)"}},
        "impact": {"is": "had", "final": 0},
        "plan": {"subject to": ["integral(a) == 2.5"]},
    }
    with pytest.raises(NoAnswerError, match=r"whole units of `a` .* `integral\(a\) == 2.5`"):
        leverwise.load(source).plan(samples=16)
