"""The questions of a report, in the order in which they follow: what to do, what happens then, and what explains it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from leverwise.ask.answer import Answer
from leverwise.ask.commands import after_planning, command
from leverwise.ask.following import following
from leverwise.ask.knowing import FEWEST
from leverwise.ask.plan_tables import first_actions, plan_charts, schedule_rows
from leverwise.ask.planfile import scheduled
from leverwise.ask.planning.sizes import is_random
from leverwise.ask.reading import opened
from leverwise.ask.schedules import Plan, chosen
from leverwise.errors import NoAnswerError

if TYPE_CHECKING:
    from leverwise.ask.model import Model, Progress

DECIDED = "schedule"
"""What a section is called that shows the plan that was given, of which nothing was asked."""
WEIGHTS = {"plan": 8, "simulate": 1, "diagnose": 1, "attribute": 3, "sensitivity": 4, "information": 20, "robust": 40}
"""About how long each question takes beside the others, for who watches the progress."""
LEAST = {"information": FEWEST}
"""Questions that need so many samples at least."""
LONG = ("information", "robust")
"""Questions that need further plans, and so take as long as all others together, or much longer."""


@dataclass(frozen=True)
class Report:
    """Answers about one plan, and (question, reason) for what has none."""

    answers: tuple[Answer, ...]
    unanswered: tuple[tuple[str, str], ...] = ()
    command: str = ""
    """What makes the same report again."""


def report(
    model: Model,
    samples: int | None = None,
    seed: int = 0,
    *,
    plan: Plan | None = None,
    brief: bool = False,
    progress: Progress | None = None,
) -> Report:
    """Make a plan, then ask all that explains it, on the same samples, none of which it was made on.

    With a `plan` given, that one is shown and looked at, and none is made; where none can be made, it is the author's
    `use`, else nothing decided. `samples` left out are those of each question. `brief` leaves out what needs further
    plans: what is worth finding out, and what breaks the plan. Raises NoAnswerError if nothing can be answered.
    """
    answers: list[Answer] = []
    unanswered: list[tuple[str, str]] = []
    questions = _questions(model, plan, brief)

    def ask(question: str, **options: Any) -> Answer | None:
        if samples is not None:
            options["samples"] = max(samples, LEAST.get(question, 1))
        try:
            answers.append(getattr(model, question)(progress=_part(question, questions, progress), **options))
        except NoAnswerError as error:
            unanswered.append((question, str(error)))
            return None
        return answers[-1]

    given: Mapping[str, Any] = {} if plan is None else {"plan": opened(plan, "plan file")}
    if plan is not None:
        answers.append(_decided(model, given["plan"], seed))
    begun = command("report", model, plan) + (f" --samples {samples}" if samples else "") + f" --seed {seed}"
    if plan is None and (made := ask("plan", seed=seed)) is not None:
        given = {"plan": scheduled(made, model.system)}
    for question in questions:
        if question != "plan":
            ask(question, seed=seed, **given)
    if all(answer.question == DECIDED for answer in answers):
        raise NoAnswerError("\n".join(reason for _, reason in unanswered))
    if any(answer.question == "information" for answer in answers):
        answers = [_without_table("information", answer) for answer in answers]
    if given:
        further = after_planning("robust", model) if plan is None else command("robust", model, plan)
        further = further if brief else command("frontier", model)
        begins = f"With {following(model, given['plan'])[2]}, "
        answers = [replace(answer, next=further, headline=_without(begins, answer.headline)) for answer in answers]
    return Report(tuple(answers), tuple(unanswered), begun + (" --brief" if brief else ""))


def _without_table(name: str, answer: Answer) -> Answer:
    """An answer without a table that another question of the report tells in full."""
    if answer.question == name:
        return answer
    return replace(answer, rows={key: rows for key, rows in answer.rows.items() if key != name})


def _without(begins: str, headline: str) -> str:
    """A headline without the words that say which plan it is about: on one page all are about one."""
    rest = headline.removeprefix(begins)
    return rest[:1].upper() + rest[1:]


def _questions(model: Model, plan: Plan | None, brief: bool) -> list[str]:
    """What is asked, in order: of a model without levers or without anything unsure, less."""
    system = model.system
    left_out = set(LONG if brief else ())
    left_out |= {"plan"} if plan is not None else set()
    left_out |= set() if system.switches else {"attribute"}
    left_out |= set() if system.decisions else {"robust", "information"}
    left_out |= set() if is_random(system) else {"sensitivity", "information", "robust"}
    return [question for question in WEIGHTS if question not in left_out]


def _decided(model: Model, plan: Plan, seed: int) -> Answer:
    """The schedule of a plan that was given: what it says to do, before what comes of it."""
    decisions, words = chosen(model, plan)
    system, unseen = model.system, SimpleNamespace(times=(), fans={})
    return Answer(
        question=DECIDED,
        headline=f"{words[0].upper()}{words[1:]}. {first_actions(system, decisions)}",
        model=system.name,
        sha256=model.sha256,
        next="",
        numbers={},
        rows={"schedule": schedule_rows(system, decisions)},
        charts=plan_charts(system, decisions, unseen, unseen),
        warnings=(),
        provenance=replace(model.provenance(seed, 0, {}), seconds={}),
        units={"time": system.clock.unit.text},
    )


def _part(question: str, questions: Sequence[str], progress: Progress | None) -> Callable[[float, str], None] | None:
    if progress is None:
        return None
    whole = sum(WEIGHTS[each] for each in questions)
    first = sum(WEIGHTS[each] for each in questions[: questions.index(question)]) / whole
    return lambda share, doing: progress(first + share * WEIGHTS[question] / whole, doing)
