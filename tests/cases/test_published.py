"""Small models against the published numbers and closed forms of `expected.yaml`."""

from __future__ import annotations

import pytest

from cases.run import FOLDER, expected, read, simulate

EXPECTED = expected()
SAMPLES = {"uncertain-growth": 4096}


@pytest.mark.parametrize("name", EXPECTED)
def test_case(name: str) -> None:
    """The model gives every number that its source states."""
    case = EXPECTED[name]
    model = case.get("model", name)
    answer = simulate(model, case.get("with"), SAMPLES.get(model, 1))
    found = [read(answer, check) for check in case["checks"]]
    for check, value in zip(case["checks"], found, strict=True):
        wanted = check["is"]
        tolerance = check["within"] if "within" in check else abs(wanted) * check["relative"]
        assert value == pytest.approx(wanted, rel=0, abs=tolerance), f"{check}, source: {case['source']}"


def test_every_model_is_tested() -> None:
    """No model lies here without a check."""
    named = {case.get("model", name) for name, case in EXPECTED.items()}
    code = "".join(path.read_text(encoding="utf-8") for path in FOLDER.glob("test_*.py"))
    models = {path.stem for path in FOLDER.glob("*.yaml")} - {"expected"}
    assert not [model for model in models if model not in named and f'"{model}"' not in code]


def test_every_case_has_a_source() -> None:
    """Each expectation says where its numbers come from."""
    assert all(len(case["source"]) > 10 and case["checks"] for case in EXPECTED.values())
