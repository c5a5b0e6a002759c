"""What is watched during a run, in the order of the bits that mark it. No JAX here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from leverwise.engine.layout import IMPACT, Layout


@dataclass(frozen=True)
class Check:
    """One thing that is watched, and the bit that marks it."""

    name: str
    kind: str
    """`lost` (not a number, or infinite), `low` or `high`."""
    delay: int
    """1 if a mark in step i tells of time i+1."""
    tolerance: float = 0.0


def checks(layout: Layout, dtype: Any) -> tuple[Check, ...]:
    """What is watched, in the order of bits."""
    slack = 1e-9 if np.dtype(dtype) == np.float64 else 1e-4
    found = [Check(s.name, "lost", 1) for s in layout.system.stocks] + [Check(IMPACT, "lost", 1)]
    items = [(1, s.name, s.low, s.high) for s in layout.system.stocks if s.kind == "flow"]
    items += [(0, a.name, a.low, a.high) for a in layout.system.auxiliaries if not a.constant]
    for delay, name, low, high in items:
        scale = slack * max(1.0, *(abs(x) for x in (low, high) if x is not None), 0.0)
        found += [Check(name, "low", delay, scale)] if low is not None else []
        found += [Check(name, "high", delay, scale)] if high is not None else []
    return tuple(found)
