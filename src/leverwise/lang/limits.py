"""Limits on what levers cost: `spending(media) <= $50k` in all, `spending(crew) <= 30k $/month` in every period.

Also how a limit on money in hand is written, which is no limit on decisions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from leverwise.errors import did_you_mean
from leverwise.lang.context import Context, Read
from leverwise.lang.declarations import DecisionDeclaration, Written
from leverwise.lang.functions import COMPARISONS, Maybe
from leverwise.lang.problems import locate
from leverwise.lang.site import Site
from leverwise.lang.syntax import Apply, Literal, Node, Reference, walk
from leverwise.lang.system import LinearConstraint, Unit
from leverwise.units import DIMENSIONLESS, MONEY, per

SPENDING = "spending"
CASH = Reference("cash")
FLOOR = "cash_floor"
"""Money in hand, and what it must not fall below, where the model has these."""
MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "=="}
SIGNS = {"<": (1,), "<=": (1,), ">": (-1,), ">=": (-1,), "==": (1, -1)}


def names_alone(node: Node, decisions: Mapping[str, DecisionDeclaration], site: Site) -> bool:
    """Whether a limit says `spending` without saying of what, which is reported."""
    for part in walk(node):
        if part == Reference(SPENDING) and SPENDING not in decisions:
            costly = [each.switch or name for name, each in decisions.items() if each.costs is not None]
            levers = list(dict.fromkeys(costly))
            own = f", `{_call(levers[:1])}` for that of one" if levers else ""
            site.report(part, "this does not say whose spending", f"write `spending()` for that of all levers{own}")
            return True
    return False


def is_spending(node: Node) -> bool:
    """Whether a limit, as written, is on spending."""
    return any(_names_spending(part) for part in walk(node))


def read_spending(
    written: Written, read: Read, decisions: Mapping[str, DecisionDeclaration], context: Context, owner: str
) -> list[LinearConstraint]:
    """The limits that one text with `spending(...)` on one side stands for; what can't be read is reported."""
    node, site = read.node, read.site
    if not isinstance(node, Apply) or node.function not in COMPARISONS or node.function == "!=":
        site.report(node, "a limit on spending is a comparison", "write for example `spending(media) <= $50k`")
        return []
    (left, right), comparison = node.arguments, node.function
    if not _names_spending(left):
        left, right, comparison = right, left, MIRRORED[comparison]
    if is_spending(right) or not (isinstance(left, Apply) and _names_spending(left)):
        hint = "write for example `spending(media) <= $50k`"
        if any(isinstance(side, Apply) and side.function == "+" for side in (left, right)):
            added = [name for part in walk(node) if _names_spending(part) for name in _named(part)]
            hint = f"write `{_call(added)}` for what they cost together"
        site.report(node, "a limit compares spending with a number", hint)
        return []
    names = _decisions(left, decisions, site)
    found = context.constant(right, site)
    if not names or found is None:
        return []
    time = context.checker.time
    rate = per(MONEY, time) if time else None
    if found.dimension not in ((MONEY, rate) if time else (DIMENSIONLESS, None)):
        _unfit(right, site, found.dimension, context)
        return []
    text, at = " ".join(written.text.split()), locate(written, 0, len(written.text))
    each = bool(time) and found.dimension == rate
    unit = written_unit((right,), found.dimension, context)
    return [
        LinearConstraint(
            text,
            tuple((name, float(sign)) for name in names),
            sign * found.value + 0.0,
            each,
            spending=True,
            unit=unit,
            at=at,
        )
        for sign in SIGNS[comparison]
    ]


def hint_of_floor(read: Read, context: Context) -> str:
    """How to write this limit if it is one below which money in hand must not fall, and the model has a floor."""
    node = read.node
    if not isinstance(node, Apply) or node.function not in COMPARISONS or context.names.find(FLOOR, "") is None:
        return ""
    (left, right), comparison = node.arguments, node.function
    if right == CASH:
        left, right, comparison = right, left, MIRRORED.get(comparison, comparison)
    if left != CASH or comparison not in (">", ">="):
        return ""
    hint = "what money must not fall below is `money.floor`"
    fixed = all(
        isinstance(part, Literal) or (isinstance(part, Apply) and part.function in "+-*/") for part in walk(right)
    )
    if not fixed or context.checker.infer(right, read.site, report=False) != MONEY:
        return hint
    return f"{hint}: write `floor: {read.site.shown(right)}` in `money`"


def written_unit(sides: Sequence[Node], dimension: Maybe, context: Context) -> Unit:
    """The unit of the first number of this dimension in what is written, or how such a number is shown otherwise."""
    for part in (part for side in sides for part in walk(side)):
        if isinstance(part, Literal) or (isinstance(part, Apply) and part.unit):
            unit = context.units.parse(part.unit)
            if unit.dimension == (dimension or DIMENSIONLESS):
                return unit
    return context.checker.shown(dimension)


def _unfit(node: Node, site: Site, found: Maybe, context: Context) -> None:
    """Reports what spending is compared with if that is no money."""
    shown, what = site.shown(node), context.checker.text(found or DIMENSIONLESS)
    if not context.checker.time:
        site.report(node, f"spending must be a plain number here, but `{shown}` is {what}", kind="unit")
        return
    number = shown if isinstance(node, Literal) and not node.unit else "50k"
    rate = context.checker.clock_unit.text or "month"
    hint = f"write `${number}` for all of the time together, or `${number}/{rate}` for every period"
    site.report(node, f"spending must be in $ or in $/{rate}, but `{shown}` is {what}", hint, kind="unit")


def _named(node: Node) -> list[str]:
    return [each.name for each in node.arguments if isinstance(each, Reference)] if isinstance(node, Apply) else []


def _call(names: Sequence[str]) -> str:
    return f"spending({', '.join(names)})"


def _names_spending(node: Node) -> bool:
    return isinstance(node, Apply) and node.function == SPENDING


def _decisions(node: Apply, decisions: Mapping[str, DecisionDeclaration], site: Site) -> Sequence[str]:
    """The decisions with a cost that the arguments name, by themselves or by lever; all if there are no arguments."""
    costly = {name: each for name, each in decisions.items() if each.costs is not None}
    if not node.arguments:
        return tuple(costly)
    chosen: list[str] = []
    for argument in node.arguments:
        name = argument.name if isinstance(argument, Reference) else ""
        mine = [each for each, decision in costly.items() if name and name in (each, decision.switch)]
        if not mine:
            known = sorted({*costly, *(each.switch for each in costly.values() if each.switch)})
            there = name in decisions or any(each.switch == name for each in decisions.values())
            what = f"nothing that `{name}` decides costs money" if there else "spending is of levers or decisions"
            site.report(
                argument, what, did_you_mean(name, known) or f"those that cost money: {', '.join(known) or 'none'}"
            )
            return ()
        chosen += mine
    return tuple(dict.fromkeys(chosen))
