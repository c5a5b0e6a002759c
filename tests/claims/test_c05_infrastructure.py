"""C5: infrastructure pays when rich in money and short of talent."""

from __future__ import annotations

from pathlib import Path

import numpy as np

import leverwise

MODEL = Path(__file__).with_name("studio.yaml")
MONEY = ("$30k", "$200k", "$400k", "$700k")
TALENT = ("1", "2", "3")
ROUNDING = 1e-9
NO_CAPITAL = {"studio.at most": "0", "limo.at most": "0"}


def best(settings: dict[str, str]) -> float:
    """Mean impact of the best plan."""
    return leverwise.load(MODEL, set=settings).plan(samples=64).numbers["objective"].mean


def value_of_capital(talent: str, money: str) -> float:
    """How much more the best plan makes with capital than without, planned anew: a difference of logarithms."""
    settings = {"people.maker.talent.making": talent, "money.start": money}
    return float(np.log(best(settings) / best({**settings, **NO_CAPITAL})))


def test_capital_is_worth_more_the_richer_and_the_more_talented() -> None:
    """On a map of money against talent capital's value never falls along either axis; without both it is nothing.

    The columns are far enough apart for a hire. Between $120k, which buys the studio, and $190k, which pays one person
    to the end, only the studio can be had, and it is worth more there than where the choice is free.
    """
    value = np.array([[value_of_capital(talent, money) for money in MONEY] for talent in TALENT])
    assert value[0, 0] == 0
    assert (np.diff(value, axis=0) >= -ROUNDING).all(), value
    assert (np.diff(value, axis=1) >= -ROUNDING).all(), value
    assert value[-1, -1] > 0.4
