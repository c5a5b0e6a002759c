"""Where the advice changes: what each alternative is to be expected to make along an input, and which is best there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from leverwise.ask.alternatives import Alternative
from leverwise.ask.answer import Chart, Row
from leverwise.ask.charts import Array, axis
from leverwise.ask.knowing import Choice
from leverwise.ask.scenarios import condition, plainly
from leverwise.ask.smoothing import FEW_VALUES
from leverwise.ask.studies import named
from leverwise.ask.words import listing, quantity, spoken
from leverwise.lang.system import System, Value

POINTS = 49
ENDS = (0.02, 0.98)
"""Quantiles of the input between which the lines run."""
SHOWN = 8
"""Lines, at most."""
BAND = 2.0
"""Standard errors on each side of a line."""
LEAST = 0.05
"""A stretch in which something is best holds at least this share of the samples."""


@dataclass(frozen=True)
class Along:
    """What each alternative makes along an input."""

    value: Value
    places: Array
    """(m,) values of the input, base units."""
    shares: Array
    """(m,) share of the samples below each."""
    made: Array
    """(m, D) base units of impact; minus infinity where an alternative does not hold."""
    errors: Array
    """(m, D) of what each makes beyond the one that is best on average."""

    @property
    def stretches(self) -> list[tuple[int, float, float]]:
        """(alternative, from, to) along the input, infinite at the ends; what is best only for chance is left out."""
        winners = np.argmax(self.made, axis=1)
        edges = [0, *(np.flatnonzero(np.diff(winners)) + 1).tolist(), len(winners)]
        runs = [[int(winners[a]), a, b] for a, b in pairwise(edges)]
        while len(runs) > 1:
            sizes = [self._share(b) - self._share(a) for _, a, b in runs]
            least = int(np.argmin(sizes))
            if sizes[least] >= LEAST:
                break
            _, a, b = runs.pop(least)
            if least:
                runs[least - 1][2] = b
            else:
                runs[0][1] = a
            runs = _joined(runs)
        return [(best, self._edge(a), self._edge(b)) for best, a, b in runs]

    def _share(self, place: int) -> float:
        return 0.0 if place == 0 else 1.0 if place == len(self.shares) else float(self.shares[place])

    def _edge(self, place: int) -> float:
        if place in (0, len(self.places)):
            return -np.inf if place == 0 else np.inf
        return float(self.places[place - 1] + self.places[place]) / 2


def _joined(runs: list[list[int]]) -> list[list[int]]:
    found = [runs[0]]
    for run in runs[1:]:
        if run[0] == found[-1][0]:
            found[-1][2] = run[2]
        else:
            found.append(run)
    return found


def along(value: Value, choice: Choice, k: int) -> Along:
    """What alternatives are to be expected to make along the input `k` of a choice."""
    drawn, beyond, level = choice.drawn[k], choice.fit([k]), choice.level([k])
    known, shares = np.unique(drawn), np.linspace(*ENDS, POINTS)
    places = known if len(known) <= FEW_VALUES else np.unique(np.quantile(drawn, shares))
    more, errors = beyond.at(places[None])
    below = np.array([np.mean(drawn < place) for place in places])
    there = np.zeros((len(choice.drawn), len(places)))
    there[k] = places
    made = np.where(choice.open([k], there), level.at(places[None])[0] + more, -np.inf)
    return Along(value, places, below, made, errors)


def switch_rows(found: Sequence[Along], names: Sequence[str]) -> list[Row]:
    """A row per stretch of each input: what is best there; display units."""
    rows: list[Row] = []
    for each in found:
        size = each.value.unit.factor
        for best, low, high in each.stretches:
            ends = [limit / size if np.isfinite(limit) else None for limit in (low, high)]
            rows.append(
                {
                    "input": named(each.value),
                    "low": ends[0],
                    "high": ends[1],
                    "unit": each.value.unit.text,
                    "best": names[best],
                }
            )
    return rows


def in_words(each: Along, among: Sequence[Alternative], otherwise: int) -> str:
    """Where something else than what is `otherwise` best is better; empty if nowhere."""
    other = [stretch for stretch in each.stretches if stretch[0] != otherwise]
    told = [
        f"with {plainly(condition(each.value, low, high))} {among[best].name} is better"
        + (f" ({among[best].changes})" if among[best].changes else "")
        for best, low, high in (other if len(other) < 3 else (other[0], other[-1]))
    ]
    return listing(told, 2)


def chart(each: Along, among: Sequence[Alternative], otherwise: int, system: System) -> Chart:
    """The lines of the alternatives that are best somewhere, and of what is `otherwise` best, along the input."""
    size, unit = system.impact_unit.factor, system.impact_unit.text
    scale, text = each.value.unit.factor, each.value.unit.text
    wins = [best for best, _, _ in each.stretches]
    order = np.argsort(-np.mean(each.made, axis=0), kind="stable").tolist()
    shown = list(dict.fromkeys([*wins, otherwise, *order[:2]]))[:SHOWN]
    rows: list[Row] = [
        {
            "time": float(place / scale),
            "series": among[k].name,
            "value": float(each.made[m, k] / size),
            "low": float((each.made[m, k] - BAND * each.errors[m, k]) / size),
            "high": float((each.made[m, k] + BAND * each.errors[m, k]) / size),
        }
        for k in shown
        for m, place in enumerate(each.places)
        if np.isfinite(each.made[m, k])
    ]
    flips = [high for _, _, high in each.stretches[:-1]]
    marks = [(float(flip / scale), quantity(flip / scale, text)) for flip in flips]
    name = spoken(named(each.value))
    caption = f"What each alternative is to be expected to make, by {name}"
    caption += "; a rule marks where the best one changes." if flips else ": the same one is best throughout."
    caption += "".join(f" {among[k].name}: {among[k].changes}." for k in shown if among[k].changes and k != otherwise)
    caption += " Bands: two standard errors of the difference from what is best without knowing."
    title = f"what to do, by {name}"
    titles = axis(name, text), axis("impact", unit)
    return Chart(f"switch {named(each.value)}", "line", title, caption, rows, *titles, marks=marks)
