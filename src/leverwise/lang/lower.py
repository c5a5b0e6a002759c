"""From resolved, checked expressions to those of the equation system, in base units.

Functions with a memory become hidden stocks, one for each different use; functions of time are written
out; literals are converted.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal as Choice

from leverwise.lang.evaluate import NotConstantError, evaluate
from leverwise.lang.functions import OPERATORS
from leverwise.lang.simplify import ONE, ZERO, balanced, call
from leverwise.lang.site import Site
from leverwise.lang.syntax import Apply, Literal, Node, Reference
from leverwise.lang.system import Call, Expression, Name, Number, Stock
from leverwise.units import Units

_TIME = Name("t")
_HIDDEN = frozenset({"integral", "total", "lowest", "highest", "smooth", "delay1", "delay3"})


@dataclass(frozen=True)
class Hidden:
    """A stock made by a function; `like` is the node whose unit it has, once per time if `accumulates`."""

    stock: Stock
    like: Node
    site: Site
    accumulates: bool


@dataclass
class Lowerer:
    """Lowers the texts of one model; `hidden` collects the stocks that they need."""

    units: Units
    constants: dict[str, float] = field(default_factory=dict)
    taken: set[str] = field(default_factory=set)
    hidden: list[Hidden] = field(default_factory=list)
    _shared: dict[tuple[str, tuple[Expression, ...]], Expression] = field(default_factory=dict)
    _keys: dict[str, int] = field(default_factory=dict)

    def lower(self, node: Node, site: Site) -> Expression:
        """The expression in base units."""
        if isinstance(node, Literal):
            return Number(node.value * self.units.parse(node.unit).factor)
        if isinstance(node, Reference):
            return Name(node.name)
        assert isinstance(node, Apply)
        arguments = [self.lower(argument, site) for argument in node.arguments]
        if node.function in OPERATORS:
            operator = OPERATORS[node.function]
            return (
                balanced(operator, arguments) if len(arguments) > 2 and operator != "if" else call(operator, *arguments)
            )
        if node.function in _HIDDEN:
            return self._with_memory(node, arguments, site)
        special = getattr(self, "_" + node.function, None) if node.function in _SPECIAL else None
        if special is not None:
            made: Expression = special(node, arguments, site)
            return made
        return Call(node.function, tuple(arguments), node.fixed) if node.fixed else call(node.function, *arguments)

    def _table(self, node: Apply, arguments: list[Expression], site: Site) -> Expression:
        numbers = [
            self._fixed(part, value, site) for part, value in zip(node.arguments[1:], arguments[1:], strict=True)
        ]
        xs, ys = tuple(numbers[::2]), tuple(numbers[1::2])
        if any(not low < high for low, high in pairwise(xs)) and all(map(math.isfinite, numbers)):
            site.report(node, "the first numbers of a table's points must rise")
        return Call("interpolate", (arguments[0],), (xs, ys))

    def _delay_fixed(self, node: Apply, arguments: list[Expression], site: Site) -> Expression:
        lag = self._fixed(node.arguments[1], arguments[1], site)
        start = self._fixed(node.arguments[2], arguments[2], site)
        if lag <= 0:
            site.report(node.arguments[1], "the delay must be longer than 0")
        return Call("delay_fixed", (arguments[0],), (self._key(site.owner, "delay_fixed"), lag, start))

    def _noise(self, node: Apply, arguments: list[Expression], site: Site) -> Expression:
        fresh = Call("noise", (), (self._key(site.owner, "noise"), "normal"))
        return call("mul", arguments[0], fresh) if arguments else fresh

    def _noise_uniform(self, node: Apply, arguments: list[Expression], site: Site) -> Expression:
        low, high = arguments
        fresh = Call("noise", (), (self._key(site.owner, "noise"), "uniform"))
        return call("add", low, call("mul", call("sub", high, low), fresh))

    def _step(self, node: Apply, arguments: list[Expression], site: Site) -> Expression:
        return call("mul", arguments[0], _after(arguments[1]))

    def _pulse(self, node: Apply, arguments: list[Expression], site: Site) -> Expression:
        start, duration = arguments
        return call("sub", _after(start), _after(call("add", start, duration)))

    def _ramp(self, node: Apply, arguments: list[Expression], site: Site) -> Expression:
        passed = _since(arguments[1])
        if len(arguments) == 3:
            passed = call("sub", passed, _since(arguments[2]))
        return call("mul", arguments[0], passed)

    def _in_service(self, node: Apply, arguments: list[Expression], site: Site) -> Expression:
        return Call("in_service", (arguments[1],), (_named(node),))

    def _at_start(self, node: Apply, arguments: list[Expression], site: Site) -> Expression:
        return Call("at_start", (), (_named(node),))

    def _opening(self, node: Apply, arguments: list[Expression], site: Site) -> Expression:
        return Call("opening", (), (_named(node),))

    def _with_memory(self, node: Apply, arguments: list[Expression], site: Site) -> Expression:
        function = "integral" if node.function == "total" else node.function
        key = (function, tuple(arguments))
        if key not in self._shared:
            self._shared[key] = self._remembered(function, node, arguments, site)
        return self._shared[key]

    def _remembered(self, function: str, node: Apply, arguments: list[Expression], site: Site) -> Expression:
        x, like = arguments[0], node.arguments[0]
        if function == "integral":
            return self._stock(function, like, site, ZERO, lambda _: x, accumulates=True)
        if function in ("lowest", "highest"):
            return self._stock(function, like, site, x, lambda _: x, kind=function)  # type: ignore[arg-type]
        time = arguments[1]
        start = arguments[2] if len(arguments) == 3 else x
        if function == "smooth":
            return self._stock(function, like, site, start, lambda own: call("div", call("sub", x, own), time))
        orders = 3 if function == "delay3" else 1
        part = call("div", time, Number(float(orders)))
        flow = x
        for _ in range(orders):
            inflow = flow

            def change(own: Name, inflow: Expression = inflow) -> Expression:
                return call("sub", inflow, call("div", own, part))

            level = self._stock(function, like, site, call("mul", start, part), change, accumulates=True)
            flow = call("div", level, part)
        return flow

    def _stock(
        self,
        function: str,
        like: Node,
        site: Site,
        start: Expression,
        change: Callable[[Name], Expression],
        accumulates: bool = False,
        kind: Choice["flow", "lowest", "highest"] = "flow",
    ) -> Name:
        own = Name(self._key(site.owner, function))
        stock = Stock(own.name, start, change(own), self.units.parse(""), kind, hidden=True)
        self.hidden.append(Hidden(stock, like, site, accumulates))
        return own

    def _key(self, owner: str, function: str) -> str:
        """A name for what a function makes, which depends on its variable and count alone."""
        while True:
            count = self._keys[owner + function] = self._keys.get(owner + function, 0) + 1
            name = f"{owner}.{function}" + (f".{count}" if count > 1 else "")
            if name not in self.taken:
                self.taken.add(name)
                return name

    def _fixed(self, node: Node, value: Expression, site: Site) -> float:
        try:
            found = evaluate(value, self.constants)
        except NotConstantError as error:
            site.report(node, f"one fixed number is needed here; `{error.name}` varies")
            return math.nan
        if not math.isfinite(found):
            site.report(node, "this is not a number")
        return found


_SPECIAL = frozenset(
    {"table", "delay_fixed", "noise", "noise_uniform", "step", "pulse", "ramp", "in_service", "at_start", "opening"}
)


def arithmetic(node: Node) -> Expression:
    """An expression of numbers without units, for an exponent. Raises `NotConstantError` for anything else."""
    if isinstance(node, Literal) and not node.unit:
        return Number(node.value)
    if isinstance(node, Apply) and node.function in ("+", "-", "*", "/", "^", "neg") and len(node.arguments) <= 2:
        return call(OPERATORS[node.function], *(arithmetic(argument) for argument in node.arguments))
    raise NotConstantError("exponent")


def _after(start: Expression) -> Expression:
    return Call("crossed", (_TIME, start, ONE))


def _since(start: Expression) -> Expression:
    return call("max", ZERO, call("sub", _TIME, start))


def _named(node: Apply) -> str:
    first = node.arguments[0]
    assert isinstance(first, Reference)
    return first.name
