"""Functions with a pole, and derivatives that are always finite.

A branch that is not taken (`if x > 0 then sqrt(x) else 0`) would poison a gradient with 0 * inf. So the derivative of a
division by zero is zero, and nearer to a pole than `NEAR` a derivative is the one at the distance `NEAR`: large and of
the right sign, so that a search that starts at sqrt(0) is pushed off it. The values are those of the plain functions.
The rules are written out because they are several times smaller than what differentiating guarded code would give.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import jax
import numpy as np
from jax import lax
from jax.custom_derivatives import SymbolicZero

from leverwise.engine import logarithm

NEAR = 1e-8

Function = Callable[..., Any]


def plain_log(x: Any) -> Any:
    """ln(x) in either precision."""
    return fence(logarithm.log(x)) if x.dtype == np.float64 else lax.log(x)


def short_log(x: Any) -> Any:
    """ln(x) by XLA's own logarithm: far fewer operations to compile, and in programs compiled quickly as fast."""
    return fence(lax.log(x))


def fence(x: Any) -> Any:
    """The same rows, computed by one loop of their own, once, however many others read them.

    Between fences XLA fuses what it likes; across them nothing (see `programs`). Logarithms are fenced since a loop
    with more in it than one of them may not be vectorised at all, and takes five times as long.
    """
    barrier: Any = lax.optimization_barrier
    return barrier(x) if np.ndim(x) else x


def plain_power(x: Any, y: Any) -> Any:
    """X to the power y by way of the logarithm; negative bases take whole exponents only."""
    return _power(x, y, plain_log(lax.abs(x)))


def short_power(x: Any, y: Any) -> Any:
    """The same by way of XLA's own logarithm."""
    return _power(x, y, short_log(lax.abs(x)))


def _power(x: Any, y: Any, log: Any) -> Any:
    """X to the power y, of the logarithm of |x|."""
    zero, one, half = (x.dtype.type(number) for number in (0, 1, 0.5))
    size = lax.exp(lax.mul(y, log))
    whole = lax.eq(lax.floor(y), y)
    odd = lax.ne(lax.floor(lax.mul(y, half)), lax.mul(y, half))
    negative = lax.select(odd, lax.neg(size), size)
    negative = lax.select(whole, negative, lax.full_like(x, np.nan))
    result = lax.select(lax.lt(x, zero), negative, size)
    return lax.select(lax.eq(y, zero), lax.full_like(x, one), result)


def _slope_of_log(x: Any, value: Any) -> Any:
    del value
    return lax.div(x.dtype.type(1), lax.max(x, x.dtype.type(NEAR)))


def _slope_of_root(x: Any, value: Any) -> Any:
    del value
    return lax.div(x.dtype.type(0.5), lax.sqrt(lax.max(x, x.dtype.type(NEAR))))


def _slope_of_arcsine(x: Any, value: Any) -> Any:
    del value
    square = lax.mul(lax.sub(x.dtype.type(1), x), lax.add(x.dtype.type(1), x))
    return lax.div(x.dtype.type(1), lax.sqrt(lax.max(square, x.dtype.type(NEAR))))


def _slope_of_arccosine(x: Any, value: Any) -> Any:
    return lax.neg(_slope_of_arcsine(x, value))


_RULES: dict[str, tuple[Function, Function]] = {
    "ln": (plain_log, _slope_of_log),
    "sqrt": (lax.sqrt, _slope_of_root),
    "asin": (lax.asin, _slope_of_arcsine),
    "acos": (lax.acos, _slope_of_arccosine),
}
"""Functions of one number, and their slopes from the number and the value."""
_PICKS: dict[str, tuple[Function, Function]] = {"min": (lax.min, lax.le), "max": (lax.max, lax.ge)}
"""What picks one of two, and when it is the first."""

_PLAIN: dict[str, Function] = (
    {"div": lax.div, "pow": plain_power}
    | {name: function for name, (function, _) in _RULES.items()}
    | {name: function for name, (function, _) in _PICKS.items()}
)
_SHORT: dict[str, Function] = _PLAIN | {"ln": short_log, "pow": short_power}


def plain(name: str, *, quick: bool = False) -> Function:
    """The function without a guard, for programs that are not differentiated; quick: that compile quickly."""
    return (_SHORT if quick else _PLAIN)[name]


@lru_cache(maxsize=16)
def guarded(name: str) -> Function:
    """The function with its guarded derivative. Arguments are arrays of one shape."""
    if name in _PICKS:
        return _picking(*_PICKS[name])
    if name == "div":
        return _dividing()
    if name == "pow":
        return _powering()
    function, slopes = _RULES[name]

    def rule(primals: tuple[Any], tangents: tuple[Any]) -> tuple[Any, Any]:
        value = function(*primals)
        if isinstance(tangents[0], SymbolicZero):
            return value, lax.full_like(value, 0)
        return value, lax.mul(tangents[0], slopes(*primals, value))

    wrapped = jax.custom_jvp(function)
    wrapped.defjvp(rule, symbolic_zeros=True)
    return wrapped


def _picking(function: Function, first: Function) -> Function:
    """Minimum or maximum, with the derivative of the one picked: at a tie the one that can change, or the first.

    JAX's own halves it at a tie, with three times the operations.
    """

    def rule(primals: tuple[Any, ...], tangents: tuple[Any, ...]) -> tuple[Any, Any]:
        (x, y), (of_x, of_y) = primals, tangents
        zero = lax.full_like(x, 0)
        if isinstance(of_x, SymbolicZero):
            slope = zero if isinstance(of_y, SymbolicZero) else lax.select(first(y, x), of_y, zero)
        else:
            slope = lax.select(first(x, y), of_x, zero if isinstance(of_y, SymbolicZero) else of_y)
        return function(x, y), slope

    wrapped = jax.custom_jvp(function)
    wrapped.defjvp(rule, symbolic_zeros=True)
    return wrapped


def _dividing() -> Function:
    """The quotient; nearer to zero than `NEAR` its slopes are those at that distance, and at zero they are zero."""

    def rule(primals: tuple[Any, ...], tangents: tuple[Any, ...]) -> tuple[Any, Any]:
        (a, b), (of_a, of_b) = primals, tangents
        value = lax.div(a, b)
        inverse = lax.div(lax.sign(b), lax.max(lax.abs(b), lax.full_like(b, NEAR)))
        parts = [] if isinstance(of_a, SymbolicZero) else [lax.mul(of_a, inverse)]
        if not isinstance(of_b, SymbolicZero):
            parts.append(lax.mul(of_b, lax.neg(lax.mul(lax.mul(a, inverse), inverse))))
        if not parts:
            return value, lax.full_like(value, 0)
        return value, parts[0] if len(parts) == 1 else lax.add(*parts)

    wrapped = jax.custom_jvp(lax.div)
    wrapped.defjvp(rule, symbolic_zeros=True)
    return wrapped


def _powering() -> Function:
    """The power, with one logarithm for the value and the derivatives."""

    def rule(primals: tuple[Any, ...], tangents: tuple[Any, ...]) -> tuple[Any, Any]:
        (x, y), (of_x, of_y) = primals, tangents
        log = plain_log(lax.abs(x))
        value = _power(x, y, log)
        near, zero = x.dtype.type(NEAR), lax.full_like(x, 0)
        parts = []
        if not isinstance(of_x, SymbolicZero):
            low = lax.lt(lax.abs(x), lax.full_like(x, near))
            at_near = lax.exp(lax.mul(y, lax.full_like(x, np.log(NEAR))))
            base = lax.select(low, lax.full_like(x, near), x)
            parts.append(lax.mul(of_x, lax.mul(y, lax.div(lax.select(low, at_near, value), base))))
        if not isinstance(of_y, SymbolicZero):
            slope = lax.select(lax.le(x, lax.full_like(x, near)), zero, lax.mul(value, log))
            parts.append(lax.mul(of_y, slope))
        if not parts:
            return value, zero
        return value, parts[0] if len(parts) == 1 else lax.add(*parts)

    wrapped = jax.custom_jvp(plain_power)
    wrapped.defjvp(rule, symbolic_zeros=True)
    return wrapped
