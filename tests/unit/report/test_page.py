from __future__ import annotations

import itertools
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from leverwise.ask.answer import Chart
from leverwise.report.charts import flat
from leverwise.report.page import alt, html
from unit.report.answers import awkward_answer, diagnose_answer, plain_answer, plan_answer, simulate_answer
from unit.report.systems import small_system

VOID = {"meta", "br", "hr", "img", "link", "input"}


class Outline(HTMLParser):
    """Checks that tags are closed in order; collects ids, links and headings."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self.ids += [value or "" for name, value in attrs if name == "id"]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.fixture(scope="module")
def page() -> str:
    return html([simulate_answer(), diagnose_answer(), plan_answer()])


def test_the_page_is_well_formed(page: str) -> None:
    """Every tag is closed, and every id is there once, although each chart is drawn twice."""
    outline = Outline(page)
    assert len(outline.ids) == len(set(outline.ids))


def test_the_page_points_nowhere(page: str) -> None:
    """No script, no picture, style or font from elsewhere; links only lead to places on the page."""
    outline = Outline(page)
    names = {tag for tag, _ in outline.tags}
    assert not names & {"script", "link", "img", "iframe", "object", "embed", "base", "form"}
    assert not re.search(r"@import|url\((?!#)", page)
    for _, attributes in outline.tags:
        for name in ("href", "src", "xlink:href", "action", "srcset"):
            if attributes.get(name):
                assert str(attributes[name]).startswith("#")
                assert str(attributes[name])[1:] in outline.ids
    addresses = set(re.findall(r"https?://[^\s\"'<]+", page))
    assert addresses <= {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}


def test_references_inside_a_drawing_lead_to_that_drawing(page: str) -> None:
    """Clip paths keep their own names: none refers to another chart's."""
    ids = set(Outline(page).ids)
    assert set(re.findall(r"url\(#([^)]+)\)", page)) <= ids


def test_every_chart_has_words_numbers_and_a_caption(page: str) -> None:
    """Each figure has a heading, a text for those who do not see it, a caption, and its data to unfold."""
    figures = re.findall(r"<figure.*?</figure>", page, re.S)
    charts = [chart for a in (simulate_answer(), diagnose_answer(), plan_answer()) for chart in a.charts]
    assert len(figures) == len(charts)
    for figure, chart in zip(figures, charts, strict=True):
        assert chart.caption in figure
        assert 'role="img"' in figure
        assert f'aria-label="{chart.title[:1].upper()}' in figure
        assert "<details>" in figure
        assert figure.count("<tr>") > len({row.get("time", row.get("label")) for row in chart.rows})


def test_the_words_for_a_chart_carry_its_numbers() -> None:
    """Where it starts, where it ends and how sure that is; bars by name."""
    assert "$437k at 0, $1.88M at 48 (5 to 95 %: $828k to $4.27M)" in alt(simulate_answer().charts[0])
    assert "hours of star 181k deals; trust 92k deals" in alt(diagnose_answer().charts[1])


def test_everything_an_answer_says_is_on_the_page(page: str) -> None:
    """Headlines, notes, warnings, what next, and where the numbers come from."""
    words = re.sub(r"\s+", " ", page)
    for answer in (simulate_answer(), diagnose_answer(), plan_answer()):
        for text in (answer.headline, *answer.notes, *answer.warnings, answer.next, answer.sha256):
            assert text.replace("'", "&#39;") in words
    assert "simulate 4,096, diagnose 4,096, plan 4,096" in words


def test_a_models_words_can_not_become_markup() -> None:
    """Script, quotes and brackets in names and headlines are shown, not run."""
    page = html([awkward_answer(), plain_answer()], [("plan", "nothing <b>to</b> do")])
    outline = Outline(page)
    assert not {tag for tag, _ in outline.tags} & {"script", "b", "y"}
    assert "&lt;/script&gt;&lt;script&gt;alert(1)" in page
    assert "nothing &lt;b&gt;to&lt;/b&gt; do" in page
    assert "\x1b" not in page


def test_headings_are_in_order(page: str) -> None:
    """One h1; no level is skipped."""
    levels = [int(tag[1]) for tag, _ in Outline(page).tags if re.fullmatch(r"h[1-6]", tag)]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))


def test_charts_without_change_are_left_out() -> None:
    """A line that stays where it is says nothing; two that differ are compared."""
    rows = [{"time": time, "value": 3.0} for time in range(4)]
    level = Chart("level", "line", "Level", "It stays.", rows)
    other = [{"time": time, "value": 4.0, "series": "other"} for time in range(4)]
    compared = replace(level, name="two", rows=[*({**row, "series": "one"} for row in rows), *other])
    moving = replace(level, name="moving", rows=[{**row, "value": row["time"]} for row in rows])
    dust = replace(level, rows=[{**row, "value": row["time"] * 1e-14} for row in rows])
    assert [flat(chart) for chart in (level, dust, compared, moving)] == [True, True, False, False]
    page = html([replace(plain_answer(), charts=(level, moving))])
    assert page.count("<figure") == 1


def test_the_schedule_comes_before_everything_but_the_headline() -> None:
    """Who opens the page sees what to do, then why to be careful, then the pictures."""
    page = html([plan_answer()])
    places = [page.index(text) for text in ("<h2", "The plan, period by period", "Before you trust", "<figure")]
    assert places == sorted(places)


def test_the_same_answers_give_the_same_page(page: str) -> None:
    """Nothing on the page depends on when or where it was made."""
    assert html([simulate_answer(), diagnose_answer(), plan_answer()]) == page


def test_the_numbers_it_rests_on_can_be_unfolded() -> None:
    """With the model at hand its numbers are listed as written, the defaults first, with their sources in short."""
    page = html([simulate_answer()], system=small_system())
    Outline(page)
    listed = page[page.index('id="assumptions"') :]
    assert listed.index("media.price") < listed.index("fade")
    assert "2 to 4 $" in listed
    assert "What media cost. (Berger 2010)" in listed


def test_a_page_needs_an_answer() -> None:
    """Nothing can be shown of nothing."""
    with pytest.raises(ValueError, match="at least one"):
        html([])
