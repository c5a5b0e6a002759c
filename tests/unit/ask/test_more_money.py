"""A small business whose till alone stops hiring is not called rich: what a sum at the start would make is told."""

from __future__ import annotations

from typing import Any

import pytest

import leverwise
from leverwise.ask.answer import Answer
from leverwise.ask.frontier import frontier
from leverwise.ask.plan import plan

TILL: dict[str, Any] = {
    "leverwise": 1,
    "model": "bindery",
    "about": "A bookbinder with more orders than hands and a small till.",
    "units": ["book"],
    "time": {"step": "1 month", "horizon": "12 months", "tail": "3 months", "method": "euler"},
    "money": {"start": "$20k", "floor": "$0", "overhead": "$1.5k/month"},
    "principal": "binder",
    "people": {"binder": {"hours": "160 hours/month", "talent": {"binding": 1.5, "chores": 1}}},
    "work": {
        "makes": "book",
        "copies": "each",
        "chores": "30 hours/month",
        "tasks": {"binding": {"effort": "3 to 5 hours/book"}},
    },
    "market": {
        "people": "30k",
        "recognise": "5k",
        "forget": "2 %/month",
        "word of mouth": "2 %/month",
        "rate": "0.08 books/month/person",
        "most": "1 book/month/person",
        "worth": {"mean": "$250/book", "spread": "$30/book"},
        "price": "$150/book",
        "toll": {"start": "$15/book"},
        "trust": {"start": "50 %"},
    },
    "levers": {
        "hands": {
            "delegation": {
                "tasks": ["binding", "chores"],
                "at most": "4 people",
                "wage": "$3500/month",
                "alignment": "80 %",
            }
        }
    },
    "plan": {"every": "3 months", "objective": "mean", "confidence": "95 %"},
}
SUM = "With $21k more at the start the best plan found nearby has hands: positions "


@pytest.fixture(scope="module")
def model() -> leverwise.Model:
    """The bindery, loaded once."""
    return leverwise.load(TILL)


@pytest.fixture(scope="module")
def found(model: leverwise.Model) -> Answer:
    """What holds it back, with nothing decided."""
    return model.diagnose(samples=256)


def test_a_till_that_stops_hiring_makes_poor(found: Answer) -> None:
    """Half a year of a wage more at the start, and more people are hired: the regime, the note and the table agree."""
    regime, said = found.notes[:2]
    assert regime.startswith("The enterprise is poor in money and short of talent: ")
    assert said.startswith(SUM)
    dollar = next(row for row in found.rows["bottlenecks"] if row["resource"] == "cash")
    assert dollar["marginal_mean"] > 0.005
    assert f"makes about {21_000 * dollar['marginal_mean']:.0f} books more than without" in said
    assert found.numbers["value of one more dollar"].se >= 0.1 * dollar["marginal_mean"]


def test_a_full_till_is_called_rich(model: leverwise.Model) -> None:
    """With $200k nothing holds hiring back but how many may be hired."""
    full = model.with_settings({"money.start": "$200k"}).diagnose(samples=256)
    assert full.notes[0].startswith("The enterprise is rich in money and short of talent: ")
    assert not any("more at the start" in note for note in full.notes)


def test_a_plan_and_a_frontier_tell_what_the_till_holds_back(model: leverwise.Model) -> None:
    """A budget above what the till lets be spent brings nothing, and the frontier says that cash is what is missing."""
    made = plan(model, 256, 0)
    assert [note for note in made.notes if note.startswith(SUM)]
    asked = frontier(model, 256, 0, budget="$300k to $400k", points=2)
    assert asked.headline.startswith("The budget is not what is missing: $400k make no more than $300k")
    assert asked.headline.endswith("what is missing is cash at the start.")
    assert asked.notes[0].startswith(SUM)
