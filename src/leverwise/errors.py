"""What is wrong, where it is, and how to mend it.

Every complaint about a person's input is a `Problem`; a reader collects all of them and raises one
`ModelError`. What is odd but no mistake is a `Lint`. Nothing here knows what a model is.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path


@dataclass(frozen=True, order=True)
class Position:
    """A place in a text file, or in a setting as it was typed; lines and columns count from 1.

    `length` characters are marked.
    """

    file: str
    line: int
    column: int
    length: int = field(default=1, compare=False)
    typed: bool = field(default=False, compare=False)
    """Whether it lies in a setting, such as `--set money.start=$5k`: then `file` is its text."""

    def __str__(self) -> str:
        return self.file if self.typed else f"{self.file}:{self.line}:{self.column}"

    def shifted(self, columns: int, length: int = 1) -> Position:
        """The place `columns` further right on the same line."""
        return replace(self, column=self.column + columns, length=length)


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong: a sentence, its place if it has one, and how to mend it."""

    message: str
    at: Position | None = None
    hint: str = ""

    def render(self) -> str:
        """The problem as text: `file:line:column: message`, the line (or option) with a caret, the hint."""
        lines = [f"{self.at}: {self.message}" if self.at and not self.at.typed else self.message]
        if self.at:
            lines += _excerpt(self.at)
        if self.hint:
            lines.append(f"  {self.hint}")
        return "\n".join(lines)


@dataclass(frozen=True)
class Lint:
    """One thing that can be run but is hardly meant: what, why it matters, how to mend it, and where it stands."""

    kind: str
    """In one or two words, such as `unused`."""
    message: str
    why: str
    hint: str
    at: Position | None = None

    def render(self) -> str:
        """As text: the place, the line with a mark, the reason and the remedy."""
        return Problem(self.message, self.at, f"{self.why}: {self.hint}").render()


class LeverwiseError(Exception):
    """Base of all errors that are meant for the person who asked."""


class ModelError(LeverwiseError):
    """The input is wrong; carries every `Problem` found, in order of place. Exit code 2."""

    def __init__(self, problems: Iterable[Problem] | Problem) -> None:
        found = (problems,) if isinstance(problems, Problem) else tuple(problems)
        unique = dict.fromkeys(found)
        self.problems: tuple[Problem, ...] = tuple(
            sorted(unique, key=lambda p: (p.at is None, p.at or Position("", 0, 0)))
        )
        super().__init__(str(self))

    def __str__(self) -> str:
        return "\n\n".join(problem.render() for problem in self.problems)

    def __reduce__(self) -> tuple[type[ModelError], tuple[tuple[Problem, ...]]]:
        return (type(self), (self.problems,))


class NoAnswerError(LeverwiseError):
    """The input is right, but the question has no answer; says what to relax. Exit code 1."""


class EndlessError(NoAnswerError):
    """There is no best plan, since more of something is better without end."""


def did_you_mean(name: str, candidates: Iterable[str]) -> str:
    """A hint that names the closest candidates, or nothing if none is close."""
    known = list(dict.fromkeys(candidates))
    lowered = {candidate.lower(): candidate for candidate in known}
    close = difflib.get_close_matches(name.lower(), list(lowered), n=2, cutoff=0.6)
    if not close:
        return ""
    return "did you mean " + " or ".join(f"`{lowered[c]}`" for c in close) + "?"


def _excerpt(at: Position) -> list[str]:
    if at.typed:
        inside = at.line == 1 and at.column <= len(at.file)
        return [f"  {at.file}", *([_marked(at.file, at.column, at.length)] if inside else [])]
    try:
        with Path(at.file).open(encoding="utf-8", errors="replace") as stream:
            text = next((line for n, line in enumerate(stream, 1) if n == at.line), None)
    except OSError:
        return []
    if text is None:
        return []
    text = text.rstrip("\n\r")
    start = max(0, at.column - 80)
    shown = text[start : start + 120]
    if not shown.isprintable():
        shown = "".join(c if c.isprintable() else " " for c in shown)
    return [f"  {shown}", _marked(shown, at.column - start, at.length)]


def _marked(shown: str, column: int, length: int) -> str:
    return "  " + " " * (column - 1) + "^" * max(1, min(length, len(shown) - column + 1))
