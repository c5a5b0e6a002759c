"""Systems whose decisions react: the same as before without rules, and with rules what can be worked out by hand."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import leverwise
from leverwise.ask.adaptive import seen_of
from leverwise.ask.model import Model
from leverwise.ask.planning.rules import Policy, Rule, vector
from leverwise.ask.schedules import starting
from leverwise.engine import Engine
from leverwise.errors import ModelError
from leverwise.lang import react
from leverwise.lang.react import Reacting, obstacles, reacting
from leverwise.lang.seeing import Seeing, UnseenError
from leverwise.report import plans

SAMPLES = 64
SHOP = {
    "leverwise": 1,
    "model": "shop",
    "time": {"step": 1, "horizon": 10, "tail": 2, "method": "heun"},
    "values": {"growth": "normal(1, 0.5)"},
    "decisions": {
        "effort": {"min": 0, "max": 4, "every": 2, "start": 1},
        "spent": {"min": 0, "max": 5, "every": 2, "start": 1},
        "staff": {"min": 0, "max": 6, "every": 2, "start": 1, "whole": "yes", "after": "hold"},
        "machine": {"min": 0, "max": 3, "every": 2, "whole": "yes", "lump": "yes"},
    },
    "stocks": {
        "seen": {"start": 0, "change": "growth"},
        "made": {"start": 0, "change": "effort + 2*spent + 3*staff + 5*in_service(machine, 3)"},
        "paid": {"start": 0, "change": "at_start(machine) + spent"},
    },
    "equations": {"twice": "2*seen + 1", "now": "seen + effort", "shaken": "seen + noise()", "steady": "growth + 1"},
    "impact": "effort + 2*spent + 3*staff + 5*in_service(machine, 3)",
    "plan": {"subject to": ["spent + effort <= 5", "integral(spent) <= 12"]},
}

LEAST = {
    "leverwise": 1,
    "model": "least",
    "time": {"step": 1, "horizon": 12, "tail": 0, "method": "euler"},
    "values": {"g": "0.5 to 1.5"},
    "decisions": {
        "a": {"min": 0, "max": 20, "every": 2},
        "b": {"min": 4, "max": 10, "every": 2},
        "c": {"min": 5, "max": 20, "every": 2},
        "m": {"min": 1, "max": 20, "every": 2, "lump": "yes"},
    },
    "stocks": {"seen": {"start": 0, "change": "g"}},
    "equations": {"both": "a + b", "used": "integral(c + 2*b)", "units": "integral(at_start(m))"},
    "impact": "a + b + c + m",
}
SHARE = {
    "leverwise": 1,
    "model": "share",
    "time": {"step": 1, "horizon": 6, "tail": 0, "method": "euler"},
    "values": {"g": "0.2 to 3"},
    "decisions": {"a": {"min": 0, "max": 10, "every": 1}, "b": {"min": 0, "max": 10, "every": 1}},
    "stocks": {"s": {"start": 0, "change": "g"}, "n": {"start": 0, "change": 1}},
    "equations": {"rate": "s/max(n, 0.5)", "tell": "g + 0*s"},
    "impact": {"is": "a*g + 1.3*b"},
    "plan": {"subject to": ["a + b <= 10"], "react": ["rate"]},
}
"""A limit shared by a decision worth reacting with, and one that only gives way to it."""


@lru_cache(maxsize=2)
def shop() -> Model:
    """A shop with decisions of all kinds."""
    return leverwise.load(SHOP)


@lru_cache(maxsize=2)
def changed() -> tuple[Reacting, Engine]:
    """The same in which all decisions may react."""
    made = reacting(shop().system, [decision.name for decision in shop().system.decisions], ("seen", "twice"))
    return made, Engine(made.system)


def plan(**values: float | list[float]) -> np.ndarray:
    """The start, with some decisions at other values."""
    return np.asarray(shop().engine.schedule(values))


def run(policy: Policy, *record: str, off: Any = None) -> Any:
    """A run of a policy."""
    made, engine = changed()
    return engine.simulate(SAMPLES, 3, decisions=vector(shop().system, made, policy), record=record, switches=off)


def opened(*names: str) -> Mapping[str, np.ndarray]:
    """What variables are when each period opens, under the starting schedule (n, P)."""
    found = shop().engine.simulate(SAMPLES, 3, decisions=starting(shop().system), record=names).trajectories
    return {name: np.asarray(path)[:, 0:10:2] for name, path in found.items()}


def values(result: Any, name: str) -> np.ndarray:
    """What a decision was in each period (n, P), the same all through it."""
    path = np.asarray(result.trajectories[name])[:, :10].reshape(SAMPLES, 5, 2)
    assert np.array_equal(path[:, :, 0], path[:, :, 1])
    return path[:, :, 0]


def test_without_rules_nothing_changes() -> None:
    """The system that may react gives the same numbers, bit by bit, while it has only a schedule."""
    schedule = plan(effort=[1, 2, 0.5, 3, 1], spent=[2, 0, 1, 2, 1], staff=[0, 1, 2, 2, 1], machine=[1, 0, 2, 0, 1])
    before = shop().engine.simulate(SAMPLES, 3, decisions=schedule, record=("made", "paid"))
    after = run(Policy(schedule, (), {}), "made", "paid")
    assert np.array_equal(before.measures["impact"], after.measures["impact"])
    assert np.array_equal(before.trajectories["made"], after.trajectories["made"])
    assert np.array_equal(before.trajectories["paid"], after.trajectories["paid"])


@pytest.mark.parametrize(("method", "later"), [("euler", "seen"), ("rk4", "seen"), ("heun", "delay_fixed(seen, 1, 0)")])
def test_nothing_changes_whatever_the_method(method: str, later: str) -> None:
    """Nor does it with other methods, and where delays keep stages from being gone through in a loop."""
    changed_shop = {
        **SHOP,
        "time": {**SHOP["time"], "method": method},  # type: ignore[dict-item]
        "impact": f"effort*{later} + in_service(machine, 3)",
    }
    system = leverwise.load(changed_shop).system
    made = reacting(system, ["effort", "machine"], ("seen",))
    schedule = plan(effort=[1, 2, 0.5, 3, 1], machine=[1, 0, 2, 0, 1])
    before = Engine(system).simulate(SAMPLES, 3, decisions=schedule)
    after = Engine(made.system).simulate(SAMPLES, 3, decisions=vector(system, made, Policy(schedule, (), {})))
    assert np.array_equal(before.measures["impact"], after.measures["impact"])


def test_a_rule_sees_the_same_at_half_the_step() -> None:
    """What is seen is what there is when the period opens, however many steps the period has."""
    made, engine = changed()
    rule = Rule("effort", "while", "seen", 1.5, 3.0)
    chosen = vector(shop().system, made, Policy(plan(effort=1), (rule,), {}))
    whole = engine.simulate(SAMPLES, 3, decisions=chosen, record=("effort",)).trajectories["effort"]
    half = engine.with_clock(0.5).simulate(SAMPLES, 3, decisions=chosen, record=("effort",)).trajectories["effort"]
    assert np.array_equal(np.asarray(whole), np.asarray(half)[:, ::2])


def test_a_linear_rule_adds_in_proportion_to_what_is_seen_when_the_period_opens() -> None:
    """Effort follows the stock as it was at the opening, within its bounds, and not within the period."""
    seen = opened("seen")["seen"]
    expected = seen.mean(axis=0)
    policy = Policy(plan(effort=2), (Rule("effort", "linear", "seen", 0.5),), {("seen", 2): expected})
    found = values(run(policy, "effort"), "effort")
    assert found == pytest.approx(np.clip(2 + 0.5 * (seen - expected), 0, 4), abs=1e-12)
    assert found.std(axis=0)[1:].min() > 0.1


@pytest.mark.parametrize("above", [True, False])
def test_a_threshold_acts_while_it_is_passed(above: bool) -> None:
    """`while` adds in just those periods that open beyond the threshold; equations are seen as well as stocks."""
    twice = opened("twice")["twice"]
    rule = Rule("effort", "while", "twice", 1.5, 9.0, above)
    found = values(run(Policy(plan(effort=1), (rule,), {}), "effort"), "effort")
    assert np.array_equal(found, np.where((twice > 9) == above, 2.5, 1.0))


def test_once_goes_on() -> None:
    """`once` adds from the first period that opens beyond the threshold, though what is seen falls again."""
    made = opened("seen")["seen"]
    rule = Rule("staff", "once", "seen", 2.0, 3.0)
    result = run(Policy(plan(staff=1), (rule,), {}), "staff")
    found = values(result, "staff")
    assert np.array_equal(found, np.where(np.maximum.accumulate(made, axis=1) > 3, 3.0, 1.0))
    assert np.array_equal(np.asarray(result.trajectories["staff"])[:, -1], found[:, -1])


def test_a_purchase_is_made_once_and_serves_for_its_life() -> None:
    """A machine is bought in the first period that opens beyond the threshold, and works for three steps from there."""
    seen = opened("seen")["seen"]
    result = run(
        Policy(plan(effort=0, spent=0, staff=0), (Rule("machine", "once", "seen", 2.0, 3.0),), {}), "paid", "made"
    )
    beyond = np.maximum.accumulate(seen, axis=1) > 3
    first = np.where(beyond.any(axis=1), 2 * beyond.argmax(axis=1), 99)
    time = np.arange(13)
    paid, served = np.asarray(result.trajectories["paid"]), np.asarray(result.trajectories["made"])
    assert paid == pytest.approx(2.0 * (time[None, :] > first[:, None]), abs=1e-12)
    assert served == pytest.approx(10.0 * np.clip(time[None, :] - first[:, None], 0, 3), abs=1e-9)


def test_whole_decisions_stay_whole() -> None:
    """A slope on a headcount rounds to whole people."""
    seen = opened("seen")["seen"]
    policy = Policy(plan(staff=2), (Rule("staff", "linear", "seen", 0.7),), {("seen", 2): seen.mean(axis=0)})
    found = values(run(policy, "staff"), "staff")
    assert np.array_equal(found, np.round(found))
    assert np.abs(found - np.clip(2 + 0.7 * (seen - seen.mean(axis=0)), 0, 6)).max() <= 0.5 + 1e-9


def test_limits_hold_in_every_sample() -> None:
    """A limit on each period and one on the whole horizon bind what rules ask for, sample by sample."""
    rules = (Rule("spent", "while", "seen", 4.0, 1.0), Rule("effort", "while", "seen", 1.0, 1.0))
    result = run(Policy(plan(effort=1, spent=1), rules, {}), "spent", "effort")
    spent, effort = values(result, "spent"), values(result, "effort")
    assert (spent + effort).max() == pytest.approx(5, rel=1e-12)
    assert (2 * spent.sum(axis=1)).max() == pytest.approx(12, rel=1e-9)


def test_the_least_that_others_and_later_periods_need_is_kept_for_them() -> None:
    """Limits hold where decisions can't fall to nothing, per period and in all; the last period is short."""
    model = leverwise.load(
        {
            **LEAST,
            "time": {"step": 1, "horizon": 11, "tail": 0},
            "plan": {"subject to": ["a + b <= 10", "integral(c + 2*b) <= 160", "integral(m) <= 9"]},
        }
    )
    made = reacting(model.system, ["a", "b", "c", "m"], ("seen",))
    rules = (*(Rule(name, "while", "seen", 15.0, 1.0) for name in "abc"), Rule("m", "once", "seen", 6.0, 1.0))
    schedule = np.asarray(model.engine.schedule({"a": 2, "b": 4, "c": 5, "m": 1}))
    chosen = vector(model.system, made, Policy(schedule, rules, {}))
    found = Engine(made.system).simulate(SAMPLES, 3, decisions=chosen, record=("a", "b", "c", "both", "used", "units"))
    path = {name: np.asarray(values) for name, values in found.trajectories.items()}
    assert path["both"][:, :11].max() == pytest.approx(10, rel=1e-12)
    assert path["a"][:, :11].max() == pytest.approx(6, rel=1e-12)
    assert path["b"][:, :11].min() == 4
    assert path["c"][:, :11].min() == 5
    assert path["used"][:, -1] == pytest.approx(160, rel=1e-9)
    assert path["units"][:, -1] == pytest.approx(9, rel=1e-9)


def test_after_the_horizon_only_what_is_held_goes_on() -> None:
    """In the tail effort is nothing, whatever its rule says, and people stay."""
    rules = (Rule("effort", "while", "seen", 1.0, -9.0), Rule("staff", "while", "seen", 1.0, -9.0))
    result = run(Policy(plan(effort=1, staff=1), rules, {}), "effort", "staff")
    assert np.all(np.asarray(result.trajectories["effort"])[:, 10:] == 0)
    assert np.all(np.asarray(result.trajectories["staff"])[:, 10:] == 2)


def test_rules_begin_with_planning() -> None:
    """What was decided in the history before planning begins is as it was, and nothing seen there counts as passed."""
    model = leverwise.load({**SHOP, "plan": {"from": 4}})
    made = reacting(model.system, ["effort", "staff"], ("seen",))
    rules = (Rule("effort", "linear", "seen", 0.5), Rule("staff", "once", "seen", 2.0, 2.5, above=False))
    policy = Policy(plan(effort=2), rules, {("seen", 2): opened("seen")["seen"].mean(axis=0)})
    engine = Engine(made.system)
    result = engine.simulate(SAMPLES, 3, decisions=vector(model.system, made, policy), record=("effort", "staff"))
    seen = opened("seen")["seen"]
    low = np.maximum.accumulate(seen[:, 2:] < 2.5, axis=1)
    assert np.all(values(result, "effort")[:, :2] == 2)
    assert values(result, "effort")[:, 2:].std(axis=0).min() > 0.1
    assert np.array_equal(values(result, "staff"), np.hstack([np.ones((SAMPLES, 2)), np.where(low, 3.0, 1.0)]))
    assert seen[:, 0].max() < 2.5


def test_slopes_are_those_of_small_differences() -> None:
    """The gradient by a rule's slope is what a small change of it makes."""
    made, engine = changed()
    seen = opened("seen")["seen"]
    expected = {("seen", 2): seen.mean(axis=0)}
    place = engine.slots["effort by seen"].start
    draws, index = engine.draws(0, SAMPLES, 3), np.arange(SAMPLES)

    def impact(slope: float) -> float:
        chosen = vector(
            shop().system, made, Policy(plan(effort=2), (Rule("effort", "linear", "seen", slope),), expected)
        )
        return float(np.sum(engine.measures(draws, index, chosen, seed=3)[0]))

    chosen = vector(shop().system, made, Policy(plan(effort=2), (Rule("effort", "linear", "seen", 0.3),), expected))
    slope = np.sum(engine.gradient(draws, index, np.repeat(chosen[:, None], SAMPLES, 1), seed=3).decisions[place])
    assert slope == pytest.approx((impact(0.3 + 1e-5) - impact(0.3 - 1e-5)) / 2e-5, rel=1e-4, abs=1e-6)


def test_what_can_be_seen() -> None:
    """Stocks, and what rests on them; not what the period decides, draws or shakes."""
    seeing = Seeing(shop().system)
    seeing.expression("seen")
    seeing.expression("twice")
    for name, reason in {"now": "decision `effort`", "shaken": "noise", "steady": "does not come"}.items():
        with pytest.raises(UnseenError, match=reason):
            seeing.expression(name)


@pytest.mark.parametrize(
    ("limit", "stay"),
    [
        ("integral(spent) + integral(machine) <= 9", {"spent", "machine"}),
        ("spent - effort <= 1", {"spent", "effort"}),
        ("integral(spent + effort) == 4", {"spent", "effort"}),
    ],
)
def test_what_cannot_react(limit: str, stay: set[str]) -> None:
    """Decisions in a limit that is more than one on a sum, or on a sum in all of unlike ones, keep their schedule."""
    model = leverwise.load({**SHOP, "plan": {"subject to": [limit]}})
    assert set(obstacles(model.system)) == stay


def test_what_is_limited_in_spending_cannot_react() -> None:
    """What a rule spends is known only in a run, so that a limit on spending could not be kept."""
    decisions = {**SHOP["decisions"], "effort": {"min": 0, "max": 4, "every": 2, "costs": 2}}  # type: ignore[dict-item]
    model = leverwise.load({**SHOP, "decisions": decisions, "plan": {"subject to": ["spending(effort) <= 3"]}})
    assert set(obstacles(model.system)) == {"effort"}


def test_a_frozen_decision_keeps_those_from_reacting_that_share_a_limit_in_all() -> None:
    """What others may use of a limit over the horizon is known only if all of them can give way."""
    model = leverwise.load({**SHOP, "plan": {"subject to": ["integral(spent + effort) <= 30"]}})
    assert set(obstacles(model.system, ["spent"])) == {"spent", "effort"}


@pytest.mark.parametrize(
    ("name", "complaint"),
    [("sen", "no variable `sen`"), ("now", "rests on the decision"), ("growth", "does not come of what happens")],
)
def test_what_the_author_wants_seen_is_checked(name: str, complaint: str) -> None:
    """`plan: react` names what can be seen; anything else is refused with a sentence."""
    with pytest.raises(ModelError, match=complaint):
        leverwise.load({**SHOP, "plan": {"react": [name]}})


def test_what_the_author_wants_seen_is_what_rules_look_at() -> None:
    """`plan: react` reaches the system."""
    assert leverwise.load({**SHOP, "plan": {"react": ["seen", "twice"]}}).system.aim.react == ("seen", "twice")


def test_what_rests_on_a_stock_and_on_a_draw_is_seen_if_the_author_says_so() -> None:
    """An equation that gives a drawn value away is seen where `react` names it, and never unless it does."""
    plain = leverwise.load({**SHARE, "plan": {}})
    assert leverwise.load({**SHARE, "plan": {"react": ["tell"]}}).system.aim.react == ("tell",)
    assert seen_of(plain.system) == ("s", "n")


def test_a_file_with_rules_is_worth_what_the_plan_said(tmp_path: Path) -> None:
    """What has no rule but shares a limit gives way from a file as it did in the search, on the same draws."""
    model = leverwise.load(SHARE)
    answer = model.plan(samples=128, adaptive=True)
    assert [rule["decision"] for rule in answer.rows["rules"]] == ["a"]
    file = tmp_path / "share.plan.yaml"
    file.write_text(plans.text(answer, model.system))
    again = model.simulate(plan=file, samples=128)
    assert again.numbers["impact"].mean == pytest.approx(answer.numbers["adaptive_impact"].mean, rel=1e-9)
    assert again.numbers["impact"].mean > answer.numbers["impact"].mean + 5


def test_what_the_question_freezes_above_its_least_does_not_give_way() -> None:
    """A file would not know it to be frozen, so what shares its limits has no rules; at its least nothing is lost."""
    half = {"a": {"min": 0, "max": 10, "every": 1}, "b": {"min": 0, "max": 10, "every": 1, "start": 5}}
    answer = leverwise.load({**SHARE, "decisions": half}).plan(samples=64, adaptive=True, freeze=["b"])
    assert answer.rows["rules"] == []
    assert "shares a limit with one that is kept" in answer.notes[0]


def test_what_is_frozen_at_a_plan_stays_there_beside_rules() -> None:
    """The rules are found around b as the plan has it, not as the author's use does."""
    use = {"a": {"min": 0, "max": 10, "every": 1}, "b": {"min": 0, "max": 10, "every": 1, "use": 1}}
    model = leverwise.load(
        {**SHARE, "decisions": use, "impact": {"is": "a*(g - 1.3) + b"}, "plan": {"react": ["rate"]}}
    )
    answer = model.plan(samples=64, adaptive=True, freeze=["b"], plan={"b": 7})
    assert {rule["decision"] for rule in answer.rows["rules"]} == {"a"}
    for table in ("schedule", "adaptive_schedule"):
        assert {row["value"] for row in answer.rows[table] if row["decision"] == "b"} == {7.0}


def test_rules_keep_to_either() -> None:
    """A lever that the plan leaves out for another has no rule, though it would gain."""
    model = {**SHARE, "impact": {"is": "a*(g - 1.6) + 1.3*b"}, "plan": {"react": ["rate"]}}
    free = leverwise.load(model).plan(samples=128, adaptive=True)
    assert "a" in {rule["decision"] for rule in free.rows["rules"]}
    joined = leverwise.load({**model, "plan": {"react": ["rate"], "either": ["a or b"]}}).plan(
        samples=128, adaptive=True
    )
    assert all(row["decision"] == "b" for row in joined.rows["rules"])


def test_rules_that_break_a_limit_are_not_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Were limits not kept by what reacts, the fresh samples would show it, and the answer would have no rules."""
    monkeypatch.setattr(react._Transformation, "_most", lambda self, decision: [])
    answer = leverwise.load(SHARE).plan(samples=128, adaptive=True)
    assert answer.rows["rules"] == []
    assert "break `a + b <= 10`" in answer.notes[0]
    assert answer.numbers["worth_of_reacting"].mean == 0


def test_what_is_held_after_the_horizon_counts_in_no_limit() -> None:
    """A limit over the horizon that rules use up is not broken by what stays as it is after it."""
    held = {name: {"min": 0, "max": 10, "every": 1, "after": "hold"} for name in "ab"}
    time = {"step": 1, "horizon": 6, "tail": 4, "method": "euler"}
    limits = {"subject to": ["a + b <= 10", "integral(a + b) <= 60"], "react": ["rate"]}
    answer = leverwise.load({**SHARE, "time": time, "decisions": held, "plan": limits}).plan(samples=128, adaptive=True)
    assert answer.rows["rules"], answer.notes


def test_rules_that_break_a_limit_in_all_are_not_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """A limit over the horizon is looked at up to it, and not beyond."""
    monkeypatch.setattr(react._Transformation, "_most", lambda self, decision: [])
    time = {"step": 1, "horizon": 6, "tail": 4, "method": "euler"}
    limits = {"subject to": ["integral(a + b) <= 60"], "react": ["rate"]}
    answer = leverwise.load({**SHARE, "time": time, "plan": limits}).plan(samples=128, adaptive=True)
    assert answer.rows["rules"] == []
    assert "break `integral(a + b) <= 60`" in answer.notes[0]
