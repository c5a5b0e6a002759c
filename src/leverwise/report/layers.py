"""A place for every node of an acyclic graph: columns by depth, rows so that few lines cross (Sugiyama 1981)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

_SWEEPS = 6


def place(nodes: Sequence[str], edges: Iterable[tuple[str, str]], last: Collection[str] = ()) -> list[list[str]]:
    """The nodes in columns from left to right; those in `last` stand in the last column.

    Every edge must lead to the right: raises ValueError if the edges form a loop.
    """
    before: dict[str, list[str]] = {node: [] for node in nodes}
    after: dict[str, list[str]] = {node: [] for node in nodes}
    for source, target in edges:
        before[target].append(source)
        after[source].append(target)
    depth = _depths(nodes, before, after)
    end = max((depth[node] for node in nodes if node not in last), default=-1) + 1
    columns: list[list[str]] = [[] for _ in range(end + bool(last))]
    for node in nodes:
        columns[end if node in last else depth[node]].append(node)
    return _untangled([column for column in columns if column], before, after)


def _depths(nodes: Sequence[str], before: Mapping[str, list[str]], after: Mapping[str, list[str]]) -> dict[str, int]:
    waiting = {node: len(before[node]) for node in nodes}
    ready = [node for node in nodes if not waiting[node]]
    depth = dict.fromkeys(ready, 0)
    for node in ready:
        for target in after[node]:
            depth[target] = max(depth.get(target, 0), depth[node] + 1)
            waiting[target] -= 1
            if not waiting[target]:
                ready.append(target)
    if len(ready) < len(nodes):
        raise ValueError("the graph has a loop")
    return depth


def _untangled(
    columns: list[list[str]], before: Mapping[str, list[str]], after: Mapping[str, list[str]]
) -> list[list[str]]:
    """Each column sorted by the mean height of its neighbours, to and fro a few times."""
    height = _heights(columns)
    for sweep in range(_SWEEPS):
        neighbours = before if sweep % 2 == 0 else after
        for column in columns if sweep % 2 == 0 else reversed(columns):
            centre = {node: _mean([height[n] for n in neighbours[node]], height[node]) for node in column}
            column.sort(key=lambda node: centre[node])
            height |= _heights([column])
    return columns


def _heights(columns: Iterable[Sequence[str]]) -> dict[str, float]:
    return {node: (row + 0.5) / len(column) for column in columns for row, node in enumerate(column)}


def _mean(values: Sequence[float], otherwise: float) -> float:
    return sum(values) / len(values) if values else otherwise
