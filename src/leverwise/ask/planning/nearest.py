"""The nearest plan in whole units where limits leave few of them, which rounding misses: a mixed-integer program."""

from __future__ import annotations

import numpy as np

from leverwise.ask.planning.problem import PlanProblem
from leverwise.ask.planning.projection import Array

SECONDS = 5.0
"""How long it is looked for; if that is not enough, the nearest found by then."""
TIGHTER = 1e-9
"""Share of its size by which a limit is kept with room to spare, for rounding."""


def nearest_whole(problem: PlanProblem, plan: Array) -> Array | None:
    """A plan (K,) within the limits whose whole part differs from another's by the fewest units; None if there is none.

    The distance is the sum over slots (HiGHS). What need not be whole is anything that the limits allow.
    """
    from scipy.optimize import Bounds, LinearConstraint, milp

    region, count = problem.region, problem.size
    whole = problem.whole & (region.low < region.high)
    units = np.where(whole, problem.units, 1.0)
    size = np.maximum(1e-12, np.abs(region.bounds) + np.max(np.abs(region.rows * units), axis=1, initial=0.0))
    rows, one = region.rows * units / size[:, None], np.eye(count)
    limits = [
        LinearConstraint(np.hstack([rows, np.zeros_like(rows)]), ub=region.bounds / size - TIGHTER),
        LinearConstraint(np.hstack([one, -one]), ub=plan / units),
        LinearConstraint(np.hstack([-one, -one]), ub=-plan / units),
    ]
    nothing = np.zeros(count)
    answer = milp(
        np.concatenate([nothing, whole.astype(float)]),
        integrality=np.concatenate([whole, nothing]).astype(int),
        constraints=limits if len(region.bounds) else limits[1:],
        bounds=Bounds(np.append(region.low / units, nothing), np.append(region.high / units, nothing + np.inf)),
        options={"time_limit": SECONDS},
    )
    if answer.x is None:
        return None
    found = answer.x[:count]
    return np.asarray(np.clip(np.where(whole, np.round(found), found) * units, region.low, region.high))
