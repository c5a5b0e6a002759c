"""What made the difference, drawn and set: every name and number is there, at every width, in colour and without."""

from __future__ import annotations

import io
import re
import xml.etree.ElementTree as ElementTree

import pytest
from rich.console import Console

from leverwise.ask.answer import Answer, Chart, Estimate, Provenance
from leverwise.report import tables
from leverwise.report.charts import Setting, altair, flat, stacked, svg
from leverwise.report.grid import folded
from leverwise.report.page import alt, html
from leverwise.report.terminal import show
from leverwise.report.theme import LIGHT_SERIES

NAMES = ("network", "brand", "attention")
BARS = ((1.0, 100.0, "×100"), (100.0, 400.0, "×4"), (400.0, 200.0, "÷2"))  # noqa: RUF001


def waterfall() -> Chart:
    """Two that multiply and one that divides, from alone to 200 times."""
    rows = [{"label": "alone", "value": 0.0, "start": 1.0, "end": 1.0, "log": True, "total": True, "text": "1"}]
    rows += [
        {"label": name, "value": 1.0, "start": start, "end": end, "log": True, "total": False, "text": text}
        for name, (start, end, text) in zip(NAMES, BARS, strict=True)
    ]
    rows.append(
        {"label": "all together", "value": 2.3, "start": 1.0, "end": 200.0, "log": True, "total": True, "text": "200"}
    )
    return Chart("difference", "waterfall", "what made the difference", "From alone to all.", rows, "", "times alone")


def matrix(names: tuple[str, ...] = NAMES) -> Chart:
    """Above zero beside the diagonal, below in the corners."""
    rows = [
        {"label": a, "series": b, "value": 1.5 if a == b else 0.25 if abs(i - j) == 1 else -0.75, "own": a == b}
        for i, a in enumerate(names)
        for j, b in enumerate(names)
    ]
    return Chart("matrix", "matrix", "with each other", "On the diagonal: by itself.", rows, "", "orders of magnitude")


def answer() -> Answer:
    """An answer with both charts and both tables."""
    shares = [
        {"mechanism": name, "levers": name, "shapley": value, "se": 0.01 * value, "low": value, "high": value}
        | {
            "share": value / 2.3,
            "times": 10**value,
            "by_itself": 0.1,
            "p5": value - 1,
            "p95": value + 1,
            "unit": "orders of magnitude",
        }
        for name, value in zip((*NAMES, "capital"), (2.0, 0.6, -0.3, 0.0), strict=True)
    ]
    pairs = [("network", "brand", 1.0), ("network", "attention", -0.4), ("brand", "attention", 0.001)]
    interactions = [
        {"a": a, "b": b, "value": value, "se": 0.01, "low": value, "high": value, "times": 10**value}
        | {"impact": 5e6 * value, "impact_se": 1e3, "unit": "orders of magnitude"}
        for a, b, value in pairs
    ]
    return Answer(
        question="attribute",
        headline="With this plan, network made most.",
        model="star",
        sha256="",
        next="leverwise diagnose star.yaml",
        numbers={"impact": Estimate(1.0, 0.1, 0.01, 0.8, 1.0, 1.2, "listen")},
        rows={"shares": shares, "interactions": interactions},
        charts=[waterfall(), matrix()],
        warnings=(),
        provenance=Provenance("0", 0, 64, "float64", "cpu", {}),
    )


def words(picture: str) -> list[str]:
    return [element.text or "" for element in ElementTree.fromstring(picture).iter() if element.tag.endswith("text")]


@pytest.mark.parametrize("width", [308, 640])
def test_a_waterfall_says_every_factor(width: int) -> None:
    """Each bar has its name and factor; what divides has the second colour; the axis says what its marks are."""
    picture = svg(waterfall(), Setting(width))
    said = words(picture)
    assert {"alone", *NAMES, "all together", *(text for *_, text in BARS)} <= set(said)
    assert any(text.startswith("times alone") and "of magnitude" in text for text in said)
    assert LIGHT_SERIES[1] in picture
    assert float(ElementTree.fromstring(picture).get("width", "inf")) < 1.2 * width


def test_a_waterfall_starts_each_bar_where_the_one_before_ended() -> None:
    """Bars that multiply lead to the right, those that divide to the left; the axis has room for all."""
    drawn = altair(waterfall()).to_dict()
    (bars,) = drawn["datasets"].values()
    assert [(bar["low"], bar["high"]) for bar in bars] == [(1, 1), (1, 100), (100, 400), (200, 400), (1, 200)]
    x = drawn["layer"][0]["encoding"]["x"]
    assert x["scale"]["domain"][0] == 1
    assert x["scale"]["domain"][1] > 400
    assert x["axis"]["values"] == [1, 10, 100]


@pytest.mark.parametrize("width", [308, 640])
def test_a_matrix_has_a_number_for_every_two(width: int) -> None:
    """Rows and columns are named, every cell has its number, and the two colours part what helps from what does not."""
    picture = svg(matrix(), Setting(width))
    said = words(picture)
    assert [said.count(text) for text in ("1.50", "0.25", "-0.75")] == [3, 4, 2]
    assert all(said.count(name) == 2 for name in NAMES)
    assert {LIGHT_SERIES[0], LIGHT_SERIES[1]} <= set(re.findall(r'fill="(#\w+)"', picture))


def test_many_names_leave_no_room_for_numbers_on_a_telephone() -> None:
    """The colours stay, and the picture is no wider."""
    many = matrix(tuple(f"lever {k}" for k in range(10)))
    assert "1.50" in words(svg(many, Setting(640)))
    narrow = svg(many, Setting(308))
    assert "1.50" not in words(narrow)
    assert float(ElementTree.fromstring(narrow).get("width", "inf")) < 400


def test_both_are_drawn_beside_each_other_and_on_the_page() -> None:
    """Neither is taken for a chart in which nothing changes, even where all values are the same."""
    same = Chart("m", "matrix", "m", "", [{"label": "a", "series": "a", "value": 0.0, "own": True}], "", "")
    assert not flat(same)
    assert len(stacked(answer().charts).to_dict()["concat"]) == 2
    page = html([answer()])
    assert page.count("<figure") >= 2
    assert "What made the difference" in page
    assert "network: brand 0.25" in alt(matrix())


def terminal(width: int, encoding: str = "utf-8") -> str:
    stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding, errors="replace")
    show(answer(), Console(file=stream, width=width, legacy_windows=False))
    stream.seek(0)
    return stream.read()


@pytest.mark.parametrize("encoding", ["utf-8", "ascii"])
@pytest.mark.parametrize("width", [40, 80, 110])
def test_the_terminal_shows_both_within_its_width(width: int, encoding: str) -> None:
    """Bars begin where the one before ended, the matrix has its numbers, and no line is too long."""
    lines = terminal(width, encoding).splitlines()
    assert max(map(len, lines)) <= max(width, len("next leverwise diagnose star.yaml"))
    bar = {"utf-8": "█", "ascii": "="}[encoding]
    first, second = (
        next(line for line in lines if line.strip().startswith(name) and bar in line) for name in NAMES[:2]
    )
    assert abs(second.index(bar) - first.rindex(bar) - 1) <= 1
    assert any("-0.75" in line and "1.50" in line for line in lines)


def test_tables_fold_what_hardly_matters() -> None:
    """Mechanisms that change nothing are named, pairs that do nothing for each other are counted."""
    shares, interactions = tables.tables(answer())
    assert [row[0].text for row in shares.rows] == [*NAMES, "capital"]
    assert shares.rows[2][2].text == "-13 %"
    assert len(folded(shares).rows) == 4, "a single one is not worth a line of its own"
    assert interactions.rows[0][0].text == "network and brand"
    assert {column.title for column in interactions.columns} >= {"orders of magnitude", "in listens"}
    assert interactions.faint == frozenset({2})
