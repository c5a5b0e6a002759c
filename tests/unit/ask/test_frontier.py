"""Frontiers against closed forms: impact for a budget, and the mean for what bad luck leaves."""

from __future__ import annotations

import json
from math import sqrt
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.optimize import brentq, minimize
from scipy.stats import norm

import leverwise
from cases.run import FOLDER, load
from leverwise import cli
from leverwise.ask.frontier_tables import Point, lacking
from leverwise.ask.making import Outcome
from leverwise.ask.model import from_system
from leverwise.errors import ModelError, NoAnswerError
from leverwise.report import json as as_json
from leverwise.report.charts import altair

TOP, SIZE = np.array([10, 6, 3, 0.4]), np.array([4, 3, 2, 1.0])


def priced() -> Any:
    """The budget split of the cases, with a price of one for each unit and no other limit."""
    costs: dict[str, object] = {f"decisions__x{k}__costs": 1 for k in (1, 2, 3, 4)}
    return load("budget-split", plan__subject_to="[]", **costs)


def best(budget: float) -> tuple[float, np.ndarray]:
    """The most that a budget over saturating uses brings: all that get any bring the same at the margin."""

    def spent(price: float) -> np.ndarray:
        return np.clip(SIZE * np.log(TOP / SIZE / price), 0, 5)

    price = brentq(lambda price: spent(price).sum() - budget, 1e-6, 2.5) if budget else 2.5
    return float(TOP @ (1 - np.exp(-spent(price) / SIZE))), spent(price)


def test_impact_for_a_budget() -> None:
    """Each point of the frontier is the optimum for its budget; the mix is what that spends."""
    answer = priced().frontier(samples=16, budget=[0, 1, 2.5, 5, 9])
    rows = answer.rows["frontier"]
    assert [row["budget"] for row in rows] == [0, 1, 2.5, 5, 9]
    for row in rows:
        value, spent = best(row["budget"])
        assert row["impact_mean"] == pytest.approx(value, rel=1e-4, abs=1e-9)
        assert row["spending"] == pytest.approx(row["budget"], rel=1e-3)
        mix = [each["spending"] for each in answer.rows["mix"] if each["point"] == f"${row['budget']:g}"]
        assert mix == pytest.approx(spent, abs=0.05)
    assert best(5)[0] == pytest.approx(8.30194698)
    last = answer.numbers["last_dollar"].mean
    assert last == pytest.approx((best(9)[0] - best(5)[0]) / 4, rel=1e-3)
    assert answer.numbers["bend"].mean == 9
    assert "bring only" in answer.headline


def test_more_money_never_makes_less() -> None:
    """Over a range of budgets the frontier does not fall, and the mix is drawn as a stack that adds up to spending."""
    answer = priced().frontier(samples=16, budget="0 to 6", points=5)
    rows = answer.rows["frontier"]
    assert [row["budget"] for row in rows] == pytest.approx([0, 1.5, 3, 4.5, 6])
    assert np.all(np.diff([row["impact_mean"] for row in rows]) >= 0)
    line, area = answer.charts
    assert (line.kind, area.kind) == ("line", "area")
    for row in rows:
        stack = sum(each["value"] for each in area.rows if each["time"] == row["budget"])
        assert stack == pytest.approx(row["spending"], abs=1e-6)


def test_without_a_budget_the_range_is_what_is_spent() -> None:
    """Where nobody names a budget, the largest one is what the best plan without a budget spends, or a little more."""
    answer = priced().frontier(samples=16, points=4)
    budgets = [row["budget"] for row in answer.rows["frontier"]]
    assert budgets[0] == 0
    assert 20 <= budgets[-1] < 21
    assert answer.rows["frontier"][-1]["impact_mean"] == pytest.approx(TOP @ (1 - np.exp(-5 / SIZE)), rel=1e-4)


def test_the_budget_of_the_model_is_in_the_middle() -> None:
    """A model with a budget is planned for from nothing to twice as much."""
    model = priced().with_settings({"plan.budget": "2"})
    rows = model.frontier(samples=16, points=3).rows["frontier"]
    assert [row["budget"] for row in rows] == [0, 2, 4]
    assert rows[1]["impact_mean"] == pytest.approx(best(2)[0], rel=1e-4)


def careful(level: float) -> np.ndarray:
    """The exact best split of the risky split for the mean of a share of the samples."""
    means, spreads = np.array([3, 2, 1.5]), np.array([2, 0.5, 0.2])
    caution = 0.0 if level == 1 else float(norm.pdf(norm.ppf(level)) / level)

    def lost(x: np.ndarray) -> float:
        return float(-(means @ np.sqrt(x) - caution * sqrt(spreads**2 @ x)))

    total = {"type": "eq", "fun": lambda x: x.sum() - 4}
    return np.asarray(minimize(lost, np.full(3, 4 / 3), bounds=[(1e-9, 4)] * 3, constraints=total).x)


def test_the_mean_for_what_bad_luck_leaves() -> None:
    """Each attitude's plan has the exact mean and mean of the worst tenth of its optimum; none is beaten."""
    answer = load("risky-split").frontier(risk=True, points=4)
    rows = answer.rows["frontier"]
    assert [row["level"] for row in rows] == [1, 0.46, 0.22, 0.1]
    tenth = float(norm.pdf(norm.ppf(0.1)) / 0.1)
    for row in rows:
        x = careful(row["level"])
        mean = np.array([3, 2, 1.5]) @ np.sqrt(x)
        tail = mean - tenth * sqrt(np.array([4, 0.25, 0.04]) @ x)
        assert row["impact_mean"] == pytest.approx(mean, rel=0.01)
        assert row["cvar"] == pytest.approx(tail, rel=0.02)
        assert not row["dominated"]
    assert rows[0]["impact_mean"] == pytest.approx(7.81025, rel=2e-3)
    assert rows[-1]["cvar"] == pytest.approx(4.13016, rel=5e-3)
    assert np.all(np.diff([row["impact_mean"] for row in rows]) < 0)
    assert np.all(np.diff([row["cvar"] for row in rows]) > 0)


def test_one_plan_for_every_attitude() -> None:
    """Where one plan is best for all, the answer says that care brings nothing."""
    model = load("risky-split", values__r1="normal(3, 0.001)", values__r2="normal(2, 0.001)", values__r3="1.5")
    answer = model.frontier(risk=True, points=2, samples=256)
    first, last = answer.rows["frontier"]
    assert first["impact_mean"] == pytest.approx(last["impact_mean"], rel=1e-3)


def test_budgets_by_an_aim_that_is_not_the_mean() -> None:
    """Insurance that costs a little on average is worth its money by the worst tenth, and is told by that."""
    model = leverwise.load(
        {
            "leverwise": 1,
            "model": "insurance",
            "time": {"step": 1, "horizon": 1, "tail": 0, "method": "euler"},
            "values": {"bad": "bernoulli(0.1)"},
            "decisions": {"insured": {"min": 0, "max": 10, "every": 1, "costs": 10}},
            "impact": "100 - 50*bad + 4*bad*insured - 0.6*insured",
            "plan": {"objective": "cvar 10 %", "budget": 60},
        }
    )
    answer = model.frontier(samples=1024, points=2)
    first, last = answer.rows["frontier"]
    assert last["impact_mean"] < first["impact_mean"]
    assert last["objective"] - first["objective"] == pytest.approx(34, rel=0.1)
    assert answer.numbers["last_dollar"].mean == pytest.approx((last["objective"] - first["objective"]) / 120)
    assert answer.numbers["bend"].mean == 120
    assert "by cvar 10 %" in answer.headline
    drawn = answer.charts[0]
    assert [row["value"] for row in drawn.rows] == [row["objective"] for row in answer.rows["frontier"]]
    assert drawn.caption.startswith("Impact by cvar 10 %")


def test_what_has_no_frontier_is_refused() -> None:
    """Nothing that costs money, nothing uncertain, a range that is none: each is said."""
    with pytest.raises(NoAnswerError, match="costs money"):
        load("risky-split").frontier(samples=64)
    with pytest.raises(NoAnswerError, match="uncertain"):
        priced().frontier(samples=16, risk=True)
    with pytest.raises(ModelError, match="no range of budgets"):
        priced().frontier(samples=16, budget="5 to 2")
    with pytest.raises(ModelError, match="one sum"):
        load("risky-split").frontier(samples=64, risk=True, budget="1 to 2")
    with pytest.raises(ModelError, match="points"):
        priced().frontier(samples=16, points=1)


def test_a_system_made_by_hand() -> None:
    """Sums in plain dollars need no model file."""
    answer = from_system(priced().system).frontier(samples=16, budget=(1.0, 5.0))
    assert answer.rows["frontier"][1]["impact_mean"] == pytest.approx(8.30194698, rel=1e-4)


def test_the_contract() -> None:
    """JSON holds every part that other programs rely on, in rows of plain numbers and words."""
    document = as_json.document(priced().frontier(samples=16, budget=[1, 5]))
    assert document["question"] == "frontier"
    assert {"impact", "baseline_impact", "bend", "share_at_bend", "last_dollar"} <= set(document["numbers"])
    wanted = {"budget", "impact_mean", "impact_se", "impact_p5", "impact_p95", "cvar", "spending", "x1.spending"}
    assert wanted <= set(document["tables"]["frontier"][0])
    assert set(document["tables"]["mix"][0]) == {"point", "lever", "spending", "hours"}
    assert all(not isinstance(cell, dict | list) for row in document["tables"]["frontier"] for cell in row.values())
    assert document["next"].startswith("leverwise plan ")


def test_from_the_shell(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """The command takes a range of money, and writes the page and the picture of both charts."""
    model = str(FOLDER / "budget-split.yaml")
    costs = [f"--set=decisions.x{k}.costs=1" for k in (1, 2, 3, 4)]
    words = ["frontier", model, *costs, "--set=plan.subject to=[]", "--budget", "1 to 5", "--points", "3"]
    for name in ("frontier.html", "frontier.png"):
        assert cli.main([*words, "--samples", "16", "--quiet", "--out", str(tmp_path / name)]) == 0
    page = (tmp_path / "frontier.html").read_text(encoding="utf-8")
    assert "What more would bring" in page
    assert "Mix by budget" in page
    assert capfd.readouterr().out.startswith("All of it counts: $3 bring only 56 %")
    assert cli.main([*words, "--samples", "16", "--json"]) == 0
    rows = json.loads(capfd.readouterr().out)["tables"]["frontier"]
    assert [row["budget"] for row in rows] == [1, 3, 5]


def test_the_headline_says_where_money_does_not_suffice() -> None:
    """Of the points where it does not as surely as asked, the worst; the same plan counts once, by its first."""
    system = priced().system

    def point(label: str, share: float, plan: float) -> Point:
        margins = {"cash_margin": np.where(np.arange(1000) < 1000 * share, -1.0, 1.0)}
        return Point(0.0, label, Outcome(np.array([plan]), np.ones(1000), margins, 0.0, {}, system))

    fine, worse, worst = point("$1k", 0.05, 1), point("$2k", 0.14, 2), point("$3k", 0.2, 3)
    assert lacking([fine], 0.9) == ""
    assert lacking([fine, worse], 0.9) == " But money does not suffice in 14 % of the samples ($2k)."
    assert lacking([worst, worse, worst], 0.9).endswith("in 20 % of the samples ($3k and 1 other plan).")
    assert lacking([worst, point("$4k", 0.2, 3)], 0.9).endswith("in 20 % of the samples ($3k).")


def test_a_line_with_errors_has_a_band() -> None:
    """The picture of a frontier is a line with its points on a band, from which no number is left out."""
    chart = load("risky-split").frontier(samples=64, risk=True, points=2).charts[0]
    drawn = altair(chart).to_dict()
    marks = [layer["mark"]["type"] for layer in drawn["layer"]]
    assert marks == ["area", "line", "point"]
    assert all(row["low"] <= row["value"] <= row["high"] for row in chart.rows)
