"""Slopes of the impact, by every decision and every shadow price, against central differences."""

from __future__ import annotations

import numpy as np
import pytest

import leverwise
from mechanisms.models import (
    ATELIER,
    CREW,
    MACHINE,
    MEDIA,
    PROJECT,
    SEEDED,
    SHOWS,
    STREAM,
    VAN,
    WORKSHOP,
    load,
)

SAMPLES = 6
CLOCK = {"time": {"step": "0.5 months", "horizon": "4 months", "tail": "1 months"}, "money.start": "$900k"}
HAND = {"tasks": ["wood"], "at most": "9 people", "now": "1 people", "wage": "$2k/month", "alignment": "80 %"}
"""With somebody there from the start: a team of nobody can have more hours but not fewer, and no slope."""
MODELS = {
    "people, things and inventions": (
        ATELIER,
        {
            "crew": {"delegation": CREW},
            "machine": {"capital": MACHINE},
            "van": {"capital": VAN},
            "media": {"capital": MEDIA},
            "name": {"brand": {}},
            "lab": {"technology": {**PROJECT, "difficulty": "60 hours", "staff": "crew"}},
        },
        {},
    ),
    "names, members and performance": (
        ATELIER,
        {
            "name": {"brand": {}},
            "club": {"network": SEEDED},
            "shows": {"attention": SHOWS},
            "craft": {"technology": {**STREAM, "multiplies": {"writing.effort": 0.7, "club.invite": 1.2}}},
        },
        {"market.members": "300 people"},
    ),
    "one for each buyer": (
        WORKSHOP,
        {"hand": {"delegation": HAND}},
        {"market.recognise": "3k people"},
    ),
}


def interior(model: leverwise.Model) -> np.ndarray:
    """A decision in the middle of things: different shares of each range, so that nothing lies at an edge."""
    decisions = model.system.decisions
    highs = np.array([decision.high for decision in decisions for _ in range(decision.periods)])
    names = [decision.name for decision in decisions for _ in range(decision.periods)]
    shares = 0.05 + 0.2 * np.random.default_rng(5).random(len(highs))
    whole = np.array([not name.endswith(("publicity", "care", "tending", "research")) for name in names])
    return np.where(whole, highs * (shares + 0.15), highs * shares)


def differences(model: leverwise.Model, steps: np.ndarray, kind: str) -> np.ndarray:
    """(len(steps), SAMPLES) central differences of the impact by each decision, or each nudge, in one batch."""
    engine, x = model.engine, interior(model)
    count = len(steps)
    moves = np.concatenate([np.diag(steps), -np.diag(steps)], axis=1)
    rows = np.repeat(moves, SAMPLES, axis=1)
    index = np.tile(np.arange(SAMPLES), 2 * count)
    draws = np.tile(engine.draws(0, SAMPLES, 0), (1, 2 * count))
    shape = (len(engine.resources), engine.periods)
    if kind == "decisions":
        decisions, nudges = x[:, None] + rows, np.zeros((*shape, rows.shape[1]))
    else:
        decisions, nudges = x, rows.reshape(*shape, -1)
    impact = engine.measures(draws, index, decisions, nudges=nudges)[0].reshape(2, count, SAMPLES)
    return (impact[0] - impact[1]) / (2 * steps[:, None])


@pytest.fixture(scope="module", params=MODELS)
def sloped(request: pytest.FixtureRequest) -> tuple[leverwise.Model, object]:
    """A model and its slopes at an interior decision."""
    enterprise, levers, settings = MODELS[request.param]
    model = load(enterprise, levers, {**CLOCK, **settings})
    engine = model.engine
    index = np.arange(SAMPLES)
    return model, engine.gradient(engine.draws(0, SAMPLES, 0), index, interior(model))


def test_slopes_by_decisions(sloped: tuple[leverwise.Model, object]) -> None:
    """The reverse pass gives, for every decision in every period and sample, what central differences give."""
    model, slopes = sloped
    highs = np.array([decision.high for decision in model.system.decisions for _ in range(decision.periods)])
    compare(slopes.decisions, differences(model, 1e-5 * highs, "decisions"), highs)


def test_shadow_prices(sloped: tuple[leverwise.Model, object]) -> None:
    """The same for a dollar, an hour, a point of trust, a person or a unit more, at every time."""
    model, slopes = sloped
    size = {"cash": 1e5, "trust": 0.1, "recognised": 1e3, "members": 100.0, "catalogue": 1.0}
    engine = model.engine
    sizes = np.repeat([size.get(name, 20.0) for name in engine.resources], engine.periods)
    found = slopes.nudges.reshape(-1, SAMPLES)
    compare(found, differences(model, 1e-5 * sizes, "nudges"), sizes)


def compare(found: np.ndarray, expected: np.ndarray, sizes: np.ndarray) -> None:
    """Slopes times the size of what is varied agree, relative to the largest of them in the sample."""
    scale = np.abs(expected * sizes[:, None]).max(axis=0)
    assert (scale > 0).all()
    assert np.isfinite(found).all()
    error = np.abs((found - expected) * sizes[:, None]) / scale
    assert error.max() < 2e-6, np.argwhere(error >= 2e-6)
