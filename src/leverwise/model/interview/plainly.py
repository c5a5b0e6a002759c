"""What is wrong with an answer, said to somebody who knows nothing of model files."""

from __future__ import annotations

import re

from leverwise.errors import ModelError, Problem
from leverwise.model.document import shorten
from leverwise.model.interview.questions import Question

_AMOUNT = re.compile(
    r"(?:about|around|roughly|approximately|circa|ca\.?|maybe|perhaps|some|many|several|few|two|three|four|five|six|"
    r"seven|eight|nine|ten|eleven|twelve|dozens?|twenty|thirty|forty|fifty|hundreds?|thousands?)\s+\S.*|[~\d].*\s.*",
    re.IGNORECASE,
)
_ASKED = {
    "hour": "a number of hours",
    "people": "a number of people",
    "months": "a number of months",
    "$": "a sum of money",
    "%": "a share in %",
}
"""What is asked for, by how the unit begins."""
_OTHERWISE = "a number"


def fail_if_amount(question: Question, said: str) -> None:
    """Raise ModelError where a name or a word is asked for and an amount is given."""
    for part in said.split(",") if question.kind == "names" else (said,):
        if _AMOUNT.fullmatch(part.strip()):
            hint = f"give a name for it, such as {question.example}"
            raise ModelError(Problem(f"`{shorten(part.strip())}` is an amount, not a name", None, hint))


def plainly(question: Question, said: str, error: ModelError) -> ModelError:
    """The error where a number is asked for, in plain words if what was said is no number, or counts something else."""
    what = _asked(question)
    hint = f"give {what}, such as {question.example}; Enter if you don't know"
    shown = shorten(" ".join(said.split()))
    money = question.unit.startswith("$")
    if not re.search(r"\d", said):
        return ModelError(Problem(f"`{shown}` is no number in digits", None, hint))
    if not any(" must be in " in problem.message for problem in error.problems):
        return error
    if "$" in said and not money:
        return ModelError(Problem(f"`{shown}` is money, but the question is about {_counted(what)}", None, hint))
    return ModelError(Problem(f"`{shown}` is not {what}", None, hint))


def _asked(question: Question) -> str:
    return next((what for begin, what in _ASKED.items() if question.unit.startswith(begin)), _OTHERWISE)


def _counted(what: str) -> str:
    return what.removeprefix("a number of ") if what != _OTHERWISE else "something else"
