"""A budget over 8 channels and 24 periods whose effects last and saturate, under 500 draws of how they do.

For each channel A[t] = keep A[t-1] + x[t], with x the spending of a period, and the response is gain A/(half + A). The
mean over the draws of the sum of responses over channels and periods is to be made large, with a total spending of 100.
The value is concave, so there is one optimum. All solvers, leverwise included, work on the same 500 draws.
"""

from __future__ import annotations

from collections.abc import Iterator
from types import ModuleType
from typing import Any

import numpy as np

from benchmarks.models import spread
from benchmarks.plan import solvers
from benchmarks.rows import Limit, Row
from benchmarks.solvers import Problem
from benchmarks.timer import once, timed

CHANNELS, PERIODS, DRAWS = 8, 24, 500
BUDGET = 100.0
KEEP, GAIN, HALF = (0.2, 0.8), (0.5, 2.0), (2.0, 8.0)
CLOSE = 1e-4
EVOLVING = 10.0


def rows() -> Iterator[Row]:
    """A plan once compiled, beside each solver."""
    import leverwise

    system_of = leverwise.load(channels())
    engine = system_of.engine
    draws = engine.draws(0, DRAWS, 0)
    problem = problem_of({name: draws[row] for row, name in enumerate(engine.draw_names)})
    compiling, answer = once(lambda: system_of.plan(samples=DRAWS))
    ours, answer = timed(lambda: leverwise.load(channels()).plan(samples=DRAWS), repeats=2)
    planned = spending(answer)
    reached = problem.slope(planned)[0]
    check = engine.measures(draws, np.arange(DRAWS), engine.schedule(by_channel(planned)))[0].mean()
    same = abs(check / reached - 1) < 1e-9 and planned.sum() <= BUDGET * (1 + 1e-9)
    what = f"{CHANNELS} channels x {PERIODS} periods, {DRAWS} draws"
    yield Row(f"{what}: first plan, with compiling", compiling, f"{reached:.7g}")
    for name, solver in solvers(problem, EVOLVING).items():
        theirs, x = timed(solver, repeats=2, most=EVOLVING / 2) if "CMA" not in name else once(solver)
        value = problem.slope(x)[0]
        yield Row(
            f"{what}, compiled before",
            ours,
            f"{reached:.7g}",
            name,
            theirs,
            f"{value:.7g}",
            right=same and reached >= value * (1 - CLOSE),
            limit=Limit(0.1),
        )


def channels() -> dict[str, Any]:
    """The model: what is left of earlier spending, and what is felt of it."""
    values: dict[str, str] = {}
    stocks: dict[str, Any] = {}
    equations: dict[str, str] = {}
    decisions: dict[str, Any] = {}
    for i in range(CHANNELS):
        values |= {f"keep{i}": spread(KEEP), f"gain{i}": spread(GAIN), f"half{i}": spread(HALF)}
        decisions[f"x{i}"] = {"min": 0, "max": BUDGET, "every": 1}
        stocks[f"left{i}"] = {"start": 0, "change": f"felt{i} - left{i}"}
        equations[f"felt{i}"] = f"keep{i}*left{i} + x{i}"
    total = " + ".join(decisions)
    return {
        "leverwise": 1,
        "model": "channels",
        "time": {"step": 1, "horizon": PERIODS, "method": "euler"},
        "values": values,
        "decisions": decisions,
        "stocks": stocks,
        "equations": equations,
        "impact": {"is": " + ".join(f"gain{i}*felt{i}/(half{i} + felt{i})" for i in range(CHANNELS))},
        "plan": {"objective": "mean", "subject to": [f"integral({total}) <= {BUDGET:g}"]},
    }


def spending(answer: Any) -> np.ndarray:
    """(period, channel) flat: the schedule of an answer."""
    table = np.zeros((PERIODS, CHANNELS))
    seen = [0] * CHANNELS
    for row in answer.rows["schedule"]:
        channel = int(row["decision"][1:])
        table[seen[channel], channel] = row["value"]
        seen[channel] += 1
    return table.ravel()


def by_channel(flat: np.ndarray) -> dict[str, np.ndarray]:
    """The spending of each channel by period."""
    return {f"x{i}": column for i, column in enumerate(flat.reshape(PERIODS, CHANNELS).T)}


def problem_of(draws: dict[str, np.ndarray]) -> Problem:
    """The same for general solvers: NumPy over all draws at once, with the reverse pass written by hand."""
    keep, gain, half = (np.stack([draws[f"{kind}{i}"] for i in range(CHANNELS)]) for kind in ("keep", "gain", "half"))

    def slope(x: np.ndarray) -> tuple[float, np.ndarray]:
        spent = x.reshape(PERIODS, CHANNELS)
        felt = np.zeros((PERIODS, *keep.shape))
        left = np.zeros(keep.shape)
        for t in range(PERIODS):
            left = felt[t] = keep * left + spent[t][:, None]
        value = (gain * felt / (half + felt)).sum() / DRAWS
        direct = gain * half / (half + felt) ** 2
        change, back = np.zeros_like(spent), np.zeros(keep.shape)
        for t in reversed(range(PERIODS)):
            back = keep * back + direct[t]
            change[t] = back.sum(axis=1) / DRAWS
        return float(value), change.ravel()

    def expression(x: Any, ca: ModuleType) -> Any:
        left, value = ca.DM.zeros(CHANNELS, DRAWS), 0
        for t in range(PERIODS):
            left = ca.DM(keep) * left + ca.repmat(x[CHANNELS * t : CHANNELS * (t + 1)], 1, DRAWS)
            value += ca.sum1(ca.sum2(ca.DM(gain) * left / (ca.DM(half) + left))) / DRAWS
        return value

    return Problem(CHANNELS * PERIODS, BUDGET, BUDGET, slope, expression, exact_curvature=False)
