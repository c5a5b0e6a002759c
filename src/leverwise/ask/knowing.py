"""What knowing inputs before choosing is worth: EVPI for all of them, EVPPI for some.

The value is that of a rule that was made without the samples it is judged by: on 15 of the 16 scramblings it is fitted
what each alternative is to be expected to make given the inputs (Strong, Oakley and Brennan 2014), and on the one left
out the alternative that the fit prefers is taken sample by sample, against the one that is best on average over all.
No rule beats knowing everything in any sample, so EVPPI is never above EVPI; choosing and judging on the same samples,
which flatters who is informed, does not happen; and the means of the 16 give the standard error.

To choose what is best without knowing in the other 15 scramblings, too, was weighed: where two alternatives tie, the
one that is better there is the worse one in the scrambling left out, in all alike, and everything seems worth knowing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from leverwise.ask.charts import Array
from leverwise.ask.prim import Flags
from leverwise.ask.scenarios import Scenario
from leverwise.ask.smoothing import Fit, fitted
from leverwise.engine.sobol import SCRAMBLINGS

FEWEST = 16 * SCRAMBLINGS
"""Samples below which nothing is told."""


@dataclass(frozen=True)
class Worth:
    """What knowing something is worth on average, and its standard error; base units of impact."""

    value: float
    error: float
    raw: float
    """Before it is held above zero, and above what parts of it are worth."""

    @property
    def sure(self) -> bool:
        """Whether it is more than chance makes of nothing."""
        return self.raw > 2 * self.error and self.value > 0


NOTHING = Worth(0.0, 0.0, 0.0)


class Choice:
    """A choice among alternatives whose impact (D, n) is known on common samples of inputs (k, n).

    Samples are interleaved from the 16 scramblings of the draws, as the engine gives them. An alternative that has one
    of the `places` can be chosen only there, and only by who knows the inputs that limit the place.
    """

    def __init__(self, impact: Array, drawn: Array, places: Sequence[Scenario | None] = ()) -> None:
        if impact.shape[1] < FEWEST:
            raise ValueError(f"at least {FEWEST} samples are needed")
        self.impact = impact
        self.folds: NDArray[np.int64] = np.arange(impact.shape[1]) % SCRAMBLINGS
        self.drawn, self.places = drawn, places or [None] * len(impact)
        self.free = np.array([place is None for place in self.places])
        """(D,) which alternatives can be chosen by who knows nothing."""
        self.best = int(np.argmax(np.where(self.free, np.mean(impact, axis=1), -np.inf)))
        """The one of these that is best on average."""
        self.beyond: Array = (impact - impact[self.best]).T
        """(n, D) what each makes more than that."""
        self._counts = np.bincount(self.folds)

    @cached_property
    def everything(self) -> Worth:
        """EVPI: what it is worth to know the whole sample, fresh noise included."""
        open_ = self.open(range(len(self.drawn)), self.drawn)
        return self._worth(np.max(np.where(open_, self.beyond, -np.inf), axis=1), ())

    def open(self, known: Sequence[int], drawn: Array) -> Flags:
        """(m, D) what can be chosen in samples (k, m) by who knows some inputs."""
        columns = []
        for place in self.places:
            if place is None:
                columns.append(np.ones(drawn.shape[1], dtype=bool))
            else:
                columns.append(place.contains(drawn) & (set(place.limited) <= set(known)))
        return np.stack(columns, axis=1)

    def fit(self, known: Sequence[int]) -> Fit:
        """What each alternative is to be expected to make beyond `best`, given some inputs."""
        return fitted(self.drawn[list(known)], self.beyond, self.folds)

    def level(self, known: Sequence[int]) -> Fit:
        """What `best` is to be expected to make (n, 1), given some inputs."""
        return fitted(self.drawn[list(known)], self.impact[self.best][:, None], self.folds)

    def knowing(self, known: Sequence[int], parts: Sequence[Worth] = ()) -> Worth:
        """EVPPI of inputs that are all found out; no less than that of `parts` of them."""
        expected = np.where(self.open(known, self.drawn), self.fit(known).held_out, -np.inf)
        chosen = np.argmax(expected, axis=1)
        return self._worth(self.beyond[np.arange(len(chosen)), chosen], parts)

    def _worth(self, made: Array, parts: Sequence[Worth]) -> Worth:
        """The worth of what is made beyond `best` (n,). A rule for parts of what is known may be followed, too."""
        gains = np.bincount(self.folds, made) / self._counts
        mean, error = float(np.mean(gains)), float(np.std(gains, ddof=1) / np.sqrt(len(gains)))
        own = Worth(max(0.0, mean), error, mean)
        better = max(parts, key=lambda part: part.value, default=own)
        return better if better.value > own.value else own
