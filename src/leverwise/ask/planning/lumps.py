"""What more money would make of a plan where it takes whole sums: for a person or a machine, a dollar more is nothing.

A finite step of the cash at the start, with the plan exchanged anew around itself: as much as one more whole unit of a
decision costs, a purchase's price or half a year of a position. The
slope tells, at a floor of cash that holds, of nothing but what is bought with a part of a person.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from leverwise.ask.numbers import standard_error
from leverwise.ask.planning.exchange import Allowed, Score, exchange
from leverwise.ask.planning.lean import as_before, lean
from leverwise.ask.planning.merit import Draws, Merit
from leverwise.ask.planning.prices import CASH
from leverwise.ask.planning.problem import PlanProblem
from leverwise.ask.planning.projection import Array
from leverwise.ask.planning.risk import error, value
from leverwise.ask.schedules import period_lengths
from leverwise.ask.words import rounded_up
from leverwise.lang.system import Aim

HALF_A_YEAR = 6.0
"""Months of a position that have to be in hand to count as one more."""
MATERIAL = 0.01
"""What the sum must add to the objective to be told, as a share of it; two standard errors at least."""
ROUGHLY = 0.05
"""The same where only one whole unit more was tried, on few samples."""
VISIBLE = 0.05
"""Share of what a sum adds that changes may bring together and still not be told: they are left as they were."""
DIGITS = 2
"""The sum is rounded up to so many digits."""
CASH_MARGIN = "cash_margin"


@dataclass(frozen=True)
class Enriched:
    """An engine in whose runs there is more money at the start; only what a merit asks of it."""

    engine: Any
    more: float = 0.0
    """Base units."""
    reverse: bool = False
    """Whether measures are read off the gradient's program, where that is there and the other would be compiled."""

    @property
    def measure_names(self) -> Any:
        """Those of the engine."""
        return self.engine.measure_names

    @property
    def precision(self) -> Any:
        """That of the engine."""
        return self.engine.precision

    def measures(self, draws: Array, index: Any, decisions: Array, seed: int = 0) -> Any:
        """Measures (m, n) of n rows."""
        nudges = np.zeros((len(self.engine.resources), self.engine.periods))
        nudges[list(self.engine.resources).index(CASH), 0] = self.more
        if self.reverse:
            return self.engine.gradient(draws, index, decisions, nudges=nudges, seed=seed).measures
        return self.engine.measures(draws, index, decisions, nudges=nudges, seed=seed)


@dataclass(frozen=True)
class MoreMoney:
    """A sum at the start (base units), the plan without (K,) and with it (K,), and what it adds."""

    amount: float
    given: Array
    """The plan (K,) that was asked about; the best one nearby without the sum is `before`."""
    before: Array
    plan: Array
    gain: float
    """Of the objective, the direct effect of the money included."""
    error: float
    """The standard error of that."""
    share: float
    """The gain as a share of the objective without."""


@dataclass(frozen=True)
class Around:
    """Where to look: a problem, an aim, a plan (K,), all samples, and the few of them that exchanges see."""

    engine: Any
    problem: PlanProblem
    aim: Aim
    plan: Array
    draws: Draws
    few: int
    rounds: int
    """Of exchanges, of plans that hold on all samples. With none, what has one whole unit more than the plan is tried,
    throughout or at the start."""
    settled: bool = False
    """Whether the plan is the best by exchanges with the money that there is."""
    reverse: bool = False
    """See `Enriched`."""


def more_money(around: Around) -> MoreMoney | None:
    """The sum that brings most for each dollar, or None if none brings what is worth telling.

    Both with and without it the plan is exchanged around itself, and holds as surely as asked, or as it does now.
    """
    engine = around.engine
    if CASH not in engine.resources or CASH_MARGIN not in engine.measure_names:
        return None
    sums = sums_of(around.problem, around.plan)
    if not sums:
        return None
    as_is = Enriched(engine, reverse=around.reverse)
    here = Merit(as_is, around.aim, around.draws)
    kept = here.outcome(around.plan[None]).kept[0]

    def exchanged() -> Array:
        return _exchanged(around, here, around.plan, kept)

    before = around.plan if around.settled else exchanged()
    base = here.impacts(before[None])[0]
    found, wealthy = [], {}
    for amount in sorted(sums, reverse=True):
        merit = Merit(Enriched(engine, amount, around.reverse), around.aim, around.draws)
        plan = _exchanged(around, merit, before, kept)
        wealthy[amount] = merit.impacts(plan[None])[0]
        each = _told(around, amount, (before, plan), base, wealthy[amount])
        if each is None:
            break  # a smaller sum would bring no more
        if not np.array_equal(plan, before):
            found.append(each)
    best = max(found, key=lambda each: each.gain / each.amount, default=None)
    if best is None or not around.settled:
        return best
    before = exchanged()  # what exchanges find without the money is not owed to it
    return _told(around, best.amount, (before, best.plan), here.impacts(before[None])[0], wealthy[best.amount])


def _told(around: Around, amount: float, plans: tuple[Array, Array], base: Array, impact: Array) -> MoreMoney | None:
    """The sum, if what it adds to what is made without it (n,) is worth telling."""
    whole = abs(value(base, around.aim.kind, around.aim.level))
    gain, off = _gain(impact, base, around.aim)
    share = gain / whole if whole else np.inf
    if not gain > 2 * off or share <= (MATERIAL if around.rounds else ROUGHLY):
        return None
    return MoreMoney(amount, around.plan, *plans, gain, off, share)


def sums_of(problem: PlanProblem, plan: Array) -> Sequence[float]:
    """What the cheapest and the dearest whole unit cost of which the plan could have one more; base units.

    A position half a year; where time has no unit, a period.
    """
    costs = []
    for decision in problem.system.decisions:
        place = problem.slots()[decision.name]
        room = ~problem.frozen[place] & (plan[place] + decision.unit.factor <= problem.region.high[place] + 1e-9)
        if not decision.whole or not room.any():
            continue
        lengths = np.ones(decision.periods) if decision.lump else period_lengths(decision, problem.system)
        price = float(np.max(problem.spending[place] / lengths)) * decision.unit.factor
        held = HALF_A_YEAR if problem.system.clock.unit.text else float(np.max(lengths))
        costs.append(price if decision.lump else price * held)
    costs = [rounded_up(cost, DIGITS) for cost in costs if cost > 0]
    return sorted({min(costs), max(costs)}) if costs else ()


def _exchanged(around: Around, merit: Merit, plan: Array, kept: Array) -> Array:
    """The plan after exchanges on few of the samples, of plans that hold on all."""
    draws, needed = around.draws, np.minimum(kept, around.aim.confidence)
    few = Draws(draws.values[:, : around.few], draws.index[: around.few], draws.seed)
    rough = Merit(merit.engine, around.aim, few)
    score = _score(rough, np.minimum(needed, rough.outcome(plan[None]).kept[0]))
    if around.rounds:
        allowed = _allowed(merit, needed)
        found = exchange(around.problem, plan, score, draws.seed, around.rounds, gain=0.0, allowed=allowed)
        floor = found.score - VISIBLE * max(0.0, found.score - float(score(plan[None])[0]))
        same = as_before(around.problem, found.plan, plan, score, found.score - floor, allowed)
        return lean(around.problem, same, score, max(0.0, float(score(same[None])[0]) - floor), allowed)
    tried = np.stack([plan, *_one_more(around.problem, around.plan)])
    scores = score(tried)
    return np.asarray(tried[int(np.argmax(scores))])


def _one_more(problem: PlanProblem, plan: Array) -> Iterator[Array]:
    """The plan with one whole unit more of a decision: throughout, or at the start alone."""
    for decision in problem.system.decisions:
        place = problem.slots()[decision.name]
        for last in {place.start + 1, place.start + 1 if decision.lump else place.stop}:
            more = np.zeros(problem.size)
            more[place.start : last] = decision.unit.factor
            reached = np.where(problem.frozen, plan, np.minimum(plan + more, problem.region.high))
            if decision.whole and np.any(reached != plan) and problem.region.contains(reached):
                yield reached


def _score(merit: Merit, needed: Array) -> Score:
    """The objective of plans that keep money and hours in the needed shares (J,) of the samples; of others nothing."""

    def score(plans: Array) -> Array:
        outcome = merit.outcome(plans)
        return np.where(np.all(outcome.kept >= needed - 1e-12, axis=1), outcome.objective, -np.inf)

    return score


def _allowed(merit: Merit, needed: Array) -> Allowed:
    """Whether a plan keeps money and hours in the needed shares (J,) of the samples."""
    return lambda plan: bool(np.all(merit.outcome(plan[None]).kept[0] >= needed - 1e-12))


def _gain(impact: Array, base: Array, aim: Aim) -> tuple[float, float]:
    """What an aim makes of one impact (n,) beyond another on the same samples, and the standard error."""
    whole = value(impact, aim.kind, aim.level) - value(base, aim.kind, aim.level)
    if aim.kind == "mean":
        return whole, standard_error(impact - base)
    return whole, float(np.hypot(error(impact, aim.kind, aim.level), error(base, aim.kind, aim.level)))
