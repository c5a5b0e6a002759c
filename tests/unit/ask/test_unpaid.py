"""Where money does not suffice the headline says so, and what is left unpaid is told, since no number counts it."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
import pytest

import leverwise
from leverwise.ask.caveats import but
from leverwise.ask.unpaid import unpaid
from unit.ask.stand_in import decision, system
from unit.ask.test_more_money import TILL


@lru_cache(maxsize=2)
def told(start: str, overhead: str) -> leverwise.ask.answer.Answer:
    """The bindery without a deal and with nothing to pay but its overhead, told by its net income."""
    money = {"start": start, "floor": "$0", "overhead": overhead}
    market: dict[str, Any] = {**TILL["market"], "recognise": "0", "word of mouth": "0 %/month"}
    made = {**TILL, "money": money, "market": market, "impact": "net_income", "levers": {}, "plan": {}}
    return leverwise.load(made).simulate(samples=16)


def test_unpaid_overhead_is_told() -> None:
    """Of a year's overhead of $1k a month $2k are paid: net income shows the $2k alone, and ten months are unpaid."""
    answer = told("$2k", "$1k/month")
    assert answer.numbers["impact"].mean == pytest.approx(-2000, abs=1)
    assert answer.headline.endswith(" But money does not suffice in 100 % of the samples.")
    (said,) = [text for text in answer.warnings if "goes unpaid" in text]
    assert said.startswith("83 % of what must be paid")


def test_what_is_paid_is_not_told() -> None:
    """With money enough for all of it there is no such word."""
    answer = told("$200k", "$1k/month")
    assert " But " not in answer.headline
    assert not any("unpaid" in text for text in answer.warnings)


def test_a_plan_that_falls_short_on_fresh_samples_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """A plan that holds where it is checked, and elsewhere does not, ends its headline with that."""
    monkeypatch.setattr("leverwise.ask.plan.made_to_hold", lambda planner, found, samples, seed: found)
    money = {"start": "$2k", "floor": "$0", "overhead": "$1k to $2k/month"}
    extra = {"impact": "net_income + ads", "levers": {}, "decisions": {"ads": {"max": "$10/month"}}, "plan": {}}
    answer = leverwise.load({**TILL, "money": money, **extra}).plan(samples=16)
    (warning,) = [text for text in answer.warnings if "there is less of money" in text]
    share = warning.split()[1]
    assert answer.headline.startswith("The best plan found makes")
    assert answer.headline.endswith(f". But money does not suffice in {share} % of the samples.")


def test_a_model_without_that_money_has_nothing_unpaid() -> None:
    """In a model of plain equations nothing is called so."""
    assert unpaid(system([decision("u", 0, 1, periods=1)], steps=1), {}) == []


def test_what_does_not_suffice_follows_the_headline() -> None:
    """Money and hours, each with its share, where that is more than was asked for; else nothing."""
    short, ample = np.where(np.arange(1000) < 400, -1.0, 1.0), np.ones(1000)
    few = np.where(np.arange(1000) < 250, -1.0, 1.0)
    said = " But money does not suffice in 40 % of the samples"
    assert but({"cash_margin": short, "hours_margin": ample}, 0.9) == f"{said}."
    assert but({"cash_margin": short}, 0.9, "mine") == f"{said} (mine)."
    assert but({"cash_margin": short, "hours_margin": few}, 0.9) == (
        f"{said} and hours do not suffice in 25 % of the samples."
    )
    assert but({"cash_margin": short}, 0.6) == ""
