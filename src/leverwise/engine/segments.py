"""All steps one after the other; for gradients over long horizons in segments, so that memory stays bounded.

The way back through a loop needs what every step began with. In segments only what each segment began with is kept, and
each is gone through once more on the way back: with segments as long as there are of them, memory grows with the root
of the horizon, for one run more (Griewank & Walther 2000). What does not change within a segment has one row for it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import jax
from jax import lax


def in_segments(
    body: Callable[[Any, dict[str, Any]], tuple[Any, Any]],
    carry: Any,
    steps: Mapping[str, Any],
    slow: Mapping[str, Any],
    segment: int,
) -> tuple[Any, Any]:
    """The last carry, and what `body(carry, x)` gives of each step, first axis time.

    `steps` has a row for each step, `slow` one for each `segment` of them; `body` is given both in one.
    """
    if segment == 1:
        return lax.scan(body, carry, {**steps, **slow})
    count = next(iter(steps.values())).shape[0] // segment
    apart = {name: lax.reshape(path, (count, segment, *path.shape[1:])) for name, path in steps.items()}

    def through(carry: Any, now: tuple[dict[str, Any], dict[str, Any]]) -> tuple[Any, Any]:
        fast, same = now
        return lax.scan(lambda carry, x: body(carry, x | same), carry, fast)

    kept_at_start: Any = jax.checkpoint(through)  # type: ignore[no-untyped-call, unused-ignore]
    carry, found = lax.scan(kept_at_start, carry, (apart, dict(slow)))
    return carry, jax.tree.map(lambda rows: lax.collapse(rows, 0, 2), found)
