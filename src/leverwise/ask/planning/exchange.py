"""Single exchanges: what is near a plan, one change away, and taking the best of it while that helps.

Of whole decisions: one unit more or less in a period, from a period on, up to one, or throughout; a unit earlier or
later; purchases at other times (see `purchases`); a unit of one decision for a unit of another, or for as much of
another as pays for it; giving a decision up or holding it. Of others: a tenth of the range more or less in a period or
throughout, a quarter more or fewer of all of it, and a tenth of one for a tenth of another. Of both: a stretch of
periods that are alike, by a unit or a quarter.
All exchanges of a round are scored in one batch; those that help are taken together as far as they still help together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from leverwise.ask.planning.nearest import nearest_whole
from leverwise.ask.planning.problem import PlanProblem, floored
from leverwise.ask.planning.projection import Array
from leverwise.ask.planning.purchases import regular, rescheduled

Score = Callable[[Array], Array]
Allowed = Callable[[Array], bool]
More = Callable[[PlanProblem, Array, Array], Iterable[Array]]
"""A problem, a plan (K,) and the lengths of ranges (K,) -> moves from there (K,)."""

MOST_MOVES = 250
GAIN = 1e-9
"""Least relative improvement that counts."""
STEP = 0.1
"""Share of its range by which a decision that is not whole is moved."""
SCALING = 0.25
SCREENED = 64
"""Plans that are scored on all samples when there are more; the others fall out on a part of them."""
PAIRED = 40
"""Exchanges of which two are tried together where single ones bring nothing."""
REFUSALS = 12
"""Better plans that may turn out not to be allowed before a round, or the search for what is left, ends."""


@dataclass(frozen=True)
class Exchanged:
    """A plan after exchanges, its score, and what was seen in the last round that tried all of them."""

    plan: Array
    score: float
    tried: int
    left: float
    """The largest gain in score that an allowed exchange would still bring; less than nothing if all make it worse."""
    sure: bool = True
    """Whether that exchange was seen to be allowed; if not, after many refusals, allowed ones gain no more."""


def screened(rough: Score, full: Score, most: int = SCREENED) -> Score:
    """The full score, of many plans only for those that are best by the rough one; minus infinity for the others."""

    def score(plans: Array) -> Array:
        if len(plans) <= most:
            return full(plans)
        best = np.argsort(-rough(plans), kind="stable")[:most]
        scores = np.full(len(plans), -np.inf)
        scores[best] = full(plans[best])
        return scores

    return score


def rounded(problem: PlanProblem, plan: Array) -> list[Array]:
    """Whole plans near a relaxed one that keep every limit; the rest of each plan moves as little as it can."""
    found = []
    for shift in (0.5, 0.0, 0.999, 0.25, 0.75):
        repaired = repair(problem, floored(problem, plan, shift))
        if repaired is not None:
            found.append(repaired)
    filled = _filled(problem, plan)
    if filled is not None:
        found.append(filled)
    if not found and (nearest := nearest_whole(problem, plan)) is not None:
        found += [each for each in [repair(problem, nearest)] if each is not None]
    return found or [problem.region.project(_floored(problem))]


def begun_whole(problem: PlanProblem, plan: Array, near: Sequence[Array], score: Score, most: int) -> list[Array]:
    """The best of whole plans near another, and of each kind of regular purchases: so many at most, the best first.

    `near` are such plans, if they are known.
    """
    repaired = [[repair(problem, each) for each in kind] for kind in ([] if near else regular(problem, plan))]
    kinds = [near or rounded(problem, plan), *([each for each in kind if each is not None] for kind in repaired)]
    found = []
    for kind in kinds:
        if kind:
            scores = score(np.stack(list(kind)))
            found.append((float(np.max(scores)), kind[int(np.argmax(scores))]))
    found.sort(key=lambda scored: -scored[0])
    return [each for _, each in found[:most]]


def repair(problem: PlanProblem, plan: Array) -> Array | None:
    """The plan with its whole part kept and the rest projected into the limits; None if that cannot be."""
    region = problem.region
    if np.any(problem.whole & ((plan < region.low - 1e-9) | (plan > region.high + 1e-9))):
        plan = np.where(problem.whole, np.clip(plan, region.low, region.high), plan)
    if problem.whole.all():
        return plan if region.contains(plan) else None
    held = region.fixed(problem.whole, plan)
    if not held.within_reach():
        return None
    result = held.project(plan)
    return result if region.contains(result) else None


def repaired_all(problem: PlanProblem, plans: Array) -> tuple[Array, NDArray[np.bool_]]:
    """The same for many plans (S, K), and for which of them it could be done (S,)."""
    if not problem.whole.any():
        found = problem.region.project_all(plans)
        return found, problem.region.contains_all(found)
    each = [repair(problem, plan) for plan in plans]
    kept = np.array([plan is not None for plan in each], dtype=bool)
    return np.stack([old if new is None else new for old, new in zip(plans, each, strict=True)]), kept


def exchange(
    problem: PlanProblem,
    plan: Array,
    score: Score,
    seed: int,
    rounds: int = 25,
    *,
    steps: Array | None = None,
    gain: float | None = None,
    allowed: Allowed | None = None,
    deep: bool = False,
    more: More | None = None,
) -> Exchanged:
    """The plan improved by exchanges, each round by those that gain more than `gain` in score.

    `deep`: where none does, two of the best together are tried before the search ends.
    With `steps` (K,), the lengths of ranges, every exchange is tried, those of decisions that are not whole among them,
    and `more`, until a whole round brings nothing; without, up to `MOST_MOVES` of the whole ones, drawn anew each time.
    """
    random = np.random.default_rng(seed)
    best, left, tried, sure = float(score(plan[None])[0]), -np.inf, 0, True
    again: list[Array] | None = None
    for _ in range(rounds):
        moves = again if again is not None else _round(problem, plan, steps, random)
        if more is not None and steps is not None and again is None:
            moves = [*moves, *more(problem, plan, steps)]
        pairs = _different(problem, plan, moves)
        scores = score(np.stack([result for _, result in pairs])) if pairs else np.zeros(0)
        if again is None:
            left, tried = float(np.max(scores, initial=-np.inf)) - best, len(pairs)
        least = best + (GAIN * max(1e-12, abs(best)) if gain is None else gain)
        order = [int(k) for k in np.argsort(-scores, kind="stable") if scores[k] > least]
        if deep and not order and again is None:
            pairs = _different(problem, plan, _paired(pairs, scores))
            scores = score(np.stack([result for _, result in pairs])) if pairs else np.zeros(0)
            order = [int(k) for k in np.argsort(-scores, kind="stable") if scores[k] > least]
        taken = _best(problem, plan, [pairs[k] for k in order], scores[order], score, allowed) if order else None
        if taken is None:
            if again is None:
                left, sure = _left(pairs, scores - best, allowed)
                break
            again = None
            continue
        plan, best = taken
        again = [pairs[k][0] for k in order] if steps is not None else None
    return Exchanged(plan, best, tried, left, sure)


def _left(pairs: list[tuple[Array, Array]], gains: Array, allowed: Allowed | None) -> tuple[float, bool]:
    """The largest gain of an allowed exchange, and whether it was seen to be allowed; losses are not asked about.

    Where as many as may be, or all that were scored in full, are refused, others gain no more than the last of them.
    """
    refused = np.inf
    for asked, k in enumerate(np.argsort(-gains, kind="stable").tolist()):
        gain = float(gains[k])
        if asked == REFUSALS or (asked and not np.isfinite(gain)):
            return min(refused, gain) if np.isfinite(gain) else refused, False
        if gain <= 0 or allowed is None or allowed(pairs[k][1]):
            return gain, True
        refused = gain
    return -np.inf, True


def _round(problem: PlanProblem, plan: Array, steps: Array | None, random: np.random.Generator) -> list[Array]:
    moves = [*_units(problem), *_paid_for(problem, plan), *rescheduled(problem, plan)]
    if steps is not None:
        return [*moves, *_resets(problem, plan), *_stretches(problem, plan), *_steps(problem, plan, steps)]
    if len(moves) > MOST_MOVES:
        width = [int(np.count_nonzero(move)) for move in moves]
        always = [k for k in range(len(moves)) if width[k] == max(width)][: MOST_MOVES // 2]
        others = [k for k in range(len(moves)) if k not in set(always)]
        chosen = random.choice(len(others), MOST_MOVES - len(always), replace=False)
        moves = [moves[k] for k in always] + [moves[others[k]] for k in chosen]
    return [*moves, *_resets(problem, plan)]


def _different(problem: PlanProblem, plan: Array, moves: list[Array]) -> list[tuple[Array, Array]]:
    """Each move with the plan that it leads to, without those that lead nowhere or to the same plan as another."""
    if not moves:
        return []
    table = np.stack(moves)
    results, kept = repaired_all(problem, np.clip(plan + table, problem.region.low, problem.region.high))
    kept &= np.any(np.abs(results - plan) > 1e-9 * np.abs(plan), axis=1)
    first = {results[k].tobytes(): int(k) for k in reversed(np.flatnonzero(kept))}
    return [(moves[k], results[k]) for k in sorted(first.values())]


def _paired(pairs: list[tuple[Array, Array]], scores: Array) -> list[Array]:
    """Two of the best moves at a time."""
    best = [pairs[int(k)][0] for k in np.argsort(-scores, kind="stable")[:PAIRED]]
    return [first + second for number, first in enumerate(best) for second in best[:number]]


def _best(
    problem: PlanProblem,
    plan: Array,
    better: list[tuple[Array, Array]],
    scores: Array,
    score: Score,
    allowed: Allowed | None,
) -> tuple[Array, float] | None:
    """The best plan, and its score, of the better ones (best first) and of several of them together."""
    combined = _combinations(problem, plan, [move for move, _ in better])
    plans = [*combined, *(result for _, result in better)]
    values = np.concatenate([score(np.stack(combined)) if combined else np.zeros(0), scores])
    for k in np.argsort(-values, kind="stable")[: len(combined) + REFUSALS]:
        if values[k] >= scores[-1] and (allowed is None or allowed(plans[int(k)])):
            return plans[int(k)], float(values[k])
    return None


def _resets(problem: PlanProblem, plan: Array) -> list[Array]:
    """Moves that give a whole decision up: throughout, in one period, or from a period on; or hold it from one on."""
    moves: list[Array] = []
    for decision in problem.system.decisions:
        place = problem.slots()[decision.name]
        free = np.zeros(problem.size, dtype=bool)
        free[place] = ~problem.frozen[place]
        if not decision.whole or not np.any(plan[free] != problem.start[free]):
            continue
        for slot in range(place.start, place.stop):
            later = free & (np.arange(problem.size) >= slot)
            moves.append(np.where(later, problem.start - plan, 0.0))
            if slot > place.start:
                moves.append(np.where(later, plan[slot - 1] - plan, 0.0))
                moves.append(np.where(free & (np.arange(problem.size) == slot), problem.start - plan, 0.0))
    return [move for move in moves if np.any(move)]


def _paid_for(problem: PlanProblem, plan: Array) -> Iterator[Array]:
    """Moves by one unit of a whole decision, from a period on, that spend less throughout on another to pay for it."""
    slots = problem.slots()
    spent = np.where(problem.frozen, 0.0, problem.spending * (plan - problem.start))
    for first in problem.system.decisions:
        place = slots[first.name]
        if not first.whole or np.all(problem.frozen[place]):
            continue
        changes = place.start + np.flatnonzero(np.diff(plan[place])) + 1
        for k in range(place.start, place.stop) if first.lump else (place.start, *changes):
            more = np.zeros(problem.size)
            more[k : k + 1 if first.lump else place.stop] = first.unit.factor
            more[problem.frozen] = 0.0
            price = float(problem.spending @ more)
            if price <= 0 or np.any(plan + more > problem.region.high + 1e-9):
                continue
            for second in problem.system.decisions:
                other = slots[second.name]
                total = float(np.sum(spent[other]))
                if second is first or total <= 0:
                    continue
                less = np.zeros(problem.size)
                less[other] = min(1.0, price / total) * (plan - problem.start)[other]
                if second.whole:
                    less = np.where(less > 0, np.ceil(less / problem.units - 1e-9) * problem.units, 0.0)
                yield more - np.minimum(less, np.maximum(plan - problem.start, 0.0))


def _stretches(problem: PlanProblem, plan: Array) -> Iterator[Array]:
    """Moves of one stretch of periods in which a decision stays the same: a unit, or a quarter of what it is."""
    for decision in problem.system.decisions:
        place = problem.slots()[decision.name]
        edges = [0, *(np.flatnonzero(np.diff(plan[place])) + 1).tolist(), decision.periods]
        for begin, end in pairwise(edges):
            if end - begin < 2 or problem.frozen[place][begin]:
                continue
            slots = np.arange(problem.size)
            inside = (slots >= place.start + begin) & (slots < place.start + end)
            size = problem.units if decision.whole else SCALING * (plan - problem.start)
            yield np.where(inside, size, 0.0)
            yield np.where(inside, -size, 0.0)


def _steps(problem: PlanProblem, plan: Array, sizes: Array) -> Iterator[Array]:
    """Moves of the decisions that are not whole."""
    free = ~problem.whole & ~problem.frozen
    mine = [free & (problem.owner == number) for number in range(len(problem.system.decisions))]
    mine = [slots for slots in mine if slots.any()]
    for slots in mine:
        for sign in (STEP, -STEP):
            for k in np.flatnonzero(slots):
                move = np.zeros(problem.size)
                move[k] = sign * sizes[k]
                yield move
            yield np.where(slots, sign * sizes, 0.0)
        yield np.where(slots, SCALING * (plan - problem.start), 0.0)
        yield np.where(slots, -SCALING * (plan - problem.start), 0.0)
    for first in mine:
        for second in mine:
            if first is not second:
                yield np.where(first, STEP * sizes, np.where(second, -STEP * sizes, 0.0))


def _combinations(problem: PlanProblem, plan: Array, moves: list[Array]) -> list[Array]:
    """The best 2, 4, 8 ... moves made together, leaving out any that touches a slot already touched."""
    results: list[Array] = []
    total = np.zeros_like(plan)
    taken = 0
    for move in moves:
        if np.any((total != 0) & (move != 0)):
            continue
        total = total + move
        taken += 1
        if taken >= 2 and (taken & (taken - 1)) == 0:
            result = repair(problem, plan + total)
            if result is not None:
                results.append(result)
    return results


def _units(problem: PlanProblem) -> list[Array]:
    """Moves by one unit of whole decisions."""
    units = problem.units
    moves: list[Array] = []
    slots = problem.slots()
    movable = problem.whole & ~problem.frozen

    def move(parts: dict[int, int]) -> None:
        vector = np.zeros(problem.size)
        for slot, amount in parts.items():
            vector[slot] = amount * units[slot]
        moves.append(vector)

    whole = [decision for decision in problem.system.decisions if decision.whole]
    for decision in whole:
        place = slots[decision.name]
        inside = [k for k in range(place.start, place.stop) if movable[k]]
        for position, k in enumerate(inside):
            for sign in (1, -1):
                move({k: sign})
                if position < len(inside) - 1:
                    move(dict.fromkeys(inside[position:], sign))
                    move({k: sign, inside[position + 1]: -sign})
                if 0 < position < len(inside) - 1:
                    move(dict.fromkeys(inside[: position + 1], sign))
    for first in whole:
        for second in whole:
            if first.name == second.name or first.periods != second.periods:
                continue
            for period in range(first.periods):
                k, j = slots[first.name].start + period, slots[second.name].start + period
                if movable[k] and movable[j]:
                    move({k: 1, j: -1})
    return moves


def _floored(problem: PlanProblem) -> Array:
    return np.where(
        problem.whole, np.maximum(problem.region.low, np.minimum(problem.start, problem.region.high)), problem.start
    )


def _filled(problem: PlanProblem, plan: Array) -> Array | None:
    """Round down, then up again one by one where the relaxed plan had the largest rests, while limits allow."""
    units = problem.units
    whole = floored(problem, plan)
    current = repair(problem, whole)
    if current is None:
        return None
    rests = np.where(problem.whole & ~problem.frozen, plan - whole, 0.0)
    for k in np.argsort(-rests / units):
        if rests[k] <= 1e-6 * units[k]:
            break
        candidate = current.copy()
        candidate[k] += units[k]
        raised = repair(problem, candidate) if candidate[k] <= problem.region.high[k] + 1e-9 else None
        current = raised if raised is not None else current
    return current
