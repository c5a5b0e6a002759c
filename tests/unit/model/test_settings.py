"""`--set`: paths, short forms, and what fits nowhere."""

from __future__ import annotations

from pathlib import Path

import pytest

import leverwise
from leverwise.errors import ModelError
from leverwise.model.document import Mapping, Node, Scalar, follow
from leverwise.model.read import parse
from leverwise.model.settings import apply
from unit.model.texts import CREW, LAB, PLAIN, singer

LAB_WRITING = ("levers", "sound lab", "technology", "multiplies", "writing.effort")


def changed(text: str, path: str, value: str) -> Node:
    return apply(parse(text, "f.yaml"), {path: value})


def at(tree: Node, *path: str) -> str:
    found = follow(tree, path)
    assert isinstance(found, Scalar)
    return found.text


@pytest.mark.parametrize(
    ("path", "full"),
    [
        ("money.start", ("money", "start")),
        ("market.word of mouth", ("market", "word of mouth")),
        ("market.word_of_mouth", ("market", "word of mouth")),
        ("work.tasks.sound.seats", ("work", "tasks", "sound", "seats")),
        ("sound.seats", ("work", "tasks", "sound", "seats")),
        ("star.hours", ("people", "star", "hours")),
        ("sound_engineer.hours", ("people", "sound engineer", "hours")),
        ("levers.crew.delegation.wage", ("levers", "crew", "delegation", "wage")),
        ("levers.crew.wage", ("levers", "crew", "delegation", "wage")),
        ("crew.wage", ("levers", "crew", "delegation", "wage")),
        ("crew.at_most", ("levers", "crew", "delegation", "at most")),
        ("crew.hours", ("levers", "crew", "delegation", "hours")),
        ("money.credit.limit", ("money", "credit", "limit")),
        ("plan.budget", ("plan", "budget")),
        ("principal", ("principal",)),
        ("rate_per_unit", ("market", "rate")),
        ("trust_effect", ("market", "trust", "effect")),
        ("cash_start", ("money", "start")),
        ("worth", ("market", "worth", "mean")),
        ("sound.seat", ("work", "tasks", "sound", "seats")),
        ("star.writing.ability", ("people", "star", "talent", "writing")),
        ("writing.effort.given", ("work", "tasks", "writing", "effort")),
    ],
)
def test_a_path_sets_one_value(path: str, full: tuple[str, ...]) -> None:
    """Full and short paths reach the same entry, which may be new; the position says `--set`."""
    tree = changed(singer(CREW), path, "9")
    found = follow(tree, full)
    assert isinstance(found, Scalar)
    assert found.text == "9"
    assert str(found.at) == f"--set {path}=9"
    assert found.at.column == len("--set ") + len(path) + 2


def test_a_value_may_be_a_mapping() -> None:
    """A schedule is set as YAML."""
    tree = changed(singer(CREW), "crew.use", "{0 months: 1, 6 months: 2}")
    assert at(tree, "levers", "crew", "use", "6 months") == "2"


def test_a_value_in_full_keeps_its_unit() -> None:
    """Setting `x` where `{is: ..., unit: ...}` stands changes the `is`."""
    text = PLAIN.replace("rate: 0.1", "rate: {is: 0.1, about: How fast.}")
    tree = changed(text, "rate", "0.2")
    assert at(tree, "values", "rate", "is") == "0.2"
    assert at(tree, "values", "rate", "about") == "How fast."


def test_lists_are_reached_by_number() -> None:
    """Items of a list count from 0."""
    tree = changed(singer(CREW), "crew.tasks.1", "writing")
    tasks = follow(tree, ("levers", "crew", "delegation", "tasks"))
    assert tasks is not None
    assert [item.text for item in tasks.items] == ["sound", "writing"]  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("path", "value", "word", "hint"),
    [
        ("wirting.effort", "1", "nothing called `wirting.effort`", "writing.effort"),
        ("crwe.wage", "1", "nothing called `crwe.wage`", "crew.wage"),
        ("spread", "1", "nothing called `spread`", "did you mean `market.worth.spread`?"),
        ("at most", "1", "nothing called `at most`", "`crew.at_most`"),
        ("spread", "1", "nothing called `spread`", "`market.worth.spread`"),
        ("wages", "1", "nothing called `wages`", "`crew.wage`"),
        ("work.tasks.drums.effort", "1", "nothing called `drums`", ""),
        ("a..b", "1", "not a path", "section.key=value"),
        ("money.start.dollars", "1", "cannot be set inside `$400k`", ""),
        ("crew.tasks.7", "x", "no item `7`", "0 to 1"),
        ("crew.wage", "[1", "`[` is not closed", ""),
        ("crew.wage", "a: b: c", "second `:`", "quotes"),
    ],
)
def test_what_fits_nowhere_is_refused(path: str, value: str, word: str, hint: str) -> None:
    """A path or value that is wrong is an error that says which `--set` it was."""
    with pytest.raises(ModelError) as caught:
        changed(singer(CREW), path, value)
    problem = caught.value.problems[0]
    assert word in problem.message
    assert hint in problem.hint
    assert problem.at is not None
    assert problem.at.file.startswith("--set ")


def test_all_wrong_settings_are_reported() -> None:
    """Two wrong settings are two problems."""
    with pytest.raises(ModelError) as caught:
        apply(parse(PLAIN, "f"), {"nothing": "1", "nobody": "2"})
    assert len(caught.value.problems) == 2


def test_the_document_given_is_left_alone() -> None:
    """Setting makes a copy."""
    tree = parse(PLAIN, "f")
    apply(tree, {"rate": "7"})
    assert isinstance(tree, Mapping)
    assert at(tree, "values", "rate") == "0.1"


@pytest.mark.parametrize("name", ["writing.effort", "singing.effort"])
def test_a_path_reaches_keys_that_have_dots(name: str) -> None:
    """`sound_lab.multiplies.writing.effort` names the key `writing.effort`; a new one beside it is taken whole."""
    tree = changed(singer(LAB), f"sound_lab.multiplies.{name}", "0.25")
    assert at(tree, "levers", "sound lab", "technology", "multiplies", name) == "0.25"


def test_whatever_answers_call_a_number_can_be_set(repository: Path) -> None:
    """Every number of an example's equations, but for whether somebody does chores, which follows from the tasks."""
    file = repository / "examples" / "superstar.yaml"
    tree = parse(file.read_text(), "f.yaml")
    names = [value.name for value in leverwise.load(file).system.values if not value.name.endswith("does_chores")]
    assert len(names) > 100
    for name in names:
        apply(tree, {name: "1"})
    assert at(apply(tree, {"sound_lab.multiplies.writing_effort": "0.5"}), *LAB_WRITING) == "0.5"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("cash", "`cash` follows from other numbers: `leverwise explain MODEL cash` says from which"),
        ("x.zzz", ""),
        ("trust_efect", "did you mean `trust_effect` or `trust_given`?"),
    ],
)
def test_what_can_not_be_set_is_marked_in_what_was_typed(name: str, said: str) -> None:
    """No line and column of an option, but the option itself, marked below."""
    with pytest.raises(ModelError) as wrong:
        changed(singer(CREW), name, "3")
    (problem,) = wrong.value.problems
    assert problem.hint == said
    shown = problem.render().split("\n")
    assert shown[:3] == [
        f"the model has nothing called `{name}`",
        f"  --set {name}=3",
        "        " + "^" * len(name),
    ]
