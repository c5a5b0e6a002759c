"""Money: nothing is lost, nothing is spent that is not there, and credit costs interest."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from mechanisms.models import ATELIER, CREW, MACHINE, MEDIA, VAN, WORKSHOP, load, numbers, ran

LEVERS = {
    "crew": {"delegation": CREW},
    "machine": {"capital": MACHINE},
    "van": {"capital": VAN},
    "media": {"capital": MEDIA},
}
LEDGER = "revenue + income - variable_costs - (overhead + interest)*paid_share - spent_by_levers"
PLAN = {"crew.positions": [2, 5, 6], "machine.bought": [1, 2, 0], "van.rented": 1, "media.spent": [5e3, 10e3, 20e3]}


def books(start: str) -> dict[str, NDArray[np.float64]]:
    settings = {
        "money.start": start,
        "money.credit": {"limit": "$10k", "rate": "12 %/year"},
        "stocks": {"ledger": {"start": "$0", "change": LEDGER}},
    }
    watch = ["cash", "ledger", "crew.staff", "paid_share", "funded"]
    return ran(load(ATELIER, LEVERS, settings), watch, PLAN, samples=64)


def test_cash_is_conserved_with_ample_money() -> None:
    """What is in hand at any time is the start, plus what came in, less every cost by its own account."""
    found = books("$900k")
    assert found["cash"] == pytest.approx(900e3 + found["ledger"], rel=1e-9)
    assert (found["funded"] == 1).all()


def test_cash_is_conserved_and_kept_above_the_credit_when_money_is_short() -> None:
    """A plan that asks for too much is cut short: cash stays above floor and credit, and the books still balance."""
    found = books("$30k")
    assert found["cash"] == pytest.approx(30e3 + found["ledger"], abs=1e-6)
    assert found["cash"].min() >= -10e3 - 1e-6
    assert found["funded"].min() < 1
    assert found["paid_share"].min() < 1


@pytest.mark.parametrize(("people", "bound"), [(40, "demand"), (400, "output")])
def test_material_is_paid_for_each_unit_sold(people: int, bound: str) -> None:
    """Where nobody comes or goes, cash is start + ((price - materials) deals - overhead) t, whatever limits deals."""
    settings = {
        "money": {"start": "$50k", "overhead": "$500/month"},
        "market.recognise": f"{people} people",
        "market.forget": "0/month",
        "market.word of mouth": "0/month",
        "market.toll": {"start": "$0/chair"},
        "people.joiner.talent": {"wood": 1, "paint": 1, "chores": 1},
        "work.materials": "$70/chair",
    }
    found = ran(load(WORKSHOP, None, settings), ["cash", "deals"])
    offer = 2 * 0.1 / (2 + 0.1)
    wanted = people * offer / (1 + np.exp(-(300 - 200) / 60))
    makes = (160 - 30) / (6 + 3)
    assert (wanted < makes) == (bound == "demand")
    deals = min(wanted, makes)
    assert found["deals"] == pytest.approx(deals, rel=1e-9)
    cash = 50e3 + ((200 - 70) * deals - 500) * found["t"]
    assert found["cash"] == pytest.approx(np.tile(cash, (len(found["cash"]), 1)), rel=1e-9)


def test_a_plan_that_is_cut_short_says_so() -> None:
    """Asking for more money than there is gives a warning, and asking for less gives none."""
    model = load(ATELIER, LEVERS, {"money.start": "$30k"})
    asked = "there is less of money than this asks for"
    assert any(asked in warning for warning in model.simulate(samples=64, plan=PLAN).warnings)
    assert not any(asked in warning for warning in model.simulate(samples=64).warnings)


@pytest.mark.parametrize(("materials", "lost"), [("$70/chair", 65.0), ("$4/chair", -1.0)])
def test_a_plan_that_falls_through_the_floor_does_not_hold(materials: str, lost: float) -> None:
    """Deals at $5 that cost $70 take cash below the floor without end: the margin is what is then missing of it.

    Nothing else is spent, so the margin is the least money there is above the floor, over the step of half a month.
    Where deals bring in more than they cost, that is the money at the start.
    """
    settings = {
        "money": {"start": "$1k", "floor": "-$500"},
        "market.price": "$5/chair",
        "market.toll": {"start": "$0/chair"},
        "work.materials": materials,
    }
    model = load(WORKSHOP, None, settings)
    found = model.engine.simulate(8, 0, record=("cash", "deals"))
    cash, margin = found.trajectories["cash"], found.measures["cash_margin"]
    assert np.diff(cash, axis=-1).max() * np.sign(lost) < 0
    assert margin == pytest.approx((cash.min(axis=-1) + 500) / 0.5, rel=1e-9)
    assert (margin < 0).all() == (lost > 0)


def test_staff_who_can_not_be_paid_leave() -> None:
    """Six people at $4k a month with $30k and no income: paid while it lasts, then they are gone."""
    settings = {"money.start": "$30k", "market.price": "$0/listen", "money.overhead": "$0/month"}
    model = load(ATELIER, {"crew": {"delegation": {**CREW, "now": "6 people", "quit": "0 %/month"}}}, settings)
    found = ran(model, ["crew.staff", "cash"], {"crew.positions": 6}, samples=32)
    assert found["crew.staff"][:, :2] == pytest.approx(6)
    assert found["crew.staff"][:, -1].max() < 0.5
    assert found["cash"].min() >= -1e-6


@pytest.mark.parametrize("rate", [0.06, 0.24])
def test_credit_is_paid_interest_on(rate: float) -> None:
    """With no income debt D follows D' = overhead + rate D, while trust is what it was at the start."""
    settings = {
        "money": {"start": "$0", "overhead": "$1k/month", "credit": {"limit": "$900k", "rate": f"{100 * rate} %/year"}},
        "market.price": "$0/chair",
        "market.toll.share": 0,
    }
    found = ran(load(WORKSHOP, None, settings), ["debt"])
    r = rate / 12
    assert found["debt"][0] == pytest.approx(1000 / r * np.expm1(r * found["t"]), rel=5e-5)


def test_trust_makes_credit_and_hiring_cheaper() -> None:
    """What distrust costs is exp(-effect (trust - start)), and the spread over the discount rate shrinks so."""
    settings = {
        "money.credit": {"limit": "$900k", "rate": "12 %/year"},
        "money.start": "-$50k",
        "market.people": "100k",
    }
    model = load(
        ATELIER, {"name": {"brand": {"half per person": "0.001 listens/month"}}, "crew": {"delegation": CREW}}, settings
    )
    watch = ["trust", "cost_of_distrust", "interest", "debt", "crew.recruiting"]
    found = ran(model, watch, {"crew.positions": 4}, samples=32)
    effect = numbers(model, 32)["trust_effect"][:, None]
    factor = np.exp(-effect * (found["trust"] - 0.3))
    assert found["trust"][:, -1].min() > 0.31
    assert found["cost_of_distrust"] == pytest.approx(factor, rel=1e-12)
    assert found["interest"] == pytest.approx((0.05 + 0.07 * factor) / 12 * found["debt"], rel=1e-12)
    value = {key.removeprefix("crew."): x for key, x in numbers(model, 32).items()}
    first = (value["hiring_cost"] + value["onboarding_cost"]) * 4 / value["fill_time"]
    assert found["crew.recruiting"][:, 0] == pytest.approx(first, rel=1e-12)
