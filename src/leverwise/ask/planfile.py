"""Plan files: a schedule for each decision, a value per period in the decision's own unit.

    plan:
      crew.positions: [0, 1, 2, 2]
      name.care: 20

A value is written as in a model file, with its unit or without. One number stands for all periods. Decisions that are
not named keep the value they have when nothing is planned. Rules may stand beside the schedule: see `rulefile`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path

from leverwise import files
from leverwise.ask.answer import Answer, Row
from leverwise.ask.commands import as_file_name
from leverwise.ask.reading import Piped
from leverwise.ask.words import bare, in_number, quantity
from leverwise.errors import ModelError, Position, Problem, did_you_mean
from leverwise.lang.spelling import odd
from leverwise.lang.syntax import Apply, Literal, TextError
from leverwise.lang.syntax import parse as parse_text
from leverwise.lang.system import Decision, System
from leverwise.model.document import Mapping as Table
from leverwise.model.document import Node, Scalar, follow
from leverwise.model.document import Sequence as Listing
from leverwise.model.read import decode, parse, read_bytes
from leverwise.units import Units

HEADING = re.compile(r"^# model (.+), sha256 \w*\s*$", re.MULTILINE)
"""The line of a plan file that says of which model it is."""
HEAD = 4096
"""So many characters from the beginning that line is looked for in."""
Schedule = dict[str, tuple[float, ...]]
"""Decision -> value per period, base units."""


def read(path: str | Path | Piped, system: System) -> Schedule:
    """The schedule in a plan file, checked against the model. Raises ModelError with every problem."""
    root = document(path)
    if _is_model(root):
        hint = "a plan is what `leverwise plan MODEL --out my-plan.yaml` writes"
        raise ModelError(Problem(f"{path}: this is a model, not a plan", None, hint))
    try:
        return _read(path, root, system)
    except ModelError:
        if (other := _other(path, root, system)) is None:
            raise
        hint = f"`leverwise plan MODEL --out {as_file_name(system.name)}-plan.yaml` writes one of this model"
        raise ModelError(Problem(f"{path} is {other}, not of `{system.name}`", None, hint)) from None


def fail_if_kept(path: str | Path, system: System) -> None:
    """Raise ModelError if a plan would be written over something else than a plan of the same model."""
    try:
        there = Path(path).is_file() and Path(path).stat().st_size > 0
        root = document(path) if there else None
    except ModelError:
        root = None  # what can't be read says nothing about what it is
    if root is None:
        return
    plan = isinstance(root, Table) and isinstance(root.get("plan"), Table) and not _is_model(root)
    what = _other(path, root, system) if plan else "a model" if _is_model(root) else "no plan"
    if what is not None:
        hint = f"name another file, such as --out {as_file_name(system.name)}-plan.yaml, or move that one away"
        raise ModelError(Problem(f"{path} is {what}: the plan of `{system.name}` would replace it", None, hint))


def _is_model(root: Node) -> bool:
    return isinstance(root, Table) and root.get("leverwise") is not None


def _other(path: str | Path | Piped, root: Node, system: System) -> str | None:
    """What a plan file is if it is of another model: by the name in its first lines, or by its decisions."""
    data = path.data if isinstance(path, Piped) else Path(path).read_bytes()
    found = HEADING.search(decode(data, str(path))[:HEAD])
    if found:
        return None if found[1] == system.name else f"a plan of the model `{found[1]}`"
    entries = root.get("plan") if isinstance(root, Table) else None
    if not isinstance(entries, Table):
        return None
    known = [decision.name for decision in system.decisions]
    named = [key.text.strip().replace(" ", "_") for key, _ in entries.entries]
    misspelt = len(named) == 1 or all(did_you_mean(name, known) for name in named)
    foreign = not misspelt and not set(named) & set(known)
    return "a plan of another model" if foreign else None


def _read(path: str | Path | Piped, root: Node, system: System) -> Schedule:
    """The schedule in a plan file that is a plan of this model, for all that is known."""
    entries = root.get("plan") if isinstance(root, Table) else None
    answered = follow(root, ("tables", "schedule"))
    if entries is None and isinstance(answered, Listing):
        return checked(_by_decision(map(_row, answered.items), system), system)
    if not isinstance(entries, Table):
        hint = f"`leverwise plan MODEL --out {as_file_name(system.name)}-plan.yaml` writes one"
        raise ModelError(Problem("this is no plan: it has no `plan:` with decisions in it", root.at, hint))
    units = units_of(system)
    return _schedule(
        [(key.text, key.at, partial(_values, node=node, units=units)) for key, node in entries.entries], system
    )


def document(path: str | Path | Piped) -> Node:
    """What a plan file says, with places."""
    file = str(path)
    data = path.data if isinstance(path, Piped) else read_bytes(Path(path), "plan file")
    return parse(decode(data, file), file)


def has_rules(path: str | Path | Piped) -> bool:
    """Whether there are rules beside the schedule."""
    root = document(path)
    return isinstance(root, Table) and root.get("rules") is not None


def checked(values: Mapping[str, Sequence[float] | float], system: System) -> Schedule:
    """A schedule given from Python in display units, checked like a file."""
    return _schedule([(name, None, partial(_listed, given=each)) for name, each in values.items()], system)


def _listed(decision: Decision, given: Sequence[float] | float) -> tuple[float, ...]:
    """A number, or a list of them, from Python: of plain numbers or of those that other programs make."""
    import numpy as np

    try:
        numbers = np.atleast_1d(np.asarray(given, float))
    except (TypeError, ValueError):
        numbers = np.empty((0, 0))
    if numbers.ndim > 1:
        hint = "give a number per period, or one for all"
        raise ModelError(Problem(f"`{decision.name}` has a value that is no number", None, hint))
    return _spread(decision, numbers.tolist())


def _schedule(
    given: Iterable[tuple[str, Position | None, Callable[[Decision], tuple[float, ...]]]], system: System
) -> Schedule:
    """The values of decisions by what they are called and where that stands. Raises ModelError with every problem."""
    known = {decision.name: decision for decision in system.decisions}
    schedule: Schedule = {}
    problems: list[Problem] = []
    for called, at, values in given:
        name = called.strip().replace(" ", "_")
        if name not in known:
            hint = did_you_mean(name, known) or "the decisions are " + ", ".join(known)
            problems.append(Problem(f"the model has no decision `{called}`", at, hint))
            continue
        try:
            schedule[name] = values(known[name])
        except ModelError as error:
            problems.extend(error.problems)
    if problems:
        raise ModelError(problems)
    return schedule


def scheduled(answer: Answer, system: System, table: str = "schedule") -> dict[str, list[float]]:
    """The schedule in a table of a plan's answer: a value per period of each decision, in display units.

    Raises ModelError if the answer has none.
    """
    rows = answer.rows.get(table, ())
    if not rows:
        raise ModelError(Problem("there is no schedule to write to a plan file", None, "the model has no decisions"))
    return _by_decision(rows, system)


def fail_if_none(answer: Answer) -> None:
    """Raise ModelError if an answer that is given as a plan holds none."""
    if not answer.rows.get("schedule"):
        message = f"an answer to `{answer.question}` holds no plan"
        raise ModelError(Problem(message, None, "give that of `model.plan()`, a plan file, or values by decision"))


def _row(node: Node) -> Row:
    """A row of the schedule in an answer that was written as JSON. Raises ModelError for what is none."""
    texts = {key: value.text for key, value in node if isinstance(value, Scalar)} if isinstance(node, Table) else {}
    try:
        numbers = {key: float(texts[key]) for key in ("start", "value")}
        lever = "" if texts.get("lever") in (None, "null") else texts["lever"]
        return {"decision": texts["decision"], "lever": lever, **numbers}
    except (KeyError, ValueError):
        hint = "a plan is read from what `leverwise plan --out` wrote, as .yaml or .json"
        raise ModelError(Problem("this is no row of a schedule", node.at, hint)) from None


def _by_decision(rows: Iterable[Row], system: System) -> dict[str, list[float]]:
    """A value per period of each decision, from rows that have one each."""
    known = {decision.name for decision in system.decisions}
    found: dict[str, dict[float, float]] = {}
    for row in rows:
        found.setdefault(full_name(row, known), {})[float(row["start"])] = float(row["value"])
    return {name: [values[start] for start in sorted(values)] for name, values in found.items()}


def full_name(row: Row, known: Collection[str]) -> str:
    """The name of the decision that a row is of."""
    name, lever = str(row["decision"]), str(row.get("lever") or "").replace(" ", "_")
    full = f"{lever}.{name}"  # asked for first: a plain decision may have the short name of a lever's
    return full if lever and full in known else name


def text(schedule: Mapping[str, Sequence[float]], system: System) -> str:
    """The schedule (base units) as a plan file."""
    lines = ["plan:"]
    for decision in system.decisions:
        if decision.name not in schedule:
            continue
        values = [f"{value / decision.unit.factor:.10g}" for value in schedule[decision.name]]
        unit = f"  # {decision.unit.text}" if decision.unit.text else ""
        lines.append(f"  {decision.name}: [{', '.join(values)}]{unit}")
    return "\n".join(lines) + "\n"


def write(path: str | Path, schedule: Mapping[str, Sequence[float]], system: System) -> None:
    """Write a plan file."""
    files.write(Path(path), text(schedule, system))


def _values(decision: Decision, node: Node, units: Units) -> tuple[float, ...]:
    items = node.items if isinstance(node, Listing) else (node,)
    return _spread(decision, [number(decision, item, units) for item in items], node.at)


def number(decision: Decision, node: Node, units: Units) -> float:
    """A number in the decision's unit, written as in a model file: `18.1k`, `-2`, `$3k/month`."""
    own = in_number(decision.unit.text, one=False) or "the decision's own unit"
    text = node.text if isinstance(node, Scalar) else ""
    try:
        read = parse_text(text, units.words)
    except TextError as error:
        found = odd(text)
        hint = (found[3] if found else error.hint) or f"values are numbers in {own}"
        raise ModelError(Problem("a number is wanted here", node.at, hint)) from error
    negative = isinstance(read, Apply) and read.function == "neg"
    literal = read.arguments[0] if isinstance(read, Apply) and negative else read
    if not isinstance(literal, Literal):
        raise ModelError(Problem("a number is wanted here", node.at, f"values are numbers in {own}"))
    value = -literal.value if negative else literal.value
    if not literal.unit:
        return value
    unit = units.parse(literal.unit)
    if unit.dimension != decision.unit.dimension:
        hint = f"write a number in {own}, or leave the unit out"
        raise ModelError(Problem(f"`{decision.name}` is in {own}, not in {literal.unit}", node.at, hint))
    return value * unit.factor / decision.unit.factor


def units_of(system: System) -> Units:
    """The unit words of the variables; those of the model's own are what is not built in."""
    groups = (system.decisions, system.stocks, system.auxiliaries)
    names = {name for group in groups for item in group for name, _ in item.unit.dimension}
    return Units(sorted(names - {"time", "work", "money", "person"}))


def _spread(decision: Decision, numbers: Sequence[float], at: Position | None = None) -> tuple[float, ...]:
    if len(numbers) == 1:
        numbers = list(numbers) * decision.periods
    if len(numbers) != decision.periods:
        message = f"`{decision.name}` has {decision.periods} periods, but {len(numbers)} values are given"
        raise ModelError(Problem(message, at, "give one value per period, or one for all"))
    values = tuple(number * decision.unit.factor for number in numbers)
    for number, value in zip(numbers, values, strict=True):
        slack = 1e-9 * (1 + abs(value))
        if not (math.isfinite(value) and decision.low - slack <= value <= decision.high + slack):
            raise ModelError(_outside(decision, number, at))
        if decision.whole and abs(number - round(number)) > 1e-9:
            message = f"`{decision.name}` takes whole numbers, not {quantity(number, decision.unit.text)}"
            raise ModelError(Problem(message, at, f"write {math.floor(number)} or {math.ceil(number)}"))
    return values


def _outside(decision: Decision, value: float, at: Position | None) -> Problem:
    """What to say of a value in the decision's unit that is beyond its bounds."""
    unit = decision.unit.text
    low, high = decision.low / decision.unit.factor, decision.high / decision.unit.factor
    bounds = f"{bare(low, unit)} to {quantity(high, unit)}" if math.isfinite(high) else f"{quantity(low, unit)} or more"
    way, end = ("at least", low) if value < low else ("at most", high)
    message = f"{quantity(value, unit)} is outside the bounds of `{decision.name}`, {bounds}"
    hint = (
        f"write {way} {end:g}, or change in the model how far it may go" if math.isfinite(value) else "write a number"
    )
    return Problem(message, at, hint)
