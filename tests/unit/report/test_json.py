from __future__ import annotations

import json
import subprocess
import sys

import numpy as np
import pytest

from leverwise.ask.answer import Answer
from leverwise.report.json import document, dumps, plain, text
from unit.report.answers import awkward_answer, diagnose_answer, plan_answer, simulate_answer

KEYS = ["question", "headline", "model", "next", "numbers", "tables", "warnings", "provenance"]


@pytest.mark.parametrize("answer", [simulate_answer(), diagnose_answer(), plan_answer(), awkward_answer()])
def test_the_contract_holds(answer: Answer) -> None:
    """Keys, their order and the fields of numbers and provenance are those that programs rely on."""
    read = json.loads(text(answer))
    assert list(read) == KEYS
    assert list(read["model"]) == ["name", "sha256"]
    assert list(read["numbers"]) == list(answer.numbers)
    for number in read["numbers"].values():
        assert list(number) == ["mean", "sd", "se", "p5", "p50", "p95", "unit"]
    assert list(read["tables"]) == list(answer.rows)
    assert list(read["provenance"]) == ["version", "seed", "samples", "precision", "backend", "seconds"]
    assert {"load", "compile", "run"} <= set(read["provenance"]["seconds"])


def test_what_is_not_finite_is_null() -> None:
    """NaN and infinities are no JSON numbers; they become null everywhere."""
    read = json.loads(text(awkward_answer()), parse_constant=pytest.fail)
    assert read["numbers"]["impact"]["mean"] is None
    assert read["numbers"]["impact"]["sd"] is None
    assert read["tables"]["odd"][0]["a"] is None
    assert read["tables"]["odd"][1] == {"a": None, "e": [1, 2]}


def test_numbers_keep_all_their_digits() -> None:
    """What is printed reads back as the same floating-point number."""
    answer = simulate_answer()
    assert json.loads(text(answer))["numbers"]["leverage"]["mean"] == answer.numbers["leverage"].mean
    assert json.loads(dumps({"x": 0.1 + 0.2}))["x"] == 0.1 + 0.2


def test_numpy_values_become_plain() -> None:
    """Scalars and arrays of NumPy are written as numbers and lists, their NaN as null."""
    values = {"a": np.float64(1.5), "b": np.int64(2), "c": np.bool_(True), "d": np.array([1.0, np.nan])}
    assert json.loads(dumps(plain(values))) == {"a": 1.5, "b": 2, "c": True, "d": [1.0, None]}


def test_a_row_takes_one_line() -> None:
    """Compact but readable: one number or table row per line."""
    answer = plan_answer()
    lines = text(answer).splitlines()
    rows = sum(len(table) for table in answer.rows.values())
    assert len(lines) < rows + len(answer.numbers) + 40
    assert any(line.strip().startswith('{"lever": "crew", "decision": "positions"') for line in lines)


def test_the_same_answer_gives_the_same_text() -> None:
    """The order of everything is fixed."""
    assert text(plan_answer()) == text(plan_answer())
    assert document(plan_answer())["question"] == "plan"


def test_json_needs_no_tables_and_no_charts() -> None:
    """Printing an answer as JSON imports neither pandas nor xarray nor a chart library."""
    script = (
        "import sys; from unit.report.answers import plan_answer; from leverwise.report.json import text; "
        "text(plan_answer()); from leverwise.report.output import Output; "
        "print([n for n in ('pandas', 'xarray', 'altair', 'vl_convert', 'jinja2', 'jax') if n in sys.modules])"
    )
    run = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path[:0] = {sys.path!r}\n{script}"],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert run.stdout.strip() == "[]"
