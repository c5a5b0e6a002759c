"""A model in one line, options that are none, and how few samples are enough."""

from __future__ import annotations

import pytest

import leverwise
from leverwise import cli
from leverwise.errors import ModelError

SHOP = {
    "leverwise": 1,
    "model": "shop <1>",
    "time": {"step": "1 month", "horizon": "3 months"},
    "decisions": {"ads": {"min": "0", "max": "$5/month"}},
    "impact": "1",
}


def test_a_model_is_shown_in_one_line() -> None:
    """Its name, levers, decisions and horizon; a notebook shows the same."""
    model = leverwise.load(SHOP)
    assert repr(model) == "<Model shop <1>; no levers; 1 decision: ads; horizon 3 months>"
    assert model._repr_html_() == "<p>Model shop &lt;1&gt;; no levers; 1 decision: ads; horizon 3 months</p>"


@pytest.mark.parametrize(
    ("question", "option", "hint"),
    [
        ("simulate", "sample", "did you mean `samples`?"),
        ("plan", "objectiv", "did you mean `objective`?"),
        ("compare", "plan", "did you mean `plans`?"),
        ("map", "q", "there are samples, seed, x, y"),
    ],
)
def test_an_option_that_is_none_is_told_with_a_near_one(question: str, option: str, hint: str) -> None:
    """From one place for all questions, before anything runs."""
    with pytest.raises(TypeError, match=rf"`{question}` has no option `{option}`: {hint}".replace("?", r"\?")):
        getattr(leverwise.load(SHOP), question)(**{option: 3})


def test_a_budget_without_a_unit_is_refused_in_python_too() -> None:
    """As it is in a model file and on the command line."""
    for budget in (500, "500"):
        with pytest.raises(ModelError, match=r"must be in \$, but `500` is a plain number"):
            leverwise.load(SHOP).plan(budget=budget)


def test_no_samples_are_told_in_own_words(capfd: pytest.CaptureFixture[str]) -> None:
    """Before the model is read, with what to give."""
    assert cli.main(["simulate", "nowhere.yaml", "--samples", "0"]) == 2
    assert "give at least 1 sample" in capfd.readouterr().err


def test_the_version_is_told(capfd: pytest.CaptureFixture[str]) -> None:
    """With exit code 0, and nothing else."""
    assert cli.main(["--version"]) == 0
    assert capfd.readouterr().out == f"leverwise {leverwise.__version__}\n"
