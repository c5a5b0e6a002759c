"""What is made and finds no buyer is told where it is much, and only where a deal uses up what is made."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

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
