"""A plan on samples that it was not made on: whether it holds, what it makes, and whether half the step agrees."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from leverwise.ask.answer import Estimate
from leverwise.ask.caveats import tolerance
from leverwise.ask.numbers import known, summary
from leverwise.ask.planning.endless import fail_if_endless
from leverwise.ask.planning.exchange import repair
from leverwise.ask.planning.found import Found
from leverwise.ask.planning.hone import as_sure_as, honed
from leverwise.ask.planning.merit import BUDGET, Draws, Merit
from leverwise.ask.planning.problem import fail_if_not_whole, floored
from leverwise.ask.planning.projection import Array
from leverwise.ask.planning.risk import error, value
from leverwise.ask.planning.search import Planner
from leverwise.ask.planning.settle import settled
from leverwise.ask.short_of_money import needed_at_start
from leverwise.ask.words import asked, count_of, listing, percent, quantity, rounded_up
from leverwise.errors import NoAnswerError
from leverwise.lang.reach import aims, behind, reads
from leverwise.lang.system import Aim, System

CHECK = 4096
"""Most samples of the check whether a plan holds."""
ENOUGH = 1024
"""Samples of the check from which on a plan must hold with a standard error to spare."""
TRIES = 3
STEP_SAMPLES = 256
STEP_DIFFERENCE = 0.01
"""Relative change of impact at half the step above which a reader is warned."""
SHORTFALLS = {
    "cash_margin": (
        "money",
        "raise `money.start` or `money.credit.limit`, or lower `money.overhead`, or `money.floor` if there is one: "
        "about {amount} more is wanted at the tightest moment",
    ),
    "hours_margin": (
        "the principal's hours",
        "hand off chores, or lower what must be managed: about {amount} more are wanted at the tightest moment",
    ),
}


def made_to_hold(planner: Planner, found: Found, samples: int, seed: int) -> Found:
    """The plan, tightened until money and hours suffice with the asked confidence on samples of another seed.

    Raises NoAnswerError if no plan does, or none of whole units, saying what to relax; EndlessError if none is best.
    """
    made = _made_to_hold(planner, found, samples, seed)
    fail_if_not_whole(planner.problem, made.plan)
    fail_if_endless(planner, made.plan)
    return made


def _made_to_hold(planner: Planner, found: Found, samples: int, seed: int) -> Found:
    if not found.merit.margin_names:
        return settled(planner, found, lambda plan: True)
    check = _check(planner, samples, seed)
    sure = _sure(planner, check)
    planner.tell(0.45, "climbing as far as money and hours suffice")
    found = honed(planner, found, check, sure)
    for attempt in range(TRIES + 1):
        outcome = check.outcome(found.plan[None])
        if np.all(outcome.kept >= sure - 1e-12):
            break
        if attempt == TRIES:
            sure = planner.aim.confidence
            found = found if check.holds(outcome)[0] else _between(planner, found, check)
            break
        short = np.maximum(0.0, -outcome.margins[0])
        least = np.maximum(1e-3 * found.state.margins, 2 * check.leeway(found.plan))
        more = np.maximum(1.25 * short, least * (outcome.kept[0] < sure))
        found = planner.tightened(found, more, exchanging=attempt > 0)
    planner.tell(0.75, "making the plan simple")
    found = _on_more_samples(planner, found, min(planner.samples, check.draws.count), sure)
    return settled(planner, found, lambda plan: bool(np.all(check.outcome(plan[None]).kept >= sure - 1e-12)))


def _on_more_samples(planner: Planner, found: Found, count: int, sure: float) -> Found:
    """The same plan judged on at least so many samples of its search: what is rare and large needs many of them."""
    if count <= found.merit.draws.count:
        return found
    return replace(found, **as_sure_as(planner, planner.merit(count), found.plan, found.state, sure))


def _sure(planner: Planner, check: Merit) -> float:
    """In which share of the samples of the check money and hours must suffice, so that they do on others as asked."""
    asked, count = planner.aim.confidence, check.draws.count
    return asked + float(np.sqrt(asked * (1 - asked) / count)) if count >= ENOUGH else asked


def _check(planner: Planner, samples: int, seed: int) -> Merit:
    count = max(1, min(samples, CHECK)) if planner.sizes.polish > 1 else 1
    draws = Draws(np.asarray(planner.judge.draws(0, count, seed)), np.arange(count), seed)
    return Merit(planner.judge, planner.aim, draws)


def _between(planner: Planner, found: Found, check: Merit) -> Found:
    """The best plan that holds on the way from doing nothing, or from the safest plan, to the plan found."""
    problem = planner.problem
    nothing = problem.region.project(problem.start)
    safest = _safest(planner, found)
    ends = {"nothing": nothing, "the safest plan": safest}
    tried: dict[str, Array] = {}
    for name, end in ends.items():
        for share in np.linspace(0.0, 1.0, 21):
            blend = end + share * (found.plan - end)
            repaired = repair(problem, floored(problem, blend))
            if repaired is not None:
                tried[f"{name} {share:.2f}"] = repaired
    outcome = check.outcome(np.stack(list(tried.values())))
    held = check.holds(outcome)
    if not np.any(held):
        raise NoAnswerError(what_to_relax(planner.aim, check, safest))
    best = int(np.argmax(np.where(held, outcome.objective, -np.inf)))
    return replace(found, plan=list(tried.values())[best], origin=list(tried)[best])


def _safest(planner: Planner, found: Found) -> Array:
    """The plan that keeps the largest margins, whatever it makes."""
    blind = replace(found.state, objective=1e30, multipliers=np.ones_like(found.state.multipliers))
    plans, _ = planner.improve(planner.first, {"safest": found.plan}, {"safest": blind}, fixed=False)
    plan = floored(planner.problem, plans["safest"])
    repaired = repair(planner.problem, plan)
    return plan if repaired is None else repaired


def what_to_relax(aim: Aim, check: Merit, safest: Array, *, sums: bool = True) -> str:
    """Why no plan holds: what falls short with the one that keeps most, and by how much it would have to be more.

    Without `sums`, what lacks at the tightest moment stands for the sum at the start, which takes several runs.
    """
    outcome = check.outcome(safest[None])
    parts = []
    for j, name in enumerate(check.margin_names):
        kept = float(outcome.kept[0, j])
        if kept >= aim.confidence:
            continue
        if name == BUDGET:
            more = quantity(rounded_up(float(-outcome.margins[0, j])), "$")
            parts.append(f"what the levers cost on average goes beyond the budget; raise `plan.budget` by about {more}")
            continue
        what, mend = SHORTFALLS[name]
        short = float(-outcome.margins[0, j])
        amount = quantity(short, "$/month" if name == "cash_margin" else "hours/month")
        needed = needed_at_start(aim, check, safest, short) if sums and name == "cash_margin" else None
        if needed is not None:
            mend = (
                f"raise `money.start` by about {quantity(needed, '$')}, or lower `money.overhead`, or `money.floor` if "
                "there is one"
            )
        surely = np.floor(kept * 100) / 100
        parts.append(
            f"{what} suffices in {percent(kept)} of the samples at best, not in the {asked(aim.confidence)} "
            "asked for; "
            + mend.format(amount=amount)
            + (f"; or ask for a confidence of {percent(surely)}" if surely > 0 else "")
        )
    return "no plan was found that holds: " + "; ".join(parts) + "."


def objective_estimate(impact: Array, aim: Aim, system: System) -> Estimate:
    """The objective of samples (n,) in display units; its error is that of the 16 scramblings."""
    unit = system.impact_unit
    if aim.kind == "mean":
        return summary(impact / unit.factor, unit.text)
    whole, spread = value(impact, aim.kind, aim.level), error(impact, aim.kind, aim.level)
    if aim.kind == "probability":
        return known(whole, "", spread)
    if aim.kind == "log":
        return known(whole - float(np.log(unit.factor)), f"ln({unit.text or 'impact'})", spread)
    return known(whole / unit.factor, unit.text, spread / unit.factor)


def holding(measures: Mapping[str, Array], names: Sequence[str]) -> dict[str, float]:
    """Share of samples in which each margin is not negative."""
    return {name: float(np.mean(measures[name] >= -tolerance(measures[name]))) for name in names if name in measures}


def half_step(
    engine: Any, system: System, plan: Array, samples: int, seed: int, held: Sequence[str] = ()
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What the plan makes at half the step, as a note, and a caveat if that differs by more than a percent.

    Of stocks that are `held` at their limits the caveat says that it may be these that the plan gains from, if impact
    depends on them.
    A model in plain numbers stepped by Euler is taken as one of discrete time, where half a step means nothing.
    """
    if system.clock.method == "euler" and not system.clock.unit.text:
        return (), ()
    count = min(samples, STEP_SAMPLES)
    draws, index = np.asarray(engine.draws(0, count, seed)), np.arange(count)
    here = float(np.mean(np.asarray(engine.measures(draws, index, plan, seed=seed))[0]))
    finer = engine.with_clock(0.5)
    there = float(np.mean(np.asarray(finer.measures(draws, index, plan, seed=seed))[0]))
    engine.compile_seconds += finer.compile_seconds
    change = (there - here) / max(abs(here), 1e-300)
    less = "as much" if abs(change) < 5e-5 else f"{100 * abs(change):.2g} % {'more' if change > 0 else 'less'}"
    note = f"At half the step the plan makes {less} (on {count_of(count, 'sample')})."
    if abs(change) <= STEP_DIFFERENCE:
        return (note,), ()
    felt = behind(aims(system), reads(system))
    names = listing([f"`{name}`" for name in held if name in felt], 3)
    limits = f", or from {names} being held at a limit, which is more the longer the step is" if names else ""
    return (note,), (
        f"at half the time step this plan's impact changes by {percent(abs(change))}: part of what it gains comes from "
        f"the step{limits}; make `time.step` smaller.",
    )
