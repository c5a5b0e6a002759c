from __future__ import annotations

import io
from dataclasses import replace

import pytest
from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from leverwise.ask.answer import Answer
from leverwise.report.terminal import show
from unit.report.answers import (
    awkward_answer,
    diagnose_answer,
    plain_answer,
    plan_answer,
    simulate_answer,
    skewed_chart,
)

ANSWERS = [simulate_answer(), diagnose_answer(), plan_answer(), plain_answer(), awkward_answer()]


def shown(
    answer: Answer, width: int = 100, *, encoding: str = "utf-8", colour: bool = False, brief: bool = False
) -> str:
    stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    console = Console(file=stream, width=width, force_terminal=colour, color_system="truecolor" if colour else None)
    with console.capture() as captured:
        show(answer, console, brief=brief)
    return captured.get()


@pytest.mark.parametrize("answer", ANSWERS, ids=lambda a: f"{a.question}-{a.model[:8]}")
@pytest.mark.parametrize("width", [30, 40, 60, 80, 140])
def test_nothing_is_wider_than_the_terminal(answer: Answer, width: int) -> None:
    """Every line but the command to copy keeps to the width, down to 30 characters."""
    lines = shown(answer, width).splitlines()
    assert max(cell_len(line) for line in lines if not line.startswith("next ")) <= width


@pytest.mark.parametrize("answer", ANSWERS, ids=lambda a: f"{a.question}-{a.model[:8]}")
def test_headline_comes_first_and_next_comes_last(answer: Answer) -> None:
    """The first line is the headline, the last the command that follows, whole."""
    lines = shown(answer, 200).splitlines()
    assert lines[0].split()[0] == answer.headline.split()[0]
    assert lines[-1] == f"next {answer.next}"


def test_colour_changes_nothing_but_colour() -> None:
    """Without colour the text is the same, and carries no escape sequence."""
    plain = shown(plan_answer())
    coloured = shown(plan_answer(), colour=True)
    assert "\x1b" not in plain
    assert "\x1b[" in coloured
    assert Text.from_ansi(coloured).plain.split() == plain.split()


def test_ascii_terminals_get_ascii_pictures() -> None:
    """Where the output can not carry block characters the pictures are made of ASCII."""
    text = shown(simulate_answer(), encoding="ascii")
    pictures = [line for line in text.splitlines() if "|" in line]
    assert len(pictures) > 5
    assert all(line.isascii() for line in pictures)


def test_words_of_a_model_are_never_markup() -> None:
    """Square brackets are printed as they are, and escape characters are taken out."""
    text = shown(awkward_answer(), colour=True)
    assert "[bold]headline[/bold]" in text
    assert "[bold]5 % of samples[/bold]" in text
    assert "\x1b[31mcolour" not in text


def test_quiet_prints_the_headline_alone() -> None:
    """One line, unbroken."""
    assert shown(plan_answer(), 30, brief=True) == plan_answer().headline + "\n"


def test_the_bottleneck_timeline_shows_every_resource() -> None:
    """Each resource has a strip, darker where it is likely to bind: money first, then hours."""
    lines = {line.split("│")[0].strip(): line for line in shown(diagnose_answer()).splitlines() if line.count("│") == 2}
    assert list(lines) == ["cash", "hours of star", "seats for sound"]
    assert lines["hours of star"].split("│")[1].startswith("░")
    assert lines["hours of star"].split("│")[1].endswith("█")


def test_a_strip_says_what_its_number_is() -> None:
    """Shares are written in per cent, the caption says of what, and strips that can not be seen are named in words."""
    chart = next(chart for chart in diagnose_answer().charts if chart.kind == "area")
    rows = [{"time": t, "series": s, "value": v} for t in (0, 1) for s, v in (("a", 0.93), ("b", 0.03), ("c", 0.04))]
    text = shown(replace(diagnose_answer(), charts=[replace(chart, rows=rows, y="probability")]))
    assert [line.split("│")[2].strip() for line in text.splitlines() if line.count("│") == 2] == ["93 %"]
    words = " ".join(text.split())
    assert f"{chart.caption} Darker is more; the number is that at the end. Hardly ever: b and c." in words


def test_numbers_that_a_table_says_are_not_said_twice() -> None:
    """What one more is worth stands in its table alone; the standard error is explained once."""
    answer = diagnose_answer()
    one = replace(answer.numbers["impact"], mean=8120.0)
    lines = shown(replace(answer, numbers={**answer.numbers, "value of one more hour of star": one})).splitlines()
    assert not any("value of one more" in line for line in lines)
    assert sum("standard error" in line for line in lines) == 1


def test_an_objective_that_is_the_impact_is_not_said_twice() -> None:
    """Unless another aim than the mean is planned for."""
    answer = plan_answer()
    other = {**answer.numbers, "objective": replace(answer.numbers["objective"], mean=1.0)}
    names = [
        [line.strip().split("  ")[0] for line in shown(some).splitlines()]
        for some in (answer, replace(answer, numbers=other))
    ]
    assert ["objective" in each for each in names] == [False, True]
    assert "impact, doing nothing" in names[0]


def test_a_wide_schedule_is_broken_into_blocks() -> None:
    """All twelve periods are shown at 60 characters, in blocks that each name the decisions."""
    text = shown(plan_answer(), 60)
    assert text.count("manager: positions") > 1
    for month in range(0, 36, 3):
        assert any(str(month) in line.split() for line in text.splitlines() if line.lstrip().startswith("from"))


def test_every_warning_and_note_is_shown() -> None:
    """Caveats are never dropped."""
    text = " ".join(shown(simulate_answer(), 60).split())
    for sentence in (*simulate_answer().warnings, *simulate_answer().notes):
        assert sentence in text


def test_a_skewed_fan_is_drawn_on_a_logarithmic_scale() -> None:
    """The median of what grows a thousandfold is not a flat line at the bottom."""
    lines = shown(replace(simulate_answer(), charts=[skewed_chart()])).splitlines()
    first = lines.index("Impact (log scale)")
    assert sum("━" in line for line in lines[first + 1 : first + 8]) > 3
