"""Complaints about the command line itself: what is wrong with an option, and which command has it."""

from __future__ import annotations

import difflib
from typing import Any

from leverwise.errors import did_you_mean

NEARLY = 0.8
"""How alike an option of another command must be to be meant by one that this command has not."""


def complaint(error: Any) -> str:
    """What the reader of the command line complains of, in words that say how to mend it."""
    context = getattr(error, "ctx", None)
    command = context.command_path if context else "leverwise"
    if hasattr(error, "possibilities") and context is not None:
        return _unknown_option(str(error.option_name), context, command)
    return f"{str(error.format_message()).rstrip('.')}\nsee `{command} --help`"


def _unknown_option(name: str, context: Any, command: str) -> str:
    """An option that this command has not: which one is meant, or which commands have it."""
    root = context.find_root()
    options = {
        f"{root.command_path} {each}": [word for given in found.params for word in given.opts if word.startswith("--")]
        for each, found in getattr(root.command, "commands", {}).items()
    }
    owners = [f"`{each}`" for each, known in options.items() if name in known]
    said = f"`{command}` has no option {name}"
    if owners:
        listed = ", ".join(owners[:-1]) + " and " * (len(owners) > 1) + owners[-1]
        said += f": {listed} {'have' if len(owners) > 1 else 'has'} it"
    elif close := difflib.get_close_matches(name, {word for known in options.values() for word in known}, 1, NEARLY):
        said += f": did you mean `{close[0]}`?"
    elif hint := did_you_mean(name, options.get(command, ())):
        said += f": {hint}"
    return f"{said}\nsee `{command} --help`"
