"""What a plan says is to be done now."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from leverwise.ask.plan_tables import first_actions
from leverwise.lang.system import Unit
from unit.ask.stand_in import decision, system

MODEL = system(
    [
        replace(decision("fairs.publicity", 0, 50, periods=2, unit=Unit("hour/month", 1.0)), switch="fairs"),
        replace(decision("fairs.polarisation", 0, 1, periods=2), switch="fairs"),
        decision("price", 0, 50, periods=1, unit=Unit("$", 1.0), start=5.0),
    ],
    steps=2,
)


def test_a_lever_s_decisions_stand_together() -> None:
    """What stays at its start is not named, nor what comes later."""
    fairs = "publicity 2 hours/month, polarisation 1"
    assert first_actions(MODEL, np.array([2.0, 0.0, 1.0, 0.0, 7.0])) == f"Now: fairs ({fairs}), price $7."
    assert first_actions(MODEL, np.array([0.0, 9.0, 0.0, 1.0, 5.0])) == "Now: nothing yet."
