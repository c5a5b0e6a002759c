"""Expressions as LaTeX: what binds stronger stays together, and nothing is lost."""

from __future__ import annotations

import pytest

from leverwise.lang.latex import latex, name, terms
from leverwise.lang.syntax import parse

UNITS = frozenset({"person", "hour", "month", "$", "%"})
CASES = {
    "a + b*c": r"\text{a} + \text{b} \cdot \text{c}",
    "(a + b)*c": r"\left(\text{a} + \text{b}\right) \cdot \text{c}",
    "a - (b - c)": r"\text{a} - \left(\text{b} - \text{c}\right)",
    "a - b - c": r"\text{a} - \text{b} - \text{c}",
    "a/(b + 1)": r"\frac{\text{a}}{\text{b} + 1}",
    "(a/b)^2": r"\left(\frac{\text{a}}{\text{b}}\right)^{2}",
    "2^(a - 1)": r"2^{\text{a} - 1}",
    "-a^2": r"-\text{a}^{2}",
    "(-a)^2": r"\left(-\text{a}\right)^{2}",
    "sqrt(abs(x))": r"\sqrt{|\text{x}|}",
    "floor(x)": r"\lfloor \text{x} \rfloor",
    "max(0, novice_hours)": r"\max\left(0,\, \text{novice hours}\right)",
    "logistic(x)": r"\text{logistic}\left(\text{x}\right)",
    "3 %/month*cash": r"3\,\text{\%/month} \cdot \text{cash}",
    "1e-9": r"10^{-9}",
    "sum(hours[task]*skill[task] for task)": (
        r"\sum_{\text{task}} \text{hours}_{\text{task}} \cdot \text{skill}_{\text{task}}"
    ),
    "sum(a[task] + b for task)": r"\sum_{\text{task}} \left(\text{a}_{\text{task}} + \text{b}\right)",
    "if a >= b then a else 1": (
        r"\begin{cases} \text{a} & \text{if } \text{a} \ge \text{b} \\ 1 & \text{else} \end{cases}"
    ),
    "not (a and b)": r"\text{not } \left(\text{a} \text{ and } \text{b}\right)",
    "1 to 2": r"1 \text{ to } 2",
}


@pytest.mark.parametrize("text", CASES)
def test_expressions(text: str) -> None:
    """Fractions, powers, sums and brackets stand as one would write them by hand."""
    assert latex(parse(text, UNITS)) == CASES[text]


def test_names_have_what_they_belong_to_below() -> None:
    """The lever and the members of sets are subscripts."""
    assert name("crew.invite.given") == r"\text{invite}_{\text{crew}, \text{given}}"
    assert name("crew.novice_hours", ("task",)) == r"\text{novice hours}_{\text{crew}, \text{task}}"


def test_a_sum_can_be_taken_line_by_line() -> None:
    """Together its terms are the sum, each with its sign, and what is taken away keeps its brackets."""
    tree = parse("a - (b - c) + d*e", UNITS)
    assert " ".join(terms(tree)) == latex(tree)
    assert len(terms(tree)) == 3
