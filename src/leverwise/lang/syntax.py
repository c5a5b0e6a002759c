"""From text to a syntax tree, and nothing more: no name is looked up and no unit is weighed.

`parse(text, units)` needs to know which words are units, because a unit belongs to a number: it is the
longest run of unit words joined by `*`, `/` or `^` directly after it (`5 $/month`, `$5/person`,
`3/month`). A unit word before `[` or `(` is a name. Texts are bounded in length, nesting and size of
numbers, so that none can exhaust the machine.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache
from importlib import resources
from typing import Any

from leverwise.errors import LeverwiseError, did_you_mean
from leverwise.lang import spelling

MAX_LENGTH = 10_000
MAX_NESTING = 100
MAX_DEPTH = 250
MAX_NUMBER = 1e300

KEYWORDS = frozenset({"if", "then", "else", "and", "or", "not", "for", "to"})
LOOPS = frozenset({"sum", "prod", "min", "max"})
_SUFFIXES = {"k": 1e3, "M": 1e6, "B": 1e9}
_CURRENCIES = ("usd", "eur", "gbp", "chf", "euro", "euros", "pounds")
_SPELT = {"k": "k", "K": "k", "M": "M", "B": "B", "thousand": "k", "million": "M", "billion": "B"}


class TextError(LeverwiseError):
    """A text that can't be read; `start` and `end` are offsets in it, `hint` how to mend it."""

    def __init__(self, message: str, start: int, end: int, hint: str = "") -> None:
        super().__init__(message)
        self.message, self.start, self.end, self.hint = message, start, end, hint


@dataclass(frozen=True, slots=True)
class Literal:
    """A number with the text of its unit (empty for none); `value` counts in that unit."""

    value: float
    unit: str = ""
    start: int = field(default=0, compare=False)
    end: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Reference:
    """A name, with members or sets in square brackets."""

    name: str
    subscripts: tuple[str, ...] = ()
    start: int = field(default=0, compare=False)
    end: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Apply:
    """An operator (`+`, `<=`, `and`, `if`, `to`, `neg` ...) or function and what it is applied to.

    `unit` is a unit written after the closing bracket; `fixed` holds what is known before any run.
    """

    function: str
    arguments: tuple[Node, ...]
    start: int = field(default=0, compare=False)
    end: int = field(default=0, compare=False)
    unit: str = ""
    fixed: tuple[object, ...] = ()


@dataclass(frozen=True, slots=True)
class Loop:
    """`sum(body for task)`, also prod, min and max, over one set or more."""

    function: str
    body: Node
    sets: tuple[str, ...]
    start: int = field(default=0, compare=False)
    end: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Pair:
    """`(x, y)` in a table."""

    first: Node
    second: Node
    start: int = field(default=0, compare=False)
    end: int = field(default=0, compare=False)


Node = Literal | Reference | Apply | Loop | Pair


@lru_cache(maxsize=16384)
def parse(text: str, units: frozenset[str]) -> Node:
    """The syntax tree of `text`; `units` are the unit words. Raises `TextError`."""
    if len(text) > MAX_LENGTH:
        raise TextError(
            f"this text has {len(text):,} characters; {MAX_LENGTH:,} are allowed",
            0,
            1,
            "split it into several equations",
        )
    if (found := spelling.impossible(text)) is not None:
        raise TextError(*found)
    try:
        tree = _parsed(text, _tokens(text, units), units)
    except TextError as error:
        found = spelling.odd(text)
        raise error if found is None else TextError(*found) from None
    if depth(tree, MAX_DEPTH) > MAX_DEPTH:
        raise TextError("this expression is nested too deeply", 0, 1, "split it into several equations")
    return tree


def children(node: Node) -> tuple[Node, ...]:
    """The direct parts of a node, in the order they were written."""
    if isinstance(node, Apply):
        return node.arguments
    if isinstance(node, Loop):
        return (node.body,)
    if isinstance(node, Pair):
        return (node.first, node.second)
    return ()


def walk(node: Node) -> Iterator[Node]:
    """The node and everything in it."""
    stack = [node]
    while stack:
        here = stack.pop()
        yield here
        stack.extend(reversed(children(here)))


def depth(node: Node, enough: int) -> int:
    """The number of levels of the tree; stops counting a little above `enough`."""
    level, here = 0, [node]
    while here and level <= enough:
        level += 1
        here = [part for one in here for part in children(one)]
    return level


def _tokens(text: str, units: frozenset[str]) -> list[Any]:
    from lark.exceptions import UnexpectedCharacters

    found: list[Any] = []
    try:
        reader = _parser().parse_interactive(text)
        found.extend(reader.lexer_thread.lex(reader.parser_state))
    except UnexpectedCharacters as error:
        at = error.pos_in_stream or 0
        shown = text[at] if text[at].isprintable() else f"U+{ord(text[at]):04X}"
        hint = _HINTS.get(text[at : at + 2], _HINTS.get(text[at], ""))
        raise TextError(f"`{shown}` has no meaning here", at, at + 1, hint) from None
    _fail_if_brackets_do_not_match(found)
    return _with_units(text, found, units)


def _fail_if_brackets_do_not_match(tokens: list[Any]) -> None:
    closing = {"LPAR": "RPAR", "LSQB": "RSQB"}
    open_: list[Any] = []
    for token in tokens:
        if token.type in closing:
            open_.append(token)
            if len(open_) > MAX_NESTING:
                raise TextError(f"brackets are nested more than {MAX_NESTING} deep", token.start_pos, token.end_pos)
        elif token.type in ("RPAR", "RSQB"):
            if not open_ or closing[open_[-1].type] != token.type:
                raise TextError(f"`{token}` closes nothing", token.start_pos, token.end_pos)
            open_.pop()
    if open_:
        raise TextError(f"`{open_[-1]}` is never closed", open_[-1].start_pos, open_[-1].end_pos)


def _with_units(text: str, tokens: list[Any], units: frozenset[str]) -> list[Any]:
    """Joins the unit words after each number, or after a closing bracket, into one UNITS token."""
    from lark import Token

    def is_unit(at: int) -> bool:
        if at >= len(tokens):
            return False
        if tokens[at].type != "NAME" or tokens[at] not in units:
            return False
        return at + 1 >= len(tokens) or tokens[at + 1].type not in ("LSQB", "LPAR")

    out: list[Any] = []
    position = 0
    while position < len(tokens):
        token = tokens[position]
        out.append(token)
        position += 1
        if token.type not in ("NUMBER", "RPAR"):
            continue
        dollar = token.type == "NUMBER" and token[0] == "$"
        begin = position
        run = "$" if dollar else ""
        if not dollar and is_unit(position):
            run, position = _unit_word(tokens, position)
        elif not dollar and token.type == "NUMBER" and _slash(tokens, position) and is_unit(position + 1):
            word, position = _unit_word(tokens, position + 1)
            run = "1/" + word
        while run and position < len(tokens) and tokens[position].type in ("STAR", "SLASH") and is_unit(position + 1):
            word, after = _unit_word(tokens, position + 1)
            run, position = run + str(tokens[position]) + word, after
        if run:
            first = tokens[begin] if position > begin else token
            last = tokens[position - 1] if position > begin else token
            out.append(Token("UNITS", run, start_pos=first.start_pos, end_pos=last.end_pos))
    return out


def _slash(tokens: list[Any], position: int) -> bool:
    return position < len(tokens) and tokens[position].type == "SLASH"


def _unit_word(tokens: list[Any], position: int) -> tuple[str, int]:
    word = str(tokens[position])
    power = [token.type for token in tokens[position + 1 : position + 4]]
    if power[:2] == ["CARET", "NUMBER"] and tokens[position + 2].isdecimal():
        return f"{word}^{tokens[position + 2]}", position + 3
    if power == ["CARET", "MINUS", "NUMBER"] and tokens[position + 3].isdecimal():
        return f"{word}^-{tokens[position + 3]}", position + 4
    return word, position + 1


def _parsed(text: str, tokens: list[Any], units: frozenset[str]) -> Node:
    from lark.exceptions import UnexpectedToken

    machine = _parser().parse_interactive("")
    try:
        for token in tokens:
            machine.feed_token(token)
    except UnexpectedToken as error:
        raise _unexpected(text, tokens, error.token, units) from None
    try:
        tree: Node = machine.feed_eof()
    except UnexpectedToken:
        raise _ends_early(text, tokens) from None
    return tree


_HINTS = {
    "=": "write `==` to compare",
    "=<": "write `<=`",
    "=>": "write `>=`",
    "\u20ac": "write `$`, which may be any currency",
    "\u00a3": "write `$`, which may be any currency",
    "{": "write round brackets",
    "!": "write `not`, or `!=` to compare",
    "&": "write `and`",
    "|": "write `or`",
    "\u00d7": "write `*`",
    "\u00b7": "write `*`",
    "\u2212": "write `-`",
    "\u2264": "write `<=`",
    "\u2265": "write `>=`",
}


def _ends_early(text: str, tokens: list[Any]) -> TextError:
    if not tokens:
        return TextError("an expression is missing here", 0, 1)
    last = tokens[-1]
    return TextError(f"the expression ends too early: something must follow `{last}`", last.start_pos, last.end_pos)


def _unexpected(text: str, tokens: list[Any], token: Any, units: frozenset[str]) -> TextError:
    index = next(i for i, other in enumerate(tokens) if other is token)
    before = tokens[index - 1] if index else None
    start, end = token.start_pos, token.end_pos
    if before is None:
        return TextError(f"an expression can't begin with `{token}`", start, end)
    if before.type in ("NUMBER", "UNITS") and token.type == "NAME":
        word = str(token)
        number = tokens[index - 2] if before == "$" and index > 1 else before
        if number.type == "NUMBER" and word in _SPELT:
            apart = ", without a space" if text[start - 1].isspace() else ""
            hint = f"write `{number}{_SPELT[word]}`{apart}"
            return TextError(f"`{word}` is not a unit", start, end, hint)
        if before.type == "NUMBER" and word.lower() in _CURRENCIES:
            return TextError(f"`{word}` is not a unit", start, end, f"write `${before}`: `$` may be any currency")
        if before.type == "NUMBER" and word in spelling.UNITS:
            return TextError(f"`{word}` is not a unit", start, end, f"write `{before} {spelling.UNITS[word]}`")
        if before.type == "NUMBER":
            return TextError(
                f"`{word}` is not a unit",
                start,
                end,
                did_you_mean(word, units)
                or f"declare it, `units: [{word}]`, if it is one; write `{before}*{word}` for a product",
            )
    if before.type in ("NUMBER", "UNITS", "NAME", "RPAR", "RSQB"):
        if token.type in ("NUMBER", "NAME", "LPAR"):
            hint = "write `*` for a product"
            if token == "per":
                hint = "write `/` for per: `4 %/month`"
            elif before.type == "NAME" and token.type == "NAME":
                hint = f"in a name write `_` for a space: `{before}_{token}`; for a product write `{before}*{token}`"
            return TextError(f"something is missing between `{before}` and `{token}`", start, end, hint)
        if token.type == "UNITS":
            return TextError("a unit belongs directly after a number", start, end)
        if token.type == "COMMA" and before.type == "NUMBER":
            return TextError("`,` has no place here", start, end)
    if token.type == "TO":
        hint = "give the range a name under `values:` and use the name here"
        return TextError("a range `a to b` can't be part of an expression", start, end, hint)
    if token.type == "COMPARE" and any(other.type == "COMPARE" for other in tokens[:index]):
        return TextError("comparisons can't be chained", start, end, "write `a < b and b < c`")
    return TextError(f"`{token}` can't follow `{before}`", start, end)


@lru_cache(maxsize=1)
def _parser() -> Any:
    import lark

    grammar = resources.files("leverwise.lang").joinpath("grammar.lark").read_text(encoding="utf-8")
    return lark.Lark(grammar, parser="lalr", lexer="basic", transformer=_builder(lark), maybe_placeholders=False)


def _builder(lark: Any) -> Any:
    """The transformer that turns each rule of the grammar into a node."""

    @lark.v_args(inline=True)
    class Builder(lark.Transformer):  # type: ignore[misc]
        def quantity(self, number: Any, unit: Any = None) -> Node:
            return _literal(number, unit)

        def reference(self, name: Any, *rest: Any) -> Node:
            end = rest[-1].end_pos if rest else name.end_pos
            return Reference(str(name), tuple(str(each) for each in rest[:-1]), name.start_pos, end)

        def call(self, name: Any, *rest: Any) -> Node:
            unit = rest[-1] if getattr(rest[-1], "type", "") == "UNITS" else None
            arguments = rest[:-2] if unit is not None else rest[:-1]
            return Apply(str(name), arguments, name.start_pos, rest[-1].end_pos, "" if unit is None else str(unit))

        def loop(self, name: Any, body: Node, *rest: Any) -> Node:
            if name not in LOOPS:
                raise TextError(
                    f"`{name}` can't run over a set", name.start_pos, name.end_pos, "sum, prod, min and max can"
                )
            return Loop(str(name), body, tuple(str(each) for each in rest[:-1]), name.start_pos, rest[-1].end_pos)

        def group(self, left: Any, body: Node, right: Any) -> Node:
            return replace(body, start=left.start_pos, end=right.end_pos)

        def point(self, left: Any, x: Node, y: Node, right: Any) -> Node:
            return Pair(x, y, left.start_pos, right.end_pos)

        def binary(self, left: Node, operator: Any, right: Node) -> Node:
            return Apply(str(operator), (left, right), left.start, right.end)

        compare = binary

        def negative(self, sign: Any, body: Node) -> Node:
            return Apply("neg", (body,), sign.start_pos, body.end)

        def positive(self, sign: Any, body: Node) -> Node:
            return body

        def invert(self, word: Any, body: Node) -> Node:
            return Apply("not", (body,), word.start_pos, body.end)

        def either(self, left: Node, right: Node) -> Node:
            return Apply("or", (left, right), left.start, right.end)

        def both(self, left: Node, right: Node) -> Node:
            return Apply("and", (left, right), left.start, right.end)

        def conditional(self, word: Any, condition: Node, yes: Node, no: Node) -> Node:
            return Apply("if", (condition, yes, no), word.start_pos, no.end)

        def interval(self, low: Node, high: Node) -> Node:
            return Apply("to", (low, high), low.start, high.end)

    return Builder()


_NUMBER = re.compile(r"\$?\s*(.*?)([kMB]?)$")


def _literal(number: Any, unit: Any) -> Literal:
    match = _NUMBER.match(str(number))
    assert match is not None
    value = float(match[1]) * _SUFFIXES.get(match[2], 1.0)
    if not math.isfinite(value) or value > MAX_NUMBER:
        raise TextError("this number is too large", number.start_pos, number.end_pos)
    end = number.end_pos if unit is None else max(number.end_pos, unit.end_pos)
    return Literal(value, "" if unit is None else str(unit), number.start_pos, end)
