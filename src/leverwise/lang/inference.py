"""Finds the unit of every variable, then checks every text against it.

Units are inferred round by round, because a stock that starts at 0 has its unit from its change, which
may need the stock itself. A stock that stays unknown is a plain number.
"""

from __future__ import annotations

from collections.abc import Sequence

from leverwise.lang.context import Context
from leverwise.lang.drafts import AuxiliaryDraft, Drafts, StockDraft
from leverwise.lang.functions import Maybe
from leverwise.lang.simplify import call
from leverwise.lang.system import Number
from leverwise.units import DIMENSIONLESS, per, times


def infer(drafts: Drafts, order: Sequence[str], context: Context) -> None:
    """Enters the dimension of every stock and auxiliary in the checker."""
    known = context.checker.known
    for name, stock in drafts.stocks.items():
        known[name] = stock.unit.dimension if stock.unit else None
    for name, auxiliary in drafts.auxiliaries.items():
        known[name] = auxiliary.unit.dimension if auxiliary.unit else None
    stocks = [stock for stock in drafts.stocks.values() if stock.unit is None]
    auxiliaries = [drafts.auxiliaries[name] for name in order if drafts.auxiliaries[name].unit is None]
    _rounds(stocks, auxiliaries, context)
    unknown = [stock for stock in stocks if known[stock.name] is None]
    if unknown:
        known.update({stock.name: DIMENSIONLESS for stock in unknown})
        _rounds([], auxiliaries, context)


def _rounds(stocks: Sequence[StockDraft], auxiliaries: Sequence[AuxiliaryDraft], context: Context) -> None:
    known = context.checker.known
    names = [*(each.name for each in stocks), *(each.name for each in auxiliaries)]
    while True:
        waiting = sum(known[name] is None for name in names)
        for stock in stocks:
            if known[stock.name] is None:
                known[stock.name] = _of_stock(stock, context)
        for auxiliary in auxiliaries:
            if known[auxiliary.name] is None:
                known[auxiliary.name] = _combined(auxiliary, context)
        left = sum(known[name] is None for name in names)
        if left == 0 or left == waiting:
            return


def _of_stock(stock: StockDraft, context: Context) -> Maybe:
    start = stock.start.dimension(context)
    if start is not None:
        return start
    change = stock.change.dimension(context)
    return None if change is None else times(change, context.checker.time)


def _combined(auxiliary: AuxiliaryDraft, context: Context) -> Maybe:
    found = [part.dimension(context) for part in auxiliary.parts]
    if auxiliary.product:
        product: Maybe = DIMENSIONLESS
        for each in found:
            product = None if product is None or each is None else times(product, each)
        return product
    return next((each for each in found if each is not None), None)


def check(drafts: Drafts, context: Context) -> None:
    """Reports every text whose unit is not what it must be, or does not fit in itself."""
    for stock in drafts.stocks.values():
        _check_stock(stock, context)
    for auxiliary in drafts.auxiliaries.values():
        if auxiliary.value is not None:
            _check_value(auxiliary, context)
        else:
            _check_auxiliary(auxiliary, context)


def _check_stock(stock: StockDraft, context: Context) -> None:
    checker = context.checker
    wanted = checker.known[stock.name] or DIMENSIONLESS
    start = stock.start.dimension(context, report=True)
    checker.must_be(stock.start.read.node, wanted, start, stock.start.read.site, f"the start of `{stock.name}`")
    change = stock.change.dimension(context, report=True)
    what = f"the change of `{stock.name}`, which is {checker.text(wanted)},"
    checker.must_be(stock.change.read.node, per(wanted, checker.time), change, stock.change.read.site, what)


def _check_auxiliary(auxiliary: AuxiliaryDraft, context: Context) -> None:
    checker = context.checker
    found = [part.dimension(context, report=True) for part in auxiliary.parts]
    wanted = checker.known[auxiliary.name]
    if wanted is None:
        return
    if auxiliary.product and wanted:
        product = _combined(auxiliary, context)
        if product is not None and product != wanted:
            last = auxiliary.parts[-1].read
            last.site.report(
                None,
                f"`{auxiliary.name}` must be {checker.text(wanted)}, but its factors make {checker.text(product)}",
                kind="unit",
            )
        return
    for part, dimension in zip(auxiliary.parts, found, strict=True):
        checker.must_be(part.read.node, wanted, dimension, part.read.site, f"`{auxiliary.name}`")


def _check_value(auxiliary: AuxiliaryDraft, context: Context) -> None:
    """A value that is an expression: parts of its unit may be left out, which multiplies it."""
    assert auxiliary.value is not None
    part = auxiliary.parts[0]
    found = part.dimension(context, report=True)
    if auxiliary.unit is None:
        return
    understood = auxiliary.value.declaration.understood
    factor = context.fit(found, auxiliary.unit, understood)
    if factor is None:
        context.misfit(part.read, f"`{auxiliary.name}`", auxiliary.unit, found, understood)
    elif factor != 1.0:
        auxiliary.expression = call("mul", auxiliary.expression, Number(factor))
