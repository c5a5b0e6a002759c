"""Small systems are written out at length, and taken in large chunks: the numbers stay the same, bit for bit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

import leverwise
from leverwise.engine.chunks import MANY
from leverwise.engine.layout import SMALL, Layout

EQUATIONS = {
    "felt": "1 - exp(-sense*y)",
    "both": "push*felt",
    "share": "x/(0.1 + x + y)",
    "more": "if share > 0.3 then both*share else push - share*share",
    "least": "min(both, more*x) + fade*y",
    "bent": "sqrt(abs(x - y)) + ln(1 + x)",
    "grown": "exp(0.1*x*push + fade)",
    "shrunk": "(x + sense)/grown",
    "one": "exp(0.01*x + push)",
    "two": "exp(0.003*y - fade)",
    "met": "0.001*(one*two)",
    "part": "(x + 1)/(sense + y)",
    "parted": "part/(push + y)",
}
STOCKS = {
    "x": {"start": 0.1, "change": "more*(1 - x) - fade*x"},
    "y": {"start": 0.2, "change": "least - bent*fade*y"},
    "z": {"start": 0, "change": "x*y*push"},
    "w": {"start": 0.3, "change": "0.1*shrunk*fade + met - 0.05*w - 0.1*parted"},
    "v": {"start": 0, "change": "x/(1 + y)"},
}
READERS = ["felt", "share", "more", "least", "grown", "one", "two", "part", "parted", "shrunk"]


def model(others: int, method: str = "heun", readers: Sequence[str] = ()) -> leverwise.Model:
    """Stocks that act on each other, beside so many that do not, and further readers of some equations."""
    idle = {f"idle{k}": {"start": k, "change": f"push - {k + 1}*idle{k}/100"} for k in range(others)}
    source: dict[str, Any] = {
        "leverwise": 1,
        "model": "small",
        "time": {"step": 0.25, "horizon": 12, "method": method},
        "values": {"push": "0.2 to 0.6", "fade": "0.05 to 0.3", "sense": "0.5 to 2"},
        "equations": EQUATIONS | {f"{name} again": f"{name} + 1" for name in readers},
        "stocks": STOCKS | idle,
        "impact": {"is": "x + y*share", "final": "z"},
    }
    return leverwise.load(source)


@pytest.mark.parametrize("method", ["euler", "heun", "rk4"])
def test_a_system_that_is_no_longer_small_makes_the_same_numbers(method: str) -> None:
    """Stocks that nobody reads take a system beyond what counts as small; every bit of the others stays."""
    small, large = model(0, method).engine, model(SMALL, method).engine
    assert small.layout.small
    assert not large.layout.small
    names = ["x", "y", "z", "w", "v", "more"]
    one, other = (engine.simulate(700, record=names) for engine in (small, large))
    for name in names:
        assert np.array_equal(one.trajectories[name], other.trajectories[name])
    assert np.array_equal(one.measures["impact"], other.measures["impact"])
    draws, index = small.draws(0, 700, 0), np.arange(700)
    rows = [engine.measures(engine.draws(0, 700, 0), index)[0] for engine in (small, large)]
    assert np.array_equal(*rows)
    assert rows[0] == pytest.approx(one.measures["impact"], rel=1e-12)
    assert draws.shape[1] == 700


@pytest.mark.parametrize("method", ["euler", "heun", "rk4"])
def test_a_further_reader_changes_no_bit(method: str) -> None:
    """What is read once is computed where it is read, what is read twice is not; every number stays what it was."""
    names = ["x", "y", "z", "w", "v"]
    alone = model(0, method).engine
    found, rows = alone.simulate(512, record=names), alone.measures(alone.draws(0, 512, 0), np.arange(512))
    for readers in (READERS, ["one"], ["part"], ["grown"]):
        engine = model(0, method, readers).engine
        other = engine.simulate(512, record=names)
        for name in names:
            assert np.array_equal(found.trajectories[name], other.trajectories[name])
        assert np.array_equal(rows, engine.measures(engine.draws(0, 512, 0), np.arange(512)))


def test_large_chunks_make_the_same_numbers() -> None:
    """Many rows are taken in larger chunks by a program of their own, with the same result as few at a time."""
    engine = model(0).engine
    draws, index = engine.draws(0, MANY + 77, 0), np.arange(MANY + 77)
    many = engine.measures(draws, index)
    parts = [engine.measures(draws[:, k : k + 5000], index[k : k + 5000]) for k in range(0, MANY + 77, 5000)]
    assert np.array_equal(many, np.concatenate(parts, axis=1))


def test_what_is_read_once_is_computed_where_it_is_read() -> None:
    """An equation with one reader has no loop of its own, unless it ends in a product or takes long."""
    small, large = (Layout(model(others).system, ("x",)) for others in (0, SMALL))
    assert "felt" in small.unfenced
    assert {"both", "bent", "grown", "part"}.isdisjoint(small.unfenced)
    assert "felt" not in large.unfenced
