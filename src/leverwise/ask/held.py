"""What is said of numbers that were set in place of ranges which are correlated with others."""

from __future__ import annotations

from leverwise.ask.scenarios import called
from leverwise.ask.words import listing
from leverwise.lang.system import System


def held(system: System) -> list[str]:
    """That a number which was set tells nothing of what its range was correlated with: the rest stays as it was."""
    values = {value.name: value for value in system.values}
    others: dict[str, list[str]] = {}
    for pair in system.held:
        for one, other in (pair[:2], pair[1::-1]):
            if not values[one].drawn and values[other].drawn:
                others.setdefault(one, []).append(called(values[other]))
    return [
        f"{called(values[one])} is set, not drawn, and so leaves its correlations: {listing(left, 3)} "
        f"{'keeps its range' if len(left) == 1 else 'keep their ranges'}, as if it was made so, not found to be so."
        for one, left in others.items()
    ]
