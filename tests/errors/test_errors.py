"""Every wrong model is refused, at the right line, with words that help: the whole way a model goes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from leverwise import lang, model
from leverwise.errors import ModelError

HERE = Path(__file__).parent
EXPECTED: dict[str, dict[str, Any]] = YAML(typ="safe", pure=True).load((HERE / "expected.yaml").read_text("utf-8"))


def refusal(path: Path) -> ModelError:
    with pytest.raises(ModelError) as caught:
        lang.build(model.load(path).declarations)
    return caught.value


def test_each_wrong_model_has_its_row() -> None:
    """The table and the folder name the same models, of which there are at least fifty."""
    assert sorted(path.stem for path in (HERE / "models").glob("*.yaml")) == sorted(EXPECTED)
    assert len(EXPECTED) >= 50


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_wrong_model_is_refused_at_its_line(name: str) -> None:
    """The first problem stands at the expected line and says what is wrong and what to write instead."""
    path = HERE / "models" / f"{name}.yaml"
    wanted = EXPECTED[name]
    problem = refusal(path).problems[0]
    assert problem.at is not None
    assert (problem.at.file, problem.at.line) == (str(path), wanted["line"]), problem.render()
    lines = path.read_text("utf-8").split("\n")
    assert 1 <= problem.at.column <= len(lines[problem.at.line - 1]) + 1
    for word in wanted["says"]:
        assert word in problem.message, problem.render()
    for word in wanted.get("hint", ()):
        assert word in problem.hint, problem.render()


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_one_mistake_is_one_problem(name: str) -> None:
    """One mistake does not set off a row of problems that hide it."""
    problems = refusal(HERE / "models" / f"{name}.yaml").problems
    assert len(problems) <= 3, "\n".join(problem.render() for problem in problems)
