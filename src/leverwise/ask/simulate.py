"""What will happen: impact with the levers and alone, on the same draws, and everything worth watching over time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np

from leverwise.ask import caveats
from leverwise.ask.answer import Answer, Chart, Estimate
from leverwise.ask.charts import Array, fan_chart, fan_rows, shown_times
from leverwise.ask.commands import command
from leverwise.ask.following import following
from leverwise.ask.hours import GIVEN
from leverwise.ask.leverage import by_themselves, leverage_numbers, leverage_words, why_below_one
from leverwise.ask.numbers import estimate
from leverwise.ask.recording import MADE_AND_SOLD, recorded, rival, shown
from leverwise.ask.rounding import precise_enough
from leverwise.ask.schedules import Plan, span, starting
from leverwise.ask.unpaid import unpaid, watched
from leverwise.ask.unsold import unsold
from leverwise.ask.words import count_of, low_to_high, quantity, spoken, with_error
from leverwise.lang.system import System

if TYPE_CHECKING:
    from leverwise.ask.model import Model, Progress

FIRST = ("impact", "cash", "trust", "members", "recognised", "recognise")
"""Charts that come first, in this order."""
KEPT = 10_000
"""Up to so many samples the trajectories of each are kept for `data`."""


def simulate(
    model: Model,
    samples: int,
    seed: int,
    *,
    plan: Plan | None = None,
    off: Iterable[str] = (),
    watch: Sequence[str] = (),
    progress: Progress | None = None,
) -> Answer:
    """Run a plan, else the author's `use`, else nothing decided, over `samples` draws.

    `off` names levers to be switched off, `watch` variables to record beside those that the model records.
    Gives impact, and with levers also alone_impact, leverage and log10_leverage; fan charts of what the model records.
    Raises NoAnswerError if alone makes nothing.
    """
    begun = perf_counter()
    model, decisions, words = following(model, plan)
    system = model.system
    switches = model.switched_off(off)
    model, rounded = precise_enough(model, samples, seed, decisions, switches)
    engine = model.engine
    record = recorded(system, watch)
    told = _Told(progress, 2 if system.switches else 1)
    result = engine.simulate(
        samples,
        seed,
        decisions=decisions,
        switches=switches,
        record=record,
        keep=samples <= KEPT,
        progress=told.part(0),
        fans=list(
            dict.fromkeys([*_charted(system, watch), *(MADE_AND_SOLD if rival(system) else ()), *watched(system)])
        ),
    )
    seconds = dict(result.seconds)
    impact = np.asarray(result.measures["impact"], dtype=float)
    numbers = {"impact": estimate(impact, system.impact_unit)}
    warnings = [*model.warnings, *result.warnings, *caveats.not_finite("impact", impact)]
    alone, below = None, list[str]()
    if system.switches:
        alone = engine.simulate(
            samples,
            seed,
            decisions=decisions,
            switches=model.alone(),
            record=record,
            keep=False,
            progress=told.part(1),
            fans=("impact",),
        )
        seconds["compile"] = seconds.get("compile", 0.0) + alone.seconds.get("compile", 0.0)
        more, found = leverage_numbers(system, impact, np.asarray(alone.measures["impact"], dtype=float))
        numbers |= more
        warnings += found
        below = why_below_one(numbers, impact, np.asarray(alone.measures["impact"], dtype=float), None)
    warnings += caveats.rationing(result.measures, system.aim.confidence)
    warnings += unpaid(system, {name: result.fans[name].mean for name in watched(system)})
    warnings += caveats.too_few(result.measures, system.aim.confidence) if plan is not None else []
    warnings += caveats.heavy_tail("impact", impact / system.impact_unit.factor)
    warnings += caveats.large_error("impact", numbers["impact"], samples)
    warnings += caveats.defaults(system)
    seconds["run"] = perf_counter() - begun - seconds.get("compile", 0.0)
    return Answer(
        question="simulate",
        headline=_headline(system, numbers, words, samples) + caveats.but(result.measures, system.aim.confidence),
        model=system.name,
        sha256=model.sha256,
        next=_next(model, plan),
        numbers=numbers,
        rows={},
        charts=_charts(system, result, alone, watch),
        warnings=caveats.unique(warnings),
        provenance=model.provenance(seed, samples, seconds),
        series=_series(system, result.trajectories),
        times=np.asarray(shown_times(system.clock, result.times)),
        units=_units(system, result.trajectories),
        notes=(
            *_notes(system, numbers, result.measures if plan is not None else {}),
            *below,
            *(by_themselves(system, model.levers, numbers) if np.array_equal(decisions, starting(system)) else ()),
            *([rounded] if rounded else []),
            *unsold(system, {name: result.fans[name].mean for name in MADE_AND_SOLD if name in result.fans}),
        ),
    )


class _Told:
    """Hands an engine's own progress on as a share of several runs."""

    def __init__(self, progress: Progress | None, runs: int) -> None:
        self.progress, self.runs = progress, runs

    def part(self, run: int) -> Any:
        """The callback for one of the runs, or None."""
        progress = self.progress
        if progress is None:
            return None
        return lambda done, samples: progress((run + done / samples) / self.runs, "running samples")


def _headline(system: System, numbers: Mapping[str, Estimate], words: str, samples: int) -> str:
    impact = numbers["impact"]
    made = with_error(impact.mean, impact.se, impact.unit)
    text = f"With {words}, impact over {span(system)} is {made}"
    if impact.sd > 0:
        within = low_to_high(impact.p5, impact.p95, impact.unit)
        middle = f"the median is {quantity(impact.p50, impact.unit)}, " if caveats.skewed(impact) else ""
        text += f" on average of {count_of(samples, 'sample')} ({middle}90 % from {within})"
    if "leverage" in numbers:
        text += f"; {leverage_words(numbers)}"
    return text + "."


def _notes(system: System, numbers: Mapping[str, Estimate], measures: Mapping[str, Array]) -> tuple[str, ...]:
    enough = caveats.enough(measures, system.aim.confidence)
    holds = (f"{enough[0].upper()}{enough[1:]}.",) if enough else ()
    if "leverage" not in numbers:
        return holds
    alone = "Alone is the same person in the same samples, with every lever off."
    made = numbers["alone_impact"]
    if caveats.skewed(made):
        told = f"{quantity(made.p50, made.unit)} in the median sample, {quantity(made.mean, made.unit)} on average"
        alone += f" That makes {told}."
    ratio = numbers["leverage"]
    if ratio.sd == 0 and ratio.mean == 1:
        alone += " As things are decided here, the levers make no difference."
    return (*holds, alone)


def _next(model: Model, plan: Plan | None) -> str:
    if model.engine.resources:
        return command("diagnose", model, plan)
    return command("plan" if model.system.decisions else "show", model)


def _ordered(names: Sequence[str]) -> list[str]:
    names = list(dict.fromkeys(names))
    return sorted(names, key=lambda name: (FIRST.index(name) if name in FIRST else len(FIRST), names.index(name)))


def _charted(system: System, watch: Sequence[str]) -> list[str]:
    return _ordered(["impact", *shown(system), *watch])


def _charts(system: System, result: Any, alone: Any | None, watch: Sequence[str]) -> list[Chart]:
    times = shown_times(system.clock, result.times)
    charts = []
    for name in _charted(system, watch):
        unit = system.unit_of(name)
        title = _title(name)
        caption = f"{title[:1].upper()}{title[1:]} over time: median, half and 90 % of the samples."
        rows = fan_rows(times, result.fans[name], unit)
        if name == "impact":
            compared = "" if alone is None else ", with the levers and alone"
            caption = f"Impact so far (discounted){compared}: median, half and 90 % of the samples."
        if name == "impact" and alone is not None:
            rows = fan_rows(times, result.fans[name], unit, "with the levers")
            rows += fan_rows(times, alone.fans[name], unit, "alone")
        charts.append(fan_chart(name, title, caption, rows, system.clock, unit.text))
    return charts


def _title(name: str) -> str:
    return f"hours for {name.removesuffix(GIVEN)}" if name.endswith(GIVEN) else spoken(name)


def _series(system: System, trajectories: Mapping[str, Array] | None) -> dict[str, Array]:
    return {name: np.asarray(path) / system.unit_of(name).factor for name, path in (trajectories or {}).items()}


def _units(system: System, trajectories: Mapping[str, Array] | None) -> dict[str, str]:
    return {"time": system.clock.unit.text} | {name: system.unit_of(name).text for name in (trajectories or {})}
