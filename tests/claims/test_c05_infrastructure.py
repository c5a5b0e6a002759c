"""C5: infrastructure pays when rich in money and short of talent."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pytest

import leverwise

MODEL = Path(__file__).with_name("studio.yaml")
MONEY = ("$30k", "$200k", "$400k", "$700k")
TALENT = ("1", "2", "3")
ROUNDING = 1e-9
FEW, MANY = 64, 1024
"""Samples; of many, what capital is worth is known to one part in a hundred thousand."""
NO_CAPITAL = {"studio.at most": "0", "limo.at most": "0"}


def best(settings: dict[str, str], samples: int) -> float:
    """Mean impact of the best plan."""
    return leverwise.load(MODEL, set=settings).plan(samples=samples).numbers["objective"].mean


@cache
def value_of_capital(talent: str, money: str, samples: int = FEW) -> float:
    """How much more the best plan makes with capital than without, planned anew: a difference of logarithms."""
    settings = {"people.maker.talent.making": talent, "money.start": money}
    return float(np.log(best(settings, samples) / best({**settings, **NO_CAPITAL}, samples)))


def test_on_a_coarse_map_capital_is_worth_more_the_richer_and_the_more_talented() -> None:
    """With next to no money, and where each column can pay one more of hire and tools, capital's value never falls.

    This is claimed of these columns of money and rows of talent only; without both, capital is worth nothing. Between
    the columns it can fall with money, as the next test shows.
    """
    value = np.array([[value_of_capital(talent, money) for money in MONEY] for talent in TALENT])
    assert value[0, 0] == 0
    assert (np.diff(value, axis=0) >= -ROUNDING).all(), value
    assert (np.diff(value, axis=1) >= -ROUNDING).all(), value
    assert value[-1, -1] > 0.4


def test_between_the_columns_a_hire_may_take_what_capital_was_worth() -> None:
    """$160k buys the studio but pays nobody to the end; with $200k a plan without capital can have a hire throughout.

    The hire is as able as a maker of talent 1, so that capital is worth less to that maker with $200k than with $160k;
    to one of talent 2 it is worth the same, and to one of talent 3, whom no hire can replace, more.
    """
    poorer, richer = "$160k", "$200k"
    assert value_of_capital("1", richer) < value_of_capital("1", poorer) - 0.1
    assert value_of_capital("2", richer, MANY) == pytest.approx(value_of_capital("2", poorer, MANY), abs=2e-4)
    assert value_of_capital("3", richer) > value_of_capital("3", poorer) + 0.05
