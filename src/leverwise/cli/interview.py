"""The conversation of `leverwise new` in a terminal: it asks, takes answers, and says what is wrong with them.

Questions go to standard error, so that standard output carries what comes of them. Nothing is written before the end.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import typer

from leverwise.errors import ModelError, Problem

if TYPE_CHECKING:
    from leverwise.model.interview import Interview, Question

BACK = ("back", "b")
YES, NO = ("", "y", "yes"), ("n", "no", "stop")
_MOST_PROBLEMS = 2
_OPENING = """\
Some twenty questions; the answers make a model of your work, and a first look at what holds it back.
A number may be a range, `10 to 20`, or `about 15`, or `20k`. Enter if you don't know: the model then says so, with a
wide range. `back` goes back a question; Ctrl-C stops, and nothing is written.
"""


def fail_if_no_terminal(folder: str) -> None:
    """Raise ModelError where nobody can be asked."""
    if not sys.stdin.isatty():
        hint = f"begin with an example instead, such as `leverwise new {folder} --from superstar`"
        raise ModelError(Problem("there is no terminal to ask questions in", None, hint))


def interview(name: str, path: str) -> str:
    """Ask until all is answered; gives the text of the model, to be written to `path`. Raises typer.Abort."""
    from leverwise.model.interview import Interview

    _say(_OPENING)
    talk = Interview(name)
    while True:
        question = talk.question
        if question is None:
            answer = _agreed(talk, path)
            if answer == "yes":
                return talk.text
            talk = talk.back()
            continue
        _put(question, talk)
        said = _heard()
        if said.strip().lower() in BACK:
            talk = talk.back()
            continue
        talk = _answered(talk, said)


def _answered(talk: Interview, said: str) -> Interview:
    """The conversation with the answer, or as it was if there is something wrong with it."""
    before = talk.warnings if talk.given else ()
    try:
        following = talk.answered(said)
    except ModelError as error:
        for problem in error.problems[:_MOST_PROBLEMS]:
            _say(f"  {problem.message}")
            if problem.hint:
                _say(f"  {problem.hint}")
        _say("")
        return talk
    if following.doubt:
        _say(f"  {following.doubt}: yes, or another answer?")
        again = _heard()
        if again.strip().lower() in BACK:
            return talk.back()
        if again.strip().lower() not in YES[1:]:
            return _answered(talk, again) if again.strip() and again.strip().lower() not in NO else talk
    counted = list(following.given.values())[-1]
    if counted and counted != said and " ".join(counted.split()) != " ".join(said.split()):
        _say(f"  counted as `{counted}`")
    for warning in following.warnings:
        if warning not in before:
            _say(f"  note: {warning}")
    _say("")
    return following


def _put(question: Question, talk: Interview) -> None:
    number, count = talk.count
    _say(f"{number} of {'' if talk.is_counted else 'about '}{count}. {question.ask}")
    width = max((len(option.name) for option in question.options), default=0)
    for option in question.options:
        _say(f"  {option.name:<{width}}  {option.meaning}")
    earlier = talk.before.get(question.key)
    said = f" (before: {' '.join(earlier.split())})" if earlier else ""
    _say(f"  for example {question.shown}{said}")


def _agreed(talk: Interview, path: str) -> str:
    """`yes`, or `back`: what is said to the whole model. Raises typer.Abort."""
    _say(f"This is the model:\n\n{talk.text}")
    while True:
        _say(f"Write it to {path}? [yes], back or no")
        said = _heard().strip().lower()
        if said in YES:
            return "yes"
        if said in BACK:
            return "back"
        if said in NO:
            raise typer.Abort


def _heard() -> str:
    return str(typer.prompt("", prompt_suffix="> ", default="", show_default=False, err=True))


def _say(text: str) -> None:
    from leverwise.report.numbers import printable

    typer.echo(printable(text), err=True)
