"""Whole purchases and hires: rounding a relaxed plan, then exchanging whole units while that helps.

Moves are one unit more or less in a period, from a period on, or throughout; a unit earlier or later; a unit of one
decision for a unit of another; or giving a decision up. All moves of a round are scored in one batch; those that help
are taken together as far as they still help together.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from leverwise.ask.planning.problem import PlanProblem, floored
from leverwise.ask.planning.projection import Array

Score = Callable[[Array], Array]

MOST_MOVES = 250
GAIN = 1e-9
"""Least relative improvement that counts."""


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
    return found or [problem.region.project(_floored(problem))]


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


def exchange(
    problem: PlanProblem, plan: Array, score: Score, seed: int, rounds: int = 25, *, wide: bool = False
) -> tuple[Array, float]:
    """Improve the whole part of a plan by exchanging units; returns the plan and its score.

    `wide` tries only units from the first period to the last: few moves, for many samples.
    """
    random = np.random.default_rng(seed)
    best = float(score(plan[None])[0])
    moves = _moves(problem)
    widest = max((np.count_nonzero(move) for move in moves), default=0)
    always = [k for k, move in enumerate(moves) if np.count_nonzero(move) == widest][: MOST_MOVES // 2]
    if wide:
        moves, always = [moves[k] for k in always], list(range(len(always)))
    for _ in range(rounds):
        if len(moves) > MOST_MOVES:
            others = [k for k in range(len(moves)) if k not in always]
            chosen = random.choice(len(others), MOST_MOVES - len(always), replace=False)
            tried_moves = [moves[k] for k in always] + [moves[others[k]] for k in chosen]
        else:
            tried_moves = moves
        tried_moves = tried_moves + _resets(problem, plan)
        pairs = [(move, repair(problem, plan + move)) for move in tried_moves]
        kept = [(move, result) for move, result in pairs if result is not None and np.any(result != plan)]
        if not kept:
            break
        scores = score(np.stack([result for _, result in kept]))
        order = [k for k in np.argsort(-scores) if scores[k] > best + GAIN * max(1e-12, abs(best))]
        if not order:
            break
        combined = _combinations(problem, plan, [kept[k][0] for k in order])
        together = score(np.stack(combined)) if combined else np.zeros(0)
        if len(together) and np.max(together) > scores[order[0]]:
            plan, best = combined[int(np.argmax(together))], float(np.max(together))
        else:
            plan, best = kept[order[0]][1], float(scores[order[0]])
    return plan, best


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


def _moves(problem: PlanProblem) -> list[Array]:
    units = problem.units
    moves: list[Array] = []
    slots = problem.slots()
    movable = problem.whole & ~problem.frozen

    def move(**parts: float) -> None:
        vector = np.zeros(problem.size)
        for place, amount in parts.items():
            vector[int(place[1:])] = amount * units[int(place[1:])]
        moves.append(vector)

    whole = [decision for decision in problem.system.decisions if decision.whole]
    for decision in whole:
        place = slots[decision.name]
        inside = [k for k in range(place.start, place.stop) if movable[k]]
        for position, k in enumerate(inside):
            for sign in (1, -1):
                move(**{f"s{k}": sign})
                if position < len(inside) - 1:
                    move(**{f"s{j}": sign for j in inside[position:]})
                    move(**{f"s{k}": sign, f"s{inside[position + 1]}": -sign})
                if 0 < position < len(inside) - 1:
                    move(**{f"s{j}": sign for j in inside[: position + 1]})
    for first in whole:
        for second in whole:
            if first.name == second.name or first.periods != second.periods:
                continue
            for period in range(first.periods):
                k, j = slots[first.name].start + period, slots[second.name].start + period
                if movable[k] and movable[j]:
                    move(**{f"s{k}": 1, f"s{j}": -1})
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
