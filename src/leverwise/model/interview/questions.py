"""The questions as data: what is asked, in which order, and when it is asked at all.

`{who}`, `{make}`, `{deal}` and their like are filled with what was answered before; `{makes}` is the plural.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from leverwise.units import plurals

MOST_OTHERS = 3
"""So many tasks of others are asked about: more than that is no conversation."""


@dataclass(frozen=True)
class Option:
    """One of several answers: its name, other words for it, and what it means."""

    name: str
    words: tuple[str, ...]
    meaning: str = ""


@dataclass(frozen=True)
class Question:
    """One question. `kind` says what an answer is; `unit` what a number counts in."""

    key: str
    ask: str
    example: str
    kind: Literal["word", "name", "names", "choice", "choices", "quantity"] = "quantity"
    unit: str = ""
    options: tuple[Option, ...] = ()
    when: Mapping[str, str] | None = None
    """Asked only if these answers are (or are among) these."""

    @property
    def shown(self) -> str:
        """The example, with its unit if that is plain."""
        plain = self.unit and not re.search(r"hour|\$", self.example) and self.unit.count("/") < 2
        return f"{self.example} {self.unit}" if plain else self.example


COPIES = (
    Option("free", ("everyone", "everybody", "all", "copies"), "one {make} serves everyone: a recording, software"),
    Option("each", ("one", "single", "used", "once"), "each is used up by one buyer: a loaf, a lesson"),
)
LEVERS = (
    Option("people", ("delegation", "staff", "team", "helpers"), "others do tasks and chores for you"),
    Option("machine", ("capital", "machines", "tool", "tools", "infrastructure"), "something to buy that saves hours"),
    Option("advertising", ("ads", "advertisement", "media"), "pay to be known"),
    Option("name", ("brand", "trust", "reputation"), "promises kept make every deal easier"),
    Option("community", ("network", "club", "members", "newsletter"), "members bring members"),
    Option("invention", ("technology", "research", "invent"), "find a way to need fewer hours"),
    Option("shows", ("attention", "performance", "publicity", "talks", "show"), "perform, and be talked about"),
)
"""The levers that a conversation offers, as people call them."""

_EFFORT = Question("effort {task}", "How many hours of {task} go into one {make}?", "10 to 30", unit="hours/{make}")
QUESTIONS = (
    Question("make", "What do you make? One word, or two, for one of it.", "guided tour", "word"),
    Question("who", "Who is the person whom nobody can replace? A first name will do.", "ann", "name"),
    Question("hours", "How many hours a month does {who} work?", "160 to 200", unit="hours/month"),
    Question("core", "Which part of the work on a {make} can only {who} do? A word or two.", "designing", "name"),
    replace(
        _EFFORT,
        key="effort {core}",
        ask="How many hours of {core} go into one {make}?",
        example="45 minutes to 2 hours",
    ),
    Question(
        "others",
        "Which other work does a {make} need, that somebody else could do? Up to three, with commas, or `none`.",
        "preparing, packing",
        "names",
    ),
    _EFFORT,
    Question(
        "chores",
        "How many hours a month go into chores: mail, accounts, travel, all that comes before the work?",
        "30",
        unit="hours/month",
    ),
    Question(
        "copies",
        "Does one {make} serve everyone who wants it, or is each used up by one buyer?",
        "free",
        "choice",
        options=COPIES,
    ),
    Question(
        "deal",
        "What do you call it when one person uses one {make} once? One word, or two.",
        "view",
        "word",
        when={"copies": "free"},
    ),
    Question("price", "What does one {deal} cost the person who gets it? 0 if nothing.", "$20", unit="$/{deal}"),
    Question(
        "worth",
        "And what is one {deal} worth to somebody who wants it: the most that they would pay?",
        "$20 to $50",
        unit="$/{deal}",
    ),
    Question("people", "How many people could ever care?", "20k to 100k", unit="people"),
    Question("recognise", "How many people know {who}'s work now?", "about 500", unit="people"),
    Question(
        "rate",
        "How many {makes} does one of them want in a month?",
        "0.05 to 0.2",
        unit="{makes}/month/person",
        when={"copies": "each"},
    ),
    Question(
        "rate",
        "How many {deals} would one of them want in a month, if only one {make} were on offer?",
        "0.1 to 1",
        unit="{deals}/month/person/{make}",
        when={"copies": "free"},
    ),
    Question("money", "How much money is there to begin with?", "$20k", unit="$"),
    Question("overhead", "What does it cost in a month to keep going at all?", "$1k", unit="$/month"),
    Question(
        "income",
        "What comes in each month whatever happens: a salary, a grant, donations? 0 if nothing.",
        "$2k",
        unit="$/month",
    ),
    Question("horizon", "How many months do you look ahead?", "24", unit="months"),
    Question(
        "levers",
        "What can you think of doing? Several with commas, `all` or `none`.",
        "people, name, shows",
        "choices",
        options=LEVERS,
    ),
    Question("at most", "How many people could you employ at most?", "2", unit="people", when={"levers": "people"}),
    Question("wage", "What does one of them cost in a month?", "$2k to $4k", unit="$/month", when={"levers": "people"}),
    Question("machine", "What does the machine cost, or the tool?", "$12k", unit="$", when={"levers": "machine"}),
    Question(
        "saves",
        "Which share of the hours of {core} would it save?",
        "20 to 40",
        unit="%",
        when={"levers": "machine"},
    ),
    Question(
        "advertising",
        "What does it cost to make {who} known to one more person?",
        "$2 to $10",
        unit="$/person",
        when={"levers": "advertising"},
    ),
    Question(
        "members",
        "How many of the people who know {who} are members now, or subscribers?",
        "0",
        unit="people",
        when={"levers": "community"},
    ),
    Question(
        "invention",
        "How many hours of research would the invention take?",
        "200 to 2000",
        unit="hours",
        when={"levers": "invention"},
    ),
    Question(
        "shows",
        "How many new people does one hour of performance reach?",
        "5 to 20",
        unit="people/hour",
        when={"levers": "shows"},
    ),
)


def asked(answers: Mapping[str, tuple[str, ...]], words: Mapping[str, str]) -> Iterator[Question]:
    """The questions in order, filled with words, as far as the answers so far say.

    `answers` are the choices made (and the tasks of others), `words` what stands for the braces.
    """
    for question in QUESTIONS:
        if question.when and not all(value in answers.get(key, ()) for key, value in question.when.items()):
            continue
        tasks = answers.get("others", ()) if question is _EFFORT else ("",)
        for task in tasks:
            yield filled(question, {**words, "task": task})


def filled(question: Question, words: Mapping[str, str]) -> Question:
    """The question with words in place of braces, and their plurals in place of `{makes}` and `{deals}`."""
    every = {key: words.get(key) or key for key in ("make", "deal", "who", "core", "task")}
    every |= {"makes": plural(every["make"]), "deals": plural(every["deal"])}
    spoken = {key: word.replace("_", " ") for key, word in every.items()}
    options = tuple(replace(option, meaning=option.meaning.format(**spoken)) for option in question.options)
    return replace(
        question,
        key=question.key.format(**every),
        ask=question.ask.format(**spoken),
        unit=question.unit.format(**every),
        options=options,
    )


def plural(word: str) -> str:
    """More than one of what a word names."""
    return plurals(word)[1]
