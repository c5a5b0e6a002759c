"""What every command begins with: the model is read, and what it would write is checked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from leverwise.errors import ModelError, Problem

if TYPE_CHECKING:
    from leverwise.ask import Model


LEFT = re.compile(r"00+|0+[kMB]")
"""What a shell leaves of a sum of four hundred or of forty thousand dollars: 0, as nobody writes it."""
NOTHING = re.compile(r"([^=]*=)?\s*(\.\.|to)?\s*")
"""What it leaves of an option where nothing of its sums is left."""


def read(file: str, settings: Sequence[str] | None, *, to_run: bool = False) -> Model:
    """The model, with what `--set` replaces. A name of an example that is no file gets a hint."""
    if not Path(file).exists():
        _fail_if_no_file(file)
    replaced = settings_of(settings or (), "--set")
    from leverwise.ask import load

    try:
        return load(file, set=replaced, to_run=to_run)
    except ModelError as error:
        from leverwise.ask.commands import as_typed

        raise as_typed(error) from None


def settings_of(texts: Iterable[str], option: str) -> dict[str, str]:
    """Entries of a model by path, from what an option was given: `PATH=VALUE` each."""
    replaced = {}
    for text in texts:
        path, equals, value = text.partition("=")
        if not equals or not path.strip():
            raise typer.BadParameter(
                f"{text.strip()!r} has no value: write PATH=VALUE, such as {option} 'money.start=$600k'",
                None,
                None,
                option,
            )
        fail_if_left_by_shell(option, text)
        replaced[path.strip()] = value.strip()
    return replaced


def fail_if_left_by_shell(option: str, text: str) -> None:
    """Raise ModelError if what an option was given holds a sum of which a shell has left nothing, or only 0."""
    values = re.split(r"\s+to\s+|\.\.|=", text.strip())
    found = next((value.strip() for value in values if LEFT.fullmatch(value.strip())), "")
    if found or NOTHING.fullmatch(text):
        from leverwise.ask.commands import SHELL

        said = f"`{found}` is only 0" if found else "a value is missing"
        raise ModelError(Problem(f"{option} {text.strip()}: {said}", None, SHELL))


def _fail_if_no_file(file: str) -> None:
    from leverwise.model.read import neighbours
    from leverwise.report import examples

    known = examples.names()
    hint = f"to begin from that example: leverwise new DIR --from {file}" if file in known else neighbours(Path(file))
    raise ModelError(Problem(f"{file}: there is no such file", None, hint))


def fail_if_input(out: str | None, model: Model, plan: str | None = None) -> None:
    """Raise ModelError if the answer would be written over something that is read."""
    from leverwise.report import output

    read = [(path, "a file that the model reads") for path in model.beside]
    output.fail_if_input(out, [(model.file, "the model itself"), *read, (plan, "the plan file")])
