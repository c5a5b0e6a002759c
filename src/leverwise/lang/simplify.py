"""Builds calls, leaving out what changes nothing: `x*1`, `x + 0`, and arithmetic of plain numbers.

`0*x` stays, because it is not 0 where x is infinite or not a number.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from leverwise.lang.evaluate import PURE, apply
from leverwise.lang.system import Call, Expression, Number

ZERO = Number(0.0)
ONE = Number(1.0)


def call(function: str, *arguments: Expression) -> Expression:
    """The operator or function applied to the arguments, simplified."""
    made = Call(function, arguments)
    numbers = [argument.value for argument in arguments if isinstance(argument, Number)]
    if len(numbers) == len(arguments) and function in PURE:
        value = apply(made, numbers)
        return Number(value) if math.isfinite(value) else made
    if not numbers:
        return made
    if function == "if" and isinstance(arguments[0], Number):
        return arguments[1] if arguments[0].value != 0 else arguments[2]
    if len(arguments) != 2:
        return made
    first, second = arguments
    if function in ("add", "sub") and second == ZERO:
        return first
    if function == "add" and first == ZERO:
        return second
    if function in ("mul", "div", "pow") and second == ONE:
        return first
    if function == "mul" and first == ONE:
        return second
    return made


def balanced(function: str, parts: Sequence[Expression]) -> Expression:
    """`add` or `mul` over many parts, as a tree of logarithmic depth."""
    level = list(parts)
    while len(level) > 1:
        paired = [call(function, a, b) for a, b in zip(level[::2], level[1::2], strict=False)]
        level = paired + (level[-1:] if len(level) % 2 else [])
    return level[0]
