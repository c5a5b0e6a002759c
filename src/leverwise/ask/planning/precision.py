"""Searches in single precision, where runs are costly and rounding is nothing beside chance.

What plans are told to make, whether they hold, and what is proven of them, is reckoned in double precision whatever the
search runs in. Slopes at a plan, and what is near it, are those of the search.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from leverwise.ask.planning.merit import Draws, Merit
from leverwise.ask.planning.problem import PlanProblem
from leverwise.ask.planning.sizes import COSTLY, is_random, row_seconds
from leverwise.ask.rounding import HARDLY, moved_by
from leverwise.lang.system import Aim

TRIED = 256
"""Samples that are run in both."""


def search_engine(engine: Any, problem: PlanProblem, aim: Aim, samples: int, seed: int) -> Any:
    """The engine in single precision if that will do for a search on up to so many samples.

    It will where a run takes long and rounding moves the mean impact of the plan with nothing decided, and of one with
    all decisions half-way, by less than a tenth of its standard error (see `leverwise.ask.rounding`).
    """
    if engine.precision != "float64" or not is_random(problem.system) or row_seconds(problem.system) < COSTLY:
        return engine
    region = problem.region
    half = np.where(np.isfinite(region.high), (region.low + region.high) / 2, problem.start)
    plans = np.stack([region.project(problem.start), region.project(half)])
    draws = Draws(np.asarray(engine.draws(0, TRIED, seed)), np.arange(TRIED), seed)
    impacts = [Merit(each, aim, draws).impacts(plans) for each in (engine, engine.single)]
    moved = [moved_by(one, other, max(samples, TRIED)) for one, other in zip(*impacts, strict=True)]
    return engine.single if max(moved) <= HARDLY else engine
