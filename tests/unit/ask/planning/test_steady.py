"""Headcounts to begin from again: levels that do not fall while they are used."""

from __future__ import annotations

import numpy as np

from leverwise.ask.planning.problem import problem_of
from leverwise.ask.planning.steady import steadied
from unit.ask.stand_in import decision, system

TEAM = problem_of(
    system([decision("team", 0, 20, periods=6, whole=True), decision("care", 0, 9, periods=2)], steps=6), {}
)


def test_a_headcount_that_flickers_becomes_one_that_stays() -> None:
    """From the first period in use to the last the level is the highest so far, or a share of it, in whole people."""
    found = steadied(TEAM, np.array([0, 10, 1, 15, 0, 3, 2.5, 4.5]))
    assert [plan[:6].tolist() for plan in found] == [
        [0, 10, 10, 15, 15, 15],
        [0, 9, 9, 13, 13, 13],
        [0, 7, 7, 11, 11, 11],
    ]
    assert all(plan[6:].tolist() == [2.5, 4.5] for plan in found)


def test_what_stays_already_gives_nothing_to_try_but_fewer() -> None:
    """A steady headcount is tried lower only, one period of work not at all."""
    assert [plan[:6].tolist() for plan in steadied(TEAM, np.array([0, 1, 1, 1, 0, 0, 0, 0.0]))] == []
    assert steadied(TEAM, np.array([0, 8, 0, 0, 0, 0, 0, 0.0])) == []
