"""Expressions worked out on the host, at the start of the run: what one unit of a decision costs.

The engine runs whole models; this is for the few numbers a planner needs before any run. Time-varying
names take their value at the start, drawn values one number per sample.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from leverwise.ask.planning.projection import Array
from leverwise.lang.system import Expression, Name, Number, System

OPERATIONS: Mapping[str, Callable[..., Array | float]] = {
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "div": lambda a, b: a / b,
    "pow": lambda a, b: a**b,
    "neg": lambda a: -a,
    "lt": lambda a, b: a < b,
    "le": lambda a, b: a <= b,
    "gt": lambda a, b: a > b,
    "ge": lambda a, b: a >= b,
    "eq": lambda a, b: a == b,
    "ne": lambda a, b: a != b,
    "and": np.logical_and,
    "or": np.logical_or,
    "not": np.logical_not,
    "if": np.where,
    "min": lambda *parts: np.minimum.reduce(np.broadcast_arrays(*parts)),
    "max": lambda *parts: np.maximum.reduce(np.broadcast_arrays(*parts)),
    "abs": np.abs,
    "exp": np.exp,
    "ln": np.log,
    "log10": np.log10,
    "sqrt": np.sqrt,
    "floor": np.floor,
    "mod": np.mod,
    "logistic": lambda x: 1 / (1 + np.exp(-x)),
}


class UnknownError(Exception):
    """The expression uses something that is only known in a run."""


def at_start(expression: Expression, system: System, drawn: Mapping[str, Array]) -> Array:
    """The expression's value at the start, per sample (n,) or one number. Raises UnknownError."""
    auxiliaries = {item.name: item.value for item in system.auxiliaries}
    stocks = {item.name: item.start for item in system.stocks}
    known: dict[str, Array] = {name: np.asarray(values) for name, values in drawn.items()}
    known |= {v.name: np.asarray(v.distribution.parameters[0]) for v in system.values if not v.drawn}
    known |= {d.name: np.asarray(d.start) for d in system.decisions}
    known["t"] = np.asarray(0.0)
    switches = {switch if switch.endswith(".on") else f"{switch}.on" for switch in system.switches}

    def evaluate(node: Expression) -> Array:
        if isinstance(node, Number):
            return np.asarray(node.value)
        if isinstance(node, Name):
            if node.name not in known:
                if node.name in switches:
                    known[node.name] = np.asarray(1.0)
                elif node.name in auxiliaries:
                    known[node.name] = evaluate(auxiliaries[node.name])
                elif node.name in stocks:
                    known[node.name] = evaluate(stocks[node.name])
                else:
                    raise UnknownError(node.name)
            return known[node.name]
        if node.function not in OPERATIONS:
            raise UnknownError(node.function)
        arguments = [evaluate(argument) for argument in node.arguments]
        with np.errstate(all="ignore"):
            return np.asarray(OPERATIONS[node.function](*arguments), dtype=float)

    return evaluate(expression)
