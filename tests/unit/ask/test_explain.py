"""Explanations of small models, whose terms and shares can be worked out by hand."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import leverwise
from leverwise import cli
from leverwise.ask.model import from_system
from leverwise.ask.naming import named
from leverwise.ask.probing import Probes, Reader, names_to_record
from leverwise.ask.tracing import Tracer, readers, rests_on
from leverwise.engine import Engine
from leverwise.errors import ModelError

FIRM: dict[str, Any] = {
    "leverwise": 1,
    "model": "firm",
    "time": {"step": "1 month", "horizon": "12 months", "tail": "0 months", "method": "heun"},
    "units": ["sale"],
    "values": {
        "price": "$10/sale",
        "pull": "20 to 40 sale/month",
        "rent": "$100/month",
        "life": "4 months",
        "side": "$50/month",
    },
    "decisions": {"ads": {"unit": "$/month", "min": "$0/month", "max": "$400/month", "every": "6 months"}},
    "stocks": {
        "cash": {"start": "$1000", "change": "price*sales - rent - ads"},
        "known": {"start": "8", "change": "ads/($100) - known/life"},
        "tank": {"start": "0", "change": "1/(1 month)", "max": 5},
    },
    "equations": {
        "sales": {"is": "pull*(known/8)^2/(1 + side/($50/month))", "unit": "sale/month"},
        "income": "price*sales + side - rent",
        "late": {"is": "delay_fixed(sales, 2 months, 0 sale/month) + noise(1)*pull", "unit": "sale/month"},
    },
    "impact": {"is": "sales - 0.1*pull", "unit": "sale", "final": "0.5*known*(1 sale)"},
    "money": None,
}
SAMPLES = 64


@pytest.fixture(scope="module")
def firm() -> leverwise.Model:
    """The firm, loaded once."""
    return leverwise.load({key: value for key, value in FIRM.items() if value is not None})


def lines(answer: Any) -> dict[str, dict[str, Any]]:
    """The lines of the tree by their names, below the first."""
    return {row["name"]: row for row in answer.rows["terms"][1:]}


def path(model: leverwise.Model, name: str, **options: Any) -> np.ndarray:
    """Means of a variable over time, as another question tells them."""
    return np.asarray(model.simulate(samples=SAMPLES, watch=[name], **options).series[name]).mean(axis=0)


def test_the_flows_of_a_stock_add_up_to_it(firm: leverwise.Model) -> None:
    """Cash is what was there, a year of sales, less twelve rents and what ads cost; the shares add up to one."""
    answer = firm.explain("cash", samples=SAMPLES, depth=1, plan={"ads": [100, 50]})
    found = lines(answer)
    assert found["at the start"]["value"] == 1000
    assert found["rent"]["value"] == pytest.approx(-1200)
    assert found["ads"]["value"] == pytest.approx(-900)
    assert found["price*sales"]["value"] == pytest.approx(path(firm, "cash", plan={"ads": [100, 50]})[-1] + 1100)
    assert sum(row["share"] for row in found.values()) == pytest.approx(1)
    assert [row["over"] for row in found.values()] == ["start", "total", "total", "total"]
    assert answer.numbers["cash"].mean == pytest.approx(path(firm, "cash", plan={"ads": [100, 50]})[-1])
    assert "$1k at the start" in answer.headline
    assert "less $1.2k rent and $900 ads" in answer.headline


def test_terms_of_terms_are_totals_with_their_sign(firm: leverwise.Model) -> None:
    """What the net flow is made of comes to totals too, costs below 0; the headline tells them, and the chart."""
    changed = {"fees": "rent + 2*ads", "net": "price*sales - fees"}
    stocks = {**FIRM["stocks"], "cash": {"start": "$1000", "change": "net"}}
    model = leverwise.load(
        {
            **{key: value for key, value in FIRM.items() if value is not None},
            "equations": {**FIRM["equations"], **changed},
            "stocks": stocks,
        }
    )
    answer = model.explain("cash", samples=SAMPLES, depth=3, plan={"ads": 50})
    found = lines(answer)
    assert found["fees"]["value"] == pytest.approx(-2400)
    assert (found["rent"]["value"], found["2*ads"]["value"]) == (pytest.approx(-1200), pytest.approx(-1200))
    assert (found["rent"]["share"], found["fees"]["depth"]) == (pytest.approx(0.5), 2)
    assert found["net"]["value"] == pytest.approx(found["price*sales"]["value"] - 2400)
    assert "less $2.4k fees" in answer.headline
    flows = {row["series"]: row["value"] for row in answer.charts[1].rows}
    assert flows["fees"] == pytest.approx(-2400)


def test_a_product_follows_by_the_powers(firm: leverwise.Model) -> None:
    """Sales go with pull, with the square of who know it, and with minus a half of what stands below the line."""
    found = lines(firm.explain("sales", samples=SAMPLES, depth=1))
    assert found["pull"]["share"] == pytest.approx(1)
    assert found["known"]["share"] == pytest.approx(2)
    assert found["side"]["share"] == pytest.approx(-0.5, abs=1e-3)
    assert {row["sharing"] for row in found.values()} == {"slope"}
    assert found["known"]["value"] == pytest.approx(path(firm, "known")[-1])


def test_a_sum_is_told_in_parts(firm: leverwise.Model) -> None:
    """Each term's share is its part of the sum at the time asked for; below a term are its arguments."""
    answer = firm.explain("income", samples=SAMPLES, at="3 months", plan={"ads": 200})
    found, sales = lines(answer), path(firm, "sales", plan={"ads": 200})[3]
    total = 10 * sales + 50 - 100
    assert found["price*sales"]["share"] == pytest.approx(10 * sales / total)
    assert found["rent"]["share"] == pytest.approx(-100 / total)
    assert found["side"]["value"] == pytest.approx(50)
    assert (found["sales"]["depth"], found["sales"]["share"]) == (2, pytest.approx(1))
    assert "at 3 months" in answer.headline
    by_number = firm.explain("income", samples=SAMPLES, at=3, plan={"ads": 200})
    assert by_number.numbers["income"] == answer.numbers["income"]


def test_terms_that_cancel_have_no_share(firm: leverwise.Model) -> None:
    """Of $1,000 and $1,050 spent $50 are left: no part of that is told, but the terms are."""
    model = leverwise.load(
        {
            k: {**v, "cash": {"start": "$1000", "change": "-ads"}} if k == "stocks" else v
            for k, v in FIRM.items()
            if v is not None
        }
    )
    answer = model.explain("cash", samples=4, plan={"ads": 87.5})
    found = lines(answer)
    assert {name: (row["value"], row["share"]) for name, row in found.items()} == {
        "at the start": (1000, None),
        "ads": (pytest.approx(-1050), None),
    }
    assert "made of $1k at the start, less $1.05k ads" in answer.headline


def test_impact_is_explained_to_the_end(firm: leverwise.Model) -> None:
    """Two flows and the final value add up to the impact that `simulate` tells."""
    answer = firm.explain("impact", samples=SAMPLES, plan={"ads": 200})
    made = firm.simulate(samples=SAMPLES, plan={"ads": 200}).numbers["impact"]
    assert answer.numbers["impact"].mean == pytest.approx(made.mean)
    direct = [row for row in answer.rows["terms"] if row["depth"] == 1]
    assert sum(row["value"] for row in direct) == pytest.approx(made.mean)
    assert sum(row["share"] for row in direct) == pytest.approx(1)
    assert [row["name"] for row in direct][-1] == "at the end"


def test_discounting_is_in_the_terms() -> None:
    """Discounted at e^-t the constant flow 2 comes to 2 (1 - e^-10), and its argument follows one to one."""
    plain = leverwise.load(
        {
            "leverwise": 1,
            "model": "fade",
            "time": {"step": "0.05 months", "horizon": "10 months", "method": "rk4"},
            "units": ["sale"],
            "values": {"rate": "2 sale/month"},
            "impact": {"is": "rate", "unit": "sale"},
        }
    )
    model = from_system(replace(plain.system, discount=1.0))
    answer = model.explain("impact", samples=1)
    assert answer.rows["terms"][1]["value"] == pytest.approx(2 * (1 - np.exp(-10)), rel=1e-6)
    assert answer.rows["terms"][1]["share"] == pytest.approx(1)


def test_what_limits_hold_back_is_a_line_of_its_own(firm: leverwise.Model) -> None:
    """A tank for 5 into which 12 flow holds 7 back."""
    found = lines(firm.explain("tank", samples=4))
    assert found["held within its limits"]["value"] == pytest.approx(-7)
    assert sum(row["share"] for row in found.values()) == pytest.approx(1)


def test_delays_and_noise_are_left_as_they_are(firm: leverwise.Model) -> None:
    """What goes into a delay has no share now; the line itself is what the run makes of it, noise and all."""
    answer = firm.explain("late", samples=SAMPLES, depth=2)
    assert answer.numbers["late"].mean == pytest.approx(path(firm, "late")[-1])
    direct = [row for row in answer.rows["terms"] if row["depth"] == 1]
    assert direct[0]["value"] == pytest.approx(path(firm, "sales")[-3])
    assert sum(row["share"] for row in direct) == pytest.approx(1)
    assert next(row for row in answer.rows["terms"] if row["name"] == "sales")["share"] is None


def test_numbers_and_decisions_say_who_gave_them(firm: leverwise.Model) -> None:
    """A drawn number tells its range and who reads it; a decision its schedule, as the plan has it."""
    pull = firm.explain("pull", samples=256)
    assert pull.numbers["pull"].p5 == pytest.approx(20, rel=0.02)
    assert any("`20 to 40 sale/month`" in note for note in pull.notes)
    assert any("It enters `impact`, `sales` and `late`" in note for note in pull.notes)
    ads = firm.explain("ads", samples=4, plan={"ads": [100, 50]}, at="7 months")
    assert ads.numbers["ads"].mean == pytest.approx(50)
    assert any("100, 50" in note for note in ads.notes)
    assert firm.explain("price", samples=4).rows["terms"][0]["equation"] == "$10/sale"


def test_who_has_a_say_is_followed_through_stocks(firm: leverwise.Model) -> None:
    """Ads reach sales through who know the firm; nothing reaches the tank."""
    assert "ads" in rests_on(firm.system, "sales")
    assert rests_on(firm.system, "tank") == {"tank"}
    assert readers(firm.system, "side") == ["sales", "income"]
    answer = firm.explain("sales", samples=4)
    assert any("Decisions that reach it: ads." in note for note in answer.notes)
    assert any("No decision reaches it." in note for note in firm.explain("tank", samples=4).notes)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"name": "csh"}, "did you mean `cash`"),
        ({"name": "qqq"}, "There are `impact`, `cash`, `known`, `tank`, `sales`, `income` and 1 more; `leverwise show"),
        ({"name": "cash_shadow_price"}, "`leverwise diagnose MODEL` tells it over time"),
        ({"name": "baseline_impact"}, "it is `impact` under doing nothing: ask for `impact` without a plan"),
        ({"name": "cash", "at": "13 months"}, "between 0 and 12 months"),
        ({"name": "cash", "at": "3 hours"}, "no time of this model"),
        ({"name": "cash", "at": "soon"}, "is no time"),
        ({"name": "cash", "depth": 0}, "`depth` must lie between 1 and 8"),
        ({"name": "cash", "samples": 10_000_000}, "there is room for"),
        ({"name": "leverage"}, "nothing is called"),
    ],
)
def test_bad_questions_are_refused(firm: leverwise.Model, options: dict[str, Any], said: str) -> None:
    """Unknown names, times outside the run, no depth, and what would not fit into memory."""
    with pytest.raises(ModelError, match=said):
        firm.explain(**options)


@pytest.fixture(scope="module")
def choir(repository: Path) -> leverwise.Model:
    """An example with one lever, over a short time."""
    return leverwise.load(
        repository / "examples" / "choir.yaml", set={"time.horizon": "3 months", "time.tail": "0 months"}
    )


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("choir.positions", "choir.positions"),
        ("Choir: positions", "choir.positions"),
        ("hours managing", "hours_managing"),
        ("cash_margin", "cash_margin"),
        ("log10 leverage", "log10_leverage"),
        ("positions", "choir.positions"),
        ("money", "cash"),
        ("hours of choir", "choir.capacity"),
        ("choir hours", "choir.capacity"),
        ("trust of supporters", "supporters.camp_trust"),
        ("idle", "hours_idle"),
        ("money.start", "cash_start"),
        ("market.trust.effect", "trust_effect"),
        ("levers.choir.delegation.wage", "choir.wage"),
    ],
)
def test_names_are_those_of_answers(choir: leverwise.Model, written: str, meant: str) -> None:
    """With spaces or without, as answers print them, or by the last part where only one ends so."""
    assert named(written, choir.system) == meant


def test_a_levers_name_is_no_variable(choir: leverwise.Model) -> None:
    """The error lists what there is of the lever."""
    with pytest.raises(ModelError, match=r"of it there are `choir\."):
        choir.explain("choir")


def test_leverage_is_impact_over_impact_alone(choir: leverwise.Model) -> None:
    """The numbers are those of `simulate`; impact follows one to one, impact alone the other way."""
    plan = {"choir.positions": 2}
    told = choir.simulate(samples=SAMPLES, plan=plan)
    leverage = choir.explain("leverage", samples=SAMPLES, plan=plan, depth=1)
    assert leverage.numbers["leverage"].mean == pytest.approx(told.numbers["leverage"].mean)
    found = lines(leverage)
    assert (found["impact"]["share"], found["alone_impact"]["share"]) == (1, -1)
    assert found["alone_impact"]["value"] == pytest.approx(told.numbers["alone_impact"].mean)
    assert "made of" not in leverage.headline
    assert "1 % more impact by +1 % and 1 % more alone impact by -1 %" in leverage.headline.replace("\n", " ")
    orders = choir.explain("log10_leverage", samples=SAMPLES, plan=plan, depth=1)
    assert orders.numbers["log10_leverage"].mean == pytest.approx(told.numbers["log10_leverage"].mean)
    assert not any(word in orders.headline for word in ("made of", "it is", "changes with"))
    alone = choir.explain("alone_impact", samples=SAMPLES, plan=plan, depth=1)
    assert alone.numbers["alone_impact"].mean == pytest.approx(told.numbers["alone_impact"].mean)


def test_signs_and_times_are_told_as_people_do() -> None:
    """A minus before a product takes it away, a constant has no name, and time without a unit is no number of times."""
    model = leverwise.load(
        {
            "leverwise": 1,
            "model": "loss",
            "time": {"step": 1, "horizon": 4, "method": "euler"},
            "values": {"a": 3, "b": 2},
            "stocks": {"s": {"start": 0, "change": "1"}},
            "impact": "-a^2*b - 1",
        }
    )
    answer = model.explain("impact", samples=1)
    assert answer.headline == "Impact over 4 time units is -76; 72 a^2*b and 4 are taken away."
    assert [(row["name"], row["value"], row["negative"]) for row in answer.rows["terms"] if row["depth"] == 1] == [
        ("a^2*b", -72, True),
        ("1", -4, True),
    ]
    assert model.explain("s", samples=1).headline.startswith("S at time 4 is 4")


def test_noise_is_shown_as_it_is_written() -> None:
    """No key of a draw is seen."""
    rest = {"leverwise": 1, "model": "walk", "time": {"step": 1, "horizon": 4, "method": "euler"}}
    model = leverwise.load({**rest, "values": {"b": 2}, "impact": "b*noise(3) + noise_uniform(0, b)"})
    found = lines(model.explain("impact", samples=4, depth=1))
    assert set(found) == {"b*(3*noise())", "b*noise_uniform(0, 1)"}


def test_a_decision_that_reacts_is_told_as_one(choir: leverwise.Model, tmp_path: Path) -> None:
    """Under rules a decision is what it comes to, and is not taken apart into what rules are made of."""
    plan = tmp_path / "ruled.yaml"
    rule = "{decision: choir.positions, seen: cash, above: $1, more: 1, lasting: yes}"
    plan.write_text(f"plan: {{choir.positions: 1}}\nrules:\n  - {rule}", encoding="utf-8")
    answer = choir.explain("choir.positions", samples=4, plan=str(plan))
    assert answer.numbers["choir.positions"].mean == pytest.approx(2)
    assert len(answer.rows["terms"]) == 1
    assert any("Decided by rules" in note for note in answer.notes)
    staff = choir.explain("choir.wages", samples=4, plan=str(plan), depth=1)
    assert any("Decisions that reach it: choir.positions." in note for note in staff.notes)


@pytest.mark.parametrize("example", ["choir", "maintainer"])
def test_every_variable_can_be_explained(repository: Path, example: str) -> None:
    """Each stock and equation of an example: terms of sums add up to it, and what is told is finite where it is."""
    model = leverwise.load(
        repository / "examples" / f"{example}.yaml", set={"time.horizon": "2 months", "time.tail": "0 months"}
    )
    system = model.system
    names = [*(stock.name for stock in system.stocks), *(each.name for each in system.auxiliaries), "impact"]
    tracer, probes, trees, record = Tracer(system), Probes(system, {}, {}), [], []
    for name in names:
        single = Tracer(system)
        single.lifted = tracer.lifted
        trees.append(single.tree(name, 1))
        record += names_to_record(trees[-1], probes)
    grown = probes.added(tracer)
    engine = Engine(grown, record=tuple(dict.fromkeys(record)))
    paths = engine.simulate(16, 0, keep=True, fans=()).trajectories
    added = 0
    for tree in trees:
        told = Reader(grown, probes, paths, system.clock.steps).told(tree)
        sums = [line for line in told[1:] if line.branch.depth == 1 and line.branch.sharing in ("sum", "whole")]
        assert all(np.all(np.isfinite(line.samples)) for line in told if np.all(np.isfinite(told[0].samples)))
        if sums:
            added += 1
            scale = max(np.max(np.abs(line.samples)) for line in [told[0], *sums])
            assert np.sum([line.samples for line in sums], axis=0) == pytest.approx(
                told[0].samples, rel=1e-9, abs=1e-9 * scale
            )
    assert added > 20


def test_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """JSON has the tree with places in the file; the terminal has it too; a wrong name ends with 2."""
    file = tmp_path / "firm.yaml"
    file.write_text(json.dumps({k: v for k, v in FIRM.items() if v is not None}, indent=1), encoding="utf-8")
    common = [str(file), "cash", "--samples", "16"]
    assert cli.main(["explain", *common, "--json", "--quiet", "--at", "1 quarter", "--depth", "3"]) == 0
    found = json.loads(capsys.readouterr().out)
    rows = {row["name"]: row for row in found["tables"]["terms"]}
    assert rows["cash"]["depth"] == 0
    assert rows["price"]["where"].startswith(f"{file}:")
    assert int(rows["price"]["where"].rpartition(":")[2]) == 1 + file.read_text(encoding="utf-8").split('"price"')[
        0
    ].count("\n")
    assert set(found["numbers"]) == {"cash"}
    assert cli.main(["explain", *common, "--quiet"]) == 0
    assert capsys.readouterr().out.startswith("Cash at 12 months is")
    assert cli.main(["explain", *common]) == 0
    assert "What it is made of" in capsys.readouterr().out
    assert cli.main(["explain", str(file), "kash"]) == 2
    assert "did you mean `cash`" in capsys.readouterr().err


def test_a_time_between_steps_is_told_at_the_nearest(firm: leverwise.Model) -> None:
    """Six weeks lie between two months: what is told is of the first, and that is said; whole months need no word."""
    between = firm.explain("cash", samples=4, at="1.4 months")
    assert between.notes[0] == (
        "All is told at 1 month, the step nearest to 1.4 months: the model goes in steps of 1 month."
    )
    assert not any("nearest" in note for note in firm.explain("cash", samples=4, at="1 month").notes)


def test_what_follows_can_be_traced_further() -> None:
    """Most of income is rent that is written as an equation of nothing; the command that follows names what goes on."""
    model = leverwise.load(
        {
            "leverwise": 1,
            "model": "flat",
            "time": {"step": 1, "horizon": 4, "method": "euler"},
            "values": {"pull": "1 to 2"},
            "equations": {
                "fixed": "100",
                "sales": "2*pull",
                "income": "fixed + sales",
                "taken": "income*0.5",
            },
            "stocks": {"cash": {"start": 0, "change": "taken"}},
            "impact": "taken",
        }
    )
    assert model.explain("taken", samples=16, depth=2).next == "leverwise explain MODEL sales"
