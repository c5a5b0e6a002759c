"""The tables and charts of a frontier: what each point makes, and the mix of levers along it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from leverwise.ask import caveats
from leverwise.ask.answer import Chart, Row
from leverwise.ask.charts import axis
from leverwise.ask.making import Outcome
from leverwise.ask.planning.verify import objective_estimate
from leverwise.ask.schedules import amounts
from leverwise.ask.words import count_of, percent, spoken
from leverwise.lang.system import Aim, System

BAND = 2.0
"""Standard errors on each side of a mean that a chart's band covers."""
DUST = 1e-9


@dataclass(frozen=True)
class Point:
    """A point of a frontier: a budget in dollars or the share of samples that counts, and the plan for it."""

    level: float
    label: str
    outcome: Outcome


def told_by(system: System, points: Sequence[Point]) -> Aim:
    """The aim by which points are compared: that of the model, or the mean where it gives no finite number for one."""
    aim = system.aim
    finite = all(np.isfinite(point.outcome.objective(aim)) for point in points)
    return aim if finite else replace(aim, kind="mean", level=0.0)


def lacking(points: Sequence[Point], confidence: float) -> str:
    """At which points money or hours do not suffice as surely as asked, as a sentence behind a headline; or nothing.

    Told is the point at which this is most often so, others are counted; a plan that stands for several is one,
    called by the first.
    """
    first: dict[bytes, Point] = {}
    for point in points:
        first.setdefault(point.outcome.plan.tobytes(), point)
    plans = list(first.values())
    shares = [caveats.shortest(each.outcome.measures, confidence) for each in plans]
    worst = plans[int(np.argmax(shares))]
    others = sum(share > 0 for share in shares) - 1
    also = f" and {count_of(others, 'other plan')}" if others > 0 else ""
    return caveats.but(worst.outcome.measures, confidence, worst.label + also)


def called_aim(aim: Aim) -> str:
    """An aim other than the mean, in words."""
    if aim.kind in ("cvar", "quantile"):
        return f"{aim.kind} {percent(aim.level)}"
    return "the probability that is aimed at" if aim.kind == "probability" else "the mean logarithm"


def budget_rows(points: Sequence[Point], aim: Aim) -> list[Row]:
    """A row per budget, in display units; with what is aimed at, if that is not the mean."""
    rows: list[Row] = []
    for point in points:
        row: dict[str, object] = {"budget": point.level}
        if aim.kind != "mean":
            aimed = objective_estimate(point.outcome.impact, aim, point.outcome.system)
            row |= {"objective": aimed.mean, "objective_se": aimed.se, "objective_unit": aimed.unit}
        rows.append({**row, **_measured(point)})
    return rows


def attitude_rows(points: Sequence[Point]) -> list[Row]:
    """A row per attitude, in display units; `dominated` where another makes no less on average and in bad luck."""
    best = {id(point) for point in undominated(points)}
    return [
        {"attitude": point.label, "level": point.level, **_measured(point), "dominated": id(point) not in best}
        for point in points
    ]


def _measured(point: Point) -> dict[str, object]:
    found = point.outcome
    impact, size = found.numbers(), found.system.impact_unit.factor
    return {
        "impact_mean": impact.mean,
        "impact_se": impact.se,
        "impact_p5": impact.p5,
        "impact_p95": impact.p95,
        "cvar": found.tail / size,
        "cvar_se": found.tail_error / size,
        "unit": impact.unit,
        "spending": found.spending,
        **{f"{name}.spending": account.spending for name, account in found.taken.items()},
    }


def undominated(points: Sequence[Point]) -> list[Point]:
    """The points of which no other makes as much on average and in the worst tenth, and more of one of them."""
    made = [(float(np.mean(point.outcome.impact)), point.outcome.tail) for point in points]
    size = DUST * max(abs(value) for pair in made for value in pair)

    def beaten(mean: float, tail: float) -> bool:
        return any(
            other[0] >= mean - size and other[1] >= tail - size and (other[0] > mean + size or other[1] > tail + size)
            for other in made
        )

    return [point for point, pair in zip(points, made, strict=True) if not beaten(*pair)]


def mix_rows(points: Sequence[Point], mechanisms: Mapping[str, str]) -> list[Row]:
    """A row per point and lever: dollars, and hours of the principal, to the end of the tail.

    Where nothing costs money or hours, a row per point and decision: how much of it, on average or, of lumps, in all.
    """
    if any(point.outcome.taken for point in points):
        return [
            {"point": point.label, "lever": name, "spending": account.spending, "hours": account.hours}
            for point in points
            for name, account in point.outcome.taken.items()
        ]
    return [
        {"point": point.label, "lever": name, "amount": amount, "unit": unit}
        for point in points
        for name, (amount, unit) in amounts(point.outcome.system, point.outcome.plan).items()
    ]


def budget_charts(system: System, points: Sequence[Point], aim: Aim) -> list[Chart]:
    """Impact, or what else is aimed at, against the budget, and the mix of levers along it."""
    places = [point.level for point in points]
    what = "Mean impact" if aim.kind == "mean" else f"Impact by {called_aim(aim)}"
    captions = (
        f"{what} of the best plan found for each budget; the band is two standard errors wide on each side.",
        "with each budget, by lever.",
    )
    return _charts(system, points, places, "budget", axis("budget", "$"), captions, aim)


def attitude_charts(system: System, points: Sequence[Point]) -> list[Chart]:
    """The mean against the mean of the worst tenth, and the mix of levers along it; without dominated points."""
    size = system.impact_unit.factor
    found = {point.outcome.tail / size: point for point in reversed(undominated(points))}
    places = sorted(found)
    captions = (
        "Mean impact against the mean of its worst tenth: to the right, plans that are more careful; the band is two "
        "standard errors wide on each side.",
        "by lever, from the boldest plan to the most careful.",
    )
    title = axis("mean of the worst tenth", system.impact_unit.text)
    mean = replace(system.aim, kind="mean")
    return _charts(system, [found[place] for place in places], places, "worst tenth", title, captions, mean)


def _charts(
    system: System,
    points: Sequence[Point],
    places: Sequence[float],
    what: str,
    title: str,
    captions: tuple[str, str],
    aim: Aim,
) -> list[Chart]:
    charts = []
    made = [objective_estimate(point.outcome.impact, aim, system) for point in points]
    rows = [
        {
            "time": place,
            "series": "",
            "value": each.mean,
            "low": each.mean - BAND * each.se,
            "high": each.mean + BAND * each.se,
        }
        for place, each in zip(places, made, strict=True)
    ]
    y = axis(called_aim(aim) if aim.kind in ("probability", "log") else "impact", made[0].unit)
    charts.append(Chart(f"impact by {what}", "line", f"impact by {what}", captions[0], rows, title, y))
    for measure, unit, verb in (("spending", "$", "What is spent"), ("hours", "hour", "Hours that are taken")):
        values = {name: [getattr(p.outcome.taken[name], measure) for p in points] for name in points[0].outcome.taken}
        mix = _layers(values, places)
        if mix and not charts[1:]:
            caption = f"{verb} {captions[1]}"
            charts.append(Chart(f"mix by {what}", "area", f"mix by {what}", caption, mix, title, axis(measure, unit)))
    units = {decision.unit.text for decision in system.decisions}
    if not points[0].outcome.taken and len(units) == 1:
        decided = [amounts(system, point.outcome.plan) for point in points]
        mix = _layers({name: [each[name][0] for each in decided] for name in decided[0]}, places)
        caption = f"What is decided {captions[1].replace('by lever', 'by decision')}"
        y = axis("decided", units.pop())
        charts += [Chart(f"mix by {what}", "area", f"mix by {what}", caption, mix, title, y)] if mix else []
    return charts


def _layers(values: Mapping[str, Sequence[float]], places: Sequence[float]) -> list[Row]:
    """Rows of a stacked area; what is next to nothing everywhere is left out."""
    whole = max((max(each) for each in values.values()), default=0.0)
    return [
        {"time": place, "series": spoken(name), "value": float(value)}
        for name, each in values.items()
        if max(each) > max(1e-3 * whole, DUST)
        for place, value in zip(places, each, strict=True)
    ]
