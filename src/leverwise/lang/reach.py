"""What depends on what in an equation system: which variables stand behind an expression, and which before it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from leverwise.lang.system import Expression, System, names_in


def reads(system: System) -> dict[str, frozenset[str]]:
    """The names that each auxiliary and stock reads, its start included."""
    found = {item.name: frozenset(names_in(item.value)) for item in system.auxiliaries}
    for stock in system.stocks:
        found[stock.name] = frozenset((*names_in(stock.start), *names_in(stock.change)))
    return found


def behind(roots: Iterable[str], read: Mapping[str, Collection[str]]) -> frozenset[str]:
    """Every name that the roots read, directly or through others; the roots among them."""
    found, waiting = set(), list(roots)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting.extend(read.get(name, ()))
    return frozenset(found)


def before(roots: Iterable[str], read: Mapping[str, Collection[str]], shut: Collection[str] = ()) -> frozenset[str]:
    """Every name that depends on the roots, the roots among them; nothing is followed into what is `shut`."""
    readers: dict[str, list[str]] = {}
    for name, names in read.items():
        for each in names:
            if name not in shut:
                readers.setdefault(each, []).append(name)
    return behind(roots, readers)


def aims(system: System) -> frozenset[str]:
    """What impact and its final value read themselves."""
    return frozenset(_named(system.impact, system.final))


def watched(system: System) -> frozenset[str]:
    """What measures and the costs of decisions read themselves."""
    costs = [decision.costs for decision in system.decisions]
    return frozenset(_named(*costs, *(measure.value for measure in system.measures)))


def _named(*expressions: Expression | None) -> Iterable[str]:
    for expression in expressions:
        if expression is not None:
            yield from names_in(expression)
