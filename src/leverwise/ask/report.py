"""The questions of a report, in the order in which they follow: what to do, what happens then, what holds back then."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from leverwise.ask.answer import Answer
from leverwise.ask.commands import after_planning, command
from leverwise.ask.plan import FRESH
from leverwise.ask.plan_tables import first_actions, plan_charts, schedule_rows
from leverwise.ask.planfile import scheduled
from leverwise.ask.reading import opened
from leverwise.ask.schedules import Plan, chosen
from leverwise.errors import NoAnswerError

if TYPE_CHECKING:
    from leverwise.ask.model import Model, Progress

DECIDED = "schedule"
"""What a section is called that shows the plan that was given, of which nothing was asked."""
SHARES = {"plan": (0.0, 0.7), "simulate": (0.7, 0.85), "diagnose": (0.85, 1.0)}
"""Which part of the whole each question is, for who watches the progress."""


@dataclass(frozen=True)
class Report:
    """Answers about one plan, and (question, reason) for what has none."""

    answers: tuple[Answer, ...]
    unanswered: tuple[tuple[str, str], ...] = ()


def report(
    model: Model,
    samples: int | None = None,
    seed: int = 0,
    *,
    plan: Plan | None = None,
    progress: Progress | None = None,
) -> Report:
    """Make a plan, then simulate and diagnose it on samples that it was not made on.

    With a `plan` given, that one is shown and looked at, and none is made; where none can be made, it is the author's
    `use`, else nothing decided. `samples` left out are those of each question. Raises NoAnswerError if nothing can be
    answered.
    """
    answers: list[Answer] = []
    unanswered: list[tuple[str, str]] = []

    def ask(question: str, **options: Any) -> Answer | None:
        if samples is not None:
            options["samples"] = samples
        try:
            answers.append(getattr(model, question)(progress=_part(question, progress), **options))
        except NoAnswerError as error:
            unanswered.append((question, str(error)))
            return None
        return answers[-1]

    given: Mapping[str, Any] = {} if plan is None else {"plan": opened(plan, "plan file")}
    if plan is not None:
        answers.append(_decided(model, given["plan"], seed))
    if plan is None and (made := ask("plan", seed=seed)) is not None:
        given, seed = {"plan": scheduled(made, model.system)}, seed + FRESH
    ask("simulate", seed=seed, **given)
    ask("diagnose", seed=seed, **given)
    if all(answer.question == DECIDED for answer in answers):
        raise NoAnswerError("\n".join(reason for _, reason in unanswered))
    if given:
        following = after_planning("robust", model) if plan is None else command("robust", model, plan)
        answers = [replace(answer, next=following) for answer in answers]
    return Report(tuple(answers), tuple(unanswered))


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


def _part(question: str, progress: Progress | None) -> Callable[[float, str], None] | None:
    if progress is None:
        return None
    first, last = SHARES[question]
    return lambda share, doing: progress(first + share * (last - first), doing)
