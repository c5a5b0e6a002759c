"""Finds what every name of a text means, in its scope, and whether every function is used as it must be.

The result has the same form as the syntax tree, with global names and without subscripts or loops. What
can't be found is reported and replaced by 0, which fits anywhere, so that one mistake is reported once.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping

from leverwise.errors import did_you_mean
from leverwise.lang import workshop
from leverwise.lang.distributions import DISTRIBUTIONS
from leverwise.lang.functions import FUNCTIONS, OPERATORS, WORKSHOP
from leverwise.lang.names import Names, member_name
from leverwise.lang.site import Site
from leverwise.lang.spelling import PERIODS, UNITS
from leverwise.lang.syntax import MAX_NUMBER, Apply, Literal, Loop, Node, Pair, Reference
from leverwise.lang.system import NAMING
from leverwise.lang.unfold import Bindings, Budget, folded, loop_bindings, member
from leverwise.units import UnitError, Units

TIME_NAME = "t"
_CONSTANTS = {"pi": math.pi}
RESERVED = frozenset({TIME_NAME, *_CONSTANTS, *FUNCTIONS, *WORKSHOP, *DISTRIBUTIONS, "sum", "prod"})
"""Names that have a meaning everywhere, so that no variable or unit may take them."""


class Resolver:
    """Resolves the texts of one model."""

    def __init__(
        self, names: Names, relations: Mapping[str, frozenset[tuple[str, str]]], units: Units, budget: Budget
    ) -> None:
        self.names = names
        self.relations = relations
        self.units = units
        self.budget = budget

    def resolve(self, node: Node, site: Site) -> Node:
        """The tree with global names; problems are reported to the site."""
        return self._visit(node, site, site.bindings)

    def _visit(self, node: Node, site: Site, bindings: Bindings) -> Node:
        self.budget.node()
        if isinstance(node, Literal):
            return self._literal(node, site)
        if isinstance(node, Reference):
            return self._reference(node, site, bindings)
        if isinstance(node, Loop):
            choices = loop_bindings(node, site, bindings, self.names)
            if choices is None:
                return _nothing(node)
            return folded(node, [self._visit(node.body, site, each) for each in choices], site)
        if isinstance(node, Pair):
            site.report(node, "a pair `(x, y)` belongs in a `table`")
            return _nothing(node)
        if node.function in OPERATORS:
            return self._with_arguments(node, site, bindings)
        return self._function(node, site, bindings)

    def _with_arguments(self, node: Apply, site: Site, bindings: Bindings) -> Apply:
        arguments = tuple(self._visit(argument, site, bindings) for argument in node.arguments)
        return Apply(node.function, arguments, node.start, node.end, node.unit, node.fixed)

    def _literal(self, node: Literal, site: Site) -> Node:
        if not node.unit:
            return node
        try:
            factor = self.units.parse(node.unit).factor
        except UnitError as error:
            site.report(node, error.message, error.hint, kind="unit")
            return _nothing(node)
        if not node.value * factor <= MAX_NUMBER:
            site.report(node, "this number is too large in base units")
            return _nothing(node)
        if "/" in node.unit or "*" in node.unit:
            for at in re.finditer(r"(?<=[*/])[^\W\d]\w*", node.unit):
                word, own, rest = at.group(), node.unit[: at.start() - 1], node.unit[at.start() - 1 :]
                found = self.names.find(word, site.written.scope)
                refused = found == word and not self.units.is_own_plural(word)
                if found and not refused:
                    site.report(
                        node,
                        f"`{word}` is a unit and a variable; after a number it is read as a unit",
                        f"put brackets around the number and the unit that is its own, `({node.value:g} {own}){rest}`, "
                        "or call the variable something else",
                        kind="name",
                    )
        return node

    def _reference(self, node: Reference, site: Site, bindings: Bindings) -> Node:
        name, scope = node.name, site.written.scope
        if node.subscripts:
            members = [member(each, node, site, bindings, self.names) for each in node.subscripts]
            if None in members:
                return _nothing(node)
            name = member_name(name, [each for each in members if each is not None])
        found = self.names.find(name, scope)
        if found is not None:
            return Reference(found, (), node.start, node.end)
        if not node.subscripts and name in _CONSTANTS:
            return Literal(_CONSTANTS[name], "", node.start, node.end)
        message, hint = self._unknown(node, name, site, bindings)
        site.report(node, message, hint, kind="name")
        return _nothing(node)

    def _unknown(self, node: Reference, name: str, site: Site, bindings: Bindings) -> tuple[str, str]:
        scope = site.written.scope
        family = self.names.family(node.name, scope)
        if node.subscripts:
            written = site.shown(node)
            if family is not None and len(family[1]) != len(node.subscripts):
                return (
                    f"`{written}` has {len(node.subscripts)} subscripts, not {len(family[1])}",
                    f"write `{node.name}[{', '.join(family[1])}]`",
                )
            return f"there is no `{written}` (`{name}`)", self._near(name, scope, site)
        if family is not None:
            subscript = ", ".join(family[1])
            return (
                f"`{name}` is one number per {subscript}",
                f"write `{name}[{subscript}]`, or `sum({name}[{subscript}] for {subscript})`",
            )
        if name in bindings or self.names.members(name, scope) is not None:
            return f"`{name}` is a set, not a number", f"use it as a subscript, as in `effort[{name}]`"
        if name in self.units.words:
            return f"`{name}` is a unit and needs a number", f"write `1 {name}`, as in `x/(1 {name})`"
        if name in FUNCTIONS or name in WORKSHOP or name in ("sum", "prod"):
            signature = (
                FUNCTIONS[name].signature if name in FUNCTIONS else WORKSHOP.get(name, f"{name}(x[task] for task)")
            )
            return f"`{name}` is a function", f"write `{signature}`"
        over = self.names.set_of_values(name)
        if over is not None:
            return f"`{name}` is one number per {over}", f"write `{name}[{over}]`"
        if name in PERIODS:
            return f"there is no `{name}`", f"write a length of time, such as `1 {PERIODS[name]}`"
        begun = site.written.text[: node.start]
        if re.match(r"\s*\$?\s*[\d.]", begun) and re.search(r"[*/]\s*$", begun):
            return f"there is no `{name}`", self._unit_or_name(name, begun.rstrip()[-1], scope, site)
        alone = site.written.text.strip() == name
        near = self._near(name, scope, site)
        return f"there is no `{name}`", near or ("write a number with its unit, or a range `a to b`" if alone else "")

    def _unit_or_name(self, name: str, sign: str, scope: str, site: Site) -> str:
        """A hint for a word after a number and `/` or `*`, which may be meant as a unit."""
        if name in UNITS:
            return f"write `{UNITS[name]}`"
        near = self._near(name, scope, site)
        unit = did_you_mean(name, self.units.words)
        if near and sign == "*":
            return near
        return unit or "; ".join(filter(None, (near, f"if it is a unit, declare it: `units: [{name}]`")))

    def _near(self, name: str, scope: str, site: Site) -> str:
        return "" if site.problems.many else did_you_mean(name, self.names.candidates(scope))

    def _function(self, node: Apply, site: Site, bindings: Bindings) -> Node:
        name = node.function
        if name == "to" or name in DISTRIBUTIONS:
            what = "a range `a to b`" if name == "to" else f"the distribution `{name}`"
            site.report(
                node, f"{what} can't be part of an expression", "give it a name under `values:` and use the name here"
            )
            return _nothing(node)
        if node.unit:
            site.report(node, "a unit belongs directly after a number", f"multiply: `{name}(...)*(1 {node.unit})`")
        if name in WORKSHOP:
            return workshop.unfolded(
                node, site, bindings, self.names, self.relations, lambda part, bound: self._visit(part, site, bound)
            )
        entry = FUNCTIONS.get(name)
        if entry is None:
            hint = did_you_mean(name, (*FUNCTIONS, *WORKSHOP, *DISTRIBUTIONS, "sum", "prod"))
            if name in ("sum", "prod"):
                hint = f"`{name}` runs over a set: `{name}(effort[task] for task)`"
            elif self.names.find(name, site.written.scope):
                hint = f"`{name}` is a variable; write `{name}*(...)` for a product"
            site.report(node, f"there is no function `{name}`", hint, kind="name")
            return _nothing(node)
        if name == "table":
            return self._table(node, site, bindings)
        if not entry.fewest <= len(node.arguments) <= entry.most:
            count = str(entry.fewest) if entry.fewest == entry.most else f"{entry.fewest} to {entry.most}"
            if entry.most >= 500:
                count = f"at least {entry.fewest}"
            plural = "" if count == "1" else "s"
            site.report(
                node,
                f"`{name}` takes {count} argument{plural}, not {len(node.arguments)}",
                f"write `{entry.signature}`",
            )
            return _nothing(node)
        found = self._with_arguments(node, site, bindings)
        if name in NAMING:
            return self._naming(found, "stock" if name == "opening" else "decision", site)
        return found

    def _table(self, node: Apply, site: Site, bindings: Bindings) -> Node:
        points = [point for point in node.arguments[1:] if isinstance(point, Pair)]
        if len(points) < 2 or len(points) < len(node.arguments) - 1 or isinstance(node.arguments[0], Pair):
            site.report(
                node, "a `table` needs a number and at least two points", f"write `{FUNCTIONS['table'].signature}`"
            )
            return _nothing(node)
        if 2 * len(points) > FUNCTIONS["table"].most:
            site.report(node, f"a `table` can have {FUNCTIONS['table'].most // 2} points", "read a series from a file")
            return _nothing(node)
        parts = [node.arguments[0], *(part for point in points for part in (point.first, point.second))]
        return self._with_arguments(Apply("table", tuple(parts), node.start, node.end), site, bindings)

    def _naming(self, node: Apply, kind: str, site: Site) -> Node:
        first = node.arguments[0]
        if not isinstance(first, Reference) or self.names.kinds.get(first.name) != kind:
            if first != _nothing(first):
                site.report(first, f"`{node.function}` needs a {kind} here; `{site.shown(first)}` is none")
            return _nothing(node)
        return node


def _nothing(node: Node) -> Literal:
    return Literal(0.0, "", node.start, node.end)
