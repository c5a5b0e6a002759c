"""The planner against optima known in closed form, found by exact solvers, or by trying everything."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.stats import norm, qmc

from leverwise.ask.planning.found import Found
from leverwise.ask.planning.problem import problem_of
from leverwise.ask.planning.search import Planner
from leverwise.lang.system import Aim, Number, System
from leverwise.lang.system import LinearConstraint as Limit
from unit.ask.stand_in import StandIn, decision, system


def searched(engine: StandIn, model: System, samples: int = 16, seed: int = 0) -> Found:
    """The plan found for a stand-in."""
    problem = problem_of(model, {})
    return Planner(engine, problem, model.aim, samples, seed, lambda share, doing: None).find()


def total(names: list[str], bound: float) -> Limit:
    """The sum of decisions is at most the bound."""
    return Limit("sum", tuple((name, 1.0) for name in names), bound, per_period=False)


def normals(first: int, count: int, seed: int) -> np.ndarray:
    """Three standard normal draws, evenly spread."""
    points = qmc.Sobol(3, seed=seed).random(first + count)[first:]
    return np.asarray(norm.ppf(np.clip(points, 1e-12, 1 - 1e-12)).T)


@pytest.mark.filterwarnings("ignore:The balance properties")
@pytest.mark.parametrize(
    ("kind", "level", "caution", "best"),
    [
        ("mean", 0.0, 0.0, 7.81025),
        ("quantile", 0.1, norm.ppf(0.9), 4.73939),
        ("cvar", 0.1, norm.pdf(norm.ppf(0.1)) / 0.1, 4.13016),
    ],
)
def test_risk_measures_choose_between_return_and_certainty(
    kind: Any, level: float, caution: float, best: float
) -> None:
    """A budget over three uncertain uses: the plan's exact value is within 1e-4 of the best there is."""
    mean, spread = np.array([3, 2, 1.5]), np.array([2, 0.5, 0.2])
    engine = StandIn(
        {"impact": lambda x, r: np.einsum("kn,kn->n", mean[:, None] + spread[:, None] * r, np.sqrt(x))}, normals
    )
    names = ["x1", "x2", "x3"]
    model = system([decision(n, 0, 4) for n in names], Aim(kind, level, (total(names, 4),)), drawn=True)
    x = searched(engine, model, samples=4096).plan
    assert x.sum() <= 4 + 1e-9
    assert mean @ np.sqrt(x) - caution * np.sqrt(spread**2 @ x) == pytest.approx(best, rel=1e-4)


def test_carry_over_of_effects() -> None:
    """Spending in six periods whose effects fade (SCIENCE problem 1): value and shadow price of the budget."""
    weight = 1 + 0.3 * np.sin(np.arange(6))
    worth = np.array(
        [
            [a * sum(weight[s] * k ** (s - t) for s in range(t, 6)) for t in range(6)]
            for a, k in zip((1, 2, 0.5), (0.2, 0.5, 0.8), strict=True)
        ]
    ).ravel()
    engine = StandIn({"impact": lambda x, r: worth @ np.sqrt(x)})
    names = ["x1", "x2", "x3"]
    model = system([decision(n, periods=6) for n in names], Aim(constraints=(total(names, 10),)), steps=6)
    found = searched(engine, model)
    assert worth @ np.sqrt(found.plan) == pytest.approx(30.72025815, rel=1e-8)
    assert found.plan == pytest.approx(10 * worth**2 / (worth @ worth), abs=1e-3)


def test_saturating_uses_leave_the_worst_empty() -> None:
    """Four uses with falling returns: the first three share the budget, the fourth gets nothing."""
    a, k = np.array([10, 6, 3, 0.4]), np.array([4, 3, 2, 1])
    engine = StandIn({"impact": lambda x, r: a @ (1 - np.exp(-x / k[:, None]))})
    names = ["x1", "x2", "x3", "x4"]
    aim = Aim(constraints=(total(names, 5),))
    found = searched(engine, system([decision(n) for n in names], aim, form="separable"))
    assert found.plan == pytest.approx([2.9738, 1.5609, 0.4653, 0], abs=1e-3)
    assert found.proof is not None
    assert found.proof.bound == pytest.approx(8.30194698, rel=1e-3)


@pytest.mark.parametrize("seed", range(8))
def test_thresholds_of_separable_problems_are_no_trap(seed: int) -> None:
    """S-shaped returns (Hill 3) under one budget: within 0.1 % of the best by a fine grid, on every instance."""
    random = np.random.default_rng(seed)
    count, budget = 6, 10.0
    top, half = random.uniform(1, 10, count), random.uniform(1, 6, count)
    engine = StandIn({"impact": lambda x, r: top @ (x**3 / (x**3 + half[:, None] ** 3))})
    names = [f"x{i}" for i in range(count)]
    found = searched(engine, system([decision(n) for n in names], Aim(constraints=(total(names, budget),))))
    grid = np.linspace(0, budget, 2001)
    best = np.zeros(len(grid))
    for a, h in zip(top, half, strict=True):
        gains = a * grid**3 / (grid**3 + h**3)
        best = np.array([np.max(best[: j + 1] + gains[j::-1]) for j in range(len(grid))])
    reached = float(top @ (found.plan**3 / (found.plan**3 + half**3)))
    assert reached >= best[-1] * (1 - 1e-3)


@pytest.mark.parametrize("seed", range(3))
def test_whole_purchases_match_an_exact_solver(seed: int) -> None:
    """A linear choice among items under three limits: the solver's optimum."""
    random = np.random.default_rng(seed)
    worth, weight = random.integers(10, 60, 12).astype(float), random.integers(5, 40, (3, 12)).astype(float)
    bound = np.floor(weight.sum(1) * 0.4)
    best = milp(-worth, constraints=LinearConstraint(weight, ub=bound), integrality=np.ones(12), bounds=Bounds(0, 1))
    names = [f"x{i}" for i in range(12)]
    limits = tuple(
        Limit(f"limit {j}", tuple(zip(names, row, strict=True)), float(most), per_period=False)
        for j, (row, most) in enumerate(zip(weight, bound, strict=True))
    )
    model = system([decision(n, 0, 1, whole=True) for n in names], Aim(constraints=limits), form="linear")
    found = searched(StandIn({"impact": lambda x, r: worth @ x}), model)
    assert worth @ found.plan == pytest.approx(-best.fun)


@pytest.mark.parametrize("seed", range(4))
def test_exchange_finds_whole_optima_of_curved_problems(seed: int) -> None:
    """Whole units with interactions, small enough to try everything: exchange reaches the best."""
    random = np.random.default_rng(seed)
    root = random.normal(size=(4, 4))
    bend, slope = root @ root.T / 8, random.uniform(1, 4, 4)
    engine = StandIn({"impact": lambda x, r: slope @ x - 0.5 * np.einsum("kn,kj,jn->n", x, bend, x)})
    names = [f"x{i}" for i in range(4)]
    model = system([decision(n, 0, 6, whole=True) for n in names], Aim(constraints=(total(names, 12),)))
    found = searched(engine, model)
    tried = np.array(np.meshgrid(*[np.arange(7)] * 4)).reshape(4, -1)
    tried = tried[:, tried.sum(0) <= 12]
    values = slope @ tried - 0.5 * np.einsum("kn,kj,jn->n", tried, bend, tried)
    assert slope @ found.plan - 0.5 * found.plan @ bend @ found.plan == pytest.approx(values.max(), rel=1e-9)


@pytest.mark.filterwarnings("ignore:The balance properties")
def test_money_is_kept_with_the_asked_confidence() -> None:
    """Impact grows with spending; the margin 10 + z - x must hold in 95 %: x is 10 less the normal's 95 % point."""
    engine = StandIn(
        {"impact": lambda x, r: 3 * x[0] + 0 * r[0], "cash_margin": lambda x, r: 10 + r[0] - x[0]}, normals
    )
    found = searched(engine, system([decision("x", 0, 100)], Aim(confidence=0.95), drawn=True), samples=2048)
    assert found.plan[0] == pytest.approx(10 - norm.ppf(0.95), abs=0.02)


def test_what_is_dear_is_paid_for_by_giving_up_what_is_cheap() -> None:
    """All money goes into 38 hands, until a tool (half is no use) for the price of seven makes each worth 1.6."""
    engine = StandIn(
        {"impact": lambda x, r: x[0] * (1 + 0.6 * x[1] ** 8), "cash_margin": lambda x, r: 700 - 18 * x[0] - 120 * x[1]}
    )
    hands = decision("hands", 0, 60, whole=True, costs=Number(18.0))
    tool = decision("tool", 0, 1, whole=True, lump=True, costs=Number(120.0))
    assert searched(engine, system([hands, tool], Aim(confidence=0.95))).plan.tolist() == [32, 1]


def test_a_limit_of_nothing_leaves_the_rest_free() -> None:
    """Where nothing may be spent, what costs stays at nothing, without a row to project on, and the rest is planned."""
    engine = StandIn({"impact": lambda x, r: 5 * x[0] - (x[1] - 3) ** 2})
    model = system([decision("dear", 0, 9), decision("free", 0, 9)], Aim(constraints=(total(["dear"], 0.0),)))
    assert problem_of(model, {}).region.rows.shape == (0, 2)
    assert searched(engine, model).plan == pytest.approx([0.0, 3.0], abs=1e-5)


def test_a_decision_without_bound_is_found_over_orders_of_magnitude() -> None:
    """A peak at 50,000 of a decision that has no upper bound."""
    engine = StandIn({"impact": lambda x, r: -((x[0] / 5e4 - 1) ** 2)})
    assert searched(engine, system([decision("x")])).plan[0] == pytest.approx(5e4, rel=1e-4)


def test_frozen_decisions_stay() -> None:
    """A frozen decision keeps the author's schedule and the rest is planned around it."""
    engine = StandIn({"impact": lambda x, r: -((x[0] - 3) ** 2) - (x[1] - 3 + x[0]) ** 2})
    model = system([decision("a", 0, 9, frozen=True, use=(1.0,)), decision("b", 0, 9)])
    assert searched(engine, model).plan == pytest.approx([1.0, 2.0], abs=1e-5)


def test_the_same_seed_gives_the_same_plan() -> None:
    """Searching twice gives identical numbers."""
    engine = StandIn({"impact": lambda x, r: np.sin(3 * x[0]) + 0.1 * x[0]})
    first, second = (searched(engine, system([decision("x", 0, 10)])).plan for _ in range(2))
    assert (first == second).all()


def test_what_can_be_paid_for_grows_a_hundred_thousand_times() -> None:
    """Ten dollars in the first period, a million in the last: all of it is spent, and no shorter range proves less."""
    paid = 10.0 ** np.arange(1, 7)
    engine = StandIn(
        {
            "impact": lambda x, r: np.sum(np.log1p(x), axis=0),
            "cash_margin": lambda x, r: np.min(1 - x / paid[:, None], axis=0),
        }
    )
    model = system([decision("spent", 0, np.inf, periods=6)], steps=6, form="separable")
    found = searched(engine, model, samples=1)
    assert np.all(found.plan <= paid * (1 + 1e-9))
    assert np.sum(np.log1p(found.plan)) > 0.97 * np.sum(np.log1p(paid))
    assert found.proof is None or not found.proof.proven


def test_what_pays_only_together_is_found_under_a_limit() -> None:
    """Neither of two unbounded decisions brings anything without the other: both go as far as limits let them."""
    names = ["a", "b"]
    engine = StandIn(
        {
            "impact": lambda x, r: np.prod(x**2 / (400 + x**2), axis=0) - 1e-4 * np.sum(x, axis=0),
            "cash_margin": lambda x, r: 200 - 0.2 * np.sum(x, axis=0),
        }
    )
    model = system([decision(name, 0, np.inf) for name in names], Aim(constraints=(total(names, 500),)))
    found = searched(engine, model, samples=1)
    best = max(np.square(x * x / (400 + x * x)) - 2e-4 * x for x in np.linspace(0, 250, 2501))
    made = float(engine.functions["impact"](found.plan[:, None], np.zeros((0, 1)))[0])
    assert made == pytest.approx(best, rel=1e-3)
