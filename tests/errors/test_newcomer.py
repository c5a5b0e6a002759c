"""Small wrong edits of an example, as a newcomer makes them: one message each, that says how to mend it."""

from __future__ import annotations

from pathlib import Path

import pytest

from leverwise import lang, model
from leverwise.errors import ModelError, Problem

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "consultancy.yaml"
EDITS = [
    ("hours: 200 hours/month", "hours: 200 hours", "must be in hour/month", "`200 hours/month`"),
    ("price: $6k/project", "price: 6k", "must be in $/project", "`6k $/project`"),
    ("price: $6k/project", "price: $6k/projct", "there is no `projct`", "`project`"),
    ("price: $6k/project", "price: €6k/project", "`€` has no meaning", "write `$`"),
    ("price: $6k/project", "price: 6 k $/project", "`k` is not a unit", "`6k`"),
    ("price: $6k/project", "price: $6 k/project", "`k` is not a unit", "`$6k`"),
    ("recognise: 150", "recognise: 0.1 million", "`million` is not a unit", "`0.1M`"),
    ("recognise: 150", "recognise: 150 USD", "`USD` is not a unit", "`$150`"),
    ("recognise: 150", "recognise: 150-200", "at least 0", "`150 to 200`"),
    ("forget: 4 %/month", "forget: 4%", "must be in 1/month", "`4%/month`"),
    ("forget: 4 %/month", "forget: 4", "must be in 1/month", "`4 %/month` for percent"),
    ("forget: 4 %/month", "forget: 4 percent per month", "is missing between", "`/` for per"),
    ("wage: 7k to 9k $/month", "wage: 9k to 7k $/month", "from the lower to the higher", "`7k to 9k $/month`"),
    ("alignment: 75 % to 95 %", "alignment: 75 to 95", "between 0 and 1", "`75 to 95 %`"),
    ("managing: 2 hours/month", "manging: 2 hours/month", "unknown key `manging`", "`managing`"),
    ("trust: {start: 35 %}", "trust: 35 %", "are wanted here", "`{start: 35 %}`"),
    ("trust: {start: 35 %}", "trust: {start: 50 %, kept: 46}", "can't stand together", "leave one"),
    ("talent: {analysis: 1.3, chores: 1}", "talent: {analysys: 1.3}", "no task called `analysys`", "`analysis`"),
    ("talent: {analysis: 1.3, chores: 1}", "talent: {chores: 1}", "nobody may do the task", "`talent: {analysis: 1}`"),
    ("tasks: [chores]", "tasks: [chore]", "no task called `chore`", "`chores`"),
    ("principal: founder", "principal: me", "not among `people`", "founder"),
    ("copies: each", "copies: one", "`copies` can't be `one`", "`each`"),
    ("{brand: {}}", "brand", "no mechanism", "`name: {brand: {}}`"),
    ("  team:\n", "  team:\n    wage: 5k $/month\n", "unknown key `wage`", "`team: {delegation: {wage: ...}}`"),
    (
        "opponents: 0.4}",
        "opponents: 0.4, publicity: 3 hours/month}",
        "unknown key `publicity`",
        "use: {publicity: ...}",
    ),
    ("opponents: 0.4}", "opponents: 0.4, use: 3}", "unknown key `use`", "beside the mechanism"),
    ("step: 0.5 months", "overhead: $1/month, step: 0.5 months", "unknown key `overhead`", "belongs in `money`"),
    ("plan: {", "budget: $300k\nplan: {", "unknown key `budget`", "belongs in `plan`"),
    ("every: 3 months", "every: 3.2 months", "whole number of steps", "6.4 steps"),
    ("objective: mean", "objective: maen", "no objective `maen`", "`mean`"),
    ("objective: mean", "objective: quantile", "needs a level", "`quantile 10 %`"),
    ("objective: mean", "objective: P(impact > 5 $)", "`5 $` is in $", ""),
    ("confidence: 90 %", "confidence: 90", "between 0 and 100 %", "`90 %`"),
    ("plan: {", "plan: {subject to: [team.hires < 5], ", "made of decisions", "team.positions"),
    ("[project]", "[project, deals]", "`deals` is taken", "`deal`"),
    ("[project]", "[project, projects]", "declared twice", ""),
    ("impact: deals", 'impact: "sum(effort[task] for tsk)"', "there is no set `tsk`", "`task`"),
    ("impact: deals", 'impact: "sum(effort[task] for genre)"', "there is no set `genre`", "sets: `task`"),
    ("impact: deals", "values: {t: 5}", "`t` has a meaning", "something else"),
    ("impact: deals", "values: {month: 5}", "`month` is a unit", "something else"),
]


def problems(folder: Path, old: str, new: str) -> tuple[Problem, ...]:
    text = EXAMPLE.read_text("utf-8")
    assert old in text
    path = folder / "model.yaml"
    path.write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(ModelError) as caught:
        lang.build(model.load(path).declarations)
    return caught.value.problems


@pytest.mark.parametrize(("old", "new", "says", "hint"), EDITS)
def test_a_small_mistake_is_one_message_that_helps(tmp_path: Path, old: str, new: str, says: str, hint: str) -> None:
    """The only problem has a place in the file, says what is wrong, and what to write instead."""
    (problem,) = problems(tmp_path, old, new)
    assert problem.at is not None
    assert Path(problem.at.file).name == "model.yaml"
    assert says in problem.message, problem.render()
    assert hint in problem.hint, problem.render()


def test_a_missing_section_says_what_it_needs(tmp_path: Path) -> None:
    """Where `market` is gone, the hint lists what must stand in it."""
    text = EXAMPLE.read_text("utf-8")
    begin, end = text.index("market:\n"), text.index("impact:")
    (problem,) = problems(tmp_path, text[begin:end], "")
    assert "section `market` is missing" in problem.message
    assert "people, recognise, forget, word of mouth" in problem.hint
