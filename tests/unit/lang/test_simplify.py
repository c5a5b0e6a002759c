"""Simplifying an expression never changes its value, and what is shown is what is meant."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from leverwise.lang import build
from leverwise.lang.evaluate import evaluate
from leverwise.lang.render import text
from leverwise.lang.simplify import balanced, call
from leverwise.lang.system import Call, Expression, Name, Number
from unit.lang.host import plain

NUMBERS = st.sampled_from([0.0, 1.0, 2.0, 0.5, 3.0, 1e6]).map(Number)
LEAVES = NUMBERS | st.sampled_from(["a", "b"]).map(Name)
TWO = st.sampled_from(["add", "sub", "mul", "div", "pow", "lt", "ge", "and", "or", "min", "max"])
ONE = st.sampled_from(["neg", "not", "abs", "exp", "sqrt"])


def _larger(inner: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
    return st.one_of(
        st.builds(lambda f, x, y: Call(f, (x, y)), TWO, inner, inner),
        st.builds(lambda f, x: Call(f, (x,)), ONE, inner),
        st.builds(lambda x, y, z: Call("if", (x, y, z)), inner, inner, inner),
    )


TREES = st.recursive(LEAVES, _larger, max_leaves=10)
KNOWN = st.fixed_dictionaries({"a": st.floats(-3, 3), "b": st.sampled_from([0.0, 1.0, 2.5])})


def simplified(expression: Expression) -> Expression:
    if not isinstance(expression, Call):
        return expression
    return call(expression.function, *(simplified(each) for each in expression.arguments))


@given(TREES, KNOWN)
def test_simplifying_keeps_the_value(tree: Expression, known: dict[str, float]) -> None:
    """A simplified expression has the value of the one it came from, wherever that has one."""
    expected = evaluate(tree, known)
    if math.isfinite(expected):
        assert evaluate(simplified(tree), known) == expected


@given(TREES)
def test_shown_is_meant(tree: Expression) -> None:
    """An equation that is printed and read again is the same equation."""
    tree = simplified(tree)
    system = build(plain(stocks={"a": ("1", "0"), "b": ("1", "0")}, equations={"x": text(tree)}))
    (again,) = system.auxiliaries
    assert again.value == tree


@given(st.lists(st.floats(-1e3, 1e3), min_size=1, max_size=40))
def test_balanced_sums_are_shallow(values: list[float]) -> None:
    """A sum over many members is a tree of logarithmic depth with the same total."""
    tree = balanced("add", [Name(f"x{n}") for n in range(len(values))])
    known = {f"x{n}": value for n, value in enumerate(values)}
    assert math.isclose(evaluate(tree, known), math.fsum(values), rel_tol=1e-9, abs_tol=1e-9)
    depth = 0
    while isinstance(tree, Call):
        tree, depth = tree.arguments[0], depth + 1
    assert depth <= math.ceil(math.log2(len(values))) if len(values) > 1 else depth == 0


def test_zero_times_a_variable_stays() -> None:
    """0*x is kept: it is not 0 where x is infinite."""
    assert call("mul", Number(0.0), Name("x")) == Call("mul", (Number(0.0), Name("x")))
    assert call("mul", Number(1.0), Name("x")) == Name("x")
    assert call("div", Number(1.0), Number(0.0)) == Call("div", (Number(1.0), Number(0.0)))
