"""Plans of which nothing is whole and which no margin limits: downhill is all there is to do.

How much searching they need is decided by what the first plans show. Where the slopes at each of them, followed in a
straight line, promise no less than any other makes, as they do where returns only fall (a concave objective), two
descents from far apart that end at the same value are taken for proof enough; any sign to the contrary, and all starts
are followed. Descents begin on few samples and end on all of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from leverwise.ask.planning.curvature import Curvature
from leverwise.ask.planning.descent import Search, advance
from leverwise.ask.planning.merit import Merit, Scales
from leverwise.ask.planning.projection import Array

if TYPE_CHECKING:
    from leverwise.ask.planning.search import Planner

Plans = dict[str, Array]
Climbed = dict[str, tuple[Array, Curvature]]

LEAP, MOST_LEAP = 8, 16
"""How many times more samples the next stage of a descent has, and up to how many times more the last may have."""
AT_FIRST, ON_THE_WAY, AT_LAST, SURE = 1e-7, 1e-5, 1e-8, 1e-12
"""Relative gain at which descents end: from the starts, between, at last with samples that differ, and without."""
FINE = 1e-10
"""Length of a projected gradient, in scaled variables, at which a descent ends."""
AGREED, KINKED = 1e-6, 1e-4
"""Relative difference of two values that agree; of few samples' quantile or tail, which are full of kinks."""
FALLING, RAGGED = 1e-6, 1e-3
"""By how much of their range plans may exceed what slopes elsewhere promise; quantiles of samples are not smooth."""
APART, BLURRED = 1e-3, 0.02
"""Distance, in ranges, from which plans are different; of few samples' quantile or tail."""
PROBES = (-0.3, -0.05, 0.05, 0.3)
"""Steps along single decisions, as shares of their ranges, that are tried where slopes may mislead."""


def returns_fall(merit: Merit, plans: Array, scale: Array) -> tuple[bool, Array]:
    """Whether no plan (S, K) exceeds what the slopes at any other promise, and the objective of each (S,)."""
    points = plans / scale
    values, slopes = merit.descent(scale)(points, [Scales()] * len(points))
    values, slopes = -values, -slopes
    promised = values[:, None] + slopes @ points.T - np.sum(slopes * points, axis=1)[:, None]
    spread = float(np.ptp(values)) if np.all(np.isfinite(values)) else np.nan
    allowed = RAGGED if merit.kind == "quantile" else FALLING
    return bool(np.all(values[None, :] <= promised + allowed * spread)), values


def agreed(planner: Planner, begun: Mapping[str, Array], values: Array, state: Scales) -> Climbed | None:
    """The end of the descent from the best start, if that from the start furthest from it has the same value."""
    names = list(begun)
    first = names[int(np.argmax(values))]
    gaps = [float(np.linalg.norm((begun[name] - begun[first]) / planner.scale)) for name in names]
    second = names[int(np.argmax(gaps))]
    if second == first:
        return None
    searches = _searches(planner, {name: (begun[name], Curvature()) for name in (first, second)}, state, AT_FIRST)
    one, other = searches.values()
    evaluate, kind = planner.first.descent(planner.scale), planner.aim.kind
    for _ in range(2 * planner.sizes.last_rounds):
        advance([one, other], evaluate, 1)
        near = (AGREED if kind in ("mean", "log") else KINKED) * max(abs(one.value), 1.0)
        same = abs(one.value - other.value) <= near
        ended = int(one.done) + int(other.done)
        if ended == 2 or (ended and same):
            break
    bent = kind != "quantile" and (one.curvature.bent or other.curvature.bent)
    if bent or not same or not ended:
        return None
    better = first if one.value <= other.value else second
    return {better: (searches[better].best * planner.scale, searches[better].curvature)}


def climbed(planner: Planner, plans: Climbed, state: Scales, *, sure: bool) -> tuple[str, Array, Merit]:
    """The best end, and where it came from, of descents from these plans on ever more samples; and the last merit.

    Unless `sure`, steps along single decisions are tried at the end, where slopes may mislead.
    """
    counts, count, most = [], planner.sizes.starts, planner.sizes.polish
    while count * MOST_LEAP < most:
        count *= LEAP
        counts.append(count)
    for some in counts:
        plans = _different(planner, _descended(planner, planner.merit(some), plans, state, ON_THE_WAY))
    merit, last = planner.merit(most), AT_LAST if most > 1 else SURE
    if not sure and counts:
        plans = _different(planner, plans | _stirred(planner, planner.merit(counts[-1]), plans, state, ON_THE_WAY))
    plans = _descended(planner, merit, plans, state, last)
    if not sure and not counts:
        plans |= _stirred(planner, merit, plans, state, last)
    scores = merit.score(np.stack([plan for plan, _ in plans.values()]), state)
    best = list(plans)[int(np.argmax(scores))]
    return best, plans[best][0], merit


def _searches(planner: Planner, plans: Climbed, state: Scales, gain: float) -> dict[str, Search]:
    scale = planner.scale
    region = planner.problem.region
    return {
        name: Search(region.scaled(scale), plan / scale, FINE, state, gain, known.copy())
        for name, (plan, known) in plans.items()
    }


def _descended(planner: Planner, merit: Merit, plans: Climbed, state: Scales, gain: float) -> Climbed:
    searches = _searches(planner, plans, state, gain)
    advance(list(searches.values()), merit.descent(planner.scale), 2 * planner.sizes.last_rounds)
    return {name: (search.best * planner.scale, search.curvature) for name, search in searches.items()}


def _different(planner: Planner, plans: Climbed) -> Climbed:
    """The plans without those that have come to where another is."""
    kept: Climbed = {}
    apart = APART if planner.aim.kind in ("mean", "log") else BLURRED
    for name, (plan, known) in plans.items():
        gaps = [float(np.max(np.abs((plan - other) / planner.scale))) for other, _ in kept.values()]
        if all(gap > apart for gap in gaps):
            kept[name] = (plan, known)
    return kept


def _stirred(planner: Planner, merit: Merit, plans: Climbed, state: Scales, gain: float) -> Climbed:
    """The ends of descents from better plans than these among steps along single decisions, if there are any."""
    problem, found = planner.problem, {}
    for name, (plan, _) in plans.items():
        tried = []
        for number in range(len(problem.system.decisions)):
            mine = (problem.owner == number) & ~problem.frozen
            if mine.any():
                tried += [np.where(mine, plan + share * planner.scale, plan) for share in PROBES]
        steps = problem.region.project_all(np.stack(tried)) if tried else np.zeros((0, len(plan)))
        scores = merit.score(np.concatenate([plan[None], steps]), state)
        best = int(np.argmax(scores))
        if scores[best] > scores[0] + 1e-6 * max(abs(float(scores[0])), 1e-12):
            found[f"{name}, stirred"] = (steps[best - 1], Curvature())
    return _descended(planner, merit, found, state, gain)


def plain(plans: Mapping[str, Any]) -> Climbed:
    """Plans of whose surroundings nothing is known yet."""
    return {name: (plan, Curvature()) for name, plan in plans.items()}
