"""C programs as functions of a table of draws: the peers that are compiled here, when they are needed."""

from __future__ import annotations

import ctypes
import shutil
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.rows import MissingPeerError

FLAGS = ("-O3", "-march=native", "-ffast-math", "-fopenmp", "-shared", "-fPIC")
"""With -ffast-math gcc takes the vectorised exp of its library; without, C would be several times slower."""

Native = Callable[[np.ndarray, int, float], np.ndarray]
"""From draws (draw, sample), steps and the start of every stock to the sum of stocks at the end, by sample."""


def compiled(
    source: Path,
    folder: Path,
    precision: str,
    sizes: Mapping[str, int],
    flags: Sequence[str] = (),
    include: Path | None = None,
) -> Native:
    """The function `run` of a C file, compiled into a folder for this precision and these sizes.

    Raises MissingPeerError without gcc.
    """
    compiler = shutil.which("gcc")
    if compiler is None:
        raise MissingPeerError("gcc is not installed, and C is the peer here")
    single = precision == "float32"
    given = ["-DREAL=float", "-DSINGLE"] if single else ["-DREAL=double"]
    given += [f"-D{name}={value}" for name, value in sizes.items()] + ([f"-I{include}"] if include else [])
    target = folder / f"{source.stem}-{precision}.so"
    order = [compiler, *FLAGS, *flags, *given, str(source), "-o", str(target), "-lm"]
    done = subprocess.run(order, capture_output=True, text=True, check=False)
    if done.returncode:
        raise MissingPeerError(f"gcc could not compile {source.name}: {done.stderr.strip()[:300]}")
    number: Any = ctypes.c_float if single else ctypes.c_double
    function = ctypes.CDLL(str(target)).run
    function.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int, number, ctypes.c_void_p]
    function.restype = None

    def run(table: np.ndarray, steps: int, first: float) -> np.ndarray:
        result = np.empty(table.shape[1], precision)
        function(table.ctypes.data, table.shape[1], steps, first, result.ctypes.data)
        return result

    return run
