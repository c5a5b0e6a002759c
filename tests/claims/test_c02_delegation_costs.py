"""C2: delegation costs wages and communication."""

from __future__ import annotations

import numpy as np
import pytest

from claims.conftest import at_end, example

SETTINGS = (
    ("time.horizon", "36 months"),
    ("money.start", "$900M"),
    ("people.founder.hours", "200 hours/month"),
    ("work.chores", "0 hours/month"),
    ("team.alignment", "1"),
    ("team.compliance", "1"),
    ("team.novice productivity", "1"),
    ("team.training", "0"),
    ("team.quit", "0 %/month"),
    ("team.span", "8 people"),
    ("team.contention", "0.03"),
    ("team.coherency", "0.001"),
    ("team.managing", "2 hours/month"),
)


def output(headcount: int) -> float:
    answer = example("consultancy", *SETTINGS).simulate(samples=16, plan={"team.positions": headcount})
    return float(at_end(answer, "output").mean())


@pytest.mark.parametrize("headcount", [0, 5, 20, 60, 150])
def test_output_follows_the_scalability_law(headcount: int) -> None:
    """Projects a month are the founder's hours less managing, plus the team's by the scalability law, over 40."""
    n = max(headcount, 1)
    team = 160 * headcount / (1 + 0.03 * (n - 1) + 0.001 * n * (n - 1))
    founder = 200 - 2 * min(headcount, 8)
    assert output(headcount) == pytest.approx((founder + team) / 40, rel=1e-3)


def test_output_rises_peaks_and_falls_with_headcount() -> None:
    """More people first help, then hinder: there is a headcount beyond which the firm makes less."""
    made = np.array([output(n) for n in (0, 5, 10, 20, 30, 60, 100, 150)])
    peak = int(made.argmax())
    assert 0 < peak < len(made) - 1
    assert (np.diff(made[: peak + 1]) > 0).all()
    assert (np.diff(made[peak:]) < 0).all()


def test_wages_are_paid() -> None:
    """Ten people for three years cost their wages and hiring, to the dollar, and that money is gone."""
    model = example("consultancy", *SETTINGS, ("team.wage", "$8k/month"), ("market.price", "$0/project"))
    answer = model.simulate(
        samples=16, plan={"team.positions": 10}, watch=("team.wages", "team.recruiting", "team.staff")
    )
    spent = answer.series["cash"][:, 0] - answer.series["cash"][:, -1]
    opening = (answer.series["team.wages"] + 3000.0)[:, :-1].sum(axis=1) * 0.5
    hiring = np.trapezoid(answer.series["team.recruiting"], answer.times, axis=1)
    assert np.allclose(spent, opening + hiring, rtol=2e-3)
    assert (answer.series["team.wages"] == 8000 * answer.series["team.staff"]).all()
