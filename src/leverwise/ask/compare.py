"""How models, plans or settings differ in what they make, paired on the same draws.

Draws are keyed by the names of variables, so that two models that share names share their luck: what is left of the
difference is what the models differ in.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np

from leverwise.ask import caveats
from leverwise.ask.answer import Answer, Chart, Estimate, Row
from leverwise.ask.changes import changes
from leverwise.ask.charts import Array, fan_chart, fan_rows, shown_times
from leverwise.ask.commands import command
from leverwise.ask.compared import but, headline, notes, warnings
from leverwise.ask.numbers import estimate
from leverwise.ask.paired import Difference, Run, differences, run, worst_tenth
from leverwise.ask.recording import shown
from leverwise.ask.schedules import Plan
from leverwise.ask.sides import NOTHING, USE, Side, caution, sides
from leverwise.ask.simulate import FIRST
from leverwise.ask.why import charts as why_charts
from leverwise.ask.why import sentences, why
from leverwise.ask.words import spoken
from leverwise.engine.fans import exact_fan

if TYPE_CHECKING:
    from leverwise.ask.model import Model, Progress

MOST_CHARTS = 5
"""Variables whose difference over time is drawn, impact among them."""
ROUNDING = 1e-12
RUNNING = 0.5
"""The share of the work that is told as running; the rest is finding out why."""


def compare(
    model: Model,
    others: Sequence[Model],
    samples: int,
    seed: int,
    *,
    plans: Sequence[Plan] = (),
    settings: Sequence[Mapping[str, str]] = (),
    progress: Progress | None = None,
) -> Answer:
    """What others make beyond the first, on the same samples: see `leverwise.ask.sides` for what may be compared.

    Gives `impact` of the first, and per other `difference`, `ratio` and `better` (the second and later ones end in
    `_2`, `_3`); table `differences`: per other, of impact, the mean of its worst tenth, leverage and spending, both
    sides, the paired difference with its standard error from the 16 scramblings and its 5 to 95 %, and the share of the
    samples in which the other has more or less; table `changes`, what differs in what goes in; `causes`, what each
    change adds to mean impact (Shapley values, exact); `mechanisms`, by how many orders of magnitude each carries the
    difference; charts of the difference over time,
    and as `data` what they show in every pair.

    Raises ModelError for what can not be compared: impact in other units, time that is none.
    """
    begun = perf_counter()
    found = sides(model, others, plans, settings)
    wanted = _followed(found)
    runs = []
    for k, side in enumerate(found):
        told = None if progress is None else _part(progress, RUNNING * k / len(found), RUNNING / len(found))
        runs.append(run(side, samples, seed, wanted, told))
    first, rest = runs[0], runs[1:]
    pairs = [differences(first, other) for other in rest]
    impacts = [pair[0] for pair in pairs]
    numbers = _numbers(first, impacts)
    changed = {other.side.label: changes(first.side, other.side, seed) for other in rest}
    charts = _charts(first, rest, wanted)
    times, series, units = _paths(first, rest, [chart.name for chart in charts])
    made, through = why(runs, impacts, seed, lambda share: _tell(progress, RUNNING + (1 - RUNNING) * share))
    seconds = {"compile": sum(each.seconds.get("compile", 0.0) for each in runs)}
    seconds["run"] = perf_counter() - begun - seconds["compile"]
    return Answer(
        question="compare",
        headline=headline(first, rest, impacts, samples) + but(runs),
        model=model.system.name,
        sha256=model.sha256,
        next=_next(found, impacts),
        numbers=numbers,
        rows={
            "differences": _rows(first, rest, pairs),
            "changes": [{"other": label, **row} for label, rows in changed.items() for row in rows],
            "causes": made,
            "mechanisms": through,
        },
        charts=[*charts, *why_charts(made, through)],
        warnings=caveats.unique([*caution(found), *warnings(runs, impacts, numbers, samples)]),
        provenance=model.provenance(seed, samples, seconds),
        series=series,
        times=np.asarray(shown_times(first.side.given.system.clock, times)),
        units={"time": first.side.given.system.clock.unit.text, **units},
        notes=(*sentences(made, through), *notes(first, rest, impacts, changed)),
    )


def _part(progress: Progress, first: float, length: float) -> Progress:
    return lambda share, doing: progress(first + length * share, doing)


def _tell(progress: Progress | None, share: float) -> None:
    if progress is not None:
        progress(share, "finding out what makes the difference")


def _followed(found: Sequence[Side]) -> list[str]:
    """What is followed on every side: impact, then what all show and measure alike, the best known first."""
    names = [set(shown(side.given.system)) for side in found]
    first = found[0].given.system
    common = [name for name in shown(first) if all(name in each for each in names)]
    alike = [n for n in common if all(s.given.system.unit_of(n).dimension == first.unit_of(n).dimension for s in found)]
    alike.sort(key=lambda name: FIRST.index(name) if name in FIRST else len(FIRST))
    return ["impact", *(name for name in alike if name != "impact")]


def _numbers(first: Run, impacts: Sequence[Difference]) -> dict[str, Estimate]:
    numbers = {"impact": estimate(first.impact, first.side.given.system.impact_unit)}
    for k, impact in enumerate(impacts, 1):
        end = "" if k == 1 else f"_{k}"
        numbers[f"difference{end}"] = impact.summary()
        ratio = impact.ratio()
        if ratio is not None:
            numbers[f"ratio{end}"] = ratio
        numbers[f"better{end}"] = impact.better
    return numbers


def _rows(first: Run, rest: Sequence[Run], pairs: Sequence[Sequence[Difference]]) -> list[Row]:
    rows: list[Row] = []
    for other, pair in zip(rest, pairs, strict=True):
        worst = worst_tenth(pair[0])
        found = [pair[0].row(), *([worst] if worst else []), *(each.row() for each in pair[1:])]
        rows += [{"other": other.side.label, "against": first.side.label, **row} for row in found]
    return rows


def _next(found: Sequence[Side], impacts: Sequence[Difference]) -> str:
    """What follows for the one that makes most."""
    gains = [0.0, *(float(np.mean(impact.each)) for impact in impacts)]
    best = found[int(np.argmax(gains))]
    plan = None if isinstance(best.plan, str) and best.plan in (NOTHING, USE) else best.plan
    if best.kind == "plan" and plan is not None:
        return command("robust", best.given, plan)
    if best.given.system.decisions:
        return command("plan", best.given)
    return command("simulate", best.given)


def _charts(first: Run, rest: Sequence[Run], wanted: Sequence[str]) -> list[Chart]:
    system = first.side.given.system
    charts = []
    for name in wanted:
        if name not in first.paths:
            continue
        unit, rows, moved = system.unit_of(name), list[Row](), False
        for other in rest:
            times, apart = _apart(first, other, name)
            if len(rest) > 1 and not np.any(apart):
                continue
            moved |= bool(np.any(apart))
            series = other.side.label if len(rest) > 1 else ""
            rows += fan_rows(shown_times(system.clock, times), exact_fan(apart.T, np.mean(apart, axis=0)), unit, series)
        if rows and (moved or name == "impact"):
            charts.append(_chart(name, rows, first, rest, unit.text))
        if len(charts) >= MOST_CHARTS / len(rest):
            break
    return charts


def _paths(first: Run, rest: Sequence[Run], names: Sequence[str]) -> tuple[Array, dict[str, Array], dict[str, str]]:
    """Times that all know, and differences in pairs (m, T) of what is drawn, with their units."""
    last = min(each.times[-1] for each in (first, *rest))
    times = first.times[first.times <= last * (1 + ROUNDING)]
    series, units = dict[str, Array](), dict[str, str]()
    for name in names:
        unit = first.side.given.system.unit_of(name)
        for other in rest:
            label = f"{name}, {other.side.label}" if len(rest) > 1 else name
            series[label] = _apart(first, other, name)[1][:, : len(times)] / unit.factor
            units[label] = unit.text
    return times, series, units


def _chart(name: str, rows: Sequence[Row], first: Run, rest: Sequence[Run], unit: str) -> Chart:
    whose = rest[0].side.label if len(rest) == 1 else "each"
    than = first.side.subject if first.side.kind == "setting" else first.side.label
    what = "impact so far (discounted)" if name == "impact" else spoken(name)
    caption = f"{what}: {whose} less {than}, in pairs of samples: median, half and 90 %."
    caption = caption[:1].upper() + caption[1:]
    return fan_chart(name, f"difference in {spoken(name)}", caption, rows, first.side.given.system.clock, unit)


def _apart(first: Run, other: Run, name: str) -> tuple[Array, Array]:
    """The times that both know (up to the end of the shorter), and the difference there (m, T)."""
    count = min(len(first.paths[name]), len(other.paths[name]))
    times = first.times[first.times <= other.times[-1] * (1 + ROUNDING)]
    mine, its = first.paths[name][:count, : len(times)], other.paths[name][:count]
    if len(other.times) >= len(times) and np.array_equal(other.times[: len(times)], times):
        its = its[:, : len(times)]
    else:
        its = np.stack([np.interp(times, other.times, path) for path in its])
    return times, Difference(name, mine, its).each
