"""The table of the language's functions: signature, meaning, unit rule, and examples that a test runs.

An example is evaluated in a small model without units: time runs from 0 to 10 in steps of 1 (Euler), `x` is 2, the
stock `s` starts at 0 and rises by x, and the decision `u` is 3 from time 0 to 5 and 0 after; the expected number is its
value at time 10.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, Protocol

from leverwise.units import DIMENSIONLESS, Dimension, per, raised, times

Maybe = Dimension | None
"""A dimension, or None where any would do (zero) or it is not known yet."""


class Arguments(Protocol):
    """The dimensions of a call's arguments, with the checks that a unit rule may ask for."""

    @property
    def dimensions(self) -> tuple[Maybe, ...]:
        """The dimension of each argument."""

    @property
    def time(self) -> Dimension:
        """The dimension of the model's time."""

    def same(self, *positions: int) -> Maybe:
        """The one dimension of these arguments (all if none is named); reports where they differ."""

    def must_be(self, position: int, wanted: Dimension) -> None:
        """Reports if an argument has another dimension."""

    def report(self, position: int, message: str, hint: str = "") -> None:
        """Reports something else about an argument."""


Rule = Callable[[Arguments], Maybe]


@dataclass(frozen=True)
class Function:
    """An entry of the table. `kind` says how it is translated: `plain` becomes a call of the same name."""

    name: str
    signature: str
    about: str
    fewest: int
    most: int
    units: Rule
    examples: tuple[tuple[str, float], ...]
    kind: Literal["plain", "written out", "hidden stock", "static"] = "plain"


def _numbers(arguments: Arguments) -> Maybe:
    for position in range(len(arguments.dimensions)):
        arguments.must_be(position, DIMENSIONLESS)
    return DIMENSIONLESS


def _same(arguments: Arguments) -> Maybe:
    return arguments.same()


def _root(arguments: Arguments) -> Maybe:
    found = arguments.dimensions[0]
    return None if found is None else raised(found, 0.5)


def _floor(arguments: Arguments) -> Maybe:
    found = arguments.dimensions[0]
    if found is not None and any(name in ("time", "money", "work") for name, _ in found):
        arguments.report(0, "`floor` needs a plain number or a count", "divide by a unit first: `floor(t/1 month)`")
    return found


def _table(arguments: Arguments) -> Maybe:
    count = len(arguments.dimensions)
    arguments.same(0, *range(1, count, 2))
    return arguments.same(*range(2, count, 2))


def _accumulated(arguments: Arguments) -> Maybe:
    found = arguments.dimensions[0]
    return None if found is None else times(found, arguments.time)


def _delayed(arguments: Arguments) -> Maybe:
    arguments.must_be(1, arguments.time)
    if len(arguments.dimensions) > 2:
        return arguments.same(0, 2)
    return arguments.dimensions[0]


def _step(arguments: Arguments) -> Maybe:
    arguments.must_be(1, arguments.time)
    return arguments.dimensions[0]


def _pulse(arguments: Arguments) -> Maybe:
    arguments.must_be(0, arguments.time)
    arguments.must_be(1, arguments.time)
    return DIMENSIONLESS


def _ramp(arguments: Arguments) -> Maybe:
    for position in range(1, len(arguments.dimensions)):
        arguments.must_be(position, arguments.time)
    return _accumulated(arguments)


def _crossed(arguments: Arguments) -> Maybe:
    found = arguments.same(0, 1)
    if found is not None:
        arguments.must_be(2, per(found, arguments.time))
    return DIMENSIONLESS


def _in_service(arguments: Arguments) -> Maybe:
    arguments.must_be(1, arguments.time)
    return arguments.dimensions[0]


def _at_start(arguments: Arguments) -> Maybe:
    found = arguments.dimensions[0]
    return None if found is None else per(found, arguments.time)


def _time_step(arguments: Arguments) -> Maybe:
    return arguments.time


def _noise(arguments: Arguments) -> Maybe:
    return arguments.same() if arguments.dimensions else DIMENSIONLESS


def _of_numbers(name: str, about: str, *examples: tuple[str, float]) -> Function:
    return Function(name, f"{name}(x)", about, 1, 1, _numbers, examples)


_ALL = (
    Function("min", "min(x, y, ...)", "The least.", 2, 500, _same, (("min(3, x)", 2.0), ("min(3, 1, 2)", 1.0))),
    Function("max", "max(x, y, ...)", "The greatest.", 2, 500, _same, (("max(3, x)", 3.0), ("max(0, 0 - x)", 0.0))),
    Function("abs", "abs(x)", "The size without the sign.", 1, 1, _same, (("abs(0 - x)", 2.0),)),
    _of_numbers("exp", "e to the power of x.", ("exp(x)", 7.38905609893065)),
    _of_numbers("ln", "The natural logarithm.", ("ln(exp(x))", 2.0)),
    _of_numbers("log10", "The logarithm to base 10.", ("log10(1000)", 3.0)),
    Function("sqrt", "sqrt(x)", "The square root; a unit's powers are halved.", 1, 1, _root, (("sqrt(8*x)", 4.0),)),
    Function(
        "floor",
        "floor(x)",
        "The whole number at or below x.",
        1,
        1,
        _floor,
        (("floor(x + 0.7)", 2.0), ("floor(-0.5)", -1.0)),
    ),
    Function(
        "mod",
        "mod(x, y)",
        "The rest of x divided by y, with the sign of y.",
        2,
        2,
        _same,
        (("mod(7, 3)", 1.0), ("mod(-1, 3)", 2.0)),
    ),
    _of_numbers("sin", "The sine, of radians.", ("sin(pi/2)", 1.0)),
    _of_numbers("cos", "The cosine, of radians.", ("cos(pi)", -1.0)),
    _of_numbers("tan", "The tangent, of radians.", ("tan(pi/4)", 1.0)),
    _of_numbers("asin", "The angle whose sine is x.", ("asin(1)", 1.5707963267948966)),
    _of_numbers("acos", "The angle whose cosine is x.", ("acos(1)", 0.0)),
    _of_numbers("atan", "The angle whose tangent is x.", ("4*atan(1)", 3.141592653589793)),
    _of_numbers("logistic", "1/(1 + exp(-x)).", ("logistic(0)", 0.5), ("logistic(x)", 0.8807970779778823)),
    _of_numbers("erf", "The error function.", ("erf(1)", 0.8427007929497149)),
    Function(
        "table",
        "table(x, (x1, y1), (x2, y2), ...)",
        "Straight lines between the points, flat outside them; the points are fixed numbers with x rising.",
        3,
        2001,
        _table,
        (("table(x, (0, 0), (4, 10))", 5.0), ("table(9, (0, 0), (4, 10))", 10.0)),
        "static",
    ),
    Function(
        "integral",
        "integral(x)",
        "What x, a rate, has added up to since the start.",
        1,
        1,
        _accumulated,
        (("integral(x)", 20.0), ("integral(u)", 15.0)),
        "hidden stock",
    ),
    Function(
        "total", "total(x)", "The same as integral(x).", 1, 1, _accumulated, (("total(3)", 30.0),), "hidden stock"
    ),
    Function(
        "lowest",
        "lowest(x)",
        "The least that x has been so far.",
        1,
        1,
        _same,
        (("lowest(abs(t - 4))", 0.0),),
        "hidden stock",
    ),
    Function(
        "highest",
        "highest(x)",
        "The greatest that x has been so far.",
        1,
        1,
        _same,
        (("highest(u)", 3.0),),
        "hidden stock",
    ),
    Function(
        "smooth",
        "smooth(x, time, start)",
        "Follows x with an exponential lag of `time`; begins at `start` (at x if left out).",
        2,
        3,
        _delayed,
        (("smooth(x, 3)", 2.0), ("smooth(0, 2, 1024)", 1.0)),
        "hidden stock",
    ),
    Function(
        "delay1",
        "delay1(x, time, start)",
        "A flow x after a delay of first order: what goes in comes out, on average `time` later.",
        2,
        3,
        _delayed,
        (("delay1(x, 3)", 2.0), ("delay1(0, 2, 1024)", 1.0)),
        "hidden stock",
    ),
    Function(
        "delay3",
        "delay3(x, time, start)",
        "A flow x after a delay of third order.",
        2,
        3,
        _delayed,
        (("delay3(x, 3)", 2.0), ("delay3(0, 3, 5)", 0.0)),
        "hidden stock",
    ),
    Function(
        "delay_fixed",
        "delay_fixed(x, time, start)",
        "x as it was exactly `time` ago, `start` before that; both are fixed numbers.",
        3,
        3,
        _delayed,
        (("delay_fixed(t, 3, 0)", 7.0), ("delay_fixed(t, 20, 4)", 4.0)),
        "static",
    ),
    Function(
        "step",
        "step(height, time)",
        "0 before `time`, `height` after.",
        2,
        2,
        _step,
        (("step(x, 4)", 2.0), ("step(x, 12)", 0.0)),
        "written out",
    ),
    Function(
        "pulse",
        "pulse(start, duration)",
        "1 from `start` for `duration`, else 0.",
        2,
        2,
        _pulse,
        (("pulse(3, 2)", 0.0), ("integral(pulse(3, 2))", 2.0)),
        "written out",
    ),
    Function(
        "ramp",
        "ramp(slope, start, end)",
        "0 until `start`, then rising by `slope` per time until `end` (for ever if left out).",
        2,
        3,
        _ramp,
        (("ramp(x, 4)", 12.0), ("ramp(x, 4, 6)", 4.0)),
        "written out",
    ),
    Function(
        "crossed",
        "crossed(x, threshold, rate)",
        "0 below the threshold, 1 after, in between the part of the step that is left; `rate` is x's change per time.",
        3,
        3,
        _crossed,
        (("crossed(x, 1, 0)", 1.0), ("crossed(x, 3, 0)", 0.0)),
    ),
    Function(
        "in_service",
        "in_service(decision, life)",
        "How many of the purchases made so far are younger than `life`.",
        2,
        2,
        _in_service,
        (("in_service(u, 20)", 3.0), ("in_service(u, 8)", 0.0)),
        "static",
    ),
    Function(
        "at_start",
        "at_start(decision)",
        "The decision's value per time in its period's first step, else 0: the integral is the sum over periods.",
        1,
        1,
        _at_start,
        (("integral(at_start(u))", 3.0),),
        "static",
    ),
    Function(
        "opening",
        "opening(stock)",
        "The stock at the start of the step, whatever happens to it within the step: what can be spent now.",
        1,
        1,
        _same,
        (("opening(s)", 20.0),),
        "static",
    ),
    Function("time_step", "time_step()", "The length of a step.", 0, 0, _time_step, (("time_step()", 1.0),)),
    Function(
        "noise",
        "noise(sd)",
        "Normal with mean 0 and this standard deviation (1 if left out), drawn anew in each step.",
        0,
        1,
        _noise,
        (("0*noise(x)", 0.0),),
        "static",
    ),
    Function(
        "noise_uniform",
        "noise_uniform(low, high)",
        "Uniform between low and high, drawn anew in each step.",
        2,
        2,
        _noise,
        (("noise_uniform(x, 2)", 2.0),),
        "static",
    ),
)

FUNCTIONS: Mapping[str, Function] = {each.name: each for each in _ALL}

WORKSHOP: Mapping[str, str] = {
    "throughput": "throughput(may, effort, capacity, chores, limit)",
    "allotment": "allotment(may, effort, capacity, chores, limit, score, output)",
}
"""The two functions of the enterprise's own: the greatest output, and the hours behind it (see `workshop`)."""

OPERATORS: Mapping[str, str] = {
    "+": "add",
    "-": "sub",
    "*": "mul",
    "/": "div",
    "^": "pow",
    "neg": "neg",
    "<": "lt",
    "<=": "le",
    ">": "gt",
    ">=": "ge",
    "==": "eq",
    "!=": "ne",
    "and": "and",
    "or": "or",
    "not": "not",
    "if": "if",
}
"""Operators as they are written, and their names in the equation system."""

COMPARISONS = frozenset({"<", "<=", ">", ">=", "==", "!="})
