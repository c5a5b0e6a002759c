"""What a variable is made of: its equation taken apart into terms or arguments, and these again, as a tree of branches.

Nothing is run here. What a run is to tell of each branch is written down as expressions; `explain` adds them to the
system, so that the engine itself works them out, step by step, as it does everything else.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from typing import Literal

from leverwise.lang.render import text
from leverwise.lang.system import NAMING, Call, Expression, Name, Number, System, names_in

IMPACT, TIME = "impact", "t"
START = "at the start"
WEIGHTED = "weighted"
"""A term times the weight of its time: a product that is told without it."""
MORE = 1.001
"""What an argument is multiplied by to see how far the result follows."""
MOST = 300
"""Branches after which no more are grown."""
Kind = Literal["impact", "measure", "stock", "equation", "number", "decision", "term", "start", "constant", "time"]
Sharing = Literal["whole", "sum", "slope", "none"]


@dataclass(frozen=True)
class Branch:
    """One line of the tree: a variable or a term, and what a run must tell of it."""

    label: str
    kind: Kind
    depth: int
    value: Expression
    """What is told of it: what it comes to at a time; its total up to then if `added`, its average if `throughout`,
    what it is at the start if `initial`."""
    sharing: Sharing = "none"
    """`sum`: its part of the sum above; `slope`: by how many % that changes with 1 % more; `whole`: it is all of it."""
    negative: bool = False
    """Whether it is taken away from the line above."""
    added: bool = False
    """True for what is added up over time: a flow of a stock, or of impact."""
    throughout: bool = False
    """True for what acts all the time up to the moment asked for, since it is below something that is added up."""
    initial: bool = False
    """True for what a stock starts with."""
    above: Expression | None = None
    """For `slope`: the expression of the line above."""
    repeated: bool = False
    """True if it is taken apart elsewhere in the tree."""
    branches: tuple[Branch, ...] = ()

    def all(self) -> Iterator[Branch]:
        """Itself and all below, from the top down."""
        yield self
        for branch in self.branches:
            yield from branch.all()


@dataclass(frozen=True)
class _Part:
    """A term of a sum."""

    expression: Expression
    negative: bool = False
    added: bool = False
    initial: bool = False
    label: str = ""


class Tracer:
    """Takes the variables of one system apart, with all levers on, or off.

    `reacting` are decisions that follow rules: the system has equations for them, which are not taken apart.
    """

    def __init__(self, system: System, *, on: bool = True, reacting: Collection[str] = ()) -> None:
        self.system = system
        self.auxiliaries = {each.name: each for each in system.auxiliaries}
        self.stocks = {each.name: each for each in system.stocks}
        self.values = {each.name: each for each in system.values}
        self.decisions = {each.name: each for each in system.decisions}
        self.measures = {each.name: each for each in system.measures}
        self.switches = {f"{name}.on" for name in system.switches}
        self.reacting = frozenset(reacting)
        self._taken = 1 if on else 2
        self.lifted: dict[Call, str] = {}
        """Fixed delays, read as variables of their own: what goes into them now comes out later."""
        self._seen: set[str] = set()
        self._count = 0

    def kind(self, name: str) -> Kind:
        """What kind of variable it is. Raises KeyError for a name that the system does not have."""
        kinds: tuple[tuple[Kind, Collection[str]], ...] = (
            ("impact", (IMPACT,)),
            ("decision", self.reacting),
            ("time", (TIME,)),
            ("stock", self.stocks),
            ("equation", self.auxiliaries),
            ("number", self.values),
            ("decision", self.decisions),
            ("measure", self.measures),
        )
        for kind, known in kinds:
            if name in known:
                return kind
        raise KeyError(name)

    def tree(self, name: str, levels: int, depth: int = 0) -> Branch:
        """A variable taken apart, `levels` levels deep."""
        kind = self.kind(name)
        value = self.measures[name].value if kind == "measure" else Name(name)
        return Branch(name, kind, depth, value, "whole", branches=self._below(name, depth + 1, levels, False))

    def made_of(self, name: str) -> list[Expression]:
        """The expressions that a variable rests on; none for what is given."""
        system = self.system
        match "time" if name in self.switches else self.kind(name):
            case "impact":
                return [system.impact, *([system.final] if system.final is not None else [])]
            case "stock":
                return [self.stocks[name].start, self.stocks[name].change]
            case "equation":
                return [self.auxiliaries[name].value]
            case "measure":
                return [self.measures[name].value]
            case _:
                return []

    def equation(self, name: str) -> str:
        """What it is, in the language's own notation, numbers in base units; empty for what has no equation."""
        parts = [text(self._bared(each)) for each in self.made_of(name)]
        match self.kind(name):
            case "impact":
                final = f", and {parts[1]} at the end" if len(parts) > 1 else ""
                return f"total of {parts[0]}{', discounted' if self.system.discount else ''}{final}"
            case "stock" if self.stocks[name].kind == "flow":
                return f"starts at {parts[0]}, changes by {parts[1]}"
            case "stock":
                return f"{self.stocks[name].kind} {parts[1]}"
            case _:
                return "".join(parts)

    def _bared(self, expression: Expression) -> Expression:
        """The expression without the switches of levers."""
        if not isinstance(expression, Call):
            return expression
        condition = expression.arguments[0] if expression.function == "if" else None
        if isinstance(condition, Name) and condition.name in self.switches:
            return self._bared(expression.arguments[self._taken])
        return replace(expression, arguments=tuple(self._bared(each) for each in expression.arguments))

    def _below(
        self, name: str, depth: int, levels: int, throughout: bool, above: Branch | None = None
    ) -> tuple[Branch, ...]:
        """What a variable is made of; nothing if that is told already, or deep enough.

        Of a line `above` that is added up over time the terms are added up, too, and of one that is taken away, taken
        away.
        """
        if levels <= 0 or name in self._seen or self._count > MOST or not self.made_of(name):
            return ()
        self._seen.add(name)
        if name in self.stocks and self.stocks[name].kind != "flow":
            change = self._bared(self.stocks[name].change)
            return self._arguments(change, depth, levels - 1, throughout, shared=False)
        parts = self._parts(name)
        whole = len(parts) == 1
        if whole and not parts[0].added and not isinstance(parts[0].expression, Name):
            return self._arguments(parts[0].expression, depth, levels - 1, throughout)
        if above is not None:
            parts = [_as_in(above, part) for part in parts]
        below = levels if whole else levels - 1  # what is all there is makes no level of its own
        return tuple(self._branch(part, depth, below, throughout, "whole" if whole else "sum") for part in parts)

    def _parts(self, name: str) -> list[_Part]:
        """A variable as a sum."""
        sums = [self._bared(each) for each in self.made_of(name)]
        match self.kind(name):
            case "impact":
                flows = [_Part(self._discounted(term), minus, True) for term, minus in terms(sums[0])]
                return [*flows, *(_Part(final, label="at the end") for final in sums[1:])]
            case "stock":
                starts = [] if sums[0] == Number(0.0) else [_Part(sums[0], initial=True, label=START)]
                flows = [_Part(term, minus, True) for term, minus in terms(sums[1])]
                return [*starts, *(part for part in flows if part.expression != Number(0.0))]
            case _:
                return [_Part(term, minus) for term, minus in terms(sums[0])]

    def _branch(self, part: _Part, depth: int, levels: int, throughout: bool, sharing: Sharing) -> Branch:
        """A term: a variable, a number, or an expression of variables, which are then its branches."""
        self._count += 1
        bare = undiscounted(part.expression)
        made = Branch(
            part.label or text(bare), "term", depth, part.expression, sharing, part.negative, part.added, throughout
        )
        made = replace(made, initial=part.initial)
        within = throughout or part.added
        if isinstance(bare, Number):
            return replace(made, kind="constant")
        if isinstance(bare, Name):
            return self._named(replace(made, label=bare.name, kind=self.kind(bare.name)), bare.name, levels, within)
        if levels <= 0 or part.initial:
            return made
        return replace(made, branches=self._arguments(part.expression, depth + 1, levels - 1, within))

    def _named(self, made: Branch, name: str, levels: int, within: bool) -> Branch:
        """A branch for a variable, taken apart further; but not a stock of which only the average counts."""
        if made.initial or (within and made.kind == "stock"):
            return made
        if levels > 0 and name in self._seen and self.made_of(name):
            return replace(made, repeated=True)
        return replace(made, branches=self._below(name, made.depth + 1, levels, within, made))

    def _arguments(
        self, expression: Expression, depth: int, levels: int, throughout: bool, *, shared: bool = True
    ) -> tuple[Branch, ...]:
        """The variables of an expression, and what tells how far it follows each."""
        lifted = self._lift(expression)
        now, found = set(names_in(lifted)), []
        for name in dict.fromkeys(names_in(undiscounted(expression))):
            if name in self.switches:
                continue
            self._count += 1
            slope = shared and name in now
            above = lifted if slope else None
            made = Branch(name, self.kind(name), depth, Name(name), "slope" if slope else "none", above=above)
            found.append(self._named(replace(made, throughout=throughout), name, levels, throughout))
        return tuple(found)

    def _discounted(self, rate: Expression) -> Expression:
        if not self.system.discount:
            return rate
        weight = Call("exp", (Call("mul", (Name(TIME), Number(-self.system.discount))),))
        return Call(WEIGHTED, (rate, weight))

    def _lift(self, expression: Expression) -> Expression:
        """The expression with its fixed delays as variables."""
        if not isinstance(expression, Call):
            return expression
        if expression.function == "delay_fixed":
            return Name(self.lifted.setdefault(expression, f"delayed {len(self.lifted) + 1}"))
        return replace(expression, arguments=tuple(self._lift(each) for each in expression.arguments))


def terms(expression: Expression, negative: bool = False) -> list[tuple[Expression, bool]]:
    """The terms of a sum, each with whether it is taken away; anything else is one term.

    >>> [(text(term), minus) for term, minus in terms(Call("sub", (Name("a"), Call("add", (Name("b"), Name("c"))))))]
    [('a', False), ('b', True), ('c', True)]
    """
    if isinstance(expression, Call):
        if expression.function == "add":
            return [each for part in expression.arguments for each in terms(part, negative)]
        if expression.function == "sub":
            first, second = expression.arguments
            return [*terms(first, negative), *terms(second, not negative)]
        if expression.function == "neg":
            return terms(expression.arguments[0], not negative)
    bare, turned = _unsigned(expression)
    return [(bare, negative != turned)]


def _unsigned(expression: Expression) -> tuple[Expression, bool]:
    """A term without the sign that it begins with, and whether that is a minus: `-2*x` is `2*x`, taken away."""
    if isinstance(expression, Number):
        return (Number(-expression.value), True) if expression.value < 0 else (expression, False)
    if not isinstance(expression, Call) or expression.function not in ("neg", "mul", "div"):
        return expression, False
    first, turned = _unsigned(expression.arguments[0])
    if expression.function == "neg":
        return first, not turned
    return (replace(expression, arguments=(first, *expression.arguments[1:])), True) if turned else (expression, False)


def _as_in(above: Branch, part: _Part) -> _Part:
    """A term of a line as what it makes of it: added up with the same weight if that is, with its sign."""
    part = replace(part, negative=part.negative != above.negative)
    if not above.added:
        return part
    value = part.expression
    if isinstance(above.value, Call) and above.value.function == WEIGHTED:
        value = Call(WEIGHTED, (value, above.value.arguments[1]))
    return replace(part, expression=value, added=True)


def undiscounted(expression: Expression) -> Expression:
    """A term without the weight of its time."""
    return expression.arguments[0] if isinstance(expression, Call) and expression.function == WEIGHTED else expression


def plain(expression: Expression) -> Expression:
    """The expression as the engine knows it: weights are products."""
    if not isinstance(expression, Call):
        return expression
    function = "mul" if expression.function == WEIGHTED else expression.function
    return replace(expression, function=function, arguments=tuple(plain(each) for each in expression.arguments))


def scaled(expression: Expression, name: str) -> Expression:
    """The expression with a variable a thousandth larger wherever it stands."""
    if isinstance(expression, Name):
        return Call("mul", (expression, Number(MORE))) if expression.name == name else expression
    if not isinstance(expression, Call):
        return expression
    made = replace(expression, arguments=tuple(scaled(each, name) for each in expression.arguments))
    held = expression.function in NAMING and name in map(str, expression.static)
    return Call("mul", (made, Number(MORE))) if held else made


def rests_on(system: System, name: str) -> set[str]:
    """Every variable that ever has a say in this one, through stocks and time; itself among them."""
    tracer, found, stack = Tracer(system), set[str](), [name]
    while stack:
        here = stack.pop()
        if here not in found:
            found.add(here)
            stack += [each for expression in tracer.made_of(here) for each in names_in(expression)]
    return found


def readers(system: System, name: str) -> list[str]:
    """The variables whose equations name this one."""
    tracer = Tracer(system)
    known = [IMPACT, *tracer.stocks, *tracer.auxiliaries]
    return [each for each in known if any(name in names_in(part) for part in tracer.made_of(each))]
