"""C11: polarisation earns what money can't buy."""

from __future__ import annotations

import numpy as np
import pytest

from claims.conftest import example, impact

FIXED = (("market.people", "6.3M"), ("feud.reach", "200 people/hour"))
HOURLY = 100.0


def test_an_hour_of_performance_tells_more_people_than_its_money() -> None:
    """Valued at $100, an hour of publicity reaches more people for a dollar than paid media does."""
    model = example("superstar", *FIXED)
    plan = {"feud.publicity": 20, "feud.polarisation": 1, "media.spent": 20 * HOURLY}
    answer = model.simulate(samples=64, plan=plan, watch=("feud.earned", "media.reached"))
    early = 3
    earned, paid = (answer.series[name][:, early].mean() / (20 * HOURLY) for name in ("feud.earned", "media.reached"))
    assert earned > 5 * paid
    assert 0.1 < paid < 0.2001


def test_out_group_words_raise_sharing_by_two_thirds() -> None:
    """Full polarisation multiplies what an hour earns by 1.67."""
    model = example("superstar", *FIXED, ("feud.lift", "1.67"))
    runs = []
    for p in (0, 1):
        plan = {"feud.publicity": 20, "feud.polarisation": p}
        runs.append(model.simulate(samples=16, plan=plan, watch=("feud.earned",)).series["feud.earned"][:, 1])
    assert np.allclose(runs[1] / runs[0], 1.67)


def test_the_camps_split() -> None:
    """Polarisation moves supporters for and opponents against, and their trust parts."""
    watch = ("supporters.camp_trust", "opponents.camp_trust", "feud.friendly", "feud.hostile")
    plan = {"feud.publicity": 30, "feud.polarisation": 1}
    answer = example("superstar", *FIXED).simulate(samples=128, plan=plan, watch=watch)
    assert (answer.series["feud.friendly"][:, 40] > 0.3).all()
    assert (answer.series["feud.hostile"][:, 40] < -0.3).all()
    steps = 72
    gap = answer.series["supporters.camp_trust"][:, steps] - answer.series["opponents.camp_trust"][:, steps]
    assert (gap > 0.05).all()


def best_polarisation(share_known: float) -> float:
    model = example("superstar", *FIXED, ("market.recognise", str(int(share_known * 6.3e6))))
    grid = np.linspace(0, 1, 3)
    return float(
        grid[np.argmax([impact(model, samples=256, plan={"feud.publicity": 20, "feud.polarisation": p}) for p in grid])]
    )


def test_the_unknown_should_polarise_the_established_should_not() -> None:
    """The best polarisation is full while few know you, and none once a fifth of the market does."""
    assert best_polarisation(0.01) == 1
    assert best_polarisation(0.2) == 0


def test_an_established_name_loses_a_seventh_of_its_deals() -> None:
    """Once the camps are fully moved, what they want together is about 14 % less than before."""
    model = example("superstar", *FIXED, ("feud.half hours", "0.1 hour/month"), ("feud.memory", "1 month"))
    watch = ("supporters.appeal", "opponents.appeal", "supporters.share", "opponents.share")
    plan = {"feud.publicity": 60, "feud.polarisation": 1}
    found = model.simulate(samples=512, plan=plan, watch=watch).series
    appeal = sum(found[f"{camp}.appeal"] * found[f"{camp}.share"] for camp in ("supporters", "opponents"))
    assert appeal[:, 60].mean() == pytest.approx(0.86, abs=0.015)
