"""The tables and charts of a plan: schedule, levers, and fans beside those of doing nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from leverwise.ask.accounts import Account
from leverwise.ask.answer import Chart, Row
from leverwise.ask.charts import Array, axis, fan_chart, fan_rows, shown_times, time_axis
from leverwise.ask.planning.conflicts import money_of
from leverwise.ask.planning.problem import PlanProblem
from leverwise.ask.schedules import duration, period_starts, slots
from leverwise.ask.words import in_number, quantity, spoken
from leverwise.lang.decisions import first_open
from leverwise.lang.system import Auxiliary, Decision, System

POSITIONS, STAFF = "positions", "staff"
"""The headcount that a lever's decision aims at, and the people who are there."""
ENDS = re.compile(r"From (\S+), (.+), to (\S+), (.+)")
"""How a scale is described by what its ends mean."""
COMPARED = {
    "impact": "Impact so far (discounted), with the plan and doing nothing: median, half and 90 % of the samples.",
    "cash": "Money in hand, with the plan and doing nothing: median, half and 90 % of the samples.",
}


def lever_of(decision: Decision) -> str:
    """The lever a decision belongs to; empty for a plain one."""
    return decision.switch or decision.origin.lever


def short_name(decision: Decision) -> str:
    """The decision's name without its lever."""
    lever = lever_of(decision)
    return decision.name.removeprefix(f"{lever}.") if lever else decision.name


def schedule_rows(system: System, plan: Array) -> list[Row]:
    """A row per decision and period (counted from 1), in display units."""
    rows: list[Row] = []
    places = slots(system)
    for decision in system.decisions:
        values = plan[places[decision.name]] / decision.unit.factor
        for period, (start, value) in enumerate(zip(period_starts(decision, system), values, strict=True), 1):
            rows.append(
                {
                    "lever": lever_of(decision) or None,
                    "decision": short_name(decision),
                    "period": period,
                    "start": start / system.clock.unit.factor,
                    "value": _tidy(float(value), decision.whole),
                    "unit": decision.unit.text,
                }
            )
    return rows


def teams_of(system: System) -> dict[str, tuple[Decision, Auxiliary]]:
    """By lever: the positions that are aimed at, and the people who are there, which follow with delay."""
    known = {auxiliary.name: auxiliary for auxiliary in system.auxiliaries}
    return {
        lever_of(decision): (decision, known[f"{lever_of(decision)}.{STAFF}"])
        for decision in system.decisions
        if short_name(decision) == POSITIONS and f"{lever_of(decision)}.{STAFF}" in known
    }


def staff_rows(system: System, fans: Mapping[str, Any]) -> list[Row]:
    """A row per team and period of its decision: the people there, on average over the period and the samples."""
    rows: list[Row] = []
    for lever, (decision, staff) in teams_of(system).items():
        for period, start in enumerate(period_starts(decision, system)):
            first = period * decision.steps_per_period
            there = fans[staff.name].mean[first : first + decision.steps_per_period]
            rows.append(
                {
                    "lever": lever,
                    "start": start / system.clock.unit.factor,
                    "people": float(np.mean(there)) / staff.unit.factor,
                    "unit": staff.unit.text,
                }
            )
    return rows


def lever_rows(mechanisms: Mapping[str, str], taken: Mapping[str, Account]) -> list[Row]:
    """A row per lever: dollars and hours of the principal that it takes to the end of the tail, most dollars first."""
    rows: list[Row] = [
        {"lever": lever, "mechanism": mechanism, "spending": taken[lever].spending, "hours": taken[lever].hours}
        for lever, mechanism in mechanisms.items()
    ]
    return sorted(rows, key=lambda row: (-row["spending"], -row["hours"]))


def use_rows(system: System, hours: Mapping[str, float]) -> list[Row]:
    """A row per use of the principal's hours, those in all up to the horizon and those a month, on average."""
    months = system.clock.steps * system.clock.step
    return [{"use": use, "hours_a_month": each / months, "hours": each} for use, each in hours.items()]


def price_rows(problem: PlanProblem, prices: Sequence[tuple[str, float]], size: float, unit: str) -> list[Row]:
    """A row per limit: what one more of it, in the unit in which it is written, adds to the objective in `unit`.

    The row's own unit tells both, such as `song/($/month)`. A limit on each period has a price in each: `price` is the
    highest, `start` when that period begins, `average` the mean of all. For a limit on the whole horizon `start` is
    None. `prices` of one label come in the order of its rows.
    """
    begin = np.concatenate([period_starts(decision, problem.system) for decision in problem.system.decisions])
    written = {f"`{each.text}`": each.unit for each in problem.system.aim.constraints}
    found: dict[str, list[float]] = {}
    for label, price in prices:
        found.setdefault(label, []).append(price / size)
    rows: list[Row] = []
    for label, of_base in found.items():
        own = written.get(label, money_of(problem.system))
        each = [price * own.factor for price in of_base]
        starts = [
            float(np.max(begin[row != 0], initial=0.0))
            for row, name in zip(problem.region.rows, problem.region.labels, strict=True)
            if name == label
        ]
        best = int(np.argmax(each))
        start = None if len(each) == 1 else starts[best] / problem.system.clock.unit.factor
        average = sum(each) / len(each)
        rows.append(
            {"limit": label, "price": each[best], "start": start, "average": average, "unit": _per(unit, own.text)}
        )
    return rows


def _per(unit: str, one: str) -> str:
    """The unit of what one more brings."""
    if not one:
        return unit
    return f"{unit or 'impact'}/{f'({one})' if '/' in one or '*' in one else one}"


def _meaning(decision: Decision, shown: str) -> str:
    """What a number without a unit means, in the decision's own words; nothing where units or counts say it.

    Of a scale from one end to the other that is what its end means, if the number is one, else what both do.
    """
    about = decision.origin.about.rstrip(".")
    if decision.unit.text or decision.whole or not about:
        return ""
    ends = ENDS.fullmatch(about)
    meant = {ends[1]: ends[2], ends[3]: ends[4]}.get(shown) if ends else None
    return f": {meant or about[:1].lower() + about[1:]}"


def first_actions(system: System, plan: Array) -> str:
    """What to do first, in words: the first planned period of every decision that is not at its start value.

    Where planning begins within a period of a decision, that is its next one.
    """
    clock, places, begins = system.clock, slots(system), system.aim.begins
    parts: dict[float, dict[str, list[str]]] = {}
    for decision in system.decisions:
        first = first_open(decision, clock, begins)
        if first is None:
            continue
        value = float(plan[places[decision.name]][first])
        if abs(value - decision.start) > 1e-6 * max(1.0, abs(value)):
            shown = quantity(_tidy(value / decision.unit.factor, decision.whole), decision.unit.text)
            told = f"{spoken(short_name(decision))} {shown}{_meaning(decision, shown)}"
            when = max(begins, first * decision.steps_per_period * clock.step)
            parts.setdefault(when, {}).setdefault(lever_of(decision), []).append(told)
    said = []
    for when, levers in sorted(parts.items()) or [(begins, {})]:
        now = f"from {duration(when / clock.unit.factor, clock.unit.text)} on" if begins else "now"
        each = [
            ", ".join(told) if not lever else f"{spoken(lever)} ({', '.join(told)})" for lever, told in levers.items()
        ]
        said.append(f"{now}: {', '.join(each) or 'nothing yet'}")
    text = "; ".join(said)
    return f"{text[:1].upper()}{text[1:]}."


def plan_charts(system: System, plan: Array, with_plan: Any, without: Any) -> list[Chart]:
    """Fans of impact and cash against doing nothing, and the schedule as steps, a picture per unit."""
    charts = []
    times = shown_times(system.clock, with_plan.times)
    for name, caption in COMPARED.items():
        if name in with_plan.fans and name in without.fans:
            unit = system.unit_of(name)
            rows = fan_rows(times, with_plan.fans[name], unit, "with the plan") + fan_rows(
                times, without.fans[name], unit, "doing nothing"
            )
            charts.append(fan_chart(name, spoken(name), caption, rows, system.clock, unit.text))
    return charts + _schedule_charts(system, plan)


def _schedule_charts(system: System, plan: Array) -> list[Chart]:
    places = slots(system)
    by_unit: dict[str, list[Row]] = {}
    end = system.clock.steps * system.clock.step / system.clock.unit.factor
    for decision in system.decisions:
        values = plan[places[decision.name]] / decision.unit.factor
        if not np.any(values):
            continue
        starts = [start / system.clock.unit.factor for start in period_starts(decision, system)]
        rows = by_unit.setdefault(decision.unit.text, [])
        for time, value in [*zip(starts, values, strict=True), (end, values[-1])]:
            rows.append({"time": time, "series": spoken(decision.name), "value": _tidy(float(value), decision.whole)})
    charts = []
    for number, (unit, rows) in enumerate(by_unit.items()):
        name = "schedule" if number == 0 else f"schedule {number + 1}"
        title = f"schedule in {in_number(unit, one=False)}" if unit else "schedule"
        caption = "What the plan decides in each period; what it leaves at zero is not drawn."
        charts.append(Chart(name, "steps", title, caption, rows, time_axis(system.clock), axis("value", unit)))
    return charts


def _tidy(value: float, whole: bool) -> float:
    if whole:
        return float(round(value))
    return 0.0 if abs(value) < 1e-12 else value
