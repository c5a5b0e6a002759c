"""Model files through expansion and language: every alternative of every mechanism becomes a sound system."""

from __future__ import annotations

from pathlib import Path

import pytest

from leverwise import lang
from leverwise.errors import ModelError
from leverwise.lang.render import text
from leverwise.lang.system import System
from leverwise.model import load
from unit.model.texts import CREW, FEUD, LAB, PATRONAGE, singer

BRAND = "  name: {brand: {}}\n"
CLUB = "  fan club: {network: {tipping: 400 people, invite: 9 %/month, churn: 15 %/month}}\n"


def system(tmp_path: Path, text: str, **settings: str) -> System:
    path = tmp_path / "model.yaml"
    path.write_text(text, encoding="utf-8")
    return lang.build(load(path, set=settings).declarations)


@pytest.mark.parametrize(
    "lever",
    [
        CREW,
        FEUD,
        LAB,
        BRAND,
        CLUB,
        CREW.replace("alignment: 80 %", "risk aversion: 1 to 3"),
        CREW.replace("alignment: 80 %", "risk aversion: 2, effort cost: 1, measure noise: 0.5, alignment: 50 %"),
        CREW.replace("}}\n", "}, use: {0 months: 1, 6 months: 3}}\n"),
        CREW.replace("}}\n", ", now: 2}}\n"),
        CLUB.replace("}}\n", ", seed cost: $40/person, most seeding: $5k/month}}\n"),
        "  lab: {technology: {form: stream, pace: 2 %/month, multiplies: {writing.effort: 0.7, market.rate: 1.2}}}\n",
        LAB.replace("}}}", "}, staff: crew}}") + CREW,
        LAB + LAB.replace("sound lab", "second lab") + CLUB,
        "  studio: {capital: {price: $120k, life: 7 years, task: sound, saves: 40 %, seats: 2}}\n",
        "  studio: {capital: {price: $120k, rent: $2k/month, life: 7 years, task: sound, saves: 0.4, learning: 0.1}}\n",
        "  limo: {capital: {rent: $8k/month, frees: 20 hours/month, at most: 2}}\n",
        "  desk: {capital: {rent: $100/month, worker: sound engineer, speed: 20 %}}\n",
        "  media: {capital: {paid: $5/person, most spending: $20k/month}}\n",
        CREW + FEUD + LAB + BRAND + CLUB,
    ],
)
def test_levers_become_a_system(tmp_path: Path, lever: str) -> None:
    """Whatever the parameters ask for, units fit and names are known."""
    found = system(tmp_path, singer(lever) + "plan: {every: 3 months}\n")
    assert found.switches
    assert {item.switch for item in found.decisions} <= set(found.switches)
    assert "impact" not in {item.name for item in found.auxiliaries}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("copies: free", "copies: $0.001/listen"),
        ("copies: free\n  life: 18 months", "copies: each"),
        ("trust: {start: 30 %}", "trust: {kept: 12, broken: 3}"),
        ("trust: {start: 30 %}", "trust: {kept: 12}"),
        ("overhead: $4k/month", "overhead: $4k/month, income: $1k/month, credit: {limit: $50k, rate: 12 %/year}"),
        ("price: $0.004/listen", "price: $0.004/listen\n  members: 200"),
        ("  chores: 60 hours/month\n", ""),
        ("writing: {effort", "writing: {weight: 0.8, effort"),
    ],
)
def test_enterprises_become_a_system(tmp_path: Path, old: str, new: str) -> None:
    """Each way to describe the work, the market and the money is a sound system too."""
    text = singer(CREW, BRAND)
    text = text.replace(old, new)
    if "copies: each" in new:
        text = text.replace("units: [song, listen]", "units: [song]").replace(
            "listens/month/person/song", "songs/month/person"
        )
        text = text.replace("listens", "songs").replace("listen", "song")
    assert system(tmp_path, text).impact_unit.text


def test_a_mechanism_of_ones_own_becomes_equations(tmp_path: Path) -> None:
    """A user's own file goes the whole way, and its stock is switched with the lever."""
    (tmp_path / "patronage.yaml").write_text(PATRONAGE)
    found = system(tmp_path, singer("  friends: {patronage: {gift: $20/month, mood: fickle}}\n", CREW))
    assert "friends.patrons" in {item.name for item in found.stocks}
    assert next(item for item in found.values if item.name == "friends.gift").unit.factor == 1


def test_the_plain_layer_extends_a_model_with_levers(tmp_path: Path) -> None:
    """Values, stocks and equations of the author's may use the levers' variables, and the impact too."""
    text = singer(CREW, LAB).replace("levers:", "values: {joy: 2 to 3}\nlevers:")
    text += (
        "equations: {team: crew.staff, made: output}\nstocks: {fame: {start: 0 listen, change: deals*joy*crew.on}}\n"
    )
    text += "impact: deals*joy\n"
    found = system(tmp_path, text)
    assert {"fame"} <= {item.name for item in found.stocks}
    assert "team" in found.record


def test_what_the_language_refuses_stands_at_the_setting(tmp_path: Path) -> None:
    """A wrong unit given by `--set` is shown there, not in the file."""
    with pytest.raises(ModelError) as caught:
        system(tmp_path, singer(CREW), **{"crew.wage": "5 hours"})
    at = caught.value.problems[0].at
    assert at is not None
    assert at.file == "--set crew.wage=5 hours"


def test_a_text_over_lines_is_marked_where_it_is_wrong(tmp_path: Path) -> None:
    """The third line of a folded expression is the place of a mistake in it."""
    text = singer(CREW) + "equations:\n  odd: >-\n    deals\n      + deals\n      + unknown_thing\n"
    with pytest.raises(ModelError) as caught:
        system(tmp_path, text)
    at = caught.value.problems[0].at
    assert at is not None
    lines = text.split("\n")
    assert lines[at.line - 1][at.column - 1 :].startswith("unknown_thing")


def test_rules_between_parameters(tmp_path: Path) -> None:
    """A network without a tipping point is refused; one that may lack it in some draws is a warning."""
    wrong = CLUB.replace("invite: 9 %", "invite: 19 %")
    with pytest.raises(ModelError, match="`churn` must exceed `invite`"):
        system(tmp_path, singer(wrong))
    path = tmp_path / "close.yaml"
    path.write_text(singer(CLUB.replace("invite: 9 %/month", "invite: 9 to 16 %/month")))
    assert any("churn" in warning for warning in load(path).warnings)
    path.write_text(singer(CLUB))
    assert load(path).warnings == ()


GRANT = """mechanism: grant
about: Money from a foundation.
parameters:
  gift: {unit: $/month, required: true, low: 0, about: What it gives.}
contributes:
  - {to: other_income, is: gift}
"""


def test_a_lever_may_bring_money(tmp_path: Path) -> None:
    """What goes to `other_income` comes into the cash, and may be spent at once."""
    (tmp_path / "grant.yaml").write_text(GRANT)
    found = system(tmp_path, singer("  foundation: {grant: {gift: $3k/month}}\n"))
    income = next(item for item in found.auxiliaries if item.name == "other_income")
    assert "foundation.gift" in text(income.value)
    for name in ("money_in_hand", "net_income"):
        assert "other_income" in text(next(item for item in found.auxiliaries if item.name == name).value)
    assert text(next(item for item in found.stocks if item.name == "cash").change) == "net_income"


def test_units_may_be_declared_in_the_plural(tmp_path: Path) -> None:
    """`units: [songs, listens]` is the same model."""
    found = system(tmp_path, singer().replace("[song, listen]", "[songs, listens]"))
    assert {item.name for item in found.auxiliaries} >= {"output", "deals"}


def test_the_tail_that_nobody_stated_is_rounded_up(tmp_path: Path) -> None:
    """A year is no whole number of weeks, so 53 of them."""
    weeks = singer().replace("step: 0.5 months, horizon: 24 months, tail: 12 months", "step: 1 week, horizon: 52 weeks")
    clock = system(tmp_path, weeks).clock
    assert (clock.steps, clock.tail) == (52, 53)
