"""Plans as Python gives them: the answer to `plan` stands for the plan that it holds."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any

from leverwise.ask.answer import Answer
from leverwise.errors import did_you_mean
from leverwise.lang.system import System


def without_answers(options: Mapping[str, Any], system: System) -> dict[str, Any]:
    """The options of a question, answers among its plans replaced by their plans. Raises ModelError if one has none."""
    return {name: _plans(value, system) if name == "plan" else value for name, value in options.items()}


def fail_if_unknown(options: Mapping[str, Any], question: Callable[..., Any], method: Callable[..., Any]) -> None:
    """Raise TypeError if an option is none of the question, naming those that are near.

    The options are what the question in `ask` takes, and what the method of the model that asks it takes itself.
    """
    named = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    taken = [*inspect.signature(method).parameters.values(), *inspect.signature(question).parameters.values()]
    known = [each.name for each in taken if each.kind in named and each.name not in ("self", "model")]
    for name in options:
        if name not in known:
            hint = did_you_mean(name, known) or "there are " + ", ".join(dict.fromkeys(known))
            raise TypeError(f"`{question.__name__}` has no option `{name}`: {hint}")


def _plans(given: Any, system: System) -> Any:
    """One plan, several or none, as they were given."""
    if isinstance(given, list | tuple):
        return [_plans(each, system) for each in given]
    return _held(given, system) if isinstance(given, Answer) else given


def _held(answer: Answer, system: System) -> Any:
    """The plan of an answer: values per decision; with rules, what its plan file would say."""
    from leverwise.ask import planfile, rulefile
    from leverwise.ask.reading import Piped

    planfile.fail_if_none(answer)
    if answer.rows.get("rules"):
        return Piped("this plan", rulefile.whole(answer, system).encode(), made=True)
    return planfile.scheduled(answer, system)
