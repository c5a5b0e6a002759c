"""The end of a search: the plan made simple at a bounded cost, until no single exchange is worth its while.

Simplicity and gain are weighed by one number, the tolerance: what a plan makes is not known better than that, or it
is a thousandth. A plan may lose so much by becoming simpler, and is changed only for more.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from leverwise.ask.planning.exchange import Allowed, Score, exchange, screened
from leverwise.ask.planning.merit import Merit
from leverwise.ask.planning.projection import Array
from leverwise.ask.planning.risk import error
from leverwise.ask.planning.search import Found, Nearby, Planner
from leverwise.ask.planning.tidy import tidied

TOLERANCE, EXACT = 1e-3, 1e-6
"""Shares of the objective, with and without uncertainty."""
ROUNDS = 1
EXCHANGES = 2
KEPT = 0.5
"""Share of the margins held in reserve that stays so: `allowed` looks at samples of its own."""
SMALL = 1e-3
"""Share of the ranges that a step takes whose length gives the slope within the limits."""


def settled(planner: Planner, found: Found, allowed: Allowed) -> Found:
    """The plan made simple and exchanged in turn; `allowed` is asked about every plan that is taken or told of."""
    merit, problem, allowed = found.merit, planner.problem, _asked_once(allowed)
    state = replace(found.state, reserve=KEPT * found.state.reserve)

    score = screened(planner.rough(merit, state), _remembered(lambda plans: merit.score(plans, state)))
    size = _size(merit, found.plan) / state.objective
    tolerance = _tolerance(merit, found.plan)
    allowance = tolerance * size
    plan, lost = found.plan, 0.0
    for turn in range(ROUNDS + 1):
        before = plan
        plan = tidied(problem, plan, score, max(0.0, allowance - lost), allowed, planner.scale)
        lost += float(score(before[None])[0] - score(plan[None])[0])
        rounds, gain = (EXCHANGES, allowance) if turn < ROUNDS else (1, np.inf)
        after = exchange(problem, plan, score, planner.seed, rounds, steps=planner.scale, gain=gain, allowed=allowed)
        if np.array_equal(after.plan, plan):
            break
        plan = after.plan
    near = Nearby(
        tolerance=tolerance,
        cost=lost / size,
        tried=after.tried,
        left=after.left / size,
        slope=_slope(planner, replace(found, plan=plan)),
        sure=after.sure,
        limited=bool(merit.margin_names),
    )
    return replace(found, plan=plan, near=near)


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


def _slope(planner: Planner, found: Found) -> float:
    """Relative change of the objective along the projected gradient, in scaled variables, whatever it does to margins.

    Whole decisions stay.
    """
    plan, scale, merit = found.plan, planner.scale, found.merit
    free = np.zeros_like(found.state.multipliers)
    state = replace(found.state, multipliers=free, reserve=free - np.inf)
    region = planner.hours_limited(plan).region.fixed(planner.problem.whole, plan).scaled(scale)
    values, gradients = merit.descent(scale)((plan / scale)[None], [state])
    gradient = gradients[0] if state.log or merit.kind == "log" else gradients[0] * state.objective
    steepest = float(np.max(np.abs(gradient), initial=0.0))
    if not np.isfinite(values[0]) or steepest == 0:
        return 0.0
    length = SMALL / steepest
    reach = region.project(plan / scale - length * gradient) - region.project(plan / scale)
    slope = float(np.linalg.norm(reach)) / length
    return slope if state.log or merit.kind == "log" else slope / _size(merit, plan)
