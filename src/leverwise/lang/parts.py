"""The names of what a decision that reacts is made of: decisions to choose, and what is held through its periods."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Parts:
    """The names of what a decision that reacts is made of."""

    decision: str

    @property
    def schedule(self) -> str:
        """What is decided while nothing is seen but what is expected."""
        return f"{self.decision} scheduled"

    @property
    def acting(self) -> str:
        """1 while the decision may act: up to the horizon, and while its lever is on."""
        return f"{self.decision} acting"

    @property
    def threshold(self) -> str:
        """What the watched variable must pass."""
        return f"{self.decision} threshold"

    @property
    def more(self) -> str:
        """How much more is decided beyond the threshold."""
        return f"{self.decision} more"

    @property
    def lasting(self) -> str:
        """1 if what the threshold began goes on whatever is seen later."""
        return f"{self.decision} lasting"

    @property
    def beyond(self) -> str:
        """1 if the watched variable is beyond the threshold."""
        return f"{self.decision} beyond"

    @property
    def ever(self) -> str:
        """1 once it has been."""
        return f"{self.decision} ever beyond"

    @property
    def before(self) -> str:
        """1 if it had been before this period."""
        return f"{self.decision} beyond before"

    def slope(self, seen: str) -> str:
        """How much more is decided per unit of what is seen above what is expected."""
        return f"{self.decision} by {seen}"

    def watch(self, seen: str) -> str:
        """1 if the threshold is one that this must rise above, -1 if one that it must fall below, else 0."""
        return f"{self.decision} watching {seen}"

    def bought(self, period: int) -> str:
        """What was bought in a period."""
        return f"{self.decision} bought {period}"


def expected_name(seen: str, steps: int) -> str:
    """What is expected to be seen when each period of so many steps opens."""
    return f"{seen} expected every {steps}"


def opening_name(seen: str, steps: int) -> str:
    """What was seen when the period of so many steps opened."""
    return f"{seen} at the opening every {steps}"


def clock_name(steps: int) -> str:
    """The decision that marks where periods of so many steps open."""
    return f"opening every {steps}"


def begun_name(steps: int) -> str:
    """1 in the periods of so many steps that are planned, 0 in those of the history before."""
    return f"begun every {steps}"
