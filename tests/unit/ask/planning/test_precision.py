"""Searches in single precision: only of costly models, and only where rounding is nothing beside chance."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import leverwise
from leverwise.ask.making import Maker
from leverwise.ask.plan_notes import SINGLE
from leverwise.ask.planning import precision
from leverwise.ask.planning.merit import Merit
from leverwise.ask.planning.search import Planner
from leverwise.ask.removal import Without
from leverwise.ask.scenarios import Within, inputs_of, parted

EXAMPLE = Path(__file__).parents[4] / "examples" / "keyboard.yaml"
PAYS: dict[str, Any] = {
    "leverwise": 1,
    "model": "press",
    "time": {"step": 1, "horizon": 6, "method": "heun"},
    "values": {"rate": "uniform(0.2, 0.8)"},
    "decisions": {"push": {"min": 0, "max": 1}},
    "stocks": {"size": {"start": 1, "change": "rate*push*size"}},
    "impact": {"is": "size"},
}


@pytest.fixture
def all_are_costly(monkeypatch: pytest.MonkeyPatch) -> None:
    """A small model stands for one that takes long."""
    monkeypatch.setattr(precision, "COSTLY", 0.0)


def planner(model: leverwise.Model) -> Planner:
    """A planner of a model, as `plan` makes it."""
    aim = model.system.aim
    return Planner(model.engine, Maker(model, 1, 0).problem(aim), aim, 1024, 3, lambda share, doing: None)


def test_a_cheap_model_is_searched_in_double_precision() -> None:
    """There, compiling for another precision would take longer than the search."""
    model = leverwise.load(PAYS)
    assert planner(model).engine is model.engine


@pytest.mark.usefixtures("all_are_costly")
def test_a_costly_model_is_searched_in_single_precision_and_judged_in_double() -> None:
    """Both agree on what a plan makes to one part in a million, but not to the last bit; the answer says so."""
    model = leverwise.load(PAYS)
    search = planner(model)
    assert (search.engine.precision, search.judge.precision) == ("float32", "float64")
    merit = search.merit(512)
    plan = np.full((1, search.problem.size), 0.7)
    single, double = (Merit(each, search.aim, merit.draws).impacts(plan)[0] for each in (search.engine, search.judge))
    assert single == pytest.approx(double, rel=1e-6)
    assert np.any(single != double)
    said = [row["said"] for row in model.plan(samples=512).rows["details"] if row["about"] == "precision"]
    assert said == [SINGLE]


@pytest.mark.usefixtures("all_are_costly")
def test_where_rounding_counts_the_search_is_in_double_precision() -> None:
    """What varies in the ninth digit would be lost, and so would what does not vary at all."""
    for impact, rate in (("1e9 + size", "uniform(0.2, 0.8)"), ("size + 0*idle", "0.5")):
        values = {"rate": rate, "idle": "uniform(0, 1)"}
        search = planner(leverwise.load(PAYS | {"impact": {"is": impact}, "values": values}))
        assert search.engine is search.judge


@pytest.mark.usefixtures("all_are_costly")
def test_a_model_in_single_precision_is_searched_and_judged_in_it() -> None:
    """It has no other, and the answer speaks of none."""
    model = leverwise.load(PAYS, precision="float32")
    search = planner(model)
    assert (search.engine is search.judge, search.judge.precision) == (True, "float32")
    assert "precision" not in [row["about"] for row in model.plan(samples=512).rows["details"]]


def test_an_engine_without_levers_or_within_a_scenario_stays_that_in_single_precision() -> None:
    """Whatever an engine is restricted to, its sibling in single precision is restricted to as well."""
    model = leverwise.load(EXAMPLE)
    off = Without(model.engine, list(model.alone())).single
    assert (off.precision, off.off) == ("float32", model.alone())
    inputs = inputs_of(model.system)
    scenario = parted(inputs, np.asarray(model.engine.draws(0, 512, 0)), [0])[0]
    within = Within(model.engine, scenario).single
    assert within.precision == "float32"
    assert np.all(scenario.contains(within.draws(0, 64, 0)))


def test_seconds_of_compiling_in_single_precision_are_counted() -> None:
    """They are part of what an answer says of its time."""
    engine = leverwise.load(PAYS).engine
    engine.single.measures(np.full((1, 4), 0.5), np.arange(4))
    assert engine.compile_seconds > 0
