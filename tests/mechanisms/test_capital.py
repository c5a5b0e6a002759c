"""What money buys: machines that last their life, learned prices, seats, speed and paid publicity."""

from __future__ import annotations

import numpy as np
import pytest

from mechanisms.models import ATELIER, MACHINE, MEDIA, WORKSHOP, load, numbers, ran

QUIET = {"money.start": "$900k", "money.overhead": "$0/month", "market.price": "$0/listen"}


def test_a_machine_is_in_service_for_its_life_and_no_longer() -> None:
    """Two machines that last 3.2 months serve 6.4 machine-months in all, although steps are half a month."""
    machine = {**MACHINE, "life": "3.2 months"}
    model = load(
        ATELIER,
        {"machine": {"capital": machine}},
        {**QUIET, "stocks": {"service": {"start": "0 months", "change": "machine.owned"}}},
    )
    found = ran(model, ["service", "machine.owned"], {"machine.bought": [1, 0, 1]})
    assert found["service"][:, -1] == pytest.approx(6.4, rel=1e-12)
    owned = found["machine.owned"][0]
    assert set(np.round(owned, 12)) <= {0.0, 1.0, *np.round(owned[(owned > 0) & (owned < 1)], 12)}


def test_a_machine_comes_after_its_delivery_and_lasts_its_life() -> None:
    """Paid at once, in use only after the lead time, and from then on as long as one that comes at once."""
    machine = {**MACHINE, "life": "3.2 months", "delivery": "1.3 months"}
    model = load(
        ATELIER,
        {"machine": {"capital": machine}},
        {**QUIET, "stocks": {"service": {"start": "0 months", "change": "machine.owned"}}},
    )
    found = ran(model, ["service", "machine.owned", "cash"], {"machine.bought": [1, 0, 0]})
    assert found["service"][:, -1] == pytest.approx(3.2, rel=1e-12)
    assert found["machine.owned"][0][:4] == pytest.approx([0, 0, 0.4, 1], abs=1e-9)
    assert found["cash"][0][1:] == pytest.approx(870e3, rel=1e-12)


def test_a_purchase_is_paid_once() -> None:
    """With no income a machine leaves the cash lower by its price, in the step in which it is bought, once."""
    model = load(ATELIER, {"machine": {"capital": MACHINE}}, QUIET)
    cash = ran(model, ["cash"], {"machine.bought": [0, 1, 0]})["cash"][0]
    assert cash[:5] == pytest.approx(900e3, rel=1e-12)
    assert cash[5:] == pytest.approx(870e3, rel=1e-12)


def test_a_purchase_that_there_is_money_for_is_bought_whole() -> None:
    """$30k out of $50k buys one machine, not a part of one."""
    model = load(ATELIER, {"machine": {"capital": MACHINE}}, {**QUIET, "money.start": "$50k"})
    found = ran(model, ["cash", "machine.owned"], {"machine.bought": [1, 0, 0]})
    assert found["machine.owned"][:, 1] == pytest.approx(1, rel=1e-12)
    assert found["cash"][:, -1] == pytest.approx(20e3, rel=1e-12)


def test_an_order_without_money_shrinks_all_units_alike() -> None:
    """Of $50k a first machine of $30k is paid, of a second two thirds: both that work count as five sixths of one."""
    model = load(ATELIER, {"machine": {"capital": MACHINE}}, {**QUIET, "money.start": "$50k"})
    plan = {"machine.bought": [1, 1, 0]}
    found = ran(model, ["machine.owned"], plan)["machine.owned"]
    assert found[:, 1] == pytest.approx(1, rel=1e-12)
    assert found[:, 5] == pytest.approx(2 * 5 / 6, rel=1e-12)
    assert any("there is less of money" in warning for warning in model.simulate(samples=16, plan=plan).warnings)


def test_learned_prices_follow_wright() -> None:
    """The n-th unit costs the first's price times n to the power of log2(1 - learning)."""
    jig = {"price": "$9k", "life": "30 months", "frees": "1 hour/month", "learning": "20 %", "at most": 9}
    model = load(WORKSHOP, {"jig": {"capital": jig}}, {"money.start": "$800k"})
    found = ran(model, ["jig.unit_price", "jig.ordered"], {"jig.bought": [1, 2, 5]})
    n = 1 + found["jig.ordered"][0, [0, 4, 8, -1]]
    assert n == pytest.approx([1, 2, 4, 9])
    prices = found["jig.unit_price"][0, [0, 4, 8, -1]]
    assert prices == pytest.approx(9000 * n ** np.log2(0.8), rel=1e-12)
    assert prices[:3] == pytest.approx([9000, 7200, 5760], rel=1e-12)


def test_learned_prices_are_what_is_paid() -> None:
    """Three units bought one by one cost $9,000, $7,200 and 9000 * 3^log2(0.8)."""
    jig = {"price": "$9k", "life": "30 months", "frees": "1 hour/month", "learning": "20 %", "at most": 9}
    model = load(
        WORKSHOP,
        {"jig": {"capital": jig}},
        {"money.start": "$800k", "stocks": {"paid": {"start": "$0", "change": "jig.purchases"}}},
    )
    paid = ran(model, ["paid"], {"jig.bought": [1, 1, 1]})["paid"][0]
    steps = np.diff(paid)[[0, 4, 8]]
    assert steps == pytest.approx(9000 * np.array([1, 2, 3.0]) ** np.log2(0.8), rel=1e-9)


def test_paid_media_has_logarithmic_returns() -> None:
    """Spending x reaches (scale/cost) ln(1 + x/scale) people, in each sample."""
    model = load(ATELIER, {"media": {"capital": {**MEDIA, "scale": "5k to 20k $/month"}}})
    x = np.repeat([1e3, 10e3, 40e3], 4)
    found = ran(model, ["media.reached"], {"media.spent": [1e3, 10e3, 40e3]}, samples=32)["media.reached"][:, :12]
    scale = numbers(model, 32)["media.scale"][:, None]
    assert found == pytest.approx(scale / 5 * np.log1p(x / scale), rel=1e-12)


def test_seats_and_speed_that_money_adds() -> None:
    """A bench adds a seat, and a saw speeds the joiner up by its share."""
    levers = {
        "bench": {"capital": {"rent": "$300/month", "task": "paint", "seats": "1 person", "at most": 3}},
        "saw": {"capital": {"rent": "$200/month", "worker": "joiner", "speed": "20 %"}},
    }
    model = load(WORKSHOP, levers)
    found = ran(model, ["paint.seats", "joiner.worker_hours"], {"bench.rented": [0, 1, 3], "saw.rented": [0, 1, 1]})
    assert found["paint.seats"][0, [0, 4, 8]] == pytest.approx([2, 3, 5])
    assert found["joiner.worker_hours"][0, [0, 4, 8]] == pytest.approx([160, 192, 192])
