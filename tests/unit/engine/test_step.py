"""Stepping in time, against closed forms."""

from __future__ import annotations

import math

import numpy as np
import pytest

from leverwise.engine import Engine
from leverwise.lang.system import System
from unit.engine.systems import auxiliary, call, constant, decision, drawn, stock, system

ONE = np.zeros(1)


def last(model: System, name: str, **how: object) -> float:
    """The value of a variable at the end, in the one sample of a model without draws."""
    return float(Engine(model).simulate(1, **how).trajectories[name][0, -1])  # type: ignore[arg-type]


def path(model: System, name: str, **how: object) -> np.ndarray:
    """The values of a variable at all times."""
    return np.asarray(Engine(model).simulate(1, **how).trajectories[name][0])  # type: ignore[arg-type]


@pytest.mark.parametrize(("method", "order"), [("euler", 1), ("heun", 2), ("rk4", 4)])
def test_order_of_convergence(method: str, order: int) -> None:
    """Halving the step divides the error of exponential decay by 2 to the method's order."""

    def error(steps: int) -> float:
        decay = stock("x", 1.0, call("neg", "x"))
        return abs(last(system(stocks=[decay], step=2 / steps, steps=steps, method=method), "x") - math.exp(-2))

    assert error(20) / error(40) == pytest.approx(2**order, rel=0.12)


@pytest.mark.parametrize("method", ["heun", "rk4"])
def test_time_dependent_rate(method: str) -> None:
    """A rate that depends on the time alone is integrated at the stages' own times."""
    ramp = stock("x", 0.0, call("mul", 3.0, "t"))
    assert last(system(stocks=[ramp], step=0.5, steps=8, method=method), "x") == pytest.approx(1.5 * 16, rel=1e-12)


def test_logistic_growth() -> None:
    """Logistic growth follows its closed form."""
    grow = stock("x", 0.1, call("mul", "x", call("sub", 1.0, "x")))
    exact = 1 / (1 + 9 * math.exp(-5))
    assert last(system(stocks=[grow], step=0.05, steps=100, method="rk4"), "x") == pytest.approx(exact, rel=1e-7)


def test_oscillator_keeps_its_energy() -> None:
    """With RK4 a harmonic oscillator loses next to no energy in ten periods."""
    stocks = [stock("x", 1.0, "v"), stock("v", 0.0, call("neg", "x"))]
    steps = 1000
    model = system(stocks=stocks, step=20 * math.pi / steps, steps=steps, method="rk4")
    result = Engine(model).simulate(1)
    energy = result.trajectories["x"][0] ** 2 + result.trajectories["v"][0] ** 2
    assert np.abs(energy - 1).max() < 1e-5


def test_euler_impact_is_a_sum() -> None:
    """With Euler and step 1 the impact is the discounted sum over t = 0 ... T-1, plus the final value."""
    model = system(impact=call("add", 1.0, "t"), method="euler", steps=30, final=call("add", 7.0, 0.0), discount=0.03)
    expected = sum((1 + t) * math.exp(-0.03 * t) for t in range(30)) + 7 * math.exp(-0.9)
    assert Engine(model).measures(np.zeros((0, 1)), ONE)[0, 0] == pytest.approx(expected, rel=1e-12)


def test_discounting_is_continuous() -> None:
    """A constant rate of impact is worth (1 - exp(-rT))/r."""
    model = system(impact=1.0, step=0.1, steps=200, discount=0.05, method="rk4")
    assert Engine(model).measures(np.zeros((0, 1)), ONE)[0, 0] == pytest.approx((1 - math.exp(-1)) / 0.05, rel=1e-9)


def test_bounds_hold_and_warn() -> None:
    """A stock is held at its least value, and the warning says where, when and how often."""
    fall = stock("cash", 2.5, -1.0, low=0.0)
    result = Engine(system(stocks=[fall], steps=5)).simulate(40)
    assert np.allclose(result.trajectories["cash"][0], [2.5, 1.5, 0.5, 0, 0, 0])
    (warning,) = result.warnings
    assert "`cash` went below its least value 0" in warning
    assert "time 3, in 40 of 40 samples" in warning


def test_warnings_tell_of_the_samples_asked_alone() -> None:
    """With one sample, the time at which a bound is passed is that sample's, though others pass it earlier."""
    growing = system(values=[drawn("z", "uniform", (0.0, 1.0))], stocks=[stock("x", 0.0, "z", high=30.0)], steps=100)
    engine = Engine(growing)
    passed = math.ceil(30.0 / engine.draws(0, 1, 0)[0, 0])
    assert passed > 32
    assert any(f"first at time {passed}, in 1 of 1 sample" in each for each in engine.simulate(1).warnings)


def test_lost_numbers_warn() -> None:
    """A stock that stops being a number is named with the time, and only the samples concerned are counted."""
    bad = auxiliary("bad", call("if", call("gt", "z", 0.0), call("div", 1.0, call("sub", 3.0, "t")), 1.0))
    model = system(stocks=[stock("x", 0.0, "bad")], auxiliaries=[bad], values=[drawn("z")], method="euler", steps=6)
    result = Engine(model).simulate(800)
    lost = int((Engine(model).draws(0, 800, 0) > 0).sum())
    assert any(f"`x` stops being a finite number at time 4, in {lost} of 800" in w for w in result.warnings)


def test_extremes() -> None:
    """Running extremes see all steps, the last time included."""
    wave = auxiliary("wave", call("cos", "t"))
    stocks = [
        stock("least", "wave", "wave", kind="lowest"),
        stock("most", "wave", "wave", kind="highest"),
    ]
    model = system(stocks=stocks, auxiliaries=[wave], steps=9, measures=[("low", "least"), ("high", "most")])
    values = np.cos(np.arange(10))
    assert np.allclose(path(model, "least"), np.minimum.accumulate(values))
    measured = Engine(model).measures(np.zeros((0, 1)), ONE)[:, 0]
    assert np.allclose(measured[1:], [values.min(), values.max()])


def test_rising_extreme_at_the_end() -> None:
    """The highest of something that rises to the end is its value at the end."""
    model = system(stocks=[stock("most", "t", "t", kind="highest")], steps=4, measures=[("high", "most")])
    assert Engine(model).measures(np.zeros((0, 1)), ONE)[1, 0] == 4


@pytest.mark.parametrize("method", ["euler", "heun", "rk4"])
@pytest.mark.parametrize("lag", [3.0, 2.5, 0.5])
def test_fixed_delay(method: str, lag: float) -> None:
    """A fixed delay gives the start value, then the input a lag ago (linear between steps)."""
    late = auxiliary("late", call("delay_fixed", call("add", "t", 10.0), static=("k", lag, -1.0)))
    times = np.arange(13.0)
    expected = np.where(times < lag, -1.0, times - lag + 10)
    assert np.allclose(path(system(auxiliaries=[late], steps=12, method=method), "late"), expected)


def test_delay_within_stages() -> None:
    """The integral of a delayed ramp is exact with Heun, since stages see the delay at their own times."""
    flow = stock("x", 0.0, call("delay_fixed", "t", static=("k", 2.0, 0.0)))
    assert last(system(stocks=[flow], steps=10), "x") == pytest.approx(0.5 * 8**2)


@pytest.mark.parametrize("method", ["euler", "heun", "rk4"])
def test_crossing_is_smeared_exactly(method: str) -> None:
    """A switch at any time between steps acts for exactly the rest of the run."""
    for when in (3.0, 3.3, 5.85):
        flow = stock("x", 0.0, call("crossed", "t", "when", 1.0))
        model = system(stocks=[flow], values=[constant("when", when)], steps=10, method=method)
        assert last(model, "x") == pytest.approx(10 - when, rel=1e-12 if method != "rk4" else 0.02)


def test_crossing_without_motion() -> None:
    """Where nothing moves, crossed is a plain comparison."""
    sides = [auxiliary("above", call("crossed", 2.0, 1.0, 0.0)), auxiliary("below", call("crossed", 0.5, 1.0, -1.0))]
    model = system(auxiliaries=sides, steps=1)
    assert path(model, "above").tolist() == [1, 1]
    assert path(model, "below").tolist() == [0, 0]


@pytest.mark.parametrize("method", ["euler", "heun", "rk4"])
@pytest.mark.parametrize("constant_life", [True, False])
def test_in_service(method: str, constant_life: bool) -> None:
    """A purchase serves exactly as long as its life, from the start of its period on."""
    life = "life" if constant_life else call("add", "life", call("mul", 0.0, "t"))
    use = stock("used", 0.0, call("in_service", life, static=("buy",)))
    model = system(stocks=[use], values=[constant("life", 3.7)], decisions=[decision("buy", 4, 3)], steps=12, tail=3,
                   method=method)  # fmt: skip
    engine = Engine(model)
    plan = engine.schedule({"buy": [2, 0, 1, 0]})
    used = engine.simulate(1, decisions=plan).trajectories["used"][0]
    assert used[-1] == pytest.approx(3 * 3.7)
    assert used[:7] == pytest.approx([0, 2, 4, 6, 7.4, 7.4, 7.4])


def test_at_start() -> None:
    """A lump is spent in the first step of its period: the integral is the sum of the decisions."""
    spend = stock("spent", 0.0, call("at_start", static=("buy",)))
    model = system(stocks=[spend], decisions=[decision("buy", 3, 4)], step=0.25, steps=12)
    engine = Engine(model)
    spent = engine.simulate(1, decisions=engine.schedule({"buy": [5, 0, 7]})).trajectories["spent"][0]
    assert spent[[0, 1, 4, 8, 9, 12]] == pytest.approx([0, 5, 5, 5, 12, 12])


@pytest.mark.parametrize(("after", "end"), [("zero", 6.0), ("hold", 6.0 + 2 * 2.0)])
def test_tail(after: str, end: float) -> None:
    """After the horizon a decision is zero, or held if it says so."""
    model = system(
        stocks=[stock("x", 0.0, "d")], decisions=[decision("d", 2, 2, after=after)], steps=4, tail=2, method="heun"
    )
    engine = Engine(model)
    assert engine.simulate(1, decisions=engine.schedule({"d": [1, 2]})).trajectories["x"][0, -1] == end


def test_switch_turns_decisions_off() -> None:
    """A lever that is off has decisions of zero, and its name reads 0."""
    model = system(
        stocks=[stock("x", 0.0, call("add", "d", call("mul", 10.0, "lever.on")))],
        decisions=[decision("d", 1, 4, start=1.0, switch="lever")],
        switches=("lever",),
        steps=4,
    )
    assert last(model, "x") == 44
    assert last(model, "x", switches={"lever": False}) == 0


def test_nudges() -> None:
    """A nudged stock gets its amount once, a nudged capacity its rate through the period."""
    model = system(
        stocks=[stock("cash", 0.0, "hours", nudge="money")],
        auxiliaries=[auxiliary("hours", 1.0)],
        decisions=[decision("d", 3, 4)],
        capacities=(("time", "hours"),),
        steps=12,
        tail=2,
    )
    engine = Engine(model)
    assert engine.resources == ("money", "time")
    assert engine.periods == 3
    assert engine.period_starts.tolist() == [0, 4, 8]
    nudges = np.array([[0, 100, 0], [0, 0, 0.5]])
    cash = engine.simulate(1, nudges=nudges).trajectories["cash"][0]
    assert cash[[0, 3, 4, 8, 12, 14]] == pytest.approx([0, 3, 104, 108, 114, 116])


def test_series_between_points() -> None:
    """Tables are linear between points and flat outside, whether short or long."""
    xs = np.linspace(0, 10, 41)
    ys = np.sin(xs)
    tables = [
        auxiliary("long", call("interpolate", call("sub", "t", 1.0), static=(tuple(xs), tuple(ys)))),
        auxiliary("short", call("interpolate", call("sub", "t", 1.0), static=(tuple(xs[::10]), tuple(ys[::10])))),
    ]
    model = system(auxiliaries=tables, step=0.7, steps=19)
    at = np.arange(20) * 0.7 - 1
    assert path(model, "long") == pytest.approx(np.interp(at, xs, ys))
    assert path(model, "short") == pytest.approx(np.interp(at, xs[::10], ys[::10]))


def test_half_step() -> None:
    """The half-step engine has the same horizon, periods and answer, nearly."""
    model = system(stocks=[stock("x", 1.0, call("mul", -0.3, "x"))], decisions=[decision("d", 2, 3)], steps=6, tail=2)
    engine, half = Engine(model), Engine(model).with_clock(0.5)
    assert half.decisions == engine.decisions
    assert half.layout.times[-1] == engine.layout.times[-1]
    ends = [e.simulate(1).trajectories["x"][0, -1] - math.exp(-2.4) for e in (engine, half)]
    assert abs(ends[1]) < abs(ends[0]) / 3


def test_float32() -> None:
    """Single precision gives the same answer to its own accuracy."""
    model = system(stocks=[stock("x", 1.0, call("neg", "x"))], impact="x", step=0.1, steps=20, values=[drawn("z")])
    result = Engine(model, "float32").simulate(50)
    assert result.trajectories["x"].dtype == np.float32
    assert result.measures["impact"] == pytest.approx(Engine(model).simulate(50).measures["impact"], rel=1e-5)
