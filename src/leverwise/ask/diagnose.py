"""What holds the enterprise back, when, and what more of each resource would be worth: from one reverse pass."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np

from leverwise.ask import caveats, hours
from leverwise.ask.answer import Answer, Chart, Row
from leverwise.ask.charts import PROBABILITY, Array, axis, layered_rows, time_axis
from leverwise.ask.commands import command
from leverwise.ask.elasticity import elasticities, sentences, streams
from leverwise.ask.lacking import speeds, without_a_lever
from leverwise.ask.more_money import of_rows, sentence
from leverwise.ask.numbers import estimate, summary
from leverwise.ask.planning.lumps import MoreMoney
from leverwise.ask.planning.prices import CASH
from leverwise.ask.recording import MADE_AND_SOLD, most_samples, read_back, rival
from leverwise.ask.regime import Binding, hires, regime
from leverwise.ask.resources import (
    STEP_SHARE,
    UNLIMITED,
    Resource,
    called,
    levels_by_period,
    resources_of,
)
from leverwise.ask.schedules import Plan, chosen
from leverwise.ask.slopes import Rows, Slopes, slopes_of
from leverwise.ask.unsold import unsold
from leverwise.ask.words import count_of, listing, number, percent, quantity
from leverwise.errors import NoAnswerError
from leverwise.lang.system import System

if TYPE_CHECKING:
    from leverwise.ask.model import Model, Progress

NOTHING = "nothing"
"""Shown where more of no resource would bring anything."""
MOVED = 10.0
"""Hours a month by which uses are compared: the first hour of a use may be worth far more than any other."""


@dataclass(frozen=True)
class Findings:
    """Per resource: slopes (P, n) in base units and what 1 % more would add (P, n); lengths of periods (P,)."""

    resources: list[Resource]
    slopes: dict[str, Array]
    gains: dict[str, Array]
    lengths: Array
    starts: Array
    least: float = 0.0
    """A gain that is rounding beside impact, base units."""

    def one_more(self, resource: Resource) -> Array:
        """What one more unit adds to impact per sample (n,), base units of impact.

        A stock: one more at the start. Hours: one more hour, at an average time. Seats: one more throughout.
        """
        slopes = self.slopes[resource.name]
        if resource.kind == "stock":
            return np.asarray(slopes[0] * resource.unit.factor)
        if resource.kind == "flow":
            return np.asarray(slopes.sum(axis=0) / self.lengths.sum() * resource.unit.factor)
        return np.asarray(slopes.sum(axis=0) * resource.unit.factor)

    def binding(self) -> dict[str, Array]:
        """Probability that each resource is the one of which 1 % more brings most, by period (P,)."""
        names = [resource.name for resource in self.resources]
        stacked = np.stack([self.gains[name] for name in names])
        least = max(self.least, 1e-12 * np.max(np.abs(stacked), initial=0.0))
        winner = np.where(np.max(stacked, axis=0) > least, np.argmax(stacked, axis=0), len(names))
        shares = {name: np.mean(winner == k, axis=1) for k, name in enumerate(names)}
        idle = np.mean(winner == len(names), axis=1)
        return shares | ({NOTHING: idle} if np.any(idle) else {})


def diagnose(
    model: Model,
    samples: int,
    seed: int,
    *,
    plan: Plan | None = None,
    counted: int | None = None,
    progress: Progress | None = None,
) -> Answer:
    """Find the bottlenecks of a plan, else of the author's `use`, else of doing nothing.

    Gives tables `bottlenecks`, `bottlenecks_over_time`, `hours`, and with an invention `elasticities`; numbers impact
    and the value of one more of each resource. Impact is told of `counted` samples, if that is more than the `samples`
    whose slopes are taken, since a run alone costs little. Raises NoAnswerError if the
    model names nothing that could be more.
    """
    begun, compiled = perf_counter(), model.engine.compile_seconds
    system, engine = model.system, model.engine
    if not engine.resources:
        raise NoAnswerError(
            "the model names no resource, so there is no bottleneck to find: add `nudge: NAME` to a stock, or ask "
            "`simulate` or `plan` instead."
        )
    decisions, words = chosen(model, plan)
    resources = resources_of(system)
    uses = hours.uses_of(system)
    asked, samples = samples, min(samples, most_samples(system))
    result = _run(model, samples, max(asked, counted or asked), seed, decisions)
    if progress is not None:
        progress(0.3, "following every resource back")
    draws, index = np.asarray(engine.draws(0, samples, seed)), np.arange(samples)
    weights = np.zeros((len(engine.measure_names), samples))
    weights[0] = 1.0
    gradient = engine.gradient(draws, index, decisions, weights=weights, seed=seed)
    if progress is not None:
        progress(0.7, "comparing single units")
    measured = Rows(engine, draws, index, decisions, seed, np.asarray(gradient.measures)[0])
    richer = of_rows(model, measured)
    findings, slopes = _findings(model, resources, result, gradient, measured)
    impact = np.asarray(result.measures["impact"], dtype=float)
    numbers = {"impact": estimate(impact, system.impact_unit)}
    worth = _values(findings, system)
    numbers |= {name: summary(samples, system.impact_unit.text) for name, samples in worth.items()}
    tables: dict[str, Sequence[Row]] = {
        "bottlenecks": _bottlenecks(findings, system),
        "bottlenecks_over_time": _over_time(findings, system),
    }
    charts = [_binding_chart(findings, system)]
    notes = _regime_notes(model, findings, slopes.tied, (draws, index, decisions), seed, richer)
    notes += unsold(system, {name: result.fans[name].mean for name in MADE_AND_SOLD if name in result.fans})
    if uses:
        gains = hours.hour_gains(engine, system, (draws, index, decisions), seed, MOVED)
        rows, best = _hours(uses, findings, system, result, gains)
        tables["hours"] = rows
        charts.append(_hours_chart(uses, system, result))
        notes.append(_hours_note(rows, best, system.impact_unit.text))
    growth = elasticities(engine, system, model.levers, (draws, index, decisions), seed)
    if growth:
        tables["elasticities"] = growth
    notes += sentences(growth, streams(system, model.levers))
    if len(impact) > samples:
        counted_of_all = "Impact and what is sold rest" if rival(system) else "Impact rests"
        every = count_of(len(impact), "sample")
        notes.append(f"{counted_of_all} on {every}, all else on the first {samples:,} of them.")
    ran = f"{count_of(samples, 'sample')} {'was' if samples == 1 else 'were'} run"
    fewer = [f"{ran}, not {asked:,}: of more, paths over time do not fit into memory."]
    warnings = [
        *model.warnings,
        *(fewer if samples < asked else []),
        *result.warnings,
        *caveats.not_finite("impact", impact),
        *caveats.without_slopes({called(name): share for name, share in slopes.stepped.items()}, slopes.lost),
    ]
    warnings += caveats.rationing(result.measures, system.aim.confidence)
    warnings += caveats.heavy_tail("impact", impact / system.impact_unit.factor)
    warnings += caveats.heavy_tails({f"the {name}": samples for name, samples in worth.items()})
    warnings += caveats.defaults(system)
    compiling = engine.compile_seconds - compiled
    return Answer(
        question="diagnose",
        headline=_headline(findings, system, words) + caveats.but(result.measures, system.aim.confidence),
        model=system.name,
        sha256=model.sha256,
        next=_next(model, plan),
        numbers=numbers,
        rows=tables,
        charts=charts,
        warnings=caveats.unique(warnings),
        provenance=model.provenance(seed, samples, {"compile": compiling, "run": perf_counter() - begun - compiling}),
        notes=notes,
    )


def _next(model: Model, plan: Plan | None) -> str:
    """What breaks the plan that was looked at; else a plan is to be made."""
    if plan is not None and model.system.decisions:
        return command("robust", model, plan)
    return command("plan" if model.system.decisions else "show", model)


def _run(model: Model, samples: int, counted: int, seed: int, decisions: Array) -> Any:
    """A run of `counted` samples: paths of the first `samples`, and of all what is made and sold on average."""
    kept, told = counted <= most_samples(model.system), MADE_AND_SOLD if rival(model.system) else ()
    run = partial(model.engine.simulate, seed=seed, decisions=decisions, record=read_back(model.system), fans=told)
    result = run(counted, keep=kept)
    paths = result.trajectories if kept else run(samples, keep=True).trajectories
    return replace(result, trajectories={name: path[:samples] for name, path in paths.items()})


def _findings(
    model: Model, resources: list[Resource], result: Any, gradient: Any, rows: Rows
) -> tuple[Findings, Slopes]:
    engine, system = model.engine, model.system
    starts = np.asarray(engine.period_starts, dtype=float)
    lengths = np.diff(np.append(starts, system.clock.steps * system.clock.step))
    times = np.asarray(result.times)
    paths = {name: np.asarray(path) for name, path in result.trajectories.items()}
    levels = {r.name: levels_by_period(r, paths, times, starts) for r in resources}
    limited = [r for r in resources if r.kind == "stock" or np.min(levels[r.name]) < UNLIMITED]
    slopes = slopes_of(rows, np.asarray(gradient.nudges), limited)
    gains = {r.name: slopes.by_name[r.name] * np.maximum(levels[r.name], 0.0) * STEP_SHARE for r in limited}
    least = 1e-12 * float(np.max(np.abs(rows.impact[np.isfinite(rows.impact)]), initial=0.0))
    return Findings(limited, slopes.by_name, gains, lengths, starts, least), slopes


def _values(findings: Findings, system: System) -> dict[str, Array]:
    """What one more of each resource adds to impact per sample (n,), in display units."""
    return {
        _value(resource): findings.one_more(resource) / system.impact_unit.factor for resource in findings.resources
    }


def _value(resource: Resource) -> str:
    return f"value of {resource.one}"


def _bottlenecks(findings: Findings, system: System) -> list[Row]:
    shares, share_of_time = findings.binding(), findings.lengths / findings.lengths.sum()
    rows: list[Row] = []
    for resource in findings.resources:
        marginal = findings.one_more(resource) / system.impact_unit.factor
        low, high = np.quantile(marginal, (0.05, 0.95))
        rows.append(
            {
                "resource": resource.name,
                "unit": resource.unit.text,
                "marginal_mean": float(np.mean(marginal)),
                "marginal_p5": float(low),
                "marginal_p95": float(high),
                "binding_probability": float(shares[resource.name] @ share_of_time),
            }
        )
    return sorted(rows, key=lambda row: -row["binding_probability"])


def _over_time(findings: Findings, system: System) -> list[Row]:
    shares = findings.binding()
    rows: list[Row] = []
    for resource in findings.resources:
        per = findings.lengths if resource.kind == "flow" else np.ones_like(findings.lengths)
        marginal = findings.slopes[resource.name] * resource.unit.factor / per[:, None] / system.impact_unit.factor
        for period, start in enumerate(findings.starts):
            low, high = np.quantile(marginal[period], (0.05, 0.95))
            rows.append(
                {
                    "resource": resource.name,
                    "start": float(start / system.clock.unit.factor),
                    "unit": resource.unit.text,
                    "marginal_mean": float(np.mean(marginal[period])),
                    "marginal_p5": float(low),
                    "marginal_p95": float(high),
                    "binding_probability": float(shares[resource.name][period]),
                }
            )
    return rows


def _hours(
    uses: list[hours.Use], findings: Findings, system: System, result: Any, gains: Mapping[str, float]
) -> tuple[list[Row], str]:
    capacity = next((r for r in findings.resources if r.name == hours.CAPACITY), None)
    hour = float(np.mean(findings.one_more(capacity))) if capacity else 0.0
    values, best = hours.values_per_hour(uses, system, gains, hour)
    spent = hours.hours_by_use(uses, result.trajectories, system.clock.steps)
    rows: list[Row] = [
        {
            "use": use.name,
            "hours": spent[use.name],
            "value_per_hour": values[use.name] / system.impact_unit.factor,
        }
        for use in uses
    ]
    return rows, best


def _binding_chart(findings: Findings, system: System) -> Chart:
    shares = {called(name): values for name, values in findings.binding().items() if np.any(values > 0)}
    times = [float(start / system.clock.unit.factor) for start in findings.starts]
    end = system.clock.steps * system.clock.step / system.clock.unit.factor
    extended = {name: np.append(values, values[-1]) for name, values in shares.items()}
    rows = layered_rows([*times, end], extended)
    caption = "In how many of the samples each resource is the one of which 1 % more would add most to impact."
    return Chart("bottleneck", "area", "bottleneck over time", caption, rows, time_axis(system.clock), PROBABILITY)


def _hours_chart(uses: list[hours.Use], system: System, result: Any) -> Chart:
    steps = system.clock.steps
    times = [float(t / system.clock.unit.factor) for t in np.asarray(result.times)[:steps]]
    layers = {use.name: np.mean(result.trajectories[use.variable][:, :steps], axis=0) for use in uses}
    whole = float(sum(np.max(np.abs(values), initial=0.0) for values in layers.values()))
    layers = {name: values for name, values in layers.items() if np.max(values) > hours.DUST * whole}
    caption = "Where the principal's hours go, on average over the samples."
    return Chart(
        "hours",
        "area",
        "hours by use",
        caption,
        layered_rows(times, layers),
        time_axis(system.clock),
        axis("hours", "hour/month"),
    )


def _headline(findings: Findings, system: System, words: str) -> str:
    rows = _bottlenecks(findings, system)
    first = rows[0]
    if first["binding_probability"] == 0:
        return f"With {words}, nothing that could be had more of holds impact back."
    resource = next(r for r in findings.resources if r.name == first["resource"])
    share = first["binding_probability"]
    often = "at all times" if share == 1 else f"in {percent(share)} of all times and samples"
    worth = quantity(first["marginal_mean"], system.impact_unit.text)
    average = " on average" if first["marginal_p5"] != first["marginal_p95"] else ""
    spread = summary(findings.one_more(resource) / system.impact_unit.factor, system.impact_unit.text)
    average += f" ({quantity(spread.p50, spread.unit)} in the median sample)" if caveats.skewed(spread) else ""
    text = f"With {words}, the bottleneck is {called(resource.name)}, {often}: {resource.one} is worth {worth}{average}"
    if len(rows) > 1 and rows[1]["binding_probability"] >= 0.2:
        text += f"; then {called(rows[1]['resource'])} ({percent(rows[1]['binding_probability'])})"
    return text + "."


def _regime_notes(
    model: Model,
    findings: Findings,
    tied: Sequence[str],
    rows: tuple[Array, Any, Array],
    seed: int,
    richer: MoreMoney | None,
) -> list[str]:
    """What the enterprise is short of, and what follows; of a model that has no enterprise, only that nothing binds."""
    system = model.system
    shares, share_of_time = findings.binding(), findings.lengths / findings.lengths.sum()
    chances = {r.name: float(shares[r.name] @ share_of_time) for r in findings.resources}
    gains = {name: float(np.mean(gain.sum(axis=0))) for name, gain in findings.gains.items()}
    if max(gains.values(), default=0.0) <= findings.least or not any(chances.values()):
        said = "More of no single resource brings anything."
        if tied:
            said += f" There is a tie at {listing([called(name) for name in tied], 3)}: more is of use only with seats."
        return [said, *_lumps(richer, findings, system)]
    if not hours.uses_of(system):
        return []
    more = hires(model.engine, system, model.levers, rows, seed)
    lumps = 0.0 if richer is None else richer.share
    binding = Binding(findings.resources, chances, gains, more, lumps, without_a_lever(system, model.levers))
    state, advice = regime(replace(binding, speedy=speeds(system, model.levers, binding.first)))
    return [f"The enterprise is {state}: {advice}.", *_lumps(richer, findings, system)]


def _lumps(richer: MoreMoney | None, findings: Findings, system: System) -> list[str]:
    """What a sum would bring beside what a dollar does."""
    if richer is None:
        return []
    cash = next((resource for resource in findings.resources if resource.name == CASH), None)
    dollar = None if cash is None else float(np.mean(findings.one_more(cash))) / system.impact_unit.factor
    return [sentence(richer, system, dollar=dollar)]


def _hours_note(rows: Sequence[Mapping[str, Any]], best: str, unit: str) -> str:
    fixed = (hours.OVERHEAD[hours.CHORES], hours.OVERHEAD[hours.MANAGING])
    spent = [row for row in rows if row["hours"] > MOVED and row["use"] not in (best, *fixed)]
    most = max(spent, key=lambda row: row["value_per_hour"], default=None)
    if most is None or most["value_per_hour"] <= 0:
        return "No hour that the principal could move would be worth more elsewhere."
    return (
        f"{MOVED:.0f} hours a month moved from {most['use']} to {best}, throughout, are worth "
        f"{quantity(most['value_per_hour'], unit)} an hour; now {number(most['hours'])} hours a month go to "
        f"{most['use']}."
    )
