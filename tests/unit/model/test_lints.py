"""Lints: each fires on what is hardly meant, says where and how to mend it, and is quiet right beside that."""

from __future__ import annotations

from pathlib import Path

import pytest

from leverwise import model
from leverwise.errors import Lint
from leverwise.lang import build
from leverwise.model.interview import built
from leverwise.model.lints import look

EXAMPLES = sorted((Path(__file__).resolve().parents[3] / "examples").glob("*.yaml"))
POTTER = """\
leverwise: 1
model: potter
units: [pot]
time:  {step: 0.5 months, horizon: 24 months}
money: {start: $20k, overhead: $1k/month}
principal: potter
people:
  potter: {hours: 160 to 200 hours/month, talent: {throwing: 2, glazing: 1.2, chores: 1}}
work:
  makes: pot
  copies: each
  chores: 30 hours/month
  tasks:
    throwing: {effort: 2 to 3 hours/pot, seats: 2, seat hours: 160 hours/month}
    glazing:  {effort: 1 to 2 hours/pot}
market:
  people: 20k to 60k
  recognise: 800
  forget: 3 %/month
  word of mouth: 2 to 5 %/month
  rate: 0.05 to 0.15 pots/month/person
  most: 2 pots/month/person
  worth: {mean: $60/pot, spread: $15/pot}
  price: $45/pot
  toll:  {start: $15/pot}
  trust: {start: 50 %}
levers:
  apprentice: {delegation: {tasks: [glazing, chores], at most: 2 people, wage: $2500/month, alignment: 80 %,
                           fill time: 2 months}}
  kiln:       {capital: {price: $12k, life: 10 years, task: glazing, saves: 30 % to 50 %}}
  cleaner:    {capital: {rent: $500/month, frees: 20 hours/month}}
  name:       {brand: {}}
  recipe:     {technology: {difficulty: 1000 hours, multiplies: {glazing.effort: 0.7}}}
impact: deals
plan: {every: 3 months}
"""
GARDEN = """\
leverwise: 1
model: garden
units: [bed]
time: {step: 1 month, horizon: 12 months}
sets: {side: [north, south]}
values:
  visitors: 5 to 10 people
  share: 20 % to 60 %
  leave: 5 to 10 %/month
  shift: 100 to 160 hours/month/person
  worth: $3/person
decisions: {beds: {min: 0 bed, max: 5 bed, every: 3 months}}
stocks: {guests: {start: visitors, change: share*visitors/(1 month) - leave*guests}}
equations:
  seen[side]: guests*(1 + beds/(1 bed))
  waiting: delay_fixed(guests, 3 months, 0 people)
  paid: worth*sum(seen[side] for side)/(1 month) + worth*waiting/(1 month)*shift/(1 hour/month/person)
impact: paid
"""
RECOGNISED = ("impact: deals", "impact: {is: recognised/(1 month)}")
UNTRUSTED = ("  name:       {brand: {}}\n", "")
NO_MONEY = [("price: $45/pot", "price: $0/pot"), ("price: $12k", "price: $50k")]
CASES = [
    ("narrow", POTTER, [("effort: 2 to 3", "effort: 2.5 to 2.55")], [("effort: 2 to 3", "effort: 2.5 to 2.7")], 14),
    ("narrow", POTTER, [("alignment: 80 %", "alignment: 99 % to 99.02 %")], [("80 %", "99 % to 99.4 %")], 28),
    ("wide", POTTER, [("people: 20k to 60k", "people: 1k to 60M")], [("people: 20k to 60k", "people: 10k to 60M")], 17),
    ("negative", GARDEN, [("5 to 10 people", "0 to 10 people")], [("5 to 10 people", "1 to 10 people")], 7),
    ("hours", GARDEN, [("100 to 160 hours", "100 to 800 hours")], [("100 to 160 hours", "100 to 744 hours")], 10),
    ("hours", POTTER, [("seat hours: 160", "seat hours: 800")], [("seat hours: 160", "seat hours: 700")], 14),
    ("share", GARDEN, [("20 % to 60 %", "20 % to 160 %")], [("20 % to 60 %", "20 % to 100 %")], 8),
    ("share", GARDEN, [("5 to 10 %/month", "50 to 110 %/month")], [("5 to 10 %/month", "50 to 110 %/year")], 9),
    ("wage", POTTER, [("wage: $2500/month", "wage: $5/month")], [("wage: $2500/month", "wage: $0/month")], 28),
    (
        "bounds",
        GARDEN,
        [("start: visitors", "start: visitors, min: 11")],
        [("start: visitors", "start: visitors, min: 9")],
        13,
    ),
    (
        "bounds",
        GARDEN,
        [("start: visitors", "start: 8 people, max: 7")],
        [("start: visitors", "start: 8 people, max: 8")],
        13,
    ),
    ("unused", GARDEN, [("worth: $3", "other: 4\n  worth: $3")], [], 11),
    ("unused", POTTER, [("recognise: 800", "recognise: 800\n  members: 5")], [], 19),
    ("unused", GARDEN, [("+ worth*waiting/(1 month)*shift/(1 hour/month/person)", "")], [], 10),
    ("unused", GARDEN, [("units: [bed]", "units: [bed, tree]")], [("beds:", "beds:")], 3),
    ("unused", GARDEN, [("south]}", "south], row: [one]}")], [], 5),
    ("no effect", GARDEN, [("*(1 + beds/(1 bed))", "")], [], 12),
    ("no effect", POTTER, [RECOGNISED, UNTRUSTED], [RECOGNISED], 30),
    ("no effect", POTTER, [("impact: deals", "impact: {is: 1 pot/month, final: 0}")], [], 33),
    ("no effect", POTTER, [("[glazing, chores]", "[chores]"), ("chores: 30", "chores: 0")], [], 28),
    ("too dear", POTTER, NO_MONEY, [NO_MONEY[0]], 30),
    ("too dear", POTTER, [*NO_MONEY[:1], ("wage: $2500", "wage: $25k")], [("wage: $2500", "wage: $25k")], 28),
    ("too hard", POTTER, [("1000 hours", "100k hours")], [("1000 hours", "40k hours")], 33),
    ("frees too much", POTTER, [("frees: 20", "frees: 300")], [("frees: 20", "frees: 30")], 31),
    ("period", POTTER, [("every: 3 months", "every: 3 years")], [("every: 3 months", "every: 2 years")], 35),
    ("period", GARDEN, [("every: 3 months", "every: 13 months")], [("every: 3 months", "every: 12 months")], 12),
    (
        "period",
        POTTER,
        [("every: 3 months", "every: 3 months, from: 4 months")],
        [("every: 3 months", "every: 3 months, from: 6 months")],
        35,
    ),
    (
        "period",
        GARDEN,
        [(", every: 3 months", ""), ("impact: paid", "impact: paid\nplan: {from: 2 months}")],
        [(", every: 3 months", ", frozen: yes"), ("impact: paid", "impact: paid\nplan: {from: 2 months}")],
        19,
    ),
    ("too late", POTTER, [("fill time: 2", "fill time: 24")], [("fill time: 2", "fill time: 20")], 29),
    ("too late", POTTER, [("life: 10 years", "life: 10 years, delivery: 3 years")], [], 30),
    ("too late", GARDEN, [("guests, 3 months", "guests, 12 months")], [("guests, 3 months", "guests, 11 months")], 16),
]


def lints(text: str, edits: list[tuple[str, str]] | None = None) -> tuple[Lint, ...]:
    """The lints of an edited model."""
    for old, new in edits or []:
        assert old in text
        text = text.replace(old, new, 1)
    return look(*built(text))


@pytest.mark.parametrize(("kind", "text", "edits", "near", "line"), CASES)
def test_a_lint_fires_and_is_quiet_beside(
    kind: str, text: str, edits: list[tuple[str, str]], near: list[tuple[str, str]], line: int
) -> None:
    """It names the line, the reason and a remedy; a model that is nearly the same has no such lint."""
    found = [lint for lint in lints(text, edits) if lint.kind == kind]
    assert line in [lint.at.line for lint in found if lint.at]
    assert all(lint.message and lint.why and lint.hint for lint in found)
    assert kind not in [lint.kind for lint in lints(text, near)]


def test_what_is_decided_once_gets_advice_that_helps() -> None:
    """Where planning begins after the one time that something is decided, no other `from` but 0 helps."""
    (lint,) = lints(GARDEN, [(", every: 3 months", ""), ("impact: paid", "impact: paid\nplan: {from: 2 months}")])
    assert "`beds` is decided once, at the start" in lint.message
    assert lint.hint == "give it an `every`, or freeze it"


@pytest.mark.parametrize(
    ("begins", "write"),
    [("2.5", "`0 months` or `3 months`"), ("4", "`3 months` or `6 months`")],
)
def test_planning_within_a_period_is_told_when_it_could_begin(begins: str, write: str) -> None:
    """The beginnings of the period in which it does, and of the next."""
    (lint,) = lints(POTTER, [("every: 3 months", f"every: 3 months, from: {begins} months")])
    assert lint.hint == f"let `plan.from` be a multiple of `every`: {write}"


@pytest.mark.parametrize("text", [POTTER, GARDEN], ids=["potter", "garden"])
def test_sound_models_are_quiet(text: str) -> None:
    """Nothing is said of a model in which all is meant."""
    assert lints(text) == ()


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_examples_are_quiet(path: Path) -> None:
    """Every example is as it is meant."""
    source = model.load(path)
    assert look(source, build(source.declarations)) == ()


def test_a_line_may_be_sure() -> None:
    """The comment `# sure` silences its own line and no other."""
    odd = [("effort: 2 to 3 hours/pot", "effort: 2.5 to 2.55 hours/pot"), ("forget: 3 %", "forget: 300 %")]
    assert [lint.kind for lint in lints(POTTER, odd)] == ["narrow", "share"]
    sure = [*odd, ("seat hours: 160 hours/month}", "seat hours: 160 hours/month}   # sure: measured")]
    assert [lint.kind for lint in lints(POTTER, sure)] == ["share"]


def test_numbers_that_a_plan_names_are_used() -> None:
    """A limit of the plan, the bound of a decision, what rules look at, and all that stands behind it."""
    named = GARDEN.replace("  worth: $3", "  most: 4 bed\n  top: 5 bed\n  seats: 8 people\n  worth: $3")
    named = named.replace("equations:\n", "equations:\n  crowded: guests/seats\n").replace("max: 5 bed", "max: top")
    assert [lint.message.split("`")[1] for lint in lints(named)] == ["most", "seats"]
    assert lints(named + "plan: {subject to: [beds <= most], react: [crowded]}\n") == ()


def test_one_text_is_told_once() -> None:
    """A range for each member of a set is one line in the file, and one lint."""
    found = lints(GARDEN, [("  worth: $3", "  calm[side]: 2 to 4\n  worth: $3")])
    assert [(lint.kind, lint.at.line if lint.at else 0) for lint in found] == [("unused", 11)]


def test_an_own_mechanism_file_may_use_what_the_model_declares(tmp_path: Path) -> None:
    """Units that only a mechanism file beside the model names are not called unused."""
    (tmp_path / "lesson.yaml").write_text(
        "mechanism: lesson\nabout: Lessons.\nparameters:\n"
        "  fee: {unit: $/lesson, required: true, about: What one costs.}\n"
        "decisions:\n  given: {unit: lesson/month, low: 0 lesson/month, high: 9 lesson/month, about: Lessons.}\n"
        "contributes:\n  - {to: other_income, is: fee*given}\n"
    )
    text = POTTER.replace("units: [pot]", "units: [pot, lesson]\nmechanisms: [lesson.yaml]")
    text = text.replace("  name: ", "  school: {lesson: {fee: $20/lesson}}\n  name: ")
    (tmp_path / "m.yaml").write_text(text)
    source = model.load(tmp_path / "m.yaml")
    found = look(source, build(source.declarations))
    assert found == ()
    assert [lint.kind for lint in lints(POTTER.replace("units: [pot]", "units: [pot, lesson]"))] == ["unused"]
