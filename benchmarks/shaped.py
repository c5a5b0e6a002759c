"""Dividing a budget over uses whose returns are S-shaped: many local optima, in which descent gets stuck.

Use i returns gain x^3/(half^3 + x^3); eight uses share a budget of 10, in 30 random instances. The true optimum comes
from dynamic programming on a grid of a thousandth of the budget, written here. Solved is what comes within 0.1 %.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from benchmarks.rows import Measured, Row, Toward
from benchmarks.solvers import Problem, slsqp
from benchmarks.timer import once

INSTANCES, USES, BUDGET = 30, 8, 10.0
GRID = 1000
CLOSE = 1e-3
STARTS = 16

Solved = list[tuple[float, float]]
"""Seconds and value of each instance."""


def rows() -> Iterator[Row]:
    """A plan of each instance with the program compiled, against one descent and against several."""
    import leverwise

    instances = [drawn(number) for number in range(INSTANCES)]
    best = [optimum(gain, half) for gain, half in instances]
    leverwise.load(model(*instances[0])).plan(samples=16)
    ours = [planned(gain, half) for gain, half in instances]
    seconds = Measured(tuple(time for time, _ in ours))
    for name, starts in (("SciPy SLSQP, even split", 1), (f"SciPy SLSQP, {STARTS} starts", STARTS)):
        theirs = [descended(gain, half, starts) for gain, half in instances]
        yield Row(
            f"{USES} S-shaped uses, {INSTANCES} instances, each",
            seconds,
            solved(ours, best),
            name,
            Measured(tuple(time for time, _ in theirs)),
            solved(theirs, best),
            right=share(ours, best) == 1,
            toward=Toward("shaped") if starts == 1 else None,
        )


def drawn(number: int) -> tuple[np.ndarray, np.ndarray]:
    """Gains and half-way points of one instance."""
    random = np.random.default_rng(number)
    return np.round(random.uniform(1, 10, USES), 3), np.round(random.uniform(1, 5, USES), 3)


def value(x: np.ndarray, gain: np.ndarray, half: np.ndarray) -> np.ndarray:
    """What each use returns."""
    return np.asarray(gain * x**3 / (half**3 + x**3))


def optimum(gain: np.ndarray, half: np.ndarray) -> float:
    """The most that the budget can return, use after use, for every part of the budget."""
    spent = np.linspace(0, BUDGET, GRID + 1)
    best = np.zeros(GRID + 1)
    for a, h in zip(gain, half, strict=True):
        own = value(spent, a, h)
        best = np.array([(best[: k + 1] + own[k::-1]).max() for k in range(GRID + 1)])
    return float(best[-1])


def model(gain: np.ndarray, half: np.ndarray) -> dict[str, Any]:
    """One instance as a model."""
    values = {f"gain{i}": float(gain[i]) for i in range(USES)} | {f"half{i}": float(half[i]) for i in range(USES)}
    return {
        "leverwise": 1,
        "model": "shaped",
        "time": {"step": 1, "horizon": 1, "method": "euler"},
        "values": values,
        "decisions": {f"x{i}": {"min": 0, "max": BUDGET, "every": 1} for i in range(USES)},
        "impact": {"is": " + ".join(f"gain{i}*x{i}^3/(half{i}^3 + x{i}^3)" for i in range(USES))},
        "plan": {"objective": "mean", "subject to": [" + ".join(f"x{i}" for i in range(USES)) + f" <= {BUDGET:g}"]},
    }


def planned(gain: np.ndarray, half: np.ndarray) -> tuple[float, float]:
    """Seconds of a plan, and what its schedule returns."""
    import leverwise

    taken, answer = once(lambda: leverwise.load(model(gain, half)).plan(samples=16))
    x = np.array([row["value"] for row in answer.rows["schedule"]])
    return taken.minimum, worth(x, gain, half)


def descended(gain: np.ndarray, half: np.ndarray, starts: int) -> tuple[float, float]:
    """Seconds of SLSQP from the even split, or from so many random splits, and the best return."""

    def slope(x: np.ndarray) -> tuple[float, np.ndarray]:
        return float(value(x, gain, half).sum()), 3 * gain * half**3 * x**2 / (half**3 + x**3) ** 2

    random = np.random.default_rng(0)
    first: list[np.ndarray | None] = [None]
    if starts > 1:
        first = [BUDGET * random.dirichlet(np.ones(USES)) for _ in range(starts)]
    solve: list[Callable[[], np.ndarray]] = [
        slsqp(Problem(USES, BUDGET, BUDGET, slope, lambda x, ca: x, begin=begin)) for begin in first
    ]
    taken, found = once(lambda: [one() for one in solve])
    return taken.minimum, max(worth(x, gain, half) for x in found)


def worth(x: np.ndarray, gain: np.ndarray, half: np.ndarray) -> float:
    """What a division returns; nothing if it exceeds the budget."""
    return float(value(x, gain, half).sum()) if x.sum() <= BUDGET * (1 + 1e-6) else 0.0


def share(found: Solved, best: list[float]) -> float:
    """Share of the instances that are solved."""
    return float(np.mean([reached >= most * (1 - CLOSE) for (_, reached), most in zip(found, best, strict=True)]))


def solved(found: Solved, best: list[float]) -> str:
    """The same in words."""
    return f"{share(found, best):.0%} solved"
