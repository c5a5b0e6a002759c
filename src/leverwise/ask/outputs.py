"""What indices are of: impact, leverage, or a variable at a time, as numbers per row that an engine is asked for."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from leverwise.ask.charts import Array, shown_times
from leverwise.ask.moments import base_time
from leverwise.ask.naming import LEVERAGE, ORDERS, named
from leverwise.ask.recording import recorded
from leverwise.ask.schedules import moment
from leverwise.ask.tracing import IMPACT
from leverwise.ask.words import spoken
from leverwise.errors import ModelError, Problem
from leverwise.lang.system import System

if TYPE_CHECKING:
    from leverwise.ask.model import Model

MAGNITUDES = "orders of magnitude"
MOST_TIMES = 61
"""The most times at which indices are taken; of more, so many evenly spaced ones."""
_AT = re.compile(r"\s*(?P<name>.+?)(?:\s*(?:@|\sat\s)\s*(?P<when>[-+.\d].*))?\s*")


@dataclass(frozen=True)
class Output:
    """A number per row, or one for each of some times."""

    name: str
    """`impact`, `leverage` or a variable."""
    words: str
    """What it is in a sentence, with the time if it is not the end."""
    unit: str
    factor: float
    steps: tuple[int, ...]
    """At which steps it is read; empty if at the end of the run, from its measures."""
    main: int
    """Which of these the answer tells of."""
    record: tuple[str, ...]
    switches: tuple[Mapping[str, bool] | None, ...]
    """Runs that it takes: under the plan, and for leverage also alone."""

    def run(self, engine: Any, rows: tuple[Array, Array], decisions: Array, part: int, seed: int) -> Array:
        """One of the runs (T, n) of draws (D, n) and sample numbers (n,), in base units."""
        draws, index = rows
        switches = self.switches[part]
        if not self.steps:
            found = engine.measures(draws, index, decisions, switches, seed=seed)[:1]
            return np.asarray(found, dtype=float)
        row = self.record.index(self.variable)
        chunks = engine.paths(draws, index, decisions, switches, self.record, seed)
        return np.concatenate([paths[list(self.steps), row] for _, paths in chunks], axis=-1).astype(float)

    @property
    def variable(self) -> str:
        """What is recorded of it."""
        return IMPACT if self.name == LEVERAGE else self.name

    def told(self, parts: Sequence[Array]) -> Array:
        """The output in its unit, from its runs; leverage in orders of magnitude, where both runs make something."""
        if self.name != LEVERAGE:
            return np.asarray(parts[0] / self.factor)
        made, alone = parts
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray(np.where((made > 0) & (alone > 0), np.log10(made / alone), np.nan))

    def times(self, system: System) -> list[float]:
        """The times at which it is read, as shown."""
        return shown_times(system.clock, np.array(self.steps, dtype=float) * system.clock.step)


def output_of(model: Model, of: str, *, over_time: bool) -> Output:
    """What is asked about: `impact`, `leverage`, or a variable such as `cash` or `cash at 12 months`.

    Raises ModelError for what the model does not have.
    """
    system = model.system
    found = _AT.fullmatch(of)
    name, when = (found["name"].strip(), found["when"]) if found else (of.strip(), None)
    if name == LEVERAGE and not system.switches:
        raise ModelError(Problem("a model without levers has no leverage", None, "ask for `impact`"))
    name = _known(name, system)
    last = system.clock.steps + system.clock.tail
    step = last if when is None else _step(when, system)
    steps: tuple[int, ...] = ()
    if over_time:
        every = np.unique(np.append(np.round(np.linspace(0, last, min(last + 1, MOST_TIMES))).astype(int), step))
        steps = tuple(int(each) for each in every)
    elif name not in (IMPACT, LEVERAGE) or step != last:
        steps = (step,)
    unit = system.impact_unit if name in (IMPACT, LEVERAGE) else system.unit_of(name)
    words = {LEVERAGE: "leverage"}.get(name, spoken(name))
    if step != last:
        words += f" after {moment(system, step)}"
    elif name not in (IMPACT, LEVERAGE):
        words += " at the end"
    return Output(
        name,
        words,
        MAGNITUDES if name == LEVERAGE else unit.text,
        unit.factor,
        steps,
        steps.index(step) if steps else 0,
        recorded(system, () if name in (IMPACT, LEVERAGE) else (name,)),
        (None, model.alone()) if name == LEVERAGE else (None,),
    )


def _known(name: str, system: System) -> str:
    """What a person means: impact, leverage, or a variable that changes in time or from sample to sample."""
    meant = named(name, system)
    if meant in (LEVERAGE, ORDERS):
        return LEVERAGE
    variables = [IMPACT, *(s.name for s in system.stocks), *(a.name for a in system.auxiliaries)]
    if meant not in variables:
        hint = "ask for what comes out: `impact`, `leverage`, or a variable such as `cash`"
        raise ModelError(Problem(f"`{meant}` is no variable of a run", None, hint))
    return meant


def _step(when: str, system: System) -> int:
    """The step at a time such as `12 months`, or `12` in the clock's unit. Raises ModelError."""
    last = system.clock.steps + system.clock.tail
    step = round(base_time(when, system) / system.clock.step)
    if not 0 <= step <= last:
        like = moment(system, last // 2).removeprefix("time ")
        raise ModelError(Problem(f"the run ends at {moment(system, last)}", None, f"such as `{like}`"))
    return step
