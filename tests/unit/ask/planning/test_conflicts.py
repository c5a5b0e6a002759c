"""Limits that contradict each other: which, where they stand, and by how much one has to give way."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import leverwise
from leverwise import cli
from leverwise.ask.limits import fail_if_contradictory
from leverwise.errors import ModelError, NoAnswerError

MODEL = """leverwise: 1
model: yard
about: A yard with boats and hands.
time: {step: 1 month, horizon: 4 months, method: euler}
units: [boat]
values: {rate: 1 to 2 boat/person/month, wage: $2k/month/person, fee: 1k to 3k $/month/person}
decisions:
  hands: {unit: person, min: 0 person, max: 5 person, every: 1 month, whole: yes, costs: wage}
  guests: {unit: person, min: 0 person, max: 5 person, every: 1 month, costs: fee}
stocks: {built: {start: 0 boat, change: rate*(hands + guests)}}
impact: {is: 0 boat/month, unit: boat, final: built}
plan:
  subject to:
"""


def written(folder: Path, *limits: str) -> Path:
    """The yard with limits."""
    file = folder / "yard.yaml"
    file.write_text(MODEL + "".join(f"    - {limit}\n" for limit in limits))
    return file


@pytest.mark.parametrize(
    ("limits", "said", "mend"),
    [
        (
            ("hands <= 2 person", "hands + guests <= 9 person", "hands >= 3 person"),
            "`hands <= 2 person` (FILE:14:7) and `hands >= 3 person` (FILE:16:7) contradict each other",
            "relax `hands <= 2 person` by 1 person or `hands >= 3 person` by 1 person",
        ),
        (
            ("integral(hands) >= 26 person*month",),
            "`integral(hands) >= 26 person*month` (FILE:14:7) can't be kept within what `hands` may be",
            "relax `integral(hands) >= 26 person*month` by 6 person month or let more be decided",
        ),
        (
            ("spending(hands) <= 3k $/month", "hands >= 2 person"),
            "`spending(hands) <= 3k $/month` (FILE:14:7) and `hands >= 2 person` (FILE:15:7) contradict each other",
            "relax `spending(hands) <= 3k $/month` by $1k/month or `hands >= 2 person` by 0.5 people",
        ),
    ],
)
def test_check_and_plan_name_the_limits_that_contradict_each_other(
    tmp_path: Path, limits: tuple[str, ...], said: str, mend: str
) -> None:
    """Only those that do, once, with their places; each is told by how much it alone would have to give way."""
    file = written(tmp_path, *limits)
    said = said.replace("FILE", str(file))
    model = leverwise.load(str(file))
    with pytest.raises(ModelError) as wrong:
        fail_if_contradictory(model.system)
    (problem,) = wrong.value.problems
    assert (problem.message, problem.hint) == (f"no schedule keeps all the limits: {said}", mend)
    assert problem.at is not None
    assert problem.at.line == 13 + len(limits)
    with pytest.raises(NoAnswerError) as none:
        model.plan(samples=16)
    assert str(none.value) == f"no schedule keeps all the limits: {said}; {mend}."


def test_prices_that_are_drawn_are_left_to_the_plan(tmp_path: Path) -> None:
    """$2k a month on guests at a mean of some $1.9k each keeps one, but not two: only the plan can tell."""
    model = leverwise.load(str(written(tmp_path, "spending(guests) <= 2k $/month", "guests >= 2 person")))
    fail_if_contradictory(model.system)
    with pytest.raises(NoAnswerError, match=r"contradict each other; relax `spending\(guests\) <= 2k \$/month` by \$1"):
        model.plan(samples=16)


def test_limits_that_fit_are_sound(tmp_path: Path) -> None:
    """Equalities and limits that leave one schedule, or nothing at all, are no contradiction."""
    file = written(tmp_path, "hands == 2 person", "integral(hands) == 8 person*month", "guests <= 0 person")
    fail_if_contradictory(leverwise.load(str(file)).system)


def test_check_ends_with_two_and_plan_with_one(tmp_path: Path, capsys: Any) -> None:
    """What is wrong is refused by `check`; `plan` has no answer, and says so once."""
    file = written(tmp_path, "hands <= 2 person", "hands >= 3 person")
    assert cli.main(["check", str(file)]) == 2
    shown = capsys.readouterr().err
    assert f"{file}:15:7: no schedule" in shown
    assert "      - hands >= 3 person\n        ^^^^^^^^^^^^^^^^^\n  relax `hands <= 2" in shown
    assert cli.main(["plan", str(file), "--quiet"]) == 1
    assert capsys.readouterr().err.count("contradict each other") == 1
