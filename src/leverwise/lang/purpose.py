"""Reads what the model is for: impact, its final value and discount, and the measures."""

from __future__ import annotations

import math
from dataclasses import dataclass

from leverwise.lang.context import Context
from leverwise.lang.declarations import Declarations, MeasureDeclaration, Written
from leverwise.lang.drafts import Text, read_text
from leverwise.lang.simplify import ZERO
from leverwise.lang.syntax import Literal
from leverwise.lang.system import Expression, Measure, Unit
from leverwise.units import TIME, per, raised, times

_MONTHS_PER_YEAR = 12.0


@dataclass(frozen=True)
class Impact:
    """The rate of impact and its final value, as drafted."""

    rate: Text | None
    final: Text | None
    declared: str

    @property
    def expression(self) -> Expression:
        """The rate of impact in base units."""
        return ZERO if self.rate is None else self.rate.expression


def read_impact(declarations: Declarations, context: Context) -> Impact:
    """Impact and final value; without an impact the rate is 0."""
    rate = None if declarations.impact is None else read_text(declarations.impact, "impact", context)
    final = None if declarations.final is None else read_text(declarations.final, "final", context)
    return Impact(rate, final, declarations.impact_unit)


def check_impact(impact: Impact, context: Context) -> Unit:
    """The unit of the impact added up over time. It may be declared, for the sum or for the rate."""
    checker = context.checker
    rate = None if impact.rate is None else impact.rate.dimension(context, report=True)
    total = None if rate is None else times(rate, checker.time)
    final = None if impact.final is None else impact.final.dimension(context, report=True)
    unit = None
    if impact.declared:
        declared = context.unit(impact.declared, "impact")
        if total is None or declared.dimension == total:
            unit = declared
        elif declared.dimension != rate and impact.rate is not None:
            node, site = impact.rate.read.node, impact.rate.read.site
            checker.must_be(node, per(declared.dimension, checker.time), rate, site, "the impact per time")
    if unit is None:
        unit = checker.shown(total if total is not None else final)
    if impact.final is not None and (total is not None or impact.declared):
        checker.must_be(impact.final.read.node, unit.dimension, final, impact.final.read.site, "the final value")
    return unit


def discount_rate(written: Written | None, context: Context) -> float:
    """The continuous rate per base unit of time: `5 %/year` weighs by 1.05 to the power of minus t/year."""
    if written is None:
        return 0.0
    read = context.parse(written, "discount")
    rate = context.quantity(
        written, "discount", Unit("%", 0.01, raised(context.checker.time, -1.0)), what="the discount"
    )
    if rate is None:
        return 0.0
    length = _compounding(read.node, context)
    growth = 1 + rate.value * length
    if growth <= 0:
        read.site.report(None, "the discount must be more than -100 %")
        return 0.0
    return math.log(growth) / length


def _compounding(node: object, context: Context) -> float:
    """The length of time after which a rate is compounded: the one in its unit, else a year."""
    if not context.checker.time:
        return 1.0
    if isinstance(node, Literal):
        for word in node.unit.split("/")[1:]:
            unit = context.units.parse(word)
            if unit.dimension == TIME:
                return unit.factor
    return _MONTHS_PER_YEAR


def read_measures(declarations: Declarations, context: Context) -> list[tuple[MeasureDeclaration, Text]]:
    """The measures' texts; names that stand twice are reported."""
    found = []
    names: set[str] = {"impact"}
    for declaration in declarations.measures:
        if declaration.name in names:
            context.problems.add(f"the measure `{declaration.name}` is declared twice", declaration.value.at)
        names.add(declaration.name)
        found.append((declaration, read_text(declaration.value, declaration.name, context)))
    return found


def finished_measure(declaration: MeasureDeclaration, text: Text, context: Context) -> Measure:
    """The measure with its unit checked."""
    found = text.dimension(context, report=True)
    if not declaration.unit:
        return Measure(declaration.name, text.expression, context.checker.shown(found))
    unit = context.unit(declaration.unit, declaration.name)
    context.checker.must_be(text.read.node, unit.dimension, found, text.read.site, f"`{declaration.name}`")
    return Measure(declaration.name, text.expression, unit)
