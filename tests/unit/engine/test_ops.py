"""What functions compute, and that their derivatives are finite."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest

from leverwise.engine import Engine
from unit.engine.systems import auxiliary, call, drawn, system

FUNCTIONS: dict[str, tuple[int, Callable[..., float]]] = {
    "add": (2, lambda a, b: a + b),
    "sub": (2, lambda a, b: a - b),
    "mul": (2, lambda a, b: a * b),
    "div": (2, lambda a, b: a / b),
    "pow": (2, lambda a, b: a**b),
    "mod": (2, lambda a, b: a % b),
    "min": (2, min),
    "max": (2, max),
    "neg": (1, lambda a: -a),
    "abs": (1, abs),
    "exp": (1, math.exp),
    "ln": (1, math.log),
    "log10": (1, math.log10),
    "sqrt": (1, math.sqrt),
    "floor": (1, math.floor),
    "sin": (1, math.sin),
    "cos": (1, math.cos),
    "tan": (1, math.tan),
    "asin": (1, math.asin),
    "acos": (1, math.acos),
    "atan": (1, math.atan),
    "logistic": (1, lambda a: 1 / (1 + math.exp(-a))),
    "erf": (1, math.erf),
    "lt": (2, lambda a, b: float(a < b)),
    "le": (2, lambda a, b: float(a <= b)),
    "gt": (2, lambda a, b: float(a > b)),
    "ge": (2, lambda a, b: float(a >= b)),
    "eq": (2, lambda a, b: float(a == b)),
    "ne": (2, lambda a, b: float(a != b)),
    "and": (2, lambda a, b: float(bool(a and b))),
    "or": (2, lambda a, b: float(bool(a or b))),
    "not": (1, lambda a: float(not a)),
}


def test_every_function_against_python() -> None:
    """All operators and functions agree with Python's own, on numbers where they are smooth."""
    auxiliaries = [auxiliary(f"v_{f}", call(f, *("a", "b")[:n])) for f, (n, _) in FUNCTIONS.items()]
    values = [drawn("a", "uniform", (0.05, 0.95)), drawn("b", "uniform", (0.1, 0.9))]
    engine = Engine(system(auxiliaries=auxiliaries, values=values, steps=1))
    result, draws = engine.simulate(64), engine.draws(0, 64, 0)
    for name, (arguments, function) in FUNCTIONS.items():
        expected = [function(*column[:arguments]) for column in draws.T]
        assert result.trajectories[f"v_{name}"][:, 0] == pytest.approx(expected, rel=1e-12), name


def test_functions_over_their_whole_range() -> None:
    """Functions keep their accuracy for tiny, large and negative arguments, in vectors of full width."""
    smooth = ["exp", "sin", "cos", "tan", "atan", "logistic", "erf", "floor", "abs"]
    auxiliaries = [auxiliary(f"v_{f}", call(f, "x")) for f in smooth]
    engine = Engine(system(auxiliaries=auxiliaries, values=[drawn("x", "uniform", (-30.0, 30.0))], steps=1))
    result, x = engine.simulate(2048), engine.draws(0, 2048, 0)[0]
    for name in smooth:
        expected = [FUNCTIONS[name][1](float(number)) for number in x]
        assert result.trajectories[f"v_{name}"][:, 0] == pytest.approx(expected, rel=1e-11, abs=1e-15), name


def test_logarithms_and_powers_are_accurate() -> None:
    """The logarithm is right to the last bits from the smallest to the largest numbers, powers nearly so."""
    parts = [auxiliary("log", call("ln", call("exp", "x"))), auxiliary("near", call("ln", call("add", 1.0, "small")))]
    parts += [auxiliary("power", call("pow", "base", "x")), auxiliary("at0", call("ln", call("mul", 0.0, "x")))]
    parts += [auxiliary("zeroth", call("pow", call("mul", 0.0, "x"), call("mul", 0.0, "x")))]
    parts += [auxiliary("signed", call("pow", call("neg", "base"), call("floor", call("div", "x", 20.0))))]
    values = [
        drawn("x", "uniform", (-300.0, 300.0)),
        drawn("small", "uniform", (-1e-3, 1e-3)),
        drawn("base", "uniform", (0.3, 3.0)),
    ]
    engine = Engine(system(auxiliaries=parts, values=values, steps=1))
    found = {name: rows[:, 0] for name, rows in engine.simulate(2048).trajectories.items()}
    x, small, base = engine.draws(0, 2048, 0)
    assert found["log"] == pytest.approx(np.log(np.exp(x)), rel=4e-16, abs=2e-16)
    assert found["near"] == pytest.approx(np.log(1 + small), rel=1e-15, abs=1e-300)
    assert found["power"] == pytest.approx(base**x, rel=1e-12)
    assert (found["at0"] == -np.inf).all()
    assert (found["zeroth"] == 1).all()
    assert found["signed"] == pytest.approx((-base) ** np.floor(x / 20), rel=1e-13)


def test_mod_and_whole_powers_of_negative_numbers() -> None:
    """The remainder has the sign of the divisor, and whole powers take negative bases."""
    parts = [
        auxiliary("a", call("mod", -7.0, 3.0)),
        auxiliary("b", call("mod", 7.0, -3.0)),
        auxiliary("c", call("pow", -2.0, 3.0)),
        auxiliary("d", call("pow", -2.0, -2.0)),
    ]
    result = Engine(system(auxiliaries=parts, steps=1)).simulate(1)
    assert [result.trajectories[n][0, 0] for n in "abcd"] == [2, -2, -8, 0.25]


POLES = {
    "sqrt": call("sqrt", "x"),
    "power": call("pow", "x", 0.3),
    "drawn power": call("pow", "x", "half"),
    "log": call("if", call("gt", "x", 0.0), call("ln", "x"), 0.0),
    "log10": call("if", call("gt", "x", 0.0), call("log10", "x"), 0.0),
    "quotient": call("if", call("gt", "x", 0.0), call("div", "x", "x"), 0.0),
    "quotient near zero": call("if", call("gt", "x", 0.1), call("div", 3.0, "x"), 0.0),
    "quotient of nothing": call("if", call("gt", "x", 2.0), call("div", "x", 0.0), call("mul", 2.0, "x")),
    "inverse": call("if", call("gt", "x", 0.0), call("pow", "x", -1.0), 0.0),
    "arcsine": call("asin", call("sub", 1.0, "x")),
    "arccosine": call("acos", call("sub", 1.0, "x")),
}


@pytest.mark.parametrize("name", POLES)
def test_derivatives_at_poles_are_finite(name: str) -> None:
    """At a pole the slope is finite, and a branch not taken leaves no trace; away from it the slope is exact."""
    values = [drawn("x", "uniform", (0.0, 1.0)), drawn("half", "uniform", (0.4, 0.6))]
    engine = Engine(system(impact=POLES[name], values=values, steps=1, method="euler"))
    draws = np.array([[0.0, 0.25], [0.5, 0.5]])
    if name == "quotient near zero":
        draws[0, 0] = 1e-200
    slopes = engine.gradient(draws, np.arange(2), values=True).draws[0]
    assert np.isfinite(slopes).all()
    step, index = 1e-6, np.arange(2)
    shift = np.array([[step], [0.0]])
    moved = engine.measures(draws + shift, index)[0] - engine.measures(draws - shift, index)[0]
    assert slopes[1] == pytest.approx(moved[1] / (2 * step), rel=1e-6, abs=1e-9)
    guarded = engine.gradient(draws, np.arange(2), values=True).measures[0]
    assert guarded == pytest.approx(engine.measures(draws, np.arange(2))[0], rel=1e-14)
