"""Long searches that begin from a plan and try to beat it: by evolution, by hand, by chance, uphill.

All of them see the same samples, and judge a plan as the planner does: its objective, less a steep price for money,
hours or budget that do not suffice. These must suffice as surely as they do with the plan, on the same samples.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from time import perf_counter
from typing import Any

import numpy as np
from scipy.optimize import minimize

from benchmarks.rows import MissingPeerError
from leverwise.ask.planning.merit import Draws, Merit, Scales
from leverwise.ask.planning.problem import PlanProblem
from leverwise.ask.planning.starts import natural_highs
from leverwise.lang.system import Aim

Array = np.ndarray

SAMPLES, ROUGH, MORE = 512, 128, 1024
"""Samples of a search, those that tell which moves are not worth a closer look, and those for climbing."""
CLOSER = 48
"""Moves by hand that are looked at on all samples."""
SIGMAS = (0.02, 0.1, 0.3)
"""First steps of evolution, as shares of ranges."""
BLOCKS = 32
"""Random exchanges in a batch."""
STARTS, INNER = 3, 40
"""Climbing: how often it begins anew from the best so far, and steps between."""


@dataclass
class Contest:
    """A plan (K,) to beat, and what rivals may know: samples of a seed, ranges, limits."""

    engine: Any
    problem: PlanProblem
    aim: Aim
    plan: Array
    seed: int
    evaluations: int = 0
    high: Array = field(init=False)
    """The most of each slot (K,)."""

    def __post_init__(self) -> None:
        self.merit = self.on(SAMPLES, spare=1.0)
        self.rough = self.on(ROUGH, spare=1.0)
        both = np.stack([self.plan, self.problem.region.project(self.problem.start)])
        outcome = self.merit.outcome(both)
        margins = np.max(np.abs(np.where(np.isfinite(outcome.margins), outcome.margins, 0.0)), axis=0)
        count = outcome.margins.shape[1]
        self.scales = Scales(
            objective=max(abs(float(outcome.objective[0])), 1e-300),
            margins=np.where(margins > 0, margins, 1.0),
            multipliers=np.zeros(count),
            reserve=np.zeros(count),
        )
        self.high = np.maximum(natural_highs(self.problem, lambda plans: self.score(plans)), self.plan)
        self.low = np.where(np.isfinite(self.problem.region.low), self.problem.region.low, -self.high)
        self.free = ~self.problem.frozen & (self.high > self.low)

    def on(self, count: int, *, seed: int | None = None, spare: float = 0.0) -> Merit:
        """The merit on so many samples of a seed, as sure of money and hours as asked, or as the plan is there.

        `spare` is confidence asked beyond that, in standard errors: what a search makes of its samples' luck is lost on
        others.
        """
        seed, sure = self.seed if seed is None else seed, self.aim.confidence
        draws = Draws(np.asarray(self.engine.draws(0, count, seed)), np.arange(count), seed)
        kept = float(np.min(Merit(self.engine, self.aim, draws).outcome(self.plan[None]).kept, initial=1.0))
        asked = min(1.0, sure + spare * float(np.sqrt(sure * (1 - sure) / count)), kept)
        return Merit(self.engine, replace(self.aim, confidence=asked), draws)

    def allowed(self, plans: Array) -> Array:
        """The nearest plans (S, K) within bounds and limits, whole where they must be."""
        problem, region = self.problem, self.problem.region
        whole = np.round(plans / problem.units) * problem.units
        kept = np.clip(np.where(problem.whole, whole, plans), region.low, region.high)
        return np.stack([region.fixed(problem.whole, each).project(each) for each in kept])

    def score(self, plans: Array) -> Array:
        """One number per plan (S,): about 1 for the plan to beat."""
        self.evaluations += len(plans)
        return self.merit.score(plans, self.scales)


Rival = Callable[[Contest, float], Array]
"""A contest and seconds -> the best plan that was found."""


def by_hand(contest: Contest, seconds: float) -> Array:
    """What somebody would try: a decision halved, doubled, dropped, at its most, sooner, later, from a time."""
    end, plan = perf_counter() + seconds, contest.plan
    best = float(contest.score(plan[None])[0])
    while perf_counter() < end:
        moves = contest.allowed(np.stack(list(moves_by_hand(contest, plan))))
        moves = np.unique(moves[np.any(np.abs(moves - plan) > 1e-9 * contest.high, axis=1)], axis=0)
        if not len(moves):
            break
        contest.evaluations += len(moves)
        near = moves[np.argsort(-contest.rough.score(moves, contest.scales), kind="stable")[:CLOSER]]
        scores = contest.score(near)
        if not np.max(scores) > best:
            break
        plan, best = near[int(np.argmax(scores))], float(np.max(scores))
    return plan


def moves_by_hand(contest: Contest, plan: Array) -> Iterator[Array]:
    """The plan with one or two decisions changed as a person would."""
    start, high = contest.problem.start, contest.high
    yield from (np.where(contest.free, start + share * (plan - start), plan) for share in (0.8, 0.9, 1.1, 1.25))
    places = [place for place in contest.problem.slots().values() if np.any(contest.free[place])]
    for place in places:
        mine, values, most, none = plan[place], np.arange(place.stop - place.start), high[place], start[place]
        levels = [none + share * (mine - none) for share in (0.0, 0.5, 0.8, 1.25, 2.0)]
        levels += [none + share * (most - none) for share in (0.05, 0.1, 0.25, 0.5, 0.75, 1.0)]
        levels += [np.full_like(mine, np.mean(mine)), np.full_like(mine, np.max(mine))]
        levels += [np.r_[mine[:1], mine[:-1]], np.r_[mine[1:], mine[-1:]]]
        for level in levels:
            yield changed(plan, place, level)
        for cut in values[1:]:
            for level in levels[:1] + levels[10:11]:
                yield changed(plan, place, np.where(values >= cut, level, mine))
                yield changed(plan, place, np.where(values < cut, level, mine))
        for period in values:
            for level in (none, 0.5 * mine, 2 * mine, most, mine + 0.1 * most, mine - 0.1 * most):
                yield changed(plan, place, np.where(values == period, level, mine))
    for one in places:
        for other in places:
            if one is not other:
                for less, more in ((0.0, 2.0), (0.5, 1.5), (0.9, 1.1)):
                    halved = changed(plan, one, start[one] + less * (plan[one] - start[one]))
                    yield changed(halved, other, start[other] + more * (plan[other] - start[other]))
                yield changed(changed(plan, one, start[one]), other, high[other])


def changed(plan: Array, place: slice, values: Array) -> Array:
    """The plan with other values in one place."""
    result = plan.copy()
    result[place] = values
    return result


def by_chance(contest: Contest, seconds: float) -> Array:
    """Random stretches of one or two decisions set to random levels, kept where they help."""
    end, random, plan = perf_counter() + seconds, np.random.default_rng(contest.seed), contest.plan
    best = float(contest.score(plan[None])[0])
    places = [place for place in contest.problem.slots().values() if np.any(contest.free[place])]
    while perf_counter() < end:
        tried = []
        for _ in range(BLOCKS):
            other = plan.copy()
            for number in random.choice(len(places), min(len(places), int(random.integers(1, 3))), replace=False):
                place = places[int(number)]
                first, last = np.sort(random.integers(place.start, place.stop + 1, 2))
                block = slice(first, max(first + 1, last)) if first < place.stop else slice(first - 1, first)
                most, start = contest.high[block], contest.problem.start[block]
                neighbour = other[int(random.integers(place.start, place.stop))]
                level = (
                    start,
                    most,
                    start + random.random() * (most - start),
                    start + random.uniform(0.5, 2.0) * (other[block] - start),
                    neighbour,
                    other[block] + contest.problem.units[block] * random.choice((-1.0, 1.0)),
                    other[block] + random.normal(0.0, 0.1) * most,
                )[int(random.integers(7))]
                other[block] = level
            tried.append(other)
        moves = contest.allowed(np.stack(tried))
        scores = contest.score(moves)
        if np.max(scores) > best:
            plan, best = moves[int(np.argmax(scores))], float(np.max(scores))
    return plan


class _OutOfTimeError(Exception):
    """A search has had its seconds."""


def uphill(contest: Contest, seconds: float) -> Array:
    """SLSQP (SciPy) on many samples with exact slopes of what is to be large and what must suffice; whole units stay.

    A margin is taken at the quantile that counts. Of all plans that it sees and some on the way, the best counts.
    """
    merit, end = contest.on(MORE, spare=1.0), perf_counter() + seconds
    moving = np.flatnonzero(contest.free & ~contest.problem.whole)
    if not len(moving):
        return contest.plan
    length, sizes = (contest.high - contest.low)[moving], np.ones(contest.problem.size)
    sizes[moving] = length
    state = contest.scales
    priced = [replace(state, multipliers=row) for row in 1e6 * np.eye(len(merit.margin_names))]
    evaluate = merit.descent(sizes)
    best, reached = contest.plan, float(merit.score(contest.plan[None], state)[0])
    seen: dict[bytes, tuple[float, Array, Array, Array]] = {}

    def plan_of(x: Array) -> Array:
        plan = contest.plan.copy()
        plan[moving] = x * length
        return plan

    def known(x: Array) -> tuple[float, Array, Array, Array]:
        nonlocal best, reached
        if x.tobytes() not in seen:
            if perf_counter() > end:
                raise _OutOfTimeError
            contest.evaluations += 1
            plan = contest.allowed(plan_of(x)[None])
            way = best + np.array([0.1, 0.3, 0.6, 1.0])[:, None] * (plan - best)
            scores, margins = merit.score(way, state), merit.outcome(plan).margins[0] / state.margins
            if np.max(scores) > reached:
                best, reached = way[int(np.argmax(scores))], float(np.max(scores))
            _, slopes = evaluate(np.tile(plan / sizes, (1 + len(priced), 1)), [free, *priced])
            rising = (slopes[1:] - slopes[0]) / -1e6
            value = float(merit.outcome(plan).objective[0]) / state.objective
            seen[x.tobytes()] = (-value, slopes[0][moving], margins, rising[:, moving])
        return seen[x.tobytes()]

    free = replace(
        state, multipliers=np.zeros(len(merit.margin_names)), reserve=np.full(len(merit.margin_names), -1e30)
    )
    rows, bounds = contest.problem.region.rows, contest.problem.region.bounds
    limits = [{"type": "ineq", "fun": lambda x: known(x)[2], "jac": lambda x: known(x)[3]}] if priced else []
    if len(bounds):
        size = np.abs(bounds) + 1.0
        fun = lambda x: (bounds - rows @ plan_of(x)) / size  # noqa: E731
        limits.append({"type": "ineq", "fun": fun, "jac": lambda x: -(rows[:, moving] * length) / size[:, None]})
    box = list(zip(contest.low[moving] / length, contest.high[moving] / length, strict=True))
    for _ in range(STARTS):
        x = np.clip(best[moving] / length, *np.array(box).T)
        try:
            minimize(
                lambda x: known(x)[:2], x, jac=True, method="SLSQP", bounds=box, constraints=limits,
                options={"maxiter": INNER, "ftol": 1e-7},
            )  # fmt: skip
        except _OutOfTimeError:
            break
    return best


def evolved(sigma: float) -> Rival:
    """CMA-ES from the plan with a first step of this share of each range; whole decisions told to it as such.

    Where it ends early, it begins again from its best with twice as many at a time (IPOP: Auger & Hansen 2005).
    """

    def rival(contest: Contest, seconds: float) -> Array:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # it misses matplotlib, which is not needed here
                import cma
        except ImportError as error:
            raise MissingPeerError(f"cma can't be imported ({error}): pip install 'leverwise[bench]'") from error
        end, moving = perf_counter() + seconds, np.flatnonzero(contest.free)
        low, high = contest.low[moving], contest.high[moving]
        whole = contest.problem.whole[moving]
        size = np.where(whole, contest.problem.units[moving], high - low)
        best, reached = contest.plan, float(contest.score(contest.plan[None])[0])
        people = 4 + int(3 * np.log(len(moving)))
        while perf_counter() < end:
            options = {
                "verbose": -9,
                "seed": contest.seed + people,
                "bounds": [(low / size).tolist(), (high / size).tolist()],
                "CMA_stds": ((high - low) / size).tolist(),
                "integer_variables": np.flatnonzero(whole).tolist(),
                "popsize": people,
                "tolfun": 1e-9,
            }
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                search = cma.CMAEvolutionStrategy(np.clip(best[moving], low, high) / size, sigma, options)
                while perf_counter() < end and not search.stop():
                    asked = search.ask()
                    plans = np.tile(contest.plan, (len(asked), 1))
                    plans[:, moving] = np.stack(asked) * size
                    plans = contest.allowed(plans)
                    scores = contest.score(plans)
                    search.tell(asked, np.where(np.isfinite(scores), -scores, 1e6).tolist())
                    if np.max(scores) > reached:
                        best, reached = plans[int(np.argmax(scores))], float(np.max(scores))
            people *= 2
        return best

    return rival


RIVALS: dict[str, tuple[Rival, float]] = {
    "by hand": (by_hand, 0.15),
    "by chance": (by_chance, 0.2),
    "SLSQP": (uphill, 0.15),
    **{f"CMA-ES, step {sigma:g}": (evolved(sigma), 0.5 / len(SIGMAS)) for sigma in SIGMAS},
}
"""By name: each rival, and its share of the seconds."""
