"""The answer to `plan` as a plan: every question takes it as it takes the file that is written of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import leverwise
from leverwise.ask.answer import Answer
from leverwise.ask.model import Model
from leverwise.errors import ModelError
from leverwise.report import plans

SHOP: dict[str, Any] = {
    "leverwise": 1,
    "model": "shop",
    "time": {"step": 1, "horizon": 4, "method": "euler"},
    "values": {"pull": "1 to 3"},
    "decisions": {"ads": {"min": 0, "max": 4, "every": 1}},
    "stocks": {"seen": {"start": 0, "change": "pull"}},
    "equations": {"sales": "pull*sqrt(ads)"},
    "impact": "sales - 0.1*ads",
    "plan": {"subject to": ["integral(ads) <= 6"]},
}
RULE = {"decision": "ads", "seen": "seen", "side": "above", "threshold": 3.0, "more": 1.0, "form": "while", "rule": ""}


@pytest.fixture(scope="module")
def shop() -> Model:
    """The shop, loaded once."""
    return leverwise.load(SHOP)


@pytest.fixture(scope="module")
def best(shop: Model) -> Answer:
    """Its plan: 1.5 a period, as returns fall."""
    return shop.plan(samples=64)


@pytest.fixture
def file(shop: Model, best: Answer, tmp_path: Path) -> str:
    """The same plan in a file."""
    path = tmp_path / "plan.yaml"
    path.write_text(plans.text(best, shop.system), encoding="utf-8")
    return str(path)


QUESTIONS: list[tuple[str, dict[str, Any]]] = [
    ("simulate", {"samples": 64}),
    ("diagnose", {"samples": 64}),
    ("sensitivity", {"samples": 64}),
    ("explain", {"samples": 64, "name": "impact"}),
    ("plan", {"samples": 64}),
    ("robust", {"samples": 128}),
    ("information", {"samples": 256}),
]


@pytest.mark.parametrize(("question", "options"), QUESTIONS, ids=[name for name, _ in QUESTIONS])
def test_an_answer_is_a_plan(question: str, options: dict[str, Any], shop: Model, best: Answer, file: str) -> None:
    """Numbers and tables are those that the plan's file gives; what to do next names no file that there is not."""
    ask = getattr(shop, question)
    answer, same = ask(plan=best, **options), ask(plan=file, **options)
    assert {name: each.mean for name, each in answer.numbers.items()} == pytest.approx(
        {name: each.mean for name, each in same.numbers.items()}, rel=1e-7, abs=1e-9
    )
    assert {name: len(rows) for name, rows in answer.rows.items()} == {n: len(rows) for n, rows in same.rows.items()}
    assert "this plan" not in answer.next
    if question == "simulate":
        assert answer.numbers["impact"].mean > 1.1 * shop.simulate(samples=64, plan={"ads": 0.5}).numbers["impact"].mean


def test_answers_are_compared(shop: Model, best: Answer, file: str) -> None:
    """Alone, in a list, and beside files; several plans may be weighed against each other."""
    alone, beside = shop.compare(plans=best, samples=64), shop.compare(plans=[{"ads": 0.5}, best], samples=64)
    assert alone.numbers["difference"].mean == pytest.approx(
        shop.compare(plans=file, samples=64).numbers["difference"].mean, rel=1e-7
    )
    assert 0 < beside.numbers["difference"].mean < alone.numbers["difference"].mean
    choice = shop.information(samples=256, plan=[best, {"ads": 0.5}])
    assert [row["alternative"] for row in choice.rows["alternatives"]][:2] == ["plan 1", "plan 2"]


def test_a_report_takes_an_answer(shop: Model, best: Answer) -> None:
    """The plan is shown and looked at, and none is made."""
    report = shop.report(samples=64, plan=best, brief=True)
    assert [answer.question for answer in report.answers][:2] == ["schedule", "simulate"]
    assert "--plan" not in report.command


def test_rules_go_with_the_answer(shop: Model, best: Answer, tmp_path: Path) -> None:
    """Of an answer with rules, schedule and rules are followed, as from its file, and commands name no file."""
    rules = replace(best, rows={**best.rows, "adaptive_schedule": best.rows["schedule"], "rules": [RULE]})
    path = tmp_path / "rules.yaml"
    path.write_text(plans.text(rules, shop.system), encoding="utf-8")
    followed, same = shop.simulate(samples=64, plan=rules), shop.simulate(samples=64, plan=path)
    impact = followed.numbers["impact"].mean
    assert impact == same.numbers["impact"].mean
    assert impact != pytest.approx(shop.simulate(samples=64, plan=best).numbers["impact"].mean, rel=1e-3)
    assert "With this plan" in followed.headline
    assert str(path) in same.headline
    assert "--plan" in same.next
    assert "--plan" not in followed.next
    gap = shop.compare(plans=[best, rules], samples=64).numbers["difference"].mean
    assert gap == pytest.approx(impact - shop.simulate(samples=64, plan=best).numbers["impact"].mean)


def test_other_answers_are_no_plans(shop: Model) -> None:
    """What holds no plan is refused in words, and so is a plan of another model."""
    with pytest.raises(ModelError, match="an answer to `simulate` holds no plan"):
        shop.diagnose(plan=shop.simulate(samples=16))
    other = leverwise.load(
        {
            **SHOP,
            "decisions": {"posters": SHOP["decisions"]["ads"]},
            "equations": {"sales": "pull"},
            "impact": "sales - 0.1*posters",
            "plan": {},
        }
    )
    with pytest.raises(ModelError, match="no decision `posters`"):
        shop.simulate(plan=other.plan(samples=16))
