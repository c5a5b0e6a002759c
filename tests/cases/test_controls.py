"""Plans against optimal controls that are known, or found by other means: switches, singular arcs, prices, capacity."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from math import exp

import numpy as np
import pytest
from scipy.optimize import minimize

from cases.run import load, schedule

CLOSE = 1e-4


def planned(case: str, **settings: object) -> tuple[float, dict[str, np.ndarray]]:
    """The planned objective of a case, and the schedule."""
    answer = load(case, **settings).plan(samples=16)
    return answer.numbers["objective"].mean, schedule(answer)


def best_by_slsqp(value: Callable[[np.ndarray], float], starts: list[np.ndarray], high: float) -> float:
    """The best value that SciPy's SLSQP finds from several starts."""
    found = [
        minimize(
            lambda u: -value(u),
            start,
            method="SLSQP",
            bounds=[(0, high)] * len(start),
            options={"maxiter": 1000, "ftol": 1e-12},
        )
        for start in starts
    ]
    return max(-each.fun for each in found)


def test_everything_is_ploughed_back_and_then_nothing() -> None:
    """With growth a over a time T output is ploughed back until T - 1/a; exp(a T - 1)/a is consumed in all."""
    growth, horizon = 0.8, 4.0
    objective, found = planned("reinvestment")
    assert objective == pytest.approx(exp(growth * horizon - 1) / growth, rel=CLOSE)
    switch = round((horizon - 1 / growth) / 0.05)
    assert found["u"][:switch] == pytest.approx(1, abs=1e-6)
    assert found["u"][switch:] == pytest.approx(0, abs=1e-6)


def test_price_under_diffusion() -> None:
    """Buyers who bring buyers: the price begins low, as buyers are worth more than what they pay, and rises."""

    def profit(prices: np.ndarray) -> float:
        owners, total, step = 0.0, 0.0, 0.1
        for k in range(100):
            price, time = prices[k // 5], k * step

            def sales(n: float, price: float = price) -> float:
                return (0.03 + 0.38 * n) * (1 - n) * exp(-price)

            first = sales(owners)
            second = sales(owners + step * first)
            now, later = exp(-0.1 * time), exp(-0.1 * (time + step))
            total += step * (price - 1) * (now * first + later * second) / 2
            owners += step * (first + second) / 2
        return total

    objective, found = planned("pricing")
    assert profit(found["price"]) == pytest.approx(objective, rel=1e-9)
    assert objective == pytest.approx(best_by_slsqp(profit, [np.full(20, 1.5), np.full(20, 3.0)], 10), rel=CLOSE)
    assert np.all(np.diff(found["price"]) > 0)
    assert found["price"][-1] < 2  # one over the sensitivity above the cost: the best price of who sells but once


@pytest.mark.parametrize(
    ("size", "cost", "scale", "shortage"),
    [(4, 10, 0.8, 4), (4, 10, 0.5, 4), (2, 10, 0.6, 3), (7, 30, 0.7, 2), (5, 20, 1.0, 1.2), (3, 25, 0.4, 3)],
)
def test_capacity_expansion(size: float, cost: float, scale: float, shortage: float) -> None:
    """When to build how many plants: as dynamic programming over the plants that stand finds it."""

    @cache
    def least(year: int, plants: int) -> float:
        if year == 20:
            return 0.0
        ways = []
        for more in range(4):
            lacking = max(0.0, year + 1 - size * (plants + more))
            ways.append(exp(-0.1 * year) * (cost * more**scale + shortage * lacking) + least(year + 1, plants + more))
        return min(ways)

    numbers = {"values__size": size, "values__cost": cost, "values__scale": scale, "values__shortage": shortage}
    objective, _ = planned("capacity", **numbers)
    assert objective == pytest.approx(-least(0, 0), rel=CLOSE)


def test_fishing_waits_holds_and_takes_the_rest() -> None:
    """First nothing is fished, then what keeps the stock at Clark and Munro's golden rule, at last all."""

    def slope(fish: float, effort: float) -> float:
        return 0.5 * fish * (1 - fish) - effort * fish

    def profit(efforts: np.ndarray) -> float:
        fish, total, step = 0.3, 0.0, 0.125
        for k in range(160):
            effort, time = efforts[k // 4], k * step
            a = slope(fish, effort)
            b = slope(fish + step * a / 2, effort)
            c = slope(fish + step * b / 2, effort)
            stages = (fish, fish + step * a / 2, fish + step * b / 2, fish + step * c)
            d = slope(stages[3], effort)
            for stock, weight, late in zip(stages, (1, 2, 2, 1), (0, 0.5, 0.5, 1), strict=True):
                total += step / 6 * weight * exp(-0.05 * (time + late * step)) * (2 * stock - 0.5) * effort
            fish += step * (a + 2 * b + 2 * c + d) / 6
        return total

    objective, found = planned("fishery")
    assert profit(found["effort"]) == pytest.approx(objective, rel=1e-9)
    rest = (1 + 0.25 - 0.1) / 4
    golden = rest + np.sqrt(rest**2 + 0.25 * 0.1 / 2)
    kept = 0.5 * (1 - golden)
    peer = best_by_slsqp(profit, [np.full(40, kept), np.linspace(0, 0.5, 40)], 1)
    assert objective >= peer * (1 - CLOSE)
    assert found["effort"][0] == pytest.approx(0, abs=1e-6)
    assert found["effort"][14:24] == pytest.approx(kept, abs=0.05)
    assert found["effort"][-1] == pytest.approx(1, abs=1e-6)
