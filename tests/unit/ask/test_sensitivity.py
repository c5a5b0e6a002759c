"""The question of sensitivity as it is asked: what may be asked of, what is told, and what is refused."""

from __future__ import annotations

import json
import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import leverwise
from leverwise import cli
from leverwise.ask.indices import Sums, index_of
from leverwise.ask.measuring import samples_for
from leverwise.ask.outputs import output_of
from leverwise.ask.words import number
from leverwise.errors import ModelError, NoAnswerError
from leverwise.report import json as as_json
from leverwise.report.charts import svg
from leverwise.report.page import alt, html
from leverwise.report.tables import tables

COLUMNS = ["input", "first", "first_low", "first_high", "total", "total_low", "total_high"]


def shop(**parts: Any) -> Any:
    """A stock of sales with three inputs, and a decision that adds to it."""
    return leverwise.load(
        {
            "leverwise": 1,
            "model": "shop",
            "time": {"step": "1 month", "horizon": "12 months"},
            "values": {"demand": "normal(10, 3)", "price": "uniform($2, $4)", "luck": "uniform(0, 1)"},
            "decisions": {"adverts": {"min": 0, "max": 5, "every": "12 months", "use": 1}},
            "stocks": {"sold": {"start": 0, "change": "(demand + luck*adverts)/1 month"}},
            "impact": "price*(demand + luck*adverts)/1 month",
            **parts,
        }
    )


def test_contract() -> None:
    """The table of indices has the columns that other programs rely on, one row per input, as plain numbers."""
    data = json.loads(as_json.text(shop().sensitivity(samples=512)))
    rows = data["tables"]["indices"]
    assert [list(row) for row in rows] == [COLUMNS] * 3
    assert {row["input"] for row in rows} == {"demand", "price", "luck"}
    assert all(isinstance(value, float) for row in rows for key, value in row.items() if key != "input")
    assert rows == sorted(rows, key=lambda row: -row["total"])
    assert data["question"] == "sensitivity"
    assert "impact" in data["numbers"]


def test_same_seed_same_answer() -> None:
    """A seed gives the same numbers; another one others."""
    rows = [shop().sensitivity(samples=256, seed=seed).rows for seed in (1, 1, 2)]
    assert rows[0] == rows[1]
    assert rows[0]["indices"] != rows[2]["indices"]


def test_plan_is_followed() -> None:
    """Luck matters only where adverts are bought: the plan is what is asked about."""
    none = shop().sensitivity(samples=512, plan={"adverts": 0})
    many = shop().sensitivity(samples=512, plan={"adverts": 5})
    without, within = ({row["input"]: row for row in answer.rows["indices"]}["luck"] for answer in (none, many))
    assert without["total"] == without["first"] == 0
    assert within["total"] > 0.05
    assert "With this plan" in many.headline
    assert any("`luck` changes nothing here" in note for note in none.notes)


def test_of_a_variable_with_time() -> None:
    """Sales after a month and at the end; the same input carries both, and the words say when."""
    early = shop().sensitivity(samples=256, of="sold at 1 month")
    late = shop().sensitivity(samples=256, of="sold")
    assert "sold after 1 month" in early.headline
    assert "sold at the end" in late.headline
    assert late.numbers["sold"].mean == pytest.approx(12 * early.numbers["sold"].mean, rel=1e-6)
    assert late.rows["indices"][0]["input"] == "demand"


@pytest.mark.parametrize(
    ("of", "said"),
    [
        ("sodl", "`sold`"),
        ("sold at 5 years", "the run ends at 12 months"),
        ("sold at 3 dollars", "no time of this model"),
        ("leverage", "no leverage"),
    ],
)
def test_what_can_not_be_asked_of(of: str, said: str) -> None:
    """Names, times and leverage that the model does not have are refused, with what would do."""
    with pytest.raises(ModelError) as caught:
        shop().sensitivity(samples=64, of=of)
    assert said in str(caught.value)


def test_nothing_uncertain() -> None:
    """Without a range there is no answer, and so where no range reaches what is asked about."""
    certain = {"demand": 10, "price": "$3", "luck": 0.5}
    with pytest.raises(NoAnswerError, match="nothing in the model is uncertain"):
        shop(values=certain).sensitivity()
    with pytest.raises(NoAnswerError, match="the same in all samples"):
        shop(values={**certain, "luck": "uniform(0, 1)"}).sensitivity(samples=64, plan={"adverts": 0})


def test_orders_of_magnitude() -> None:
    """Where large samples carry the output, shares of its logarithm are told: there they are 4 and 1 parts of 5."""
    model = leverwise.load(
        {
            "leverwise": 1,
            "model": "product",
            "time": {"step": 1, "horizon": 1, "method": "euler"},
            "values": {"big": "normal(0, 2)", "small": "normal(0, 1)"},
            "impact": "exp(big + small)",
        }
    )
    answer = model.sensitivity(samples=4096)
    shares = {row["input"]: row["first"] for row in answer.rows["indices_log10"]}
    assert shares == pytest.approx({"big": 0.8, "small": 0.2}, abs=0.005)
    assert "the order of magnitude of impact" in answer.headline
    assert "`big` (80 %)" in answer.headline
    assert [grid.name for grid in tables(answer)][:2] == ["indices_log10", "indices"]


def test_too_few_samples_are_told() -> None:
    """Wide intervals are told, with how many samples would narrow them: widths fall with the root of the number."""
    few = shop(impact="price*demand^6/1 month").sensitivity(samples=64)
    (said,) = [warning for warning in few.warnings if "points only" in warning]
    assert "64 base samples" in said
    assert not [w for w in shop().sensitivity(samples=4096).warnings if "points only" in w]


def test_samples_are_chosen_by_cost() -> None:
    """A cheap model gets the most base samples, a costly one fewer: always a power of two."""
    system = shop().system
    output = output_of(shop(), "impact", over_time=False)
    counts = [samples_for(system, tables, output) for tables in (3, 300_000, 3_000_000)]
    assert counts[0] == 8192
    assert counts == sorted(counts, reverse=True)
    assert all(count & (count - 1) == 0 for count in counts)
    assert counts[-1] == 256


def test_samples_without_a_number() -> None:
    """Samples in which any run has no number are left out of all sums, and of their count."""
    random = np.random.default_rng(0)
    a, b, noise = random.normal(size=(3, 2000))
    values = np.stack([a, b, np.where(noise > 2, np.nan, b), a])[:, None]
    sums = Sums(2000, 0, 20)
    sums.add(0, values)
    assert sums.counted[0] == np.sum(noise <= 2)
    assert index_of(sums.first[:, 0]).value[0] == pytest.approx(1, abs=1e-9)
    assert index_of(sums.total[:, 1]).value[0] == pytest.approx(0, abs=1e-9)


def test_blocks_add_up() -> None:
    """After the first block, which says around what numbers are summed, it does not matter how samples are cut."""
    values = np.random.default_rng(1).normal(size=(5, 2, 300))
    whole, parts = Sums(300, 0, 20), Sums(300, 0, 20)
    for sums, cuts in ((whole, (0, 100, 300)), (parts, (0, 100, 150, 300))):
        for first, last in pairwise(cuts):
            sums.add(first, values[:, :, first:last])
    assert parts.first == pytest.approx(whole.first, abs=1e-12)
    assert parts.total == pytest.approx(whole.total, abs=1e-12)


def test_bootstrap_is_as_wide_as_chance() -> None:
    """Of independent samples the replicates spread as the estimates of many repetitions do."""
    random = np.random.default_rng(2)
    found, spreads = [], []
    for seed in range(60):
        a, b, rest, other = random.normal(size=(4, 400))
        values = np.stack([a + rest, b + other, b + rest])[:, None]
        sums = Sums(400, seed, 100)
        sums.add(0, values)
        found.append(sums.total[0, 0, 0])
        spreads.append(np.std(sums.total[1:, 0, 0]))
    assert np.mean(spreads) == pytest.approx(np.std(found), rel=0.3)


def test_charts_can_be_drawn() -> None:
    """Every chart of the answer is drawn, over time too, and the page holds them."""
    answer = shop().sensitivity(samples=256, of="sold", over_time=True)
    kinds = [chart.kind for chart in answer.charts]
    assert kinds == ["bars", "tornado", "scatter", "scatter", "area"]
    assert all("<svg" in svg(chart) for chart in answer.charts)
    assert html([answer], system=shop().system).count("<svg") >= len(kinds)
    swing, points = (alt(chart) for chart in answer.charts[1:3])
    widest = answer.rows["tornado"][0]
    assert f"{widest['input']}: {number(widest['at_low'])} at {number(widest['low'])}, " in swing
    line = [row for row in answer.charts[2].rows if "middle" in row]
    assert f"{number(line[0]['middle'])} at {number(line[0]['at'])}; " in points
    stacked = [row for row in answer.charts[-1].rows if row["time"] == 12]
    assert sum(row["value"] for row in stacked) == pytest.approx(100, abs=1.5)


def test_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The command line: names the most important input, says what next; a wrong name is an error of input."""
    path = tmp_path / "shop.yaml"
    path.write_text(
        "leverwise: 1\nmodel: shop\ntime: {step: 1, horizon: 2, method: euler}\n"
        "values: {a: 'normal(0, 2)', b: 'normal(0, 1)'}\nstocks: {x: {start: a, change: b}}\n"
        "impact: {is: 0, final: a + b}\n",
        encoding="utf-8",
    )
    assert cli.main(["sensitivity", str(path), "--samples", "1024"]) == 0
    out = capsys.readouterr().out
    assert out.startswith(
        "Most of what is unsure about impact comes from `a` (80 %), then from `b` (20 %),\neach by itself."
    )
    assert f"next leverwise show {path}" in out
    assert cli.main(["sensitivity", str(path), "--samples", "256", "--of", "x", "--over-time", "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert {row["time"] for row in data["tables"]["indices_over_time"]} == {0, 1, 2}
    assert cli.main(["sensitivity", str(path), "--of", "y"]) == 2
    assert "nothing is called `y`" in capsys.readouterr().err


def test_large_groups_have_no_shapley_effects() -> None:
    """Five correlated inputs are told one by one and as a group; their many parts are not run."""
    names = "abcde"
    model = leverwise.load(
        {
            "leverwise": 1,
            "model": "five",
            "time": {"step": 1, "horizon": 1, "method": "euler"},
            "values": dict.fromkeys(names, "normal(0, 1)"),
            "correlate": [{"between": [one, other], "rank": 0.3} for one, other in pairwise(names)],
            "impact": "+".join(names),
        }
    )
    answer = model.sensitivity(samples=4096)
    assert "shapley" not in answer.rows
    (group,) = answer.rows["groups"]
    assert group["first"] == pytest.approx(1, abs=0.01)
    assert group["total"] == pytest.approx(1, abs=0.01)
    assert len(answer.rows["indices"]) == 5
    assert not any("Shapley" in note for note in answer.notes)
    assert answer.headline.endswith("; as they are correlated, these shares overlap.")


def test_shares_in_the_headline_add_up() -> None:
    """Of two inputs that go together either goes with nearly all; the headline tells half and half (by symmetry)."""
    twins = {
        "leverwise": 1,
        "model": "twins",
        "time": {"step": 1, "horizon": 1, "method": "euler"},
        "values": {"a": "normal(0, 1)", "b": "normal(0, 1)", "c": "normal(0, 1)"},
        "correlate": [{"between": ["a", "b"], "rank": 0.9}],
        "impact": "a + b + c",
    }
    answer = leverwise.load(twins).sensitivity(samples=4096)
    first = {row["input"]: row["first"] for row in answer.rows["indices"]}
    assert first["a"] + first["b"] + first["c"] > 1.5
    shares = [int(share) for share in re.findall(r"\((\d+) %\)", answer.headline)]
    r = 2 * np.sin(np.pi * 0.9 / 6)
    group = 100 * (2 + 2 * r) / (3 + 2 * r)
    assert shares == pytest.approx([group / 2, group / 2, 100 - group], abs=1.5)
    assert "overlap" not in answer.headline
    assert any("these add up" in note for note in answer.notes)


def test_tables_as_they_are_read() -> None:
    """Shares are in per cent; what can't be told from nothing is a dot, not a puzzling negative number."""
    answer = shop().sensitivity(samples=512)
    grids = {grid.name: grid for grid in tables(answer)}
    cells = {row[0].text: row for row in grids["indices"].rows}
    assert cells["demand"][1].text.endswith(" %")
    index = {row["input"]: row for row in answer.rows["indices"]}
    for name, row in cells.items():
        assert (row[1].text == "·") == (index[name]["first_low"] <= 0)
    assert [row[0].text for row in grids["tornado"].rows] == ["demand", "price", "luck"]
    assert grids["tornado"].rows[1][1].text == "$2.1"


def test_plan_is_advised_where_nothing_varies() -> None:
    """Where nothing is decided and so nothing varies, the way to a plan is told."""
    certain = {"demand": 10, "price": "$3", "luck": "uniform(0, 1)"}
    idle = {"adverts": {"min": 0, "max": 5, "every": "12 months"}}
    with pytest.raises(
        NoAnswerError, match=r"leverwise plan MODEL --out shop-plan.yaml && leverwise sensitivity MODEL"
    ):
        shop(values=certain, decisions=idle).sensitivity(samples=64)


def test_few_samples_are_refused() -> None:
    """Shares of a variance can't be told of a handful of samples."""
    with pytest.raises(ModelError, match="need 16 base samples or more, not 8"):
        shop().sensitivity(samples=8)


def test_output_that_is_no_number() -> None:
    """Samples without a number are left out and told; where most have none, there is no answer."""
    model = {
        "leverwise": 1,
        "model": "sign",
        "time": {"step": 1, "horizon": 1, "method": "euler"},
        "values": {"a": "normal(1, 1)", "b": "normal(0, 1)"},
        "impact": "ln(a)*0 + b",
    }
    answer = leverwise.load(model).sensitivity(samples=512)
    # Positive both in A and in B, and so in all tables in between: 0.841^2 = 71 %.
    (said,) = [warning for warning in answer.warnings if "not a number" in warning]
    assert "29 % of the samples" in said
    with pytest.raises(NoAnswerError, match="is a number in"):
        leverwise.load({**model, "values": {"a": "normal(-1, 1)", "b": "normal(0, 1)"}}).sensitivity(samples=512)


def test_what_is_worth_finding_out() -> None:
    """The worth of finding out stands beside; where none is worth it, a sentence says so in place of a table."""
    answer = shop(
        values={"demand": "normal(10, 3)", "price": "uniform($2, $4)", "luck": "uniform(0.1, 1)"}
    ).sensitivity(samples=256, plan={"adverts": 5})
    assert {row["input"] for row in answer.rows["information"]} == {"demand", "price", "luck"}
    assert all(row["evppi"] == 0 for row in answer.rows["information"])
    assert "information" not in {grid.name for grid in tables(answer)}
    assert any("no input is worth finding out" in note for note in answer.notes)


def test_one_input_is_all() -> None:
    """Where one input is all there is, the headline says all, not most."""
    answer = shop(values={"demand": "normal(10, 3)", "price": "$3", "luck": 0.5}).sensitivity(samples=256, of="sold")
    assert answer.headline == (
        "With the use written in the model, all that is unsure about sold at the end comes from `demand`."
    )


def test_noise_alone_is_no_reason_to_find_out() -> None:
    """Nobody can find out fresh noise: what follows is a plan, and with a plan whether it breaks."""
    model = leverwise.load(
        {
            "leverwise": 1,
            "model": "walk",
            "time": {"step": 1, "horizon": 2, "method": "euler"},
            "decisions": {"u": {"min": 0, "max": 1}},
            "stocks": {"s": {"start": 1, "change": "u + noise(1)"}},
            "impact": "s",
        }
    )
    assert model.sensitivity(samples=64).next == "leverwise plan MODEL"
    assert model.sensitivity(samples=64, plan={"u": 1}).next.startswith("leverwise robust")
