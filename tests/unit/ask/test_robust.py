"""What breaks a plan, and what it loses against the best plan of a scenario, where both are known."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import leverwise
from leverwise import cli
from leverwise.ask.making import Maker
from leverwise.ask.scenarios import Scenario, Within, parted
from leverwise.errors import NoAnswerError
from leverwise.report import json as as_json
from leverwise.report import points
from leverwise.report.page import html
from leverwise.report.tables import tables

ROOT = Path(__file__).resolve().parents[3]


def bet(**parts: Any) -> Any:
    """One unit over an uncertain use and a sure one: the uncertain one is better on average, and may cost."""
    return leverwise.load(
        {
            "leverwise": 1,
            "model": "bet",
            "time": {"step": 1, "horizon": 1, "method": "euler"},
            "values": {"luck": "uniform(0.2, 2)", "other": "uniform(5, 7)", "third": "normal(0, 1)"},
            "decisions": {
                "risky": {"min": 0, "max": 1, "every": 1},
                "sure": {"min": 0, "max": 1, "every": 1},
            },
            "impact": "luck*risky + sure + 0*(other + third)",
            "plan": {"objective": "mean", "subject to": ["risky + sure <= 1"]},
            **parts,
        }
    )


def test_regret_in_thirds() -> None:
    """The plan bets all; where luck is in its lowest third, 0.5 is made and 1 could be: that is the only regret."""
    answer = bet().robust(samples=2048)
    rows = answer.rows["regret"]
    parts = {row["scenario"]: row for row in rows if row["share"] == pytest.approx(1 / 3, abs=0.01)}
    assert len(parts) == 3
    assert all(words.startswith("`luck`") for words in parts)
    worst, *others = sorted(parts.values(), key=lambda row: -row["regret"])
    assert worst["impact"] == pytest.approx(0.5, abs=0.01)
    assert worst["best_impact"] == pytest.approx(1, rel=1e-6)
    assert worst["changes"] in ("more sure and no risky", "no risky and more sure")
    assert [row["regret"] for row in others] == [0, 0]
    assert answer.numbers["mean_regret"].mean == pytest.approx(1 / 6, abs=0.01)
    assert any("To know beforehand" in note for note in answer.notes)


def test_no_regret_where_one_plan_is_always_best() -> None:
    """Two uses that do not share anything and always pay are best at their most, whatever comes."""
    model = bet(impact="luck*risky + other*sure", plan={"objective": "mean"})
    answer = model.robust(samples=512)
    assert len(answer.rows["regret"]) > 2
    assert all(row["regret"] == 0 for row in answer.rows["regret"])
    assert answer.numbers["worst_regret"].mean == 0
    assert "none of" in answer.headline
    assert "no plan found does better" in model.frontier(samples=512, risk=True, points=2).headline


def test_what_breaks_is_found() -> None:
    """A stake of 0.7 is lost where luck is below it: a condition on luck alone explains all of that and no more."""
    answer = bet(impact="(luck - 0.7)*risky + 0*(other + third)").robust(samples=4096)
    (broken,) = answer.rows["breaks"]
    assert broken["what"] == "doing nothing makes more"
    assert broken["share"] == pytest.approx(0.5 / 1.8, abs=0.01)
    (limit,) = answer.rows["conditions"]
    assert limit["input"] == "luck"
    assert limit["low"] is None
    assert limit["high"] == pytest.approx(0.7, abs=0.02)
    (box,) = answer.rows["boxes"]
    assert box["coverage"] > 0.95
    assert box["density"] > 0.95
    assert "`luck` below" in answer.headline


def test_noise_is_not_explained() -> None:
    """Where fresh noise alone decides, no condition is told, and the answer says so."""
    model = bet(impact="(0.1 + noise(1))*risky + 0*(luck + other + third)")
    answer = model.robust(samples=2048, plan={"risky": 1})
    assert answer.rows["breaks"][0]["share"] == pytest.approx(0.46, abs=0.03)
    assert answer.rows["boxes"] == []
    assert "no small set of inputs tells where" in answer.headline


def test_the_worst_tenth_where_nothing_breaks() -> None:
    """A plan that nothing breaks is asked where it makes least."""
    answer = bet().robust(samples=2048)
    assert answer.rows["breaks"] == []
    assert answer.numbers["broken"].mean == 0
    (limit,) = answer.rows["conditions"]
    assert limit["high"] == pytest.approx(0.38, abs=0.02)
    assert answer.headline.startswith("Nothing breaks")


def test_where_many_samples_tie_at_the_least() -> None:
    """A plan that makes nothing in three of ten samples makes least there, and that share is told."""
    values = {"luck": "bernoulli(0.7)", "other": "uniform(5, 7)", "third": "normal(0, 1)"}
    answer = bet(values=values, impact="luck*other*risky + 0*third", plan={"objective": "mean"}).robust(samples=1024)
    (box,) = answer.rows["boxes"]
    assert box["what"] == "it makes least (the worst 30 %)"
    assert box["conditions"] == "`luck` is 0"
    assert box["coverage"] == box["density"] == 1
    assert "its worst 30 % have `luck` is 0" in answer.headline


def test_where_nothing_parts_the_plans() -> None:
    """Where fresh noise alone is uncertain no scenario is tried, which is not to say that none could be planned for."""
    values = {"luck": 1, "other": 6, "third": 0}
    answer = bet(values=values, impact="(1 + noise(0.1))*risky + sure").robust(samples=256)
    assert answer.rows["regret"] == []
    assert "Nothing that is uncertain parts the plans." in answer.headline


def test_a_plan_that_is_given() -> None:
    """A poor plan regrets everywhere, and the answer says that another is better over all samples."""
    answer = bet().robust(samples=512, plan={"risky": 0.5})
    assert all(row["regret"] > 0 for row in answer.rows["regret"])
    assert any("more over all samples" in note for note in answer.notes)


def test_money_that_runs_out() -> None:
    """With wages unknown and little money, a hire breaks the plan where the wage is high, told in dollars a month."""
    model = leverwise.load(
        ROOT / "examples" / "keyboard.yaml",
        set={"second player.wage": "2k to 6k $/month", "money.start": "$70k", "market.price": "$100/recital"},
    )
    plan = {"second_player.positions": 1, "second_piano.bought": [1, 0, 0, 0]}
    answer = model.robust(samples=1024, plan=plan)
    assert [row["what"] for row in answer.rows["breaks"]][:1] == ["money does not suffice"]
    limit = next(row for row in answer.rows["conditions"] if row["input"] == "second_player.wage")
    assert limit["unit"].startswith("$/month")
    assert limit["high"] is None
    assert 2000 < limit["low"] < 6000
    assert answer.next.startswith("leverwise plan ")


def test_scenarios_part_all_samples() -> None:
    """Thirds of one input and halves of three hold every sample once."""
    drawn = np.random.default_rng(0).random((3, 999))
    inputs = [value for value in bet().system.values if value.drawn]
    for chosen, count in (([1], 3), ([0, 2], 4), ([0, 1, 2], 8)):
        parts = parted(inputs, drawn, chosen)
        assert len(parts) == count
        assert np.all(sum(part.contains(drawn).astype(int) for part in parts) == 1)


def test_samples_within_a_scenario() -> None:
    """An engine within a scenario draws only samples that lie in it, the same ones each time, and as many as asked."""
    model = bet()
    high = np.array([0.5, np.inf, np.inf])
    scenario = Scenario("little luck", np.full(3, -np.inf), high)
    within = Within(model.engine, scenario)
    drawn = within.draws(0, 300, 5)
    assert drawn.shape == (3, 300)
    assert drawn[0].max() <= 0.5
    assert np.array_equal(within.draws(100, 50, 5), drawn[:, 100:150])
    assert within.measure_names == model.engine.measure_names


def test_runs_within_a_scenario() -> None:
    """Runs within a scenario are of the samples that it draws, and where none lie in it, that is said."""
    model = bet()
    low, high = np.full(3, -np.inf), np.array([0.5, np.inf, np.inf])
    within = Within(model.engine, Scenario("little luck", low, high))
    plan = np.array([1.0, 0.0])
    impact = within.simulate(300, 5, decisions=plan, record=()).measures["impact"]
    assert np.allclose(impact, within.draws(0, 300, 5)[0])
    assert np.max(impact) <= 0.5 < np.max(model.engine.simulate(300, 5, decisions=plan, record=()).measures["impact"])
    nowhere = Within(model.engine, Scenario("`luck` below 0", low, np.array([0.0, np.inf, np.inf])))
    for ask in (lambda: nowhere.draws(0, 10, 5), lambda: nowhere.simulate(10, 5, decisions=plan)):
        with pytest.raises(NoAnswerError, match="lie where `luck` below 0"):
            ask()


def test_what_is_certain_is_refused() -> None:
    """Where nothing is uncertain nothing can come differently."""
    with pytest.raises(NoAnswerError, match="uncertain"):
        bet(values={"luck": 1, "other": 6, "third": 0}).robust(samples=64)


def test_the_contract_and_the_page() -> None:
    """JSON holds every part that other programs rely on; the page shows the tables, with names as they are spoken."""
    answer = bet(impact="(luck - 0.7)*risky + 0*(other + third)").robust(samples=1024)
    document = as_json.document(answer)
    assert document["question"] == "robust"
    assert {"impact", "worst_tenth", "broken", "worst_regret", "mean_regret"} <= set(document["numbers"])
    wanted = {"scenario", "share", "impact", "best_impact", "regret", "regret_se", "regret_share", "changes", "unit"}
    assert set(document["tables"]["regret"][0]) == wanted
    wanted = {"what", "conditions", "coverage", "density", "elsewhere", "mass", "chance"}
    assert set(document["tables"]["boxes"][0]) == wanted
    assert set(document["tables"]["conditions"][0]) == {"box", "input", "low", "high", "unit", "chance"}
    titles = [grid.title for grid in tables(answer)]
    assert "Where it breaks" in titles
    page = html([answer])
    assert "What breaks the plan" in page
    assert "luck below" in page


def test_a_better_plan_that_turns_up_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a plan made for a scenario is better over all samples than the first, it takes its place, and is told."""
    planned = Maker.plan

    def poor_at_first(maker: Maker, aim: Any, begun: Any, *more: Any) -> Any:
        return np.array([0.5, 0.0]) if begun is None else planned(maker, aim, begun, *more)

    monkeypatch.setattr(Maker, "plan", poor_at_first)
    answer = bet().robust(samples=1024)
    assert {row["decision"]: row["value"] for row in answer.rows["schedule"]} == {"risky": 1, "sure": 0}
    assert any("found while planning for a scenario" in note for note in answer.notes)
    assert answer.numbers["mean_regret"].mean == pytest.approx(1 / 6, abs=0.02)


def test_from_the_shell(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """The command prints the headline, and writes the page, the picture and the plan, which it reads back."""
    model = str(ROOT / "tests" / "cases" / "newsvendor.yaml")
    for name in ("robust.html", "robust.svg", "plan.yaml"):
        assert cli.main(["robust", model, "--samples", "1024", "--quiet", "--out", str(tmp_path / name)]) == 0
        assert (tmp_path / name).stat().st_size > 100
    first = capfd.readouterr().out.splitlines()[-1]
    assert cli.main(["robust", model, "--samples", "1024", "--plan", str(tmp_path / "plan.yaml"), "--json"]) == 0
    document = json.loads(capfd.readouterr().out)
    assert document["question"] == "robust"
    assert document["tables"]["boxes"]
    assert "`demand` below" in document["headline"]
    assert "`demand` below" in first


def test_the_table_of_conditions_says_what_its_chances_are_of() -> None:
    """A heading and a sentence; chances below one in ten thousand are not told apart."""
    rows = [
        {"box": 1, "input": "crew.wage", "low": 6000.0, "high": None, "unit": "$/month", "chance": 1e-9},
        {"box": 1, "input": "reach", "low": None, "high": 2.5, "unit": "", "chance": 0.013},
    ]
    grid = points.conditions("The conditions, one by one", rows)
    assert [column.title for column in grid.columns] == ["box", "input", "above", "below", "chance that it is luck"]
    texts = [[cell.text for cell in row] for row in grid.rows]
    assert texts[0] == ["1.", "crew: wage", "$6k/month", "·", "under 0.01 %"]
    assert texts[1] == ["1.", "reach", "·", "2.5", "1.3 %"]
    assert grid.note.startswith("Chance that it is luck: how likely")
