"""A model's equations in words: for `check` a count, for `show` every line with its unit, origin and source."""

from __future__ import annotations

import math
import textwrap
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from leverwise.ask.schedules import duration
from leverwise.ask.words import in_number, number
from leverwise.errors import Lint, ModelError
from leverwise.lang.declarations import Origin
from leverwise.lang.system import Auxiliary, Decision, Stock, System, Unit, Value
from leverwise.report.numbers import citation, printable

Variable = Value | Decision | Stock | Auxiliary
_WIDTH = 100


def counts(system: System, sha256: str, warnings: Sequence[str] = (), lints: Sequence[Lint] = ()) -> dict[str, Any]:
    """What a sound model consists of, as plain data."""
    return {
        "question": "check",
        "ok": True,
        "model": {"name": system.name, "sha256": sha256},
        "problems": [],
        "warnings": list(warnings),
        "lints": [_lint(lint) for lint in lints],
        "levers": list(system.switches),
        "numbers": len(system.values),
        "uncertain": sum(value.drawn for value in system.values),
        "defaults": sum(value.origin.default for value in system.values),
        "decisions": [decision.name for decision in system.decisions],
        "stocks": sum(not stock.hidden for stock in system.stocks),
        "equations": len(system.auxiliaries),
        "steps": system.clock.steps + system.clock.tail,
    }


def _lint(lint: Lint) -> dict[str, Any]:
    return {
        "kind": lint.kind,
        "what": lint.message,
        "why": lint.why,
        "hint": lint.hint,
        "where": str(lint.at) if lint.at else None,
        "line": lint.at.line if lint.at else None,
        "column": lint.at.column if lint.at else None,
    }


def problems(error: ModelError) -> dict[str, Any]:
    """What is wrong with a model, as plain data: message, hint and place of each problem."""
    found = [
        {
            "message": problem.message,
            "hint": problem.hint or None,
            "file": problem.at.file if problem.at else None,
            "line": problem.at.line if problem.at else None,
            "column": problem.at.column if problem.at else None,
            "length": problem.at.length if problem.at else None,
        }
        for problem in error.problems
    ]
    return {"question": "check", "ok": False, "problems": found}


def summary(system: System, warnings: Sequence[str] = (), lints: Sequence[Lint] = ()) -> str:
    """One sentence that says that the model is sound and what it consists of; then what to think about."""
    found = counts(system, "")
    kinds = Counter(_mechanisms(system).values())
    named = f" ({', '.join(f'{count} {kind}' for kind, count in kinds.items())})" if kinds else ""
    parts = [
        _count(len(found["levers"]), "lever") + named,
        f"{_count(found['numbers'], 'number')} "
        f"({_count(found['uncertain'], 'range')}, {_count(found['defaults'], 'default')})",
        _count(len(found["decisions"]), "decision"),
        _count(found["stocks"], "stock"),
        _count(found["equations"], "equation"),
    ]
    sentence = f"{system.name} is sound: {', '.join(parts)}; {_times(system)}."
    lines = [*textwrap.wrap(sentence, _WIDTH), *(f"warning: {warning}" for warning in warnings)]
    for lint in lints:
        lines += ["", lint.render()]
    if lints:
        lines += [
            "",
            "It can be run as it is; `# sure` at the end of a line says that what stands there is meant.",
        ]
    return printable("\n".join(lines))


def _mechanisms(system: System) -> dict[str, str]:
    """The mechanism of each lever, by the lever's name."""
    found = {v.origin.lever: v.origin.mechanism for v in _variables(system) if v.origin.lever and v.origin.mechanism}
    return {lever: found[lever] for lever in system.switches if lever in found}


def text(system: System) -> str:
    """Every value, decision, stock and equation, by lever. Expressions are in base units: month, hour, $, person."""
    from leverwise.lang.render import text as written

    lines = [f"{system.name}: {system.about}" if system.about else system.name, sentence_of_time(system), ""]
    impact = Origin("per unit of time")
    lines += [*_heading("Impact"), *_equation("impact", written(system.impact), system.impact_unit, impact)]
    if system.final is not None:
        lines += _equation("final", written(system.final), system.impact_unit, Origin("at the end"))
    for title, place in _places(system):
        lines += ["", *_heading(title)]
        for variable in _variables(system):
            if _at(variable) == place:
                lines += _described(variable, system)
    if system.measures:
        lines += ["", *_heading("Measures")]
        for measure in system.measures:
            lines += _equation(measure.name, written(measure.value), measure.unit, Origin())
    return "\n".join(printable(line).rstrip() for line in lines) + "\n"


def _described(variable: Variable, system: System) -> list[str]:
    from leverwise.lang.render import text as written

    match variable:
        case Value():
            return _value(variable)
        case Decision():
            return _decision(variable, system)
        case Stock():
            lines = _equation(variable.name, written(variable.start), variable.unit, variable.origin, "starts at")
            return [*lines[:1], f"      changes by {written(variable.change)}", *lines[1:]]
        case Auxiliary():
            return _equation(variable.name, written(variable.value), variable.unit, variable.origin)


def sources(system: System) -> str:
    """The sources that the model rests on, each with the variables that it stands behind."""
    behind: dict[str, list[str]] = {}
    for variable in _variables(system):
        if variable.origin.source:
            behind.setdefault(variable.origin.source, []).append(variable.name)
    if not behind:
        return "No variable of this model names a source.\n"
    lines: list[str] = []
    for source, names in sorted(behind.items()):
        lines += textwrap.wrap(printable(source), _WIDTH)
        lines += textwrap.wrap(", ".join(names), _WIDTH, initial_indent="    ", subsequent_indent="    ")
    return "\n".join(lines) + "\n"


def sentence_of_time(system: System) -> str:
    """How long the model runs and in what steps."""
    return _times(system)[:1].upper() + _times(system)[1:] + "."


def _times(system: System) -> str:
    clock = system.clock
    unit, factor = clock.unit.text, clock.unit.factor
    horizon, step = clock.steps * clock.step / factor, clock.step / factor
    tail = f", {duration(clock.tail * clock.step / factor, unit)} of tail" if clock.tail else ""
    return f"{duration(horizon, unit)} in steps of {duration(step, unit)}{tail}, {clock.method}"


def _count(many: int, noun: str) -> str:
    return f"{many} {noun}{'' if many == 1 else 's'}"


def _variables(system: System) -> Iterator[Variable]:
    yield from system.values
    yield from system.decisions
    yield from (stock for stock in system.stocks if not stock.hidden)
    yield from system.auxiliaries


def _at(variable: Variable) -> tuple[str, str]:
    return (variable.origin.mechanism, variable.origin.lever)


def _places(system: System) -> list[tuple[str, tuple[str, str]]]:
    """Headings with the (mechanism, lever) they stand for: the author's own lines, the enterprise, then each lever."""
    found = list(dict.fromkeys(_at(variable) for variable in _variables(system)))
    order = {lever: index for index, lever in enumerate(system.switches)}
    found.sort(key=lambda place: (bool(place[1]), order.get(place[1], -1), place[0] != ""))
    return [(_place(*place), place) for place in found]


def _place(mechanism: str, lever: str) -> str:
    if lever:
        return f"{lever} ({mechanism})" if mechanism else lever
    return "The enterprise" if mechanism else "The model's own"


def _heading(title: str) -> list[str]:
    return [title, "-" * len(title)]


def _value(value: Value) -> list[str]:
    known = "default" if value.origin.default else "given" if value.origin.given else "not given"
    return _line(f"{value.name}: {value.text}", "", value.origin, known)


def _decision(decision: Decision, system: System) -> list[str]:
    unit = decision.unit
    high = f"to {number(decision.high / unit.factor)}" if math.isfinite(decision.high) else "and more"
    period = decision.steps_per_period * system.clock.step / system.clock.unit.factor
    parts = [
        f"{decision.name}: decided every {duration(period, system.clock.unit.text)}",
        f"{number(decision.low / unit.factor)} {high} {in_number(unit.text, one=False)}".rstrip(),
        "whole" if decision.whole else "",
        "frozen" if decision.frozen else "",
    ]
    return _line(", ".join(filter(None, parts)), "", decision.origin)


def _equation(name: str, expression: str, unit: Unit, origin: Origin, sign: str = "=") -> list[str]:
    return _line(f"{name} {sign} {expression}", unit.text, origin)


def _line(body: str, unit: str, origin: Origin, known: str = "") -> list[str]:
    """What it is, and below it what there is to say about it: unit, meaning, origin, source in short."""
    indent = " " * 6
    lines = textwrap.wrap(
        body, _WIDTH, break_long_words=False, break_on_hyphens=False, initial_indent="  ", subsequent_indent=indent
    )
    known = ", ".join(filter(None, (known, citation(origin.source))))
    more = " ".join(filter(None, (f"[{unit}]" if unit else "", origin.about, f"({known})" if known else "")))
    return lines + textwrap.wrap(more, _WIDTH, initial_indent=indent + "# ", subsequent_indent=indent + "# ")
