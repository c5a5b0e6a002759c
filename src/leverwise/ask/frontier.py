"""How far one thing can be had for another: impact for a budget, or the mean for what bad luck leaves of it.

A plan per point, made in turn, each beginning from the one before; then every plan counts for every point at which it
is allowed, and the best of them there is chosen on samples that none was searched on. What it makes is told on others
again: so no point is flattered, and a larger budget comes out below a smaller one by no more than chance.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np

from leverwise.ask import caveats
from leverwise.ask.answer import Answer, Estimate
from leverwise.ask.charts import Array
from leverwise.ask.commands import as_typed, command
from leverwise.ask.frontier_tables import (
    Point,
    attitude_charts,
    attitude_rows,
    budget_charts,
    budget_rows,
    called_aim,
    lacking,
    mix_rows,
    told_by,
)
from leverwise.ask.making import Maker, Outcome, Tell, outcome, part
from leverwise.ask.more_money import of_schedule, sentence
from leverwise.ask.numbers import known, standard_error
from leverwise.ask.planning.either import unused_choices
from leverwise.ask.planning.lumps import MoreMoney
from leverwise.ask.planning.merit import SPENDING, costs_money
from leverwise.ask.planning.problem import PlanProblem
from leverwise.ask.planning.sizes import COSTLY, is_random, row_seconds
from leverwise.ask.planning.verify import objective_estimate
from leverwise.ask.schedules import span
from leverwise.ask.seeds import choosing, searching
from leverwise.ask.words import count_of, listing, percent, quantity
from leverwise.errors import ModelError, NoAnswerError, Problem
from leverwise.lang.system import Aim

if TYPE_CHECKING:
    from leverwise.ask.model import Model, Progress

POINTS = 6
MOST_POINTS = 24
SHARE = 0.8
"""Of what the largest budget brings: the headline tells of the smallest that brings so much."""
CAREFUL = 0.1
"""The most careful attitude: only the mean of this share of the samples counts."""
SAME = 1e-9
SEARCH = 0.85
"""How much of the work is searching."""

TILL = "No budget does that: what is short is cash in hand, which each plan must keep above its floor."

Budget = str | float | Sequence[str | float]


@dataclass
class _Search:
    """What plans are searched, chosen and told with."""

    model: Model
    maker: Maker
    samples: int
    tell: Tell | None

    def found(self, aim: Aim, begun: Array | None, place: tuple[float, float], doing: str) -> Outcome:
        """The best plan for an aim, on the samples of the choice. Raises NoAnswerError."""
        plan = self.maker.plan(aim, begun, part(self.tell, SEARCH * place[0], SEARCH * place[1], doing))
        return self.measured(plan)

    def measured(self, plan: Array) -> Outcome:
        """A plan on the samples on which plans are chosen."""
        return outcome(self.model, self.plain, plan, self.samples, choosing(self.maker.seed))

    def told(self, plan: Array) -> Outcome:
        """A plan on the samples of which the answer tells."""
        return outcome(self.model, self.plain, plan, self.samples, self.maker.seed)

    @property
    def plain(self) -> PlanProblem:
        """The problem as the author states it, but without a budget."""
        return self.maker.problem(replace(self.model.system.aim, budget=None))


def frontier(
    model: Model,
    samples: int,
    seed: int,
    *,
    budget: Budget | None = None,
    points: int | None = None,
    risk: bool = False,
    progress: Progress | None = None,
) -> Answer:
    """A plan for each of several budgets, or with `risk` for each of several attitudes to risk, on the same samples.

    `budget` is a range such as `$50k to $500k`, one sum (from nothing to it), or several sums; left out, it goes from
    nothing to twice the budget of the model, or to what the best plan without one spends. Attitudes go from the mean
    to the mean of the worst tenth, under the `budget` given. Gives tables frontier and mix; numbers impact,
    baseline_impact, and of budgets bend, share_at_bend and last_dollar, of attitudes worst_tenth, careful_impact and
    careful_worst_tenth. Raises NoAnswerError if nothing costs money, nothing is uncertain, or no plan holds.
    """
    if points is not None and not 2 <= points <= MOST_POINTS:
        raise ModelError(Problem(f"a frontier has from 2 to {MOST_POINTS} points, not {points}", None))
    begun, compiled = perf_counter(), _compiled(model)
    search = _Search(model, Maker(model, samples, seed), samples, progress)
    if risk:
        found, facts = _attitudes(search, budget, points or POINTS)
    else:
        found, facts = _budgets(search, budget, points or POINTS)
    if progress is not None:
        progress(0.95, "comparing with doing nothing")
    nothing = search.told(search.plain.region.project(search.plain.start))
    best = found[0].outcome if risk else found[-1].outcome
    warnings = [*model.warnings, *facts.warnings]
    for point in found:
        warnings += caveats.rationing(point.outcome.measures, model.system.aim.confidence)[:1]
    warnings += caveats.too_few(best.measures, model.system.aim.confidence)
    warnings = [*dict.fromkeys(warnings), *caveats.not_finite("impact", best.impact)]
    warnings += caveats.large_error("impact", best.numbers(), samples)
    warnings += caveats.defaults(model.system)
    if risk:
        rows, charts = attitude_rows(found), attitude_charts(model.system, found)
    else:
        aim = told_by(model.system, found)
        rows, charts = budget_rows(found, aim), budget_charts(model.system, found, aim)
    compiling = _compiled(model) - compiled
    return Answer(
        question="frontier",
        headline=facts.headline + lacking(found, model.system.aim.confidence),
        model=model.system.name,
        sha256=model.sha256,
        next=facts.next,
        numbers={"impact": best.numbers(), "baseline_impact": nothing.numbers(), **facts.numbers},
        rows={"frontier": rows, "mix": mix_rows(found, model.levers)},
        charts=charts,
        warnings=caveats.unique(warnings),
        provenance=model.provenance(seed, samples, {"compile": compiling, "run": perf_counter() - begun - compiling}),
        units={"time": model.system.clock.unit.text},
        notes=(
            *facts.notes,
            f"All are measured on the same {count_of(samples, 'sample')}, on which none was searched or chosen.",
        ),
    )


@dataclass(frozen=True)
class _Facts:
    """What is said of a frontier."""

    headline: str
    next: str
    numbers: Mapping[str, Estimate]
    notes: Sequence[str] = ()
    warnings: Sequence[str] = ()


def _compiled(model: Model) -> float:
    return float(model.engine.compile_seconds + model.accountant.compile_seconds)


def _budgets(search: _Search, asked: Budget | None, count: int) -> tuple[list[Point], _Facts]:
    """A point for each budget, the smallest first, and what is said of them."""
    model, aim = search.model, search.model.system.aim
    if not costs_money(model.engine, search.plain.spending):
        raise NoAnswerError(
            "nothing in the model costs money, so there is no frontier over budgets: give decisions `costs`, or ask "
            "for `--risk`."
        )
    known: list[Outcome] = []
    budgets = _asked(model, asked, count)
    first = 0.0
    if budgets is None:
        first = 1 / (count + 1)
        known.append(search.found(replace(aim, budget=None), None, (0.0, first), "planning without a budget"))
        budgets = _up_to(known[0].spending, count)
    refused: dict[float, str] = {}
    for k, budget in enumerate(budgets):
        place = (first + (1 - first) * k / len(budgets), first + (1 - first) * (k + 1) / len(budgets))
        before = known[-1].plan if known and (k or first) else None
        try:
            doing = f"planning with {quantity(budget, '$')}"
            known.append(search.found(replace(aim, budget=budget), before, place, doing))
        except NoAnswerError as error:
            refused[budget] = str(error)
    if row_seconds(model.system) < COSTLY:  # then from above, too: large plans shrink into others than small ones grow
        for budget in budgets[-2::-1]:
            if budget in refused or budget <= 0:
                continue
            told = part(search.tell, SEARCH, 0.95, "planning from larger budgets")
            with suppress(NoAnswerError):
                known.append(search.measured(search.maker.plan(replace(aim, budget=budget), known[-1].plan, told)))
    best = {
        budget: max(allowed, key=lambda each: each.objective(aim))
        for budget in budgets
        if (allowed := [each for each in known if _within(search, each, budget)])
    }
    points = _told(search, {budget: (quantity(budget, "$"), found) for budget, found in best.items()})
    if len(points) < 2:
        raise NoAnswerError("\n".join(refused.values()) or "no plan stays within any of these budgets.")
    none = [budget for budget in budgets if budget not in {point.level for point in points}]
    warnings = [f"no plan was found that holds with {quantity(budget, '$')}." for budget in none]
    most = points[-1]
    left = unused_choices(model.system, most.outcome.plan)
    top = search.maker.problem(replace(aim, budget=most.level), left)
    richer = of_schedule(
        model, top, replace(aim, budget=most.level), most.outcome.plan, search.samples, searching(search.maker.seed)
    )
    return points, _of_budgets(model, points, warnings, richer)


def _told(search: _Search, chosen: Mapping[float, tuple[str, Outcome]]) -> list[Point]:
    """A point for each level, label and plan chosen, measured on samples that it was not chosen on; no plan twice."""
    plans = {found.plan.tobytes(): found.plan for _, found in chosen.values()}
    told = {key: search.told(plan) for key, plan in plans.items()}
    return [Point(level, label, told[found.plan.tobytes()]) for level, (label, found) in chosen.items()]


def _within(search: _Search, found: Outcome, budget: float) -> bool:
    """Whether a plan stays within a budget, on average over the samples of the choice but for chance, and holds."""
    if not found.holds(search.model.system.aim.confidence):
        return False
    spent = found.measures.get(SPENDING)
    slack = 2 * standard_error(np.asarray(spent, dtype=float)) if spent is not None else 0.0
    return found.spending <= budget + slack + SAME * (1 + budget)


def _asked(model: Model, asked: Budget | None, count: int) -> list[float] | None:
    """The budgets to plan for, in dollars, the smallest first; None if neither question nor model name any."""
    if asked is None:
        own = model.system.aim.budget
        return None if own is None or own <= 0 else np.linspace(0.0, 2 * own, count).tolist()
    if isinstance(asked, str):
        ends = re.split(r"\s+to\s+", asked.strip())
        low, high = [_money(model, end) for end in ends] if len(ends) == 2 else (0.0, _money(model, asked))
    elif isinstance(asked, int | float):
        low, high = 0.0, _money(model, asked)
    else:
        several = sorted({_money(model, each) for each in asked})
        if len(several) < 2:
            raise ModelError(Problem("a frontier needs at least two budgets", None))
        return several
    if not low < high:
        raise ModelError(Problem(f"`{asked}` is no range of budgets", None, "write, for example, `$50k to $500k`"))
    return [float(budget) for budget in np.linspace(low, high, count)]


def _money(model: Model, asked: str | float) -> float:
    """A sum in dollars, read as `plan: budget` would be; a number for a model made by hand is taken as it is."""
    if isinstance(asked, int | float) and (model.origin is None or asked == 0):
        return float(asked)
    text = asked.strip() if isinstance(asked, str) else f"{asked:.15g}"
    try:
        found = model.with_settings({"plan.budget": text}).system.aim.budget
    except ModelError as error:
        raise as_typed(error, ["budget"]) from None
    return 0.0 if found is None else found


def _up_to(most: float, count: int) -> list[float]:
    """Round budgets from nothing to what the best plan spends."""
    if not most > 0:
        raise NoAnswerError("the best plan found spends no money at all, so that no budget makes a difference.")
    step = most / (count - 1)
    digit = 10.0 ** (np.floor(np.log10(step)) - 1)
    step = float(np.ceil(step / digit - SAME) * digit)
    return [k * step for k in range(count)]


def _of_budgets(model: Model, points: Sequence[Point], warnings: Sequence[str], richer: MoreMoney | None) -> _Facts:
    system = model.system
    unit, size = system.impact_unit.text, system.impact_unit.factor
    least, most = points[0], points[-1]
    aim = told_by(system, points)
    reached = objective_estimate(most.outcome.impact, aim, system)
    goal, unit, top = "" if aim.kind == "mean" else f" by {called_aim(aim)}", reached.unit, reached.mean
    size = 1.0 if aim.kind in ("probability", "log") else size
    gains = [point.outcome.gain(least.outcome, aim)[0] / size for point in points]
    whole, sure = gains[-1], 2 * most.outcome.gain(least.outcome, aim)[1] / size
    beyond = "" if least.level == 0 else f" beyond {least.label}"
    before = points[-2].outcome
    length = most.level - points[-2].level
    last = known(
        (gains[-1] - gains[-2]) / length,
        f"{unit or ('1' if aim.kind == 'probability' else 'impact')}/$",
        most.outcome.gain(before, aim)[1] / size / length,
    )
    numbers = {"last_dollar": last}
    made = quantity(top, unit)
    notes = [] if richer is None else [f"{sentence(richer, system, goal and called_aim(system.aim))} {TILL}"]
    if whole <= max(sure, SAME * abs(top)):
        missing = "Money" if richer is None else "The budget"
        text = f"{missing} is not what is missing: {most.label} make no more than {least.label}"
        text += f", {made} over {span(system)}{goal}"
        text += "." if richer is None else "; what is missing is cash at the start."
        return _Facts(text, command("diagnose", model), numbers, notes, warnings=warnings)
    bend = next(k for k, gain in enumerate(gains) if gain >= SHARE * whole)
    share = gains[bend] / whole
    numbers = {"bend": known(points[bend].level, "$"), "share_at_bend": known(100 * share, "%"), **numbers}
    last_part = f"from {points[-2].label} to {most.label}"
    if bend < len(points) - 1:
        text = f"The first {points[bend].label} bring {percent(share)} of what {most.label} bring{beyond}"
    else:
        share = gains[-2] / whole
        text = f"All of it counts: {points[-2].label} bring only {percent(share)} of what {most.label} bring{beyond}"
    text += f" ({quantity(whole, unit)} more, to {made} over {span(system)}{goal})"
    if last.mean > 2 * last.se:
        amount = 10.0 ** np.floor(np.log10(length))
        text += f"; {last_part}, {quantity(amount, '$')} more bring {quantity(amount * last.mean, unit)}."
    else:
        text += f"; {last_part}, what more money brings can not be told from chance."
    idle = [point.label for point in points[1:] if point.outcome.spending < 0.5 * point.level]
    if idle:
        notes.append(f"The best plan found leaves more than half unspent of {listing(idle)}.")
    then = f"{command('plan', model)} --budget '${points[bend].level:.15g}'"
    return _Facts(text, then, numbers, notes, warnings)


def _attitudes(search: _Search, budget: Budget | None, count: int) -> tuple[list[Point], _Facts]:
    """A point for each attitude, the mean first, and what is said of them."""
    model = search.model
    if not is_random(model.system):
        raise NoAnswerError("nothing in the model is uncertain, so that there is no risk to be careful of.")
    limit = model.system.aim.budget
    if budget is not None:
        if not isinstance(budget, str | int | float) or re.search(r"\sto\s", str(budget)):
            raise ModelError(Problem("with --risk, --budget is one sum", None, "such as `$300k`"))
        limit = _money(model, budget)
    levels = [1.0, *(round(float(level), 2) for level in np.geomspace(1.0, CAREFUL, count)[1:])]
    aims = {level: _attitude(replace(model.system.aim, budget=limit), level) for level in levels}
    known: list[Outcome] = []
    for k, (level, aim) in enumerate(aims.items()):
        place = (k / len(aims), (k + 1) / len(aims))
        known.append(search.found(aim, known[-1].plan if known else None, place, f"planning for {_called(level)}"))
    best = {level: (_called(level), max(known, key=partial(_objective, aim))) for level, aim in aims.items()}
    points = _told(search, best)
    return points, _of_attitudes(model, points)


def _attitude(aim: Aim, level: float) -> Aim:
    return replace(aim, kind="mean", level=0.0) if level == 1 else replace(aim, kind="cvar", level=level)


def _objective(aim: Aim, found: Outcome) -> float:
    return found.objective(aim)


def _called(level: float) -> str:
    return "mean" if level == 1 else f"cvar {percent(level)}"


def _of_attitudes(model: Model, points: Sequence[Point]) -> _Facts:
    system = model.system
    unit, size = system.impact_unit.text, system.impact_unit.factor
    bold, careful = points[0].outcome, points[-1].outcome
    numbers = {
        "worst_tenth": known(bold.tail / size, unit, bold.tail_error / size),
        "careful_impact": careful.numbers(),
        "careful_worst_tenth": known(careful.tail / size, unit, careful.tail_error / size),
    }
    lost = float(np.mean(bold.impact - careful.impact)) / size
    won = (careful.tail - bold.tail) / size
    made = quantity(float(np.mean(bold.impact)) / size, unit)
    text = f"The plan that is best on average makes {made} over {span(system)}, "
    text += f"{quantity(bold.tail / size, unit)} in the worst tenth of the samples; "
    if won <= SAME * (1 + abs(bold.tail / size)):
        text += "no plan found does better there."
        return _Facts(text, command("robust", model), numbers)
    text += f"being careful adds {quantity(won, unit)} there and costs {quantity(lost, unit)} on average"
    if lost > 0:
        text += f", {quantity(won / lost)} for each one given up"
    careful_aim = f"--objective 'cvar {100 * points[-1].level:g} %'"
    return _Facts(text + ".", f"{command('plan', model)} {careful_aim}", numbers)
