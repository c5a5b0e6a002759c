"""An estimate in the style of Fermi, how many piano tuners a city needs, against squigglepy: no time, only arithmetic.

All factors are ranges, which both read as the 5 % and 95 % points of a lognormal. A mean of products of independent
factors is the product of their means, so the true mean is known. leverwise takes quasi-random points, squigglepy random
ones; beside the time stands how far the mean may be off.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from math import exp, log, sqrt
from typing import Any

import numpy as np

from benchmarks.rows import MissingPeerError, Row
from benchmarks.timer import timed

SAMPLES = 100_000
RANGES = {
    "inhabitants": (2.5e6, 3.2e6),
    "household": (2.0, 3.0),
    "owning": (0.02, 0.2),
    "tunings": (0.5, 2.0),
    "schools": (400.0, 900.0),
    "pianos": (1.0, 6.0),
    "care": (2.0, 6.0),
    "daily": (2.0, 5.0),
    "workdays": (200.0, 240.0),
}
"""Ends of each range: people in the city and in a household, households that own a piano, tunings of each a year;
schools, pianos in each, tunings of each a year; tunings of a tuner a day, working days a year."""
ESTIMATE = "(inhabitants/household*owning*tunings + schools*pianos*care)/(daily*workdays)"
NORMAL_95 = 1.6448536269514722
FEWER = (*(2**k for k in range(10, 17)), SAMPLES)
"""Counts that are tried for an error as small as squigglepy's."""
LEVELS = (0.05, 0.5, 0.95)
ERRORS = 5.0
"""Standard errors that answers may be apart, or off the truth."""


def rows() -> Iterator[Row]:
    """Samples drawn and calculated with."""
    import leverwise
    from leverwise.ask.numbers import standard_error

    engine = leverwise.load(model()).engine

    def drawn_and_run(samples: int) -> np.ndarray:
        return engine.measures(engine.draws(0, samples, 0), np.arange(samples))[0]

    theirs, sample = timed(squiggled())
    their_error, mean = float(sample.std()) / sqrt(SAMPLES), true_mean()
    enough = next(n for n in FEWER if n == SAMPLES or standard_error(drawn_and_run(n)) <= their_error)
    for samples, what in ((SAMPLES, f"{SAMPLES:,} samples"), (enough, f"as small an error, from {enough:,} samples")):
        ours, found = timed(partial(drawn_and_run, samples))
        error = standard_error(found)
        close = all(map(partial(agree, sample), LEVELS, np.quantile(found, LEVELS))) if samples == SAMPLES else True
        yield Row(
            f"piano tuners of a city, true mean {mean:.4f}: {what}",
            ours,
            told(found, error),
            f"squigglepy, {SAMPLES:,} samples",
            theirs,
            told(sample, their_error),
            right=close and abs(found.mean() - mean) < ERRORS * error,
        )


def model() -> dict[str, Any]:
    """The estimate as a model of one step."""
    return {
        "leverwise": 1,
        "model": "tuners",
        "time": {"step": 1, "horizon": 1, "method": "euler"},
        "values": {name: f"{low:g} to {high:g}" for name, (low, high) in RANGES.items()},
        "impact": {"is": 0, "final": ESTIMATE},
    }


def squiggled() -> Callable[[], np.ndarray]:
    """The same by squigglepy, ready to be sampled. Raises MissingPeerError."""
    try:
        import squigglepy as sq
    except ImportError as error:
        raise MissingPeerError(f"squigglepy can't be imported ({error}): pip install 'leverwise[bench]'") from error
    sq.set_seed(1)
    of = {name: sq.to(low, high) for name, (low, high) in RANGES.items()}
    pianos = (
        of["inhabitants"] / of["household"] * of["owning"] * of["tunings"] + of["schools"] * of["pianos"] * of["care"]
    )
    tuners = pianos / (of["daily"] * of["workdays"])
    return lambda: np.asarray(sq.sample(tuners, n=SAMPLES))


def true_mean() -> float:
    """The mean by theory: that of a lognormal to a power of 1 or -1, factor by factor."""

    def of(name: str, power: int = 1) -> float:
        low, high = map(log, RANGES[name])
        deviation = (high - low) / 2 / NORMAL_95
        return exp(power * (low + high) / 2 + deviation**2 / 2)

    pianos = of("inhabitants") * of("household", -1) * of("owning") * of("tunings")
    return (pianos + of("schools") * of("pianos") * of("care")) * of("daily", -1) * of("workdays", -1)


def agree(random: np.ndarray, level: float, value: float) -> bool:
    """Whether a value can be the quantile of which random samples are at hand, by the count of those below it."""
    count = len(random)
    return bool(abs(np.sum(random < value) - count * level) < ERRORS * sqrt(count * level * (1 - level)))


def told(found: np.ndarray, error: float) -> str:
    """Mean with its standard error, and the quantiles."""
    low, middle, high = np.quantile(found, LEVELS)
    return f"mean {found.mean():.3f} ± {error:.3f}; 5, 50, 95 %: {low:.2f}, {middle:.2f}, {high:.2f}"
