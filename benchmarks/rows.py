"""One line of the table: what was measured, by whom, and whether the answers and the target hold."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from typing import Literal


class MissingPeerError(Exception):
    """A peer can't be run here; says why."""


@dataclass(frozen=True)
class Measured:
    """The same thing measured several times."""

    values: tuple[float, ...]
    unit: Literal["s", "MiB", "x"] = "s"

    @property
    def minimum(self) -> float:
        """What the machine can do when nobody disturbs it."""
        return min(self.values)

    @property
    def median(self) -> float:
        """What it did."""
        return float(median(self.values))


@dataclass(frozen=True)
class Limit:
    """A target: at most so much of the unit that is measured, or at most so many times what the peer takes."""

    most: float
    of: Literal["itself", "peer"] = "itself"


@dataclass(frozen=True)
class Toward:
    """A goal (see `goals`) that a row tells about, and which part of it."""

    goal: str
    part: str = ""


@dataclass(frozen=True)
class Row:
    """One thing measured."""

    what: str
    ours: Measured | None = None
    value: str = ""
    """The answer that was reached, so that a wrong one can't win."""
    peer: str = ""
    theirs: Measured | None = None
    peer_value: str = ""
    right: bool | None = None
    """Whether leverwise's answer is as good as the peer's (or a known one); None if there is nothing to compare."""
    limit: Limit | None = None
    toward: Toward | None = None
    """The goal that this row is a measure of, if it is one."""
    trouble: str = ""
    """Why it could not be measured."""

    def __post_init__(self) -> None:
        """Take NumPy's truth for Python's: `is False` and JSON know no other."""
        if self.right is not None:
            object.__setattr__(self, "right", bool(self.right))

    @property
    def ratio(self) -> float | None:
        """Least of ours over least of theirs."""
        if self.ours is None or self.theirs is None:
            return None
        return self.ours.minimum / self.theirs.minimum

    @property
    def met(self) -> bool | None:
        """Whether the target is met, with a right answer; None without a target."""
        if self.limit is None or self.ours is None:
            return None
        reached = self.ratio if self.limit.of == "peer" else self.ours.minimum
        return reached is not None and reached <= self.limit.most and self.right is not False

    @property
    def failed(self) -> bool:
        """Whether something could not be measured, or the answer is wrong."""
        return bool(self.trouble) or self.right is False
