"""How many samples each phase of a plan runs on: decided from the size of the model, never from a clock."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from leverwise.engine.chunks import CHUNK, CHUNKS
from leverwise.engine.sobol import SCRAMBLINGS
from leverwise.lang.system import Call, Expression, System

EQUATION_STEP = 6e-10
"""Seconds for one equation, step and sample, about (two cores)."""
ROW = 3e-7
"""Seconds for one sample whatever the model."""
STAGES = {"euler": 1, "heun": 2, "rk4": 4}
REVERSE = 20
"""Forward runs that an evaluation in a descent is reckoned at: a gradient takes three to six, and more goes into
projecting, scoring and checking around it."""
RELAXED = 144
"""Forward runs in the first descent of a plan: two dozen evaluations, each of one run and a gradient of about five."""
CHEAP = 1.5e-6
"""Seconds for a sample below which a model is cheap."""
COSTLY = 1e-5
"""Seconds for a sample above which a search that begins from a good plan is short."""
SECONDS = {"starts": 5.0, "polish": 8.0, "exchange": 5.0, "proof": 0.1, "relaxed": 3.1}
"""What each phase may take, about."""
MORE = 4
"""How many times the samples asked for a search may take where only few of them count."""


@dataclass(frozen=True)
class Sizes:
    """Samples, and evaluations where they are costly, by phase."""

    starts: int
    exchange: int
    polish: int
    proof: int
    """For the tables of dynamic programming."""
    relaxed: int = 1
    """For the first descent of plans whose whole units are then rounded."""
    first_rounds: int = 25
    """Evaluations from each start."""
    last_rounds: int = 60
    """Evaluations in each descent after that."""
    outer: int = 5
    """Updates of the augmented Lagrangian."""
    kept: int = 3
    """Plans that go on from the many starts."""
    exchanges: int = 25
    """Rounds of exchange."""


def sizes(system: System, starts: int, samples: int, tail: bool = False) -> Sizes:
    """Samples and evaluations by phase such that each phase takes some seconds at most.

    `tail`: the objective looks at rare samples only, so that more of them are needed.
    """
    row = row_seconds(system)
    slots = sum(decision.periods for decision in system.decisions)
    if not is_random(system):
        evaluation = CHUNKS["gradient"] * REVERSE * row
        return Sizes(1, 1, 1, 1, last_rounds=_within(SECONDS["polish"] / (2 * evaluation), 30, 60))
    kept, outer = (3, 5) if row < CHEAP else (2, 3)
    first = 25 if row < CHEAP else 16
    polish = _fit(SECONDS["polish"] / (kept * outer * 20 * REVERSE * row), CHUNK, samples * (MORE if tail else 1))
    relaxed = _fit(SECONDS["relaxed"] / (kept * RELAXED * row), CHUNK // 2, polish)
    return Sizes(
        relaxed=relaxed,
        starts=_fit(SECONDS["starts"] / (starts * first * REVERSE * row), 192 if tail else 48, min(256, samples)),
        exchange=_fit(SECONDS["exchange"] / (250 * 10 * row), 128, min(512, samples)),
        polish=polish,
        proof=_fit(SECONDS["proof"] / (400 * slots * (ROW + row)), 16, min(1024, samples)),
        first_rounds=first,
        last_rounds=_within(SECONDS["polish"] / (kept * outer * polish * REVERSE * row), 12, 60),
        outer=outer,
        kept=kept,
        exchanges=25 if row < CHEAP else 6,
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


def _within(wanted: float, least: int, most: int) -> int:
    return int(max(least, min(wanted, most)))


def _fit(wanted: float, least: int, most: int) -> int:
    count = _within(wanted, min(least, most), most)
    return count if count == most else max(1, count - count % SCRAMBLINGS or count)
