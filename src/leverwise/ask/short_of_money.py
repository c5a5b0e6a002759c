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
"""Most sums tried that lie a factor of two apart."""
CLOSER = 2
"""How often the gap between a sum that suffices and one that does not is divided."""


def needed_at_start(aim: Aim, check: Merit, plan: Array, margin: float) -> float | None:
    """The sum (base units) with which a plan (K,) has enough money in the share of samples that is asked for.

    `margin` is what is short at the tightest moment, per base time. What was left unpaid earlier comes on top, and what
    money earns until then makes it less, so that sums are tried: that for one step doubled until it suffices, or halved
    until it does not, then ever closer. It is rounded up to two digits. None where the model has no such cash, where no
    sum suffices, or where next to nothing seems to on so few samples.
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

    low, high = 0.0, np.inf
    tried = max(1.0, margin * engine.system.clock.step) * 2.0 ** np.arange(AT_ONCE)
    for _ in range(DOUBLINGS // AT_ONCE):
        low, high = _between(low, high, tried, suffice(tried))
        if low > 0 and np.isfinite(high):
            break
        tried = high / 2.0 ** np.arange(AT_ONCE, 0, -1) if np.isfinite(high) else low * 2.0 ** np.arange(1, AT_ONCE + 1)
    else:
        return None
    for _ in range(CLOSER):
        tried = np.geomspace(low, high, AT_ONCE + 2)[1:-1]
        low, high = _between(low, high, tried, suffice(tried))
    digit = 10.0 ** (np.floor(np.log10(high)) - 1)
    return float(np.ceil(high / digit - 1e-9) * digit)


def _between(low: float, high: float, tried: Array, enough: Array) -> tuple[float, float]:
    """The nearest sums, of these and of those tried (A,), rising, that do not and that do suffice."""
    first = int(np.argmax(enough)) if enough.any() else len(tried)
    return float(tried[first - 1]) if first else low, float(tried[first]) if first < len(tried) else high
