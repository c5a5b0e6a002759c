"""What goes wrong in a first hour on the command line and in Python: said once, in the words that were typed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import leverwise
from leverwise import cli
from leverwise.errors import ModelError
from unit.ask.test_questions import SHOP
from unit.ask.test_regime import PRACTICE

HEADER = ("leverwise", "model", "time")


def written(folder: Path, name: str = "m.yaml") -> Path:
    """A small model with money in it."""
    path = folder / name
    path.write_text("leverwise: 1\nmodel: m\ntime: {step: 1 month, horizon: 2 months}\nvalues: {fee: $5/month}\n")
    path.write_text(path.read_text() + "decisions: {ads: {min: $0/month, max: $9/month}}\nimpact: fee + ads\n")
    return path


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [
        ("--budget", "300", "--budget 300: the budget must be in $"),
        ("--confidence", "3", "--confidence 3: the confidence must lie"),
        ("--objective", "foo", "--objective foo: there is no objective `foo`"),
    ],
)
def test_an_option_is_named_as_it_was_typed(
    option: str, value: str, said: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """No place in a setting that nobody wrote."""
    assert cli.main(["plan", str(written(tmp_path)), option, value]) == 2
    error = capfd.readouterr().err
    assert error.startswith(said)
    assert "--set" not in error


def test_other_questions_name_their_options_too(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """A frontier takes its budgets as an option of its own."""
    path = tmp_path / "practice.yaml"
    path.write_text(json.dumps(PRACTICE))
    assert cli.main(["frontier", str(path), "--budget", "300"]) == 2
    assert capfd.readouterr().err.startswith("--budget 300: the budget must be in $")


def test_money_that_lost_its_dollar_tells_of_the_shell(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """`"plan.budget=$37k"` in double quotes arrives as `7k`."""
    assert cli.main(["simulate", str(written(tmp_path)), "--set", "plan.budget=7k"]) == 2
    error = capfd.readouterr().err
    assert (
        "the budget must be in $, but `7k` is a plain number\n  --set plan.budget=7k\n                    ^^" in error
    )
    assert "write all in single quotes" in error


@pytest.mark.parametrize("left", ["k", "0k", "00", "", ".5k"])
@pytest.mark.parametrize("option", ["--budget ", "--set plan.budget="])
def test_what_a_shell_leaves_of_a_sum_is_told(
    option: str, left: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """`$5k` arrives as `k`, `$40k` as `0k`, `$400` as `00`, `$5` as nothing: none of them is taken as 0.

    What is told is of what was typed, and not of the budget that stands in the file.
    """
    path = written(tmp_path)
    path.write_text(path.read_text() + "plan: {budget: $8}\n")
    name, _, rest = option.partition(" ")
    assert cli.main(["plan", str(path), name, f"{rest}{left}"]) == 2
    error = capfd.readouterr().err
    assert "if a `$` was there, the shell took it" in error
    assert f"{option}{left}".strip() in error
    assert path.name not in error


@pytest.mark.parametrize(
    "words",
    [
        ["map", "--x", "plan.budget=0k..00k", "--y", "effort=1..2"],
        ["frontier", "--budget", "0k to 00k"],
        ["information", "--study", "effort=0k"],
        ["compare", "--with", "plan.budget=0k"],
    ],
)
def test_other_options_that_hold_sums_tell_of_the_shell_too(
    words: list[str], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Before anything is run."""
    question, *options = words
    assert cli.main([question, str(written(tmp_path)), *options]) == 2
    assert "`0k` is only 0\n  if a `$` was there, the shell took it" in capfd.readouterr().err


@pytest.mark.parametrize(
    ("setting", "told"),
    [
        ("plan.budget=7", True),
        ("fee=k/month", True),
        ("fee=k to 0.5k", True),
        ("fee=k * 2", False),
        ("plan.budget=two * 3", False),
        ("decisions.ads={min: , max: $9/month}", False),
    ],
)
def test_the_shell_is_blamed_only_for_what_it_may_have_left(
    setting: str, told: bool, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """A sum without its beginning; a name that there is not, or a key without a value, is none."""
    assert cli.main(["simulate", str(written(tmp_path)), "--set", "values.two=2", "--set", setting]) == 2
    assert ("the shell took it" in capfd.readouterr().err) is told


def test_a_plan_in_place_of_a_model_is_told_what_it_is(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """As a plan file and as an answer that was saved: the model comes first."""
    saved = tmp_path / "saved.json"
    assert cli.main(["plan", str(written(tmp_path)), "--samples", "16", "--quiet", "--out", str(saved)]) == 0
    capfd.readouterr()
    for text in ("plan: {crew.positions: [1, 2]}", "plan: {ads: 3}\nrules: []", saved.read_text()):
        path = tmp_path / "found.yaml"
        path.write_text(text)
        assert cli.main(["simulate", str(path)]) == 2
        error = capfd.readouterr().err
        assert error.startswith(f"{path}: this is a plan, not a model\n")
        assert f"`leverwise simulate MODEL --plan {path}`" in error


def test_a_model_without_its_header_is_no_plan() -> None:
    """Who left out the first lines, but has sections that only models have, is told which lines."""
    headless = {key: value for key, value in changed(plan={"budget": "$5k"}).items() if key not in HEADER}
    for source in (headless, {"decisions": {"u": {"min": 0, "max": 1}}, "plan": {"every": "1"}}):
        with pytest.raises(ModelError) as caught:
            leverwise.load(source)
        told = [problem.message for problem in caught.value.problems]
        assert [f"`{key}` is missing in the model" in told for key in HEADER] == [True] * 3


def test_a_share_that_is_out_of_bounds_tells_nothing_of_the_shell(tmp_path: Path) -> None:
    """Only money can have lost a `$`."""
    with pytest.raises(ModelError) as caught:
        leverwise.load(written(tmp_path)).plan(confidence="300 %")
    assert "quotes" not in str(caught.value)


def test_a_file_is_no_folder_for_a_new_model(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Who names the file that is there already is told to name a folder."""
    assert cli.main(["new", str(written(tmp_path))]) == 2
    assert "m.yaml is a file\n  name a folder" in capfd.readouterr().err


def test_a_model_named_without_its_ending_is_found(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """`simulate m` beside `m.yaml`; and a name one letter off."""
    path = written(tmp_path)
    assert cli.main(["simulate", str(path.with_suffix(""))]) == 2
    assert f"did you mean `{path}`?" in capfd.readouterr().err
    assert cli.main(["simulate", str(tmp_path / "n.yaml")]) == 2
    assert "did you mean `m.yaml`?" in capfd.readouterr().err


def test_a_plan_written_as_json_is_read_back(tmp_path: Path) -> None:
    """The same impact as under the plan that was written as YAML; what is no plan says how to write one."""
    model = leverwise.load(written(tmp_path))
    for name in ("plan.json", "plan.yaml"):
        assert cli.main(["plan", model.file, "--samples", "16", "--quiet", "--out", str(tmp_path / name)]) == 0
    made = [model.simulate(16, plan=tmp_path / name).numbers["impact"].mean for name in ("plan.json", "plan.yaml")]
    assert made[0] == made[1] > model.simulate(16).numbers["impact"].mean
    other = tmp_path / "other.json"
    other.write_text('{"tables": {"bottlenecks": []}}')
    with pytest.raises(ModelError, match=r"--out m-plan\.yaml"):
        model.simulate(16, plan=other)
    other.write_text('{"tables": {"schedule": [{"decision": "ads", "start": "soon", "value": 1}]}}')
    with pytest.raises(ModelError, match="no row of a schedule"):
        model.simulate(16, plan=other)


@pytest.mark.parametrize("question", ["simulate", "diagnose", "plan", "frontier", "robust"])
@pytest.mark.parametrize("samples", [0, -1, 0.5])
def test_no_samples_are_refused_in_python_too(question: str, samples: float) -> None:
    """As on the command line, and not by a library far below."""
    with pytest.raises(ModelError, match=f"`samples` must be a whole number from 1 on, not {samples}"):
        getattr(leverwise.load(SHOP), question)(samples=samples)
    with pytest.raises(ModelError, match="`seed` must be a whole number from 0 to 18446744073709551615, not -2"):
        getattr(leverwise.load(SHOP), question)(seed=-2)


def changed(**sections: Any) -> dict[str, Any]:
    """The practice with sections changed."""
    return {**PRACTICE, **sections}


def test_time_without_a_unit_is_one_problem_at_the_step() -> None:
    """The step is where the author forgot it; not one word of the mechanisms' own equations."""
    with pytest.raises(ModelError) as caught:
        leverwise.load(changed(time={"step": "0.5", "horizon": "24"}))
    (problem,) = caught.value.problems
    assert problem.at is not None
    assert problem.at.file == "model.time.step"
    assert problem.message.startswith("`time.step` needs a unit of time")
    assert "`step: 0.5 months`, and `horizon: 24 months`" in problem.hint


def test_a_fraction_of_a_month_is_not_advised_as_one_over_months() -> None:
    """`1/2 months` would be a rate."""
    with pytest.raises(ModelError, match=r"`step: 0\.5 months`; or"):
        leverwise.load(changed(time={"step": "1/2", "horizon": "24 months"}))


def test_one_month_is_no_plural() -> None:
    """The hint can be copied as it stands."""
    with pytest.raises(ModelError, match="`step: 1 month`, and `horizon: 24 months`"):
        leverwise.load(changed(time={"step": 1, "horizon": 24}))


def test_copies_left_out_are_missed_once() -> None:
    """The choices are explained, and nothing else is said to lack them."""
    work = {key: value for key, value in PRACTICE["work"].items() if key != "copies"}
    with pytest.raises(ModelError) as caught:
        leverwise.load(changed(work={**work, "materials": "$3/session"}))
    (problem,) = caught.value.problems
    assert problem.message.startswith("`copies` is missing in work")
    assert all(choice in problem.hint for choice in ("`copies: each`", "`copies: free`"))


def test_a_number_in_words_is_answered_in_figures() -> None:
    """`three people` are `3 people`."""
    helper = {**PRACTICE["levers"]["helper"]["delegation"], "at most": "three people"}
    with pytest.raises(ModelError) as caught:
        leverwise.load(changed(levers={"helper": {"delegation": helper}}))
    (problem,) = caught.value.problems
    assert problem.hint == "write `3 people`"
