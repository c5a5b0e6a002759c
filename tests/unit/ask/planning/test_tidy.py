"""Plans are made easier to read only where that makes no difference."""

from __future__ import annotations

import numpy as np

from leverwise.ask.planning.problem import problem_of
from leverwise.ask.planning.tidy import filled, tidied
from unit.ask.stand_in import decision, system

TEAM = problem_of(system([decision("team", 0, 20, periods=4, whole=True)], steps=4), {})
HOURS = problem_of(system([decision("hours", 0, 20, periods=3)], steps=3), {})


def test_a_dip_without_effect_is_filled_as_far_as_it_has_none() -> None:
    """Only aiming above 9 changes anything in the third period, so 12, 12, 0, 12 is read as 12, 12, 9, 12."""

    def score(plans: np.ndarray) -> np.ndarray:
        return 100 - np.maximum(0, plans[:, 2] - 9)

    assert filled(TEAM, np.array([12.0, 12.0, 0.0, 12.0]), score, 1e-6).tolist() == [12, 12, 9, 12]


def test_crumbs_go_and_what_matters_stays() -> None:
    """A hundredth of an hour that brings next to nothing is dropped; one that matters is kept."""

    def score(plans: np.ndarray) -> np.ndarray:
        return 100 + plans[:, 0] + 1e-9 * plans[:, 1] + 100 * plans[:, 2]

    plan = tidied(HOURS, np.array([10.0, 0.05, 0.05]), score, 1e-6)
    assert plan.tolist() == [10.0, 0.0, 0.05]
