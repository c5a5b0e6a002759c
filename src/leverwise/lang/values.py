"""Reads the declared values: numbers, ranges and distributions; expressions of other values are passed on."""

from __future__ import annotations

import math
from dataclasses import dataclass

from leverwise.lang.context import Context, Read
from leverwise.lang.declarations import ValueDeclaration
from leverwise.lang.distributions import drawn, is_distribution, limited, scaled, typical
from leverwise.lang.resolve import TIME_NAME
from leverwise.lang.syntax import Apply, Literal, Reference, walk
from leverwise.lang.system import Distribution, Unit, Value
from leverwise.units import DIMENSIONLESS, amount

_TOLERANCE = 1e-9
_TINY = 1e-5
"""Lower limits below this only keep a number off 0."""


@dataclass(frozen=True)
class Expressed:
    """A value that is an expression of others, and the unit it must have if one is declared."""

    declaration: ValueDeclaration
    read: Read
    unit: Unit | None


def read_value(declaration: ValueDeclaration, context: Context) -> Value | Expressed | None:
    """The value in base units, or the expression it is; None after a problem."""
    name, before = declaration.name, len(context.problems)
    read = context.parse(declaration.value, name)
    unit = context.unit(declaration.unit, name, declaration.value.at) if declaration.unit else None
    if not is_distribution(read.node) and any(_refers(each, context) for each in walk(read.node)):
        resolved = Read(context.resolver.resolve(read.node, read.site), read.site)
        return Expressed(declaration, resolved, unit)
    found = drawn(read.node, read.site, context.constant)
    context.checker.known[name] = found.dimension if found else None
    if unit is not None:
        context.checker.known[name] = unit.dimension
    if found is None or len(context.problems) > before:
        return None
    distribution, shown = found.distribution, unit
    if unit is not None:
        share = found.dimension == DIMENSIONLESS and found.unit == "%"
        factor = context.fit(found.dimension, unit, () if share else declaration.understood)
        if factor is None:
            positive = declaration.low is not None and declaration.low >= 0
            context.misfit(
                read,
                f"`{declaration.called or name}`",
                unit,
                found.dimension,
                declaration.understood,
                positive=positive,
            )
            return None
        distribution = scaled(distribution, factor)
    elif found.unit and (written := context.units.parse(found.unit)).dimension == found.dimension:
        shown = written
    shown = shown or context.checker.shown(found.dimension)
    cut = _within_limits(declaration, distribution, shown, context.unit(found.unit, name), read)
    if cut is None:
        return None
    if cut.family == "constant":
        context.lowerer.constants[name] = cut.parameters[0]
    return Value(name, cut, shown, declaration.value.text.strip(), declaration.origin, declaration.key)


def _refers(node: object, context: Context) -> bool:
    """True for a reference to anything but a number such as pi."""
    if not isinstance(node, Reference):
        return False
    return node.name != "pi" or node.name == TIME_NAME or bool(node.subscripts)


def _within_limits(
    declaration: ValueDeclaration, distribution: Distribution, unit: Unit, written: Unit, read: Read
) -> Distribution | None:
    """The distribution cut off at the declared limits; None, reported, if its range reaches outside.

    That is told in the unit in which the value is written, if the limits are round numbers in it; of what has no
    dimension in plain numbers, as limits are.
    """
    unit = unit.of_limits
    low = float("-inf") if declaration.low is None else declaration.low * unit.factor
    high = float("inf") if declaration.high is None else declaration.high * unit.factor
    alike = bool(unit.dimension) and written.dimension == unit.dimension
    round_in = all(math.isinf(end) or _is_round(end / written.factor) for end in (low, high))
    told = written if alike and round_in else unit
    least, most = typical(distribution)
    slack = _TOLERANCE * max(abs(least), abs(most), 1e-300)
    if least < low - slack or most > high + slack:
        reached = least if least < low - slack else most
        read.site.report(
            None,
            f"`{declaration.called or declaration.name}` must be {_limits(low, high, told)}; "
            f"this reaches {_number(reached, told)}",
            _meant(read, reached, unit, low, high),
        )
        return None
    return distribution if distribution.family == "constant" else limited(distribution, low, high)


def _is_round(number: float) -> bool:
    """Whether three digits tell all of it."""
    return math.isclose(number, float(f"{number:.3g}"), rel_tol=1e-9)


def _meant(read: Read, reached: float, unit: Unit, low: float, high: float) -> str:
    """What a person may have meant by a number outside its limits: a range, or percent."""
    node, text = read.node, read.site.shown(read.node)
    if isinstance(node, Apply) and node.function == "-" and all(isinstance(each, Literal) for each in node.arguments):
        return f"a range is written `{' to '.join(map(read.site.shown, node.arguments))}`"
    if not unit.dimension and 0.9 < high <= 1 < reached <= 100 and "%" not in text:
        return f"write `{text} %` if it is percent"
    if reached < 0 <= high:
        return f"leave out the `-`, or begin {'at' if low <= 0 else 'above'} 0"
    return ""


def _limits(low: float, high: float, unit: Unit) -> str:
    if math.isfinite(low) and math.isfinite(high):
        return f"between {low / unit.factor:g} and {_number(high, unit)}"
    if 0 < low < _TINY:
        return "above 0"
    return f"at least {_number(low, unit)}" if math.isfinite(low) else f"at most {_number(high, unit)}"


def _number(value: float, unit: Unit) -> str:
    """A number in base units, told in a unit."""
    return amount(value / unit.factor, unit.text, 4)
