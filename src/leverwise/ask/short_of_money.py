"""How much more money at the start a plan would need, so that money suffices as surely as asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from leverwise.ask.caveats import tolerance
from leverwise.ask.charts import Array
from leverwise.ask.planning.lumps import CASH_MARGIN
from leverwise.ask.planning.prices import CASH

if TYPE_CHECKING:
    from leverwise.ask.planning.merit import Merit
    from leverwise.lang.system import Aim

SAMPLES = 512
"""Most samples on which sums are tried."""
AT_ONCE = 8
"""Sums tried in one run, side by side."""
DOUBLINGS = 24
CLOSER = 2
"""How often the gap between a sum that suffices and one that does not is divided."""


def needed_at_start(aim: Aim, check: Merit, plan: Array, margin: float) -> float | None:
    """The sum (base units) with which a plan (K,) has enough money in the share of samples that is asked for.

    `margin` is what is short at the tightest moment, per base time: at least that for one step. What was left unpaid
    earlier comes on top, so that sums are tried: doubled until one suffices, then ever closer. It is rounded up to two
    digits. None where the model has no such cash, or where no sum suffices.
    """
    engine = check.engine
    if CASH not in engine.resources or CASH_MARGIN not in check.margin_names:
        return None
    row, cash = list(engine.measure_names).index(CASH_MARGIN), list(engine.resources).index(CASH)
    count = min(check.draws.count, SAMPLES)
    draws, index = check.draws.values[:, :count], np.asarray(check.draws.index)[:count]

    def suffice(amounts: Array) -> Array:
        """Which of these sums (A,) do."""
        nudges = np.zeros((len(engine.resources), engine.periods, len(amounts) * count))
        nudges[cash, 0] = np.repeat(amounts, count)
        many = np.tile(draws, (1, len(amounts))), np.tile(index, len(amounts))
        margins = np.asarray(engine.measures(*many, plan, nudges=nudges, seed=check.draws.seed))[row]
        kept = np.mean(margins.reshape(len(amounts), count) >= -tolerance(margins), axis=1)
        return np.asarray(kept >= aim.confidence - 1e-12)

    low, high = 0.0, max(1.0, margin * engine.system.clock.step)
    for _ in range(DOUBLINGS // AT_ONCE):
        tried = high * 2.0 ** np.arange(AT_ONCE)
        if (enough := suffice(tried)).any():
            break
        low, high = float(tried[-1]), 2 * float(tried[-1])
    else:
        return None
    for turn in range(1 + CLOSER):
        if turn:
            tried = np.geomspace(low, high, AT_ONCE + 2)[1:-1]
            enough = suffice(tried)
        first = int(np.argmax(enough)) if enough.any() else len(tried)
        low = float(tried[first - 1]) if first else low
        high = float(tried[first]) if first < len(tried) else high
        if low <= 0:
            break  # the least that can be short suffices
    digit = 10.0 ** (np.floor(np.log10(high)) - 1)
    return float(np.ceil(high / digit - 1e-9) * digit)
