"""Names, units and loops are checked; every problem is shown where it stands."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from leverwise.errors import ModelError, Position
from leverwise.lang import build
from leverwise.lang.declarations import Declarations, EquationDeclaration, Term, TimeDeclaration, Written
from unit.lang.host import built, plain, written
from unit.work import calls

MONTHLY = {"step": "1 month", "horizon": "1 year"}


def problems(**parts: object) -> str:
    with pytest.raises(ModelError) as caught:
        built(**parts)
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("cash + rate", "these can't be added: `cash` is in $, but `rate` is in $/month"),
        ("cash - 3", "`cash` is in $, but `3` is a plain number\n  give the number its unit: `3 $`"),
        ("if cash > rate then 1 else 2", "these can't be compared"),
        ("if cash then 1 else 2", "the condition of `if` needs a plain number here"),
        ("if 1 then cash else rate", "both branches of `if`"),
        ("max(cash, staff)", "`max` needs the same unit throughout: `cash` is in $, but `staff` is in people"),
        ("exp(cash)", "`cash` is in $, but `exp` needs a plain number here"),
        ("cash^share", "its exponent must be a whole number"),
        ("cash^0.5", "or write `sqrt(...)`"),
        ("2^cash", "an exponent needs a plain number"),
        ("smooth(cash, staff)", "`staff` is in people, but `smooth` needs a number in months here"),
        ("floor(t)", "`floor` needs a plain number or a count"),
        ("table(t, (0, 1), (1, 2))", "`table` needs the same unit throughout"),
        ("cash and 1", "`and` needs a plain number here"),
        ("cash/month", "`month` is a unit and needs a number"),
        ("crossed(cash, 3 $, 1)", "`crossed` needs a number in $/month here"),
    ],
)
def test_unit_mismatches(text: str, message: str) -> None:
    """A mismatch shows both sides with their units."""
    values = {"cash": "100 $", "rate": "5 $/month", "staff": "3 people", "share": "10 % to 30 %"}
    assert message in problems(**MONTHLY, values=values, equations={"example": text})


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("max(0, cash)", "$"),
        ("if 1 then 0 else rate", "$/month"),
        ("cash + 0", "$"),
        ("rate*3 months", "$"),
        ("sqrt(cash*cash)", "$"),
        ("cash^2/cash", "$"),
        ("(cash/(100 $))^share", ""),
        ("integral(rate)", "$"),
        ("smooth(rate, 3 months)", "$/month"),
        ("ramp(rate, 3 months)", "$"),
        ("step(cash, 3 months)", "$"),
        ("table(t, (0 months, 1 $), (1 year, 2 $))", "$"),
        ("highest(cash)", "$"),
        ("noise(cash)", "$"),
        ("mod(t, 1 year)", "month"),
        ("time_step()", "month"),
        ("t/(1 year)", ""),
        ("cash > 3 $", ""),
        ("staff*(5 hours/week/person)", "hour/month"),
    ],
)
def test_units_are_inferred(text: str, unit: str) -> None:
    """Units flow through every function, and 0 fits any."""
    values = {"cash": "100 $", "rate": "5 $/month", "staff": "3 people", "share": "10 % to 30 %"}
    system = built(**MONTHLY, values=values, equations={"example": text})
    assert system.unit_of("example").text == unit


def test_time_is_shown_in_the_unit_of_the_step() -> None:
    """A model in weeks shows inferred rates per week."""
    system = built(step="1 week", horizon="10 weeks", equations={"rate": "70 $/week"})
    unit = system.unit_of("rate")
    (rate,) = system.auxiliaries
    assert unit.text == "$/week"
    assert rate.value.value / unit.factor == pytest.approx(70)  # type: ignore[union-attr]


def test_stock_units() -> None:
    """A stock changes by its unit per time; its unit may come from its change."""
    text = problems(**MONTHLY, stocks={"cash": ("5 $", "3 $")})
    assert "the change of `cash`, which is in $, must be in $/month, but `3 $` is in $" in text
    system = built(
        **MONTHLY, stocks={"cash": ("0", "income - fade*cash")}, equations={"income": "3 $/month", "fade": "1/month"}
    )
    assert system.unit_of("cash").text == "$"


def test_unitless_time() -> None:
    """Where time has no unit, rates have none either."""
    system = built(stocks={"g": ("5", "2 - 0.1*g")})
    assert system.clock.unit.text == ""
    assert "must be in $, but `2 $/month` is in $/month" in problems(stocks={"g": ("5 $", "2 $/month")})


def test_unknown_names_get_hints() -> None:
    """A name that is not there is refused with the nearest ones."""
    text = problems(values={"salary": "3"}, equations={"a": "salry*2", "b": "maxx(1, 2)", "c": "sqrt + 1"})
    assert "there is no `salry`\n  did you mean `salary`?" in text
    assert "there is no function `maxx`\n  did you mean `max`?" in text
    assert "`sqrt` is a function\n  write `sqrt(x)`" in text


def test_all_problems_at_once() -> None:
    """One error carries every problem of the model."""
    with pytest.raises(ModelError) as caught:
        built(
            **MONTHLY,
            units=("hour",),
            values={"a": "1 +", "b": "5 to 3"},
            equations={"c": "nothing*2", "d": "1 $ + 1 month", "e": "f", "f": "e"},
            stocks={"s": ("1 $", "1 $")},
            plan={"objective": written("best"), "subject_to": (written("c <= 1"),)},
        )
    assert len(caught.value.problems) == 9


def test_loops_are_shown() -> None:
    """A loop of equations is shown as one; a loop through a stock is fine."""
    assert "`a` needs itself at the same moment: a -> b -> a" in problems(
        equations={"a": "b + 1", "b": "a/2", "c": "a"}
    )
    assert "`x` needs itself at the same moment: x -> x" in problems(equations={"x": "x + 1"})
    assert built(equations={"a": "smooth(b, 3, 1)", "b": "a/2"}).auxiliaries
    assert "the start of `s` needs itself: s -> a -> s" in problems(stocks={"s": ("a", "1")}, equations={"a": "2*s"})
    stocks = {"a": ("opening(b)", "1"), "b": ("c", "1"), "c": ("1", "1")}
    assert built(stocks=stocks).starting == ("c", "b", "a"), "the opening is the start, at the start"
    assert "needs itself: a -> b -> a" in problems(stocks={"a": ("opening(b)", "1"), "b": ("a", "1")})


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("t", "a meaning of its own"),
        ("max", "a meaning of its own"),
        ("month", "is a unit"),
        ("a b", "can't be a name"),
        ("if", "can't be a name"),
    ],
)
def test_reserved_names(name: str, message: str) -> None:
    """Functions, keywords, units and the time can't be names."""
    assert message in problems(values={name: "3"})


def test_names_are_unique() -> None:
    """Two things can't have the same name."""
    assert "the equation `a` is also a value" in problems(values={"a": "3"}, equations={"a": "4"})


def test_scopes() -> None:
    """A name is looked up in its scope first, then outside."""
    equations = (
        EquationDeclaration("crew.cost", (Term(written("wage + other", "crew")),)),
        EquationDeclaration("total_cost", (Term(written("crew.cost + wage")),)),
    )
    declarations = plain(values={"wage": "1", "crew.wage": "2", "other": "3"})
    system = build(Declarations("test", declarations.time, values=declarations.values, equations=equations))
    from leverwise.lang.render import text

    assert [text(each.value) for each in system.auxiliaries] == ["crew.wage + other", "crew.cost + wage"]


def test_a_unit_that_is_also_a_variable_is_pointed_out() -> None:
    """After a number a unit word is a unit; where a lever has a variable of that name, that is an error."""
    equation = EquationDeclaration("crew.x", (Term(written("5 $/hours", "crew")),))
    declarations = plain(values={"crew.hours": "2"})
    with pytest.raises(ModelError, match="`hours` is a unit and a variable"):
        build(Declarations("test", declarations.time, values=declarations.values, equations=(equation,)))


def _position(file: Path, content: str, text: str, line: int, column: int) -> Position:
    """Where the one problem of an equation is that stands in a file."""
    file.write_text(content)
    equation = EquationDeclaration("a", (Term(Written(text, Position(str(file), line, column))),))
    with pytest.raises(ModelError) as caught:
        build(Declarations("test", TimeDeclaration(written("1"), written("3")), equations=(equation,)))
    (problem,) = caught.value.problems
    assert problem.at is not None
    return problem.at


def test_position_in_a_line(tmp_path: Path) -> None:
    """A problem points at the first character of what is wrong, and marks all of it."""
    at = _position(tmp_path / "m.yaml", "equations:\n  a: 1 + 2*missing\n", "1 + 2*missing", 2, 6)
    assert (at.line, at.column, at.length) == (2, 12, 7)


def test_position_in_quotes(tmp_path: Path) -> None:
    """Quotation marks count."""
    at = _position(tmp_path / "m.yaml", 'a: "1 + missing"\n', "1 + missing", 1, 4)
    assert (at.line, at.column) == (1, 9)


@pytest.mark.parametrize("text", ["1 +\n2*missing", "1 + 2*missing", "1 +\n2*missing\n"])
def test_position_in_several_lines(tmp_path: Path, text: str) -> None:
    """In a block or folded text the line and the column are those of the file, indentation included."""
    at = _position(tmp_path / "m.yaml", "a: >\n     1 +\n     2*missing\n", text, 2, 6)
    assert (at.line, at.column) == (3, 8)


def test_position_without_the_file() -> None:
    """If the file is not there, the position is counted from the start of the text."""
    at = _position_without_file("1 + missing")
    assert (at.line, at.column) == (7, 14)


def _position_without_file(text: str) -> Position:
    equation = EquationDeclaration("a", (Term(Written(text, Position("/nowhere/m.yaml", 7, 10))),))
    with pytest.raises(ModelError) as caught:
        build(Declarations("test", TimeDeclaration(written("1"), written("3")), equations=(equation,)))
    at = caught.value.problems[0].at
    assert at is not None
    return at


def test_large_tangles_are_reported_in_short() -> None:
    """Thousands of loops, or one of thousands, are shown in short."""
    text = problems(equations={f"x{n}": f"x{(n - 1) % 3000}" for n in range(3000)})
    assert "`x0` needs itself at the same moment: x0 -> x2999" in text
    assert "(2989 more)" in text
    assert len(text) < 1000
    assert problems(equations={f"x{n}": f"x{n ^ 1}" for n in range(3000)}).count("needs itself") == 20


@pytest.mark.parametrize("next_to", [lambda n, size: (n - 1) % size, lambda n, _: n ^ 1])
def test_work_on_tangles_grows_with_their_size(next_to: Callable[[int, int], int]) -> None:
    """Of three times as many names in a tangle, no more than three times and a bit as many calls are made."""

    def tangled(size: int) -> str:
        return problems(equations={f"x{n}": f"x{next_to(n, size)}" for n in range(size)})

    tangled(2)
    assert calls(partial(tangled, 1500)) < 3.3 * calls(partial(tangled, 500))


def test_thousands_of_mistakes_end_early() -> None:
    """After two hundred problems the build stops looking."""
    with pytest.raises(ModelError) as caught:
        built(equations={f"x{n}": f"y{n}" for n in range(3000)})
    assert len(caught.value.problems) == 200


def test_numbers_stay_finite_in_base_units() -> None:
    """A number that overflows once converted is refused."""
    assert "too large in base units" in problems(values={"x": "1e299 second^-12"})


def test_the_plural_of_an_own_unit_may_be_a_variable() -> None:
    """A model with the unit `deal` may have the variable `deals`; only after a number it must be told apart."""
    parts = {"units": ("deal",), "values": {"rate": "3 deals"}}
    assert built(**parts, equations={"deals": "rate*2", "x": "deals + 1 deal"}).unit_of("x").text == "deal"
    told = problems(**parts, equations={"deals": "rate*2", "x": "5 $/deals"})
    assert "is a unit and a variable" in told
    assert "the unit that is its own, `(5 $)/deals`" in told
