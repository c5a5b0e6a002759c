"""How answers show themselves in a notebook: every kind of them, with all its parts, and beside others."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from leverwise.ask.answer import Answer
from unit.report import answers

MADE = [
    answers.simulate_answer,
    answers.diagnose_answer,
    answers.plan_answer,
    answers.plain_answer,
    answers.awkward_answer,
]


@pytest.mark.parametrize("made", MADE, ids=lambda made: made.__name__)
def test_every_answer_shows_itself(made: Callable[[], Answer]) -> None:
    """The headline stands there once, tags are closed, and nothing is fetched or run."""
    shown = made()._repr_html_()
    assert shown.count('class="headline"') == 1
    for tag in ("div", "details", "table", "svg", "figure"):
        assert len(re.findall(rf"<{tag}[ >]", shown)) == shown.count(f"</{tag}>")
    assert "<script" not in shown
    assert not re.search(r"(src|href)=[\"']https?:", shown)


def test_pictures_are_drawn_in_the_text_and_tables_fold_out() -> None:
    """A simulation has its charts as SVG, its warnings, and its numbers to fold out below large ones."""
    answer = answers.simulate_answer()
    shown = answer._repr_html_()
    assert shown.count("<figure") == len(answer.charts)
    assert shown.count('<svg role="img"') >= len(answer.charts)
    assert answer.warnings[0] in shown
    assert shown.index('class="cards"') < shown.index("<figure") < shown.index('<details class="more">')


def test_a_notebook_is_the_same_when_it_is_run_again() -> None:
    """The same answer makes the same text, so that a notebook under version control changes only with its answers."""
    assert answers.simulate_answer()._repr_html_() == answers.simulate_answer()._repr_html_()


def test_the_style_stays_within_the_answer() -> None:
    """All rules stand within the answer's own class, so that a notebook's other cells look as before."""
    style = re.search(r"<style>(.*?)</style>", answers.plain_answer()._repr_html_(), re.DOTALL)
    assert style is not None
    text = re.sub(r"/\*.*?\*/", "", style[1], flags=re.DOTALL).strip()
    depth, outside = 0, ""
    for sign in text:
        depth += (sign == "{") - (sign == "}")
        outside += sign if depth == 0 and sign != "}" else ""
    assert outside.split() == [".leverwise-answer"]
