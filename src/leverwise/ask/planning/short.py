"""A short search: from plans that are good nearby to a good one here, for questions that make many plans.

The plans to begin from are scored, with those that use one decision alone and the even ones; the best few are descended
side by side, their whole units exchanged, and descended again. No plan is made simple: it is not told, only what it
makes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from leverwise.ask.planning.endless import fail_if_endless
from leverwise.ask.planning.exchange import Score, exchange, repair, screened
from leverwise.ask.planning.merit import Draws, Merit, Scales
from leverwise.ask.planning.nearest import nearest_whole
from leverwise.ask.planning.problem import PlanProblem, floored
from leverwise.ask.planning.projection import Array
from leverwise.ask.planning.search import Planner
from leverwise.ask.planning.sizes import CHEAP, row_seconds
from leverwise.ask.planning.starts import starts
from leverwise.ask.planning.verify import what_to_relax
from leverwise.ask.seeds import proving, searching
from leverwise.errors import NoAnswerError
from leverwise.lang.system import Aim

EVALUATIONS, EVALUATIONS_IF_CHEAP = 5, 30
"""In a descent; the first is twice as long."""
ROUNDS, ROUNDS_IF_CHEAP = 1, 6
"""Of exchanges."""
SIDE_BY_SIDE = 2
FEW, SIEVED = 32, 24
"""Samples that tell which exchanges are worth a closer look, where there are twice as many, and how many are."""
APART = 1e-3
"""Distance, in ranges, from which plans are different."""
PARTLY = (0.25, 0.5, 0.75)
"""Shares of the plans to begin from that are begun from, too."""
ENDS, WAY = 2, (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 0.98)
"""Plans that hold from which a better one is walked to that does not, and the shares of the way that are tried."""


class ShortPlanner(Planner):
    """Searches for a good plan near others, for a question with some seed (see `leverwise.ask.seeds`).

    The same plans to begin from, seed and samples give the same plan.
    """

    def __init__(self, engine: Any, problem: PlanProblem, aim: Aim, samples: int, seed: int) -> None:
        super().__init__(engine, problem, aim, samples, searching(seed), _silent)
        self.proof = proving(seed)
        cheap = row_seconds(problem.system) < CHEAP
        count = 1 if self.sizes.polish == 1 else samples
        self.rounds = ROUNDS_IF_CHEAP if cheap else ROUNDS
        self.sizes = replace(
            self.sizes,
            polish=count,
            exchange=count,
            last_rounds=EVALUATIONS_IF_CHEAP if cheap else EVALUATIONS,
            outer=min(self.sizes.outer, 2),
            exchanges=self.rounds,
            kept=1,
        )

    def find_from(self, begun: Sequence[Array], *, alone: bool = True, turns: int = 1) -> Array:
        """A good plan (K,) that holds on samples of another seed, too.

        `alone`: plans that use one decision alone are among those to begin from. `turns`: descents, each with the price
        of margins set anew, and rounds of exchange between them. Raises NoAnswerError if no plan is found that holds,
        EndlessError if none is best.
        """
        problem = self.problem
        nothing = problem.region.project(problem.start)
        limited = self.hours_limited(nothing)
        most = self.ranged(limited, begun)
        plans = {f"nearby {k + 1}": plan for k, plan in enumerate(begun)}
        if alone or not plans:
            plans |= starts(limited, most, None, self.seed)
        plans["nothing"] = nothing
        for name, plan in list(plans.items())[: len(begun)]:
            plans |= {f"{share:g} of {name}": nothing + share * (plan - nothing) for share in PARTLY}
        plans = {name: whole for name, plan in plans.items() if (whole := whole_near(problem, plan)) is not None}
        if not plans and (nearest := nearest_whole(problem, nothing)) is not None:
            plans["nearest"] = nearest
        if not plans:
            raise NoAnswerError("no schedule keeps all the limits.")
        merit = self.merit(self.sizes.polish)
        table = np.stack(list(plans.values()))
        outcome = merit.outcome(table)
        state = self._sized(outcome.objective, outcome.margins)
        kept = self._best(plans, merit.score(table, state))
        kept, states = self.improve(
            merit, kept, dict.fromkeys(kept, state), fixed=bool(problem.whole.any()), most=turns
        )
        best = self.choose(merit, kept, state)
        plan, state = kept[best], states[best]
        if problem.whole.any():
            exchanged = self._exchanged(merit, plan, state, turns)
            if np.any(exchanged != plan):
                again, states = self.improve(merit, {best: exchanged}, {best: state}, fixed=True, most=turns)
                plan = again[best]
        plan = self._held(plan, list(plans.values()))
        fail_if_endless(self, plan)
        return plan

    def _held(self, plan: Array, known: Sequence[Array]) -> Array:
        """The plan, or the best on the way to it from doing nothing and from those known, that holds elsewhere."""
        draws = np.asarray(self.judge.draws(0, 2 * self.samples, self.proof))
        check = Merit(self.judge, self.aim, Draws(draws, np.arange(2 * self.samples), self.proof))
        if not check.margin_names:
            return plan
        found = check.outcome(plan[None])
        if check.holds(found)[0]:
            return plan
        outcome = check.outcome(np.stack(known))
        held = check.holds(outcome)
        order = np.argsort(-np.where(held, outcome.objective, -np.inf), kind="stable")
        ends = [known[int(k)] for k in order[:ENDS] if held[k]]
        if not ends:
            safest = known[int(np.argmax(outcome.kept.min(axis=1)))]
            raise NoAnswerError(what_to_relax(self.aim, check, safest, sums=False))
        counted = self.problem.whole
        way = [end + share * (plan - end) for end in ends for share in WAY]
        way += [np.where(counted, plan, blend) for blend in way]
        blends = [*ends, *(whole for blend in way if (whole := whole_near(self.problem, blend)) is not None)]
        outcome = check.outcome(np.stack(blends))
        return blends[int(np.argmax(np.where(check.holds(outcome), outcome.objective, -np.inf)))]

    def rough(self, merit: Merit, state: Scales) -> Score:
        """Scores on a few of the samples, where there are twice as many."""
        if merit.draws.count < 2 * FEW:
            return lambda plans: merit.score(plans, state)
        few = self.merit(FEW)
        return lambda plans: few.score(plans, state)

    def _best(self, plans: Mapping[str, Array], scores: Array) -> dict[str, Array]:
        """The best few that are different; of a plan and its parts, one."""
        kept: dict[str, Array] = {}
        for k in np.argsort(-np.where(np.isfinite(scores), scores, -np.inf), kind="stable"):
            name = list(plans)[int(k)]
            gaps = [float(np.max(np.abs((plans[name] - other) / self.scale), initial=0.0)) for other in kept.values()]
            same = any(name.endswith(other) or other.endswith(name) for other in kept)
            if len(kept) < SIDE_BY_SIDE and all(gap > APART for gap in gaps) and not same:
                kept[name] = plans[name]
        return kept

    def _exchanged(self, merit: Merit, plan: Array, state: Scales, turns: int) -> Array:
        def score(plans: Array) -> Array:
            return merit.score(plans, state)

        some = screened(self.rough(merit, state), score, SIEVED)
        return exchange(
            self.problem, plan, some, self.seed, self.rounds * turns, steps=np.zeros(self.problem.size)
        ).plan


def whole_near(problem: PlanProblem, plan: Array) -> Array | None:
    """The plan with whole units and within the limits, as near as can be; None if that is not found."""
    repaired = repair(problem, floored(problem, np.clip(plan, problem.region.low, problem.region.high)))
    return repaired if repaired is not None and problem.region.contains(repaired, 1e-7) else None


def _silent(share: float, doing: str) -> None:
    return None
