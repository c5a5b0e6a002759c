"""What an answer looks like when it is printed, shown in a notebook, or named in a traceback."""

from __future__ import annotations

from leverwise.ask.answer import Answer, Estimate, Provenance

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
    rows={"schedule": [{"period": 1}]},
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


def test_a_notebook_shows_the_same_as_markup() -> None:
    """Words of the model are shown as they are, never as markup."""
    shown = ANSWER._repr_html_()
    assert "<b>It makes 12 loaves &lt;on average&gt;.</b>" in shown
    assert "<td>12 loaves</td><td>8 to 17</td>" in shown
