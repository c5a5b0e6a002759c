"""What all tests share: one device, reproducible Hypothesis, and where the repository is."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

os.environ.setdefault("JAX_PLATFORMS", "cpu")

settings.register_profile(
    "repeatable", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
settings.load_profile("repeatable")


@pytest.fixture(scope="session")
def repository() -> Path:
    """The root of the checkout."""
    return Path(__file__).resolve().parents[1]


@pytest.fixture(autouse=True)
def without_lines_of_progress(monkeypatch: pytest.MonkeyPatch) -> None:
    """How long work takes on a busy machine changes nothing of what tests read on standard error."""
    monkeypatch.setattr("leverwise.report.progress.EVERY", 3600.0)
