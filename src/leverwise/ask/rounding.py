"""Single precision for many samples, where rounding hardly counts beside the standard error; double everywhere else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from leverwise.ask.charts import Array
from leverwise.ask.numbers import standard_error
from leverwise.ask.words import number

if TYPE_CHECKING:
    from leverwise.ask.model import Model

MANY = 100_000
"""Samples from which single precision is thought of: below, a run takes no longer than compiling for it."""
PILOT = 4096
"""Samples that are run in both."""
HARDLY = 0.1
"""Share of a standard error that rounding may come to."""


def precise_enough(
    model: Model, samples: int, seed: int, decisions: Array | None, switches: Mapping[str, bool] | None
) -> tuple[Model, str]:
    """The model in single precision and a sentence that says so, if that will do; else as it is, and no words.

    The first samples are run in both, and must not be moved by more than a tenth of a standard error. Leverage, a ratio
    of two means, is at least as uncertain as they are.
    """
    if samples < MANY or model.precision != "float64":
        return model, ""
    single = replace(model, precision="float32")
    runs: list[Mapping[str, bool] | None] = [switches, *([model.alone()] if model.system.switches else [])]
    shares = []
    for some in runs:
        one, other = (_impact(each, seed, decisions, some) for each in (model, single))
        shares.append(moved_by(one, other, samples))
    if max(shares) > HARDLY:
        return model, ""
    told = f"Reckoned in single precision: rounding moves means by at most {number(max(shares), 2)} standard errors."
    return single, told


def moved_by(one: Array, other: Array, samples: int) -> float:
    """How far rounding may move the mean of so many samples, in its standard errors; infinity if that is not known.

    The same few samples (n,) in both precisions tell: by their mean difference, and two of its standard errors. The
    standard error of the mean of all is taken to fall as fast as that of quasi-random points does at best, with their
    number.
    """
    moved = other - one
    bound = abs(float(np.mean(moved))) + 2 * float(np.std(moved)) / np.sqrt(len(moved))
    error = standard_error(one) * len(one) / samples
    return 0.0 if bound == 0 else bound / error if error > 0 and np.isfinite(bound) else np.inf


def _impact(model: Model, seed: int, decisions: Array | None, switches: Mapping[str, bool] | None) -> Array:
    found = model.engine.simulate(PILOT, seed, decisions=decisions, switches=switches, record=(), keep=False, fans=())
    return np.asarray(found.measures["impact"], dtype=float)
