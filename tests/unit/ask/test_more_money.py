"""A small business whose till alone stops hiring is not called rich: what a sum at the start would make is told."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import leverwise
from leverwise.ask.answer import Answer
from leverwise.ask.frontier import frontier
from leverwise.ask.more_money import SINGLE, changes, sentence
from leverwise.ask.plan import plan
from leverwise.ask.planning.lumps import MoreMoney

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


def test_a_till_that_stops_hiring_makes_poor(found: Answer, model: leverwise.Model) -> None:
    """Half a year of a wage more at the start, and more people are hired: regime and note say so.

    A dollar is worth nothing to the schedule as it is, as runs with $21k more tell, and the table says that.
    """
    regime, said = found.notes[:2]
    assert regime.startswith("The enterprise is poor in money and short of talent: ")
    assert said.startswith(SUM)
    dollar = next(row for row in found.rows["bottlenecks"] if row["resource"] == "cash")
    richer = model.with_settings({"money.start": "$41k"}).simulate(samples=256).numbers["impact"].mean
    assert 21_000 * dollar["marginal_mean"] == pytest.approx(richer - found.numbers["impact"].mean, abs=1e-6)


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


def test_a_sum_keeps_to_either_or() -> None:
    """Of hands or helpers the frontier's sum hires more of the one that its plan has, as `plan` does."""
    crew = {**TILL["levers"]["hands"]["delegation"], "at most": "2 people"}
    helpers = {"delegation": {**crew, "tasks": ["chores", "binding"], "alignment": "79 %"}}
    either = {
        **TILL,
        "levers": {"hands": {"delegation": crew}, "helpers": helpers},
        "plan": {**TILL["plan"], "either": ["hands or helpers"]},
    }
    asked = frontier(leverwise.load(either), 64, 0, budget="$300k to $400k", points=2)
    note = next(note for note in asked.notes if "more at the start" in note)
    assert ("hands" in note) != ("helpers" in note)


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ([1, 1, 1, 1], [2, 2, 2, 2], "2 people instead of 1 throughout"),
        ([1, 2, 2, 2], [2, 2, 2, 2], "2 people instead of 1 in the first 3 months"),
        ([0, 1, 1, 0], [0, 1, 1, 1], "1 person instead of 0 after 9 months"),
        (
            [0, 1, 1, 0],
            [0, 3, 1, 1],
            "3 people instead of 1 between 3 months and 6 months and 1 person instead of 0 after",
        ),
        ([0, 0, 0, 0], [1, 2, 3, 4], "30 person-months instead of 0 in all"),
    ],
)
def test_a_headcount_is_told_in_whole_people_and_when(
    model: leverwise.Model, before: list[float], after: list[float], said: str
) -> None:
    """Nobody hires 0.833 people: who is there, and from when to when; where that changes often, what it comes to."""
    system = model.system
    (told,) = changes(system, np.array(before, dtype=float), np.array(after, dtype=float))
    assert told.startswith(f"hands: positions {said}")


def test_changes_are_those_of_the_plan_that_was_asked_about(model: leverwise.Model) -> None:
    """What can be gained without the sum is not owed to it, but what is done differs from the plan given."""
    given, before, after = np.zeros(4), np.ones(4), np.full(4, 2.0)
    text = sentence(MoreMoney(21_000.0, given, before, after, 50.0, 1.0, 0.1), model.system)
    assert (
        "2 people instead of 0 throughout, and makes about 50 books more than the best found nearby without it." in text
    )
    assert SINGLE not in text
    same = sentence(MoreMoney(21_000.0, before, before, after, 50.0, 1.0, 0.1), model.system)
    assert "2 people instead of 1 throughout, and makes about 50 books more than without." in same


def test_what_a_dollar_brings_is_said_as_the_numbers_say_it(model: leverwise.Model) -> None:
    """A dollar that the answer says to be worth as much as one of the sum is not said to change little."""
    sum_of = MoreMoney(20_000.0, np.zeros(4), np.zeros(4), np.ones(4), 50.0, 1.0, 0.1)
    assert sentence(sum_of, model.system, dollar=0.0).endswith(f"without. {SINGLE}")
    assert sentence(sum_of, model.system, dollar=0.0004).endswith(SINGLE)
    said = " That is 0.0025 books for each of these dollars; a single one more brings 0.003 books."
    assert sentence(sum_of, model.system, dollar=0.003).endswith(said)
