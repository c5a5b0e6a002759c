"""What an answer looks like when it is printed, shown in a notebook, or named in a traceback."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from leverwise.ask.answer import Answer, Chart, Estimate, Provenance

ANSWER = Answer(
    question="simulate",
    headline="It makes 12 loaves <on average>.",
    model="bakery",
    sha256="abc",
    next="",
    numbers={
        "impact": Estimate(12.0, 3.0, 0.1, 8.0, 11.0, 17.0, "loaf"),
        "cash_shadow_price": Estimate(2.0, 0.0, 0.0, 2.0, 2.0, 2.0, "loaf/$"),
    },
    rows={"costs": [{"period": 1}]},
    charts=(),
    warnings=(),
    provenance=Provenance("1", 0, 64, "float64", "cpu", {}),
)


def test_printing_gives_the_headline_and_the_numbers() -> None:
    """A line for each number: its name, its value with the unit, and the range where there is one."""
    assert str(ANSWER).splitlines() == [
        "It makes 12 loaves <on average>.",
        "",
        "impact             12 loaves   8 to 17",
        "cash shadow price  2 loaves/$",
    ]


def test_its_name_is_one_short_line() -> None:
    """The repr carries no tables, charts or samples."""
    assert repr(ANSWER) == "<Answer to simulate of bakery: It makes 12 loaves <on average>.>"


def test_charts_are_listed_and_not_poured_out() -> None:
    """Printed they are a line each and how to see them; a notebook shows each as a picture, as far as there is one."""
    rows = [{"time": float(t), "series": "a", "value": float(t)} for t in range(500)]
    chart = Chart("hours", "line", "hours by use", "Where hours go.", rows, "time (month)", "hours (hour/month)")
    charts = replace(ANSWER, charts=[chart, replace(chart, name="none", rows=())]).charts
    assert repr(chart) == "<Chart hours: line of 'hours by use', 500 rows>"
    assert str(charts).splitlines()[:2] == ["0  hours: hours by use (line)", "1  none: hours by use (line)"]
    assert 'charts[0].save("chart.svg")' in str(charts)
    assert (charts[0]._repr_svg_() or "").startswith("<svg")
    assert charts[1]._repr_svg_() is None
    assert str(ANSWER.charts) == "no charts"


def test_a_chart_saves_itself(tmp_path: Path) -> None:
    """As a picture; another ending is refused."""
    rows = [{"time": float(t), "series": "a", "value": float(t)} for t in range(5)]
    chart = Chart("hours", "line", "hours by use", "Where hours go.", rows)
    chart.save(tmp_path / "h.svg")
    assert (tmp_path / "h.svg").read_text().startswith("<svg")
    with pytest.raises(ValueError, match=r"\.png or \.svg"):
        chart.save(tmp_path / "h.txt")


def test_a_notebook_shows_the_same_as_markup() -> None:
    """Words of the model are shown as they are, never as markup."""
    shown = ANSWER._repr_html_()
    assert '<p class="headline">It makes 12 loaves &lt;on average&gt;.</p>' in shown
    assert '<span class="value">12 loaves</span>' in shown
    assert "8 to 17" in shown
