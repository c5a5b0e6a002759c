"""The two special built-ins, `throughput` and `allotment`: from names of equations to their members.

`throughput(may, effort, capacity, chores, limit)`: a relation, an equation over `task`, one over
`worker`, a number, an equation over `task`. `allotment` takes besides `score`, over `worker, task`, and
the output, and is used in an equation over worker and task.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from leverwise.errors import did_you_mean
from leverwise.lang.functions import WORKSHOP
from leverwise.lang.names import Names, member_name
from leverwise.lang.site import Site
from leverwise.lang.syntax import Apply, Literal, Node, Reference
from leverwise.lang.system import Workshop

MAX_TASKS = 12
CHORES = "chores"

Relations = Mapping[str, frozenset[tuple[str, str]]]


def unfolded(
    node: Apply,
    site: Site,
    bindings: Mapping[str, str],
    names: Names,
    relations: Relations,
    resolve: Callable[[Node, Mapping[str, str]], Node],
) -> Node:
    """The call with one argument per task and worker, and a `Workshop` in its fixed part."""
    nothing = Literal(0.0, "", node.start, node.end)
    wanted = 5 if node.function == "throughput" else 7
    if len(node.arguments) != wanted:
        site.report(node, f"`{node.function}` takes {wanted} arguments", f"write `{WORKSHOP[node.function]}`")
        return nothing
    tasks = names.members("task", site.written.scope)
    workers = names.members("worker", site.written.scope)
    if tasks is None or workers is None:
        site.report(node, f"`{node.function}` needs the sets `task` and `worker`")
        return nothing
    if len(tasks) > MAX_TASKS:
        site.report(
            node, f"`{node.function}` can handle {MAX_TASKS} tasks; there are {len(tasks)}", "join some of them"
        )
        return nothing
    table = _relation(node.arguments[0], site, relations)
    if table is None:
        return nothing

    def over(argument: Node, *members: str) -> Node:
        if not isinstance(argument, Reference):
            site.report(argument, f"`{node.function}` needs the name of an equation over a set here")
            return Literal(0.0, "", argument.start, argument.end)
        plain = Reference(member_name(argument.name, members), (), argument.start, argument.end)
        return resolve(plain, bindings)

    _, effort, capacity, chores, limit, *rest = node.arguments
    arguments = [
        *(over(effort, task) for task in tasks),
        *(over(capacity, worker) for worker in workers),
        resolve(chores, bindings),
        *(over(limit, task) for task in tasks),
    ]
    shop = Workshop(
        tasks,
        workers,
        tuple(tuple(k for k, task in enumerate(tasks) if (worker, task) in table) for worker in workers),
        tuple((worker, CHORES) in table for worker in workers),
    )
    if node.function == "throughput":
        return Apply(node.function, tuple(arguments), node.start, node.end, "", (shop,))
    place = _place(bindings, shop)
    if place is None:
        site.report(node, "`allotment` belongs in an equation over a worker and a task")
        return nothing
    arguments += [over(rest[0], worker, task) for worker in workers for task in tasks]
    arguments.append(resolve(rest[1], bindings))
    return Apply(node.function, tuple(arguments), node.start, node.end, "", (shop, *place))


def _relation(node: Node, site: Site, relations: Relations) -> frozenset[tuple[str, str]] | None:
    if isinstance(node, Reference) and node.name in relations:
        return relations[node.name]
    name = site.shown(node)
    site.report(node, f"`{name}` is not a relation", did_you_mean(name, relations))
    return None


def _place(bindings: Mapping[str, str], shop: Workshop) -> tuple[int, int] | None:
    """The positions of the worker and the task that an equation's indices stand for."""
    members = list(bindings.values())
    if len(members) < 2 or members[0] not in shop.workers:
        return None
    if members[1] in shop.tasks:
        return shop.workers.index(members[0]), shop.tasks.index(members[1])
    return (shop.workers.index(members[0]), len(shop.tasks)) if members[1] == CHORES else None
