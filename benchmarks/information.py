"""The value of partial information: cases of which the truth is known, against nested Monte Carlo of equal error.

The choice is between nothing and X^2 - 1.5 + Y, or X + 0.7 Y + 0.3, with standard normal X and Y. The peer draws X, and
for each of them Y again and again: so many of both that its error, bias included, is no larger than ours. voiage, which
regresses on a straight line unless told otherwise, wants versions of JAX that leverwise can't be run with: it is
measured if `VOIAGE_PYTHON` names a Python that has it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from math import sqrt

import numpy as np
from scipy.stats import norm

from benchmarks.rows import Measured, Row, Toward
from benchmarks.timer import process, timed

SAMPLES = 4096
MODEL = {
    "leverwise": 1,
    "model": "two normals",
    "time": {"step": 1, "horizon": 1},
    "values": {"x": "normal(0, 1)", "y": "normal(0, 1)"},
    "impact": "x + y",
}
EDGE = sqrt(1.5)
QUADRATIC = 2 * (EDGE * norm.pdf(EDGE) - 0.5 * norm.cdf(-EDGE))
LINEAR = norm.pdf(0.3) + 0.3 * norm.cdf(0.3) - 0.3
ERRORS = 2.0
VOIAGE = """
import time, warnings
import numpy as np
warnings.simplefilter("ignore")
from voiage.methods.basic import evppi
random = np.random.default_rng(1)
x, y = random.standard_normal((2, {samples}))
benefit = np.stack([np.zeros({samples}), x**2 - 1.5 + y], axis=1)
evppi(benefit, {{"x": x}}, ["x"])
begun = time.perf_counter()
found = evppi(benefit, {{"x": x}}, ["x"])
print(time.perf_counter() - begun, found)
"""
Net = Callable[[np.ndarray, np.ndarray], np.ndarray]


def quadratic(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Impact of the second alternative, on which a straight line through x sees nothing."""
    return x**2 - 1.5 + y


def linear(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Impact of the second alternative, of which the worth of knowing x has a closed form."""
    return x + 0.7 * y + 0.3


def rows() -> Iterator[Row]:
    """The quadratic and the linear case, with draws; then voiage, if there is one."""
    for name, net, truth in (("quadratic", quadratic, QUADRATIC), ("linear", linear, LINEAR)):
        yield compared(name, net, float(truth))
    if python := os.environ.get("VOIAGE_PYTHON"):
        yield against_voiage(python)


def compared(name: str, net: Net, truth: float) -> Row:
    """One case, by regression and by nested draws."""
    ours, (value, error) = timed(lambda: regressed(net))
    outer, inner = equal(net, truth, error)
    theirs, (nested, spread) = timed(lambda: nested_draws(net, outer, inner), repeats=3)
    return Row(
        f"EVPPI of X, {name}, truth {truth:.4f}, {SAMPLES:,} samples",
        ours,
        f"{value:.4f} ± {error:.4f}",
        f"nested Monte Carlo in NumPy, {outer:,} x {inner}",
        theirs,
        f"{nested:.4f} ± {spread:.4f}",
        right=abs(value - truth) <= ERRORS * error,
        toward=Toward("information", name),
    )


def regressed(net: Net) -> tuple[float, float]:
    """leverwise: value and standard error, from draws on."""
    import leverwise
    from leverwise.ask.knowing import Choice

    draws = leverwise.load(MODEL).engine.draws(0, SAMPLES, 1)
    worth = Choice(np.stack([np.zeros(SAMPLES), net(*draws)]), draws).knowing([0])
    return worth.value, worth.error


def equal(net: Net, truth: float, error: float) -> tuple[int, int]:
    """Outer and inner draws of which bias and spread together are no larger than an error: the bias at most half of it.

    What is left of the noise of Y in the mean of the inner draws makes the better of two look better than it is.
    """
    inner = 1
    while abs(noisy(net, inner) - truth) > error / 2:
        inner *= 2
    pilot = 20_000
    spread = nested_draws(net, pilot, inner, seed=8)[1] * sqrt(pilot)
    return int(spread**2 / (0.75 * error**2)), inner


def noisy(net: Net, inner: int) -> float:
    """What nested draws come to on average, by integration over X."""
    x = np.linspace(-8, 8, 20_001)
    mean, spread = net(x, np.zeros_like(x)), float((net(np.zeros(1), np.ones(1)) - net(np.zeros(1), np.zeros(1)))[0])
    spread = abs(spread) / sqrt(inner)
    better = spread * norm.pdf(mean / spread) + mean * norm.cdf(mean / spread)
    weight = norm.pdf(x) * (x[1] - x[0])
    return float(np.sum(weight * better) - max(0.0, np.sum(weight * mean)))


def nested_draws(net: Net, outer: int, inner: int, seed: int = 1) -> tuple[float, float]:
    """Nested Monte Carlo: value and standard error."""
    random = np.random.default_rng(seed)
    x = random.standard_normal(outer)
    known = np.mean(net(x[:, None], random.standard_normal((outer, inner))), axis=1)
    gains = np.maximum(known, 0.0) - (known if np.mean(known) > 0 else 0.0)
    return float(np.mean(gains)), float(np.std(gains) / sqrt(outer))


def against_voiage(python: str) -> Row:
    """The quadratic case by voiage as it comes."""
    ours, (value, error) = timed(lambda: regressed(quadratic))
    seconds, found = process([python, "-c", VOIAGE.format(samples=SAMPLES)])[1].split()
    return Row(
        f"EVPPI of X, quadratic, truth {QUADRATIC:.4f}, {SAMPLES:,} samples",
        ours,
        f"{value:.4f} ± {error:.4f}",
        "voiage, as it comes",
        Measured((float(seconds),)),
        f"{float(found):.4f}",
        right=abs(value - QUADRATIC) <= ERRORS * error,
    )
