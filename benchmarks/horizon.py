"""A process of its own that takes all slopes of one long run, and tells how long it took and what it held at most."""

from __future__ import annotations

import json
import sys
from typing import Any

import numpy as np

from benchmarks.timer import peak_memory, timed

STOCKS, PERIODS, SAMPLES = 20, 20, 512


def long(steps: int) -> dict[str, Any]:
    """Stocks in a ring, each drawn to the next, over so many steps, with a decision that acts on all."""
    return {
        "leverwise": 1,
        "model": "long",
        "time": {"step": 1, "horizon": steps, "method": "heun"},
        "values": {f"rate{i}": "0.01 to 0.03" for i in range(STOCKS)},
        "decisions": {"u": {"min": 0, "max": 1, "every": steps // PERIODS}},
        "stocks": {
            f"x{i}": {"start": 1, "change": f"rate{i}*(u + x{(i + 1) % STOCKS} - 2*x{i})"} for i in range(STOCKS)
        },
        "impact": {"is": f"x0/{steps}"},
    }


def main(steps: int) -> None:
    """Print one JSON object."""
    import leverwise

    engine = leverwise.load(long(steps)).engine
    draws, index, plan = engine.draws(0, SAMPLES, 0), np.arange(SAMPLES), engine.default_decisions() + 0.5
    engine.measures(draws, index, plan)
    forward, measures = timed(lambda: engine.measures(draws, index, plan), repeats=3)
    engine.gradient(draws, index, plan)
    all_slopes, found = timed(lambda: engine.gradient(draws, index, plan), repeats=3)
    told = {
        "forward": forward.minimum,
        "slopes": all_slopes.minimum,
        "mebibytes": peak_memory(),
        "apart": float(np.abs(found.measures[0] / measures[0] - 1).max()),
        "count": int(found.decisions.shape[0] + found.nudges.shape[0] * found.nudges.shape[1]),
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main(int(sys.argv[1]))
