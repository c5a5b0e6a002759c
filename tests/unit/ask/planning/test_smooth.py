"""Smooth plans: when two descents are enough, how few slopes they take, and the model that they go by."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from scipy.optimize import LinearConstraint, minimize

from leverwise.ask.planning.curvature import Bowl, Curvature
from leverwise.ask.planning.found import Found
from leverwise.ask.planning.problem import problem_of
from leverwise.ask.planning.projection import Polyhedron
from leverwise.ask.planning.search import Planner
from leverwise.lang.system import Aim
from leverwise.lang.system import LinearConstraint as Limit
from unit.ask.stand_in import StandIn, decision, system

USES, PERIODS, BUDGET = 4, 6, 20.0
NAMES = [f"x{i}" for i in range(USES)]
Returns = Callable[[np.ndarray], np.ndarray]


class Counting(StandIn):
    """A stand-in that counts the rows of its gradients."""

    rows = 0

    def gradient(self, draws: np.ndarray, index: np.ndarray, *rest: object, **options: object) -> object:
        self.rows += len(index)
        return super().gradient(draws, index, *rest, **options)  # type: ignore[arg-type]


def carried(returns: Returns) -> Callable[[np.ndarray, np.ndarray], np.ndarray]:
    """Returns on what is felt of spending, of which half lasts from period to period."""

    def impact(x: np.ndarray, drawn: np.ndarray) -> np.ndarray:
        spent = x.reshape(USES, PERIODS, -1)
        felt, total = np.zeros_like(spent[:, 0]), 0.0
        for t in range(PERIODS):
            felt = 0.5 * felt + spent[:, t]
            total = total + np.arange(1, USES + 1) @ returns(felt)
        return np.asarray(total)

    return impact


def searched(returns: Returns, seed: int = 0) -> tuple[Planner, Found, Counting]:
    """The plan of a budget over uses and periods, and who found it."""
    engine = Counting({"impact": carried(returns)})
    aim = Aim(constraints=(Limit("sum", tuple((name, 1.0) for name in NAMES), BUDGET, per_period=False),))
    model = system([decision(name, 0, BUDGET, periods=PERIODS) for name in NAMES], aim, steps=PERIODS)
    planner = Planner(engine, problem_of(model, {}), aim, 16, seed, lambda share, doing: None)
    return planner, planner.find(), engine


def falling(felt: np.ndarray) -> np.ndarray:
    """Returns that only fall."""
    return felt / (2 + felt)


def rising(felt: np.ndarray) -> np.ndarray:
    """Returns that rise before they fall."""
    return felt**3 / (8 + felt**3)


def test_where_returns_fall_two_descents_are_enough() -> None:
    """The optimum that SLSQP finds, with fewer than a hundred slopes from all starts to the end."""
    planner, found, engine = searched(falling)
    impact = carried(falling)

    def negative(x: np.ndarray) -> float:
        return -float(impact(x[:, None], np.zeros((0, 1)))[0])

    best = minimize(
        negative,
        np.full(USES * PERIODS, BUDGET / USES / PERIODS),
        bounds=[(0, BUDGET)] * (USES * PERIODS),
        constraints=LinearConstraint(np.ones(USES * PERIODS), ub=BUDGET),
        method="SLSQP",
        options={"maxiter": 500, "ftol": 1e-12},
    )
    assert planner.falling
    assert -negative(found.plan) >= -best.fun * (1 - 1e-7)
    assert found.plan.sum() <= BUDGET * (1 + 1e-9)
    assert engine.rows < 100


def test_where_returns_rise_all_starts_are_followed() -> None:
    """Thresholds are seen in the slopes of the first plans, and the plan is no worse than spending on any one use."""
    planner, found, engine = searched(rising)
    impact = carried(rising)
    assert not planner.falling
    assert engine.rows > 100
    single = []
    for use in range(USES):
        for periods in range(1, PERIODS + 1):
            plan = np.zeros((USES, PERIODS))
            plan[use, :periods] = BUDGET / periods
            single.append(float(impact(plan.reshape(-1, 1), np.zeros((0, 1)))[0]))
    assert float(impact(found.plan[:, None], np.zeros((0, 1)))[0]) >= max(single)


@pytest.mark.parametrize("returns", [falling, rising])
def test_smooth_plans_repeat(returns: Returns) -> None:
    """The same seed gives the same plan, bit by bit."""
    assert searched(returns, 3)[1].plan.tolist() == searched(returns, 3)[1].plan.tolist()


@pytest.mark.parametrize("seed", range(5))
def test_the_least_point_of_the_model(seed: int) -> None:
    """Within bounds and a limit, no way lowers the model further than the one found by more than a thousandth."""
    random = np.random.default_rng(seed)
    size = 8
    root = random.normal(size=(size, size))
    bend = root @ root.T / size + 0.1 * np.eye(size)
    known = Curvature()
    for step in random.normal(size=(5, size)):
        known.learn(step, bend @ step)
    bowl = Bowl(known)
    region = Polyhedron(np.full(size, -1.0), np.ones(size), random.random((1, size)), np.array([0.5]))
    slope = 3 * random.normal(size=size)

    def level(d: np.ndarray) -> float:
        return float(slope @ d + d @ bowl.times(d) / 2)

    way = bowl.least(region, np.zeros(size), slope)
    limit = LinearConstraint(region.rows, ub=region.bounds)
    best = minimize(level, np.zeros(size), bounds=[(-1, 1)] * size, constraints=limit, method="SLSQP")
    assert region.contains(way)
    assert level(way) <= best.fun + 1e-3 * abs(best.fun)


def test_slopes_that_fall_along_a_step_teach_nothing() -> None:
    """Only steps along which slopes rise are remembered; others are counted."""
    known = Curvature()
    known.learn(np.array([1.0, 0.0]), np.array([-1.0, 0.0]))
    known.learn(np.array([0.0, 1.0]), np.array([0.0, 2.0]))
    assert known.bent == 1
    assert [step.tolist() for step in known.steps] == [[0.0, 1.0]]
