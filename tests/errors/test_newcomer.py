"""Small wrong edits of an example, as a newcomer makes them: one message each, that says how to mend it."""

from __future__ import annotations

from pathlib import Path

import pytest

from leverwise import lang, model
from leverwise.errors import ModelError, Problem

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "consultancy.yaml"
EDITS = [
    (
        "hours: 200 hours/month",
        "hours: 2000 hours/month",
        "`people.founder.hours` is more than a month has",
        "one person",
    ),
    ("hours: 200 hours/month", "hours: 600 to 900 hours/month", "more than a month has", "one person"),
    ("hours: 200 hours/month", "hours: 0", "`people.founder.hours` is 0", "give the hours"),
    ("hours: 200 hours/month", "hours: 200-230 hours/month", "can't be subtracted", "`200 to 230 hours/month`"),
    ("chores: 30 hours/month", "chores: 300 hours/month", "no hour for the work", "lower them"),
    (
        "talent: {analysis: 1.3, chores: 1}",
        "talent: {analysis: 0}",
        "`people.founder.talent.analysis` is 0",
        "leave out",
    ),
    ("talent: {analysis: 1.3, chores: 1}", "talent: 1.3", "are wanted here", "`{name: 1.3}`"),
    ("talent: {analysis: 1.3, chores: 1}", "talent: [analysis]", "are wanted here", "`{analysis: ...}`"),
    ("  founder: {", "  - founder: {", "not a list", "leave out the dashes"),
    ("units: [project]", "units: {project: 1}", "a list is wanted", "`[project]`"),
    ("effort: 40 hours/project", "effort: 0 hours/project", "`work.tasks.analysis.effort` must be above 0", ""),
    ("effort: 40 hours/project", "effort: 40 hours/project, weight: 0", "weight of every other task", "leave them out"),
    (
        "analysis: {effort: 40 hours/project}",
        "analysis: 40 hours/project",
        "are wanted here",
        "`{effort: 40 hours/project}`",
    ),
    ("at most: 150 people", "at most: 2.5 people", "`at most` must be a whole number of people", "half the `hours`"),
    ("at most: 150 people", "at most: 150 people, now: 0.5 people", "`now` must be a whole number", "half the `hours`"),
    ("at most: 150 people", "at most: 150 heads", "`heads` is not a unit", "write `at most: 150`"),
    (
        "effort: 40 hours/project",
        "effort: 40 hours/project, seats: 1 seat",
        "`seat` is not a unit",
        "the number is enough: write `seats: 1`",
    ),
    (
        "effort: 40 hours/project",
        "effort: 40 hours/project, seats: 1.5",
        "`work.tasks.analysis.seats` must be a whole number",
        "say so in `seat hours`",
    ),
    ("recognise: 150", "recognise: 10k", "`market.recognise` is more than `market.people`", "raise `people`"),
    ("recognise: 150", "recognise: 150\n  members: 200", "`market.members` is more than", "lower `members`"),
    ("recognise: 150", "recognise: 5 %", "`market.recognise` must be in people", "a share is not enough"),
    ("price: $6k/project", "price: $15,000/project", "`$15,000` has separators", "`$15000` or `$15k`"),
    ("price: $6k/project", "price: 6 000 $/project", "`6 000` has separators", "`6000` or `6k`"),
    ("price: $6k/project", "price: $6,5k/project", "`$6,5` has a comma", "`$6.5`"),
    ("price: $6k/project", "price: -$6k/project", "`market.price` must be at least $0/project", ""),
    ("price: $6k/project", "price: $-6k/project", "behind the `$`", "`-$6k`"),
    ("price: $6k/project", "price: $5k\u2013$7k/project", "is no range", "`$5k to $7k/project`"),
    ("price: $6k/project", "price: about $6k/project", "`about` has no meaning", "a range such as"),
    ("price: $6k/project", "price: high", "there is no `high`", "write a number"),
    ("money: {start: $150k", "money: {start: $150,000", "unknown key `000`", "`$150000`"),
    ("credit: {limit: $100k, rate: 10 %/year}", "credit: $100k", "are wanted here", "`{limit: $100k}`"),
    ("discount: 5 %/year", "discount: 5 %", "`money.discount` must be in 1/month", "`5 %/year`"),
    ("worth: {mean: $9k/project, spread: $2k/project}", "worth: $9k/project", "are wanted here", "spread: ...}`"),
    ("spread: $2k/project", "spread: 20 %", "`market.worth.spread` must be in $/project", "a share is not enough"),
    ("toll:  {start: $3k/project}", "toll:  {start: $3k/project, share: 20}", "`market.toll.share`", "`20 %`"),
    ("trust: {start: 35 %}", "trust: {start: 60}", "`market.trust.start` must be between", "`60 %`"),
    ("horizon: 36 months", "horizon: 2027-12-31", "`2027-12-31` is a date", "`36 months`"),
    ("horizon: 36 months", "horizon: 36 month s", "something is missing", ""),
    ("horizon: 36 months", "horizon: 31.12.2027", "`31.12.2027` is a date", "`36 months`"),
    ("every: 3 months", "every: quarterly", "there is no `quarterly`", "`1 quarter`"),
    ("wage: 7k to 9k $/month", "wage: [7k, 9k]", "not a list", "`7k to 9k`"),
    ("wage: 7k to 9k $/month", "wage: $7k-$9k/month", "can't be subtracted", "`$7k to $9k/month`"),
    ("wage: 7k to 9k $/month", "wage: 50 $/hour", "must be in $/month/person", "`50 $/hour * 160 hours/month`"),
    ("wage: 7k to 9k $/month", "wage: $8k/mo", "there is no `mo`", "`month`"),
    ("wage: 7k to 9k $/month", "wage: $8k monthly", "`monthly` has no meaning", "`/month`"),
    ("wage: 7k to 9k $/month", "wage: 8K $/month", "`K` is not a unit", "`8k`"),
    ("managing: 2 hours/month", "managing: 2 hrs/month", "`hrs` is not a unit", "`2 hours`"),
    ("tasks: [chores]", "tasks: []", "`tasks` of the lever `assistant` is empty", "at least one"),
    ("at most: 150 people", "at most: 150 people, now: 200 people", "`now` is more than `at most`", "raise"),
    ("at most: 150 people", "at most: 150 people, now: 2.5 people", "whole number of people", "half a position"),
    ("at most: 150 people", "at most: 150 people, hours: 2000 hours/month", "`hours` is more than a month has", "160"),
    ("{brand: {}}", "{capital: {price: $9k, life: 5 years}}", "the lever `name` has no effect", "`saves`"),
    (
        "{brand: {}}",
        "{capital: {price: $9k, life: 5 years, frees: 3 hours/month, task: analysis}}",
        "names a task",
        "leave",
    ),
    ("{brand: {}}", "{capital: {task: analysis, saves: 20 %}}", "neither a price nor a rent", "`rent: ...`"),
    ("{brand: {}}", "{capital: {paid: $5, frees: 20 hours/month}}", "frees hours but can't be had", "`rent: ...`"),
    ("{brand: {}}", "{capital: {rent: $5/month, task: analysis, saves: 20}}", "`name.saves` must be between", "`20 %`"),
    ("{brand: {}}", "{capital: {price: $9k, life: 0 years, frees: 3 hours/month}}", "`name.life` must be", ""),
    ("{brand: {}}", "{network: {tipping: 50k, invite: 12 %/month, churn: 15 %/month}}", "never tip", "lower"),
    (
        "{brand: {}}",
        "{technology: {difficulty: 9 hours, multiplies: {effort: 0.5}}}",
        "no coefficient called `effort`",
        "`analysis.effort`",
    ),
    (
        "{brand: {}}",
        "{technology: {difficulty: 9 hours, multiplies: {analysis.effort: 0}}}",
        "`name.multiplies.analysis.effort` must be above 0",
        "",
    ),
    ("leverwise: 1\n", "", "`leverwise` is missing", "the line `leverwise: 1` at the top"),
    ("hours: 200 hours/month", "hours: 200 hours", "must be in hours/month", "`200 hours/month`"),
    ("price: $6k/project", "price: 6k", "must be in $/project", "`6k $/project`"),
    ("price: $6k/project", "price: -$6k/project", "at least $0/project", "leave out the `-`"),
    ("price: $6k/project", "price: 5k to 6k $/month", "must be in $/project", "`5k to 6k $/project`"),
    ("forget: 4 %/month", " forget: 4 %/month", "indented further than the one above", "line it up"),
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
    ("copies: each", "copies: $3/project", "`life` is missing", "`copies: each` and `materials: $3/project`"),
    ("copies: each", "copies: each\n  materials: $3", "`work.materials` must be in $/project", "`$3/project`"),
    (
        "copies: each",
        "copies: free\n  life: 1 year\n  materials: $3/project",
        "`work.materials` has no effect",
        "copies: each",
    ),
    ("hours: 200 hours/month", "hours: 200", "must be in hours/month", "for example `200 hours/month`"),
    ("every: 3 months", "every: 3", "must be in months", "for example `3 months`"),
    ("every: 3 months", "every: 3 months, budget: -$5k", "the budget can't be negative", "leave out the `-`"),
    ("objective: mean", "objective: P(impact > $5k)", "`$5k` is in $", "for example `5k projects`"),
    (
        "{brand: {}}",
        "{capital: {price: $9k, life: -3 years, frees: 3 hours/month}}",
        "must be at least 0.1 months",
        "`-`",
    ),
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
    ("plan: {", "plan: {subject to: [team.hires < 5], ", "`team.hires` is no decision", "team.positions"),
    ("plan: {", "plan: {subject to: [team.wage < 5], ", "`team.wage` is no decision", "`team.positions`"),
    (
        "plan: {",
        "plan: {subject to: [podcast.reach < 5], ",
        "is no decision",
        "decisions of `podcast`: `podcast.publicity`, `podcast.polarisation`",
    ),
    ("plan: {", "plan: {subject to: [team.positions + name.car < 5], ", "no decision `name.car`", "mean `name.care`?"),
    ("plan: {", "plan: {subject to: [cash >= $2k], ", "`cash` is what comes of it", "write `floor: $2k` in `money`"),
    (
        "plan: {",
        "plan: {subject to: [$2k + $1k < cash], ",
        "is what comes of it",
        "write `floor: $2k + $1k` in `money`",
    ),
    ("plan: {", "plan: {subject to: [cash <= $2k], ", "`cash` is no decision", "decisions: "),
    ("plan: {", "plan: {either: [team, podcast], ", "joined by `or`", "`[team or podcast]`"),
    (
        "plan: {",
        "plan: {either: [[team, podcast], [name, assistant]], ",
        "by `or`",
        "`[team or podcast, name or assistant]`",
    ),
    ("plan: {", "plan: {either: {team: podcast}, ", "joined by `or`", "`[team or podcast]`"),
    ("plan: {", "plan: {budget: lots, ", "the budget is a sum of money, and `lots` is none", "for example `$300k`"),
    (
        "word of mouth: ",
        "word of mouth: -1  # ",
        "must be in 1/month, but `-1`",
        "no `-`, for example `1/month`, or `1 %/month`",
    ),
    (
        "word of mouth: ",
        "word of mouth: -1 %/month  # ",
        "at least 0 %/month; this reaches -1 %/month",
        "leave out the `-`",
    ),
    ("[project]", "[project, deals]", "`deals` is taken", "`deal`"),
    ("[project]", "[project, projects]", "declared twice", ""),
    ("impact: deals", 'impact: "sum(effort[task] for tsk)"', "there is no set `tsk`", "`task`"),
    ("impact: deals", 'impact: "sum(effort[task] for genre)"', "there is no set `genre`", "sets: `task`"),
    ("impact: deals", "values: {t: 5}", "`t` has a meaning", "something else"),
    ("impact: deals", "values: {month: 5}", "`month` is a unit", "something else"),
]


def edited(folder: Path, old: str, new: str) -> Path:
    text = EXAMPLE.read_text("utf-8")
    assert old in text
    path = folder / "model.yaml"
    path.write_text(text.replace(old, new, 1), "utf-8")
    return path


def problems(folder: Path, old: str, new: str) -> tuple[Problem, ...]:
    path = edited(folder, old, new)
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


ODD = [
    ("copies: each", "copies: each\n  materials: $9k/project", "counting `work.materials`, is more than the price"),
    ("copies: each", "copies: each\n  materials: $1 to $100k/project", "in some draws what a deal costs the principal"),
    (
        "toll:  {start: $3k/project}",
        "toll:  {start: $20k/project, share: 90 %}",
        "counting `market.toll.share`, is more than",
    ),
    ("hours: 200 hours/month", "hours: 450 hours/month", "`people.founder.hours` reaches above 400 hours"),
    (
        "hours: 200 hours/month",
        "hours: 300 to 450 hours/month",
        "in some draws `people.founder.hours` reaches above 400 hours",
    ),
    ("hours: 200 hours/month", "hours: 380 to 600 hours/month", "in some draws `people.founder.hours` reaches"),
    ("hours: 200 hours/month", "hours: 410 to 600 hours/month", "`people.founder.hours` reaches above 400 hours"),
    ("analysis: 1.3", "analysis: 85", "`people.founder.talent.analysis` is above 20"),
    ("recognise: 150", "recognise: 0", "`market.recognise` is 0"),
    ("recognise: 150", "recognise: 1k to 5k", "in some draws `market.recognise` is more than"),
    ("forget: 4 %/month", "forget: 4/month", "`market.forget` says that people forget within days"),
    ("price: $6k/project", "price: $60k/project", "buy; look for a slip in its zeros"),
    ("floor: $0", "floor: $900k", "`money.start` is below"),
    ("at most: 150 people", "at most: 0 people", "`at most` is 0"),
]


@pytest.mark.parametrize(("old", "new", "says"), ODD)
def test_what_is_merely_odd_is_a_warning_with_its_place(tmp_path: Path, old: str, new: str, says: str) -> None:
    """A model that is possible but odd is read, with one warning that names the entry and where it stands."""
    path = edited(tmp_path, old, new)
    source = model.load(path)
    lang.build(source.declarations)
    (warning,) = source.warnings
    assert says in warning
    assert ("in some draws" in warning) == ("in some draws" in says)
    line = 1 + next(n for n, text in enumerate(path.read_text("utf-8").split("\n")) if new.split("\n")[-1] in text)
    assert warning.startswith(f"{path}:{line}:")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("hours: 200 hours/month", "hours: 0 to 100 hours/month"),
        ("hours: 200 hours/month", "hours: 45 hours/week"),
        ("wage: 7k to 9k $/month", "wage: 50 $/hour * 160 hours/month"),
        ("at most: 150 people", "at most: 150 people, now: 3 people"),
        ("effort: 40 hours/project", "effort: 40 hours/project, weight: 2"),
        ("effort: 40 hours/project", "effort: 40 hours/project, seats: 1 to 3"),
        ("effort: 40 hours/project", "effort: 40 hours/project, seats: 2 people"),
    ],
)
def test_what_is_fine_stays_fine(tmp_path: Path, old: str, new: str) -> None:
    """The checks neither refuse nor remark on what people may well mean."""
    source = model.load(edited(tmp_path, old, new))
    lang.build(source.declarations)
    assert source.warnings == ()


def test_checks_see_numbers_of_the_plain_layer(tmp_path: Path) -> None:
    """A number that is given by name is compared like one that is written in place."""
    text = EXAMPLE.read_text("utf-8").replace("recognise: 150", "recognise: known")
    path = tmp_path / "model.yaml"
    path.write_text(text + "\nvalues: {known: 10k people}\n", "utf-8")
    with pytest.raises(ModelError, match=r"more than `market\.people`"):
        model.load(path)


def test_a_missing_section_says_what_it_needs(tmp_path: Path) -> None:
    """Where `market` is gone, the hint lists what must stand in it."""
    text = EXAMPLE.read_text("utf-8")
    begin, end = text.index("market:\n"), text.index("impact:")
    (problem,) = problems(tmp_path, text[begin:end], "")
    assert "section `market` is missing" in problem.message
    assert "people, recognise, forget, word of mouth" in problem.hint
