"""Sentences and caveats."""

from __future__ import annotations

import doctest
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leverwise.ask import caveats, words
from leverwise.ask.leverage import leverage_numbers
from leverwise.ask.numbers import summary
from unit.ask.stand_in import decision, system

SCALES = {"k": 1e3, "M": 1e6, "B": 1e9, "T": 1e12}


def test_examples_in_docstrings() -> None:
    """What the docstrings of `words` show is so."""
    assert doctest.testmod(words).failed == 0


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (-0.0, "0"),
        (1, "1"),
        (999.4, "999"),
        (999.6, "1k"),
        (1234, "1.23k"),
        (1_200_000, "1.2M"),
        (-3.4e9, "-3.4B"),
        (2.5e12, "2.5T"),
        (1e15, "1e15"),
        (0.05, "0.05"),
        (0.000123456, "0.000123"),
        (0.0000123456, "1.23e-5"),
        (math.nan, "-"),
        (None, "-"),
        (math.inf, "∞"),
        (-math.inf, "-∞"),
    ],
)
def test_numbers_have_three_digits_and_a_scale(value: float | None, text: str) -> None:
    """Numbers are written as people say them."""
    assert words.number(value) == text


@given(st.floats(min_value=-1e14, max_value=1e14, allow_nan=False))
def test_what_is_written_is_within_half_a_per_cent(value: float) -> None:
    """Three significant digits are never more than 0.5 % off."""
    text = words.number(value)
    read = float(text.rstrip("kMBT")) * SCALES.get(text[-1], 1.0)
    assert read == pytest.approx(value, rel=0.005)


def test_money_stands_before_and_units_after() -> None:
    """A dollar sign goes in front with the rest of the unit behind, any other unit behind."""
    assert words.quantity(3400, "$/month") == "$3.4k/month"
    assert words.quantity(-50, "$") == "-$50"
    assert words.quantity(30, "%") == "30 %"
    assert words.quantity(2, "1") == "2"


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (340, "loaf", "340 loaves"),
        (340, "loaves", "340 loaves"),
        (1, "loaves", "1 loaf"),
        (0.5, "month", "0.5 months"),
        (2, "story/month", "2 stories/month"),
        (3, "box", "3 boxes"),
        (9, "person", "9 people"),
        (1, "people", "1 person"),
        (2, "kg", "2 kg"),
        (2, "orders of magnitude", "2 orders of magnitude"),
        (2, "$/song", "$2/song"),
    ],
)
def test_units_agree_with_their_number(value: float, unit: str, text: str) -> None:
    """One loaf and two loaves, whichever of them the model writes; money and abbreviations stay."""
    assert words.quantity(value, unit) == text


def test_the_standard_error_knows_of_even_points() -> None:
    """It comes from the means of the scramblings: right for random numbers, small for even ones, 0 for one sample."""
    chance = summary(np.random.default_rng(1).normal(3, 2, 16_000))
    assert (chance.mean, chance.sd, chance.p50) == pytest.approx((3, 2, 3), abs=0.1)
    assert (chance.p5, chance.p95) == pytest.approx((3 - 3.29, 3 + 3.29), abs=0.1)
    assert 0.5 < chance.se / (2 / 16_000**0.5) < 1.6
    even = summary(np.arange(16_000) // 16 / 1000)
    assert even.se < 0.05 / 16_000**0.5
    alone = summary(np.array([5.0]))
    assert (alone.mean, alone.sd, alone.se) == (5.0, 0.0, 0.0)


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
    """Money short in a tenth of the samples: a caveat at 95 %, none at 80 %, nor where it may be chance."""
    margins = {"cash_margin": np.concatenate([-np.ones(10), np.ones(90)])}
    assert caveats.rationing(margins, 0.95)
    assert not caveats.rationing(margins, 0.8)
    assert not caveats.rationing(margins, 0.92)
    many = {"cash_margin": np.tile(margins["cash_margin"], 100)}
    assert caveats.rationing(many, 0.92)


def test_heavy_tails_of_several_numbers_are_told_together() -> None:
    """One sentence names those whose mean a few samples carry, and leaves out the others."""
    heavy, even = np.ones(1600), np.linspace(1, 2, 1600)
    heavy[:8] = 1e4
    assert caveats.heavy_tails({"even": even}) == []
    (one,) = caveats.heavy_tails({"the first": heavy, "even": even})
    assert one.startswith("one in a hundred samples makes up 98 % of the first: the median (1)")
    (both,) = caveats.heavy_tails({"the first": heavy, "even": even, "the second": heavy})
    assert "of the first and the second" in both
    assert "even" not in both


def test_a_leverage_that_a_few_samples_carry_is_told() -> None:
    """The ratio of impacts has a caveat of its own, even where impact alone is what varies."""
    alone = np.ones(1600)
    alone[:8] = 1e-4
    with_levers = np.full(1600, 2.0)
    assert not caveats.heavy_tail("impact", with_levers)
    _, warnings = leverage_numbers(system([decision("x")]), with_levers, alone)
    assert any("leverage: the median (2)" in warning for warning in warnings)
    assert leverage_numbers(system([decision("x")]), with_levers, np.ones(1600))[1] == []
