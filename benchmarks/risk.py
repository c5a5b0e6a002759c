"""Plans where outcomes are not certain, against SLSQP on the closed form of the objective.

The peer is told the distribution; leverwise has samples. Both schedules are valued by the closed form.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import sqrt
from pathlib import Path
from typing import Any

import numpy as np
from scipy.stats import norm

from benchmarks.rows import Row
from benchmarks.solvers import Problem, Slope, slsqp
from benchmarks.timer import ROOT, timed

CLOSE = 1e-4
MEANS, SPREADS, BUDGET = np.array([3, 2, 1.5]), np.array([2, 0.5, 0.2]), 4.0
TENTH = float(norm.ppf(0.9))
SPLITS = {
    "mean": (0.0, 7.81025),
    "quantile 10 %": (TENTH, 4.73939),
    "cvar 10 %": (float(norm.pdf(TENTH)) / 0.1, 4.13016),
}
"""Objective: how many standard deviations it takes off the mean, and the optimum."""


def rows() -> Iterator[Row]:
    """A budget over three uncertain uses, by three objectives, and an order before demand is known."""
    for objective, (caution, optimum) in SPLITS.items():
        problem = Problem(3, BUDGET, BUDGET, cautious(caution), lambda x, ca: x)
        yield compared(f"risky split, {objective}", ROOT / "tests/cases/risky-split.yaml", objective, problem, optimum)
    problem = Problem(1, 200.0, None, profit, lambda x, ca: x)
    yield compared("newsvendor, mean", ROOT / "tests/cases/newsvendor.yaml", "mean", problem, 534.552)


def compared(what: str, path: Path, objective: str, problem: Problem, optimum: float) -> Row:
    """One case, planned and by SLSQP."""
    import leverwise

    ours, answer = timed(lambda: leverwise.load(path).plan(objective=objective), repeats=3, most=5)
    planned = problem.slope(scheduled(answer))[0]
    theirs, x = timed(slsqp(problem), repeats=3)
    found = problem.slope(x)[0]
    return Row(
        f"{what}, optimum {optimum:.6g}",
        ours,
        f"{planned:.6g} ({planned / optimum - 1:+.0e})",
        "SciPy SLSQP, closed form",
        theirs,
        f"{found:.6g} ({found / optimum - 1:+.0e})",
        right=abs(planned / optimum - 1) < CLOSE,
    )


def scheduled(answer: Any) -> np.ndarray:
    """The decisions, in the order in which the model has them."""
    return np.array([row["value"] for row in sorted(answer.rows["schedule"], key=lambda row: row["decision"])])


def cautious(caution: float) -> Slope:
    """Mean less so many standard deviations of a sum of normals in proportion to roots of spending."""

    def slope(x: np.ndarray) -> tuple[float, np.ndarray]:
        spread = sqrt(SPREADS**2 @ x)
        value = MEANS @ np.sqrt(x) - caution * spread
        return float(value), MEANS / 2 / np.sqrt(x) - caution * SPREADS**2 / 2 / spread

    return slope


def profit(x: np.ndarray) -> tuple[float, np.ndarray]:
    """Mean profit of an order: price 10, cost 4, salvage 1, demand normal with mean 100 and deviation 20."""
    z = (x[0] - 100) / 20
    short = 20 * (norm.pdf(z) - z * norm.sf(z))
    value = 10 * (100 - short) + (x[0] - 100 + short) - 4 * x[0]
    return float(value), np.array([10 - 4 - 9 * norm.cdf(z)])
