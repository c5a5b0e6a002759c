"""A model's equations in words: for `check` a count, for `show` every line with its unit, origin and source."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterator, Sequence
from typing import Any

from leverwise.errors import ModelError
from leverwise.lang.system import Auxiliary, Decision, Measure, Stock, System, Unit, Value
from leverwise.report.numbers import human, printable, quantity

Variable = Value | Decision | Stock | Auxiliary
_WIDTH = 100
_NAME = 30


def counts(system: System, sha256: str, warnings: Sequence[str] = ()) -> dict[str, Any]:
    """What a sound model consists of, as plain data."""
    return {
        "question": "check",
        "ok": True,
        "model": {"name": system.name, "sha256": sha256},
        "problems": [],
        "warnings": list(warnings),
        "levers": list(system.switches),
        "numbers": len(system.values),
        "uncertain": sum(value.drawn for value in system.values),
        "defaults": sum(value.origin.default for value in system.values),
        "decisions": [decision.name for decision in system.decisions],
        "stocks": sum(not stock.hidden for stock in system.stocks),
        "equations": len(system.auxiliaries),
        "steps": system.clock.steps + system.clock.tail,
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


def summary(system: System, warnings: Sequence[str] = ()) -> str:
    """One sentence that says that the model is sound and what it consists of; then what to think about."""
    found = counts(system, "")
    parts = [
        _count(len(found["levers"]), "lever"),
        f"{_count(found['numbers'], 'number')} ({found['uncertain']} uncertain, {found['defaults']} defaults)",
        _count(len(found["decisions"]), "decision"),
        _count(found["stocks"], "stock"),
        _count(found["equations"], "equation"),
    ]
    sentence = f"{system.name} is sound: {', '.join(parts)}; {_times(system)}."
    return printable("\n".join([*textwrap.wrap(sentence, _WIDTH), *(f"warning: {warning}" for warning in warnings)]))


def text(system: System) -> str:
    """Every value, decision, stock and equation, by lever. Expressions are in base units: month, hour, $, person."""
    from leverwise.lang.render import text as written

    lines = [f"{system.name}: {system.about}" if system.about else system.name, sentence_of_time(system), ""]
    lines += [*_heading("Impact"), *_equation("impact", written(system.impact), system.impact_unit, "per unit of time")]
    if system.final is not None:
        lines += _equation("final", written(system.final), system.impact_unit, "at the end")
    for title, place in _places(system):
        lines += ["", *_heading(title)]
        lines += [line for value in system.values if _at(value) == place for line in _value(value)]
        lines += [
            line for decision in system.decisions if _at(decision) == place for line in _decision(decision, system)
        ]
        for stock in system.stocks:
            if _at(stock) == place and not stock.hidden:
                lines += _equation(stock.name, written(stock.start), stock.unit, stock.origin.about, sign="starts at")
                lines += _equation("", written(stock.change), Unit(), "", sign="changes by")
        for auxiliary in system.auxiliaries:
            if _at(auxiliary) == place:
                lines += _equation(auxiliary.name, written(auxiliary.value), auxiliary.unit, auxiliary.origin.about)
    if system.measures:
        lines += ["", *_heading("Measures")]
        lines += [line for measure in system.measures for line in _measure(measure, written(measure.value))]
    return "\n".join(printable(line).rstrip() for line in lines) + "\n"


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
    unit, factor = clock.unit.text or "time units", clock.unit.factor
    horizon, step = clock.steps * clock.step / factor, clock.step / factor
    tail = f", {quantity(clock.tail * clock.step / factor, unit)} of tail" if clock.tail else ""
    return f"{quantity(horizon, unit)} in steps of {quantity(step, unit)}{tail}, {clock.method}"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _variables(system: System) -> Iterator[Variable]:
    yield from system.values
    yield from system.decisions
    yield from system.stocks
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
    known = "default" if value.origin.default else "given"
    more = "; ".join(
        filter(None, (value.origin.about, f"{known}, {value.origin.source}" if value.origin.source else known))
    )
    return _line(value.name, value.text, more)


def _decision(decision: Decision, system: System) -> list[str]:
    unit = decision.unit
    high = human(decision.high / unit.factor) if math.isfinite(decision.high) else "no limit"
    period = decision.steps_per_period * system.clock.step / system.clock.unit.factor
    parts = [
        f"decided every {quantity(period, system.clock.unit.text)}, {human(decision.low / unit.factor)} to {high}",
        unit.text,
        "whole" if decision.whole else "",
        "frozen" if decision.frozen else "",
    ]
    return _line(decision.name, ", ".join(filter(None, parts)), decision.origin.about)


def _measure(measure: Measure, expression: str) -> list[str]:
    return _equation(measure.name, expression, measure.unit, "")


def _equation(name: str, expression: str, unit: Unit, about: str, sign: str = "=") -> list[str]:
    return _line(name, f"{sign} {expression}", "; ".join(filter(None, (f"[{unit.text}]" if unit.text else "", about))))


def _line(name: str, body: str, more: str) -> list[str]:
    """A name, what it is, and below it what there is to say about it."""
    indent = " " * (_NAME + 4)
    wrapped = textwrap.wrap(body, _WIDTH - len(indent), break_long_words=False, subsequent_indent="  ") or [""]
    lines = [f"  {name:<{_NAME}}  {wrapped[0]}"] if len(name) <= _NAME else [f"  {name}", indent + wrapped[0]]
    lines += [indent + line for line in wrapped[1:]]
    return lines + _indented(more, indent)


def _indented(text_: str, indent: str) -> list[str]:
    return [indent + "# " + line for line in textwrap.wrap(text_, _WIDTH - len(indent) - 2)]
