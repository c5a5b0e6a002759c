"""The schedule of an answer as a plan file that `--plan` reads back."""

from __future__ import annotations

from leverwise.ask import planfile
from leverwise.ask.answer import Answer
from leverwise.lang.system import System
from leverwise.report.numbers import printable


def text(answer: Answer, system: System) -> str:
    """The table `schedule` as a plan file. Raises ModelError if the answer has none."""
    schedule = planfile.checked(planfile.scheduled(answer, system), system)
    heading = f"# {printable(answer.headline)}\n# model {printable(answer.model)}, sha256 {answer.sha256}\n"
    return heading.replace("\n\n", "\n") + planfile.text(schedule, system)
