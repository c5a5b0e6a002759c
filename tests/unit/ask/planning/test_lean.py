"""Purchases that bring next to nothing are left out of plans, and changes that bring nothing out of what is told."""

from __future__ import annotations

from typing import Any

import numpy as np

from leverwise.ask.planning.lean import as_before, lean
from leverwise.ask.planning.problem import PlanProblem, problem_of
from leverwise.ask.planning.search import Planner
from leverwise.ask.planning.settle import TOLERANCE, settled
from leverwise.lang.system import Aim, Number
from unit.ask.stand_in import StandIn, decision, system

SHOP = [
    decision("presses", 0, 5, periods=4, whole=True, lump=True, costs=Number(4000.0)),
    decision("hands", 0, 5, periods=4, whole=True, costs=Number(2000.0)),
]


def always(plan: np.ndarray) -> bool:
    """Every plan is allowed."""
    return True


def shop(**options: Any) -> PlanProblem:
    """Presses that are bought once, and hands that are paid in every period."""
    return problem_of(system(SHOP, Aim(**options), steps=4), {})


def one_press(plans: np.ndarray) -> np.ndarray:
    """The first press makes 100; all that is bought beyond it, a thousandth together; a hand makes ten."""
    presses = np.sum(plans[:, :4], axis=1)
    return 100 * np.minimum(presses, 1) + 1e-3 * (presses > 1) + 10 * np.sum(plans[:, 4:], axis=1)


def test_a_purchase_that_can_do_nothing_is_given_up() -> None:
    """Of three presses two only cost; a hand stays whatever it costs, and so does a press that makes something."""
    found = lean(shop(), np.array([0.0, 2, 1, 0, 1, 0, 1, 1]), one_press, 0.1, always)
    assert (found[:4].sum(), found[4:].tolist()) == (1, [1, 0, 1, 1])
    assert lean(shop(), found, one_press, 0.1, always).tolist() == found.tolist()


def test_purchases_that_only_together_make_nothing_are_given_up_together() -> None:
    """One press of two is worse than none by far, and two are as good as none: both go."""

    def pairs(plans: np.ndarray) -> np.ndarray:
        return 100 - 50 * (np.sum(plans[:, :4], axis=1) % 2)

    assert not lean(shop(), np.array([0.0, 1, 1, 0, 0, 0, 0, 0]), pairs, 0.1, always).any()


def test_all_that_is_given_up_costs_no_more_than_stated() -> None:
    """Presses that make 0.04 each: of four, two may be given up for 0.1 in all; rough scores only say what to try."""

    def little(plans: np.ndarray) -> np.ndarray:
        return 0.04 * np.sum(plans[:, :4], axis=1)

    bought = np.array([1.0, 1, 1, 1, 0, 0, 0, 0])
    assert lean(shop(), bought, little, 0.1, always).sum() == 2
    assert lean(shop(), bought, little, 0.1, always, lambda plans: 1.5 * little(plans)).sum() == 2
    assert lean(shop(), bought, little, 0.1, always, lambda plans: 9 * little(plans)).sum() == 4


def test_a_purchase_that_margins_need_stays() -> None:
    """What is not allowed without a press keeps it, though it makes nothing."""

    def idle(plans: np.ndarray) -> np.ndarray:
        return np.zeros(len(plans))

    needed = lean(shop(), np.array([1.0, 1, 0, 1, 0, 0, 0, 0]), idle, 0.1, lambda plan: plan[:4].sum() >= 1)
    assert needed[:4].sum() == 1


def test_changes_that_bring_no_part_of_a_gain_are_undone() -> None:
    """Two presses and a hand more, of which the hand makes all the gain: the presses are as before."""
    before, after = np.array([1.0, 0, 0, 0, 1, 1, 1, 1]), np.array([1.0, 0, 2, 0, 2, 2, 2, 2])
    assert as_before(shop(), after, before, one_press, 1.0, always).tolist() == [1, 0, 0, 0, 2, 2, 2, 2]
    assert as_before(shop(), after, before, one_press, 0.0, always).tolist() == after.tolist()


def test_a_settled_plan_buys_nothing_that_makes_nothing() -> None:
    """A search that may buy twenty presses ends with the one that there is use for, whatever its samples say."""

    def made(decisions: np.ndarray, draws: np.ndarray) -> np.ndarray:
        presses, hands = np.sum(decisions[:4], axis=0), np.sum(decisions[4:], axis=0)
        useful = 100 * np.where(presses > 1, 1, presses) + (10 + draws[0]) * hands
        return useful + 1e-5 * np.where(presses > 1, presses, 0)

    engine = StandIn({"impact": made}, lambda first, count, seed: np.linspace(0, 1, count)[None])
    problem = shop()
    planner = Planner(engine, problem, problem.system.aim, 16, 0, lambda share, doing: None)
    found = settled(planner, planner.find(), always)
    assert found.plan[:4].sum() == 1
    assert found.plan[4:].tolist() == [5, 5, 5, 5]
    assert found.near is not None
    assert found.near.cost <= TOLERANCE
