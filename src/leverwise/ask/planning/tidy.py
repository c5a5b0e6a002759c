"""A plan that people can read: what makes no difference is left out.

Where the objective is flat, a search ends with crumbs: an hour here, a headcount that flickers. Periods are set to the
period before or to the value of doing nothing as long as that costs next to nothing.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from leverwise.ask.planning.exchange import repair
from leverwise.ask.planning.problem import PlanProblem
from leverwise.ask.planning.projection import Array

Score = Callable[[Array], Array]

CRUMB = 0.02
"""Share of a decision's largest value below which it is tried whether nothing would do."""
PASSES = 3
MOST_LEVELS = 16


def tidied(problem: PlanProblem, plan: Array, score: Score, allowance: float) -> Array:
    """The plan with as many simplifications as keep its score within a relative `allowance` in all."""
    best = float(score(plan[None])[0])
    floor = best - allowance * abs(best)
    for _ in range(PASSES):
        simpler = [repaired for p in _simpler(problem, plan) if (repaired := repair(problem, p)) is not None]
        simpler = [p for p in simpler if np.any(p != plan)]
        if not simpler:
            return plan
        scores = score(np.stack(simpler))
        order = [int(k) for k in np.argsort(-scores, kind="stable") if scores[k] >= floor]
        if not order:
            return plan
        plan = _together(problem, plan, [simpler[k] for k in order], score, floor)
    return plan


def filled(problem: PlanProblem, plan: Array, score: Score, allowance: float) -> Array:
    """The plan with whole levels that dip and come back raised as far as that makes no difference.

    A headcount aimed at that is below those who are there does nothing, so that a search may leave any number.
    """
    best = float(score(plan[None])[0])
    floor = best - allowance * abs(best)
    for decision in problem.system.decisions:
        if not decision.whole or decision.lump:
            continue
        first, unit = problem.slots()[decision.name].start, decision.unit.factor
        for slot in range(first + 1, first + decision.periods):
            later = plan[slot + 1 : first + decision.periods]
            brim = min(plan[slot - 1], float(np.max(later, initial=-np.inf)))
            steps = round(float((brim - plan[slot]) / unit)) if brim > plan[slot] else 0
            if steps < 1 or problem.frozen[slot]:
                continue
            levels = plan[slot] + unit * np.unique(np.linspace(1, steps, min(steps, MOST_LEVELS)).round())
            raised = [(level, repair(problem, _with(plan, slot, float(level)))) for level in levels]
            allowed = [other for _, other in raised if other is not None]
            scores = score(np.stack(allowed)) if allowed else np.zeros(0)
            keep = [other for other, reached in zip(allowed, scores, strict=True) if reached >= floor]
            plan = keep[-1] if keep else plan
    return plan


def _together(problem: PlanProblem, plan: Array, simpler: list[Array], score: Score, floor: float) -> Array:
    """As many of the simplifications at once as stay above the floor: all, half of them, a quarter ..."""
    count = len(simpler)
    while count:
        joined = plan.copy()
        for other in simpler[:count]:
            changed = (other != plan) & (joined == plan)
            joined = np.where(changed, other, joined)
        repaired = repair(problem, joined)
        if repaired is not None and float(score(repaired[None])[0]) >= floor:
            return repaired
        count //= 2
    return plan


def _simpler(problem: PlanProblem, plan: Array) -> list[Array]:
    found: list[Array] = []
    for decision in problem.system.decisions:
        place = problem.slots()[decision.name]
        values, nothing = plan[place], problem.start[place]
        size = float(np.max(np.abs(values - nothing), initial=0.0))
        if size == 0:
            continue
        for period in range(decision.periods):
            away = abs(values[period] - nothing[period])
            crumb = away <= CRUMB * size or (decision.lump and away > 0)
            if crumb and not problem.frozen[place.start + period]:
                found.append(_with(plan, place.start + period, float(nothing[period])))
            if decision.whole and not decision.lump and period and values[period] != values[period - 1]:
                found.append(_with(plan, place.start + period, float(values[period - 1])))
                found.append(_with(plan, place.start + period - 1, float(values[period])))
    return found


def _with(plan: Array, slot: int, value: float) -> Array:
    changed = plan.copy()
    changed[slot] = value
    return changed
