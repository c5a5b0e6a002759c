"""What each lever takes is measured in the run: wages, hiring, rent and hours, against sums worked out by hand."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest

import leverwise
from leverwise.ask.accounts import accounts

WAGE, RENT, HIRING, ONBOARDING, FILL, MANAGING = 3000.0, 1500.0, 4000.0, 1000.0, 2.0, 5.0
MONTHS, TAIL = 12, 2
MOST = {"most research": "200 hours/month"}


@cache
def bakery() -> leverwise.Model:
    """Hands who stay once they are hired, an oven that can be rented, and two inventions that take hours."""
    source: dict[str, Any] = {
        "leverwise": 1,
        "model": "bakery",
        "about": "Everything is known, so that costs can be worked out by hand.",
        "units": ["loaf"],
        "time": {"step": "1 month", "horizon": f"{MONTHS} months", "tail": f"{TAIL} months", "method": "euler"},
        "money": {"start": "$900k"},
        "principal": "baker",
        "people": {"baker": {"hours": "160 hours/month", "talent": {"baking": 1, "chores": 1}}},
        "work": {"makes": "loaf", "copies": "each", "tasks": {"baking": {"effort": "1 hour/loaf"}}},
        "market": {
            "people": "10k",
            "recognise": "1k",
            "forget": "3 %/month",
            "word of mouth": "2 %/month",
            "rate": "1 loaf/month/person",
            "most": "9 loaf/month/person",
            "worth": {"mean": "$6/loaf", "spread": "$2/loaf"},
            "price": "$5/loaf",
            "toll": {"start": "$1/loaf"},
            "trust": {"start": "50 %"},
        },
        "levers": {
            "hands": {
                "delegation": {
                    "tasks": ["baking"],
                    "at most": 3,
                    "wage": f"${WAGE}/month",
                    "alignment": "90 %",
                    "quit": "0 %/month",
                    "fill time": f"{FILL} months",
                    "hiring cost": f"${HIRING}",
                    "onboarding cost": f"${ONBOARDING}",
                    "managing": f"{MANAGING} hours/month",
                    "training": 0,
                }
            },
            "oven": {"capital": {"rent": f"${RENT}/month", "task": "baking", "saves": "20 %"}},
            "lab": {"technology": {"difficulty": "9000 hours", "multiplies": {"baking.effort": 0.9}, **MOST}},
            "yard": {"technology": {"difficulty": "9000 hours", "multiplies": {"baking.effort": 0.9}, **MOST}},
        },
        "plan": {"every": "3 months"},
    }
    return leverwise.load(source)


def run(plan: dict[str, Any]) -> tuple[dict[str, Any], Any]:
    """The accounts of a schedule, and the run they are of."""
    from leverwise.ask.schedules import chosen

    model = bakery()
    decisions, _ = chosen(model, plan)
    names = ["managing", "publicity.hours_given", "tending.hours_given", "research.hours_given", "care.hours_given"]
    result = model.accountant.simulate(32, 0, decisions=decisions, record=names)
    return accounts(result.measures, tuple(model.levers)), result


def test_rent_is_paid_for_the_months_of_renting() -> None:
    """An oven rented for six of twelve months costs six rents; it takes no hours, and nobody else spends anything."""
    found, _ = run({"oven.rented": [1, 0, 1, 0]})
    assert found["oven"].spending == pytest.approx(6 * RENT, rel=1e-12)
    assert found["oven"].hours == 0
    assert found["hands"].spending == found["lab"].spending == 0


def test_a_hire_costs_wages_and_hiring_and_hours() -> None:
    """One position fills as 1 - (1 - 1/fill)^t: its wages, what finding costs and its managing are sums of that."""
    found, _ = run({"hands.positions": 1})
    staff = 1 - (1 - 1 / FILL) ** np.arange(MONTHS + TAIL)
    wages = WAGE * staff.sum()
    finding = (HIRING + ONBOARDING) * (1 - staff).sum() / FILL
    assert found["hands"].spending == pytest.approx(wages + finding, rel=1e-9)
    assert found["hands"].hours == pytest.approx(MANAGING * staff.sum(), rel=1e-9)


def test_two_levers_of_one_use_share_its_hours() -> None:
    """Lab and yard both want hours of research: each takes what it was given, 20 and 10 hours a month."""
    found, _ = run({"lab.research": 20, "yard.research": [10, 10, 0, 0]})
    assert found["lab"].hours == pytest.approx(20 * MONTHS, rel=1e-12)
    assert found["yard"].hours == pytest.approx(10 * 6, rel=1e-12)


def test_hours_that_do_not_fit_are_not_taken() -> None:
    """Where 200 and 120 hours are wanted of 160, all are cut alike: 100 and 60 are taken."""
    found, _ = run({"lab.research": 200, "yard.research": 120})
    assert found["lab"].hours == pytest.approx(100 * MONTHS, rel=1e-12)
    assert found["yard"].hours == pytest.approx(60 * MONTHS, rel=1e-12)


def test_the_levers_add_up_to_what_the_model_spends_and_gives() -> None:
    """All dollars spent by levers, and all hours of managing and of levers' uses, belong to one lever each."""
    found, result = run({"hands.positions": [1, 2, 2, 3], "oven.rented": 1, "lab.research": 30})
    spent = float(np.mean(result.measures["spending"]))
    assert sum(account.spending for account in found.values()) == pytest.approx(spent, rel=1e-12)
    hours = sum(float(np.mean(path[:, :-1].sum(axis=1))) for path in result.trajectories.values())
    assert sum(account.hours for account in found.values()) == pytest.approx(hours, rel=1e-12)


def test_people_come_by_the_filling_of_positions_and_stay() -> None:
    """By Euler half of the open positions are filled each month; where fewer are aimed at, nobody goes."""
    from leverwise.ask.plan_tables import staff_rows
    from leverwise.ask.schedules import chosen

    model = bakery()
    decisions, _ = chosen(model, {"hands.positions": [2, 2, 0, 0]})
    result = model.engine.simulate(16, 0, decisions=decisions, record=["hands.staff"])
    rows = staff_rows(model.system, result.fans)
    there = [2 * (1 - 0.5**month) for month in range(7)] + [2 * (1 - 0.5**6)] * 6
    expected = [float(np.mean(there[first : first + 3])) for first in (0, 3, 6, 9)]
    assert [row["people"] for row in rows] == pytest.approx(expected, rel=1e-12)
    assert [(row["lever"], row["start"]) for row in rows] == [("hands", start) for start in (0, 3, 6, 9)]


def test_hours_by_use_add_up_to_the_hours_there_are() -> None:
    """Within the horizon the uses take the principal's 160 hours a month, nothing of the tail among them."""
    from leverwise.ask.accounts import hours_used
    from leverwise.ask.hours import uses_of

    _, result = run({"hands.positions": [1, 3, 2, 3], "lab.research": [10, 0, 20, 5]})
    used = hours_used(result.measures, [use.variable for use in uses_of(bakery().system)])
    assert sum(used.values()) == pytest.approx(160 * MONTHS, rel=1e-9)
    assert used["managing"] == pytest.approx(float(np.sum(np.mean(result.trajectories["managing"], axis=0)[:MONTHS])))
    assert used["research.hours_given"] == pytest.approx(3 * (10 + 0 + 20 + 5))
