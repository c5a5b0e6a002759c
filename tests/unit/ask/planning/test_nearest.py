"""Whole plans that keep limits which rounding misses."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest

import leverwise
from leverwise.ask.making import Maker
from leverwise.ask.planning.nearest import nearest_whole


def _staff(*limits: str) -> dict[str, Any]:
    """Heads of two kinds in three periods, of which more of the first is worth more, and effort that helps both."""
    return {
        "leverwise": 1,
        "model": "staff",
        "time": {"step": "1", "horizon": "3", "method": "euler"},
        "decisions": {
            "cooks": {"min": "0", "max": "4", "whole": "yes", "every": "1", "costs": "3"},
            "clerks": {"min": "0", "max": "4", "whole": "yes", "every": "1", "costs": "5"},
            "effort": {"min": "0", "max": "4", "every": "1", "costs": "1"},
        },
        "impact": "ln(1 + 2*cooks + clerks + effort)",
        "plan": {"subject to": list(limits)},
    }


@pytest.mark.parametrize("seed", range(4))
def test_it_is_the_nearest_of_all(seed: int) -> None:
    """No whole plan within the limits is fewer units away, of all there are."""
    model = leverwise.load(
        _staff("integral(3*cooks + 5*clerks) >= 31", "integral(3*cooks + 5*clerks) <= 31", "effort <= cooks")
    )
    problem = Maker(model, 1, 0).problem(model.system.aim)
    target = np.random.default_rng(seed).uniform(0, 4, problem.size)
    found = nearest_whole(problem, target)
    assert found is not None
    assert problem.region.contains(found, 1e-9)
    heads = [each for each in product(range(5), repeat=6) if 3 * sum(each[:3]) + 5 * sum(each[3:]) == 31]
    assert np.sum(np.abs(found - target)[:6]) == pytest.approx(min(np.sum(np.abs(each - target[:6])) for each in heads))


def test_a_plan_is_found_where_few_whole_ones_keep_the_limits() -> None:
    """31 is 2 of 3 and 5 of 5, or 7 of 3 and 2 of 5: the second has more cooks, as evenly as can be."""
    answer = leverwise.load(_staff("integral(3*cooks + 5*clerks) >= 31", "integral(3*cooks + 5*clerks) <= 31")).plan()
    most = max(
        sum(np.log(1 + 2 * a + b + 4) for a, b in zip(cooks, clerks, strict=True))
        for cooks in product(range(5), repeat=3)
        for clerks in product(range(5), repeat=3)
        if 3 * sum(cooks) + 5 * sum(clerks) == 31
    )
    assert answer.numbers["impact"].mean == pytest.approx(most, rel=1e-9)


def test_there_is_none_where_units_can_not_meet_the_limits() -> None:
    """Multiples of 3 and 5 of up to twelve each do not make 4."""
    model = leverwise.load(_staff("integral(3*cooks + 5*clerks) >= 4", "integral(3*cooks + 5*clerks) <= 4"))
    problem = Maker(model, 1, 0).problem(model.system.aim)
    assert nearest_whole(problem, np.zeros(problem.size)) is None
