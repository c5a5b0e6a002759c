"""From many starts to one plan: descent on the relaxation, exchange of whole units, a choice among candidates."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from leverwise.ask.planning import exact
from leverwise.ask.planning.descent import Search, advance
from leverwise.ask.planning.exchange import exchange, repair, rounded
from leverwise.ask.planning.merit import Draws, Merit, Scales
from leverwise.ask.planning.problem import PlanProblem
from leverwise.ask.planning.projection import Array
from leverwise.ask.planning.sizes import Sizes, sizes
from leverwise.ask.planning.starts import even_split, natural_highs, scales, starts
from leverwise.lang.system import Aim

Tell = Callable[[float, str], None]

@dataclass(frozen=True)
class Found:
    """The chosen plan (K,), where it came from, and the state of the search."""

    plan: Array
    origin: str
    state: Scales
    proof: exact.Exact | None
    merit: Merit
    """On the largest set of samples used."""


class Planner:
    """Searches for the best plan of one problem. The same seed and samples give the same plan."""

    def __init__(self, engine: Any, problem: PlanProblem, aim: Aim, samples: int, seed: int, tell: Tell) -> None:
        self.engine, self.problem, self.aim, self.seed, self.tell = engine, problem, aim, seed, tell
        tail = aim.kind in ("quantile", "cvar", "probability")
        self.sizes: Sizes = sizes(problem.system, len(problem.system.decisions) + 8, samples, tail)
        self.first = self.merit(self.sizes.starts)
        self.scale = np.ones(problem.size)

    def merit(self, count: int) -> Merit:
        """The merit on the first `count` samples of the planning seed."""
        draws = Draws(np.asarray(self.engine.draws(0, count, self.seed)), np.arange(count), self.seed)
        return Merit(self.engine, self.aim.kind, self.aim.level, self.aim.confidence, draws)

    def find(self) -> Found:
        """The best plan found; nothing and the even split are among those it was chosen from."""
        problem = self.problem
        self.tell(0.05, "trying starts")
        most = natural_highs(problem, lambda plans: self.first.outcome(plans).objective)
        self.scale = scales(problem, most)
        state = self._state([problem.region.project(problem.start), problem.region.project((most + problem.start) / 2)])
        begun = starts(problem, most, lambda plans: self.first.score(plans, state), self.seed)
        state = self._state(list(begun.values()))
        proof = self._prove(most)
        if proof is not None and problem.region.contains(proof.plan, 1e-7):
            begun["exact"] = proof.plan
        if proof is not None and "exact" in begun:
            if proof.method == exact.LINEAR and not self.first.margin_names:
                return Found(proof.plan, "exact", state, proof, self.merit(self.sizes.polish))
            begun = {name: begun[name] for name in ("exact", "even", "nothing")}
        self.tell(0.15, "descending from all starts")
        relaxed = self._descend_all(begun, state)
        merit = self.merit(self.sizes.polish)
        candidates: dict[str, Array] = {}
        if not merit.margin_names:
            relaxed = self._descend_together(merit, relaxed, state)
        for position, (origin, plan) in enumerate(relaxed.items()):
            self.tell(0.35 + 0.5 * position / len(relaxed), "improving the best plans")
            plan, state_here = self._polish(merit, plan, state, fixed=False)
            if problem.whole.any():
                plan = self._make_whole(plan, state_here)
                plan, state_here = self._polish(merit, plan, state_here, fixed=True)
            candidates[origin] = plan
        if "exact" in begun:
            candidates["exact itself"] = begun["exact"]
        origin, plan = self.choose(merit, candidates, state)
        self.tell(0.88, "checking against simple plans")
        plan, state, origin = self._against_simple(merit, plan, origin, state)
        return Found(plan, origin, state, proof, merit)

    def choose(self, merit: Merit, candidates: Mapping[str, Array], state: Scales) -> tuple[str, Array]:
        """The candidate with the best score; the first of equals."""
        scores = merit.score(np.stack(list(candidates.values())), state)
        name = list(candidates)[int(np.argmax(scores))]
        return name, candidates[name]

    def tightened(self, found: Found, reserve: Array) -> Found:
        """The plan improved again with more margin kept in reserve."""
        state = replace(found.state, reserve=found.state.reserve + reserve)
        plan, state = self._polish(found.merit, found.plan, state, fixed=bool(self.problem.whole.any()))
        if self.problem.whole.any():
            plan = self._make_whole(plan, state)
            plan, state = self._polish(found.merit, plan, state, fixed=True)
        return replace(found, plan=plan, state=state)

    def _state(self, plans: list[Array]) -> Scales:
        outcome = self.first.outcome(np.stack(plans))
        values = outcome.objective[np.isfinite(outcome.objective)]
        size = max(float(np.ptp(values)), 1e-3 * float(np.max(np.abs(values))), 1e-300) if len(values) else 1.0
        count = len(self.first.margin_names)
        finite = np.where(np.isfinite(outcome.margins), np.abs(outcome.margins), np.nan)
        margins = np.nanmedian(finite, axis=0) if count else np.zeros(0)
        return Scales(size, np.where(margins > 0, margins, 1.0), np.zeros(count), 10.0, np.zeros(count))

    def _prove(self, most: Array) -> exact.Exact | None:
        if self.aim.kind != "mean":
            return None
        merit = self.merit(self.sizes.proof)
        return exact.solve(self.problem, most, lambda plans: merit.outcome(plans).objective, self.seed)

    def _descend_all(self, begun: Mapping[str, Array], state: Scales) -> dict[str, Array]:
        region = self.problem.region.scaled(self.scale)
        searches = {name: Search(region, plan / self.scale, 1e-7) for name, plan in begun.items()}
        evaluate, rounds = self.first.descent(self.scale, state), self.sizes.first_rounds
        advance(list(searches.values()), evaluate, rounds // 3)
        better = sorted(searches, key=lambda name: searches[name].value)[: max(self.sizes.kept, len(searches) // 2)]
        advance([searches[name] for name in better], evaluate, rounds - rounds // 3)
        plans = {name: search.best * self.scale for name, search in searches.items()}
        scores = self.first.score(np.stack(list(plans.values())), state)
        kept: dict[str, Array] = {}
        for k in np.argsort(-np.where(np.isfinite(scores), scores, -np.inf), kind="stable"):
            name = list(plans)[int(k)]
            gaps = [float(np.max(np.abs((plans[name] - other) / self.scale), initial=0.0)) for other in kept.values()]
            if len(kept) < self.sizes.kept and all(gap > 1e-3 for gap in gaps):
                kept[name] = plans[name]
        return kept

    def _descend_together(self, merit: Merit, plans: Mapping[str, Array], state: Scales) -> dict[str, Array]:
        """All plans improved side by side; a few plans at once cost an engine little more than one."""
        region = self.problem.region.scaled(self.scale)
        searches = {name: Search(region, plan / self.scale, 1e-10) for name, plan in plans.items()}
        advance(list(searches.values()), merit.descent(self.scale, state), self.sizes.last_rounds)
        ended = {name: search.best * self.scale for name, search in searches.items()}
        scores = dict(zip(ended, merit.score(np.stack(list(ended.values())), state), strict=True))
        return {name: ended[name] for name in sorted(ended, key=lambda name: -scores[name])[:2]}

    def _polish(self, merit: Merit, plan: Array, state: Scales, fixed: bool) -> tuple[Array, Scales]:
        problem = self.problem
        region = problem.region.fixed(problem.whole, plan) if fixed else problem.region
        if np.all(region.low == region.high):
            return plan, state
        small = region.scaled(self.scale)
        best, best_score = plan, float(merit.score(plan[None], state)[0])
        for outer in range(self.sizes.outer if merit.margin_names else 2):
            search = Search(small, plan / self.scale, 1e-10)
            advance([search], merit.descent(self.scale, state), self.sizes.last_rounds)
            plan = search.best * self.scale
            score = float(merit.score(plan[None], state)[0])
            moved = score - best_score
            if score > best_score:
                best, best_score = plan, score
            if not merit.margin_names:
                if moved <= 1e-9 * abs(best_score):
                    break
                continue
            margins = merit.outcome(plan[None]).margins[0]
            after = merit.updated(state, margins)
            calm = np.all(np.abs(after.multipliers - state.multipliers) <= 1e-3 * (1e-3 + state.multipliers))
            state = after
            if calm and outer:
                break
        probed = self._probe(merit, best, best_score, state, fixed)
        if probed is not None:
            search = Search(small, probed / self.scale, 1e-10)
            advance([search], merit.descent(self.scale, state), self.sizes.last_rounds)
            ended = np.stack([probed, search.best * self.scale])
            best = ended[int(np.argmax(merit.score(ended, state)))]
        return best, state

    def _probe(self, merit: Merit, plan: Array, score: float, state: Scales, fixed: bool) -> Array | None:
        """A better plan among steps along single decisions, where slopes may mislead; None if there is none."""
        problem = self.problem
        region = problem.region.fixed(problem.whole, plan) if fixed else problem.region
        tried = []
        for number in range(len(problem.system.decisions)):
            mine = (problem.owner == number) & (region.low < region.high)
            if not mine.any():
                continue
            for share in (-0.3, -0.05, 0.05, 0.3):
                tried.append(region.project(np.where(mine, plan + share * self.scale, plan)))
        if not tried:
            return None
        scores = merit.score(np.stack(tried), state)
        best = int(np.argmax(scores))
        return tried[best] if scores[best] > score + 1e-6 * max(abs(score), 1e-12) else None

    def _make_whole(self, plan: Array, state: Scales) -> Array:
        merit = self.merit(self.sizes.exchange)
        near = rounded(self.problem, plan)
        scores = merit.score(np.stack(near), state)
        first = near[int(np.argmax(scores))]
        better, _ = exchange(
            self.problem, first, lambda plans: merit.score(plans, state), self.seed, self.sizes.exchanges
        )
        return better

    def _against_simple(self, merit: Merit, plan: Array, origin: str, state: Scales) -> tuple[Array, Scales, str]:
        """The plan, unless nothing, the author's use or the even split of its means is better."""
        problem = self.problem
        simple = {
            "plan": plan,
            "nothing": problem.region.project(problem.start),
            "even split": even_split(problem, plan),
        }
        if problem.use is not None and problem.region.contains(problem.use):
            simple["use"] = problem.use
        allowed = {name: repaired for name, p in simple.items() if (repaired := repair(problem, p)) is not None}
        name, better = self.choose(merit, allowed, state)
        if name == "plan":
            return plan, state, origin
        again, state_again = self._polish(merit, better, state, fixed=bool(problem.whole.any()))
        best, _ = self.choose(merit, {"again": again, name: better}, state)
        return (again, state_again, name) if best == "again" else (better, state, name)
