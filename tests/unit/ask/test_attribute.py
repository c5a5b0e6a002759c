"""What made the difference, where shares can be worked out by hand, and in a small enterprise."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from ruamel.yaml import YAML

import leverwise
from leverwise import Answer, cli
from leverwise.ask import coalitions
from leverwise.ask.model import Model
from leverwise.errors import ModelError, NoAnswerError
from leverwise.lang.system import Expression
from leverwise.report.charts import svg
from mechanisms.models import ATELIER
from unit.engine.systems import Term, auxiliary, call, constant, decision, drawn, system

LOG = np.log10
SAMPLES = 64


def factor(value: Term, *levers: str) -> Expression:
    """The value where all these levers are on, else one."""
    result = call("mul", value, 1.0)
    for lever in levers:
        result = call("if", f"{lever}.on", result, 1.0)
    return result


def product(*factors: Expression) -> Expression:
    """All of them multiplied."""
    result: Expression = call("mul", 10.0, 1.0)
    for one in factors:
        result = call("mul", result, one)
    return result


def model(impact: Term, mechanisms: Mapping[str, str], **parts: Any) -> Model:
    """A model of one equation with these levers."""
    values = (drawn("x", "lognormal", (1.0, 0.5)), constant("y", 3.0), constant("z", 5.0))
    made = system(
        auxiliaries=[auxiliary("made", impact)],
        values=values,
        impact="made",
        steps=2,
        method="euler",
        switches=tuple(mechanisms),
        **parts,
    )
    return Model(made, mechanisms=dict(mechanisms))


def shares(answer: Answer, key: str = "mechanism") -> dict[str, float]:
    """The Shapley values by name."""
    return {row[key]: row["shapley"] for row in answer.rows["shares"]}


def pairs(answer: Answer, key: str = "value") -> dict[frozenset[str], float]:
    """The interactions by both names."""
    return {frozenset((row["a"], row["b"])): row[key] for row in answer.rows["interactions"]}


CLUB = {"a": "brand", "b": "network", "some_club": "technology"}
THREE = {"a": "brand", "b": "network", "c": "technology"}


@pytest.fixture(scope="module")
def three() -> Model:
    """One lever multiplies by x, one by 3, and one makes the second multiply by 5 times as much."""
    return model(product(factor("x", "a"), factor("y", "b"), factor("z", "b", "c")), THREE)


def test_three_levers_by_hand(three: Model) -> None:
    """What multiplies keeps its factor; what two make together is halved between them, and is their interaction."""
    answer = three.attribute(samples=SAMPLES)
    mean = float(np.mean(LOG(three.engine.draws(0, SAMPLES, 0)[0])))
    assert shares(answer) == pytest.approx(
        {"brand": mean, "network": LOG(3) + LOG(5) / 2, "technology": LOG(5) / 2}, abs=1e-12
    )
    found = pairs(answer)
    assert found[frozenset(("network", "technology"))] == pytest.approx(LOG(5), abs=1e-12)
    assert found[frozenset(("brand", "network"))] == pytest.approx(0, abs=1e-12)
    assert found[frozenset(("brand", "technology"))] == pytest.approx(0, abs=1e-12)
    own = {row["mechanism"]: row["by_itself"] for row in answer.rows["shares"]}
    assert own == pytest.approx({"brand": mean, "network": LOG(3), "technology": 0}, abs=1e-12)
    errors = {row["mechanism"]: row["se"] for row in answer.rows["shares"]}
    assert errors["brand"] > 0
    assert errors["network"] == pytest.approx(0, abs=1e-12)
    assert "network and technology do most for each other: together they make 5 times" in answer.headline


def test_what_interacts_in_impact_need_not_in_orders(three: Model) -> None:
    """Two that just multiply do nothing for each other in orders, but in impact each is worth more with the other."""
    alone, x, y = 20.0, three.engine.draws(0, SAMPLES, 0)[0], 3.0
    both = frozenset(("brand", "network"))
    plain = model(product(factor("x", "a"), factor("y", "b")), {"a": "brand", "b": "network"}).attribute(SAMPLES)
    assert pairs(plain)[both] == pytest.approx(0, abs=1e-12)
    assert pairs(plain, "impact")[both] == pytest.approx(float(np.mean(alone * (x - 1) * (y - 1))), rel=1e-9)


def test_levers_that_add_overlap() -> None:
    """Impact 1 + 3 + 4 of a common 1: the closed form of two players, and an interaction below zero."""
    added = call("add", call("add", 1.0, call("if", "a.on", 3.0, 0.0)), call("if", "b.on", 4.0, 0.0))
    answer = model(added, {"a": "capital", "b": "attention"}).attribute(samples=SAMPLES)
    together = LOG(8) - LOG(4) - LOG(5)
    assert shares(answer) == pytest.approx({"capital": LOG(4) + together / 2, "attention": LOG(5) + together / 2})
    assert pairs(answer)[frozenset(("capital", "attention"))] == pytest.approx(together)
    assert any("stand in for each other most" in note for note in answer.notes)


def test_symmetric_levers_have_equal_shares() -> None:
    """Two levers that do the same get the same, whatever a third does with each of them."""
    one, other = factor("x", "a", "c"), factor("x", "b", "c")
    three = model(product(one, other, factor("y", "a", "b"), factor("z", "c")), THREE)
    found = shares(three.attribute(samples=SAMPLES))
    assert found["brand"] == pytest.approx(found["network"], abs=1e-12)
    assert found["brand"] > 0


def test_a_lever_that_does_nothing_has_no_share() -> None:
    """It is told as exactly zero, last, and takes no runs; the others get what they get without it."""
    mechanisms = {**THREE, "d": "capital"}
    some = product(factor("x", "a"), factor("y", "b"), factor("z", "b", "c"))
    pays = call("add", some, call("if", "d.on", "bought", 0.0))
    idle = model(pays, mechanisms, decisions=[decision("bought", 1, switch="d")])
    answer = idle.attribute(samples=SAMPLES)
    assert answer.rows["shares"][-1] == {
        **answer.rows["shares"][-1],
        "mechanism": "capital",
        "shapley": 0.0,
        "share": 0.0,
        "by_itself": 0.0,
    }
    assert len(answer.rows["interactions"]) == 3
    assert any("changes nothing: d." in note for note in answer.notes)
    decided = shares(idle.attribute(samples=SAMPLES, plan={"bought": 5}))
    assert decided["capital"] > 0
    assert sum(decided.values()) > sum(shares(answer).values())


def test_levers_of_one_mechanism_are_one_player() -> None:
    """Together they have one share; with `levers` each its own, and the mechanism beside it."""
    two = model(product(factor("x", "a"), factor("y", "b"), factor("z", "b", "c")), {**THREE, "c": "network"})
    whole, split = two.attribute(samples=SAMPLES), two.attribute(samples=SAMPLES, levers=True)
    assert shares(whole)["network"] == pytest.approx(LOG(15))
    assert shares(split, "lever") == pytest.approx(
        {"a": shares(whole)["brand"], "b": LOG(3) + LOG(5) / 2, "c": LOG(5) / 2}
    )
    assert [row["mechanism"] for row in split.rows["shares"] if row["lever"] in "bc"] == ["network", "network"]
    assert "--levers" in whole.next
    assert "--levers" not in split.next


@pytest.mark.parametrize("exact", [2, 12])
def test_shares_add_up_to_what_simulate_tells(exact: int, three: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    """With all combinations, and with orders that are drawn, within 1e-9; the drawn ones are right but for chance."""
    monkeypatch.setattr(coalitions, "EXACT", exact)
    answer, told = three.attribute(samples=2048), three.simulate(samples=2048)
    for name in ("impact", "alone_impact", "leverage", "log10_leverage"):
        assert answer.numbers[name].mean == pytest.approx(told.numbers[name].mean, rel=1e-9)
    total = told.numbers["log10_leverage"].mean
    assert sum(shares(answer).values()) == pytest.approx(total, abs=1e-9)
    assert sum(row["share"] for row in answer.rows["shares"]) == pytest.approx(1)
    assert shares(answer)["technology"] == pytest.approx(LOG(5) / 2, abs=0.02 if exact == 2 else 1e-9)
    assert bool(answer.rows["interactions"]) == (exact > 2)


def test_a_lever_that_harms_takes_away() -> None:
    """Its share is below zero, the others' add up to more than all, and the headline says it in words."""
    harm = model(product(factor("z", "a"), factor("y", "b"), factor(0.8, "c")), THREE).attribute(samples=SAMPLES)
    assert [row["share"] > 0 for row in harm.rows["shares"]] == [True, True, False]
    assert "brand made 65 % and network 44 %; technology took away 9 %" in harm.headline
    single = model(product(factor("z", "a"), factor("y", "b"), factor(0.8, "some_club")), CLUB)
    assert "; some club took away 9 %" in single.attribute(samples=SAMPLES, levers=True).headline
    little = model(product(factor(1.2, "a"), factor(0.9, "b")), {"a": "brand", "b": "network"})
    assert "brand multiplies it by 1.2; network divides it by 1.11" in little.attribute(samples=SAMPLES).headline


def test_nothing_decided_is_said() -> None:
    """Where no lever makes a difference, the answer says so and that a plan comes first."""
    impact = call("add", 10.0, call("if", "a.on", "bought", 0.0))
    idle = model(impact, {"a": "capital"}, decisions=[decision("bought", 1, switch="a")])
    answer = idle.attribute(samples=SAMPLES)
    assert answer.headline == "With nothing decided, the levers make no difference: impact is what it is alone."
    assert "leverwise plan" in answer.next
    assert [(row["shapley"], row["share"]) for row in answer.rows["shares"]] == [(0.0, None)]


def test_what_has_no_logarithm_is_left_out_and_said() -> None:
    """Samples in which some combination makes nothing do not count; where they are half of all, amounts do."""
    rare, often = (call("if", call("gt", "x", limit), 0.0, 1.0) for limit in (8.0, 2.0))

    def spoilt(by: Expression) -> Model:
        without = call("if", "b.on", 1.0, by)
        return model(product(call("if", "a.on", without, 1.0), factor("y", "b")), {"a": "brand", "b": "network"})

    answer = spoilt(rare).attribute(samples=512)
    assert any("leave out 2 % of the samples" in warning for warning in answer.warnings)
    assert sum(shares(answer).values()) == pytest.approx(answer.numbers["log10_leverage"].mean, abs=1e-9)
    amounts = spoilt(often).attribute(samples=512)
    assert any("not positive in 7" in warning and "add to impact" in warning for warning in amounts.warnings)
    assert "leverage" in amounts.numbers, "with all levers and alone it is positive"
    assert sum(shares(amounts).values()) == pytest.approx(difference(amounts), rel=1e-9)


def difference(answer: Answer) -> float:
    """How much more is made with the levers than alone."""
    return answer.numbers["impact"].mean - answer.numbers["alone_impact"].mean


def test_where_impact_is_negative_amounts_are_shared_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Alone loses 10: one lever adds 6, one 16, and both 4 more together; the closed form, in words and on a line."""
    made = call("add", -5.0, call("if", "a.on", 3.0, 0.0))
    made = call("add", made, call("if", "b.on", call("if", "a.on", 10.0, 8.0), 0.0))
    loss = model(made, {"a": "capital", "b": "attention"})
    answer = loss.attribute(samples=SAMPLES)
    assert shares(answer) == pytest.approx({"capital": 8, "attention": 18}, abs=1e-9)
    assert pairs(answer) == pytest.approx({frozenset(("capital", "attention")): 4}, abs=1e-9)
    assert difference(answer) == pytest.approx(26)
    assert [row["share"] for row in answer.rows["shares"]] == pytest.approx([9 / 13, 4 / 13])
    assert "leverage" not in answer.numbers
    assert answer.headline == (
        "With nothing decided, impact is 16, and alone -10; of the difference attention made 69 % and capital 31 %; "
        "capital and attention do most for each other: together they make 4 more than apart."
    )
    bars = [(row["start"], row["end"]) for row in answer.charts[0].rows]
    assert bars == [(0, -10), (-10, pytest.approx(8)), (pytest.approx(8), pytest.approx(16)), (0, pytest.approx(16))]
    assert "-10" in svg(answer.charts[0])
    monkeypatch.setattr(coalitions, "EXACT", 1)
    with pytest.raises(NoAnswerError, match="too many levers"):
        loss.attribute(samples=SAMPLES)


def test_what_can_not_be_attributed_is_refused(three: Model) -> None:
    """No levers, nothing made alone, no samples: each with what to do instead."""
    with pytest.raises(NoAnswerError, match="no levers"):
        model(1.0, {}).attribute(samples=SAMPLES)
    with pytest.raises(NoAnswerError, match="leverage is infinite"):
        model(call("if", "a.on", 1.0, 0.0), {"a": "brand"}).attribute(samples=SAMPLES)
    with pytest.raises(ModelError, match="`samples`"):
        three.attribute(samples=0)


def test_more_players_have_fewer_samples() -> None:
    """Runs are bounded: 4,096 samples for six players, 512 for nine, and never fewer than 256."""

    def players(count: int) -> coalitions.Players:
        return coalitions.Players({f"l{k}": (f"l{k}",) for k in range(count)}, ())

    assert [players(count).samples(None) for count in (1, 6, 9, 12, 20)] == [4096, 4096, 512, 256, 4096]
    assert players(9).samples(100) == 100


LEVERS: dict[str, Any] = {
    "method": {"technology": {"difficulty": "60 hours", "multiplies": {"writing.effort": 0.5, "fan_club.invite": 1.5}}},
    "fan club": {"network": {"tipping": "417 people", "invite": "12 %/month", "churn": "15 %/month"}},
    "media": {"capital": {"paid": "$5/person", "scale": "$10k/month"}},
}
PLAN = {"method.research": [60, 30, 0], "fan_club.tending": 20, "media.spent": 5e3}
TIME = {"step": "0.5 months", "horizon": "18 months", "tail": "2 months"}


@pytest.fixture(scope="module")
def enterprise(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model file of somebody with an invention, a fan club and advertisements, and a plan for it."""
    folder = tmp_path_factory.mktemp("enterprise")
    with (folder / "atelier.yaml").open("w") as file:
        YAML().dump({**ATELIER, "levers": LEVERS, "time": TIME, "plan": {"every": "6 months"}}, file)
    with (folder / "plan.yaml").open("w") as file:
        YAML().dump({"plan": PLAN}, file)
    return folder


def test_invention_and_the_others_make_more_together(enterprise: Path) -> None:
    """An invention that makes work and invitations better helps a network, and is worth more impact with each other."""
    answer = leverwise.load(enterprise / "atelier.yaml").attribute(samples=256, plan=PLAN)
    assert pairs(answer)[frozenset(("technology", "network"))] > 0.1
    for other in ("network", "capital"):
        assert pairs(answer, "impact")[frozenset(("technology", other))] > 0
    assert sum(shares(answer).values()) == pytest.approx(answer.numbers["log10_leverage"].mean, abs=1e-9)


def test_from_the_shell(enterprise: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """The command keeps the JSON contract, and writes the page and the picture."""
    asked = ["attribute", str(enterprise / "atelier.yaml"), "--plan", str(enterprise / "plan.yaml"), "--samples", "64"]
    assert cli.main([*asked, "--json", "--levers"]) == 0
    document = json.loads(capfd.readouterr().out)
    assert document["question"] == "attribute"
    assert {"impact", "leverage", "log10_leverage"} <= set(document["numbers"])
    assert {"mechanism", "lever", "shapley", "se", "low", "high", "share"} <= set(document["tables"]["shares"][0])
    assert {"a", "b", "value", "se"} <= set(document["tables"]["interactions"][0])
    assert {row["lever"] for row in document["tables"]["shares"]} == {"method", "fan_club", "media"}
    for name in ("made.html", "made.svg"):
        assert cli.main([*asked, "--quiet", "--out", str(enterprise / name)]) == 0
        assert "network" in (enterprise / name).read_text()
    assert capfd.readouterr().out.startswith("With the plan in")
