"""What goes into a chunk: inputs that stay, and those that change by step, worked out before the first step."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from jax import lax

from leverwise.engine.compile import Given, Moment, fraction_in_service, is_constant
from leverwise.engine.layout import Layout
from leverwise.engine.ops import Ops, Rows, spread


class Inputs(NamedTuple):
    """What a chunk is run with. C constants, D draws, K decision slots, M switches, R resources, J noises, n rows."""

    constants: Any
    """(C,)"""
    draws: Any
    """(D, n)"""
    index: Any
    """(n,) uint32: numbers of the samples, for noise"""
    decisions: Any
    """(K, n)"""
    switches: Any
    """(M, n), 0 or 1"""
    nudges: Any
    """(R, P, n), or None"""
    keys: Any
    """(J, 2) uint32"""


def fixed_inputs(layout: Layout, ops: Ops, inputs: Inputs) -> dict[str, Rows]:
    """What does not change in time: values, switches and constant auxiliaries."""
    names: dict[str, Rows] = {v.name: row_of(inputs.constants, i) for i, v in enumerate(layout.constants)}
    names |= {v.name: row_of(inputs.draws, i) for i, v in enumerate(layout.drawn)}
    names |= {f"{name}.on": row_of(inputs.switches, i) for i, name in enumerate(layout.system.switches)}
    moment = Moment(layout, ops, names, Given(ops.number(0)), None)
    moment.read(frozenset(a.name for a in layout.system.auxiliaries if a.constant))
    return moment.names


def paths(layout: Layout, ops: Ops, inputs: Inputs, fixed: Mapping[str, Rows], rows: int) -> dict[str, Any]:
    """What differs from step to step, first axis time."""
    clock = layout.system.clock
    total = layout.steps
    spans = np.full(total + 1, clock.step, ops.dtype)
    spans[total] = 0.0
    steps: dict[str, Any] = {
        "number": np.arange(total + 1, dtype=np.int32),
        "time": layout.times.astype(ops.dtype),
        "span": spans,
        "first": layout.first_step,
    }
    periods = {}
    for decision in layout.system.decisions:
        slot = layout.slots[decision.name]
        block = lax.slice_in_dim(inputs.decisions, slot.start, slot.stop)
        if decision.switch:
            block = lax.mul(block, lax.broadcast_in_dim(fixed[f"{decision.switch}.on"], block.shape, (1,)))
        periods[decision.name] = block
        keep = decision.after == "hold" or not clock.tail
        path = _hold(block, decision.steps_per_period, clock.steps, total + 1, keep)
        steps[f"decision {decision.name}"] = path
    steps |= _services(layout, ops, fixed, periods, rows)
    for number, name in enumerate(layout.resources):
        if inputs.nudges is not None:
            block = lax.index_in_dim(inputs.nudges, number, 0, keepdims=False)
            path = _hold(block, layout.steps_per_nudge, clock.steps, total + 1, not clock.tail)
            if number < len(layout.stock_resources):
                begins = (np.arange(total + 1) % layout.steps_per_nudge == 0) & (np.arange(total + 1) < clock.steps)
                mask = begins.astype(ops.dtype)
                path = lax.mul(path, lax.broadcast_in_dim(mask, path.shape, (0,)))
            steps[f"nudge {name}"] = path
    return steps


def _services(
    layout: Layout, ops: Ops, fixed: Mapping[str, Rows], periods: Mapping[str, Rows], rows: int
) -> dict[str, Any]:
    """Purchases in service in each step, for lives that are constant."""
    clock = layout.system.clock
    found: dict[str, Any] = {}
    for place, call in enumerate(layout.services):
        if not is_constant(layout, call.arguments[0]):
            continue
        moment = Moment(layout, ops, fixed, Given(ops.number(0)), None)
        shape = (layout.steps + 1, rows)
        life = spread(moment.number(call.arguments[0]), (rows,))
        life = lax.broadcast_in_dim(life, shape, (1,))
        start = lax.broadcast_in_dim(layout.times.astype(ops.dtype), shape, (0,))
        name = str(call.static[0])
        decision = next(d for d in layout.system.decisions if d.name == name)
        total: Rows = lax.full(shape, 0, ops.dtype)
        for period in range(decision.periods):
            first = period * decision.steps_per_period
            part = fraction_in_service(ops, first * clock.step, start, life, clock.step)
            begun = (np.arange(layout.steps + 1) >= first).astype(ops.dtype)
            amount = lax.broadcast_in_dim(row_of(periods[name], period), shape, (1,))
            part = lax.mul(part, lax.broadcast_in_dim(begun, shape, (0,)))
            total = lax.add(total, lax.mul(amount, part))
        found[f"service {place}"] = total
    return found


def row_of(table: Any, row: int) -> Rows:
    """One row of a table, the first axis dropped."""
    return lax.index_in_dim(table, row, 0, keepdims=False)


def _hold(block: Rows, length: int, horizon: int, total: int, keep: bool) -> Rows:
    """(P, n) values per period as (total, n) values per step; after the horizon the last value or 0."""
    periods, rows = block.shape
    path = lax.reshape(lax.broadcast_in_dim(block, (periods, length, rows), (0, 2)), (periods * length, rows))
    path = lax.slice_in_dim(path, 0, min(horizon, periods * length))
    rest = total - path.shape[0]
    last = lax.slice_in_dim(path, path.shape[0] - 1, path.shape[0])
    after = lax.broadcast_in_dim(last, (rest, rows), (0, 1)) if keep else lax.full((rest, rows), 0, path.dtype)
    return lax.concatenate([path, after], 0)
