"""Dimensions and units, on pint: what `$5k/month` means, and how to write a dimension for a person.

Base units: month (calendar time), hour (work), dollar, person, and every unit of the model's own. A
`Unit` is a text with its factor and dimension; `Units` holds the words that a model may use. Nothing
here knows expressions or variables.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from leverwise.errors import LeverwiseError, did_you_mean

Dimension = tuple[tuple[str, float], ...]
"""Sorted (base dimension, power) pairs without zeros."""

DIMENSIONLESS: Dimension = ()
TIME: Dimension = (("time", 1.0),)
MONEY: Dimension = (("money", 1.0),)

_BUILT_IN = {
    "month": "month = [time]",
    "year": "year = 12 * month",
    "quarter": "quarter = 3 * month",
    "day": "day = year / 365.25",
    "week": "week = 7 * day",
    "clock_hour": "clock_hour = day / 24",
    "minute": "minute = clock_hour / 60",
    "second": "second = minute / 60",
    "hour": "hour = [work]",
    "dollar": "dollar = [money]",
    "cent": "cent = 0.01 * dollar",
    "person": "person = [person]",
    "percent": "percent = 0.01",
}
_IRREGULAR = {
    "calf": "calves",
    "child": "children",
    "half": "halves",
    "knife": "knives",
    "leaf": "leaves",
    "life": "lives",
    "loaf": "loaves",
    "man": "men",
    "person": "people",
    "scarf": "scarves",
    "shelf": "shelves",
    "wife": "wives",
    "woman": "women",
}
_SYNONYMS = {"$": "dollar", "%": "percent", "people": "person"}
_SHOWN = {"dollar": "$", "percent": "%"}
_BASE_NAMES = {"time": "month", "work": "hour", "money": "$", "person": "person"}
_RESERVED = frozenset({"time", "work", "money", "k", "M", "B", "t"})
_PIECE = re.compile(r"\s*([^\W\d]\w*|\d+(?:\.\d+)?|[$%*/^()-])")
_MAX_POWER = 12
_TIMES = "times"
"""The unit of a ratio: one is `1 times`, too, since `1 time` is something else."""


@dataclass(frozen=True)
class Unit:
    """How to show a number: `text` after it, and the number of base units in one of it."""

    text: str = ""
    factor: float = 1.0
    dimension: Dimension = ()
    """Sorted (base dimension, power) pairs: time, work, money, person and the model's own."""

    @property
    def of_limits(self) -> Unit:
        """What limits are stated in: this unit, or plain numbers (1, not 100 %) if it has no dimension."""
        return self if self.dimension else Unit()


class UnitError(LeverwiseError):
    """A unit text that means nothing; `offset` is where in the text, `hint` how to mend it."""

    def __init__(self, message: str, offset: int = 0, hint: str = "") -> None:
        super().__init__(message)
        self.message, self.offset, self.hint = message, offset, hint


@lru_cache(maxsize=4096)
def times(first: Dimension, second: Dimension) -> Dimension:
    """The dimension of a product."""
    if not second:
        return first
    powers = dict(first)
    for name, power in second:
        powers[name] = powers.get(name, 0.0) + power
    return _sorted(powers)


@lru_cache(maxsize=4096)
def per(first: Dimension, second: Dimension) -> Dimension:
    """The dimension of a quotient."""
    return times(first, raised(second, -1.0)) if second else first


@lru_cache(maxsize=4096)
def raised(dimension: Dimension, power: float) -> Dimension:
    """The dimension of a power."""
    return _sorted({name: each * power for name, each in dimension})


def describe(dimension: Dimension, time_name: str = "month") -> str:
    """A dimension as a person reads it, such as `$/month/person`; empty if it has none."""
    above = sorted((d for d in dimension if d[1] > 0), key=lambda d: _rank(d[0], ("money", "work"), ("person", "time")))
    below = sorted(
        (d for d in dimension if d[1] < 0), key=lambda d: _rank(d[0], ("time", "work", "person"), ("money",))
    )
    text = "*".join(_powered(name, power, time_name) for name, power in above)
    for name, power in below:
        text += ("/" if text else "1/") + _powered(name, -power, time_name)
    return text


def plurals(word: str) -> tuple[str, ...]:
    """The word and the ways in which it is written for many, the usual one first.

    >>> plurals("song"), plurals("story"), plurals("loaf")
    (('song', 'songs'), ('story', 'stories'), ('loaf', 'loaves', 'loafs'))
    """
    if word in _IRREGULAR:
        return (word, _IRREGULAR[word], word + "s")
    if word.endswith("y") and len(word) > 1 and word[-2] not in "aeiou":
        return (word, word[:-1] + "ies")
    if word.endswith(("s", "x", "z", "ch", "sh")):
        return (word, word + "es")
    return (word, word + "s")


def singulars(word: str) -> tuple[str, ...]:
    """What a word may be the plural of; empty if it is none."""
    irregular = [one for one, many in _IRREGULAR.items() if many == word]
    if irregular:
        return tuple(irregular)
    ends = {"ies": ("y",), "es": ("", "e"), "s": ("",)}
    found = {word[: -len(end)] + one for end, ones in ends.items() if word.endswith(end) for one in ones}
    return tuple(sorted(one for one in found if len(one) > 1 and plurals(one)[1] == word))


def forms(word: str) -> tuple[str, ...]:
    """A unit of the model's own in all the ways it is written, whichever of them was declared."""
    return tuple(dict.fromkeys((*plurals(word), *singulars(word))))


def in_number(unit: str, one: bool) -> str:
    """The unit for one or for many: only its first word changes, and no abbreviation.

    >>> in_number("story/month", one=False), in_number("people", one=True), in_number("person", one=False)
    ('stories/month', 'person', 'people')
    """
    found = re.match(r"[^\W\d]{3,}(?=/|$)", unit)
    if not found or unit == _TIMES or found[0] != found[0].lower() or not re.search("[aeiouy]", found[0]):
        return unit
    word = found[0]
    single = next((one for one in singulars(word) if len(one) > 2), "")
    wanted = (single or word) if one else word if single else plurals(word)[1]
    return wanted + unit[found.end() :]


def amount(value: float, unit: str, digits: int = 6) -> str:
    """A number with its unit for a message, with so many digits.

    >>> amount(4, "month"), amount(1, "months"), amount(0.5, "$/month"), amount(-20, "$"), amount(3, "1/month")
    ('4 months', '1 month', '$0.5/month', '-$20', '3/month')
    """
    text = f"{value:.{digits}g}"
    if unit.startswith("$"):
        return f"{'-' if text.startswith('-') else ''}${text.lstrip('-')}{unit[1:]}"
    if unit.startswith("1/"):
        return f"{text}{unit[1:]}"
    return f"{text} {in_number(unit, one=text == '1')}".rstrip()


class Units:
    """The unit words of one model: the built-in ones and its own. `own` are names such as `song`."""

    def __init__(self, own: Iterable[str] = ()) -> None:
        self.own = tuple(own)
        self._canonical: dict[str, str] = dict(_SYNONYMS)
        for name in (*_BUILT_IN, *self.own):
            for word in plurals(name):
                self._canonical.setdefault(word, name)
        for name in self.own:
            for word in singulars(name):
                if word not in _RESERVED:
                    self._canonical.setdefault(word, name)
        self.words = frozenset(self._canonical)
        self._registry: Any = None
        self._by_word: dict[str, Unit] = {}
        self._by_text: dict[str, Unit] = {}

    def is_own_plural(self, word: str) -> bool:
        """True for the other number of a unit of the model's own: `deals` may be a variable beside the unit `deal`."""
        return word in self.words and word not in self.own and self._canonical[word] in self.own

    def word(self, word: str) -> Unit:
        """The unit of a single word, such as `songs`, `$` or `%`."""
        if word not in self._by_word:
            canonical = self._canonical.get(word)
            if canonical is None:
                raise UnitError(f"`{word}` is not a unit", hint=did_you_mean(word, self.words))
            factor, root = self._pint().get_root_units(canonical)
            dimension = _sorted({str(name)[1:-1]: float(power) for name, power in root.dimensionality.items()})
            self._by_word[word] = Unit(_SHOWN.get(canonical, canonical), float(factor), dimension)
        return self._by_word[word]

    def parse(self, text: str) -> Unit:
        """The unit that a text such as `$/month/person` or `1` means. Raises `UnitError`."""
        found = self._by_text.get(text)
        if found is None:
            found = self._by_text[text] = self._parse(text)
        return found

    def _parse(self, text: str) -> Unit:
        factor, dimension, shown, sign, wanted, last = 1.0, DIMENSIONLESS, "", 1.0, True, ""
        pieces = _pieces(text)
        position = 0
        while position < len(pieces):
            piece, offset = pieces[position]
            position += 1
            if not wanted:
                if piece not in ("*", "/"):
                    raise UnitError(f"`{piece}` can't follow `{last}` in a unit", offset, "join units with `*` or `/`")
                sign, shown, wanted, last = (-1.0 if piece == "/" else 1.0), shown + piece, True, piece
                continue
            if piece == "1":
                shown, wanted, last = shown + "1", False, piece
                continue
            unit = self._word_at(piece, offset)
            exponent, position = _exponent(pieces, position)
            power = sign * exponent
            factor *= unit.factor**power
            dimension = times(dimension, raised(unit.dimension, power))
            shown += unit.text + (f"^{exponent:g}" if exponent != 1 else "")
            wanted, last = False, piece
        if wanted and pieces:
            raise UnitError(f"the unit `{text}` ends too early", len(text))
        if not 1e-100 < factor < 1e100:
            raise UnitError(f"the powers in the unit `{text}` are too high")
        return Unit("" if shown == "1" else shown, factor, dimension)

    def _word_at(self, piece: str, offset: int) -> Unit:
        try:
            return self.word(piece)
        except UnitError as error:
            raise UnitError(error.message, offset, error.hint) from None

    def _pint(self) -> Any:
        if self._registry is None:
            import pint  # takes a tenth of a second, so only when a unit is needed

            self._registry = pint.UnitRegistry(None)
            for name in (*_BUILT_IN, *self.own):
                self._registry.define(_BUILT_IN.get(name, f"{name} = [{name}]"))
        return self._registry


def own_unit_problem(name: str, taken: Iterable[str] = ()) -> str:
    """Why `name` can't be a unit of the model's own; empty if it can."""
    if not re.fullmatch(r"[^\W\d]\w*", name):
        return f"`{name}` can't be a unit: a unit is one word of letters, digits and `_`"
    if any(word in _built_in_words() for word in plurals(name)):
        return f"`{name}` is a built-in unit and needs no declaration"
    if name in _RESERVED:
        return f"`{name}` has a meaning of its own and can't be a unit"
    twin = next((other for other in taken if other in forms(name)), None)
    if twin is not None:
        same = "" if twin == name else f", as `{twin}` and `{name}`"
        return f"the unit `{twin}` is declared twice{same}"
    return ""


def parse_unit(text: str, own: Iterable[str] = ()) -> Unit:
    """The unit that a text means, with the built-in units and `own`.

    >>> parse_unit("$/year").factor * 12
    1.0
    """
    return _units(tuple(own)).parse(text)


@lru_cache(maxsize=64)
def _units(own: tuple[str, ...]) -> Units:
    return Units(own)


@lru_cache(maxsize=1)
def _built_in_words() -> frozenset[str]:
    return frozenset(_SYNONYMS) | {word for name in _BUILT_IN for word in plurals(name)}


def _pieces(text: str) -> list[tuple[str, int]]:
    found, end = [], 0
    text = text.rstrip()
    if len(text) > 200:
        raise UnitError("this unit is too long")
    while end < len(text):
        match = _PIECE.match(text, end)
        if match is None or match[1] in "()":
            at = end if match is None else match.start(1)
            raise UnitError(
                f"`{text[at]}` has no place in a unit", at, "units are joined by `*` and `/`: `$/month/person`"
            )
        found.append((match[1], match.start(1)))
        end = match.end()
    return found


def _exponent(pieces: list[tuple[str, int]], position: int) -> tuple[float, int]:
    if position >= len(pieces) or pieces[position][0] != "^":
        return 1.0, position
    sign, offset = 1.0, pieces[position][1]
    position += 1
    if position < len(pieces) and pieces[position][0] == "-":
        sign, position = -1.0, position + 1
    number = pieces[position][0] if position < len(pieces) else ""
    if not number.isdecimal() or int(number[:4]) > _MAX_POWER or len(number) > 4:
        raise UnitError(f"after `^` in a unit a whole number up to {_MAX_POWER} must follow", offset)
    return sign * int(number), position + 1


def _sorted(powers: dict[str, float]) -> Dimension:
    return tuple(sorted((name, round(power, 9)) for name, power in powers.items() if abs(power) > 1e-9))


def _rank(name: str, first: tuple[str, ...], last: tuple[str, ...]) -> tuple[int, str]:
    if name in first:
        return first.index(name), name
    return (20 + last.index(name) if name in last else 10), name


def _powered(name: str, power: float, time_name: str) -> str:
    shown = time_name if name == "time" else _BASE_NAMES.get(name, name)
    return shown if power == 1 else f"{shown}^{power:g}"
