"""What each uncertain input is worth to be known before choosing: the numbers behind `information`.

The choice is among alternatives (see `alternatives`), measured on samples that none of them was made on; the worth of
knowing everything is EVPI, of knowing some inputs EVPPI (see `knowing`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from leverwise.ask.alternatives import Alternatives, Levels, alternatives
from leverwise.ask.answer import Row
from leverwise.ask.fresh import drawn
from leverwise.ask.knowing import FEWEST, Choice, Worth
from leverwise.ask.making import Maker
from leverwise.ask.numbers import estimate
from leverwise.ask.planning.settle import TOLERANCE
from leverwise.ask.planning.sizes import CHEAP, is_random, row_seconds
from leverwise.ask.scenarios import inputs_of
from leverwise.ask.schedules import Plan
from leverwise.ask.studies import named
from leverwise.ask.words import listing
from leverwise.errors import ModelError, NoAnswerError, Problem
from leverwise.lang.system import System, Value

if TYPE_CHECKING:
    from leverwise.ask.model import Model, Progress

TOP = 4
"""Inputs of which pairs are looked at."""
COUNTED = 4096
"""Samples, if nothing else is asked for."""
CHOSEN = 0.9
"""Share of the work done when the alternatives are known."""


@dataclass(frozen=True)
class Information:
    """What knowing inputs is worth; worths in base units of impact."""

    system: System
    inputs: Sequence[Value]
    choice: Choice
    among: Alternatives
    worth: Sequence[Worth]
    """Of each input."""
    pairs: Mapping[tuple[int, int], Worth]
    """Of the inputs that are worth most, by two."""

    def of(self, inputs: tuple[int, ...]) -> Worth:
        """What some inputs are worth together."""
        if len(inputs) == 1:
            return self.worth[inputs[0]]
        parts = [self.worth[k] for k in inputs]
        parts += [self.pairs[pair] for pair in combinations(inputs, 2) if pair in self.pairs]
        return self.choice.knowing(inputs, parts)

    @property
    def names(self) -> list[str]:
        """What the alternatives are called."""
        return [each.name for each in self.among.each]

    @property
    def ordered(self) -> list[int]:
        """The inputs, the one worth most first."""
        return sorted(range(len(self.inputs)), key=lambda k: -self.worth[k].value)

    @property
    def sure(self) -> list[int]:
        """Those that are worth more than chance makes of nothing, the one worth most first."""
        return [k for k in self.ordered if self.worth[k].sure]

    @property
    def matters(self) -> bool:
        """Whether anything is worth more than what plans are known to differ by."""
        made = abs(float(np.mean(self.choice.impact[self.choice.best])))
        return bool(self.sure) and self.worth[self.sure[0]].value > TOLERANCE * made

    @property
    def price(self) -> float | None:
        """Impact for a dollar, display units, if that is known to be more than nothing."""
        price = self.among.price
        return price.mean if price is not None and price.mean > 2 * price.se else None

    def rows(self) -> list[Row]:
        """The table `information`: a row per input, display units; `dollars` if a dollar's worth is known."""
        size, unit = self.system.impact_unit.factor, self.system.impact_unit.text
        return [
            {
                "input": named(self.inputs[k]),
                "evppi": self.worth[k].value / size,
                "se": self.worth[k].error / size,
                "unit": unit,
                "dollars": self.worth[k].value / size / self.price if self.price else None,
            }
            for k in self.ordered
        ]

    def sentences(self) -> list[str]:
        """What other questions say of it: between what the choice is."""
        names = listing(self.names, 4)
        if all(worth.value <= 0 for worth in self.worth):
            return [
                f"To choose between {names}, no input is worth finding out; `leverwise information` looks for more to "
                "choose between."
            ]
        return [f"What is worth finding out is told of a choice between {names}; `leverwise information` says more."]

    def pair_rows(self) -> list[Row]:
        """A row per pair of the inputs worth most, the best pair first; display units."""
        size, unit = self.system.impact_unit.factor, self.system.impact_unit.text
        rows: list[Row] = [
            {
                "a": named(self.inputs[a]),
                "b": named(self.inputs[b]),
                "evppi": worth.value / size,
                "se": worth.error / size,
                "unit": unit,
            }
            for (a, b), worth in self.pairs.items()
        ]
        return sorted(rows, key=lambda row: -float(row["evppi"]))

    def alternative_rows(self) -> list[Row]:
        """A row per alternative: what it makes on average, and in how many samples none makes more."""
        size, unit = self.system.impact_unit, self.system.impact_unit.text
        open_ = self.choice.open(range(len(self.inputs)), self.choice.drawn)
        best = np.argmax(np.where(open_.T, self.choice.impact, -np.inf), axis=0)
        rows: list[Row] = []
        for k, each in enumerate(self.among.each):
            made = estimate(self.choice.impact[k], size)
            rows.append(
                {
                    "alternative": each.name,
                    "impact_mean": made.mean,
                    "impact_se": made.se,
                    "best_in": float(np.mean(best == k)),
                    "changes": each.changes,
                    "only": "" if each.place is None else each.place.words,
                    "unit": unit,
                }
            )
        return sorted(rows, key=lambda row: -float(row["impact_mean"]))


def informed(
    model: Model,
    samples: int,
    seed: int,
    *,
    plans: Sequence[Plan] = (),
    levels: Levels | None = None,
    search: bool = True,
    progress: Progress | None = None,
) -> Information:
    """What every uncertain input is worth, and the best by two; options as of `information`.

    Raises NoAnswerError if nothing is uncertain or nothing can be chosen, ModelError for too few samples.
    """
    system = model.system
    if not system.decisions:
        raise NoAnswerError("the model has no decisions, so that nothing depends on what is found out.")
    inputs = inputs_of(system)
    if not inputs:
        noisy = " but fresh noise, which nobody can find out beforehand" if is_random(system) else ""
        raise NoAnswerError(
            f"nothing in the model is uncertain{noisy}, so that there is nothing to find out: give a number a range, "
            "such as `4 to 9`."
        )
    if samples < FEWEST:
        raise ModelError(Problem(f"`samples` must be {FEWEST} or more, not {samples}: fewer tell nothing", None))
    tell = progress or _silent
    maker, fresh = Maker(model, samples, seed), drawn(model, samples, seed)
    problem = maker.problem(system.aim)

    def told(share: float, doing: str) -> None:
        tell(CHOSEN * share, doing)

    among = alternatives(maker, problem, fresh, plans, levels or {}, told, search=search)
    if len(among.each) < 2:
        raise NoAnswerError("there is only one thing to do, so that nothing depends on what is found out.")
    tell(CHOSEN, "asking what each input is worth")
    choice = Choice(among.impact, fresh.draws, [each.place for each in among.each])
    worth = [choice.knowing([k]) for k in range(len(inputs))]
    top = [k for k in np.argsort([-each.value for each in worth], kind="stable").tolist() if worth[k].value > 0][:TOP]
    pairs = {(a, b): choice.knowing([a, b], (worth[a], worth[b])) for a, b in combinations(sorted(top), 2)}
    return Information(system, inputs, choice, among, worth, pairs)


def beside(model: Model, samples: int | None, seed: int, plan: Plan | None) -> Information | None:
    """The same without a long search, for questions that have it beside their own; None if there is nothing to choose.

    Where runs are cheap it is what `information` asks; else the choice is among the plan, the author's use and nothing.
    """
    system = model.system
    cheap = row_seconds(system) < CHEAP
    if not cheap and plan is None and all(decision.use is None for decision in system.decisions):
        return None
    count = COUNTED if samples is None else max(FEWEST, samples)
    try:
        return informed(model, count, seed, plans=[] if plan is None else [plan], search=cheap)
    except NoAnswerError:
        return None


def _silent(share: float, doing: str) -> None:
    return None
