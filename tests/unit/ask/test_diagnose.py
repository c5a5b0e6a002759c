"""What `diagnose` must warn of, on models so small that the answer can be worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import leverwise
from unit.ask.test_questions import SHOP

CHOIR: dict[str, Any] = {
    "leverwise": 1,
    "model": "choir",
    "about": "Listeners come in thousands; what each hears is known to orders of magnitude only.",
    "time": {"step": "1 month", "horizon": "2 months", "method": "euler"},
    "units": ["song"],
    "values": {"pull": "0.001 to 1000 song/month"},
    "stocks": {"fans": {"start": 10, "change": "0/(1 month)", "nudge": "fans"}},
    "equations": {"heard": {"is": "pull*fans", "unit": "song/month"}},
    "impact": {"is": "heard", "unit": "song"},
}


def test_a_few_samples_that_carry_the_means_are_told() -> None:
    """Impact and the value of one more are the pull, of which one in a hundred samples makes up most."""
    warnings = leverwise.load(CHOIR).diagnose(samples=256).warnings
    assert any("of all impact:" in warning for warning in warnings)
    assert any("of the value of one more unit of fans:" in warning for warning in warnings)


def test_even_samples_are_not_warned_of() -> None:
    """Where the pull is known to a tenth, no mean is carried by a few samples."""
    even = {**CHOIR, "values": {"pull": "9 to 11 song/month"}}
    assert not any("one in a hundred" in warning for warning in leverwise.load(even).diagnose(samples=256).warnings)


class Spoiled:
    """An engine whose slopes are no numbers in every fourth sample, and whose impact is none in every eighth."""

    small = False

    def __init__(self, engine: Any, *, impact: bool = False) -> None:
        self.engine, self.impact = engine, impact

    def __getattr__(self, name: str) -> Any:
        return getattr(self.engine, name)

    def gradient(self, draws: Any, index: Any, *rest: Any, **options: Any) -> Any:
        found = self.engine.gradient(draws, index, *rest, **options)
        nudges, decisions, measures = found.nudges.copy(), found.decisions.copy(), found.measures.copy()
        nudges[..., index % 4 == 0] = decisions[..., index % 4 == 0] = np.nan
        if self.impact:
            measures[0, index % 8 == 0] = np.nan
        return replace(found, nudges=nudges, decisions=decisions, measures=measures)


def spoiled(source: dict[str, Any], **options: Any) -> leverwise.Model:
    """A model with such an engine."""
    model = leverwise.load(source)
    vars(model)["engine"] = Spoiled(model.engine, **options)
    return model


def test_a_finite_step_stands_for_a_slope_that_is_no_number() -> None:
    """In a model linear in its fans nothing changes but that it is said, with the share of the samples."""
    known, found = leverwise.load(CHOIR).diagnose(samples=64), spoiled(CHOIR).diagnose(samples=64)
    (row,), (expected,) = found.rows["bottlenecks"], known.rows["bottlenecks"]
    assert row["marginal_mean"] == pytest.approx(expected["marginal_mean"], rel=1e-9)
    assert row["binding_probability"] == 1
    (said,) = [warning for warning in found.warnings if "not a number" in warning]
    assert said.startswith("the slope of impact by fans is not a number in up to 25 % of the samples")
    assert not any("slope" in warning for warning in known.warnings)


def test_where_no_finite_step_has_a_number_either_it_is_said() -> None:
    """Half of those samples have no impact: they count as nothing, and the share is told."""
    found = spoiled(CHOIR, impact=True).diagnose(samples=64)
    assert any("where that is not a number either (12 % of the samples), nothing." in said for said in found.warnings)
    assert np.isfinite(found.rows["bottlenecks"][0]["marginal_mean"])


def test_a_plan_says_that_its_search_missed_slopes() -> None:
    """A quarter of the slopes that lead a search are no numbers: it is told, for the search and for the prices."""
    warnings = spoiled(SHOP).plan(samples=64).warnings
    assert any(said.startswith("25 % of the slopes that led the search") for said in warnings)
    assert any(said.startswith("shadow prices leave out 25 %") for said in warnings)
    assert not any("slope" in said for said in leverwise.load(SHOP).plan(samples=64).warnings)


def test_one_worker_with_one_seat_needs_both() -> None:
    """At a tie of 160 hours and a seat of 160 hours, one more of either is worth nothing, and nothing binds."""
    source: dict[str, Any] = {
        "leverwise": 1,
        "model": "bench",
        "about": "Everything sells at once, so that only hours and seats can hold back.",
        "units": ["loaf"],
        "time": {"step": "1 month", "horizon": "3 months", "tail": "0 months", "method": "euler"},
        "money": {"start": "$900k"},
        "principal": "baker",
        "people": {"baker": {"hours": "160 hours/month", "talent": {"baking": 1}}},
        "work": {"makes": "loaf", "copies": "each", "tasks": {"baking": {"effort": "1 hour/loaf", "seats": 1}}},
        "market": {
            "people": "10M",
            "recognise": "1M",
            "forget": "0 %/month",
            "word of mouth": "0 %/month",
            "rate": "1 loaf/month/person",
            "most": "9 loaf/month/person",
            "worth": {"mean": "$6/loaf", "spread": "$2/loaf"},
            "price": "$5/loaf",
            "toll": {"start": "$1/loaf"},
            "trust": {"start": "50 %"},
        },
    }
    answer = leverwise.load(source).diagnose(samples=16)
    rows = {row["resource"]: row for row in answer.rows["bottlenecks"]}
    for resource in ("hours", "baking seats"):
        assert rows[resource]["marginal_mean"] == 0
        assert rows[resource]["binding_probability"] == 0
    assert "nothing that could be had more of holds impact back" in answer.headline
    assert answer.notes[0] == (
        "More of no single resource brings anything. There is a tie at your hours: more is of use only with seats."
    )
