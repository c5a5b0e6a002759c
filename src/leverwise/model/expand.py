"""The one crossing from levers to equations: base.yaml and each lever's mechanism file become declarations.

Nothing is parsed here: texts go through as written, with the lever as their scope. What the model file makes of sets,
parameters and conditions decides which of them are there.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from leverwise.errors import Problem, did_you_mean
from leverwise.lang.declarations import (
    DecisionDeclaration,
    EquationDeclaration,
    MeasureDeclaration,
    Origin,
    StockDeclaration,
    Term,
    ValueDeclaration,
    Written,
)
from leverwise.model import parameters
from leverwise.model.document import Mapping, Scalar, plain_name, shorten
from leverwise.model.facts import CHORES, Facts
from leverwise.model.fields import Findings, flag, split_indices
from leverwise.model.levers import Lever
from leverwise.model.mechanism import (
    COEFFICIENTS,
    DecisionEntry,
    EquationEntry,
    Mechanism,
    StockEntry,
    cited,
)
from leverwise.model.parameters import Given
from leverwise.model.plain import schedule

LEAST_FACTOR = 1e-6
"""What may multiply a coefficient that must stay above 0."""


@dataclass
class Parts:
    """Declarations while they are being collected."""

    values: dict[str, ValueDeclaration] = field(default_factory=dict)
    decisions: list[DecisionDeclaration] = field(default_factory=list)
    stocks: list[StockDeclaration] = field(default_factory=list)
    equations: list[EquationDeclaration] = field(default_factory=list)
    measures: list[MeasureDeclaration] = field(default_factory=list)
    capacities: list[tuple[str, str]] = field(default_factory=list)
    record: list[str] = field(default_factory=list)
    impact: Written | None = None


def expand(base: Mechanism, document: Mapping, levers: tuple[Lever, ...], facts: Facts, findings: Findings) -> Parts:
    """The declarations of the enterprise and of all levers. Problems go to `findings`."""
    parts = Parts()
    ground = parameters.of_base(base, document, facts, findings)
    instances = [parameters.of_lever(lever, facts) for lever in levers]
    for given in (ground, *instances):
        parts.values.update((value.name, value) for value in given.values)
    for worker in facts.sets["worker"]:
        may = "1" if (worker, CHORES) in facts.may else "0"
        origin = Origin("Whether this worker may do chores: 1 or 0, as the model says.", "base", given=False)
        name = f"{worker}.does_chores"
        parts.values[name] = ValueDeclaration(name, Written(may), "1", origin=origin)
    _add_variables(parts, ground, None, facts)
    for lever, given in zip(levers, instances, strict=True):
        _add_variables(parts, given, lever, facts)
        _add_decisions(parts, given, lever, facts, findings)
    terms = _terms_of_ports(base, ground, levers, instances, facts, findings)
    parts.equations += _ports(base, terms, facts)
    _multiply_coefficients(parts, base, levers, instances, facts, findings)
    _finish(parts, base, facts)
    return parts


def _add_variables(parts: Parts, given: Given, lever: Lever | None, facts: Facts) -> None:
    """Stocks, equations and measures of one instance."""
    mechanism, scope = given.mechanism, given.scope
    for key, choices in mechanism.stocks.items():
        for item in choices:
            if given.holds(item.when):
                parts.stocks.append(_stock(key, item, mechanism, scope, facts))
    for key, alternatives in mechanism.equations.items():
        for equation in alternatives:
            if given.holds(equation.when):
                parts.equations.append(_equation(key, equation, mechanism, scope, facts))
    for key, measures in mechanism.measures.items():
        for measure in measures:
            if given.holds(measure.when):
                origin = Origin(_line(measure.about), mechanism.name, scope)
                unit = facts.fill(measure.unit.text) if measure.unit else ""
                name = _scoped(scope, plain_name(key))
                parts.measures.append(MeasureDeclaration(name, _written(measure.value, scope, facts), unit, origin))


def _stock(key: str, item: StockEntry, mechanism: Mechanism, scope: str, facts: Facts) -> StockDeclaration:
    name, indices = split_indices(key)
    return StockDeclaration(
        _scoped(scope, name),
        _written(item.start, scope, facts),
        _written(item.change, scope, facts),
        indices or _indices(item.indices),
        facts.fill(item.unit.text),
        _number(item.low),
        _number(item.high),
        scope,
        item.nudge.text if item.nudge else "",
        _origin(item, mechanism, scope),
    )


def _equation(key: str, item: EquationEntry, mechanism: Mechanism, scope: str, facts: Facts) -> EquationDeclaration:
    name, indices = split_indices(key)
    indices = indices or _indices(item.indices)
    return EquationDeclaration(
        _scoped(scope, name),
        (Term(_written(item.value, scope, facts), indices),),
        "is",
        indices,
        facts.fill(item.unit.text) if item.unit else "",
        _number(item.low),
        _number(item.high),
        _origin(item, mechanism, scope),
    )


def _add_decisions(parts: Parts, given: Given, lever: Lever, facts: Facts, findings: Findings) -> None:
    """The lever's decisions, with the schedule that its `use` asks for."""
    active: dict[str, DecisionEntry] = {}
    for key, choices in lever.mechanism.decisions.items():
        for item in choices:
            if given.holds(item.when):
                active[plain_name(key)] = item
    uses = _uses(lever, tuple(active), findings)
    for name, item in active.items():
        understood = item.understood
        for text in (item.low, item.high):
            parameter = next(
                (p for key, p in lever.mechanism.parameters.items() if text and plain_name(key) == text.text), None
            )
            understood = understood or (parameter.understood if parameter else None)
        parts.decisions.append(
            DecisionDeclaration(
                f"{lever.name}.{name}",
                facts.fill(item.unit.text),
                tuple(part.text for part in understood or ()),
                _limit(item.low, given, facts),
                _limit(item.high, given, facts),
                _limit(item.every, given, facts),
                _limit(item.start, given, facts),
                uses.get(name, ()),
                flag(item.frozen),
                flag(item.whole),
                "hold" if item.after is not None and item.after.text == "hold" else "zero",
                lever.name,
                _written(item.costs, lever.name, facts) if item.costs else None,
                flag(item.lump),
                flag(item.hours),
                _origin(item, lever.mechanism, lever.name),
            )
        )


def _limit(text: Scalar | None, given: Given, facts: Facts) -> Written | None:
    """A limit of a decision: the parameter that it names, if it names one, else the text itself."""
    if text is None:
        return None
    names = {plain_name(key) for key in given.mechanism.parameters}
    if plain_name(text.text) in names:
        return given.bounds.get(plain_name(text.text))
    return Written(facts.fill(text.text), text.at, given.scope)


def _uses(
    lever: Lever, decisions: tuple[str, ...], findings: Findings
) -> dict[str, tuple[tuple[Written, Written], ...]]:
    """`use:` of a lever: a schedule per decision, or one schedule if the lever has one decision."""
    if lever.use is None or (isinstance(lever.use, Scalar) and lever.use.empty):
        return {}
    keys = lever.use.entries if isinstance(lever.use, Mapping) else ()
    named = [key for key, _ in keys if plain_name(key.text) in decisions]
    if named or (keys and all(re.match(r"[A-Za-z_]", key.text) for key, _ in keys)):
        found = {}
        for key, node in keys:
            if plain_name(key.text) not in decisions:
                hint = did_you_mean(key.text, decisions) or f"decisions: {', '.join(decisions) or 'none'}"
                findings.problems.append(
                    Problem(f"the lever `{lever.key}` has no decision `{shorten(key.text)}`", key.at, hint)
                )
            else:
                found[plain_name(key.text)] = schedule(node, findings)
        return found
    if len(decisions) == 1:
        return {decisions[0]: schedule(lever.use, findings)}
    hint = f"write `use: {{{decisions[0]}: ...}}`" if decisions else "leave `use` out"
    findings.problems.append(
        Problem(f"the lever `{lever.key}` has {len(decisions)} decisions ({', '.join(decisions)})", lever.use.at, hint)
    )
    return {}


def _terms_of_ports(
    base: Mechanism,
    ground: Given,
    levers: tuple[Lever, ...],
    instances: list[Given],
    facts: Facts,
    findings: Findings,
) -> dict[str, list[Term]]:
    """What goes to each port, by the port's name."""
    ports = {split_indices(key)[0]: len(split_indices(key)[1]) for key in base.ports}
    terms: dict[str, list[Term]] = {name: [] for name in ports}
    for given, switch in ((ground, ""), *((g, lever.name) for g, lever in zip(instances, levers, strict=True))):
        for item in given.mechanism.contributes:
            if item.to.text == COEFFICIENTS or not given.holds(item.when):
                continue
            name, indices = split_indices(item.to.text)
            if name not in ports:
                hint = did_you_mean(name, ports) or f"ports: {', '.join(ports)}"
                findings.problems.append(Problem(f"there is no port `{name}`", item.to.at, hint))
            elif len(indices) != ports[name]:
                hint = f"write `{next(key for key in base.ports if split_indices(key)[0] == name)}`"
                findings.problems.append(Problem(f"`{name}` has {ports[name]} subscripts", item.to.at, hint))
            elif fails := [i for i in indices if f"{given.scope}.{i}" not in facts.local and i not in facts.sets]:
                known = [key.split(".")[1] for key in facts.local if key.startswith(given.scope + ".")]
                hint = did_you_mean(fails[0], [*known, *facts.sets])
                findings.problems.append(Problem(f"there is no set `{fails[0]}`", item.to.at, hint))
            else:
                terms[name].append(Term(_written(item.value, given.scope, facts), indices, switch))
    return terms


def _ports(base: Mechanism, terms: dict[str, list[Term]], facts: Facts) -> Iterator[EquationDeclaration]:
    for key, port in base.ports.items():
        name, indices = split_indices(key)
        yield EquationDeclaration(
            name,
            tuple(terms[name]),
            "sum" if port.combine.text == "sum" else "product",
            indices or _indices(port.indices),
            facts.fill(port.unit.text),
            _number(port.low),
            _number(port.high),
            Origin(_line(port.about), base.name, "", cited(base, port.source)),
        )


def _multiply_coefficients(
    parts: Parts,
    base: Mechanism,
    levers: tuple[Lever, ...],
    instances: list[Given],
    facts: Facts,
    findings: Findings,
) -> None:
    """Turn each value that an invention multiplies into an equation: what was given times every factor."""
    aliases = {
        plain_name(parameter.path.text): split_indices(key)[0]
        for key, parameter in base.parameters.items()
        if parameter.path is not None and split_indices(key)[0] in parts.values
    }
    bounds = {f"{given.scope}.{name}" for given in instances for name in given.bounds}
    terms: dict[str, list[Term]] = {}
    for lever, given in zip(levers, instances, strict=True):
        for item in lever.mechanism.contributes:
            if item.to.text != COEFFICIENTS or not given.holds(item.when):
                continue
            for group, key in _coefficients(lever):
                target = plain_name(key.text)
                target = target if target in parts.values else aliases.get(target, target)
                if target not in parts.values or target in bounds or target.endswith(".does_chores"):
                    known = [name for name in parts.values if name not in bounds]
                    ends = [name for name in known if name.endswith(f".{target}") or target.endswith(f".{name}")]
                    hint = did_you_mean(target, ends or known) or (f"did you mean `{ends[0]}`?" if ends else "")
                    hint = hint or "name a number of the work, the market or another lever"
                    findings.problems.append(
                        Problem(f"there is no coefficient called `{shorten(key.text)}`", key.at, hint)
                    )
                    continue
                factor = f"{group}.{parameters.coefficient(key.text)}"
                if (parts.values[target].low or 0.0) > 0.0:
                    full = f"{lever.name}.{factor}"
                    parts.values[full] = replace(parts.values[full], low=LEAST_FACTOR)
                text = re.sub(r"(?<![\w.])factor(?![\w.])", factor, facts.fill(item.value.text))
                terms.setdefault(target, []).append(Term(Written(text, item.value.at, lever.name), (), lever.name))
    for name, factors in terms.items():
        parts.equations += _multiplied(parts, name, tuple(factors))
    parts.equations += _unmultiplied(parts)


def _unmultiplied(parts: Parts) -> list[EquationDeclaration]:
    """What `x.given` means in a mechanism where no invention multiplies x: x itself."""
    texts = [term.value for equation in parts.equations for term in equation.terms]
    texts += [text for stock in parts.stocks for text in (stock.start, stock.change)]
    wanted = {
        _scoped(text.scope, name) for text in texts for name in re.findall(r"(?<![\w.])(\w+)\.given\b", text.text)
    }
    olds = [parts.values[name] for name in sorted(wanted & parts.values.keys())]
    return [
        EquationDeclaration(f"{old.name}.given", (Term(Written(old.name)),), "is", (), old.unit, origin=old.origin)
        for old in olds
    ]


def _coefficients(lever: Lever) -> Iterator[tuple[str, Scalar]]:
    for key, parameter in lever.mechanism.parameters.items():
        node = lever.given.get(plain_name(key))
        if parameter.sort == "coefficients" and isinstance(node, Mapping):
            for entry, _ in node.entries:
                yield plain_name(key), entry


def _multiplied(parts: Parts, name: str, terms: tuple[Term, ...]) -> Iterator[EquationDeclaration]:
    old = parts.values.pop(name)
    given, factor = f"{name}.given", f"{name}.factor"
    parts.values[given] = replace(old, name=given, key=name)
    about = old.origin.about.rstrip(".")
    origin = Origin(f"What inventions multiply it by: {about}.", old.origin.mechanism, old.origin.lever)
    yield EquationDeclaration(factor, terms, "product", (), "1", origin=origin)
    origin = Origin(f"{about}, after inventions.", old.origin.mechanism, old.origin.lever, old.origin.source)
    yield EquationDeclaration(name, (Term(Written(f"{given}*{factor}")),), "is", (), old.unit, origin=origin)


def _finish(parts: Parts, base: Mechanism, facts: Facts) -> None:
    """Capacities, what to record, and the impact, with subscripts written out."""
    declared: dict[str, tuple[str, ...]] = {
        item.name: item.indices for group in (parts.stocks, parts.equations) for item in group if not item.origin.lever
    }
    for resource, text in base.capacities.items():
        name, _ = split_indices(text.text)
        placeholders = re.findall(r"\{(\w+)\}", resource)
        for members in itertools.product(*(facts.sets[index] for index in placeholders)):
            shown = resource
            for index, member in zip(placeholders, members, strict=True):
                shown = shown.replace("{" + index + "}", member)
            parts.capacities.append((shown.replace("_", " "), ".".join((*members, name))))
    for text in base.record:
        if text.text in declared:
            for members in itertools.product(*(facts.sets[index] for index in declared[text.text])):
                parts.record.append(".".join((*members, text.text)))
    if base.impact is not None:
        parts.impact = _written(base.impact, "", facts)


def _written(text: Scalar, scope: str, facts: Facts) -> Written:
    source = text.source or text.text
    return Written(facts.fill(source), text.at, scope)


def _scoped(scope: str, name: str) -> str:
    return f"{scope}.{name}" if scope else name


def _indices(names: list[Scalar] | None) -> tuple[str, ...]:
    return tuple(name.text for name in names or ())


def _number(scalar: Scalar | None) -> float | None:
    return float(scalar.text) if scalar is not None else None


def _line(text: Scalar | None) -> str:
    return " ".join(text.text.split()) if text is not None else ""


def _origin(item: DecisionEntry | StockEntry | EquationEntry, mechanism: Mechanism, scope: str) -> Origin:
    return Origin(_line(item.about), mechanism.name, scope, cited(mechanism, item.source))
