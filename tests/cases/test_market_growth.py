"""Forrester's market growth model (1968) against an independent integration and against what he reports.

Source: Forrester, J. W. (1968). Market growth as influenced by capital investment. Industrial Management Review 9(2),
83-105; equations 1 to 27 of its appendix, runs A to G. His curves are printed every second month.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from cases.run import path, simulate, turns

USED = ([0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4, 4.5, 5], [0, 0.25, 0.5, 0.67, 0.8, 0.87, 0.93, 0.95, 0.97, 0.98, 1])
PATIENCE = (range(11), [1, 0.97, 0.87, 0.73, 0.53, 0.38, 0.25, 0.15, 0.08, 0.03, 0.02])
EXPANSION = ([0, 0.5, 1, 1.5, 2, 2.5], [-0.07, -0.02, 0, 0.02, 0.07, 0.15])

RUNS: dict[str, dict[str, object]] = {
    "A, unlimited growth": {"market_loop": 0, "first_capacity": "100k product/month"},
    "B, growth and decline": {"market_loop": 0, "first_capacity": "100k product/month", "effectiveness_later": 0.25},
    "C, oscillation": {"sales_loop": 0},
    "D, stagnation": {},
    "E, more for selling": {"to_sales": "$13.6/product"},
    "F, capacity expansion": {"capacity_loop": 1},
    "G, the goal is tradition": {"capacity_loop": 1, "tradition_weight": 1},
}


def run(name: str) -> Any:
    return simulate("market-growth", {f"values.{key}": value for key, value in RUNS[name].items()})


def plain(value: object) -> float:
    """The number in a text such as `$13.6/product` or `100k product/month`."""
    return float(str(value).strip("$").replace("/", " ").split()[0].replace("k", "e3"))


def independent(name: str) -> dict[str, np.ndarray]:
    """The same run in plain NumPy: explicit steps of half a month, in Forrester's order of equations."""
    given = {key: plain(value) for key, value in RUNS[name].items()}
    choose = {"sales_loop": 1.0, "market_loop": 1.0, "capacity_loop": 0.0, "to_sales": 12.0, "tradition_weight": 0.0}
    choose |= {"effectiveness_later": 1.0, "first_capacity": 12e3} | given
    step, capacity, salesmen, backlog = 0.5, choose["first_capacity"], 10.0, 8000.0
    usual = capacity * np.interp(backlog / capacity, *USED)
    company = market = tradition = backlog / usual
    building: list[float] | None = None
    kept: dict[str, list[float]] = {"salesmen": [], "orders": [], "capacity": [], "market_delay": []}
    for number in range(201):
        minds = np.interp(market, *PATIENCE)
        calm = choose["effectiveness_later"] if number * step >= 36 else 1.0
        orders = (salesmen if choose["sales_loop"] else 60.0) * 400 * (minds if choose["market_loop"] else calm)
        deliveries = capacity * np.interp(backlog / capacity, *USED)
        goal = tradition * choose["tradition_weight"] + 2 * (1 - choose["tradition_weight"])
        ordered = choose["capacity_loop"] * capacity * np.interp(company / goal - 0.3, *EXPANSION)
        if building is None:
            building = [ordered * 4] * 3
        out = [level / 4 for level in building]
        for key, value in (
            ("salesmen", salesmen),
            ("orders", orders),
            ("capacity", capacity),
            ("market_delay", market),
        ):
            kept[key].append(value)
        salesmen, backlog, capacity, usual, company, market, tradition = (
            salesmen + step * (usual * choose["to_sales"] / 2000 - salesmen) / 20,
            backlog + step * (orders - deliveries),
            capacity + step * out[2],
            usual + step * (deliveries - usual),
            company + step * (backlog / usual - company) / 4,
            market + step * (company - market) / 6,
            tradition + step * (company - tradition) / 12,
        )
        flows = (ordered - out[0], out[0] - out[1], out[1] - out[2])
        building = [level + step * flow for level, flow in zip(building, flows, strict=True)]
    return {key: np.array(values) for key, values in kept.items()}


@pytest.mark.parametrize("name", RUNS)
def test_agrees_with_an_independent_integration(name: str) -> None:
    """All of Forrester's runs agree with plain NumPy at every step."""
    answer = run(name)
    for variable, values in independent(name).items():
        assert path(answer, variable) == pytest.approx(values, rel=1e-9), variable


def test_growth_without_limits() -> None:
    """Run A (figure 3) grows exponentially while capacity is ample, at the rate of the linear loop's eigenvalue."""
    salesmen = path(run("A, unlimited growth"), "salesmen")
    loop = np.array([[-1 / 20, 0, 12 / 2000 / 20], [400, -1 / 2, 0], [0, 1 / 2, -1.0]])  # salesmen, backlog, usual
    fastest = np.linalg.eigvals(np.eye(3) + 0.5 * loop).real.max()
    assert salesmen[81] / salesmen[80] == pytest.approx(fastest, rel=1e-6)
    assert fastest > 1


def test_oscillation_of_the_market_loop() -> None:
    """Run C (figure 8): the delay that the market knows peaks at six months in month 20, then swings ever less."""
    answer = run("C, oscillation")
    times, delay = np.asarray(answer.times), path(answer, "market_delay")
    found = turns(times, delay)
    assert found[0] == pytest.approx(20, abs=1)
    assert delay.max() == pytest.approx(6, abs=0.1)
    swings = np.abs(np.diff([delay[times == time][0] for time in found]))
    assert len(swings) >= 4
    assert (np.diff(swings) < 0).all()


def test_more_money_for_selling_does_not_help() -> None:
    """Runs D and E (figures 9, 10): orders peak about month 42, and with more for selling about month 36 and higher."""
    stagnation, spending = run("D, stagnation"), run("E, more for selling")
    times = np.asarray(stagnation.times)
    orders, more = path(stagnation, "orders"), path(spending, "orders")
    assert times[orders.argmax()] == pytest.approx(42, abs=2)
    assert times[more.argmax()] == pytest.approx(36, abs=2)
    assert orders.max() < more.max() < 1.1 * orders.max()
    late = times >= 60
    assert more[late].mean() == pytest.approx(orders[late].mean(), rel=0.03)
    assert path(spending, "salesmen")[-1] > 1.1 * path(stagnation, "salesmen")[-1]


def test_capacity_restores_growth() -> None:
    """Run F (figure 13): capacity first falls, then grows; orders overtake it near month 24 and last cross it at 84."""
    answer = run("F, capacity expansion")
    times, capacity, orders = np.asarray(answer.times), path(answer, "capacity"), path(answer, "orders")
    assert capacity.min() < 9000 < 30_000 < capacity[-1]
    crossings = times[np.flatnonzero(np.diff(np.sign(orders - capacity)))]
    assert crossings[0] == pytest.approx(24, abs=2)
    assert crossings[-1] == pytest.approx(84, abs=1)


def test_a_goal_of_tradition_ends_in_decline() -> None:
    """Run G (figure 14): with what was usual as the goal, the number of salesmen falls from about month 70."""
    answer = run("G, the goal is tradition")
    times, salesmen = np.asarray(answer.times), path(answer, "salesmen")
    assert times[salesmen.argmax()] == pytest.approx(70, abs=3)
    assert salesmen[-1] < 0.9 * salesmen.max()
    assert path(answer, "capacity")[-1] < 6000
