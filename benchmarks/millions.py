"""A process of its own that runs many samples of a small model and tells how long it took and what it held at most."""

from __future__ import annotations

import json
import sys

from benchmarks.models import noisy_growth
from benchmarks.timer import once, peak_memory


def main(samples: int) -> None:
    """Print one JSON object."""
    import leverwise
    from leverwise.engine import Engine

    engine = Engine(leverwise.load(noisy_growth()).system, record=["size"])
    engine.simulate(1000, keep=False)
    seconds, result = once(lambda: engine.simulate(samples, keep=False))
    impact = result.measures["impact"]
    found = {
        "seconds": seconds.minimum,
        "mebibytes": peak_memory(),
        "mean": float(impact.mean()),
        "error": float(impact.std()) / samples**0.5,
        "median": float(result.fans["size"].p50[-1]),
        "kept": len(result.trajectories),
    }
    print(json.dumps(found))


if __name__ == "__main__":
    main(int(sys.argv[1]))
