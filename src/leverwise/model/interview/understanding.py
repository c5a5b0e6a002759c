"""One answer understood: a name, a choice, or a number, read by the reader of models."""

from __future__ import annotations

import math
import re
from collections.abc import Collection

from leverwise.errors import ModelError, Position, Problem, did_you_mean
from leverwise.lang.declarations import Written
from leverwise.model.document import shorten
from leverwise.model.fields import NAME
from leverwise.model.interview.guesses import Known, fresh, guess
from leverwise.model.interview.plainly import plainly
from leverwise.model.interview.questions import COPIES, LEVERS, MOST_OTHERS, Option, Question
from leverwise.model.interview.speech import APPROXIMATELY, is_approximate, readings, singular
from leverwise.model.quantities import ends
from leverwise.units import singulars

MOST, LEAST = 1e12, 1e-9
"""Numbers beyond or below these are slips of the keyboard."""
LONGEST = 600
"""Months that a conversation looks ahead at most: fifty years."""
_ANSWER = Position("the answer", 1, 1)
_ARTICLE = re.compile(r"^(?:an?|the|our|my|one(?!\s+on\b))\s+(?=\S)", re.IGNORECASE)
"""Before what is counted; `one on one` is a way to teach."""
MOST_WORDS = 4
"""More than that is a sentence, not a unit."""
_NOTHING = ("none", "no", "nothing", "nobody", "no one", "-")
_EVERYTHING = ("all", "everything", "any")
_NAMES = {
    "make": ("thing",),
    "who": ("maker", "principal_person"),
    "core": ("making",),
    "deal": ("use", "view", "usage"),
}
"""What is called how if nobody says."""
_UNCHOSEN = {"others": (), "copies": ("each",), "levers": tuple(lever.name for lever in LEVERS)}
_REASONS = {
    "others": "a guess, no other work was named",
    "copies": "a guess, since most things are sold one by one",
    "levers": "a guess, whatever could help is here",
}
_PLAIN_NUMBERS = {"at most": ("3 people", "a guess, a small team"), "horizon": ("36 months", "a guess, three years")}
"""Limits and lengths, which can't be ranges."""


def as_unit(said: str) -> str:
    """One word for what is counted, of the words that were said: a unit has no spaces. Raises ModelError for too many.

    >>> as_unit("Song"), as_unit("guided tours"), as_unit("an e-book"), as_unit("one-on-one lesson")
    ('Song', 'guided_tour', 'e_book', 'one_on_one_lesson')
    """
    words = re.split(r"[\s\-_]+", _ARTICLE.sub("", said.strip()))
    if len(words) > MOST_WORDS:
        hint = f"one or two words for one of it, such as `{'_'.join(words[-2:])}`"
        raise ModelError(Problem(f"`{shorten(said)}` is too long to be counted in", None, hint))
    if len(words) > 1:
        words[-1] = next((one for one in singulars(words[-1]) if len(one) > 2), words[-1])
    return "_".join(word for word in words if word)


def named(key: str, said: str | None, taken: Collection[str]) -> str:
    """A word or a name as it was said, else one that is not taken. Raises ModelError if it is taken."""
    if said is None:
        return fresh(_NAMES[key], taken)
    name = " ".join(said.split())
    _fail_if_no_name(name)
    if name in taken:
        raise ModelError(Problem(f"`{name}` is the name of something else already", None, "use another word"))
    return name


def chosen(key: str, said: str | None) -> Known:
    """Options, or the names of further tasks. Raises ModelError for what is no option."""
    if said is None:
        return Known(", ".join(_UNCHOSEN[key]), note=_REASONS[key], chosen=_UNCHOSEN[key])
    words = [" ".join(word.split()) for word in re.split(r",|;|\band\b", said)]
    words = [word for word in words if word]
    options: tuple[str, ...] = ()
    if key == "copies":
        options = (_option(" ".join(said.split()), COPIES),)
    elif key == "others" and not _is_one_of(words, _NOTHING):
        options = _others(words)
    elif key == "levers" and _is_one_of(words, _EVERYTHING):
        options = _UNCHOSEN[key]
    elif key == "levers" and not _is_one_of(words, _NOTHING):
        options = tuple(dict.fromkeys(_option(word, LEVERS) for word in words))
    return Known(", ".join(options), chosen=options)


def _is_one_of(words: list[str], known: Collection[str]) -> bool:
    """Whether nothing is said but one of the words known."""
    return len(words) == 1 and words[0].lower() in known


def _others(words: list[str]) -> tuple[str, ...]:
    if len(words) > MOST_OTHERS:
        hint = "merge some, such as `editing` for all that comes after; the file can be changed later"
        raise ModelError(Problem(f"these are {len(words)} kinds of work, more than {MOST_OTHERS}", None, hint))
    twice = next((word for word in words if words.count(word) > 1), None)
    if twice is not None:
        raise ModelError(Problem(f"`{twice}` stands twice", None, "once is enough"))
    for word in words:
        _fail_if_no_name(word)
    return tuple(words)


def _fail_if_no_name(said: str) -> None:
    if not NAME.fullmatch(said):
        hint = "use letters, digits, `_` and single spaces"
        raise ModelError(Problem(f"`{shorten(said)}` cannot be a name", None, hint))


def _option(said: str, options: tuple[Option, ...]) -> str:
    """The option that a word, or its beginning, means."""
    word = said.lower().rstrip(".!")
    for option in options:
        if word in (option.name, *option.words):
            return option.name
    begun = {option.name for option in options if any(name.startswith(word) for name in (option.name, *option.words))}
    if len(begun) == 1 and word:
        return begun.pop()
    known = [option.name for option in options]
    hint = did_you_mean(word, known) or f"choose from {', '.join(known)}"
    raise ModelError(Problem(f"`{said}` is none of the answers", None, hint))


def measured(question: Question, said: str, units: tuple[str, ...]) -> Known:
    """A number or a range in the question's unit. Raises ModelError with what the reader of models says of it."""
    first: ModelError | None = None
    for text in readings(said, question.unit):
        try:
            low, high = ends(Written(text, _ANSWER), question.unit, units, "the answer")
        except ModelError as error:
            first = first or error
            continue
        for end in (low, high):
            if abs(end) > MOST or 0 < abs(end) < LEAST:
                raise ModelError(Problem(f"{end:g} {question.unit} can't be meant", None, "is there a digit too many?"))
        if question.key == "horizon" and low == high > 0:
            return _horizon(low)
        way = f"`{' '.join(said.split())}`, read as {APPROXIMATELY:.0%} either way" if is_approximate(said) else ""
        return Known(text, low, high, "".join(c for c in way if c.isprintable()))
    assert first is not None
    raise plainly(question, said, first) from None


def _horizon(months: float) -> Known:
    whole = math.ceil(months - 1e-6)
    if whole > LONGEST:
        hint = f"at most {LONGEST}, which is fifty years"
        raise ModelError(Problem(f"{whole} months are further than anybody can see", None, hint))
    rounded = "" if abs(whole - months) < 1e-6 else "rounded up to whole months"
    return Known(singular(f"{whole} months"), whole, whole, rounded)


def unknown(question: Question, known: dict[str, Known]) -> Known:
    """What stands for a number that nobody knows."""
    if question.key in _PLAIN_NUMBERS:
        text, why = _PLAIN_NUMBERS[question.key]
        size = float(text.split()[0])
        return Known(text, size, size, why)
    return guess(question.key, question.unit, known)
