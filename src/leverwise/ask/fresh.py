"""Samples that no plan was made on, and what plans come to on them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from leverwise.ask.charts import Array
from leverwise.ask.prim import Box, Flags, boxes
from leverwise.engine.sobol import SCRAMBLINGS

if TYPE_CHECKING:
    from leverwise.ask.model import Model


@dataclass(frozen=True)
class Fresh:
    """Samples that no plan was made on."""

    draws: Array
    seed: int

    @property
    def count(self) -> int:
        """How many there are."""
        return int(self.draws.shape[1])

    def measures(self, engine: Any, plan: Array) -> dict[str, Array]:
        """Every measure of a plan, per sample (n,)."""
        found = np.asarray(engine.measures(self.draws, np.arange(self.count), plan, seed=self.seed), dtype=float)
        return dict(zip(engine.measure_names, found, strict=True))

    def boxes(self, happens: Flags) -> list[Box]:
        """Where something happens, proved on other scramblings than it was sought on."""
        return boxes(self.draws, happens, np.arange(self.count) % SCRAMBLINGS >= SCRAMBLINGS // 2)


def drawn(model: Model, samples: int, seed: int) -> Fresh:
    """Samples of a seed."""
    return Fresh(np.asarray(model.engine.draws(0, samples, seed)), seed)
