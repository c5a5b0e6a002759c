"""The natural logarithm of double-precision rows, in a form that vectorises.

XLA's own on a CPU calls the C library number by number, which takes twice as long, and its power function is slower
still. This is the method of fdlibm (`e_log.c`, Sun Microsystems 1993): x = 2^k m with m near 1, and a polynomial in
((m - 1)/(m + 1))^2. The error is below one unit in the last place; numbers under 2^-1022 are taken for about 2^-1023.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from jax import lax

_HALF_ROOT = np.float64(np.sqrt(0.5)).view(np.int64)
_LN2_HIGH, _LN2_LOW = np.float64(6.93147180369123816490e-01), np.float64(1.90821492927058770002e-10)
_ODD = (6.666666666666735130e-01, 2.857142874366239149e-01, 1.818357216161805012e-01, 1.479819860511658591e-01)
_EVEN = (3.999999999940941908e-01, 2.222219843214978396e-01, 1.531383769920937332e-01)


def log(x: Any) -> Any:
    """ln(x) for float64; minus infinity at 0, not a number below."""
    bits = lax.bitcast_convert_type(x, np.int64)
    power = lax.shift_right_arithmetic(lax.sub(bits, _HALF_ROOT), np.int64(52))
    near_one = lax.bitcast_convert_type(lax.sub(bits, lax.shift_left(power, np.int64(52))), np.float64)
    k = lax.convert_element_type(power, np.float64)
    f = lax.sub(near_one, np.float64(1))
    s = lax.div(f, lax.add(f, np.float64(2)))
    z = lax.mul(s, s)
    w = lax.mul(z, z)
    series = lax.add(lax.mul(w, _polynomial(_EVEN, w)), lax.mul(z, _polynomial(_ODD, w)))
    half = lax.mul(lax.mul(f, f), np.float64(0.5))
    small = lax.add(lax.mul(s, lax.add(half, series)), lax.mul(k, _LN2_LOW))
    result = lax.sub(lax.mul(k, _LN2_HIGH), lax.sub(lax.sub(half, small), f))
    zero, infinity = np.float64(0), np.float64(np.inf)
    at_most_zero = lax.select(lax.eq(x, zero), lax.full_like(x, -infinity), lax.full_like(x, np.nan))
    result = lax.select(lax.gt(x, zero), result, at_most_zero)
    return lax.select(lax.eq(x, infinity), x, result)


def _polynomial(coefficients: tuple[float, ...], x: Any) -> Any:
    result: Any = np.float64(coefficients[-1])
    for coefficient in coefficients[-2::-1]:
        result = lax.add(lax.mul(x, result), np.float64(coefficient))
    return result
