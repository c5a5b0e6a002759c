"""Which assumption carries the answer: shares of an output's variance by input, and how far each input moves it.

First-order indices say what an input does alone, total ones what it does alone and together with others. Both come with
bootstrap intervals. `measuring` runs the tables, `indices` makes the numbers, `sensitivity_charts` the pictures.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np

from leverwise.ask import caveats
from leverwise.ask.answer import Answer, Estimate, Row
from leverwise.ask.commands import after_planning, command
from leverwise.ask.following import following
from leverwise.ask.indices import REPLICATES, Index
from leverwise.ask.informed import beside
from leverwise.ask.measuring import Measured, measured, ordered
from leverwise.ask.naming import LEVERAGE
from leverwise.ask.numbers import known, summary
from leverwise.ask.outputs import output_of
from leverwise.ask.planning.sizes import is_random
from leverwise.ask.scenarios import inputs_of
from leverwise.ask.schedules import Plan
from leverwise.ask.sensitivity_charts import charts, tornado
from leverwise.ask.sensitivity_words import headline, notes, warnings
from leverwise.ask.swaps import Input
from leverwise.ask.tracing import IMPACT
from leverwise.ask.words import listing, percent
from leverwise.errors import ModelError, NoAnswerError, Problem
from leverwise.lang.system import System

if TYPE_CHECKING:
    from leverwise.ask.model import Model, Progress

FEWEST = 16
"""Base samples with which any share can be told at all."""
USABLE = 0.5
"""The share of samples in which an output must be a number."""


def sensitivity(
    model: Model,
    samples: int | None,
    seed: int,
    *,
    of: str = IMPACT,
    plan: Plan | None = None,
    over_time: bool = False,
    replicates: int = REPLICATES,
    progress: Progress | None = None,
) -> Answer:
    """Sobol indices of every uncertain input, under a plan, else the author's `use`, else with nothing decided.

    `of` is `impact`, `leverage` (in orders of magnitude) or a variable, at the end of the run or at a time, such as
    `cash at 12 months`. `samples` are base samples N: with d inputs the model is run N (d + 2) times, less those inputs
    that change nothing; left out, N is such that this takes some seconds. `replicates` are those of the bootstrap.
    Gives tables `indices` and `tornado`, with `over_time` `indices_over_time`, where large samples carry the output
    `indices_log10` (of its order of magnitude), for correlated inputs `groups` and `shapley`, and
    where there is something to choose between `information` (see `leverwise.ask.informed`). Raises NoAnswerError if
    nothing is uncertain, or nothing that is makes a difference, and ModelError for what the model does not have.
    """
    begun, compiled = perf_counter(), model.engine.compile_seconds
    if samples is not None and samples < FEWEST:
        said = f"shares of a variance need {FEWEST} base samples or more, not {samples}"
        raise ModelError(Problem(said, None, "leave `samples` out: then there are as many as take some seconds"))
    if not is_random(model.system):
        raise NoAnswerError("nothing in the model is uncertain: give a number a range, such as `20k to 60k`.")
    output = output_of(model, of, over_time=over_time)
    follower, decisions, words = following(model, plan)
    told = (lambda share: None) if progress is None else (lambda share: progress(share, "running samples"))
    found = measured(follower.engine, output, decisions, samples, seed, told, replicates)
    share = float(found.sums.counted[found.main]) / found.samples
    if share < USABLE:
        positive = " (impact must be positive, with the levers and alone)" if output.name == LEVERAGE else ""
        raise NoAnswerError(f"{output.words} is a number in {percent(share)} of the samples only{positive}.")
    if not found.sums.varies[found.main]:
        said = f"{output.words} is the same in all samples: with {words}, nothing that is uncertain changes it."
        if plan is None and model.system.decisions:
            said += f"\nwith a plan it may be otherwise: {after_planning('sensitivity', model)}"
        raise NoAnswerError(said)
    if not model.system.decisions:
        words = ""
    rows = _rows(found, model.system)
    choice = beside(model, samples, seed, plan) if of == IMPACT else None
    worth = {} if choice is None else {"information": choice.rows()}
    compiling = follower.engine.compile_seconds - (compiled if follower is model else 0.0)
    seconds = {"compile": compiling, "run": perf_counter() - begun - compiling}
    return Answer(
        question="sensitivity",
        headline=headline(found, words),
        model=model.system.name,
        sha256=model.sha256,
        next=_next(model, plan),
        numbers=_numbers(found),
        rows={**rows, **worth},
        charts=charts(found, model.system, rows),
        warnings=caveats.unique([*model.warnings, *warnings(found), *caveats.defaults(model.system)]),
        provenance=model.provenance(seed, found.samples, seconds),
        units={"time": model.system.clock.unit.text},
        notes=(*notes(found, model.system), *([] if choice is None else choice.sentences())),
    )


def _rows(found: Measured, system: System) -> dict[str, list[Row]]:
    """The tables."""
    inputs = ordered(found.swaps.inputs, found)
    main = found.main
    rows: dict[str, list[Row]] = {}
    if found.by_orders is not None:
        rows["indices_log10"] = _indices(found, found.by_orders)
    rows |= {"indices": _indices(found, main), "tornado": tornado(found, system)}
    groups, effects = list[Row](), list[Row]()
    for group in found.swaps.groups:
        names = listing(group.names, len(group.names))
        whole = {**_shown("first", found.first(group.whole), main), **_shown("total", found.total(group.whole), main)}
        groups.append({"inputs": names, **whole})
        if group.parts:
            for name, effect in zip(group.names, found.effects(dict(group.parts)), strict=True):
                effects.append({"input": name, **_shown("shapley", effect, main)})
    rows |= {name: table for name, table in (("groups", groups), ("shapley", effects)) if table}
    if len(found.output.steps) > 1:
        rows["indices_over_time"] = _over_time(found, inputs, system, 0)
        if found.by_orders is not None:
            rows["indices_log10_over_time"] = _over_time(found, inputs, system, len(found.output.steps))
    return rows


def _indices(found: Measured, place: int) -> list[Row]:
    """A row per input, the largest total first."""
    return [
        {
            "input": each.name,
            **_shown("first", found.first(each.first), place),
            **_shown("total", found.total(each.total), place),
        }
        for each in ordered(found.swaps.inputs, found, place)
    ]


def _over_time(found: Measured, inputs: Sequence[Input], system: System, before: int) -> list[Row]:
    """A row per time and input that changes anything; none for times at which the output does not vary.

    `before` are the places before those that are told of.
    """
    times = found.output.times(system)
    indices = [(each, found.first(each.first), found.total(each.total)) for each in inputs if found.moves(each)]
    return [
        {"time": time, "input": each.name, **_shown("first", first, place), **_shown("total", total, place)}
        for place, time in enumerate(times, before)
        if found.shown(place)
        for each, first, total in indices
    ]


def _shown(name: str, index: Index, place: int) -> dict[str, float]:
    ends = ((name, index.value), (f"{name}_low", index.low), (f"{name}_high", index.high))
    return {key: float(values[place]) for key, values in ends}


def _numbers(found: Measured) -> dict[str, Estimate]:
    """The output itself, and how much of its variance inputs explain one by one."""
    error = float(np.std(found.told) / np.sqrt(len(found.told)))
    spread = replace(summary(found.told, found.output.unit), se=error)
    name = "log10_leverage" if found.output.name == LEVERAGE else found.output.name
    numbers = {name: spread}
    if not found.swaps.groups:
        place = found.main if found.by_orders is None else found.by_orders
        low, share, high = (float(each[place]) for each in (found.alone.low, found.alone.value, found.alone.high))
        numbers["explained_one_by_one"] = known(100 * share, "%", 100 * (high - low) / (2 * 1.645))
    return numbers


def _next(model: Model, plan: Plan | None) -> str:
    """What finding out is worth depends on what there is to choose, so it is asked where a plan can be made.

    Fresh noise nobody can find out: where there is nothing else, to plan, or to see how often a plan breaks.
    """
    if not model.system.decisions:
        return command("show", model, plan)
    if inputs_of(model.system):
        return command("information", model, plan)
    return command("plan", model) if plan is None else command("robust", model, plan)
