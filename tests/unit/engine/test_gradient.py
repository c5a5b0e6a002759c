"""Gradients against finite differences."""

from __future__ import annotations

import numpy as np
import pytest

from leverwise.engine import Engine
from leverwise.lang.system import System
from unit.engine.systems import auxiliary, call, constant, decision, drawn, stock, system


def enterprise() -> System:
    """A small system in which everything that can be differentiated matters."""
    return system(
        values=[constant("fade", 0.2), drawn("gain", "lognormal", (0.0, 0.3)), constant("life", 2.6)],
        decisions=[decision("effort", 3, 2, start=1.0), decision("tool", 3, 2, start=0.5, switch="lab")],
        switches=("lab",),
        stocks=[
            stock("skill", 1.0, call("sub", call("mul", "gain", "input"), call("mul", "fade", "skill")), nudge="skill"),
            stock("best", "skill", "skill", kind="highest"),
        ],
        auxiliaries=[
            auxiliary("tools", call("in_service", "life", static=("tool",))),
            auxiliary("late", call("delay_fixed", "skill", static=("late", 2.0, 0.5))),
            auxiliary("input", call("sqrt", call("add", call("mul", "effort", call("add", 1.0, "tools")), "late"))),
        ],
        capacities=(("input", "input"),),
        impact=call("ln", call("add", 1.0, "skill")),
        measures=[("best", "best")],
        discount=0.02,
        step=0.5,
        steps=6,
        tail=2,
        final=call("mul", 1.0, "skill"),
    )


def test_all_slopes_match_finite_differences() -> None:
    """Slopes for decisions, nudges, constants and draws agree with central differences, row by row."""
    engine = Engine(enterprise())
    rows = 5
    draws, index = engine.draws(0, rows, 3), np.arange(rows)
    plans = engine.default_decisions()[:, None] + np.linspace(0, 0.4, rows)
    weights = np.vstack([np.ones(rows), np.full(rows, 0.3)])
    nothing = np.zeros((len(engine.resources), engine.periods, rows))
    found = engine.gradient(draws, index, plans, nudges=nothing, weights=weights, values=True)

    def total(draws=draws, plans=plans, nudges=nothing, constants=engine.constants):  # type: ignore[no-untyped-def]
        return (weights * engine.measures(draws, index, plans, nudges=nudges, constants=constants)).sum(axis=0)

    def slope(table: np.ndarray, place: tuple[int, ...], name: str) -> np.ndarray:
        up, down = table.copy(), table.copy()
        up[place] += 1e-6
        down[place] -= 1e-6
        return np.asarray(total(**{name: up}) - total(**{name: down})) / 2e-6

    close = {"rel": 2e-6, "abs": 1e-7}
    for k in range(len(plans)):
        assert found.decisions[k] == pytest.approx(slope(plans, (k,), "plans"), **close)
    for r in range(len(engine.resources)):
        for p in range(engine.periods):
            assert found.nudges[r, p] == pytest.approx(slope(nothing, (r, p), "nudges"), **close)
    for c in range(len(engine.constants)):
        expected = slope(engine.constants, (c,), "constants").sum()
        assert found.constants[c] == pytest.approx(expected, rel=1e-5, abs=1e-7)
    assert found.draws[0] == pytest.approx(slope(draws, (0,), "draws"), **close)


def test_slopes_summed_over_samples_are_the_sums_of_slopes() -> None:
    """Plans that all samples share give the same measures and slopes as tables of decisions by sample, summed."""
    engine, rows = Engine(enterprise()), 700
    draws, index = engine.draws(0, rows, 3), np.arange(rows)
    plans = engine.default_decisions() + np.array([[0.0], [0.3], [0.7]])
    weights = np.random.default_rng(5).normal(size=(2, len(plans), rows))
    measures, slopes = engine.summed_gradient(draws, index, plans, weights)
    assert measures.shape == (2, 3, rows)
    for k, plan in enumerate(plans):
        apart = engine.gradient(draws, index, plan, weights=weights[:, k])
        assert measures[:, k] == pytest.approx(apart.measures, rel=1e-12)
        assert slopes[k] == pytest.approx(apart.decisions.sum(axis=1), rel=1e-9)


def test_weights_pick_the_measure_and_the_rows() -> None:
    """A row of weight 0 has no slope, padding never counts, and slopes are linear in the weights."""
    engine = Engine(enterprise())
    draws, index = engine.draws(0, 520, 0), np.arange(520)
    weights = np.zeros((2, 520))
    weights[1, 517] = 2.0
    one = engine.gradient(draws, index, weights=weights, values=True)
    weights[1, 517] = 1.0
    half = engine.gradient(draws, index, weights=weights, values=True)
    assert not np.delete(one.decisions, 517, axis=1).any()
    assert one.constants == pytest.approx(2 * half.constants)
    alone = engine.gradient(draws[:, 517:518], index[517:518], weights=np.array([[0.0], [1.0]]), values=True)
    assert alone.constants == pytest.approx(half.constants, rel=1e-12)


def test_a_switched_off_lever_has_no_slope() -> None:
    """Decisions of a lever that is off change nothing."""
    engine = Engine(enterprise())
    found = engine.gradient(engine.draws(0, 4, 0), np.arange(4), switches={"lab": False})
    assert not found.decisions[engine.slots["tool"]].any()
    assert found.decisions[engine.slots["effort"]].all()


def test_values_beside_slopes_are_those_of_a_run() -> None:
    """A quotient of equals is one, so that what steps there steps alike in both programs."""
    whole = call("floor", call("div", "a", "b"))
    above = call("if", call("ge", call("div", "a", "b"), 1.0), 1.0, 0.0)
    engine = Engine(
        system(
            values=[drawn("a", "uniform", (1.0, 99.0)), drawn("b", "uniform", (1.0, 99.0))],
            steps=1,
            impact=call("add", whole, above),
        )
    )
    same = np.arange(1.0, 100.0)
    draws = np.stack([same, same])
    index = np.arange(len(same))
    assert engine.gradient(draws, index).measures[0] == pytest.approx(engine.measures(draws, index)[0], rel=1e-14)


@pytest.mark.parametrize(("function", "slope"), [("min", 0.0), ("max", 1.0)])
def test_at_a_tie_the_one_that_can_change_counts(function: str, slope: float) -> None:
    """Where a decision meets a constant, its slope is the decision's: a search is pushed off."""
    engine = Engine(system(decisions=[decision("u", 1, 1)], steps=1, method="euler", impact=call(function, "u", 0.0)))
    index = np.arange(1)
    found = engine.gradient(np.zeros((0, 1)), index, np.zeros(1)).decisions
    assert found[0, 0] == 1.0
    above = engine.gradient(np.zeros((0, 1)), index, np.ones(1)).decisions
    assert above[0, 0] == slope
