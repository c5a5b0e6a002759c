"""Trust that is earned deal by deal, and members who bring members, against equations solved by scipy."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from mechanisms.models import ATELIER, CLUB, SEEDED, SMOOTH, load, numbers, ran

CREW = {
    "tasks": ["writing"], "at most": "3 people", "now": "3 people", "wage": "$1k/month", "alignment": "20 %",
    "quit": "0 %/month", "talent": 2, "span": "9 people", "managing": "2 hours/month",
}  # fmt: skip
FIXED = {
    **SMOOTH,
    "money.start": "$900k",
    "market.people": "1M people",
    "work.tasks.writing.effort": "40 hours/song",
    "market.trust": {"start": "55 %", "effect": 1.6},
    "people.star.hours": "200 hours/month",
}


@pytest.mark.parametrize(("alignment", "care"), [("20 %", 0.0), ("20 %", 60.0), ("100 %", 0.0)])
def test_trust_follows_its_equation(alignment: str, care: float) -> None:
    """Trust rises slowly to the share of kept promises and falls fast, at the pace of deals, as scipy solves it."""
    brand = {
        "gain": "10 %/month",
        "loss": "30 %/month",
        "half per person": "0.005 listens/month",
        "care half": "20 hours/month",
    }
    levers = {"name": {"brand": brand}, "crew": {"delegation": {**CREW, "alignment": alignment}}}
    model = load(ATELIER, levers, FIXED)
    watch = ["trust", "reliability", "catalogue", "recognised", "crew.effective_hours"]
    found = ran(model, watch, {"name.care": care, "crew.positions": 3})
    team = found["crew.effective_hours"][0, 0]
    own = 200 - 3 * 2 - 20 - care
    broken = team / (team + own) * (1 - float(alignment.removesuffix(" %")) / 100)
    kept = 1 - broken * 20 / (20 + care)
    assert found["reliability"][0, :48] == pytest.approx(kept, rel=1e-12)
    output = (team + own) / 40 * 2

    def change(_: float, y: np.ndarray) -> list[float]:
        trust, catalogue, known = y
        toll = 0.01 * np.exp(-1.6 * trust)
        willing = 1 / (1 + np.exp(-(0.02 - 0.004 - toll) / 0.01))
        offer = 60 * 0.02 * catalogue / (60 + 0.02 * catalogue)
        deals = known * offer * willing
        pace = deals / (deals + 0.005 * 1e6)
        moved = pace * (0.1 * max(kept - trust, 0) - 0.3 * max(trust - kept, 0))
        spread = 0.02 * willing * known * (1 - known / 1e6) - 0.03 * known
        return [moved, output - catalogue / 18, spread]

    times = found["t"][:49]
    path = solve_ivp(change, (0, 12), [0.55, 0, 20e3], t_eval=times, rtol=1e-10, atol=1e-12).y
    for name, expected in zip(("trust", "catalogue", "recognised"), path, strict=True):
        assert found[name][0, :49] == pytest.approx(expected, rel=2e-5, abs=1e-9)
    assert (kept > 0.55) == (path[0][-1] > 0.55)


def test_money_spent_on_trust_moves_nothing() -> None:
    """Without a brand trust stays what it was, to the last bit."""
    found = ran(load(ATELIER, {"crew": {"delegation": CREW}}, FIXED), ["trust"], {"crew.positions": 3})
    assert (found["trust"] == found["trust"][0, 0]).all()


def test_members_follow_their_equation() -> None:
    """Members won by hand and by money, brought by members and leaving, and those who know, as scipy solves them."""
    levers = {"club": {"network": {**SEEDED, "tending per member": "0.1 hours/person"}}}
    settings = {**FIXED, "market.members": "100 people"}
    model = load(ATELIER, levers, settings)
    watch = ["members", "recognised", "club.critical", "audience"]
    found = ran(model, watch, {"club.tending": 10, "club.seed_spending": 4000}, samples=32)
    value = {key.removeprefix("club."): x for key, x in numbers(model, 32).items()}
    willing = 1 / (1 + np.exp(-(0.016 - 0.01 * np.exp(-1.6 * 0.55)) / 0.01))
    for i in range(4):
        invite, churn, tipping = (value[name][i] for name in ("invite", "churn", "tipping"))
        rate = invite * (1 - tipping / 1e6)
        half = rate * tipping / (churn - rate)
        assert found["club.critical"][i, 0] == pytest.approx(half, rel=1e-12)

        path = solve_ivp(
            members,
            (0, 12),
            [100, 20e3],
            args=(invite, churn, half, 10 / 0.1 + 4000 / 20, willing),
            t_eval=found["t"][:49],
            rtol=1e-10,
        ).y
        assert found["members"][i, :49] == pytest.approx(path[0], rel=1e-5)
        assert found["recognised"][i, :49] == pytest.approx(path[1], rel=1e-5)
        bonus, power = value["bonus"][i], value["growth_of_value"][i]
        inside = found["members"][i]
        extra = inside * bonus * ((1 + inside / half) ** power - 1)
        assert found["audience"][i] == pytest.approx(found["recognised"][i] + extra, rel=1e-12)


def members(
    _: float, y: np.ndarray, invite: float, churn: float, half: float, seeds: float, willing: float
) -> list[float]:
    inside, known = y
    brought = invite * inside
    joined = seeds + brought * (1 - inside / 1e6) - churn * half / (inside + half) * inside
    return [joined, (brought + 0.02 * willing * known) * (1 - known / 1e6) - 0.03 * known]


@pytest.mark.parametrize(("start", "grows"), [("400 people", False), ("440 people", True)])
def test_tipping_point_is_where_the_author_says(start: str, grows: bool) -> None:
    """With a stated tipping point of 420 members 400 shrink and 440 grow, in each sample and without any effort."""
    club = {**CLUB, "tipping": "420 people"}
    model = load(ATELIER, {"club": {"network": club}}, {"market.members": start})
    found = ran(model, ["members"], samples=32)["members"]
    change = np.diff(found, axis=1)
    assert (change > 0).all() if grows else (change < 0).all()
