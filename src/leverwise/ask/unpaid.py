"""What must be paid and is not, where there is no money: it is left unpaid, and no number of an answer counts it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from leverwise.ask.charts import Array
from leverwise.ask.words import percent
from leverwise.lang.system import System

PAID = "paid_share"
"""The share of the costs that come first which can be paid, over time; 1 where money suffices."""
MATERIAL = 0.005
"""A smaller share, on average over time, is not worth telling."""


def watched(system: System) -> tuple[str, ...]:
    """What must be followed to tell it: nothing where money is not that of an enterprise."""
    return tuple(each.name for each in system.auxiliaries if each.name == PAID and each.origin.mechanism)


def unpaid(system: System, means: Mapping[str, Array]) -> list[str]:
    """How much of the running costs goes unpaid within the horizon, if any does; `means` over the samples (T+1,)."""
    if PAID not in means:
        return []
    share = 1 - float(np.mean(np.asarray(means[PAID])[: system.clock.steps]))
    if not share >= MATERIAL:
        return []
    return [
        f"{percent(share)} of what must be paid month by month (overhead, wages, rent, interest) goes unpaid on "
        "average, since there is no money for it: that counts as no cost here and has no consequence but that people "
        "leave, so that impact and `net_income` look better than they would be."
    ]
