"""From a model file to declarations: read, set, check, expand. All problems are raised at once."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from collections.abc import Mapping as MappingType
from dataclasses import dataclass, field
from pathlib import Path

from leverwise.errors import ModelError, Problem, did_you_mean
from leverwise.lang.declarations import Declarations, Origin, SeriesDeclaration, Written
from leverwise.model.document import Mapping, Node, Scalar, follow, plain_name
from leverwise.model.expand import Parts, expand
from leverwise.model.facts import Facts, read_facts, texts_of
from leverwise.model.fields import Findings, validate
from leverwise.model.levers import Lever, gather, read_levers
from leverwise.model.mechanism import Mechanism, built_in
from leverwise.model.plain import Plain, check_units, read_plain, read_plan, read_sets, read_time, units_in
from leverwise.model.read import decode, parse, read_bytes
from leverwise.model.schema import ModelFile
from leverwise.model.series import read_series
from leverwise.model.settings import SECTIONS, apply, was_set
from leverwise.units import singulars

ENTERPRISE = ("principal", "people", "work", "market", "money", "levers")
"""A model with any of these has an enterprise; one without is equations alone."""
BARE = re.compile(r"[\s\d.+*/()-]*(?:[eE][+-]?\d+)?\s*")
"""A number, or arithmetic of numbers, without a unit."""


@dataclass(frozen=True)
class Source:
    """A loaded model: its declarations, and where they came from."""

    declarations: Declarations
    document: Node
    """The model file as a tree, settings put in."""
    file: str
    sha256: str
    """Of the model file's bytes; settings and files beside it count if there are any."""
    levers: MappingType[str, str] = field(default_factory=dict)
    """Mechanism of each lever, by the lever's name in expressions."""
    settings: MappingType[str, str] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    beside: tuple[Path, ...] = ()
    """Files that were read beside the model: mechanisms of the author's own, series."""
    data: bytes = b""
    """The model file as it was read."""


def load(path: str | Path, set: MappingType[str, str] | None = None) -> Source:
    """The model in a file, changed by `set` (path -> text). Raises ModelError with every problem found."""
    place = Path(path)
    data = read_bytes(place)
    file = str(place)
    document = parse(decode(data, file), file)
    return from_document(document, file, data, place.parent, set or {})


def from_document(
    document: Node, file: str, data: bytes, folder: Path | None, settings: MappingType[str, str]
) -> Source:
    """The model in a tree of nodes; `data` is what its hash is taken of. Raises ModelError."""
    if isinstance(document, Scalar) and document.empty:
        raise ModelError(Problem("the model is empty", document.at, "`leverwise new DIR` makes one to start from"))
    if not isinstance(document, Mapping):
        raise ModelError(Problem("a model is a mapping of sections", document.at, "begin with `leverwise: 1`"))
    changed = apply(document, settings)
    assert isinstance(changed, Mapping)
    _fail_if_plan(changed, file)
    findings = Findings(elsewhere=_belongs)
    enterprise = any(changed.get(key) is not None for key in ENTERPRISE)
    model = validate(_schema(changed, enterprise), changed, "the model", findings)
    if model is None:
        _read_levers_anyway(changed, folder, findings)
        raise ModelError(findings.problems)
    if enterprise:
        findings.problems.extend(_without_unit(model))
    shelf = gather(folder, model.mechanisms or (), findings)
    levers = read_levers(changed.get("levers"), shelf, findings)
    base = built_in("base") if enterprise else None
    facts = _facts(changed, base, levers, findings) if base is not None else None
    parts = Parts()
    if base is not None and facts is not None:
        parts = expand(base, changed, levers, facts, findings)
    sets = _sets(model, changed, base, facts, findings)
    plain = read_plain(model, changed, sets, findings)
    series, files = _series(model, changed, folder, findings)
    if enterprise and facts is None and not findings.problems:
        raise AssertionError("facts are missing without a problem")
    _fail_if_names_clash(parts, plain, series, levers, facts, tuple(model.units or ()), findings)
    own = [unit.text for unit in _units(model, facts)]
    check_units(units_in(model), own, findings)
    if facts is not None:
        for mechanism in shelf.own.values():
            check_units([facts.filled(unit) for unit in mechanism.units()], own, findings)
    if model.impact is None and parts.impact is None and not findings.problems:
        findings.problems.append(
            Problem(
                "`impact` is missing in the model", changed.at, "add `impact: ...`, what is wanted per unit of time"
            )
        )
    if findings.problems:
        raise ModelError(findings.problems)
    warnings = _warnings(model, base, levers, parts, plain, facts, findings)
    declarations = _declarations(model, changed, parts, plain, series, sets, facts, levers)
    return Source(
        declarations,
        changed,
        file,
        _hash(data, [*shelf.files, *files], settings),
        {lever.name: lever.mechanism.name for lever in levers},
        dict(settings),
        warnings,
        (*shelf.files, *files),
        data,
    )


def _schema(document: Mapping, enterprise: bool) -> type[ModelFile]:
    known = {plain_name(key) for key in ModelFile.known()}
    if enterprise or any(plain_name(key) not in known for key, _ in document):
        from leverwise.model.shape import model_schema

        return model_schema()
    return ModelFile


def _without_unit(model: ModelFile) -> Iterator[Problem]:
    """A step that is a plain number, where all else counts in months."""
    step, horizon = model.time.step, model.time.horizon
    if BARE.fullmatch(step.text):
        also = f", and `horizon: {horizon.text.strip()} months`" if BARE.fullmatch(horizon.text) else ""
        length = "0.5" if "/" in step.text else step.text.strip()
        months = "month" if length == "1" else "months"
        hint = f"write `step: {length} {months}`{also}; or in weeks, days, quarters or years"
        yield Problem("`time.step` needs a unit of time: hours, pay and demand are by the month", step.at, hint)


def _fail_if_plan(document: Mapping, file: str) -> None:
    """Raise ModelError if this is a plan, and no model."""
    answered = isinstance(document.get("question"), Scalar) and follow(document, ("tables", "schedule")) is not None
    sections = {plain_name(key) for key, _ in document} & {"leverwise", *SECTIONS}
    if answered or (sections == {"plan"} and isinstance(document.get("plan"), Mapping)):
        hint = f"give the model first, then the plan: `leverwise simulate MODEL --plan {file}`"
        raise ModelError(Problem(f"{file}: this is a plan, not a model", None, hint))


def _belongs(key: str) -> str:
    from leverwise.model.shape import place_of

    place = place_of(key)
    return f"it belongs in `{place}`" if place else ""


def _read_levers_anyway(document: Mapping, folder: Path | None, findings: Findings) -> None:
    """Look at the levers too if only other sections are wrong, so that all problems come at once."""
    levers = document.get("levers")
    if isinstance(levers, Mapping) and all(isinstance(node, Mapping) for _, node in levers):
        shelf = gather(folder, texts_of(document.get("mechanisms")), Findings())
        read_levers(levers, shelf, findings)


def _facts(document: Mapping, base: Mechanism, levers: tuple[Lever, ...], findings: Findings) -> Facts | None:
    fixed = {name: tuple(member.text for member in members) for name, members in base.sets.items()}
    return read_facts(document, levers, fixed, findings)


def _sets(
    model: ModelFile, document: Mapping, base: Mechanism | None, facts: Facts | None, findings: Findings
) -> dict[str, tuple[str, ...]]:
    known = {**facts.sets, **facts.local} if facts is not None else {}
    return {**known, **read_sets(model, document, known, findings)}


def _series(
    model: ModelFile, document: Mapping, folder: Path | None, findings: Findings
) -> tuple[tuple[SeriesDeclaration, ...], list[Path]]:
    section = document.get("series")
    found, files = [], []
    for key, _ in section.entries if isinstance(section, Mapping) else ():
        try:
            series, path = read_series(key, (model.series or {})[key.text], model.time.step, folder)
        except ModelError as error:
            findings.problems.extend(error.problems)
        else:
            found.append(series)
            files.append(path)
    return tuple(found), files


def _warnings(
    model: ModelFile,
    base: Mechanism | None,
    levers: tuple[Lever, ...],
    parts: Parts,
    plain: Plain,
    facts: Facts | None,
    findings: Findings,
) -> tuple[str, ...]:
    """What the rules of the mechanisms say about the parameters. Raises ModelError for rules that are broken."""
    if base is None or facts is None:
        return ()
    from leverwise.model.checks import look

    warnings = tuple(look(base, levers, parts.values, plain.values, _units(model, facts), facts, findings))
    if findings.problems:
        raise ModelError(findings.problems)
    return warnings


def _units(model: ModelFile, facts: Facts | None) -> tuple[Written, ...]:
    return tuple(unit.written() for unit in (*(model.units or ()), *(facts.units if facts else ())))


def _fail_if_names_clash(
    parts: Parts,
    plain: Plain,
    series: tuple[SeriesDeclaration, ...],
    levers: tuple[Lever, ...],
    facts: Facts | None,
    listed: tuple[Scalar, ...],
    findings: Findings,
) -> None:
    """Names of the author's own that are taken by the base, by levers, or by each other."""
    taken: dict[str, str] = {name: _owner(value.origin) for name, value in parts.values.items()}
    taken.update((item.name, _owner(item.origin)) for item in parts.decisions)
    taken.update((item.name, _owner(item.origin)) for item in parts.stocks)
    taken.update((item.name, _owner(item.origin)) for item in parts.equations)
    taken.update((item.name, _owner(item.origin)) for item in parts.measures)
    if facts is not None:
        taken.update((unit.text, "a unit") for unit in facts.units)
    for unit in listed:
        if unit.text in taken:
            one = singulars(unit.text)
            hint = f"write it in the singular, `{one[0]}`" if one else "rename the unit"
            findings.problems.append(Problem(f"the name `{unit}` is taken by {taken[unit.text]}", unit.at, hint))
    for lever in levers:
        if lever.name in taken:
            findings.problems.append(
                Problem(f"the name `{lever.key}` is taken by {taken[lever.name]}", lever.key.at, "rename the lever")
            )
        taken.setdefault(lever.name, f"the lever `{lever.key}`")
    own: dict[str, int] = {}
    for name, key in [*plain.names, *((item.name, Scalar(item.name, item.at)) for item in series if item.at)]:
        if name in taken:
            hint = did_you_mean(name, []) or "rename it"
            findings.problems.append(Problem(f"the name `{name}` is taken by {taken[name]}", key.at, hint))
        elif name in own:
            findings.problems.append(
                Problem(
                    f"`{name}` is declared twice (first in line {own[name]})", key.at, "names are for one thing each"
                )
            )
        own.setdefault(name, key.at.line)


def _owner(origin: Origin) -> str:
    about = f" ({origin.about.rstrip('.')})" if origin.about else ""
    return f"the lever `{origin.lever}`{about}" if origin.lever else f"the enterprise{about}"


def _declarations(
    model: ModelFile,
    document: Mapping,
    parts: Parts,
    plain: Plain,
    series: tuple[SeriesDeclaration, ...],
    sets: dict[str, tuple[str, ...]],
    facts: Facts | None,
    levers: tuple[Lever, ...],
) -> Declarations:
    impact = model.impact
    discount = document.get("money")
    discount = discount.get("discount") if isinstance(discount, Mapping) else None
    values = (*parts.values.values(), *plain.values)
    record = parts.record
    if record:
        record = [
            *record,
            *(s.name for s in plain.stocks if not s.indices),
            *(e.name for e in plain.equations if not e.indices),
        ]
    return Declarations(
        name=model.model.text,
        time=read_time(model, facts is not None),
        about=" ".join(model.about.text.split()) if model.about else "",
        units=_units(model, facts),
        sets=sets,
        relations={"may": facts.may} if facts is not None else {},
        values=values,
        series=series,
        decisions=(*parts.decisions, *plain.decisions),
        stocks=(*parts.stocks, *plain.stocks),
        equations=(*parts.equations, *plain.equations),
        switches=tuple(lever.name for lever in levers),
        measures=tuple(parts.measures),
        capacities=tuple(parts.capacities),
        correlations=tuple(plain.correlations),
        impact=impact.value.written() if impact is not None else parts.impact,
        impact_unit=impact.unit.text if impact is not None and impact.unit is not None else "",
        final=impact.final.written() if impact is not None and impact.final is not None else None,
        discount=discount.written() if isinstance(discount, Scalar) and not discount.empty else None,
        plan=read_plan(model),
        settled=frozenset(value.name for value in values if was_set(value.value.at)),
        record=tuple(record),
    )


def _hash(data: bytes, files: list[Path], settings: MappingType[str, str]) -> str:
    digest = hashlib.sha256(data)
    for path in files:
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    for path_text, value in sorted(settings.items()):
        digest.update(f"\0{path_text}={value}".encode())
    return digest.hexdigest()
