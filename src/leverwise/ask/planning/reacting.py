"""The search for rules: from the best schedule found to a policy that reacts, as far as that pays.

Rules are added one at a time: many are scored in one batch of rows, the best of them are moved about without slopes
(thresholds have none), and what is smooth is then improved by gradients together with the schedule. A rule stays only
if it gains more than chance does, on the samples of the search and, all together, on others.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from leverwise.ask.planning.candidates import Ground, Sight, Sights, additions, changes, rounded
from leverwise.ask.planning.found import Found
from leverwise.ask.planning.merit import Merit, Scales
from leverwise.ask.planning.problem import PlanProblem, problem_of
from leverwise.ask.planning.projection import Array
from leverwise.ask.planning.risk import value
from leverwise.ask.planning.rules import Policy, schedule_of, vector
from leverwise.ask.planning.search import Planner
from leverwise.ask.planning.settle import KEPT as SPARE
from leverwise.ask.planning.sizes import row_seconds
from leverwise.ask.schedules import slots
from leverwise.engine.sobol import SCRAMBLINGS
from leverwise.lang.parts import Parts, opening_name
from leverwise.lang.react import Reacting
from leverwise.lang.system import Aim

MOST_RULES = 4
SEEN = 512
"""Samples that tell what is seen under the schedule."""
MOST, SECONDS, PLANS = 2048, 15.0, 2400
"""The most samples of the search: as many as let it score so many policies in so many seconds, about."""
FEW, ROUGH, CLOSER = 64, 9600, 2
"""Samples on which policies are scored roughly, the most of them, and how many of each kind are scored on all then."""
KINDS = 24
"""Kinds of rules that are tried again beside the first rule that is taken."""
KEPT = 5
"""Policies, with rules of different kinds, that are moved about side by side."""
MOVES = (0.3, 0.15, 0.06, 0.02)
"""Shares of their sizes by which the numbers of rules are moved."""
TURNS = 3
"""Moves of one size in a row, while they help."""
SURE = 2.0
"""Standard errors by which a gain must exceed nothing."""
ROUNDING = 1e-3
"""Share of the score that a round threshold may cost."""
LEAST = 1e-5
"""Share of the objective below which a gain is none."""


Kind = tuple[str, str, bool]
"""A decision, what it sees, and whether in a line."""


def gained(better: Array, than: Array, aim: Aim) -> tuple[float, float]:
    """By how much the objective of some samples (n,) exceeds that of others with the same draws, and its error."""
    whole = value(better, aim.kind, aim.level) - value(than, aim.kind, aim.level)
    count = len(better)
    if np.ptp(better - than) == 0 and aim.kind == "mean":
        return whole, 0.0
    if count < 2 * SCRAMBLINGS:
        return whole, float(np.std(better - than, ddof=1) / np.sqrt(count)) if count > 1 else 0.0
    parts = [
        value(better[k::SCRAMBLINGS], aim.kind, aim.level) - value(than[k::SCRAMBLINGS], aim.kind, aim.level)
        for k in range(SCRAMBLINGS)
    ]
    return whole, float(np.std(parts, ddof=1) / np.sqrt(SCRAMBLINGS))


def sure(gain: float, error: float, size: float) -> bool:
    """Whether a gain, with its error, is more than chance, on an objective of this size."""
    return gain > max(SURE * error, LEAST * abs(size))


@dataclass(frozen=True)
class Reactor:
    """A search for the rules of one system that reacts, beside a schedule that has been found for it as it was."""

    planner: Planner
    """Of the system as it was."""
    found: Found
    reacting: Reacting
    reactor: Planner
    """Of the system that reacts."""
    merit: Merit
    state: Scales
    sights: Sights

    @property
    def judge(self) -> Any:
        """The engine of the system that reacts, in double precision."""
        return self.reactor.judge

    def vectors(self, policies: Sequence[Policy]) -> Array:
        """The policies as decisions (S, K)."""
        return np.stack([vector(self.planner.problem.system, self.reacting, policy) for policy in policies])

    def scores(self, merit: Merit, policies: Sequence[Policy]) -> Array:
        """One number for each policy; larger is better."""
        return merit.score(self.vectors(policies), self.state)

    def search(self) -> Policy:
        """The best policy found; without rules if none gains."""
        policy = self.nothing
        here = self.merit.impacts(self.vectors([policy]))[0]
        kinds: Collection[Kind] = ()
        for _ in range(MOST_RULES):
            tried, kinds = self._one_more(policy, kinds)
            if tried is None:
                break
            tried = self._smoothed(tried)
            there = self.merit.impacts(self.vectors([tried]))[0]
            gain, error = gained(there, here, self.planner.aim)
            if not sure(gain, error, value(here, self.planner.aim.kind, self.planner.aim.level)):
                break
            policy, here = tried, there
        return self._rounded(self.pruned(policy, self.merit))

    @property
    def ground(self) -> Ground:
        """What rules are tried on."""
        return Ground(self.planner.problem, self.planner.scale, self.sights)

    @property
    def nothing(self) -> Policy:
        """The schedule, and no rule."""
        expected = {key: np.mean(sight.values, axis=0) for key, sight in self.sights.items()}
        return Policy(self.found.plan, (), expected)

    def tightened(self, policy: Policy, more: Array) -> tuple[Reactor, Policy]:
        """The policy improved again with more of each margin kept than it keeps now."""
        now = self.merit.outcome(self.vectors([policy])).margins[0]
        reserve = np.where(more > 0, np.maximum(self.state.reserve, now) + more, self.state.reserve)
        stricter = replace(self, state=self.merit.updated(replace(self.state, reserve=reserve), now))
        return stricter, stricter._smoothed(stricter._moved([policy])[0])

    def _one_more(self, policy: Policy, kinds: Collection[Kind]) -> tuple[Policy | None, Collection[Kind]]:
        """The policy with the best further rule of these kinds (of all, if there are none), and the best kinds."""
        made = list(additions(self.ground, policy, self.reacting.decisions))
        made = [each for each in made if not kinds or _kind(each) in kinds]
        if len(made) > ROUGH:
            random = np.random.default_rng(self.planner.seed)
            made = [made[k] for k in sorted(random.choice(len(made), ROUGH, replace=False))]
        if not made:
            return None, kinds
        few = self.reactor.merit(min(FEW, self.merit.draws.count))
        found: dict[Kind, list[Policy]] = {}
        for each in self._sorted(few, made):
            found.setdefault(_kind(each), []).append(each)
        best = self._sorted(self.merit, [each for some in found.values() for each in some[:CLOSER]])
        firsts: dict[Kind, Policy] = {}
        for each in best:
            firsts.setdefault(_kind(each), each)
        return self._moved([*firsts.values()][:KEPT], len(policy.rules))[0], kinds or [*firsts][:KINDS]

    def _sorted(self, merit: Merit, policies: Sequence[Policy]) -> list[Policy]:
        """The policies, the best first."""
        return [policies[int(k)] for k in np.argsort(-self.scores(merit, policies), kind="stable")]

    def _moved(self, policies: Sequence[Policy], first: int = 0) -> list[Policy]:
        """The policies with the numbers of their rules, from the `first` on, moved while that helps; the best first."""
        best = list(policies)
        scores = self.scores(self.merit, best)
        for step in MOVES:
            for _ in range(TURNS):
                tried = [list(changes(self.ground, policy, step, first)) for policy in best]
                owners = [k for k, some in enumerate(tried) for _ in some]
                if not owners:
                    return best
                found = self.scores(self.merit, [policy for some in tried for policy in some])
                moved = False
                flat = [policy for some in tried for policy in some]
                for k, policy, score in sorted(zip(owners, flat, found, strict=True), key=lambda each: -each[2]):
                    if score > scores[k] + 1e-9 * abs(scores[k]):
                        best[k], scores[k], moved = policy, score, True
                if not moved:
                    break
        order = np.argsort(-scores, kind="stable")
        return [best[int(k)] for k in order]

    def _smoothed(self, policy: Policy) -> Policy:
        """The policy after a descent in all that is smooth: the schedule, and how much its rules do."""
        problem, places = self.reactor.problem, slots(self.reacting.system)
        start = self.vectors([policy])[0]
        free = np.zeros(problem.size, dtype=bool)
        for decision in self.planner.problem.system.decisions:
            name = decision.name
            name = Parts(name).schedule if any(each.name == name for each in self.reacting.decisions) else name
            free[places[name]] = ~problem.frozen[places[name]]
        scale = self.reactor.scale.copy()
        known = {decision.name: decision for decision in self.reacting.decisions}
        for rule in policy.rules:
            decision, parts = known[rule.decision], Parts(rule.decision)
            slot = places[parts.slope(rule.seen) if rule.form == "linear" else parts.more]
            if not decision.whole:
                free[slot] = True
                scale[slot] = abs(rule.more) or 1.0
        if not np.any(free & ~problem.whole):
            return policy
        planner = self.reactor
        planner.problem = replace(problem, region=problem.region.fixed(~free, start), stated=None)
        planner.scale = scale
        try:
            plans, _ = planner.improve(self.merit, {"rules": start}, {"rules": self.state}, fixed=True, most=2)
        finally:
            planner.problem = problem
        return self._read(plans["rules"], policy)

    def _read(self, whole: Array, policy: Policy) -> Policy:
        """The policy with its schedule, and how much its rules do, as they stand in a vector of decisions."""
        places = slots(self.reacting.system)
        schedule = schedule_of(self.planner.problem.system, self.reacting, whole)
        rules = []
        for rule in policy.rules:
            parts = Parts(rule.decision)
            name = parts.slope(rule.seen) if rule.form == "linear" else parts.more
            rules.append(replace(rule, more=float(whole[places[name]][0])))
        return replace(policy, schedule=schedule, rules=tuple(rules))

    def _rounded(self, policy: Policy) -> Policy:
        """The policy with round thresholds, where they make no difference."""
        for number, rule in enumerate(policy.rules):
            if rule.form == "linear":
                continue
            tried = [policy, *rounded(self.planner.problem.system, policy, number)]
            scores = self.scores(self.merit, tried)
            close = scores >= scores[0] - ROUNDING * max(1.0, abs(scores[0]))
            policy = tried[int(np.argmax(close[1:])) + 1] if np.any(close[1:]) else policy
        return policy

    def pruned(self, policy: Policy, merit: Merit) -> Policy:
        """The policy without the rules that gain no more than chance does and are not needed to hold."""
        while policy.rules:
            fewer = [
                replace(policy, rules=(*policy.rules[:k], *policy.rules[k + 1 :])) for k in range(len(policy.rules))
            ]
            vectors = self.vectors([policy, *fewer])
            impacts, held = merit.impacts(vectors), merit.holds(merit.outcome(vectors))
            aim = self.planner.aim
            size = value(impacts[0], aim.kind, aim.level)
            gains = [gained(impacts[0], impacts[k + 1], aim) for k in range(len(fewer))]
            idle = [k for k, gain in enumerate(gains) if not sure(*gain, size) and (held[k + 1] or not held[0])]
            if not idle:
                break
            policy = fewer[min(idle, key=lambda k: gains[k][0])]
        return policy


def _kind(policy: Policy) -> Kind:
    """Of the last rule."""
    last = policy.rules[-1]
    return last.decision, last.seen, last.form == "linear"


def reactor_of(
    planner: Planner, found: Found, reacting: Reacting, engine: Any, samples: int, tell: Callable[[float, str], None]
) -> Reactor:
    """What searches for rules, after a run of the schedule that shows what there is to be seen."""
    system = planner.problem.system
    still = {system.decisions[int(owner)].name for owner in planner.problem.owner[planner.problem.frozen]}
    aim = reacting.system.aim
    nothing = Policy(found.plan, (), {})
    start = vector(system, reacting, nothing)
    alone = sorted(still - {each.name for each in reacting.decisions})
    problem = _with_free_rules(problem_of(reacting.system, {}, freeze=alone, given=start), reacting)
    reactor = Planner(engine, problem, aim, samples, planner.seed, tell)
    reactor.scale = np.ones(problem.size)
    places, before = slots(reacting.system), slots(system)
    chosen = {decision.name for decision in reacting.decisions}
    for name, place in before.items():
        reactor.scale[places[Parts(name).schedule if name in chosen else name]] = planner.scale[place]
    most = int(SECONDS / (PLANS * row_seconds(reacting.system))) // SCRAMBLINGS * SCRAMBLINGS
    merit = reactor.merit(max(reactor.sizes.polish, min(samples, most, MOST)))
    state = _state(found.state, merit, start)
    return Reactor(planner, found, reacting, reactor, merit, state, _sights(engine, reacting, start, samples, planner))


def _with_free_rules(problem: PlanProblem, reacting: Reacting) -> PlanProblem:
    """The problem in which what rules are made of may be anything, whenever planning begins."""
    free = np.array([problem.system.decisions[int(owner)].name in reacting.rules for owner in problem.owner])
    region = problem.region
    region = replace(region, low=np.where(free, -np.inf, region.low), high=np.where(free, np.inf, region.high))
    return replace(problem, region=region, stated=None, frozen=problem.frozen & ~free)


def _state(state: Scales, merit: Merit, start: Array) -> Scales:
    """The state of the schedule's search, with a place for the budget where only a run can tell what is spent.

    What is held in reserve is no more than the schedule keeps.
    """
    missing = max(0, len(merit.margin_names) - len(state.margins))
    more = np.zeros(missing)
    state = replace(
        state,
        margins=np.concatenate([state.margins, np.full(missing, max(1e-12, 0.1 * merit.budget))]),
        multipliers=np.concatenate([state.multipliers, more]),
        reserve=np.concatenate([state.reserve, more]),
    )
    now = merit.outcome(start[None]).margins[0]
    return replace(state, reserve=np.minimum(SPARE * state.reserve, np.maximum(0.0, now)))


def _sights(engine: Any, reacting: Reacting, start: Array, samples: int, planner: Planner) -> Sights:
    lengths = {decision.steps_per_period: decision.periods for decision in reacting.decisions}
    names = {(seen, steps): opening_name(seen, steps) for steps in lengths for seen in reacting.seen}
    run = engine.simulate(
        min(samples, SEEN), planner.seed, decisions=start, record=tuple(names.values()), keep=True
    ).trajectories
    return {
        (seen, steps): Sight(np.asarray(run[name])[:, 0 : steps * lengths[steps] : steps])
        for (seen, steps), name in names.items()
    }
