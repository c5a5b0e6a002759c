"""What an enterprise is said to be short of agrees with what binds, and advice with what it brings."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import leverwise
from leverwise.ask.regime import Binding, Hire, regime
from leverwise.ask.regime import hires as hires_of
from leverwise.ask.resources import Resource
from leverwise.lang.system import Unit
from unit.ask.test_questions import SHOP

CASH = Resource("cash", 0, "cash", Unit("$", 1.0, (("money", 1),)), "stock")
HOURS = Resource("hours", 1, "hours_available", Unit("hour"), "flow")
FANS = Resource("recognised", 2, "recognised", Unit("person"), "stock")
WOOD = Resource("wood_stock", 3, "wood_stock", Unit("m3"), "stock")
ALL = (CASH, HOURS, FANS, WOOD)


def binding(hires: tuple[Hire, ...] = (), cash_gain: float = 0.0, **chances: float) -> Binding:
    """What binds how often; what is not named never does."""
    gains = {resource.name: 10 * chances.get(resource.name, 0.0) for resource in ALL}
    return Binding(ALL, {r.name: chances.get(r.name, 0.0) for r in ALL}, gains | {"cash": cash_gain}, hires)


@pytest.mark.parametrize(
    ("chances", "said"),
    [
        ({"recognised": 0.6, "hours": 0.4}, "short of demand"),
        ({"hours": 0.6, "recognised": 0.4}, "rich in money and short of talent"),
        ({"hours": 0.6, "cash": 0.4}, "poor in money and short of talent"),
        ({"cash": 1.0}, "poor in money and rich in talent"),
        ({"cash": 0.7, "hours": 0.3}, "poor in money and short of talent, too"),
        ({"wood_stock": 0.9}, "short of wood stock"),
    ],
)
def test_the_regime_is_that_of_what_binds_most_often(chances: dict[str, float], said: str) -> None:
    """Whatever else is short: the words name the kind of the resource that the headline names."""
    assert regime(binding(**chances))[0] == said


def test_money_that_brings_a_tenth_of_the_best_is_short() -> None:
    """One per cent more money brings a ninth of what the best resource brings, or a twentieth."""
    assert regime(binding(recognised=0.9, cash_gain=1.0))[0] == "short of demand and poor in money"
    assert regime(binding(recognised=0.9, cash_gain=0.45))[0] == "short of demand"


def test_money_that_is_short_by_the_sum_is_short() -> None:
    """A dollar is worth nothing, but a sum adds a fifth to impact, or a twentieth, and then nobody is called rich."""
    time = binding(hours=1.0)
    assert regime(replace(time, lumps=0.2))[0] == "poor in money and short of talent"
    assert regime(replace(time, lumps=0.05))[0] == "short of talent"
    assert regime(time)[0] == "rich in money and short of talent"


def test_where_demand_alone_binds_nobody_is_told_to_delegate() -> None:
    """Hours that bind in a twentieth of all times: more hands would not help, and who would lose something is named."""
    idle = regime(binding((), recognised=0.95, hours=0.05))[1]
    assert idle == "publicity, trust or a community would bring more buyers; more hands would not help now"
    losing = regime(binding((Hire("crew", -9, "$", 100),), recognised=0.95, hours=0.05))[1]
    assert losing.endswith("more hands would not help now: one more person in crew throughout would lose $9")


def test_a_hire_that_adds_to_impact_is_never_said_to_be_of_no_help() -> None:
    """Slopes see the next per cent alone; a whole person may be another matter, and then it is told."""
    advice = regime(binding((Hire("crew", 9, "$", 100),), recognised=0.95, hours=0.05))[1]
    assert advice.endswith("even so, one more person in crew throughout would add $9")
    assert "would not help" not in advice


def test_little_is_called_little() -> None:
    """Less than a hundredth of impact is neither a gain nor a loss."""
    for adds in (0.9, 0.0, -0.9):
        assert str(Hire("crew", adds, "$", 100)) == "one more person in crew throughout would change little"


def test_where_hours_bind_beside_demand_it_is_told_how_often() -> None:
    """A helper is of use in those times only, and said to be so."""
    advice = regime(binding(recognised=0.6, hours=0.39))[1]
    assert "more hands help only where time binds (39 % of all" in advice


def test_a_hire_is_advised_only_if_it_adds_something() -> None:
    """Who adds is to be hired, who loses is not, and both are told."""
    dear, cheap = Hire("partner", -9000, "$"), Hire("clerk", 4000, "$")
    both = regime(binding((cheap, dear), hours=1.0))[1]
    assert "delegate: one more person in clerk throughout would add $4k" in both
    assert "but one more person in partner throughout would lose $9k" in both
    alone = regime(binding((dear,), hours=1.0))[1]
    assert "do not delegate as things are: one more person in partner" in alone


PRACTICE: dict[str, Any] = {
    "leverwise": 1,
    "model": "practice",
    "units": ["session"],
    "time": {"step": "1 month", "horizon": "6 months", "tail": "0 months"},
    "money": {"start": "$90k"},
    "principal": "jo",
    "people": {"jo": {"hours": "160 hours/month", "talent": {"treating": 1}}},
    "work": {"makes": "session", "copies": "each", "tasks": {"treating": {"effort": "1 hour/session", "seats": 4}}},
    "market": {
        "people": "10k",
        "recognise": 400,
        "forget": "1 %/month",
        "word of mouth": "1 %/month",
        "rate": "0.2 to 0.3 sessions/month/person",
        "most": "4 sessions/month/person",
        "worth": {"mean": "$90/session", "spread": "$25/session"},
        "price": "$65/session",
        "toll": {"start": "$30/session"},
        "trust": {"start": "45 %"},
    },
    "levers": {
        "helper": {
            "delegation": {"tasks": ["treating"], "at most": "2 people", "wage": "$4k/month", "alignment": "80 %"}
        }
    },
    "impact": "net_income",
}


def test_one_more_person_adds_what_two_runs_differ_by() -> None:
    """The same difference as between runs of two plans; who is at the most already can not be one more."""
    model = leverwise.load(PRACTICE, set={"market.recognise": 9000})
    draws, index = np.asarray(model.engine.draws(0, 64, 0)), np.arange(64)
    (hire,) = hires_of(model.engine, model.system, model.levers, (draws, index, np.ones(1)), 0)
    made = [model.simulate(64, plan={"helper.positions": n}).numbers["impact"].mean for n in (1, 2)]
    assert hire.adds == pytest.approx(made[1] - made[0], rel=1e-6)
    assert hires_of(model.engine, model.system, model.levers, (draws, index, np.full(1, 2.0)), 0) == ()


@pytest.mark.parametrize(("known", "short"), [(50, "short of demand"), (9000, "short of talent")])
def test_the_note_agrees_with_the_headline(known: int, short: str) -> None:
    """With few who know her demand binds; with thousands, her hours."""
    answer = leverwise.load(PRACTICE, set={"market.recognise": known}).diagnose(samples=64)
    note = next(note for note in answer.notes if note.startswith("The enterprise is"))
    assert short in note
    assert ("people who recognise you" in answer.headline) == (short == "short of demand")
    assert ("more hands would not help now" in note) == (short == "short of demand")
    assert "one more person in helper throughout would" in note
    assert ("delegate: " in note) == (short == "short of talent")


def test_a_plain_model_is_no_enterprise() -> None:
    """A system of stocks without a principal is told of its bottleneck, and of no payroll."""
    assert not any("enterprise" in note for note in leverwise.load(SHOP).diagnose(samples=64).notes)


def test_both_questions_tell_one_share_that_is_not_sold() -> None:
    """The slopes are taken of few samples, but what is sold is counted in those of `simulate`."""
    model = leverwise.load(PRACTICE, set={"market.rate": "0.02 to 0.9 sessions/month/person"})
    said = [[n for n in a.notes if "finds no buyer" in n] for a in (model.simulate(), model.diagnose())]
    assert said[0]
    assert said[0] == said[1]
