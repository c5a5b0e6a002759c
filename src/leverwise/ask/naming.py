"""The variable that a person means by a name: as in answers, with spaces or `_`, in full or its last part."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from leverwise.ask.hours import uses_of
from leverwise.ask.recording import shown
from leverwise.ask.resources import called, one_of, resources_of
from leverwise.ask.tracing import IMPACT, Tracer
from leverwise.ask.words import listing
from leverwise.errors import ModelError, Problem, did_you_mean
from leverwise.lang.system import System
from leverwise.model.called import names_of

ALONE, LEVERAGE, ORDERS = "alone_impact", "leverage", "log10_leverage"
OF_TWO_RUNS = (ALONE, LEVERAGE, ORDERS)
"""Names of answers that are no variables: impact with every lever off, and impact over it."""
LISTED = 6
SECTIONS = ("people", "work", "market", "money", "levers", "values", "decisions", "stocks", "equations")
_OF_PLANS = "it is `impact` under {}: ask for `impact`{}"
TOLD = {
    "objective": _OF_PLANS.format("a plan, as it is aimed at", " with `--plan FILE`"),
    "search_objective": _OF_PLANS.format("a plan, as its search saw it", " with `--plan FILE`"),
    "baseline_impact": _OF_PLANS.format("doing nothing", " without a plan"),
    "even_split_impact": _OF_PLANS.format("a plan that spends the same evenly", " with such a `--plan FILE`"),
    "cash_shadow_price": "it is the slope of `impact` by `cash`: `leverwise diagnose MODEL` tells it over time",
}
"""Numbers of answers that are no variables: what to ask for instead."""


def named(name: str, system: System) -> str:
    """The variable that a person means: as in answers, with spaces or `_`. Raises ModelError if there is none."""
    tracer = Tracer(system)
    known: list[str] = [
        IMPACT,
        *(OF_TWO_RUNS if system.switches else ()),
        *tracer.values,
        *tracer.decisions,
        *(stock.name for stock in system.stocks if not stock.hidden),
        *tracer.auxiliaries,
        *tracer.measures,
    ]
    meant = _plainly(name)
    by_plain = {_plainly(each): each for each in known}
    if meant in by_plain:
        return by_plain[meant]
    for found in _otherwise(name, meant, system):
        if _plainly(found) in by_plain:
            return by_plain[_plainly(found)]
    ending = [each for plain, each in by_plain.items() if plain.endswith(f".{meant}")]
    if len(ending) == 1:
        return ending[0]
    of_lever = [each for plain, each in by_plain.items() if plain.startswith(f"{meant}.")]
    hint = f"there are {listing([f'`{each}`' for each in ending], LISTED)}" if ending else ""
    hint = hint or (f"of it there are {listing([f'`{each}`' for each in of_lever], LISTED)}" if of_lever else "")
    with_word = [each for plain, each in by_plain.items() if meant in re.split(r"[._]", plain)]
    hint = hint or TOLD.get(meant, "")
    hint = hint or (f"there are {listing([f'`{each}`' for each in with_word], LISTED)}" if with_word else "")
    near = did_you_mean(name.strip().replace(" ", "_"), known)
    raise ModelError(Problem(f"nothing is called `{name}`", None, hint or f"{near} {_some(known, system)}".strip()))


def _otherwise(name: str, meant: str, system: System) -> Iterator[str]:
    """Variables that answers call so without using their names: resources, uses of hours, paths of the file."""
    for resource in resources_of(system):
        words = {resource.name, called(resource.name), one_of(resource.name, resource.unit.text)}
        if meant in map(_plainly, words):
            yield resource.variable
    for use in uses_of(system):
        if meant in (_plainly(use.name), f"hours_for_{_plainly(use.name)}"):
            yield use.variable
    if meant.startswith("hours_for_"):
        yield ".".join(reversed(meant.removeprefix("hours_for_").split("."))) + ".hours_given"
    if "." in meant:
        yield from names_of(meant)
        owner, *_, last = parts = meant.split(".")
        if owner in SECTIONS:
            yield f"{parts[1]}.{last}"
            yield f"{parts[-2]}.{last}"
            yield last


def _some(known: Sequence[str], system: System) -> str:
    """Variables that come out, for someone who knows none."""
    out = dict.fromkeys(name for name in (IMPACT, LEVERAGE, *shown(system)) if name in known)
    listed = listing([f"`{each}`" for each in out], LISTED)
    return f"There are {listed}; `leverwise show MODEL` lists all."


def _plainly(name: str) -> str:
    return name.strip().lower().replace(": ", ".").replace(" ", "_")
