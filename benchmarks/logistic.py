"""Noisy logistic growth, against the same equations and the same method in NumPy.

NumPy draws its own numbers, so the means agree within their standard errors only. It works on blocks of samples that
stay in the cache, which is its faster way. It has one thread; so leverwise is measured with one and with all.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from math import sqrt
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.models import MONTHS, RATE, RATE_SD, ROOM, SHAKE, noisy_growth
from benchmarks.rows import Limit, Row, Toward
from benchmarks.timer import timed

if TYPE_CHECKING:
    from leverwise.engine import Engine

SAMPLES = 100_000
BLOCK = 8192
LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)


def rows() -> Iterator[Row]:
    """The mean at the end alone, then the spread over time too."""
    import leverwise
    from leverwise.engine import Engine

    system = leverwise.load(noisy_growth()).system
    theirs, sizes = timed(lambda: final_sizes(SAMPLES))
    for name, workers in (("one worker", 1), ("all cores", None)):
        engine = Engine(system, workers=workers)
        ours, found = timed(partial(drawn_and_run, engine))
        yield Row(
            f"{MONTHS} months x {SAMPLES:,}, {name}",
            ours,
            mean_of(found),
            "NumPy, one thread",
            theirs,
            mean_of(sizes),
            right=same_mean(found, sizes),
            limit=Limit(1.0, "peer"),
            toward=Toward("logistic", name),
        )
    engine = Engine(system, record=["size"])
    spread, fans = timed(lambda: spread_over_time(SAMPLES), repeats=3)
    ours, result = timed(lambda: engine.simulate(SAMPLES, keep=False), repeats=5)
    middle = result.fans["size"]
    yield Row(
        f"the same with quantiles at {MONTHS + 1} times",
        ours,
        f"last median {middle.p50[-1]:.4f}",
        "NumPy, one thread",
        spread,
        f"last median {fans[-1][2]:.4f}",
        right=bool(np.allclose([middle.p5[-1], middle.p50[-1], middle.p95[-1]], fans[-1][[0, 2, 4]], rtol=0.02)),
        limit=Limit(1.0, "peer"),
    )


def drawn_and_run(engine: Engine) -> np.ndarray:
    """leverwise: draws, and size at the end in each sample."""
    return engine.measures(engine.draws(0, SAMPLES, 0), np.arange(SAMPLES))[0]


def final_sizes(samples: int) -> np.ndarray:
    """Size at the end in each sample."""
    random = np.random.default_rng(1)
    result = np.empty(samples)
    for first in range(0, samples, BLOCK):
        part = result[first : first + BLOCK]
        rate, room = random.normal(RATE, RATE_SD, len(part)), random.uniform(*ROOM, len(part))
        size = np.ones(len(part))
        for _ in range(MONTHS):
            size = stepped(size, rate, room, random)
        part[:] = size
    return result


def spread_over_time(samples: int) -> np.ndarray:
    """(time, level) quantiles of size."""
    random = np.random.default_rng(1)
    paths = np.empty((MONTHS + 1, samples))
    for first in range(0, samples, BLOCK):
        part = paths[:, first : first + BLOCK]
        count = part.shape[1]
        rate, room = random.normal(RATE, RATE_SD, count), random.uniform(*ROOM, count)
        part[0] = 1
        for month in range(MONTHS):
            part[month + 1] = stepped(part[month], rate, room, random)
    return np.stack([np.quantile(path, LEVELS) for path in paths])


def stepped(size: np.ndarray, rate: np.ndarray, room: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """One step of Heun's method; the noise is constant within it."""
    shake = random.standard_normal(len(size))
    shake *= SHAKE
    first = size * (rate * (1 - size / room) + shake)
    ahead = size + first
    first += ahead * (rate * (1 - ahead / room) + shake)
    first *= 0.5
    first += size
    return first


def mean_of(found: np.ndarray) -> str:
    """Mean with its standard error (as of independent samples)."""
    return f"mean {found.mean():.4f} ± {found.std() / sqrt(len(found)):.4f}"


def same_mean(ours: np.ndarray, theirs: np.ndarray) -> bool:
    """Whether two means differ by less than four standard errors."""
    error = sqrt((ours.var() + theirs.var()) / len(ours))
    return bool(abs(ours.mean() - theirs.mean()) < 4 * error)
