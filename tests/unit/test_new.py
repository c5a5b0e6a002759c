"""`leverwise new` in a terminal: questions, wrong answers, going back, stopping, and the model that comes of it."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

import leverwise
from leverwise import cli
from leverwise.model.interview import Interview
from unit.terminal import CTRL_C, typed

BAKER = [
    "loaf",
    "bo",
    "2000",  # more than a month has
    "45 minutes",  # hardly meant, and asked back
    "160",
    "back",
    "150 to 170",
    "baking",
    "0.5",
    "none",
    "20",
    "one",
    "$6",
    "$8 to $12",
    "5k to 9k",
    "300",
    "1 to 3",
    "$5k",
    "?",
    "0",
    "6",
    "name",
]


def test_a_conversation_ends_with_a_model_and_its_diagnosis(tmp_path: Path) -> None:
    """A wrong answer is asked again, `back` goes back, the model is written and checked, and its bottleneck is told."""
    code, shown = typed(["new", "my-work"], [*BAKER, "back", "name", ""], tmp_path)
    assert code == 0, shown
    assert "more than a month has" in shown
    assert "that is 45 minutes in a whole month: yes, or another answer?" in shown
    assert "(before: 160)" in shown
    assert "1 of about 22. " in shown
    assert "my-work is sound: 1 lever (1 brand)" in shown
    assert "the bottleneck is" in shown
    assert shown.rstrip().endswith("leverwise plan my-work/my-work.yaml")
    written = tmp_path / "my-work" / "my-work.yaml"
    assert os.listdir(written.parent) == ["my-work.yaml"]
    assert "hours: 150 to 170 hours/month" in written.read_text()
    assert leverwise.load(written).system.name == "my-work"


@pytest.mark.parametrize("last", [[CTRL_C], [*BAKER[-1:], CTRL_C], [*BAKER[-1:], "no"]], ids=["asked", "shown", "no"])
def test_who_stops_leaves_nothing_behind(last: list[str], tmp_path: Path) -> None:
    """Ctrl-C at a question or before the file is written, or `no`: exit code 130, and not even the folder is there."""
    code, shown = typed(["new", "my-work"], [*BAKER[:-1], *last], tmp_path)
    assert code == 130, shown
    assert "stopped" in shown
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("given", [{}, {"copies": "free", "levers": "people, shows"}], ids=["unknown", "free"])
def test_what_nobody_knows_runs(given: dict[str, str | None], tmp_path: Path) -> None:
    """A model in which next to nothing is known is sound and runs: something is made, and every sample is a number."""
    path = tmp_path / "mine.yaml"
    path.write_text(Interview("mine", given).text, encoding="utf-8")
    model = leverwise.load(path)
    assert model.lints == ()
    impact = model.simulate(samples=64).numbers["impact"]
    assert 0 < impact.p5 < impact.p50 < impact.p95 < float("inf")


def test_without_a_terminal_nobody_is_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Exit code 2 at once, with what to type instead, and nothing is made."""
    monkeypatch.chdir(tmp_path)
    with open(os.devnull) as nothing:
        monkeypatch.setattr("sys.stdin", nothing)
        assert cli.main(["new", "my-work"]) == 2
    _, err = capfd.readouterr()
    assert "no terminal" in err
    assert "leverwise new my-work --from superstar" in err
    assert os.listdir(tmp_path) == []


def test_what_is_there_is_not_asked_about(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """A model that is there already is said before the first question, and is left as it is."""
    monkeypatch.chdir(tmp_path)
    Path("my-work").mkdir()
    Path("my-work/my-work.yaml").write_text("mine")
    assert cli.main(["new", "my-work"]) == 2
    assert "is there already" in capfd.readouterr().err
    assert Path("my-work/my-work.yaml").read_text() == "mine"


def test_a_community_larger_than_the_market_is_no_accident(tmp_path: Path) -> None:
    """In samples in which more members were needed than there are people nothing tips, and every number is finite."""
    path = tmp_path / "mine.yaml"
    path.write_text(Interview("mine", {"levers": "community"}).text, encoding="utf-8")
    settings = {"market.people": "800 people", "market.recognise": "20 people", "market.members": "0 people"}
    model = leverwise.load(path, set=settings | {"community.tipping": "100 to 3k people"})
    found = model.simulate(samples=256)
    assert np.isfinite(found.series["impact"]).all()
    assert not any("finite" in warning for warning in found.warnings)
