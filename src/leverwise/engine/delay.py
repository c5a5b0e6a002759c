"""Fixed delays: a ring of past inputs per delay, read at any stage of a step, linear between the starts of steps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from jax import lax

from leverwise.engine.ops import Ops, Rows, spread

SLACK = 1e-9
"""Lags this near to a whole number of steps count as whole."""


def places(lag: float) -> int:
    """Past inputs that must be kept for a lag of so many steps."""
    return max(1, int(np.ceil(lag - SLACK)))


def written(ring: Rows, value: Rows, step: Rows) -> Rows:
    """The ring with the input at the start of this step in place of the oldest."""
    return lax.dynamic_update_index_in_dim(ring, value, lax.rem(step, np.int32(len(ring))), 0)


@dataclass(frozen=True)
class Delay:
    """A delay as one stage of a step sees it; call it with the input of now."""

    ops: Ops
    ring: Rows
    step: Rows
    fraction: float
    """Where the stage lies within the step, 0 to 1."""
    lag: float
    """In steps."""
    start: float
    """What comes out before the first input has arrived."""
    at_start: Callable[[], Rows] | None
    """The input at the start of this step; None at the first stage, where it is the input of now."""

    def __call__(self, now: Rows) -> Rows:
        """The input `lag` steps ago."""
        where = self.fraction - self.lag
        back = -int(np.floor(where + SLACK))
        part = min(max(where + back, 0.0), 1.0)
        part = 0.0 if part < SLACK else part
        if back < 0 or (back == 0 and 0 < self.fraction == part):
            return now
        value = spread(self._stored(back, now), self.ring.shape[1:])
        if part:
            after = spread(self._stored(back - 1, now) if back else now, self.ring.shape[1:])
            weight = part if back else part / self.fraction
            value = lax.add(value, lax.mul(lax.sub(after, value), self.ops.number(weight)))
        return self.ops.where(lax.lt(self.step, np.int32(back)), self.ops.number(self.start), value)

    def _stored(self, ago: int, now: Rows) -> Rows:
        """The input at the start of the step `ago` steps before this one."""
        if ago == 0:
            return now if self.at_start is None else self.at_start()
        size = len(self.ring)
        slot = lax.rem(lax.add(lax.sub(self.step, np.int32(ago)), np.int32(ago * size)), np.int32(size))
        return lax.dynamic_index_in_dim(self.ring, slot, 0, keepdims=False)
