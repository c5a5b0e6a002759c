"""A map in words: which lever is the best where, and why it changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from leverwise.ask.axes import Axis
from leverwise.ask.map_mesh import Place
from leverwise.ask.map_tables import NONE, Field, Flip, Told
from leverwise.ask.words import listing, percent, spoken

Planned = Mapping[Place, str | None]
"""What is advised at each point of an even raster; None where no plan holds."""
MOST_TOLD, MOST_WHY = 4, 6
MOSTLY = 0.6
"""Share of a box of cells that must be one lever's for the box to be told as where it is."""


def headline(advised: Planned, axes: Sequence[Axis]) -> str:
    """Where each lever is the best one, in a sentence; the one with most points of an even raster first."""
    planned = {at: lever for at, lever in advised.items() if lever is not None}
    levers = sorted(set(planned.values()), key=lambda lever: (-_count(planned, lever), str(lever)))
    if len(levers) == 1:
        where = "everywhere on this map" if len(planned) == len(advised) else "on this map wherever a plan holds"
        return f"{_matters(levers[0])} {where}: {_whole(axes)}."
    if len(axes) == 1:
        return _along(planned, axes[0])
    first, *others = levers
    text = f"On most of this map {_matters(first, lower=True)}"
    if 2 * _count(planned, first) <= len(planned):
        text = f"{_matters(first)} on {percent(_count(planned, first) / len(planned))} of this map"
    said = [f"{_where(planned, lever, axes)} {_it_is(lever)}" for lever in others[:MOST_TOLD]]
    left = len(others) - MOST_TOLD
    said += [f"and there are {left} more"] if left > 0 else []
    return "; ".join([text, *said]) + "."


def why(told: Field, flips: Sequence[Flip]) -> list[str]:
    """For each pair of levers that change places along an axis: by how much what they are worth changes there."""
    kinds: dict[tuple[str, str, str], list[Flip]] = {}
    for flip in flips:
        kinds.setdefault((flip.axis.name, flip.lever, flip.to_lever), []).append(flip)
    ordered = sorted(kinds.values(), key=lambda same: -len(same))
    return [_told(told, same) for same in ordered[:MOST_WHY]]


def _told(told: Field, same: Sequence[Flip]) -> str:
    axis = same[0].axis
    same = [flip for flip in same if flip.steps == min(each.steps for each in same)]
    places = sorted({flip.between for flip in same})
    past = axis.told(places[0])
    if len(places) > 1:
        past = f"{axis.told(places[0])} to {axis.told(places[-1])}"
    clear = "" if any(flip.clear for flip in same) else ", by less than the error"
    typical = sorted(same, key=lambda flip: flip.between)[len(same) // 2]
    here, there = told[typical.at], told[typical.to]
    assert here is not None
    assert there is not None
    said = []
    for lever in (typical.to_lever, typical.lever):
        if lever == NONE:
            continue
        before, after = _share(here, lever), _share(there, lever)
        if before is None or after is None:
            continue
        if before == 0:
            said.append(f"{spoken(lever)} brings nothing before, and {percent(after)} of impact then")
        elif percent(before) == percent(after):
            said.append(f"{spoken(lever)} stays at {percent(after)}")
        else:
            verb = "rises" if after > before else "falls"
            said.append(f"what {spoken(lever)} is worth {verb} from {percent(before)} to {percent(after)} of impact")
    change = f"{_named(typical.to_lever)} takes over from {_named(typical.lever)}"
    if typical.to_lever == NONE:
        change = f"{_named(typical.lever)} stops helping"
    if typical.lever == NONE:
        change = f"{_named(typical.to_lever)} begins to help"
    return f"With {axis.spoken} past {past}, {change}{clear}{': ' if said else ''}{', '.join(said)}."


def _share(told: Told, lever: str) -> float | None:
    for worth in told.levers:
        if worth.part.name == lever and worth.share is not None:
            return max(0.0, worth.share) if told.counts(worth) else 0.0
    return None


def refused(advised: Planned, axes: Sequence[Axis], reasons: Mapping[Place, str]) -> list[str]:
    """Where no plan holds on an even raster, and why in the cells there."""
    if not reasons:
        return []
    reason = next((each for each in reasons.values() if ":" in each), next(iter(reasons.values())))
    marked: dict[Place, str | None] = {at: "x" if lever is None else "" for at, lever in advised.items()}
    share = percent(_count(marked, "x") / len(marked))
    return [f"On {share} of the map, {_where(marked, 'x', axes)}, {reason.removesuffix('.')}."]


def unclear(told: Field, random: bool) -> list[str]:
    """How many cells advise what is no better than the next best, or may be by chance alone, if there is chance."""
    planned = [each for each in told.values() if each is not None]
    count = sum(not each.clear for each in planned)
    if not count:
        return []
    which = "one cell" if count == 1 else f"{count} of {len(planned)} cells"
    remedy = "; more --samples may tell" if random else ""
    return [f"In {which} the best lever is not told apart from the next best{remedy}."]


def _along(planned: Planned, axis: Axis) -> str:
    """One axis: stretch after stretch."""
    places = sorted(planned)
    said: list[str] = []
    begin = 0
    while begin < len(places):
        end = begin
        while end + 1 < len(places) and planned[places[end + 1]] == planned[places[begin]]:
            end += 1
        conditions = _range(axis, places[begin][0], places[end][0], places[0][0])
        said.append(f"{conditions} {_matters(planned[places[begin]], lower=True)}")
        begin = end + 1
    text = "; ".join(said)
    return f"With {axis.spoken} {text}."


def _where(planned: Planned, lever: str | None, axes: Sequence[Axis]) -> str:
    """The cells of a lever as conditions on the inputs."""
    mine = [at for at in planned if planned[at] == lever]
    ranges = [(min(at[k] for at in mine), max(at[k] for at in mine)) for k in range(len(axes))]
    inside = [at for at in planned if all(low <= at[k] <= high for k, (low, high) in enumerate(ranges))]
    said = [
        f"{axis.spoken} {_range(axis, low, high)}"
        for axis, (low, high) in zip(axes, ranges, strict=True)
        if low > 0 or high < len(axis.values) - 1
    ]
    share = len(mine) / len(inside)
    if not said or share < MOSTLY:
        stairs = _staircase(planned, lever, axes)
        if stairs:
            return stairs
    often = "" if share == 1 else "mostly " if share >= MOSTLY else "here and there "
    return f"{often}with {listing(said)}" if said else f"on {percent(len(mine) / len(planned))} of it"


def _staircase(planned: Planned, lever: str | None, axes: Sequence[Axis]) -> str:
    """A region that ends at another value of x in each row of y, as its first and last end; empty if it is none."""
    if len(axes) < 2:
        return ""
    across, up = axes
    ends: dict[int, int] = {}
    for row in range(len(up.values)):
        line = [planned.get((k, row)) == lever for k in range(len(across.values))]
        count = int(np.sum(line))
        if count and line[:count] != [True] * count:
            return ""
        if count and count < len(line):
            ends[row] = count - 1
    if len(ends) < 2 or len(set(ends.values())) < 2:
        return ""
    low, high = min(ends), max(ends)
    return (
        f"with {across.spoken} below {across.told(across.between(ends[low]))} at {up.spoken} "
        f"{up.told(up.values[low])}, and below {across.told(across.between(ends[high]))} at {up.told(up.values[high])},"
    )


def _range(axis: Axis, low: int, high: int, first: int = 0) -> str:
    """Indices of values as a condition: below, above, or from and to."""
    last = len(axis.values) - 1
    if low <= first and high == last:
        return "anywhere"
    if low <= first:
        return f"below {axis.told(axis.between(high))}"
    if high == last:
        return f"above {axis.told(axis.between(low - 1))}"
    return f"from {axis.told(axis.between(low - 1))} to {axis.told(axis.between(high))}"


def _whole(axes: Sequence[Axis]) -> str:
    return " and ".join(
        f"{axis.spoken} from {axis.told(axis.values[0])} to {axis.told(axis.values[-1])}" for axis in axes
    )


def _count(planned: Planned, lever: str | None) -> int:
    return sum(each == lever for each in planned.values())


def _named(lever: str | None) -> str:
    return "nothing" if lever in (None, NONE) else spoken(str(lever))


def _matters(lever: str | None, *, lower: bool = False) -> str:
    text = "no lever helps" if lever == NONE else f"{_named(lever)} matters most"
    return text if lower else text[0].upper() + text[1:]


def _it_is(lever: str | None) -> str:
    return "nothing helps" if lever == NONE else f"it is {_named(lever)}"
