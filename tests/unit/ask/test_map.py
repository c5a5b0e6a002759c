"""Maps against closed forms: two uses that share one sum, where the better one changes at a known line."""

from __future__ import annotations

import io
import json
from math import hypot
from typing import Any

import pytest
from rich.console import Console

import leverwise
from leverwise import cli
from leverwise.ask import map_cells, map_field
from leverwise.ask.axes import axis_of
from leverwise.errors import ModelError, NoAnswerError
from leverwise.report import json as as_json
from leverwise.report import tiles
from leverwise.report.charts import altair, drawable
from leverwise.report.page import html

SHARED: dict[str, Any] = {
    "leverwise": 1,
    "model": "shared",
    "time": {"step": 1, "horizon": 1, "method": "euler"},
    "values": {"p": 2, "q": 1},
    "decisions": {"a": {"min": 0, "max": 1}, "b": {"min": 0, "max": 1}},
    "impact": {"is": "p*sqrt(a) + q*sqrt(b)"},
    "plan": {"subject to": ["a + b <= 1"]},
}
"""The optimum is sqrt(p^2 + q^2) where both are positive, and the other's factor alone without one of them."""
LUCK: dict[str, Any] = {
    "values": {"p": 2, "q": 1, "luck": "uniform(0, 2)"},
    "impact": {"is": "luck*(p*sqrt(a) + q*sqrt(b))"},
}
"""The same with something uncertain, which is 1 on average."""


def shared(**changes: Any) -> leverwise.Model:
    """The model of two uses."""
    return leverwise.load({**SHARED, **changes})


@pytest.fixture(scope="module")
def answer() -> leverwise.Answer:
    """A map with a column and a row in which one use is worth less than nothing."""
    return shared().map(x="p=-1,1,2,3,4", y={"q": [-1, 1.5, 2.5, 3.5]})


def cells(answer: leverwise.Answer) -> dict[tuple[float, float], Any]:
    """The rows of a map by place."""
    return {(row["x"], row["y"]): row for row in answer.rows["cells"]}


def test_the_best_lever_changes_at_the_line_where_both_are_worth_the_same(answer: leverwise.Answer) -> None:
    """What is worth more is best, at every cell; where neither brings anything, nothing is."""
    for (p, q), row in cells(answer).items():
        wanted = "none" if max(p, q) < 0 else "a" if p > q else "b"
        assert row["best_lever"] == wanted, (p, q)
        assert row["holds"]
        assert row["clear"]


def test_impact_and_losses_are_those_of_the_closed_form(answer: leverwise.Answer) -> None:
    """Impact is that of the optimum, and a removal leaves what the other use brings, with everything."""
    for (p, q), row in cells(answer).items():
        whole = hypot(max(p, 0), max(q, 0))
        assert row["impact"] == pytest.approx(whole, rel=1e-5, abs=1e-9)
        assert row["loss"] == pytest.approx(whole - max(min(p, q), 0), rel=1e-4, abs=1e-6)
    for row in answer.rows["losses"]:
        p, q = max(row["x"], 0), max(row["y"], 0)
        left = q if row["lever"] == "a" else p
        assert row["loss"] == pytest.approx(hypot(p, q) - left, rel=1e-4, abs=1e-6)


def test_flips_lie_between_neighbours_with_different_advice(answer: leverwise.Answer) -> None:
    """Each is told once, and the value between the two lies on the line, as the grid is laid about it."""
    known = cells(answer)
    flips = answer.rows["flips"]
    pairs = {((f["x"], f["y"]), (f["to_x"], f["to_y"])) for f in flips}
    assert len(pairs) == len(flips)
    for flip in flips:
        here, there = known[flip["x"], flip["y"]], known[flip["to_x"], flip["to_y"]]
        assert (flip["lever"], flip["to_lever"]) == (here["best_lever"], there["best_lever"])
        assert flip["lever"] != flip["to_lever"]
    inner = [
        flip for flip in flips if {flip["lever"], flip["to_lever"]} == {"a", "b"} and min(flip["x"], flip["y"]) > 0
    ]
    assert inner
    assert all(abs(flip["between"] - (flip["y"] if flip["along"] == "x" else flip["x"])) <= 0.5 for flip in inner)


@pytest.fixture(scope="module")
def closer() -> leverwise.Answer:
    """A map of ranges, on which the advice flips along the line p = q."""
    return shared().map(x="p=1..4", y="q=1..4", points=4, cells=60)


def test_cells_are_added_where_the_advice_flips(closer: leverwise.Answer) -> None:
    """Every cell says what is true, none is added far from the line, and flips get closer to it."""
    rows = closer.rows["cells"]
    assert 40 < len(rows) <= 60
    assert all(row["best_lever"] == ("a" if row["x"] > row["y"] else "b") for row in rows if row["x"] != row["y"])
    added = [row for row in rows if row["x"] % 1 or row["y"] % 1]
    assert len(added) == len(rows) - 16
    assert all(abs(row["x"] - row["y"]) <= 1.5 for row in added)
    plain = shared().map(x="p=1..4", y="q=1..4", points=4, cells=16)
    assert len(plain.rows["cells"]) == 16

    def widths(answer: leverwise.Answer) -> float:
        return max(abs(flip["to_x"] - flip["x"]) + abs(flip["to_y"] - flip["y"]) for flip in answer.rows["flips"])

    assert widths(plain) == pytest.approx(1)
    assert widths(closer) <= 0.5


def test_more_samples_are_advised_where_there_is_chance_alone() -> None:
    """On the line where both uses are worth the same they are not told apart; samples tell only of what is drawn."""
    asked: dict[str, Any] = {"x": "p=1,2", "y": "q=1,2", "samples": 16}
    (said,) = (text for text in shared().map(**asked).warnings if "told apart" in text)
    assert said == "In 2 of 4 cells the best lever is not told apart from the next best."
    assert any(text.endswith("more --samples may tell.") for text in shared(**LUCK).map(**asked).warnings)


def test_values_that_are_named_are_the_only_ones_looked_at() -> None:
    """A list is a list: no value between those is set."""
    found = shared().map(x="p=1,2,3", y="q=1..3", points=3)
    assert {row["x"] for row in found.rows["cells"]} == {1, 2, 3}
    assert len({row["y"] for row in found.rows["cells"]}) > 3


def test_level_lines_lie_where_the_closed_form_has_that_impact(closer: leverwise.Answer) -> None:
    """On circles about the origin, as far as straight pieces between cells can; labelled with round numbers."""
    (chart,) = closer.charts
    texts = {row["line"]: float(row["text"]) for row in chart.lines if row["text"]}
    assert len(texts) >= 4
    for row in chart.lines:
        if row["line"] in texts:
            assert hypot(row["x"], row["y"]) == pytest.approx(texts[row["line"]], rel=0.03)
    assert set(texts.values()) <= {1.5, 2, 2.5, 3, 3.5, 4, 4.5, 5, 5.5}


def test_tiles_of_many_sizes_are_counted_once_and_drawn_in_letters(closer: leverwise.Answer) -> None:
    """A cell with two tiles is one in words; the picture has lines, and the terminal a raster that holds all of it."""
    (chart,) = closer.charts
    own = [row for row in chart.rows if row["part"] == 0]
    assert len(own) == len(closer.rows["cells"]) < len(chart.rows)
    assert sum(int(said.split(" on ")[1].split()[0]) for said in tiles.words(chart)) == len(own)
    kinds = [layer["mark"]["type"] for layer in altair(chart).to_dict()["layer"]]
    assert kinds.count("line") == 1
    console = Console(file=io.StringIO(), width=120)
    console.print(tiles.sketch(chart))
    text = console.file.getvalue()  # type: ignore[attr-defined]
    rows = [line.split()[1:] for line in text.splitlines() if set(line.split()[1:]) <= {"A", "B", "a", "b"}]
    assert len([row for row in rows if len(row) > 8]) > 8


def test_where_runs_are_costly_no_search_is_made_for_what_is_far_ahead(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only where one use makes more than three times the other, beside a cell that was searched; advice stays right."""
    monkeypatch.setattr(map_cells, "COSTLY", 0.0)
    monkeypatch.setattr(map_field, "CHEAP", 0.0)
    found = shared().map(x="p=1.5,2,2.5,5,6,7,8", y="q=0.9,1,1.1")
    assert {row["best_lever"] for row in found.rows["cells"]} == {"a"}
    assert all(row["clear"] for row in found.rows["cells"])
    best = [row for row in found.rows["losses"] if row["lever"] == "a"]
    spared = [row for row in best if not row["replanned"]]
    assert spared
    assert all(row["x"] > 3 * row["y"] for row in spared)
    for row in best:
        least = hypot(row["x"], row["y"]) - row["y"]
        assert least * (1 - 1e-4) <= row["loss"] <= 1.1 * least


def test_one_input_alone_makes_a_map_of_one_row() -> None:
    """With q = 1, a is best from p = 1 on; the headline names the value between the cells."""
    found = shared().map(x="p=0.2,0.6,1.8,3")
    assert [row["best_lever"] for row in found.rows["cells"]] == ["b", "b", "a", "a"]
    assert found.headline == "With p below 1.04 b matters most; above 1.04 a matters most."
    assert len(found.rows["flips"]) == 1
    assert "takes over from b" in found.notes[0]


def test_a_range_is_spaced_by_ratios_where_it_is_wide() -> None:
    """Over a factor of five: equal ratios, rounded to three digits; else equal steps; ends as they were written."""
    assert axis_of("x", "m=$10k..$1M", 5).values == (10e3, 31.6e3, 100e3, 316e3, 1e6)
    assert axis_of("x", "m=2 to 6", 5).values == (2, 3, 4, 5, 6)
    assert axis_of("x", "m=0..10 %/month", 3).values == (0, 5, 10)
    axis = axis_of("x", "m=3,1,2 hours", 7)
    assert (axis.values, axis.unit, axis.text(2)) == ((1, 2, 3), "hours", "2 hours")
    assert axis_of("x", "m=$50k..$200k", 3).text(125e3) == "$125000"
    assert axis_of("x", "m=2 to 8 $/cup", 3).text(5) == "$5/cup"


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("money.start", "starting money"),
        ("market.toll.start", "starting toll"),
        ("people.star.talent.writing", "talent for writing"),
        ("levers.fan_club.network.churn", "fan club churn"),
        ("market.word of mouth", "word of mouth"),
        ("p", "p"),
    ],
)
def test_an_input_is_called_as_people_do(path: str, words: str) -> None:
    """By the end of its path and what it belongs to, without the sections of the file."""
    assert axis_of("x", f"{path}=1..2", 2).spoken == words


@pytest.mark.parametrize(
    ("x", "y", "said"),
    [
        ("r=1..2", None, "nothing called `r`"),
        ("p=3..1", None, "must end above where it begins"),
        ("p=1..2", "p=3..4", "both vary `p`"),
        ("p=some..more", None, "made of numbers"),
        ("p", None, "no range of values"),
        ("p=1,1", None, "names a value twice"),
        ("p=$4k", None, "has one value, and a map needs a range or several\n  write both ends, such as p=$4k..$8k"),
        ("p=1 hour..2 days", None, "two units"),
        ("p=1..2..3", None, "no range of values"),
        ("about=1..2", None, "makes no difference"),
        ("impact.is=1..2", None, "changes the equations"),
        (None, "p=1..2", "without --x"),
        (None, None, "must be told which inputs"),
    ],
)
def test_an_axis_that_can_not_be_is_told_in_one_error(x: str | None, y: str | None, said: str) -> None:
    """What is wrong with it, and nothing is planned."""
    with pytest.raises(ModelError) as raised:
        shared().map(x=x, y=y)
    assert len(raised.value.problems) == 1
    assert said in str(raised.value)


def test_a_correlation_may_be_varied() -> None:
    """It makes a difference to the draws, though to no value and to no equation."""
    luck = {"p": "1 to 2", "q": "1 to 2"}
    model = shared(values=luck, correlate=[{"between": ["p", "q"], "rank": 0.1}])
    answer = model.map(x="correlate.0.rank=0,0.9", samples=64)
    assert [row["x"] for row in answer.rows["cells"]] == [0, 0.9]


def test_without_decisions_no_axis_is_asked_for() -> None:
    """What is missing first is something to decide."""
    with pytest.raises(NoAnswerError, match="no decisions"):
        shared(decisions={}, impact="p", plan={}).map()


def test_where_no_plan_holds_the_cell_says_so() -> None:
    """Bounds that are too low for a limit: there is no advice there, and a warning says where and why."""
    with pytest.raises(NoAnswerError, match="no schedule keeps all the limits"):
        shared(plan={"subject to": ["a + b >= 3"]}).map(x="p=1..2", points=2)
    found = shared(plan={"subject to": ["a + b >= 1.1"]}).map(x="a.max=0.05,0.5,0.8")
    assert [(row["best_lever"], row["holds"]) for row in found.rows["cells"]] == [
        (None, False),
        ("a", True),
        ("a", True),
    ]
    assert not found.rows["flips"]
    assert "On 33 % of the map, with a max below 0.158, no schedule keeps" in found.warnings[0]
    assert [row["series"] for row in found.charts[0].rows] == ["no plan holds", "a", "a"]
    assert found.headline.startswith("A matters most on this map wherever a plan holds")


def test_the_same_seed_gives_the_same_map_and_more_samples_the_same_advice() -> None:
    """Bit by bit; with more samples than fit into one chunk, too."""
    model = shared(**LUCK)
    first, again = (model.map(x="p=0.5,2", y="q=1,3", samples=300, seed=3) for _ in range(2))
    assert first.rows == again.rows
    assert first.provenance.samples == 300
    other = model.map(x="p=0.5,2", y="q=1,3", samples=600, seed=4)
    advice = [[row["best_lever"] for row in found.rows["cells"]] for found in (first, other)]
    assert advice[0] == advice[1] == ["b", "b", "a", "b"]
    errors = [row["impact_se"] for row in other.rows["cells"]]
    wanted = [hypot(row["x"], row["y"]) for row in other.rows["cells"]]
    for row, error, mean in zip(other.rows["cells"], errors, wanted, strict=True):
        assert 0 < error < 0.02 * mean
        assert row["impact"] == pytest.approx(mean, abs=5 * error)


def test_it_can_be_drawn_and_printed(answer: leverwise.Answer) -> None:
    """The contract of its JSON, and a picture with a tile per cell."""
    found = json.loads(as_json.text(answer))
    assert found["question"] == "map"
    assert {"x", "y", "best_lever", "impact"} <= set(found["tables"]["cells"][0])
    (chart,) = answer.charts
    assert drawable(chart)
    assert len(chart.rows) == 20
    assert {row["series"] for row in chart.rows} == {"a", "b", "nothing helps"}
    drawn = altair(chart).to_dict()
    assert "layer" in drawn


def test_the_command(tmp_path: Any, capsys: pytest.CaptureFixture[str]) -> None:
    """From the shell: letters in rows, the highest value of y on top, and a legend."""
    file = tmp_path / "shared.yaml"
    file.write_text(
        "leverwise: 1\nmodel: shared\ntime: {step: 1, horizon: 1, method: euler}\nvalues: {p: 2, q: 1}\n"
        "decisions: {a: {min: 0, max: 1}, b: {min: 0, max: 1}}\nimpact: {is: p*sqrt(a) + q*sqrt(b)}\n"
        "plan: {subject to: [a + b <= 1]}\n"
    )
    assert cli.main(["map", str(file), "--x", "p=1,2", "--y", "q=0.5,3", "--out", str(tmp_path / "map.png")]) == 0
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert ["3", "B", "B"] in lines
    assert ["0.5", "A", "A"] in lines
    assert (tmp_path / "map.png").stat().st_size > 1000
    assert cli.main(["map", str(file), "--x", "p=2..1"]) == 2
    assert "must end above where it begins" in capsys.readouterr().err


def test_the_page_tells_tiles_in_words_and_numbers(answer: leverwise.Answer) -> None:
    """For those who can not see the picture: how many tiles each has; and a row per tile."""
    text = html([answer])
    assert "a on 10 of 20 tiles; b on 9 of 20 tiles; nothing helps on 1 of 20 tiles" in text
    assert "low x" not in text
