"""The plain layer: what the author declares by name, as declarations."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from collections.abc import Mapping as MappingType
from dataclasses import dataclass, field

from leverwise.errors import Problem, did_you_mean
from leverwise.lang.declarations import (
    Correlation,
    DecisionDeclaration,
    EquationDeclaration,
    Origin,
    PlanDeclaration,
    StockDeclaration,
    Term,
    TimeDeclaration,
    ValueDeclaration,
    Written,
)
from leverwise.model.document import Mapping, Node, Scalar, kind_of, shorten
from leverwise.model.fields import INDEXED, Findings, flag, split_indices
from leverwise.model.schema import Decision, Equation, ModelFile, Stock, Value
from leverwise.units import UnitError, own_unit_problem, parse_unit

TAIL = "12 months"
Sets = MappingType[str, tuple[str, ...]]


@dataclass
class Plain:
    """Declarations of the plain layer."""

    values: list[ValueDeclaration] = field(default_factory=list)
    decisions: list[DecisionDeclaration] = field(default_factory=list)
    stocks: list[StockDeclaration] = field(default_factory=list)
    equations: list[EquationDeclaration] = field(default_factory=list)
    correlations: list[Correlation] = field(default_factory=list)
    names: list[tuple[str, Scalar]] = field(default_factory=list)
    """Every declared name with its key, subscripts written out."""


def schedule(node: Node, findings: Findings) -> tuple[tuple[Written, Written], ...]:
    """A schedule as (time, value) pairs; a single value holds from the start."""
    if isinstance(node, Scalar) and not node.empty:
        return ((Written("0"), node.written()),)
    if isinstance(node, Mapping) and node.entries:
        pairs = []
        for time, value in node.entries:
            if not isinstance(value, Scalar) or value.empty:
                findings.problems.append(
                    Problem(f"a value is wanted at `{shorten(time.text)}`, not {kind_of(value)}", value.at)
                )
            else:
                pairs.append((time.written(), value.written()))
        return tuple(pairs)
    hint = "write a value, or {0 months: 1, 6 months: 3}"
    findings.problems.append(Problem(f"a schedule is wanted here, not {kind_of(node)}", node.at, hint))
    return ()


def read_plain(model: ModelFile, document: Mapping, sets: Sets, findings: Findings) -> Plain:
    """The plain layer of a checked model file; `sets` are all sets that subscripts may name."""
    plain = Plain()
    for key, name, indices in _declared(document, "values", sets, findings):
        value = (model.values or {})[key.text]
        for members in itertools.product(*(sets[index] for index in indices)):
            text = _value_text(value, key, members, findings)
            if text is not None:
                plain.values.append(_value(".".join((*members, name)), value, text))
                plain.names.append((".".join((*members, name)), key))
    for key, name, indices in _declared(document, "decisions", sets, findings):
        decision = (model.decisions or {})[key.text]
        use = schedule(decision.use, findings) if decision.use is not None else ()
        for members in itertools.product(*(sets[index] for index in indices)):
            plain.decisions.append(_decision(".".join((*members, name)), decision, use))
            plain.names.append((".".join((*members, name)), key))
    for key, name, indices in _declared(document, "stocks", sets, findings):
        plain.stocks.append(_stock(name, indices, (model.stocks or {})[key.text]))
        plain.names += [(".".join((*m, name)), key) for m in itertools.product(*(sets[index] for index in indices))]
    for key, name, indices in _declared(document, "equations", sets, findings):
        plain.equations.append(_equation(name, indices, (model.equations or {})[key.text]))
        plain.names += [(".".join((*m, name)), key) for m in itertools.product(*(sets[index] for index in indices))]
    for item in model.correlate or ():
        first, second = item.between
        plain.correlations.append(Correlation(first.written(), second.written(), item.rank.written()))
    return plain


def check_units(units: Iterable[Scalar], own: Iterable[str], findings: Findings) -> None:
    """Report every text that is no unit, given the model's own units."""
    known = [name for name in dict.fromkeys(own) if not own_unit_problem(name)]
    for unit in units:
        try:
            parse_unit(unit.text, known)
        except UnitError as error:
            at = unit.at.shifted(error.offset) if error.offset else unit.at
            hint = error.hint or did_you_mean(unit.text, known)
            findings.problems.append(Problem(str(error), at, hint or "declare units of your own under `units:`"))


def units_in(model: ModelFile) -> Iterator[Scalar]:
    """Every unit that the plain layer states."""
    groups = (model.values, model.decisions, model.stocks, model.equations, model.series)
    for group in groups:
        for item in (group or {}).values():
            if item.unit is not None:
                yield item.unit
    if model.impact is not None and model.impact.unit is not None:
        yield model.impact.unit


def read_sets(model: ModelFile, document: Mapping, taken: Sets, findings: Findings) -> dict[str, tuple[str, ...]]:
    """The author's own sets."""
    sets: dict[str, tuple[str, ...]] = {}
    section = document.get("sets")
    for key, _ in section.entries if isinstance(section, Mapping) else ():
        name = "_".join(key.text.split())
        if name in taken or name in sets:
            findings.problems.append(Problem(f"there is a set called `{name}` already", key.at, "rename it"))
            continue
        if not INDEXED.match(key.text) or "[" in key.text or "." in key.text:
            findings.problems.append(Problem(f"`{shorten(key.text)}` cannot name a set", key.at, "use letters"))
            continue
        members: list[str] = []
        for item in (model.sets or {})[key.text]:
            member = "_".join(item.text.split())
            if member in members:
                findings.problems.append(Problem(f"`{item}` stands twice in the set", item.at, "once is enough"))
            else:
                members.append(member)
        sets[name] = tuple(members)
    return sets


def read_time(model: ModelFile, enterprise: bool) -> TimeDeclaration:
    """The clock. An enterprise has a tail of a year unless the model says otherwise or states a final value."""
    time = model.time
    method = time.method.text if time.method else "heun"
    tail = time.tail.written() if time.tail else None
    if tail is None and enterprise and (model.impact is None or model.impact.final is None):
        tail = Written(TAIL)
    return TimeDeclaration(
        time.step.written(),
        time.horizon.written(),
        tail,
        "euler" if method == "euler" else "rk4" if method == "rk4" else "heun",
        time.tail is not None,
    )


def read_plan(model: ModelFile) -> PlanDeclaration:
    """What is to be planned."""
    plan = model.plan
    if plan is None:
        return PlanDeclaration()
    return PlanDeclaration(
        _maybe(plan.objective),
        tuple(text.written() for text in plan.subject_to or ()),
        _maybe(plan.every),
        _maybe(plan.confidence),
        _maybe(plan.budget),
        tuple(text.written() for text in plan.react or ()),
        _maybe(plan.begins),
        tuple(text.written() for text in plan.either or ()),
    )


def _declared(
    document: Mapping, section: str, sets: Sets, findings: Findings
) -> list[tuple[Scalar, str, tuple[str, ...]]]:
    """(key, name, sets) of a section's entries whose keys are good."""
    node = document.get(section)
    good = []
    for key, _ in node.entries if isinstance(node, Mapping) else ():
        if not INDEXED.match(key.text):
            hint = "names are letters, digits, `_` and single spaces; subscripts are sets: `cost[channel]`"
            findings.problems.append(Problem(f"`{shorten(key.text)}` cannot be a name", key.at, hint))
            continue
        name, indices = split_indices(key.text)
        unknown = [index for index in indices if index not in sets]
        if unknown:
            hint = did_you_mean(unknown[0], sets) or (f"sets: {', '.join(sets)}" if sets else "declare it in `sets:`")
            findings.problems.append(Problem(f"there is no set `{unknown[0]}`", key.at, hint))
            continue
        good.append((key, name, indices))
    return good


def _value_text(value: Value, key: Scalar, members: tuple[str, ...], findings: Findings) -> Scalar | None:
    if value.value is not None and value.by is None:
        return value.value
    if value.value is not None or value.by is None or not members:
        hint = "write `name: 5 to 7`, or `name: {is: 5 to 7}`; `by: {member: ...}` is for subscripted values"
        findings.problems.append(Problem(f"`{key}` needs a value", key.at, hint))
        return None
    wanted = ".".join(members)
    for name, text in value.by.items():
        if "_".join(name.split()) == wanted:
            return text
    findings.problems.append(Problem(f"`{key}` has no value for `{wanted}`", key.at, f"add `{wanted}: ...`"))
    return None


def _value(name: str, value: Value, text: Scalar) -> ValueDeclaration:
    return ValueDeclaration(
        name,
        text.written(),
        value.unit.text if value.unit else "",
        (),
        _number(value.low),
        _number(value.high),
        Origin(_line(value.about), "", "", _line(value.source)),
    )


def _decision(name: str, item: Decision, use: tuple[tuple[Written, Written], ...]) -> DecisionDeclaration:
    return DecisionDeclaration(
        name,
        item.unit.text if item.unit else "",
        (),
        _maybe(item.low),
        _maybe(item.high),
        _maybe(item.every),
        _maybe(item.start),
        use,
        flag(item.frozen),
        flag(item.whole),
        "hold" if item.after is not None and item.after.text == "hold" else "zero",
        "",
        _maybe(item.costs),
        flag(item.lump),
        flag(item.hours),
        Origin(_line(item.about)),
    )


def _stock(name: str, indices: tuple[str, ...], item: Stock) -> StockDeclaration:
    nudge = item.nudge.text if item.nudge else name
    return StockDeclaration(
        name,
        item.start.written(),
        item.change.written(),
        indices,
        item.unit.text if item.unit else "",
        _number(item.low),
        _number(item.high),
        "",
        "" if nudge.lower() in ("no", "false") else nudge,
        Origin(_line(item.about), "", "", _line(item.source)),
    )


def _equation(name: str, indices: tuple[str, ...], item: Equation) -> EquationDeclaration:
    return EquationDeclaration(
        name,
        (Term(item.value.written(), indices),),
        "is",
        indices,
        item.unit.text if item.unit else "",
        _number(item.low),
        _number(item.high),
        Origin(_line(item.about), "", "", _line(item.source)),
    )


def _maybe(text: Scalar | None) -> Written | None:
    return text.written() if text is not None else None


def _number(scalar: Scalar | None) -> float | None:
    return float(scalar.text) if scalar is not None else None


def _line(text: Scalar | None) -> str:
    return " ".join(text.text.split()) if text is not None else ""
