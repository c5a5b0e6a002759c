"""Plan files: written, read back, and refused with what is wrong."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from leverwise.ask import planfile
from leverwise.ask.answer import Answer, Provenance
from leverwise.ask.plan_tables import schedule_rows
from leverwise.ask.schedules import merged, split
from leverwise.errors import ModelError
from leverwise.lang.system import Unit
from unit.ask.stand_in import decision, system

MODEL = system(
    [
        decision("crew.positions", 0, 5, periods=3, whole=True, unit=Unit("person", 1.0)),
        decision("media.spent", 0, 1e6, periods=2, unit=Unit("k$/month", 1000.0), start=500.0),
    ],
    steps=3,
)


def test_a_plan_file_gives_back_what_was_written(tmp_path: Path) -> None:
    """Values survive the way through their display unit."""
    schedule = {"crew.positions": (0.0, 2.0, 3.0), "media.spent": (1234.5, 0.0)}
    planfile.write(tmp_path / "plan.yaml", schedule, MODEL)
    assert planfile.read(tmp_path / "plan.yaml", MODEL) == schedule


def test_one_number_stands_for_all_periods_and_the_rest_keeps_its_start(tmp_path: Path) -> None:
    """A single value is spread; a decision that is not named stays at its start."""
    path = tmp_path / "plan.yaml"
    path.write_text("plan:\n  crew.positions: 2\n", encoding="utf-8")
    vector = merged(planfile.read(path, MODEL), MODEL)
    assert split(vector, MODEL) == {"crew.positions": (2.0, 2.0, 2.0), "media.spent": (500.0, 500.0)}


@pytest.mark.parametrize(
    ("text", "value"),
    [("18.1k", 18.1e6), ("0.5", 500.0), ("$18.1k/month", 18.1e3), ("$12/year", 1.0), ("1e2", 1e5)],
)
def test_numbers_are_written_as_in_a_model(tmp_path: Path, text: str, value: float) -> None:
    """Thousands and units are understood; without a unit a number counts in that of the decision."""
    money = decision("media.spent", 0, 1e9, unit=Unit("k$/month", 1000.0, (("money", 1.0), ("time", -1.0))))
    path = tmp_path / "plan.yaml"
    path.write_text(f"plan: {{media.spent: {text}}}", encoding="utf-8")
    assert planfile.read(path, system([money]))["media.spent"] == pytest.approx((value,), rel=1e-12)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("plan: {crew.position: 1}", "no decision `crew.position`"),
        ("plan: {crew.positions: [1, 2]}", "3 periods, but 2 values"),
        ("plan: {crew.positions: 9}", "9 people is outside the bounds of `crew.positions`, 0 to 5 people"),
        ("plan: {crew.positions: 9}", "write at most 5, or change in the model how far it may go"),
        ("plan: {crew.positions: -1}", "write at least 0"),
        ("plan: {crew.positions: 1.5}", "takes whole numbers, not 1.5 people"),
        ("plan: {crew.positions: 1.5}", "write 1 or 2"),
        ("plan: {media.spent: many}", "a number is wanted"),
        ("plan: {media.spent: '$15,000'}", "write `.15000` or `.15k`"),
        ("plan: {media.spent: 3 to 5}", "a number is wanted"),
        ("plan: {media.spent: [[1], 2]}", "a number is wanted"),
        ("plan: {crew.positions: 3 hours}", "is in people, not in hours"),
        ("something: else", "no plan"),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, text: str, complaint: str) -> None:
    """Each mistake is refused with a sentence about it, and its place in the file."""
    path = tmp_path / "plan.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ModelError, match=complaint) as raised:
        planfile.read(path, MODEL)
    assert raised.value.problems[0].at is not None


def test_all_problems_come_at_once() -> None:
    """Two mistakes in a plan given from Python are both reported."""
    with pytest.raises(ModelError) as raised:
        planfile.checked({"crew.position": 1, "media.spent": 1e9}, MODEL)
    assert len(raised.value.problems) == 2


@pytest.mark.parametrize("names", [("media.spent", "spent"), ("spent", "media.spent")])
def test_a_plain_decision_may_have_the_short_name_of_a_lever_s(names: tuple[str, str]) -> None:
    """Both keep their own values on the way through the table, in whatever order they stand."""
    model = system(
        [decision(name, 0, 9, periods=2, switch="media" if "." in name else None) for name in names], steps=2
    )
    rows = schedule_rows(model, np.array([1.0, 2.0, 3.0, 4.0]))
    answer = Answer("plan", "", "", "", "", {}, {"schedule": rows}, (), (), Provenance("0", 0, 1, "float64", "cpu", {}))
    assert planfile.scheduled(answer, model) == {names[0]: [1.0, 2.0], names[1]: [3.0, 4.0]}


def test_names_from_python_are_read_as_in_a_file() -> None:
    """Spaces stand for `_` either way, and a name that is not known is answered with those that are."""
    assert planfile.checked({"crew.positions ": 2}, MODEL)["crew.positions"] == (2.0, 2.0, 2.0)
    with pytest.raises(ModelError, match=r"the decisions are crew\.positions, media\.spent"):
        planfile.checked({"zzz": 1}, MODEL)


OTHER = """# Impact is $12.
# model physio, sha256 0123abc
plan:
  rooms.rented: [0, 1]
  ads.spent: 3
"""


def test_a_plan_of_another_model_is_one_error(tmp_path: Path) -> None:
    """By the line that names the model, or because no decision of it is known; a model is no plan either."""
    path = tmp_path / "kept.yaml"
    for text, said in (
        (OTHER, f"is a plan of the model `physio`, not of `{MODEL.name}`"),
        (OTHER.partition("plan:")[2].join(("plan:", "")), f"is a plan of another model, not of `{MODEL.name}`"),
        ("leverwise: 1\nmodel: physio\nplan: {every: 3 months}\n", "this is a model, not a plan"),
    ):
        path.write_text(text, encoding="utf-8")
        with pytest.raises(ModelError) as wrong:
            planfile.read(path, MODEL)
        (problem,) = wrong.value.problems
        assert said in problem.message
        assert "leverwise plan MODEL --out" in problem.hint


def test_another_plan_is_not_written_over(tmp_path: Path) -> None:
    """Only a plan of the same model is replaced; another model's, a model, or any other text is not."""
    path = tmp_path / "kept.yaml"
    planfile.fail_if_kept(path, MODEL)
    for text, said in (
        (OTHER, "a plan of the model `physio`"),
        ("leverwise: 1\nmodel: physio\nplan: {every: 3 months}\n", "a model"),
        ("a: list", "no plan"),
    ):
        path.write_text(text, encoding="utf-8")
        with pytest.raises(ModelError, match=f"is {said}: the plan of `{MODEL.name}` would replace it"):
            planfile.fail_if_kept(path, MODEL)
    path.write_text(OTHER.replace("physio", MODEL.name), encoding="utf-8")
    planfile.fail_if_kept(path, MODEL)
    planfile.write(path, {MODEL.decisions[0].name: (MODEL.decisions[0].low,)}, MODEL)
    planfile.fail_if_kept(path, MODEL)


@pytest.mark.parametrize("number", [1, 1.0, True, np.int64(1), np.float32(1), np.array(1.0), [np.int32(1)], np.ones(3)])
def test_a_number_from_python_may_be_of_any_kind(number: Any) -> None:
    """Numbers of numpy, alone or in a list, are as good as plain ones."""
    assert planfile.checked({"crew.positions": number}, MODEL)["crew.positions"] == (1.0, 1.0, 1.0)


@pytest.mark.parametrize("given", ["many", [[1, 2, 3]], {"a": 1}, [1, "x", 2], [1, [2], 3]])
def test_what_is_no_number_is_refused_by_name(given: Any) -> None:
    """Words, tables and lists of lists are a problem of that decision, and the next is looked at."""
    with pytest.raises(ModelError) as raised:
        planfile.checked({"crew.positions": given, "media.spent": 1e9}, MODEL)
    first, _ = raised.value.problems
    assert first.message == "`crew.positions` has a value that is no number"
