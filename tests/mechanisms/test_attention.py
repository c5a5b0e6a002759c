"""Publicity through performance and polarisation."""

from __future__ import annotations

import numpy as np
import pytest

from mechanisms.models import ATELIER, SHOWS, SMOOTH, load, numbers, ran

Z, PHI = 30.0, 0.7
WATCH = ["shows.friendly", "shows.hostile", "shows.earned", "supporters.offer", "opponents.offer", "attraction"]


@pytest.fixture(scope="module")
def shown() -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Trajectories under a steady act, and the numbers behind them as columns, without the lever's name."""
    model = load(ATELIER, {"shows": {"attention": SHOWS}}, SMOOTH)
    found = ran(model, WATCH, {"shows.publicity": Z, "shows.polarisation": PHI}, samples=32)
    return found, {key.removeprefix("shows."): x[:, None] for key, x in numbers(model, 32).items()}


def test_camps_are_moved_exponentially(shown: tuple[dict[str, np.ndarray], dict[str, np.ndarray]]) -> None:
    """Both camps approach plus and minus phi q, q = z/(z + half), as 1 - exp(-t/memory)."""
    found, value = shown
    moved = PHI * Z / (Z + value["half_hours"]) * -np.expm1(-found["t"][:49] / value["memory"])
    assert found["shows.friendly"][:, :49] == pytest.approx(moved, rel=1e-4, abs=1e-12)
    assert found["shows.hostile"][:, :49] == pytest.approx(-moved, rel=1e-4, abs=1e-12)


def test_earned_publicity(shown: tuple[dict[str, np.ndarray], dict[str, np.ndarray]]) -> None:
    """Hours have diminishing returns, polarisation raises sharing, and opponents spread the word too."""
    found, value = shown
    heard = (Z / 20) * (Z / 20 + 0.001) ** (value["returns"] - 1)
    expected = value["reach"] * 20 * heard * value["lift"] ** PHI * (0.6 + 0.4 * 0.4)
    assert found["shows.earned"][:, :48] == pytest.approx(np.broadcast_to(expected, (32, 48)), rel=1e-12)
    assert heard == pytest.approx((Z / 20) ** value["returns"], rel=1e-3)


def test_moved_camps_want_more_or_less(shown: tuple[dict[str, np.ndarray], dict[str, np.ndarray]]) -> None:
    """Supporters want 1 + up R times as much, opponents 1 - down R times, before either has enough."""
    found, value = shown
    for camp, push, moved in (("supporters", "up", "shows.friendly"), ("opponents", "down", "shows.hostile")):
        wanted = found["attraction"] * np.maximum(0, 1 + value[push] * found[moved])
        assert found[f"{camp}.offer"] == pytest.approx(60 * wanted / (60 + wanted), rel=1e-12)
