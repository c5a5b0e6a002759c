"""Units: what texts mean, how dimensions are shown, and what is refused."""

from __future__ import annotations

import pytest

from leverwise.units import (
    DIMENSIONLESS,
    MONEY,
    TIME,
    UnitError,
    Units,
    describe,
    own_unit_problem,
    parse_unit,
    per,
    plurals,
    raised,
    singulars,
    times,
)


@pytest.mark.parametrize(
    ("text", "factor", "shown"),
    [
        ("month", 1.0, "month"),
        ("years", 12.0, "year"),
        ("quarter", 3.0, "quarter"),
        ("days", 12 / 365.25, "day"),
        ("week", 7 * 12 / 365.25, "week"),
        ("clock_hour", 12 / 365.25 / 24, "clock_hour"),
        ("minutes", 12 / 365.25 / 24 / 60, "minute"),
        ("seconds", 12 / 365.25 / 86400, "second"),
        ("hours", 1.0, "hour"),
        ("$", 1.0, "$"),
        ("dollars", 1.0, "$"),
        ("cents", 0.01, "cent"),
        ("people", 1.0, "person"),
        ("persons", 1.0, "person"),
        ("%", 0.01, "%"),
        ("%/year", 0.01 / 12, "%/year"),
        ("$/month/people", 1.0, "$/month/person"),
        ("1/month", 1.0, "1/month"),
        ("hours / week", 365.25 / 7 / 12, "hour/week"),
        ("$^2/year^-1", 12.0, "$^2/year^-1"),
        ("1", 1.0, ""),
        ("", 1.0, ""),
    ],
)
def test_factor_and_text(text: str, factor: float, shown: str) -> None:
    """A unit's factor is its number of base units, and its text is in the singular."""
    unit = parse_unit(text)
    assert unit.factor == pytest.approx(factor, rel=1e-12)
    assert unit.text == shown


def test_own_units_and_plurals() -> None:
    """A model's own unit is a dimension of its own, and its plural is understood."""
    units = Units(["song", "city"])
    assert units.parse("songs").dimension == (("song", 1.0),)
    assert units.parse("$/songs").dimension == (("money", 1.0), ("song", -1.0))
    assert units.parse("cities") == units.parse("city")
    assert plurals("wish") == ("wish", "wishes")


@pytest.mark.parametrize(
    ("declared", "other"),
    [("songs", "song"), ("cities", "city"), ("boxes", "box"), ("houses", "house"), ("song", "songs")],
)
def test_own_units_in_either_number(declared: str, other: str) -> None:
    """Whichever of singular and plural is declared, both are the same unit."""
    units = Units([declared])
    assert units.parse(other) == units.parse(declared)
    assert units.is_own_plural(other)
    assert not units.is_own_plural(declared)


def test_words_that_only_look_like_plurals() -> None:
    """No singular is made up for a word that is none, nor one that has a meaning of its own."""
    assert singulars("glass") == ()
    assert singulars("ks") == ()
    assert "k" not in Units(["ks"]).words


def test_work_is_not_time() -> None:
    """An hour of work and an hour of time are different things."""
    assert parse_unit("hour").dimension != parse_unit("clock_hour").dimension
    assert parse_unit("clock_hour").dimension == TIME


def test_products_quotients_and_powers() -> None:
    """Dimensions multiply, divide and cancel."""
    rate = per(MONEY, TIME)
    assert times(rate, TIME) == MONEY
    assert per(rate, rate) == DIMENSIONLESS
    assert raised(raised(rate, 2.0), 0.5) == rate


@pytest.mark.parametrize(
    "text", ["$/month/person", "hour/month", "$", "1/month", "hour/song", "person^2", "song/month/person", ""]
)
def test_describe_reads_back(text: str) -> None:
    """A dimension is shown as a person would write it."""
    assert describe(parse_unit(text, ["song"]).dimension) == text


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("$/mnth", "`mnth` is not a unit"),
        ("$ month", "can't follow"),
        ("$/", "ends too early"),
        ("$/(month)", "has no place"),
        ("month^x", "whole number"),
        ("month^99", "whole number"),
        ("second^12*second^12*second^12*second^12", "too high"),
        ("$" * 300, "too long"),
    ],
)
def test_nonsense_is_refused(text: str, message: str) -> None:
    """A text that is no unit is an error that says why."""
    with pytest.raises(UnitError, match=message.replace("^", r"\^")):
        parse_unit(text)


def test_misspelling_gets_a_hint() -> None:
    """A misspelled unit gets the nearest one as a hint, and the place of the word."""
    with pytest.raises(UnitError) as caught:
        parse_unit("$/mnth")
    assert "`month`" in caught.value.hint
    assert caught.value.offset == 2


@pytest.mark.parametrize("name", ["hour", "months", "people", "k", "time", "two words", "$", "3d"])
def test_own_units_may_not_shadow(name: str) -> None:
    """A model's own unit can't take a built-in name."""
    assert own_unit_problem(name)


def test_own_unit_may_be_declared_once() -> None:
    """A second declaration of the same unit is a problem; the first is none."""
    assert not own_unit_problem("song")
    assert own_unit_problem("song", ["song"])
    assert "`song` and `songs`" in own_unit_problem("songs", ["song"])
