"""Who does how much of what: the output rate of a group of workers, and the hours behind it.

`throughput` is the optimum of a small linear program in closed form (max-flow/min-cut): for each set U of workers that
is the union of some tasks' workers, the tasks that only people in U may do must fit into the hours of U. `allotment`
picks one of the program's many optima: pairs (worker, task) by falling score, each given the most that keeps the rest
possible. Both act on rows; the sets are worked out once, in Python.

Chores are served first, as far as those who may do them have hours. Tasks in one group are a handful (at most 12 in a
model file), so the families of sets stay small.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from jax import lax

from leverwise.engine.guards import fence
from leverwise.engine.ops import Ops, Rows, spread
from leverwise.lang.system import Workshop

UNROLLED_PAIRS = 6
"""With more contested (worker, task) pairs than this, the ranks are gone through in a loop, not written out."""


@dataclass(frozen=True)
class Family:
    """A set of workers and the tasks that nobody outside it may do."""

    workers: tuple[int, ...]
    tasks: tuple[int, ...]
    chores: bool


@lru_cache(maxsize=64)
def able(shop: Workshop) -> tuple[tuple[int, ...], ...]:
    """For each task the workers who may do it, and last those who may do chores."""
    doers = [tuple(w for w, may in enumerate(shop.may) if k in may) for k in range(len(shop.tasks))]
    return (*doers, tuple(w for w, may in enumerate(shop.chores) if may))


@lru_cache(maxsize=64)
def families(shop: Workshop) -> tuple[Family, ...]:
    """Every distinct union of the worker sets of tasks (chores being one of them)."""
    sets = {frozenset(workers) for workers in able(shop)}
    unions: set[frozenset[int]] = set()
    for each in sets:
        unions |= {each} | {each | union for union in unions}
    found = []
    for union in sorted(unions, key=lambda u: (len(u), sorted(u))):
        inside = [set(workers) <= union for workers in able(shop)]
        tasks = tuple(k for k in range(len(shop.tasks)) if inside[k])
        found.append(Family(tuple(sorted(union)), tasks, inside[-1]))
    return tuple(found)


class Hours:
    """The numbers of one group of workers at one time, on rows.

    efforts (one per task, work per unit of output), hours (one per worker), chores (work per time), limits
    (one per task, the greatest output rate that its seats allow).
    """

    def __init__(self, ops: Ops, shop: Workshop, arguments: Sequence[Rows]) -> None:
        tasks, workers = len(shop.tasks), len(shop.workers)
        self.ops, self.shop = ops, shop
        self.efforts = list(arguments[:tasks])
        self.hours = list(arguments[tasks : tasks + workers])
        self.limits = list(arguments[tasks + workers + 1 : 2 * tasks + workers + 1])
        self.rest = list(arguments[2 * tasks + workers + 1 :])
        doers = able(shop)[-1]
        self.chores = ops.most(ops.least(arguments[tasks + workers], self._sum(self.hours, doers)), ops.number(0))

    def _sum(self, terms: Sequence[Rows], which: Sequence[int]) -> Rows:
        total: Rows = self.ops.number(0)
        for number, i in enumerate(which):
            total = terms[i] if number == 0 else lax.add(total, terms[i])
        return total

    def output(self) -> Rows:
        """The greatest output rate, at least 0."""
        rate: Rows = None
        for family in families(self.shop):
            if not family.tasks:
                continue
            spare = self._sum(self.hours, family.workers)
            if family.chores:
                spare = lax.sub(spare, self.chores)
            effort = self._sum(self.efforts, family.tasks)
            some = lax.gt(effort, self.ops.number(0))
            bound = lax.div(spare, self.ops.where(some, effort, self.ops.number(1)))
            bound = self.ops.where(some, bound, self.ops.number(np.inf))
            rate = bound if rate is None else self.ops.least(rate, bound)
        for limit in self.limits:
            rate = self.ops.least(rate, limit)
        return self.ops.most(rate, self.ops.number(0))

    def allotment(self, scores: Sequence[Rows], rate: Rows) -> dict[tuple[int, int], Rows]:
        """Hours by (worker, task) for an output `rate`; the task after the last is chores. Pairs not listed get none.

        scores are one per (worker, task), worker by worker. Tasks that one worker alone may do come first, then
        contested pairs by falling score (at a tie the earlier worker, then the earlier task), then chores, which
        the first worker (the principal) gets last.
        """
        tasks = len(self.shop.tasks)
        need = [*(lax.mul(rate, effort) for effort in self.efforts), self.chores]
        shape = np.broadcast_shapes(*(np.shape(x) for x in (*need, *self.hours, *scores)))
        need = [spread(x, shape) for x in need]
        left = [spread(x, shape) for x in self.hours]
        slack = {
            family: lax.sub(
                self._sum(left, family.workers) if family.workers else lax.full_like(need[0], 0),
                self._sum(need, (*family.tasks, *((tasks,) if family.chores else ()))),
            )
            for family in families(self.shop)
        }
        given: dict[tuple[int, int], Rows] = {}
        doers = able(self.shop)
        for k in range(tasks):
            if len(doers[k]) == 1:
                worker = doers[k][0]
                given[worker, k] = need[k]
                left[worker] = lax.sub(left[worker], need[k])
                need[k] = lax.full_like(need[k], 0)
        pairs = [(w, k) for w in range(len(left)) for k in range(tasks) if w in doers[k] and len(doers[k]) > 1]
        state = _State(self.ops, doers, need, left, slack)
        if pairs:
            given |= state.by_rank(pairs, [spread(scores[w * tasks + k], shape) for w, k in pairs])
        for worker in sorted(doers[tasks], key=lambda w: (w == 0, w)):
            hours = fence(self.ops.most(self.ops.least(state.need[tasks], state.left[worker]), self.ops.number(0)))
            given[worker, tasks] = hours
            state.need[tasks] = lax.sub(state.need[tasks], hours)
            state.left[worker] = lax.sub(state.left[worker], hours)
        return given


class _State:
    """What is still needed and still there while hours are being allotted."""

    def __init__(
        self,
        ops: Ops,
        doers: Sequence[tuple[int, ...]],
        need: list[Rows],
        left: list[Rows],
        slack: dict[Family, Rows],
    ) -> None:
        self.ops, self.doers, self.need, self.left, self.slack = ops, doers, need, left, slack

    def _hurt(self, pair: tuple[int, int]) -> list[Family]:
        """The families whose slack shrinks when this worker does this task."""
        worker, task = pair
        doers = set(self.doers[task])
        return [family for family in self.slack if worker in family.workers and not doers <= set(family.workers)]

    def _most(self, pair: tuple[int, int]) -> Rows:
        most = self.ops.least(self.need[pair[1]], self.left[pair[0]])
        for family in self._hurt(pair):
            most = self.ops.least(most, self.slack[family])
        return self.ops.most(most, self.ops.number(0))

    def by_rank(self, pairs: list[tuple[int, int]], scores: list[Rows]) -> dict[tuple[int, int], Rows]:
        """Serve the pairs by falling score, an order that may differ from row to row."""
        ranks = self._ranks(scores)
        if len(pairs) > UNROLLED_PAIRS:
            return self._looped(pairs, ranks)
        given: dict[tuple[int, int], Rows] = {pair: lax.full_like(scores[0], 0) for pair in pairs}
        for rank in range(len(pairs)):
            given = self._serve(pairs, ranks, np.int32(rank), given)
        return given

    def _ranks(self, scores: list[Rows]) -> list[Rows]:
        ranks: list[Rows] = [lax.full_like(scores[0], 0, dtype=np.int32) for _ in scores]
        for i, first in enumerate(scores):
            for j in range(i + 1, len(scores)):
                later = lax.convert_element_type(lax.lt(first, scores[j]), np.int32)
                ranks[i] = lax.add(ranks[i], later)
                ranks[j] = lax.add(ranks[j], lax.sub(np.int32(1), later))
        return ranks

    def _serve(
        self, pairs: list[tuple[int, int]], ranks: list[Rows], rank: Rows, given: dict[tuple[int, int], Rows]
    ) -> dict[tuple[int, int], Rows]:
        zero = self.ops.number(0)
        amounts = {
            pair: fence(self.ops.where(lax.eq(at, rank), self._most(pair), zero))
            for pair, at in zip(pairs, ranks, strict=True)
        }
        hurt = {pair: self._hurt(pair) for pair in pairs}
        for pair, hours in amounts.items():
            self.need[pair[1]] = lax.sub(self.need[pair[1]], hours)
            self.left[pair[0]] = lax.sub(self.left[pair[0]], hours)
            for family in hurt[pair]:
                self.slack[family] = lax.sub(self.slack[family], hours)
        return {pair: lax.add(given[pair], amounts[pair]) for pair in pairs}

    def _looped(self, pairs: list[tuple[int, int]], ranks: list[Rows]) -> dict[tuple[int, int], Rows]:
        families_ = list(self.slack)

        def one(carry: Any, rank: Rows) -> tuple[Any, None]:
            need, left, slack, given = carry
            state = _State(self.ops, self.doers, list(need), list(left), dict(zip(families_, slack, strict=True)))
            served = state._serve(pairs, ranks, rank, dict(zip(pairs, given, strict=True)))
            return (state.need, state.left, list(state.slack.values()), list(served.values())), None

        zeros = [lax.full_like(ranks[0], 0, dtype=self.ops.dtype) for _ in pairs]
        start = (self.need, self.left, list(self.slack.values()), zeros)
        steps = np.arange(len(pairs), dtype=np.int32)
        (self.need, self.left, slack, given), _ = lax.scan(one, start, steps)
        self.slack = dict(zip(families_, slack, strict=True))
        return dict(zip(pairs, given, strict=True))
