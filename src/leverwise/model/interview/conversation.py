"""The conversation: one question after the other, each answer tried at once in the model that it would make."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from leverwise import lang
from leverwise.errors import ModelError, Problem
from leverwise.lang.system import System
from leverwise.model.interview.examples import example
from leverwise.model.interview.guesses import Known, number
from leverwise.model.interview.page import page
from leverwise.model.interview.plainly import fail_if_amount
from leverwise.model.interview.questions import Question, asked
from leverwise.model.interview.speech import is_unknown
from leverwise.model.interview.understanding import as_unit, chosen, measured, named, unknown
from leverwise.model.load import Source, from_document
from leverwise.model.read import parse

FILE = "the model"
"""What the file is called before there is one."""
_PLACE = re.compile(rf"^{FILE}:\d+:\d+: ")
CHOICES = ("others", "copies", "levers")
USUAL_MORE = {"others": 1, "copies": 1, "levers": 3}
"""Questions that an answer usually brings with it."""
FEW_HOURS, MONTHS = 5.0, 12
"""Less work than this in a month, or more than that of so many months for one of what is made, is hardly meant."""
_NAMING = ("word", "name", "names")


@dataclass(frozen=True)
class Interview:
    """A conversation so far. Frozen: `answered` and `back` give the next one.

    >>> talk = Interview("pots").answered("pot").answered("ann").answered("about 100")
    >>> talk.question.ask
    'Which part of the work on a pot can only ann do? A word or two.'
    >>> talk.back().question.key
    'hours'
    """

    name: str
    """What the model is called."""
    given: Mapping[str, str | None] = field(default_factory=dict)
    """What was said to each question, in order; None where nobody knows."""
    before: Mapping[str, str | None] = field(default_factory=dict)
    """What was said to questions that were gone back to."""

    @property
    def question(self) -> Question | None:
        """The next question, with an example that fits what was said before; None once all are answered."""
        following = next((each for each in self._asked() if each.key not in self.given), None)
        if following is None or following.kind != "quantity":
            return following
        return replace(following, example=example(following, self._known()))

    @property
    def count(self) -> tuple[int, int]:
        """The number of the question, and how many there are: as many as usual, where that hangs on later answers."""
        usual = sum(more for key, more in USUAL_MORE.items() if key not in self.given)
        return len(self.given) + 1, max(len(self._asked()) + usual, len(self.given) + 1)

    @property
    def is_counted(self) -> bool:
        """Whether it is known how many questions there are: no answer makes further ones."""
        return all(key in self.given for key in CHOICES)

    @property
    def doubt(self) -> str:
        """Why the last answer can hardly be meant, as what it says; empty if it can."""
        key, said = list(self.given.items())[-1] if self.given else ("", None)
        if said is None or not (key == "hours" or key.startswith("effort ")):
            return ""
        known = self._known()
        hours = known["hours"]
        who, make = (known[each].text.replace("_", " ") for each in ("who", "make"))
        if key == "hours":
            few = hours.high
            shown = f"{60 * few:.0f} minutes" if few < 1 else f"{few:.2g} hour{'' if few == 1 else 's'}"
            return f"that is {shown} in a whole month" if 0 < few < FEW_HOURS else ""
        if 0 < MONTHS * hours.high < known[key].low:
            return f"that is {number(known[key].low)} hours for one {make}, more than {who} works in a whole year"
        return ""

    @property
    def text(self) -> str:
        """The model file; what is not answered yet counts as not known."""
        return page(self.name, self._known())

    @property
    def warnings(self) -> tuple[str, ...]:
        """What the reader of models finds odd about the answers so far."""
        found = [_PLACE.sub("", warning) for warning in self._source.warnings]
        return (*found, *self._runway())

    def answered(self, said: str) -> Interview:
        """The conversation with an answer to its question. Raises ModelError, in the words of the reader of models."""
        question = self.question
        if question is None:
            raise ValueError("there is no question left")
        if question.kind in _NAMING and not is_unknown(said):
            fail_if_amount(question, said)
        meant = as_unit(said) if question.kind == "word" and not is_unknown(said) else said
        following = replace(self, given={**self.given, question.key: None if is_unknown(said) else meant})
        following._try(question)
        return following

    def back(self) -> Interview:
        """One question back; the conversation itself at the first."""
        if not self.given:
            return self
        *kept, last = self.given
        before = {**self.before, last: self.given[last]}
        return replace(self, given={key: self.given[key] for key in kept}, before=before)

    def _runway(self) -> Iterator[str]:
        """How long the money lasts if nothing is sold, where that is known and not to the horizon."""
        if not {"money", "overhead", "income"} <= {key for key, said in self.given.items() if said is not None}:
            return
        known = self._known()
        spent = known["overhead"].low - known["income"].high
        horizon = known["horizon"].high
        if spent > 0 and (months := max(known["money"].high, 0) / spent) < horizon:
            yield (
                f"if nothing is sold, the money lasts {months:.0f} of the {horizon:.0f} months at best; where sales do "
                "not make up for that, there is no plan that holds"
            )

    @cached_property
    def _source(self) -> Source:
        """The model as it would be read. Raises ModelError."""
        return built(self.text)[0]

    def _try(self, question: Question) -> None:
        """Raise ModelError if the answers make no model. Names must fit whatever is answered later."""
        _ = self._source
        if question.kind in _NAMING and "copies" not in self.given:
            built(replace(self, given={**self.given, "copies": "free"}).text)

    def _asked(self) -> list[Question]:
        choices = {key: chosen(key, self.given[key]).chosen for key in CHOICES if key in self.given}
        said = {*self.given, *(("deal",) if "make" in self.given else ())}
        return list(asked(choices, {key: name for key, name in self._names().items() if key in said}))

    def _names(self) -> dict[str, str]:
        others = chosen("others", self.given.get("others")).chosen
        said = {key: " ".join((self.given.get(key) or "").split()) for key in ("make", "who", "core", "deal")}
        if said["core"] in others:
            hint = "name other work, or `none`"
            raise ModelError(Problem(f"`{said['core']}` is what only {said['who'] or 'one'} can do", None, hint))
        found: dict[str, str] = {}
        for key in ("make", "who", "core"):
            taken = {*others, *(word for other, word in said.items() if other != key and word)}
            # The work on a song may be called `song` too.
            free = {said["make"]} if key == "core" else {said["core"]} if key == "make" else set()
            found[key] = named(key, self.given.get(key), taken if self.given.get(key) is None else taken - free)
        each = chosen("copies", self.given.get("copies")).chosen == ("each",)
        deal = self.given.get("deal")
        found["deal"] = found["make"] if each else named("deal", deal, {*found.values(), *others})
        return found

    def _known(self) -> dict[str, Known]:
        """An answer to every question: what was said, else a guess that fits it."""
        names = self._names()
        known = {key: Known(name) for key, name in names.items()}
        known |= {key: chosen(key, self.given.get(key)) for key in CHOICES}
        units = tuple(dict.fromkeys((names["make"], names["deal"])))
        choices = {key: known[key].chosen for key in CHOICES}
        numbers = [each for each in asked(choices, names) if each.kind == "quantity"]
        for question in numbers:
            said = self.given.get(question.key)
            if said is not None:
                known[question.key] = measured(question, said, units)
        for question in numbers:
            if question.key not in known:
                known[question.key] = unknown(question, known)
        return known


def built(text: str, file: str = FILE) -> tuple[Source, System]:
    """The model in a text, read and checked as a file would be. Raises ModelError with every problem."""
    source = from_document(parse(text, file), file, text.encode(), None, {})
    return source, lang.build(source.declarations)
