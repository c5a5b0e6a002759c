"""Problems are shown with their place, the line, a caret and a hint."""

from __future__ import annotations

import pickle
from pathlib import Path

from leverwise.errors import ModelError, Position, Problem, did_you_mean


def test_marks_the_place(tmp_path: Path) -> None:
    """The line is printed with carets under the marked characters."""
    file = tmp_path / "model.yaml"
    file.write_text("first\nimpact: 2*deels\n")
    problem = Problem("there is no `deels`", Position(str(file), 2, 11, 5), "did you mean `deals`?")
    assert problem.render().split("\n") == [
        f"{file}:2:11: there is no `deels`",
        "  impact: 2*deels",
        "            ^^^^^",
        "  did you mean `deals`?",
    ]


def test_long_lines_are_cut(tmp_path: Path) -> None:
    """Only the neighbourhood of the place is printed, and the caret stays under it."""
    file = tmp_path / "model.yaml"
    file.write_text("x" * 5000 + "!" + "y" * 5000)
    lines = Problem("here", Position(str(file), 1, 5001)).render().split("\n")
    assert len(lines[1]) < 130
    assert lines[1][lines[2].index("^")] == "!"


def test_missing_file_is_no_obstacle() -> None:
    """Without the file, the place is still named."""
    assert Problem("wrong", Position("/nowhere/x.yaml", 3, 4)).render() == "/nowhere/x.yaml:3:4: wrong"


def test_control_characters_are_not_printed(tmp_path: Path) -> None:
    """An escape sequence in a file can't reach the terminal."""
    file = tmp_path / "model.yaml"
    file.write_text("a: \x1b[31m red")
    assert "\x1b" not in Problem("here", Position(str(file), 1, 1)).render()


def test_problems_are_sorted_and_unique() -> None:
    """An error lists each problem once, in order of place, those without a place last."""
    late, early = Problem("b", Position("m", 9, 1)), Problem("a", Position("m", 2, 5))
    error = ModelError([Problem("nowhere"), late, early, late])
    assert [problem.message for problem in error.problems] == ["a", "b", "nowhere"]
    assert pickle.loads(pickle.dumps(error)).problems == error.problems


def test_what_was_typed_is_known_by_more_than_its_looks() -> None:
    """A setting is shown as it was typed, whatever it begins with; a file may be called like an option."""
    set_to = Position("with fee=2*nothing", 1, 12, 7, typed=True)
    assert Problem("no", set_to).render() == "no\n  with fee=2*nothing\n             ^^^^^^^"
    assert set_to.shifted(1).typed
    assert str(Position("--set m.yaml", 3, 4)) == "--set m.yaml:3:4"


def test_did_you_mean() -> None:
    """Close names are suggested, whatever their case; distant ones are not."""
    assert did_you_mean("Salray", ["salary", "horizon"]) == "did you mean `salary`?"
    assert did_you_mean("zzz", ["salary"]) == ""
