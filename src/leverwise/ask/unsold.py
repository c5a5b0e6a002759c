"""How much of what is made finds no buyer, in a model in which a deal uses up a unit of work."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from leverwise.ask.charts import Array
from leverwise.ask.recording import MADE_AND_SOLD, rival
from leverwise.ask.words import percent
from leverwise.lang.system import System

MATERIAL = 0.05
"""A smaller share of what is made is not worth telling."""


def unsold(system: System, means: Mapping[str, Array]) -> tuple[str, ...]:
    """A sentence on what is made within the horizon and not sold, if it is much; `means` over the samples (T+1,)."""
    if not rival(system) or any(name not in means for name in MADE_AND_SOLD):
        return ()
    made, sold = (float(np.mean(np.asarray(means[name])[: system.clock.steps + 1])) for name in MADE_AND_SOLD)
    if not (made > 0 and 1 - sold / made >= MATERIAL):
        return ()
    lost = percent(1 - sold / made)
    return (f"{lost} of what is made finds no buyer and is lost: there, demand is the limit and not work.",)
