"""How many samples each phase of a plan runs on: decided from the size of the model, never from a clock."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from leverwise.lang.system import Call, Expression, System

EQUATION_STEP = 4e-9
"""Seconds for one equation, step and sample, about (two cores)."""
STAGES = {"euler": 1, "heun": 2, "rk4": 4}
REVERSE = 5
"""A gradient costs so many forward runs."""
SCRAMBLINGS = 16


@dataclass(frozen=True)
class Sizes:
    """Samples by phase: many starts, exchange of whole units, and the last descent."""

    starts: int
    exchange: int
    polish: int
    proof: int
    """For the tables of dynamic programming."""


def sizes(system: System, starts: int, samples: int, tail: bool = False) -> Sizes:
    """Samples by phase such that each phase takes some seconds at most.

    `tail`: the objective looks at rare samples only, so that more of them are needed.
    """
    if not is_random(system):
        return Sizes(1, 1, 1, 1)
    row = row_seconds(system)
    slots = sum(decision.periods for decision in system.decisions)
    return Sizes(
        starts=_fit(5.0 / (starts * 25 * REVERSE * row), min(192 if tail else 48, samples), min(256, samples)),
        exchange=_fit(1.2 / (400 * row), min(32, samples), min(512, samples)),
        polish=_fit(8.0 / (120 * REVERSE * row), min(128, samples), samples * (4 if tail else 1)),
        proof=_fit(2.0 / (400 * slots * row), min(16, samples), min(1024, samples)),
    )


def row_seconds(system: System) -> float:
    """Seconds for one sample of one plan, about."""
    clock = system.clock
    equations = len(system.stocks) + sum(not auxiliary.constant for auxiliary in system.auxiliaries) + 2
    return equations * (clock.steps + clock.tail) * STAGES[clock.method] * EQUATION_STEP


def is_random(system: System) -> bool:
    """Whether samples differ: a drawn value, or noise in an equation."""
    if any(value.drawn for value in system.values):
        return True
    expressions = [item.value for item in system.auxiliaries] + [item.change for item in system.stocks]
    return any("noise" in set(_functions(expression)) for expression in [*expressions, system.impact])


def _functions(expression: Expression) -> Iterator[str]:
    if isinstance(expression, Call):
        yield expression.function
        for argument in expression.arguments:
            yield from _functions(argument)


def _fit(wanted: float, least: int, most: int) -> int:
    count = int(max(least, min(wanted, most)))
    return max(1, min(count - count % SCRAMBLINGS or count, most))
