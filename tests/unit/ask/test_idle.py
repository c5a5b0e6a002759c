"""What is said where no lever pays, and where levers pay on average but not in most samples."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import leverwise
from leverwise.ask.idle import nothing_better
from leverwise.ask.leverage import why_below_one
from leverwise.ask.numbers import estimate
from leverwise.ask.planning.problem import problem_of
from leverwise.lang.system import Aim, Unit
from leverwise.report.json import document
from leverwise.report.page import html
from leverwise.report.tables import tables
from unit.ask.test_more_money import TILL


def stall(**parts: Any) -> leverwise.Model:
    """A stock of customers that makes something each month; whatever is spent only costs."""
    return leverwise.load(
        {
            "leverwise": 1,
            "model": "stall",
            "time": {"step": "1 month", "horizon": "4 months"},
            "values": {"worth": "2 to 3 $/month/person"},
            "decisions": {"ads": {"min": 0, "max": "$10/month", "every": "1 month"}},
            "stocks": {"customers": {"start": "50 people", "change": "0 people/month", "nudge": "customers"}},
            "impact": "worth*customers - ads",
            **parts,
        }
    )


def test_nothing_pays_is_said_with_what_binds() -> None:
    """One more customer is worth four months of about 2.5 $; what follows is to look at what binds."""
    answer = stall().plan(samples=64)
    begins = "Nothing that can be decided pays here, where what binds most is customers (one more person of customers"
    assert answer.headline.startswith(f"{begins} is worth $9.")
    assert "no plan found makes more than doing nothing, which makes $4" in answer.headline
    assert answer.next.startswith("leverwise diagnose")
    assert not any("nothing yet" in note for note in answer.notes)


def test_what_pays_is_planned() -> None:
    """The same stall where ads pay has a plan, and says what to do first."""
    answer = stall(impact="worth*customers + ads").plan(samples=64)
    assert answer.headline.startswith("The best plan found makes")
    assert answer.notes[0].startswith("Now: ads $10/month")


PAYS = "worth*customers + ads"
COSTS = {"min": 0, "max": "$10/month", "every": "1 month", "costs": "2"}


@pytest.mark.parametrize(
    ("parts", "asked", "why"),
    [
        ({}, {"freeze": ["ads"]}, "ads is frozen"),
        ({"plan": {"subject to": ["ads <= 0 $/month"]}}, {}, "`ads <= 0 $/month` leaves nothing to choose"),
        (
            {"plan": {"budget": "$0"}, "decisions": {"ads": COSTS, "fees": COSTS}},
            {"freeze": ["fees"]},
            "fees is frozen and the budget leaves nothing to choose",
        ),
    ],
)
def test_what_may_not_be_decided_is_not_said_to_pay_nothing(
    parts: dict[str, Any], asked: dict[str, Any], why: str
) -> None:
    """Ads pay, but may not be bought: what forbids it is named, be it a freeze, a limit or the budget."""
    answer = stall(**{"impact": PAYS, **parts}).plan(samples=16, **asked)
    assert answer.headline.startswith(f"Nothing may be decided: {why}. The schedule as it is makes $")
    assert "pay here" not in answer.headline
    assert "doing nothing" not in answer.headline


def test_what_is_frozen_stays_so_in_what_follows() -> None:
    """The plan that is written and looked at next is the one that was told."""
    both = stall(impact=PAYS, decisions={"ads": COSTS, "fees": COSTS}).plan(samples=16, freeze=["ads,fees"])
    assert {row["value"] for row in both.rows["schedule"]} == {0}
    made = stall(impact=PAYS, decisions={"ads": COSTS, "fees": COSTS}).plan(samples=16, freeze=["fees"])
    assert "plan MODEL --freeze fees --out stall-plan.yaml" in made.next


def test_what_is_frozen_stays_as_in_the_plan_it_begins_from() -> None:
    """Ads as the plan has them, not as the author's use does, and fees around them; without a plan the use counts."""
    used = {"min": 0, "max": "$10/month", "every": "2 months", "costs": "2", "use": "$3/month"}
    parts = {"impact": PAYS, "decisions": {"ads": used, "fees": COSTS}}
    for plan, ads in (({"ads": [7, 2]}, [7.0, 2.0]), (None, [3.0, 3.0])):
        answer = stall(**parts).plan(samples=16, freeze=["ads"], plan=plan)
        assert [row["value"] for row in answer.rows["schedule"] if row["decision"] == "ads"] == ads


def test_a_frozen_lever_is_not_among_those_that_do_not_pay() -> None:
    """Of two levers one is frozen: only the other was tried, and only it is named; with both frozen none is."""
    model = leverwise.load({**TILL, "levers": dict.fromkeys(("hands", "helpers"), TILL["levers"]["hands"])})
    problem = problem_of(model.system, {}, freeze=["hands"])
    said = nothing_better(model, problem, problem.start, 16, 0)
    assert said.startswith("The only lever that may be used, helpers, does not pay here")
    closed = nothing_better(model, problem_of(model.system, {}, freeze=["hands", "helpers"]), problem.start, 16, 0)
    assert closed.startswith("Nothing may be decided: ")
    assert closed.endswith(" frozen. The schedule as it is")


def test_a_median_below_one_beside_a_better_mean_is_explained() -> None:
    """Three samples lose a tenth, one doubles: the median leverage is 0.9, the mean impact 1.175 times as much."""
    alone, impact = np.full(4, 100.0), np.array([90.0, 90.0, 90.0, 200.0])
    unit = Unit("$", 1.0, (("money", 1.0),))
    numbers = {name: estimate(made, unit) for name, made in (("impact", impact), ("alone_impact", alone))}
    numbers["leverage"] = estimate(impact / alone, Unit("times", 1.0))
    (said,) = why_below_one(numbers, impact, alone, Aim())
    assert "($118 against $100 alone): in 75 % of the samples they cost more than they bring" in said
    assert said.endswith("`--objective 'quantile 50 %'` plans for the median.")
    for aim in (None, Aim("quantile", 0.5), Aim("quantile", 0.1), Aim("cvar", 0.1)):
        (said,) = why_below_one(numbers, impact, alone, aim)
        assert said.endswith("they bring much more.")


def test_levers_that_only_cost_are_told_apart_from_those_that_pay_on_average() -> None:
    """Who pays a tenth for staff in every sample is told so under a plan; where leverage is above 1 nothing is."""
    alone, unit = np.full(4, 100.0), Unit("$", 1.0, (("money", 1.0),))

    def said(impact: np.ndarray) -> list[str]:
        numbers = {name: estimate(made, unit) for name, made in (("impact", impact), ("alone_impact", alone))}
        return why_below_one(numbers | {"leverage": estimate(impact / alone, unit)}, impact, alone, Aim())

    assert "cost more than they bring ($90 against $100 alone)" in said(np.full(4, 90.0))[0]
    assert said(np.full(4, 110.0)) == []


def test_how_the_search_went_is_folded_away() -> None:
    """No note speaks of steps and exchanges; JSON and the page have them in a table that terminals leave out."""
    answer = stall(impact="worth*customers + ads").plan(samples=64)
    told = [row["said"] for row in answer.rows["details"]]
    assert any("At half the step" in each for each in told)
    assert not any(each in answer.notes for each in told)
    assert document(answer)["tables"]["details"] == list(answer.rows["details"])
    (grid,) = (each for each in tables(answer) if each.name == "details")
    assert grid.detail
    assert "<summary>How the plan was searched and checked</summary>" in html([answer])


def test_what_limits_ask_for_is_not_called_doing_nothing() -> None:
    """A limit that wants $5 a month spent costs $20 in all: that no more pays is told of the least it allows."""
    answer = stall(plan={"subject to": ["ads >= 5 $/month"]}).plan(samples=64)
    assert "Nothing pays here beyond what limits ask for" in answer.headline
    assert "no plan found makes more than the least they allow" in answer.headline
    lost = answer.numbers["baseline_impact"].mean - answer.numbers["impact"].mean
    assert lost == pytest.approx(20)
