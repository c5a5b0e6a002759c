"""What one unit more is worth, by period and sample: the slopes of the reverse pass, and finite steps where they fail.

A slope is none where it is no number (a sample that stands on the corner of a root), and misleads at a tie, where an
hour more is of use only with a seat more. A finite step of one unit tells what one unit more makes in any case; it
costs a run per period, so it is taken only where it is needed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from leverwise.ask.charts import Array
from leverwise.ask.resources import Resource

APART, TIED = 0.05, 0.05
"""Slopes of a capacity are not believed where, in more than the second share of the samples, a unit more throughout
makes what differs from them by more than the first."""
AT_ONCE = 2048
"""Rows (periods x samples) in one engine call."""
ROUNDING = 1024
"""A difference of this many units of the last place of impact, or fewer, is rounding."""


def mean_impact(engine: Any, rows: tuple[Array, Any, Array], seed: int, *, constants: Array | None = None) -> float:
    """Mean impact of draws (D, n), sample numbers (n,) and decisions (K,), in base units.

    Like all here it is read off the gradient's program, which is there already, rather than compiling another one.
    """
    draws, index, decisions = rows
    made = engine.gradient(draws, index, decisions, constants=constants, seed=seed).measures
    return float(np.mean(np.asarray(made)[0]))


@dataclass(frozen=True)
class Rows:
    """Samples to step from: draws (D, n), sample numbers (n,), decisions (K,), and impact (n,) in base units."""

    engine: Any
    draws: Array
    index: Any
    decisions: Array
    seed: int
    impact: Array

    def only(self, chosen: Array) -> Rows:
        """Some of the samples, by a mask (n,)."""
        return replace(
            self, draws=self.draws[:, chosen], index=self.index[chosen], impact=np.asarray(self.impact)[chosen]
        )

    def gained(self, nudges: Array) -> Array:
        """What nudges (S, R, P) add to impact (S, n), rounding left out."""
        count, parts = len(self.index), []
        size = max(1, AT_ONCE // count)
        for first in range(0, len(nudges), size):
            some = nudges[first : first + size]
            measures = self.engine.gradient(
                np.tile(self.draws, (1, len(some))),
                np.tile(self.index, len(some)),
                self.decisions,
                nudges=np.repeat(np.moveaxis(some, 0, -1), count, axis=-1),
                seed=self.seed,
            ).measures
            more = np.asarray(measures)[0].reshape(len(some), count)
            small = ROUNDING * np.finfo(more.dtype).eps * np.abs(self.impact)
            gain = np.asarray(more - self.impact, dtype=float)
            parts.append(np.where(np.abs(gain) <= small, 0.0, gain))
        return np.concatenate(parts)


@dataclass(frozen=True)
class Slopes:
    """What more of each resource adds to impact, per unit (P, n), and in which share of the samples it is not known."""

    by_name: dict[str, Array]
    stepped: Mapping[str, float] = field(default_factory=dict)
    """Resources some of whose slopes are no numbers: the share of samples in which a finite step stands for them."""
    lost: float = 0.0
    """The share of samples in which some finite step is no number either; it counts as nothing."""
    tied: tuple[str, ...] = ()
    """Capacities of which a whole unit more makes something else than the slope says."""


def slopes_of(rows: Rows, nudges: Array, resources: Sequence[Resource]) -> Slopes:
    """The slopes of resources, from those of the reverse pass (R, P, n), but finite steps of capacities at ties."""
    slopes = {resource.name: np.asarray(nudges[resource.row], dtype=float) for resource in resources}
    seats = [r for r in resources if r.kind == "level" and np.any(slopes[r.name] != 0)]
    tied = _tied(rows, slopes, [r for r in resources if r.kind == "flow"])
    slopes |= finite_differences(rows, [*seats, *tied])
    unknown = {r.name: bad for r in resources if (bad := ~np.isfinite(slopes[r.name]).all(axis=0)).any()}
    lost = np.zeros(len(rows.index), dtype=bool)
    for resource in resources:
        if resource.name not in unknown:
            continue
        bad, slope = unknown[resource.name], slopes[resource.name]
        slope[:, bad] = np.where(
            np.isfinite(slope[:, bad]), slope[:, bad], finite_differences(rows.only(bad), [resource])[resource.name]
        )
        lost |= ~np.isfinite(slope).all(axis=0)
        slopes[resource.name] = np.where(np.isfinite(slope), slope, 0.0)
    shares = {name: float(np.mean(bad)) for name, bad in unknown.items()}
    return Slopes(slopes, shares, float(np.mean(lost)), tuple(resource.name for resource in tied))


def _tied(rows: Rows, slopes: Mapping[str, Array], flows: Sequence[Resource]) -> list[Resource]:
    """Those of which one unit more in all periods at once makes something else than their slopes say."""
    if not flows:
        return []
    engine = rows.engine
    nudges = np.zeros((len(flows), len(engine.resources), engine.periods))
    for k, flow in enumerate(flows):
        nudges[k, flow.row] = flow.unit.factor
    found = []
    for flow, made in zip(flows, rows.gained(nudges), strict=True):
        told = slopes[flow.name].sum(axis=0) * flow.unit.factor
        apart = np.abs(made - told) > APART * np.maximum(np.abs(made), np.abs(told))
        if np.mean(apart) > TIED:
            found.append(flow)
    return found


def finite_differences(rows: Rows, resources: Sequence[Resource]) -> dict[str, Array]:
    """What one unit more in a period adds to impact, per unit (P, n)."""
    engine, found = rows.engine, {}
    for resource in resources:
        nudges = np.zeros((engine.periods, len(engine.resources), engine.periods))
        nudges[:, resource.row] = resource.unit.factor * np.eye(engine.periods)
        found[resource.name] = rows.gained(nudges) / resource.unit.factor
    return found
