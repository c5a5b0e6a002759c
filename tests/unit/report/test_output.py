from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from leverwise.ask import planfile
from leverwise.ask.answer import Answer
from leverwise.errors import ModelError
from leverwise.files import aside, write
from leverwise.report import examples, plans
from leverwise.report.output import KINDS, Output, give_text
from unit.report.answers import awkward_answer, plan_answer, simulate_answer
from unit.report.systems import small_system

SYSTEM = small_system()


def small_plan() -> Answer:
    """A schedule for the small system: its lever's decision in $k, and a plain one."""
    rows = [
        {"lever": "media", "decision": "spent", "period": k + 1, "start": 3.0 * k, "value": v, "unit": "$k/month"}
        for k, v in enumerate((1.0, 2.5, 0.1 + 0.2, 9.0))
    ]
    rows += [
        {"lever": None, "decision": "hire", "period": k + 1, "start": 6.0 * k, "value": v, "unit": "person"}
        for k, v in enumerate((0.0, 2.0))
    ]
    return replace(plan_answer(), rows={"schedule": rows})


def test_a_plan_file_reads_back_as_the_same_schedule(tmp_path: Path) -> None:
    """What `--out plan.yaml` writes, `--plan plan.yaml` reads: the same values in base units."""
    path = tmp_path / "plan.yaml"
    write(path, plans.text(small_plan(), SYSTEM))
    schedule = planfile.read(path, SYSTEM)
    assert schedule["media.spent"] == pytest.approx((1000.0, 2500.0, 300.0, 9000.0), rel=1e-9)
    assert schedule["hire"] == (0.0, 2.0)


def test_a_plan_file_needs_a_schedule() -> None:
    """An answer without decisions can not be written as a plan."""
    with pytest.raises(ModelError, match="no schedule"):
        plans.text(simulate_answer(), SYSTEM)


@pytest.mark.parametrize("kind", [".yaml", *KINDS])
def test_the_ending_says_what_is_written(kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Every ending gives a file of its kind; the answer is printed as well; nothing else is left behind."""
    answer = replace(small_plan(), series={"cash": np.ones((2, 3))}, times=np.arange(3.0))
    path = tmp_path / f"answer{kind}"
    Output(str(path), kinds=(".yaml", *KINDS)).give(answer, SYSTEM)
    starts = {".yaml": b"# Hire", ".json": b"{", ".txt": b"Hire the crew", ".html": b"<!DOCTYPE html>"}
    starts |= {".png": b"\x89PNG", ".svg": b"<svg", ".nc": b"\x89HDF"}
    assert path.read_bytes().startswith(starts[kind])
    assert [p.name for p in tmp_path.iterdir()] == [path.name]
    captured = capsys.readouterr()
    assert captured.out.startswith("Hire the crew first")
    assert captured.err == f"wrote {path}\n"


def test_json_goes_to_a_file_without_an_ending_if_asked_for(tmp_path: Path) -> None:
    """`--json --out answer` writes JSON."""
    Output(str(tmp_path / "answer"), json=True).give(simulate_answer(), SYSTEM)
    assert json.loads((tmp_path / "answer").read_text())["question"] == "simulate"


@pytest.mark.parametrize(
    ("out", "said"),
    [("a.docx", "no files that end in '.docx'"), ("no/a.json", "no folder no"), (".", "is a folder"), ("a", "''")],
)
def test_what_can_not_be_written_is_refused_before_the_work(
    out: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The ending and the folder are looked at first, so that no answer is lost."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ModelError, match=said):
        Output(out)


def test_an_answer_without_pictures_says_so(tmp_path: Path) -> None:
    """No empty picture is written."""
    answer = replace(awkward_answer(), charts=awkward_answer().charts[:2])
    with pytest.raises(ModelError, match="nothing to draw"):
        Output(str(tmp_path / "a.png")).give(answer, SYSTEM)
    assert list(tmp_path.iterdir()) == []


def test_a_failure_leaves_the_old_file(tmp_path: Path) -> None:
    """Whatever happens while writing, the file is the old one or the new one, and nothing is left beside it."""
    path = tmp_path / "a.txt"
    path.write_text("old")

    def fail_while_writing() -> None:
        with aside(path) as part:
            part.write_text("ne")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail_while_writing()
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]
    give_text("new", str(path))
    assert path.read_text() == "new"


def test_examples_are_found_with_what_they_are_about(repository: Path) -> None:
    """Every example of the checkout has a name, a sentence and its file first."""
    assert examples.names() == sorted(path.stem for path in (repository / "examples").glob("*.yaml"))
    for name in examples.names():
        assert examples.about(name).endswith(".")
        assert examples.files(name)[0].name == f"{name}.yaml"


def test_files_beside_an_example_come_with_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`a.csv` and `a-b.csv` belong to example `a`, `ab.csv` does not."""
    for name in ("a.yaml", "a.csv", "a-b.csv", "ab.csv"):
        (tmp_path / name).write_text("about: x\n")
    monkeypatch.setattr(examples, "_PLACES", (tmp_path / "nowhere", tmp_path))
    assert [path.name for path in examples.files("a")] == ["a.yaml", "a-b.csv", "a.csv"]


def test_an_installation_without_examples_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The error is one of a missing file."""
    monkeypatch.setattr(examples, "_PLACES", (tmp_path,))
    with pytest.raises(FileNotFoundError, match="without examples"):
        examples.names()
