"""Puts equations in an order in which they can be evaluated, and shows loops that prevent one."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping, Sequence

MAX_LOOPS = 20
_SHOWN = 12

Graph = Mapping[str, Sequence[str]]
"""From each variable to the variables that it needs at the same moment."""


def ordered(graph: Graph, wanted: Iterable[str]) -> tuple[list[str], list[list[str]]]:
    """The wanted variables and all they need, each after what it needs; and one loop per tangle.

    A loop is a list of names that begins and ends with the same one.
    """
    order: list[str] = []
    tangled = False
    state: dict[str, int] = {}
    for root in wanted:
        if root in state:
            continue
        stack = [(root, iter(graph.get(root, ())))]
        state[root] = 1
        while stack:
            name, needs = stack[-1]
            for need in needs:
                if need not in graph:
                    continue
                if need not in state:
                    state[need] = 1
                    stack.append((need, iter(graph[need])))
                    break
                tangled = tangled or state[need] == 1
            else:
                state[name] = 2
                order.append(name)
                stack.pop()
    return order, (_loops(graph, order) if tangled else [])


def shown(loop: Sequence[str]) -> str:
    """A loop as `a -> b -> a`; the middle of a long one is left out."""
    names = list(loop)
    if len(names) > _SHOWN:
        names = [*names[: _SHOWN // 2], f"({len(names) - _SHOWN} more)", *names[-_SHOWN // 2 :]]
    return " -> ".join(names)


def _loops(graph: Graph, names: Sequence[str]) -> list[list[str]]:
    """A shortest loop through each tangle (strongly connected part), found through its first name."""
    graph = _trimmed(graph, names)
    backwards: dict[str, list[str]] = {}
    for name, needs in graph.items():
        for need in needs:
            backwards.setdefault(need, []).append(name)
    loops: list[list[str]] = []
    seen: set[str] = set()
    for name in graph:
        if name in seen or len(loops) == MAX_LOOPS:
            continue
        loop = _shortest_loop(graph, name, seen)
        if loop:
            loops.append(loop)
            seen |= _reached(graph, name) & _reached(backwards, name)
    return loops


def _trimmed(graph: Graph, names: Sequence[str]) -> Graph:
    """The part of the graph without what needs nothing, or is needed by nothing, that remains."""
    reached = set(names)
    kept = dict.fromkeys(name for name in graph if name in reached)
    while True:
        needed = {need for name in kept for need in graph[name]}
        left = dict.fromkeys(name for name in kept if name in needed and any(need in kept for need in graph[name]))
        if len(left) == len(kept):
            return {name: [need for need in graph[name] if need in kept] for name in kept}
        kept = left


def _shortest_loop(graph: Graph, start: str, without: set[str]) -> list[str]:
    came_from: dict[str, str] = {}
    queue = deque([start])
    while queue:
        here = queue.popleft()
        for need in graph.get(here, ()):
            if need == start:
                path = [start, here]
                while path[-1] != start:
                    path.append(came_from[path[-1]])
                return path[::-1]
            if need in graph and need not in came_from and need not in without:
                came_from[need] = here
                queue.append(need)
    return []


def _reached(graph: Graph, start: str) -> set[str]:
    found, stack = {start}, [start]
    while stack:
        for need in graph.get(stack.pop(), ()):
            if need not in found:
                found.add(need)
                stack.append(need)
    return found
