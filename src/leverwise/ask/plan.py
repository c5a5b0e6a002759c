"""What to do: the best schedule found for every lever, checked on fresh samples and against simple plans."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np

from leverwise.ask import caveats
from leverwise.ask.accounts import Account, accounts, hours_used
from leverwise.ask.answer import Answer, Estimate, Row
from leverwise.ask.commands import after_planning, command
from leverwise.ask.hours import uses_of, without_dust
from leverwise.ask.idle import is_idle, nothing_better
from leverwise.ask.leverage import leverage_numbers, leverage_words, why_below_one
from leverwise.ask.more_money import of_plan, sentence
from leverwise.ask.numbers import estimate, known, standard_error, summary
from leverwise.ask.plan_notes import (
    SINGLE,
    best_known,
    detail_rows,
    nearby,
    on_search_samples,
    optimism,
    proof,
    safer,
    waiting,
)
from leverwise.ask.plan_tables import (
    COMPARED,
    first_actions,
    lever_rows,
    plan_charts,
    price_rows,
    schedule_rows,
    staff_rows,
    teams_of,
    use_rows,
)
from leverwise.ask.planning.either import best_of_either
from leverwise.ask.planning.found import Found
from leverwise.ask.planning.merit import MARGINS, SPENDING, Seen, costs_money
from leverwise.ask.planning.prices import cash_prices, limit_prices
from leverwise.ask.planning.problem import PlanProblem, drawn_values, fail_if_empty, problem_of
from leverwise.ask.planning.search import Planner
from leverwise.ask.planning.starts import even_split
from leverwise.ask.planning.verify import half_step, holding, made_to_hold, objective_estimate
from leverwise.ask.recording import recorded
from leverwise.ask.schedules import Plan, chosen, span
from leverwise.ask.seeds import proving, searching
from leverwise.ask.words import listing, low_to_high, number, percent, quantity
from leverwise.errors import ModelError, NoAnswerError, Problem, did_you_mean
from leverwise.lang.system import Aim, System

if TYPE_CHECKING:
    from leverwise.ask.model import Model, Progress

LITTLE = 1e-6
"""Share by which what plans make is told to differ."""


def plan(
    model: Model,
    samples: int,
    seed: int,
    *,
    plan: Plan | None = None,
    freeze: Sequence[str] = (),
    adaptive: bool = False,
    progress: Progress | None = None,
) -> Answer:
    """Search for the schedule with the best objective that keeps budget, limits, money and hours.

    `plan` is one to start from, in place of the author's `use`. What is reported comes from `samples` samples of
    `seed`, as `simulate` tells it; the search runs on others (see `leverwise.ask.seeds`). `freeze` names levers or
    decisions to leave as they are in `plan`, or else in the author's `use`; `adaptive` asks for rules too (see
    `leverwise.ask.adaptive`). Gives numbers impact, objective, baseline_impact (doing nothing), even_split_impact (same
    spending and hours spread evenly), cash_shadow_price, and leverage with levers; tables schedule, levers,
    shadow_prices. Raises NoAnswerError, saying what to relax, if no plan holds.
    """
    begun, compiled = perf_counter(), model.engine.compile_seconds + model.accountant.compile_seconds
    system, engine, aim = model.system, model.engine, model.system.aim
    tell = progress or _silent
    if not system.decisions:
        raise NoAnswerError("the model has no decisions, so there is nothing to plan: add a lever or `decisions:`.")
    drawn, frozen = drawn_values(model, searching(seed)), _to_freeze(system, freeze)
    given = None if plan is None else chosen(model, plan)[0]

    def searched(without: Sequence[str]) -> tuple[Planner, Found]:
        problem = problem_of(system, drawn, freeze=frozen, without=without, given=given)
        if given is not None:
            problem = replace(problem, use=given)
        fail_if_empty(problem)
        if aim.budget is not None and not costs_money(engine, problem.spending):
            raise NoAnswerError(
                "nothing in the model costs money, so a budget limits nothing: give decisions `costs`, or leave the "
                "budget out."
            )
        planner = Planner(engine, problem, aim, samples, searching(seed), tell)
        return planner, made_to_hold(planner, planner.find(), samples, proving(seed))

    planner, found = best_of_either(system, searched, freeze=frozen, given=given)
    tell(0.92, "checking on fresh samples")
    answer, lacking = _answer(model, planner, found, samples, seed, (begun, compiled), freeze, plan)
    if adaptive:
        from leverwise.ask.adaptive import with_reaction

        answer = with_reaction(answer, model, planner, found, samples, (proving(seed), seed), tell)
        if answer.rows["rules"]:
            option = " ".join(filter(None, ("--adaptive", _frozen(freeze))))
            answer = replace(answer, next=after_planning("simulate", model, option, plan))
    return replace(answer, headline=answer.headline + lacking)


def _to_freeze(system: System, names: Sequence[str]) -> list[str]:
    """Names of decisions and levers as the system writes them. Raises ModelError for any that it does not have."""
    known = [*(decision.name for decision in system.decisions), *system.switches]
    found = [name.strip().replace(" ", "_") for several in names for name in several.split(",")]
    unknown = [name for name in found if name not in known]
    if unknown:
        names = f"levers and decisions: {', '.join(sorted(known))}"
        raise ModelError(
            Problem(f"there is no decision or lever `{name}` to freeze", None, did_you_mean(name, known) or names)
            for name in unknown
        )
    return found


def _frozen(freeze: Sequence[str]) -> str:
    """The options that freeze these."""
    return " ".join(f"--freeze {shlex.quote(name)}" for name in freeze)


def _answer(
    model: Model,
    planner: Planner,
    found: Found,
    samples: int,
    seed: int,
    clocks: tuple[float, float],
    freeze: Sequence[str] = (),
    plan: Plan | None = None,
) -> tuple[Answer, str]:
    """What is told of a plan, and what of money and hours is lacking on fresh samples, to end the headline with."""
    begun, compiled = clocks
    system, engine, aim, problem = model.system, model.engine, planner.aim, planner.problem
    staff = [people.name for _, people in teams_of(system).values()]
    watched = recorded(system, staff)
    counting = partial(model.accountant.simulate, samples, seed, record=watched, keep=False)
    compared = [name for name in COMPARED if name in watched]
    best = counting(decisions=found.plan, fans=list(dict.fromkeys([*compared, *staff])))
    nothing = counting(decisions=problem.nothing, fans=compared)
    even = counting(decisions=even_split(problem, found.plan), fans=())
    impact = np.asarray(best.measures["impact"], dtype=float)
    numbers: dict[str, Estimate] = {
        "impact": estimate(impact, system.impact_unit),
        "objective": objective_estimate(impact, aim, system),
        "search_objective": on_search_samples(found.merit.outcome(found.plan[None]).objective[0], aim, system),
        "baseline_impact": estimate(np.asarray(nothing.measures["impact"], dtype=float), system.impact_unit),
        "even_split_impact": estimate(np.asarray(even.measures["impact"], dtype=float), system.impact_unit),
    }
    warnings = [*model.warnings, *best.warnings, *caveats.not_finite("impact", impact)]
    below = list[str]()
    if system.switches:
        alone = counting(decisions=found.plan, switches=model.alone(), fans=())
        off = np.asarray(alone.measures["impact"], dtype=float)
        more, said = leverage_numbers(system, impact, off)
        numbers |= more
        warnings += said
        below = why_below_one(numbers, impact, off, aim)
    priced, rows, said = prices(engine, planner, found, system)
    numbers |= priced
    warnings += said
    warnings += caveats.rationing(best.measures, aim.confidence)
    warnings += caveats.too_few(best.measures, aim.confidence)
    halved, caveat = half_step(engine, system, found.plan, samples, seed, caveats.held(best.warnings))
    warnings += [*caveat, *caveats.unsure_search(planner.seen.share)]
    warnings += waiting(system, _to_freeze(system, freeze))
    warnings += caveats.heavy_tail("impact", impact / system.impact_unit.factor)
    warnings += caveats.large_error("impact", numbers["impact"], samples)
    warnings += caveats.defaults(system)
    richer = of_plan(planner, found)
    tables: dict[str, Any] = {"schedule": schedule_rows(system, found.plan)}
    if people := staff_rows(system, best.fans):
        tables["staff"] = people
    taken = accounts(best.measures, tuple(model.levers))
    if uses := uses_of(system):
        used = hours_used(best.measures, [use.variable for use in uses])
        tables["hours_by_use"] = use_rows(system, without_dust({use.name: used[use.variable] for use in uses}))
    tables["levers"] = lever_rows(model.levers, taken)
    if rows:
        tables["shadow_prices"] = rows
    near = nearby(found.near) if found.near is not None else []
    about = {"its own samples": optimism(numbers), "what is near": near, "proof": proof(found.proof, found.plan)}
    single = [SINGLE] if planner.engine is not planner.judge else []
    tables["details"] = detail_rows({**about, "step": halved, "precision": single})
    idle = nothing_better(model, problem, found.plan, samples, seed) if is_idle(problem, found.plan) else ""
    unused = engine.resources and all(decision.use is None for decision in system.decisions)
    further = "diagnose" if engine.resources else "simulate"
    compiling = engine.compile_seconds + model.accountant.compile_seconds - compiled
    dollar = numbers["cash_shadow_price"].mean if "cash_shadow_price" in numbers else None
    answer = Answer(
        question="plan",
        headline=_headline(system, aim, numbers, idle),
        model=system.name,
        sha256=model.sha256,
        next=command("diagnose", model) if idle and unused else after_planning(further, model, _frozen(freeze), plan),
        numbers=numbers,
        rows=tables,
        charts=plan_charts(system, found.plan, best, nothing),
        warnings=caveats.unique(warnings),
        provenance=model.provenance(seed, samples, {"compile": compiling, "run": perf_counter() - begun - compiling}),
        units={"time": system.clock.unit.text},
        notes=(
            *([] if idle else [first_actions(system, found.plan)]),
            *below,
            *_notes(planner, found, best.measures, even.measures, taken, numbers),
            *([] if richer is None else [sentence(richer, system, "" if aim.kind == "mean" else _goal(aim), dollar)]),
        ),
    )
    return answer, caveats.but(best.measures, aim.confidence)


def _silent(share: float, doing: str) -> None:
    return None


def prices(
    engine: Any, planner: Planner, found: Found, system: System
) -> tuple[dict[str, Estimate], list[Row], list[str]]:
    """What one more dollar brings under a plan (`cash_shadow_price`), rows of what limits cost, and caveats."""
    aim = planner.aim
    own, size = system.impact_unit.text, system.impact_unit.factor
    others = {"probability": "probability", "log": f"ln({own or 'impact'})"}
    unit, size = (others[aim.kind], 1.0) if aim.kind in others else (own, size)
    gradient = found.merit.sensitivity(found.plan, found.state)
    seen = Seen()
    slopes = seen.finite(gradient.decisions).sum(axis=1)
    limits = limit_prices(planner.problem, found.plan, slopes)
    pressure = found.merit.budget_price(float(found.merit.outcome(found.plan[None]).objective[0]), found.state)
    if pressure:
        rest = [(label, value) for label, value in limits if label != "the budget"]
        limits = [("the budget", pressure + sum(value for label, value in limits if label == "the budget")), *rest]
    by_sample = cash_prices(gradient, tuple(engine.resources), size)
    of = f"{unit or 'impact'}/$"
    numbers, said = {}, []
    if by_sample is not None:
        # Of another objective than the mean the samples' parts are no distribution of anything.
        whole = known(float(np.mean(by_sample)), of, standard_error(by_sample))
        numbers["cash_shadow_price"] = summary(by_sample, of) if aim.kind == "mean" else whole
        said = caveats.heavy_tail("what one more dollar brings", by_sample)
    elif budget := [value for label, value in limits if label == "the budget"]:
        numbers["cash_shadow_price"] = known(budget[0] / size, of)
    rows = price_rows(planner.problem, limits, size, unit)
    return numbers, rows, [*said, *caveats.unsure_prices(seen.share)] if numbers or rows else []


def _headline(system: System, aim: Aim, numbers: Mapping[str, Estimate], idle: str) -> str:
    impact, nothing = numbers["impact"], numbers["baseline_impact"]
    text = f"{idle or 'The best plan found'} makes {quantity(impact.mean, impact.unit)} over {span(system)}"
    if impact.sd > 0:
        text += f" on average (90 % from {low_to_high(impact.p5, impact.p95, impact.unit)})"
    if nothing.mean > 0 and impact.mean > 0 and not idle:
        text += f", {_against(impact.mean / nothing.mean)} doing nothing makes"
    if "leverage" in numbers and not (idle and numbers["leverage"].sd == 0):
        text += f"; {leverage_words(numbers)}"
    if aim.kind != "mean":
        goal = numbers["objective"]
        text += f"; {_goal(aim)} is {quantity(goal.mean, goal.unit)}"
    return text + "."


def _against(ratio: float) -> str:
    """How many times what, or where that is once, what share more than."""
    if number(ratio) != "1":
        return f"{number(ratio)} times what"
    share = ratio - 1
    return "as much as" if abs(share) < LITTLE else f"{_percent(abs(share))} {'more' if share > 0 else 'less'} than"


def _percent(share: float) -> str:
    return f"{number(100 * share, 2)} %"


def _goal(aim: Aim) -> str:
    return {
        "quantile": f"its {percent(aim.level)} quantile",
        "cvar": f"the mean of its worst {percent(aim.level)}",
        "probability": "the probability asked for",
        "log": "its mean logarithm",
    }.get(aim.kind, "its mean")


def _notes(
    planner: Planner,
    found: Found,
    measures: Mapping[str, Any],
    even: Mapping[str, Any],
    taken: Mapping[str, Account],
    numbers: Mapping[str, Estimate],
) -> tuple[str, ...]:
    problem: PlanProblem = planner.problem
    notes = []
    if enough := caveats.enough(measures, planner.aim.confidence):
        notes.append(f"{enough[0].upper()}{enough[1:]}.")
    counted = SPENDING in measures
    spent = float(np.mean(measures[SPENDING])) if counted else float(problem.spending @ found.plan)
    hours = sum(account.hours for account in taken.values()) if taken else float(problem.hours @ found.plan)
    if spent > 0 or hours > 0:
        on = " on the levers" if taken else ""
        both = f"{quantity(spent, '$')} and {quantity(hours, 'hours')}"
        notes.append(f"It spends {both}{on} over {span(problem.system)}.")
    if problem.uncosted and not counted:
        notes.append(f"What {listing(problem.uncosted, 3)} spends is left out: it is known only in a run.")
    broken = [name for name, share in holding(even, MARGINS).items() if share < planner.aim.confidence]
    if broken:
        notes.append(f"The same money and hours spread evenly do not hold: too little {caveats.MARGINS[broken[0]][0]}.")
    else:
        notes += safer(numbers, planner.aim)
    return (*notes, best_known(found.proof, found.plan, sampled=found.merit.draws.count > 1))
