"""What more money would make of a plan of whole purchases and people, where it can be counted by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from leverwise.ask.planning.lumps import Around, Enriched, more_money, sums_of
from leverwise.ask.planning.merit import Draws
from leverwise.ask.planning.problem import problem_of
from leverwise.lang.system import Aim, Decision, Number
from leverwise.units import parse_unit
from unit.ask.stand_in import StandIn, decision, system

AIM = Aim(confidence=0.95)


class Yard(StandIn):
    """Boats at $10k each, out of what is in the till and up to $2k more or less; each brings 100."""

    resources = ("cash",)

    def __init__(self, till: float) -> None:
        luck = lambda first, count, seed: np.linspace(-2000, 2000, count)[None]  # noqa: E731
        boats = {"impact": lambda d, r: 100 * d[0], "cash_margin": lambda d, r: till + r[0] - 10_000 * d[0]}
        super().__init__(boats, luck)

    def measures(
        self, draws: np.ndarray, index: Any, decisions: np.ndarray, nudges: Any = None, seed: int = 0
    ) -> np.ndarray:
        found = super().measures(draws, index, decisions, seed)
        return found if nudges is None else found + np.array([[0.0], [np.asarray(nudges)[0, 0]]])


def boats(**options: Any) -> Decision:
    """Whole boats, at most 5."""
    return decision("boats", 0, 5, whole=True, lump=True, costs=Number(10_000.0), **options)


def around(till: float, bought: float, rounds: int = 4, **options: Any) -> Around:
    """A yard with a till that has bought boats."""
    engine = Yard(till)
    problem = problem_of(system([boats()], AIM), {})
    draws = Draws(engine.draws(0, 64, 0), np.arange(64))
    return Around(engine, problem, AIM, np.array([bought]), draws, 64, rounds, **options)


@pytest.mark.parametrize("rounds", [0, 4])
def test_a_sum_that_buys_one_more_is_worth_what_that_one_makes(rounds: int) -> None:
    """$25k hold two boats whatever the luck, and $10k more the third: 100 more, though $1 more changes nothing."""
    found = more_money(around(25_000, 2, rounds))
    assert found is not None
    assert (found.amount, found.gain, found.error, found.share) == (10_000, 100, 0, 0.5)
    assert found.plan.tolist() == [3]
    one = Enriched(Yard(25_000), 1.0).measures(np.zeros((1, 1)), np.arange(1), np.array([2.0]))
    assert one.tolist() == [[200.0], [5001.0]]


def test_money_that_is_there_already_counts_as_none() -> None:
    """$55k buy all five boats that there can be: nothing costs whole sums any more, and $45k from none come to four."""
    assert more_money(around(55_000, 5)) is None
    found = more_money(around(45_000, 0))
    assert found is not None
    assert (found.before.tolist(), found.plan.tolist()) == ([4], [5])


def test_what_exchanges_find_without_the_money_is_not_owed_to_it() -> None:
    """With $1M in the till two boats of five are a poor plan, though called the best: $10k more change nothing."""
    assert more_money(around(1e6, 2, settled=True)) is None


def test_a_sum_buys_nothing_that_makes_nothing() -> None:
    """Boats beyond the third bring next to nothing: with $30k more one is bought, and nothing that idles beside it."""
    lone = around(25_000, 2)
    lone.engine.functions["impact"] = lambda d, r: 100 * np.minimum(d[0], 3) + 1e-3 * d[0]
    found = more_money(replace(lone, problem=replace(lone.problem, spending=3 * lone.problem.spending)))
    assert found is not None
    assert (found.amount, found.given.tolist(), found.plan.tolist()) == (30_000, [2], [3])


def test_a_plan_that_does_not_hold_is_not_made_to() -> None:
    """$18.2k hold two boats in one sample of twenty: with $10k more three need to hold no oftener."""
    found = more_money(around(18_200, 2))
    assert found is not None
    assert found.plan.tolist() == [3]


def test_a_till_that_nothing_empties_has_no_such_sum() -> None:
    """A model whose engine watches no cash, or has none that could be more."""
    lone = around(25_000, 2)
    assert more_money(replace(lone, engine=StandIn({"impact": lambda d, r: d[0]}))) is None


def test_sums_are_prices_and_half_years() -> None:
    """A boat costs its $10k; a hand at $3,450 a month half a year of that, $20.7k, rounded up to two digits.

    Where time has no unit there are no years: a period of three steps costs $10,350.
    """
    hands = decision("hands", 0, 3, whole=True, costs=Number(3450.0), periods=4, steps_per_period=3)
    yard = system([boats(), hands], AIM, steps=12)
    assert sums_of(problem_of(yard, {}), np.zeros(5)) == [10_000, 11_000]
    months = replace(yard, clock=replace(yard.clock, unit=parse_unit("month")))
    problem = problem_of(months, {})
    assert sums_of(problem, np.zeros(5)) == [10_000, 21_000]
    assert sums_of(problem, np.array([5.0, 0, 0, 0, 0])) == [21_000]
    assert sums_of(problem, np.array([5.0, 3, 3, 3, 3])) == ()
