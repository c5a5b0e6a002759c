"""C1: leverage spans orders of magnitude."""

from __future__ import annotations

import numpy as np

from claims.conftest import example

PLAN = {
    "method.research": [120, 120, 80, 60, 40, 20, 0, 0, 0, 0, 0, 0],
    "fan_club.tending": [30, 30, 30, 30, 20, 10, 10, 10, 10, 10, 10, 10],
    "shows.publicity": [10, 20, 30, 40, 40, 40, 40, 40, 40, 40, 40, 40],
    "shows.polarisation": 0.5,
    "media.spent": [0, 0, 5e3, 10e3, 10e3, 10e3, 10e3, 10e3, 0, 0, 0, 0],
    "crew.positions": [0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1],
}


def test_the_inventor_reaches_a_hundredfold() -> None:
    """A plan exists with a median of two orders of magnitude or more, and it does not live on being cut short."""
    answer = example("inventor").simulate(samples=1024, plan=PLAN)
    assert answer.numbers["log10_leverage"].p50 >= 2
    assert answer.numbers["log10_leverage"].p50 < 5
    assert np.isclose(10 ** answer.numbers["log10_leverage"].p50, answer.numbers["leverage"].p50, rtol=0.05)


def test_alone_has_leverage_one() -> None:
    """With every lever off, leverage is one in every sample, to the last bit."""
    model = example("inventor")
    answer = model.simulate(samples=512, plan=PLAN, off=model.levers)
    leverage = answer.numbers["leverage"]
    assert (leverage.mean, leverage.p5, leverage.p95, leverage.sd) == (1.0, 1.0, 1.0, 0.0)
    assert answer.numbers["log10_leverage"].mean == 0.0


def test_a_smaller_audience_at_the_start_leaves_more_to_leverage() -> None:
    """Leverage depends on where one starts: twenty thousand followers leave less to gain than two thousand."""
    known = example("inventor", ("market.recognise", "20k"))
    unknown, famous = (
        m.simulate(samples=512, plan=PLAN).numbers["log10_leverage"].p50 for m in (example("inventor"), known)
    )
    assert unknown > famous > 1
