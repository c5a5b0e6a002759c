"""Drafts of all equations: every text resolved and lowered, not yet ordered and its units not yet known."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from leverwise.lang.context import Context, Read
from leverwise.lang.declarations import (
    EquationDeclaration,
    Origin,
    SeriesDeclaration,
    StockDeclaration,
    Term,
    Written,
)
from leverwise.lang.declared import Equations, Stocks
from leverwise.lang.functions import Maybe
from leverwise.lang.simplify import ONE, ZERO, balanced, call
from leverwise.lang.system import Call, Expression, Name, Unit
from leverwise.lang.unfold import Bindings, terms_for
from leverwise.lang.values import Expressed

MAX_POINTS = 100_000


@dataclass(frozen=True)
class Text:
    """A text that has been read: its resolved tree and its expression in base units."""

    read: Read
    expression: Expression

    def dimension(self, context: Context, report: bool = False) -> Maybe:
        """The unit's dimension as far as it can be inferred."""
        return context.checker.infer(self.read.node, self.read.site, report)


@dataclass
class AuxiliaryDraft:
    """An auxiliary: the texts that its expression combines, and what was declared about it."""

    name: str
    parts: tuple[Text, ...]
    expression: Expression
    unit: Unit | None
    origin: Origin
    product: bool = False
    low: float | None = None
    high: float | None = None
    value: Expressed | None = None


@dataclass
class StockDraft:
    """A stock of the author's: its texts and its expressions with the switch applied."""

    name: str
    declaration: StockDeclaration
    start: Text
    change: Text
    start_expression: Expression
    change_expression: Expression
    unit: Unit | None


@dataclass
class Drafts:
    """All stocks and auxiliaries, by name, in the order they were declared."""

    stocks: dict[str, StockDraft] = field(default_factory=dict)
    auxiliaries: dict[str, AuxiliaryDraft] = field(default_factory=dict)


def read_text(written: Written, owner: str, context: Context, bindings: Mapping[str, str] | None = None) -> Text:
    """The text resolved and lowered; problems are reported."""
    read = context.resolve(written, owner, bindings or {})
    return Text(read, context.lowerer.lower(read.node, read.site))


def draft(
    expressed: Iterable[Expressed],
    series: Iterable[SeriesDeclaration],
    stocks: Iterable[Stocks],
    equations: Iterable[Equations],
    context: Context,
) -> Drafts:
    """Drafts of everything that is computed."""
    made = Drafts()
    for value in expressed:
        declaration = value.declaration
        text = Text(value.read, context.lowerer.lower(value.read.node, value.read.site))
        limits = (None, None) if value.unit is None else (declaration.low, declaration.high)
        made.auxiliaries[declaration.name] = AuxiliaryDraft(
            declaration.name, (text,), text.expression, value.unit, declaration.origin, False, *limits, value=value
        )
    for each in series:
        made.auxiliaries[each.name] = _series(each, context)
    for group in stocks:
        stock = group.declaration
        unit = context.unit(stock.unit, stock.name, stock.start.at) if stock.unit else None
        for variable in group.variables:
            made.stocks[variable.name] = _stock(variable.name, stock, variable.bindings, unit, context)
    for family in equations:
        equation = family.declaration
        at = equation.terms[0].value.at if equation.terms else None
        unit = context.unit(equation.unit, equation.name, at) if equation.unit else None
        for variable in family.variables:
            made.auxiliaries[variable.name] = _equation(variable.name, equation, variable.bindings, unit, context)
    return made


def _series(declaration: SeriesDeclaration, context: Context) -> AuxiliaryDraft:
    times, values = declaration.times, declaration.values
    unit = context.unit(declaration.unit, declaration.name, declaration.at) if declaration.unit else Unit()
    problem = ""
    if not times or len(times) != len(values):
        problem = "needs as many values as times, and at least one"
    elif len(times) > MAX_POINTS:
        problem = f"has {len(times):,} points; {MAX_POINTS:,} are allowed"
    elif not all(map(math.isfinite, (*times, *values))):
        problem = "has a number that is not finite"
    elif any(not low < high for low, high in pairwise(times)):
        problem = "must have rising times"
    if problem:
        context.problems.add(f"the series `{declaration.name}` {problem}", declaration.at)
        return AuxiliaryDraft(declaration.name, (), ZERO, unit, declaration.origin)
    clock = context.checker.clock_unit.factor
    points = tuple(each * clock for each in times), tuple(each * unit.factor for each in values)
    return AuxiliaryDraft(declaration.name, (), Call("interpolate", (Name("t"),), points), unit, declaration.origin)


def _stock(
    name: str, declaration: StockDeclaration, bindings: Bindings, unit: Unit | None, context: Context
) -> StockDraft:
    start = read_text(declaration.start, name, context, bindings)
    change = read_text(declaration.change, name, context, bindings)
    start_expression, change_expression = start.expression, change.expression
    if declaration.switch:
        on = _switch(declaration.switch, name, context)
        start_expression = call("if", on, start_expression, ZERO)
        change_expression = call("if", on, change_expression, ZERO)
    return StockDraft(name, declaration, start, change, start_expression, change_expression, unit)


def _equation(
    name: str, declaration: EquationDeclaration, bindings: Bindings, unit: Unit | None, context: Context
) -> AuxiliaryDraft:
    texts, expressions = [], []
    for term in declaration.terms:
        for bound in terms_for(declaration, term, bindings, context.names, context.problems):
            text = read_text(term.value, name, context, bound)
            texts.append(text)
            expressions.append(_switched(text.expression, term, declaration.combine == "product", name, context))
    if declaration.combine == "is" and len(expressions) != 1:
        what = "has no equation" if not expressions else f"has {len(expressions)} equations"
        at = declaration.terms[0].value.at if declaration.terms else None
        context.problems.add(f"`{name}` {what}", at)
    product = declaration.combine == "product"
    neutral = ONE if product else ZERO
    combined = balanced("mul" if product else "add", expressions) if expressions else neutral
    return AuxiliaryDraft(
        name, tuple(texts), combined, unit, declaration.origin, product, declaration.low, declaration.high
    )


def _switched(expression: Expression, term: Term, product: bool, owner: str, context: Context) -> Expression:
    if not term.switch:
        return expression
    on = _switch(term.switch, owner, context)
    return call("if", on, expression, ONE if product else ZERO)


def _switch(switch: str, owner: str, context: Context) -> Expression:
    name = f"{switch}.on"
    if context.names.kinds.get(name) != "switch":
        context.problems.add(f"`{owner}` belongs to `{switch}`, which can't be switched")
    return Name(name)
