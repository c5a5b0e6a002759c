"""From checked drafts to the parts of a `System`: order, loops, constants, units for showing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace

from leverwise.errors import did_you_mean
from leverwise.lang.context import Context
from leverwise.lang.declarations import Declarations
from leverwise.lang.drafts import Drafts
from leverwise.lang.evaluate import NotConstantError, evaluate
from leverwise.lang.names import member_name
from leverwise.lang.order import ordered, shown
from leverwise.lang.syntax import Reference, TextError, parse
from leverwise.lang.system import Auxiliary, Expression, Stock, names_in, varies
from leverwise.units import times


def evaluation_order(drafts: Drafts, context: Context) -> list[str]:
    """The auxiliaries, each after those it needs; loops are reported."""
    graph = {
        name: [need for need in dict.fromkeys(names_in(each.expression)) if need in drafts.auxiliaries]
        for name, each in drafts.auxiliaries.items()
    }
    order, loops = ordered(graph, graph)
    for loop in loops:
        texts = drafts.auxiliaries[loop[0]].parts
        message = f"`{loop[0]}` needs itself at the same moment: {shown(loop)}"
        hint = "a stock, `smooth` or a delay in the loop would break it"
        if texts:
            texts[0].read.site.report(None, message, hint)
        else:
            context.problems.add(message, hint=hint)
    return order


def starting_order(drafts: Drafts, stocks: Sequence[Stock], context: Context) -> tuple[str, ...]:
    """The stocks and the auxiliaries they need, in the order in which they are known at the start."""
    needed: dict[str, list[str]] = {}
    starts = {stock.name: stock.start for stock in stocks}
    known = starts.keys() | drafts.auxiliaries.keys()
    for name, expression in (*starts.items(), *((each.name, each.expression) for each in drafts.auxiliaries.values())):
        needed[name] = [need for need in dict.fromkeys(names_in(expression)) if need in known]
    order, loops = ordered(needed, starts)
    for loop in loops:
        if not any(name in starts for name in loop):
            continue
        first = next(name for name in loop if name in starts)
        turned = loop[loop.index(first) : -1] + loop[: loop.index(first) + 1]
        message = f"the start of `{first}` needs itself: {shown(turned)}"
        if first in drafts.stocks:
            drafts.stocks[first].start.read.site.report(None, message, "start it with a plain value")
        else:
            context.problems.add(message, hint="give the function a start, as in `smooth(x, time, start)`")
    return tuple(order)


def finished_stocks(drafts: Drafts, context: Context) -> tuple[Stock, ...]:
    """The author's stocks, then the hidden ones."""
    made = []
    for draft in drafts.stocks.values():
        declaration = draft.declaration
        unit = draft.unit or context.checker.shown(context.checker.known[draft.name])
        made.append(
            Stock(
                draft.name,
                draft.start_expression,
                draft.change_expression,
                unit,
                "flow",
                _scaled(declaration.low, unit.of_limits.factor),
                _scaled(declaration.high, unit.of_limits.factor),
                _nudge(declaration.nudge, declaration.name, draft.name),
                False,
                declaration.origin,
            )
        )
    for hidden in context.lowerer.hidden:
        dimension = context.checker.infer(hidden.like, hidden.site)
        if dimension is not None and hidden.accumulates:
            dimension = times(dimension, context.checker.time)
        made.append(replace(hidden.stock, unit=context.checker.shown(dimension)))
    return tuple(made)


def finished_auxiliaries(
    drafts: Drafts, order: Sequence[str], nudged: frozenset[str], context: Context
) -> tuple[Auxiliary, ...]:
    """The auxiliaries in order. Those of plain numbers enter the context's constants.

    `nudged` names the capacities, which change in time when they are nudged.
    """
    made = []
    fixed = {each for each, kind in context.names.kinds.items() if kind == "value" and each not in drafts.auxiliaries}
    for name in order:
        draft = drafts.auxiliaries[name]
        constant = name not in nudged and _is_constant(draft.expression, fixed)
        if constant:
            fixed.add(name)
            with suppress(NotConstantError):
                context.lowerer.constants[name] = evaluate(draft.expression, context.lowerer.constants)
        elif draft.value is not None:
            changing = next((n for n in names_in(draft.expression) if n not in fixed), "a function of time")
            draft.value.read.site.report(
                None, f"`{name}` is a value, but needs `{changing}`, which is not", "write it under `equations:`"
            )
        unit = draft.unit or context.checker.shown(context.checker.known[name])
        limits = unit.of_limits.factor
        low, high = _scaled(draft.low, limits), _scaled(draft.high, limits)
        made.append(Auxiliary(name, draft.expression, unit, constant, low, high, draft.origin))
    return tuple(made)


def _is_constant(expression: Expression, fixed: set[str]) -> bool:
    return not varies(expression) and all(name in fixed for name in names_in(expression))


def capacities(declarations: Declarations, context: Context) -> tuple[tuple[str, str], ...]:
    """(resource, auxiliary) pairs; an equation over sets gives one resource per member."""
    made = []
    for resource, text in declarations.capacities:
        found = list(variables(text, context))
        if not found or any(context.names.kinds[name] not in ("equation", "value") for _, name in found):
            hint = did_you_mean(text, (name for name, kind in context.names.kinds.items() if kind == "equation"))
            context.problems.add(f"the capacity `{resource}` is to nudge `{text}`, which is no equation", hint=hint)
            continue
        made += [(" ".join((*members, resource)), name) for members, name in found]
    return tuple(made)


def records(declarations: Declarations, drafts: Drafts, context: Context) -> tuple[str, ...]:
    """The variables worth showing: those named, else all stocks and the author's own equations."""
    if not declarations.record:
        own = (name for name, each in drafts.auxiliaries.items() if not each.origin.mechanism and each.value is None)
        return (*drafts.stocks, *own)
    made = []
    for text in declarations.record:
        found = [name for _, name in variables(text, context)]
        if not found:
            context.problems.add(
                f"there is no `{text}` to record", hint=did_you_mean(text, context.names.candidates(""))
            )
        made += found
    return tuple(dict.fromkeys(made))


def variables(text: str, context: Context) -> Iterator[tuple[tuple[str, ...], str]]:
    """What a name such as `cash`, `hours[star]`, or the name of a whole family stands for: (members, name)."""
    try:
        node = parse(text, frozenset())
    except TextError:
        return
    if not isinstance(node, Reference):
        return
    name = node.name
    if node.subscripts:
        known = [each for each in node.subscripts if context.names.is_member(each)]
        if len(known) == len(node.subscripts):
            name = member_name(name, known)
    if name in context.names.kinds:
        yield (), name
    elif name in context.names.families:
        sets = context.names.families[name]
        for combination in _combinations(name, sets, context):
            yield combination, member_name(name, combination)


def _combinations(name: str, sets: Sequence[str], context: Context) -> Iterator[tuple[str, ...]]:
    scope = name.rpartition(".")[0]
    rows: list[tuple[str, ...]] = [()]
    for each in sets:
        rows = [(*row, one) for row in rows for one in context.names.members(each, scope) or ()]
    yield from (row for row in rows if member_name(name, row) in context.names.kinds)


def _scaled(limit: float | None, factor: float) -> float | None:
    return None if limit is None else limit * factor


def _nudge(resource: str, declared: str, name: str) -> str:
    """The resource's name; where a declaration stands for several stocks, each is a resource of its own."""
    if not resource or declared == name:
        return resource
    head, _, last = declared.rpartition(".")
    members = name[len(head) + bool(head) : -len(last) - 1]
    return f"{members.replace('.', ' ')} {resource}"
