"""How impact depends on decisions, read off the equations: linearly, or as a sum over single slots.

Only what can be read off counts: an answer of "no" may be wrong, an answer of "yes" is not. A decision is a function
of one slot at each time; what is added up over time is a sum over its slots.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from leverwise.lang.system import NAMING, Expression, Name, Number, Stock, System

CONSTANT = ""
FREE_OF_ARGUMENTS = ("noise", "time_step")
"""Functions that depend on no decision."""


@dataclass(frozen=True)
class Shape:
    """Whether something is linear in all slots, a sum of functions of single slots, a function of one slot.

    `of` is the decision whose slot that is, `CONSTANT` if there is none, None if it is not of one slot.
    """

    linear: bool
    separable: bool
    of: str | None

    @property
    def constant(self) -> bool:
        """Whether it depends on no decision."""
        return self.of == CONSTANT


NOTHING = Shape(linear=True, separable=True, of=CONSTANT)


def shape(system: System) -> Shape:
    """The shape of impact over the whole run."""
    parts = {item.name: item for item in system.auxiliaries}
    long = {decision.name for decision in system.decisions if decision.periods > 1}
    stocks = {stock.name: NOTHING for stock in system.stocks}
    decided = {d.name: Shape(linear=True, separable=True, of=d.name) for d in system.decisions}
    while True:
        known = stocks | decided
        for name, part in parts.items():
            known[name] = _held(_of(part.value, known), bounded=part.low is not None or part.high is not None)
        found = {stock.name: _stock(stock, known, long) for stock in system.stocks}
        if found == stocks:
            break
        stocks = found
    total = _over_time(_of(system.impact, known), long)
    return total if system.final is None else _sum([total, _of(system.final, known)])


def _stock(stock: Stock, known: dict[str, Shape], long: set[str]) -> Shape:
    summed = _sum([known[stock.name], _of(stock.start, known), _over_time(_of(stock.change, known), long)])
    bent = stock.kind != "flow" or stock.low is not None or stock.high is not None
    return _held(summed, bounded=bent)


def _over_time(shape: Shape, long: set[str]) -> Shape:
    """What comes of a shape that is added up over time: many slots, unless the decision has one period."""
    return Shape(shape.linear, shape.separable, None if shape.of in long else shape.of)


def _held(shape: Shape, *, bounded: bool) -> Shape:
    return _any([shape]) if bounded else shape


def _sum(shapes: Iterable[Shape]) -> Shape:
    shapes = list(shapes)
    return Shape(all(s.linear for s in shapes), all(s.separable for s in shapes), _owner(shapes))


def _any(shapes: Iterable[Shape]) -> Shape:
    """The shape of a function of which nothing is known."""
    owner = _owner(list(shapes))
    return Shape(linear=owner == CONSTANT, separable=owner is not None, of=owner)


def _owner(shapes: list[Shape]) -> str | None:
    owners = {shape.of for shape in shapes} - {CONSTANT}
    return CONSTANT if not owners else owners.pop() if len(owners) == 1 else None


def _of(node: Expression, known: dict[str, Shape]) -> Shape:
    if isinstance(node, Number):
        return NOTHING
    if isinstance(node, Name):
        return known.get(node.name, NOTHING)
    if node.function in FREE_OF_ARGUMENTS:
        return NOTHING
    parts = [_of(argument, known) for argument in node.arguments]
    if node.function in NAMING:
        named = known.get(str(node.static[0]), NOTHING)
        if node.function == "in_service":
            named = Shape(named.linear, named.separable, CONSTANT if named.constant else None)
        return _sum([named]) if all(part.constant for part in parts) else Shape(linear=False, separable=False, of=None)
    if node.function in ("add", "sub", "neg"):
        return _sum(parts)
    if node.function == "mul" and any(part.constant for part in parts):
        return _sum(parts)
    if node.function == "div" and parts[1].constant:
        return parts[0]
    if node.function == "if" and parts[0].constant:
        return _sum(parts[1:])
    if node.function == "delay_fixed":
        return Shape(parts[0].linear, parts[0].separable, CONSTANT if parts[0].constant else None)
    return _any(parts)
