"""Sentences, regimes and caveats."""

from __future__ import annotations

import doctest

import numpy as np
import pytest

from leverwise.ask import caveats, words
from leverwise.ask.numbers import summary
from leverwise.ask.regime import regime
from leverwise.ask.resources import Resource
from leverwise.lang.system import Unit

CASH = Resource("cash", 0, "cash", Unit("$"), "stock")
HOURS = Resource("hours", 1, "hours_available", Unit("hour"), "flow")
FANS = Resource("recognised", 2, "recognised", Unit("person"), "stock")


def test_examples_in_docstrings() -> None:
    """What the docstrings of `words` show is so."""
    assert doctest.testmod(words).failed == 0


@pytest.mark.parametrize(
    ("cash", "hours", "said"),
    [
        (9.0, 8.0, "poor in money and short of talent"),
        (9.0, 0.1, "poor in money and rich in talent"),
        (0.1, 9.0, "rich in money and short of talent"),
        (0.1, 0.1, "rich in money and in talent"),
    ],
)
def test_the_regime_follows_from_what_one_percent_more_would_bring(cash: float, hours: float, said: str) -> None:
    """Money or talent is short where more of it brings at least a tenth of what the best resource brings."""
    state, advice = regime([CASH, HOURS, FANS], {"cash": cash, "hours": hours, "recognised": 10.0})
    assert state == said
    assert advice


def test_heavy_tails_and_large_errors_are_told() -> None:
    """A few huge samples carry the mean: both caveats say so; even samples give none."""
    heavy = np.ones(1600)
    heavy[:8] = 1e4
    assert caveats.heavy_tail("impact", heavy)
    assert caveats.large_error("impact", summary(heavy), 1600)
    even = np.linspace(1, 2, 1600)
    assert not caveats.heavy_tail("impact", even)
    assert not caveats.large_error("impact", summary(even), 1600)


def test_rationing_is_told_only_beyond_the_confidence() -> None:
    """Money short in a tenth of the samples: a caveat at 95 %, none at 80 %."""
    margins = {"cash_margin": np.concatenate([-np.ones(10), np.ones(90)])}
    assert caveats.rationing(margins, 0.95)
    assert not caveats.rationing(margins, 0.8)
