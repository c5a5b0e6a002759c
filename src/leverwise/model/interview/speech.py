"""From how people say a number to how the model file writes it: `about 15`, `10-20`, `5 hours a week`.

Nothing is judged here: what can't be read is handed on as it is, and the reader of models says what is wrong with it.
"""

from __future__ import annotations

import re

APPROXIMATELY = 0.3
"""`about 15` is 15 with 30 % either way: a first guess of people is seldom better."""
_NUMBER = r"\d*\.?\d+(?:[eE][+-]?\d+)?"
_SCALES = {"thousand": "k", "million": "M", "millions": "M", "mio": "M", "billion": "B", "K": "k"}
_ABOUT = re.compile(
    r"(?:about|around|roughly|approximately|approx\.?|circa|ca\.?|maybe|perhaps|~)\s*(.+)", re.IGNORECASE
)
_ONE = re.compile(rf"(\$?)\s*({_NUMBER})\s*([kMB]?)(?![\w.])(.*)")
_BARE = re.compile(rf"-?{_NUMBER}[kMB]?(?: to -?{_NUMBER}[kMB]?)?")
_DASH = re.compile(rf"(\$?{_NUMBER}[kMB]?)\s*[-\u2013\u2014]\s*(\$?{_NUMBER}[kMB]?)(?![\w.])")
_PER = re.compile(
    r"\s+(?:per|an?|each|every)\s+(?=(?:hour|day|week|month|quarter|year|person)\b)|\s+per\s+", re.IGNORECASE
)
_MINUTES = r"(?:minutes?|mins?\.?)(?![^\W\d])"
_HOURS = r"(?:hours?|hrs?\.?|h)(?![^\W\d])"
_SUM = re.compile(
    rf"({_NUMBER})\s*(?:hours?|hrs?\.?|h)\s*(?:and\s+)?({_NUMBER})(?:\s*{_MINUTES}|(?=\s*$))", re.IGNORECASE
)
_TO_MINUTES = re.compile(rf"({_NUMBER})(?:\s*{_MINUTES})? to ({_NUMBER})\s*{_MINUTES}", re.IGNORECASE)
_MINUTES_TO_HOURS = re.compile(rf"({_NUMBER})\s*{_MINUTES} to ({_NUMBER})\s*{_HOURS}", re.IGNORECASE)
_ONLY_MINUTES = re.compile(rf"({_NUMBER})\s*{_MINUTES}", re.IGNORECASE)
_SPOKEN = (
    (re.compile(r"\b(?:an|one) hour and a half\b", re.IGNORECASE), "90 minutes"),
    (re.compile(r"\bhalf an hour\b", re.IGNORECASE), "30 minutes"),
    (re.compile(r"\b(?:a )?quarter of an hour\b", re.IGNORECASE), "15 minutes"),
    (re.compile(r"(?:^|(?<=\bto )|(?<=\band ))(?:an|one) hour\b", re.IGNORECASE), "1 hour"),
)
_SINGULARS = {"people": "person", "hours": "hour", "months": "month"}
_ONE_OF = re.compile(rf"^1 ({'|'.join(_SINGULARS)})\b")
DONT_KNOW = ("", "?", "don't know", "i don't know", "dont know", "i dont know", "no idea", "unknown", "dunno")


def is_unknown(said: str) -> bool:
    """Whether somebody says that they do not know."""
    return " ".join(said.lower().replace("\u2019", "'").split()).rstrip(".!") in DONT_KNOW


def is_approximate(said: str) -> bool:
    """Whether one number is said to be near the truth."""
    found = _ABOUT.fullmatch(said.strip())
    return bool(found and " to " not in _plain(found[1]) and _ONE.fullmatch(_plain(found[1])))


def readings(said: str, unit: str) -> tuple[str, ...]:
    """What an answer may mean as a number in `unit`, the likeliest first; units that were left out are put in.

    >>> readings("about 10k", "people"), readings("5-8 hours a week", "hours/month")[0]
    (('7k to 13k people',), '5 to 8 hours/week')
    >>> readings("$5", "$/song")
    ('$5', '$5/song')
    >>> readings("45 minutes", "hours/tour")[1], readings("20 to 40 min", "hours")[0]
    ('0.75 hours/tour', '0.333333 to 0.666667 hours')
    """
    text = _plain(said)
    found = _ABOUT.fullmatch(text)
    if found:
        text = _either_way(found[1])
    if unit.startswith("hour"):
        text = _in_hours(text)
    if _BARE.fullmatch(text):
        return (singular(f"{text} {unit}".strip()),)
    parts = unit.split("/")
    tails = ["/" + "/".join(parts[start:]) for start in range(1, len(parts))]
    return (text, *(text + tail for tail in reversed(tails)))


def singular(text: str) -> str:
    """A quantity with its unit as people write it: `1 person`, not `1 people`.

    >>> singular("1 people"), singular("1 hours/month"), singular("1 to 3 people"), singular("2 people")
    ('1 person', '1 hour/month', '1 to 3 people', '2 people')
    """
    return _ONE_OF.sub(lambda found: "1 " + _SINGULARS[found[1]], text)


def _plain(said: str) -> str:
    """The same with the signs of the model file's notation."""
    text = " ".join(said.split()).rstrip(".,;!")
    for pattern, plain in _SPOKEN:
        text = pattern.sub(plain, text)
    text = re.sub(rf"({_NUMBER})\s*({'|'.join(_SCALES)})\b", lambda m: m[1] + _SCALES[m[2]], text)
    text = re.sub(r"(?:from|between)\s+(.+?)\s+(?:to|and)\s+", r"\1 to ", text, count=1, flags=re.IGNORECASE)
    text = _DASH.sub(r"\1 to \2", text)
    return _PER.sub("/", text).strip()


def _either_way(text: str) -> str:
    found = _ONE.fullmatch(text)
    if found is None or " to " in text or float(found[2]) == 0:
        return text
    sign, middle, scale, rest = found[1], float(found[2]), found[3], found[4]
    low, high = (f"{sign}{middle * (1 + way):.6g}{scale}" for way in (-APPROXIMATELY, APPROXIMATELY))
    return f"{low} to {high}{rest}"


def _in_hours(text: str) -> str:
    """The same with minutes told in hours."""

    def hours(minutes: str, whole: str = "0") -> str:
        return f"{float(whole) + float(minutes) / 60:.6g}"

    text = _SUM.sub(lambda m: f"{hours(m[2], m[1])} hours", text)
    text = _MINUTES_TO_HOURS.sub(lambda m: f"{hours(m[1])} to {m[2]} hours", text)
    text = _TO_MINUTES.sub(lambda m: f"{hours(m[1])} to {hours(m[2])} hours", text)
    return _ONLY_MINUTES.sub(lambda m: f"{hours(m[1])} hours", text)
