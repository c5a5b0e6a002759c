"""Leverage: what the levers make of a person's impact, against the same person alone on the same draws."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from leverwise.ask.answer import Estimate
from leverwise.ask.caveats import heavy_tail, skewed
from leverwise.ask.charts import Array
from leverwise.ask.numbers import estimate, summary
from leverwise.ask.words import listing, number, percent, quantity, spoken
from leverwise.errors import NoAnswerError
from leverwise.lang.system import Aim, Call, Expression, System, Workshop

ALIVE = {
    "brand": "the trust that {} gains or loses with what is delivered",
    "network": "the members of {} who invite others",
}
"""Mechanisms that work with nothing decided, and what of them does."""
ROUNDING = 1e-12
"""A leverage this near to one is one: the same sums in another order."""


def leverage_numbers(system: System, impact: Array, alone: Array) -> tuple[dict[str, Estimate], list[str]]:
    """Numbers `alone_impact`, `leverage` and `log10_leverage` from samples (n,), and caveats.

    Raises NoAnswerError if alone makes nothing. Where impact can be negative, a ratio means nothing and is left out.
    """
    numbers = {"alone_impact": estimate(alone, system.impact_unit)}
    fail_if_alone_makes_nothing(system, alone)
    usable = (alone > 0) & (impact > 0)
    share = float(np.mean(usable))
    if share < 0.5:
        return numbers, [
            "leverage is left out: impact with the levers, or alone, is not positive in "
            f"{percent(1 - share)} of the samples, so that a ratio says nothing."
        ]
    ratio = impact[usable] / alone[usable]
    ratio = np.where(np.abs(ratio - 1) < ROUNDING, 1.0, ratio)
    numbers["leverage"] = summary(ratio, "times")
    numbers["log10_leverage"] = summary(np.log10(ratio), "orders of magnitude")
    caveats = heavy_tail("leverage", ratio)
    if share < 1:
        caveats = [
            f"leverage leaves out {percent(1 - share)} of the samples, in which impact with the levers or alone is not "
            "positive.",
            *caveats,
        ]
    return numbers, caveats


def leverage_words(numbers: Mapping[str, Estimate]) -> str:
    """The leverage in `numbers` for a headline: how many times what is made alone, in the middle of the samples.

    The middle, since a few samples may carry the mean of a ratio, which is told beside it where it differs.
    """
    orders = numbers["log10_leverage"].p50
    powers = f" ({number(orders, 2)} orders of magnitude)" if abs(orders) >= 0.5 else ""
    ratio = numbers["leverage"]
    middle = " in the median sample" if ratio.sd > 0 else ""
    middle += f" and {number(ratio.mean)} on average" if skewed(ratio) else ""
    return f"leverage is {number(ratio.p50)}{powers}{middle}"


def why_below_one(numbers: Mapping[str, Estimate], impact: Array, alone: Array, aim: Aim | None) -> list[str]:
    """Why leverage can be below 1 in the median sample of a plan that is good on average, from samples (n,).

    `aim` is what was planned for; None if nothing was planned. Who plans for the mean is told how to plan otherwise.
    """
    if "leverage" not in numbers or numbers["leverage"].p50 >= 1:
        return []
    told, by_oneself = numbers["impact"], numbers["alone_impact"]
    both = f"{quantity(told.mean, told.unit)} against {quantity(by_oneself.mean, by_oneself.unit)}"
    if told.mean > by_oneself.mean:
        less = percent(float(np.mean(impact < alone)))
        text = f"Leverage is below 1 in the median sample though the levers pay on average ({both} alone): in {less} "
        text += "of the samples they cost more than they bring, in the others they bring much more"
        for_mean = aim is not None and aim.kind == "mean"
        return [text + ("; `--objective 'quantile 50 %'` plans for the median." if for_mean else ".")]
    if aim is None:
        return []
    text = "Leverage is below 1 since the levers, as they are at the start, cost more than they bring"
    return [f"{text} ({both} alone); the plan makes the best of them."]


def by_themselves(system: System, levers: Mapping[str, str], numbers: Mapping[str, Estimate]) -> list[str]:
    """Why leverage is not 1 though nothing is decided: what works by being there. Nothing where it is 1."""
    if "leverage" not in numbers or (numbers["leverage"].mean == 1 and numbers["leverage"].sd == 0):
        return []
    there = {decision.name for decision in system.decisions if decision.start}
    found = []
    for lever, mechanism in levers.items():
        if mechanism in ALIVE:
            found.append(ALIVE[mechanism].format(spoken(lever)))
        elif any(name.startswith(f"{lever}.") for name in there):
            found.append(f"what {spoken(lever)} has from the start")
    what = f": {listing(found)}" if found else ""
    return [f"Nothing is decided, and leverage is not just 1, since levers can also work by being there{what}."]


def fail_if_alone_makes_nothing(system: System, alone: Array) -> None:
    """Raise NoAnswerError, naming the tasks that nobody may do, if impact alone is zero in every sample."""
    if np.any(alone != 0):
        return
    tasks = orphaned_tasks(system)
    if tasks:
        raise NoAnswerError(
            f"alone, without the levers, nothing is made: nobody but the levers may do {listing(tasks)}, so leverage "
            f"is infinite. Give someone in `people` a talent for {listing(tasks)}, or name them in the task's `only`."
        )
    raise NoAnswerError(
        "alone, without the levers, impact is zero, so leverage is infinite. Give the start (people who recognise you, "
        "price, hours) such that something is made without levers."
    )


def orphaned_tasks(system: System) -> list[str]:
    """Tasks that only levers may do."""
    levers = set(system.switches)
    for shop in workshops(system):
        people = [w for w, worker in enumerate(shop.workers) if worker not in levers]
        covered = {task for w in people for task in shop.may[w]}
        return [task for k, task in enumerate(shop.tasks) if k not in covered]
    return []


def workshops(system: System) -> Iterator[Workshop]:
    """Who may do what, as often as the equations say it."""
    for auxiliary in system.auxiliaries:
        yield from _within(auxiliary.value)


def _within(expression: Expression) -> Iterator[Workshop]:
    if isinstance(expression, Call):
        for part in expression.static:
            if isinstance(part, Workshop):
                yield part
        for argument in expression.arguments:
            yield from _within(argument)
