"""From many starts to one plan: descent on the relaxation, exchange of whole units, a choice among candidates."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from leverwise.ask.hours import LEFT
from leverwise.ask.planning import exact, smooth
from leverwise.ask.planning.descent import Search, advance
from leverwise.ask.planning.exchange import Score, begun_whole, exchange, repair, screened
from leverwise.ask.planning.found import Found
from leverwise.ask.planning.growth import as_far_as, grown, unbounded
from leverwise.ask.planning.merit import Draws, Merit, Scales, Seen
from leverwise.ask.planning.precision import search_engine
from leverwise.ask.planning.problem import PlanProblem, with_hours
from leverwise.ask.planning.projection import Array
from leverwise.ask.planning.sizes import MORE, Sizes, sizes
from leverwise.ask.planning.starts import even_split, natural_highs, scales, starts
from leverwise.ask.planning.steady import steadied
from leverwise.ask.recording import most_samples, read_back
from leverwise.lang.system import Aim

Tell = Callable[[float, str], None]
Plans = dict[str, Array]
States = dict[str, Scales]

HOURS_SHARE = 0.7
"""Share of the allowed misses (1 - confidence) that the limit on hours may use up in each period."""
HOURS_SAMPLES = 512
GROWTH = 3.0
"""Ratio between the objectives of positive first plans from which descent works on the logarithm."""
ENOUGH = 3e-4
"""Relative gain of a whole descent below which it was the last."""
FIRST_ROUNDS = 2
"""How much longer the first descent is than the others."""
GROWN = 8
"""Plans that go on from the many starts to have their unbounded decisions multiplied, if the best go far so."""
FURTHER = 10.0
"""How many times its range a decision must go for the search to begin again from there."""
BACK = (1.0, 0.98, 0.95, 0.9, 0.8, 0.65, 0.5, 0.25)
BEGUN_WHOLE = 4
"""Whole plans, at most, from which exchanges begin where runs are cheap."""
ROUGH = (64, 128)
"""Samples, at least and at most, that tell which plans are not worth a closer look."""
CLOSER, CLOSEST = 512, 12
"""Samples of that closer look where there are many times more, and how many plans are looked at on all of them."""
PROBED = 8
"""Steps along single decisions that are measured on all samples."""
FEW = 32
"""Samples that tell which of two smooth plans makes more."""


class Planner:
    """Searches for the best plan of one problem. The same seed and samples give the same plan.

    It runs on `engine`, which may be in single precision; `judge` is the one that proves, and tells whether plans hold.
    """

    def __init__(self, engine: Any, problem: PlanProblem, aim: Aim, samples: int, seed: int, tell: Tell) -> None:
        self.judge, self.problem, self.aim, self.seed, self.tell = engine, problem, aim, seed, tell
        tail = aim.kind in ("quantile", "cvar", "probability")
        self.engine = search_engine(engine, problem, aim, samples * (MORE if tail else 1), seed)
        self.samples, self.seen = samples, Seen()
        self.sizes: Sizes = sizes(problem.system, len(problem.system.decisions) + 8, samples, tail)
        self.first = self.merit(self.sizes.starts)
        self.scale = np.ones(problem.size)
        self.smooth = not self.first.margin_names and not np.any(problem.whole & ~problem.frozen)
        self.falling = False
        """Whether all that was seen of returns is that they fall: no second hill."""

    def merit(self, count: int, sure: float | None = None) -> Merit:
        """The merit on the first `count` samples of the planning seed; `sure` stands for the confidence."""
        draws = Draws(np.asarray(self.engine.draws(0, count, self.seed)), np.arange(count), self.seed)
        aim = self.aim if sure is None else replace(self.aim, confidence=sure)
        return Merit(self.engine, aim, draws, self.seen)

    def rough(self, merit: Merit, state: Scales) -> Score:
        """Scores like a merit's on its first samples, at most a quarter of them, few of smooth plans."""
        paired = self.smooth and self.aim.kind in ("mean", "log")
        least, most = (FEW, FEW) if paired else ROUGH
        if merit.draws.count < 4 * least:
            return lambda plans: merit.score(plans, state)
        few = self.merit(min(most, merit.draws.count // 4), merit.confidence)
        return lambda plans: few.score(plans, state)

    def sieved(self, merit: Merit, state: Scales, rough: Score | None = None, full: Score | None = None) -> Score:
        """A merit's score, of many plans only for those that are best on some of its samples.

        `rough` and `full` stand for what scores on few and on all of them.
        """
        rough = rough or self.rough(merit, state)
        full = full or (lambda plans: merit.score(plans, state))
        if merit.draws.count > 2 * CLOSER:
            closer = self.merit(CLOSER, merit.confidence)
            full = screened(lambda plans: closer.score(plans, state), full, CLOSEST)
        return screened(rough, full)

    def find(self) -> Found:
        """The best plan found; nothing and the even split are among those it was chosen from."""
        self.tell(0.02, "trying starts")
        problem = self.hours_limited(self.problem.region.project(self.problem.start))
        most = self.ranged(problem, [] if problem.use is None else [problem.use])
        state = self._state([problem.region.project(problem.start), problem.region.project((most + problem.start) / 2)])
        if self.smooth:
            return self._against_simple(self._find_smooth(most))
        proof = self._prove(most)
        known = proof is not None and self.problem.region.contains(proof.plan, 1e-7)
        if proof is not None and known and proof.proven:
            state = self._state([problem.region.project(problem.start), proof.plan])
            if proof.method == exact.LINEAR and not self.first.margin_names:
                return Found(proof.plan, "exact", state, proof, self.merit(self.sizes.polish))
        begun = starts(problem, most, lambda plans: self.first.score(plans, state), self.seed)
        state = self._state(list(begun.values()))
        if proof is not None and known:
            begun["exact"] = proof.plan
            if proof.proven:
                begun = {name: begun[name] for name in ("exact", "even", "nothing")}
        self.tell(0.06, "descending from all starts")
        plans = self._descend_all(problem, begun, state, self.sizes.kept)
        if np.any(self._grown(plans, state)[1] > FURTHER * self.scale):
            begun, self.scale = self._grown(self._descend_all(problem, begun, state, GROWN), state)
            state = self._state(list(begun.values()))
            plans = self._descend_all(problem, begun, state, self.sizes.kept)
            if proof is not None and proof.method != exact.LINEAR:  # on shorter ranges
                proof = replace(proof, proven=False)
        self.tell(0.12, "improving the best plans")
        merit = self.merit(self.sizes.polish)
        roughly = 1 if self.problem.whole.any() and merit.draws.count > 1 else 9
        relaxed = merit if roughly > 1 else self.merit(self.sizes.relaxed)
        plans, states = self.improve(relaxed, plans, dict.fromkeys(plans, state), fixed=False, most=roughly)
        if self.problem.whole.any():
            self.tell(0.2, "exchanging whole units")
            plans = {name: self.make_whole(plan, states[name]) for name, plan in plans.items()}
            rounds = 2 if roughly == 1 else 9
            plans, states = self.improve(merit, plans, states, fixed=True, most=rounds)
            best = self.choose(merit, plans, state)
            if steady := steadied(self.problem, plans[best]):
                begin = self.make_whole(plans[best], states[best], steady)
                again, after = self.improve(merit, {"steady": begin}, {"steady": states[best]}, fixed=True, most=rounds)
                plans, states = plans | again, states | after
        if proof is not None and known:
            plans["the exact plan"], states["the exact plan"] = proof.plan, state
        origin = self.choose(merit, plans, state)
        self.tell(0.42, "checking against simple plans")
        return self._against_simple(Found(plans[origin], origin, states[origin], proof, merit))

    def _find_smooth(self, most: Array) -> Found:
        """The best plan where nothing is whole and no margin limits it."""
        begun = starts(self.problem, most, None, self.seed)
        self.falling, values = smooth.returns_fall(self.first, np.stack(list(begun.values())), self.scale)
        state = self._sized(values, np.zeros((len(values), 0)))
        proof = self._prove(most)
        if proof is not None and self.problem.region.contains(proof.plan, 1e-7):
            begun["exact"] = proof.plan
            if proof.proven and proof.method == exact.LINEAR:
                return Found(proof.plan, "exact", state, proof, self.merit(self.sizes.polish))
        self.tell(0.15, "descending from the starts")
        plans = None
        if "exact" in begun and proof is not None and proof.proven:
            plans = smooth.plain({name: begun[name] for name in ("exact", "even")[: min(2, self.sizes.polish)]})
        elif self.falling:
            plans = smooth.agreed(self, begun, values, state)
            self.falling = plans is not None
        if plans is None:
            begun = starts(self.problem, most, lambda plans: self.first.score(plans, state), self.seed) | begun
            plans = smooth.plain(self._descend_all(self.problem, begun, state, self.sizes.kept))
        self.tell(0.35, "improving the best plans")
        origin, plan, merit = smooth.climbed(self, plans, state, sure=self.falling)
        self.tell(0.8, "checking against simple plans")
        return Found(plan, origin, state, proof, merit)

    def choose(self, merit: Merit, candidates: Mapping[str, Array], state: Scales) -> str:
        """The name of the candidate with the best score; the first of equals."""
        scores = merit.score(np.stack(list(candidates.values())), state)
        return list(candidates)[int(np.argmax(scores))]

    def hours_limited(self, plan: Array) -> PlanProblem:
        """The problem with the principal's hours as a limit: what a plan leaves of them in all but few samples."""
        system = self.problem.system
        if not any(decision.hours for decision in system.decisions) or LEFT not in {a.name for a in system.auxiliaries}:
            return self.problem
        count = min(self.samples, HOURS_SAMPLES, most_samples(system))
        result = self.judge.simulate(count, self.seed, decisions=plan, record=read_back(system), keep=True)
        share = HOURS_SHARE * (1 - self.aim.confidence)
        return with_hours(self.problem, np.quantile(np.asarray(result.trajectories[LEFT]), share, axis=0))

    def improve(
        self, merit: Merit, plans: Mapping[str, Array], states: Mapping[str, Scales], fixed: bool, most: int = 9
    ) -> tuple[Plans, States]:
        """Each plan descended side by side, up to `most` times, the whole part kept if `fixed`; and the states then.

        Where samples differ, a descent that brings less than `ENOUGH` is the last: no plan is known any better.
        """
        best, after = dict(plans), dict(states)
        scores = {name: self._score(merit, plan, after[name]) for name, plan in best.items()}
        live = {name for name in best if self._is_free(fixed)}
        enough = ENOUGH if merit.draws.count > 1 else 0.0
        for outer in range(min(most, self.sizes.outer if merit.margin_names else 2)):
            if not live:
                break
            begun = {name: best[name] for name in best if name in live}
            rounds = self.sizes.last_rounds * (1 if outer else FIRST_ROUNDS)
            for name, reached in self._descend(merit, begun, after, fixed, rounds).items():
                plan, score = self._as_far(merit, best[name], reached, after[name])
                gained = score - scores[name]
                if gained > 0:
                    best[name], scores[name] = plan, score
                if merit.margin_names:
                    old, new = after[name], merit.updated(after[name], merit.outcome(plan[None]).margins[0])
                    still = np.abs(new.multipliers - old.multipliers) <= 1e-3 * (1e-3 + old.multipliers)
                    after[name] = new
                    settled = bool(np.all(still)) and gained <= 1e-5 * abs(scores[name])
                    settled |= outer > 0 and 0 < gained <= enough * abs(scores[name])
                else:
                    settled = gained <= 1e-9 * abs(scores[name])
                if settled:
                    live.discard(name)
        stirred: Plans = {}
        for name, plan in best.items():
            probed = self._probe(merit, plan, scores[name], after[name], fixed)
            if probed is not None:
                stirred[name] = probed
        if stirred:
            for name, plan in self._descend(merit, stirred, after, fixed, self.sizes.last_rounds).items():
                better = self._score(merit, plan, after[name]) > self._score(merit, stirred[name], after[name])
                best[name] = plan if better else stirred[name]
        return best, after

    def _as_far(self, merit: Merit, plan: Array, reached: Array, state: Scales) -> tuple[Array, float]:
        """The best plan, and its score, on the way from one to another: the end of a descent may just not hold."""
        way = np.stack([plan + share * (reached - plan) for share in BACK])
        scores = merit.score(way, state)
        best = int(np.argmax(scores))
        return way[best], float(scores[best])

    def make_whole(self, plan: Array, state: Scales, near: Sequence[Array] = ()) -> Array:
        """The plan with whole units, or the best of some near it that are whole, exchanged while that helps."""
        merit = self.merit(self.sizes.exchange)
        cheap = self.sizes.kept > 2

        def score(plans: Array) -> Array:
            return merit.score(plans, state)

        begun = begun_whole(self.problem, plan, near, score, BEGUN_WHOLE if cheap else 1)
        found = [exchange(self.problem, each, score, self.seed, self.sizes.exchanges, deep=cheap) for each in begun]
        return max(found, key=lambda each: each.score).plan

    def tightened(self, found: Found, more: Array, exchanging: bool) -> Found:
        """The plan improved again with more of each margin kept than it keeps now, whole units exchanged if asked."""
        now = found.merit.outcome(found.plan[None]).margins[0]
        reserve = np.where(more > 0, np.maximum(found.state.reserve, now) + more, found.state.reserve)
        state = found.merit.updated(replace(found.state, reserve=reserve), now)
        plan, whole = found.plan, bool(self.problem.whole.any())
        if whole and exchanging:
            plan = self.make_whole(plan, state)
        plans, states = self.improve(found.merit, {"plan": plan}, {"plan": state}, fixed=whole, most=1)
        return replace(found, plan=plans["plan"], state=states["plan"])

    def _while_it_holds(self, plans: Array) -> Array:
        """The objective of plans (S, K), with those that do not hold below all that do.

        A decision without a bound would otherwise be measured in sums that nobody has.
        """
        outcome = self.first.outcome(plans)
        held = self.first.holds(outcome)
        return np.where(held, outcome.objective, -np.inf) if np.any(held) else outcome.objective

    def _score(self, merit: Merit, plan: Array, state: Scales) -> float:
        return float(merit.score(plan[None], state)[0])

    def _is_free(self, fixed: bool) -> bool:
        region = self.problem.region
        return bool(np.any((region.low < region.high) & ~(self.problem.whole & fixed)))

    def _state(self, plans: list[Array]) -> Scales:
        outcome = self.first.outcome(np.stack(plans))
        return self._sized(outcome.objective, outcome.margins)

    def _sized(self, objective: Array, margin: Array) -> Scales:
        """Sizes from the objective (S,) and margins (S, J) of plans."""
        values = objective[np.isfinite(objective)]
        size = max(float(np.ptp(values)), 1e-3 * float(np.max(np.abs(values))), 1e-300) if len(values) else 1.0
        count = len(self.first.margin_names)
        finite = np.where(np.isfinite(margin), np.abs(margin), np.nan)
        margins = np.nanmedian(finite, axis=0) if count else np.zeros(0)
        grows = bool(len(values)) and self.aim.kind != "log" and float(np.min(values)) > 0
        return Scales(
            objective=size,
            margins=np.where(margins > 0, margins, 1.0),
            multipliers=np.zeros(count),
            log=grows and float(np.max(values)) > GROWTH * float(np.min(values)),
            reserve=np.zeros(count),
        )

    def _prove(self, most: Array) -> exact.Exact | None:
        if self.aim.kind != "mean":
            return None
        merit = Merit(self.judge, self.aim, self.merit(self.sizes.proof).draws)
        return exact.solve(self.problem, most, lambda plans: merit.outcome(plans).objective, self.seed)

    def _descend_all(self, problem: PlanProblem, begun: Mapping[str, Array], state: Scales, most: int) -> Plans:
        """The best few and different plans after a descent from every start; the worse half ends early."""
        region = problem.region.scaled(self.scale)
        searches = {name: Search(region, plan / self.scale, 1e-7, state) for name, plan in begun.items()}
        evaluate, rounds = self.first.descent(self.scale), self.sizes.first_rounds
        advance(list(searches.values()), evaluate, rounds // 3)
        better = sorted(searches, key=lambda name: searches[name].value)[: max(most, len(searches) // 2)]
        advance([searches[name] for name in better], evaluate, rounds - rounds // 3)
        plans = {name: search.best * self.scale for name, search in searches.items()}
        scores = self.first.score(np.stack(list(plans.values())), state)
        kept: Plans = {}
        for k in np.argsort(-np.where(np.isfinite(scores), scores, -np.inf), kind="stable"):
            name = list(plans)[int(k)]
            gaps = [float(np.max(np.abs((plans[name] - other) / self.scale), initial=0.0)) for other in kept.values()]
            if len(kept) < most and all(gap > 1e-3 for gap in gaps):
                kept[name] = plans[name]
        return kept

    def ranged(self, problem: PlanProblem, known: Sequence[Array] = ()) -> Array:
        """A finite upper level of each slot (K,); ranges are set by it, and by plans that are known."""
        most = natural_highs(problem, self._while_it_holds, poor=bool(self.first.margin_names))
        self.scale = as_far_as(problem, known, scales(problem, most))
        return most

    def _grown(self, plans: Plans, state: Scales) -> tuple[Plans, Array]:
        """The plans with their unbounded decisions as far as they pay there, and ranges (K,) to match."""
        if not np.any(unbounded(self.problem)):
            return plans, self.scale
        further = {
            name: grown(self.problem, plan, self.scale, lambda each: self.first.score(each, state))
            for name, plan in plans.items()
        }
        return further, as_far_as(self.problem, list(further.values()), self.scale)

    def _descend(
        self, merit: Merit, plans: Mapping[str, Array], states: Mapping[str, Scales], fixed: bool, rounds: int
    ) -> Plans:
        searches = {}
        for name, plan in plans.items():
            region = self.hours_limited(plan).region
            region = region.fixed(self.problem.whole, plan) if fixed else region
            searches[name] = Search(region.scaled(self.scale), plan / self.scale, smooth.FINE, states[name])
        advance(list(searches.values()), merit.descent(self.scale), rounds)
        return {name: search.best * self.scale for name, search in searches.items()}

    def _probe(self, merit: Merit, plan: Array, score: float, state: Scales, fixed: bool) -> Array | None:
        """A better plan among steps along single decisions, where slopes may mislead; None if there is none."""
        problem = self.problem
        region = problem.region.fixed(problem.whole, plan) if fixed else problem.region
        tried = []
        for number in range(len(problem.system.decisions)):
            mine = (problem.owner == number) & (region.low < region.high)
            if not mine.any():
                continue
            for share in smooth.PROBES:
                tried.append(region.project(np.where(mine, plan + share * self.scale, plan)))
        if not tried:
            return None
        scores = screened(self.rough(merit, state), lambda plans: merit.score(plans, state), PROBED)(np.stack(tried))
        best = int(np.argmax(scores))
        return tried[best] if scores[best] > score + 1e-6 * max(abs(score), 1e-12) else None

    def _against_simple(self, found: Found) -> Found:
        """The plan, unless nothing, the author's use or the even split of its means is better."""
        problem, merit = self.problem, found.merit
        simple = {
            found.origin: found.plan,
            "doing nothing": problem.region.project(problem.start),
            "the even split": even_split(problem, found.plan),
        }
        if problem.use is not None and problem.region.contains(problem.use):
            simple["the use"] = problem.use
        allowed = {name: repaired for name, p in simple.items() if (repaired := repair(problem, p)) is not None}
        name = self.choose(merit, allowed, found.state)
        if name == found.origin:
            return found
        whole = bool(problem.whole.any())
        plans, states = self.improve(merit, {name: allowed[name]}, {name: found.state}, fixed=whole)
        return replace(found, plan=plans[name], origin=name, state=states[name])
