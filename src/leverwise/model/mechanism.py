"""Mechanism files: what a lever of one kind brings along, as data.

A mechanism file is written in the model language: parameters, decisions, stocks, equations, and contributions to the
ports of `base.yaml`. Built-in files and a user's own are read the same way; errors point into the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pydantic import Field

from leverwise.errors import ModelError, Problem, did_you_mean
from leverwise.model.document import Mapping, Scalar
from leverwise.model.fields import (
    INDEXED,
    NO,
    YES,
    Alternatives,
    Findings,
    Flag,
    Identifier,
    Line,
    Listing,
    Number,
    Quantity,
    Section,
    ShortSection,
    Table,
    one_of,
    plain_name,
    split_indices,
    validate,
)
from leverwise.model.read import decode, parse, read_bytes

BUILT_IN = Path(__file__).parent.parent / "mechanisms"
KINDS = ("quantity", "members", "member", "coefficients", "bound", "choice")
COEFFICIENTS = "multiplied coefficients"


class Parameter(Section):
    """What an author may write under a lever (or, in `base.yaml`, in the sections of a model)."""

    kind: one_of(*KINDS) | None = None  # type: ignore[valid-type]
    unit: Line | None = None
    understood: Listing[Line] | None = None
    default: Quantity | None = None
    neutral: Quantity | None = None
    required: Listing[Line] | None = None
    low: Number | None = None
    high: Number | None = None
    about: Line
    source: Line | None = None
    of: Listing[Line] | None = None
    path: Line | None = Field(None, alias="from")
    when: Listing[Line] | None = None

    @property
    def sort(self) -> str:
        """The kind, `quantity` if none is given."""
        return self.kind.text if self.kind else "quantity"


class DecisionEntry(Section):
    """A decision of a lever; `low`, `high` and `start` may name a parameter."""

    unit: Line
    understood: Listing[Line] | None = None
    low: Quantity | None = None
    high: Quantity | None = None
    every: Quantity | None = None
    start: Quantity | None = None
    whole: Flag | None = None
    frozen: Flag | None = None
    after: one_of("zero", "hold") | None = None  # type: ignore[valid-type]
    costs: Quantity | None = None
    lump: Flag | None = None
    hours: Flag | None = None
    about: Line
    source: Line | None = None
    when: Listing[Line] | None = None


class StockEntry(Section):
    """A stock; its start and change are expressions in the lever's scope."""

    unit: Line
    start: Quantity
    change: Quantity
    indices: Listing[Identifier] | None = None
    low: Number | None = None
    high: Number | None = None
    nudge: Line | None = None
    about: Line
    source: Line | None = None
    when: Listing[Line] | None = None


class EquationEntry(ShortSection):
    """An auxiliary."""

    value: Quantity = Field(alias="is")
    unit: Line | None = None
    indices: Listing[Identifier] | None = None
    low: Number | None = None
    high: Number | None = None
    about: Line | None = None
    source: Line | None = None
    when: Listing[Line] | None = None


class Port(Section):
    """A variable of the enterprise that levers add to or multiply."""

    combine: one_of("sum", "product")  # type: ignore[valid-type]
    unit: Line
    indices: Listing[Identifier] | None = None
    low: Number | None = None
    high: Number | None = None
    about: Line
    source: Line | None = None


class Contribution(Section):
    """A term that goes to a port, or to the coefficients that a lever multiplies."""

    to: Line
    value: Quantity = Field(alias="is")
    about: Line | None = None
    source: Line | None = None
    when: Listing[Line] | None = None


class MeasureEntry(ShortSection):
    """A number per sample, read at the end of the run."""

    value: Quantity = Field(alias="is")
    unit: Line | None = None
    about: Line | None = None
    when: Listing[Line] | None = None


class Check(Section):
    """A comparison of parameters that must hold, or parameters of which one must be given."""

    require: Line | None = None
    one_of: Listing[Line] | None = Field(None, alias="one of")
    when: Listing[Line] | None = None
    each: Listing[Identifier] | None = None
    warn: Flag | None = None
    middle: Flag | None = None
    fixed: Flag | None = None
    message: Line
    hint: Line | None = None


class Mechanism(Section):
    """A whole mechanism file. Decisions, stocks and equations are lists of alternatives, most of length one."""

    mechanism: Identifier
    about: Line
    single: Flag | None = None
    member_of: Identifier | None = Field(None, alias="member of")
    sources: Table[Line] | None = None
    parameters: Table[Parameter] = Field(default_factory=dict)
    decisions: Table[Alternatives[DecisionEntry]] = Field(default_factory=dict)
    stocks: Table[Alternatives[StockEntry]] = Field(default_factory=dict)
    equations: Table[Alternatives[EquationEntry]] = Field(default_factory=dict)
    contributes: Listing[Contribution] = Field(default_factory=list)
    measures: Table[Alternatives[MeasureEntry]] = Field(default_factory=dict)
    ports: Table[Port] = Field(default_factory=dict)
    sets: Table[Listing[Line]] = Field(default_factory=dict)
    capacities: Table[Line] = Field(default_factory=dict)
    record: Listing[Line] = Field(default_factory=list)
    impact: Quantity | None = None
    checks: Listing[Check] = Field(default_factory=list)

    @property
    def name(self) -> str:
        """The mechanism's name, as a lever mentions it."""
        return self.mechanism.text

    def units(self) -> Iterator[Scalar]:
        """Every unit stated in the file."""
        groups = (self.decisions, self.stocks, self.equations, self.measures)
        items = [*self.parameters.values(), *(item for group in groups for many in group.values() for item in many)]
        for item in items:
            if item.unit is not None:
                yield item.unit


def read_mechanism(path: Path, shown: str | None = None) -> Mechanism:
    """The mechanism in a file. Raises ModelError with every problem, placed in that file."""
    file = shown or str(path)
    tree = parse(decode(read_bytes(path, "mechanism file"), file), file)
    findings = Findings()
    mechanism = validate(Mechanism, tree, "the mechanism file", findings)
    if mechanism is not None and isinstance(tree, Mapping):
        findings.problems.extend(_fail_if_incoherent(mechanism, tree))
    if mechanism is None or findings.problems:
        raise ModelError(findings.problems)
    return mechanism


@cache
def built_in_names() -> tuple[str, ...]:
    """Names of the built-in mechanisms, `base` left out."""
    return tuple(sorted(path.stem for path in BUILT_IN.glob("*.yaml") if path.stem != "base"))


@cache
def built_in(name: str) -> Mechanism:
    """A built-in mechanism by name, `base` included. Raises ModelError, KeyError if there is none."""
    path = BUILT_IN / f"{name}.yaml"
    if not re.fullmatch(r"[a-z_]+", name) or not path.is_file():
        raise KeyError(name)
    return read_mechanism(path)


def cited(mechanism: Mechanism, source: Scalar | None) -> str:
    """A source key (or several, with commas) as full references; other text as it is."""
    known = mechanism.sources or {}
    return "; ".join(known[key].text if key in known else key for key in _source_keys(source))


@dataclass(frozen=True)
class Condition:
    """`form = stream` or `not price`: one requirement on a parameter of the mechanism."""

    wanted: bool
    parameter: str
    choice: str = ""

    @property
    def excludes(self) -> bool:
        """True if it only forbids another parameter."""
        return not self.wanted and not self.choice

    @property
    def shown(self) -> str:
        """The parameter's name as authors write it."""
        return self.parameter.replace("_", " ")

    def __str__(self) -> str:
        text = f"`{self.parameter}: {self.choice}`" if self.choice else f"`{self.shown}`"
        return text if self.wanted else f"no {text}"


def conditions(texts: list[Scalar] | None) -> tuple[Condition, ...]:
    """The requirements of a `when` or `required`, all of which must hold; `true` is none."""
    found = []
    for text in texts or ():
        if text.text.lower() in YES:
            continue
        wanted = not text.text.startswith("not ")
        name, _, choice = text.text.removeprefix("not ").partition("=")
        found.append(Condition(wanted, plain_name(name), choice.strip()))
    return tuple(found)


def _source_keys(source: Scalar | None) -> tuple[str, ...]:
    return tuple(part.strip() for part in source.text.split(",")) if source else ()


def _fail_if_incoherent(mechanism: Mechanism, tree: Mapping) -> list[Problem]:
    """What the schema cannot say: names, conditions and sources that do not exist."""
    return [
        *_bad_names(tree),
        *_unknown_sources(mechanism),
        *_bad_conditions(mechanism),
        *_bad_parameters(mechanism),
        *_bad_membership(mechanism),
        *(_only_in_base(tree) if mechanism.name != "base" else ()),
    ]


def _bad_names(tree: Mapping) -> Iterator[Problem]:
    for group in ("parameters", "decisions", "stocks", "equations", "ports", "measures", "sets"):
        section = tree.get(group)
        for key, _ in section.entries if isinstance(section, Mapping) else ():
            if not INDEXED.match(key.text):
                yield Problem(f"`{key.text}` cannot be a name", key.at, "names are letters, digits, `_` and spaces")


def _items(mechanism: Mechanism) -> Iterator[DecisionEntry | StockEntry | EquationEntry]:
    for group in (mechanism.decisions, mechanism.stocks, mechanism.equations):
        for alternatives in group.values():
            yield from alternatives


def _unknown_sources(mechanism: Mechanism) -> Iterator[Problem]:
    known = mechanism.sources or {}
    for item in (*mechanism.parameters.values(), *_items(mechanism), *mechanism.contributes):
        for key in _source_keys(item.source):
            if key not in known and re.fullmatch(r"\w+", key):
                hint = did_you_mean(key, known) or "name it under `sources:`"
                yield Problem(f"no source is called `{key}`", item.source.at if item.source else None, hint)


def _bad_conditions(mechanism: Mechanism) -> Iterator[Problem]:
    known = {split_indices(name)[0]: item for name, item in mechanism.parameters.items()}
    parameters = mechanism.parameters.values()
    texts = [text for item in parameters for text in item.required or () if text.text.lower() not in YES + NO]
    for item in (*parameters, *_items(mechanism), *mechanism.contributes, *mechanism.checks):
        texts += item.when or ()
    for check in mechanism.checks:
        texts += check.one_of or ()
        if (check.require is None) == (check.one_of is None):
            yield Problem("a check has either `require` or `one of`", check.message.at, "write one of the two")
    for text in texts:
        for condition in conditions([text]):
            parameter = known.get(condition.parameter)
            if parameter is None:
                hint = did_you_mean(condition.parameter, known) or "name a parameter of this mechanism"
                yield Problem(f"no parameter is called `{condition.parameter}`", text.at, hint)
            elif condition.choice and condition.choice not in [choice.text for choice in parameter.of or ()]:
                yield Problem(f"`{condition.choice}` is not a choice of `{condition.parameter}`", text.at)


def _bad_parameters(mechanism: Mechanism) -> Iterator[Problem]:
    for name, parameter in mechanism.parameters.items():
        if parameter.sort in ("members", "member", "choice") and not parameter.of:
            yield Problem(f"the parameter `{name}` needs `of:`", parameter.about.at, "name a set, or list the choices")
        if mechanism.name != "base" and parameter.path is not None:
            yield Problem("`from` is for base.yaml only", parameter.path.at, "the author writes it under the lever")


def _bad_membership(mechanism: Mechanism) -> Iterator[Problem]:
    if mechanism.member_of is not None and mechanism.member_of.text != "worker":
        yield Problem(
            f"levers cannot be members of `{mechanism.member_of}`", mechanism.member_of.at, "they can be of `worker`"
        )


def _only_in_base(tree: Mapping) -> Iterator[Problem]:
    for group in ("ports", "capacities", "impact", "record"):
        key = tree.key(group)
        if key is not None:
            yield Problem(f"`{group}` is for base.yaml only", key.at, "contribute to the ports that are there")
