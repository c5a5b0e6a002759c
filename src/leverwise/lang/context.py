"""What every phase of a build shares: the model's units, names and problems, and how a text is read."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations

from leverwise.errors import Position
from leverwise.lang import spelling
from leverwise.lang.check import Checker
from leverwise.lang.declarations import Written
from leverwise.lang.distributions import Constant, is_distribution
from leverwise.lang.evaluate import NotConstantError, evaluate
from leverwise.lang.functions import Maybe
from leverwise.lang.lower import Lowerer
from leverwise.lang.names import Names
from leverwise.lang.problems import Problems
from leverwise.lang.resolve import Resolver
from leverwise.lang.site import Site
from leverwise.lang.syntax import Apply, Literal, Node, TextError, parse, walk
from leverwise.lang.system import Unit
from leverwise.lang.unfold import Budget
from leverwise.units import DIMENSIONLESS, Dimension, UnitError, Units, describe, in_number, per

_NO_BINDINGS: Mapping[str, str] = {}


@dataclass(frozen=True)
class Read:
    """A text that has been read: its tree, as written or resolved, and its place."""

    node: Node
    site: Site


@dataclass
class Context:
    """The shared state of one build."""

    units: Units
    names: Names
    problems: Problems
    budget: Budget
    resolver: Resolver
    checker: Checker
    lowerer: Lowerer

    def parse(self, written: Written, owner: str, bindings: Mapping[str, str] = _NO_BINDINGS) -> Read:
        """The text's tree as it was written; the number 0 after a problem."""
        site = Site(written, owner, self.problems, bindings)
        try:
            return Read(parse(written.text, self.units.words), site)
        except TextError as problem:
            self.problems.at(written, owner, problem.message, problem.start, problem.end, problem.hint, "syntax")
            return Read(Literal(0.0), site)

    def resolve(self, written: Written, owner: str, bindings: Mapping[str, str] = _NO_BINDINGS) -> Read:
        """The text's tree with global names."""
        read = self.parse(written, owner, bindings)
        return Read(self.resolver.resolve(read.node, read.site), read.site)

    def unit(self, text: str, owner: str, at: Position | None = None) -> Unit:
        """A declared unit; dimensionless after a problem."""
        try:
            return self.units.parse(text)
        except UnitError as error:
            self.problems.add(f"the unit of `{owner}`: {error.message}", at, error.hint)
            return Unit()

    def constant(self, node: Node, site: Site) -> Constant | None:
        """The plain number that a tree as written stands for, in base units; None after a problem."""
        before = len(self.problems)
        resolved = self.resolver.resolve(node, site)
        dimension = self.checker.infer(resolved, site, report=True)
        if len(self.problems) > before:
            return None
        try:
            value = evaluate(self.lowerer.lower(resolved, site), self.lowerer.constants)
        except NotConstantError as error:
            what = "is a range" if self.names.kinds.get(error.name) == "value" else "is not known before the run"
            site.report(node, f"one fixed number is needed here, but `{error.name}` {what}")
            return None
        if not math.isfinite(value):
            site.report(node, f"`{site.shown(node)}` is not a finite number")
            return None
        return Constant(value, dimension, self.written_unit(node))

    def quantity(
        self,
        written: Written,
        owner: str,
        unit: Unit | None = None,
        understood: tuple[str, ...] = (),
        what: str = "this",
    ) -> Constant | None:
        """The plain number that a text stands for, in base units, checked against a unit if one is given."""
        before = len(self.problems)
        read = self.parse(written, owner)
        if len(self.problems) > before:
            return None
        if is_distribution(read.node):
            read.site.report(read.node, "one fixed number is needed here, not a range", "write one number")
            return None
        found = self.constant(read.node, read.site)
        if found is None or unit is None:
            return found
        factor = self.fit(found.dimension, unit, understood)
        if factor is None:
            self.misfit(read, what, unit, found.dimension, understood)
            return None
        return Constant(found.value * factor, unit.dimension, found.unit)

    def fit(self, dimension: Maybe, unit: Unit, understood: tuple[str, ...]) -> float | None:
        """What makes a number one in `unit`, some parts of which may be left out; None if nothing does."""
        if dimension is None or dimension == unit.dimension:
            return 1.0
        for rest, factor in self._without(unit, understood):
            if dimension == rest:
                return factor
        return None

    def _without(self, unit: Unit, understood: tuple[str, ...]) -> Iterator[tuple[Dimension, float]]:
        for count in range(1, len(understood) + 1):
            for words in combinations(understood, count):
                powers, factor = dict(unit.dimension), 1.0
                for word in words:
                    part = self.unit(word, "understood")
                    for name, _ in part.dimension:
                        factor *= part.factor ** powers.pop(name, 0.0)
                yield tuple(sorted(powers.items())), factor

    def misfit(
        self,
        read: Read,
        what: str,
        unit: Unit,
        found: Maybe,
        understood: tuple[str, ...],
        *,
        positive: bool = False,
    ) -> None:
        """Reports a text in the wrong unit; for one that must be `positive` no example has a sign."""
        if found == DIMENSIONLESS and (date := spelling.date(read.site.written.text)):
            read.site.report(None, date[0], date[3])
            return
        units = in_number(unit.text, one=False)
        wanted = f"in {units}" if unit.text else "a plain number"
        hint = ""
        shown = read.site.shown(read.node)
        missing = describe(per(unit.dimension, found or DIMENSIONLESS), self.checker.clock_unit.text or "month")
        if found == DIMENSIONLESS and unit.text:
            shortest = self._shortest(unit, understood)
            number = shown.removeprefix("-").lstrip() if positive else shown
            many = in_number(shortest, one=number == "1")
            whole = f"{number}{shortest[1:]}" if shortest.startswith("1/") else f"{number} {many}"
            hint = f"give it its unit{'' if number == shown else ' and no `-`'}, for example `{whole}`"
            if shortest.startswith("1/") and "%" not in shown:
                hint += f", or `{number} %{shortest[1:]}` for percent"
            elif shortest == "1/month":
                hint += f", or `{number}/year`"
            elif "%" in shown and not shortest.startswith("1/"):
                hint = f"a share is not enough: write the number in {units}"
        elif found and missing.startswith("1/"):
            hint = f"write `{shown}{missing[1:]}`, if that is what you mean"
        elif found and missing.startswith("hour/month"):
            hint = f"multiply by the hours of work in a month, for example `{shown} * 160 hours/month`"
            if "hour" in unit.text:
                hint = f"that is time on the clock, but this is work: give hours of work, a number in {units}"
        elif found and unit.text and all(isinstance(each, Literal | Apply) for each in walk(read.node)):
            written = self.written_unit(read.node)
            example = shown.replace(written, unit.text) if written and written in shown else ""
            example = f"{shown[1:]} {units}" if written == "$" and shown.startswith("$") else example
            hint = f"give it in {units}" + (f", for example `{example}`" if example else "")
        read.site.report(
            None,
            f"{what} must be {wanted}, but `{shown}` is {self.checker.text(found or DIMENSIONLESS)}",
            hint,
            kind="unit",
        )

    def _shortest(self, unit: Unit, understood: tuple[str, ...]) -> str:
        shown = unit.text
        for word in understood:
            canonical = self.unit(word, "understood").text
            shown = shown.replace(f"/{canonical}", "", 1) if f"/{canonical}" in shown else shown
        return shown

    def written_unit(self, node: Node) -> str:
        """The first unit written in a tree, or nothing."""
        return next((each.unit for each in walk(node) if isinstance(each, Literal) and each.unit), "")
