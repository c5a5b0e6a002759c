"""Elementwise arithmetic on rows: what each operator and function of a `Call` computes.

Arrays are vectors over rows, or scalars where a thing is the same for every row. `lax` primitives are
used rather than `jax.numpy` because they trace several times faster. Comparisons give booleans, which
become 0 and 1 as soon as arithmetic needs them.

With `guarded=True` the same values come with derivatives that are always finite (see `guards`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial, reduce
from typing import Any

import jax
import numpy as np
from jax import lax

from leverwise.engine import guards

Rows = Any
"""A jax array (or numpy scalar) of shape (n,) or ()."""

LONG_TABLE = 16
"""Tables with more points than this are read by index, shorter ones by a chain of comparisons."""
LARGEST_INTEGER_POWER = 64


class Ops:
    """The functions of the language for one precision; see the module's text for `guarded`, `guards` for `quick`."""

    def __init__(
        self, dtype: Any, *, guarded: bool = False, quick: bool = False, offset: float = 0.5, step: float = 1.0
    ) -> None:
        self.dtype = np.dtype(dtype)
        self.guarded = guarded
        self.offset = offset
        self.step = step
        self.poled: Callable[[str], Callable[..., Rows]] = (
            guards.guarded if guarded else partial(guards.plain, quick=quick)
        )
        self.table: dict[str, Callable[..., Rows]] = {
            "add": lax.add,
            "sub": lax.sub,
            "mul": lax.mul,
            "div": self.div,
            "neg": lax.neg,
            "abs": lax.abs,
            "exp": lax.exp,
            "ln": self.ln,
            "log10": lambda x: lax.mul(self.ln(x), self.number(1 / np.log(10.0))),
            "sqrt": self.sqrt,
            "floor": lax.floor,
            "mod": self.mod,
            "sin": lax.sin,
            "cos": lax.cos,
            "tan": lax.tan,
            "asin": lambda x: self.poled("asin")(x),
            "acos": lambda x: self.poled("acos")(x),
            "atan": self.atan,
            "logistic": lax.logistic,
            "erf": lax.erf,
            "min": lambda *xs: reduce(self.least, xs),
            "max": lambda *xs: reduce(self.most, xs),
            "crossed": self.crossed,
        }
        self.logic: dict[str, Callable[..., Rows]] = {
            "lt": lax.lt,
            "le": lax.le,
            "gt": lax.gt,
            "ge": lax.ge,
            "eq": lax.eq,
            "ne": lax.ne,
        }

    def number(self, value: float) -> Any:
        """A scalar of this precision."""
        return self.dtype.type(value)

    def real(self, x: Rows) -> Rows:
        """Booleans as 0 and 1; numbers as they are."""
        return lax.convert_element_type(x, self.dtype) if x.dtype == np.bool_ else x

    def truth(self, x: Rows) -> Rows:
        """Numbers as booleans (anything but 0 is true)."""
        return x if x.dtype == np.bool_ else lax.ne(x, self.number(0))

    def where(self, condition: Rows, yes: Rows, no: Rows) -> Rows:
        """`yes` where the condition holds, else `no`; scalars are spread over the rows."""
        yes, no = self.real(yes), self.real(no)
        shape = np.broadcast_shapes(np.shape(condition), np.shape(yes), np.shape(no))
        return lax.select(spread(condition, shape), spread(yes, shape), spread(no, shape))

    def div(self, a: Rows, b: Rows) -> Rows:
        """Quotient, with the IEEE result where b is 0."""
        if isinstance(b, np.floating) and b != 0:
            return lax.div(a, b)
        return self._both("div", a, b)

    def least(self, x: Rows, y: Rows) -> Rows:
        """The smaller of two."""
        return self._both("min", x, y)

    def most(self, x: Rows, y: Rows) -> Rows:
        """The larger of two."""
        return self._both("max", x, y)

    def _both(self, name: str, x: Rows, y: Rows) -> Rows:
        shape = np.broadcast_shapes(np.shape(x), np.shape(y))
        return self.poled(name)(spread(x, shape), spread(y, shape))

    def ln(self, x: Rows) -> Rows:
        """Natural logarithm; minus infinity at 0."""
        return self.poled("ln")(x)

    def sqrt(self, x: Rows) -> Rows:
        """Square root."""
        return self.poled("sqrt")(x)

    def pow(self, x: Rows, y: Rows) -> Rows:
        """Power, x to the y, to about |y ln x| units in the last place."""
        if isinstance(y, np.floating):
            exponent = float(y)
            if exponent.is_integer() and abs(exponent) <= LARGEST_INTEGER_POWER:
                power = lax.integer_pow(x, abs(int(exponent)))
                return power if exponent >= 0 else self.div(self.number(1), power)
            if exponent == 0.5:
                return self.sqrt(x)
        return self._both("pow", x, y)

    def atan(self, x: Rows) -> Rows:
        """Arc tangent, by way of the arc sine: XLA's own is wrong on wide vectors (jaxlib 0.10.2, see `programs`)."""
        one = self.number(1)
        beyond = lax.gt(lax.abs(x), one)
        near = self.where(beyond, lax.div(one, self.where(beyond, x, one)), x)
        angle = lax.asin(lax.div(near, lax.sqrt(lax.add(one, lax.mul(near, near)))))
        quarter = lax.mul(lax.sign(x), self.number(np.pi / 2))
        return self.where(beyond, lax.sub(quarter, angle), angle)

    def mod(self, x: Rows, y: Rows) -> Rows:
        """Remainder with the sign of y."""
        shape = np.broadcast_shapes(np.shape(x), np.shape(y))
        x, y = spread(x, shape), spread(y, shape)
        rest = lax.rem(x, y)
        zero = self.number(0)
        wrong = lax.bitwise_and(lax.ne(rest, zero), lax.ne(lax.lt(rest, zero), lax.lt(y, zero)))
        return self.where(wrong, lax.add(rest, y), rest)

    def crossed(self, x: Rows, threshold: Rows, rate: Rows) -> Rows:
        """0 before x passes the threshold, 1 after, and in between the fraction of a step since.

        With Euler the fraction belongs to the step that starts here. With Heun and RK4 the ramp, one step
        wide, is centred at the crossing: then the trapezoid sum over the steps is exact.
        """
        zero, one = self.number(0), self.number(1)
        move = lax.mul(rate, self.number(self.step))
        moving = lax.gt(move, zero)
        past = lax.sub(x, threshold)
        shape = np.broadcast_shapes(np.shape(past), np.shape(move))
        ratio = lax.div(past, self.where(moving, move, one))
        part = lax.clamp(zero, lax.add(ratio, self.number(self.offset)), one)
        return self.where(spread(moving, shape), part, self.real(lax.ge(past, zero)))

    def interpolate(self, x: Rows, xs: tuple[float, ...], ys: tuple[float, ...]) -> Rows:
        """Linear between the points (xs rising), flat outside them."""
        slopes = [(b - a) / (v - u) if v > u else 0.0 for u, v, a, b in zip(xs, xs[1:], ys, ys[1:], strict=False)]
        slopes.append(0.0)
        if len(xs) <= LONG_TABLE:
            result = lax.full_like(x, ys[0])
            for point, value, slope in zip(xs, ys, slopes, strict=True):
                line = lax.add(lax.mul(lax.sub(x, self.number(point)), self.number(slope)), self.number(value))
                result = self.where(lax.ge(x, self.number(point)), line, result)
            return result
        import jax.numpy as jnp

        place = jnp.searchsorted(np.asarray(xs, self.dtype), x, side="right")
        base = np.asarray((xs[0], *xs), self.dtype)
        start = np.asarray((ys[0], *ys), self.dtype)
        rise = np.asarray((0.0, *slopes), self.dtype)
        return jnp.asarray(start)[place] + jnp.asarray(rise)[place] * (x - jnp.asarray(base)[place])


def spread(x: Rows, shape: tuple[int, ...]) -> Rows:
    """A scalar repeated to `shape`; anything else as it is."""
    return x if np.shape(x) == shape else lax.broadcast_in_dim(x, shape, ())


def rows_of(table: Any) -> list[Rows]:
    """The rows of a table, or the numbers of a list."""
    if not table.shape[0]:
        return []
    return [lax.squeeze(row, (0,)) for row in lax.split(table, (1,) * table.shape[0])]


def row_of(table: Any, row: int) -> Rows:
    """One row of a table, the first axis dropped."""
    return lax.index_in_dim(table, row, 0, keepdims=False)


def stacked(parts: Sequence[Rows], rows: int, dtype: Any) -> Rows:
    """Rows as one table, (k, n)."""
    if not parts:
        return np.zeros((0, rows), dtype)
    return lax.concatenate([lax.broadcast_in_dim(part, (1, rows), (1,)) for part in parts], 0)


def uniform(keys: Rows, index: Rows, step: Rows, dtype: Any) -> Rows:
    """Fresh numbers in (0, 1) for each key and row: threefry of (sample number, step).

    keys (J, 2) and index (n,) are uint32, step a uint32 scalar; the result is (J, n). Source: Salmon et
    al. (2011), "Parallel random numbers: as easy as 1, 2, 3".
    """
    shape = (keys.shape[0], index.shape[0])
    counter = lax.broadcast_in_dim(index, shape, (1,))
    when = lax.broadcast_in_dim(step, shape, ())
    first = lax.broadcast_in_dim(lax.index_in_dim(keys, 0, 1, keepdims=False), shape, (0,))
    second = lax.broadcast_in_dim(lax.index_in_dim(keys, 1, 1, keepdims=False), shape, (0,))
    high, low = threefry(first, second, counter, when)
    if np.dtype(dtype) == np.float64:
        word = lax.bitwise_or(
            lax.shift_left(lax.convert_element_type(high, np.uint64), np.uint64(32)),
            lax.convert_element_type(low, np.uint64),
        )
        bits = lax.shift_right_logical(word, np.uint64(12))
        return lax.mul(lax.add(lax.convert_element_type(bits, np.float64), np.float64(0.5)), np.float64(2.0**-52))
    bits = lax.shift_right_logical(high, np.uint32(9))
    return lax.mul(lax.add(lax.convert_element_type(bits, np.float32), np.float32(0.5)), np.float32(2.0**-23))


def threefry(key0: Rows, key1: Rows, x0: Rows, x1: Rows) -> tuple[jax.Array, jax.Array]:
    """Threefry 2x32 with 20 rounds, elementwise on uint32 arrays of one shape."""
    key2 = lax.bitwise_xor(lax.bitwise_xor(key0, key1), np.uint32(0x1BD11BDA))
    keys = (key0, key1, key2)
    x0, x1 = lax.add(x0, key0), lax.add(x1, key1)
    for block in range(5):
        for turn in ((13, 15, 26, 6), (17, 29, 16, 24))[block % 2]:
            x0 = lax.add(x0, x1)
            left = lax.shift_left(x1, np.uint32(turn))
            x1 = lax.bitwise_xor(lax.bitwise_or(left, lax.shift_right_logical(x1, np.uint32(32 - turn))), x0)
        x0 = lax.add(x0, keys[(block + 1) % 3])
        x1 = lax.add(lax.add(x1, keys[(block + 2) % 3]), np.uint32(block + 1))
    return x0, x1
