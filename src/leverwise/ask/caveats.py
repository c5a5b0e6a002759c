"""What a reader must know before trusting numbers: each function finds one kind of caveat, as sentences."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from leverwise.ask.answer import Estimate
from leverwise.ask.words import asked, count_of, listing, number, percent, quantity
from leverwise.lang.system import System

Array = NDArray[np.float64]

LACKING = {"cash_margin": "money does not suffice", "hours_margin": "hours do not suffice"}
"""What is said of a share of the samples, by the measure that is below zero there."""
HEAVY_SHARE = 0.25
"""A mean is called heavy-tailed if the largest hundredth of the samples carries this share of it."""
FEWEST = 200
"""With fewer samples, the largest hundredth is one sample, and says nothing."""
SKEWED = 0.25
"""Mean and median are told together where they differ by more than this share of the smaller."""
ERROR_SHARE = 0.02
"""A standard error above this share of the mean is called large."""
UNSURE_SHARE = 0.01
"""A search or a price that misses more than this share of its slopes is called unsure."""
RARE = 1e-3
"""A limit that was hit in no more than this share of the samples is not worth telling: holding a stock there is what
limits are for, and so few samples move no median and no range."""
_LIMIT = re.compile(
    r"`(?P<name>[^`]+)` went (?P<side>below its least|above its greatest) value (?P<value>.+?)"
    r"(?P<held> and was held there)?, first at time (?P<time>.+), in (?P<count>[\d,]+) of (?P<samples>[\d,]+) samples?"
)
"""How a run tells that a variable went beyond its limits."""
MARGINS = {
    "cash_margin": ("money", "spending was cut to what was there, or cash fell through its floor"),
    "hours_margin": ("hours", "the time given to the levers was cut to what was there"),
}
"""Measures below zero where a plan asks for more than there is: what of, and what happened then."""


def defaults(system: System) -> list[str]:
    """How many of the numbers are defaults of the mechanisms and not the author's."""
    taken = [value.name for value in system.values if value.origin.default]
    if not taken:
        return []
    given = len(system.values) - len(taken)
    drawn = sum(value.drawn for value in system.values if value.origin.default)
    ranges = f" ({'all' if drawn == len(taken) else drawn} of them ranges)" if drawn > 1 else ""
    return [
        f"{len(taken)} of the {len(taken) + given} numbers behind this answer are defaults{ranges}, "
        f"among them {listing(taken, 3)}; `leverwise show` lists them with their sources."
    ]


def heavy_tail(name: str, samples: Array) -> list[str]:
    """Whether a few samples (n,), in display units, carry the mean."""
    return heavy_tails({f"all {name}": samples})


def heavy_tails(named: Mapping[str, Array]) -> list[str]:
    """Which numbers are carried by a few of their samples (n,), in display units: one sentence for all of them."""
    shares = {name: share for name, samples in named.items() if (share := _top_share(samples)) >= HEAVY_SHARE}
    if not shares:
        return []
    if len(shares) > 1:
        return [
            f"one in a hundred samples makes up {percent(min(shares.values()))} or more of {listing(list(shares), 3)}: "
            "their medians say more than their means."
        ]
    ((name, share),) = shares.items()
    finite = named[name][np.isfinite(named[name])]
    return [
        f"one in a hundred samples makes up {percent(share)} of {name}: "
        f"the median ({number(float(np.median(finite)))}) says more than the mean ({number(float(np.mean(finite)))})."
    ]


def skewed(estimate: Estimate) -> bool:
    """Whether the mean alone misleads: the middle of the samples lies elsewhere."""
    return abs(estimate.mean - estimate.p50) > SKEWED * min(abs(estimate.mean), abs(estimate.p50))


def _top_share(samples: Array) -> float:
    """The share of the sum of sizes that the largest hundredth has; 0 where there are too few samples to say."""
    sizes = np.sort(np.abs(samples[np.isfinite(samples)]))
    if len(sizes) < FEWEST or not sizes.any():
        return 0.0
    return float(np.sum(sizes[-(len(sizes) // 100) :]) / np.sum(sizes))


def large_error(name: str, estimate: Estimate, samples: int) -> list[str]:
    """Whether more samples are needed, and how many."""
    if not math.isfinite(estimate.se) or estimate.mean == 0 or estimate.se <= ERROR_SHARE * abs(estimate.mean):
        return []
    wanted = samples * (estimate.se / (ERROR_SHARE * abs(estimate.mean))) ** 2
    return [
        f"the mean of {name} is uncertain by {quantity(estimate.se, estimate.unit)} (standard error) because only "
        f"{count_of(samples, 'sample')} {'was' if samples == 1 else 'were'} run; about {number(wanted, 2)} would bring "
        f"it to {percent(ERROR_SHARE)}."
    ]


def rationing(measures: Mapping[str, Array], confidence: float) -> list[str]:
    """In how many samples the plan wants more money or hours than there are, if more than allowed beyond chance.

    Chance is one standard error: of plans that hold just as surely as asked, every other falls short a little oftener.
    """
    return [
        f"in {percent(share)} of the samples there is less of {MARGINS[name][0]} than this asks for, "
        f"and {MARGINS[name][1]}; a plan should hold in {asked(confidence)}."
        for name, share in _short(measures, confidence).items()
    ]


def but(measures: Mapping[str, Array], confidence: float, which: str = "") -> str:
    """The same as a sentence behind a headline, since that is all that some read; empty if money and hours suffice.

    `which` of several is told in brackets.
    """
    said = [
        f"{LACKING[name]} in {percent(share)} of the samples" for name, share in _short(measures, confidence).items()
    ]
    return f" But {' and '.join(said)}{f' ({which})' if which else ''}." if said else ""


def shortest(measures: Mapping[str, Array], confidence: float) -> float:
    """The largest share of the samples in which money or hours do not suffice, where `but` says so; else 0."""
    return max(_short(measures, confidence).values(), default=0.0)


def _short(measures: Mapping[str, Array], confidence: float) -> dict[str, float]:
    """In which share of the samples there is too little, by margin, where that is more often than chance allows."""
    found = {}
    for name in MARGINS:
        if name not in measures:
            continue
        share = float(np.mean(measures[name] < -tolerance(measures[name])))
        if share > 1 - confidence + float(np.sqrt(confidence * (1 - confidence) / len(measures[name]))):
            found[name] = share
    return found


def enough(measures: Mapping[str, Array], confidence: float) -> str:
    """In how many samples there is what a plan wants of money and hours; empty if neither is watched."""
    kept = [
        f"{what} in {percent(float(np.mean(measures[name] >= -tolerance(measures[name]))))}"
        for name, (what, _) in MARGINS.items()
        if name in measures
    ]
    return f"there is enough {' and '.join(kept)} of the samples ({asked(confidence)} asked for)" if kept else ""


def too_few(measures: Mapping[str, Array], confidence: float) -> list[str]:
    """Whether so many samples can't tell if a plan holds as surely as asked: of fewer than these, none may fail.

    Nothing where it is plain that it does not (see `rationing`).
    """
    watched = [measures[name] for name in MARGINS if name in measures]
    count = max((len(margins) for margins in watched if np.ptp(margins) > tolerance(margins)), default=0)
    if not count or (1 - confidence) * count >= 1 - 1e-6 or _short(measures, confidence):
        return []
    failing = max(int(np.sum(margins < -tolerance(margins))) for margins in watched)
    why = "not one of them may fail, and that none does may be luck"
    if failing:
        why = f"{failing:,} of them {'fails' if failing == 1 else 'fail'}, which may be chance"
    if confidence < 1:
        least = math.ceil(1 / (1 - confidence) - 1e-6)
        why += f"; it takes {least:,} or more (`--samples {least}`)"
    return [f"{count_of(count, 'sample')} can't tell whether a plan holds in {asked(confidence)}: {why}."]


def tolerance(margins: Array) -> float:
    """How far below zero a margin may lie by rounding alone."""
    return 1e-9 * (1.0 + float(np.max(np.abs(margins), initial=0.0)))


def not_finite(name: str, samples: Array) -> list[str]:
    """Samples without a number."""
    share = float(np.mean(~np.isfinite(samples)))
    return [f"{name} is not a number in {percent(share)} of the samples."] if share else []


def without_slopes(shares: Mapping[str, float], lost: float) -> list[str]:
    """Resources of which the slope is no number in a share of the samples, and what stands for it there."""
    if not shares:
        return []
    said = (
        f"the slope of impact by {listing(list(shares), 3)} is not a number in up to {percent(max(shares.values()))} "
        "of the samples; what one whole unit more adds stands for it there"
    )
    if lost:
        said += f", and where that is not a number either ({percent(lost)} of the samples), nothing"
    return [said + "."]


def unsure_search(share: float) -> list[str]:
    """Whether a search was led by slopes of which a share was no number."""
    if share <= UNSURE_SHARE:
        return []
    return [
        f"{percent(share)} of the slopes that led the search to this plan were not numbers and counted as nothing: a "
        "better plan may have been missed; try other seeds, or plans of your own with `--plan`."
    ]


def unsure_prices(share: float) -> list[str]:
    """Whether prices rest on slopes of which a share was no number."""
    if share <= UNSURE_SHARE:
        return []
    return [
        f"shadow prices leave out {percent(share)} of the samples, in which the slope at this plan is not a number."
    ]


def held(warnings: Sequence[str]) -> list[str]:
    """Names of the stocks of which a run tells that they were held at a limit, in more than very few samples."""
    told = [found for warning in warnings if (found := _LIMIT.fullmatch(warning)) and _of_limits(warning)]
    return [found["name"] for found in told if found["held"]]


def unique(warnings: Sequence[str]) -> tuple[str, ...]:
    """The warnings without repetition, in order; what they tell of limits in words of their own."""
    return tuple(dict.fromkeys(text for warning in warnings if (text := _of_limits(warning))))


def _of_limits(warning: str) -> str:
    """What a run says of a variable at its limits, for those who know nothing of steps; nothing if it is too rare."""
    found = _LIMIT.fullmatch(warning)
    if not found:
        return warning
    count, samples = (int(found[key].replace(",", "")) for key in ("count", "samples"))
    if count <= RARE * samples:
        return ""
    often = "every sample" if count == samples else f"{found['count']} of {found['samples']} samples"
    way = "below" if found["side"] == "below its least" else "above"
    first = f"first at time {found['time']}"
    if found["held"]:
        more = "more is taken from it than there is" if way == "below" else "what goes beyond that is lost"
        return (
            f"in {often} `{found['name']}` would have gone {way} {found['value']} and was held there, {first}: {more}. "
            f"A `{'min' if way == 'below' else 'max'}` stops no flow: let its equation do that, or bound what is "
            "decided; where only a step goes too far, a shorter `step` mends it."
        )
    return f"in {often} `{found['name']}` goes {way} {found['value']}, the limit that it is given, {first}."
