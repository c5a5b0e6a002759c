"""A comparison in words: the headline, what to know of it, and what has no effect."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from leverwise.ask import caveats
from leverwise.ask.answer import Estimate, Row
from leverwise.ask.changes import drawn_apart
from leverwise.ask.paired import ERRORS, SLIGHT, Difference, Run
from leverwise.ask.schedules import span, starting
from leverwise.ask.sides import Side
from leverwise.ask.words import count_of, listing, number, percent, quantity, with_error

CLOSER = 1.5
"""How many times less pairs must spread to be worth telling."""
MOST_APART = 4
SAID = 3
"""Of so many a headline tells."""
FEW = 0.005
"""A smaller share of the samples is not worth telling."""


def headline(first: Run, rest: Sequence[Run], impacts: Sequence[Difference], samples: int) -> str:
    """What the others make against the first, the best of them first."""
    order = sorted(range(len(rest)), key=lambda k: -float(np.mean(impacts[k].each)))
    told = [_sentence(rest[k].side, first.side, impacts[k]) for k in order[:SAID]]
    if len(order) > SAID:
        told.append(f"the other {len(order) - SAID} make less than these")
    what = f", over {span(first.side.given.system)}"
    if samples > 1 and any(np.ptp(impact.a) or np.ptp(impact.b) for impact in impacts):
        what += f" and {count_of(samples, 'sample')}"
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
    if abs(told.mean) < SLIGHT * abs(float(np.mean(impact.a))):
        difference = with_error(told.mean, told.se, told.unit)
        return f"{whose} makes as much as {its[5:]}: there is no difference worth the name ({difference})"
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


def but(runs: Sequence[Run]) -> str:
    """That money or hours do not suffice, where that is so; in one sentence where it is so alike on all sides."""
    said = [(each, caveats.but(each.measures, each.side.given.system.aim.confidence)) for each in runs]
    if len({text for _, text in said}) == 1:
        return said[0][1]
    return "".join(
        caveats.but(each.measures, each.side.given.system.aim.confidence, each.side.label)
        for each, text in said
        if text
    )


def warnings(
    runs: Sequence[Run], impacts: Sequence[Difference], numbers: Mapping[str, Estimate], samples: int
) -> list[str]:
    """What must be known of the runs, of draws that are not shared, and of how sure the differences are."""
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
        if names and not impact.same:
            told.append(
                f"{listing([f'`{name}`' for name in names], MOST_APART)} {'is' if len(names) == 1 else 'are'} drawn on "
                f"one side only: that part of the difference to {other.side.label} is not paired."
            )
        difference = numbers["difference" if k == 1 else f"difference_{k}"]
        if impact.slight:
            continue
        told += caveats.heavy_tail(f"the difference to {other.side.label}", impact.each)
        told += caveats.large_error(f"the difference to {other.side.label}", difference, samples)
    return told


def notes(
    first: Run, rest: Sequence[Run], impacts: Sequence[Difference], changed: Mapping[str, Sequence[Row]]
) -> list[str]:
    """That nothing differs or has an effect, that nothing is decided, and what pairing is worth."""
    told = _undecided([first, *rest])
    for other, impact in zip(rest, impacts, strict=True):
        if not changed[other.side.label]:
            told.append(f"Nothing differs between what goes into {other.side.label} and into {first.side.label}.")
        elif impact.same:
            told.append(
                f"What differs between {other.side.label} and {first.side.label} has no effect on impact here: it may "
                "matter only with decisions that are not taken, or not be what holds back."
            )
    closer = [impact.closer() for impact in impacts if not impact.same and np.ptp(impact.a)]
    if closer and min(closer) >= CLOSER:
        told.append(
            f"The same luck on both sides: the difference spreads {number(min(closer), 2)} times less than between "
            "samples of separate runs."
        )
    return told


def _undecided(runs: Sequence[Run]) -> list[str]:
    """That no side decides anything, where something could be decided."""
    idle = all(
        each.side.given.system.decisions and np.array_equal(each.side.decisions, starting(each.side.model.system))
        for each in runs
    )
    return ["Nothing is decided on either side; with `--plan FILE` both follow a plan."] if idle else []
