"""What is made and finds no buyer is told where it is much, and only where a deal uses up what is made."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import leverwise
from leverwise.ask.recording import rival
from leverwise.ask.unsold import unsold

POTS, SALES = (("pot", 1.0),), (("sale", 1.0),)


def enterprise(*, stocks: tuple[str, ...] = (), deals: Any = POTS) -> Any:
    """As much of a system as is looked at: two equations, of the enterprise, and stocks."""
    made = [("output", POTS), ("deals", deals)]
    named = [
        SimpleNamespace(name=name, unit=SimpleNamespace(dimension=dimension), origin=SimpleNamespace(mechanism="base"))
        for name, dimension in made
    ]
    return SimpleNamespace(
        auxiliaries=named, stocks=[SimpleNamespace(name=name) for name in stocks], clock=SimpleNamespace(steps=3)
    )


@pytest.mark.parametrize(("sold", "said"), [(7.5, "25 % of what is made"), (9.9, ""), (10.0, ""), (0.0, "100 % of")])
def test_much_that_is_not_sold_is_told(sold: float, said: str) -> None:
    """The share over the horizon; of the tail nothing is counted, and little is not worth a sentence."""
    means = {"output": np.array([10.0, 10.0, 10.0, 10.0, 99.0]), "deals": np.array([sold] * 4 + [0.0])}
    found = unsold(enterprise(), means)
    assert len(found) == bool(said)
    assert not said or found[0].startswith(said)


def test_nothing_made_is_nothing_lost() -> None:
    """Neither where nothing is made, nor where it is not known."""
    assert unsold(enterprise(), {"output": np.zeros(5), "deals": np.zeros(5)}) == ()
    assert unsold(enterprise(), {"output": np.full(5, np.nan), "deals": np.ones(5)}) == ()
    assert unsold(enterprise(), {}) == ()


def test_what_is_kept_is_not_lost() -> None:
    """Songs go into a catalogue, and are counted in another unit than their sales."""
    assert rival(enterprise())
    assert not rival(enterprise(stocks=("catalogue",)))
    assert not rival(enterprise(deals=SALES))


EXAMPLES = Path(__file__).resolve().parents[3] / "examples"


def test_of_the_examples_two_use_their_work_up() -> None:
    """Those that say `copies: each`."""
    found = {path.stem for path in EXAMPLES.glob("*.yaml") if rival(leverwise.load(path).system)}
    assert found == {"consultancy", "keyboard"}


def test_both_questions_tell_what_is_not_sold() -> None:
    """A consultant with few clients, of whom a run shows that she can do more than she is asked for."""
    model = leverwise.load(EXAMPLES / "consultancy.yaml", set={"market.recognise": 50})
    answer = model.simulate(samples=64)
    made, sold = (answer.data[name].values[:, : model.system.clock.steps + 1].mean() for name in ("output", "deals"))
    expected = f"{100 * (1 - sold / made):.0f} % of what is made finds no buyer"
    assert any(note.startswith(expected) for note in answer.notes)
    assert any(note.startswith(expected) for note in model.diagnose(samples=64).notes)
