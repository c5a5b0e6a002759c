"""What depends on what in a model, as a drawing: Mermaid, Graphviz or SVG.

Shown are decisions, stocks and the equations between them, from left to right through one step of time: each stock
stands at the left with its level, and at the right as what it will be. Constants are left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from typing import Literal

from leverwise.lang.system import Expression, System, names_in
from leverwise.report.layers import place

Kind = Literal["decision", "stock", "equation", "next", "impact"]
_ROW, _GAP, _MARGIN, _LETTER = 26, 70, 24, 6.7
_SHAPES = {"decision": "hexagon", "stock": "box", "equation": "ellipse", "next": "box", "impact": "doubleoctagon"}
_MERMAID = {
    "decision": ('{{"', '"}}'),
    "stock": ('["', '"]'),
    "equation": ('("', '")'),
    "next": ('["', '"]'),
    "impact": ('(["', '"])'),
}
_STYLE = """
text{font:12px "Liberation Sans",Arial,Helvetica,sans-serif;fill:#20262e}
rect{stroke:#a2abb5;fill:#fff} .stock rect,.next rect{fill:#dcebf5;stroke:#0b6aa6}
.decision rect{fill:#fbe6d6;stroke:#c9570d} .impact rect{fill:#d9efe8;stroke:#16876a}
path{fill:none;stroke:#7c858f;stroke-opacity:.4} .page{fill:#fff;stroke:none}
@media (prefers-color-scheme:dark){text{fill:#e6e9ed} rect{fill:#1c2229;stroke:#5b6570} .page{fill:#14181d}
.stock rect,.next rect{fill:#12324a;stroke:#58aee6} .decision rect{fill:#4a2a14;stroke:#f08d4d}
.impact rect{fill:#123c31;stroke:#4bc2a0} path{stroke:#a2abb5}}
"""


@dataclass(frozen=True)
class Node:
    """A variable in the drawing, and the lever it belongs to (empty for the enterprise)."""

    name: str
    kind: Kind
    lever: str


@dataclass(frozen=True)
class Dependencies:
    """Nodes by key, and (from, to) pairs of keys. The future of stock `x` has the key `x'`."""

    nodes: Mapping[str, Node]
    edges: tuple[tuple[str, str], ...]


def draw(system: System, form: str) -> str:
    """The drawing as text: `mermaid`, `dot` or `svg`."""
    found = dependencies(system)
    return {"mermaid": mermaid, "dot": dot, "svg": svg}[form](found, system.name)


def dependencies(system: System) -> Dependencies:
    """The graph; what only helps to compute a function (hidden stocks) is passed through."""
    nodes: dict[str, Node] = {}
    hidden: dict[str, Expression] = {stock.name: stock.change for stock in system.stocks if stock.hidden}
    for decision in system.decisions:
        nodes[decision.name] = Node(decision.name, "decision", decision.origin.lever)
    for stock in system.stocks:
        if not stock.hidden:
            nodes[stock.name] = Node(stock.name, "stock", stock.origin.lever)
    for auxiliary in system.auxiliaries:
        if not auxiliary.constant:
            nodes[auxiliary.name] = Node(auxiliary.name, "equation", auxiliary.origin.lever)
    known = set(nodes)
    edges: dict[tuple[str, str], None] = {}

    def link(expression: Expression, target: str) -> None:
        for source in _reached(expression, known, hidden):
            edges[source, target] = None

    for auxiliary in system.auxiliaries:
        if not auxiliary.constant:
            link(auxiliary.value, auxiliary.name)
    for stock in system.stocks:
        if not stock.hidden:
            nodes[f"{stock.name}'"] = Node(f"{stock.name}, next", "next", stock.origin.lever)
            link(stock.change, f"{stock.name}'")
    nodes["impact!"] = Node("impact", "impact", "")
    link(system.impact, "impact!")
    if system.final is not None:
        link(system.final, "impact!")
    return Dependencies(nodes, tuple(edges))


def _reached(expression: Expression, known: set[str], hidden: Mapping[str, Expression]) -> list[str]:
    found: dict[str, None] = {}
    waiting, passed = list(names_in(expression)), set[str]()
    while waiting:
        name = waiting.pop(0)
        if name in known:
            found[name] = None
        elif name in hidden and name not in passed:
            passed.add(name)
            waiting += names_in(hidden[name])
    return list(found)


def _groups(graph: Dependencies) -> dict[str, list[str]]:
    groups: dict[str, list[str]] = {}
    for key, node in graph.nodes.items():
        groups.setdefault(node.lever, []).append(key)
    return groups


def mermaid(graph: Dependencies, title: str) -> str:
    """The graph for Mermaid, with a box around each lever."""
    ids = {key: f"n{index}" for index, key in enumerate(graph.nodes)}
    lines = ["---", f"title: {_one_line(title)}", "---", "flowchart LR"]
    for index, (lever, keys) in enumerate(_groups(graph).items()):
        indent = "    " if lever else "  "
        lines += [f'  subgraph g{index}["{_quoted(lever)}"]'] if lever else []
        for key in keys:
            opening, closing = _MERMAID[graph.nodes[key].kind]
            lines.append(f"{indent}{ids[key]}{opening}{_quoted(graph.nodes[key].name)}{closing}")
        lines += ["  end"] if lever else []
    lines += [f"  {ids[source]} --> {ids[target]}" for source, target in graph.edges]
    return "\n".join(lines) + "\n"


def dot(graph: Dependencies, title: str) -> str:
    """The graph for Graphviz, with a cluster for each lever."""
    ids = {key: f"n{index}" for index, key in enumerate(graph.nodes)}
    lines = [f'digraph "{_escaped(title)}" {{', "  rankdir=LR;", "  node [fontname=Helvetica, fontsize=11];"]
    for index, (lever, keys) in enumerate(_groups(graph).items()):
        lines += [f"  subgraph cluster_{index} {{", f'    label="{_escaped(lever)}";'] if lever else []
        for key in keys:
            node = graph.nodes[key]
            lines.append(f'    {ids[key]} [label="{_escaped(node.name)}", shape={_SHAPES[node.kind]}];')
        lines += ["  }"] if lever else []
    lines += [f"  {ids[source]} -> {ids[target]};" for source, target in graph.edges]
    return "\n".join(lines) + "\n}\n"


def svg(graph: Dependencies, title: str) -> str:
    """The graph as an SVG picture, laid out here: no other program is needed."""
    ends = {key for key, node in graph.nodes.items() if node.kind in ("next", "impact")}
    columns = place(list(graph.nodes), graph.edges, ends)
    tall = max((len(column) for column in columns), default=1)
    boxes: dict[str, tuple[float, float, float]] = {}
    left = float(_MARGIN)
    for column in columns:
        width = max((len(graph.nodes[key].name) for key in column), default=0) * _LETTER + 16
        top = _MARGIN + (tall - len(column)) * _ROW / 2
        for row, key in enumerate(column):
            boxes[key] = (left, top + row * _ROW, width)
        left += width + _GAP
    wide, high = left - _GAP + _MARGIN, tall * _ROW + 2 * _MARGIN
    label = escape(f"What depends on what in {title}", quote=True)
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide:.0f} {high:.0f}" width="{wide:.0f}"'
        f' height="{high:.0f}" role="img" aria-label="{label}">',
        f"<style>{_STYLE}</style>",
        f'<rect class="page" width="{wide:.0f}" height="{high:.0f}"/>',
        *(_curve(boxes[source], boxes[target], graph, source, target) for source, target in graph.edges),
        *(_box(key, graph.nodes[key], boxes[key]) for key in boxes),
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def _curve(
    start: tuple[float, float, float], end: tuple[float, float, float], graph: Dependencies, source: str, target: str
) -> str:
    x1, y1, x2, y2 = start[0] + start[2], start[1] + _ROW / 2 - 2, end[0], end[1] + _ROW / 2 - 2
    bend = max(30.0, (x2 - x1) / 2)
    title = escape(f"{graph.nodes[source].name} to {graph.nodes[target].name}")
    path = f"M{x1:.1f} {y1:.1f}C{x1 + bend:.1f} {y1:.1f} {x2 - bend:.1f} {y2:.1f} {x2:.1f} {y2:.1f}"
    return f'<path d="{path}"><title>{title}</title></path>'


def _box(key: str, node: Node, box: tuple[float, float, float]) -> str:
    x, y, width = box
    corner = 9 if node.kind == "equation" else 3
    return (
        f'<g class="{node.kind}"><rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{_ROW - 5}" rx="{corner}"/>'
        f'<text x="{x + 8:.1f}" y="{y + 15:.1f}">{escape(node.name)}</text></g>'
    )


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _quoted(text: str) -> str:
    return _one_line(text).replace('"', "#quot;")


def _escaped(text: str) -> str:
    return _one_line(text).replace("\\", "\\\\").replace('"', '\\"')
