"""Where in the space of inputs something happens often: boxes found by the patient rule induction method.

A box is peeled from all samples, a twentieth of them at a time and always where that helps most (Friedman & Fisher
1999), made simple, and pasted back as far as that helps; as in scenario discovery (Bryant & Lempert 2010) its limits
are a few inputs, and each must pay for itself. Boxes are made on one half of the samples and proved on the other, so
that what was found in noise is refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]

PEEL = 0.05
"""Share of a box's samples that a peel takes off."""
CONDITIONS = 3
"""Most inputs that a box limits."""
WORTH = 0.03
"""Share of a box's score that an input must be worth."""
FEWEST = 20
"""Samples in which it must happen, and samples in a box, for either to be looked at."""
SURE, CHANCE = 1e-3, 0.05
"""What a box, and each of its conditions, may at most owe to chance on the samples it is proved on."""
STRONGER = 1.5
"""How many times as often as elsewhere it must happen in a box that is worth telling."""


@dataclass(frozen=True)
class Box:
    """Limits of inputs (D,), infinite where there are none; shares are of the samples that the box is proved on."""

    low: Array
    high: Array
    coverage: float
    """Share of what happens that happens in the box."""
    density: float
    """Share of the samples in the box in which it happens."""
    elsewhere: float
    """Share of the other samples in which it happens."""
    mass: float
    """Share of all samples that lie in the box."""
    chance: float
    """The probability of such a box where it makes no difference."""
    chances: dict[int, float]
    """By limited input: the probability that its limit makes no difference to the rest of the box."""

    @property
    def inputs(self) -> list[int]:
        """The inputs that are limited, the surest first."""
        return sorted(self.chances, key=lambda k: self.chances[k])

    @property
    def limits(self) -> tuple[Array, Array, list[int]]:
        """Lower and upper limits (D,), and which inputs have any."""
        return self.low, self.high, self.inputs

    def contains(self, inputs: Array) -> Flags:
        """Which samples (D, n) lie in the box (n,)."""
        return _inside(inputs, self.low, self.high)


def boxes(inputs: Array, happens: Flags, proving: Flags, most: int = 2) -> list[Box]:
    """The boxes in which something happens often, the first explaining most; none where nothing explains it.

    Takes inputs (D, n), whether it happens (n,), and which samples (n,) boxes are proved on rather than made. Each
    box after the first is made of what lies outside those before it.
    """
    found: list[Box] = []
    left = np.ones(len(happens), dtype=bool)
    while len(found) < most:
        made = _made(inputs[:, left & ~proving], happens[left & ~proving])
        if made is None:
            break
        box = _proved(inputs[:, proving], happens[proving], left[proving], *made)
        if box is None:
            break
        found.append(box)
        left &= ~box.contains(inputs)
    return found


def _made(inputs: Array, happens: Flags) -> tuple[Array, Array] | None:
    """The limits of the best simple box; None if it happens too rarely, or nothing is better than no limit."""
    if np.count_nonzero(happens) < FEWEST or not len(inputs):
        return None
    every = range(len(inputs))
    low, high = _best(inputs, happens, every)
    limited = _limited(low, high)
    while limited:
        score = _score(happens, _inside(inputs, low, high))
        without = {k: _score(happens, _inside(inputs, *_freed(low, high, k))) for k in limited}
        least = max(without, key=lambda k: without[k])
        if len(limited) <= CONDITIONS and without[least] <= (1 - WORTH) * score:
            break
        limited = [k for k in limited if k != least]
        low, high = _best(inputs, happens, limited)
        limited = _limited(low, high)
    return (low, high) if limited else None


def _best(inputs: Array, happens: Flags, chosen: Sequence[int]) -> tuple[Array, Array]:
    """The best box on the way of peeling by the chosen inputs, pasted."""
    way = list(_peeled(inputs, happens, chosen))
    scores = [_score(happens, _inside(inputs, *limits)) for limits in way]
    return _pasted(inputs, happens, *way[int(np.argmax(scores))])


def _score(happens: Flags, inside: Flags) -> float:
    """The harmonic mean of the share of what happens that is inside, and how often it happens there."""
    return 2.0 * np.count_nonzero(happens & inside) / (np.count_nonzero(happens) + np.count_nonzero(inside))


def _peeled(inputs: Array, happens: Flags, chosen: Sequence[int]) -> Iterator[tuple[Array, Array]]:
    """Boxes, each a twentieth smaller than the one before where that raises the share most."""
    low, high = np.full(len(inputs), -np.inf), np.full(len(inputs), np.inf)
    inside = np.ones(len(happens), dtype=bool)
    while True:
        yield low, high
        here, values, count = happens[inside], inputs[:, inside], int(np.count_nonzero(inside))
        if count * (1 - PEEL) < FEWEST or here.all():
            return
        share, best = float(np.mean(here)), None
        for k in chosen:
            order = np.sort(values[k])
            for side, edge in enumerate(_edges(order)):
                kept = values[k] >= edge if side == 0 else values[k] <= edge
                left = int(np.count_nonzero(kept))
                if edge is None or not FEWEST <= left < count:
                    continue
                gain = (float(np.mean(here[kept])) - share) / (count - left)
                if best is None or gain > best[0]:
                    best = (gain, k, side, edge)
        if best is None:
            return
        _, k, side, edge = best
        low, high = low.copy(), high.copy()
        (low if side == 0 else high)[k] = edge
        inside = _inside(inputs, low, high)


def _edges(order: Array) -> tuple[float, float]:
    """The new lower and upper limit that take off a twentieth, or all that are equal at that end."""
    count = len(order)
    off = max(1, int(PEEL * count))
    above = order[min(max(off, int(np.searchsorted(order, order[0], side="right"))), count - 1)]
    below = order[max(min(count - 1 - off, int(np.searchsorted(order, order[-1], side="left")) - 1), 0)]
    return float(above), float(below)


def _pasted(inputs: Array, happens: Flags, low: Array, high: Array) -> tuple[Array, Array]:
    """The box, widened side by side as long as its score rises."""
    score = _score(happens, _inside(inputs, low, high))
    while True:
        tried = []
        for k in _limited(low, high):
            others = _inside(inputs, *_freed(low, high, k))
            values = np.sort(inputs[k][others])
            more = max(1, int(PEEL * np.count_nonzero(_inside(inputs, low, high))))
            if np.isfinite(low[k]):
                place = int(np.searchsorted(values, low[k])) - more
                wider = low.copy()
                wider[k] = values[place] if place > 0 else -np.inf
                tried.append((wider, high))
            if np.isfinite(high[k]):
                place = int(np.searchsorted(values, high[k], side="right")) - 1 + more
                wider = high.copy()
                wider[k] = values[place] if place < len(values) - 1 else np.inf
                tried.append((low, wider))
        scores = [_score(happens, _inside(inputs, *limits)) for limits in tried]
        if not scores or max(scores) <= score:
            return low, high
        score, (low, high) = max(scores), tried[int(np.argmax(scores))]


def _proved(inputs: Array, happens: Flags, left: Flags, low: Array, high: Array) -> Box | None:
    """The box as it stands on other samples, without conditions that make no difference there; None if it fails."""
    while limited := _limited(low, high):
        inside = _inside(inputs, low, high) & left
        chances = {k: _chance(happens, inside, _inside(inputs, *_freed(low, high, k)) & left) for k in limited}
        worst = max(chances, key=lambda k: chances[k])
        if chances[worst] <= CHANCE:
            break
        low, high = _freed(low, high, worst)
    if not limited:
        return None
    chance = _chance(happens, inside, left)
    count, hits, outside = np.count_nonzero(inside), np.count_nonzero(happens & inside), left & ~inside
    elsewhere = float(np.mean(happens[outside])) if outside.any() else 0.0
    density = float(hits / count) if count else 0.0
    if chance > SURE or density < STRONGER * elsewhere:
        return None
    coverage = float(hits / np.count_nonzero(happens))
    return Box(low, high, coverage, density, elsewhere, float(count / len(happens)), chance, chances)


def _chance(happens: Flags, inside: Flags, around: Flags) -> float:
    """The probability of so many inside or more, were it there no more frequent than in what lies around."""
    count, hits = int(np.count_nonzero(inside)), int(np.count_nonzero(happens & inside))
    if hits == 0:
        return 1.0
    share = float(np.mean(happens[around]))
    return float(special.betainc(hits, count - hits + 1, share))


def _limited(low: Array, high: Array) -> list[int]:
    return np.flatnonzero(np.isfinite(low) | np.isfinite(high)).tolist()


def _freed(low: Array, high: Array, k: int) -> tuple[Array, Array]:
    """The limits without those of one input."""
    low, high = low.copy(), high.copy()
    low[k], high[k] = -np.inf, np.inf
    return low, high


def _inside(inputs: Array, low: Array, high: Array) -> Flags:
    limited = _limited(low, high)
    values = inputs[limited]
    return np.asarray(np.all((values >= low[limited, None]) & (values <= high[limited, None]), axis=0))
