"""What can be read off equations: linear, separable, or neither."""

from __future__ import annotations

from typing import Any

import pytest

import leverwise
from leverwise.ask.planning.shape import shape

PLAIN: dict[str, Any] = {
    "leverwise": 1,
    "model": "plain",
    "about": "Two decisions over three periods.",
    "time": {"step": 1, "horizon": 3, "method": "euler"},
    "values": {"a": "1 to 2", "fade": 0.1},
    "decisions": {name: {"min": 0, "max": 10, "every": 1} for name in ("u", "v")},
    "stocks": {"G": {"start": 1, "change": "u - fade*G"}, "H": {"start": 1, "min": 0, "change": "u - 1"}},
    "plan": {"objective": "mean"},
}


def model(impact: str, **changes: Any) -> leverwise.Model:
    """The plain model with an impact."""
    return leverwise.load(PLAIN | {"impact": {"is": impact}} | changes)


@pytest.mark.parametrize(
    ("impact", "linear", "separable"),
    [
        ("a*u - 2*v/a + t", True, True),
        ("exp(-t)*G + u", True, True),
        ("if t > 1 then u else v", True, True),
        ("sqrt(u) + v*v", False, True),
        ("sqrt(u)*u/(1 + u)", False, True),
        ("u + table(u, (0, 0), (3.3, 0), (3.35, 100), (3.4, 0), (10, 0))", False, True),
        ("u*v", False, False),
        ("sqrt(u + v)", False, False),
        ("sqrt(G)", False, False),
        ("min(u, v)", False, False),
        ("H", False, False),
        ("if u > 1 then v else 0", False, False),
    ],
)
def test_shapes(impact: str, linear: bool, separable: bool) -> None:
    """Each kind of equation; a stock held at a bound is neither."""
    found = shape(model(impact).system)
    assert (found.linear, found.separable) == (linear, separable)


def test_one_slot_is_always_a_sum_over_slots() -> None:
    """Whatever is made of a single decision of one period is a function of one slot."""
    decisions = {"u": {"min": 0, "max": 10, "every": 3}}
    assert shape(model("sqrt(G)*u", decisions=decisions).system).separable


def test_a_spike_between_random_points_is_no_linear_problem() -> None:
    """A narrow peak on a straight line is found, and no proof is claimed."""
    spike = "u + table(u, (0, 0), (3.3, 0), (3.35, 100), (3.4, 0), (10, 0))"
    once = {"u": {"min": 0, "max": 10, "every": 1}}
    answer = model(spike, decisions=once, time={"step": 1, "horizon": 1, "method": "euler"}, stocks={}).plan(samples=1)
    assert answer.numbers["impact"].mean == pytest.approx(103.35, rel=1e-3)
    details = [row["said"] for row in answer.rows["details"]]
    assert not any("the best there is" in said for said in details)
    assert any("grid of 400 levels" in said for said in details)
    assert answer.notes[-1].startswith("Of all plans in steps of a 400th of each range, none is better")
