"""Studies: what it costs to find out certain inputs, as the user says, and what is left of their worth."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from leverwise.ask.answer import Row
from leverwise.ask.commands import SHELL
from leverwise.ask.knowing import Worth
from leverwise.ask.scenarios import WRITTEN
from leverwise.ask.words import listing, spoken
from leverwise.errors import ModelError, Problem, did_you_mean
from leverwise.lang.syntax import Literal, TextError, parse
from leverwise.lang.system import System, Value
from leverwise.units import MONEY, Units

AND = "+"
"""Joins inputs that one study finds out together."""
MOST_TOGETHER = 3


@dataclass(frozen=True)
class Study:
    """What finding out some inputs costs."""

    inputs: tuple[int, ...]
    """Positions among the drawn values."""
    cost: float
    """Dollars."""


def named(value: Value) -> str:
    """The name by which an input goes in answers and questions."""
    return value.name.removesuffix(WRITTEN)


def studies(system: System, asked: Mapping[str, str | float] | Sequence[str]) -> list[Study]:
    """Studies as asked for: `{"demand": "$5k"}`, or texts such as `demand=$5k` and `demand+price=$8k`.

    Raises ModelError with every problem: inputs that are not in the model, or are fixed numbers, and costs that are no
    money.
    """
    if isinstance(asked, Mapping):
        pairs = list(asked.items())
    else:
        pairs = [(text.rpartition("=")[0], text.rpartition("=")[2]) for text in asked]
    problems: list[Problem] = []
    found = []
    for names, cost in pairs:
        try:
            found.append(Study(_inputs(system, names, cost), _dollars(names, cost)))
        except ModelError as error:
            problems += error.problems
    if problems:
        raise ModelError(problems)
    return found


def _inputs(system: System, names: str, cost: str | float) -> tuple[int, ...]:
    if not names.strip():
        message = f"`--study {cost}` does not say what is found out, and for how much"
        raise ModelError(Problem(message, None, "write --study 'INPUT=$5k', with an input of the model"))
    drawn = [named(value) for value in system.values if value.drawn]
    fixed = {named(value): value.text for value in system.values if not value.drawn}
    found, problems = [], []
    for name in (each.strip().replace(" ", "_") for each in names.split(AND)):
        if name in drawn:
            found.append(drawn.index(name))
        elif name in fixed:
            message = f"`{name}` is a fixed number ({fixed[name]}), so that there is nothing to find out about it"
            problems.append(Problem(message, None, "give it a range, such as `4 to 9`, to say what is not known"))
        else:
            hint = did_you_mean(name, drawn) or f"uncertain are {listing(drawn, 8)}"
            problems.append(Problem(f"the model has no uncertain input `{name}`", None, hint))
    if len(found) > MOST_TOGETHER:
        problems.append(Problem(f"a study finds out at most {MOST_TOGETHER} inputs, not {len(found)}", None))
    if problems:
        raise ModelError(problems)
    return tuple(sorted(set(found)))


def _dollars(names: str, cost: str | float) -> float:
    if isinstance(cost, int | float) and not isinstance(cost, bool) and math.isfinite(cost) and cost >= 0:
        return float(cost)
    units = Units([])
    try:
        read = parse(str(cost).strip(), units.words)
    except TextError:
        read = None
    if isinstance(read, Literal) and read.unit and units.parse(read.unit).dimension == MONEY:
        return read.value * units.parse(read.unit).factor
    raise ModelError(
        Problem(f"`{cost}` is no sum of money that a study of `{names}` could cost", None, f"write '$5k'; {SHELL}")
    )


def study_rows(system: System, asked: Sequence[Study], worth: Sequence[Worth], price: float | None) -> list[Row]:
    """A row per study, the first to do first: worth in display units and, with a `price` of impact per dollar, net.

    Without a price, the order is that of worth by dollar.
    """
    drawn = [value for value in system.values if value.drawn]
    size, unit = system.impact_unit.factor, system.impact_unit.text
    rows: list[Row] = []
    for study, each in zip(asked, worth, strict=True):
        value, error = each.value / size, each.error / size
        dollars = value / price if price else None
        rows.append(
            {
                "study": f" {AND} ".join(named(drawn[k]) for k in study.inputs),
                "cost": study.cost,
                "evppi": value,
                "se": error,
                "unit": unit,
                "dollars": dollars,
                "net": None if dollars is None else dollars - study.cost,
            }
        )
    return sorted(rows, key=lambda row: -_rank(row))


def _rank(row: Row) -> float:
    if row["net"] is not None:
        return float(row["net"])
    return math.inf if not row["cost"] else float(row["evppi"]) / float(row["cost"])


def in_words(row: Row) -> str:
    """The inputs of a study as they are spoken."""
    return f" {AND} ".join(spoken(name) for name in str(row["study"]).split(f" {AND} "))
