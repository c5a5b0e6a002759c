"""A plan of an example on samples that it was not made on: it holds as surely as asked, and more money is no worse."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pytest

import leverwise
from leverwise import Answer
from leverwise.ask.numbers import standard_error
from leverwise.ask.schedules import chosen
from leverwise.report import json as as_json

CAMPAIGN = Path(__file__).parents[2] / "examples" / "campaign.yaml"
FRESH, SEED = 8192, 4077
"""Samples in 16 scramblings that no plan has seen."""
BUDGET = 2_000_000.0
"""About a fifth of what the best plan spends."""


@cache
def model() -> leverwise.Model:
    return leverwise.load(CAMPAIGN)


@cache
def planned(budget: str | None = None) -> Answer:
    return model().plan(samples=2048, budget=budget)


def measured(answer: Answer) -> dict[str, np.ndarray]:
    """Measures of a plan on the fresh samples, by name."""
    plan: dict[str, list[float]] = {}
    for row in answer.rows["schedule"]:
        plan.setdefault(f"{row['lever']}.{row['decision']}".replace(" ", "_"), []).append(row["value"])
    engine = model().engine
    found = engine.measures(engine.draws(0, FRESH, SEED), np.arange(FRESH), chosen(model(), plan)[0], seed=SEED)
    return dict(zip(engine.measure_names, found, strict=True))


def test_a_file_makes_what_the_plan_said(tmp_path: Path) -> None:
    """Of a whole enterprise, with the levers and alone, on the same seed and as many samples."""
    answer = planned()
    file = tmp_path / "plan.json"
    file.write_text(as_json.text(answer))
    told = model().simulate(samples=2048, plan=file).numbers
    assert {"impact", "leverage", "alone_impact"} <= set(told)
    for name, number in told.items():
        assert number.mean == pytest.approx(answer.numbers[name].mean, rel=1e-12)
        assert number.p50 == pytest.approx(answer.numbers[name].p50, rel=1e-12)


def test_money_and_hours_suffice_as_surely_as_asked_on_fresh_samples() -> None:
    """Money is what limits the campaign: it suffices in the share of samples asked for, within one standard error."""
    measures, asked = measured(planned()), model().system.aim.confidence
    for name in ("cash_margin", "hours_margin"):
        held = (measures[name] >= -1e-6).astype(float)
        chance = max(standard_error(held), float(np.sqrt(asked * (1 - asked) / FRESH)))
        assert held.mean() >= asked - chance
    assert np.mean(measures["cash_margin"] >= -1e-6) < asked + 0.03


def test_twice_the_budget_makes_no_less() -> None:
    """A plan with twice the money, searched by itself, makes more than two standard errors more, pair by pair."""
    less, more = measured(planned(f"${BUDGET}")), measured(planned(f"${2 * BUDGET}"))
    gained = more["impact"] - less["impact"]
    assert gained.mean() > 2 * standard_error(gained)
    assert less["spending"].mean() <= BUDGET * 1.005
    assert more["spending"].mean() <= 2 * BUDGET * 1.005
