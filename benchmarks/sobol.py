"""Sobol indices of Sobol's g-function, whose indices are known, against SALib and SciPy: times beside errors.

All three take the same number of base samples and bootstrap replicates; leverwise's time is that of its whole answer,
with its tables and the rows of its charts. An error is the largest of any index, over some seeds its mean.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np

from benchmarks.rows import Limit, MissingPeerError, Row, Toward
from benchmarks.timer import once, timed

WEIGHTS = np.array([0, 1, 4.5, 9, 99, 99, 99, 99, 99, 99])
SAMPLES, REPLICATES = 2**14, 100
SEEDS = 5
"""Seeds over which errors are averaged; SciPy, which is slow, has one."""
Indices = tuple[np.ndarray, np.ndarray]


def rows() -> Iterator[Row]:
    """SALib beside leverwise, then SciPy."""
    import leverwise

    model = leverwise.load(g_model())
    ours, _ = timed(partial(asked, model, 0))
    error = mean_error([asked(model, seed) for seed in range(SEEDS)])
    what = f"Sobol-G, {len(WEIGHTS)} inputs, N = {SAMPLES:,}, {REPLICATES} bootstraps"
    salib = by_salib()
    theirs, _ = timed(partial(salib, 0), repeats=3)
    salib_error = mean_error([salib(seed) for seed in range(SEEDS)])
    yield Row(
        what,
        ours,
        told(error),
        "SALib",
        theirs,
        told(salib_error),
        right=error <= salib_error,
        limit=Limit(1.0, "peer"),
        toward=Toward("sobol indices"),
    )
    theirs, found = once(by_scipy)
    scipy_error = mean_error([found])
    yield Row("the same", ours, told(error), "SciPy", theirs, told(scipy_error), right=error <= 2 * scipy_error)


def g_model() -> dict[str, Any]:
    """The function as a model of one step."""
    return {
        "leverwise": 1,
        "model": "sobol-g",
        "time": {"step": 1, "horizon": 1, "method": "euler"},
        "values": {f"x{k}": "uniform(0, 1)" for k in range(len(WEIGHTS))},
        "impact": "*".join(f"(abs(4*x{k} - 2) + {a:g})/{1 + a:g}" for k, a in enumerate(WEIGHTS)),
    }


def truth() -> Indices:
    """First and total indices in closed form (Saltelli & Sobol' 1995)."""
    parts = 1 / (3 * (1 + WEIGHTS) ** 2)
    whole = np.prod(1 + parts) - 1
    return parts / whole, parts * np.prod(1 + parts) / (1 + parts) / whole


def asked(model: Any, seed: int) -> Indices:
    """leverwise: first and total indices of all inputs, in order."""
    answer = model.sensitivity(samples=SAMPLES, seed=seed, replicates=REPLICATES)
    rows = {row["input"]: row for row in answer.rows["indices"]}
    return tuple(np.array([rows[f"x{k}"][kind] for k in range(len(WEIGHTS))]) for kind in ("first", "total"))


def g_function(x: np.ndarray) -> np.ndarray:
    """The function of inputs (d, n)."""
    weights = WEIGHTS[:, None]
    return np.prod((np.abs(4 * x - 2) + weights) / (1 + weights), axis=0)


def by_salib() -> Callable[[int], Indices]:
    """SALib's indices with bootstrap intervals, by seed. Raises MissingPeerError."""
    try:
        from SALib.analyze import sobol as analysis
        from SALib.sample import sobol as sampling
    except ImportError as error:
        raise MissingPeerError(f"SALib can't be imported ({error}): pip install 'leverwise[bench]'") from error
    count = len(WEIGHTS)
    problem = {"num_vars": count, "names": [f"x{k}" for k in range(count)], "bounds": [[0, 1]] * count}

    def found(seed: int) -> Indices:
        points = sampling.sample(problem, SAMPLES, calc_second_order=False, seed=seed)
        values = g_function(points.T)
        result = analysis.analyze(problem, values, calc_second_order=False, num_resamples=REPLICATES, seed=seed)
        return result["S1"], result["ST"]

    return found


def by_scipy() -> Indices:
    """SciPy's indices, with bootstrap intervals."""
    from scipy.stats import sobol_indices, uniform

    result = sobol_indices(func=g_function, n=SAMPLES, dists=[uniform()] * len(WEIGHTS), rng=np.random.default_rng(0))
    result.bootstrap(n_resamples=REPLICATES)
    return result.first_order, result.total_order


def mean_error(found: list[Indices]) -> float:
    """The largest error of any index, on average over seeds."""
    return float(
        np.mean([max(np.abs(mine - known).max() for mine, known in zip(each, truth(), strict=True)) for each in found])
    )


def told(error: float) -> str:
    """An error in words."""
    return f"error {error:.1e}"
