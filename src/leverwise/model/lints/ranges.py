"""Numbers that are hardly meant: ranges too narrow or too wide, counts below 0, too many hours, wages too low."""

from __future__ import annotations

import re
from collections.abc import Iterator

from leverwise.errors import Lint
from leverwise.lang.declarations import ValueDeclaration
from leverwise.lang.distributions import support
from leverwise.lang.system import Name, Number, Value
from leverwise.model.lints.sheet import Sheet
from leverwise.units import DIMENSIONLESS, TIME, amount, per

NARROW = 0.02
"""A range within so much of its middle is what an instrument says, not a guess."""
WIDE = 1e4
"""Ends that are further apart than this say nothing but the order of magnitude, and not even that."""
MONTH = 744.0
"""Hours of the clock in the longest month."""
LEAST_WAGE = 100.0
"""Dollars a month below which a wage, unless it is nothing, has lost its `k`."""
_SLACK = 1e-9
"""Ends of ranges carry rounding."""
_RANGE = re.compile(r"\bto\b")
_WAGE = "wage"


def odd_numbers(sheet: Sheet) -> Iterator[Lint]:
    """What is odd about each number that the author wrote."""
    for name, value in sheet.values.items():
        declared = sheet.given(name)
        if declared is None:
            continue
        yield from _width(declared, value, sheet)
        yield from _absurd(declared, value, sheet)
    yield from _starts(sheet)


def _width(declared: ValueDeclaration, value: Value, sheet: Sheet) -> Iterator[Lint]:
    low, high = sheet.ends(value.name) or (0.0, 0.0)
    text = declared.value.text.strip()
    if not value.drawn or not _RANGE.search(text):
        return
    middle = (low + high) / 2
    size = min(abs(middle), 1 - middle) if value.unit.dimension == DIMENSIONLESS and 0 < middle < 1 else abs(middle)
    if size > 0 and (high - low) / 2 <= NARROW * size:
        yield Lint(
            "narrow",
            f"`{_called(declared)}` is a range within {NARROW:.0%} of its middle, `{text}`",
            "guesses are seldom so good, and a narrow range hides what is not known",
            "widen it until 9 in 10 would be right, or write one number if it is known",
            declared.value.at,
        )
    elif low > 0 and high / low >= WIDE:
        yield Lint(
            "wide",
            f"`{_called(declared)}` spans {high / low:.2g} times, `{text}`",
            "the few largest draws then make the mean, whatever else is in the model",
            "find out its order of magnitude, or look for a slip in the suffixes k, M and B",
            declared.value.at,
        )


def _absurd(declared: ValueDeclaration, value: Value, sheet: Sheet) -> Iterator[Lint]:
    low, high = sheet.ends(value.name) or (0.0, 0.0)
    text, at, called = declared.value.text.strip(), declared.value.at, _called(declared)
    powers = dict(value.unit.dimension)
    counts = len(powers) == 1 and next(iter(powers.values())) == 1 and not {"money", "time"} & powers.keys()
    if counts and low <= 0 and support(value.distribution)[0] < 0:
        yield Lint(
            "negative",
            f"`{called}` counts something, but one draw in twenty or more lies below 0, `{text}`",
            "a range whose lower end is not above 0 is normal, and reaches below it",
            "begin the range above 0, or write `{is: ..., low: 0}`",
            at,
        )
    if powers == {"work": 1, "time": -1, "person": -1} and high > MONTH * (1 + _SLACK):
        yield Lint(
            "hours",
            f"`{called}` is more hours in a month for one person than a month has, `{text}`",
            "nobody can work them",
            f"at most {MONTH:g} are there, and 160 are usual; hours of several people are `hours/month`",
            at,
        )
    if not declared.origin.mechanism and "%" in text and not powers and high > 1 + _SLACK:
        yield Lint(
            "share",
            f"`{called}` reaches above 100 %, `{text}`",
            "a share of something is never more than all of it",
            "lower it, or write a plain number such as `1.5` if it is no share",
            at,
        )
    if "%" in text and value.unit.dimension == per(DIMENSIONLESS, TIME) and high > 1 + _SLACK:
        yield Lint(
            "share",
            f"`{called}` is more than 100 % in a month, `{text}`",
            "that is all of them, and more, within weeks",
            "lower it, or look whether it was meant for a year, `%/year`",
            at,
        )
    if value.name.rpartition(".")[2] == _WAGE and declared.origin.lever and 0 < high < LEAST_WAGE:
        yield Lint(
            "wage",
            f"`{called}` is less than ${LEAST_WAGE:g} a month for one person, `{text}`",
            "so cheap a team is always worth it, and the plan will hire all of it",
            "look for a `k` that is missing, such as `$5k/month`; volunteers have `$0/month`",
            at,
        )


def _starts(sheet: Sheet) -> Iterator[Lint]:
    """Stocks of the author's that begin outside their own limits in all samples."""
    written = {each.name: each for each in sheet.source.declarations.stocks}
    for stock in sheet.system.stocks:
        if stock.name not in written or stock.origin.mechanism:
            continue
        if isinstance(stock.start, Number):
            ends: tuple[float, float] | None = (stock.start.value, stock.start.value)
        else:
            ends = sheet.ends(stock.start.name) if isinstance(stock.start, Name) else None
        if ends is None:
            continue
        below = stock.low is not None and ends[1] < stock.low - _SLACK * abs(stock.low)
        above = stock.high is not None and ends[0] > stock.high + _SLACK * abs(stock.high)
        if below or above:
            key, limit = ("min", stock.low) if below else ("max", stock.high)
            text = written[stock.name].start
            held = amount((limit or 0.0) / stock.unit.factor, stock.unit.text)
            yield Lint(
                "bounds",
                f"`{stock.name}` starts {'below' if below else 'above'} its own `{key}`, `{text.text.strip()}`",
                f"it is held at {held} from the beginning",
                f"start it at {held} or {'above' if below else 'below'}, or change `{key}`",
                text.at,
            )


def _called(declared: ValueDeclaration) -> str:
    return declared.called or declared.name
