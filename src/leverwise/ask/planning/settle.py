"""The end of a search: the plan made simple at a bounded cost, until no single exchange is worth its while.

Simplicity and gain are weighed by one number, the tolerance: what a plan makes is not known better than that, or it
is a thousandth. A plan may lose so much by becoming simpler, and is changed only for more.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from leverwise.ask.planning.exchange import Allowed, Score, exchange, screened
from leverwise.ask.planning.found import Found, Nearby
from leverwise.ask.planning.lean import lean
from leverwise.ask.planning.merit import Merit, Scales
from leverwise.ask.planning.projection import Array
from leverwise.ask.planning.reshape import multiplied_once
from leverwise.ask.planning.risk import error
from leverwise.ask.planning.search import Planner
from leverwise.ask.planning.tidy import tidied

TOLERANCE, EXACT = 1e-3, 1e-6
"""Shares of the objective, with and without uncertainty."""
PROMISING, MEASURED = (4, 8), 16_384
"""Exchanges that are measured where slopes tell that others bring less, and about how many samples in all."""
FLAT = 1e-4
"""Share of the objective that giving a slot up may cost by its slope for it to be tried whether it has any effect."""
ROUNDS = 1
EXCHANGES = 12
KEPT = 0.5
"""Share of the margins held in reserve that stays so: `allowed` looks at samples of its own."""
FOR_PURCHASES = 0.1
"""Share of what simplicity may cost that is kept for purchases which it makes idle."""
EXACT_IDLE, IDLE, IDLE_SAMPLES = 1e-12, 1e-6, 64
"""Shares of the objective that count as no effect of a decision, and samples that tell which may have none."""
SMALL = 1e-2
"""Share of its range by which the decision with the steepest slope moves, to see what is left in slopes."""


def settled(planner: Planner, found: Found, allowed: Allowed) -> Found:
    """The plan made simple and exchanged in turn; `allowed` is asked about every plan that is taken or told of."""
    merit, problem, allowed = found.merit, planner.problem, _asked_once(allowed)
    reserve = found.state.reserve
    state = replace(found.state, reserve=np.where(reserve > 0, KEPT * reserve, reserve))

    full = _remembered(lambda plans: merit.score(plans, state))
    rough = _remembered(planner.rough(merit, state))
    sieved = planner.sieved(merit, state, rough, full)
    by_slopes = planner.falling and merit.draws.count > 1
    size = _size(merit, found.plan) / state.objective
    tolerance = _tolerance(merit, found.plan)
    allowance, many = tolerance * size, merit.draws.count > 1
    plan, lost = found.plan, 0.0
    for turn in range(ROUNDS + 1):
        before = plan
        left = max(0.0, allowance - lost)
        plan = _plainer(planner, plan, full, left, allowed, rough if many else None)
        lost += float(full(before[None])[0] - full(plan[None])[0])
        rounds, gain = (EXCHANGES, allowance) if turn < ROUNDS else (1, np.inf)
        here = replace(found, plan=plan, state=state)
        score = _by_slopes(planner, here, full) if by_slopes else sieved
        more = None if by_slopes else multiplied_once
        after = exchange(
            problem, plan, score, planner.seed, rounds, steps=planner.scale, gain=gain, allowed=allowed, more=more
        )
        if np.array_equal(after.plan, plan):
            break
        plan = after.plan
    emptied = _without_idle(planner, merit, plan)
    plan = emptied if np.array_equal(emptied, plan) or allowed(emptied) else plan
    near = Nearby(
        tolerance=tolerance,
        cost=lost / size,
        tried=after.tried,
        left=after.left / size,
        step=_step(planner, replace(found, plan=plan)),
        sure=after.sure,
        limited=bool(merit.margin_names),
    )
    return replace(found, plan=plan, near=near)


def _plainer(planner: Planner, plan: Array, score: Score, left: float, allowed: Allowed, rough: Score | None) -> Array:
    """The plan without what it buys for next to nothing, and made simple; that may make more purchases idle."""
    problem, floor = planner.problem, float(score(plan[None])[0]) - left
    plan = lean(problem, plan, score, left, allowed, rough)
    rest = min(left, float(score(plan[None])[0]) - floor)
    buys = any(decision.lump for decision in problem.system.decisions)
    plan = tidied(problem, plan, score, (1 - FOR_PURCHASES * buys) * rest, allowed, planner.scale, rough)
    return lean(problem, plan, score, max(0.0, float(score(plan[None])[0]) - floor), allowed, rough)


def _without_idle(planner: Planner, merit: Merit, plan: Array) -> Array:
    """The plan with whatever has no effect at its start, such as how something is done when it is not done at all.

    Whole decisions stay: a headcount may have no effect for a while too, and is simpler to read where it is steady.
    """
    start = planner.problem.region.project(planner.problem.start)
    slots = np.flatnonzero(~planner.problem.frozen & ~planner.problem.whole & (plan != start))
    if planner.smooth and merit.draws.count > 1 and len(slots):
        slots = slots[_flat(planner, merit, plan, start)[slots]]
    if not len(slots):
        return plan
    without = np.tile(plan, (len(slots) + 1, 1))
    without[np.arange(len(slots)), slots] = start[slots]
    few = planner.merit(min(merit.draws.count, IDLE_SAMPLES)).outcome(without)
    change = np.abs(few.objective - few.objective[-1]) / max(abs(few.objective[-1]), 1e-300)
    short = np.max((few.margins[-1] - few.margins) / np.maximum(np.abs(few.margins[-1]), 1e-300), axis=1, initial=0.0)
    for share in (EXACT_IDLE, IDLE):
        idle = np.isin(np.arange(len(plan)), slots[np.maximum(change, short)[:-1] <= share])
        owners = np.unique(planner.problem.owner[idle])
        # Few samples may not show an effect: each decision is looked at in all of them, and then what is left together.
        groups = [idle & (planner.problem.owner == owner) for owner in owners]
        kept = [group for group in groups if _no_worse(merit, plan, np.where(group, start, plan), share)]
        emptied = np.where(np.any(kept, axis=0), start, plan) if kept else plan
        if planner.problem.region.contains(emptied) and _no_worse(merit, plan, emptied, share):
            plan = emptied
    return plan


def _no_worse(merit: Merit, plan: Array, other: Array, share: float) -> bool:
    """Whether a plan makes and keeps as much as another, but for a share in each slot in which they differ."""
    both, lost = merit.outcome(np.stack([plan, other])), share * max(1.0, float(np.count_nonzero(plan != other)))
    before, after = both.objective.tolist()
    return bool(
        after >= before - lost * abs(before)
        and np.all(both.margins[1] >= both.margins[0] - lost * np.abs(both.margins[0]))
    )


def _flat(planner: Planner, merit: Merit, plan: Array, start: Array) -> NDArray[np.bool_]:
    """Which slots (K,) could have no effect: the slope there says so."""
    values, slopes = merit.descent(planner.scale)((plan / planner.scale)[None], [Scales()])
    return np.asarray(np.abs(slopes[0] * (start - plan) / planner.scale) <= FLAT * abs(float(values[0])))


def _by_slopes(planner: Planner, found: Found, full: Score) -> Score:
    """The full score of the plans to which slopes promise most; where returns fall, none exceeds what they promise."""
    scale = planner.scale
    slopes = found.merit.descent(scale)((found.plan / scale)[None], [found.state])[1][0] / scale
    return screened(lambda plans: -(plans @ slopes), full, _within(found.merit.draws.count))


def _within(count: int) -> int:
    return int(np.clip(MEASURED // count, *PROMISING))


def _asked_once(allowed: Allowed) -> Allowed:
    """The same, asked once per plan."""
    known: dict[bytes, bool] = {}

    def asked(plan: Array) -> bool:
        if (key := plan.tobytes()) not in known:
            known[key] = allowed(plan)
        return known[key]

    return asked


def _remembered(score: Score) -> Score:
    """The score, worked out once per plan."""
    known: dict[bytes, float] = {}

    def remembered(plans: Array) -> Array:
        new = {plan.tobytes(): plan for plan in plans if plan.tobytes() not in known}
        if new:
            known.update(zip(new, score(np.stack(list(new.values()))).tolist(), strict=True))
        return np.array([known[plan.tobytes()] for plan in plans])

    return remembered


def _size(merit: Merit, plan: Array) -> float:
    """What a share of the objective is a share of."""
    if merit.kind == "log":
        return 1.0
    return max(abs(float(merit.outcome(plan[None]).objective[0])), 1e-300)


def _tolerance(merit: Merit, plan: Array) -> float:
    """The share of the objective that makes no difference."""
    impact = merit.impacts(plan[None])[0]
    if merit.draws.count == 1 or np.ptp(impact) <= 1e-12 * np.max(np.abs(impact)):
        return EXACT
    spread = error(impact, merit.kind, merit.level) / _size(merit, plan)
    return max(EXACT, min(TOLERANCE, spread)) if spread > 0 else TOLERANCE


def _step(planner: Planner, found: Found) -> float:
    """Relative change of the objective by a small step along the projected gradient, whatever it does to margins.

    The step is taken, as a slope at the edge of what is possible may be infinite. Whole decisions stay.
    """
    plan, scale, merit = found.plan, planner.scale, found.merit
    free = np.zeros_like(found.state.multipliers)
    state = replace(found.state, multipliers=free, reserve=free - np.inf)
    region = planner.hours_limited(plan).region.fixed(planner.problem.whole, plan).scaled(scale)
    values, gradients = merit.descent(scale)((plan / scale)[None], [state])
    steepest = float(np.max(np.abs(gradients[0]), initial=0.0))
    if not np.isfinite(values[0]) or not np.isfinite(steepest) or steepest == 0:
        return 0.0
    here = region.project(plan / scale)
    reached = region.project(here - SMALL / steepest * gradients[0])
    before, after = merit.outcome(np.stack([here, reached]) * scale).objective
    return max(0.0, float(after - before)) / _size(merit, plan)
