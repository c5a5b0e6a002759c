"""Removes subscripts: an equation over a set becomes one per member, a loop becomes its terms.

This happens before names and units are checked, so that nothing after it knows of sets. The number of
equations and of nodes is bounded.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from math import prod

from leverwise.errors import ModelError, Problem, did_you_mean
from leverwise.lang.declarations import EquationDeclaration, StockDeclaration, Term
from leverwise.lang.names import Names, member_name
from leverwise.lang.problems import Problems
from leverwise.lang.site import Site
from leverwise.lang.syntax import Apply, Literal, Loop, Node, Reference

MAX_EQUATIONS = 20_000
MAX_TERMS = 10_000
MAX_NODES = 600_000

Bindings = Mapping[str, str]


class Budget:
    """Counts what unfolding makes, so that nested sets can't exhaust the machine."""

    def __init__(self) -> None:
        self.nodes = 0
        self.equations = 0

    def node(self) -> None:
        """Counts one part of an expression."""
        self.nodes += 1
        if self.nodes > MAX_NODES:
            raise ModelError(Problem(f"the equations unfold to more than {MAX_NODES:,} parts", hint="use smaller sets"))

    def equation(self, owner: str) -> None:
        """Counts one variable."""
        self.equations += 1
        if self.equations > MAX_EQUATIONS:
            raise ModelError(
                Problem(
                    f"the model unfolds to more than {MAX_EQUATIONS:,} variables, at `{owner}`", hint="use smaller sets"
                )
            )


@dataclass(frozen=True)
class Unfolded:
    """One variable of a declaration: its name and what the declaration's indices stand for."""

    name: str
    bindings: Bindings


def members_of(
    declaration: EquationDeclaration | StockDeclaration, names: Names, budget: Budget, problems: Problems
) -> list[Unfolded]:
    """The variables that a declaration stands for: itself, or one per combination of members.

    Its sets are looked up in the scope of its own name, so that a port is global whoever contributes to it.
    """
    if not declaration.indices:
        budget.equation(declaration.name)
        return [Unfolded(declaration.name, {})]
    scope = declaration.name.rpartition(".")[0]
    sets = [names.members(each, scope) for each in declaration.indices]
    if len(set(declaration.indices)) < len(declaration.indices):
        problems.add(f"`{declaration.name}` names the same set twice in its indices")
        return []
    for index, members in zip(declaration.indices, sets, strict=True):
        if members is None:
            hint = _near(index, names, scope)
            problems.add(f"`{declaration.name}` is to run over `{index}`, but there is no such set", hint=hint)
            return []
    found = []
    for combination in product(*(members or () for members in sets)):
        budget.equation(declaration.name)
        bindings = dict(zip(declaration.indices, combination, strict=True))
        found.append(Unfolded(member_name(declaration.name, combination), bindings))
    return found


def terms_for(
    equation: EquationDeclaration, term: Term, bindings: Bindings, names: Names, problems: Problems
) -> Iterator[Bindings]:
    """The bindings under which a term contributes to one member of an equation: none, one, or several.

    The first sets of a term answer to the equation's indices, in order; over further ones it is repeated.
    """
    if not term.indices:
        yield bindings
        return
    choices: list[Sequence[str]] = []
    own = tuple(bindings.values())
    for position, index in enumerate(term.indices):
        members = names.members(index, term.value.scope)
        if members is None:
            hint = _near(index, names, term.value.scope)
            problems.at(term.value, equation.name, f"there is no set `{index}` to run over", hint=hint)
            return
        choices.append(members if position >= len(own) else [own[position]] if own[position] in members else [])
    if len(term.indices) < len(own):
        wanted = ", ".join(equation.indices)
        problems.at(term.value, equation.name, f"`{equation.name}` runs over `{wanted}`, so this must too")
        return
    for combination in product(*choices):
        yield {**bindings, **dict(zip(term.indices, combination, strict=True))}


def member(subscript: str, node: Reference, site: Site, bindings: Bindings, names: Names) -> str | None:
    """What a subscript stands for: the bound member of a set, or the member that it names."""
    if subscript in bindings:
        return bindings[subscript]
    if names.is_member(subscript):
        return subscript
    members = names.members(subscript, site.written.scope)
    if members is not None:
        site.report(
            node,
            f"`{subscript}` is a set and stands for no member here",
            f"write `sum({site.shown(node)} for {subscript})`, or name one of {_listed(members)}",
            kind="subscript",
        )
    else:
        known = [*names.sets, *(each for members in names.sets.values() for each in members)]
        site.report(
            node,
            f"`{subscript}` is neither a set nor a member of one",
            did_you_mean(subscript, known),
            kind="subscript",
        )
    return None


def loop_bindings(node: Loop, site: Site, bindings: Bindings, names: Names) -> list[Bindings] | None:
    """The bindings that a loop's body is repeated for; None after a problem."""
    sets = []
    for index in node.sets:
        members = names.members(index, site.written.scope)
        if members is None:
            site.report(node, f"there is no set `{index}`", _near(index, names, site.written.scope), kind="set")
            return None
        sets.append(members)
    if len(set(node.sets)) < len(node.sets):
        site.report(node, "a loop can't run over the same set twice", kind="set")
        return None
    if prod(len(members) for members in sets) > MAX_TERMS:
        site.report(node, f"this runs over more than {MAX_TERMS:,} combinations", "use smaller sets", kind="set")
        return None
    return [{**bindings, **dict(zip(node.sets, each, strict=True))} for each in product(*sets)]


def folded(node: Loop, terms: Sequence[Node], site: Site) -> Node:
    """A loop's terms joined: `sum` of none is 0, `prod` of none is 1."""
    operator = {"sum": "+", "prod": "*"}.get(node.function, node.function)
    if len(terms) == 1:
        return terms[0]
    if not terms:
        if node.function in ("min", "max"):
            site.report(node, f"`{node.function}` runs over an empty set, so it has no value", kind="set")
        return Literal(1.0 if node.function == "prod" else 0.0, "", node.start, node.end)
    return Apply(operator, tuple(terms), node.start, node.end)


def _near(index: str, names: Names, scope: str) -> str:
    """Which set a person may have meant, as this scope calls it."""
    head = scope + "."
    known = [each.removeprefix(head) if scope else each for each in names.sets]
    plain = [each for each in known if "." not in each]
    return did_you_mean(index, plain) or (f"sets: {_listed(plain, 12)}" if plain else "declare it under `sets:`")


def _listed(members: Sequence[str], most: int = 4) -> str:
    shown = ", ".join(f"`{each}`" for each in members[:most])
    return shown + (" ..." if len(members) > most else "")
