"""Questions at their edges: many samples, names that do not exist, what is said of seconds and of half the step."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import leverwise
from leverwise.ask import diagnose, recording
from leverwise.ask.hours import Use, hours_by_use
from leverwise.ask.planning.problem import floored, problem_of
from leverwise.ask.planning.starts import even_split
from leverwise.errors import ModelError
from leverwise.lang.system import Aim, LinearConstraint
from leverwise.units import Unit
from unit.ask.stand_in import decision, system
from unit.ask.test_questions import SHOP


@pytest.fixture(scope="module")
def shop() -> leverwise.Model:
    """The shop with a nudge to its cash, loaded once."""
    return leverwise.load({**SHOP, "stocks": {"cash": {**SHOP["stocks"]["cash"], "nudge": "cash"}}})


def test_diagnose_runs_no_more_samples_than_can_be_kept(shop: leverwise.Model, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond that it says how many it ran."""
    most = recording.most_samples(shop.system)
    assert most * 13 * len(recording.read_back(shop.system)) <= recording.EXACT_VALUES
    monkeypatch.setattr(diagnose, "most_samples", lambda system: 32)
    answer = shop.diagnose(samples=64)
    assert any("32 samples were run, not 64" in warning for warning in answer.warnings)


def test_simulate_and_diagnose_tell_the_same_impact(shop: leverwise.Model, monkeypatch: pytest.MonkeyPatch) -> None:
    """To the last bit, with the same seed, although slopes are taken of fewer samples; also where paths do not fit."""
    plan = {"ads": 100}
    told = shop.simulate(seed=3, plan=plan).numbers["impact"]
    answer = shop.diagnose(seed=3, plan=plan)
    assert answer.numbers["impact"] == told
    assert answer.provenance.samples == 512
    assert "Impact rests on 4,096 samples, all else on the first 512 of them." in answer.notes
    few = shop.diagnose(samples=64, seed=3, plan=plan)
    assert few.numbers["impact"] == shop.simulate(samples=64, seed=3, plan=plan).numbers["impact"]
    monkeypatch.setattr(diagnose, "most_samples", lambda system: 600)
    again = shop.diagnose(seed=3, plan=plan)
    assert again.numbers == answer.numbers
    assert again.rows == answer.rows


def test_seconds_of_compiling_are_those_of_all_programs(shop: leverwise.Model) -> None:
    """A question counts what the engine spent on programs during it; a second one finds them ready."""
    fresh = replace(shop)
    before = fresh.engine.compile_seconds
    answer = fresh.diagnose(samples=16)
    seconds = answer.provenance.seconds
    assert seconds["compile"] == pytest.approx(fresh.engine.compile_seconds - before)
    assert seconds["compile"] > 0
    assert fresh.diagnose(samples=16).provenance.seconds["compile"] < 0.5


def test_a_plan_says_what_half_the_step_makes() -> None:
    """One sentence; none where time is discrete."""
    answer = leverwise.load(SHOP).plan(samples=16)
    said = [row["said"] for row in answer.rows["details"] if row["about"] == "step"]
    assert said == ["At half the step the plan makes as much (on 16 samples)."]


def test_freezing_what_does_not_exist(shop: leverwise.Model) -> None:
    """An unknown name is refused, with the name that was probably meant."""
    with pytest.raises(ModelError, match="`add`") as caught:
        shop.plan(samples=16, freeze=["add"])
    assert "ads" in str(caught.value)


def test_whole_units_are_the_decision_s_own() -> None:
    """A decision counted in dozens is rounded down to dozens, in the even split too."""
    limit = LinearConstraint("sum", (("x", 1.0), ("y", 1.0)), 100.0, per_period=False)
    dozens = [decision(name, 0, 120, whole=True, unit=Unit("dozen", 12.0)) for name in ("x", "y")]
    problem = problem_of(system(dozens, Aim(constraints=(limit,))), {})
    assert floored(problem, np.array([35.9, 36.0])).tolist() == [24, 36]
    assert even_split(problem, np.array([84.0, 0.0])).tolist() == [36, 36]


def test_dust_of_hours_is_nothing() -> None:
    """What subtraction leaves beside hundreds of hours shows as 0."""
    uses = [Use("work", "a", "work"), Use("idle", "b", "overhead")]
    paths = {"a": np.full((4, 3), 200.0), "b": np.full((4, 3), 7.55e-15)}
    assert hours_by_use(uses, paths, 2) == {"work": 200.0, "idle": 0.0}
