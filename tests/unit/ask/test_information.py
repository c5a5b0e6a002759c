"""What is worth finding out before acting: whole answers, what they say, and what is refused."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import leverwise
from leverwise import cli
from leverwise.ask import alternatives
from leverwise.ask.alternatives import Alternative, _hardly_bears
from leverwise.ask.answer import Estimate
from leverwise.ask.fresh import Fresh
from leverwise.ask.information import information
from leverwise.ask.informed import informed
from leverwise.ask.making import Maker
from leverwise.errors import ModelError, NoAnswerError
from leverwise.report import json as as_json
from leverwise.report.charts import altair, svg
from leverwise.report.page import html
from leverwise.report.tables import tables

ROOT = Path(__file__).resolve().parents[3]
LUCK = (0.8 + 1.5) / 1.8 - 1.1
"""E max(luck, 1) - E luck for luck uniform from 0.2 to 2."""


def bet(**parts: Any) -> Any:
    """One unit over an uncertain use and a sure one; the uncertain one is better on average."""
    return leverwise.load(
        {
            "leverwise": 1,
            "model": "bet",
            "time": {"step": 1, "horizon": 1, "method": "euler"},
            "values": {"luck": "uniform(0.2, 2)", "other": "uniform(5, 7)", "stake": 1},
            "decisions": {
                "risky": {"min": 0, "max": 1, "every": 1},
                "sure": {"min": 0, "max": 1, "every": 1},
            },
            "impact": "stake*(luck*risky + sure) + 0*other",
            "plan": {"objective": "mean", "subject to": ["risky + sure <= 1"]},
            **parts,
        }
    )


def worth(answer: Any) -> dict[str, Any]:
    """Rows of the table `information` by input."""
    return {row["input"]: row for row in answer.rows["information"]}


@pytest.fixture(scope="module")
def answer() -> Any:
    """The bet, asked."""
    return bet().information(samples=2048, study=["luck=$5k", "luck+other=$9k"])


def test_the_worth_of_luck(answer: Any) -> None:
    """Knowing luck is worth its closed form, knowing the other nothing, and everything is no more than luck."""
    found = worth(answer)
    assert abs(found["luck"]["evppi"] - LUCK) < 3 * found["luck"]["se"] + 1e-4
    assert found["other"]["evppi"] <= 2 * found["other"]["se"] + 1e-12
    assert answer.numbers["evpi"].mean == pytest.approx(LUCK, abs=2e-3)
    assert found["luck"]["evppi"] <= answer.numbers["evpi"].mean + 1e-12
    assert answer.numbers["impact"].mean == pytest.approx(1.1, abs=0.01)


def test_where_the_advice_changes(answer: Any) -> None:
    """Below 1 the sure use is better: the headline, the table and the chart say so."""
    below, above = answer.rows["switches"]
    assert below["input"] == above["input"] == "luck"
    assert below["high"] == above["low"] == pytest.approx(1, abs=0.05)
    assert below["best"] == "risky 0, sure 1"
    assert above["best"] == "the plan"
    assert answer.headline.startswith("Finding out `luck` is worth up to 0.17")
    assert "with luck below 1" in answer.headline
    chart = next(chart for chart in answer.charts if chart.name == "switch luck")
    assert [place for place, _ in chart.marks] == [below["high"]]
    assert "luck=WHAT YOU FIND" in answer.next


def test_bars_under_the_ceiling(answer: Any) -> None:
    """The bars stand under a rule at what everything is worth, and the rule is drawn."""
    chart = next(chart for chart in answer.charts if chart.name == "information")
    assert chart.rows[0]["label"] == "luck"
    ((place, word),) = chart.marks
    assert place == answer.numbers["evpi"].mean
    assert all(row["value"] <= place + 1e-12 for row in chart.rows)
    assert word in svg(chart)
    assert any(layer["mark"]["type"] == "rule" for layer in altair(chart).to_dict()["layer"])


def test_the_contract_and_the_page(answer: Any) -> None:
    """JSON holds every part that other programs rely on; the tables and the page show them."""
    document = as_json.document(answer)
    assert document["question"] == "information"
    assert {"impact", "evpi"} <= set(document["numbers"])
    assert {"input", "evppi", "se"} <= set(document["tables"]["information"][0])
    assert {grid.title for grid in tables(answer)} >= {"What is worth finding out", "Where the advice changes"}
    assert "What is worth finding out" in html([answer])


def test_studies_by_what_they_bring_for_a_dollar(answer: Any) -> None:
    """Where a dollar is worth an unknown impact, the study that brings more for a dollar comes first."""
    first, second = answer.rows["studies"]
    assert (first["study"], second["study"]) == ("luck", "luck + other")
    assert first["net"] is None
    assert second["evppi"] >= first["evppi"]


def test_studies_in_dollars() -> None:
    """Where impact is money, a study is worth what it brings less what it costs, and the order is by that."""
    model = bet(values={"luck": "uniform(0.2, 2)", "other": "uniform(5, 7)", "stake": "$100"})
    answer = model.information(samples=1024, study={"luck": "$15", "other": "$1", "luck+other": 2})
    rows = answer.rows["studies"]
    assert [row["study"] for row in rows] == ["luck + other", "luck", "other"]
    assert rows[1]["net"] == pytest.approx(100 * LUCK - 15, abs=0.5)
    assert rows[2]["net"] == pytest.approx(-1, abs=0.2)
    assert answer.headline.startswith("Finding out `luck` is worth up to $17")
    assert any(
        "Learn first: luck + other" in note and "Not worth what it costs: other" in note for note in answer.notes
    )


def test_levels_of_a_decision() -> None:
    """10, 30 or 50 bought at 1 and sold at 2, demand uniform from 0 to 60: as numerical integration says."""
    model = leverwise.load(
        {
            "leverwise": 1,
            "model": "stock",
            "time": {"step": 1, "horizon": 1, "method": "euler"},
            "values": {"demand": "uniform(0, 60)"},
            "decisions": {"q": {"min": 0, "max": 60, "every": 1}},
            "impact": "2*min(demand, q) - q",
        }
    )
    answer = model.information(samples=4096, levels={"q": [10, 30, 50]})
    demand = (np.arange(600_000) + 0.5) / 1e4
    made = np.stack([2 * np.minimum(demand, q) - q for q in (10, 30, 50, 0)])
    truth = np.mean(np.max(made, axis=0)) - np.max(np.mean(made, axis=1))
    found = worth(answer)["demand"]
    assert abs(found["evppi"] - truth) < 3 * found["se"] + 1e-3 * truth
    names = {row["alternative"] for row in answer.rows["alternatives"]}
    assert names == {"q 10", "q 30", "q 50", "doing nothing"}


def test_several_plans_of_a_model_with_levers() -> None:
    """A hire pays where the wage is low: of three things to do, the wage says which, and money is told in dollars."""
    model = leverwise.load(
        ROOT / "examples" / "keyboard.yaml",
        set={"second player.wage": "1k to 9k $/month", "money.start": "$200k", "impact": "net_income"},
    )
    hire = {"second_player.positions": 1, "second_piano.bought": [1, 0, 0, 0]}
    answer = model.information(samples=512, plan=[hire, {"second_piano.bought": [1, 0, 0, 0]}])
    found = worth(answer)
    wage = found.pop("second_player.wage")
    assert wage["unit"] == "$"
    assert wage["evppi"] > 3 * wage["se"]
    assert wage["evppi"] > 10 * max(row["evppi"] for row in found.values())
    low = answer.rows["switches"][0]
    assert (low["best"], low["low"]) == ("plan 1", None)
    assert low["unit"].startswith("$/month")
    assert answer.headline.startswith("Finding out `second_player.wage` is worth up to $")


def test_what_there_is_to_choose_from_with_levers() -> None:
    """Beside a plan that is given stand each lever alone, as far as it makes anything, and doing nothing."""
    model = leverwise.load(ROOT / "examples" / "keyboard.yaml", set={"second player.wage": "1k to 9k $/month"})
    answer = model.information(samples=256, plan={"second_piano.bought": [1, 0, 0, 0], "second_player.positions": 1})
    names = [row["alternative"] for row in answer.rows["alternatives"]]
    assert {"the plan", "second piano alone", "doing nothing"} <= set(names)
    assert all("wage" in row["only"] for row in answer.rows["alternatives"] if row["only"])


def test_levers_that_do_not_compete_are_not_searched_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where runs are costly and a lever alone makes little, what the plan decides of it stands for it."""
    searched: list[Sequence[str]] = []
    planned = Maker.plan

    def watched(maker: Maker, *arguments: Any, leave: Sequence[str] = (), **named: Any) -> Any:
        searched.append(leave)
        return planned(maker, *arguments, leave=leave, **named)

    monkeypatch.setattr(Maker, "plan", watched)
    monkeypatch.setattr(alternatives, "COSTLY", 0.0)
    monkeypatch.setattr(alternatives, "COMPETES", 0.9)
    plan = {"second_piano.bought": [1, 0, 0, 0], "second_player.positions": 1}
    answer = leverwise.load(ROOT / "examples" / "keyboard.yaml").information(samples=256, plan=plan)
    assert not any(searched)
    made = {row["alternative"]: row["impact_mean"] for row in answer.rows["alternatives"]}
    assert made["second piano alone"] == pytest.approx(100, rel=0.01)


def test_beside_the_indices() -> None:
    """`sensitivity` tells the same worths where there is something to choose, and says of what choice."""
    plan = {"risky": 0.5, "sure": 0.5}
    whole = bet().sensitivity(samples=256, plan=plan)
    alone = bet().information(samples=256, plan=plan)
    assert whole.rows["information"] == alone.rows["information"]
    assert any("a choice between the plan, doing nothing" in note for note in whole.notes)
    assert "information" not in bet(decisions={}, impact="luck*other", plan={}).sensitivity(samples=64).rows


def test_without_a_search() -> None:
    """Where runs are costly, other questions choose between the plan, the author's use and nothing."""
    model = bet(decisions={"risky": {"max": 1, "every": 1, "use": 1}, "sure": {"max": 1, "every": 1}})
    found = informed(model, 256, 0, plans=[{"sure": 1}], search=False)
    assert found.names == ["the plan", "doing nothing", "the use written in the model"]
    assert found.worth[0].value == pytest.approx(LUCK, abs=0.02)


def test_nothing_is_worth_finding_out() -> None:
    """Where one thing is best whatever comes, the answer is no, and nothing is drawn to choose by."""
    answer = bet(impact="(luck + 2)*risky + sure + 0*other").information(samples=512)
    assert answer.headline.startswith("Nothing here is worth finding out first")
    assert all(row["evppi"] == 0 for row in answer.rows["information"])
    assert answer.rows["switches"] == []
    assert answer.next.startswith("leverwise robust")


def test_what_is_said_of_noise_and_correlation() -> None:
    """Fresh noise can not be found out; what an input tells of another is counted, and said."""
    answer = bet(
        impact="(luck + noise(0.1))*risky + sure + 0*other", correlate=[{"between": ["luck", "other"], "rank": 0.8}]
    ).information(samples=1024)
    text = " ".join(answer.warnings)
    assert "fresh noise" in text
    assert "correlated" in text
    found = worth(answer)
    assert 0.05 < found["other"]["evppi"] < found["luck"]["evppi"]
    assert answer.next == "leverwise plan MODEL"  # set, it would not tell of what it is correlated with


@pytest.mark.parametrize(
    ("study", "message", "hint"),
    [
        ("luk=$5", "no uncertain input `luk`", "did you mean `luck`?"),
        ("stake=$5", "`stake` is a fixed number (1)", "give it a range"),
        ("luck=5", "`5` is no sum of money", "single quotes"),
        ("luck=$5/month", "no sum of money", "write '$5k'"),
        ("luck", "does not say what is found out", "--study 'INPUT=$5k'"),
    ],
)
def test_studies_that_are_refused(study: str, message: str, hint: str) -> None:
    """A study of what is fixed, unknown, or costs no money is refused with a way to mend it, before anything runs."""
    with pytest.raises(ModelError) as caught:
        bet().information(study=[study])
    assert message in str(caught.value)
    assert hint in str(caught.value)


def test_what_has_no_answer() -> None:
    """Nothing to decide, nothing uncertain, noise alone, one thing to do, and too few samples."""
    with pytest.raises(NoAnswerError, match="no decisions"):
        bet(decisions={}, impact="luck", plan={}).information()
    with pytest.raises(NoAnswerError, match="nothing in the model is uncertain, so"):
        bet(values={"luck": 1, "other": 6, "stake": 1}).information()
    with pytest.raises(NoAnswerError, match="fresh noise"):
        bet(values={"luck": 1, "other": 6, "stake": 1}, impact="noise(1)*risky + sure").information()
    with pytest.raises(NoAnswerError, match="only one thing to do"):
        bet().information(samples=256, plan=[{"risky": 0}, {"sure": 0}])
    with pytest.raises(ModelError, match="must be 256 or more"):
        bet().information(samples=100)
    with pytest.raises(ModelError, match="no decision `riski`"):
        information(bet(), 256, 0, levels={"riski": [0, 1]})
    for level in (np.inf, -np.inf, np.nan):
        with pytest.raises(ModelError, match="outside the bounds"):
            information(bet(), 256, 0, levels={"risky": [0, level]})


def test_from_the_shell(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """The command prints JSON, draws a picture, refuses with code 2 and says with 1 that there is no answer."""
    model = str(ROOT / "tests" / "cases" / "newsvendor.yaml")
    options = ["--samples", "512", "--level", "ordered=80,100,120"]
    picture = str(tmp_path / "worth.png")
    assert cli.main(["information", model, *options, "--study", "demand=$5", "--json", "--out", picture]) == 0
    document = json.loads(capfd.readouterr().out)
    assert document["tables"]["information"][0]["input"] == "demand"
    assert document["tables"]["studies"][0]["cost"] == 5
    assert Path(picture).stat().st_size > 1000
    assert cli.main(["information", model, "--study", "demnd=$5"]) == 2
    assert "did you mean `demand`" in capfd.readouterr().err
    assert cli.main(["information", model, "--level", "ordered=few"]) == 2
    assert cli.main(["information", str(ROOT / "tests" / "cases" / "invest-or-wait.yaml")]) == 1


def test_where_money_hardly_matters_worth_is_told_in_impact_alone() -> None:
    """To divide by next to nothing would call a few pieces a fortune: the answer says why it tells no dollars."""
    system = leverwise.load("examples/choir.yaml").system
    fresh = Fresh(np.zeros((sum(value.drawn for value in system.values), 4)), 0)
    plan = Alternative("the plan", None, {"impact": np.full(4, 1000.0 * system.impact_unit.factor)})
    richly = Estimate(1.0, 0.0, 0.01, 1.0, 1.0, 1.0, "listen/$")
    assert not _hardly_bears(richly, system, fresh, plan)
    assert _hardly_bears(replace(richly, mean=1e-9), system, fresh, plan)
    assert _hardly_bears(replace(richly, p50=0.0), system, fresh, plan)


def test_nothing_and_use_are_plans_here_too() -> None:
    """Beside doing nothing the better plans are found; a use that is not written is refused, with what to say."""
    found = bet().information(plan="nothing", samples=512)
    names = {row["alternative"] for row in found.rows["alternatives"]}
    assert "doing nothing" in names
    assert len(names) > 2
    assert found.numbers["impact"].mean == pytest.approx(1.1, rel=0.02)
    assert worth(found)["luck"]["evppi"] == pytest.approx(LUCK, abs=5 * worth(found)["luck"]["se"] + 0.01)
    assert "--plan" not in found.next
    decisions = {"risky": {"min": 0, "max": 1, "every": 1, "use": 0.5}, "sure": {"min": 0, "max": 1, "every": 1}}
    both = bet(decisions=decisions).information(plan=["nothing", "use"], samples=512)
    assert {row["alternative"] for row in both.rows["alternatives"]} == {
        "doing nothing",
        "the use written in the model",
    }
    with pytest.raises(ModelError, match="has no `use`"):
        bet().information(plan="use", samples=512)
