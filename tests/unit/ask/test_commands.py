"""The command that follows an answer can be typed as it stands, and asks about the same model."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Any

import pytest

import leverwise
from leverwise import cli
from leverwise.ask.commands import after_planning, command
from unit.ask.test_questions import SHOP

TEXT = """
leverwise: 1
model: shop
time: {step: 1, horizon: 4}
values: {pull: 2}
decisions: {ads: {min: 0, max: 3}}
stocks: {fans: {start: 1, change: 0, nudge: fans}}
impact: pull*fans*(1 - exp(-ads))
"""


@pytest.mark.parametrize("name", ["m.yaml", "my shop's.yaml", "-m.yaml", "shop-plan.yaml", "$HOME.yaml", "a;b.yaml"])
def test_every_next_command_can_be_run(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Whatever the model is called, each answer leads to the next, with the settings it was asked with."""
    monkeypatch.chdir(tmp_path)
    Path(name).write_text(TEXT)
    words = ["simulate", f"./{name}" if name.startswith("-") else name, "--set", "values.pull=3 + 1", "--samples", "4"]
    for question in ("diagnose", "plan", "diagnose"):
        assert cli.main(words) == 0, capfd.readouterr().err
        said = capfd.readouterr().out.splitlines()[-1]
        assert said.startswith("next leverwise ")
        first, *rest = said.removeprefix("next ").split(" && ")
        if rest:
            assert cli.main(shlex.split(first)[1:]) == 0
            assert capfd.readouterr().out
        words = shlex.split((rest or [first])[0])[1:]
        assert words[0] == question
        assert "values.pull=3 + 1" in words
    assert cli.main(words) == 0
    assert Path(name).read_text() == TEXT


def test_settings_of_the_plan_and_its_file_are_kept(tmp_path: Path) -> None:
    """What a plan was asked with is asked again; a plan from a file goes on to the next question."""
    path = tmp_path / "m.yaml"
    path.write_text(TEXT)
    model = leverwise.load(path, set={"values.pull": "1 to 3"}).with_settings({"plan.confidence": "90 %"})
    settings = "--set 'values.pull=1 to 3' --set 'plan.confidence=90 %'"
    assert command("diagnose", model, "a b.yaml") == f"leverwise diagnose {path} --plan 'a b.yaml' {settings}"
    assert command("diagnose", model, {"ads": 1}) == f"leverwise diagnose {path} {settings}"
    written = (
        f"leverwise plan {path} {settings} --out shop-plan.yaml && "
        f"leverwise simulate {path} --plan shop-plan.yaml {settings}"
    )
    assert after_planning("simulate", model) == written


def test_what_follows_a_plan_made_from_another_does_not_write_over_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The plan it began from is named again, since without it another might be found, and is still there then."""
    monkeypatch.chdir(tmp_path)
    Path("m.yaml").write_text(TEXT)
    Path("shop-plan.yaml").write_text("plan: {ads: 2}")
    following = leverwise.load("m.yaml").plan(samples=4, plan="shop-plan.yaml").next
    made, asked = following.split(" && ")
    assert made == "leverwise plan m.yaml --plan shop-plan.yaml --out shop-found-plan.yaml"
    assert asked.endswith("m.yaml --plan shop-found-plan.yaml")


def test_a_model_without_a_file_is_called_model() -> None:
    """Of a dict, and of what has no resource, the command is one that has an answer."""
    assert command("plan", leverwise.load(SHOP)) == "leverwise plan MODEL"
    still: dict[str, Any] = {**SHOP, "stocks": {"cash": {**SHOP["stocks"]["cash"], "nudge": "no"}}}
    assert leverwise.load(still).simulate(samples=4).next == "leverwise plan MODEL"
    fixed = {"leverwise": 1, "model": "idle", "time": {"step": 1, "horizon": 2}, "impact": {"is": "1"}}
    assert leverwise.load(fixed).simulate(samples=4).next == "leverwise show MODEL"
