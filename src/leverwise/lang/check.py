"""Infers and checks units through resolved expressions; a mismatch shows both sides.

A dimension of None fits anywhere: the number 0 has it, and, while units are still being inferred, every
variable whose unit is not known yet.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from leverwise.lang.evaluate import NotConstantError, evaluate
from leverwise.lang.functions import COMPARISONS, FUNCTIONS, Maybe
from leverwise.lang.lower import arithmetic
from leverwise.lang.site import Site
from leverwise.lang.syntax import Apply, Literal, Node, Reference
from leverwise.lang.system import Unit, Workshop
from leverwise.units import DIMENSIONLESS, Dimension, Units, describe, in_number, per, raised, times


@dataclass
class Checker:
    """The units of one model. `known` maps every variable to its dimension, as far as it is known."""

    units: Units
    time: Dimension
    clock_unit: Unit = field(default_factory=Unit)
    known: dict[str, Maybe] = field(default_factory=dict)

    def infer(self, node: Node, site: Site, report: bool = False) -> Maybe:
        """The dimension of an expression; problems are reported if asked."""
        if isinstance(node, Literal):
            if not node.unit:
                return DIMENSIONLESS if node.value else None
            return self.units.parse(node.unit).dimension
        if isinstance(node, Reference):
            return self.known.get(node.name)
        if not isinstance(node, Apply):
            raise TypeError(f"{type(node).__name__} is not resolved")
        found = tuple(self.infer(argument, site, report) for argument in node.arguments)
        call = _Call(self, node, site, found, self.time, report)
        if node.function in FUNCTIONS:
            return FUNCTIONS[node.function].units(call)
        return _operator(call)

    def text(self, dimension: Dimension) -> str:
        """A dimension for a sentence: `in $/month`, or that there is no unit."""
        shown = describe(dimension, self.clock_unit.text or "month")
        return f"in {in_number(shown, one=False)}" if shown else "a plain number"

    def shown(self, dimension: Maybe) -> Unit:
        """The unit in which a number of this dimension is shown: base units, and time in that of the step."""
        dimension = dimension or DIMENSIONLESS
        factor = 1.0
        if self.clock_unit.text:
            for name, power in dimension:
                factor *= self.clock_unit.factor**power if name == "time" else 1.0
        return Unit(describe(dimension, self.clock_unit.text or "month"), factor, dimension)

    def must_be(self, node: Node, wanted: Dimension, found: Maybe, site: Site, what: str) -> None:
        """Reports if a whole text has another unit than the one declared."""
        if found is not None and found != wanted:
            site.report(
                node, f"{what} must be {self.text(wanted)}, but `{site.shown(node)}` is {self.text(found)}", kind="unit"
            )


@dataclass(frozen=True)
class _Call:
    """The arguments of one call, as unit rules see them."""

    checker: Checker
    node: Apply
    site: Site
    dimensions: tuple[Maybe, ...]
    time: Dimension
    reporting: bool

    def same(self, *positions: int) -> Maybe:
        chosen = positions or range(len(self.dimensions))
        first: int | None = None
        for position in chosen:
            found = self.dimensions[position]
            if found is None:
                continue
            if first is None:
                first = position
            elif found != self.dimensions[first]:
                self._mismatch(first, position)
                return self.dimensions[first]
        return None if first is None else self.dimensions[first]

    def must_be(self, position: int, wanted: Dimension) -> None:
        found = self.dimensions[position] if position < len(self.dimensions) else None
        if found is not None and found != wanted:
            argument = self.node.arguments[position]
            self.report(
                position,
                f"`{self.site.shown(argument)}` is {self.checker.text(found)}, "
                f"but {_use(self.node.function)} needs {self._needed(wanted)} here",
                "" if wanted else "divide it by a number with the same unit",
            )

    def report(self, position: int, message: str, hint: str = "") -> None:
        if self.reporting:
            self.site.report(self.node.arguments[position], message, hint, kind="unit")

    def _needed(self, wanted: Dimension) -> str:
        return f"a number {self.checker.text(wanted)}" if wanted else "a plain number"

    def _mismatch(self, first: int, second: int) -> None:
        if not self.reporting:
            return
        left, right = self.node.arguments[first], self.node.arguments[second]
        one, two = self.dimensions[first] or DIMENSIONLESS, self.dimensions[second] or DIMENSIONLESS
        hint = ""
        for node, own, other in ((left, one, two), (right, two, one)):
            if isinstance(node, Literal) and not own:
                unit = describe(other, self.checker.clock_unit.text or "month")
                hint = f"give the number its unit: `{self.site.shown(node)} {unit}`"
        ends = [node.value for node in (left, right) if isinstance(node, Literal)]
        if self.node.function == "-" and len(ends) == 2 and ends[0] < ends[1]:
            hint = f"a range is written `{self.site.shown(left)} to {self.site.shown(right)}`"
        self.site.report(
            self.node,
            f"{_purpose(self.node.function)}: `{self.site.shown(left)}` is {self.checker.text(one)}, "
            f"but `{self.site.shown(right)}` is {self.checker.text(two)}",
            hint,
            kind="unit",
        )


_PURPOSES: Mapping[str, str] = {
    "+": "these can't be added",
    "-": "these can't be subtracted",
    "if": "both branches of `if` must have the same unit",
}


def _purpose(function: str) -> str:
    if function in COMPARISONS:
        return "these can't be compared"
    return _PURPOSES.get(function, f"`{function}` needs the same unit throughout")


def _use(function: str) -> str:
    return {"and": "`and`", "or": "`or`", "not": "`not`", "if": "the condition of `if`", "^": "an exponent"}.get(
        function, f"`{function}`"
    )


def _operator(call: _Call) -> Maybe:
    name, found = call.node.function, call.dimensions
    if name in ("+", "-", "min", "max", "neg"):
        return call.same()
    if name == "*":
        product: Maybe = DIMENSIONLESS
        for each in found:
            product = None if product is None or each is None else times(product, each)
        return product
    if name == "/":
        return None if found[0] is None or found[1] is None else per(found[0], found[1])
    if name in COMPARISONS:
        call.same()
        return DIMENSIONLESS
    if name == "if":
        call.must_be(0, DIMENSIONLESS)
        return call.same(1, 2)
    if name == "^":
        return _power(call)
    if name == "throughput":
        return _workshop(call, allotment=False)
    if name == "allotment":
        return _workshop(call, allotment=True)
    for position in range(len(found)):
        call.must_be(position, DIMENSIONLESS)
    return DIMENSIONLESS


def _power(call: _Call) -> Maybe:
    call.must_be(1, DIMENSIONLESS)
    base = call.dimensions[0]
    if not base:
        return base
    try:
        exponent = evaluate(arithmetic(call.node.arguments[1]))
    except NotConstantError:
        exponent = 0.5
    if not exponent.is_integer() or abs(exponent) > 12:
        shown = call.site.shown(call.node.arguments[0])
        call.report(
            1,
            f"`{shown}` is {call.checker.text(base)}, so its exponent must be a whole number as text, up to 12",
            f"divide by a number with the same unit first: `({shown}/reference)^...`"
            + ("; or write `sqrt(...)`" if exponent == 0.5 else ""),
        )
        return None
    return raised(base, exponent)


def _workshop(call: _Call, allotment: bool) -> Maybe:
    shop = call.node.fixed[0]
    assert isinstance(shop, Workshop)
    tasks, workers = len(shop.tasks), len(shop.workers)
    effort = call.same(*range(tasks)) if tasks else None
    hours = call.same(*range(tasks, tasks + workers + 1))
    output = None if effort is None or hours is None else per(hours, effort)
    after = tasks + workers + 1
    if output is not None:
        for position in range(after, after + tasks):
            call.must_be(position, output)
    if not allotment:
        return output
    for position in range(after + tasks, len(call.dimensions) - 1):
        call.must_be(position, DIMENSIONLESS)
    if output is not None:
        call.must_be(len(call.dimensions) - 1, output)
    return hours
