"""Limits that no schedule keeps together: which they are, where they stand, and by how much one has to give way.

A smallest set of them is found by leaving one out at a time, as long as the rest still contradict each other
(Chinneck and Dravnieks 1991, deletion filter), each time by a linear program. What one has to give way by is the least
with which there is a schedule in whole units, by a mixed-integer program (HiGHS).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from leverwise.ask.planning.projection import Array, Polyhedron
from leverwise.ask.schedules import begun, duration
from leverwise.ask.words import listing, quantity, rounded_up
from leverwise.errors import Position
from leverwise.lang.system import System, Unit

BUDGET_LABEL = "the budget"
TOLERANCE = 1e-7
"""A limit is broken if it is missed by more than this share of its size."""
SECONDS = 5.0
"""How long the least amount in whole units is looked for."""


@dataclass(frozen=True)
class Conflict:
    """Limits that contradict each other, as they are written, and what each alone would have to give way by."""

    labels: Sequence[str]
    places: Mapping[str, Position]
    """By label, where it is known."""
    short: Mapping[str, str]
    """By label, an amount with its unit; nothing for one that no giving way of its own would mend."""
    bounded: Sequence[str] = ()
    """Decisions in it that are at the end of what they may be."""
    others: bool = False
    """Whether other limits contradict each other besides."""
    held: bool = False
    """Whether none of these decisions may be anything but what it is: frozen, or left out."""
    begins: str = ""
    """When planning begins, if only what is decided before stands against these limits."""
    nothing: str = ""
    """What spending can't be below, `$0`, if it is a limit on spending that asks for less."""

    @property
    def what(self) -> str:
        """What contradicts what."""
        said = listing([self._placed(label) for label in self.labels])
        if self.begins:
            return f"{said} can't be kept: what is decided before planning begins at {self.begins} stands against it"
        if len(self.labels) > 1:
            return f"{said} contradict each other"
        if self.nothing:
            return f"{said} can't be kept: what is spent is never below {self.nothing}"
        names = listing([f"`{name}`" for name in self.bounded])
        if self.held:
            return f"{said} can't be kept: {names} {'is' if len(self.bounded) == 1 else 'are'} frozen or left out"
        return f"{said} can't be kept within what {names} may be"

    @property
    def mend(self) -> str:
        """Which to relax, and by how much."""
        if self.nothing:
            return f"write a sum of {self.nothing} or more, without the `-`"
        ways = [f"{label} by {amount}" for label, amount in self.short.items()]
        if not ways:
            return f"relax {listing(list(self.labels))} together"
        bounds = " or let more be decided" if len(self.labels) == 1 else ""
        bounds = f", change the `use` before {self.begins}, or begin sooner (`from`)" if self.begins else bounds
        others = ", and then what else contradicts" if self.others else ""
        return f"relax {' or '.join(ways)}{bounds}{others}"

    def _placed(self, label: str) -> str:
        return f"{label} ({self.places[label]})" if label in self.places else label


def conflict(region: Polyhedron, system: System, owner: NDArray[np.int64]) -> Conflict | None:
    """A smallest set of limits of a region that contradict each other within the bounds; None if none do.

    `owner` (K,) is the position of each slot's decision.
    """
    if not len(region.bounds) or np.any(region.low > region.high) or _least(region, ()) is not None:
        return None
    labels = list(dict.fromkeys(region.labels))
    for label in tuple(labels):
        rest = [each for each in labels if each != label]
        if rest and _least(_only(region, rest), ()) is None:
            labels = rest
    stated = _only(region, labels)
    written = {f"`{each.text}`": each for each in system.aim.constraints}
    whole = _whole_units(region, system, owner)
    short = {label: _least(region, (label,), whole) for label in labels}
    if others := all(amount is None for amount in short.values()):
        short = {label: _least(stated, (label,), whole) for label in labels}
    rows = np.any(stated.rows != 0, axis=0)
    told = rows & (region.low < region.high)
    past = _without_history(stated, system, owner)
    return Conflict(
        labels,
        {label: at for label in labels if label in written and (at := written[label].at) is not None},
        {
            label: _told(amount, written[label].unit if label in written else _unit(label, system))
            for label, amount in short.items()
            if amount is not None
        },
        [system.decisions[k].name for k in dict.fromkeys(owner[told if told.any() else rows].tolist())],
        others and any(amount is not None for amount in short.values()),
        held=not told.any(),
        begins=_begins(system) if past is not None and _least(past, ()) is not None else "",
        nothing=quantity(0.0, money_of(system).text)
        if all(label in written and written[label].spending for label in labels) and _below_nothing(stated)
        else "",
    )


def _below_nothing(limits: Polyhedron) -> bool:
    """Whether limits ask for less than nothing of sums that are nothing or more wherever decisions may be."""
    least = np.where(limits.rows > 0, limits.low, 0.0)
    return bool(np.all(limits.rows >= 0) and np.all(limits.bounds < 0) and np.all((limits.rows * least).sum(1) >= 0))


def _without_history(region: Polyhedron, system: System, owner: NDArray[np.int64]) -> Polyhedron | None:
    """The region as if planning began at the start; None if it does, or if nothing was decided before."""
    low, high, planned = region.low.copy(), region.high.copy(), begun(system)
    for number, decision in enumerate(system.decisions):
        past, later = (owner == number) & ~planned, (owner == number) & planned
        if past.any() and not decision.frozen and (not later.any() or np.any(low[later] < high[later])):
            low[past], high[past] = decision.low, decision.high
    changed = np.any(low != region.low) or np.any(high != region.high)
    return replace(region, low=low, high=high) if changed else None


def _begins(system: System) -> str:
    """When planning begins, for a sentence."""
    clock = system.clock
    return duration(system.aim.begins / clock.unit.factor, clock.unit.text)


def _only(region: Polyhedron, labels: Sequence[str]) -> Polyhedron:
    kept = [k for k, label in enumerate(region.labels) if label in labels]
    return replace(
        region, rows=region.rows[kept], bounds=region.bounds[kept], labels=tuple(region.labels[k] for k in kept)
    )


def _whole_units(region: Polyhedron, system: System, owner: NDArray[np.int64]) -> Array:
    """One unit of each slot that may only be whole (K,); 0 for the others and for what is held."""
    units = np.array([each.unit.factor if each.whole else 0.0 for each in system.decisions])[owner]
    return np.where(region.low < region.high, units, 0.0)


def _least(region: Polyhedron, relaxed: Sequence[str], whole: Array | None = None) -> float | None:
    """By how much the `relaxed` limits must all give way at least for some schedule to keep the rest; None if none.

    Slots are multiples of `whole` (K,) where that is not 0. Where none is least in `SECONDS`, the least found by then.
    """
    from scipy.optimize import Bounds, LinearConstraint, milp

    count = region.rows.shape[1]
    whole = np.zeros(count) if whole is None else whole
    units = np.where(whole > 0, whole, 1.0)
    size = np.maximum(1e-12, np.abs(region.bounds) + np.max(np.abs(region.rows), axis=1))
    gives = np.array([label in relaxed for label in region.labels], dtype=float)
    matrix = np.hstack([region.rows * units / size[:, None], -(gives / size)[:, None]])
    answer = milp(
        np.append(np.zeros(count), 1.0),
        integrality=np.append(whole > 0, False).astype(int),
        constraints=LinearConstraint(matrix, ub=region.bounds / size + TOLERANCE),
        bounds=Bounds(np.append(region.low / units, 0.0), np.append(region.high / units, np.inf if relaxed else 0.0)),
        options={"time_limit": SECONDS},
    )
    return None if answer.x is None else float(answer.x[-1])


def _told(amount: float, unit: Unit) -> str:
    """An amount in base units, as it is told in a unit: rounded up, so that what is told suffices."""
    return quantity(
        rounded_up(amount / unit.factor), "percentage points" if unit.text == "%" else unit.text.replace("*", " ")
    )


def _unit(label: str, system: System) -> Unit:
    """What a limit is told in that is no written one: the budget in money, the principal's hours as decisions are."""
    taking = [decision.unit for decision in system.decisions if decision.hours]
    return taking[0] if label != BUDGET_LABEL and taking else money_of(system)


def money_of(system: System) -> Unit:
    """Dollars; in a model of plain numbers, nothing."""
    return Unit("$" if system.clock.unit.text else "")
