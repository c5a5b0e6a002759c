"""Clocks: a function called again and again, and a whole process from start to end."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from time import perf_counter
from typing import TypeVar

from benchmarks.rows import Measured

ROOT = Path(__file__).parents[1]
T = TypeVar("T")
U = TypeVar("U")


def once(work: Callable[[], T]) -> tuple[Measured, T]:
    """Seconds of one call (for what can't be repeated, such as compiling), and what it gave."""
    begun = perf_counter()
    result = work()
    return Measured((perf_counter() - begun,)), result


def timed(work: Callable[[], T], repeats: int = 7, most: float = 10.0) -> tuple[Measured, T]:
    """Seconds of up to `repeats` calls after one that does not count; no new call after `most` seconds."""
    result = work()
    values: list[float] = []
    while len(values) < repeats and (not values or sum(values) < most):
        seconds, result = once(work)
        values += seconds.values
    return Measured(tuple(values)), result


def in_turn(
    one: Callable[[], T], other: Callable[[], U], repeats: int
) -> tuple[tuple[Measured, T], tuple[Measured, U]]:
    """The same of two whose ratio counts, one after the other in each repeat: what else is at work slows both."""
    first, second = one(), other()
    taken: tuple[list[float], list[float]] = ([], [])
    for _ in range(repeats):
        seconds, first = once(one)
        taken[0].extend(seconds.values)
        seconds, second = once(other)
        taken[1].extend(seconds.values)
    return (Measured(tuple(taken[0])), first), (Measured(tuple(taken[1])), second)


def process(command: Sequence[str], surroundings: Mapping[str, str] | None = None) -> tuple[float, str]:
    """Seconds of a whole process, and what it printed. Raises RuntimeError with its errors if it fails."""
    begun = perf_counter()
    done = subprocess.run(
        list(command), cwd=ROOT, env={**os.environ, **(surroundings or {})}, capture_output=True, text=True, check=False
    )
    seconds = perf_counter() - begun
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with {done.returncode}: {done.stderr.strip()[-300:]}")
    return seconds, done.stdout


def peak_memory() -> float:
    """MiB that this process has held at most.

    Linux's own count of the highest mark, and not getrusage, which a child inherits from the process that started it.
    """
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text(encoding="ascii").splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1024
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 << 20 if sys.platform == "darwin" else 1 << 10)
