"""Small systems are written out at length, and taken in large chunks: the numbers stay the same, bit for bit."""

from __future__ import annotations

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
}
STOCKS = {
    "x": {"start": 0.1, "change": "more*(1 - x) - fade*x"},
    "y": {"start": 0.2, "change": "least - bent*fade*y"},
    "z": {"start": 0, "change": "x*y*push"},
}


def model(others: int, method: str = "heun") -> leverwise.Model:
    """Three stocks that act on each other, beside so many that do not."""
    idle = {f"idle{k}": {"start": k, "change": f"push - {k + 1}*idle{k}/100"} for k in range(others)}
    source: dict[str, Any] = {
        "leverwise": 1,
        "model": "small",
        "time": {"step": 0.25, "horizon": 12, "method": method},
        "values": {"push": "0.2 to 0.6", "fade": "0.05 to 0.3", "sense": "0.5 to 2"},
        "equations": EQUATIONS,
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
    names = ["x", "y", "z", "more"]
    one, other = (engine.simulate(700, record=names) for engine in (small, large))
    for name in names:
        assert np.array_equal(one.trajectories[name], other.trajectories[name])
    assert np.array_equal(one.measures["impact"], other.measures["impact"])
    draws, index = small.draws(0, 700, 0), np.arange(700)
    rows = [engine.measures(engine.draws(0, 700, 0), index)[0] for engine in (small, large)]
    assert np.array_equal(*rows)
    assert rows[0] == pytest.approx(one.measures["impact"], rel=1e-12)
    assert draws.shape[1] == 700


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
    assert {"both", "bent"}.isdisjoint(small.unfenced)
    assert "felt" not in large.unfenced
