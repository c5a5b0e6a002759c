"""Plans that react, against closed forms and dynamic programming; and where nothing is learned, none."""

from __future__ import annotations

from functools import lru_cache
from math import sqrt

import numpy as np
import pytest

from cases.run import load
from leverwise.ask.answer import Answer

INTEREST, VOLATILITY, COST, FIRST, EVERY, DATES = 0.04, 0.2, 1.0, 1.2, 0.5, 40
"""The numbers of `invest-or-wait.yaml`."""


@lru_cache(maxsize=8)
def adaptive(case: str) -> Answer:
    """The adaptive plan of a case."""
    answer: Answer = load(case).plan(adaptive=True)
    return answer


def option(threshold: float | None = None) -> float:
    """The worth of waiting to invest, by dynamic programming on a grid: at best, or under a fixed threshold."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(48)
    weights = weights / weights.sum()
    walk = np.linspace(-5, 5, 3001)
    gain = FIRST * np.exp(walk) - COST
    worth = np.zeros_like(walk)
    for date in reversed(range(DATES)):
        wait = np.zeros_like(walk)
        if date < DATES - 1:
            moves = -(VOLATILITY**2) / 2 * EVERY + VOLATILITY * sqrt(EVERY) * nodes
            later = [w * np.interp(walk + move, walk, worth) for w, move in zip(weights, moves, strict=True)]
            wait = np.exp(-INTEREST * EVERY) * np.sum(later, axis=0)
        worth = np.maximum(wait, gain) if threshold is None else np.where(walk > threshold, gain, wait)
    return float(np.interp(0.0, walk, worth))


def test_advertising_that_answers_the_share_beats_every_schedule() -> None:
    """With noise a line in the share seen comes close to Sethi's value, which no schedule reaches."""
    numbers = adaptive("sethi-reacting").numbers
    slope = 2 * (-0.3 + sqrt(0.3**2 + 2))
    best = slope**2 / 4 / 0.1 + 0.1 * slope
    assert best == pytest.approx(13.355037, rel=1e-6)
    reached, worth = numbers["adaptive_objective"], numbers["worth_of_reacting"]
    assert reached.mean == pytest.approx(best, rel=2e-3, abs=3 * reached.se)
    assert worth.mean > 5 * worth.se
    assert worth.mean == pytest.approx(reached.mean - numbers["objective"].mean, abs=1e-3 * best)


def test_advertising_falls_as_the_share_rises() -> None:
    """The rule's slope lies near that of Sethi's rule, rho*lam/2*sqrt(1 - x), where the share settles."""
    (rule,) = adaptive("sethi-reacting").rows["rules"]
    half = -0.3 + sqrt(0.3**2 + 2)
    settled = half / (half + 0.2)
    assert (rule["form"], rule["seen"], rule["decision"]) == ("linear", "share", "u")
    assert rule["more"] == pytest.approx(-half / 2 / sqrt(1 - settled), rel=0.4)


def test_waiting_for_a_threshold_beats_every_date() -> None:
    """An irreversible purchase: no date is worth more than buying now, a threshold nearly what the best rule is."""
    answer = adaptive("invest-or-wait")
    reached, worth = answer.numbers["adaptive_objective"], answer.numbers["worth_of_reacting"]
    assert answer.numbers["objective"].mean == pytest.approx(FIRST - COST, rel=1e-9)
    assert worth.mean > 5 * worth.se
    assert reached.mean > 0.95 * option() - 3 * reached.se
    assert reached.mean < option() + 3 * reached.se


def test_the_threshold_found_is_worth_what_dynamic_programming_says() -> None:
    """The rule buys once, above a worth between the cost and the threshold of Dixit and Pindyck without end."""
    answer = adaptive("invest-or-wait")
    (rule,) = answer.rows["rules"]
    reached = answer.numbers["adaptive_objective"]
    assert (rule["form"], rule["side"], rule["more"]) == ("once", "above", 1.0)
    assert reached.mean == pytest.approx(option(rule["threshold"]), abs=3 * reached.se)
    endless = 0.5 + sqrt(0.25 + 2 * INTEREST / VOLATILITY**2)
    assert COST < FIRST * np.exp(rule["threshold"]) < endless / (endless - 1) * COST


@pytest.mark.parametrize(
    ("case", "reason"),
    [
        ("nothing-learned", "chance"),
        ("newsvendor", "made once"),
        ("carry-over", "nothing in the model is uncertain"),
    ],
)
def test_where_nothing_is_learned_reacting_is_worth_nothing(case: str, reason: str) -> None:
    """No rule is made, the adaptive plan is the schedule, and the answer says so."""
    answer = adaptive(case)
    worth = answer.numbers["worth_of_reacting"]
    assert (worth.mean, worth.se) == (0, 0)
    assert answer.rows["rules"] == []
    assert answer.numbers["adaptive_objective"].mean == pytest.approx(answer.numbers["objective"].mean, rel=2e-3)
    assert "worth nothing" in answer.notes[0]
    assert reason in answer.notes[0]
    assert answer.headline.endswith("reacting to what is seen adds nothing to it.")
