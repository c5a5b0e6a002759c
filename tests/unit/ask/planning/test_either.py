"""Levers of which one at most may be used, where some are frozen or were used before planning begins."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import leverwise
from leverwise.ask.limits import fail_if_contradictory
from leverwise.ask.planning.either import unused_choices
from leverwise.ask.schedules import own
from leverwise.errors import ModelError, NoAnswerError

EXAMPLE = Path(__file__).parents[4] / "examples" / "choir.yaml"


def fame(plan: dict[str, Any], **ads: Any) -> dict[str, Any]:
    """Two levers, of which each adds to what the other makes."""
    return {
        "leverwise": 1,
        "model": "fame",
        "time": {"step": "1", "horizon": "4", "method": "euler"},
        "decisions": {"ads": {"min": "0", "max": "5", **ads}, "tv": {"min": "0", "max": "2"}},
        "impact": "ln(1 + ads) + ln(1 + tv)",
        "plan": {"either": ["ads or tv"], **plan},
    }


def made(source: dict[str, Any], **asked: Any) -> list[tuple[str, float]]:
    """What is decided, by period."""
    rows = leverwise.load(source).plan(samples=8, **asked).rows["schedule"]
    return [(row["decision"], row["value"]) for row in rows]


def test_what_is_frozen_in_use_is_the_lever_that_is_used() -> None:
    """By the question, in a plan that is given, or by the author: the other lever stays at its start."""
    assert made(fame({}), freeze=["ads"], plan={"ads": 3}) == [("ads", 3), ("tv", 0)]
    assert made(fame({}, use="1", frozen="yes")) == [("ads", 1), ("tv", 0)]


def test_what_either_rules_out_is_not_called_frozen() -> None:
    """Where that leaves nothing to decide, each is told by what holds it."""
    headline = leverwise.load(fame({})).plan(samples=8, freeze=["ads"], plan={"ads": 3}).headline
    assert headline.startswith("Nothing may be decided: ads is frozen and tv is ruled out by `either`.")
    headline = leverwise.load(fame({})).plan(samples=8, freeze=["ads", "tv"]).headline
    assert headline.startswith("Nothing may be decided: ads and tv are frozen.")


def test_what_is_frozen_unused_leaves_the_other() -> None:
    """Nothing rules out the one that may still be used; nor does a use that the plan which is given leaves out."""
    assert made(fame({}), freeze=["ads"]) == [("ads", 0), ("tv", 2)]
    assert made(fame({}, use="1"), freeze=["ads"], plan={"ads": 0}) == [("ads", 0), ("tv", 2)]


def test_two_that_are_frozen_in_use_leave_no_choice() -> None:
    """What to do is told, and no search is made."""
    with pytest.raises(NoAnswerError, match="`ads` and `tv` are used and frozen, but `ads or tv` allows one at most"):
        made(fame({}), freeze=["ads", "tv"], plan={"ads": 3, "tv": 1})


def test_what_was_used_before_planning_begins_is_no_choice() -> None:
    """Who had ads until then may have tv from then on, as where nothing was used."""
    source = fame({"from": "2"}, use={"0": "1", "2": "0"}, every="1")
    source["decisions"]["tv"] |= {"every": "1", "max": "9"}
    assert made(source) == [("ads", 1)] * 2 + [("ads", 0)] * 2 + [("tv", 0)] * 2 + [("tv", 9)] * 2
    system = leverwise.load(source).system
    plan = own(system)
    plan[-1] = 1.0
    assert unused_choices(system, plan) == ("ads",)


def test_limits_that_only_the_ruled_out_choice_keeps_are_told() -> None:
    """The lever that is frozen in use can't give way to the one that a limit asks for."""
    limits = {"subject to": ["tv >= 1"]}
    fail_if_contradictory(leverwise.load(fame(limits, use="0", frozen="yes")).system)
    with pytest.raises(ModelError, match="without `tv`"):
        fail_if_contradictory(leverwise.load(fame(limits, use="1", frozen="yes")).system)


def test_a_lever_is_no_choice_beside_what_belongs_to_it() -> None:
    """To use one is to use the other, so that nothing could be used at all."""
    with pytest.raises(ModelError, match=r"`choir\.positions` belongs to `choir`"):
        leverwise.load(EXAMPLE, set={"plan.either": "[choir or choir.positions]"})
