"""Shadow prices of a plan: what one unit more of money, or of any limit, would add to the objective."""

from __future__ import annotations

from typing import Any

import numpy as np

from leverwise.ask.answer import Estimate
from leverwise.ask.numbers import known, standard_error
from leverwise.ask.planning.merit import finite
from leverwise.ask.planning.problem import PlanProblem
from leverwise.ask.planning.projection import Array
from leverwise.ask.planning.search import Found

ACTIVE = 1e-7
"""A limit is active if its slack is below this share of its size."""
CASH = "cash"


def cash_price(found: Found, gradient: Any, resources: tuple[str, ...], unit: str, size: float) -> Estimate | None:
    """What one more dollar at the start adds to the objective, the cash floor's own pressure included.

    `size` is the number of base units of the objective in one of `unit`. None if the model has no cash.
    """
    if CASH not in resources:
        return None
    nudges = finite(gradient.nudges)[resources.index(CASH), 0]
    per_sample = nudges * len(nudges) / size
    return known(float(np.mean(per_sample)), f"{unit or 'impact'}/$", standard_error(per_sample))


def limit_prices(problem: PlanProblem, plan: Array, slopes: Array) -> list[tuple[str, float]]:
    """Label and multiplier of each limit (base units): from the slopes (K,) of the objective at the plan.

    At an optimum the slopes of decisions that are not at a bound are made of the active limits' rows.
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
    return list(zip(region.labels, (float(price) for price in prices), strict=True))
