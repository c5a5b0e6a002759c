"""Shadow prices of a plan: what one unit more of money, or of any limit, would add to the objective."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from leverwise.ask.planning.merit import finite
from leverwise.ask.planning.problem import PlanProblem
from leverwise.ask.planning.projection import Array

ACTIVE = 1e-7
"""A limit is active if its slack is below this share of its size."""
CASH = "cash"


def cash_prices(gradient: Any, resources: tuple[str, ...], size: float) -> Array | None:
    """What one more dollar at the start adds to the objective, by sample (n,), the cash floor's own pressure included.

    `size` is the number of base units of the objective in one to be told. None if the model has no cash.
    """
    if CASH not in resources:
        return None
    nudges = finite(gradient.nudges)[resources.index(CASH), 0]
    return np.asarray(nudges * len(nudges) / size)


def limit_prices(problem: PlanProblem, plan: Array, slopes: Array) -> list[tuple[str, float]]:
    """Label and multiplier of each limit (base units): from the slopes (K,) of the objective at the plan.

    At an optimum the slopes of decisions that are not at a bound are made of the active limits' rows. Where all are at
    a bound, a limit is worth what one more unit of it brings in the decisions that have room.
    """
    from scipy.optimize import nnls

    region = problem.region
    if not len(region.bounds):
        return []
    size = np.abs(region.rows) @ np.abs(plan) + np.abs(region.bounds) + 1e-300
    active = np.flatnonzero((region.bounds - region.rows @ plan) / size < ACTIVE)
    reach = 1e-6 * (1 + np.abs(plan))
    free = (plan > region.low + reach) & (plan < region.high - reach) & ~problem.whole
    prices = np.zeros(len(region.bounds))
    if len(active) and free.any():
        prices[active] = nnls(region.rows[np.ix_(active, np.flatnonzero(free))].T, slopes[free])[0]
    elif len(active):
        prices[active] = _at_a_corner(region.rows[active], slopes, ~problem.whole, plan < region.high - reach)
    return list(zip(region.labels, (float(price) for price in prices), strict=True))


def _at_a_corner(rows: Array, slopes: Array, known: NDArray[np.bool_], room: NDArray[np.bool_]) -> Array:
    """The least prices of limits (J, K) at which no decision with room upwards is worth more than it takes up."""
    from scipy.optimize import linprog

    needed = known & room & (slopes > 0)
    if not needed.any():
        return np.zeros(len(rows))
    found = linprog(np.ones(len(rows)), A_ub=-rows[:, needed].T, b_ub=-slopes[needed], bounds=(0, None), method="highs")
    return np.zeros(len(rows)) if found.x is None else np.asarray(found.x)
