from __future__ import annotations

from dataclasses import replace

from leverwise.ask.answer import Estimate
from leverwise.report.grid import Grid, folded
from leverwise.report.json import document
from leverwise.report.tables import generic, numbers, tables
from unit.report.answers import awkward_answer, diagnose_answer, plain_answer, plan_answer, simulate_answer


def titles(grid: Grid) -> list[str]:
    return [column.title for column in grid.columns]


def texts(grid: Grid) -> list[list[str]]:
    return [[cell.text for cell in row] for row in grid.rows]


def test_numbers_come_with_their_range() -> None:
    """Mean with unit, standard error, median and the 5 to 95 % range."""
    grid = numbers(simulate_answer())
    assert titles(grid) == ["", "mean", "median", "± error", "5 to 95 %"]
    assert texts(grid)[0] == ["impact", "16.6M deals", "13.9M", "81k", "5.21M to 41.3M"]


def test_a_certain_number_has_no_range() -> None:
    """Where nothing varies there is only the value."""
    assert texts(numbers(plain_answer())) == [["impact", "1.16k"]]


def test_schedule_has_a_row_per_decision_and_a_column_per_period() -> None:
    """The long table becomes a wide one; decisions that stay at zero are named below."""
    grid = next(grid for grid in tables(plan_answer()) if grid.name == "schedule")
    assert titles(grid) == ["from", "", *(str(month) for month in range(0, 36, 3))]
    assert texts(grid)[0] == ["crew: positions", "person", "·", "1", "2", *["3"] * 9]
    assert [row[0].text for row in grid.rows] == [
        "crew: positions",
        "studio: bought",
        "media: spent",
        "fan club: tending",
        "manager: positions",
    ]
    assert grid.note == "Not used: feud: polarisation."
    assert [cell.quiet for cell in grid.rows[0][2:7]] == [True, False, False, False, True]


def test_fractions_of_people_are_explained_under_the_plan() -> None:
    """Where the people there are shown beside positions, the note says that they are means; else there is none."""
    answer = plan_answer()
    people = [{"lever": "crew", "start": 3.0 * k, "people": 0.49 + k, "unit": "person"} for k in range(3)]
    shown = {grid.name: grid for grid in tables(replace(answer, rows={**answer.rows, "staff": people}))}["schedule"]
    assert any(row[0].text == "crew: people there" for row in shown.rows)
    assert "means over the samples and the period" in shown.note
    plain = {grid.name: grid for grid in tables(replace(answer, rows={**answer.rows, "staff": []}))}["schedule"]
    assert "means over" not in plain.note


def test_decisions_are_named_by_their_lever_once() -> None:
    """`crew.positions` of lever `crew` is `crew: positions`; plain decisions keep their name."""
    answer = plan_answer()
    row = dict(answer.rows["schedule"][1])
    rows = [row | {"decision": "crew.positions"}, row | {"lever": None, "decision": "u"}]
    rows.append(row | {"lever": "fan club", "decision": "fan_club.seed_spending"})
    grid = tables(replace(answer, rows={"schedule": rows}))[0]
    assert [row[0].text for row in grid.rows] == ["crew: positions", "u", "fan club: seed spending"]


def test_bottlenecks_say_what_one_more_is_worth() -> None:
    """One row per resource: one more of it in words, its worth, and the chance that it binds, with a bar."""
    grid = tables(diagnose_answer())[0]
    assert titles(grid) == ["one more", "is worth (deals)", "5 to 95 %", "chance it binds"]
    assert texts(grid)[0] == ["hour of star", "8.12k", "2.21k to 19.5k", "91 %"]
    assert grid.rows[0][3].share == 0.91


def test_a_chance_is_never_rounded_to_certainty() -> None:
    """0 and 100 % are written only where they are exact."""
    row = diagnose_answer().rows["bottlenecks"][0]
    rows = [{**row, "binding_probability": chance} for chance in (0.0, 0.001, 0.25, 0.999, 1.0)]
    grid = tables(replace(diagnose_answer(), rows={"bottlenecks": rows}))[0]
    assert [cells[3].text for cells in grid.rows] == ["0 %", "<1 %", "25 %", ">99 %", "100 %"]


def test_what_one_more_is_worth_comes_with_its_error() -> None:
    """Where the numbers of the answer say the same with a median and an error, they stand in the table."""
    answer = diagnose_answer()
    one = Estimate(8120.0, 5000.0, 123.4, 2210, 7400, 19500, "deals")
    grid = tables(replace(answer, numbers={**answer.numbers, "value of one more hour of star": one}))[0]
    assert titles(grid) == ["one more", "is worth (deals)", "5 to 95 %", "median", "± error", "chance it binds"]
    assert texts(grid)[0] == ["hour of star", "8.12k", "2.21k to 19.5k", "7.4k", "120", "91 %"]
    assert texts(grid)[1][3:5] == ["-", "-"]


def test_what_is_certain_has_no_columns_of_spread() -> None:
    """Where no sample differs there is neither a range nor an error to tell."""
    row = {**diagnose_answer().rows["bottlenecks"][0], "marginal_p5": 20.0, "marginal_mean": 20.0, "marginal_p95": 20.0}
    one = Estimate(20.0, 0.0, 0.0, 20.0, 20.0, 20.0, "deals")
    numbers = {**diagnose_answer().numbers, "value of one more hour of star": one}
    grid = tables(replace(diagnose_answer(), numbers=numbers, rows={"bottlenecks": [row]}))[0]
    assert titles(grid) == ["one more", "is worth (deals)", "chance it binds"]
    assert len(grid.rows[0]) == 3


def test_what_hardly_matters_is_named_in_one_line() -> None:
    """Compared is like with like: a dollar is little beside an hour, but not beside nothing; JSON keeps all rows."""
    row = {**diagnose_answer().rows["bottlenecks"][0], "binding_probability": 0.0}

    def worth(resource: str, unit: str, mean: float) -> dict[str, object]:
        return {
            **row,
            "resource": resource,
            "unit": unit,
            "marginal_mean": mean,
            "marginal_p5": mean,
            "marginal_p95": mean,
        }

    rows = [
        {**row, "binding_probability": 1.0},
        worth("cash", "$", 0.01),
        worth("crew hours", "hour", 1.0),
        worth("second hours", "hour", 9000.0),
        worth("stage seats", "person", 0.0),
    ]
    answer = replace(diagnose_answer(), rows={"bottlenecks": rows})
    grid = folded(tables(answer)[0])
    assert len(grid.rows) == 3
    assert grid.note == "And 2 more that would bring next to nothing: hour of crew and seat for stage."
    assert len(document(answer)["tables"]["bottlenecks"]) == 5
    assert folded(tables(replace(answer, rows={"bottlenecks": rows[2:3]}))[0]).rows


def test_levers_that_take_nothing_are_named_in_one_line() -> None:
    """One such row stays where it is; two are a line."""
    rows = [{"lever": f"l{k}", "mechanism": "capital", "spending": 1000.0 * (k == 0), "hours": 0.0} for k in range(3)]
    grids = [folded(tables(replace(plan_answer(), rows={"levers": some}))[0]) for some in (rows, rows[:2])]
    assert [len(grid.rows) for grid in grids] == [1, 2]
    assert [grid.note for grid in grids] == ["And 2 more that take next to nothing: l1 and l2.", ""]


def test_elasticities_of_nothing_are_left_to_their_note() -> None:
    """A table of zeros says no more than the sentence that stands below."""
    rows = [{"lever": "lab", "mechanism": "technology", "elasticity": size} for size in (0.0, 0.3)]
    assert not tables(replace(diagnose_answer(), rows={"elasticities": rows[:1]}))
    assert len(tables(replace(diagnose_answer(), rows={"elasticities": rows}))[0].rows) == 2


def test_any_table_brings_value_and_interval_together() -> None:
    """Columns `x`, `x_low`, `x_high` become `x` and `5 to 95 %`; the rest stays as it is."""
    rows = [{"input": "a_b", "first": 0.25, "first_low": 0.2, "first_high": 0.3, "total": 0.5}]
    grid = generic("indices", rows, simulate_answer())
    assert titles(grid) == ["input", "first", "5 to 95 %", "total"]
    assert texts(grid) == [["a_b", "0.25", "0.2 to 0.3", "0.5"]]


def test_odd_values_are_readable() -> None:
    """Missing, infinite, boolean and foreign values all have a text; empty tables are left out."""
    grids = tables(awkward_answer())
    assert [grid.name for grid in grids] == ["odd"]
    assert texts(grids[0]) == [["-", "-", "yes", "[/]<b>", "-"], ["∞", "-", "-", "-", "(1, 2)"]]
