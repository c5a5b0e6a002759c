"""Long horizons: gradients go through them in segments, in bounded memory, and slopes stay what they are."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from leverwise.engine import Engine, layout
from unit.engine.test_gradient import enterprise

LONG = """
import sys
from pathlib import Path
import numpy as np
import leverwise

steps, stocks = int(sys.argv[1]), 12
model = {
    "leverwise": 1,
    "model": "long",
    "time": {"step": 1, "horizon": steps, "method": "heun"},
    "values": {"rate": "0.01 to 0.03"},
    "decisions": {"u": {"min": 0, "max": 1, "every": steps // 20}},
    "stocks": {f"x{k}": {"start": 1, "change": f"rate*(u + x{(k + 1) % stocks} - 2*x{k})"} for k in range(stocks)},
    "impact": {"is": f"x0/{steps}"},
}
engine = leverwise.load(model).engine
slopes = engine.gradient(engine.draws(0, 512, 0), np.arange(512), engine.default_decisions() + 0.5)
assert np.isfinite(slopes.decisions).all() and slopes.decisions.min() > 0
highest = next(l for l in Path("/proc/self/status").read_text().splitlines() if l.startswith("VmHWM"))
print(int(highest.split()[1]) * 1024)
"""


@pytest.mark.parametrize("tail", [2, 3])
def test_segments_make_the_same_slopes(tail: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Purchases, delays, switches, extremes, nudges and a tail: every slope is what it is in one piece, to rounding."""
    system = enterprise()
    system = replace(system, clock=replace(system.clock, tail=tail))
    whole = Engine(system)
    rows = 40
    draws, index = whole.draws(0, rows, 3), np.arange(rows)
    plans = whole.default_decisions()[:, None] + np.linspace(0, 0.4, rows)
    weights = np.vstack([np.ones(rows), np.full(rows, 0.3)])
    assert whole.layout.segment == 1
    found = whole.gradient(draws, index, plans, weights=weights, values=True)
    monkeypatch.setattr(layout, "KEPT", 1)
    monkeypatch.setattr("leverwise.engine.programs._surroundings", lambda: ("in segments",))
    parted = Engine(system)
    assert parted.layout.segment == 2
    again = parted.gradient(draws, index, plans, weights=weights, values=True)
    for part in ("measures", "decisions", "nudges", "constants", "draws"):
        assert getattr(again, part) == pytest.approx(getattr(found, part), rel=1e-11, abs=1e-13)
        assert np.any(getattr(found, part) != 0)


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the highest mark is read as Linux tells it")
def test_memory_of_slopes_grows_with_the_root_of_the_horizon() -> None:
    """Sixteen times the steps, of which the stocks of two chunks alone would take 750 MB more, take 250 at most."""

    def peak(steps: int) -> int:
        done = subprocess.run(
            [sys.executable, "-c", LONG, str(steps)], capture_output=True, text=True, check=True, timeout=240
        )
        return int(done.stdout)

    assert 15 * 1000 * 12 * 256 * 8 * 2 > 700e6
    assert peak(16_000) - peak(1_000) < 250e6
