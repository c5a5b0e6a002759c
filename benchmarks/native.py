"""The same equations, on the same draws, in C written by hand: vectors over samples, one thread per core."""

from __future__ import annotations

import ctypes
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, Literal

import numpy as np

from benchmarks.models import FIRST, MECHANISMS, STEPS, ring
from benchmarks.rows import Limit, MissingPeerError, Row
from benchmarks.timer import timed

SAMPLES = 100_000
SOURCE = Path(__file__).parent / "native" / "ring.c"
FLAGS = ("-O3", "-march=native", "-ffast-math", "-fopenmp", "-shared", "-fPIC")
"""With -ffast-math gcc takes the vectorised exp of its library; without, C would be several times slower."""
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
            run = compiled(Path(folder), precision)
            theirs, result = timed(partial(run, table))
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
        )


def names() -> list[str]:
    """The draws in the order in which the C program takes them."""
    return [f"{kind}{i}" for i in range(MECHANISMS) for kind in ("push", "fade", "sense")]


def compiled(folder: Path, precision: str) -> Callable[[np.ndarray], np.ndarray]:
    """The C program, as a function from draws to the sum of stocks at the end. Raises MissingPeerError without gcc."""
    compiler = shutil.which("gcc")
    if compiler is None:
        raise MissingPeerError("gcc is not installed, and C is the peer here")
    single = precision == "float32"
    real = ["-DREAL=float", "-DSINGLE"] if single else ["-DREAL=double"]
    target = folder / f"ring-{precision}.so"
    order = [compiler, *FLAGS, *real, f"-DBLOCK={BLOCKS[precision]}", str(SOURCE), "-o", str(target), "-lm"]
    done = subprocess.run(order, capture_output=True, text=True, check=False)
    if done.returncode:
        raise MissingPeerError(f"gcc could not compile {SOURCE.name}: {done.stderr.strip()[:300]}")
    number: Any = ctypes.c_float if single else ctypes.c_double
    function = ctypes.CDLL(str(target)).ring
    function.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int, number, ctypes.c_void_p]
    function.restype = None

    def run(table: np.ndarray) -> np.ndarray:
        result = np.empty(table.shape[1], precision)
        function(table.ctypes.data, table.shape[1], STEPS, FIRST, result.ctypes.data)
        return result

    return run
