"""Reads rank correlations between drawn values, and checks that all of them can hold together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from leverwise.lang.context import Context
from leverwise.lang.declarations import Correlation, Declarations, Written
from leverwise.lang.syntax import Reference
from leverwise.lang.system import Unit, Value

_LEAST_EIGENVALUE = -1e-9
MAX_CORRELATED = 500
Triple = tuple[str, str, float]


def read_correlations(
    declarations: Declarations, values: Sequence[Value], context: Context
) -> tuple[tuple[Triple, ...], tuple[Triple, ...]]:
    """(value, value, rank correlation) of drawn values, and of those with a number that a setting made of a range.

    Problems are reported.
    """
    made: list[Triple] = []
    seen: set[frozenset[str]] = set()
    drawn = {value.name for value in values if value.drawn}
    fixed = {value.name for value in values if not value.drawn} & declarations.settled
    expressed = {each.name: each.value for each in declarations.values if each.name in declarations.settled}
    for correlation in declarations.correlations:
        triple = _triple(correlation, drawn | fixed, expressed, context)
        if triple is None:
            continue
        pair = frozenset(triple[:2])
        if len(pair) < 2 or pair in seen:
            message = "this pair stands twice" if pair in seen else "a value can't be correlated with itself"
            context.problems.at(correlation.second, "correlate", message)
            continue
        seen.add(pair)
        made.append(triple)
    if made and not _possible(made):
        context.problems.at(
            declarations.correlations[0].first,
            "correlate",
            "no numbers can have all these correlations at once",
            hint="make them weaker",
        )
    free = [triple for triple in made if drawn.issuperset(triple[:2])]
    return tuple(free), tuple(triple for triple in made if triple not in free)


def _triple(correlation: Correlation, known: set[str], over: Mapping[str, Written], context: Context) -> Triple | None:
    """The names and the rank; `over` has what was set over the file. None after a problem."""
    first, second = (_named(each, known, over, context) for each in (correlation.first, correlation.second))
    rank = context.quantity(correlation.rank, "correlate", Unit(), what="a rank correlation")
    if rank is not None and not -1 < rank.value < 1:
        context.problems.at(correlation.rank, "correlate", "a rank correlation lies between -1 and 1")
        return None
    return None if first is None or second is None or rank is None else (first, second, rank.value)


def _named(written: Written, known: set[str], over: Mapping[str, Written], context: Context) -> str | None:
    before = len(context.problems)
    read = context.resolve(written, "correlate")
    if len(context.problems) > before:
        return None
    if isinstance(read.node, Reference) and read.node.name in over and read.node.name not in known:
        name = read.node.name
        message = f"`{name}` is correlated with others, so it can't be set to what follows from other values"
        context.problems.at(over[name], name, message, hint="set a number or a range")
        return None
    if not isinstance(read.node, Reference) or read.node.name not in known:
        message = f"`{written.text}` is not a value with a range, so it can't be correlated"
        read.site.report(read.node, message, "give it a range, or take the pair out of `correlate`")
        return None
    return read.node.name


def _possible(triples: Sequence[Triple]) -> bool:
    """True if the normal variables behind these rank correlations have a positive semidefinite matrix."""
    import numpy as np

    names = list(dict.fromkeys(name for triple in triples for name in triple[:2]))
    if len(names) > MAX_CORRELATED:
        return False
    matrix = np.eye(len(names))
    for first, second, rank in triples:
        i, j = names.index(first), names.index(second)
        matrix[i, j] = matrix[j, i] = 2 * np.sin(np.pi * rank / 6)
    return bool(np.linalg.eigvalsh(matrix).min() >= _LEAST_EIGENVALUE)
