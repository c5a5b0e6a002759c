"""The JSON Schema says the same as the reader."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jsonschema
import pytest
from ruamel.yaml import YAML

from leverwise.errors import ModelError
from leverwise.model import json_schema, load
from leverwise.model.mechanism import built_in, built_in_names


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    return json_schema()


def test_every_mechanism_and_parameter_is_described(schema: dict[str, Any]) -> None:
    """Editors see each parameter of each built-in mechanism, with its meaning."""
    for name in built_in_names():
        properties = schema["$defs"][f"mechanism_{name}"]["properties"]
        for key, parameter in built_in(name).parameters.items():
            assert " ".join(parameter.about.text.split()) in properties[key]["description"]


def test_every_field_of_the_base_is_in_its_section(schema: dict[str, Any]) -> None:
    """The sections of the enterprise are generated from `from:` in base.yaml."""
    text = str(schema)
    for parameter in built_in("base").parameters.values():
        assert parameter.path is not None
        assert f"'{parameter.path.text.split('.')[-1]}'" in text or "{" in parameter.path.text.split(".")[-1]


def test_required_fields_are_marked(schema: dict[str, Any]) -> None:
    """What must be given whatever else is, is required in the schema."""
    assert set(schema["required"]) == {"leverwise", "model", "time"}
    assert "wage" in schema["$defs"]["mechanism_delegation"]["required"]
    assert "alignment" not in schema["$defs"]["mechanism_delegation"]["required"]


def test_examples_fit_the_schema(schema: dict[str, Any], repository: Path) -> None:
    """Every example is valid by a validator that knows nothing of leverwise."""
    validator = jsonschema.Draft202012Validator(schema)
    examples = sorted((repository / "examples").glob("*.yaml"))
    assert examples
    for path in examples:
        assert not list(validator.iter_errors(YAML(typ="safe", pure=True).load(path))), path


@pytest.mark.parametrize("wrong", ["recognize", "levars", "stpe"])
def test_the_schema_refuses_unknown_keys(schema: dict[str, Any], repository: Path, wrong: str) -> None:
    """A misspelt key is refused by the schema as by the reader."""
    right = {"recognize": "recognise", "levars": "levers", "stpe": "step"}[wrong]
    path = repository / "examples" / "superstar.yaml"
    text = path.read_text("utf-8").replace(f"{right}:", f"{wrong}:")
    content = YAML(typ="safe", pure=True).load(text)
    assert list(jsonschema.Draft202012Validator(schema).iter_errors(content))


def test_examples_load(repository: Path) -> None:
    """Every example becomes declarations without a problem."""
    for path in sorted((repository / "examples").glob("*.yaml")):
        try:
            assert load(path).declarations.equations
        except ModelError as error:
            pytest.fail(str(error))
