"""Sentences of answers that a newcomer must be able to follow: that they agree with the numbers beside them."""

from __future__ import annotations

import copy
from dataclasses import replace

import numpy as np
import pytest

import leverwise
from leverwise.ask import information, robust
from leverwise.ask.lacking import speeds, without_a_lever
from leverwise.ask.leverage import by_themselves
from leverwise.ask.numbers import known
from leverwise.ask.paired import Difference
from leverwise.ask.plan_tables import first_actions
from leverwise.ask.regime import Hire, regime
from leverwise.ask.resources import resources_of
from leverwise.lang.system import Origin
from leverwise.report import shares, sketches
from leverwise.report.tables import tables
from unit.ask.stand_in import decision, system
from unit.ask.test_compare import SAMPLES, shop
from unit.ask.test_regime import PRACTICE, binding
from unit.ask.test_robust import bet


def _short(share: float, samples: int = 1000) -> robust._Broken:
    """Money that does not suffice in a share of the samples."""
    return robust._Broken("cash_margin", np.arange(samples) < share * samples, [])


def test_more_confidence_is_advised_only_beyond_what_holds() -> None:
    """Money that suffices in 98 % holds at 95 % already, money that suffices in 92 % does not."""
    model = bet(plan={"objective": "mean", "confidence": "90 %"})
    assert "--confidence '95 %'" in robust._next(model, None, [_short(0.08)])
    assert "--confidence" not in robust._next(model, None, [_short(0.02)])
    assert "--confidence '95 %'" in robust._next(model, None, [_short(0.02), _short(0.3)])


def test_a_share_that_breaks_has_an_error() -> None:
    """Of independent samples it is about the root of p(1 - p)/n; of what always or never happens it is none."""
    flags = np.random.default_rng(1).random(4096) < 0.1
    told = robust._share_of(flags)
    assert told.mean == pytest.approx(10, abs=2)
    assert told.se == pytest.approx(100 * (0.1 * 0.9 / 4096) ** 0.5, rel=0.5)
    assert robust._share_of(np.zeros(64, dtype=bool)).se == 0


def test_the_worst_tenth_that_nothing_explains_is_told_in_a_sentence() -> None:
    """It reads as one, with the share of the samples in it."""
    (said,) = robust._notes([robust._Broken(robust.LEAST, np.arange(1000) < 100, [])])
    assert said == ("Where its worst tenth of the samples lie, in which it makes least, no small set of inputs tells.")


def test_a_slight_difference_is_none_worth_the_name() -> None:
    """A change of a ten thousandth is told as none, without shares and without a count of samples to be sure of it."""
    model = shop()
    answer = model.compare(plans=[{"ads": 200}, {"ads": 200.01}], samples=SAMPLES)
    assert "no difference worth the name" in answer.headline
    assert "times" not in answer.headline
    assert not any("would bring it to" in warning for warning in answer.warnings)
    assert all(row["share"] is None for row in (*answer.rows["causes"], *answer.rows["mechanisms"]))


def test_what_counts_as_slight() -> None:
    """Less than a thousandth of impact, or than two standard errors; a clear difference is neither."""
    some = np.random.default_rng(2)
    base = some.uniform(90, 110, 512)
    assert Difference("impact", base, base * 1.0005).slight
    assert not Difference("impact", base, base * 1.01).slight
    assert Difference("impact", base, base + some.normal(0, 100, 512) - 0.5).slight


def test_a_study_of_what_is_worth_nothing_is_not_advised() -> None:
    """What it finds out changes nothing, and the sentence on studies says so in place of an order."""
    row = {"study": "luck", "cost": 500.0, "evppi": 0.0, "se": 4.7, "unit": "", "dollars": None, "net": None}
    (said,) = information._on_studies([row])
    assert said.startswith("The study is not worth what it costs")
    (both,) = information._on_studies([row, {**row, "study": "other", "net": 3.0}])
    assert both.startswith("No study here is worth what it costs")
    (worth,) = information._on_studies([{**row, "evppi": 50.0}])
    assert "luck" in worth


def test_shares_with_others_are_told_beside_those_of_inputs_by_themselves() -> None:
    """A product of two centred inputs varies by both together alone: by itself the smaller third input leads."""
    model = leverwise.load(
        {
            "leverwise": 1,
            "model": "pair",
            "time": {"step": 1, "horizon": 1, "method": "euler"},
            "values": {"a": "uniform(-1, 1)", "b": "uniform(-1, 1)", "c": "uniform(-1, 1)"},
            "impact": "10 + 4*a*b + c",
        }
    )
    answer = model.sensitivity(samples=1024)
    assert "`c` (" in answer.headline
    assert "by itself" in answer.headline
    assert "with what inputs do together" in answer.headline
    assert answer.headline.index("`a` (") > answer.headline.index("`c` (")
    (grid,) = [each for each in tables(answer) if each.name == "indices"]
    assert shares.DOT in grid.note
    assert not any("below 0" in note for note in answer.notes)


def test_an_explanation_tells_the_flows_of_the_time_asked_for() -> None:
    """The chart ends at that time with the totals of the table; a share of a cost is called by what that cost is."""
    model = leverwise.load(
        {
            "leverwise": 1,
            "model": "till",
            "time": {"step": "1 month", "horizon": "6 months", "tail": "4 months", "method": "euler"},
            "values": {"takings": "$50/month", "paid": "0.5"},
            "equations": {"bills": {"is": "$40/month + 0*takings", "unit": "$/month", "about": "Rent, wages."}},
            "stocks": {"cash": {"start": "$100", "change": "takings - bills*paid"}},
            "impact": {"is": "takings", "unit": "$"},
        }
    )
    answer = model.explain("cash", at="2 months")
    assert "less $40 bills (rent, wages)" in answer.headline
    (chart,) = [each for each in answer.charts if each.name == "flows"]
    assert max(row["time"] for row in chart.rows) == 2
    (last,) = [row["value"] for row in chart.rows if row["time"] == 2 and row["series"] == "takings"]
    assert last == pytest.approx(100)
    assert {"bills", "paid"} <= {row["name"] for row in answer.rows["equations"]}
    assert sketches._ends(answer.charts[1:]) == ("start", "at 2 months")


def test_advice_names_what_the_model_has_no_lever_for() -> None:
    """Buyers by a community without a network lever; infrastructure that helps another task than the one that binds."""
    text = regime(replace(binding(recognised=1.0), lacking=("a community",)))[1]
    assert "(the model has no lever for a community yet)" in text
    assert "(for your hours the model has no such lever yet)" in regime(replace(binding(hours=1.0), speedy=False))[1]
    assert "yet" not in regime(binding(hours=1.0))[1]


def test_which_infrastructure_acts_on_whom() -> None:
    """A tool for packing speeds jo, who packs, and not the helper, who treats; the paid channel is publicity."""
    practice = copy.deepcopy(PRACTICE)
    practice["people"]["jo"]["talent"]["packing"] = 1
    practice["work"]["tasks"] = {
        "treating": {"effort": "1 hour/session", "weight": 0.5},
        "packing": {"effort": "1 hour/session", "weight": 0.5},
    }
    practice["levers"]["tool"] = {
        "capital": {"price": "$4k", "life": "5 years", "task": "packing", "saves": "40 % to 70 %"}
    }
    model = leverwise.load(practice)
    there = {each.name: each for each in resources_of(model.system)}
    assert speeds(model.system, model.levers, there["hours"])
    assert not speeds(model.system, model.levers, there["helper hours"])
    assert without_a_lever(model.system, model.levers) == ("publicity", "trust", "a community")


def test_one_more_person_is_told_only_where_there_is_room() -> None:
    """A team that is full at some time can take one more at other times alone, and the sentence says so."""
    assert "throughout would add 9 loaves" in str(Hire("crew", 9, "loaf", 100))
    full = str(Hire("crew", 9, "loaf", 100, "2 people"))
    assert full == "one more person in crew while its `at most: 2 people` leaves room would add 9 loaves"


def test_leverage_with_nothing_decided_is_explained_unless_it_is_one() -> None:
    """A brand earns trust by itself; where leverage is 1 there is nothing to explain."""
    model = leverwise.load(PRACTICE)
    some = {"leverage": known(1.01, "times", 0.001)}
    (said,) = by_themselves(model.system, {**model.levers, "name": "brand"}, some)
    assert "the trust that name gains or loses with what is delivered" in said
    assert by_themselves(model.system, model.levers, {"leverage": known(1.0, "times")}) == []


def test_a_decision_without_a_unit_is_told_with_its_meaning() -> None:
    """What 1 of it means stands beside it; a whole number of machines needs no such words."""
    about = Origin(about="From 0, for everyone, to 1, one camp against the other.")
    talks = replace(decision("talks.polarisation", 0, 1, periods=1), switch="talks", origin=about)
    said = first_actions(system([talks], steps=1), np.array([1.0]))
    assert said == "Now: talks (polarisation 1: one camp against the other)."
    half = first_actions(system([talks], steps=1), np.array([0.5]))
    assert half == "Now: talks (polarisation 0.5: from 0, for everyone, to 1, one camp against the other)."
    whole = replace(talks, whole=True)
    assert first_actions(system([whole], steps=1), np.array([1.0])) == "Now: talks (polarisation 1)."
