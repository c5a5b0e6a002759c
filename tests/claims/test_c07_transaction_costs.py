"""C7: trust reduces transaction costs."""

from __future__ import annotations

import numpy as np
import pytest

from claims.conftest import at_end, example

CREDIT = (("money.credit.limit", "$100k"), ("money.start", "-$20k"))


def test_tolls_hiring_and_credit_get_cheaper_with_trust() -> None:
    """As trust rises over a run, the toll, the cost of hiring and the spread of credit fall with it in every sample."""
    fixed = {"hiring cost": "$4000/person", "onboarding cost": "$1000/person", "fill time": "2 months"}
    model = example("consultancy", *((f"team.{name}", text) for name, text in fixed.items()))
    watch = ("supporters.toll", "cost_of_distrust", "trust", "team.staff", "team.recruiting")
    answer = model.simulate(samples=64, plan={"team.positions": 150}, watch=watch)
    rising = np.diff(answer.series["trust"], axis=1) > 1e-9
    assert rising.any()
    for name in ("supporters.toll", "cost_of_distrust"):
        assert (np.diff(answer.series[name], axis=1)[rising] < 0).all()
    cheaper, staff, paid = (answer.series[name] for name in ("cost_of_distrust", "team.staff", "team.recruiting"))
    expected = (4000 * cheaper + 1000) * np.maximum(0, 150 - staff) / 2
    within = answer.times < 36
    assert np.allclose(paid[:, within], expected[:, within], rtol=1e-9)
    assert cheaper.min() < 0.9


def test_the_spread_of_credit_falls_with_trust() -> None:
    """Interest on the same debt is the riskless rate plus a spread that shrinks as exp(-effect * (trust - start))."""
    model = example("consultancy", *CREDIT)
    watch = ("interest", "debt", "trust", "cost_of_distrust")
    answer = model.simulate(samples=64, watch=watch)
    riskless, rate = 0.05 / 12, 0.10 / 12
    owed = answer.series["debt"] > 1
    assert owed[:, 0].all()
    expected = (riskless + (rate - riskless) * answer.series["cost_of_distrust"]) * answer.series["debt"]
    assert np.allclose(answer.series["interest"], expected, rtol=1e-9)


@pytest.mark.parametrize(("low", "ratio"), [("0.001", 0.101), ("0.5", 0.328)])
def test_an_established_seller_earns_eight_percent_more(low: str, ratio: float) -> None:
    """With the effect ln 5 and a toll of 0.101 (0.328) of the price, full trust is worth 8.1 % more than 0 (0.5)."""
    price = 0.004
    settings = (("market.trust.effect", str(np.log(5))), ("market.toll.start", f"${ratio * price}/listen"))
    tolls = []
    for trust in (low, "1"):
        model = example("superstar", *settings, ("market.trust.start", trust))
        tolls.append(model.simulate(samples=16, watch=("supporters.toll",)).series["supporters.toll"][:, 0].mean())
    assert (tolls[0] - tolls[1]) / price == pytest.approx(0.081, abs=0.0015)


def test_the_least_trusted_bear_five_times_the_cost() -> None:
    """The effect ln 5 makes the toll without trust five times the toll under full trust."""
    settings = (("market.trust.effect", str(np.log(5))),)
    tolls = []
    for trust in ("0.001", "1"):
        model = example("superstar", *settings, ("market.trust.start", trust))
        answer = model.simulate(samples=16, off=["name"], watch=("supporters.toll",))
        tolls.append(at_end(answer, "supporters.toll").mean())
    none, full = tolls
    assert none / full == pytest.approx(5, rel=0.01)
