"""Limits that contradict each other: which, where they stand, and by how much one has to give way."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.optimize import Bounds, LinearConstraint, milp

import leverwise
from leverwise import cli
from leverwise.ask.limits import fail_if_contradictory
from leverwise.ask.planning.either import ways_to_choose
from leverwise.ask.planning.problem import PlanProblem, fail_if_empty, problem_of, with_hours
from leverwise.errors import ModelError, NoAnswerError
from leverwise.lang.system import System

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
            "relax `spending(hands) <= 3k $/month` by $1k/month or `hands >= 2 person` by 1 person",
        ),
        (
            ("spending(hands) <= -$5k",),
            "`spending(hands) <= -$5k` (FILE:14:7) can't be kept: what is spent is never below $0",
            "write a sum of $0 or more, without the `-`",
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


@pytest.mark.parametrize(
    ("limits", "mends"),
    [
        (
            ("2*guests >= 3 person", "guests <= 1 person"),
            {("`2*guests >= 3 person` by 1 person", "2*guests >= 2 person"), ("by 0.5 people", "guests <= 1.5 person")},
        ),
        (
            ("integral(2*guests) >= 12 person*month", "guests <= 1 person"),
            {("by 4 person month", "integral(2*guests) >= 8 person*month"), ("by 0.5 people", "guests <= 1.5 person")},
        ),
        (
            ("integral(guests)/4 >= 3 person*month", "guests <= 1 person"),
            {("by 2 person month", "integral(guests)/4 >= 1 person*month"), ("by 2 people", "guests <= 3 person")},
        ),
        (
            ("guests*$100/month/person >= $300/month", "guests <= 1 person"),
            {("by $200/month", "guests*$100/month/person >= $100/month"), ("by 2 people", "guests <= 3 person")},
        ),
        (
            ("hands >= 3 person", "spending(hands) <= 5k $/month"),
            {("by 1 person", "hands >= 2 person"), ("by $1k/month", "spending(hands) <= 6k $/month")},
        ),
        (
            ("3*guests >= 4 person", "guests <= 1 person"),
            {("by 1 person", "3*guests >= 3 person"), ("by 0.334 people", "guests <= 1.334 person")},
        ),
        (
            ("2*hands >= 5 person", "hands <= 2 person"),
            {("by 1 person", "2*hands >= 4 person"), ("`hands <= 2 person` by 1 person", "hands <= 3 person")},
        ),
        (
            ("spending(hands) >= $25k/year", "hands <= 1 person", "guests <= 1 person"),
            {("by $1k/year", "spending(hands) >= $24k/year"), ("by 1 person", "hands <= 2 person")},
        ),
    ],
)
def test_the_mend_told_is_in_the_unit_of_the_limit_and_suffices(
    tmp_path: Path, limits: tuple[str, ...], mends: set[tuple[str, str]]
) -> None:
    """Told in what the limit counts, whatever stands before its decisions; relaxed by it, a whole schedule exists."""
    with pytest.raises(ModelError) as wrong:
        fail_if_contradictory(leverwise.load(str(written(tmp_path, *limits))).system)
    hint = wrong.value.problems[0].hint
    for said, relaxed in mends:
        assert said in hint
        (old,) = (limit for limit in limits if limit.split()[:2] == relaxed.split()[:2])
        system = leverwise.load(str(written(tmp_path, *(relaxed if each == old else each for each in limits)))).system
        fail_if_contradictory(system)
        assert has_whole_schedule(problem_of(system, {}))


def has_whole_schedule(problem: PlanProblem) -> bool:
    """Whether some schedule in whole units of what is whole keeps the limits."""
    region, units = problem.region, np.where(problem.whole, problem.units, 1.0)
    found = milp(
        np.zeros(problem.size),
        integrality=problem.whole.astype(int),
        constraints=[LinearConstraint(region.rows * units, ub=region.bounds + 1e-6)] if len(region.rows) else [],
        bounds=Bounds(region.low / units, region.high / units),
    )
    return bool(found.success)


def test_two_contradictions_are_told_one_after_the_other(tmp_path: Path) -> None:
    """Where no limit alone mends all, amounts are of the contradiction that is told, and it is said that more wait."""
    limits = ("hands <= 1 person", "hands >= 2 person", "guests <= 1 person", "guests >= 3 person")
    with pytest.raises(ModelError) as wrong:
        fail_if_contradictory(leverwise.load(str(written(tmp_path, *limits))).system)
    assert wrong.value.problems[0].hint.endswith("by 2 people, and then what else contradicts")


def test_a_budget_at_known_prices_is_checked(tmp_path: Path) -> None:
    """$9k of wages, at $2k for each month of a hand at least $10k, is not to be had for $5k; `check` knows it.

    Beside guests, whose fee is drawn, only the plan can tell what a budget pays for.
    """
    file = written(tmp_path, "spending(hands) >= $9k")
    text = f"{file.read_text()}  budget: $5k\n"
    file.write_text(text)
    fail_if_contradictory(leverwise.load(str(file)).system)
    said = "relax the budget by $5k or `spending(hands) >= $9k` by $5k"
    with pytest.raises(NoAnswerError) as none:
        leverwise.load(str(file)).plan(samples=16)
    assert said in str(none.value)
    file.write_text(text.replace("fee: 1k to 3k", "fee: 2k"))
    with pytest.raises(ModelError, match="the budget and `spending") as wrong:
        fail_if_contradictory(leverwise.load(str(file)).system)
    assert wrong.value.problems[0].hint == said


@pytest.mark.parametrize(
    ("least", "plan", "said"),
    [
        (0, {"subject to": ["spending(ads) <= -5"]}, "what is spent is never below 0; write a sum of 0 or more"),
        (-1, {"subject to": ["spending(ads) <= -5"]}, "within what `ads` may be; relax `spending(ads) <= -5` by 1 or"),
        (3, {"budget": 2}, "the budget can't be kept within what `ads` may be; relax the budget by 10 or"),
    ],
)
def test_money_in_a_model_of_plain_numbers_has_no_sign(least: int, plan: dict[str, Any], said: str) -> None:
    """And what is spent may be below 0 where what is bought may be."""
    source = {
        "leverwise": 1,
        "model": "plain",
        "time": {"step": 1, "horizon": 4},
        "decisions": {"ads": {"min": least, "max": 9, "costs": 1}},
        "plan": plan,
        "impact": "ads",
    }
    with pytest.raises(NoAnswerError, match=re.escape(said)):
        fail_if_empty(problem_of(leverwise.load(source).system, {}))


def test_hours_that_contradict_a_limit_are_told_in_hours() -> None:
    """A limit that a step of the search adds counts, too, and is no money: two hours a month where ten are wanted."""
    model = leverwise.load(
        {
            "leverwise": 1,
            "model": "desk",
            "time": {"step": "1 month", "horizon": "2 months", "method": "euler"},
            "units": ["page"],
            "decisions": {"care": {"unit": "hours/month", "max": "20 hours/month", "every": "1 month", "hours": True}},
            "stocks": {"pages": {"start": "0 page", "change": "1 page/hour*care"}},
            "impact": {"is": "0 page/month", "unit": "page", "final": "pages"},
            "plan": {"subject to": ["care >= 10 hours/month"]},
        }
    )
    problem = problem_of(model.system, {})
    fail_if_empty(problem)
    problem = with_hours(problem, np.full(3, 2 * problem.units[0]))
    with pytest.raises(NoAnswerError, match=r"relax .*the principal's hours by 8 hours/month"):
        fail_if_empty(problem)


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


EITHER = MODEL.replace("plan:\n", "plan:\n  either: [hands or guests]\n")


def test_limits_that_no_choice_keeps_are_told(tmp_path: Path) -> None:
    """Where one of two may be used and limits want both, each by itself could be kept, but not beside `either`."""
    file = tmp_path / "yard.yaml"
    limits = "    - hands >= 1 person\n    - integral(guests) >= 2 person*month\n"
    file.write_text(EITHER + limits)
    with pytest.raises(ModelError) as raised:
        fail_if_contradictory(leverwise.load(str(file)).system)
    (problem,) = raised.value.problems
    said = problem.message.replace(str(file), "FILE")
    assert said == (
        "no schedule keeps all the limits beside `either`: without `guests`, `integral(guests) >= 2 person*month` "
        "(FILE:16:7) can't be kept: `guests` is frozen or left out and without `hands`, `hands >= 1 person` "
        "(FILE:15:7) can't be kept: `hands` is frozen or left out"
    )
    assert problem.hint == "relax one of these limits, or take `hands or guests` out of `either`"
    with pytest.raises(NoAnswerError, match="holds beside `hands or guests`: without `guests`, no schedule keeps all"):
        leverwise.load(str(file)).plan(samples=16)


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        (  # both together would take $16k; each alone is left out by the choice of the other
            ("integral(hands) >= 4 person*month", "integral(guests) >= 4 person*month"),
            "beside `either`: without `guests`, `integral(guests) >= 4 person*month`",
        ),
        (("spending() >= $12k",), "limits: the budget and `spending() >= $12k` contradict each other"),
    ],
)
def test_a_budget_beside_either_is_of_one_choice(tmp_path: Path, limits: tuple[str, ...], said: str) -> None:
    """No sum is told that both together would take; where the choice makes no difference, it is not spoken of."""
    file = tmp_path / "yard.yaml"
    text = EITHER.replace("fee: 1k to 3k $/month/person", "fee: $2k/month/person")
    text = text.replace("plan:\n", "plan:\n  budget: $10k\n")
    file.write_text(text + "".join(f"    - {limit}\n" for limit in limits))
    model = leverwise.load(str(file))
    with pytest.raises(ModelError) as wrong:
        fail_if_contradictory(model.system)
    assert said in re.sub(r"\(\S+:\d+:\d+\) ", "", str(wrong.value))
    with pytest.raises(NoAnswerError) as none:
        model.plan(samples=16)
    assert "relax the budget by $6k" not in str(none.value)
    assert ("holds beside" in str(none.value)) == ("beside" in said)


@pytest.mark.parametrize(
    ("limit", "past"),
    [("hands <= 2 person", True), ("integral(hands) <= 7 person*month", True), ("hands >= 6 person", False)],
)
def test_what_only_the_history_breaks_is_told_so(tmp_path: Path, limit: str, past: bool) -> None:
    """Four people were there for two months before planning begins: that can't be changed any more."""
    file = tmp_path / "yard.yaml"
    used = MODEL.replace("costs: wage", "costs: wage, use: {0 months: 4 person, 2 months: 1 person}")
    file.write_text(used.replace("plan:\n", "plan:\n  from: 2 months\n") + f"    - {limit}\n")
    with pytest.raises(ModelError) as wrong:
        fail_if_contradictory(leverwise.load(str(file)).system)
    (problem,) = wrong.value.problems
    assert ("what is decided before planning begins at 2 months stands against it" in problem.message) == past
    assert ("change the `use` before 2 months, or begin sooner" in problem.hint) == past


def test_what_is_frozen_is_named_where_a_limit_wants_it_to_move(tmp_path: Path) -> None:
    """What stands in the way is the freeze, not what the decision may be."""
    file = written(tmp_path, "hands >= 1 person")
    with pytest.raises(NoAnswerError, match="can't be kept: `hands` is frozen or left out"):
        leverwise.load(str(file)).plan(samples=16, freeze=["hands"])


@pytest.mark.parametrize(
    "limit", ["hands >= 1 person", "integral(guests) >= 2 person*month", "hands + guests >= 1 person"]
)
def test_limits_that_one_choice_keeps_are_sound(limit: str, tmp_path: Path) -> None:
    """It is enough that one of the two can keep them."""
    file = tmp_path / "yard.yaml"
    file.write_text(EITHER + f"    - {limit}\n")
    fail_if_contradictory(leverwise.load(str(file)).system)


def test_a_lever_in_two_groups_is_used_in_both_or_in_neither() -> None:
    """Of `a or b` and `a or c`, a and c together are no choice; a alone is, and b with c."""
    source = {
        "leverwise": 1,
        "model": "three",
        "time": {"step": 1, "horizon": 2},
        "decisions": {name: {"max": 5} for name in "abc"},
        "impact": "a + b + c",
    }

    def limited(*limits: str) -> System:
        plan = {"either": ["a or b", "a or c"], "subject to": list(limits)}
        return leverwise.load({**source, "plan": plan}).system

    with pytest.raises(ModelError, match="no schedule keeps all the limits beside `either`"):
        fail_if_contradictory(limited("a >= 1", "c >= 1"))
    fail_if_contradictory(limited("a >= 1"))
    fail_if_contradictory(limited("b >= 1", "c >= 1"))
    assert ways_to_choose([["a", "b"], ["a", "c"], ["b", "a"]]) == [("b", "c"), ("a",)]


def test_check_ends_with_two_and_plan_with_one(tmp_path: Path, capsys: Any) -> None:
    """What is wrong is refused by `check`; `plan` has no answer, and says so once."""
    file = written(tmp_path, "hands <= 2 person", "hands >= 3 person")
    assert cli.main(["check", str(file)]) == 2
    shown = capsys.readouterr().err
    assert f"{file}:15:7: no schedule" in shown
    assert "      - hands >= 3 person\n        ^^^^^^^^^^^^^^^^^\n  relax `hands <= 2" in shown
    assert cli.main(["plan", str(file), "--quiet"]) == 1
    assert capsys.readouterr().err.count("contradict each other") == 1
