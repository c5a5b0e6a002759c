"""Many samples: an example once its program is compiled, and ten million samples of a small model in bounded memory."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence

import numpy as np

from benchmarks.rows import Limit, Measured, Row
from benchmarks.timer import ROOT, process, timed

SAMPLES = 10_000
MILLIONS = 10_000_000
STEPS = 10_000


def rows() -> Iterator[Row]:
    """With the levers and alone, with the fans that `simulate` shows of each; then ten million."""
    import leverwise
    from leverwise.ask.recording import recorded, shown

    model = leverwise.load(ROOT / "examples" / "superstar.yaml")
    engine, record = model.engine, recorded(model.system, ())
    decisions = engine.default_decisions("use")

    charted = ("impact", *shown(model.system))

    def impact(switches: dict[str, bool] | None, fans: Sequence[str]) -> np.ndarray:
        result = engine.simulate(SAMPLES, decisions=decisions, switches=switches, record=record, keep=False, fans=fans)
        return np.asarray(result.measures["impact"])

    ours, (levers, alone) = timed(lambda: (impact(None, charted), impact(model.alone(), ("impact",))), repeats=5)
    steps = model.system.clock.steps + model.system.clock.tail
    yield Row(
        f"superstar, {SAMPLES:,} x {steps} steps, with levers and alone, compiled before",
        ours,
        f"impact {levers.mean():.5g}, alone {alone.mean():.5g}",
    )
    found = json.loads(process((sys.executable, "-m", "benchmarks.millions", str(MILLIONS)))[1])
    value = f"median {found['median']:.4f}, mean {found['mean']:.4f} ± {found['error']:.4f}"
    what = f"noisy growth, {MILLIONS // 10**6} million x 60 steps, summaries"
    yield Row(f"{what}: time", Measured((found["seconds"],)), value)
    yield Row(
        f"{what}: peak memory of the process",
        Measured((found["mebibytes"],), "MiB"),
        f"{found['kept']} trajectories kept",
        limit=Limit(1024),
    )
    yield from slopes_of_a_long_run()


def slopes_of_a_long_run() -> Iterator[Row]:
    """All slopes over ten thousand steps beside a plain run, and what the process holds."""
    found = json.loads(process((sys.executable, "-m", "benchmarks.horizon", str(STEPS)))[1])
    what = f"{found['count']} slopes over {STEPS:,} steps, 20 stocks, 512 samples"
    right = found["apart"] < 1e-9
    forward = Measured((found["forward"],))
    yield Row(f"{what}: time", Measured((found["slopes"],)), "", "forward run", forward, right=right)
    yield Row(f"{what}: peak memory of the process", Measured((found["mebibytes"],), "MiB"), limit=Limit(1024))
