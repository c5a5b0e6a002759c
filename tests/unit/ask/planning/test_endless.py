"""Where more always makes more there is no best plan, and what has no end is named."""

from __future__ import annotations

from math import log
from typing import Any

import pytest

import leverwise
from leverwise.errors import NoAnswerError


def _fame(impact: str, **ads: str) -> dict[str, Any]:
    """Fame grows with ads that cost nothing."""
    return {
        "leverwise": 1,
        "model": "fame",
        "time": {"step": "1", "horizon": "4", "method": "euler"},
        "decisions": {"ads": {"min": "0", **ads}},
        "stocks": {"fame": {"start": "1", "change": "ads"}},
        "impact": impact,
    }


@pytest.mark.parametrize("ads", [{}, {"whole": "yes"}])
@pytest.mark.parametrize("impact", ["fame", "ln(1 + fame)", "exp(fame)"])
def test_growth_without_end_is_no_plan(impact: str, ads: dict[str, str]) -> None:
    """However slowly it grows, in whole units or not: the decision is named, and what to give it."""
    with pytest.raises(NoAnswerError, match=r"no best plan: the more of `ads`, the better, without end.*a `max`"):
        leverwise.load(_fame(impact, **ads)).plan(samples=8)


def test_what_grows_only_together_is_told_together() -> None:
    """Neither pays without more of the other."""
    model = _fame("min(fame, calls)")
    model["decisions"]["tv"] = {"min": "0"}
    model["stocks"]["calls"] = {"start": "1", "change": "tv"}
    with pytest.raises(NoAnswerError, match="the more of `ads` and `tv`, the better"):
        leverwise.load(model).plan(samples=8)


@pytest.mark.parametrize(
    ("impact", "ads", "best"),
    [
        ("1 - exp(-fame)", {}, 3 + 1 - 2.718281828**-1),  # the first step adds nothing any more
        ("10 - 10/fame", {}, 3 * 10),  # and so does this, whatever is added to it
        ("-10/fame", {}, -10),
        ("fame - exp(ads)", {}, 4 + (3 * log(3) - 3) + (2 * log(2) - 2) - 1 - 1),  # ads ln 3, ln 2, 0, 0
        ("fame - ads^2", {}, 4 + 3.5),  # ads 3/2, 1, 1/2, 0: each t earns until the end
        ("fame", {"max": "2"}, 1 + 3 + 5 + 7),
    ],
)
def test_what_levels_off_costs_or_is_bounded_is_planned(impact: str, ads: dict[str, str], best: float) -> None:
    """As far as it pays."""
    model = _fame(impact, **ads)
    model["plan"] = {"every": "1"}
    assert leverwise.load(model).plan(samples=8).numbers["impact"].mean == pytest.approx(best, rel=1e-3)


def test_a_choice_without_end_is_not_left_out() -> None:
    """Of two levers of which one may be used, that the other has a best plan proves nothing."""
    model = _fame("fame + 2*tv")
    model["decisions"]["tv"] = {"min": "0", "max": "2"}
    model["plan"] = {"either": ["ads or tv"]}
    with pytest.raises(NoAnswerError, match="the more of `ads`, the better"):
        leverwise.load(model).plan(samples=8)


def test_a_cell_of_a_map_without_a_best_plan_has_none() -> None:
    """Nor does it take one from a neighbour."""
    model = _fame("fame - much*ads^2")
    model["values"] = {"much": "0.5"}
    told = {row["x"]: row for row in leverwise.load(model).map(samples=8, x="much=0..1", points=2).rows["cells"]}
    assert told[0.0]["impact"] is None
    assert told[1.0]["impact"] > 4


def test_a_price_names_a_budget_as_what_may_end_it() -> None:
    """Where something costs money, and nothing stands against spending it."""
    model = _fame("fame", costs="1")
    with pytest.raises(NoAnswerError, match="or a `--budget`"):
        leverwise.load(model).plan(samples=8)
