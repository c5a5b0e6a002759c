"""In what a difference is told: in orders of magnitude, or, where impact may be negative, in amounts of impact."""

from __future__ import annotations

from dataclasses import dataclass
from math import log10

from leverwise.ask.words import number, quantity

ORDERS = "orders of magnitude"
UP, DOWN = "\u00d7", "\u00f7"
"""The signs for multiplying and dividing."""
SEEN, STRONG = log10(1.05), 0.08
"""Factors nearer to one are not worth a word; two that do more than a fifth for each other, or against, are named."""
SEEN_SHARE, STRONG_SHARE = 0.02, 0.05
"""The same of amounts, as shares of the whole difference."""


@dataclass(frozen=True)
class Scale:
    """How a part of the difference between `alone` and with all levers is written."""

    orders: bool
    """Whether parts are orders of magnitude, and so factors of impact."""
    unit: str
    total: float
    """All parts together."""
    alone: float
    """What is made alone, in the unit of impact."""

    @property
    def seen(self) -> float:
        """The least that is worth a word."""
        return SEEN if self.orders else SEEN_SHARE * abs(self.total)

    @property
    def strong(self) -> float:
        """The least that two do for each other that is worth a word."""
        return STRONG if self.orders else STRONG_SHARE * abs(self.total)

    @property
    def axis(self) -> str:
        """The title of an axis of `place`."""
        return "times alone" if self.orders else f"impact ({self.unit})" if self.unit else "impact"

    @property
    def verbs(self) -> tuple[str, str]:
        """What a part does to impact if it is above zero, and below."""
        return ("multiplies it by", "divides it by") if self.orders else ("adds", "takes away")

    def times(self, part: float) -> float | None:
        """The factor that a part is; None for amounts."""
        return 10.0**part if self.orders else None

    def place(self, parts: float) -> float:
        """Where on the axis one is when so much has been made."""
        return 10.0**parts if self.orders else self.alone + parts

    def size(self, part: float) -> str:
        """A part without its sign."""
        return number(10.0 ** abs(part)) if self.orders else quantity(abs(part), self.unit)

    def signed(self, part: float) -> str:
        """A part with its sign, to write at a bar."""
        if self.orders:
            return f"{UP if part >= 0 else DOWN}{self.size(part)}"
        return f"{'+' if part >= 0 else '-'}{self.size(part)}"

    def would(self, part: float) -> str:
        """What a part would do to impact."""
        if abs(part) < self.seen / 10:
            return "would change nothing"
        verbs = ("would multiply impact by", "would divide impact by") if self.orders else ("would add", "would cost")
        return f"{verbs[part < 0]} {self.size(part)}"

    def beside(self, part: float) -> str:
        """What two make together, beside what they make apart."""
        if not self.orders:
            return f"{self.size(part)} {'more' if part > 0 else 'less'} than apart"
        size = number(10.0 ** abs(part), 2)
        return f"{size} times what they make apart" if part > 0 else f"{size} times less than apart"
