"""Where each lever is the best one: two inputs varied, a plan in each cell, and what each lever is worth there.

The best lever of a cell is the one whose removal costs most: what the best plan makes beyond the best plan without the
lever, everything else planned anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from time import perf_counter
from typing import TYPE_CHECKING

from leverwise.ask import caveats
from leverwise.ask.answer import Answer, Estimate
from leverwise.ask.axes import (
    MOST_POINTS,
    POINTS,
    Asked,
    Axis,
    axis_of,
    default_axes,
    fail_if_not_numbers,
    fail_if_same,
)
from leverwise.ask.charts import Array
from leverwise.ask.commands import command
from leverwise.ask.held import held
from leverwise.ask.map_chart import chart
from leverwise.ask.map_field import Land, plan_all
from leverwise.ask.map_mesh import Mesh, Place
from leverwise.ask.map_tables import Field, advice, axis_rows, cell_rows, flip_rows, flips_of, loss_rows
from leverwise.ask.map_words import headline, refused, unclear, why
from leverwise.ask.planning.sizes import COSTLY, is_random, row_seconds
from leverwise.ask.schedules import Plan, chosen
from leverwise.ask.words import quantity
from leverwise.errors import ModelError, NoAnswerError, Problem

if TYPE_CHECKING:
    from leverwise.ask.model import Model, Progress

CELLS, CELLS_IF_COSTLY = 64, 36
"""At most, unless said otherwise."""
SAMPLES = 256
"""On which each cell is told, unless said otherwise."""


def map(
    model: Model,
    samples: int,
    seed: int,
    *,
    x: Asked | None = None,
    y: Asked | None = None,
    points: int | None = None,
    cells: int | None = None,
    plan: Plan | None = None,
    progress: Progress | None = None,
) -> Answer:
    """The lever whose removal costs most, for values of one input or two.

    `x` and `y` are text such as `money.start=$50k..$500k` or `star.talent.writing=1,2,4`, or {path: values}; if neither
    is given, money at the start and the principal's talent for the main task. A range has `points` points (5), with
    equal ratios if it spans more than a factor of 5; where the best lever of neighbours differs, cells between them are
    added as long as there are fewer than `cells` (64; 36 where runs
    are costly). `plan` is one to begin from, too.

    Gives tables cells {x, y, best_lever, impact, ...}, losses (what each lever is worth there), flips (neighbours
    with different advice) and axes; numbers most_leverage and least_leverage. Raises ModelError if an input is not
    there or is no number, NoAnswerError if nothing can be planned or no cell has a plan that holds.
    """
    begun = perf_counter()
    tell = progress or _silent
    if not model.system.decisions:
        raise NoAnswerError("the model has no decisions, so there is nothing to plan: add a lever or `decisions:`.")
    axes = _axes(model, x, y, points)
    tell(0.0, "reading the model at each cell")
    land = Land(model, axes, samples, seed)
    plan_all(land, _begun(model, plan), _most(model) if cells is None else cells, tell)
    told: Field = {at: land.told(at) for at in sorted(land.cells)}
    flips = flips_of(told, axes, land.mesh.sides())
    even, planned = _raster(told, axes, land.mesh)
    compiled = sum(cell.model.engine.compile_seconds for cell in land.cells.values())
    warnings = [
        *model.warnings,
        *held(next(iter(land.cells.values())).model.system),
        *refused(planned, even, {at: land.cells[at].refused for at, each in told.items() if each is None}),
    ]
    warnings += [*unclear(told, is_random(model.system)), *caveats.defaults(model.system)]
    run = perf_counter() - begun - compiled
    return Answer(
        question="map",
        headline=headline(planned, even),
        model=model.system.name,
        sha256=model.sha256,
        next=command("plan", model),
        numbers=_numbers(told),
        rows={
            "cells": cell_rows(told, axes),
            "losses": loss_rows(told, axes),
            "flips": flip_rows(flips, axes),
            "axes": axis_rows(axes),
        },
        charts=[chart(told, axes, land.mesh)],
        warnings=caveats.unique(warnings),
        provenance=model.provenance(seed, samples, {"compile": compiled, "run": max(0.0, run)}),
        units={"time": model.system.clock.unit.text},
        notes=(*why(told, flips), _how(told, samples)),
    )


def _axes(model: Model, x: Asked | None, y: Asked | None, points: int | None) -> list[Axis]:
    if points is not None and not 2 <= points <= MOST_POINTS:
        raise ModelError(Problem(f"a map has from 2 to {MOST_POINTS} points along an axis, not {points}", None))
    if model.origin is None:
        raise ModelError(Problem("a model made from a bare system has no inputs to vary", None, "load it from a file"))
    count = points or POINTS
    if x is None and y is not None:
        raise ModelError(Problem("--y is given without --x", None, "name the first input with --x"))
    if x is None:
        axes = default_axes(model, count)
    else:
        axes = [axis_of(name, asked, count) for name, asked in (("x", x), ("y", y)) if asked is not None]
    fail_if_same(axes)
    fail_if_not_numbers(model, axes)
    return axes


def _begun(model: Model, plan: Plan | None) -> Array | None:
    if plan is not None:
        return chosen(model, plan)[0]
    return chosen(model, None)[0] if any(each.use is not None for each in model.system.decisions) else None


def _numbers(told: Field) -> dict[str, Estimate]:
    """The leverage where it is largest and smallest."""
    found = [each.leverage["log10_leverage"] for each in told.values() if each and "log10_leverage" in each.leverage]
    if not found:
        return {}
    most, least = (pick(found, key=lambda estimate: estimate.p50) for pick in (max, min))
    return {"most_leverage": most, "least_leverage": least}


def _most(model: Model) -> int:
    return CELLS_IF_COSTLY if row_seconds(model.system) > COSTLY else CELLS


def _raster(told: Field, axes: Sequence[Axis], mesh: Mesh) -> tuple[list[Axis], dict[Place, str | None]]:
    """Even axes that hold all places of the map, and what is advised at each of their points by the cell there."""
    steps, belongs = mesh.raster()
    even = [axis.every(step) for axis, step in zip(axes, steps, strict=False)]
    return even, {point: advice(told[at]) for point, at in belongs.items()}


def _how(told: Field, samples: int) -> str:
    planned = [each.cell for each in told.values() if each is not None]
    anew = sum(len(cell.replanned) for cell in planned)
    plans = quantity(len(planned), "plans")
    return (
        f"{plans}, and {anew} more without a lever or without all of a kind; each is measured on the same {samples:,} "
        "fresh samples. Levers whose removal could not cost most were not planned anew without: what they are worth is "
        "then at most what is told."
    )


def _silent(share: float, doing: str) -> None:
    return None
