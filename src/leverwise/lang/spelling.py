"""How people write numbers elsewhere, and how to write the same here.

Looked at only where a text can't be read, or can't be what is wanted, so that nothing sound is ever refused; and only
where the whole text is one quantity, since in an expression a comma may well be right and the mistake elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

Found = tuple[str, int, int, str]
"""Message, start, end, hint."""

UNITS: Mapping[str, str] = {
    "mo": "month",
    "mth": "month",
    "yr": "year",
    "yrs": "years",
    "annum": "year",
    "h": "hour",
    "hr": "hour",
    "hrs": "hours",
    "wk": "week",
    "wks": "weeks",
    "ppl": "people",
    "pct": "%",
}
"""Abbreviations that are no units here."""
PERIODS: Mapping[str, str] = {
    "hourly": "hour",
    "daily": "day",
    "weekly": "week",
    "monthly": "month",
    "quarterly": "quarter",
    "yearly": "year",
    "annually": "year",
}
"""Words for what comes again, and the unit of time that they mean."""
WORDS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
"""Numbers as words, from 1 on."""
_WORD = re.compile(rf"\s*({'|'.join(WORDS)})(?=\s+[^\W\d])", re.IGNORECASE)
_GROUPED = re.compile(r"(\$ ?)?\d{1,3}(?:[,'\u2019 \u00a0\u202f]\d{3})+(?![\d])")
_COMMA = re.compile(r"(\$ ?)?(\d+),(\d{1,2}|\d{4,})(?=[kMB]?\b)")
_DASH = re.compile(r"((?:\$ ?)?[\d.]+[kMB]?)([^\d\u2013\u2014]*)[\u2013\u2014]\s*(\$?[\d.]+[kMB]?)")
_VAGUELY = r"(?:[~≈±]|\b(?:about|around|circa|ca|roughly|approximately|approx|between|from)\b)\.?\s*"
_VAGUE = re.compile(rf"{_VAGUELY}(?=\$?[\d.])")
_QUANTITY = re.compile(rf"\s*(?:{_VAGUELY})*-?\s*\$?\s*[\d.](?!.*\b(?:if|then|else|or|not)\b)[^()\[\]+*^<>=]*\Z")
"""One number or range, possibly not as it is written here: no bracket, no product, no choice."""
_EVERY = re.compile(rf"\b({'|'.join(PERIODS)})\b")
_DATE = re.compile(r"\s*(\d{4}-\d{1,2}-\d{1,2}|\d{1,2}[./]\d{1,2}[./]\d{4})\s*\Z")
_SIGN = re.compile(r"(?:^|\bto\s|\()\s*(\$ ?-\s*([\d.]+[kMB]?))")


def impossible(text: str) -> Found | None:
    """A sign behind the `$`, which reads as a subtraction from nothing."""
    if sign := _SIGN.search(text):
        return f"the sign in `{sign[1]}` stands behind the `$`", sign.start(1), sign.end(1), f"write `-${sign[2]}`"
    return None


def date(text: str) -> Found | None:
    """A date, which may also be sound arithmetic: for where a plain number is not what is wanted."""
    if found := _DATE.match(text):
        hint = "time counts from the start of the model: write a length, such as `36 months`"
        return f"`{found[1]}` is a date", found.start(1), found.end(1), hint
    return None


def odd(text: str) -> Found | None:
    """What may be wrong with a text that can't be read; None if it is nothing that people write elsewhere."""
    if word := _WORD.match(text):
        figure = WORDS.index(word[1].lower()) + 1
        return f"`{word[1]}` is a word", *word.span(1), f"write `{figure}{text[word.end() :].rstrip()}`"
    if not _QUANTITY.match(text):
        return None
    if found := date(text):
        return found
    return _odd_quantity(text)


def _odd_quantity(text: str) -> Found | None:
    if found := _GROUPED.search(text):
        digits = re.sub(r"[^\d]", "", found[0])
        dollar = "$" if found[1] else ""
        short = f" or `{dollar}{int(digits) / 1000:g}k`" if len(digits) < 7 else f" or `{dollar}{int(digits) / 1e6:g}M`"
        return (
            f"`{found[0]}` has separators in it",
            *found.span(),
            f"write `{dollar}{digits}`{short}",
        )
    if found := _COMMA.search(text):
        hint = f"write `{found[1] or ''}{found[2]}.{found[3]}`, with a point for decimals"
        return f"`{found[0]}` has a comma in it", *found.span(), hint
    if found := _DASH.search(text):
        written = f"{found[1]}{found[2].rstrip()} to {found[3]}"
        return f"`{found[0]}` is no range", *found.span(), f"a range is written `{written}{text[found.end() :]}`"
    if found := _VAGUE.search(text):
        hint = "write one number, or a range such as `7k to 9k` that you are 90 % sure of"
        return f"`{found[0].strip()}` has no meaning here", *found.span(), hint
    if found := _EVERY.search(text):
        period = PERIODS[found[1]]
        return f"`{found[1]}` has no meaning here", *found.span(), f"write `/{period}`: `4 %/{period}`"
    return None
