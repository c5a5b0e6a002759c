"""What a plan says of itself: how its own samples flatter it, and when the even split is the safer choice."""

from __future__ import annotations

from leverwise.ask.answer import Estimate
from leverwise.ask.numbers import known
from leverwise.ask.plan_notes import optimism, safer
from leverwise.lang.system import Aim


def told(mean: float, p5: float, se: float = 1.0) -> Estimate:
    """A number with a spread."""
    return Estimate(mean, 10.0, se, p5, mean, 2 * mean - p5, "$")


def test_the_safer_choice_is_told() -> None:
    """An even split with less on average and more in the worst samples is named, with the objective for them."""
    numbers = {"impact": told(228e3, 70e3), "even_split_impact": told(210e3, 128e3)}
    (note,) = safer(numbers, Aim())
    assert "$128k against $70k" in note
    assert "cvar 10 %" in note
    assert safer(numbers, Aim("cvar", 0.1)) == []
    assert safer({"impact": told(228e3, 70e3), "even_split_impact": told(210e3, 72e3)}, Aim()) == []
    assert safer({"impact": told(200e3, 70e3), "even_split_impact": told(210e3, 128e3)}, Aim()) == []


def test_optimism_is_told_with_what_chance_allows() -> None:
    """Two per cent more on its own samples is optimism if fresh ones are known to half a per cent, else chance."""
    sharp = {"objective": told(100, 50, 0.5), "search_objective": known(102.0, "$")}
    assert optimism(sharp) == [
        "On the samples that it was made on the plan's objective is 2 % more than on fresh ones."
    ]
    (blunt,) = optimism({**sharp, "objective": told(100, 50, 5)})
    assert blunt.endswith("2 % more than on fresh ones, no more than chance allows.")
    assert optimism({**sharp, "objective": known(100.0, "$")}) == []
