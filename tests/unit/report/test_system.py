from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ElementTree
from dataclasses import replace

import pytest

from leverwise.errors import ModelError, Position, Problem
from leverwise.lang.declarations import Origin
from leverwise.lang.system import Unit
from leverwise.report.graphs import dependencies, draw
from leverwise.report.layers import place
from leverwise.report.system import counts, problems, sources, summary, text
from unit.report.systems import small_system


def test_the_summary_counts_what_there_is() -> None:
    """Hidden stocks are not counted; singular and plural are right."""
    said = " ".join(summary(small_system(), ["think of it"]).split())
    assert "1 lever (1 capital), 2 numbers (1 range, 1 default), 2 decisions, 2 stocks, 3 equations" in said
    assert "12 months in steps of 0.5 months, 3 months of tail, heun. warning: think of it" in said


def test_counts_are_plain_data() -> None:
    """They can be printed as JSON."""
    assert json.loads(json.dumps(counts(small_system(), "abc")))["model"]["sha256"] == "abc"


def test_problems_keep_their_places() -> None:
    """Message, hint and place of each problem, for editors."""
    error = ModelError([Problem("bad", Position("m.yaml", 3, 5, 4), "mend it"), Problem("worse")])
    found = problems(error)["problems"]
    assert found[0] == {"message": "bad", "hint": "mend it", "file": "m.yaml", "line": 3, "column": 5, "length": 4}
    assert found[1]["line"] is None


def test_show_says_everything_once() -> None:
    """Every visible variable has its line, under its lever; sources and defaults are named."""
    shown = text(small_system())
    lines = [line.split()[0].rstrip(":") for line in shown.splitlines() if re.match(r"  \S", line)]
    assert lines == [
        *["impact", "fade", "hire", "cash", "known", "scale", "deals"],
        *["media.price", "media.spent", "reach", "margin"],
    ]
    assert "media.price: 2 to 4 $\n      # What media cost. (default, Berger 2010)" in shown
    assert "decided every 3 months, 0 to 9 $k/month" in shown
    assert "decided every 6 months, 0 and more people, whole" in shown
    assert "cash starts at 100\n      changes by -media.spent\n      # [$]" in shown


def test_sources_are_listed_with_what_rests_on_them() -> None:
    """One entry per source, however many variables name it."""
    listed = sources(small_system()).splitlines()
    assert listed == ["Berger, J. (2010) Positive Effects.", "    media.price, media.spent, reach"]


def test_hidden_stocks_are_passed_through_and_constants_left_out() -> None:
    """What smooths a stock is drawn as an edge from that stock; the future of a stock is a node of its own."""
    graph = dependencies(small_system())
    assert set(graph.edges) == {
        ("media.spent", "reach"),
        ("known", "deals"),
        ("media.spent", "cash'"),
        ("reach", "known'"),
        ("deals", "impact!"),
    }
    assert "scale" not in graph.nodes


@pytest.mark.parametrize("form", ["mermaid", "dot"])
def test_text_graphs_name_every_node_and_edge(form: str) -> None:
    """Each node is declared once; each edge uses declared nodes only; quotes in names are escaped."""
    drawn = draw(small_system(), form)
    graph = dependencies(small_system())
    declared = re.findall(r"^ +(n\d+)[\[({ ]", drawn, re.M)
    joined = re.findall(r"(n\d+) --?> (n\d+)", drawn)
    assert len(set(declared)) == len(graph.nodes)
    assert len(joined) == len(graph.edges)
    assert {end for pair in joined for end in pair} <= set(declared)
    assert "media" in drawn


def test_the_svg_graph_is_whole_and_flows_to_the_right() -> None:
    """A box per node, a curve per edge that starts left of its end, names escaped."""
    drawn = ElementTree.fromstring(draw(small_system(), "svg"))
    graph = dependencies(small_system())
    paths = [element.get("d", "") for element in drawn.iter() if element.tag.endswith("path")]
    assert len([element for element in drawn.iter() if element.tag.endswith("}text")]) == len(graph.nodes)
    assert len(paths) == len(graph.edges)
    for path in paths:
        numbers = [float(number) for number in re.findall(r"[\d.]+", path)]
        assert numbers[0] < numbers[-2]


def test_layers_respect_every_edge_and_avoid_a_needless_crossing() -> None:
    """Each edge leads to a later column; two parallel chains are not crossed."""
    nodes = ["a", "b", "y", "x", "end"]
    edges = [("a", "x"), ("b", "y"), ("x", "end"), ("y", "end")]
    columns = place(nodes, edges, {"end"})
    where = {node: (i, column.index(node)) for i, column in enumerate(columns) for node in column}
    assert all(where[source][0] < where[target][0] for source, target in edges)
    assert (where["a"][1] < where["b"][1]) == (where["x"][1] < where["y"][1])


def test_a_loop_is_refused() -> None:
    """Layers need an end."""
    with pytest.raises(ValueError, match="loop"):
        place(["a", "b"], [("a", "b"), ("b", "a")])


def test_show_tells_given_default_and_not_given_apart() -> None:
    """A neutral number is neither given nor an assumption; a default comes with its source."""
    system = small_system()
    origins = (
        Origin("Neutral.", "base", given=False),
        Origin("Assumed.", "base", "", "Rosen, S. (1981), Superstars.", True, False),
        Origin("Said.", "base"),
    )
    values = tuple(replace(system.values[0], name=f"v{i}", origin=origin) for i, origin in enumerate(origins))
    said = text(replace(system, values=values))
    assert "# Neutral. (not given)" in said
    assert "# Assumed. (default, Rosen 1981)" in said
    assert "# Said. (given)" in said


def test_time_without_a_unit_is_counted() -> None:
    """One time unit, and several of them, in the step, the horizon and the periods of decisions."""
    system = small_system()
    bare = replace(system, clock=replace(system.clock, unit=Unit(), step=1.0))
    assert "24 time units in steps of 1 time unit, 6 time units of tail" in " ".join(summary(bare, []).split())
    assert re.search(r"decided every \d+ time unit", text(bare))
