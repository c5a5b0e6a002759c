from __future__ import annotations

import math
import re
import socket
import xml.etree.ElementTree as ElementTree
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import vl_convert

from leverwise.ask.answer import Chart
from leverwise.ask.charts import fan_chart
from leverwise.lang.system import Clock, Unit
from leverwise.report.charts import Setting, altair, save, stacked, svg
from leverwise.report.scales import decades
from leverwise.report.theme import DARK, DARK_SERIES, FONT, INK, LIGHT_SERIES, MUTED
from unit.report.answers import awkward_answer, diagnose_answer, plan_answer, simulate_answer, skewed_chart

CHARTS = {chart.name: chart for a in (simulate_answer(), diagnose_answer(), plan_answer()) for chart in a.charts}
KINDS = {chart.kind: chart for chart in CHARTS.values()}


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Any attempt to open a connection fails the test."""

    def refuse(*_: Any) -> None:
        pytest.fail("a chart asked for the network")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


def words(picture: str) -> list[str]:
    return [element.text or "" for element in ElementTree.fromstring(picture).iter() if element.tag.endswith("text")]


@pytest.mark.parametrize("kind", ["fan", "area", "line", "bars", "steps"])
def test_every_kind_is_drawn_with_title_and_units(kind: str) -> None:
    """The SVG is well formed and says what it shows and in which unit."""
    chart = KINDS[kind]  # type: ignore[index]
    said = words(svg(chart))
    assert chart.title[:1].upper() + chart.title[1:] in said
    log = ", log scale" if decades(chart.rows) else ""
    assert all(axis in said for axis in (chart.x, f"{chart.y}{log}" if chart.y else "") if axis)


def test_a_fan_has_two_bands_and_a_median() -> None:
    """5 to 95 %, 25 to 75 % and the median are three layers over the same rows."""
    layers = altair(CHARTS["cash"]).to_dict()["layer"]
    assert [layer["mark"]["type"] for layer in layers] == ["area", "area", "line"]
    pairs = [(layer["encoding"]["y"]["field"], layer["encoding"].get("y2", {}).get("field")) for layer in layers]
    assert pairs == [("low", "high"), ("lower", "upper"), ("middle", None)]


def test_a_skewed_fan_has_a_logarithmic_scale() -> None:
    """Where 95 % is far above the median the axis is in powers of ten and says so; elsewhere it is linear."""
    layer = altair(skewed_chart()).to_dict()["layer"][0]["encoding"]["y"]
    assert layer["scale"]["type"] == "log"
    assert layer["axis"]["title"] == "impact (deals), log scale"
    assert all(mark == 10 ** round(math.log10(mark)) for mark in layer["axis"]["values"])
    assert len(layer["axis"]["values"]) <= 7
    assert "NaN" not in svg(skewed_chart())
    assert decades(CHARTS["cash"].rows) is None
    far = [{"time": 0, "low": 1.0, "middle": 2.0, "high": 3.0}, {"time": 0, "low": 50.0, "middle": 60.0, "high": 70.0}]
    assert decades(far), "two fans far apart"
    assert decades([{"time": 0, "low": -1, "middle": 1, "high": 100}]) is None
    assert decades([{"time": 0, "low": 0.0, "middle": 0.0, "high": 0.0}]) is None


def test_decisions_have_panels_over_the_whole_horizon() -> None:
    """Every decision has a panel of its own, all with the same axis: twelve quarters end at month 36."""
    panels = altair(CHARTS["schedule"]).to_dict()["vconcat"]
    assert len(panels) == 6
    for panel in panels:
        assert panel["layer"][0]["encoding"]["x"]["scale"]["domain"] == [0.0, 36.0]


def test_months_are_marked_by_the_year_and_its_parts() -> None:
    """An axis in months has ticks at 0, 6, 12, not at 0, 5, 10."""
    axis = altair(CHARTS["cash"]).to_dict()["layer"][0]["encoding"]["x"]["axis"]
    assert axis["values"] == [0, 6, 12, 18, 24, 30, 36, 42, 48]


def test_money_and_large_numbers_are_marked_as_people_say_them() -> None:
    """Axis labels say $1M, not 1,000,000 or 1e6; billions are B."""
    assert "$2M" in words(svg(CHARTS["cash"]))
    rows = [{"time": t, "series": "a", "value": t * 1e9} for t in range(3)]
    assert "2B" in words(svg(Chart("b", "line", "B", "", rows, "t", "people (person)")))


def test_names_with_markup_are_only_text() -> None:
    """A series called `<a>` neither breaks the picture nor becomes markup."""
    rows = [{"time": t, "series": "<a href='x'>&\"", "value": t} for t in range(3)]
    assert "<a href='x'>&\"" in words(svg(Chart("m", "line", "<b>", "&", rows, "", "")))


def test_gaps_stay_gaps() -> None:
    """NaN is no number in a chart: the line has a gap there, and the bar is missing."""
    rows = [{"time": t, "series": "a", "value": math.nan if t == 2 else t} for t in range(5)]
    line = svg(Chart("l", "line", "L", "", rows, "", ""))
    assert "NaN" not in line
    path = next(e for e in ElementTree.fromstring(line).iter() if e.get("stroke") == LIGHT_SERIES[0])
    assert path.get("d", "").count("M") == 2
    bars = [{"label": "x", "value": math.nan, "low": None}, {"label": "y", "value": 2.0, "low": 1.0, "high": 3.0}]
    assert "NaN" not in svg(Chart("b", "bars", "B", "", bars, "", ""))


def test_a_chart_without_rows_says_so() -> None:
    """There is nothing to draw, and the name of the chart is in the message."""
    with pytest.raises(ValueError, match="empty"):
        altair(Chart("empty", "fan", "", "", []))
    with pytest.raises(ValueError, match="nothing to draw"):
        stacked(awkward_answer().charts[:2])


def test_many_rows_are_no_problem() -> None:
    """The usual limit of 5,000 rows does not apply."""
    rows = [{"time": t, "series": "a", "value": t % 7} for t in range(6000)]
    assert svg(Chart("long", "line", "Long", "", rows)).startswith("<svg")


def test_the_narrow_setting_is_narrow() -> None:
    """The same chart for a telephone is less than 400 wide."""
    for chart in KINDS.values():
        assert float(ElementTree.fromstring(svg(chart, Setting(308, titled=False))).get("width", "inf")) < 400


def test_the_font_is_one_that_comes_with_the_converter() -> None:
    """Text is measured and drawn with the bundled font first, so a picture is the same everywhere."""
    assert FONT.startswith("Liberation Sans,")
    families = {
        e.get("font-family") for e in ElementTree.fromstring(svg(CHARTS["cash"])).iter() if e.get("font-family")
    }
    assert families == {FONT}


def luminance(colour: str) -> float:
    """Relative luminance (WCAG 2.2)."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(a: str, b: str) -> float:
    light, dark = sorted((luminance(a), luminance(b)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_colours_can_be_told_from_the_paper() -> None:
    """Text has a contrast of at least 4.5, lines of at least 2.9, on white and on the dark page."""
    for ink in (INK, MUTED):
        assert contrast(ink, "#ffffff") >= 4.5
        assert contrast(DARK[ink], "#14181d") >= 4.5
    assert min(contrast(colour, "#ffffff") for colour in LIGHT_SERIES) >= 2.9
    assert min(contrast(colour, "#14181d") for colour in DARK_SERIES) >= 4.5


def test_files_are_whole_or_absent(tmp_path: Path) -> None:
    """PNG and SVG are written; a failure leaves no file and no leftovers, and an old file as it was."""
    save(CHARTS["trust"], tmp_path / "a.png")
    assert (tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")
    save(list(CHARTS.values())[:2], tmp_path / "b.svg")
    old = (tmp_path / "b.svg").read_text()
    with pytest.raises(ValueError, match=r"\.png or \.svg"):
        save(CHARTS["trust"], tmp_path / "c.pdf")
    with pytest.raises(ValueError, match="nothing to draw"):
        save(replace(CHARTS["trust"], rows=[]), tmp_path / "b.svg")
    assert (tmp_path / "b.svg").read_text() == old
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.png", "b.svg"]


def test_the_end_of_the_horizon_is_marked_where_a_tail_follows() -> None:
    """A dashed rule two thirds along an axis that ends at half as much again, and the word; no rule without a tail."""
    fan = replace(CHARTS["trust"], until=32.0)
    drawn = ElementTree.fromstring(svg(fan, Setting(600)))
    rules = [e for e in drawn.iter() if e.get("stroke-dasharray") == "4,4"]
    assert len(rules) == 1
    place = re.match(r"translate\(([\d.]+),", rules[0].get("transform", ""))
    assert place is not None
    assert float(place[1]) == pytest.approx(600 * 32 / 48, abs=1)
    assert "tail" in {e.text for e in drawn.iter() if e.text}
    assert "stroke-dasharray" not in svg(CHARTS["trust"], Setting(600))


def test_fans_of_a_run_know_its_tail() -> None:
    """In the unit of the clock; a clock without a tail marks nothing."""
    clock = Clock(0.5, 48, 24, "heun", Unit("month"))
    assert fan_chart("cash", "cash", "", [], clock, "$").until == 24.0
    assert fan_chart("cash", "cash", "", [], replace(clock, tail=0), "$").until is None


@pytest.mark.parametrize("count", [1, 2, 6, 15])
def test_many_charts_make_a_picture_that_is_no_ribbon(count: int) -> None:
    """Neither side is three times the other, and impact stands first wherever it was."""
    fans = [replace(CHARTS["trust"], name=f"f{k}", title=f"trust {k}") for k in range(count - 1)]
    picture = stacked([*fans, replace(CHARTS["trust"], name="impact", title="impact")])
    text = str(vl_convert.vegalite_to_svg(picture.to_dict()))
    drawn = ElementTree.fromstring(text)
    sides = sorted(float(drawn.get(side, "nan")) for side in ("width", "height"))
    assert sides[1] < 2.5 * sides[0]
    assert next(word for word in words(text) if re.fullmatch(r"Trust \d+|Impact", word)) == "Impact"
