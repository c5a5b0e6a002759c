"""Evaluates an expression on the host, for constants such as bounds and times. Never Python's `eval`."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

from leverwise.lang.system import Call, Expression, Name, Number


def _power(base: float, exponent: float) -> float:
    if base < 0 and not exponent.is_integer():
        return math.nan
    return float(base**exponent)


def _logistic(x: float) -> float:
    return 1 / (1 + math.exp(-x)) if x >= 0 else math.exp(x) / (1 + math.exp(x))


PURE: Mapping[str, Callable[..., float]] = {
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "div": lambda a, b: a / b,
    "pow": _power,
    "neg": lambda a: -a,
    "lt": lambda a, b: float(a < b),
    "le": lambda a, b: float(a <= b),
    "gt": lambda a, b: float(a > b),
    "ge": lambda a, b: float(a >= b),
    "eq": lambda a, b: float(a == b),
    "ne": lambda a, b: float(a != b),
    "and": lambda a, b: float(a != 0 and b != 0),
    "or": lambda a, b: float(a != 0 or b != 0),
    "not": lambda a: float(a == 0),
    "min": min,
    "max": max,
    "abs": abs,
    "exp": math.exp,
    "ln": math.log,
    "log10": math.log10,
    "sqrt": math.sqrt,
    "floor": lambda a: float(math.floor(a)),
    "mod": lambda a, b: a - b * math.floor(a / b),
    "sin": math.sin,
    "cos": math.cos,
    "tan": math.tan,
    "asin": math.asin,
    "acos": math.acos,
    "atan": math.atan,
    "logistic": _logistic,
    "erf": math.erf,
}
"""Functions whose value depends on their arguments alone."""


class NotConstantError(Exception):
    """The expression depends on something that is not known; `name` says on what."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


def evaluate(expression: Expression, known: Mapping[str, float] | None = None) -> float:
    """The number that an expression of numbers and `known` names stands for; NaN where it has none.

    Raises `NotConstantError` if it depends on anything else.
    """
    if isinstance(expression, Number):
        return expression.value
    if isinstance(expression, Name):
        if known is None or expression.name not in known:
            raise NotConstantError(expression.name)
        return known[expression.name]
    return apply(expression, [evaluate(argument, known) for argument in expression.arguments])


def apply(call: Call, arguments: list[float]) -> float:
    """The value of a call whose arguments are known. Raises `NotConstantError` if it needs more than them."""
    try:
        if call.function == "if":
            return arguments[1] if arguments[0] != 0 else arguments[2]
        if call.function == "interpolate":
            return _interpolate(arguments[0], call.static[0], call.static[1])  # type: ignore[arg-type]
        if call.function not in PURE:
            raise NotConstantError(call.function)
        return float(PURE[call.function](*arguments))
    except (ValueError, ZeroDivisionError, OverflowError):
        return math.nan


def _interpolate(x: float, xs: tuple[float, ...], ys: tuple[float, ...]) -> float:
    if x <= xs[0]:
        return ys[0]
    for left, right, low, high in zip(xs, xs[1:], ys, ys[1:], strict=False):
        if x <= right:
            return low + (high - low) * (x - left) / (right - left)
    return ys[-1]
