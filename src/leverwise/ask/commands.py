"""Commands that follow an answer, as they can be typed: the model as it was named, and what was set over it."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from leverwise.ask.reading import Piped
from leverwise.ask.resources import resources_of
from leverwise.errors import ModelError, Problem

if TYPE_CHECKING:
    from leverwise.ask.answer import Answer
    from leverwise.ask.model import Model
    from leverwise.ask.schedules import Plan

ANY = "MODEL"
"""Stands for a model that has no file that could be named again."""
PLAN_FILES = ("plan.yaml", "found-plan.yaml", "leverwise-plan.yaml", "another-plan.yaml")
"""How names of plan files end, behind the model's name; the first that is no file of the model's."""
NOT_MONEY = re.compile(r"must be in \$.* is a plain number$|there is no `[kMB]`$|and `[kMB]` is none$")
"""How messages end about a number without its `$`, or about the `k` of thousands without a number."""
LEFT = re.compile(r"[\d.]*\s*[kMB]?(\s*/.*)?")
"""What a shell may leave of a sum such as `$37k/month`: `7k/month`."""
SHELL = "if a `$` was there, the shell took it, with the digit behind it: write all in single quotes"


def command(question: str, model: Model, plan: Plan | None = None) -> str:
    """A question about the same model, with the same settings, and of the same plan if it is a file.

    `leverwise diagnose 'my model.yaml' --set 'money.start=$600k'`, for example.
    """
    words = [f"leverwise {question}", _quoted(model.file) if model.named else ANY]
    if question != "show" and plan is not None and in_a_file(plan):
        words.append(f"--plan {_quoted(str(plan))}")
    words += [f"--set {shlex.quote(f'{path}={value}')}" for path, value in model.settings.items()]
    return " ".join(words)


def in_a_file(plan: Plan) -> bool:
    """Whether a command can name a plan."""
    return not isinstance(plan, Mapping) and not (isinstance(plan, Piped) and plan.made)


def after_planning(question: str, model: Model, option: str = "", plan: Plan | None = None) -> str:
    """To write the plan, made with an option and maybe from another `plan`, to a file, and ask a question about it."""
    out = plan_file(model, plan)
    made = f"{command('plan', model, plan)}{option and ' ' + option} --out {_quoted(out)}"
    return f"{made} && {command(question, model, out)}"


def plan_file(model: Model, plan: Plan | None = None) -> str:
    """What to call a file for the plan of a model: `shop-plan.yaml`; not that of a plan it begins from."""
    read = {Path(path).absolute() for path in (model.file, *model.beside)}
    read |= {Path(str(plan)).absolute()} if plan is not None and in_a_file(plan) else set()
    names = (f"{as_file_name(model.system.name)}-{ending}" for ending in PLAN_FILES)
    return next(name for name in names if Path(name).absolute() not in read)


def as_file_name(name: str) -> str:
    """The name of a model as a part of the name of a file: `my shop` is `my-shop`."""
    return re.sub(r"[^\w.-]+", "-", name).strip("-.") or "my"


def once_written(out: str, answer: Answer, model: Model) -> str:
    """What to ask of a plan that was written to the file `out`; of one with rules, what follows them."""
    follows = resources_of(model.system) and not answer.rows.get("rules")
    return command("diagnose" if follows else "simulate", model, out)


def as_typed(error: ModelError, options: Iterable[str] = ()) -> ModelError:
    """Problems with what a command line set, as they concern the one who typed it.

    `options` are settings of the plan that were given by options of their own, such as `budget`: those are named in
    place of the setting. Where money has lost its `$`, it is told how a shell keeps it.
    """
    return ModelError(_as_typed(problem, tuple(options)) for problem in error.problems)


def _as_typed(problem: Problem, options: tuple[str, ...]) -> Problem:
    place = problem.at.file if problem.at else ""
    named = next((name for name in options if place.startswith(f"--set plan.{name}=")), "")
    typed = f"--{named} {place.partition('=')[2]}" if named else ""
    sums = re.split(r"\s+to\s+", place.partition("=")[2])
    left = all(LEFT.fullmatch(each.strip()) for each in sums)
    if problem.at and problem.at.typed and left and NOT_MONEY.search(problem.message):
        plain = problem.message.endswith("is a plain number")
        problem = replace(problem, hint="; ".join(filter(None, (problem.hint if plain else "", SHELL))))
    return replace(problem, message=f"{typed}: {problem.message}", at=None) if named else problem


def _quoted(path: str) -> str:
    """The path as one word of a shell command that is no option."""
    return shlex.quote(f"./{path}" if path.startswith("-") else path)
