"""What stands in the model where somebody does not know: a wide range that fits what was said, and the reason for it.

A guess never contradicts an answer: it is made from the answers it must agree with.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from leverwise.units import forms


@dataclass(frozen=True)
class Known:
    """What the model says for one question: text, the ends of the range in the question's unit, and what to note."""

    text: str
    low: float = 0.0
    high: float = 0.0
    note: str = ""
    """Why it is a range that nobody gave; empty if somebody did."""
    chosen: tuple[str, ...] = ()
    """The options, of a choice."""


Answers = Mapping[str, Known]
Guess = tuple[float, float, str]
"""Low, high, and why."""
EFFORT = 10.0
"""Hours that one of what is made takes at least, if nobody knows and there are hours enough."""
LEAST_WORTH = 0.6
"""What is sold is worth at least so much of the highest price: else hardly anybody would buy it."""
FEWEST_FOR_NETWORK = 4.0
"""With no more people than this there is no room for a tipping point."""


def number(value: float) -> str:
    """Two digits that matter, with k, M and B: 12345 is `12k`."""
    rounded = float(f"{value:.2g}")
    for scale, suffix in ((1e9, "B"), (1e6, "M"), (1e3, "k")):
        if abs(rounded) >= scale:
            return f"{rounded / scale:g}{suffix}"
    return f"{rounded:g}"


def ranged(low: float, high: float, unit: str) -> str:
    """A range in the file's notation, one number where both ends are the same."""
    sign, rest = ("$", unit[1:]) if unit.startswith("$") else ("", f" {unit}" if unit else "")
    ends = dict.fromkeys((number(low), number(high)))
    return " to ".join(f"{sign}{end}" for end in ends) + rest


def guess(key: str, unit: str, known: Answers) -> Known:
    """A wide range for a question to which nobody knows the answer. `known` are the answers that were given."""
    low, high, why = _made(key, known)
    return Known(ranged(low, high, unit), low, high, f"a guess, {why}")


def _made(key: str, known: Answers) -> Guess:
    if key in _FIXED:
        return _FIXED[key]
    if key in _FITTED:
        return _FITTED[key](known)
    if key.startswith("effort "):
        core = f"effort {known['core'].text}"
        if key == core:
            return _effort(known)
        most = max(_size(known[core]), 1e-6)
        return 0.1 * most, most, f"from a tenth of {known['core'].text} to as much"
    raise KeyError(key)


_FIXED: Mapping[str, Guess] = {
    "hours": (120, 220, "from three quarters of a usual job to long weeks"),
    "money": (5e3, 50e3, "from a few months to a year of modest living"),
    "income": (0, 0, "since nothing else is known to come in"),
    "wage": (2e3, 7e3, "from part-time help to a professional"),
    "machine": (2e3, 50e3, "from a good tool to a small workshop"),
    "saves": (10, 50, "from a little help to half the work"),
    "advertising": (1, 20, "from a lucky post to a costly market"),
    "invention": (200, 2000, "from a month of full days to a year"),
    "shows": (2, 50, "from a small room to a large one"),
}


def _effort(known: Answers) -> Guess:
    """At its low end, one or more can be made in a month of the hours there are."""
    month = _size(known["hours"])
    if month <= 0 or month >= 2 * EFFORT:
        return EFFORT, 10 * EFFORT, "from a day or two to more than two weeks"
    return 0.5 * month, 5 * month, "from half a month's hours to those of five months"


def _chores(known: Answers) -> Guess:
    hours = known["hours"]
    middle = (hours.low + hours.high) / 2 if hours.low <= 0 else hours.low
    return 0.05 * middle, 0.2 * middle, "a twentieth to a fifth of the hours"


def _overhead(known: Answers) -> Guess:
    """What the money bears until a year after the horizon, so that not to know is not to be broke."""
    months = (known["horizon"].high if "horizon" in known else 36) + 12
    least = max(known["money"].low, 0) / months + (max(known["income"].low, 0) if "income" in known else 0)
    return 0.1 * least, 0.5 * least, "a tenth to a half of what the money can bear"


def _price(known: Answers) -> Guess:
    if "free" in known["copies"].chosen:
        return 0.5, 5, "from small change to the price of a coffee"
    return 10, 100, "from a small thing to a costly one"


def _worth(known: Answers) -> Guess:
    price = known["price"]
    if price.high <= 0:
        return 1, 20, "since it costs nothing, whatever it may be worth"
    return max(price.low, LEAST_WORTH * price.high), 3 * price.high, "from about the price to three times as much"


def _people(known: Answers) -> Guess:
    if "recognise" not in known or known["recognise"].high <= 0:
        return 5e3, 500e3, "from a town to a country"
    recognise = known["recognise"].high
    return 5 * recognise, 500 * recognise, "5 to 500 times as many as know the name"


def _recognise(known: Answers) -> Guess:
    least = max(1.0, known["people"].low) if "people" in known else 5e3
    return 0.005 * least, 0.05 * least, "a two-hundredth to a twentieth of those who could care"


def _rate(known: Answers) -> Guess:
    if "free" in known["copies"].chosen:
        return 0.05, 2, "from once in a while to twice a month"
    return 0.01, 0.3, "from once in eight years to three times a year"


def _members(known: Answers) -> Guess:
    least = known["recognise"].low
    if least <= 0:
        return 0, 0, "since there may be nobody who knows the name"
    return 0.01 * least, 0.1 * least, "a hundredth to a tenth of those who know the name"


_FITTED: Mapping[str, Callable[[Answers], Guess]] = {
    "chores": _chores,
    "overhead": _overhead,
    "price": _price,
    "worth": _worth,
    "people": _people,
    "recognise": _recognise,
    "rate": _rate,
    "members": _members,
}


def _size(known: Known) -> float:
    return known.high if known.low <= 0 else known.low


def fresh(words: Iterable[str], taken: Iterable[str]) -> str:
    """The first of the words that is no form of a name that is taken, else the last with a number."""
    used = {form for name in taken for form in forms(name)}
    last = ""
    for last in words:
        if last not in used:
            return last
    return next(name for count in range(2, 1000) if (name := f"{last}{count}") not in used)
