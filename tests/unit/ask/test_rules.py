"""Rules as people meet them: sentences, tables, plan files that are read back and refused, and numbers of answers."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import numpy as np
import pytest

import leverwise
from leverwise.ask import rulefile
from leverwise.ask.answer import Answer
from leverwise.ask.plan_tables import schedule_rows
from leverwise.ask.planning.rules import Policy, Rule, expected_rows, rule_rows
from leverwise.ask.schedules import chosen
from leverwise.errors import ModelError
from leverwise.lang.seeing import in_sight
from leverwise.report import json as as_json
from leverwise.report.plans import text
from leverwise.report.tables import tables
from unit.report.answers import plan_answer

EXAMPLE = str(Path(__file__).resolve().parents[3] / "examples" / "consultancy.yaml")
MARKET = {
    "leverwise": 1,
    "model": "market",
    "time": {"step": "1 month", "horizon": "6 months", "method": "euler"},
    "values": {"growth": "normal(0/month, 0.1/month)"},
    "decisions": {
        "offer": {"min": "$0/month", "max": "$9000/month", "every": "2 months"},
        "shops": {"min": 0, "max": 4, "every": "2 months", "whole": "yes"},
        "van": {"min": 0, "max": 2, "every": "3 months", "whole": "yes", "lump": "yes"},
    },
    "stocks": {"price": {"start": "$2000", "change": "growth*price"}},
    "impact": "(offer + ($1000/month)*(shops + at_start(van)*(1 month)))*(price/($2000) - 1) - offer^2/($90000/month)",
}
"""Who sells more where the price has risen gains; nothing is known of it at the start."""
EXPECTED = np.array([2000.0, 2010.5, 2030.25])


@lru_cache(maxsize=1)
def market() -> leverwise.Model:
    """The model."""
    return leverwise.load(MARKET)


@lru_cache(maxsize=1)
def planned() -> Answer:
    """Its adaptive plan."""
    return market().plan(samples=512, seed=2, adaptive=True)


def policy() -> Policy:
    """One rule of each form."""
    rules = (
        Rule("offer", "linear", "price", 1.5),
        Rule("shops", "once", "price", 2.0, 2100.0),
        Rule("offer", "while", "price", -500.0, 1900.0, above=False),
        Rule("van", "once", "price", 1.0, 2222.0),
    )
    schedule = market().engine.schedule({"offer": [1000, 2000, 3000], "shops": [1, 0, 2]})
    return Policy(schedule, rules, {("price", 2): EXPECTED})


def answer() -> Answer:
    """An answer with this policy."""
    system, told = market().system, policy()
    rows = {
        "rules": rule_rows(system, told.rules),
        "adaptive_schedule": schedule_rows(system, told.schedule),
        "expected": expected_rows(system, told),
    }
    return replace(plan_answer(), rows={"schedule": schedule_rows(system, 0 * told.schedule), **rows})


def test_a_rule_is_one_plain_sentence() -> None:
    """Every form says what is done, how much more of it, and when, in the units of the model."""
    assert [row["rule"] for row in rule_rows(market().system, policy().rules)] == [
        "offer $1.5k/month more for every $1k that price is above what is expected",
        "shops 2 more once price is above $2.1k, from then on",
        "offer $500/month less while price is below $1.9k",
        "van 1 more once price is above $2.22k",
    ]


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        (Rule("shops", "linear", "price", -0.002), "shops 1 less for every $500 that price is above what is expected"),
        (Rule("van", "linear", "price", 0.004), "van 1 more for every $250 that price is above what is expected"),
    ],
)
def test_a_line_of_whole_units_is_told_by_what_makes_one_more(rule: Rule, said: str) -> None:
    """Nobody hires a fifth of a person."""
    assert rule_rows(market().system, [rule])[0]["rule"] == said


def test_a_plan_file_keeps_the_rules(tmp_path: Path) -> None:
    """Schedule, rules and what is expected survive the way through a file."""
    path = tmp_path / "plan.yaml"
    path.write_text(text(answer(), market().system), encoding="utf-8")
    found = rulefile.read(path, market().system)
    assert found is not None
    assert found.rules == policy().rules
    assert found.schedule == pytest.approx(policy().schedule)
    assert found.expected["price", 2] == pytest.approx(EXPECTED)


def test_what_does_not_follow_rules_says_so(tmp_path: Path) -> None:
    """A question that looks at the schedule alone names it so."""
    path = tmp_path / "plan.yaml"
    path.write_text(text(answer(), market().system), encoding="utf-8")
    schedule, words = chosen(market(), path)
    assert schedule == pytest.approx(policy().schedule)
    assert words == f"the schedule in {path}, without its rules"


def test_a_plan_without_rules_is_a_schedule(tmp_path: Path) -> None:
    """Where there are no rules, the file has none, and the schedule is that of the plan."""
    without = replace(answer(), rows={**answer().rows, "rules": []})
    path = tmp_path / "plan.yaml"
    path.write_text(text(without, market().system), encoding="utf-8")
    assert "rules" not in path.read_text(encoding="utf-8")
    assert rulefile.read(path, market().system) is None


@pytest.mark.parametrize(
    ("rule", "complaint"),
    [
        ("{decision: offers, seen: price, more: 1, above: 1}", "no decision `offers`"),
        ("{seen: price, more: 1, above: 1}", "needs `decision`"),
        ("{decision: offer, seen: pric, more: 1, above: 1}", "no variable `pric`"),
        ("{decision: offer, seen: price, above: 1}", "needs `more`"),
        ("{decision: offer, seen: price, more: 1}", "neither a threshold"),
        ("{decision: offer, seen: price, more: 1, above: 1, below: 2}", "one threshold"),
        ("{decision: offer, seen: price, more: 1, expected: [1, 2]}", "3 periods, but 2 values"),
        ("{decision: offer, seen: price, more: much, above: 1}", "a number is wanted"),
        ("{decision: offer, seen: price, more: 1, above: 3 months}", "`price` is in ., not in months"),
        ("{decision: offer, seen: price, more: 1, above: 1, lasting: maybe}", "yes or no"),
        ("{decision: offer, seen: price, more: 1, over: 1}", "no `over`"),
        ("offer more", "a rule is written"),
    ],
)
def test_what_is_wrong_is_said(rule: str, complaint: str, tmp_path: Path) -> None:
    """Each mistake in a rule is refused with a sentence about it, and its place in the file."""
    path = tmp_path / "plan.yaml"
    path.write_text(f"plan: {{}}\nrules:\n  - {rule}\n", encoding="utf-8")
    with pytest.raises(ModelError, match=complaint) as raised:
        rulefile.read(path, market().system)
    assert raised.value.problems[0].at is not None


@pytest.mark.parametrize(
    ("rule", "hint"),
    [
        ("{decision: zzz, seen: price, more: 1, above: 1}", "decisions that can react: offer, shops and van"),
        ("{seen: price, more: 1, above: 1}", "decisions that can react: offer, shops and van"),
        ("{decision: offer, seen: zzz, more: 1, above: 1}", "a rule sees stocks: price, and what rests on them"),
        ("{decision: offer, seen: offers, more: 1, above: 1}", "a rule sees stocks: price, and what rests on them"),
        ("{decision: offer, seen: prise, more: 1, above: 1}", "did you mean `price`?"),
    ],
)
def test_which_names_a_rule_may_have_is_said(rule: str, hint: str, tmp_path: Path) -> None:
    """Who names what there is not is told what is near, or else all that there is."""
    path = tmp_path / "plan.yaml"
    path.write_text(f"plan: {{}}\nrules:\n  - {rule}\n", encoding="utf-8")
    with pytest.raises(ModelError) as raised:
        rulefile.read(path, market().system)
    assert raised.value.problems[0].hint == hint


def test_trust_is_among_what_a_rule_may_see(tmp_path: Path) -> None:
    """It is no stock, but the camps' trust is: what rests on stocks at once is told behind them."""
    stocks, resting = in_sight(leverwise.load(EXAMPLE).system)
    assert "supporters.camp_trust" in stocks
    assert "trust" in resting
    assert not {"hours_left", "deals"} & set(resting)  # these rest on what is decided, or on much else
    path = tmp_path / "plan.yaml"
    path.write_text("plan: {}\nrules:\n  - {decision: name.care, seen: zzz, more: 1, above: 1}\n", encoding="utf-8")
    with pytest.raises(ModelError, match="and what rests on them: trust,"):
        rulefile.read(path, leverwise.load(EXAMPLE).system)
    with pytest.raises(ModelError, match="name a stock, such as `cash` or `recognised`, or what rests on stocks, such"):
        leverwise.load(EXAMPLE, set={"plan.react": "[zzz]"})


@pytest.mark.parametrize("question", ["simulate", "diagnose", "plan", "robust"])
def test_every_question_refuses_wrong_rules(question: str, tmp_path: Path) -> None:
    """Whether it follows rules or looks at the schedule alone, a question tells what is wrong with them."""
    path = tmp_path / "plan.yaml"
    path.write_text("plan: {}\nrules:\n  - {decision: offer, seen: prise, more: 1, above: 1}\n", encoding="utf-8")
    nudged = {"price": {**MARKET["stocks"]["price"], "nudge": "price"}}  # type: ignore[index]
    model = leverwise.load({**MARKET, "stocks": nudged})
    with pytest.raises(ModelError, match="no variable `prise`"):
        getattr(model, question)(samples=16, plan=path)


def test_two_thresholds_of_one_decision_are_refused(tmp_path: Path) -> None:
    """A decision has one threshold, so that a file with two of them says something else than it would do."""
    one = "{decision: offer, seen: price, more: 1, above: 1}"
    path = tmp_path / "plan.yaml"
    path.write_text(f"plan: {{}}\nrules: [{one}, {one}]\n", encoding="utf-8")
    with pytest.raises(ModelError, match="another rule of that kind"):
        rulefile.read(path, market().system)


def test_reacting_is_worth_what_it_makes_more_on_the_same_draws() -> None:
    """The numbers are there, agree with each other, and reacting to a price that moves pays."""
    numbers = planned().numbers
    worth = numbers["worth_of_reacting"]
    assert worth.mean > 5 * worth.se > 0
    assert numbers["adaptive_objective"].mean == numbers["adaptive_impact"].mean
    assert worth.unit == numbers["impact"].unit
    assert "reacting to what is seen adds" in planned().headline


def test_the_contract_of_the_answer() -> None:
    """JSON has the new numbers and tables beside all that a plan has."""
    found = json.loads(as_json.text(planned()))
    assert {"adaptive_impact", "adaptive_objective", "worth_of_reacting", "objective"} <= set(found["numbers"])
    assert {"schedule", "levers", "rules", "adaptive_schedule"} <= set(found["tables"])
    keys = ["lever", "decision", "form", "seen", "side", "threshold", "seen_unit", "more", "unit", "rule"]
    assert all(list(row) == keys for row in found["tables"]["rules"])
    assert [list(row) for row in found["tables"]["adaptive_schedule"]] == [
        list(row) for row in found["tables"]["schedule"]
    ]
    said = [note for note in planned().notes if note.startswith("Rule: ")]
    assert said == [f"Rule: {row['rule']}." for row in found["tables"]["rules"]]


def test_simulate_replays_what_was_promised(tmp_path: Path) -> None:
    """A saved adaptive plan, run on the draws that it was told on, makes what was told."""
    path = tmp_path / "plan.yaml"
    path.write_text(text(planned(), market().system), encoding="utf-8")
    again = market().simulate(samples=512, seed=2, plan=path)
    assert planned().next == (
        "leverwise plan MODEL --adaptive --out market-plan.yaml && leverwise simulate MODEL --plan market-plan.yaml"
    )
    assert again.numbers["impact"].mean == pytest.approx(planned().numbers["adaptive_impact"].mean, rel=1e-6)
    assert "rules in" in again.headline


def test_a_report_shows_sentences_and_schedules_period_by_period() -> None:
    """Rules are told in words; what they change, and what they expect to see, stand in a column per period."""
    grids = {grid.name: grid for grid in tables(replace(answer(), rows={**answer().rows, "staff": []}))}
    assert [row[0].text for row in grids["rules"].rows] == [row["rule"] for row in answer().rows["rules"]]
    assert [cell.text for cell in grids["adaptive_schedule"].rows[0]][2:] == ["1k", "2k", "-", "3k"]
    assert [cell.text for cell in grids["expected"].rows[0]][:1] == ["price"]
    assert [cell.text for cell in grids["expected"].rows[0]][2:] == ["2k", "2.01k", "2.03k"]


def test_what_does_not_fit_into_memory_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where rules do not fit, the plan is still answered, and says why it has none."""
    monkeypatch.setattr("leverwise.ask.adaptive.LARGEST_CHUNK", 1000)
    made = market().plan(samples=64, adaptive=True)
    assert made.rows["rules"] == []
    assert "do not fit into memory" in made.notes[0]


def test_without_being_asked_a_plan_has_no_rules() -> None:
    """A plan is a schedule unless rules are asked for."""
    made = market().plan(samples=64)
    assert "rules" not in made.rows
    assert "worth_of_reacting" not in made.numbers


def test_who_looks_at_bad_outcomes_dares_more_by_reacting() -> None:
    """No schedule is worth its risk where most outcomes count; selling only once the price has risen is none."""
    made = leverwise.load({**MARKET, "plan": {"objective": "cvar 80 %"}}).plan(samples=512, adaptive=True)
    worth = made.numbers["worth_of_reacting"]
    assert made.numbers["objective"].mean == pytest.approx(0, abs=1)
    assert worth.mean > 5 * worth.se > 0
    assert worth.mean == pytest.approx(
        made.numbers["adaptive_objective"].mean - made.numbers["objective"].mean, abs=0.01 * worth.mean
    )


def test_a_history_stays_as_it_was() -> None:
    """What the author decided before planning begins is in the schedule that rules change."""
    decisions = {**MARKET["decisions"], "offer": {**MARKET["decisions"]["offer"], "use": "$700/month"}}  # type: ignore[dict-item]
    model = leverwise.load({**MARKET, "decisions": decisions, "plan": {"from": "2 months"}})
    made = model.plan(samples=512, adaptive=True)
    first = [row for row in made.rows["adaptive_schedule"] if row["start"] == 0]
    assert {row["decision"]: row["value"] for row in first} == {"offer": 700, "shops": 0, "van": 0}
    assert made.rows["rules"]


def test_a_budget_is_kept_on_average() -> None:
    """Where rules decide what is spent, what the decisions cost is measured in the run and kept within the budget."""
    decisions = {**MARKET["decisions"], "offer": {**MARKET["decisions"]["offer"], "costs": 1}}  # type: ignore[dict-item,arg-type]
    model = leverwise.load({**MARKET, "decisions": decisions, "plan": {"budget": "$3k"}})
    made = model.plan(samples=512, adaptive=True)
    assert made.rows["rules"]
    spent = [
        float(note.split("$")[1].split(" ")[0].rstrip("k")) for note in made.notes if "With the rules it spends" in note
    ]
    assert spent[0] <= 3.05
