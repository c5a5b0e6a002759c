"""A stand-in for the engine: impact and margins as plain functions of decisions and draws, with exact derivatives.

It lets the planner be tested against closed forms in milliseconds, without compiling anything.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any, Literal

import numpy as np

from leverwise.lang.declarations import Origin
from leverwise.lang.system import (
    Aim,
    Call,
    Clock,
    Decision,
    Distribution,
    Expression,
    Name,
    Number,
    System,
    Unit,
    Value,
)

Function = Callable[[np.ndarray, np.ndarray], np.ndarray]
"""(decisions (K, n), draws (D, n)) -> one number per column (n,); must also take complex decisions."""


@dataclass(frozen=True)
class Slopes:
    """What the engine's gradient gives, as far as the planner reads it."""

    measures: np.ndarray
    decisions: np.ndarray
    nudges: np.ndarray


class StandIn:
    """Measures by name; derivatives by complex steps."""

    resources: tuple[str, ...] = ()
    periods = 1
    small = False
    precision = "float64"

    def __init__(
        self, measures: dict[str, Function], draws: Callable[[int, int, int], np.ndarray] | None = None
    ) -> None:
        self.functions = measures
        self.measure_names = tuple(measures)
        self.calls = 0
        self._draws = draws

    def draws(self, first: int, count: int, seed: int) -> np.ndarray:
        return self._draws(first, count, seed) if self._draws else np.zeros((0, count))

    def measures(self, draws: np.ndarray, index: Any, decisions: np.ndarray, seed: int = 0) -> np.ndarray:
        self.calls += 1
        values = np.broadcast_to(decisions if decisions.ndim == 2 else decisions[:, None], (len(decisions), len(index)))
        return np.stack([np.broadcast_to(f(values, draws), (len(index),)) for f in self.functions.values()])

    def gradient(
        self, draws: np.ndarray, index: Any, decisions: np.ndarray, *, weights: np.ndarray, seed: int = 0
    ) -> Slopes:
        decisions = np.broadcast_to(
            decisions if decisions.ndim == 2 else decisions[:, None], (len(decisions), len(index))
        )
        measures = self.measures(draws, index, decisions)
        slopes = np.zeros(decisions.shape)
        for k in range(len(decisions)):
            stepped = decisions.astype(complex)
            stepped[k] += 1e-30j
            for row, function in enumerate(self.functions.values()):
                slopes[k] += weights[row] * np.imag(function(stepped, draws)) / 1e-30
        return Slopes(measures, slopes, np.zeros((0, 1, len(index))))


def decision(name: str, low: float = 0.0, high: float = np.inf, **options: Any) -> Decision:
    """A decision of one period, unless told otherwise."""
    given: dict[str, Any] = {"steps_per_period": 1, "periods": 1, "start": 0.0, "use": None, "unit": Unit("")}
    return Decision(name=name, low=low, high=high, **(given | options))


def system(
    decisions: Sequence[Decision],
    aim: Aim | None = None,
    steps: int = 1,
    drawn: bool = False,
    form: Literal["linear", "separable", "mixed"] = "mixed",
) -> System:
    """A system with these decisions; its equations are of no account to the stand-in but for their form."""
    names = [Name(d.name) for d in decisions]
    single = [Call("exp", (name,)) for name in names] if form == "separable" else names
    impact: Expression = Call("exp", (_sum(names),)) if form == "mixed" else _sum(single)
    value = Value("r", Distribution("normal", (0.0, 1.0)), Unit(), "normal(0, 1)", Origin())
    return System(
        name="stand-in",
        about="",
        clock=Clock(1.0, steps, 0, "euler", Unit()),
        values=(value,) if drawn else (),
        correlations=(),
        decisions=tuple(decisions),
        switches=(),
        stocks=(),
        auxiliaries=(),
        starting=(),
        impact=impact,
        impact_unit=Unit(),
        final=None,
        discount=0.0,
        measures=(),
        capacities=(),
        aim=aim or Aim(),
    )


def _sum(parts: Sequence[Expression]) -> Expression:
    return reduce(lambda a, b: Call("add", (a, b)), parts)


def called(function: str, *arguments: str | float) -> Call:
    """A call of names and numbers."""
    return Call(function, tuple(Name(a) if isinstance(a, str) else Number(float(a)) for a in arguments))
