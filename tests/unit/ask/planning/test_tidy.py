"""Plans are made easier to read at a bounded cost, and only where no single exchange is worth more."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from leverwise.ask.plan_notes import nearby
from leverwise.ask.planning import settle
from leverwise.ask.planning.exchange import REFUSALS, exchange
from leverwise.ask.planning.found import Nearby
from leverwise.ask.planning.merit import Draws, Merit, Scales
from leverwise.ask.planning.problem import problem_of
from leverwise.ask.planning.search import Planner
from leverwise.ask.planning.settle import EXACT, TOLERANCE, settled
from leverwise.ask.planning.tidy import complexity, tidied
from leverwise.lang.system import Aim, System
from unit.ask.stand_in import StandIn, decision, system

TEAM = problem_of(system([decision("team", 0, 20, periods=4, whole=True)], steps=4), {})
HOURS = problem_of(system([decision("hours", 0, 20, periods=3)], steps=3), {})


def always(plan: np.ndarray) -> bool:
    """Every plan is allowed."""
    return True


def planned(engine: StandIn, model: System, samples: int = 16) -> Any:
    """The settled plan of a stand-in."""
    planner = Planner(engine, problem_of(model, {}), model.aim, samples, 0, lambda share, doing: None)
    return settled(planner, planner.find(), always)


def uniforms(first: int, count: int, seed: int) -> np.ndarray:
    """One draw between 0 and 1, the same whatever the seed."""
    return np.random.default_rng(1).random((1, first + count))[:, first:]


def test_a_dip_without_effect_is_filled() -> None:
    """Aiming below those who are there does nothing, so 12, 12, 0, 12 is read as 12 throughout."""

    def score(plans: np.ndarray) -> np.ndarray:
        short = np.maximum(0, 12 - plans[:, [0, 1, 3]])
        return 100 - np.sum(short, axis=1) - np.maximum(0, plans[:, 2] - 12)

    assert tidied(TEAM, np.array([12.0, 12.0, 0.0, 12.0]), score, 1e-4, always).tolist() == [12, 12, 12, 12]


def test_a_headcount_of_equal_value_at_one_and_two_is_constant() -> None:
    """One is worth as much as two, none and three are worth less: the headcount does not flicker."""

    def score(plans: np.ndarray) -> np.ndarray:
        return 100 - np.sum(np.abs(plans - 1.5), axis=1)

    found = tidied(TEAM, np.array([2.0, 1.0, 2.0, 1.0]), score, 1e-4, always)
    assert found.tolist() in ([1, 1, 1, 1], [2, 2, 2, 2])


def test_crumbs_go_and_what_matters_stays() -> None:
    """A hundredth of an hour that brings next to nothing is dropped; one that matters is kept."""

    def score(plans: np.ndarray) -> np.ndarray:
        return 100 - (plans[:, 0] - 10) ** 2 - 1e-3 * (plans[:, 1] - 0.05) ** 2 - 100 * (plans[:, 2] - 3) ** 2

    assert tidied(HOURS, np.array([10.0, 0.05, 3.0]), score, 1e-4, always).tolist() == [10.0, 0.0, 3.0]


def test_what_has_no_effect_without_another_goes_with_it() -> None:
    """Sharpness matters only where something is published: it is decided in no other period."""
    problem = problem_of(system([decision("hours", 0, 9, periods=4), decision("edge", 0, 1, periods=4)], steps=4), {})

    def score(plans: np.ndarray) -> np.ndarray:
        return 10 + np.sum(plans[:, :4] * (1 - (1 - plans[:, 4:]) ** 2) * np.array([4, 3, 0, 0]), axis=1)

    found = tidied(problem, np.array([9.0, 9, 0, 1e-3, 1, 0.999, 0.985, 0.985]), score, 1e-2, always)
    assert found.tolist() == [9, 9, 0, 0, 1, 1, 0, 0]


@pytest.mark.parametrize("seed", range(5))
def test_simplicity_costs_no_more_than_is_allowed(seed: int) -> None:
    """Ragged plans in a bent landscape: simpler afterwards, and the loss of all steps together is within the bound."""
    random = np.random.default_rng(seed)
    problem = problem_of(
        system([decision("a", 0, 20, periods=8), decision("b", 0, 20, periods=8, whole=True)], steps=8), {}
    )
    best, weight = random.uniform(0, 20, 16), 10 ** random.uniform(-5, 0, 16)

    def score(plans: np.ndarray) -> np.ndarray:
        return 100 - np.sum(weight * (plans - best) ** 2, axis=1)

    plan = np.where(problem.whole, np.round(best), best)
    found = tidied(problem, plan, score, 0.1, always)
    assert complexity(problem, found) < complexity(problem, plan)
    assert score(plan[None])[0] - score(found[None])[0] <= 0.1 * (1 + 1e-9)


def test_a_decision_without_effect_is_not_made() -> None:
    """Of two decisions one does nothing: it stays at zero, while the other takes its best level throughout."""
    engine = StandIn({"impact": lambda x, r: 50 - np.sum((x[:4] - 6) ** 2, axis=0) + 0 * x[4]})
    model = system([decision("used", 0, 20, periods=4), decision("idle", 0, 20, periods=4)], steps=4)
    found = planned(engine, model)
    assert found.plan[4:].tolist() == [0, 0, 0, 0]
    assert found.plan[:4] == pytest.approx(6, abs=0.01)
    assert len(set(found.plan[:4].tolist())) == 1
    assert found.near.tolerance == EXACT


def test_under_uncertainty_a_thousandth_may_go_for_simplicity() -> None:
    """Levels that should differ by a little are made one, for a loss that is told and below a thousandth."""
    wanted = np.array([6.0, 6.1, 5.9, 6.05])[:, None]
    engine = StandIn({"impact": lambda x, r: (1 + r[0]) * (20 - 0.05 * np.sum((x - wanted) ** 2, axis=0))}, uniforms)
    found = planned(engine, system([decision("level", 0, 20, periods=4)], steps=4, drawn=True), samples=64)
    assert len(set(found.plan.tolist())) == 1
    assert found.near.tolerance == TOLERANCE
    lost = 0.05 * float(np.sum((found.plan - wanted[:, 0]) ** 2)) / 20
    assert found.near.cost <= lost + 1e-9
    assert lost <= TOLERANCE


@pytest.mark.parametrize("seed", range(4))
def test_no_exchange_is_left_where_none_is_told(seed: int) -> None:
    """Whole units with interactions: the gain that is told is the largest of all plans that one exchange leads to."""
    random = np.random.default_rng(seed)
    root = random.normal(size=(3, 3))
    bend, slope = root @ root.T / 6, random.uniform(1, 4, 3)
    engine = StandIn({"impact": lambda x, r: 30 + slope @ x - 0.5 * np.einsum("kn,kj,jn->n", x, bend, x)})
    model = system([decision(f"x{i}", 0, 6, whole=True) for i in range(3)], Aim())
    found = planned(engine, model)
    all_plans = np.array(np.meshgrid(*[np.arange(7.0)] * 3)).reshape(3, -1).T
    worth = {tuple(p): 30 + slope @ p - 0.5 * p @ bend @ p for p in all_plans}
    here = worth[tuple(found.plan)]
    units = [p for p in worth if np.abs(np.array(p) - found.plan).sum() == 1]
    swaps = [p for p in worth if sorted(np.array(p) - found.plan) == [-1, 0, 1]]
    resets = [tuple(np.where(np.arange(3) == k, 0.0, found.plan)) for k in range(3)]
    near = {p for p in [*units, *swaps, *resets] if p != tuple(found.plan)}
    assert found.near.tried == len(near)
    assert found.near.left == pytest.approx((max(worth[p] for p in near) - here) / here, rel=1e-9)
    assert found.near.left <= found.near.tolerance
    assert here == pytest.approx(max(worth.values()), rel=1e-9)


def test_an_exchange_that_is_not_allowed_is_not_taken() -> None:
    """The better of two neighbours is refused, so that the other one is taken; what was refused is not told as left."""
    problem = problem_of(system([decision("a", 0, 1, whole=True), decision("b", 0, 1, whole=True)]), {})
    engine = StandIn({"impact": lambda x, r: 10 + 5 * x[0] + 3 * x[1]})
    merit = Merit(engine, Aim(), Draws(np.zeros((0, 1)), np.arange(1)))
    found = exchange(
        problem,
        np.zeros(2),
        lambda plans: merit.score(plans, Scales()),
        0,
        steps=np.ones(2),
        gain=0.1,
        allowed=lambda plan: plan[0] == 0,
    )
    assert found.plan.tolist() == [0, 1]
    assert found.left < 0


def test_what_is_left_is_told_of_exchanges_that_hold() -> None:
    """Of two small gains the larger is refused: the smaller is told. After many refusals what is told is a bound."""
    names = [f"x{k}" for k in range(20)]
    problem = problem_of(system([decision(name, 0, 1, whole=True) for name in names]), {})
    engine = StandIn({"impact": lambda x, r: 100 + np.arange(1, 21) @ x / 100})
    merit = Merit(engine, Aim(), Draws(np.zeros((0, 1)), np.arange(1)))

    def left(allowed: Any) -> tuple[float, bool]:
        found = exchange(
            problem,
            np.zeros(20),
            lambda plans: merit.score(plans, Scales()),
            0,
            1,
            steps=np.ones(20),
            gain=np.inf,
            allowed=allowed,
        )
        assert not found.plan.any()
        return found.left, found.sure

    assert left(lambda plan: not plan[19]) == (pytest.approx(0.19), True)
    assert left(lambda plan: bool(plan[0])) == (pytest.approx(0.2 - 0.01 * REFUSALS), False)
    assert left(None) == (pytest.approx(0.2), True)


def test_the_losses_of_all_tidying_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Made simpler for 1, exchanged for a gain of 5, simpler again for 2: that cost 3 of what is allowed."""
    allowances = []

    def simpler(problem: Any, plan: Any, score: Any, allowance: float, *rest: Any) -> Any:
        allowances.append(allowance)
        return plan - [1, 0] if len(allowances) == 1 else plan - [2, 0]

    monkeypatch.setattr(settle, "tidied", simpler)
    monkeypatch.setattr(settle, "TOLERANCE", 0.03)
    monkeypatch.setattr(settle, "error", lambda *given: 100.0)
    engine = StandIn({"impact": lambda x, r: 100 + x[0] + 5 * x[1] + r[0]}, uniforms)
    model = system([decision("much", 0, 9, whole=True), decision("one", 0, 1, whole=True)], drawn=True)
    planner = Planner(engine, problem_of(model, {}), model.aim, 16, 0, lambda share, doing: None)
    found = replace(planner.find(), plan=np.array([9.0, 0.0]))
    size = float(found.merit.outcome(found.plan[None]).objective[0])
    ended = settled(planner, found, always)
    assert ended.plan.tolist() == [6, 1]
    assert ended.near is not None
    assert ended.near.cost == pytest.approx(3 / size, rel=1e-9)
    assert allowances[1] == pytest.approx(allowances[0] * (1 - 1 / (0.03 * size)), rel=1e-9)


@pytest.mark.parametrize(
    ("near", "said"),
    [
        (Nearby(1e-3, 0, 9, -0.1, 0), "none gains anything."),
        (Nearby(1e-3, 0, 9, -0.1, 0, limited=True), "none that holds gains anything."),
        (Nearby(1e-3, 0, 9, 5e-4, 0, limited=True), "the best that holds gains 0.05 %, too little to change the plan."),
        (Nearby(1e-3, 0, 9, 0.02, 0), "the best gains 2 %, but the search ended before it."),
        (Nearby(1e-3, 0, 9, 0.02, 0, sure=False), "the best gains at most 2 %, but the search ended before it."),
    ],
)
def test_what_exchanges_would_bring_is_told_once(near: Nearby, said: str) -> None:
    """One sentence of what is left, true to what was seen, without an echo."""
    notes = nearby(near)
    assert notes[1].endswith(f"one decision for another) {said}")
    assert len(notes) == 2


def test_what_has_no_effect_is_left_out() -> None:
    """How something is done is set to its start in periods in which it is not done at all, and kept where it is."""
    decisions = [decision("much", 0, 4, periods=2), decision("how", 0, 1, periods=2)]
    model = system(decisions, steps=2)

    def impact(plans: np.ndarray, draws: np.ndarray) -> np.ndarray:
        much, how = plans[:2], plans[2:]
        return np.asarray((much * (1 + how) - np.array([[0.5], [4.0]]) * much**2).sum(axis=0))

    found = Planner(StandIn({"impact": impact}), problem_of(model, {}), model.aim, 16, 0, lambda share, doing: None)
    plan = np.array([2.0, 0.0, 1.0, 1.0])
    assert settle._without_idle(found, found.merit(16), plan).tolist() == [2.0, 0.0, 1.0, 0.0]
