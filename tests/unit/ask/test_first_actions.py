"""What a plan says is to be done now."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from leverwise.ask.plan_notes import waiting
from leverwise.ask.plan_tables import first_actions
from leverwise.lang.system import System, Unit
from unit.ask.stand_in import decision, system

MODEL = system(
    [
        replace(decision("fairs.publicity", 0, 50, periods=2, unit=Unit("hour/month", 1.0)), switch="fairs"),
        replace(decision("fairs.polarisation", 0, 1, periods=2), switch="fairs"),
        decision("price", 0, 50, periods=1, unit=Unit("$", 1.0), start=5.0),
    ],
    steps=2,
)


def test_a_lever_s_decisions_stand_together() -> None:
    """What stays at its start is not named, nor what comes later."""
    fairs = "publicity 2 hours/month, polarisation 1"
    assert first_actions(MODEL, np.array([2.0, 0.0, 1.0, 0.0, 7.0])) == f"Now: fairs ({fairs}), price $7."
    assert first_actions(MODEL, np.array([0.0, 9.0, 0.0, 1.0, 5.0])) == "Now: nothing yet."


def _planned(begins: float) -> System:
    """Two decisions of a year: one may change every third month, one every month; planning begins later."""
    slow = replace(decision("ads", 0, 50, periods=4, unit=Unit("$", 1.0)), steps_per_period=3)
    quick = decision("hands", 0, 50, periods=12, unit=Unit("person", 1.0))
    model = system([slow, quick], steps=12)
    clock = replace(model.clock, unit=Unit("month", 1.0))
    return replace(model, clock=clock, aim=replace(model.aim, begins=begins))


def test_what_comes_first_is_told_with_when_it_can() -> None:
    """Planning that begins within a period changes nothing before the next; what was is told by nobody as a plan."""
    plan = np.array([9.0, 9, 7, 7, *[3.0] * 4, *[2.0] * 8])
    assert first_actions(_planned(0), plan) == "Now: ads $9, hands 3 people."
    assert first_actions(_planned(3), plan) == "From 3 months on: ads $9, hands 3 people."
    assert first_actions(_planned(4), plan) == "From 4 months on: hands 2 people; from 6 months on: ads $7."
    assert first_actions(_planned(10), plan) == "From 10 months on: hands 2 people."


@pytest.mark.parametrize(("begins", "late"), [(0, False), (3, False), (4, True), (6, False), (10, True)])
def test_a_plan_says_what_waits(begins: float, late: bool) -> None:
    """Where `from` is no multiple of `every`, the plan names the decision, and when it can change, if it still can."""
    found = waiting(_planned(begins))
    assert bool(found) == late
    if late:
        assert "within a period of `ads`: decided every 3 months" in found[0]
        assert found[0].endswith(": `3 months` or `6 months`." if begins == 4 else ": `9 months`.")
        assert ("can change from 6 months on" if begins == 4 else "it stays as at the start") in found[0]


def test_what_is_decided_once_cannot_be_planned_later() -> None:
    """No multiple of a period helps where there is one: it is frozen, or gets an `every`."""
    model = replace(_planned(4), decisions=(replace(decision("ads", 0, 50), steps_per_period=12),))
    (found,) = waiting(model)
    assert "`ads` is decided once, at the start" in found
    assert "as at the start; give it an `every`, or freeze it" in found
    assert not any(word in found for word in ("multiple", "`use`", "decided every"))
    (used,) = waiting(replace(model, decisions=(replace(model.decisions[0], use=(7.0,)),)))
    assert "stays as in `use`;" in used
    assert waiting(model, ["ads"]) == []
    both = replace(model, decisions=(*model.decisions, replace(model.decisions[0], name="hall")))
    assert "`ads` and `hall` are decided once, at the start, so that they stay as" in waiting(both)[0]
    assert not any("`use`" in each for each in waiting(_planned(4)))
