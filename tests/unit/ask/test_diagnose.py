"""What `diagnose` must warn of, on models so small that the answer can be worked out by hand."""

from __future__ import annotations

from typing import Any

import leverwise

CHOIR: dict[str, Any] = {
    "leverwise": 1,
    "model": "choir",
    "about": "Listeners come in thousands; what each hears is known to orders of magnitude only.",
    "time": {"step": "1 month", "horizon": "2 months", "method": "euler"},
    "units": ["song"],
    "values": {"pull": "0.001 to 1000 song/month"},
    "stocks": {"fans": {"start": 10, "change": "0/(1 month)", "nudge": "fans"}},
    "equations": {"heard": {"is": "pull*fans", "unit": "song/month"}},
    "impact": {"is": "heard", "unit": "song"},
}


def test_a_few_samples_that_carry_the_means_are_told() -> None:
    """Impact and the value of one more are the pull, of which one in a hundred samples makes up most."""
    warnings = leverwise.load(CHOIR).diagnose(samples=256).warnings
    assert any("of all impact:" in warning for warning in warnings)
    assert any("of the value of one more unit of fans:" in warning for warning in warnings)


def test_even_samples_are_not_warned_of() -> None:
    """Where the pull is known to a tenth, no mean is carried by a few samples."""
    even = {**CHOIR, "values": {"pull": "9 to 11 song/month"}}
    assert not any("one in a hundred" in warning for warning in leverwise.load(even).diagnose(samples=256).warnings)
