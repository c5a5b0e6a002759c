"""How much more money at the start a plan would need, so that money suffices as surely as asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from leverwise.ask.charts import Array
from leverwise.ask.planning.lumps import CASH_MARGIN, Enriched
from leverwise.ask.planning.prices import CASH

if TYPE_CHECKING:
    from leverwise.ask.planning.merit import Merit
    from leverwise.lang.system import Aim

DOUBLINGS = 20
CLOSE = 1.05
"""The sum is narrowed down to this ratio, and told with two digits, rounded up."""


def needed_at_start(aim: Aim, check: Merit, plan: Array, margin: float) -> float | None:
    """The sum (base units) with which a plan (K,) has enough money in the share of samples that is asked for.

    `margin` is what is short at the tightest moment, per base time: at least that for one step. What was left unpaid
    earlier comes on top, so that sums are tried: doubled until one suffices, then halved in between. None where the
    model has no such cash, or where no sum suffices.
    """
    from leverwise.ask.planning.merit import Merit

    engine = check.engine
    if CASH not in engine.resources or CASH_MARGIN not in check.margin_names:
        return None
    place = check.margin_names.index(CASH_MARGIN)

    def suffices(amount: float) -> bool:
        kept = Merit(Enriched(engine, amount), aim, check.draws).outcome(plan[None]).kept[0, place]
        return bool(kept >= aim.confidence - 1e-12)

    low, high = 0.0, max(1.0, margin * engine.system.clock.step)
    for _ in range(DOUBLINGS):
        if suffices(high):
            break
        low, high = high, 2 * high
    else:
        return None
    while low > 0 and high > CLOSE * low:
        middle = float(np.sqrt(low * high))
        low, high = (low, middle) if suffices(middle) else (middle, high)
    digit = 10.0 ** (np.floor(np.log10(high)) - 1)
    return float(np.ceil(high / digit - 1e-9) * digit)
