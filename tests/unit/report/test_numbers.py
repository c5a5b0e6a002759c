from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leverwise.report.numbers import citation, human, printable, quantity, span, unit_in

SCALES = {"k": 1e3, "M": 1e6, "B": 1e9, "T": 1e12}


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
    assert human(value) == text


@given(st.floats(min_value=-1e14, max_value=1e14, allow_nan=False))
def test_what_is_written_is_within_half_a_per_cent(value: float) -> None:
    """Three significant digits are never more than 0.5 % off."""
    text = human(value)
    read = float(text.rstrip("kMBT")) * SCALES.get(text[-1], 1.0)
    assert read == pytest.approx(value, rel=0.005)


def test_money_stands_before_and_units_after() -> None:
    """A dollar sign goes in front with the rest of the unit behind, any other unit behind."""
    assert quantity(3400, "$/month") == "$3.4k/month"
    assert quantity(-50, "$") == "-$50"
    assert quantity(30, "%") == "30 %"
    assert quantity(2, "1") == "2"
    assert span(3e3, 5e3, "$") == "$3k to $5k"


@pytest.mark.parametrize(
    ("title", "unit"),
    [("cash ($)", "$"), ("pay ($/(person*month))", "$/(person*month)"), ("trust", ""), ("a (b) c", ""), ("", "")],
)
def test_the_unit_is_found_in_an_axis_title(title: str, unit: str) -> None:
    """The last bracket of a title is its unit, with the brackets inside it."""
    assert unit_in(title) == unit


@pytest.mark.parametrize(
    ("source", "short"),
    [
        ("Gunther, N. J. (1993), A simple capacity model.", "Gunther 1993"),
        ("Society for Human Resource Management (2016), Report.", "Society for Human Resource Management 2016"),
        ("A month of 160 hours is 40 hours a week for 4 weeks.", "A month of 160 hours is 40 hours a week for 4 weeks"),
        ("", ""),
    ],
)
def test_a_source_in_short_is_who_and_when(source: str, short: str) -> None:
    """Author and year where they are named, else the whole sentence."""
    assert citation(source) == short


def test_control_characters_are_taken_out() -> None:
    """A model's words can not carry escape sequences to a terminal."""
    assert printable("a\x1b[31mb\x07\x9bc\nd") == "a [31mb  c\nd"
