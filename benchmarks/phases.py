"""What each phase of each example costs: reading, compiling, running, and the same with the reverse pass.

Compiling starts from nothing kept. A forward run gives measures alone, as the planner asks for them. That of the ratio
takes what the reverse pass takes, nudges of resources among it: it is the run that finite differences repeat.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.rows import Limit, Measured, Row, Toward
from benchmarks.timer import ROOT, in_turn, once, timed

if TYPE_CHECKING:
    from leverwise.engine import Engine

SAMPLES = 512
REPEATS = 25
PASSES = 4.0
"""Forward runs that one reverse pass with all shadow prices may take (and what it costs in theory, at most)."""
CHANGE = 1e-6
"""Finite differences: each nudge is made so small that the impact changes by about this share at most."""
CLOSE = 1e-3
"""Shadow prices agree if they differ by less than this share of the resource's dearest period."""
COMPARED = "superstar"


def rows() -> Iterator[Row]:
    """All examples; for one of them also each shadow price by finite differences."""
    before = os.environ.get("LEVERWISE_CACHE")
    with tempfile.TemporaryDirectory() as folder:
        os.environ["LEVERWISE_CACHE"] = folder
        try:
            for path in sorted((ROOT / "examples").glob("*.yaml")):
                yield from example(path)
        finally:
            os.environ.pop("LEVERWISE_CACHE")
            if before is not None:
                os.environ["LEVERWISE_CACHE"] = before


def example(path: Path) -> Iterator[Row]:
    """The phases of one model."""
    import leverwise

    name = path.stem
    loading, model = once(lambda: leverwise.load(path))
    engine = model.engine
    assert engine.backend  # imports JAX the way leverwise does, so that it counts to no phase
    sizes = f"{len(model.system.auxiliaries) + len(model.system.stocks)} variables"
    yield Row(f"{name}: load", loading, sizes)
    draws, index = engine.draws(0, SAMPLES, 0), np.arange(SAMPLES)
    decisions = engine.default_decisions("use")
    engine.measures(draws, index, decisions)
    yield Row(f"{name}: compile", Measured((engine.compile_seconds,)))
    forward, measures = timed(lambda: engine.measures(draws, index, decisions), repeats=9)
    yield Row(f"{name}: run {SAMPLES} samples", forward, f"impact {measures[0].mean():.6g}")
    compiled = engine.compile_seconds
    engine.gradient(draws, index, decisions)
    yield Row(f"{name}: compile the gradient", Measured((engine.compile_seconds - compiled,)))
    nudges = np.zeros((len(engine.resources), engine.periods))
    (again, measures), (backward, slopes) = in_turn(
        lambda: engine.measures(draws, index, decisions, nudges=nudges),
        lambda: engine.gradient(draws, index, decisions, nudges=nudges),
        REPEATS,
    )
    yield Row(
        f"{name}: all {slopes.decisions.shape[0] + slopes.nudges[:, :, 0].size} slopes in one reverse pass",
        backward,
        f"impact {slopes.measures[0].mean():.6g}",
        "forward run with nudges",
        again,
        f"impact {measures[0].mean():.6g}",
        right=bool(np.allclose(slopes.measures[0], measures[0], rtol=1e-6)),
        limit=Limit(PASSES, "peer"),
        toward=Toward("shadow prices", name),
    )
    if name == COMPARED:
        yield differences(engine, draws, index, decisions, backward, slopes.nudges.mean(axis=2))


def differences(
    engine: Engine, draws: np.ndarray, index: np.ndarray, decisions: np.ndarray, backward: Measured, found: np.ndarray
) -> Row:
    """Shadow prices of the mean impact by forward differences: a run for each resource and period.

    Not central ones: less than no hours of nobody is outside the model."""
    nothing = np.zeros_like(found)

    def impact(place: tuple[int, ...], amount: float) -> float:
        nudges = nothing.copy()
        nudges[place] = amount
        return float(engine.measures(draws, index, decisions, nudges=nudges)[0].mean())

    level = impact((0, 0), 0.0)
    dearest = np.abs(found).max(axis=1)
    worth_it = dearest > 1e-12 * abs(level)
    steps = np.where(worth_it, CHANGE * abs(level) / np.where(worth_it, dearest, 1), 1e-3)

    def all_of_them() -> np.ndarray:
        prices = nothing.copy()
        for place in np.ndindex(nothing.shape):
            step = float(steps[place[0]])
            prices[place] = (impact(place, step) - level) / step
        return prices

    taken, prices = once(all_of_them)
    apart = np.abs(prices - found)[worth_it] / dearest[worth_it, None]
    top = int((found[:, 0] * steps).argmax())
    return Row(
        f"{COMPARED}: all {found.size} shadow prices",
        backward,
        f"{engine.resources[top]} {found[top, 0]:.6g}",
        "finite differences",
        taken,
        f"{prices[top, 0]:.6g}; {np.mean(apart < CLOSE):.0%} agree to 0.1 %",
        right=bool(np.mean(apart < CLOSE) > 0.95),
        limit=Limit(PASSES / found.size, "peer"),
    )
