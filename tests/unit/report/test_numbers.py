from __future__ import annotations

import pytest

from leverwise.ask.words import low_to_high
from leverwise.report.numbers import citation, printable, unit_in


def test_a_range_carries_its_dollar_sign_twice() -> None:
    """Both ends of a range of money are written as money."""
    assert low_to_high(3e3, 5e3, "$") == "$3k to $5k"
    assert low_to_high(3, 5, "song") == "3 to 5"


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
