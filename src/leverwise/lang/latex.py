"""Expressions as LaTeX, for pages that show equations: fractions, powers, sums over sets, names in roman type.

Only what is written is set; nothing is simplified or reordered. `render.py` writes the same trees as text.
"""

from __future__ import annotations

from leverwise.lang.render import STRENGTH, number
from leverwise.lang.syntax import Apply, Literal, Loop, Node, Pair, Reference

Rendered = tuple[str, int]
_ATOM = 10
_SIGNS = {
    "+": " + ",
    "-": " - ",
    "*": r" \cdot ",
    "<": " < ",
    "<=": r" \le ",
    ">": " > ",
    ">=": r" \ge ",
    "==": " = ",
    "!=": r" \ne ",
    "and": r" \text{ and } ",
    "or": r" \text{ or } ",
    "to": r" \text{ to } ",
}
_BETWEEN = {"abs": ("|", "|"), "floor": (r"\lfloor ", r" \rfloor"), "sqrt": (r"\sqrt{", "}")}
_KNOWN = frozenset({"min", "max", "exp", "ln", "sin", "cos", "tan"})
_LOOPS = {"sum": r"\sum", "prod": r"\prod", "min": r"\min", "max": r"\max"}
_ESCAPED = str.maketrans({"$": r"\$", "%": r"\%", "_": " "})


def latex(node: Node) -> str:
    r"""A syntax tree as LaTeX.

    >>> from leverwise.lang.syntax import parse
    >>> print(latex(parse("hours/(1 + staff)^2", frozenset())))
    \frac{\text{hours}}{\left(1 + \text{staff}\right)^{2}}
    """
    return _of(node)[0]


def terms(node: Node) -> list[str]:
    r"""The terms of a sum, each with its sign, for equations that are too long for one line; of all else a single one.

    >>> from leverwise.lang.syntax import parse
    >>> print(*terms(parse("a - b*c", frozenset())))
    \text{a} - \text{b} \cdot \text{c}
    """
    if not isinstance(node, Apply) or node.function not in ("+", "-"):
        return [latex(node)]
    first, last = node.arguments
    strength = STRENGTH[node.function] + (node.function == "-")
    return [*terms(first), f"{node.function} {_bracketed(_of(last), strength)}"]


def name(text: str, subscripts: tuple[str, ...] = ()) -> str:
    r"""A variable's name: `crew.novice_hours[task]` is *novice hours* with the subscripts *crew, task*."""
    *before, last = text.split(".")
    if before and last == "given":  # what the author gave, rather than what comes of it
        before, last = [*before[:-1], last], before[-1]
    below = ", ".join(_roman(each) for each in (*before, *subscripts))
    return _roman(last) + (f"_{{{below}}}" if below else "")


def _roman(text: str) -> str:
    return rf"\text{{{text.translate(_ESCAPED)}}}"


def _of(node: Node) -> Rendered:
    if isinstance(node, Literal):
        return _literal(node)
    if isinstance(node, Reference):
        return name(node.name, node.subscripts), _ATOM
    if isinstance(node, Pair):
        return rf"\left({latex(node.first)},\, {latex(node.second)}\right)", _ATOM
    if isinstance(node, Loop):
        below = ", ".join(_roman(each) for each in node.sets)
        return f"{_LOOPS[node.function]}_{{{below}}} {_bracketed(_of(node.body), STRENGTH['*'])}", STRENGTH["+"]
    if node.function in STRENGTH:
        return _operator(node)
    return _call(node)


def _literal(node: Literal) -> Rendered:
    digits, _, power = number(node.value).partition("e")
    if power:
        digits = rf"{digits} \cdot 10^{{{int(power)}}}".removeprefix(r"1 \cdot ")
    if not node.unit:
        return digits, STRENGTH["*"] if power else _ATOM
    unit = node.unit.removeprefix("1") if node.unit.startswith("1/") else node.unit
    return rf"{digits}\,{_roman(unit)}", STRENGTH["*"]


def _operator(node: Apply) -> Rendered:
    symbol, parts = node.function, node.arguments
    strength = STRENGTH[symbol]
    if symbol == "if":
        condition, yes, no = (latex(part) for part in parts)
        return rf"\begin{{cases}} {yes} & \text{{if }} {condition} \\ {no} & \text{{else}} \end{{cases}}", strength
    if symbol in ("neg", "not"):
        sign = "-" if symbol == "neg" else r"\text{not } "
        return sign + _bracketed(_of(parts[0]), strength), strength
    left, right = (_of(part) for part in parts)
    if symbol == "/":
        return rf"\frac{{{left[0]}}}{{{right[0]}}}", STRENGTH["neg"]
    if symbol == "^":
        return f"{_bracketed(left, _ATOM)}^{{{right[0]}}}", strength
    first = _bracketed(left, strength + (symbol in _UNCHAINED))
    return first + _SIGNS[symbol] + _bracketed(right, strength + (symbol not in ("+", "*"))), strength


_UNCHAINED = ("to", "<", "<=", ">", ">=", "==", "!=")


def _call(node: Apply) -> Rendered:
    arguments = r",\, ".join(latex(part) for part in node.arguments)
    if node.function in _BETWEEN:
        opening, closing = _BETWEEN[node.function]
        return f"{opening}{arguments}{closing}", _ATOM
    called = rf"\{node.function}" if node.function in _KNOWN else _roman(node.function)
    unit = rf"\,{_roman(node.unit)}" if node.unit else ""
    return rf"{called}\left({arguments}\right){unit}", _ATOM


def _bracketed(rendered: Rendered, least: int) -> str:
    words, strength = rendered
    return words if strength >= least else rf"\left({words}\right)"
