"""Which change makes a difference, and which mechanism carries it, against what can be worked out by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import leverwise

PRODUCT: dict[str, Any] = {
    "leverwise": 1,
    "model": "product",
    "time": {"step": "1 month", "horizon": "1 month", "method": "euler"},
    "units": ["sale"],
    "values": {"width": "2", "height": "5", "luck": "1 to 3", "idle": "1"},
    "decisions": {"more": {"min": 0, "max": 9}, "most": {"min": 0, "max": 9}},
    "impact": {"is": "(width*height*luck + 2*more + most*most)*(1 sale/month)", "unit": "sale"},
}


@pytest.fixture(scope="module")
def product() -> leverwise.Model:
    """A product of two numbers and luck, and two decisions that add to it."""
    return leverwise.load(PRODUCT)


def effects(answer: Any, table: str = "causes", key: str = "change") -> dict[str, float]:
    """What each change adds."""
    value = "effect" if table == "causes" else "difference"
    return {row[key]: row[value] for row in answer.rows[table]}


def test_two_factors_share_what_they_make_together(product: leverwise.Model) -> None:
    """From 2 times 5 to 3 times 7, the width adds 1 times the mean height 6, the height 2 times the mean width 2.5."""
    answer = product.compare(settings={"width": "3", "height": "7", "idle": "2"}, samples=256)
    luck = answer.numbers["impact"].mean / 10
    assert effects(answer) == {
        "width": pytest.approx(6 * luck),
        "height": pytest.approx(5 * luck),
        "idle": pytest.approx(0),
    }
    assert sum(effects(answer).values()) == pytest.approx(answer.numbers["difference"].mean)
    assert sum(row["share"] for row in answer.rows["causes"]) == pytest.approx(1)
    assert any("Of the difference: width 55 % and height 45 %" in note for note in answer.notes)


def test_a_drawn_number_may_become_a_fixed_one(product: leverwise.Model) -> None:
    """Luck fixed at 4 beside a wider width: the parts add up sample by sample, whatever was drawn before."""
    answer = product.compare(settings={"luck": "4", "width": "3"}, samples=256)
    luck = answer.numbers["impact"].mean / 10
    assert effects(answer)["luck"] == pytest.approx((4 - luck) * 5 * 2.5)
    assert effects(answer)["width"] == pytest.approx(5 * (4 + luck) / 2)
    back = {row["change"]: row["effect"] for row in answer.rows["causes"]}
    assert sum(back.values()) == pytest.approx(answer.numbers["difference"].mean)


def test_plans_differ_by_their_decisions(product: leverwise.Model) -> None:
    """Decisions that add to each other make what each makes alone."""
    answer = product.compare(plans=[{"more": 1, "most": 2}, {"more": 3, "most": 5}], samples=16)
    assert effects(answer) == {"most": pytest.approx(21), "more": pytest.approx(4)}
    assert [row["se"] for row in answer.rows["causes"]] == [pytest.approx(0, abs=1e-12)] * 2


def test_one_change_needs_no_telling_apart(product: leverwise.Model) -> None:
    """A single change makes all of the difference; other equations can't be told apart by inputs."""
    assert not product.compare(settings={"width": "3"}, samples=16).rows["causes"]
    other = leverwise.load({**PRODUCT, "impact": {"is": "width*height*luck^2*(1 sale/month)", "unit": "sale"}})
    assert not product.compare(other, settings=(), samples=16).rows["causes"]


def test_many_changes_are_put_together() -> None:
    """More than eight changes are told by what they belong to, and still add up."""
    names = {f"v{k}": "1" for k in range(12)}
    many = {**PRODUCT, "values": names, "decisions": {}, "impact": {"is": "0", "unit": "sale"}}
    many["impact"] = {"is": f"({' + '.join(names)})*(1 sale/month)", "unit": "sale"}
    del many["decisions"]
    answer = leverwise.load(many).compare(settings=dict.fromkeys(names, "2"), samples=1)
    assert len(answer.rows["causes"]) == 8
    assert effects(answer)["the rest"] == pytest.approx(5)
    assert sum(effects(answer).values()) == pytest.approx(12)


@pytest.fixture(scope="module")
def choir(repository: Path) -> leverwise.Model:
    """An example with one lever."""
    return leverwise.load(repository / "examples" / "choir.yaml")


def test_mechanisms_carry_the_orders_of_magnitude(choir: leverwise.Model) -> None:
    """With a plan, alone makes the same, and delegation all that leverage differs by; in the model's hours, both do."""
    answer = choir.compare(plans=["nothing", {"choir.positions": 2}], samples=256)
    told = effects(answer, "mechanisms", "mechanism")
    logs = next(row for row in answer.rows["differences"] if row["what"] == "log10_leverage")
    assert told["alone"] == 0
    assert told["delegation"] == pytest.approx(logs["difference"])
    assert sum(row["share"] for row in answer.rows["mechanisms"]) == pytest.approx(1)
    more = choir.compare(settings={"star.hours": "260 hours/month"}, plans={"choir.positions": 2}, samples=256)
    both = effects(more, "mechanisms", "mechanism")
    rows = {row["what"]: row for row in more.rows["differences"]}
    assert both["alone"] > 0
    assert both["delegation"] == pytest.approx(rows["log10_leverage"]["difference"])
    factor = np.prod([row["factor"] for row in more.rows["mechanisms"]])
    assert np.log10(factor) == pytest.approx(sum(both.values()))


def test_rules_are_told_as_what_differs(choir: leverwise.Model, tmp_path: Path) -> None:
    """A plan with rules against the same schedule without them: that is what differs, and no decision besides."""
    plain, ruled = tmp_path / "plain.yaml", tmp_path / "ruled.yaml"
    plain.write_text("plan: {choir.positions: 1}", encoding="utf-8")
    rule = "rules:\n  - {decision: choir.positions, seen: cash, above: $1, more: 1, lasting: yes}"
    ruled.write_text(f"plan: {{choir.positions: 1}}\n{rule}", encoding="utf-8")
    answer = choir.compare(plans=[str(plain), str(ruled)], samples=32)
    assert [(row["kind"], row["a"], row["b"]) for row in answer.rows["changes"]] == [
        ("rules", "none", f"those in {ruled}")
    ]
    assert not answer.rows["causes"]
    assert answer.numbers["difference"].mean != 0


def test_money_that_may_be_lost_is_told_in_dollars(repository: Path) -> None:
    """Where impact is below 0 there are no orders of magnitude: what mechanisms carry adds up in dollars."""
    model = leverwise.load(repository / "examples" / "choir.yaml", set={"impact": "net_income"})
    answer = model.compare(plans=["nothing", {"choir.positions": 2}], samples=64)
    rows = answer.rows["mechanisms"]
    assert {row["mechanism"] for row in rows} == {"alone", "delegation"}
    assert {row["unit"] for row in rows} == {"$"}
    assert sum(row["difference"] for row in rows) == pytest.approx(answer.numbers["difference"].mean)
    assert "ratio" not in answer.numbers
    assert "less than what doing nothing makes" in answer.headline
    assert any("It works through delegation 100 %" in note for note in answer.notes)


def test_draws_that_a_lever_renames_are_still_shared(repository: Path) -> None:
    """An invention that multiplies invitations renames their range; without it the range is the same, draw by draw."""
    text = (repository / "examples" / "superstar.yaml").read_text(encoding="utf-8")
    kept = [line for line in text.splitlines() if not line.strip().startswith("sound lab:")]
    few = {"time.horizon": "3 months", "time.tail": "0 months"}
    whole = leverwise.load(repository / "examples" / "superstar.yaml", set=few)
    without = leverwise.load(_document("\n".join(kept)), set=few)
    answer = whole.compare(without, samples=32)
    assert [(row["name"], row["a"], row["b"]) for row in answer.rows["changes"]] == [("sound_lab", "technology", "-")]
    assert answer.numbers["difference"].mean == answer.numbers["difference"].sd == 0
    assert not any("one side only" in warning for warning in answer.warnings)


def _document(text: str) -> dict[str, Any]:
    """A model file as a dict."""
    from ruamel.yaml import YAML

    return dict(YAML(typ="safe").load(text))
