"""Slopes at ties: where more of one thing is of use only with more of another, a whole unit says what it makes."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from leverwise.ask.resources import Resource
from leverwise.ask.slopes import Rows, slopes_of
from leverwise.units import Unit

HOURS = Resource("hours", 0, "hours", Unit("hour"), "flow")
SEATS = Resource("desk seats", 1, "seats", Unit("person"), "level")
EACH = 160.0
"""Hours that a seat is used for."""


class Desk:
    """Three months, in each of which the lesser of hours and of the seats' hours makes 2 an hour; counts its runs."""

    resources, periods = ("hours", "desk seats"), 3

    def __init__(self, hours: float, seats: float) -> None:
        self.hours, self.seats, self.rows = hours, seats, 0

    def made(self, nudges: Any) -> Any:
        """Per row, of nudges (2, 3, n)."""
        return np.sum(2 * np.minimum(self.hours + nudges[0], EACH * (self.seats + nudges[1])), axis=0)

    def gradient(self, draws: Any, index: Any, decisions: Any, *, nudges: Any, seed: int) -> Any:
        self.rows += len(index)
        return SimpleNamespace(measures=self.made(nudges)[None])


def found(desk: Desk, slope: tuple[float, float], samples: int = 4) -> dict[str, Any]:
    """What a unit more of each is worth, per period, if the reverse pass gives these slopes."""
    impact = desk.made(np.zeros((2, 3, samples)))
    rows = Rows(desk, np.zeros((0, samples)), np.arange(samples), np.zeros(0), 0, impact)
    nudges = np.broadcast_to(np.array(slope)[:, None, None], (2, 3, samples))
    slopes = slopes_of(rows, nudges, [HOURS, SEATS]).by_name
    return {name: slopes[name].mean(axis=1).tolist() for name in slopes}


@pytest.mark.parametrize("slope", [(2.0, 0.0), (0.0, 2 * EACH), (1.0, EACH)])
def test_at_a_tie_neither_alone_is_of_use(slope: tuple[float, float]) -> None:
    """One worker of 160 hours with one seat: whichever side the reverse pass takes, one more of either is nothing."""
    assert found(Desk(EACH, 1), slope) == {"hours": [0.0] * 3, "desk seats": [0.0] * 3}


def test_an_hour_that_half_fits_is_worth_half() -> None:
    """Half an hour below the seat's hours, a whole hour more is of use to half of it."""
    assert found(Desk(EACH - 0.5, 1), (2.0, 0.0))["hours"] == pytest.approx([1.0] * 3)


def test_away_from_a_tie_the_slope_stays_and_costs_one_run() -> None:
    """Where an hour more is worth what its slope says, periods are not tried one by one."""
    desk = Desk(100, 1)
    assert found(desk, (2.0, 0.0)) == {"hours": [2.0] * 3, "desk seats": [0.0] * 3}
    assert desk.rows == 4
