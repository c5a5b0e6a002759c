"""The schedule of an answer as a plan file that `--plan` reads back."""

from __future__ import annotations

from leverwise.ask import planfile
from leverwise.ask.answer import Answer
from leverwise.errors import ModelError, Problem
from leverwise.lang.system import Decision, System
from leverwise.report.numbers import printable


def text(answer: Answer, system: System) -> str:
    """The table `schedule` as a plan file. Raises ModelError if the answer has none."""
    rows = answer.rows.get("schedule", ())
    if not rows:
        raise ModelError(Problem("there is no schedule to write to a plan file", None, "the model has no decisions"))
    known = {decision.name: decision for decision in system.decisions}
    values: dict[str, dict[float, float]] = {}
    for row in rows:
        decision = _found(known, row.get("lever"), str(row["decision"]))
        values.setdefault(decision.name, {})[float(row["start"])] = float(row["value"]) * decision.unit.factor
    schedule = {name: [found[start] for start in sorted(found)] for name, found in values.items()}
    heading = f"# {printable(answer.headline)}\n# model {printable(answer.model)}, sha256 {answer.sha256}\n"
    return heading.replace("\n\n", "\n") + planfile.text(schedule, system)


def _found(known: dict[str, Decision], lever: object, decision: str) -> Decision:
    prefix = str(lever).replace(" ", "_") + "." if lever else ""
    return known[decision] if decision in known else known[prefix + decision]
