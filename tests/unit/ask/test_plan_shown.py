"""What is said of a plan that is there already, and of numbers whose mean is not their middle."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import leverwise
from leverwise import cli
from leverwise.ask import caveats
from leverwise.ask.answer import Estimate
from leverwise.ask.leverage import leverage_words
from leverwise.ask.words import quantity
from leverwise.report.page import html
from unit.ask.test_questions import SHOP


def test_a_report_of_a_given_plan_shows_it_and_asks_for_no_other(tmp_path: Path) -> None:
    """Its schedule as a table and a picture, what to do first, and at the end what more money would bring."""
    path = tmp_path / "shop.yaml"
    path.write_text(json.dumps(SHOP))
    file = tmp_path / "mine.yaml"
    file.write_text("plan: {ads: 100}\n")
    model = leverwise.load(path)
    found = model.report(samples=16, plan=file)
    first = found.answers[0]
    assert first.headline.startswith(f"The plan in {file}. Now: ads")
    assert [row["value"] for row in first.rows["schedule"]] == [100.0] * len(first.rows["schedule"])
    assert [chart.kind for chart in first.charts] == ["steps"]
    assert {answer.next for answer in found.answers} == {f"leverwise frontier {path}"}
    page = html(found.answers, found.unanswered, model.system)
    assert "The plan, period by period" in page
    assert page.count("leverwise frontier") == 1
    assert "leverwise plan" not in page


def test_what_follows_a_written_plan_does_not_make_it_again(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The question about the file that is there; without a file, how to write it first."""
    monkeypatch.chdir(tmp_path)
    Path("shop.yaml").write_text(json.dumps(SHOP))
    assert cli.main(["plan", "shop.yaml", "--samples", "16", "--out", "my plan.yaml"]) == 0
    assert capfd.readouterr().out.splitlines()[-1] == "next leverwise diagnose shop.yaml --plan 'my plan.yaml'"
    assert cli.main(["plan", "shop.yaml", "--samples", "16", "--out", "plan.json"]) == 0
    assert "--out shop-plan.yaml && leverwise" in capfd.readouterr().out.splitlines()[-1]


@pytest.mark.parametrize(("mean", "median", "told"), [(959, 75, True), (80, 72, False), (-1, -3, True), (0, 0, False)])
def test_mean_and_median_are_told_together_where_they_differ(mean: float, median: float, told: bool) -> None:
    """By more than a quarter of the smaller; a number that is one figure differs from nothing."""
    assert caveats.skewed(Estimate(mean, 1.0, 0.1, median, median, mean)) == told


def test_a_skewed_impact_has_its_median_in_the_headline() -> None:
    """A draw over six orders of magnitude has one; a range of a tenth has none."""
    wild = {"leverwise": 1, "model": "wild", "time": {"step": 1, "horizon": 2}, "values": {"x": "0.001 to 1000"}}
    answer = leverwise.load({**wild, "impact": "x"}).simulate(samples=256)
    assert f"(the median is {quantity(answer.numbers['impact'].p50)}, 90 % from" in answer.headline
    even = leverwise.load({**wild, "values": {"x": "9 to 10"}, "impact": "x"}).simulate(samples=256)
    assert "median" not in even.headline


def test_the_average_leverage_is_told_where_it_misleads() -> None:
    """220 times on average and 35 in the middle are two stories; 3.5 and 3.6 are one."""
    ratio = Estimate(220, 900, 9, 1, 35, 800, "times")
    orders = Estimate(1.5, 1, 0.1, 0, 1.54, 3, "orders of magnitude")
    both = leverage_words({"leverage": ratio, "log10_leverage": orders})
    assert both == "leverage is 35 (1.5 orders of magnitude) in the median sample and 220 on average"
    near = leverage_words({"leverage": Estimate(3.6, 1, 0.1, 1, 3.5, 8, "times"), "log10_leverage": orders})
    assert near.endswith("in the median sample")
