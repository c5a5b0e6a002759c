"""The last climb of a plan that margins limit: to the edge of what holds, and over valleys that single steps avoid."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import norm, qmc

from leverwise.ask.planning.found import Found
from leverwise.ask.planning.hone import climb, honed
from leverwise.ask.planning.merit import Draws, Merit, Scales
from leverwise.ask.planning.problem import problem_of
from leverwise.ask.planning.reshape import multiplied_once, reshaped
from leverwise.ask.planning.search import Planner
from leverwise.ask.planning.verify import made_to_hold
from leverwise.lang.system import Aim, System
from unit.ask.stand_in import StandIn, decision, system

SURE = 0.95


def normals(first: int, count: int, seed: int) -> np.ndarray:
    """One standard normal draw, evenly spread."""
    points = qmc.Sobol(1, seed=seed).random(first + count)[first:]
    return np.asarray(norm.ppf(np.clip(points, 1e-12, 1 - 1e-12)).T)


def planner(engine: StandIn, model: System) -> Planner:
    """A planner with ranges of one, so that plans are told in their own numbers."""
    return Planner(engine, problem_of(model, {}), model.aim, 1024, 0, lambda share, doing: None)


def scales(merit: Merit) -> Scales:
    """Sizes of one."""
    nothing = np.zeros(len(merit.margin_names))
    return Scales(margins=nothing + 1, multipliers=nothing, reserve=nothing)


@pytest.mark.filterwarnings("ignore:The balance properties")
def test_a_climb_ends_at_the_edge_of_what_holds() -> None:
    """Uses with falling returns share all the money there is in 95 % of the samples, so that all bring the same."""
    worth = np.array([1.0, 2.0, 3.0, 1.5])
    engine = StandIn(
        {"impact": lambda x, r: worth @ np.log1p(x), "cash_margin": lambda x, r: 10 + r[0] - x.sum(axis=0)},
        normals,
    )
    search = planner(engine, system([decision("x", 0, 50, periods=4)], Aim(confidence=SURE), drawn=True, steps=4))
    merit = search.merit(1024)
    found = climb(search.problem, merit, np.full(4, 1.0), np.full(4, 10.0), scales(merit), 60)
    left = 10 - norm.ppf(SURE)
    best = worth * (left + 4) / worth.sum() - 1
    assert found == pytest.approx(best, rel=0.02)
    assert merit.outcome(found[None]).kept[0, 0] >= SURE
    assert worth @ np.log1p(found) == pytest.approx(worth @ np.log1p(best), rel=1e-3)


@pytest.mark.filterwarnings("ignore:The balance properties")
def test_one_decision_in_place_of_another_throughout() -> None:
    """Two uses with rising returns: a little of the other pays nothing, all of it instead pays a fifth more."""
    engine = StandIn(
        {
            "impact": lambda x, r: x[:4].sum(axis=0) ** 2 + 1.2 * x[4:].sum(axis=0) ** 2,
            "cash_margin": lambda x, r: 8.5 + 0.1 * r[0] - x.sum(axis=0),
        },
        normals,
    )
    uses = [decision(name, 0, 2, periods=4) for name in ("a", "b")]
    search = planner(engine, system(uses, Aim(confidence=SURE), drawn=True, steps=4))
    search.scale = np.full(8, 2.0)
    merit = search.merit(256)
    begun = Found(np.repeat([2.0, 0.0], 4), "here", scales(merit), None, merit)
    check = Merit(engine, search.aim, Draws(normals(0, 1024, 1), np.arange(1024), 1))
    found = honed(search, begun, check, SURE)
    assert found.plan[4:] == pytest.approx(np.full(4, 2.0))
    assert found.plan[:4].sum() == pytest.approx(0.5 - 0.1 * norm.ppf(SURE), abs=0.02)
    assert check.outcome(found.plan[None]).kept[0, 0] >= SURE


def test_changes_of_schedules_keep_what_is_frozen_and_whole() -> None:
    """No change moves a frozen decision, or leaves a part of a whole unit."""
    decisions = [
        decision("kept", 0, 9, periods=3, frozen=True, use=(1.0, 2.0, 3.0)),
        decision("units", 0, 9, periods=3, whole=True),
        decision("share", 0, 1, periods=3),
    ]
    problem = problem_of(system(decisions, steps=3), {})
    plan = np.array([1.0, 2.0, 3.0, 5.0, 0.0, 3.0, 0.2, 0.4, 0.0])
    moved = np.stack([plan + move for move in reshaped(problem, plan, np.repeat([9.0, 9.0, 1.0], 3))])
    assert (moved[:, :3] == plan[:3]).all()
    assert moved[:, 3:6] == pytest.approx(np.round(moved[:, 3:6]))
    assert any(np.allclose(each[3:], [0, 5, 0, 0.2, 0.4, 0.0]) for each in moved)
    assert any(np.allclose(each[3:], [0, 0, 0, 0.4, 0.8, 0.0]) for each in moved)


def test_what_is_done_at_a_time_is_multiplied() -> None:
    """Dropped, halved, doubled, and where there is no bound up to ten times as much: one slot at a time."""
    decisions = [decision("share", 0, 1, periods=2), decision("spent", 0, np.inf, periods=2)]
    problem = problem_of(system(decisions, steps=2), {})
    plan = np.array([0.2, 0.0, 30.0, 40.0])
    moved = [plan + move for move in multiplied_once(problem, plan, np.ones(4))]
    assert {tuple(each[:1]) for each in moved if each[0] != plan[0]} == {(0.0,), (0.1,), (0.4,)}
    assert sorted(each[3] for each in moved if each[3] != 40) == [0, 20, 80, 160, 400]
    assert all(np.count_nonzero(each != plan) == 1 for each in moved)


@pytest.mark.filterwarnings("ignore:The balance properties")
def test_the_end_of_a_search_sees_what_happens_in_one_of_a_thousand_samples() -> None:
    """What pays a thousandfold in one sample of a thousand, and costs a little in all, is done.

    The first 1,024 samples of the search, on which plans are climbed, have none of these; all 4,096 have some.
    """

    def late(first: int, count: int, seed: int) -> np.ndarray:
        drawn = np.arange(first, first + count) + 0.5
        return np.asarray(norm.ppf(np.where(drawn < 1024, 0.5, drawn % 1000 / 1000))[None])

    rare = norm.ppf(0.999)
    engine = StandIn(
        {
            "impact": lambda x, r: 4 - x[0] + x[1] + 2300 * x[0] * (r[0] > rare),
            "cash_margin": lambda x, r: 2 + 0.01 * r[0] - x[0] - x[1],
        },
        late,
    )
    uses = [decision("bet", 0, 1), decision("sure", 0, 1)]
    search = Planner(
        engine,
        problem_of(system(uses, Aim(confidence=SURE), drawn=True), {}),
        Aim(confidence=SURE),
        4096,
        0,
        lambda share, doing: None,
    )
    search.scale, search.sizes = np.ones(2), replace(search.sizes, polish=512)
    merit = search.merit(512)
    begun = Found(np.array([0.0, 1.0]), "here", scales(merit), None, merit)
    check = Merit(engine, search.aim, replace(merit.draws, values=engine.draws(0, 4096, 1), index=np.arange(4096)))
    climbed = honed(search, begun, check, SURE)
    assert climbed.merit.draws.count == 1024
    assert climbed.plan[0] < 0.1
    found = made_to_hold(search, begun, 4096, 1)
    assert found.merit.draws.count == 4096
    assert found.plan[0] > 0.85
