"""Reading, compiling, running and slopes of two examples and a plain model; a small plan.

These are timings, not tests of answers; `python -m benchmarks.watch` compares them between commits.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks.timer import ROOT

pytestmark = pytest.mark.benchmark(min_rounds=5, max_time=1.0, warmup=True, warmup_iterations=1)
SAMPLES = 2048


def inputs(model: Any) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Draws, their numbers and the author's own plan."""
    engine = model.engine
    return engine.draws(0, SAMPLES, 0), np.arange(SAMPLES), engine.default_decisions("use")


def test_load(benchmark: Any, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A model file becomes a system, with nothing kept between readings."""
    import leverwise

    monkeypatch.setenv("LEVERWISE_CACHE", "")
    assert benchmark(partial(leverwise.load, path)).system.stocks


def test_compile(benchmark: Any, model: Any) -> None:
    """The first run, with compiling."""
    benchmark.pedantic(partial(model.engine.measures, *inputs(model)), rounds=1)


def test_run(benchmark: Any, model: Any) -> None:
    """A run once compiled."""
    assert np.isfinite(benchmark(partial(model.engine.measures, *inputs(model)))).all()


def test_compile_slopes(benchmark: Any, model: Any) -> None:
    """The first reverse pass, with compiling."""
    benchmark.pedantic(partial(model.engine.gradient, *inputs(model)), rounds=1)


def test_slopes(benchmark: Any, model: Any) -> None:
    """A reverse pass once compiled."""
    assert np.isfinite(benchmark(partial(model.engine.gradient, *inputs(model))).measures).all()


def test_plan(benchmark: Any) -> None:
    """A small plan, from reading the model to the schedule."""
    import leverwise

    case = ROOT / "tests" / "cases" / "carry-over.yaml"
    assert benchmark(lambda: leverwise.load(case).plan(samples=16)).rows["schedule"]


def test_simulate(benchmark: Any) -> None:
    """The question of an example, from reading the model to the answer."""
    import leverwise

    example = ROOT / "examples" / "choir.yaml"
    assert benchmark(lambda: leverwise.load(example).simulate(samples=SAMPLES)).numbers["impact"].mean > 0
