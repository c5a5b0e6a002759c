"""Why two sides differ: which change makes how much of it, and through which mechanisms it works; tables and words."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from leverwise.ask.answer import Chart, Row
from leverwise.ask.carried import ALONE, ORDERS, carried, have_orders, players, samples_for
from leverwise.ask.carried import rows as mechanism_rows
from leverwise.ask.causes import causes
from leverwise.ask.causes import rows as cause_rows
from leverwise.ask.charts import axis
from leverwise.ask.paired import Difference, Run
from leverwise.ask.words import listing, number, percent, spoken

SAID = 3
"""Of so many causes a sentence tells."""
SMALL = 0.02
"""A smaller share is not worth a word."""
SEEN = 1.01
"""Nor is a factor nearer to one."""


def why(
    runs: Sequence[Run], impacts: Sequence[Difference], seed: int, told: Callable[[float], object]
) -> tuple[list[Row], list[Row]]:
    """Rows of what each change makes, and of what each mechanism carries, for every other side that differs.

    The first is empty where one thing differs or the equations do; the second without levers.
    """
    first, moved = runs[0], [(run, i) for run, i in zip(runs[1:], impacts, strict=True) if not i.same]
    made: list[Row] = []
    through: list[Row] = []
    for k, (other, impact) in enumerate(moved):

        def part(share: float, k: int = k) -> object:
            return told((k + share) / (2 * len(moved)))

        found = causes(first.side, other.side, len(impact.a), seed, part)
        made += _shared(cause_rows(found, first.side.given.system, other.side.label), impact)
    levered = [(run, i) for run, i in moved if first.alone is not None and run.alone is not None]
    if not levered:
        return made, through
    sides = [first.side, *(run.side for run, _ in levered)]
    in_use = [players(side, seed) for side in sides]
    samples = samples_for(in_use, len(first.impact))
    parts = []
    for k, (side, each) in enumerate(zip(sides, in_use, strict=True)):

        def half(share: float, k: int = k) -> object:
            return told(0.5 + (k + share) / (2 * len(sides)))

        parts.append(carried(side, each, samples, seed, half))
    unit, in_orders = first.side.given.system.impact_unit, all(have_orders(parts[0], its) for its in parts[1:])
    for (run, impact), its in zip(levered, parts[1:], strict=True):
        through += _shared(mechanism_rows(parts[0], its, unit, run.side.label, in_orders=in_orders), impact)
    return made, through


def _shared(rows: Sequence[Row], impact: Difference) -> list[Row]:
    """The rows, without shares of a difference that is next to nothing: they would say nothing."""
    return [{**row, "share": None} if impact.slight else row for row in rows]


def sentences(made: Sequence[Row], through: Sequence[Row]) -> list[str]:
    """What the tables say, side by side."""
    said = []
    several = len({row["other"] for row in (*made, *through)}) > 1
    for other in dict.fromkeys(str(row["other"]) for row in (*made, *through)):
        mine = [row for row in made if row["other"] == other]
        big = [row for row in mine if row["share"] is not None and abs(row["share"]) >= SMALL]
        if big:
            parts = [f"{spoken(row['change'])} {percent_of(row['share'])}" for row in big]
            to = f" to {other}" if several else ""
            said.append(f"Of the difference{to}: {listing(parts, SAID)}, on average over all orders of change.")
        its = [row for row in through if row["other"] == other]
        if its and its[0]["factor"] is not None:
            said += _in_orders(its, other if several else "it")
        elif its:
            parts = [f"{_called(row)} {percent_of(row['share'])}" for row in its if abs(row["share"] or 0) >= SMALL]
            said += [f"It works through {listing(parts, SAID)}."] if parts else []
    return said


def _in_orders(its: Sequence[Row], whose: str) -> list[str]:
    """What each mechanism multiplies impact by."""
    seen = [row for row in its if max(row["factor"], 1 / row["factor"]) >= SEEN]
    if not seen:
        return []
    whole = 10.0 ** sum(row["difference"] for row in its)
    parts = [f"{_called(row)} times {number(row['factor'])}" for row in seen]
    return [f"In a typical sample {whose} makes {number(whole)} times as much: {listing(parts, SAID)}."]


def percent_of(share: float) -> str:
    """A share that may be negative or above one."""
    return percent(share) if 0 <= share <= 1 else f"{100 * share:.0f} %"


def _called(row: Row) -> str:
    return "what is made alone" if row["mechanism"] == ALONE else spoken(str(row["mechanism"]))


def charts(made: Sequence[Row], through: Sequence[Row]) -> list[Chart]:
    """Bars of what each change makes, and of what each mechanism carries."""
    found = []
    several = len({row["other"] for row in made}) > 1
    if made:
        rows = [_bar(row, spoken(str(row["change"])), row["effect"], several) for row in made]
        caption = "What each change adds to mean impact, on average over all orders; lines: two standard errors."
        unit = str(made[0]["unit"])
        found.append(
            Chart("causes", "bars", "which change makes the difference", caption, rows, "", axis("impact", unit))
        )
    several = len({row["other"] for row in through}) > 1
    if through:
        rows = [_bar(row, str(row["mechanism"]), row["difference"], several) for row in through]
        unit = str(through[0]["unit"])
        what = "Orders of magnitude more" if unit == ORDERS else "More impact"
        caption = f"{what} that each mechanism makes, and that is made alone; lines: two standard errors."
        title = "which mechanism carries the difference"
        found.append(Chart("mechanisms", "bars", title, caption, rows, "", axis("difference", unit)))
    return found


def _bar(row: Row, label: str, value: float, several: bool) -> Row:
    told = {"label": label, "value": value, "low": value - 2 * row["se"], "high": value + 2 * row["se"]}
    return {**told, "series": row["other"]} if several else told
