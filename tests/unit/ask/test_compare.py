"""Comparisons of small models whose differences can be worked out by hand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import leverwise
from leverwise import cli
from leverwise.ask.numbers import standard_error
from leverwise.errors import ModelError
from leverwise.report.charts import altair

SHOP: dict[str, Any] = {
    "leverwise": 1,
    "model": "shop",
    "time": {"step": "1 month", "horizon": "12 months", "method": "euler"},
    "units": ["sale"],
    "values": {"pull": "1 to 3 sale", "spread": "$100/month"},
    "decisions": {"ads": {"unit": "$/month", "min": "$0/month", "max": "$400/month", "every": "3 months"}},
    "stocks": {"cash": {"start": "$1000", "change": "-ads"}},
    "equations": {"sales": {"is": "pull*(1 - exp(-ads/spread))/(1 month)", "unit": "sale/month"}},
    "impact": {"is": "sales", "unit": "sale"},
}
SAMPLES = 256


def shop(**changed: Any) -> leverwise.Model:
    """The shop with some sections replaced."""
    return leverwise.load({**SHOP, **changed})


@pytest.fixture(scope="module")
def model() -> leverwise.Model:
    """The shop, loaded once."""
    return shop()


@pytest.fixture(scope="module")
def plans(model: leverwise.Model) -> Any:
    """$200 a month against $100 a month."""
    return model.compare(plans=[{"ads": 100}, {"ads": 200}], samples=SAMPLES)


def impacts(model: leverwise.Model, **options: Any) -> np.ndarray:
    """Impact sample by sample, as another question tells it."""
    return np.asarray(model.simulate(samples=SAMPLES, **options).series["impact"])[:, -1]


def first_row(answer: Any, what: str = "impact", other: int = 0) -> dict[str, Any]:
    """The row of the table of differences for one of the others."""
    return dict([row for row in answer.rows["differences"] if row["what"] == what][other])


def test_two_plans_differ_by_their_closed_form(model: leverwise.Model, plans: Any) -> None:
    """Each sample sells 12 pull (1/e - 1/e^2) more: mean, ratio and range follow from pull."""
    pull = impacts(model, plan={"ads": 100}) / (12 * (1 - np.exp(-1)))
    more = 12 * (np.exp(-1) - np.exp(-2))
    row = first_row(plans)
    assert row["difference"] == pytest.approx(more * pull.mean())
    assert row["low"] == pytest.approx(more * np.quantile(pull, 0.05))
    assert row["high"] == pytest.approx(more * np.quantile(pull, 0.95))
    assert row["ratio"] == pytest.approx(1 + np.exp(-1))
    assert (row["better"], row["worse"]) == (1, 0)
    assert plans.numbers["difference"].mean == row["difference"]
    assert plans.numbers["ratio"].p5 == pytest.approx(1 + np.exp(-1))
    assert "makes 1.37 times what" in plans.headline
    assert "better in 100 % of the samples" in plans.headline


def test_what_is_decided_otherwise_is_told(plans: Any) -> None:
    """Both amounts with their unit, and that all four periods differ; nothing else differs."""
    (row,) = plans.rows["changes"]
    assert (row["kind"], row["name"], row["a"], row["b"]) == ("decision", "ads", "$100/month", "$200/month")
    assert (row["a_value"], row["b_value"], row["unit"]) == (pytest.approx(100), pytest.approx(200), "$/month")
    assert row["periods"] == "4 of 4"


def test_the_error_is_that_of_the_pairs(model: leverwise.Model) -> None:
    """The standard error comes from the 16 scramblings of the paired differences, told by two other questions."""
    answer = model.compare(plans={"ads": [0, 50, 300, 100]}, samples=SAMPLES)
    apart = impacts(model, plan={"ads": [0, 50, 300, 100]}) - impacts(model)
    assert first_row(answer)["difference"] == pytest.approx(apart.mean())
    assert first_row(answer)["se"] == pytest.approx(standard_error(apart))
    assert first_row(answer)["se"] > 0


def test_pairs_share_their_luck(model: leverwise.Model) -> None:
    """Models that share a name share its draws: a tenth more of a drawn number is a tenth more in every sample."""
    better = shop(equations={"sales": {"is": "1.1*pull*(1 - exp(-ads/spread))/(1 month)", "unit": "sale/month"}})
    answer = model.compare(better, plans={"ads": 100}, samples=SAMPLES)
    row = first_row(answer)
    assert row["high"] == pytest.approx(0.1 * np.quantile(impacts(model, plan={"ads": 100}), 0.95))
    assert row["better"] == 1
    assert any("spreads 15 times less" in note for note in answer.notes)  # sqrt(1 + 1.1^2)/0.1
    assert [r["name"] for r in answer.rows["changes"]] == ["sales"]


def test_renamed_draws_are_not_paired(model: leverwise.Model) -> None:
    """A renamed variable is drawn anew: the difference spreads as that of two runs would, and the answer says so."""
    renamed = shop(
        values={"draw": "1 to 3 sale", "spread": "$100/month"},
        equations={"sales": {"is": "draw*(1 - exp(-ads/spread))/(1 month)", "unit": "sale/month"}},
    )
    answer = model.compare(renamed, plans={"ads": 100}, samples=SAMPLES)
    alone = np.var(impacts(model, plan={"ads": 100})) + np.var(impacts(renamed, plan={"ads": 100}))
    apart = answer.numbers["difference"].sd
    assert apart**2 == pytest.approx(alone, rel=0.1)
    assert any("`pull` and `draw` are drawn on one side only" in warning for warning in answer.warnings)
    assert "which may be chance" in answer.headline
    sides = {row["name"]: (row["a"], row["b"]) for row in answer.rows["changes"] if row["kind"] == "number"}
    assert sides == {"pull": ("1 to 3 sale", "-"), "draw": ("-", "1 to 3 sale")}


def test_the_other_way_round_is_the_opposite(model: leverwise.Model, plans: Any) -> None:
    """A against B is minus B against A, in every figure."""
    back = model.compare(plans=[{"ads": 200}, {"ads": 100}], samples=SAMPLES)
    for what in ("impact", "worst tenth"):
        there, here = first_row(plans, what), first_row(back, what)
        assert here["difference"] == -there["difference"]
        assert here["se"] == pytest.approx(there["se"])
    there, here = first_row(plans), first_row(back)
    assert (here["low"], here["high"]) == (pytest.approx(-there["high"]), pytest.approx(-there["low"]))
    assert (here["better"], here["worse"]) == (there["worse"], there["better"])
    assert here["ratio"] == pytest.approx(1 / there["ratio"])


def test_a_model_makes_exactly_what_it_makes(model: leverwise.Model) -> None:
    """Compared with itself every figure is exactly 0, and the headline says so."""
    answer = model.compare(shop(), plans={"ads": 100}, samples=SAMPLES)
    row = first_row(answer)
    assert [row[key] for key in ("difference", "se", "low", "high", "better", "worse")] == [0] * 6
    assert row["ratio"] == 1
    assert "makes exactly what" in answer.headline
    assert "the same in every sample" in answer.headline
    assert not answer.rows["changes"]
    assert any("Nothing differs" in note for note in answer.notes)


def test_settings_are_variants_of_the_model(model: leverwise.Model) -> None:
    """Each setting is compared with the model as it is, under the same plan; the best is told first."""
    answer = model.compare(
        settings=[{"spread": "$200/month"}, {"spread": "$50/month"}], plans={"ads": 100}, samples=SAMPLES
    )
    saved = [first_row(answer, other=k)["ratio"] * (1 - np.exp(-1)) for k in (0, 1)]
    assert saved == pytest.approx([1 - np.exp(-0.5), 1 - np.exp(-2)])
    assert answer.headline.startswith("With spread=$50/month the model makes 1.37 times what it makes as it is")
    assert [(row["other"], row["a"], row["b"]) for row in answer.rows["changes"]] == [
        ("spread=$200/month", "$100/month", "$200/month"),
        ("spread=$50/month", "$100/month", "$50/month"),
    ]
    assert {"difference", "difference_2", "better_2", "ratio_2"} <= set(answer.numbers)
    assert "--set 'spread=$50/month'" in answer.next


def test_one_plan_is_compared_with_what_is_done_without_it(model: leverwise.Model) -> None:
    """Without a use that is nothing, in which nothing is sold, so that there is no ratio; with one, the use."""
    answer = model.compare(plans={"ads": 100}, samples=SAMPLES)
    assert first_row(answer)["a"] == 0
    assert first_row(answer)["ratio"] is None
    assert "ratio" not in answer.numbers
    assert "more than what doing nothing makes" in answer.headline
    used = shop(decisions={"ads": {**SHOP["decisions"]["ads"], "use": "$100/month"}})
    assert first_row(used.compare(plans={"ads": 100}, samples=SAMPLES))["difference"] == 0
    both = used.compare(plans=["nothing", "use"], samples=SAMPLES)
    assert first_row(both)["b"] == pytest.approx(first_row(answer)["b"])


def test_each_model_may_have_its_own_plan(model: leverwise.Model) -> None:
    """As many plans as models belong to them in their order."""
    answer = model.compare(shop(model="other"), plans=[{"ads": 0}, {"ads": 100}], samples=SAMPLES)
    assert first_row(answer)["a"] == 0
    assert first_row(answer)["b"] == pytest.approx(impacts(model, plan={"ads": 100}).mean())


def test_the_difference_over_time_is_in_pairs(plans: Any) -> None:
    """The last point of the chart of impact is the median of the paired differences; cash differs by what is spent."""
    impact, cash = (next(c for c in plans.charts if c.name == name) for name in ("impact", "cash"))
    assert impact.rows[-1]["low"] == pytest.approx(first_row(plans)["low"])
    assert impact.rows[0]["high"] == 0
    assert plans.data["impact"][:, -1].mean() == pytest.approx(first_row(plans)["difference"])
    assert plans.data["impact"].attrs["units"] == "sale"
    assert [row["middle"] for row in cash.rows] == pytest.approx(list(-100.0 * np.arange(13)))


def test_nothing_is_marked_where_both_may_be_better(model: leverwise.Model, plans: Any) -> None:
    """A fan of differences on both sides of 0 has a rule there; one on a single side has none."""
    either = model.compare(settings={"pull": "2 sale"}, plans={"ads": 100}, samples=SAMPLES)
    drawn = [altair(answer.charts[0]).to_dict() for answer in (either, plans)]
    rules = [[layer for layer in picture["layer"] if layer["mark"]["type"] == "rule"] for picture in drawn]
    assert [len(found) for found in rules] == [1, 0]
    assert rules[0][0]["encoding"]["y"]["datum"] == 0


def test_other_horizons_are_told(model: leverwise.Model) -> None:
    """Twice the time makes twice as much; the answer warns, and draws the time that both have."""
    answer = model.compare(settings={"time.horizon": "24 months"}, plans={"ads": 100}, samples=SAMPLES)
    assert first_row(answer)["ratio"] == pytest.approx(2)
    assert any("part of the difference is time" in warning for warning in answer.warnings)
    assert answer.charts[0].rows[-1]["time"] == answer.data["time"][-1] == 12
    assert answer.charts[0].rows[-1]["high"] == pytest.approx(0, abs=1e-9)


def test_other_steps_are_drawn_at_the_times_of_the_first(model: leverwise.Model) -> None:
    """Half the step sells as much by each month."""
    answer = model.compare(settings={"time.step": "0.5 months"}, plans={"ads": 100}, samples=64)
    assert [row["time"] for row in answer.charts[0].rows] == list(range(13))
    assert max(abs(row["high"]) for row in answer.charts[0].rows) < 1e-9


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({}, "nothing to compare"),
        ({"plans": ["nothing", "nothing"], "settings": {"spread": "$1/month"}}, "several plans and settings"),
        ({"plans": "use"}, "no `use`"),
        ({"plans": {"adds": 1}}, "no decision `adds`"),
        ({"settings": {"sprad": "$1/month"}}, "did you mean `spread`"),
        ({"settings": {"impact.unit": "person", "impact.is": "1 person/month"}}, "in sale, of"),
        ({"settings": [{"spread": f"${k}/month"} for k in range(1, 20)]}, "20 is too many"),
    ],
)
def test_what_can_not_be_compared_is_refused(model: leverwise.Model, options: dict[str, Any], said: str) -> None:
    """What is unclear, unknown or of another kind is an error that says what."""
    with pytest.raises(ModelError, match=said):
        model.compare(samples=16, **options)


def test_models_that_do_not_fit_are_refused(model: leverwise.Model) -> None:
    """Three plans for two models, models beside settings, and time that is a plain number."""
    with pytest.raises(ModelError, match="2 models and 3 plans"):
        model.compare(shop(), plans=["nothing"] * 3)
    with pytest.raises(ModelError, match="other models and settings"):
        model.compare(shop(), settings={"spread": "$1/month"})
    bare = {"leverwise": 1, "model": "bare", "time": {"step": 1, "horizon": 2}, "units": ["sale"]}
    timeless = leverwise.load({**bare, "impact": {"is": "1 sale", "unit": "sale"}})
    with pytest.raises(ModelError, match="time of shop is in months or the like, of bare a plain number"):
        model.compare(timeless)


def test_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Plans and settings from the shell: JSON holds both tables; what is wrong ends with 2."""
    file, plan = tmp_path / "shop.yaml", tmp_path / "much.yaml"
    file.write_text(json.dumps(SHOP), encoding="utf-8")
    plan.write_text("plan: {ads: 200}", encoding="utf-8")
    common = [str(file), "--samples", "64", "--json", "--quiet"]
    assert cli.main(["compare", *common, "--plan", "nothing", "--plan", str(plan)]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["question"] == "compare"
    row = found["tables"]["differences"][0]
    assert (row["what"], row["against"], row["other"]) == ("impact", "doing nothing", "much")
    assert {"a", "b", "difference", "se", "low", "high", "better"} <= set(row)
    assert found["tables"]["changes"][0]["b_value"] == 200
    assert found["next"].startswith("leverwise robust")
    assert cli.main(["compare", *common, "--plan", str(plan), "--with", "spread=$50/month; pull=2 sale"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [row["name"] for row in found["tables"]["changes"]] == ["pull", "spread"]
    assert cli.main(["compare", *common, str(file), "--set", "spread=$50/month"]) == 0
    assert "exactly" in json.loads(capsys.readouterr().out)["headline"]
    assert cli.main(["compare", *common, "--with", "spread"]) == 2
    assert "PATH=VALUE" in capsys.readouterr().err
    assert cli.main(["compare", *common, "--with", "sprad=$5/month"]) == 2
    assert "the model has nothing called `sprad`\n  --with sprad=$5/month\n         ^^^^^" in capsys.readouterr().err
    assert cli.main(["compare", *common, "--out", str(file), "--plan", "nothing"]) == 2


def test_nothing_is_not_compared_with_itself(model: leverwise.Model) -> None:
    """Without a `use` there is nothing to put beside doing nothing, and it is said how to come by a plan."""
    with pytest.raises(ModelError) as wrong:
        model.compare(plans=["nothing"], samples=16)
    (problem,) = wrong.value.problems
    assert problem.message == (
        "this compares doing nothing with itself: the model has no `use` that could stand beside it"
    )
    assert problem.hint == (
        "make a plan to compare it with: leverwise plan MODEL --out shop-plan.yaml && "
        "leverwise compare MODEL --plan nothing --plan shop-plan.yaml"
    )


def test_a_use_is_not_compared_with_itself() -> None:
    """One word twice, or `use` alone in a model that has one, says nothing; beside doing nothing it does."""
    used = shop(decisions={"ads": {**SHOP["decisions"]["ads"], "use": "$100/month"}})
    with pytest.raises(ModelError, match="compares the use written in the model with itself\n  add `--plan nothing`"):
        used.compare(plans=["use"], samples=16)
    with pytest.raises(ModelError, match="compares doing nothing with itself\n  make a plan"):
        used.compare(plans=["nothing", "nothing"], samples=16)
    assert used.compare(plans=["nothing"], samples=16).numbers["difference"].mean < 0
