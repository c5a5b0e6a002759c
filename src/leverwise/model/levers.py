"""The levers of a model: which mechanism each is an instance of, and what the author gave it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from leverwise.errors import ModelError, Position, Problem, did_you_mean
from leverwise.model.document import Mapping, Node, Scalar, Sequence, kind_of, shorten
from leverwise.model.fields import NAME, YES, Findings, plain_name, validate
from leverwise.model.mechanism import (
    Condition,
    Mechanism,
    Parameter,
    built_in,
    built_in_names,
    conditions,
    read_mechanism,
)
from leverwise.model.shape import lever_schema

BESIDE_LEVERS = ("use", "about")


@dataclass(frozen=True)
class Lever:
    """One instance of a mechanism. `name` is as expressions write it."""

    name: str
    key: Scalar
    mechanism: Mechanism
    kind: Scalar
    given: dict[str, Node]
    """What the author wrote, by parameter name as expressions write it."""
    use: Node | None = None
    about: str = ""

    def holds(self, texts: list[Scalar] | None) -> bool:
        """True if every condition of a `when` (or `required`) holds for this lever."""
        return unmet(self.mechanism, self.given, texts) is None


def unmet(mechanism: Mechanism, given: dict[str, Node], texts: list[Scalar] | None) -> Condition | None:
    """The first condition that does not hold, or None."""
    for condition in conditions(texts):
        node = given.get(condition.parameter)
        if condition.choice:
            if node is None:
                parameter = parameter_named(mechanism, condition.parameter)
                node = (parameter.default or parameter.neutral) if parameter else None
            holds = isinstance(node, Scalar) and node.text == condition.choice
        else:
            holds = node is not None
        if holds != condition.wanted:
            return condition
    return None


def parameter_named(mechanism: Mechanism, name: str) -> Parameter | None:
    """A parameter by its name in expressions."""
    for key, parameter in mechanism.parameters.items():
        if plain_name(key.split("[")[0]) == name:
            return parameter
    return None


@dataclass
class Shelf:
    """The mechanisms that a model may use: built in, named under `mechanisms:`, or lying beside the model."""

    folder: Path | None
    own: dict[str, Mechanism]
    files: list[Path]

    def find(self, name: Scalar) -> Mechanism:
        """The mechanism of that name. Raises ModelError, KeyError if there is none."""
        wanted = plain_name(name.text)
        if wanted in self.own:
            return self.own[wanted]
        if wanted in built_in_names():
            return built_in(wanted)
        if self.folder is not None and NAME.match(name.text):
            for stem in dict.fromkeys((name.text, wanted)):
                path = self.folder / f"{stem}.yaml"
                if path.is_file():
                    return self.add(path, name.at)
        raise KeyError(wanted)

    def add(self, path: Path, at: Position) -> Mechanism:
        """Read a mechanism file of the user's own. Raises ModelError."""
        mechanism = read_mechanism(path)
        name = plain_name(mechanism.name)
        if name in built_in_names() or name == "base":
            raise ModelError(
                Problem(f"a mechanism called `{name}` is built in", mechanism.mechanism.at, "give it another name")
            )
        if name in self.own:
            raise ModelError(Problem(f"there are two mechanisms called `{name}`", at, "rename one"))
        self.own[name] = mechanism
        self.files.append(path)
        return mechanism


def gather(folder: Path | None, files: Iterable[Scalar], findings: Findings) -> Shelf:
    """The shelf with the files under `mechanisms:` read."""
    shelf = Shelf(folder, {}, [])
    for file in files:
        try:
            shelf.add(beside(folder, file), file.at)
        except ModelError as error:
            findings.problems.extend(
                problem if problem.at is not None else Problem(problem.message, file.at, problem.hint)
                for problem in error.problems
            )
    return shelf


def beside(folder: Path | None, name: Scalar) -> Path:
    """A file in the model's folder (or below). Raises ModelError for what lies elsewhere."""
    if folder is None:
        raise ModelError(
            Problem(
                f"`{shorten(name.text)}` is a file beside the model, but the model is no file", name.at, "give `folder`"
            )
        )
    if "\0" in name.text or len(name.text) > 1000:
        raise ModelError(Problem("this is not the name of a file", name.at))
    root = folder.resolve()
    path = (root / name.text).resolve()
    if not path.is_relative_to(root):
        raise ModelError(
            Problem(f"`{shorten(name.text)}` is outside the model's folder", name.at, "put the file beside the model")
        )
    if not path.is_file():
        there = [entry.name for entry in sorted(root.iterdir())[:500] if entry.is_file()]
        hint = did_you_mean(name.text, there) or "put it there"
        raise ModelError(Problem(f"there is no file `{shorten(name.text)}` beside the model", name.at, hint))
    return folder / name.text if (folder / name.text).is_file() else path


def read_levers(section: Node | None, shelf: Shelf, findings: Findings) -> tuple[Lever, ...]:
    """Every lever whose mechanism and parameters have the right shape."""
    levers: list[Lever] = []
    for key, node in section.entries if isinstance(section, Mapping) else ():
        lever = _read_lever(key, node, shelf, findings)
        if lever is None:
            continue
        twin = next((other for other in levers if other.name == lever.name), None)
        if twin is not None:
            findings.problems.append(
                Problem(f"the levers `{twin.key}` and `{key}` have the same name in expressions", key.at, "rename one")
            )
            continue
        if lever.mechanism.single and lever.mechanism.single.text.lower() in YES:
            twin = next((other for other in levers if other.mechanism is lever.mechanism), None)
            if twin is not None:
                findings.problems.append(
                    Problem(
                        f"a model has at most one {lever.mechanism.name} lever, and `{twin.key}` is one already",
                        key.at,
                        "merge the two",
                    )
                )
                continue
        levers.append(lever)
    return tuple(levers)


def _read_lever(key: Scalar, node: Node, shelf: Shelf, findings: Findings) -> Lever | None:
    problems = findings.problems
    if not NAME.match(key.text):
        problems.append(
            Problem(f"`{shorten(key.text)}` cannot name a lever", key.at, "use letters, digits, `_` and single spaces")
        )
        return None
    known = (*built_in_names(), *shelf.own)
    if not isinstance(node, Mapping):
        hint = f"write `{key.text}: {{mechanism: {{...}}}}`; mechanisms: {', '.join(known)}"
        if isinstance(node, Scalar) and plain_name(node.text) in known:
            hint = f"write `{key.text}: {{{node.text}: {{}}}}`, with its parameters in the inner braces"
        problems.append(Problem(f"the lever `{key.text}` has no mechanism, but {kind_of(node)}", node.at, hint))
        return None
    kinds = [(name, given) for name, given in node.entries if name.text not in BESIDE_LEVERS]
    beside = [name for name, _ in kinds if plain_name(name.text) not in known]
    if len(kinds) > 1 and len(beside) == len(kinds) - 1:
        kind = next(name for name, _ in kinds if name not in beside)
        hint = f"parameters stand inside the mechanism: `{key.text}: {{{kind}: {{{beside[0]}: ...}}}}`"
        message = f"unknown key `{shorten(beside[0].text)}` in the lever `{key.text}`"
        problems.append(Problem(message, beside[0].at, hint))
        return None
    if len(kinds) != 1:
        at = kinds[1][0].at if kinds else key.at
        hint = "mechanisms: " + ", ".join(known)
        problems.append(Problem(f"the lever `{key.text}` must have one mechanism, not {len(kinds)}", at, hint))
        return None
    kind, given = kinds[0]
    try:
        mechanism = shelf.find(kind)
    except KeyError:
        hint = did_you_mean(kind.text, known) or (
            f"mechanisms: {', '.join(known)}; one of your own is a file {plain_name(kind.text)}.yaml beside the model"
        )
        problems.append(Problem(f"there is no mechanism `{shorten(kind.text)}`", kind.at, hint))
        return None
    except ModelError as error:
        problems.extend(error.problems)
        return None
    given = Mapping((), kind.at) if isinstance(given, Scalar) and given.empty else given
    told = Findings(elsewhere=lambda name: _elsewhere(name, mechanism, key.text))
    checked = validate(lever_schema(mechanism), given, f"the lever `{key.text}`", told)
    problems.extend(told.problems)
    if checked is None:
        return None
    names = {plain_name(name): plain_name(name) for name in mechanism.parameters}
    texts = {names[plain_name(name)]: value for name, value in given} if isinstance(given, Mapping) else {}
    lever = Lever(plain_name(key.text), key, mechanism, kind, texts, node.get("use"), str(node.get("about") or ""))
    problems.extend(_wrongly_given(lever))
    return lever


def _elsewhere(name: str, mechanism: Mechanism, lever: str) -> str:
    """Where a key belongs that is no parameter: decisions, and what stands beside the mechanism."""
    if name in BESIDE_LEVERS:
        return f"it stands beside the mechanism: `{lever}: {{{mechanism.name}: {{...}}, {name}: ...}}`"
    decision = next((key for key in mechanism.decisions if plain_name(key) == plain_name(name)), None)
    if decision is None:
        return ""
    use = f"`{lever}: {{{mechanism.name}: {{...}}, use: {{{decision}: ...}}}}`"
    return f"it is decided, not stated: write {use}, or give it in a plan file with `--plan`"


def _wrongly_given(lever: Lever) -> Iterable[Problem]:
    """Parameters that are missing, or that have no effect beside the others."""
    for name, parameter in lever.mechanism.parameters.items():
        node = lever.given.get(plain_name(name))
        missing = unmet(lever.mechanism, lever.given, parameter.when)
        if isinstance(node, Sequence) and not node.items and parameter.required is not None:
            yield Problem(
                f"`{name}` of the lever `{lever.key}` is empty", node.at, f"name at least one: `{name}: [...]`"
            )
        if node is not None and missing is not None and missing.excludes:
            both = f"`{name}` and `{missing.shown}` can't stand together in the lever `{lever.key}`"
            yield Problem(both, node.at, "leave one of the two out")
        elif node is not None and missing is not None:
            yield Problem(
                f"`{name}` has no effect in the lever `{lever.key}`", node.at, f"it needs {missing}; or leave it out"
            )
        wanted = parameter.required is not None and unmet(lever.mechanism, lever.given, parameter.required) is None
        if node is None and wanted and missing is None:
            yield Problem(
                f"`{name}` is missing in the lever `{lever.key}`: {about(parameter)}",
                lever.kind.at,
                advice(name, parameter),
            )


def about(parameter: Parameter) -> str:
    """What a parameter means, on one line."""
    return " ".join(parameter.about.text.split())


def advice(name: str, parameter: Parameter) -> str:
    """How to write a parameter that is missing."""
    if parameter.sort == "members":
        return f"add `{name}: [...]`"
    if parameter.sort == "coefficients":
        return f"add `{name}: {{name of a value: factor}}`"
    unit = parameter.unit.text if parameter.unit and parameter.unit.text != "1" else ""
    return f"add `{name}: ...` with a number or range{' in ' + unit if unit else ''}"
