"""Limits that no schedule keeps together: which they are, where they stand, and by how much one has to give way.

A smallest set of them is found by leaving one out at a time, as long as the rest still contradict each other
(Chinneck and Dravnieks 1991, deletion filter), each time by a linear program.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from leverwise.ask.planning.projection import Polyhedron
from leverwise.ask.words import listing, quantity
from leverwise.errors import Position
from leverwise.lang.system import Decision, LinearConstraint, System

BUDGET_LABEL = "the budget"
TOLERANCE = 1e-7
"""A limit is broken if it is missed by more than this share of its size."""


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

    @property
    def what(self) -> str:
        """What contradicts what."""
        said = listing([self._placed(label) for label in self.labels])
        if len(self.labels) > 1:
            return f"{said} contradict each other"
        return f"{said} can't be kept within what {listing([f'`{name}`' for name in self.bounded])} may be"

    @property
    def mend(self) -> str:
        """Which to relax, and by how much."""
        ways = [f"{label} by {amount}" for label, amount in self.short.items()]
        if not ways:
            return f"relax {listing(list(self.labels))} together"
        bounds = " or let more be decided" if len(self.labels) == 1 else ""
        return f"relax {' or '.join(ways)}{bounds}"

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
    short = {label: _least(stated, (label,)) for label in labels}
    return Conflict(
        labels,
        {label: at for label in labels if label in written and (at := written[label].at) is not None},
        {
            label: quantity(float(f"{amount / size:.6g}"), unit)
            for label, amount in short.items()
            if amount is not None
            for size, unit in (_unit(written.get(label), system),)
        },
        [system.decisions[k].name for k in dict.fromkeys(owner[np.any(stated.rows != 0, axis=0)].tolist())],
    )


def _only(region: Polyhedron, labels: Sequence[str]) -> Polyhedron:
    kept = [k for k, label in enumerate(region.labels) if label in labels]
    return replace(
        region, rows=region.rows[kept], bounds=region.bounds[kept], labels=tuple(region.labels[k] for k in kept)
    )


def _least(region: Polyhedron, relaxed: Sequence[str]) -> float | None:
    """By how much the `relaxed` limits must all give way at least for some schedule to keep the rest; None if none."""
    from scipy.optimize import linprog

    size = np.maximum(1e-12, np.abs(region.bounds) + np.max(np.abs(region.rows), axis=1))
    gives = np.array([label in relaxed for label in region.labels], dtype=float)
    count = region.rows.shape[1]
    answer = linprog(
        np.append(np.zeros(count), 1.0),
        A_ub=np.hstack([region.rows / size[:, None], -(gives / size)[:, None]]),
        b_ub=region.bounds / size + TOLERANCE,
        bounds=[*zip(region.low, region.high, strict=True), (0, None if len(relaxed) else 0)],
        method="highs",
    )
    return None if answer.x is None else float(answer.x[-1])


def _unit(limit: LinearConstraint | None, system: System) -> tuple[float, str]:
    """The size and name of the unit in which a limit is told; none where decisions in it differ in theirs."""
    if limit is None:
        return 1.0, "$"
    time = system.clock.unit
    if limit.spending:
        return (1 / time.factor, f"$/{time.text}") if limit.per_period and time.text else (1.0, "$")
    chosen: list[Decision] = [each for each in system.decisions if each.name in dict(limit.terms)]
    if len({(each.unit.text, each.lump) for each in chosen}) != 1 or len({abs(c) for _, c in limit.terms}) != 1:
        return 1.0, ""
    scale, unit = abs(limit.terms[0][1]), chosen[0].unit
    if limit.per_period or chosen[0].lump:
        return scale * unit.factor, unit.text
    ending = f"/{time.text}"
    if time.text and unit.text.endswith(ending):
        return scale * unit.factor * time.factor, unit.text.removesuffix(ending)
    return scale * unit.factor * time.factor, f"{unit.text} {time.text}".strip()
