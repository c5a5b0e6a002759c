"""Headcounts that do not flicker: a plan to begin from again, in which nobody is let go only to be sought again.

Where people stay when fewer are aimed at, a search may end at a schedule that aims high and low in turn. A steady one
is far from it in single exchanges, and often better.
"""

from __future__ import annotations

import numpy as np

from leverwise.ask.planning.exchange import repair
from leverwise.ask.planning.problem import PlanProblem
from leverwise.ask.planning.projection import Array


def steadied(problem: PlanProblem, plan: Array) -> list[Array]:
    """The plan with whole levels that never fall while they are used: at the highest so far, or at a mean of it."""
    found = []
    for share in (1.0, 0.85, 0.7):
        changed = plan.copy()
        for name, place in problem.slots().items():
            decision, values = problem.decision(name), plan[place]
            used = np.flatnonzero(values != problem.start[place])
            if not decision.whole or decision.lump or np.any(problem.frozen[place]) or len(used) < 2:
                continue
            inside = slice(place.start + int(used[0]), place.start + int(used[-1]) + 1)
            levels = share * np.maximum.accumulate(plan[inside]) / decision.unit.factor
            changed[inside] = np.ceil(levels - 1e-9) * decision.unit.factor
        repaired = repair(problem, np.clip(changed, problem.region.low, problem.region.high))
        if repaired is not None and np.any(repaired != plan):
            found.append(repaired)
    return found
