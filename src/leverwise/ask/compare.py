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
from leverwise.ask.changes import changes, drawn_apart
from leverwise.ask.charts import fan_chart, fan_rows, shown_times
from leverwise.ask.commands import command
from leverwise.ask.numbers import estimate
from leverwise.ask.paired import Difference, Run, differences, run, worst_tenth
from leverwise.ask.recording import shown
from leverwise.ask.schedules import Plan, span, starting
from leverwise.ask.sides import NOTHING, USE, Side, caution, sides
from leverwise.ask.simulate import FIRST
from leverwise.ask.words import listing, number, percent, quantity, spoken, with_error
from leverwise.engine.fans import exact_fan

if TYPE_CHECKING:
    from leverwise.ask.model import Model, Progress

MOST_CHARTS = 5
"""Variables whose difference over time is drawn, impact among them."""
ERRORS = 2.0
"""Standard errors that a difference must exceed to be told from chance."""
CLOSER = 1.5
"""How many times less pairs must spread to be worth telling."""
MOST_APART = 4
SAID = 3
"""Of so many a headline tells."""
FEW = 0.005
"""A smaller share of the samples is not worth telling."""


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
    samples in which the other has more or less; table `changes`, what differs in what goes in; charts of the difference
    over time. Raises ModelError for what can not be compared: impact in other units, time that is none.
    """
    begun = perf_counter()
    found = sides(model, others, plans, settings)
    wanted = _followed(found)
    runs = []
    for k, side in enumerate(found):
        told = None if progress is None else _part(progress, k, len(found))
        runs.append(run(side, samples, seed, wanted, told))
    first, rest = runs[0], runs[1:]
    pairs = [differences(first, other) for other in rest]
    impacts = [pair[0] for pair in pairs]
    numbers = _numbers(first, impacts)
    changed = {other.side.label: changes(first.side, other.side, seed) for other in rest}
    seconds = {"compile": sum(each.seconds.get("compile", 0.0) for each in runs)}
    seconds["run"] = perf_counter() - begun - seconds["compile"]
    return Answer(
        question="compare",
        headline=_headline(first, rest, impacts, samples),
        model=model.system.name,
        sha256=model.sha256,
        next=_next(found, impacts),
        numbers=numbers,
        rows={
            "differences": _rows(first, rest, pairs),
            "changes": [{"other": label, **row} for label, rows in changed.items() for row in rows],
        },
        charts=_charts(first, rest, wanted),
        warnings=caveats.unique([*caution(found), *_warnings(runs, impacts, numbers, samples)]),
        provenance=model.provenance(seed, samples, seconds),
        times=np.asarray(shown_times(first.side.given.system.clock, first.times)),
        units={"time": first.side.given.system.clock.unit.text},
        notes=_notes(first, rest, impacts, changed),
    )


def _part(progress: Progress, k: int, count: int) -> Progress:
    return lambda share, doing: progress((k + share) / count, doing)


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


def _headline(first: Run, rest: Sequence[Run], impacts: Sequence[Difference], samples: int) -> str:
    order = sorted(range(len(rest)), key=lambda k: -float(np.mean(impacts[k].each)))
    told = [_sentence(rest[k].side, first.side, impacts[k]) for k in order[:SAID]]
    if len(order) > SAID:
        told.append(f"the other {len(order) - SAID} make less than these")
    what = f", over {span(first.side.given.system)}"
    if samples > 1 and any(np.ptp(impact.a) or np.ptp(impact.b) for impact in impacts):
        what += f" and {samples:,} samples"
    text = "; ".join(part if k == 0 else f"{part[0].lower()}{part[1:]}" for k, part in enumerate(told)) + what + "."
    return text[:1].upper() + text[1:]


def _sentence(other: Side, first: Side, impact: Difference) -> str:
    """What one makes against the first."""
    whose, its = other.subject, f"what {first.subject} makes"
    if other.kind == "setting":
        whose, its = f"With {other.label} the model", "what it makes as it is"
    told, ratio = impact.summary(), impact.ratio()
    if impact.same:
        all_of_it = "" if np.ptp(impact.a) == 0 else " on average, and the same in every sample"
        return f"{whose} makes exactly {its}: {quantity(float(np.mean(impact.a)), impact.unit)}{all_of_it}"
    if abs(told.mean) <= ERRORS * told.se:
        difference = with_error(told.mean, told.se, told.unit)
        return f"{whose} makes about {its}: the difference is {difference}{_often(impact)}, which may be chance"
    way = "more" if told.mean > 0 else "less"
    apart = with_error(abs(told.mean), told.se, told.unit)
    if ratio is None:
        return f"{whose} makes {apart} {way} than {its}{_often(impact)}"
    middle = f"; {number(ratio.p50)} times in the median sample" if caveats.skewed(ratio) else ""
    return f"{whose} makes {number(ratio.mean)} times {its}, {apart} {way}{middle}{_often(impact)}"


def _often(impact: Difference) -> str:
    """In which share of the samples it is better or worse; nothing where samples do not differ."""
    if not (np.ptp(impact.a) or np.ptp(impact.b)):
        return ""
    more = float(np.mean(impact.each)) > 0
    share = impact.better.mean if more else impact.worse
    equal = 1 - impact.better.mean - impact.worse
    same = f", the same in {percent(equal)}" if equal > FEW else ""
    return f" ({'better' if more else 'worse'} in {percent(share)} of the samples{same})"


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


def _chart(name: str, rows: Sequence[Row], first: Run, rest: Sequence[Run], unit: str) -> Chart:
    whose = rest[0].side.label if len(rest) == 1 else "each"
    what = "impact so far (discounted)" if name == "impact" else spoken(name)
    caption = f"{what} with {whose} less {what} with {first.side.label}, in pairs of samples: median, half and 90 %."
    caption = caption[:1].upper() + caption[1:]
    return fan_chart(name, f"difference in {spoken(name)}", caption, rows, first.side.given.system.clock, unit)


def _apart(first: Run, other: Run, name: str) -> tuple[np.ndarray, np.ndarray]:
    """The times that both know (up to the end of the shorter), and the difference there (m, T)."""
    count = min(len(first.paths[name]), len(other.paths[name]))
    times = first.times[first.times <= other.times[-1] * (1 + 1e-12)]
    mine, its = first.paths[name][:count, : len(times)], other.paths[name][:count]
    if len(other.times) >= len(times) and np.array_equal(other.times[: len(times)], times):
        its = its[:, : len(times)]
    else:
        its = np.stack([np.interp(times, other.times, path) for path in its])
    return times, Difference(name, mine, its).each


def _warnings(
    runs: Sequence[Run], impacts: Sequence[Difference], numbers: Mapping[str, Estimate], samples: int
) -> list[str]:
    said: dict[str, list[str]] = {}
    for each in runs:
        model = each.side.given
        found = [*model.warnings, *each.warnings, *caveats.not_finite("impact", each.impact)]
        found += caveats.rationing(each.measures, model.system.aim.confidence)
        for text in caveats.unique(found):
            said.setdefault(text, []).append(each.side.label)
    told = [
        text if len(labels) == len(runs) else f"{listing([f'`{label}`' for label in labels])}: {text}"
        for text, labels in said.items()
    ]
    for k, (impact, other) in enumerate(zip(impacts, runs[1:], strict=True), 1):
        names = drawn_apart(runs[0].side, other.side)
        if names:
            told.append(
                f"{listing([f'`{name}`' for name in names], MOST_APART)} {'is' if len(names) == 1 else 'are'} drawn on "
                f"one side only: that part of the difference to {other.side.label} is not paired."
            )
        difference = numbers["difference" if k == 1 else f"difference_{k}"]
        told += caveats.heavy_tail(f"the difference to {other.side.label}", impact.each)
        told += caveats.large_error("the difference", difference, samples)
    return told


def _notes(
    first: Run, rest: Sequence[Run], impacts: Sequence[Difference], changed: Mapping[str, Sequence[Row]]
) -> tuple[str, ...]:
    notes = _undecided([first, *rest])
    for other, impact in zip(rest, impacts, strict=True):
        if not changed[other.side.label]:
            notes.append(f"Nothing differs between what goes into {other.side.label} and into {first.side.label}.")
        elif impact.same:
            notes.append(
                f"What differs between {other.side.label} and {first.side.label} has no effect on impact here: it may "
                "matter only with decisions that are not taken, or not be what holds back."
            )
    closer = [impact.closer() for impact in impacts if not impact.same and np.ptp(impact.a)]
    if closer and min(closer) >= CLOSER:
        notes.append(
            f"The same luck on both sides: the difference spreads {number(min(closer), 2)} times less than between "
            "samples of separate runs."
        )
    return tuple(notes)


def _undecided(runs: Sequence[Run]) -> list[str]:
    """That no side decides anything, where something could be decided."""
    idle = all(
        each.side.given.system.decisions and np.array_equal(each.side.decisions, starting(each.side.model.system))
        for each in runs
    )
    return ["Nothing is decided on either side; with `--plan FILE` both follow a plan."] if idle else []
