"""The schedule of an answer, and its rules, as a plan file that `--plan` reads back."""

from __future__ import annotations

from leverwise.ask import rulefile
from leverwise.ask.answer import Answer
from leverwise.lang.system import System
from leverwise.report.numbers import printable


def text(answer: Answer, system: System) -> str:
    """The table `schedule` as a plan file, or with rules theirs. Raises ModelError if the answer has none."""
    heading = f"# {printable(answer.headline)}\n# model {printable(answer.model)}, sha256 {answer.sha256}\n"
    return heading.replace("\n\n", "\n") + rulefile.whole(answer, system)
