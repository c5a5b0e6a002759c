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
from leverwise.ask.coalitions import Parts, Runs, parts_of, players_of
from leverwise.ask.commands import after_planning, command
from leverwise.ask.contributions import Found
from leverwise.ask.difference import headline, notes
from leverwise.ask.following import following
from leverwise.ask.leverage import fail_if_alone_makes_nothing, leverage_numbers
from leverwise.ask.numbers import estimate
from leverwise.ask.scale import ORDERS, Scale
from leverwise.ask.schedules import Plan, starting
from leverwise.ask.words import percent
from leverwise.errors import NoAnswerError

if TYPE_CHECKING:
    from leverwise.ask.model import Model, Progress

LEAST = 0.5
"""The share of samples that must have a logarithm; where fewer have, amounts of impact are shared out."""


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
    leverage and log10_leverage. Where impact is not positive in half of the samples, what the levers add to it is
    shared out instead. Raises NoAnswerError if the model has no levers, or if alone makes nothing.
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
    said = f"running {'levers' if levers else 'mechanisms'} together and apart"
    orders, amounts = parts_of(runs, players, alone, impact, lambda done: progress and progress(done, said))
    counted = orders.counted
    share = float(np.mean(counted))
    if share < LEAST:
        _fail_if_none(amounts, share)
        counted = amounts.counted if amounts else counted
    unit = system.impact_unit
    numbers = {"impact": estimate(impact, unit)}
    more, said_of_leverage = leverage_numbers(system, impact[counted], alone[counted])
    numbers |= more
    its = None if amounts is None else amounts.of(counted, unit.factor)
    base = float(np.mean(alone[counted])) / unit.factor
    if share >= LEAST:
        scale = Scale(True, ORDERS, numbers["log10_leverage"].mean, base)
        found = Found(system, model.levers, players, scale, orders.of(counted), its, levers)
    else:
        assert its is not None
        scale = Scale(False, unit.text, float(np.mean((impact - alone)[counted])) / unit.factor, base)
        found = Found(system, model.levers, players, scale, its, None, levers)
    seconds = {"compile": model.engine.compile_seconds - compiled}
    seconds["run"] = perf_counter() - begun - seconds["compile"]
    return Answer(
        question="attribute",
        headline=headline(found, words) + caveats.but(measures, system.aim.confidence),
        model=system.name,
        sha256=model.sha256,
        next=_next(asked, plan, found, decided=not np.array_equal(decisions, starting(system))),
        numbers=numbers,
        rows=found.tables(),
        charts=found.charts(),
        warnings=caveats.unique([*_warnings(model, measures, numbers, share, runs.samples), *said_of_leverage]),
        provenance=model.provenance(seed, runs.samples, seconds),
        notes=notes(found, fewer=samples is None, rules=model is not asked),
    )


def _fail_if_none(amounts: Parts | None, share: float) -> None:
    if amounts is None:
        raise NoAnswerError(
            f"impact with some of the levers is not positive in {percent(1 - share)} of the samples, so that it has no "
            "orders of magnitude to be shared out, and there are too many levers for anything else: ask without "
            "`--levers`, or count as impact what can not be negative, such as `impact: deals`."
        )


def _warnings(
    model: Model, measures: dict[str, Array], numbers: dict[str, Estimate], share: float, samples: int
) -> list[str]:
    impact = measures["impact"]
    found = [*model.warnings, *caveats.not_finite("impact", impact)]
    if share < LEAST:
        found.append(
            f"impact with some of the levers, or alone, is not positive in {percent(1 - share)} of the samples: so "
            "shares are of what the levers add to impact, and not of orders of magnitude."
        )
    elif share < 1:
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
