"""Two sides on the same samples: what one makes beyond the other, sample by sample, and what chance leaves of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from leverwise.ask.answer import Estimate, Row
from leverwise.ask.charts import Array
from leverwise.ask.numbers import known, standard_error, summary
from leverwise.ask.planning.merit import SPENDING
from leverwise.ask.planning.risk import value
from leverwise.ask.recording import recorded
from leverwise.ask.sides import Side
from leverwise.engine.fans import EXACT_VALUES
from leverwise.engine.sobol import SCRAMBLINGS

SAME = 1e-12
"""A difference of this share of the larger of both is rounding: the same sums in another order."""
SLIGHT = 0.001
"""A difference of the means of a smaller share is none worth the name."""
ERRORS = 2.0
"""Standard errors that a difference must exceed to be told from chance."""
TAIL = 0.1
"""Bad luck is told as the mean of this share of the samples, the worst ones."""
TIMES_TO = 0.5
"""Leverage is compared if it has a meaning in more than this share of the samples."""

Told = Callable[[float, str], None] | None


@dataclass(frozen=True)
class Run:
    """What a side comes to: samples (n,) in base units, and paths (m, T+1) of the first m samples."""

    side: Side
    measures: Mapping[str, Array]
    alone: Array | None
    """Impact with every lever off; None in a model without levers."""
    times: Array
    paths: Mapping[str, Array]
    warnings: Sequence[str]
    seconds: Mapping[str, float]

    @property
    def impact(self) -> Array:
        """Impact per sample."""
        return self.measures["impact"]


def run(side: Side, samples: int, seed: int, wanted: Sequence[str], told: Told = None) -> Run:
    """Run a side, and alone; paths are kept of `wanted` alone."""
    engine, system = side.model.engine, side.given.system
    record = recorded(system)
    followed = min(samples, most_followed(record, system.clock.steps + system.clock.tail))

    def counted(done: int, of: int) -> None:
        if told:
            told(done / of, "running samples")

    whole = followed == samples
    result = engine.simulate(samples, seed, side.decisions, record=record, keep=whole, fans=(), progress=counted)
    paths = result if whole else engine.simulate(followed, seed, side.decisions, record=record, keep=True, fans=())
    alone = None
    if system.switches:
        off = engine.simulate(samples, seed, side.decisions, side.model.alone(), record=record, keep=False, fans=())
        alone = np.asarray(off.measures["impact"], dtype=float)
    kept = {name: np.asarray(paths.trajectories[name]) for name in wanted if name in paths.trajectories}
    measures = {name: np.asarray(each, dtype=float) for name, each in result.measures.items()}
    return Run(side, measures, alone, np.asarray(result.times), kept, result.warnings, dict(result.seconds))


def most_followed(record: Sequence[str], steps: int) -> int:
    """Of how many samples paths are kept."""
    return max(1, EXACT_VALUES // ((steps + 1) * max(1, len(record))))


@dataclass(frozen=True)
class Difference:
    """Something of two sides, sample by sample in a unit for showing: what, and (n,) of each."""

    what: str
    a: Array
    b: Array
    unit: str = ""

    @property
    def each(self) -> Array:
        """What `b` has beyond `a` (n,), rounding left out."""
        apart = self.b - self.a
        return np.where(np.abs(apart) <= SAME * np.maximum(np.abs(self.a), np.abs(self.b)), 0.0, apart)

    @property
    def better(self) -> Estimate:
        """The share of the samples in which `b` has more."""
        higher = (self.each > 0).astype(float)
        return known(float(np.mean(higher)), "", standard_error(higher))

    @property
    def worse(self) -> float:
        """The share of the samples in which `b` has less."""
        return float(np.mean(self.each < 0))

    @property
    def same(self) -> bool:
        """Whether no sample differs."""
        return not np.any(self.each)

    @property
    def slight(self) -> bool:
        """Whether the means differ by less than is worth telling, or than chance may make of nothing."""
        mean = abs(float(np.mean(self.each)))
        return mean < SLIGHT * abs(float(np.mean(self.a))) or mean <= ERRORS * standard_error(self.each)

    def summary(self) -> Estimate:
        """The difference: mean, standard error, range."""
        return summary(self.each, self.unit)

    def ratio(self) -> Estimate | None:
        """How many times what `a` has `b` has: the ratio of the means and its standard error, the range of the pairs'.

        None unless both means, and nearly all samples, are positive.
        """
        usable = (self.a > 0) & (self.b > 0)
        if not (np.mean(self.a) > 0 and np.mean(self.b) > 0) or np.mean(usable) < 1 - TAIL / 2:
            return None
        mean = float(np.mean(self.b) / np.mean(self.a))
        pairs = summary(self.b[usable] / self.a[usable], "times")
        error = standard_error(self.b - mean * self.a) / float(np.mean(self.a))
        return Estimate(mean, pairs.sd, 0.0 if self.same else error, pairs.p5, pairs.p50, pairs.p95, "times")

    def closer(self) -> float:
        """How many times less the difference spreads than between samples that are not paired; infinite if it is 0."""
        apart = np.sqrt(np.var(self.a) + np.var(self.b))
        spread = np.std(self.each)
        return float(apart / spread) if spread > 0 else float("inf")

    def row(self) -> Row:
        """The row of the table of differences, but for whom it is of."""
        told, ratio, better = self.summary(), self.ratio(), self.better
        return {
            "what": self.what,
            "unit": self.unit,
            "a": float(np.mean(self.a)),
            "b": float(np.mean(self.b)),
            "difference": told.mean,
            "se": told.se,
            "low": told.p5,
            "high": told.p95,
            "ratio": None if ratio is None else ratio.mean,
            "better": better.mean,
            "worse": self.worse,
        }


def differences(a: Run, b: Run) -> list[Difference]:
    """What is compared: impact, then alone, leverage and its logarithm, and spending, where both sides have them."""
    unit = a.side.given.system.impact_unit
    found = [Difference("impact", a.impact / unit.factor, b.impact / unit.factor, unit.text)]
    if a.alone is not None and b.alone is not None:
        both = Difference("alone_impact", a.alone / unit.factor, b.alone / unit.factor, unit.text)
        found += [] if both.same else [both]
        found += _leverage(a, b)
    if all(SPENDING in run.measures for run in (a, b)) and any(np.any(run.measures[SPENDING]) for run in (a, b)):
        found.append(Difference(SPENDING, a.measures[SPENDING], b.measures[SPENDING], "$"))
    return found


def _leverage(a: Run, b: Run) -> list[Difference]:
    """Leverage where it has a meaning on both sides; none if that is in few samples."""
    assert a.alone is not None
    assert b.alone is not None
    usable = (a.alone > 0) & (a.impact > 0) & (b.alone > 0) & (b.impact > 0)
    if np.mean(usable) <= TIMES_TO:
        return []
    one, two = a.impact[usable] / a.alone[usable], b.impact[usable] / b.alone[usable]
    return [
        Difference("leverage", one, two, "times"),
        Difference("log10_leverage", np.log10(one), np.log10(two), "orders of magnitude"),
    ]


def worst_tenth(difference: Difference) -> Row | None:
    """A row for the mean of the worst tenth of each side; the standard error is that of the scramblings."""
    if len(difference.a) < 2 * SCRAMBLINGS or not (np.ptp(difference.a) or np.ptp(difference.b)):
        return None
    one, two = (value(each, "cvar", TAIL) for each in (difference.a, difference.b))
    parts = [
        value(difference.b[k::SCRAMBLINGS], "cvar", TAIL) - value(difference.a[k::SCRAMBLINGS], "cvar", TAIL)
        for k in range(SCRAMBLINGS)
    ]
    error = 0.0 if difference.same else float(np.std(parts, ddof=1) / np.sqrt(SCRAMBLINGS))
    told: dict[str, Any] = {"what": "worst tenth", "unit": difference.unit, "a": one, "b": two}
    told |= {"difference": two - one, "se": error, "low": None, "high": None}
    return {**told, "ratio": two / one if one > 0 and two > 0 else None, "better": None, "worse": None}
