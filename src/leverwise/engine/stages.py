"""The stages of one step as a loop, so that the equations are compiled once, whatever the method.

Written out stage by stage, a program holds the equations two times with Heun and four times with RK4, and takes as much
longer to compile. Only fixed delays, which read their past differently at each stage, need that. For gradients, stocks
and slopes are kept at each stage, and everything else is computed again on the way back.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import jax
import numpy as np
from jax import lax

from leverwise.engine.ops import Ops, Rows, rows_of, spread, stacked

Values = Mapping[str, Rows]
Equations = Callable[[Sequence[Rows], Rows], tuple[Sequence[Rows], Sequence[Rows]]]
"""From the moving stocks and the fraction of the step to their slopes and to what is wanted of the first stage."""


def looped(
    ops: Ops,
    equations: Equations,
    begin: Sequence[Rows],
    move: Callable[[Sequence[Rows], Sequence[Rows], Rows], Sequence[Rows]],
    fractions: Sequence[float],
    weights: Sequence[float],
    rows: int,
) -> tuple[list[Rows], list[Rows]]:
    """Weighted slopes of the stocks over all stages, and what the equations gave at the first.

    begin are the stocks at the start of the step; move(begin, slopes, fraction) takes them to a later stage.
    """
    zero = lax.full((rows,), 0, ops.dtype)

    def stage(carry: Any, now: Any) -> tuple[Any, Any]:
        slopes, sums = carry
        fraction, weight = now
        later = lax.gt(fraction, ops.number(0))
        moved = move(begin, slopes, fraction)
        place = [lax.select(lax.broadcast(later, (rows,)), m, b) for m, b in zip(moved, begin, strict=True)]
        found, first = equations(place, fraction)
        found = [spread(slope, (rows,)) for slope in found]
        sums = [lax.add(total, lax.mul(slope, weight)) for total, slope in zip(sums, found, strict=True)]
        return (found, sums), stacked([spread(ops.real(value), (rows,)) for value in first], rows, ops.dtype)

    zeros = [zero for _ in begin]
    times = (np.asarray(fractions, ops.dtype), np.asarray(weights, ops.dtype))
    if ops.guarded:
        stage = jax.checkpoint(stage)
    (_, sums), all_first = lax.scan(stage, (zeros, zeros), times)
    return sums, rows_of(lax.index_in_dim(all_first, 0, 0, keepdims=False))
