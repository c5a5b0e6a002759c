"""What made the difference: how much of leverage each mechanism made, and what two of them do for each other.

Every combination of the mechanisms in use is run on the same draws. What each made of the orders of magnitude is its
Shapley value (see `shapley`), and these add up to `log10_leverage`.
"""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np

from leverwise.ask import caveats
from leverwise.ask.answer import Answer, Estimate
from leverwise.ask.charts import Array
from leverwise.ask.coalitions import Runs, parts_of, players_of
from leverwise.ask.commands import after_planning, command
from leverwise.ask.contributions import Found
from leverwise.ask.difference import headline, notes
from leverwise.ask.following import following
from leverwise.ask.leverage import fail_if_alone_makes_nothing, leverage_numbers
from leverwise.ask.numbers import estimate
from leverwise.ask.schedules import Plan, starting
from leverwise.ask.words import percent
from leverwise.errors import NoAnswerError

if TYPE_CHECKING:
    from leverwise.ask.model import Model, Progress

LEAST = 0.5
"""The share of samples that must have a logarithm."""


def attribute(
    model: Model,
    samples: int | None,
    seed: int,
    *,
    plan: Plan | None = None,
    levers: bool = False,
    progress: Progress | None = None,
) -> Answer:
    """How much of log10 leverage each mechanism made, under a plan, else the author's `use`, else with nothing decided.

    `levers` tells of every lever by itself. Unless `samples` says otherwise there are fewer of them, the more there are
    to tell apart. Gives tables `shares` and `interactions`; numbers impact, and of the same samples alone_impact,
    leverage and log10_leverage. Raises NoAnswerError if the model has no levers, if alone makes nothing, or if in half
    of the samples impact with some of the levers is not positive.
    """
    begun, compiled = perf_counter(), model.engine.compile_seconds
    if not model.system.switches:
        raise NoAnswerError("the model has no levers, so there is nothing to attribute: ask `simulate` or `diagnose`.")
    if progress is not None:
        progress(0.0, "seeing which levers are in use")
    asked, (model, decisions, words) = model, following(model, plan)
    system = model.system
    players = players_of(model, decisions, seed, single=levers)
    runs = Runs(model, decisions, players.samples(samples), seed)
    measured = runs.measures(np.hstack([runs.just(()), runs.just(runs.switches)]))
    alone, impact = measured[0]
    measures = dict(zip(model.engine.measure_names, measured[:, 1], strict=True))
    fail_if_alone_makes_nothing(system, alone)
    _fail_if_negative(np.mean((alone > 0) & (impact > 0)), "with the levers, or alone")
    said = f"running {'levers' if levers else 'mechanisms'} together and apart"
    parts = parts_of(runs, players, alone, impact, lambda done: progress and progress(done, said))
    counted = parts.counted
    share = float(np.mean(counted))
    _fail_if_negative(share, "with some of the levers")
    numbers = {"impact": estimate(impact, system.impact_unit)}
    more, said_of_leverage = leverage_numbers(system, impact[counted], alone[counted])
    numbers |= more
    found = Found(system, model.levers, players, parts.of(counted), numbers["log10_leverage"].mean, levers)
    seconds = {"compile": model.engine.compile_seconds - compiled}
    seconds["run"] = perf_counter() - begun - seconds["compile"]
    return Answer(
        question="attribute",
        headline=headline(found, words),
        model=system.name,
        sha256=model.sha256,
        next=_next(asked, plan, found, decided=not np.array_equal(decisions, starting(system))),
        numbers=numbers,
        rows=found.tables(),
        charts=found.charts(),
        warnings=caveats.unique([*_warnings(model, measures, numbers, share, runs.samples), *said_of_leverage]),
        provenance=model.provenance(seed, runs.samples, seconds),
        notes=notes(found, fewer=samples is None),
    )


def _fail_if_negative(share: float, when: str) -> None:
    if share < LEAST:
        raise NoAnswerError(
            f"impact {when} is not positive in {percent(1 - share)} of the samples, so that it has no orders of "
            "magnitude to be shared out. Count as impact what can not be negative, such as `impact: deals`."
        )


def _warnings(
    model: Model, measures: dict[str, Array], numbers: dict[str, Estimate], share: float, samples: int
) -> list[str]:
    impact = measures["impact"]
    found = [*model.warnings, *caveats.not_finite("impact", impact)]
    if share < 1:
        found.append(
            f"leverage and its shares leave out {percent(1 - share)} of the samples, in which impact with some of the "
            "levers is not positive."
        )
    found += caveats.rationing(measures, model.system.aim.confidence)
    found += caveats.heavy_tail("impact", impact / model.system.impact_unit.factor)
    found += caveats.large_error("impact", numbers["impact"], samples)
    return found + caveats.defaults(model.system)


def _next(model: Model, plan: Plan | None, found: Found, *, decided: bool) -> str:
    """To plan, if nothing is decided; to look at levers, if one mechanism has several; else at what holds them back."""
    if not decided and model.system.decisions:
        return after_planning("attribute", model)
    if found.several:
        return f"{command('attribute', model, plan)} --levers"
    return command("diagnose" if model.engine.resources else "simulate", model, plan)
