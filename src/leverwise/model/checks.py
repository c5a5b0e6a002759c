"""Comparisons of parameters that a mechanism file asks for, such as `churn > invite`.

They are looked at in a small system of the parameters that they name: at the middle of every range a comparison must
hold, else the model is refused; where it fails only at an end of a range, the answers carry a warning.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping

from leverwise import lang
from leverwise.errors import ModelError, Problem
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
from leverwise.model.document import plain_name
from leverwise.model.fields import Findings
from leverwise.model.levers import Lever
from leverwise.model.mechanism import Check

RESULT = "check_holds"


def look(
    levers: tuple[Lever, ...], values: Mapping[str, ValueDeclaration], units: tuple[Written, ...], findings: Findings
) -> Iterator[str]:
    """Warnings for comparisons that may fail; those that fail go to `findings`."""
    for lever in levers:
        for check in lever.mechanism.checks:
            outcome = _outcome(check, lever, values, units)
            message = " ".join(check.message.text.split())
            if outcome == "fails":
                node = next((lever.given[name] for name in _names(check) if name in lever.given), None)
                findings.problems.append(
                    Problem(f"in the lever `{lever.key}` {message}", node.at if node else lever.kind.at)
                )
            elif outcome == "may fail":
                yield f"in the lever `{lever.key}` some draws break a rule: {message}"


def _outcome(check: Check, lever: Lever, values: Mapping[str, ValueDeclaration], units: tuple[Written, ...]) -> str:
    declared = {}
    for name in _names(check):
        value = values.get(f"{lever.name}.{name}") or values.get(f"{lever.name}.{name}.given") or values.get(name)
        if value is not None:
            declared[f"{lever.name}.{name}"] = value
    chosen = tuple(
        ValueDeclaration(name, value.value, value.unit, value.understood, origin=value.origin)
        for name, value in declared.items()
    )
    month = Written("1 month")
    rule = EquationDeclaration(RESULT, (Term(Written(f"if {check.require.text} then 1 else 0", None, lever.name)),))
    small = Declarations(
        RESULT, TimeDeclaration(month, month), units=units, values=chosen, equations=(rule,), impact=Written("0")
    )
    try:
        system = lang.build(small)
        expression = next(item.value for item in system.auxiliaries if item.name == RESULT)
        ends = {value.name: typical(value.distribution) for value in system.values}
        middle = evaluate(expression, {name: (low + high) / 2 for name, (low, high) in ends.items()})
        corners = [
            evaluate(expression, dict(zip(ends, corner, strict=True))) for corner in itertools.product(*ends.values())
        ]
    except (ModelError, NotConstantError, StopIteration):
        return "unknown"
    return "fails" if middle == 0 else "may fail" if 0 in corners else "holds"


def _names(check: Check) -> list[str]:
    return [plain_name(name) for name in re.findall(r"[A-Za-z_]\w*", check.require.text)]
