"""Inventions: a threshold that nobody knows, and a stream of ideas that get harder to find."""

from __future__ import annotations

import numpy as np
import pytest

from leverwise.ask.numbers import estimate
from leverwise.units import Unit
from mechanisms.models import ATELIER, CREW, PROJECT, STREAM, load, numbers, ran

CALM = {
    "people.star.hours": "300 hours/month",
    "work.chores": "0 hours/month",
    "time": {"step": "0.5 months", "horizon": "6 months", "tail": "1 months"},
    "plan": {"every": "1 months"},
    "stocks": {"used": {"start": "0 months", "change": "lab.acting"}},
}
LAB = {"lab": {"technology": {**PROJECT, "difficulty": "250 hours", "returns": 0.8}}}
HOURS = 60.0
PACE = 100 * (HOURS / 100) ** 0.8
WATCH = ["lab.progress", "lab.acting", "used", "writing.effort"]


def invented(samples: int) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Trajectories, and how much work it takes in each sample, in hours."""
    model = load(ATELIER, LAB, CALM)
    return ran(model, WATCH, {"lab.research": HOURS}, samples), 250 * numbers(model, samples)["lab.luck"]


def test_success_is_exponential_in_work() -> None:
    """After x hours of work the invention is made with probability 1 - exp(-x/difficulty)."""
    found, _ = invented(2048)
    for step in (4, 8, 12):
        x = PACE * found["t"][step]
        made = (found["lab.acting"][:, step] > 0.5).astype(float)
        share = estimate(made, Unit())
        assert share.mean == pytest.approx(1 - np.exp(-x / 250), abs=max(4 * share.se, 5e-3))


def test_time_in_use_is_exact_in_each_sample() -> None:
    """It is in use from the moment when the work passes the threshold, which need not be the end of a step."""
    found, threshold = invented(256)
    expected = np.maximum(0, 6 - threshold / PACE)
    early = (threshold > PACE * 0.25) & (threshold < PACE * 5.5)
    assert early.sum() > 100
    assert found["used"][early, 12] == pytest.approx(expected[early], rel=1e-9, abs=1e-9)
    assert (found["used"][threshold > PACE * 6.5, 12] == 0).all()


def test_mean_time_in_use_has_its_closed_form() -> None:
    """On average it is in use for T - (1 - exp(-aT))/a, a being work per month over difficulty."""
    found, _ = invented(2048)
    a = PACE / 250
    used = estimate(found["used"][:, 10], Unit())
    assert used.mean == pytest.approx(5 - (1 - np.exp(-5 * a)) / a, abs=4 * used.se + 5e-3)


def test_it_multiplies_what_it_names_once_it_acts() -> None:
    """Effort is multiplied by the factor where it acts, and by nothing where it does not."""
    found, _ = invented(256)
    given = numbers(load(ATELIER, LAB, CALM), 256)["writing.effort.given"][:, None]
    assert found["writing.effort"] == pytest.approx(given * 0.6 ** found["lab.acting"], rel=1e-12)
    assert found["lab.acting"].min() == 0
    assert found["lab.acting"].max() == 1


def test_staff_count_for_what_they_can_do() -> None:
    """An hour of staff counts as the delegable share of one of the principal, and can not exceed what staff have."""
    levers = {
        "crew": {"delegation": {**CREW, "now": "2 people", "quit": "0 %/month"}},
        "lab": {"technology": {**PROJECT, "staff": "crew"}},
    }
    model = load(ATELIER, levers, {"money.start": "$900k"})
    watch = ["lab.effective_hours", "crew.effective_hours", "lab.staff_given", "crew.worker_hours"]
    plan = {"lab.research": 40, "lab.staff_research": [100, 100, 1500], "crew.positions": 2}
    found = ran(model, watch, plan, samples=32)
    value, has = numbers(model, 32), found["crew.effective_hours"]
    wanted = np.repeat([100, 1500, 0], [8, 4, 5])
    given = np.minimum(wanted, has)
    assert found["lab.staff_given"] == pytest.approx(given, rel=1e-12)
    assert found["crew.worker_hours"] == pytest.approx(has - given, rel=1e-12, abs=1e-9)
    own = np.where(np.arange(17) < 12, 40.0, 0.0)
    expected = (own + value["lab.delegable"][:, None] * given) / 100
    assert found["lab.effective_hours"] == pytest.approx(expected, rel=1e-12)


def test_stream_of_ideas_grows_as_its_closed_form() -> None:
    """With A' = pace h^lam A^phi and phi < 0, A = (1 + (1 - phi) pace h^lam t)^(1/(1 - phi))."""
    settings = {"time": {"step": "0.25 months", "horizon": "12 months", "tail": "1 months", "method": "rk4"}}
    model = load(ATELIER, {"craft": {"technology": {**STREAM, "pace": "6 %/month"}}}, settings)
    found = ran(model, ["craft.productivity", "writing.effort"], {"craft.research": 50}, samples=32)
    value = numbers(model, 32)
    lam, phi = value["craft.returns"][:, None], value["craft.fishing_out"][:, None]
    assert (phi < 0).all()
    a = (1 + (1 - phi) * 0.06 * 0.5**lam * found["t"][:49]) ** (1 / (1 - phi))
    assert found["craft.productivity"][:, :49] == pytest.approx(a, rel=1e-7)
    effort = value["writing.effort.given"][:, None] * 0.7 ** np.log2(a)
    assert found["writing.effort"][:, :49] == pytest.approx(effort, rel=1e-7)
