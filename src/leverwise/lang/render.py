"""Expressions as text that a person can read: of the equation system, and of syntax trees as written."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from leverwise.lang.syntax import Literal, Loop, Node, Pair, Reference
from leverwise.lang.system import NAMING, Expression, Name, Number, Workshop

_SYMBOLS = {
    "add": "+",
    "sub": "-",
    "mul": "*",
    "div": "/",
    "pow": "^",
    "lt": "<",
    "le": "<=",
    "gt": ">",
    "ge": ">=",
    "eq": "==",
    "ne": "!=",
}
STRENGTH = {
    "to": 0,
    "if": 1,
    "or": 2,
    "and": 3,
    "not": 4,
    **dict.fromkeys(("<", "<=", ">", ">=", "==", "!="), 5),
    **dict.fromkeys("+-", 6),
    **dict.fromkeys("*/", 7),
    "neg": 8,
    "^": 9,
}
"""How strongly operators bind, from weakest to strongest."""
_ATOM = 10
_NOISES = {"normal": "noise()", "uniform": "noise_uniform(0, 1)"}

Part = TypeVar("Part")


def text(expression: Expression) -> str:
    """An expression of the equation system in the language's own notation; numbers are in base units.

    >>> text(Call("mul", (Name("price"), Call("add", (Number(1.0), Name("x"))))))
    'price*(1 + x)'
    """
    return _of_expression(expression)[0]


def source(node: Node) -> str:
    """A syntax tree as text that parses to the same tree."""
    return _of_node(node)[0]


Rendered = tuple[str, int]


def _of_expression(expression: Expression) -> Rendered:
    if isinstance(expression, Number):
        return number(expression.value), _ATOM if expression.value >= 0 else STRENGTH["neg"]
    if isinstance(expression, Name):
        return expression.name, _ATOM
    if expression.function == "noise":
        return _NOISES[str(expression.static[1])], _ATOM
    parts = expression.arguments
    symbol = _SYMBOLS.get(expression.function, expression.function)
    if symbol in STRENGTH and symbol != "to":
        return _operator(symbol, parts, _of_expression)
    names = [_of_expression(part)[0] for part in parts]
    if expression.function == "interpolate":
        xs, ys = expression.static
        names += [f"({x:g}, {y:g})" for x, y in zip(xs, ys, strict=True)]  # type: ignore[call-overload]
        return f"table({', '.join(names)})", _ATOM
    fixed = [_fixed(each) for each in expression.static]
    if expression.function in NAMING:
        return f"{expression.function}({', '.join((*fixed, *names))})", _ATOM
    return f"{expression.function}({', '.join((*names, *fixed))})", _ATOM


def _fixed(value: object) -> str:
    if isinstance(value, Workshop):
        return f"{len(value.workers)} workers, {len(value.tasks)} tasks"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _of_node(node: Node) -> Rendered:
    if isinstance(node, Literal):
        return _literal(node), STRENGTH["neg"] if node.unit else _ATOM
    if isinstance(node, Reference):
        return node.name + (f"[{', '.join(node.subscripts)}]" if node.subscripts else ""), _ATOM
    if isinstance(node, Loop):
        return f"{node.function}({source(node.body)} for {', '.join(node.sets)})", _ATOM
    if isinstance(node, Pair):
        return f"({source(node.first)}, {source(node.second)})", _ATOM
    if node.function in STRENGTH:
        return _operator(node.function, node.arguments, _of_node)
    unit = f" {node.unit}" if node.unit else ""
    return f"{node.function}({', '.join(source(each) for each in node.arguments)}){unit}", STRENGTH[
        "neg"
    ] if unit else _ATOM


def _literal(node: Literal) -> str:
    digits = number(node.value)
    if not node.unit:
        return digits
    return digits + node.unit[1:] if node.unit.startswith("1/") else f"{digits} {node.unit}"


def number(value: float) -> str:
    """A plain number, with all its digits."""
    if value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return repr(value)


def _operator(symbol: str, parts: tuple[Part, ...], render: Callable[[Part], Rendered]) -> Rendered:
    strength = STRENGTH[symbol]
    if symbol == "if":
        condition, yes, no = (_bracketed(render(part), 1 + (n < 2)) for n, part in enumerate(parts))
        return f"if {condition} then {yes} else {no}", strength
    if symbol in ("neg", "not"):
        return ("-" if symbol == "neg" else "not ") + _bracketed(render(parts[0]), strength), strength
    if len(parts) != 2:
        pieces = [_bracketed(render(part), strength + 1) for part in parts]
        return (f" {symbol} " if symbol != "*" else "*").join(pieces), strength
    right_to_left = symbol == "^"
    unchained = symbol in ("to", "<", "<=", ">", ">=", "==", "!=")
    left = _bracketed(render(parts[0]), strength + (right_to_left or unchained))
    right = _bracketed(render(parts[1]), strength + (not right_to_left))
    if right_to_left and render(parts[1])[1] == STRENGTH["neg"]:
        right = render(parts[1])[0]
    gap = "" if symbol in "*/^" else " "
    return f"{left}{gap}{symbol}{gap}{right}", strength


def _bracketed(rendered: Rendered, least: int) -> str:
    words, strength = rendered
    return words if strength >= least else f"({words})"
