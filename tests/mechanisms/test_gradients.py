"""Slopes in an enterprise with one lever alone, where most of what other mechanisms add is absent."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

import leverwise
from mechanisms.models import ATELIER, CLUB, CONTRACT, CREW, MACHINE, MEDIA, PROJECT, SHOWS, STREAM, VAN, WORKSHOP, load
from properties.test_slopes import CLOCK, SAMPLES, compare, differences, interior

ALONE = {
    "brand": (ATELIER, {"name": {"brand": {}}}),
    "attention": (ATELIER, {"shows": {"attention": SHOWS}}),
    "project": (ATELIER, {"lab": {"technology": {**PROJECT, "difficulty": "60 hours"}}}),
    "stream": (ATELIER, {"craft": {"technology": STREAM}}),
    "network that can't be seeded": (ATELIER, {"club": {"network": CLUB}}),
    "delegation": (ATELIER, {"crew": {"delegation": CREW}}),
    "delegation with staff": (ATELIER, {"crew": {"delegation": {**CREW, "now": "1 people"}}}),
    "delegation under contract": (WORKSHOP, {"painters": {"delegation": {**CONTRACT, "at most": "12 people"}}}),
    "machine": (ATELIER, {"machine": {"capital": {**MACHINE, "at most": 1}}}),
    "van": (ATELIER, {"van": {"capital": VAN}}),
    "media": (ATELIER, {"media": {"capital": MEDIA}}),
}
"""For each mechanism an enterprise and the one lever in it."""
UNITS = {"cash": 1e5, "trust": 0.1, "recognised": 1e3, "members": 100.0, "catalogue": 1.0}
"""About how much of a resource matters; of one not named here, 20."""


SMOOTH = [name for name in ALONE if name != "delegation"]
"""Those without a kink: before anybody is hired, a team can have more hours, but not fewer."""


@cache
def lone(name: str) -> leverwise.Model:
    return load(*ALONE[name], CLOCK)


@pytest.mark.parametrize("name", ALONE)
def test_slopes_are_numbers_where_nothing_is_decided(name: str) -> None:
    """With every decision at zero or its start, every measure has finite slopes by all decisions and resources."""
    engine = lone(name).engine
    draws, index = engine.draws(0, SAMPLES, 0), np.arange(SAMPLES)
    nothing = np.zeros((len(engine.resources), engine.periods, SAMPLES))
    for row, measure in enumerate(engine.measure_names):
        weights = np.zeros((len(engine.measure_names), SAMPLES))
        weights[row] = 1
        found = engine.gradient(draws, index, engine.default_decisions(), nudges=nothing, weights=weights)
        assert np.isfinite(found.measures[row]).all(), measure
        assert np.isfinite(found.decisions).all(), measure
        assert np.isfinite(found.nudges).all(), measure


@pytest.mark.parametrize("name", SMOOTH)
def test_slopes_are_those_of_central_differences(name: str) -> None:
    """Where the lever is used, slopes by decisions and resources are what central differences of the impact give."""
    model = lone(name)
    engine = model.engine
    found = engine.gradient(engine.draws(0, SAMPLES, 0), np.arange(SAMPLES), interior(model))
    highs = np.array([decision.high for decision in model.system.decisions for _ in range(decision.periods)])
    compare(found.decisions, differences(model, 1e-5 * highs, "decisions"), highs)
    sizes = np.repeat([UNITS.get(resource, 20.0) for resource in engine.resources], engine.periods)
    compare(found.nudges.reshape(-1, SAMPLES), differences(model, 1e-5 * sizes, "nudges"), sizes)
