"""What may be planned: the decisions as one vector, their bounds, what they cost, and every linear limit.

All numbers are in base units; the vector has one entry (slot) per decision and period, decision by decision.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from leverwise.ask.planning.conflicts import BUDGET_LABEL, conflict
from leverwise.ask.planning.constants import UnknownError, at_start
from leverwise.ask.planning.merit import SPENDING
from leverwise.ask.planning.projection import Array, Polyhedron
from leverwise.ask.schedules import begun, flat, own, period_lengths, slots, starting
from leverwise.errors import ModelError, NoAnswerError, Problem
from leverwise.lang.system import Aim, Decision, System

if TYPE_CHECKING:
    from leverwise.ask.model import Model

COSTED = 1024
"""Samples of drawn values for the mean cost of decisions."""
WHOLE = 1e-6
"""How far from a whole number of units rounding may leave a whole decision."""


@dataclass(frozen=True)
class PlanProblem:
    """The decisions of a system as a vector of K slots."""

    system: System
    region: Polyhedron
    start: Array
    """What decisions are where nothing is decided (K,)."""
    use: Array | None
    """The author's own schedule (K,)."""
    owner: NDArray[np.int64]
    """Position of each slot's decision (K,)."""
    whole: NDArray[np.bool_]
    frozen: NDArray[np.bool_]
    spending: Array
    """Dollars over the horizon per unit of each slot (K,), as far as they are known before a run."""
    hours: Array
    """Hours of the principal over the horizon per unit of each slot (K,)."""
    uncosted: tuple[str, ...] = ()
    """Decisions whose cost is known only in a run; their `spending` is 0."""
    stated: Polyhedron | None = None
    """The region as the author states it, where limits that leave nothing to choose are still limits."""

    @property
    def nothing(self) -> Array:
        """Doing nothing, whatever limits ask for (K,): what is frozen stays as it is."""
        return np.where(self.frozen, self.region.project(self.start), self.start)

    @property
    def size(self) -> int:
        """K."""
        return len(self.start)

    @property
    def units(self) -> Array:
        """Base units in one unit of each slot's decision (K,)."""
        return np.array([decision.unit.factor for decision in self.system.decisions], dtype=float)[self.owner]

    def slots(self) -> dict[str, slice]:
        """Where each decision stands in the vector."""
        return slots(self.system)

    def decision(self, name: str) -> Decision:
        """The decision of this name."""
        return _decision(self.system, name)


def drawn_values(model: Model, seed: int) -> dict[str, Array]:
    """Samples of every drawn value by name."""
    names = [value.name for value in model.system.values if value.drawn]
    if not names:
        return {}
    draws = np.asarray(model.engine.draws(0, COSTED, seed))
    return dict(zip(names, draws, strict=True))


def problem_of(
    system: System,
    drawn: Mapping[str, Array],
    *,
    freeze: Sequence[str] = (),
    without: Sequence[str] = (),
    given: Array | None = None,
) -> PlanProblem:
    """The planning problem of a system; `drawn` are samples of its drawn values, for mean costs.

    `freeze` names decisions or levers to be left as they are: in the schedule `given` (K,), else in the author's.
    `without` are those that are not to be used. What is decided before planning begins is the author's. Raises
    ModelError if there is a limit on what a decision costs and that is known neither before a run nor from the measure
    `spending`.
    """
    decisions = system.decisions
    start = starting(system)
    use = own(system)
    owner = np.repeat(np.arange(len(decisions)), [d.periods for d in decisions]).astype(np.int64)

    def each(values: Iterable[float]) -> Array:
        return np.array(list(values), dtype=float)[owner]

    planned = begun(system)
    frozen = each(named(d, freeze) for d in decisions) > 0
    kept = use if given is None else np.where(planned & frozen, given, use)
    held = ~planned | frozen | (each(d.frozen for d in decisions) > 0)
    unused = each(named(d, without) for d in decisions) > 0
    low, high = (
        np.where(held, kept, np.where(unused, start, each(bounds)))
        for bounds in ([d.low for d in decisions], [d.high for d in decisions])
    )
    lengths = [period_lengths(decision, system) for decision in decisions]
    rate = [np.ones(d.periods) if d.lump else length for d, length in zip(decisions, lengths, strict=True)]
    costs = [_cost(d, system, drawn) for d in decisions]
    uncosted = tuple(d.name for d, cost in zip(decisions, costs, strict=True) if cost is None)
    if uncosted and system.aim.budget is not None and SPENDING not in {m.name for m in system.measures}:
        raise ModelError(_no_cost(name) for name in uncosted)
    spending = flat([(cost or 0.0) * r for cost, r in zip(costs, rate, strict=True)])
    hours = flat([length * float(d.hours) for d, length in zip(decisions, lengths, strict=True)])
    rows, bounds, labels = _limits(
        system, system.aim, spending, dict(zip((d.name for d in decisions), costs, strict=True))
    )
    stated = _region(low, high, rows, bounds, labels)
    rows, bounds, labels, high = _presolved(rows, bounds, labels, low, high)
    return PlanProblem(
        system=system,
        region=_region(low, high, rows, bounds, labels),
        start=np.where(low == high, low, start),
        use=use if any(decision.use is not None for decision in decisions) else None,
        owner=owner,
        whole=flat([np.full(d.periods, d.whole) for d in decisions]).astype(bool),
        frozen=low == high,
        spending=spending,
        hours=hours,
        uncosted=uncosted,
        stated=stated,
    )


def _region(
    low: Array, high: Array, rows: Sequence[Array], bounds: Sequence[float], labels: Sequence[str]
) -> Polyhedron:
    matrix = np.stack(rows) if rows else np.zeros((0, len(low)))
    return Polyhedron(low, high, matrix, np.asarray(bounds, dtype=float), tuple(labels))


def _presolved(
    rows: Sequence[Array], bounds: Sequence[float], labels: Sequence[str], low: Array, high: Array
) -> tuple[list[Array], list[float], list[str], Array]:
    """The limits without those that leave nothing to choose, such as a budget of nothing, and the upper bounds then.

    Where a sum that only adds is at its limit with everything at its least, all that is in it stays there.
    """
    kept = []
    for number, (row, bound) in enumerate(zip(rows, bounds, strict=True)):
        inside = row > 0
        least = float(row[inside] @ low[inside]) if np.all(row >= 0) and inside.any() else -np.inf
        if np.isfinite(least) and abs(bound - least) <= 1e-12 * (1.0 + abs(bound)):
            high = np.where(inside, low, high)
        else:
            kept.append(number)
    return [rows[k] for k in kept], [bounds[k] for k in kept], [labels[k] for k in kept], high


def floored(problem: PlanProblem, plan: Array, shift: float = 0.0) -> Array:
    """The plan with whole decisions rounded down to whole units of their own, after a shift by a share of a unit."""
    return np.where(problem.whole, np.floor(plan / problem.units + shift + 1e-9) * problem.units, plan)


def fail_if_empty(problem: PlanProblem) -> None:
    """Raise NoAnswerError, saying which limits to relax and by how much, if no schedule keeps all of them."""
    region = problem.region
    bad = np.flatnonzero(region.low > region.high)
    if len(bad):
        name = problem.system.decisions[int(problem.owner[bad[0]])].name
        raise NoAnswerError(f"the bounds of `{name}` leave nothing: its least value is above its most.")
    if found := conflict(problem.stated or region, problem.system, problem.owner):
        raise NoAnswerError(f"no schedule keeps all the limits: {found.what}; {found.mend}.")


def fail_if_not_whole(problem: PlanProblem, plan: Array) -> None:
    """Raise NoAnswerError if whole decisions of a plan (K,) are not: no whole plan was found that keeps the limits."""
    count = plan / problem.units
    parted = np.flatnonzero(problem.whole & (np.abs(count - np.round(count)) > WHOLE))
    if len(parted):
        names = dict.fromkeys(problem.system.decisions[int(problem.owner[k])].name for k in parted)
        told = ", ".join(f"`{name}`" for name in names)
        limits = "; ".join(dict.fromkeys(problem.region.labels))
        raise NoAnswerError(
            f"no schedule with whole units of {told} was found that keeps all the limits: relax one of {limits}."
        )


def named(decision: Decision, names: Sequence[str]) -> bool:
    """Whether a decision is named, by itself or by its lever."""
    return decision.name in names or (bool(decision.switch) and decision.switch in names)


def _cost(decision: Decision, system: System, drawn: Mapping[str, Array]) -> float | None:
    """The mean cost of one unit at the start; None if only a run can tell."""
    if decision.costs is None:
        return 0.0
    try:
        return float(np.mean(at_start(decision.costs, system, drawn)))
    except UnknownError:
        return None


def _no_cost(name: str) -> Problem:
    return Problem(
        f"what `{name}` costs can't be worked out before a run, so that a budget can't be kept",
        None,
        "give its `costs` in values, or add a measure `spending` of all that is spent",
    )


def _limits(
    system: System, aim: Aim, spending: Array, costs: Mapping[str, float | None]
) -> tuple[list[Array], list[float], list[str]]:
    rows: list[Array] = []
    bounds: list[float] = []
    labels: list[str] = []
    if aim.budget is not None and np.any(spending):
        rows.append(spending)
        bounds.append(aim.budget)
        labels.append(BUDGET_LABEL)
    for constraint in aim.constraints:
        terms = dict(constraint.terms)
        if constraint.spending:
            if unknown := [name for name in terms if costs[name] is None]:
                raise ModelError(_no_cost(name) for name in unknown)
            terms = {name: sign * (costs[name] or 0.0) for name, sign in terms.items()}
        found = _aligned(system, terms, constraint.spending) if constraint.per_period else [_in_all(system, terms)]
        rows += found
        bounds += [constraint.bound] * len(found)
        labels += [f"`{constraint.text}`"] * len(found)
    return rows, bounds, labels


def _in_all(system: System, terms: Mapping[str, float]) -> Array:
    """A row for what decisions come to over the horizon."""
    places = slots(system)
    row = np.zeros(sum(d.periods for d in system.decisions))
    for name, coefficient in terms.items():
        decision = _decision(system, name)
        lengths = period_lengths(decision, system)
        row[places[name]] += coefficient * (np.ones(decision.periods) if decision.lump else lengths)
    return row


def with_hours(problem: PlanProblem, left: Array) -> PlanProblem:
    """The problem with a limit on the hours that decisions take, wherever none of them changes.

    `left` (T+1,) are the hours per unit of time that there are at each step; within a stretch the least counts.
    """
    system = problem.system
    terms = {decision.name: 1.0 for decision in system.decisions if decision.hours}
    edges = _edges(system, terms)
    ends = [*edges[1:], system.clock.steps]
    rows = _aligned(system, terms)
    least = [float(row @ problem.region.low) for row in rows]
    bounds = [max(float(np.min(left[a:b])), low) for a, b, low in zip(edges, ends, least, strict=True)]
    region = problem.region
    limited = Polyhedron(
        region.low,
        region.high,
        np.concatenate([region.rows, np.stack(rows)]),
        np.concatenate([region.bounds, bounds]),
        (*region.labels, *["the principal's hours"] * len(rows)),
    )
    return replace(problem, region=limited, stated=None)


def _edges(system: System, names: Iterable[str]) -> list[int]:
    """The steps at which any of the decisions may change."""
    decisions = [_decision(system, name) for name in names]
    return sorted({k * d.steps_per_period for d in decisions for k in range(d.periods)})


def _aligned(system: System, terms: Mapping[str, float], spread: bool = False) -> list[Array]:
    """A row for each stretch of time in which none of the decisions changes; purchases `spread` over their period."""
    decisions = [_decision(system, name) for name in terms]
    edges = _edges(system, terms)
    places = slots(system)
    size = sum(d.periods for d in system.decisions)
    rows = []
    for edge in edges:
        row = np.zeros(size)
        for decision in decisions:
            period = min(edge // decision.steps_per_period, decision.periods - 1)
            length = period_lengths(decision, system)[period] if spread and decision.lump else 1.0
            row[places[decision.name].start + period] += terms[decision.name] / length
        rows.append(row)
    return rows


def _decision(system: System, name: str) -> Decision:
    return next(decision for decision in system.decisions if decision.name == name)


def implied_highs(region: Polyhedron) -> Array:
    """The most each slot can be (K,), by its bound or by any limit whose coefficients are all non-negative."""
    most = region.high.copy()
    for row, bound in zip(region.rows, region.bounds, strict=True):
        if np.any(row < 0) or not np.all(np.isfinite(region.low[row > 0])):
            continue
        used = row > 0
        rest = bound - row[used] @ region.low[used]
        most[used] = np.minimum(most[used], region.low[used] + np.maximum(rest, 0.0) / row[used])
    return most
