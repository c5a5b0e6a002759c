"""Reads rank correlations between drawn values, and checks that all of them can hold together."""

from __future__ import annotations

from collections.abc import Sequence

from leverwise.lang.context import Context
from leverwise.lang.declarations import Correlation, Declarations, Written
from leverwise.lang.syntax import Reference
from leverwise.lang.system import Unit, Value

_LEAST_EIGENVALUE = -1e-9
MAX_CORRELATED = 500


def read_correlations(
    declarations: Declarations, values: Sequence[Value], context: Context
) -> tuple[tuple[str, str, float], ...]:
    """(value, value, rank correlation) triples; problems are reported."""
    made: list[tuple[str, str, float]] = []
    seen: set[frozenset[str]] = set()
    drawn = {value.name for value in values if value.drawn}
    for correlation in declarations.correlations:
        triple = _triple(correlation, drawn, context)
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
    return tuple(made)


def _triple(correlation: Correlation, drawn: set[str], context: Context) -> tuple[str, str, float] | None:
    first, second = _drawn(correlation.first, drawn, context), _drawn(correlation.second, drawn, context)
    rank = context.quantity(correlation.rank, "correlate", Unit(), what="a rank correlation")
    if rank is not None and not -1 < rank.value < 1:
        context.problems.at(correlation.rank, "correlate", "a rank correlation lies between -1 and 1")
        return None
    return None if first is None or second is None or rank is None else (first, second, rank.value)


def _drawn(written: Written, drawn: set[str], context: Context) -> str | None:
    before = len(context.problems)
    read = context.resolve(written, "correlate")
    if len(context.problems) > before:
        return None
    if not isinstance(read.node, Reference) or read.node.name not in drawn:
        message = f"`{written.text}` is not a value with a range, so it can't be correlated"
        read.site.report(read.node, message, "give it a range, or take the pair out of `correlate`")
        return None
    return read.node.name


def _possible(triples: Sequence[tuple[str, str, float]]) -> bool:
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
