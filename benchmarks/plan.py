"""Optima that are known, planned, and sought by general solvers on the same objective.

leverwise's time is a whole `plan` with its programs compiled: search from many starts, a check on fresh samples and at
half the step, comparison with simple plans, shadow prices. The solvers' is one descent from the even split, with exact
slopes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from math import exp, sqrt
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from benchmarks.rows import Row
from benchmarks.solvers import Problem, cma_es, ipopt, slope_of, slsqp, tree_parzen
from benchmarks.timer import ROOT, once, timed

CLOSE = 1e-4
EVOLVING = 5.0
"""Seconds that CMA-ES gets at most."""
SEARCHING = 3.0
"""Seconds that Optuna gets: it goes on as long as it may."""


@dataclass(frozen=True)
class Known:
    """A model of tests/cases with an optimum from theory, and its objective as CasADi takes it."""

    case: str
    optimum: float
    size: int
    most: float
    budget: float | None
    expression: Callable[[Any, ModuleType], Any]


def carry_over(x: Any, ca: ModuleType) -> Any:
    """Three effects that fade; x by period, then use."""
    gain, keep = ca.DM([1, 2, 0.5]), ca.DM([0.2, 0.5, 0.8])
    left, value = ca.DM.zeros(3), 0
    for t in range(6):
        left = keep * left + gain * ca.sqrt(x[3 * t : 3 * t + 3])
        value += (1 + 0.3 * np.sin(t)) * ca.sum1(left)
    return value


def budget_split(x: Any, ca: ModuleType) -> Any:
    """Four uses that saturate."""
    return ca.sum1(ca.DM([10, 6, 3, 0.4]) * (1 - ca.exp(-x / ca.DM([4, 3, 2, 1]))))


def nerlove_arrow(u: Any, ca: ModuleType) -> Any:
    """Goodwill that is built and fades."""
    goodwill, value = 5, 0
    for t in range(30):
        value += 0.97**t * (2 * goodwill - 1.5 * u[t] ** 2 / 2)
        goodwill = 0.9 * goodwill + u[t]
    return value


def sethi(u: Any, ca: ModuleType) -> Any:
    """Advertising in a market that fills up, by RK4; what lies beyond the horizon is worth a line in the share."""
    slope, step = 2 * (sqrt(0.3**2 + 2) - 0.3), 0.1

    def change(share: Any, t: float, spent: Any) -> tuple[Any, Any]:
        grown = spent * ca.sqrt(ca.fmax(1 - share, 0)) - 0.2 * share
        return grown, exp(-0.1 * t) * (2 * share - spent**2)

    share, value = 0.1, 0
    for n in range(120):
        t, spent = n * step, u[n // 2]
        a, va = change(share, t, spent)
        b, vb = change(share + step / 2 * a, t + step / 2, spent)
        c, vc = change(share + step / 2 * b, t + step / 2, spent)
        d, vd = change(share + step * c, t + step, spent)
        share = ca.fmin(ca.fmax(share + step / 6 * (a + 2 * b + 2 * c + d), 0), 1)
        value += step / 6 * (va + 2 * vb + 2 * vc + vd)
    return value + exp(-0.1 * 12) * (slope * share + slope**2 / 0.4)


SETHI_SLOPE = 2 * (sqrt(0.3**2 + 2) - 0.3)
CASES = (
    Known("budget-split", 8.30194698, 4, 5, 5, budget_split),
    Known("carry-over", 30.72025815, 18, 10, 10, carry_over),
    Known("nerlove-arrow", 1164.508324, 30, 50, None, nerlove_arrow),
    Known("sethi", SETHI_SLOPE**2 / 0.4 + 0.1 * SETHI_SLOPE, 60, 5, None, sethi),
)


def rows() -> Iterator[Row]:
    """Each case beside each solver."""
    for known in CASES:
        path = ROOT / "tests" / "cases" / f"{known.case}.yaml"
        ours, answer = timed(partial(planned, path), repeats=3)
        reached = answer.numbers["objective"].mean
        slope = slope_of(known.size, known.expression)
        problem = Problem(known.size, known.most, known.budget, slope, known.expression)
        for name, solver in solvers(problem, EVOLVING).items():
            theirs, x = once(solver) if "Optuna" in name else timed(solver, repeats=3, most=EVOLVING / 2)
            yield Row(
                f"{known.case}, {known.size} decisions, optimum {known.optimum:.8g}",
                ours,
                f"{reached:.8g} ({reached / known.optimum - 1:+.0e})",
                name,
                theirs,
                f"{slope(x)[0]:.8g} ({slope(x)[0] / known.optimum - 1:+.0e})",
                right=abs(reached / known.optimum - 1) < CLOSE,
            )


def planned(path: Path) -> Any:
    """The plan of a model without unknowns."""
    import leverwise

    return leverwise.load(path).plan(samples=16)


def solvers(problem: Problem, evolving: float) -> dict[str, Callable[[], np.ndarray]]:
    """The peers by name, ready to be called."""
    return {
        "SciPy SLSQP": slsqp(problem),
        "CasADi + IPOPT": ipopt(problem),
        f"CMA-ES, {evolving:g} s at most": cma_es(problem, evolving),
        f"Optuna (TPE), {SEARCHING:g} s": tree_parzen(problem, SEARCHING),
    }
