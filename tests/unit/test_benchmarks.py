"""The benchmarks can be listed and asked for, and say by their exit code whether everything was measured and right."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from benchmarks import registry, watch
from benchmarks.__main__ import main
from benchmarks.goals import GOALS, reached
from benchmarks.large import described
from benchmarks.page import BEGIN, END
from benchmarks.rows import Limit, Measured, Row, Toward

NAMES = {goal.name for goal in GOALS}


@dataclass(frozen=True)
class Family:
    """A family whose rows are given."""

    given: tuple[Row, ...]
    name: str = "given"
    about: str = "rows that a test gives"
    goal: str = ""
    asked: bool = False

    def rows(self) -> Iterator[Row]:
        """The rows."""
        yield from self.given


def row(ours: float, theirs: float, *, right: bool = True, part: str = "") -> Row:
    """A row towards a goal that is met from 1.5 times the peer's time downwards."""
    limit, toward = Limit(1.5, "peer"), Toward("native", part)
    return Row("this", Measured((ours,)), "1", "peer", Measured((theirs,)), "1", right, limit, toward)


def run(monkeypatch: pytest.MonkeyPatch, *rows: Row) -> int:
    """The exit code of a run of these rows alone."""
    monkeypatch.setattr(registry, "FAMILIES", (Family(rows),))
    return main([])


def test_every_case_can_be_listed(capsys: pytest.CaptureFixture[str]) -> None:
    """`--list` names each family with what it is about, and runs none."""
    assert main(["--list"]) == 0
    told = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in told] == [family.name for family in registry.FAMILIES]
    assert all(family.about in line for family, line in zip(registry.FAMILIES, told, strict=True))


@pytest.mark.parametrize("family", registry.FAMILIES, ids=lambda family: family.name)
def test_every_case_is_there(family: registry.Family) -> None:
    """A family is a module with rows, of one known goal or of none."""
    assert callable(family.rows)
    assert family.goal in NAMES | {""}


def test_a_missing_peer_is_said(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Without its peer a case is one row that says what is missing, and the run ends with code 1."""
    monkeypatch.setitem(sys.modules, "squigglepy", None)
    assert main(["fermi"]) == 1
    told = capsys.readouterr().out
    assert "squigglepy can't be" in told
    assert "not measured" in told


def test_unknown_cases_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    """A case that does not exist ends the run with code 2, and those that do are named."""
    assert main(["fermy"]) == 2
    assert all(family.name in capsys.readouterr().err for family in registry.FAMILIES[:1])


def test_a_wrong_answer_fails_and_a_missed_target_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    """The exit code tells of wrong answers, however fast, and not of slow ones."""
    assert run(monkeypatch, row(1, 1)) == 0
    assert run(monkeypatch, row(9, 1)) == 0
    assert run(monkeypatch, row(1, 9, right=False)) == 1
    assert run(monkeypatch, row(1, 9, right=np.bool_(False))) == 1


def test_goals_are_told_by_the_rows_of_a_run() -> None:
    """A goal is met if all its parts are, and has a reason where it is not; a whole run tells of all goals."""
    both = [("native", row(1.2, 1, part="float64")), ("native", row(2, 1, part="float32"))]
    (missed,) = reached(both, whole=False)
    assert (missed.reached, missed.met) == ("float64 1.20 x, float32 2.00 x", "NO")
    assert missed.reason
    (met,) = reached(both[:1], whole=False)
    assert (met.met, met.reason) == ("yes", "")
    assert reached([("native", row(1, 1, right=False))], whole=False)[0].met == "WRONG"
    broken = [*both, ("native", Row("rest", trouble="no gcc", toward=Toward("native")))]
    assert (reached(broken, whole=False)[0].met, reached(broken, whole=False)[0].reason) == (
        "not measured yet",
        "no gcc",
    )
    whole = reached(both, whole=True)
    assert [goal.case for goal in whole] == [goal.case for goal in GOALS]
    assert sum(goal.met == "not measured yet" for goal in whole) == len(GOALS) - 1


def test_rows_and_goals_as_json(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """`--json` keeps every timing, the ratio, and the goals."""
    monkeypatch.setattr(registry, "FAMILIES", (Family((row(3, 2, right=np.bool_(True), part="float64"),)),))
    assert main(["--json", str(tmp_path / "rows.json")]) == 0
    found = json.loads((tmp_path / "rows.json").read_text(encoding="utf-8"))
    (told,) = found["rows"]
    assert (told["ours"]["values"], told["ratio"], told["met"], told["right"]) == ([3], 1.5, True, True)
    assert {goal["met"] for goal in found["goals"]} == {"yes", "not measured yet"}


def test_the_page_keeps_what_is_around_the_figures(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """`--docs` puts rows and goals between the marks and leaves the rest of the page alone."""
    monkeypatch.setattr(registry, "FAMILIES", (Family((row(3, 2, part="float64"),)),))
    page = tmp_path / "page.md"
    page.write_text(f"before\n{BEGIN}\nof an earlier run\n{END}\nafter\n", encoding="utf-8")
    assert main(["--docs", str(page)]) == 0
    text = page.read_text(encoding="utf-8")
    assert text.startswith(f"before\n{BEGIN}\n")
    assert text.endswith(f"{END}\nafter\n")
    assert "| given | this | 3 s | peer | 2 s | 1.50 | 1 | 1 | <= 1.5 x peer | yes |" in text
    assert "float64 1.50 x" in text
    assert "of an earlier run" not in text


def test_the_large_system_is_one_description() -> None:
    """Each of its variables stands in the model and in the C program, and each auxiliary is read by one stock."""
    system = described()
    assert system == described()
    model, program = system.model(), system.program()
    assert len(model["stocks"]) + len(model["equations"]) == 300
    assert program.count(";\n") == 300
    assert sorted(each for pair in system.stocks for each in pair) == list(range(200))


def test_the_watch_tells_what_is_slower() -> None:
    """Of several rounds the least counts, and what is new since the base is not compared."""
    old, new = dict[str, float](), dict[str, float]()
    for seconds in (1.0, 1.2):
        watch.merge(old, {"file::test_a": seconds, "file::test_b": seconds})
        watch.merge(new, {"file::test_a": 1.25 * seconds, "file::test_b": 1.35 * seconds, "file::test_c": seconds})
    assert (old["file::test_a"], new["file::test_b"]) == (1.0, 1.35)
    assert watch.slower(old, new) == ["file::test_b"]
    _, *told = watch.table(old, new, "HEAD")
    assert [line.split()[0] for line in told] == ["a", "b"]
    assert [line.endswith("SLOWER") for line in told] == [False, True]
