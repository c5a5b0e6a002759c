"""A plan that does nothing: that none of the levers pays and what binds instead, or that nothing may be decided."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from leverwise.ask.charts import Array
from leverwise.ask.planning.either import ruled_out
from leverwise.ask.planning.problem import PlanProblem, implied_highs, named
from leverwise.ask.resources import called, resources_of
from leverwise.ask.schedules import period_starts, split
from leverwise.ask.words import listing, quantity, spoken

if TYPE_CHECKING:
    from leverwise.ask.model import Model

SLOPES = 512
"""Samples, at most, that tell what binds."""
ROUNDING = 1e-9


def is_idle(problem: PlanProblem, plan: Array) -> bool:
    """Whether a plan (K,) is to do nothing, as far as that is allowed."""
    return bool(np.allclose(plan, problem.region.project(problem.start), rtol=0, atol=1e-9))


def nothing_better(model: Model, problem: PlanProblem, plan: Array, samples: int, seed: int) -> str:
    """How a sentence on what an idle plan makes begins: that nothing tried pays, or why nothing may be decided."""
    room = _room(problem)
    if not room.any():
        return f"Nothing may be decided: {_why_closed(problem)}. The schedule as it is"
    if not np.allclose(plan, problem.nothing, rtol=0, atol=1e-9):
        return "Nothing pays here beyond what limits ask for: no plan found makes more than the least they allow, which"
    return (
        f"{_none_pays(model, problem, room, plan, samples, seed)}: no plan found makes more than doing nothing, which"
    )


def _room(problem: PlanProblem) -> NDArray[np.bool_]:
    """Which slots (K,) may be anything but what they are, with whole units of what is whole."""
    low, most = problem.region.low, implied_highs(problem.region)
    least = np.where(problem.whole, problem.units, 0.0)
    with np.errstate(invalid="ignore"):
        wide = most - low
        return np.asarray(~problem.frozen & (wide > ROUNDING) & (wide >= least * (1 - ROUNDING)))


def _why_closed(problem: PlanProblem) -> str:
    """What leaves nothing to decide: what is frozen, ruled out, past or of one value only, and limits on the rest."""
    system, stated = problem.system, problem.stated or problem.region
    reasons: dict[str, list[str]] = {}
    limits, out = list[str](), ruled_out(system, stated.low)
    for k, decision in enumerate(system.decisions):
        mine = np.flatnonzero(problem.owner == k)
        starts = np.array(period_starts(decision, system))
        free = stated.low[mine] < stated.high[mine]
        if free.any():
            some = mine[free]
            unit = np.where(problem.whole, problem.units, ROUNDING)[some]
            limits += [
                label
                for row, bound, label in zip(stated.rows, stated.bounds, stated.labels, strict=True)
                if np.any((row[some] > 0) & (bound - row @ stated.low <= row[some] * unit))
            ]
        elif decision.low == decision.high:
            reasons.setdefault("may have one value only", []).append(spoken(decision.name))
        elif np.all(starts < system.aim.begins):
            reasons.setdefault("decided before planning begins", []).append(spoken(decision.name))
        elif named(decision, out):
            reasons.setdefault("ruled out by `either`", []).append(spoken(decision.name))
        else:
            reasons.setdefault("frozen", []).append(spoken(decision.name))
    said = [
        f"{listing(names)} {why if why.startswith('may') else f'{verb} {why}'}"
        for why, names in reasons.items()
        for verb in ("is" if len(names) == 1 else "are",)
    ]
    if limits:
        names = listing(list(dict.fromkeys(limits)))
        said.append(f"{names} {'leaves' if len(set(limits)) == 1 else 'leave'} nothing to choose")
    return listing(said)


def _none_pays(
    model: Model, problem: PlanProblem, room: NDArray[np.bool_], plan: Array, samples: int, seed: int
) -> str:
    """That none of what may be used pays, and the resource that binds most often instead."""
    system = model.system
    chosen = {system.decisions[k].switch for k in problem.owner[room]}
    levers = [each for each in system.switches if each in chosen]
    text = "Nothing that can be decided pays here"
    if len(levers) == 1:
        only = "The only lever" if len(system.switches) == 1 else "The only lever that may be used"
        text = f"{only}, {spoken(levers[0])}, does not pay here"
    elif levers:
        of = (
            "these levers" if len(levers) == len(system.switches) else f"the levers that may be used ({_named(levers)})"
        )
        text = f"None of {of} pays here"
    if not model.engine.resources:
        return text
    units = {decision.name: decision.unit.factor for decision in system.decisions}
    shown = {name: [value / units[name] for value in values] for name, values in split(plan, system).items()}
    first = model.diagnose(samples=min(samples, SLOPES), seed=seed, plan=shown).rows["bottlenecks"][0]
    if first["binding_probability"] == 0:
        return f"{text}, where more of no single resource would bring anything either"
    resource = next(each for each in resources_of(system) if each.name == first["resource"])
    worth = quantity(first["marginal_mean"], system.impact_unit.text)
    return f"{text}, where what binds most is {called(resource.name)} ({resource.one} is worth {worth} on average)"


def _named(levers: Sequence[str]) -> str:
    return listing([spoken(each) for each in levers])
