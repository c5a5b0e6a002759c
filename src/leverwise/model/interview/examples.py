"""Examples of answers, of the order that answers before them suggest: a tour of an hour costs no $20k."""

from __future__ import annotations

import math
from collections.abc import Mapping

from leverwise.model.interview.guesses import Known, number
from leverwise.model.interview.questions import Question

HOURLY = 40.0
"""Dollars for an hour of work, for the example of a price."""
AROUND = 1.5
"""An example that is a range goes so many times down and up from its middle."""
MOST_A_MONTH = 30.0
"""Nobody is asked whether they want something more often than daily."""
OF_MONEY = 0.05
"""What it costs in a month to keep going, as a share of the money at the start, for an example."""
FEW, OF_FEW = 1e3, 0.2
"""Of fewer people who could ever care than this, an example has this share know the work already."""
AS_THEY_ARE = ("hours", "income", "at most", "horizon", "saves", "invention", "money")
"""Questions whose examples fit whatever was said."""


def example(question: Question, known: Mapping[str, Known]) -> str:
    """An example for a question about a number; `known` has a guess, or what was said, for every question."""
    core = f"effort {known['core'].text}"
    if question.key in (core, *AS_THEY_ARE):
        return question.example
    found = known[question.key]
    middle = _fitted(question.key, known) or _middle(found)
    if not middle > 0 or (question.unit == "people" and middle < 1):
        few = question.key == "recognise" and known["people"].low < FEW
        return f"{max(1, known['people'].low * OF_FEW):.0f}" if few else question.example
    sign = "$" if question.unit.startswith("$") else ""
    if " to " not in question.example:
        return f"{'about ' if 'about' in question.example else ''}{sign}{_round(middle)}"
    return f"{sign}{_round(middle / AROUND)} to {sign}{_round(middle * AROUND)}"


def _fitted(key: str, known: Mapping[str, Known]) -> float:
    """The middle of an example that hangs together with the hours and the people; 0 where nothing tells."""
    if key == "overhead":
        return _middle(known["money"]) * OF_MONEY
    if "each" not in known["copies"].chosen:
        return 0.0
    effort, hours, fans = (_middle(known[name]) for name in (f"effort {known['core'].text}", "hours", "recognise"))
    if key == "price":
        return HOURLY * effort
    if key == "rate" and effort > 0 and fans > 0:
        return min(hours / effort / fans, MOST_A_MONTH)
    return 0.0


def _middle(known: Known) -> float:
    if known.low > 0:
        return math.sqrt(known.low * known.high)
    return max(known.high, 0.0) / 2


def _round(value: float) -> str:
    """One digit that matters, or two where the first is 1."""
    return number(float(f"{value:.1g}") if f"{value:e}"[0] != "1" else float(f"{value:.2g}"))
