"""Expressions to JAX: what each variable is at one time, given the stocks and the inputs of a step.

A `Moment` is one place in time at which auxiliaries are read, in order, each once. Nothing here steps in
time (see `step`), and nothing here runs: these functions are traced.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from jax import lax

from leverwise.engine.guards import fence
from leverwise.engine.layout import Layout
from leverwise.engine.ops import Ops, Rows, spread
from leverwise.engine.workshop import Hours
from leverwise.lang.system import Call, Expression, Name, Number, Workshop


@dataclass
class Given:
    """What is fixed during a step, besides the stocks: inputs that `Moment` needs for special calls."""

    start: Rows
    """Time at which the step starts."""
    first: Mapping[str, Rows] = field(default_factory=dict)
    """By decision: true in the first step of its period."""
    opening: Mapping[str, Rows] = field(default_factory=dict)
    """The stocks at the start of the step."""
    noise: Mapping[str, Rows] = field(default_factory=dict)
    service: Mapping[Call, Rows] = field(default_factory=dict)
    """In service, where the life is constant."""
    bought: Mapping[str, tuple[Rows, ...]] = field(default_factory=dict)
    """By decision: the value of each period, for lives that vary."""
    delayed: Mapping[str, Rows] = field(default_factory=dict)
    capacity: Mapping[str, Rows] = field(default_factory=dict)
    """By auxiliary: the nudge added to it."""


class Moment:
    """The variables at one time. `names` holds what is known and grows as auxiliaries are read."""

    def __init__(self, layout: Layout, ops: Ops, names: Mapping[str, Rows], given: Given, step: Rows) -> None:
        self.layout, self.ops, self.given = layout, ops, given
        self.names = dict(names)
        self.index = step
        self.inputs: dict[str, Rows] = {}
        """What goes into each fixed delay now."""
        self._workshops: dict[tuple[object, ...], Rows] = {}

    def read(self, wanted: frozenset[str]) -> None:
        """Evaluate the wanted auxiliaries that aren't known yet, in the system's order."""
        for auxiliary in self.layout.system.auxiliaries:
            if auxiliary.name in wanted and auxiliary.name not in self.names:
                self.read_one(auxiliary.name, auxiliary.value)

    def read_one(self, name: str, expression: Expression) -> None:
        """Evaluate one auxiliary and add its nudge."""
        value = self.number(expression)
        if name in self.given.capacity:
            value = lax.add(value, self.given.capacity[name])
        self.names[name] = value if name in self.layout.unfenced else fence(value)

    def number(self, expression: Expression) -> Rows:
        """The value of an expression as a number."""
        return self.ops.real(self.value(expression))

    def truth(self, expression: Expression) -> Rows:
        """The value of an expression as a condition."""
        return self.ops.truth(self.value(expression))

    def value(self, expression: Expression) -> Rows:
        """The value of an expression: a number, or a boolean from a comparison."""
        if isinstance(expression, Number):
            return self.ops.number(expression.value)
        if isinstance(expression, Name):
            return self.names[expression.name]
        function, arguments = expression.function, expression.arguments
        if function == "neg" and isinstance(arguments[0], Number):
            return self.ops.number(-arguments[0].value)
        if function in self.ops.table:
            return self.ops.table[function](*(self.number(a) for a in arguments))
        if function == "pow":
            return self.ops.pow(*(self.number(a) for a in arguments))
        if function in self.ops.logic:
            return self.ops.logic[function](*(self.number(a) for a in arguments))
        return self._special(expression)

    def _special(self, call: Call) -> Rows:
        arguments, static, ops = call.arguments, call.static, self.ops
        match call.function:
            case "if":
                return ops.where(self.truth(arguments[0]), self.number(arguments[1]), self.number(arguments[2]))
            case "and" | "or":
                join = lax.bitwise_and if call.function == "and" else lax.bitwise_or
                result = self.truth(arguments[0])
                for argument in arguments[1:]:
                    result = join(result, self.truth(argument))
                return result
            case "not":
                return lax.bitwise_not(self.truth(arguments[0]))
            case "interpolate":
                return ops.interpolate(self.number(arguments[0]), _floats(static[0]), _floats(static[1]))
            case "time_step":
                return ops.number(self.layout.system.clock.step)
            case "noise":
                return self.given.noise[str(static[0])]
            case "delay_fixed":
                return self._delayed(call)
            case "at_start":
                name = str(static[0])
                rate = lax.div(self.names[name], ops.number(self.layout.system.clock.step))
                return ops.where(self.given.first[name], rate, ops.number(0))
            case "opening":
                return self.given.opening.get(str(static[0]), self.names.get(str(static[0])))
            case "in_service":
                return self._in_service(call)
            case "throughput" | "allotment":
                return self._workshop(call)
        raise LookupError(f"the engine has no function `{call.function}`")

    def _delayed(self, call: Call) -> Rows:
        key = str(call.static[0])
        if key not in self.inputs:
            self.inputs[key] = self.number(call.arguments[0])
        return self.given.delayed[key](self.inputs[key])

    def _in_service(self, call: Call) -> Rows:
        if call in self.given.service:
            return self.given.service[call]
        name, life = str(call.static[0]), self.number(call.arguments[0])
        clock = self.layout.system.clock
        decision = next(d for d in self.layout.system.decisions if d.name == name)
        total: Rows = self.ops.number(0)
        amounts = tuple(self.names[str(held)] for held in call.static[1:]) or self.given.bought[name]
        for period, amount in enumerate(amounts):
            since = period * decision.steps_per_period * clock.step
            part = fraction_in_service(self.ops, self.ops.number(since), self.given.start, life, clock.step)
            begun = lax.ge(self.index, np.int32(period * decision.steps_per_period))
            total = lax.add(total, self.ops.where(begun, lax.mul(amount, part), self.ops.number(0)))
        return total

    def _workshop(self, call: Call) -> Rows:
        shop = call.static[0]
        assert isinstance(shop, Workshop)
        ops = self.ops
        if call.function == "throughput":
            return Hours(ops, shop, [self.number(a) for a in call.arguments]).output()
        worker, task = int(str(call.static[1])), int(str(call.static[2]))
        found = self._workshops.get((call.arguments, shop))
        if found is None:
            group = Hours(ops, shop, [self.number(a) for a in call.arguments])
            found = group.allotment(group.rest[:-1], group.rest[-1])
            self._workshops[call.arguments, shop] = found
        return found.get((worker, task), ops.number(0))


def fraction_in_service(ops: Ops, since: Rows, start: Rows, life: Rows, step: float) -> Rows:
    """The part of the step beginning at `start` that falls before `since + life`."""
    left = lax.sub(lax.add(life, spread(since, np.shape(life))), start)
    return lax.clamp(ops.number(0), lax.mul(left, ops.number(1 / step)), ops.number(1))


def _floats(points: Any) -> tuple[float, ...]:
    return tuple(float(x) for x in points)
