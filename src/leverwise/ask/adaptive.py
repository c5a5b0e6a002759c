"""What reacting is worth: rules beside the best schedule, searched, proved on samples of their own, and told.

Rules are made on the samples of the plan, must gain on a second set of samples, and are reported on a third, always
against the best schedule on the same draws. Where nothing is learned while the plan runs, the answer says so.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np

from leverwise.ask import caveats
from leverwise.ask.answer import Answer, Estimate
from leverwise.ask.charts import Array
from leverwise.ask.numbers import estimate, known, summary
from leverwise.ask.plan_notes import detail_rows
from leverwise.ask.plan_tables import schedule_rows
from leverwise.ask.planning.found import Found
from leverwise.ask.planning.merit import SPENDING, Draws, Merit
from leverwise.ask.planning.problem import named
from leverwise.ask.planning.reacting import SURE, Reactor, gained, reactor_of, sure
from leverwise.ask.planning.risk import value
from leverwise.ask.planning.rules import Policy, Rule, expected_rows, rule_rows
from leverwise.ask.planning.search import Planner
from leverwise.ask.planning.sizes import is_random
from leverwise.ask.planning.verify import CHECK, half_step, objective_estimate
from leverwise.ask.planning.watching import broken_limits, watched
from leverwise.ask.words import listing, quantity, spoken
from leverwise.engine.chunks import CHUNK, LARGEST_CHUNK
from leverwise.engine.layout import Layout
from leverwise.lang.react import Reacting, obstacles, reacting
from leverwise.lang.seeing import Seeing, UnseenError
from leverwise.lang.system import Call, Measure, Name, Number, Stock, System, Unit

if TYPE_CHECKING:
    from leverwise.ask.model import Model

MOST_SEEN = 6
"""Variables that are looked at, unless the author says which."""
FIRST = ("cash", "members", "recognised", "acting", "trust")
"""What is looked at before others."""
TRIES = 3
LESS = (1.0, 0.75, 0.5, 0.25)
"""Shares of what rules do that are tried where they do not hold in full."""
DOLLARS = Unit("$", 1.0, (("money", 1.0),))


@dataclass(frozen=True)
class Reaction:
    """The policy and the schedule that it is measured against; `why` there are no rules, if there are none."""

    policy: Policy
    rival: Array
    reactor: Reactor | None = None
    why: str = ""


def seen_of(system: System) -> tuple[str, ...]:
    """What rules may look at: what the author says, else what is held in stock and whether thresholds were crossed."""
    if system.aim.react:
        return system.aim.react
    stocks = [s for s in system.stocks if s.kind == "flow" and not s.hidden and (s.nudge or not s.origin.mechanism)]
    crossings = [a.name for a in system.auxiliaries if isinstance(a.value, Call) and a.value.function == "crossed"]
    seeing, found = Seeing(system), []
    for name in [*(stock.name for stock in stocks), *crossings]:
        try:
            seeing.expression(name)
        except UnseenError:
            continue
        found.append(name)
    ranks = {name: _rank(name) for name in found}
    return tuple(sorted(found, key=lambda name: ranks[name])[:MOST_SEEN])


def _rank(name: str) -> int:
    return next((place for place, word in enumerate(FIRST) if word in name.split(".")[-1]), len(FIRST))


def with_reaction(
    answer: Answer,
    model: Model,
    planner: Planner,
    found: Found,
    samples: int,
    seeds: tuple[int, int],
    tell: Callable[[float, str], None],
) -> Answer:
    """A plan's answer with what reacting adds. `seeds` are of the samples that rules must gain on, and of those told.

    Gives numbers adaptive_impact, adaptive_objective and worth_of_reacting; tables rules, and where there are any also
    adaptive_schedule and expected.
    """
    begun = perf_counter()
    reaction = _react(model, planner, found, samples, seeds[0], tell)
    told = _answered(answer, model, planner, reaction, samples, seeds[1])
    compiling = 0.0 if reaction.reactor is None else reaction.reactor.judge.compile_seconds
    seconds = dict(told.provenance.seconds)
    seconds["compile"] = seconds.get("compile", 0.0) + compiling
    seconds["run"] = seconds.get("run", 0.0) + perf_counter() - begun - compiling
    return replace(told, provenance=replace(told.provenance, seconds=seconds))


def _answered(answer: Answer, model: Model, planner: Planner, reaction: Reaction, samples: int, seed: int) -> Answer:
    """The answer with what rules make on samples of their own, or why there are none."""
    system, aim = model.system, planner.aim
    draws = Draws(np.asarray(model.engine.draws(0, samples, seed)), np.arange(samples), seed)
    planned = Merit(model.engine, aim, draws)
    rival = planned.impacts(reaction.rival[None])[0]
    if reaction.reactor is None or not reaction.policy.rules:
        numbers = _numbers(rival, rival, planner)
        return _told(answer, numbers, {"rules": []}, [f"Reacting is worth nothing here: {reaction.why}."])
    reactor = reaction.reactor
    vector = reactor.vectors([reaction.policy])[0]
    measures = _measures(reactor.judge, draws, vector)
    if broken := broken_limits(system, measures):
        why = f"on fresh draws the rules found break {listing(broken, 3)}; keep to the schedule"
        return _told(answer, _numbers(rival, rival, planner), {"rules": []}, [f"Reacting is not told: {why}."])
    numbers = _numbers(measures["impact"], rival, planner)
    worth = numbers["worth_of_reacting"]
    if not sure(worth.mean, worth.se, numbers["adaptive_objective"].mean):
        why = "on fresh draws the rules found gain no more than chance does; keep to the schedule"
        return _told(answer, numbers, {"rules": []}, [f"Reacting is worth nothing measurable: {why}."])
    rows: dict[str, Any] = {
        "rules": rule_rows(system, reaction.policy.rules),
        "adaptive_schedule": schedule_rows(system, reaction.policy.schedule),
    }
    if expected := expected_rows(system, reaction.policy):
        rows["expected"] = expected
    halved, caveat = half_step(reactor.judge, reactor.reacting.system, vector, samples, seed)
    notes = [
        f"Reacting is worth {quantity(worth.mean, worth.unit)} (standard error {quantity(worth.se, worth.unit)}) more "
        "than the best schedule, on the same fresh draws.",
        *(f"Rule: {row['rule']}." for row in rows["rules"]),
    ]
    if enough := caveats.enough(measures, aim.confidence):
        notes.append(f"With the rules, {enough}.")
    if SPENDING in measures:
        notes.append(f"With the rules it spends {quantity(float(np.mean(measures[SPENDING])), '$')} on average.")
    again = [note.replace("the plan makes", "the plan with its rules makes") for note in halved]
    rows["details"] = [*answer.rows["details"], *detail_rows({"step": again})]
    return _told(answer, numbers, rows, notes, caveat)


def _told(
    answer: Answer,
    numbers: Mapping[str, Estimate],
    rows: Mapping[str, Any],
    notes: Sequence[str],
    more: Sequence[str] = (),
) -> Answer:
    headline = f"{answer.headline.removesuffix('.')}; reacting to what is seen adds "
    worth = numbers["worth_of_reacting"]
    headline += f"{quantity(worth.mean, worth.unit)}." if rows["rules"] else "nothing to it."
    return replace(
        answer,
        headline=headline,
        numbers={**answer.numbers, **numbers},
        rows={**answer.rows, **rows},
        notes=(*notes, *answer.notes),
        warnings=caveats.unique([*answer.warnings, *more]),
    )


def _numbers(impact: Array, rival: Array, planner: Planner) -> dict[str, Estimate]:
    system, aim = planner.problem.system, planner.aim
    objective = objective_estimate(impact, aim, system)
    if aim.kind == "mean":
        worth = summary((impact - rival) / system.impact_unit.factor, system.impact_unit.text)
    else:
        factor = 1.0 if aim.kind in ("probability", "log") else system.impact_unit.factor
        gain, error = gained(impact, rival, aim)
        worth = known(gain / factor, objective.unit, error / factor)
    return {
        "adaptive_impact": estimate(impact, system.impact_unit),
        "adaptive_objective": objective,
        "worth_of_reacting": worth,
    }


def _measures(engine: Any, draws: Draws, vector: Array) -> dict[str, Array]:
    found = np.asarray(engine.measures(draws.values, draws.index, vector, seed=draws.seed), dtype=float)
    return dict(zip(engine.measure_names, found, strict=True))


def _react(
    model: Model, planner: Planner, found: Found, samples: int, seed: int, tell: Callable[[float, str], None]
) -> Reaction:
    system = model.system
    planner = _without_unused(planner, found.plan)
    nothing = Policy(found.plan, (), {})
    if not is_random(system):
        return Reaction(nothing, found.plan, why="nothing in the model is uncertain, so that nothing is learned")
    frozen = planner.problem.frozen
    still = {each.name for k, each in enumerate(system.decisions) if np.all(frozen[planner.problem.owner == k])}
    against = _against(planner, found.plan, still)
    free = [decision.name for decision in system.decisions if decision.name not in against]
    if not free:
        reasons = listing([f"{spoken(name)}: {reason}" for name, reason in against.items()], 3)
        return Reaction(nothing, found.plan, why=f"no decision can react ({reasons})")
    if not any(each.periods > 1 for each in system.decisions if each.name in free):
        why = "every decision is made once, before anything is seen (`plan: every` makes periods)"
        return Reaction(nothing, found.plan, why=why)
    seen = seen_of(system)
    if not seen:
        return Reaction(nothing, found.plan, why="nothing can be seen: a rule sees stocks, and what rests on them")
    tell(0.93, "searching for rules")
    made = _fitting(watched(_counted(system)), free, seen)
    if made is None:
        why = "over so many steps rules do not fit into memory; make `time.step` larger, or name less in `plan: react`"
        return Reaction(nothing, found.plan, why=why)
    engine = replace(model, system=made.system).engine
    reactor = reactor_of(planner, found, made, engine, samples, tell)
    if all(sight.deviation == 0 for sight in reactor.sights.values()):
        what = listing([spoken(name) for name in seen], 3)
        return Reaction(nothing, found.plan, why=f"what can be seen ({what}) is the same in all samples")
    policy = reactor.search()
    tell(0.96, "proving the rules on other samples")
    return _proved(reactor, policy, samples, seed)


def _fitting(system: System, free: Sequence[str], seen: Sequence[str]) -> Reacting | None:
    """The system in which decisions react to as much of this, first come first, as fits into memory."""
    for count in range(len(seen), 0, -1):
        made = reacting(system, free, seen[:count])
        layout = Layout(made.system)
        held = count * len({decision.steps_per_period for decision in made.decisions})
        if (layout.path_numbers + (layout.steps + 1) * held) * CHUNK * 8 <= LARGEST_CHUNK:
            return made
    return None


def _proved(reactor: Reactor, policy: Policy, samples: int, seed: int) -> Reaction:
    """The policy as far as it holds and gains on other samples, against the best schedule there."""
    planner, aim = reactor.planner, reactor.planner.aim
    count = max(1, min(samples, CHECK))
    draws = Draws(np.asarray(planner.judge.draws(0, count, seed)), np.arange(count), seed)
    planned, check = Merit(planner.judge, aim, draws), Merit(reactor.judge, reactor.reactor.aim, draws)
    rival = _rival(reactor, policy, planned)
    if not policy.rules:
        return Reaction(policy, rival, reactor, "no rule gains more than chance does")
    for _ in range(TRIES):
        outcome = check.outcome(reactor.vectors([policy]))
        if check.holds(outcome)[0]:
            break
        short = np.maximum(0.0, -outcome.margins[0])
        least = np.maximum(1e-3 * reactor.state.margins, 2 * check.leeway(reactor.vectors([policy])[0]))
        more = np.maximum(1.25 * short, least * (outcome.kept[0] < aim.confidence))
        reactor, policy = reactor.tightened(policy, more)
    policy = reactor.pruned(policy, check)
    before = planned.impacts(rival[None])[0]
    size = value(before, aim.kind, aim.level)
    tried = [*_milder(policy), *_milder(replace(policy, schedule=reactor.found.plan))]
    vectors = reactor.vectors(tried)
    held, impacts = check.holds(check.outcome(vectors)), check.impacts(vectors)
    best, most = replace(policy, rules=()), 0.0
    for milder, holds, impact in zip(tried, held, impacts, strict=True):
        gain, error = gained(impact, before, aim)
        if holds and gain > most and sure(gain, error, size):
            best, most = milder, gain
    why = "" if best.rules else f"no rule that holds gains {SURE:g} standard errors on other samples"
    return Reaction(best, rival, reactor, why)


def _milder(policy: Policy) -> list[Policy]:
    """The policy with all of its rules, the first few, or one of them, each in full or doing less."""
    rules = policy.rules
    parts: dict[tuple[Rule, ...], None] = dict.fromkeys(
        [rules, *(rules[: k + 1] for k in reversed(range(len(rules)))), *((rule,) for rule in rules)]
    )
    return [
        replace(policy, rules=tuple(replace(rule, more=share * rule.more) for rule in some))
        for some in parts
        for share in LESS
    ]


def _rival(reactor: Reactor, policy: Policy, planned: Merit) -> Array:
    """The best schedule on other samples: that of the plan, that improved once more, or that of the policy alone."""
    planner, found = reactor.planner, reactor.found
    whole = bool(planner.problem.whole.any())
    again, _ = planner.improve(found.merit, {"plan": found.plan}, {"plan": found.state}, fixed=whole, most=2)
    tried = [found.plan, again["plan"]]
    if planner.problem.region.contains(policy.schedule):
        tried.append(policy.schedule)
    outcome = planned.outcome(np.stack(tried))
    held = planned.holds(outcome)
    return tried[int(np.argmax(np.where(held, outcome.objective, -np.inf)))]


def _counted(system: System) -> System:
    """The system with a measure of what its decisions cost, where there is a budget and none that tells."""
    if system.aim.budget is None or any(measure.name == SPENDING for measure in system.measures):
        return system
    total: Any = Number(0.0)
    for decision in system.decisions:
        if decision.costs is not None:
            amount = Call("at_start", (), (decision.name,)) if decision.lump else Name(decision.name)
            total = Call("add", (total, Call("mul", (decision.costs, amount))))
    stock = Stock(SPENDING, Number(0.0), total, DOLLARS, hidden=True)
    return replace(
        system,
        stocks=(*system.stocks, stock),
        starting=(*system.starting, SPENDING),
        measures=(*system.measures, Measure(SPENDING, Name(SPENDING), DOLLARS)),
    )


def _without_unused(planner: Planner, plan: Array) -> Planner:
    """The planner that leaves levers alone which the plan does not use, and which stand in an `either` with others."""
    problem = planner.problem
    owned = [problem.owner == k for k in range(len(problem.system.decisions))]
    decisions = list(zip(problem.system.decisions, owned, strict=True))
    used = [d for d, place in decisions if not np.allclose(plan[place], problem.start[place], rtol=0, atol=1e-12)]
    unused = [name for group in problem.system.aim.either for name in group if not any(named(d, (name,)) for d in used)]
    fixed = np.any([place for d, place in decisions if named(d, unused)] or [np.zeros(problem.size, bool)], axis=0)
    if not np.any(fixed):
        return planner
    left = copy(planner)
    region = problem.region.fixed(fixed, plan)
    left.problem = replace(problem, region=region, stated=None, frozen=problem.frozen | fixed)
    return left


def _against(planner: Planner, plan: Array, still: Collection[str]) -> dict[str, str]:
    """Why decisions can't react, if these stay still; so must what shares limits with one that a file would not know.

    Under rules that come from a file such a decision gives way, if it is above its least.
    """
    system, problem = planner.problem.system, planner.problem
    high = {each.name for k, each in enumerate(system.decisions) if np.any(plan[problem.owner == k] > each.low)}
    known, kept = obstacles(system), set(still)
    while True:
        against = obstacles(system, kept)
        firm = {name for name in against if name not in known and name in high}
        joined = {name for limit in system.aim.constraints for name, _ in limit.terms if firm & set(dict(limit.terms))}
        if joined <= set(against):
            shared = "it shares a limit with one that is kept as it is"
            return {name: shared if name in kept - set(still) else reason for name, reason in against.items()}
        kept |= joined - set(against)
