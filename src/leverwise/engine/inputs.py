"""What goes into a chunk: inputs that stay, and those that change by step, worked out before the first step."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from jax import lax

from leverwise.engine.compile import Given, Moment, fraction_in_service
from leverwise.engine.layout import Layout
from leverwise.engine.ops import Ops, Rows, rows_of, spread
from leverwise.lang.system import Call


class Inputs(NamedTuple):
    """What a chunk is run with. C constants, D draws, K decision slots, M switches, R resources, J noises, n rows."""

    constants: Any
    """(C,)"""
    draws: Any
    """(D, n)"""
    index: Any
    """(n,) uint32: numbers of the samples, for noise"""
    decisions: Any
    """(K, n), or (K,) where they are the same for all rows"""
    switches: Any
    """(M, n), 0 or 1"""
    nudges: Any
    """(R, P, n), or None"""
    keys: Any
    """(J, 2) uint32"""


def values(layout: Layout, inputs: Inputs) -> dict[str, Rows]:
    """Values and switches by name.

    Asked anew inside each loop: a row that is read where it is used costs nothing, one that is brought in is copied.
    """
    switches = [f"{name}.on" for name in layout.system.switches]
    tables = ((layout.constants, inputs.constants), (layout.drawn, inputs.draws))
    names = {v.name: row for some, table in tables for v, row in zip(some, rows_of(table), strict=True)}
    return names | dict(zip(switches, rows_of(inputs.switches), strict=True))


def constants(layout: Layout, ops: Ops, inputs: Inputs) -> dict[str, Rows]:
    """Auxiliaries that do not change in time."""
    known = values(layout, inputs)
    moment = Moment(layout, ops, known, Given(ops.number(0)), None)
    moment.read(frozenset(a.name for a in layout.system.auxiliaries if a.constant))
    return {name: rows for name, rows in moment.names.items() if name not in known}


def paths(
    layout: Layout, ops: Ops, inputs: Inputs, fixed: Mapping[str, Rows], segment: int
) -> tuple[dict[str, Any], dict[str, Any]]:
    """What differs from step to step, first axis time, and what does from segment to segment of so many steps.

    By step: `services` (T+1, v, n), and which nudges act. By segment: `decisions` (S, d, n), or (S, d) if shared, in
    the order of `Layout.by_period`, and `nudges` (S, R, n). Steps of no length at the final time fill the last segment.
    """
    clock, resources = layout.system.clock, layout.resources
    segments, shared = -(-(layout.steps + 1) // segment), np.ndim(inputs.decisions) == 1
    total = segments * segment
    number = np.minimum(np.arange(total, dtype=np.int32), np.int32(layout.steps))
    times, moving = layout.times[number], np.arange(total) < layout.steps
    acts = np.ones((total, len(resources)), ops.dtype)
    begins = moving & (number % layout.steps_per_nudge == 0) & (number < clock.steps)
    acts[:, : len(layout.stock_resources)] = begins[:, None]
    steps: dict[str, Any] = {
        "number": number,
        "time": times.astype(ops.dtype),
        "span": np.where(moving, clock.step, 0.0).astype(ops.dtype),
        "first": layout.first_step[number] & moving[:, None],
    }
    services = [_service(layout, ops, fixed, inputs, call, times, number) for call in layout.steady_services]
    if services:
        steps["services"] = lax.concatenate([lax.expand_dims(path, (1,)) for path in services], 1)
    slow: dict[str, Any] = {}
    chosen = lax.expand_dims(inputs.decisions, (1,)) if shared else inputs.decisions
    horizon, held = clock.steps // segment, []
    for group in layout.by_period:
        blocks = [lax.slice_in_dim(chosen, slot.start, slot.stop) for slot in (layout.slots[d.name] for d in group)]
        block = lax.reshape(lax.concatenate(blocks, 0), (len(group), group[0].periods, chosen.shape[1]))
        keep = group[0].after == "hold" or not clock.tail
        held.append(_hold(block, group[0].steps_per_period // segment, horizon, segments, keep))
    if held:
        path = lax.concatenate(held, 1)
        slow["decisions"] = lax.squeeze(path, (2,)) if shared else path
    if inputs.nudges is not None and resources:
        steps["acts"] = acts
        slow["nudges"] = _hold(inputs.nudges, layout.steps_per_nudge // segment, horizon, segments, not clock.tail)
    return steps, slow


def decided(layout: Layout, names: Mapping[str, Rows], x: Mapping[str, Any]) -> dict[str, Rows]:
    """The decisions of one step, 0 where their lever is off."""
    order = [decision for group in layout.by_period for decision in group]
    rows = rows_of(x["decisions"]) if order else []
    return {
        d.name: lax.mul(row, names[f"{d.switch}.on"]) if d.switch else row for d, row in zip(order, rows, strict=True)
    }


def nudged(layout: Layout, x: Mapping[str, Any]) -> dict[str, Rows]:
    """The nudge of each resource in one step, if there are any."""
    if "nudges" not in x:
        return {}
    acting = zip(layout.resources, rows_of(x["nudges"]), rows_of(x["acts"]), strict=True)
    return {name: lax.mul(rows, acts) for name, rows, acts in acting}


def _service(
    layout: Layout, ops: Ops, fixed: Mapping[str, Rows], inputs: Inputs, call: Call, times: Any, number: Any
) -> Rows:
    """(T+1, n) purchases in service in each step, for a life that is constant."""
    clock = layout.system.clock
    names = values(layout, inputs) | dict(fixed)
    decision = next(d for d in layout.system.decisions if d.name == str(call.static[0]))
    slot = layout.slots[decision.name]
    shape = (len(times), inputs.index.shape[0])
    life = spread(Moment(layout, ops, names, Given(ops.number(0)), None).number(call.arguments[0]), shape[1:])
    life = lax.broadcast_in_dim(life, shape, (1,))
    start = lax.broadcast_in_dim(times.astype(ops.dtype), shape, (0,))
    firsts = np.arange(decision.periods) * decision.steps_per_period

    def period(total: Rows, now: Any) -> tuple[Rows, None]:
        amount, first = now
        since = lax.mul(lax.convert_element_type(first, ops.dtype), ops.number(clock.step))
        part = fraction_in_service(ops, since, start, life, clock.step)
        begun = lax.convert_element_type(lax.ge(number, first), ops.dtype)
        part = lax.mul(part, lax.broadcast_in_dim(begun, shape, (0,)))
        return lax.add(total, lax.mul(lax.broadcast_in_dim(amount, shape, (1,)), part)), None

    amounts = lax.slice_in_dim(inputs.decisions, slot.start, slot.stop)
    if amounts.ndim == 1:
        amounts = lax.broadcast_in_dim(amounts, (amounts.shape[0], shape[1]), (0,))
    if decision.switch:
        amounts = lax.mul(amounts, lax.broadcast_in_dim(names[f"{decision.switch}.on"], amounts.shape, (1,)))
    total, _ = lax.scan(period, lax.full(shape, 0, ops.dtype), (amounts, firsts.astype(np.int32)))
    return total


def _hold(block: Rows, length: int, horizon: int, total: int, keep: bool) -> Rows:
    """(g, P, n) values per period as (total, g, n) per step; after the horizon the last value or 0."""
    group, periods, rows = block.shape
    shape = (periods, length, group, rows)
    path = lax.reshape(
        lax.broadcast_in_dim(lax.transpose(block, (1, 0, 2)), shape, (0, 2, 3)), (periods * length, group, rows)
    )
    path = lax.slice_in_dim(path, 0, min(horizon, periods * length))
    rest = total - path.shape[0]
    last = lax.slice_in_dim(path, path.shape[0] - 1, path.shape[0])
    after = (
        lax.broadcast_in_dim(last, (rest, group, rows), (0, 1, 2))
        if keep
        else lax.full((rest, group, rows), 0, path.dtype)
    )
    return lax.concatenate([path, after], 0)
