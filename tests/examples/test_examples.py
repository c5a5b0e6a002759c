"""The examples: sound, finite, rightly stepped, and with the levers that their first lines speak of."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pytest

import leverwise
from leverwise import Answer

EXAMPLES = Path(__file__).parents[2] / "examples"
NAMES = sorted(path.stem for path in EXAMPLES.glob("*.yaml"))
SAMPLES = 256
PROMISED = {
    "campaign": {"capital", "attention", "delegation", "brand"},
    "choir": {"delegation"},
    "consultancy": {"delegation", "brand", "attention"},
    "inventor": {"technology", "network", "brand", "delegation", "capital", "attention"},
    "keyboard": {"delegation", "capital"},
    "lab": {"delegation", "capital", "brand", "network", "technology", "attention"},
    "maintainer": {"delegation", "network", "brand", "attention", "technology"},
    "marketplace": {"network", "brand", "capital", "delegation", "technology"},
    "superstar": {"delegation", "capital", "brand", "network", "technology", "attention"},
}
"""What each example's first lines promise to be about."""
WHOLE_SHARE, SHARE = 0.5, 0.1
"""How much of each range a busy plan uses: whole units and levels, and the principal's hours."""


@cache
def model(name: str, finer: int = 1) -> leverwise.Model:
    path = EXAMPLES / f"{name}.yaml"
    if finer == 1:
        return leverwise.load(path)
    clock = model(name).system.clock
    step = clock.step / clock.unit.factor / finer
    return leverwise.load(path, set={"time.step": f"{step!r} {clock.unit.text}"})


def busy(name: str) -> dict[str, float]:
    """Every decision at a moderate level through the whole horizon; purchases once, in the first period."""
    plan: dict[str, float | list[float]] = {}
    for decision in model(name).system.decisions:
        level = 20e3 if np.isinf(decision.high) else decision.high * (SHARE if decision.hours else WHOLE_SHARE)
        if decision.whole:
            level = float(max(1, round(level)))
            level = min(level, 8.0)
        plan[decision.name] = [level] + [0.0] * (decision.periods - 1) if decision.lump else level
    return plan


@cache
def answer(name: str, plan: str, finer: int = 1) -> Answer:
    return model(name, finer).simulate(samples=SAMPLES, plan=busy(name) if plan == "busy" else {})


@pytest.mark.parametrize("name", NAMES)
def test_an_example_is_sound_and_says_what_it_is_about(name: str) -> None:
    """It loads without a word of warning, has a name and a sentence, and the levers that its first lines promise."""
    found = model(name)
    assert found.warnings == ()
    assert found.system.name == name
    assert found.system.about.endswith(".")
    assert set(found.levers.values()) == PROMISED[name]


@pytest.mark.parametrize("plan", ["nothing", "busy"])
@pytest.mark.parametrize("name", NAMES)
def test_impact_and_leverage_are_numbers(name: str, plan: str) -> None:
    """Impact is finite in every sample, alone makes something in every sample, and leverage is finite."""
    found = answer(name, plan)
    assert np.isfinite(found.series["impact"]).all()
    assert found.numbers["alone_impact"].mean > 0
    assert found.numbers["alone_impact"].p5 > 0
    for number in ("impact", "leverage", "log10_leverage"):
        estimate = found.numbers[number]
        assert np.isfinite([estimate.mean, estimate.sd, estimate.se, estimate.p5, estimate.p50, estimate.p95]).all()


@pytest.mark.parametrize("plan", ["nothing", "busy"])
@pytest.mark.parametrize("name", NAMES)
def test_half_the_step_says_the_same(name: str, plan: str) -> None:
    """On the same draws the mean impact at half the step differs by less than half a percent."""
    coarse, fine = (answer(name, plan, finer).numbers["impact"].mean for finer in (1, 2))
    assert abs(coarse / fine - 1) < 0.005


@pytest.mark.parametrize("name", NAMES)
def test_shares_and_stocks_stay_where_they_must(name: str) -> None:
    """A busy plan leaves trust and reliability between 0 and 1, cash above floor and credit, nothing negative."""
    found = answer(name, "busy").series
    numbers = dict(zip(model(name).engine.constant_names, model(name).engine.constants, strict=True))
    for share in ("trust", "reliability"):
        assert found[share].min() >= 0
        assert found[share].max() <= 1
    assert found["cash"].min() >= numbers["cash_floor"] - numbers["credit"] - 1e-6
    assert min(found["recognised"].min(), found["members"].min(), found["output"].min()) >= 0
    assert (found["hours_on_tasks"] >= -1e-9).all()


def test_every_example_has_its_promise_written_down() -> None:
    """No example is left out of these tests."""
    assert set(NAMES) == set(PROMISED)
