"""What is switched off, or never used, must not matter."""

from __future__ import annotations

import numpy as np
import pytest

import leverwise
from mechanisms.models import ONE_OF_EACH, VARIANTS, WORKSHOP, load, named

ALL = {**ONE_OF_EACH, **VARIANTS}
UNUSED = {
    "delegation": {},
    "capital": {},
    "network": {},
    "project": {},
    "stream": {},
    "attention": {},
    "learning": {},
    "rented or bought": {},
    # a brand is at work as soon as there are deals: only one that learns nothing is none
    "brand": {"name": {"brand": {"gain": "0 %/month", "loss": "0 %/month"}}},
    # people on the payroll are a starting stock
    "contract": {"painters": {"delegation": {**VARIANTS["contract"][1]["painters"]["delegation"], "now": "0 people"}}},
}
SAMPLES = 24


@pytest.mark.parametrize("name", UNUSED)
def test_a_lever_that_is_never_used_is_no_lever(name: str) -> None:
    """With no decisions and nothing to start with, a lever leaves every sample's impact as it is without the lever."""
    enterprise, levers = ALL[name]
    within = load(enterprise, UNUSED[name] or levers)
    without = named("rival" if enterprise is WORKSHOP else "base")
    found = within.engine.measures(within.engine.draws(0, SAMPLES, 0), np.arange(SAMPLES))[0]
    assert found == pytest.approx(plain(without, within), rel=1e-12)


def test_publicity_that_is_never_made_divides_nobody() -> None:
    """Beside a brand at work, attention with nothing decided leaves every sample as the brand alone makes it."""
    (enterprise, brand), (_, shows) = ONE_OF_EACH["brand"], ONE_OF_EACH["attention"]
    without, within = load(enterprise, brand), load(enterprise, {**brand, **shows})
    found = within.engine.measures(within.engine.draws(0, SAMPLES, 0), np.arange(SAMPLES))[0]
    assert found == pytest.approx(plain(without, within), rel=1e-12)


def plain(without: leverwise.Model, within: leverwise.Model) -> np.ndarray:
    """Impact of the model without levers, on the draws of the one with levers."""
    engine = within.engine
    drawn = dict(zip(engine.draw_names, engine.draws(0, SAMPLES, 0), strict=True))
    rows = [drawn.get(name, drawn.get(f"{name}.given")) for name in without.engine.draw_names]
    return without.engine.measures(np.array(rows), np.arange(SAMPLES))[0]


@pytest.mark.parametrize("name", ["delegation", "contract", "capital", "brand", "network", "stream", "attention"])
def test_alone_is_the_enterprise_without_levers(name: str) -> None:
    """With all switches off, whatever is decided, impact is that of the model without levers."""
    model = named(name)
    engine = model.engine
    busy = np.array([decision.high / 2 for decision in model.system.decisions for _ in range(decision.periods)])
    index, draws = np.arange(SAMPLES), engine.draws(0, SAMPLES, 0)
    off = model.alone()
    alone = engine.measures(draws, index, switches=off)[0]
    assert (engine.measures(draws, index, busy, switches=off)[0] == alone).all()
    bare = named("rival" if ALL[name][0] is WORKSHOP else "base")
    assert alone == pytest.approx(plain(bare, model), rel=1e-12)


def test_leverage_of_levers_that_are_off_is_one() -> None:
    """A simulation with every lever off has leverage 1 and no order of magnitude, to the last bit."""
    model = named("attention")
    answer = model.simulate(samples=64, plan={"shows.publicity": 20}, off=["shows"])
    leverage = answer.numbers["leverage"]
    assert (leverage.mean, leverage.sd, leverage.p5, leverage.p95) == (1.0, 0.0, 1.0, 1.0)
    assert answer.numbers["log10_leverage"].mean == 0.0
