"""What breaks a plan, and what it loses against the best plan where things come differently.

A plan breaks in a sample if money or hours do not suffice, or if doing nothing makes more. Where it breaks is told by
a few plain conditions on the inputs, if there are any that hold on samples they were not made on. Regret is what the
plan makes less than the best plan of a scenario does there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np

from leverwise.ask import caveats
from leverwise.ask.answer import Answer, Chart, Estimate, Row
from leverwise.ask.charts import Array, axis
from leverwise.ask.commands import command
from leverwise.ask.following import following
from leverwise.ask.fresh import drawn
from leverwise.ask.making import TAIL, Maker, part
from leverwise.ask.numbers import estimate, known, standard_error
from leverwise.ask.plan_tables import schedule_rows
from leverwise.ask.planning.merit import MARGINS
from leverwise.ask.planning.risk import error, value
from leverwise.ask.planning.sizes import is_random
from leverwise.ask.prim import FEWEST, Box, Flags
from leverwise.ask.regret import Followed, Regrets, tried
from leverwise.ask.scenarios import WRITTEN, Scenario, conditions, inputs_of, plainly
from leverwise.ask.schedules import Plan, span
from leverwise.ask.seeds import choosing
from leverwise.ask.words import asked, count_of, number, percent, quantity
from leverwise.errors import NoAnswerError
from leverwise.lang.system import System, Value

if TYPE_CHECKING:
    from leverwise.ask.model import Model, Progress

WORSE, LEAST = "worse than nothing", "worst tenth"
"""What breaks where neither money nor hours do."""
SAID = {
    **caveats.LACKING,
    WORSE: "doing nothing makes more",
}
RARE = 0.005
"""What breaks in no more samples than this is told, but not explained."""
MADE, SOUGHT = 0.35, 0.45
"""Shares of the work done when the plan is made, and when what breaks it is found."""


@dataclass(frozen=True)
class _Broken:
    """One way in which a plan breaks: in which samples, and where."""

    kind: str
    flags: Flags
    boxes: Sequence[Box]

    @property
    def share(self) -> float:
        """The share of samples in which it does."""
        return float(np.mean(self.flags))

    @property
    def said(self) -> str:
        """What happens, in words."""
        return f"it makes least ({self.these})" if self.kind == LEAST else SAID[self.kind]

    @property
    def these(self) -> str:
        """The samples in which it does, in words; where many tie at the least, those in which it makes least are more
        than a tenth.
        """
        if self.kind != LEAST:
            return "these"
        return "the worst tenth" if abs(self.share - TAIL) <= TAIL / 2 else f"the worst {percent(self.share)}"


def robust(
    model: Model,
    samples: int,
    seed: int,
    *,
    plan: Plan | None = None,
    progress: Progress | None = None,
) -> Answer:
    """What breaks a plan, else the best one found, and what it loses against the best plan of each of some scenarios.

    Without a plan one is made; if one that is made for a scenario turns out to be better over all samples, that is
    looked at instead. Gives tables breaks, boxes and conditions (what breaks, and where), regret and schedule;
    numbers impact, worst_tenth, broken, worst_regret and mean_regret. Raises NoAnswerError if nothing is uncertain.
    """
    begun, compiled = perf_counter(), model.engine.compile_seconds
    system = model.system
    if not is_random(system):
        raise NoAnswerError("nothing in the model is uncertain, so that nothing can come differently.")
    maker = Maker(model, samples, seed)
    problem = maker.problem(system.aim)
    if plan is None:
        vector = maker.plan(system.aim, None, part(progress, 0.0, MADE, "making the plan"))
        follower, whose = model, "the best plan found"
    else:
        follower, vector, whose = following(model, plan)
    if progress is not None:
        progress(MADE, "seeing what breaks the plan")
    fresh, choice = drawn(model, samples, seed), drawn(model, samples, choosing(seed))
    nothing = fresh.measures(model.engine, problem.region.project(problem.start))["impact"]
    inputs, rules = inputs_of(system), follower is not model

    def looked_at(plan: Array) -> tuple[Followed, list[_Broken], list[Scenario]]:
        measures = fresh.measures(follower.engine, plan)
        broken = [_Broken(kind, flags, fresh.boxes(flags)) for kind, flags in _ways(measures, nothing).items()]
        first = [way.boxes[0] for way in broken if way.boxes]
        places = [Scenario(conditions(inputs, *box.limits), box.low, box.high) for box in first]
        before = choice.measures(follower.engine, plan)["impact"]
        return Followed(None if rules else plan, measures["impact"], fresh, choice, before), broken, places

    followed, broken, places = looked_at(vector)
    plans = tried(maker, problem, followed, places, part(progress, SOUGHT, 1.0, "planning for each scenario"))
    lost, found = plans.compared(followed, places), []
    if plan is None and lost.better is not None and system.aim.kind == "mean":
        worth = quantity(lost.everywhere.lost / system.impact_unit.factor, system.impact_unit.text)
        more = f": it makes {worth} more than the one made before" if lost.everywhere.lost else ""
        found = [f"The plan was found while planning for a scenario{more}."]
        followed, broken, places = looked_at(lost.better)
        plans = plans.with_places(maker, followed, places, part(None, 0.0, 1.0, ""))
        lost = plans.compared(followed, places)
    impact = followed.impact
    size, unit = system.impact_unit.factor, system.impact_unit.text
    warnings = [*model.warnings, *lost.warnings, *caveats.not_finite("impact", impact)]
    warnings += [*caveats.heavy_tail("impact", impact / size), *caveats.defaults(system)]
    compiling = model.engine.compile_seconds - compiled
    return Answer(
        question="robust",
        headline=_headline(system, whose, broken, lost, impact),
        model=system.name,
        sha256=model.sha256,
        next=_next(model, plan, broken),
        numbers={
            "impact": estimate(impact, system.impact_unit),
            "worst_tenth": known(value(impact, "cvar", TAIL) / size, unit, error(impact, "cvar", TAIL) / size),
            "broken": _share_of(_in_any(broken, samples)),
            **lost.numbers(),
        },
        rows={**_rows(inputs, broken), "regret": lost.rows(), **_schedule(system, followed)},
        charts=[*_charts(inputs, broken), *lost.charts()],
        warnings=caveats.unique(warnings),
        provenance=model.provenance(seed, samples, {"compile": compiling, "run": perf_counter() - begun - compiling}),
        units={"time": system.clock.unit.text},
        notes=(*found, *_notes(broken), *lost.notes(rules=rules)),
    )


def _ways(measures: Mapping[str, Array], nothing: Array) -> dict[str, Flags]:
    """In which samples a plan breaks, by how; the worst tenth where it does not, or hardly ever."""
    impact = measures["impact"]
    found = {name: measures[name] < -caveats.tolerance(measures[name]) for name in MARGINS if name in measures}
    found[WORSE] = impact < nothing - caveats.tolerance(impact)
    found = {kind: flags for kind, flags in found.items() if flags.any()}
    often = any(np.mean(flags) > RARE and np.count_nonzero(flags) > 2 * FEWEST for flags in found.values())
    if not often and np.ptp(impact) > caveats.tolerance(impact):
        edge = np.quantile(impact, TAIL)
        below = impact < edge
        found[LEAST] = below if np.mean(below) >= TAIL / 2 else impact <= edge  # as many tie at the least
    return found


def _in_any(broken: Sequence[_Broken], samples: int) -> Flags:
    """In which samples the plan breaks in any way."""
    flags = np.zeros(samples, dtype=bool)
    for way in broken:
        flags |= way.flags & (way.kind != LEAST)
    return flags


def _share_of(flags: Flags) -> Estimate:
    """The share of the samples in which something happens, in %, and its standard error."""
    counted = 100 * flags.astype(float)
    return known(float(np.mean(counted)), "%", standard_error(counted))


def _headline(system: System, whose: str, broken: Sequence[_Broken], lost: Regrets, impact: Array) -> str:
    breaks = [way for way in broken if way.kind != LEAST]
    worst = max(breaks or broken, key=lambda way: way.share, default=None)
    if breaks and worst is not None:
        text = f"With {whose}, {worst.said} in {percent(worst.share)} of the samples"
    else:
        text = f"Nothing breaks {whose} in {count_of(len(impact), 'sample')} over {span(system)}"
    if worst is not None and worst.boxes:
        text += f"; {_explained(inputs_of(system), worst, worst.boxes[0])}"
    elif worst is not None and worst.kind != LEAST:
        text += f", {_unexplained(worst)}"
    return f"{text}. {lost.sentence()}"


def _unexplained(way: _Broken) -> str:
    """Why nothing is told of where something happens."""
    rare = way.kind != LEAST and np.count_nonzero(way.flags) <= 2 * FEWEST
    return "too seldom to tell where" if rare else "and no small set of inputs tells where"


def _explained(inputs: Sequence[Value], way: _Broken, box: Box) -> str:
    """Where something happens, how much of it, and how much more often than elsewhere."""
    what = way.these.replace("the", "its", 1) if way.kind == LEAST else way.these
    where = conditions(inputs, *box.limits)
    often = "and elsewhere there are none"
    if box.elsewhere:
        often = f"where they are {number(box.density / box.elsewhere, 2)} times as frequent as elsewhere"
    all_ = f"{percent(box.coverage)} of" if box.coverage < 1 else "all of"
    return f"{all_} {what} have {where}, {often}"


def _next(model: Model, plan: Plan | None, broken: Sequence[_Broken]) -> str:
    """To plan more surely, if that asks for more than holds already; else what more care would cost."""
    tight = max((way.share for way in broken if way.kind in MARGINS), default=0.0)
    surer = 1 - (1 - model.system.aim.confidence) / 2
    if tight > max(RARE, 1 - surer):
        return f"{command('plan', model)} --confidence '{asked(surer)}'"
    return f"{command('frontier', model)} --risk"


def _rows(inputs: Sequence[Value], broken: Sequence[_Broken]) -> dict[str, list[Row]]:
    breaks: list[Row] = [{"what": way.said, "share": way.share} for way in broken if way.kind != LEAST]
    found: list[Row] = []
    single: list[Row] = []
    for way in broken:
        for box in way.boxes:
            found.append(
                {
                    "what": way.said,
                    "conditions": conditions(inputs, *box.limits),
                    "coverage": box.coverage,
                    "density": box.density,
                    "elsewhere": box.elsewhere,
                    "mass": box.mass,
                    "chance": box.chance,
                }
            )
            for k in box.inputs:
                limits = [limit if np.isfinite(limit) else None for limit in (box.low[k], box.high[k])]
                size = inputs[k].unit.factor
                single.append(
                    {
                        "box": len(found),
                        "input": inputs[k].name.removesuffix(WRITTEN),
                        "low": None if limits[0] is None else float(limits[0] / size),
                        "high": None if limits[1] is None else float(limits[1] / size),
                        "unit": inputs[k].unit.text,
                        "chance": box.chances[k],
                    }
                )
    return {"breaks": breaks, "boxes": found, "conditions": single}


def _schedule(system: System, followed: Followed) -> dict[str, list[Row]]:
    """The plan that was looked at; none if it has rules."""
    return {} if followed.schedule is None else {"schedule": schedule_rows(system, followed.schedule)}


def _charts(inputs: Sequence[Value], broken: Sequence[_Broken]) -> list[Chart]:
    """How often the plan breaks where conditions hold, and elsewhere."""
    rows = [
        {"label": f"{k}. {plainly(conditions(inputs, *box.limits))}", "series": series, "value": 100 * share}
        for k, box in enumerate([box for way in broken for box in way.boxes], 1)
        for series, share in (("there", box.density), ("elsewhere", box.elsewhere))
    ]
    if not rows:
        return []
    caption = "In how many of the samples the plan breaks, or makes least, where conditions hold, and in all others."
    return [Chart("boxes", "bars", "where it breaks", caption, rows, "", axis("share of samples", "%"))]


def _notes(broken: Sequence[_Broken]) -> list[str]:
    notes = []
    for way in broken:
        if not way.boxes and way.kind == LEAST:
            these = way.these.replace("the", "its", 1)
            notes.append(f"Where {these} of the samples lie, in which it makes least, no small set of inputs tells.")
        elif not way.boxes:
            often = percent(way.share)
            notes.append(f"{way.said[0].upper()}{way.said[1:]} in {often} of the samples, {_unexplained(way)}.")
    return notes
