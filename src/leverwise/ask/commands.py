"""Commands that follow an answer, as they can be typed: the model as it was named, and what was set over it."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from leverwise.ask.model import Model
    from leverwise.ask.schedules import Plan

ANY = "MODEL"
"""Stands for a model that has no file that could be named again."""
PLAN_FILES = ("plan.yaml", "found-plan.yaml", "leverwise-plan.yaml", "another-plan.yaml")
"""Names for a plan file; the first that is no file of the model's."""


def command(question: str, model: Model, plan: Plan | None = None) -> str:
    """A question about the same model, with the same settings, and of the same plan if it is a file.

    `leverwise diagnose 'my model.yaml' --set 'money.start=$600k'`, for example.
    """
    words = [f"leverwise {question}", _quoted(model.file) if model.named else ANY]
    if question != "show" and plan is not None and not isinstance(plan, Mapping):
        words.append(f"--plan {_quoted(str(plan))}")
    words += [f"--set {shlex.quote(f'{path}={value}')}" for path, value in model.settings.items()]
    return " ".join(words)


def after_planning(question: str, model: Model, option: str = "") -> str:
    """To write the plan, made with an option, to a file, and ask a question about it."""
    read = {Path(path).absolute() for path in (model.file, *model.beside)}
    out = next(name for name in PLAN_FILES if Path(name).absolute() not in read)
    return f"{command('plan', model)}{option and ' ' + option} --out {out} && {command(question, model, out)}"


def _quoted(path: str) -> str:
    """The path as one word of a shell command that is no option."""
    return shlex.quote(f"./{path}" if path.startswith("-") else path)
