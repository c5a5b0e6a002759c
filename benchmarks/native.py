"""The same equations, on the same draws, in C written by hand: vectors over samples, one thread per core."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Literal

import numpy as np

from benchmarks.compiler import compiled
from benchmarks.models import FIRST, MECHANISMS, STEPS, ring
from benchmarks.rows import Limit, Row, Toward
from benchmarks.timer import timed

SAMPLES = 100_000
SOURCE = Path(__file__).parent / "native" / "ring.c"
BLOCKS = {"float64": 16, "float32": 32}
"""Samples in a block: of 16, 32, 64 and 128 these took the least processor time, by a few per cent."""
CLOSE = {"float64": 1e-9, "float32": 1e-4}


def rows() -> Iterator[Row]:
    """In both precisions: all samples, from draws that are already there."""
    import leverwise

    precisions: tuple[Literal["float64", "float32"], ...] = ("float64", "float32")
    for precision in precisions:
        model = leverwise.load(ring(), precision=precision)
        engine = model.engine
        draws = np.ascontiguousarray(engine.draws(0, SAMPLES, 0), precision)
        index = np.arange(SAMPLES)
        ours, measures = timed(partial(engine.measures, draws, index))
        table = np.ascontiguousarray(draws[[engine.draw_names.index(name) for name in names()]])
        with tempfile.TemporaryDirectory() as folder:
            run = compiled(SOURCE, Path(folder), precision, {"BLOCK": BLOCKS[precision]})
            theirs, result = timed(partial(run, table, STEPS, FIRST))
        apart = float(np.max(np.abs(measures[0] - result) / np.abs(result)))
        yield Row(
            f"{MECHANISMS} mechanisms x {STEPS} steps x {SAMPLES:,}, {precision}",
            ours,
            f"mean {measures[0].mean():.7g}",
            "C, gcc -O3, OpenMP",
            theirs,
            f"mean {result.mean(dtype=float):.7g}, {apart:.0e} apart",
            right=apart < CLOSE[precision],
            limit=Limit(1.5, "peer"),
            toward=Toward("native", precision),
        )


def names() -> list[str]:
    """The draws in the order in which the C program takes them."""
    return [f"{kind}{i}" for i in range(MECHANISMS) for kind in ("push", "fade", "sense")]
