"""Collects what is wrong with a model, each with its exact place.

A problem belongs to a `Written` text and a range of characters in it. The place in the file is found
by walking along the file's own characters, so that folded and indented texts are marked correctly too.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from leverwise.errors import ModelError, Position, Problem
from leverwise.lang.declarations import Written

MAX_PROBLEMS = 200
_MANY = 40
_MAX_FILE = 20_000_000


class Problems:
    """The problems found so far. One place is reported once per kind of problem.

    Raises them as one `ModelError` when there are `MAX_PROBLEMS`.
    """

    def __init__(self) -> None:
        self._found: dict[tuple[object, ...], Problem] = {}

    def __bool__(self) -> bool:
        return bool(self._found)

    def __len__(self) -> int:
        return len(self._found)

    @property
    def many(self) -> bool:
        """True when there are so many that looking for hints would take too long."""
        return len(self._found) >= _MANY

    def add(self, message: str, at: Position | None = None, hint: str = "") -> None:
        """A problem that belongs to no text in particular."""
        self._keep((message, at), Problem(message, at, hint))

    def at(
        self,
        written: Written,
        owner: str,
        message: str,
        start: int = 0,
        end: int | None = None,
        hint: str = "",
        kind: str = "",
    ) -> None:
        """A problem in the characters from `start` to `end` of a text; `owner` is the variable it defines."""
        key = (written.at or (owner, written.text), start, kind or message)
        if key in self._found:
            return
        place = locate(written, start, len(written.text) if end is None else end)
        if place is None and owner:
            message = f"in `{owner}`: {message}"
        self._keep(key, Problem(message, place, hint))

    def fail_if_any(self) -> None:
        """Raises one `ModelError` with everything found."""
        if self._found:
            raise ModelError(self._found.values())

    def _keep(self, key: tuple[object, ...], problem: Problem) -> None:
        self._found.setdefault(key, problem)
        if len(self._found) >= MAX_PROBLEMS:
            self.fail_if_any()


def locate(written: Written, start: int, end: int) -> Position | None:
    """The place of the characters from `start` to `end` of a text in its file; None if it has no file."""
    at = written.at
    if at is None:
        return None
    text = written.text
    length = max(1, min(end, len(text)) - start)
    found = _walk(at, text[: start + 1])
    if found is not None:
        return replace(at, line=found[0], column=found[1], length=length)
    before = text[:start]
    lines = before.count("\n")
    column = len(before) - before.rfind("\n") if lines else at.column + start
    return replace(at, line=at.line + lines, column=column, length=length)


def _walk(at: Position, text: str) -> tuple[int, int] | None:
    """Line and column of the last character of `text`, followed along the file; None if the file differs."""
    try:
        path = Path(at.file)
        if path.stat().st_size > _MAX_FILE:
            return None
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, ValueError):
        return None
    line, column = at.line - 1, at.column - 1
    place = None
    wanted = [c for c in text if not c.isspace()]
    if not wanted and line < len(lines):
        return at.line, at.column
    for number, character in enumerate(wanted):
        while line < len(lines) and (column >= len(lines[line]) or lines[line][column].isspace()):
            line, column = (line + 1, 0) if column >= len(lines[line]) else (line, column + 1)
        if line >= len(lines):
            return None
        if number == 0 and lines[line][column] in "'\"" and character not in "'\"":
            column += 1
        if column >= len(lines[line]) or lines[line][column] != character:
            return None
        place = (line + 1, column + 1)
        column += 1
    return place
