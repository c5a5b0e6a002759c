"""A budget over channels and periods whose effects last and saturate, under 500 draws of how they do.

For each channel A[t] = keep A[t-1] + x[t], with x the spending of a period, and the response is gain A/(half + A). The
mean over the draws of the sum of responses over channels and periods is to be made large, with a total spending of 100.
The value is concave, so there is one optimum. All solvers, leverwise included, work on the same 500 draws.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np

from benchmarks.models import spread
from benchmarks.rows import Limit, Row, Toward
from benchmarks.solvers import Problem, cma_es, ipopt, slsqp, tree_parzen
from benchmarks.timer import once, timed
from leverwise.ask.seeds import searching

DRAWS = 500
BUDGET = 100.0
KEEP, GAIN, HALF = (0.2, 0.8), (0.5, 2.0), (2.0, 8.0)
CLOSE = 1e-5
REPEATS = 7
EVOLVING = 10.0
PATIENCE = 20.0
"""Seconds that SLSQP gets at most: its steps take a time that grows with the cube of the decisions."""


@dataclass(frozen=True)
class Case:
    """So many channels and periods, to be planned in so many seconds."""

    channels: int
    periods: int
    target: float

    @property
    def size(self) -> int:
        """Decisions."""
        return self.channels * self.periods


CASES = (Case(8, 24, 0.1), Case(16, 52, 0.5))


def rows() -> Iterator[Row]:
    """A plan of each case once compiled, beside each solver."""
    for case in CASES:
        yield from compared(case)


def compared(case: Case) -> Iterator[Row]:
    """One case beside each solver."""
    import leverwise

    engine = leverwise.load(channels(case)).engine
    draws = engine.draws(0, DRAWS, searching(0))  # those that the plan is searched on
    problem = problem_of(case, {name: draws[row] for row, name in enumerate(engine.draw_names)})
    compiling, answer = once(lambda: leverwise.load(channels(case)).plan(samples=DRAWS))
    fresh = [leverwise.load(channels(case)) for _ in range(1 + REPEATS)]  # nothing kept from plan to plan, but programs
    ours, answer = timed(lambda: fresh.pop().plan(samples=DRAWS), REPEATS)
    planned = spending(case, answer)
    reached = problem.slope(planned)[0]
    check = engine.measures(draws, np.arange(DRAWS), engine.schedule(by_channel(case, planned)))[0].mean()
    same = abs(check / reached - 1) < 1e-9 and planned.sum() <= BUDGET * (1 + 1e-9)
    what = f"{case.channels} channels x {case.periods} periods, {DRAWS} draws"
    yield Row(f"{what}: first plan, with compiling", compiling, f"{reached:.7g}")
    peers: dict[str, Callable[[], np.ndarray]] = {
        f"SciPy SLSQP, {PATIENCE:g} s at most": slsqp(problem, PATIENCE),
        "CasADi + IPOPT": ipopt(problem),
        f"CMA-ES, {EVOLVING:g} s at most": cma_es(problem, EVOLVING),
    }
    if case is CASES[0]:
        peers[f"Optuna (TPE), {EVOLVING:g} s"] = tree_parzen(problem, EVOLVING)
    for name, solver in peers.items():
        theirs, x = timed(solver, repeats=2, most=EVOLVING / 2) if "IPOPT" in name else once(solver)
        value = problem.slope(x)[0]
        yield Row(
            f"{what}, compiled before",
            ours,
            f"{reached:.7g}",
            name,
            theirs,
            f"{value:.7g}",
            right=same and reached >= value * (1 - CLOSE),
            limit=Limit(case.target),
            toward=Toward("budget", f"{case.size} decisions") if "SLSQP" in name else None,
        )


def channels(case: Case) -> dict[str, Any]:
    """The model: what is left of earlier spending, and what is felt of it."""
    values: dict[str, str] = {}
    stocks: dict[str, Any] = {}
    equations: dict[str, str] = {}
    decisions: dict[str, Any] = {}
    for i in range(case.channels):
        values |= {f"keep{i}": spread(KEEP), f"gain{i}": spread(GAIN), f"half{i}": spread(HALF)}
        decisions[f"x{i}"] = {"min": 0, "max": BUDGET, "every": 1}
        stocks[f"left{i}"] = {"start": 0, "change": f"felt{i} - left{i}"}
        equations[f"felt{i}"] = f"keep{i}*left{i} + x{i}"
    total = " + ".join(decisions)
    return {
        "leverwise": 1,
        "model": "channels",
        "time": {"step": 1, "horizon": case.periods, "method": "euler"},
        "values": values,
        "decisions": decisions,
        "stocks": stocks,
        "equations": equations,
        "impact": {"is": " + ".join(f"gain{i}*felt{i}/(half{i} + felt{i})" for i in range(case.channels))},
        "plan": {"objective": "mean", "subject to": [f"integral({total}) <= {BUDGET:g}"]},
    }


def spending(case: Case, answer: Any) -> np.ndarray:
    """(period, channel) flat: the schedule of an answer."""
    table = np.zeros((case.periods, case.channels))
    seen = [0] * case.channels
    for row in answer.rows["schedule"]:
        channel = int(row["decision"][1:])
        table[seen[channel], channel] = row["value"]
        seen[channel] += 1
    return table.ravel()


def by_channel(case: Case, flat: np.ndarray) -> dict[str, np.ndarray]:
    """The spending of each channel by period."""
    return {f"x{i}": column for i, column in enumerate(flat.reshape(case.periods, case.channels).T)}


def problem_of(case: Case, draws: dict[str, np.ndarray]) -> Problem:
    """The same for general solvers: NumPy over all draws at once, with the reverse pass written by hand."""
    count, periods = case.channels, case.periods
    keep, gain, half = (np.stack([draws[f"{kind}{i}"] for i in range(count)]) for kind in ("keep", "gain", "half"))

    def slope(x: np.ndarray) -> tuple[float, np.ndarray]:
        spent = x.reshape(periods, count)
        felt = np.zeros((periods, *keep.shape))
        left = np.zeros(keep.shape)
        for t in range(periods):
            left = felt[t] = keep * left + spent[t][:, None]
        value = (gain * felt / (half + felt)).sum() / DRAWS
        direct = gain * half / (half + felt) ** 2
        change, back = np.zeros_like(spent), np.zeros(keep.shape)
        for t in reversed(range(periods)):
            back = keep * back + direct[t]
            change[t] = back.sum(axis=1) / DRAWS
        return float(value), change.ravel()

    def expression(x: Any, ca: ModuleType) -> Any:
        left, value = ca.DM.zeros(count, DRAWS), 0
        for t in range(periods):
            left = ca.DM(keep) * left + ca.repmat(x[count * t : count * (t + 1)], 1, DRAWS)
            value += ca.sum1(ca.sum2(ca.DM(gain) * left / (ca.DM(half) + left))) / DRAWS
        return value

    return Problem(case.size, BUDGET, BUDGET, slope, expression, exact_curvature=False)
