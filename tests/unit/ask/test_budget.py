"""A budget bounds what the model really spends, not what decisions seem to cost."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import leverwise
from leverwise.ask.model import from_system
from leverwise.errors import ModelError, NoAnswerError

BUDGET = 100_000.0
STUDIO: dict[str, Any] = {
    "leverwise": 1,
    "model": "studio",
    "about": "Sound people who stay when their positions are closed again.",
    "units": ["song", "listen"],
    "time": {"step": "1 month", "horizon": "12 months", "method": "euler"},
    "money": {"start": "$2M"},
    "principal": "star",
    "people": {"star": {"hours": "200 hours/month", "talent": {"writing": 3, "sound": 1, "chores": 1}}},
    "work": {
        "makes": "song",
        "copies": "free",
        "life": "18 months",
        "tasks": {
            "writing": {"effort": "20 hours/song", "only": "star"},
            "sound": {"effort": "150 to 250 hours/song"},
        },
    },
    "market": {
        "people": "2M",
        "recognise": "20k",
        "forget": "3 %/month",
        "word of mouth": "2 %/month",
        "rate": "0.02 listens/month/person/song",
        "most": "60 listens/month/person",
        "worth": {"mean": "$0.02/listen", "spread": "$0.01/listen"},
        "price": "$0.004/listen",
        "toll": {"start": "$0.01/listen"},
        "trust": {"start": "30 %"},
    },
    "impact": "deals",
    "levers": {
        "crew": {
            "delegation": {"tasks": ["sound"], "at most": 8, "wage": "$5k/month", "talent": 1, "alignment": "90 %"}
        }
    },
    "plan": {"every": "3 months", "objective": "mean", "confidence": "90 %", "budget": f"${BUDGET:.0f}"},
}


def test_people_who_stay_are_paid_for() -> None:
    """Positions opened for a quarter and closed again fill with people whose wages count against the budget."""
    model = leverwise.load(STUDIO)
    spending = model.engine.measure_names.index("spending")
    vector = np.array([8.0, 0, 0, 0])
    draws = model.engine.draws(0, 256, 5)
    cheat = model.engine.measures(draws, np.arange(256), vector)[spending].mean()
    assert BUDGET < 8 * 3 * 5000
    assert cheat > 1.5 * 8 * 3 * 5000

    answer = model.plan(samples=256)
    plan = np.array([row["value"] for row in answer.rows["schedule"]])
    spent = model.engine.measures(model.engine.draws(0, 1024, 9), np.arange(1024), plan)[spending].mean()
    assert 0.5 * BUDGET < spent <= 1.01 * BUDGET
    assert answer.rows["levers"][0]["spending"] == pytest.approx(spent, rel=0.02)
    uses = {row["use"]: row for row in answer.rows["hours_by_use"]}
    assert sum(row["hours_a_month"] for row in uses.values()) == pytest.approx(200)
    assert uses["writing"]["hours"] == pytest.approx(12 * uses["writing"]["hours_a_month"])
    assert answer.numbers["impact"].mean > answer.numbers["baseline_impact"].mean


def test_a_cost_known_only_in_a_run_needs_a_measure() -> None:
    """Without a measure of spending such a cost is refused when there is a budget."""
    system = leverwise.load(
        {
            "leverwise": 1,
            "model": "late",
            "about": "A price that only a run can tell.",
            "time": {"step": 1, "horizon": 3, "method": "euler"},
            "values": {"price": 1},
            "decisions": {"u": {"min": 0, "max": 9, "every": 1}},
            "equations": {"late": "delay_fixed(price, 1, 2)"},
            "impact": {"is": "u"},
            "plan": {"objective": "mean", "budget": 9},
        }
    ).system
    late = next(item for item in system.auxiliaries if item.name == "late")
    decision = replace(system.decisions[0], costs=late.value)
    with pytest.raises(ModelError, match="before a run"):
        from_system(replace(system, decisions=(decision,))).plan(samples=4)


def test_a_budget_of_which_nothing_can_be_spent_is_refused() -> None:
    """Where no decision costs money a budget would limit nothing: that is said, not passed over."""
    model = leverwise.load(
        {
            "leverwise": 1,
            "model": "papers",
            "time": {"step": 1, "horizon": 3},
            "stocks": {"readers": {"start": 1, "change": "adverts"}},
            "decisions": {"adverts": {"min": 0, "max": 9}},
            "impact": {"is": "readers"},
        }
    )
    with pytest.raises(NoAnswerError, match="a budget limits nothing: give decisions `costs`"):
        model.plan(samples=16, budget="3000")
