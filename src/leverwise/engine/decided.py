"""Decisions as one vector, as the engine takes them: from what a system starts with, or from values by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np

from leverwise.errors import ModelError, Problem, did_you_mean
from leverwise.lang.system import System


def started(system: System, kind: Literal["start", "use"] = "start") -> np.ndarray:
    """(K,) what is decided when nothing is planned: the starts, or where given the author's schedules."""
    values: list[float] = []
    for decision in system.decisions:
        own = decision.use if kind == "use" else None
        values += [decision.start] * decision.periods if own is None else _stretched(own, decision.periods)
    return np.array(values, float)


def scheduled(system: System, slots: Mapping[str, slice], plan: Mapping[str, Sequence[float] | float]) -> np.ndarray:
    """(K,) from values per period by decision; decisions left out keep their start.

    A single number holds for all periods. Raises ModelError for unknown names and for a wrong number of values.
    """
    result = started(system)
    problems = []
    for name, values in plan.items():
        if name not in slots:
            problems.append(Problem(f"there is no decision `{name}`", hint=did_you_mean(name, slots)))
            continue
        slot = slots[name]
        given = np.atleast_1d(np.asarray(values, float))
        if len(given) not in (1, slot.stop - slot.start):
            problems.append(
                Problem(f"`{name}` has {slot.stop - slot.start} periods, but {len(given)} values are given")
            )
            continue
        result[slot] = given
    if problems:
        raise ModelError(problems)
    return result


def _stretched(values: Sequence[float], periods: int) -> list[float]:
    return [values[min(period, len(values) - 1)] for period in range(periods)]
