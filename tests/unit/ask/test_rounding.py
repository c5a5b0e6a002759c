"""Single precision: used for many samples where rounding hardly counts, said so, and nowhere else."""

from __future__ import annotations

from typing import Any

import pytest

import leverwise
from leverwise.ask import rounding

MODEL: dict[str, Any] = {
    "leverwise": 1,
    "model": "growth",
    "time": {"step": 1, "horizon": 10, "method": "heun"},
    "values": {"rate": "uniform(0.02, 0.08)", "most": "40 to 60"},
    "stocks": {"size": {"start": 1, "change": "rate*size*(1 - size/most)"}},
    "impact": {"is": 0, "final": "size"},
}
SAMPLES = 8192


@pytest.fixture(autouse=True)
def few_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that tests are quick."""
    monkeypatch.setattr(rounding, "MANY", SAMPLES)


def test_many_samples_are_reckoned_in_single_precision() -> None:
    """The answer says so, and differs from that in double precision by less than a tenth of its standard error."""
    model = leverwise.load(MODEL)
    found = model.simulate(SAMPLES)
    assert found.provenance.precision == "float32"
    assert any("single precision" in note for note in found.notes)
    rounding.MANY = 10 * SAMPLES
    exact = model.simulate(SAMPLES)
    assert exact.provenance.precision == "float64"
    assert not any("precision" in note for note in exact.notes)
    moved = abs(found.numbers["impact"].mean - exact.numbers["impact"].mean)
    assert 0 < moved < 0.1 * exact.numbers["impact"].se


def test_where_rounding_counts_precision_stays_double() -> None:
    """What varies in the ninth digit would be lost in single precision."""
    lost = MODEL | {"impact": {"is": 0, "final": "1e8 + size"}}
    found = leverwise.load(lost).simulate(SAMPLES)
    assert found.provenance.precision == "float64"
    assert not any("precision" in note for note in found.notes)
