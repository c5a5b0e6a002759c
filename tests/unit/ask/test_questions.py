"""The three questions asked of a small model whose answers can be worked out by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import leverwise
from leverwise.errors import NoAnswerError

SHOP: dict[str, Any] = {
    "leverwise": 1,
    "model": "shop",
    "about": "Money in hand pays for advertising that sells.",
    "time": {"step": "1 month", "horizon": "12 months", "method": "euler"},
    "units": ["sale"],
    "values": {
        "pull": "1 to 3 sale",
        "spread": "$100/month",
        "cash_at_start": "$1000",
    },
    "decisions": {
        "ads": {"unit": "$/month", "min": "$0/month", "max": "$400/month", "every": "3 months"},
    },
    "stocks": {"cash": {"start": "cash_at_start", "change": "-ads"}},
    "equations": {"sales": {"is": "pull*(1 - exp(-ads/spread))/(1 month)", "unit": "sale/month"}},
    "impact": {"is": "sales", "unit": "sale"},
    "plan": {"objective": "mean", "subject to": ["integral(ads) <= $600"]},
}


@pytest.fixture(scope="module")
def shop() -> leverwise.Model:
    """The shop, loaded once."""
    return leverwise.load(SHOP)


def test_simulate_gives_the_expected_impact(shop: leverwise.Model) -> None:
    """Advertising $100 a month for a year sells 12 (1 - 1/e) times the pull in each sample."""
    answer = shop.simulate(samples=256, plan={"ads": 100})
    share = 12 * (1 - np.exp(-1))
    impact = answer.numbers["impact"]
    assert impact.p50 == pytest.approx(share * np.sqrt(3), rel=0.02)
    assert impact.p5 == pytest.approx(share, rel=0.05)
    assert answer.series["cash"].shape == (256, 13)
    assert answer.series["cash"][:, -1] == pytest.approx(-200)
    assert "leverage" not in answer.numbers
    assert answer.next.startswith("leverwise diagnose")


def test_nothing_decided_is_nothing_sold(shop: leverwise.Model) -> None:
    """Without a plan or a use, decisions stay at their start."""
    assert shop.simulate(samples=16).numbers["impact"].mean == 0


def test_the_plan_spreads_the_budget_evenly(shop: leverwise.Model) -> None:
    """With falling returns the best of $600 over a year is $50 a month; its multiplier is the slope there."""
    answer = shop.plan(samples=256)
    values = [row["value"] for row in answer.rows["schedule"]]
    assert values == pytest.approx([50.0] * 4, abs=0.1)
    assert [row["start"] for row in answer.rows["schedule"]] == [0, 3, 6, 9]
    mean = answer.numbers["impact"].mean
    assert mean == pytest.approx(answer.numbers["even_split_impact"].mean, rel=1e-6)
    assert answer.numbers["baseline_impact"].mean == 0
    price = answer.rows["shadow_prices"][0]["price"]
    assert answer.rows["shadow_prices"][0]["start"] is None, "a limit on the whole horizon"
    slope = np.exp(-0.5) / 100 * mean / (12 * (1 - np.exp(-0.5)))
    assert price == pytest.approx(slope, rel=1e-2)


def test_limits_that_contradict_each_other_are_named_with_how_much_to_relax() -> None:
    """At least $100 a month costs $1,200: with $600 there is no plan, and it says which limit misses $600."""
    decisions = {"ads": {**SHOP["decisions"]["ads"], "min": "$100/month", "start": "$100/month"}}
    model = leverwise.load({**SHOP, "decisions": decisions})
    with pytest.raises(NoAnswerError, match=r"integral\(ads\).*600"):
        model.plan(samples=16)


def test_a_model_without_decisions_has_no_plan() -> None:
    """Planning needs something to decide."""
    model = leverwise.load({"leverwise": 1, "model": "idle", "time": {"step": 1, "horizon": 2}, "impact": {"is": "1"}})
    with pytest.raises(NoAnswerError, match="no decisions"):
        model.plan(samples=16)
    with pytest.raises(NoAnswerError, match="no resource"):
        model.diagnose(samples=16)


def test_the_probability_of_a_goal_is_planned_for(shop: leverwise.Model) -> None:
    """P(impact > x) is itself the objective's number, between 0 and 1, and better than doing nothing's."""
    answer = shop.plan(samples=256, objective="P(impact > 8)")
    assert 0.3 < answer.numbers["objective"].mean < 1


def test_answers_repeat(shop: leverwise.Model) -> None:
    """The same seed gives the same numbers; another seed others."""
    first, again, other = (shop.simulate(samples=64, seed=s, plan={"ads": 50}).numbers["impact"] for s in (1, 1, 2))
    assert first == again
    assert first != other


def test_a_limit_on_each_period_has_one_price_and_says_when() -> None:
    """At most $50 a month, four quarters alike: a dollar more a month sells 3 pull/spread e^-1/2 in each quarter."""
    source = {**SHOP, "plan": {"objective": "mean", "subject to": ["ads <= $50/month"]}}
    (row,) = leverwise.load(source).plan(samples=256).rows["shadow_prices"]
    mean_pull = np.exp(np.log(3) / 2 + (np.log(3) / (2 * 1.6449)) ** 2 / 2)
    assert row["limit"] == "`ads <= $50/month`"
    assert row["price"] == pytest.approx(3 * mean_pull / 100 * np.exp(-0.5), rel=0.02)
    assert row["average"] == pytest.approx(row["price"], rel=0.02)
    assert row["start"] in (0, 3, 6, 9)
    assert row["unit"].endswith("/($/month)")


def test_a_price_is_of_one_more_in_the_unit_of_the_limit() -> None:
    """Written in $/week, one more is 4.35 $/month, and is worth as many times what one more $/month is."""
    (month,), (week,) = (
        leverwise.load({**SHOP, "plan": {"subject to": [f"ads <= {limit}"]}}).plan(samples=32).rows["shadow_prices"]
        for limit in ("$50/month", "11.498636 $/week")
    )
    assert week["unit"] == month["unit"].replace("month)", "week)")
    assert week["price"] == pytest.approx(month["price"] * 365.25 / 12 / 7, rel=1e-3)


@pytest.mark.parametrize(("objective", "unit"), [("P(impact > 150)", "probability"), ("log", "ln(sale)")])
def test_a_price_under_another_objective_is_in_its_unit(objective: str, unit: str) -> None:
    """What one more adds to a probability is no sales."""
    model = leverwise.load({**SHOP, "plan": {"objective": objective, "subject to": ["ads <= $50/month"]}})
    (row,) = model.plan(samples=64).rows["shadow_prices"]
    assert row["unit"] == f"{unit}/($/month)"
