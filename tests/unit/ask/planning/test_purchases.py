"""Regular purchases to begin a search from."""

from __future__ import annotations

import numpy as np

from leverwise.ask.planning.problem import problem_of
from leverwise.ask.planning.purchases import regular
from unit.ask.stand_in import decision, system


def test_plans_with_regular_purchases_are_whole_in_all_that_is() -> None:
    """Beside the purchases that are made regular, the other whole decisions of a relaxed plan are rounded too."""
    made = system(
        [
            decision("staff", 0, 3, periods=3, whole=True),
            decision("machine", 0, 2, periods=3, whole=True, lump=True),
            decision("care", 0, 1, periods=3),
        ],
        steps=3,
    )
    plans = [plan for group in regular(problem_of(made, {}), np.array([0.4, 1.6, 2.5] + [0.3] * 6)) for plan in group]
    assert plans
    for plan in plans:
        assert np.array_equal(plan[:3], [0, 2, 3])
        assert np.array_equal(plan[3:6], np.round(plan[3:6]))
        assert np.array_equal(plan[6:], [0.3] * 3)
