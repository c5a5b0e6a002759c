"""Rules worth trying beside those that a policy has, and changes to a rule that it has: many, for one batch of rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from leverwise.ask.planning.problem import PlanProblem
from leverwise.ask.planning.projection import Array
from leverwise.ask.planning.rules import Policy, Rule
from leverwise.ask.schedules import slots
from leverwise.lang.system import Decision, System

SHARES = (0.05, 0.25, 1.0)
"""Shares of a decision's range by which a linear rule tries to move it for a standard deviation of what is seen."""
STEPS = (0.25, 1.0)
"""Shares of a decision's range that a threshold tries to add."""
UNITS = (1, 2)
"""The same of a decision in whole units."""
LEVELS = (0.02, 0.05, 0.15, 0.3, 0.5, 0.7, 0.85, 0.95, 0.98)
"""Quantiles of what is seen, in all periods together, at which a threshold is tried."""
SPREADS = (0.1, 0.5, 1.0)
"""Quantiles, over the periods, of how much samples differ: what is seen may differ far more later than sooner."""


@dataclass(frozen=True)
class Sight:
    """What one variable was seen to be under the schedule, by sample and period (n, P)."""

    values: Array

    @property
    def deviation(self) -> float:
        """The largest standard deviation in a period."""
        return float(np.max(np.std(self.values, axis=0)))

    @property
    def spreads(self) -> Array:
        """Standard deviations within a period, from small to large."""
        deviations = np.std(self.values, axis=0)
        return np.unique(np.quantile(deviations[deviations > 1e-9 * self.deviation], SPREADS))

    @property
    def levels(self) -> Array:
        """Thresholds worth trying: quantiles over all samples and periods; of what is yes or no, the middle."""
        return np.array([0.5]) if self.is_yes_or_no else np.unique(np.quantile(self.values, LEVELS))

    @property
    def is_yes_or_no(self) -> bool:
        """Whether it is 0 or 1, and nothing between."""
        return bool(np.all((self.values == 0) | (self.values == 1)))

    def moved(self, level: float, by: float) -> float:
        """The threshold that a share more of all that is seen lies below."""
        if self.is_yes_or_no:
            return level
        rank = float(np.mean(self.values < level))
        return float(np.quantile(self.values, min(1.0, max(0.0, rank + by))))


Sights = Mapping[tuple[str, int], Sight]
"""By variable and length of period in steps."""


@dataclass(frozen=True)
class Ground:
    """What rules are tried on: a planning problem, the lengths of the ranges of its slots (K,), what is seen."""

    problem: PlanProblem
    ranges: Array
    sights: Sights

    def with_schedule(self, policy: Policy, decision: Decision, values: Array) -> Policy | None:
        """The policy with other values (P,) of one decision, where it is free; None if limits do not allow them."""
        place, region = self.problem.slots()[decision.name], self.problem.region
        changed = policy.schedule.copy()
        values = np.clip(values, region.low[place], region.high[place])
        changed[place] = np.where(self.problem.frozen[place], changed[place], values)
        return replace(policy, schedule=changed) if region.contains(changed) else None


def additions(ground: Ground, policy: Policy, decisions: tuple[Decision, ...]) -> Iterator[Policy]:
    """The policy with one rule more."""
    places = slots(ground.problem.system)
    for decision in decisions:
        reach = float(np.max(ground.ranges[places[decision.name]]))
        mine = [rule for rule in policy.rules if rule.decision == decision.name]
        for (seen, steps), sight in ground.sights.items():
            if steps != decision.steps_per_period or sight.deviation == 0:
                continue
            sloped = any(rule.form == "linear" and rule.seen == seen for rule in mine)
            if not sloped and not (decision.whole and decision.lump) and not sight.is_yes_or_no:
                yield from _linear(policy, decision, seen, reach / sight.spreads)
            if all(rule.form == "linear" for rule in mine):
                yield from _thresholds(ground, policy, decision, seen, sight, reach)


def _linear(policy: Policy, decision: Decision, seen: str, sizes: Array) -> Iterator[Policy]:
    for size in np.unique(np.outer(SHARES, sizes)):
        for sign in (1.0, -1.0):
            yield replace(policy, rules=(*policy.rules, Rule(decision.name, "linear", seen, sign * float(size))))


def _thresholds(
    ground: Ground, policy: Policy, decision: Decision, seen: str, sight: Sight, reach: float
) -> Iterator[Policy]:
    """A rule as it is, and for purchases also in place of what the schedule buys."""
    unit = decision.unit.factor
    sizes = [share * reach for share in STEPS]
    if decision.whole:
        sizes = [count * unit for count in UNITS if count * unit <= reach * (1 + 1e-9)]
    planned = policy.schedule[slots(ground.problem.system)[decision.name]]
    total = float(np.sum(planned)) if decision.lump else 0.0
    emptied = ground.with_schedule(policy, decision, np.zeros_like(planned)) if total > 0 else None
    for above in (True, False):
        for level in sight.levels:
            rule = Rule(decision.name, "once", seen, unit, float(level), above)
            if emptied is not None:
                yield replace(emptied, rules=(*policy.rules, replace(rule, more=min(total, decision.high))))
            for size in sizes:
                for sign in (1.0,) if decision.lump else (1.0, -1.0):
                    changed = replace(rule, form="once" if decision.lump else "while", more=sign * size)
                    yield replace(policy, rules=(*policy.rules, changed))


def changes(ground: Ground, policy: Policy, step: float, first: int = 0) -> Iterator[Policy]:
    """The policy with one number of a rule from the `first` on, or the level of the schedule beside it, moved.

    `step` is the share of its size by which it is.
    """
    places = slots(ground.problem.system)
    known = {decision.name: decision for decision in ground.problem.system.decisions}
    for number, rule in list(enumerate(policy.rules))[first:]:
        decision = known[rule.decision]
        sight, place = ground.sights[rule.seen, decision.steps_per_period], places[decision.name]
        reach, unit = float(np.max(ground.ranges[place])), decision.unit.factor
        move = max(unit, round(step * reach / unit) * unit) if decision.whole else step * reach
        size = step * abs(rule.more) if rule.form == "linear" else move
        for sign in (1.0, -1.0):
            yield _with(policy, number, replace(rule, more=rule.more + sign * size))
            if rule.form != "linear":
                yield _with(policy, number, replace(rule, threshold=sight.moved(rule.threshold, sign * step / 2)))
            moved = ground.with_schedule(policy, decision, policy.schedule[place] + sign * move)
            if moved is not None and not decision.lump:
                yield moved
        if rule.form != "linear" and not decision.lump:
            yield _with(policy, number, replace(rule, form="once" if rule.form == "while" else "while"))


def rounded(system: System, policy: Policy, number: int) -> Iterator[Policy]:
    """The policy with the threshold of one rule rounded to one digit, to two, and to three, in its own unit."""
    rule = policy.rules[number]
    factor = system.unit_of(rule.seen).factor
    for digits in (1, 2, 3):
        level = float(f"{rule.threshold / factor:.{digits}g}") * factor
        yield _with(policy, number, replace(rule, threshold=level))


def _with(policy: Policy, number: int, rule: Rule) -> Policy:
    return replace(policy, rules=(*policy.rules[:number], rule, *policy.rules[number + 1 :]))
