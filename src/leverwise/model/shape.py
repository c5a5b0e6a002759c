"""The parts of the schema that the mechanism files decide: sections of the enterprise, parameters of levers.

`base.yaml` says for each of its parameters where in the model file it stands (`from: market.toll.start`); the tree
of those paths is the schema of `money`, `people`, `work` and `market`.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from pydantic import ConfigDict, Field, create_model

from leverwise.model.fields import YES, Identifier, Line, Listing, Quantity, Section, Table, one_of, plain_name
from leverwise.model.mechanism import Mechanism, Parameter, built_in, built_in_names
from leverwise.model.schema import Lever, ModelFile, Plan, Time

Tree = dict[str, Any]

STRUCTURE: Tree = {
    "people": {"{people}": {"talent": {"{task}": "talent for the task, or for `chores`"}}},
    "work": {
        "makes": "the unit of what is made, one of `units`",
        "tasks": {"{task}": {"only": "the only people who may do it"}},
    },
    "market": {"deal": "the unit of a deal, one of `units`; needed only if that is not plain"},
}
"""Fields that are no parameters: names and lists of names."""


@cache
def model_schema() -> type[ModelFile]:
    """The schema of a whole model file."""
    tree = _merged(STRUCTURE, {})
    for name, parameter in built_in("base").parameters.items():
        if parameter.path is not None:
            _insert(tree, split_path(parameter.path.text), parameter, name)
    fields: dict[str, Any] = {}
    for name, branch in tree.items():
        section = _section(name, branch)
        fields[name] = (section | None, Field(None, description=f"see the fields of `{name}`"))
    return create_model("Model", __base__=ModelFile, **fields)


def lever_schema(mechanism: Mechanism) -> type[Section]:
    """The schema of a lever's parameters; that of a built-in mechanism is made once."""
    name = mechanism.name
    if name in built_in_names() and mechanism is built_in(name):
        return _built_in_schema(name)
    return _lever_schema(mechanism)


@cache
def _built_in_schema(name: str) -> type[Section]:
    return _lever_schema(built_in(name))


def _lever_schema(mechanism: Mechanism) -> type[Section]:
    fields: dict[str, Any] = {}
    required = []
    for name, parameter in mechanism.parameters.items():
        kind = _kind(parameter)
        fields["p_" + _identifier(name)] = (kind | None, Field(None, alias=name, description=describe(parameter)))
        if is_always_required(parameter):
            required.append(name)
    return create_model(mechanism.name, __base__=_requiring(required), __doc__=mechanism.about.text.strip(), **fields)


def json_schema() -> dict[str, Any]:
    """The JSON Schema of the model file, for editors."""
    schema = model_schema().model_json_schema(by_alias=True)
    definitions = schema.setdefault("$defs", {})
    kinds: dict[str, Any] = {}
    for name in built_in_names():
        own = lever_schema(built_in(name)).model_json_schema(by_alias=True)
        definitions.update(own.pop("$defs", {}))
        definitions[f"mechanism_{name}"] = own
        kinds[name] = {"anyOf": [{"$ref": f"#/$defs/mechanism_{name}"}, {"type": "null"}]}
    use = {"description": Lever.model_fields["use"].description}
    lever = {
        "type": "object",
        "properties": {**kinds, "use": use, "about": {"type": "string"}},
        "additionalProperties": {"type": ["object", "null"]},
        "minProperties": 1,
    }
    definitions["Lever"] = lever
    schema["properties"]["levers"] = {
        "description": ModelFile.model_fields["levers"].description,
        "type": "object",
        "additionalProperties": {"$ref": "#/$defs/Lever"},
    }
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["title"] = "leverwise model"
    return schema


def place_of(key: str) -> str:
    """The section in which a key belongs, as a path with `NAME` for names of the author's own; empty if unknown."""
    name = plain_name(key)
    for section, schema in (("time", Time), ("plan", Plan)):
        if name in map(plain_name, schema.known()):
            return section
    for parameter in built_in("base").parameters.values():
        *above, last = split_path(parameter.path.text) if parameter.path else ("",)
        if plain_name(last) == name and len(above) > 0:
            return ".".join("NAME" if part.startswith("{") else part for part in above)
    return ""


def describe(parameter: Parameter) -> str:
    """A parameter's meaning, unit and default on one line."""
    parts = [" ".join(parameter.about.text.split())]
    if parameter.unit is not None and parameter.unit.text != "1":
        parts.append(f"Unit: {parameter.unit.text}.")
    stands_in = parameter.default or parameter.neutral
    if stands_in is not None:
        parts.append(f"Default: {stands_in.text}.")
    return " ".join(parts)


def is_always_required(parameter: Parameter) -> bool:
    """True if the parameter must be given whatever else is."""
    texts = parameter.required or []
    return bool(texts) and all(text.text.lower() in YES for text in texts) and not parameter.when


def split_path(text: str) -> tuple[str, ...]:
    """`market.word of mouth` as its keys."""
    return tuple(part.strip() for part in text.split("."))


def _kind(parameter: Parameter) -> Any:
    if parameter.sort == "members":
        return Listing[Line]
    if parameter.sort == "member":
        return Line
    if parameter.sort == "coefficients":
        return Table[Quantity]
    if parameter.sort == "choice" and parameter.path is None:
        return one_of(*(choice.text for choice in parameter.of or ()))
    return Quantity


def _insert(tree: Tree, path: tuple[str, ...], parameter: Parameter, name: str) -> None:
    for part in path[:-1]:
        tree = tree.setdefault(part, {})
    already = tree.get(path[-1])
    if not isinstance(already, (Parameter, dict)):
        tree[path[-1]] = parameter


def _section(name: str, tree: Tree) -> Any:
    """The type of a branch: a table if its keys are the author's, else a section."""
    if len(tree) == 1 and (key := next(iter(tree))).startswith("{"):
        branch = tree[key]
        inner = _section(name + "_" + key.strip("{}"), branch) if isinstance(branch, dict) else Quantity
        return Table[inner]  # type: ignore[valid-type]
    fields: dict[str, Any] = {}
    required = []
    for key, branch in tree.items():
        kind: Any
        if isinstance(branch, dict):
            kind, about = _section(f"{name}_{_identifier(key)}", branch), None
        elif isinstance(branch, Parameter):
            kind, about = _kind(branch), describe(branch)
            if is_always_required(branch):
                required.append(key)
        else:
            kind, about = (Listing[Line] if key == "only" else Identifier), branch
        fields["p_" + _identifier(key)] = (kind | None, Field(None, alias=key, description=about))
    return create_model(name, __base__=_requiring(required), **fields)


def _identifier(key: str) -> str:
    return re.sub(r"\W", "_", key)


def _requiring(keys: list[str]) -> type[Section]:
    """A section whose JSON Schema wants the keys; the reader reports them itself, with what they mean."""
    extra: dict[str, Any] = {"required": keys} if keys else {}

    class Requiring(Section):
        model_config = ConfigDict(json_schema_extra=extra)

    return Requiring


def _merged(first: Tree, second: Tree) -> Tree:
    merged = dict(second)
    for key, value in first.items():
        merged[key] = _merged(value, merged.get(key, {})) if isinstance(value, dict) else value
    return merged
