"""What a mechanism file asks of its parameters together: comparisons such as `churn > invite`, one of several given.

Comparisons are looked at in a small system of all numbers of the model. At the middle of every range one must hold,
else the model is refused; where it fails only at an end of a range, or is marked `warn`, the answers carry a warning,
which says so if it fails in some draws only.
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches

from leverwise import lang
from leverwise.errors import ModelError, Position, Problem
from leverwise.lang.declarations import (
    Declarations,
    EquationDeclaration,
    Term,
    TimeDeclaration,
    ValueDeclaration,
    Written,
)
from leverwise.lang.distributions import typical
from leverwise.lang.evaluate import NotConstantError, evaluate
from leverwise.lang.syntax import TextError, parse
from leverwise.lang.system import System
from leverwise.model.document import plain_name
from leverwise.model.facts import Facts
from leverwise.model.fields import Findings, flag, split_indices
from leverwise.model.levers import Lever
from leverwise.model.mechanism import Check, Mechanism
from leverwise.units import Units

_COUNTED = re.compile(r"\s*((?:[\d.]+[kMB]?\s+to\s+)?[\d.]+[kMB]?\s+)([^\W\d]\w*)\s*")
"""A number or a range, and a word behind it."""
CLOSE = 0.75
"""A word so near to a unit is that unit misspelt."""
MANY_ENDS = 8
"""With more ranges in one comparison than this, only all low ends and all high ends are tried."""


@dataclass(frozen=True)
class _Question:
    """One comparison in one place: the numbers that it reads, by their full names."""

    check: Check
    scope: str
    lever: Lever | None
    used: tuple[ValueDeclaration, ...]

    @property
    def given(self) -> ValueDeclaration | None:
        """The first of the numbers that the author wrote."""
        return next((value for value in self.used if value.origin.given), None)


def look(
    base: Mechanism,
    levers: tuple[Lever, ...],
    given: Mapping[str, ValueDeclaration],
    others: Iterable[ValueDeclaration],
    units: tuple[Written, ...],
    facts: Facts,
    findings: Findings,
) -> Iterator[str]:
    """Warnings for what is odd or may fail; what is impossible goes to `findings`."""
    values = {name.removesuffix(".given"): replace(v, name=name.removesuffix(".given")) for name, v in given.items()}
    findings.problems.extend(_nothing_given(levers))
    findings.problems.extend(_needless_units(values.values(), units))
    questions = [*_of_base(base, values, facts), *_of_levers(levers, values)]
    small = _small_system(questions, (*values.values(), *others), units, facts)
    if small is None:
        return
    for number, question in enumerate(questions):
        outcome = _outcome(f"check{number}", question, small)
        if outcome == "holds":
            continue
        message, at, hint = _words(question)
        if not flag(question.check.warn) and outcome != "may fail":
            findings.problems.append(Problem(message, at, hint))
        else:
            may = "" if outcome == "always fails" else "in some draws "
            yield f"{at}: {may}{message}" if at else may + message


def _nothing_given(levers: tuple[Lever, ...]) -> Iterator[Problem]:
    """Levers that have none of several parameters of which one is needed."""
    for lever in levers:
        for check in lever.mechanism.checks:
            names = [name.text for name in check.one_of or ()]
            if names and lever.holds(check.when) and not any(plain_name(name) in lever.given for name in names):
                known = ", ".join(f"`{name}`" for name in names)
                message = f"the lever `{lever.key}` {_line(check.message.text)}"
                yield Problem(message, lever.kind.at, _line(str(check.hint or "")) or f"add one of {known}")
                break


def _needless_units(values: Iterable[ValueDeclaration], units: tuple[Written, ...]) -> Iterator[Problem]:
    """Plain numbers with a word behind them that is no unit, where none is needed: `seats: 1 seat`."""
    known = Units([unit.text for unit in units]).words
    for value in values:
        found = _COUNTED.fullmatch(value.value.text) if value.origin.given else None
        if found is None or value.value.at is None or value.unit not in ("1", *value.understood):
            continue
        word, plain = found[2], found[1].rstrip()
        if get_close_matches(word, known, 1, CLOSE) or not _means_nothing(value.value.text, known):
            continue
        at = value.value.at.shifted(found.start(2), len(word))
        key = value.called.rpartition(".")[2]
        yield Problem(f"`{word}` is not a unit", at, f"the number is enough: write `{key}: {plain}`")


def _means_nothing(text: str, known: frozenset[str]) -> bool:
    """Whether the text can't be read for a word that is no unit, and that is not how units are spelt elsewhere."""
    try:
        parse(text, known)
    except TextError as error:
        return error.hint.startswith(("declare it", "did you mean"))
    return False


def _of_base(base: Mechanism, values: Mapping[str, ValueDeclaration], facts: Facts) -> Iterator[_Question]:
    for check in base.checks:
        sets = [facts.sets[name.text] for name in check.each or ()]
        for members in itertools.product(*sets):
            scope = ".".join(members)
            used = _used(base, check, scope, values)
            if any(value.origin.given for value in used):
                yield _Question(check, scope, None, used)


def _of_levers(levers: tuple[Lever, ...], values: Mapping[str, ValueDeclaration]) -> Iterator[_Question]:
    for lever in levers:
        for check in lever.mechanism.checks:
            asked = check.require is not None and lever.holds(check.when)
            used = _used(lever.mechanism, check, lever.name, values) if asked else ()
            if used:
                yield _Question(check, lever.name, lever, used)


def _used(
    mechanism: Mechanism, check: Check, scope: str, values: Mapping[str, ValueDeclaration]
) -> tuple[ValueDeclaration, ...]:
    """The numbers that a comparison names: the scope's own, else the model's, else that of every member.

    None at all if the model lacks one of them: then there is nothing to compare.
    """
    found: dict[str, ValueDeclaration] = {}
    parameters = {split_indices(key)[0] for key in mechanism.parameters}
    for name in re.findall(r"[A-Za-z_]\w*", check.require.text if check.require else ""):
        known = [full for full in (f"{scope}.{name}", name) if full in values][:1]
        known = known or [full for full, v in values.items() if full.endswith(f".{name}") and not v.origin.lever]
        if name in parameters and not known:
            return ()
        found.update((full, values[full]) for full in known)
    return tuple(found.values())


def _small_system(
    questions: list[_Question], values: tuple[ValueDeclaration, ...], units: tuple[Written, ...], facts: Facts
) -> System | None:
    """A system of the numbers and one equation per comparison; None where the numbers themselves are wrong."""
    month = Written("1 month")
    equations = tuple(
        EquationDeclaration(
            f"check{number}",
            (Term(Written(f"if {question.check.require} then 1 else 0", None, question.scope)),),
        )
        for number, question in enumerate(questions)
    )
    small = Declarations(
        "checks",
        TimeDeclaration(month, month),
        units=units,
        sets={**facts.sets, **facts.local},
        values=values,
        equations=equations,
        impact=Written("0"),
    )
    try:
        return lang.build(small)
    except ModelError:
        return None


def _outcome(name: str, question: _Question, system: System) -> str:
    """Whether the comparison holds at the middle of all ranges and at their ends.

    It `holds`, `may fail` at an end only, `fails` in the middle but not at every end, or `always fails`.
    """
    ends = {value.name: typical(value.distribution) for value in system.values}
    middle = {value.name: _middle(value.distribution.family, *ends[value.name]) for value in system.values}
    used = [value.name for value in question.used if value.name in ends and ends[value.name][0] < ends[value.name][1]]
    if used and flag(question.check.fixed):
        return "holds"
    corners: Iterable[tuple[float, ...]] = itertools.product(*(ends[value] for value in used))
    if len(used) > MANY_ENDS:
        corners = [tuple(ends[value][side] for value in used) for side in (0, 1)]
    try:
        fails = _holds(name, system, middle) == 0
        if not fails and flag(question.check.middle):
            return "holds"
        kept = [_holds(name, system, {**middle, **dict(zip(used, corner, strict=True))}) for corner in corners]
    except (NotConstantError, LookupError):
        return "holds"
    if fails:
        return "fails" if any(kept) else "always fails"
    return "holds" if all(kept) else "may fail"


def _middle(family: str, low: float, high: float) -> float:
    """The middle of a range: of a lognormal one the middle of its orders of magnitude, which is its median."""
    return math.sqrt(low * high) if family == "lognormal" else (low + high) / 2


def _holds(name: str, system: System, numbers: dict[str, float]) -> float:
    """1 or 0: the comparison with these numbers. Raises NotConstantError where it hangs on more than numbers."""
    for item in system.auxiliaries:
        if item.name == name:
            return evaluate(item.value, numbers)
        if not item.name.startswith("check"):
            numbers = {**numbers, item.name: evaluate(item.value, numbers)}
    raise LookupError(name)


def _words(question: _Question) -> tuple[str, Position | None, str]:
    check, value = question.check, question.given
    message = _line(check.message.text)
    at = value.value.at if value else None
    if value is not None:
        message = message.replace("{of}", f"`{value.called or value.name}`")
    if question.lever is not None:
        message = f"in the lever `{question.lever.key}` {message}"
        at = at or question.lever.kind.at
    return message, at, _line(str(check.hint or ""))


def _line(text: str) -> str:
    return " ".join(text.split())
