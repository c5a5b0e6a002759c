"""Every function of the language does what its entry says."""

from __future__ import annotations

import pytest

from leverwise.errors import ModelError
from leverwise.lang.evaluate import PURE
from leverwise.lang.functions import FUNCTIONS, OPERATORS
from unit.lang.host import Run, built, written

EXAMPLES = [(name, text, expected) for name, each in FUNCTIONS.items() for text, expected in each.examples]


@pytest.mark.parametrize(("name", "text", "expected"), EXAMPLES, ids=[text for _, text, _ in EXAMPLES])
def test_example(name: str, text: str, expected: float) -> None:
    """An example of the table has the value that the table states."""
    use = ((written("0"), written("3")), (written("5"), written("0")))
    stocks = {"s": ("0", "x")}
    decisions = {"u": {"every": written("5"), "use": use}}
    system = built(values={"x": "2"}, decisions=decisions, stocks=stocks, equations={"example": text})
    assert name in text
    assert Run(system).now["example"] == pytest.approx(expected, rel=1e-12, abs=1e-12)


def test_every_function_has_an_example() -> None:
    """No entry of the table is without an example, a signature and a sentence."""
    for name, each in FUNCTIONS.items():
        assert each.examples, name
        assert each.signature.startswith(name + "("), name
        assert each.about.endswith("."), name


def test_operators_can_be_evaluated() -> None:
    """Every operator except `if`, which chooses, has a host implementation."""
    assert set(OPERATORS.values()) - {"if"} <= set(PURE)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2 + 3*4", 14.0),
        ("2*3^2", 18.0),
        ("2^3^2", 512.0),
        ("-2^2", -4.0),
        ("2^-1", 0.5),
        ("8/4/2", 1.0),
        ("8 - 4 - 2", 2.0),
        ("if 1 < 2 then 3 else 4", 3.0),
        ("if 1 > 2 or not (2 == 2) then 3 else 4", 4.0),
        ("not 1 == 2 and 3 >= 3", 1.0),
        ("1 + (if 0 then 1 else 2)*3", 7.0),
        ("2 != 3", 1.0),
        ("20k + 2M + 1B + 1e3", 1_002_021_000.0),
        ("50 % + 1", 1.5),
    ],
)
def test_operators(text: str, expected: float) -> None:
    """Operators bind as the documentation states."""
    assert Run(built(equations={"example": text})).now["example"] == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("floor(1, 2)", "`floor` takes 1 argument, not 2"),
        ("flor(1)", "there is no function `flor`"),
        ("max(1)", "`max` takes at least 2 arguments"),
        ("table(x)", "a `table` needs a number and at least two points"),
        ("table(x, (1, 2), (1, 3))", "must rise"),
        ("table(x, (x, 2), (y, 3))", "one fixed number is needed"),
        ("delay_fixed(x, y, 0)", "one fixed number is needed"),
        ("delay_fixed(x, 0, 0)", "longer than 0"),
        ("at_start(x)", "needs a decision"),
        ("normal(1, 2)", "can't be part of an expression"),
        ("1 + (2 to 3)", "can't be part of an expression"),
        ("sum(x)", "there is no function `sum`"),
        ("(1, 2)", "`,` has no place here"),
    ],
)
def test_misuse(text: str, message: str) -> None:
    """A function that is used in a wrong way is an error which says how."""
    with pytest.raises(ModelError) as caught:
        built(values={"x": "2", "y": "1 to 2"}, equations={"example": text})
    assert message in str(caught.value)


def test_memory_is_shared_between_equal_uses() -> None:
    """Two uses of the same integral are one hidden stock."""
    system = built(values={"x": "2"}, equations={"a": "integral(x)", "b": "1 + total(x)"})
    assert [stock.name for stock in system.stocks] == ["a.integral"]
    assert system.stocks[0].hidden


def test_noise_is_fresh_at_each_place() -> None:
    """Each use of noise has a key of its own, named after its variable."""
    system = built(equations={"a": "noise() + noise()", "b": "noise(2)"})
    keys = [call.static[0] for each in system.auxiliaries for call in _calls(each.value) if call.function == "noise"]
    assert keys == ["a.noise", "a.noise.2", "b.noise"]


def _calls(expression):  # type: ignore[no-untyped-def]
    from leverwise.lang.system import Call

    if isinstance(expression, Call):
        yield expression
        for argument in expression.arguments:
            yield from _calls(argument)
