"""People who work for the principal: scalability, turnover, training, contracts."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from mechanisms.models import ATELIER, CREW, SMOOTH, load, numbers, ran

ALPHA, BETA = 0.027728, 1.0437e-4
"""Contention and coherency fitted to the SDM91 benchmark (Gunther 2007)."""


def test_scalability_law_of_a_growing_team() -> None:
    """With the SDM91 coefficients a team's hours follow the scalability law exactly, and peak at 96.5 people."""
    team = {
        "tasks": ["writing"], "at most": "300 people", "wage": "$0/month", "alignment": 1, "compliance": 1, "quit": 0,
        "training": 0, "novice productivity": 1, "contention": ALPHA, "coherency": BETA, "fill time": "3 months",
        "hiring cost": "$0/person", "onboarding cost": "$0/person", "managing": "0 hours/month",
    }  # fmt: skip
    model = load(ATELIER, {"crew": {"delegation": team}}, SMOOTH)
    found = ran(model, ["crew.staff", "crew.effective_hours"], {"crew.positions": 300})
    staff, hours = found["crew.staff"][0], found["crew.effective_hours"][0]
    n = np.maximum(staff, 1)
    assert hours == pytest.approx(160 * staff / (1 + ALPHA * (n - 1) + BETA * n * (n - 1)), rel=1e-12)
    assert staff[-2] > 250
    assert np.sqrt((1 - ALPHA) / BETA) == pytest.approx(96.5, abs=0.05)
    before, after = staff[1:] < 96.5, staff[:-1] > 96.5
    assert (np.diff(hours)[before] > 0).all()
    assert (np.diff(hours)[after] < 0).all()


def turnover(_: float, y: np.ndarray, positions: int, fill: float, learn: float, quit_: float) -> list[float]:
    novices, experienced = y
    hires = max(0.0, positions - novices - experienced) / fill
    return [hires - novices / learn - quit_ * novices, novices / learn - quit_ * experienced]


def test_hiring_learning_and_leaving_against_another_solver() -> None:
    """Novices and experienced staff follow their equations as scipy solves them, in each sample."""
    model = load(ATELIER, {"crew": {"delegation": CREW}}, {**SMOOTH, "money.start": "$2M"})
    found = ran(model, ["crew.novices", "crew.experienced"], {"crew.positions": 5}, samples=32)
    value = numbers(model, 32)
    for i in range(4):
        fill, learn, quit_ = (value[f"crew.{name}"][i] for name in ("fill_time", "assimilation", "quit"))

        path = solve_ivp(
            turnover, (0, 12), [0, 0], args=(5, fill, learn, quit_), t_eval=found["t"][:49], rtol=1e-10, atol=1e-12
        ).y
        assert found["crew.novices"][i, :49] == pytest.approx(path[0], rel=1e-3, abs=5e-4)
        assert found["crew.experienced"][i, :49] == pytest.approx(path[1], rel=1e-3, abs=5e-4)


def test_training_layers_and_time_to_manage() -> None:
    """Novices take experienced people's time, layers lose some intention, and the principal manages and trains."""
    model = load(ATELIER, {"crew": {"delegation": {**CREW, "at most": "40 people"}}}, SMOOTH)
    watch = ["crew.novices", "crew.experienced", "crew.effective_hours", "hours_managing"]
    found = ran(model, watch, {"crew.positions": 30}, samples=32)
    value = {key.removeprefix("crew."): x[:, None] for key, x in numbers(model, 32).items() if key.startswith("crew.")}
    new, old = found["crew.novices"], found["crew.experienced"]
    n = np.maximum(new + old, 1)
    slow = 1 + value["contention"] * (n - 1) + value["coherency"] * n * (n - 1)
    layers = np.maximum(0, np.log(n) / np.log(value["span"]))
    able = value["novice_productivity"] * new + np.maximum(0, old - value["training"] * new)
    hours = value["hours"] * able / slow * value["alignment"] * value["compliance"] ** layers
    assert found["crew.effective_hours"] == pytest.approx(hours, rel=1e-12)
    teaching = value["hours"] * np.maximum(0, value["training"] * new - old)
    assert found["hours_managing"] == pytest.approx(
        value["managing"] * np.minimum(new + old, value["span"]) + teaching, rel=1e-12, abs=1e-9
    )
    assert (teaching > 0).any()


def test_unaligned_work_breaks_promises() -> None:
    """What is kept is 1 less the staff's share of the hours times what they do not care for."""
    model = load(ATELIER, {"crew": {"delegation": {**CREW, "tasks": ["writing"]}}}, SMOOTH)
    watch = ["reliability", "star.writing.assigned", "crew.writing.assigned"]
    found = ran(model, watch, {"crew.positions": 3}, samples=32)
    own, theirs = found["star.writing.assigned"], found["crew.writing.assigned"]
    alignment = numbers(model, 32)["crew.alignment"][:, None]
    assert found["reliability"] == pytest.approx(1 - theirs / (own + theirs) * (1 - alignment), rel=1e-12)
    assert found["reliability"].min() < 0.9
