"""Collects what a model declares: its units, its sets, and every name with what it names.

Nothing is parsed here; names that clash, are reserved or are no names at all are reported.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from leverwise.errors import Position
from leverwise.lang.declarations import Declarations, EquationDeclaration, StockDeclaration, Written
from leverwise.lang.names import Names
from leverwise.lang.problems import Problems
from leverwise.lang.resolve import RESERVED, TIME_NAME
from leverwise.lang.syntax import KEYWORDS
from leverwise.lang.unfold import Budget, Unfolded, members_of
from leverwise.units import Units, own_unit_problem

_NAME = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*")
MAX_MEMBERS = 10_000


@dataclass(frozen=True)
class Equations:
    """A declaration with the variables that it unfolds to."""

    declaration: EquationDeclaration
    variables: tuple[Unfolded, ...]


@dataclass(frozen=True)
class Stocks:
    """A declaration with the stocks that it unfolds to."""

    declaration: StockDeclaration
    variables: tuple[Unfolded, ...]


def own_units(declarations: Declarations, problems: Problems) -> Units:
    """The model's units; wrong ones are reported and left out."""
    own: list[str] = []
    for written in declarations.units:
        name = written.text.strip()
        problem = own_unit_problem(name, own)
        if not problem and (name in RESERVED or name in KEYWORDS):
            problem = f"`{name}` has a meaning of its own and can't be a unit"
        if problem:
            problems.at(written, "units", problem)
        else:
            own.append(name)
    return Units(own)


def checked_sets(declarations: Declarations, problems: Problems) -> dict[str, tuple[str, ...]]:
    """The sets by name; members that are no names, or stand twice, are reported."""
    for name, members in declarations.sets.items():
        if not _NAME.fullmatch(name) or name in KEYWORDS:
            problems.add(f"`{name}` can't name a set", hint="a name is made of letters, digits and `_`")
        for member in members:
            if not re.fullmatch(r"[^\W\d]\w*", member) or member in KEYWORDS:
                problems.add(f"`{member}` can't be a member of the set `{name}`", hint="write `_` for a space in it")
        twice = (
            [member for member in dict.fromkeys(members) if members.count(member) > 1] if len(members) < 1000 else []
        )
        for member in twice:
            problems.add(f"`{member}` stands twice in the set `{name}`")
        if len(members) > MAX_MEMBERS:
            problems.add(f"the set `{name}` has {len(members):,} members; {MAX_MEMBERS:,} are allowed")
    return dict(declarations.sets)


def collect(
    declarations: Declarations, sets: dict[str, tuple[str, ...]], units: Units, budget: Budget, problems: Problems
) -> tuple[Names, list[Stocks], list[Equations]]:
    """All names, and stocks and equations unfolded over their sets."""
    names = Names(sets)
    collector = _Collector(names, units, problems)
    names.kinds[TIME_NAME] = "time"
    for switch in declarations.switches:
        if f"{switch}.on" in names.kinds:
            problems.add(f"the lever `{switch}` is declared twice")
        names.kinds[f"{switch}.on"] = "switch"
    for kind, group in (
        ("value", declarations.values),
        ("series", declarations.series),
        ("decision", declarations.decisions),
    ):
        for item in group:
            budget.equation(item.name)
            collector.take(item.name, kind, _place(item))
    stocks, equations = [], []
    for stock in declarations.stocks:
        unfolded = members_of(stock, names, budget, problems)
        collector.family(stock.name, stock.indices, unfolded, "stock", stock.start.at)
        stocks.append(Stocks(stock, tuple(unfolded)))
    for equation in declarations.equations:
        unfolded = members_of(equation, names, budget, problems)
        at = equation.terms[0].value.at if equation.terms else None
        collector.family(equation.name, equation.indices, unfolded, "equation", at)
        equations.append(Equations(equation, tuple(unfolded)))
    return names, stocks, equations


@dataclass
class _Collector:
    names: Names
    units: Units
    problems: Problems

    def take(self, name: str, kind: str, at: Position | None) -> None:
        """Enters a name, unless it can't be one."""
        self._check(name, at, bare=True)
        if name in RESERVED:
            return
        if name in self.names.kinds:
            other = self.names.kinds[name]
            what = "a reserved name" if other in ("time", "switch") else f"also a {other}"
            self.problems.add(
                f"the {kind} `{name}` is {what}", at, "two things can't have the same name; call one of them otherwise"
            )
            return
        self.names.kinds[name] = kind

    def family(
        self, name: str, indices: tuple[str, ...], unfolded: Iterable[Unfolded], kind: str, at: Position | None
    ) -> None:
        """Enters a declaration's variables."""
        if not indices:
            self.take(name, kind, at)
            return
        self._check(name, at, bare=False)
        if name in self.names.kinds or name in self.names.families:
            self.problems.add(f"the {kind} `{name}` is declared twice", at)
        self.names.families[name] = indices
        for each in unfolded:
            self.take(each.name, kind, at)

    def _check(self, name: str, at: Position | None, bare: bool) -> None:
        if not _NAME.fullmatch(name) or len(name) > 200 or any(part in KEYWORDS for part in name.split(".")):
            self.problems.add(
                f"`{name}` can't be a name", at, "a name is made of letters, digits and `_`, and is no keyword"
            )
        elif name in RESERVED:
            self.problems.add(f"`{name}` has a meaning of its own and can't be a name", at, "call it something else")
        elif bare and name in self.units.words and not self.units.is_own_plural(name):
            self.problems.add(
                f"`{name}` is a unit and can't be a name", at, f"call it something else, such as `the_{name}`"
            )


def _place(item: object) -> Position | None:
    written = getattr(item, "value", None) or getattr(item, "low", None) or getattr(item, "high", None)
    if isinstance(written, Written):
        return written.at
    return getattr(item, "at", None)
