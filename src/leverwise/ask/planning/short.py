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

from leverwise.ask.planning.exchange import exchange, repair, screened
from leverwise.ask.planning.merit import Merit, Scales
from leverwise.ask.planning.problem import PlanProblem, floored
from leverwise.ask.planning.projection import Array
from leverwise.ask.planning.search import Found, Planner
from leverwise.ask.planning.sizes import CHEAP, row_seconds
from leverwise.ask.planning.starts import natural_highs, scales, starts
from leverwise.errors import NoAnswerError
from leverwise.lang.system import Aim

EVALUATIONS, EVALUATIONS_IF_CHEAP = 8, 30
"""In a descent; the first is twice as long."""
ROUNDS, ROUNDS_IF_CHEAP = 2, 6
"""Of exchanges."""
SIDE_BY_SIDE = 2
APART = 1e-3
"""Distance, in ranges, from which plans are different."""
HOPELESS = 0.2
"""By how much the share of samples that a plan holds in may fall short for it to be made to hold."""


class ShortPlanner(Planner):
    """Searches for a good plan near others. The same plans to begin from, seed and samples give the same plan."""

    def __init__(self, engine: Any, problem: PlanProblem, aim: Aim, samples: int, seed: int) -> None:
        super().__init__(engine, problem, aim, samples, seed, _silent)
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

    def find_from(self, begun: Sequence[Array], *, alone: bool = True) -> Found:
        """A plan at least as good, on the samples of the search, as any of those to begin from.

        `alone`: plans that use one decision alone are among them. Raises NoAnswerError if no plan comes near to
        holding.
        """
        problem = self.problem
        limited = self.hours_limited(problem.region.project(problem.start))
        most = natural_highs(limited, self._while_it_holds)
        self.scale = scales(limited, most)
        plans = {f"nearby {k + 1}": plan for k, plan in enumerate(begun)}
        if alone or not plans:
            plans |= starts(limited, most, None, self.seed)
        plans["nothing"] = problem.region.project(problem.start)
        plans = {name: whole for name, plan in plans.items() if (whole := whole_near(problem, plan)) is not None}
        if not plans:
            raise NoAnswerError("no schedule keeps all the limits.")
        merit = self.merit(self.sizes.polish)
        table = np.stack(list(plans.values()))
        outcome = merit.outcome(table)
        state = self._sized(outcome.objective, outcome.margins)
        kept = self._best(plans, merit.score(table, state))
        kept, states = self.improve(merit, kept, dict.fromkeys(kept, state), fixed=bool(problem.whole.any()), most=1)
        best = self.choose(merit, kept, state)
        plan, state = kept[best], states[best]
        if problem.whole.any():
            plan = self._exchanged(merit, plan, state)
            again, states = self.improve(merit, {best: plan}, {best: state}, fixed=True, most=1)
            plan, state = again[best], states[best]
        fail_if_hopeless(merit, plan)
        return Found(plan, best, state, None, merit)

    def _best(self, plans: Mapping[str, Array], scores: Array) -> dict[str, Array]:
        kept: dict[str, Array] = {}
        for k in np.argsort(-np.where(np.isfinite(scores), scores, -np.inf), kind="stable"):
            name = list(plans)[int(k)]
            gaps = [float(np.max(np.abs((plans[name] - other) / self.scale), initial=0.0)) for other in kept.values()]
            if len(kept) < SIDE_BY_SIDE and all(gap > APART for gap in gaps):
                kept[name] = plans[name]
        return kept

    def _exchanged(self, merit: Merit, plan: Array, state: Scales) -> Array:
        def score(plans: Array) -> Array:
            return merit.score(plans, state)

        some = screened(self.rough(merit, state), score)
        return exchange(self.problem, plan, some, self.seed, self.rounds, steps=np.zeros(self.problem.size)).plan


def whole_near(problem: PlanProblem, plan: Array) -> Array | None:
    """The plan with whole units and within the limits, as near as can be; None if that is not found."""
    repaired = repair(problem, floored(problem, np.clip(plan, problem.region.low, problem.region.high)))
    return repaired if repaired is not None and problem.region.contains(repaired, 1e-7) else None


def fail_if_hopeless(merit: Merit, plan: Array) -> None:
    """Raise NoAnswerError if the plan breaks a margin in so many samples that no tightening will mend it."""
    kept = merit.outcome(plan[None]).kept[0]
    if np.any(kept < merit.confidence - HOPELESS):
        raise NoAnswerError("no plan was found that holds.")


def _silent(share: float, doing: str) -> None:
    return None
