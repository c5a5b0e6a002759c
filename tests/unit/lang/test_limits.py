"""Limits on what levers cost, levers of which one at most is used, when planning begins: what is read, and refused."""

from __future__ import annotations

from typing import Any

import pytest

import leverwise
from leverwise.errors import ModelError

MODEL: dict[str, Any] = {
    "leverwise": 1,
    "model": "shops",
    "about": "Two kinds of advertising, and shops.",
    "units": ["sale"],
    "time": {"step": "1 month", "horizon": "12 months"},
    "decisions": {
        "tv": {"max": "1000 $/month", "every": "3 months", "unit": "$/month", "costs": 1, "use": "200 $/month"},
        "web": {"max": "1000 $/month", "every": "3 months", "unit": "$/month", "costs": 1},
        "shop": {"max": 4, "whole": "yes", "lump": "yes", "costs": "$900", "every": "3 months"},
        "tone": {"max": 1, "every": "3 months"},
    },
    "equations": {
        "sold": {
            "is": "(3*sqrt(tv/($1/month)) + 2*sqrt(web/($1/month)) + 30*shop + tone)*(1 sale/month)",
            "unit": "sale/month",
        }
    },
    "impact": {"is": "sold", "final": "0 sale"},
}


def load(**plan: Any) -> leverwise.Model:
    """The model with a plan section."""
    return leverwise.load({**MODEL, "plan": {key.replace("_", " "): value for key, value in plan.items()}})


def limits(*texts: str) -> list[tuple[dict[str, float], float, bool]]:
    """(terms, bound, whether in every period) of limits."""
    found = load(subject_to=list(texts)).system.aim.constraints
    assert all(each.spending for each in found)
    return [(dict(each.terms), each.bound, each.per_period) for each in found]


def test_the_unit_says_whether_a_limit_is_in_all() -> None:
    """Dollars limit the whole horizon, dollars per time every period; signs turn for `>=` and for swapped sides."""
    month = load().system.clock.unit.factor
    assert limits("spending(tv) <= $50k") == [({"tv": 1.0}, 50_000.0, False)]
    assert limits("spending(tv, web) < 600 $/month") == [({"tv": 1.0, "web": 1.0}, pytest.approx(600 / month), True)]
    assert limits("spending(tv) >= $10k") == [({"tv": -1.0}, -10_000.0, False)]
    assert limits("$10k <= spending(tv)") == [({"tv": -1.0}, -10_000.0, False)]
    assert limits("spending(shop) == $900") == [({"shop": 1.0}, 900.0, False), ({"shop": -1.0}, -900.0, False)]


def test_spending_of_nothing_in_particular_is_that_of_all() -> None:
    """`spending()` names every decision that costs money, and no other."""
    assert limits("spending() <= $9k") == [({"tv": 1.0, "web": 1.0, "shop": 1.0}, 9_000.0, False)]


@pytest.mark.parametrize(
    ("plan", "said"),
    [
        ({"subject_to": ["spending(tvs) <= $5"]}, "did you mean `tv`"),
        ({"subject_to": ["spending(tone) <= $5"]}, "nothing that `tone` decides costs money"),
        ({"subject_to": ["spending(tv) <= 5"]}, "is a plain number"),
        ({"subject_to": ["spending(tv) <= 5k"]}, "write `$5k` for all of the time together, or `$5k/month` for every"),
        ({"subject_to": ["spending(tv) <= 5 sale"]}, "sale"),
        (
            {"subject_to": ["spending(tv) + spending(web) <= $9"]},
            "write `spending(tv, web)` for what they cost together",
        ),
        (
            {"subject_to": ["spending <= $5k"]},
            "write `spending()` for that of all levers, `spending(tv)` for that of one",
        ),
        ({"subject_to": ["spending(tv) each month <= $5k"]}, "no `each month`\n"),
        ({"subject_to": ["spending(tv) <= $5k per month"]}, "in $/month, or on a decision by itself, a limit holds in"),
        ({"subject_to": ["tv <= 5"]}, "write `$5/month`"),
        ({"subject_to": ["tv <= $5"]}, "write it in $/month for every period, or limit `integral(tv)` for all of the"),
        (
            {"subject_to": ["integral(tv) <= 5 $/month"]},
            "write it in $ for all of the time together, or limit `tv` for",
        ),
        ({"subject_to": ["tv <= 5 sale"]}, "write it in $/month"),
        ({"subject_to": ["shop <= $5"]}, "write a plain number"),
        ({"subject_to": ["spending(tv) + 5"]}, "is a comparison"),
        ({"subject_to": ["spending(tv) <= spending(web)"]}, "compares spending with a number"),
        ({"subject_to": ["2*spending(tv) <= $100"]}, "compares spending with a number"),
        ({"subject_to": ["$100 >= 2*spending(tv)"]}, "compares spending with a number"),
        ({"subject_to": ["spending(tv) - spending(web) <= $10"]}, "write for example `spending(media) <= $50k`"),
        ({"subject_to": ["spending(tv) <= 0.5*spending(web)"]}, "compares spending with a number"),
        ({"either": ["tv"]}, "needs two levers or more"),
        ({"either": ["tv or tv"]}, "needs two levers or more"),
        ({"either": ["tv and web"]}, "join them with `or`: `tv or web`"),
        ({"either": ["tv or webb"]}, "did you mean `web`"),
        ({"subject_to": ["tv =< $5/month"]}, "write `<=`"),
        ({"from": "12 months"}, "before 12 month"),
        ({"from": "-1 months"}, "within the horizon"),
    ],
)
def test_what_is_no_limit_is_refused(plan: dict[str, Any], said: str) -> None:
    """Each mistake gives one message that names it."""
    with pytest.raises(ModelError) as caught:
        load(**plan)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("limit", "said"),
    [
        ("calls <= 5", "write `5 hours/week`"),
        ("2*calls <= 5", "write `5 hours/week`"),
        ("calls <= 5 sale", "write it in hours/week"),
        ("calls <= 5 hours", "write it in hours/week for every period, or limit `integral(calls)` for all of the time"),
        ("integral(calls) <= 5", "write it in hours"),
        ("calls + visits <= 5", "write it in hours/month"),
    ],
)
def test_a_limit_is_mended_in_the_unit_of_what_it_limits(limit: str, said: str) -> None:
    """`5 hours/month` would be a quarter of what is meant; where that is not plain, no number is told."""
    hours = {name: {"max": "9 hours/week", "every": "3 months"} for name in ("calls", "visits")}
    with pytest.raises(ModelError) as caught:
        leverwise.load({**MODEL, "decisions": {**MODEL["decisions"], **hours}, "plan": {"subject to": [limit]}})
    (problem,) = caught.value.problems
    assert problem.hint.removesuffix(" together") == said


def planned(**plan: Any) -> dict[str, list[float]]:
    """The schedule of a plan."""
    found: dict[str, list[float]] = {}
    for row in load(**plan).plan(samples=16).rows["schedule"]:
        found.setdefault(str(row["decision"]), []).append(float(row["value"]))
    return found


def test_limits_hold_in_the_plan() -> None:
    """Budgets per lever, per period and at least, each where it counts; a history is left as it was."""
    plan = planned(
        every="3 months",
        subject_to=["spending(web) <= $900", "spending(tv) >= $2700", "spending(tv, web) <= 500 $/month"],
    )
    assert 3 * sum(plan["web"]) == pytest.approx(900, rel=1e-6)
    assert 3 * sum(plan["tv"]) >= 2700 * (1 - 1e-9)
    assert all(tv + web <= 500 * (1 + 1e-9) for tv, web in zip(plan["tv"], plan["web"], strict=True))
    spread = planned(every="3 months", subject_to=["spending(shop) <= 600 $/month"])
    assert spread["shop"] == [2, 2, 2, 2]
    later = planned(every="3 months", **{"from": "6 months"})
    assert later["tv"] == [200, 200, pytest.approx(1000), pytest.approx(1000)]
    assert later["shop"] == [0, 0, 4, 4]


def test_of_two_levers_the_better_one_is_used() -> None:
    """Without the limit both pay; with it the one that brings more is used alone, and nothing if neither pays."""
    both = planned(subject_to=["spending() <= $5000"])
    assert sum(both["tv"]) > 0
    assert sum(both["web"]) > 0
    one = planned(subject_to=["spending() <= $5000", "shop <= 0"], either=["tv or web"])
    assert sum(one["tv"]) > 0
    assert sum(one["web"]) == 0
    assert planned(subject_to=["shop <= 0", "tv <= 0 $/month"], either=["tv or web"])["web"][0] == pytest.approx(1000)
