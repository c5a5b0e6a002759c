"""A map as rows: what each cell advises, what each part is worth there, and where the advice changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from leverwise.ask.answer import Estimate, Row
from leverwise.ask.axes import Axis
from leverwise.ask.charts import Array
from leverwise.ask.leverage import leverage_numbers
from leverwise.ask.making import gain
from leverwise.ask.map_cells import SAME, Cell
from leverwise.ask.map_mesh import Place
from leverwise.ask.numbers import estimate
from leverwise.ask.planning.risk import value
from leverwise.ask.removal import Part
from leverwise.errors import NoAnswerError
from leverwise.lang.system import System

NONE = "none"
"""The best lever where none brings anything."""
HELPLESS, HOPELESS = "nothing helps", "no plan holds"
"""What tiles are called where there is no best lever, and where there is no plan."""
ERRORS = 2.0
"""Standard errors by which something must exceed something else to be told apart."""


@dataclass(frozen=True)
class Worth:
    """What the best plan makes beyond the best one without a part: in base units, its error, and as a share."""

    part: Part
    lost: float
    error: float
    share: float | None
    """None where what is aimed at is not positive, or is a logarithm."""
    replanned: bool
    """Whether a plan was searched without it; else it is worth no more than this."""


class Told:
    """A planned cell on fresh samples: what it makes, and what each part is worth, the most first."""

    def __init__(self, cell: Cell) -> None:
        self.cell, self.system = cell, cell.model.system
        self.aim = self.system.aim
        self.impact, alone, self.without = cell.impacts()
        self.leverage = _leverage(self.system, self.impact, alone)
        self.estimate = estimate(self.impact, self.system.impact_unit)

    @cached_property
    def worths(self) -> list[Worth]:
        """Of every part, whole mechanisms among them, the most first; the order of the model among equals."""
        return sorted(map(self._worth, self.cell.parts), key=lambda worth: -worth.lost)

    @property
    def levers(self) -> list[Worth]:
        """Of single levers, and of decisions that belong to none."""
        return [worth for worth in self.worths if not worth.part.kind]

    @property
    def mechanisms(self) -> list[Worth]:
        """Of mechanisms, with all levers that each has."""
        several = {worth.part.mechanism for worth in self.worths if worth.part.kind}
        return [
            worth for worth in self.worths if worth.part.kind or worth.part.mechanism not in ("", *several)
        ]  # one lever is its whole mechanism where there is no other

    @property
    def best(self) -> Worth | None:
        """The part worth most; None where none is worth anything."""
        return next(iter(self.levers), None) if self.levers and self.counts(self.levers[0]) else None

    @property
    def second(self) -> Worth | None:
        """The next."""
        found = self.levers[1:2]
        return found[0] if self.best and found and self.counts(found[0]) else None

    def counts(self, worth: Worth) -> bool:
        """Whether something is worth more than nothing, but for chance."""
        least = SAME * abs(value(self.impact, self.aim.kind, self.aim.level))
        return bool(worth.lost > max(ERRORS * worth.error, least))

    @property
    def margin(self) -> tuple[float, float]:
        """By how much the best part is worth more than the next, and the error of that; base units."""
        if self.best is None:
            return 0.0, 0.0
        if self.second is None:
            return self.best.lost, self.best.error
        mine, its = (self.without.get(each.part.key) for each in (self.best, self.second))
        if mine is None or its is None:
            return (np.inf, 0.0) if mine is None and its is not None else (0.0, 0.0)
        return gain(its, mine, self.aim)

    @property
    def clear(self) -> bool:
        """Whether the advice is told apart from the next best; of nothing, always."""
        lead, error = self.margin
        return self.best is None or bool(
            lead > ERRORS * error and (self.best.replanned or self.best.part.key in self.cell.spared)
        )

    def _worth(self, part: Part) -> Worth:
        whole = value(self.impact, self.aim.kind, self.aim.level)
        other = self.without.get(part.key)
        relative = self.aim.kind != "log" and whole > 0
        replanned = part.key in self.cell.replanned
        if other is None:
            return Worth(part, np.inf, 0.0, 1.0 if relative else None, replanned)
        lost, error = gain(self.impact, other, self.aim)
        unused = abs(lost) <= SAME * abs(whole)
        return Worth(part, lost, error, lost / whole if relative else None, replanned or unused)


def _leverage(system: System, impact: Array, alone: Array) -> Mapping[str, Estimate]:
    if not system.switches:
        return {}
    try:
        return leverage_numbers(system, impact, alone)[0]
    except NoAnswerError:
        return {}


Field = Mapping[Place, Told | None]
"""What is told of each cell; None where no plan was found that holds."""


def cell_rows(told: Field, axes: Sequence[Axis]) -> list[Row]:
    """A row per cell, in display units."""
    return [{**_where(at, axes), **_cell(each)} for at, each in told.items()]


def _where(at: Place, axes: Sequence[Axis]) -> dict[str, Any]:
    values = [axis.lattice[k] for axis, k in zip(axes, at, strict=False)]
    return {"x": values[0], "y": values[1] if len(values) > 1 else None}


def _cell(told: Told | None) -> dict[str, Any]:
    if told is None:
        return {"best_lever": None, "impact": None, "holds": False}
    size = told.system.impact_unit.factor
    size = 1.0 if told.aim.kind in ("probability", "log") else size
    best, second, kind = told.best, told.second, next(iter(told.mechanisms), None)
    lead, error = told.margin
    orders = told.leverage.get("log10_leverage")
    named = kind if kind and told.counts(kind) else None
    return {
        "best_lever": best.part.name if best else NONE,
        "impact": told.estimate.mean,
        "impact_se": told.estimate.se,
        "unit": told.system.impact_unit.text,
        "leverage": told.leverage["leverage"].p50 if orders else None,
        "log10_leverage": orders.p50 if orders else None,
        "loss": _finite(best.lost / size) if best else 0.0,
        "loss_se": best.error / size if best else 0.0,
        "loss_share": best.share if best else 0.0,
        "second_lever": second.part.name if second else None,
        "second_loss_share": second.share if second else None,
        "margin": _finite(lead / size),
        "margin_se": error / size,
        "clear": told.clear,
        "best_mechanism": named.part.mechanism if named else NONE if told.cell.model.levers else None,
        "mechanism_loss_share": named.share if named else 0.0,
        "holds": True,
    }


def loss_rows(told: Field, axes: Sequence[Axis]) -> list[Row]:
    """A row per cell and part that is in use there: what its removal costs."""
    rows: list[Row] = []
    for at, each in told.items():
        if each is None:
            continue
        size = 1.0 if each.aim.kind in ("probability", "log") else each.system.impact_unit.factor
        rows += [
            {
                **_where(at, axes),
                "lever": None if worth.part.kind else worth.part.name,
                "mechanism": worth.part.mechanism or None,
                "loss": _finite(worth.lost / size),
                "loss_se": worth.error / size,
                "loss_share": worth.share,
                "replanned": worth.replanned,
            }
            for worth in each.worths
        ]
    return rows


@dataclass(frozen=True)
class Flip:
    """Two neighbouring cells with different advice."""

    axis: Axis
    at: Place
    to: Place
    lever: str
    to_lever: str
    clear: bool
    """Whether the advice is clear on both sides."""

    @property
    def between(self) -> float:
        """The value in the middle between the two, on the axis along which they are neighbours."""
        k = self.axis.place
        return self.axis.middle(self.axis.lattice[self.at[k]], self.axis.lattice[self.to[k]])

    @property
    def steps(self) -> int:
        """How far apart the two are, in steps of the lattice."""
        return self.to[self.axis.place] - self.at[self.axis.place]


def advice(told: Told | None) -> str | None:
    """The name of the best lever, `none`, or None where no plan holds."""
    return None if told is None else told.best.part.name if told.best else NONE


def flips_of(told: Field, axes: Sequence[Axis], sides: Sequence[tuple[Place, Place]]) -> list[Flip]:
    """Every pair of neighbours, of all `sides`, whose advice differs, along x and then along y."""
    found = []
    for at, to in sides:
        here, there = told[at], told[to]
        before, after = advice(here), advice(there)
        if here is not None and there is not None and before is not None and after is not None and before != after:
            axis = axes[0] if at[0] != to[0] else axes[1]
            found.append(Flip(axis, at, to, before, after, here.clear and there.clear))
    return sorted(found, key=lambda flip: flip.axis.name)


def flip_rows(flips: Sequence[Flip], axes: Sequence[Axis]) -> list[Row]:
    """A row per flip."""
    rows: list[Row] = []
    for flip in flips:
        here, there = _where(flip.at, axes), _where(flip.to, axes)
        row = {"along": flip.axis.name, **here, "to_x": there["x"], "to_y": there["y"], "between": flip.between}
        rows.append({**row, "lever": flip.lever, "to_lever": flip.to_lever, "clear": flip.clear})
    return rows


def axis_rows(axes: Sequence[Axis]) -> list[Row]:
    """A row per axis."""
    return [
        {
            "axis": axis.name,
            "input": axis.path,
            "unit": axis.unit,
            "low": axis.values[0],
            "high": axis.values[-1],
            "points": len(axis.values),
            "scale": "log" if axis.log else "linear",
        }
        for axis in axes
    ]


def _finite(number: float) -> float | None:
    return number if np.isfinite(number) else None
