"""C8: networks are hard to start, then grow."""

from __future__ import annotations

import numpy as np
import pytest

from claims.conftest import example


def members(start: int, **options: object) -> np.ndarray:
    model = example("inventor", ("market.members", str(start)), ("market.people", "6.3M"), ("market.recognise", "2000"))
    return model.simulate(samples=16, off=["name"], **options).series["members"].mean(axis=0)


def test_below_the_tipping_point_it_dies_above_it_grows_with_no_effort() -> None:
    """The tipping point is 417 members: with 400 a network shrinks, with 800 it grows, untended."""
    small, large = members(400), members(800)
    assert (np.diff(small) < 0).all()
    assert (np.diff(large) > 0).all()
    assert large[-1] > 2000


def test_at_the_tipping_point_it_stands_still() -> None:
    """At exactly 417 members as many join as leave."""
    path = members(417)
    assert path == pytest.approx(417, rel=1e-3)


@pytest.mark.parametrize("people", [5e4, 6.3e6])
def test_the_tipping_point_is_the_root_of_the_growth_equation(people: float) -> None:
    """The critical size that follows from a tipping point gives it back by the closed form of the equilibrium."""
    model = example("inventor", ("market.people", str(people)))
    answer = model.simulate(samples=16, watch=("fan_club.critical",))
    half = float(answer.series["fan_club.critical"].mean())
    invite, churn = 0.12, 0.15
    root = ((people - half) - np.sqrt((people + half) ** 2 - 4 * people * churn * half / invite)) / 2
    assert root == pytest.approx(417, rel=1e-6)


def test_an_hour_wins_more_members_after_the_start() -> None:
    """Members gained for each hour of tending: few while the network must be carried, many once it carries itself."""
    tended = [40] * 4 + [0] * 8
    path = members(50, plan={"fan_club.tending": tended})
    steps = len(path) - 1
    at = [round(steps * month / 48) for month in (6, 12, 48)]
    hours = 40 * 12
    won_in_first_half = (path[at[0]] - 50) / (40 * 6)
    won_later = (path[at[2]] - path[at[1]]) / hours
    assert path[at[1]] > 417
    assert won_later > won_in_first_half
    assert (np.diff(path[at[1] + 1 :]) > 0).all()
