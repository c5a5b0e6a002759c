"""What an hour moved to a use is worth: steps up where there is room, down only where there is none."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest

from leverwise.ask.hours import hour_gains
from unit.ask.stand_in import Slopes, StandIn, decision, system

MOST = 160.0


class Priced(StandIn):
    """A stand-in that is asked for measures alone."""

    def gradient(self, draws: np.ndarray, index: object, decisions: np.ndarray, **options: object) -> Slopes:  # type: ignore[override]
        measures = self.measures(draws, index, decisions)
        return Slopes(measures, np.zeros_like(decisions), np.zeros((0, 1, 1)))


def gain(schedule: Sequence[float], worth: Callable[[np.ndarray], np.ndarray], step: float = 1.0) -> float:
    """The gain of an hour of one decision, of which each period makes what `worth` says."""
    model = system([decision("care", 0.0, MOST, periods=len(schedule), hours=True)], steps=len(schedule))
    engine = Priced({"impact": lambda values, draws: worth(values).sum(axis=0)})
    rows = np.zeros((0, 1)), np.arange(1), np.array(schedule)
    return hour_gains(engine, model, rows, 0, step)["care"]


def test_periods_at_their_bound_stay_where_others_have_room() -> None:
    """Two periods at the bound, two with room: only the latter move, and the gain is that of their hours."""
    assert gain([MOST, MOST, 10, 10], lambda hours: 3 * hours) == pytest.approx(3, rel=1e-12)
    rising = gain([MOST, MOST, 10, 10], np.sqrt)
    assert rising == pytest.approx(np.sqrt(11) - np.sqrt(10), rel=1e-12)
    assert gain([MOST, 10, 10], np.sqrt) == pytest.approx(rising, rel=1e-12)


def test_a_step_up_ends_at_the_bound() -> None:
    """Less room than a step is used as far as it goes, and the gain is per hour that is moved."""
    assert gain([159.5, MOST], lambda hours: 3 * hours) == pytest.approx(3, rel=1e-12)
    assert gain([159.5, 10], np.sqrt) == pytest.approx(
        (np.sqrt(160) - np.sqrt(159.5) + np.sqrt(11) - np.sqrt(10)) / 1.5, rel=1e-9
    )


def test_an_hour_less_where_nothing_has_room() -> None:
    """With every period at the bound, what an hour less loses is what an hour is worth."""
    assert gain([MOST, MOST], np.sqrt) == pytest.approx(np.sqrt(160) - np.sqrt(159), rel=1e-9)
