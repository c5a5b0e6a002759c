"""Plans against optima that are known: closed forms, and exact solvers."""

from __future__ import annotations

from math import sqrt
from typing import Any

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.optimize import Bounds, LinearConstraint, milp, minimize_scalar
from scipy.stats import norm

import leverwise
from cases.run import load, schedule

CLOSE = 1e-4


def planned(case: str, **options: Any) -> tuple[float, dict[str, np.ndarray]]:
    """The planned objective of a case, and the schedule."""
    settings = {key: options.pop(key) for key in list(options) if "__" in key}
    answer = load(case, **settings).plan(**options)
    return answer.numbers["objective"].mean, schedule(answer)


def test_carry_over() -> None:
    """Effects that carry over: each spending is in proportion to the square of what a unit brings in all periods."""
    share, keep, weight = np.array([1, 2, 0.5]), np.array([0.2, 0.5, 0.8]), 1 + 0.3 * np.sin(np.arange(6))
    worth = np.array(
        [
            [a * sum(weight[s] * k ** (s - t) for s in range(t, 6)) for t in range(6)]
            for a, k in zip(share, keep, strict=True)
        ]
    )
    objective, found = planned("carry-over", samples=16)
    assert objective == pytest.approx(30.72025815, rel=CLOSE)
    assert objective == pytest.approx(sqrt(10 * (worth**2).sum()), rel=CLOSE)
    spent = np.array([found["x1"], found["x2"], found["x3"]])
    assert spent == pytest.approx(10 * worth**2 / (worth**2).sum(), abs=0.05)
    assert spent.sum() <= 10 * (1 + 1e-9)


def test_value_of_a_larger_budget() -> None:
    """One more unit of the budget for carried-over effects brings 1.536."""
    more = "integral(x1 + x2 + x3) <= 10.1"
    objective, _ = planned("carry-over", samples=16, plan__subject_to=f"[{more}]")
    assert (objective - 30.72025815) / 0.1 == pytest.approx(1.53601, rel=0.01)


def test_budget_split() -> None:
    """Saturating uses: the three best are filled until a unit more brings 1.188673 in each; the fourth gets nothing."""
    objective, found = planned("budget-split", samples=16)
    assert objective == pytest.approx(8.30194698, rel=CLOSE)
    spent = np.array([found[name][0] for name in ("x1", "x2", "x3", "x4")])
    assert spent == pytest.approx([2.9738, 1.5609, 0.4653, 0], abs=0.03)
    gains = np.array([10 / 4, 6 / 3, 3 / 2]) * np.exp(-spent[:3] / np.array([4, 3, 2]))
    assert gains == pytest.approx(1.188673, rel=0.01)


@pytest.mark.parametrize(
    ("objective", "caution", "value"),
    [
        ("mean", 0.0, 7.81025),
        ("quantile 10 %", float(norm.ppf(0.9)), 4.73939),
        ("cvar 10 %", float(norm.pdf(norm.ppf(0.1)) / 0.1), 4.13016),
    ],
)
def test_risky_split(objective: str, caution: float, value: float) -> None:
    """Mean, quantile and tail mean of a sum of normals: the plan found is within 1e-4 of the best one's exact value."""
    claimed, found = planned("risky-split", plan__objective=objective)
    x = np.array([found[name][0] for name in ("x1", "x2", "x3")])
    exact = np.array([3, 2, 1.5]) @ np.sqrt(x) - caution * sqrt(np.array([2, 0.5, 0.2]) ** 2 @ x)
    assert x.sum() <= 4 * (1 + 1e-9)
    assert exact == pytest.approx(value, rel=CLOSE)
    assert claimed == pytest.approx(value, rel=5e-3)


def test_newsvendor() -> None:
    """The order covers demand with probability (price - cost)/(price - salvage)."""
    claimed, found = planned("newsvendor")
    order = found["ordered"][0]
    z = (order - 100) / 20
    short = 20 * (norm.pdf(z) - z * (1 - norm.cdf(z)))
    profit = 10 * (100 - short) + 1 * (order - 100 + short) - 4 * order
    assert order == pytest.approx(108.6145, abs=0.5)
    assert profit == pytest.approx(534.552, rel=CLOSE)
    assert claimed == pytest.approx(534.552, rel=2e-3)


def worst_tenth(order: float) -> float:
    """Mean profit of an order in the worst tenth of demands, by quadrature: profit never falls with demand."""
    tenth = 100 + 20 * norm.ppf(0.1)

    def weighed(demand: float) -> float:
        profit = 10 * min(order, demand) + max(order - demand, 0) - 4 * order
        return float(profit * norm.pdf(demand, 100, 20) / 0.1)

    return float(quad(weighed, -100, tenth, points=sorted({min(order, tenth), 40.0}), limit=200)[0])


def test_cautious_newsvendor() -> None:
    """Planning for the mean of the worst tenth orders far less, and what it promises is that tenth's mean profit."""
    best = minimize_scalar(
        lambda order: -worst_tenth(order), bounds=(40, 120), method="bounded", options={"xatol": 1e-6}
    )
    assert best.x == pytest.approx(69.978, abs=5e-4)
    assert best.x == pytest.approx(100 + 20 * norm.ppf(0.1 * (10 - 4) / (10 - 1)), abs=1e-4)
    claimed, found = planned("newsvendor", plan__objective="cvar 10 %")
    assert found["ordered"][0] == pytest.approx(best.x, abs=0.5)
    assert worst_tenth(found["ordered"][0]) == pytest.approx(-best.fun, rel=CLOSE)
    assert claimed == pytest.approx(-best.fun, rel=2e-3)


def test_nerlove_arrow() -> None:
    """Each spending equals the discounted worth of the goodwill that it builds; the last is nothing."""
    claimed, found = planned("nerlove-arrow", samples=16)
    assert claimed == pytest.approx(1164.508324, rel=CLOSE)
    worth = [2 * sum(0.97**s * 0.9 ** (s - t - 1) for s in range(t + 1, 30)) for t in range(30)]
    assert found["u"] == pytest.approx([w / (1.5 * 0.97**t) for t, w in enumerate(worth)], abs=0.1)


def sethi_slope() -> float:
    """The worth of one more point of share: r lam = pi - lam^2 rho^2/4 - d lam."""
    return 2 * (-0.3 + sqrt(0.3**2 + 2))


def test_sethi_schedule() -> None:
    """Without noise a schedule comes within 1e-4 of the value that Sethi's feedback rule reaches."""
    slope = sethi_slope()
    assert slope == pytest.approx(2.29137, rel=1e-5)
    value = slope**2 / 4 / 0.1 + 0.1 * slope
    assert value == pytest.approx(13.355037, rel=1e-6)
    claimed, found = planned("sethi", samples=16)
    assert claimed == pytest.approx(value, rel=CLOSE)
    assert claimed < value
    steady = (slope / 2) / (slope / 2 + 0.2)
    assert found["u"][30:] == pytest.approx(slope / 2 * sqrt(1 - steady), rel=0.05)


def test_sethi_feedback_with_noise() -> None:
    """With noise the best answer to the share still open is rho lam/2, and the mean reaches Sethi's value."""
    claimed, found = planned("sethi-feedback", samples=128)
    assert found["strength"][0] == pytest.approx(sethi_slope() / 2, rel=0.03)
    assert claimed == pytest.approx(13.355037, rel=5e-3)


def test_loury() -> None:
    """The best sum to pay at once in a research race."""
    claimed, found = planned("loury", samples=16)
    assert claimed == pytest.approx(70.8772, rel=CLOSE)
    assert found["x"][0] == pytest.approx(13.3114, rel=0.01)


def test_lee_wilde() -> None:
    """The best spending per time in a research race."""
    claimed, found = planned("lee-wilde", samples=16)
    assert claimed == pytest.approx(64.1742, rel=CLOSE)
    assert found["y"][0] == pytest.approx(3.20871, rel=0.01)


def test_incentive() -> None:
    """The best bonus balances effort against the risk that it lays on the agent."""
    claimed, found = planned("incentive", samples=16)
    assert claimed == pytest.approx(0.25, rel=CLOSE)
    assert found["bonus"][0] == pytest.approx(0.5, abs=0.01)


def test_throughput_accounting() -> None:
    """The product with the higher margin per minute of the constraint is made first, the other with what is left."""
    claimed, found = planned("throughput-accounting", samples=16)
    assert claimed == pytest.approx(300, rel=CLOSE)
    assert found["P"][0] == pytest.approx(100, rel=1e-3)
    assert found["Q"][0] == pytest.approx(30, rel=1e-3)


@pytest.mark.parametrize("seed", range(4))
def test_whole_purchases(seed: int) -> None:
    """Buying or not under several limits: as good as the exact solver's choice, and within every limit."""
    random = np.random.default_rng(seed)
    items, limits = 10, 3
    worth = random.integers(10, 60, items).astype(float)
    weight = random.integers(5, 40, (limits, items)).astype(float)
    bound = np.floor(weight.sum(1) * 0.4)
    best = milp(-worth, constraints=LinearConstraint(weight, ub=bound), integrality=np.ones(items), bounds=Bounds(0, 1))
    names = [f"x{i}" for i in range(items)]
    model: dict[str, Any] = {
        "leverwise": 1,
        "model": "knapsack",
        "time": {"step": 1, "horizon": 1, "method": "euler"},
        "decisions": {name: {"min": 0, "max": 1, "every": 1, "whole": "yes"} for name in names},
        "impact": {"is": " + ".join(f"{value:g}*{name}" for value, name in zip(worth, names, strict=True))},
        "plan": {
            "objective": "mean",
            "subject to": [
                " + ".join(f"{value:g}*{name}" for value, name in zip(row, names, strict=True)) + f" <= {most:g}"
                for row, most in zip(weight, bound, strict=True)
            ],
        },
    }
    answer = leverwise.load(model).plan(samples=16)
    found = schedule(answer)
    taken = np.array([found[name][0] for name in names])
    assert set(np.round(taken, 9)) <= {0.0, 1.0}
    assert (weight @ taken <= bound + 1e-9).all()
    assert worth @ taken == pytest.approx(-best.fun, rel=CLOSE)
    assert answer.numbers["objective"].mean == pytest.approx(-best.fun, rel=CLOSE)
