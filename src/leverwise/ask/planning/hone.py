"""The last climb of a plan that margins limit: on more samples, by exact slopes, and by larger moves, in turn.

Descents before this see a margin through a price that is set anew between them, and end where that stops moving. Here
margins are limits, as in sequential quadratic programming (SLSQP: Kraft 1988), which ends at the edge of what holds;
and between climbs every single exchange and every change of a whole schedule is tried, as often as one of them gains.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TypedDict

import numpy as np
from scipy.optimize import minimize

from leverwise.ask.planning.exchange import exchange
from leverwise.ask.planning.found import Found
from leverwise.ask.planning.merit import Merit, Scales
from leverwise.ask.planning.problem import PlanProblem
from leverwise.ask.planning.projection import Array
from leverwise.ask.planning.reshape import reshaped
from leverwise.ask.planning.search import Planner
from leverwise.ask.planning.sizes import row_seconds

SAMPLES, LONG = 1024, 3e-5
"""Samples of this, and seconds of one from which a run is costly."""
MOST = 300
"""Slots up to which quadratic programming is quick beside the runs."""
STEPS, FEWER, ENDED = 40, 20, 1e-5
"""Most steps of the first climb and of later ones, and the share of the objective at which they end."""
FIRST = 0.2
"""Share of its range by which the first step of a climb moves the decision with the steepest slope."""
TURNS, TURNS_IF_COSTLY, ROUNDS = 8, 2, 4
"""Climbs with exchanges between them, as long as they gain, and rounds of exchange in each."""
WORTH, AGAIN = 2e-4, 2e-3
"""Share of the objective that an exchange must gain, and a whole turn for there to be another."""
ROOM = 0.25
"""Share of the misses allowed that every other climb gives up: a plan on the edge leaves no larger move."""
BACK = (1.0, 0.9, 0.75, 0.5, 0.25, 0.1)
"""Shares of a way on which plans are looked at: its end may just not hold."""
EVEN = 1e-3
"""How far from what is asked the share of samples that hold may be after a climb without another."""
SUREST, FURTHEST = 0.9995, 0.5
"""How sure a climb may be at most, and by what share of the misses allowed it may differ from what is asked."""


class Kept(TypedDict):
    """What a plan is judged by after this."""

    merit: Merit
    state: Scales


def honed(planner: Planner, found: Found, check: Merit, sure: float) -> Found:
    """The plan climbed and exchanged in turn, the best of those on the way that hold on the samples of `check`.

    There money and hours must suffice in a share `sure` of the samples. How sure they must be for that on the samples
    of the climb is found on the way. If no plan holds, the last one.
    """
    problem = planner.problem
    costly = row_seconds(problem.system) >= LONG
    count = 1 if planner.sizes.polish == 1 else max(planner.sizes.polish, min(SAMPLES, planner.samples))
    asked = min(SUREST, sure + float(np.sqrt(sure * (1 - sure) / count))) if count > 1 else sure
    merit = planner.merit(count, asked)
    here = merit.outcome(found.plan[None])
    state = replace(found.state, log=False, reserve=np.zeros_like(found.state.reserve))
    state = replace(state, objective=max(abs(float(here.objective[0])), 1e-300))

    def surplus(plan: Array) -> float:
        return float(np.min(check.outcome(plan[None]).kept - sure, initial=1.0))

    def allowed(plan: Array) -> bool:
        return surplus(plan) >= -1e-12

    plan, value, holds = found.plan, float(here.objective[0]) / state.objective, allowed(found.plan)
    for turn in range(TURNS_IF_COSTLY if costly else TURNS):
        before, roomy = value, count > 1 and turn % 2 == 0
        aimed = planner.merit(count, min(SUREST, asked + ROOM * (1 - asked))) if roomy else merit
        steps = STEPS if turn == 0 else FEWER
        tried = climb(problem, aimed, plan, planner.scale, state, steps)
        beyond = surplus(tried)
        if count > 1 and not roomy and (beyond < 0 or EVEN < beyond < 1 - sure):
            asked = _just_enough(asked, beyond, sure)
            merit = planner.merit(count, asked)
            tried = climb(problem, merit, tried, planner.scale, state, FEWER)
        if holds:
            tried = next((each for each in plan + np.array(BACK)[:, None] * (tried - plan) if allowed(each)), plan)
        score = planner.sieved(merit, state)
        tried = exchange(
            problem, tried, score, planner.seed, ROUNDS, steps=planner.scale, gain=WORTH, allowed=allowed, more=reshaped
        ).plan
        reached, held = float(merit.outcome(tried[None]).objective[0]) / state.objective, allowed(tried)
        held_before = holds
        if (held and not holds) or (held == holds and (reached > value or not holds)):
            plan, value, holds = tried, reached, held
        if held_before and not roomy and value < before + AGAIN:
            break
    state = replace(state, log=found.state.log)
    if not holds:
        return replace(found, plan=plan, merit=merit, state=state)
    return replace(found, plan=plan, **as_sure_as(planner, merit, plan, state, asked))


def as_sure_as(planner: Planner, merit: Merit, plan: Array, state: Scales, asked: float) -> Kept:
    """The merit on the same samples, and its state, by which a plan holds there: as surely as asked, or as it does."""
    outcome = merit.outcome(plan[None])
    sure = float(np.min(outcome.kept, initial=asked))
    same = planner.merit(merit.draws.count, sure)
    return {"merit": same, "state": replace(state, reserve=np.minimum(0.0, same.outcome(plan[None]).margins[0]))}


def _just_enough(asked: float, beyond: float, sure: float) -> float:
    """How sure to be next on the samples of the climb, if on those of the check that came to so much beyond `sure`."""
    furthest = FURTHEST * (1 - sure)
    return float(np.clip(asked - beyond + EVEN / 2, sure - furthest, min(SUREST, sure + furthest)))


def climb(problem: PlanProblem, merit: Merit, plan: Array, scale: Array, state: Scales, steps: int) -> Array:
    """The best plan (K,) that is seen while the decisions that are not whole follow the slopes, margins as limits."""
    region = problem.region
    moving = np.flatnonzero(~problem.whole & (region.low < region.high))
    if not len(moving) or problem.size > MOST:
        return plan
    length = np.maximum(scale, np.abs(plan - problem.start))[moving]
    best, reached = plan, float(merit.score(plan[None], state)[0])
    values: dict[bytes, tuple[float, Array]] = {}
    slopes: dict[bytes, Array] = {}

    def at(x: Array) -> Array:
        moved = plan.copy()
        moved[moving] = np.clip(x * length, region.low[moving], region.high[moving])
        return moved

    def value(x: Array) -> tuple[float, Array]:
        nonlocal best, reached
        if (key := x.tobytes()) not in values:
            outcome, there = merit.outcome(at(x)[None]), at(x)
            score = float(merit.scored(outcome, state)[0])
            if score > reached and region.contains(there):
                best, reached = there, score
            objective = float(outcome.objective[-1]) / state.objective
            values[key] = (-objective if np.isfinite(objective) else 1e6, outcome.margins[-1] / state.margins)
        return values[key]

    def slope(x: Array) -> Array:
        if (key := x.tobytes()) not in slopes:
            slopes[key] = merit.tangent(at(x))[:, moving] * length
        return slopes[key]

    limits = []
    if merit.margin_names:
        size = state.margins[:, None]
        limits.append({"type": "ineq", "fun": lambda x: value(x)[1], "jac": lambda x: slope(x)[1:] / size})
    if len(region.bounds):
        sizes = np.abs(region.bounds) + np.max(np.abs(region.rows * scale), axis=1, initial=0.0) + 1e-300
        rows = region.rows[:, moving] * length / sizes[:, None]
        limits.append(
            {"type": "ineq", "fun": lambda x: (region.bounds - region.rows @ at(x)) / sizes, "jac": lambda _: -rows}
        )
    begin = plan[moving] / length
    steepest = float(np.max(np.abs(slope(begin)[0]), initial=0.0)) / state.objective
    steep = max(1.0, FIRST / steepest) if 0 < steepest < np.inf else 1.0
    end = minimize(
        lambda x: steep * value(x)[0],
        begin,
        jac=lambda x: -steep * slope(x)[0] / state.objective,
        bounds=list(zip(region.low[moving] / length, region.high[moving] / length, strict=True)),
        constraints=limits,
        method="SLSQP",
        options={"maxiter": steps, "ftol": steep * ENDED},
    ).x
    way = best + np.array(BACK)[:, None] * (region.fixed(problem.whole, plan).project(at(end)) - best)
    scores = merit.score(way, state)
    return way[int(np.argmax(scores))] if np.max(scores) > reached else best
