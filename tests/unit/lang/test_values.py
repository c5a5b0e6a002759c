"""Values: numbers, ranges and distributions in base units."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from leverwise.errors import ModelError
from leverwise.lang import build
from leverwise.lang.declarations import ValueDeclaration
from leverwise.lang.system import Auxiliary, Distribution, Value
from unit.lang.host import plain, written

Z90 = 1.6448536269514722


def value(
    text: str, unit: str = "", understood: tuple[str, ...] = (), low: float | None = None, high: float | None = None
) -> Value:
    declaration = ValueDeclaration("v", written(text), unit, understood, low, high)
    return build(replace(plain(step="1 month", horizon="12 months"), values=(declaration,))).values[0]


def test_positive_range_is_lognormal() -> None:
    """`a to b` with positive ends has its 5 % and 95 % quantiles there."""
    found = value("160 hours to 220 hours").distribution
    assert found.family == "lognormal"
    mu, sigma = found.parameters
    assert math.exp(mu - Z90 * sigma) == pytest.approx(160)
    assert math.exp(mu + Z90 * sigma) == pytest.approx(220)


def test_other_range_is_normal() -> None:
    """A range that reaches 0 or below is normal."""
    found = value("-5 to 15").distribution
    assert found.family == "normal"
    assert found.parameters == pytest.approx((5.0, 10 / Z90))


@pytest.mark.parametrize("text", ["3k to 5k $", "$3k to $5k", "$3k to 5k", "300k cents to 500k cents", "3000 $ to 5k"])
def test_one_unit_counts_for_both_ends(text: str) -> None:
    """A unit written once counts for both ends of a range."""
    found = value(text)
    mu, sigma = found.distribution.parameters
    assert math.exp(mu - Z90 * sigma) == pytest.approx(3000)
    assert math.exp(mu + Z90 * sigma) == pytest.approx(5000)
    assert found.unit.dimension == (("money", 1.0),)


@pytest.mark.parametrize(
    ("text", "family", "parameters"),
    [
        ("5", "constant", (5.0,)),
        ("2*3 + 1", "constant", (7.0,)),
        ("2*pi", "constant", (2 * math.pi,)),
        ("1 year", "constant", (12.0,)),
        ("12 %/year", "constant", (0.01,)),
        ("normal(10, 2)", "normal", (10.0, 2.0)),
        ("normal(10 years, 2)", "normal", (120.0, 24.0)),
        ("normal(10, 2) years", "normal", (120.0, 24.0)),
        ("normal(3, 0)", "constant", (3.0,)),
        ("uniform(1, 5) %", "uniform", (0.01, 0.05)),
        ("beta(2, 3)", "beta", (2.0, 3.0, 0.0, 1.0)),
        ("pert(0, 1, 4)", "beta", (2.0, 4.0, 0.0, 4.0)),
        ("triangular(1, 2, 4)", "triangular", (1.0, 2.0, 4.0)),
        ("gamma(2, 3 years)", "gamma", (2.0, 36.0)),
        ("exponential(1 year)", "exponential", (12.0,)),
        ("bernoulli(30 %)", "bernoulli", (0.3,)),
    ],
)
def test_families(text: str, family: str, parameters: tuple[float, ...]) -> None:
    """Every family is read, with its parameters in base units."""
    found = value(text).distribution
    assert found.family == family
    assert found.parameters == pytest.approx(parameters)


def test_lognormal_has_the_mean_and_sd_asked_for() -> None:
    """`lognormal(mean, sd)` is about the variable, not its logarithm."""
    mu, sigma = value("lognormal(10, 3)").distribution.parameters
    mean = math.exp(mu + sigma**2 / 2)
    assert mean == pytest.approx(10)
    assert mean * math.sqrt(math.expm1(sigma**2)) == pytest.approx(3)


def test_mixture() -> None:
    """Each part of a mixture is followed by its weight; weights are normed."""
    found = value("mixture(1 to 2, 3, 0, 1)").distribution
    assert found.family == "mixture"
    assert found.parameters == (0.75, 0.25)
    assert [part.family for part in found.components] == ["lognormal", "constant"]


def test_truncate() -> None:
    """A truncated distribution keeps its parameters and gets limits, in base units."""
    found = value("truncate(normal(1, 1) year, 0, 2)").distribution
    assert found == Distribution("normal", (12.0, 12.0), (), 0.0, 24.0)


def test_understood_parts_may_be_left_out() -> None:
    """A part of the unit that is understood may be missing."""
    full = value("60k $/year/person", "$/month/person", ("person",))
    short = value("60k $/year", "$/month/person", ("person",))
    assert full.distribution.parameters == pytest.approx((5000.0,))
    assert short.distribution == full.distribution
    assert short.unit.text == "$/month/person"
    assert value("4", "person", ("person",)).distribution.parameters == (4.0,)
    assert value("24", "year", ("year",)).distribution.parameters == (288.0,)


def test_zero_fits_any_unit() -> None:
    """The number 0 needs no unit."""
    assert value("0", "$/month").distribution.parameters == (0.0,)


def test_tails_are_cut_at_the_limits() -> None:
    """A range within the limits loses only the tails beyond them."""
    found = value("70 % to 95 %", "1", (), 0, 1).distribution
    assert found.low is None
    assert found.high == 1.0


def test_unit_for_showing_is_the_one_written() -> None:
    """Without a declared unit, a value is shown in the one it was written in."""
    assert value("4k to 7k $/months").unit.text == "$/month"
    assert value("3 to 5 %/year").unit.factor == pytest.approx(0.01 / 12)


@pytest.mark.parametrize(
    ("text", "unit", "message"),
    [
        ("5", "$/month", "must be in $/month, but `5` is a plain number"),
        ("5 hours", "$/month", "must be in $/month, but `5 hours` is in hour"),
        ("5 to 3", "", "from the lower to the higher"),
        ("1 $ to 2 hours", "", "different units"),
        ("normal(1, -1)", "", "can't be negative"),
        ("normal(1)", "", "`normal` takes 2 numbers"),
        ("uniform(2, 2)", "", "from the lower to the higher"),
        ("triangular(3, 2, 4)", "", "must rise"),
        ("beta(0, 1)", "", "must be positive"),
        ("bernoulli(2)", "", "between 0 and 1"),
        ("mixture(1 to 2, 3 to 4)", "", "a weight must be one fixed number"),
        ("mixture(1 to 2)", "", "followed by its weight"),
        ("truncate(normal(0, 1), 50, 60)", "", "nothing of the distribution"),
        ("normal(w, 1)", "", "there is no `w`"),
        ("2 + normal(1, 2)", "", "can't be part of an expression"),
        ("9^9^9^9", "", "not a finite number"),
        ("1/0", "", "not a finite number"),
        ("5 hours/month/fortnight", "", "there is no `fortnight`"),
    ],
)
def test_wrong_values(text: str, unit: str, message: str) -> None:
    """A wrong value is an error that says what is wrong."""
    with pytest.raises(ModelError) as caught:
        value(text, unit)
    assert message in str(caught.value)


@pytest.mark.parametrize(("text", "reached"), [("0.5 to 1.5", "1.5"), ("uniform(-1, 1)", "-1"), ("2", "2")])
def test_limits(text: str, reached: str) -> None:
    """A range or number that reaches outside its limits is refused."""
    with pytest.raises(ModelError, match="must be between 0 and 1; this reaches " + reached):
        value(text, "1", (), 0, 1)


@pytest.mark.parametrize(
    ("text", "unit"), [("20 % to 60 %", ""), ("20 % to 60 %", "%"), ("20 % to 60 %", "1"), ("0.2 to 0.6", "")]
)
def test_limits_of_a_share_are_plain_numbers(text: str, unit: str) -> None:
    """Without a dimension, limits are numbers such as 1, never percent, however the value is written."""
    assert value(text, unit, (), 0, 1).distribution.high == 1.0
    with pytest.raises(ModelError, match=r"must be at most 0\.5; this reaches 0\.6"):
        value(text, unit, (), None, 0.5)


def test_limits_of_a_quantity_are_in_its_unit() -> None:
    """With a dimension they count in the unit in which the value is written."""
    found = value("20 to 60 %/month", "", (), 0, 70).distribution
    assert found.high == pytest.approx(0.7)


def test_expressions_of_values_are_constant_auxiliaries() -> None:
    """A value may be an expression of other values, and may leave out understood parts too."""
    declarations = plain(step="1 month", horizon="1 year", values={"salary": "60k $/year"})
    wage = ValueDeclaration("wage", written("salary/2"), "$/month/person", ("person",))
    system = build(replace(declarations, values=(*declarations.values, wage)))
    (auxiliary,) = system.auxiliaries
    assert isinstance(auxiliary, Auxiliary)
    assert auxiliary.constant
    assert auxiliary.unit.text == "$/month/person"


def test_a_value_may_not_change_in_time() -> None:
    """A value that needs a stock is refused."""
    declarations = plain(stocks={"s": ("1", "1")}, values={"v": "2*s"})
    with pytest.raises(ModelError, match="`v` is a value, but needs `s`"):
        build(declarations)
