"""Parameters become values: of a lever from what stands under it, of the base from the sections of the model file."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass

from leverwise.errors import Problem
from leverwise.lang.declarations import Origin, ValueDeclaration, Written
from leverwise.model.document import Mapping, Node, Scalar, deepest, follow, plain_name
from leverwise.model.facts import Facts
from leverwise.model.fields import NAME, Findings, split_indices
from leverwise.model.levers import Lever, about, advice, unmet
from leverwise.model.mechanism import Mechanism, Parameter, cited
from leverwise.model.shape import split_path

COPIES = {"each": "rival", "free": "nonrival"}
"""Words for `work.copies`; anything else is the cost of a copy, and the work is non-rival."""
RIVALRY = {"rival": "`copies: each`", "nonrival": "`copies: free` or the cost of a copy"}


@dataclass(frozen=True)
class Given:
    """What the parameters of one mechanism come to."""

    scope: str
    mechanism: Mechanism
    nodes: dict[str, Node]
    """What the author wrote, by parameter."""
    values: tuple[ValueDeclaration, ...]
    bounds: dict[str, Written]
    """Plain numbers that limits of decisions name."""

    def holds(self, texts: list[Scalar] | None) -> bool:
        """True if every condition of a `when` holds."""
        return unmet(self.mechanism, self.nodes, texts) is None


def of_lever(lever: Lever, facts: Facts) -> Given:
    """The values of a lever's parameters."""
    values: list[ValueDeclaration] = []
    bounds: dict[str, Written] = {}
    for key, parameter in lever.mechanism.parameters.items():
        name = plain_name(key)
        node = lever.given.get(name)
        if parameter.sort == "coefficients" and isinstance(node, Mapping):
            for entry, factor in node.entries:
                if isinstance(factor, Scalar):
                    full = f"{lever.name}.{name}.{coefficient(entry.text)}"
                    origin = Origin(f"Factor of {entry}.", lever.mechanism.name, lever.name)
                    called = f"{lever.key}.{key}.{entry}"
                    values.append(ValueDeclaration(full, factor.written(), "1", low=0.0, origin=origin, called=called))
        if parameter.sort not in ("quantity", "bound") or not lever.holds(parameter.when):
            continue
        text = _text(parameter, node if isinstance(node, Scalar) else None, lever.name, facts)
        if text is None:
            continue
        called = f"{lever.key}.{key}"
        values.append(_value(f"{lever.name}.{name}", called, parameter, node, text, lever.mechanism, lever.name, facts))
        if parameter.sort == "bound":
            bounds[name] = text
    return Given(lever.name, lever.mechanism, lever.given, tuple(values), bounds)


def coefficient(text: str) -> str:
    """The last part of the name under which a factor of a coefficient is a value."""
    return re.sub(r"\W+", "_", text.strip())


def of_base(base: Mechanism, document: Mapping, facts: Facts, findings: Findings) -> Given:
    """The values of the enterprise, read from the sections of the model file."""
    nodes = _base_nodes(base, document)
    missing = {key: document.get(key) is None for key in ("people", "work", "market", "money")}
    for section, absent in missing.items():
        if absent:
            findings.problems.append(
                Problem(
                    f"the section `{section}` is missing",
                    document.at,
                    _section_hint(base, section),
                )
            )
    bad = tuple(_bad_copies(document))
    findings.problems.extend(bad)
    if bad:
        nodes.pop("rivalry", None)
    values: list[ValueDeclaration] = []
    active_paths: set[str] = set()
    for key, parameter in base.parameters.items():
        path = split_path(parameter.path.text) if parameter.path else ()
        if missing.get(path[0] if path else "", False) or unmet(base, nodes, parameter.when) is not None:
            continue
        active_paths.add(".".join(path))
        if parameter.sort != "quantity":
            if parameter.required and follow(document, path) is None:
                _report_missing(document, path, parameter, facts, findings)
            continue
        name, indices = split_indices(key)
        for members in itertools.product(*(facts.sets[index] for index in indices)):
            where = tuple(_placed(part, indices, members) for part in path)
            node = follow(document, where)
            if path == ("work", "copies") and isinstance(node, Scalar) and node.text in COPIES:
                node = None
            text = _text(parameter, node if isinstance(node, Scalar) else None, "", facts)
            if text is None:
                if parameter.required and unmet(base, nodes, parameter.required) is None:
                    _report_missing(document, where, parameter, facts, findings)
                continue
            called = ".".join(where)
            values.append(_value(".".join((*members, name)), called, parameter, node, text, base, "", facts))
    if not bad:
        findings.problems.extend(_without_effect(base, document, nodes, active_paths))
    return Given("", base, nodes, tuple(values), {})


def _section_hint(base: Mechanism, section: str) -> str:
    """What a section that is missing must have."""
    keys: dict[str, None] = {"makes": None} if section == "work" else {}
    for parameter in base.parameters.values():
        path = split_path(parameter.path.text) if parameter.path else ("",)
        if path[0] == section and parameter.required:
            keys[next((part for part in path[1:] if not part.startswith("{")), path[-1])] = None
    place = f"`{section}: {{NAME: {{...}}}}`" if section == "people" else f"`{section}: {{...}}`"
    return f"a model with levers needs it: add {place} with {', '.join(keys)}"


def _bad_copies(document: Mapping) -> Iterator[Problem]:
    node, work = follow(document, ("work", "copies")), document.key("work")
    if node is None and work is not None:
        hint = (
            "write `copies: each` if each deal uses a unit up (hours, meals, pots), `copies: free` if one unit serves "
            "everyone (songs, software, ideas), or what a copy costs, such as `copies: $0.50/listen`"
        )
        yield Problem("`copies` is missing in work: whether what is made can be sold more than once", work.at, hint)
    known = document.get("values")
    names = {plain_name(key) for key, _ in known} if isinstance(known, Mapping) else set()
    word = plain_name(node.text) if isinstance(node, Scalar) and NAME.match(node.text) else ""
    if isinstance(node, Scalar) and word and word not in (*COPIES, *names):
        hint = "write `free`, `each` (a deal uses a unit up), or what a copy costs, such as `$0.50/listen`"
        yield Problem(f"`copies` can't be `{node.text}`", node.at, hint)


def _base_nodes(base: Mechanism, document: Mapping) -> dict[str, Node]:
    nodes: dict[str, Node] = {}
    for key, parameter in base.parameters.items():
        if parameter.path is None or "{" in parameter.path.text:
            continue
        node = follow(document, split_path(parameter.path.text))
        if node is None or (isinstance(node, Scalar) and node.empty):
            continue
        if parameter.path.text == "work.copies" and isinstance(node, Scalar):
            if parameter.sort == "choice":
                node = Scalar(COPIES.get(node.text, "nonrival"), node.at)
            elif node.text in COPIES:
                continue
        nodes[plain_name(key)] = node
    return nodes


def _placed(part: str, indices: tuple[str, ...], members: tuple[str, ...]) -> str:
    for index, member in zip(indices, members, strict=True):
        if part == "{" + index + "}":
            return member
    return part


def _text(parameter: Parameter, node: Scalar | None, scope: str, facts: Facts) -> Written | None:
    """What stands for the parameter: the author's text, else the default, else the neutral value."""
    if node is not None and not node.empty:
        return node.written()
    own = parameter.default or parameter.neutral
    if own is None:
        return None
    return Written(facts.fill(own.text), own.at, scope)


def _value(
    name: str,
    called: str,
    parameter: Parameter,
    node: Node | None,
    text: Written,
    mechanism: Mechanism,
    lever: str,
    facts: Facts,
) -> ValueDeclaration:
    given = isinstance(node, Scalar) and not node.empty
    origin = Origin(
        about(parameter),
        mechanism.name,
        lever,
        cited(mechanism, parameter.source),
        not given and parameter.default is not None,
        given,
    )
    return ValueDeclaration(
        name,
        text,
        facts.fill(parameter.unit.text) if parameter.unit else "",
        tuple(item.text for item in parameter.understood or ()),
        float(parameter.low.text) if parameter.low else None,
        float(parameter.high.text) if parameter.high else None,
        origin,
        called=called,
    )


def _report_missing(
    document: Mapping, path: tuple[str, ...], parameter: Parameter, facts: Facts, findings: Findings
) -> None:
    _, key = deepest(document, path)
    inside = ".".join(path[:-1])
    what = f"`{path[-1]}` is missing in {inside}: {about(parameter)}"
    hint = facts.fill(advice(path[-1], parameter))
    copies = follow(document, ("work", "copies"))
    if path == ("work", "life") and isinstance(copies, Scalar) and copies.text not in COPIES:
        hint += f"; or write `copies: each` and `materials: {copies}`, if each deal uses a unit up"
    findings.problems.append(Problem(what, key.at if key else document.at, hint))


def _without_effect(base: Mechanism, document: Mapping, nodes: dict[str, Node], active: set[str]) -> Iterator[Problem]:
    """Fields of the sections that no parameter reads, given the others."""
    for parameter in base.parameters.values():
        if parameter.path is None or parameter.path.text in active or "{" in parameter.path.text:
            continue
        node = follow(document, split_path(parameter.path.text))
        missing = unmet(base, nodes, parameter.when)
        if node is not None and missing is not None:
            where = parameter.path.text
            rest = where.rpartition(".")[0]
            if missing.excludes:
                both = f"`{where}` and `{rest}.{missing.shown}` can't stand together"
                yield Problem(both, node.at, "leave one of the two out")
                continue
            needed = RIVALRY.get(missing.choice, str(missing))
            yield Problem(f"`{where}` has no effect in this model", node.at, f"it needs {needed}; or leave it out")
