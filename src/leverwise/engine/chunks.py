"""Rows in chunks: cutting tables to the size that programs take, and taking chunks on all cores, in order."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from functools import lru_cache
from typing import Any, TypeVar

import numpy as np

from leverwise.errors import ModelError, Problem

Array = np.ndarray
T = TypeVar("T")

CHUNK = 512
"""Rows of a chunk of a simulation."""
CHUNKS = {
    "trajectories": CHUNK,
    "measures": 256,
    "many measures": 1024,
    "gradient": 256,
    "full gradient": 256,
    "summed gradient": 256,
}
"""Rows of a chunk by kind of program. Searches ask for few rows at a time, which should keep all cores busy."""
MANY = 16_384
"""Rows from which small systems take large chunks: of the time of a chunk, much does not go with its rows."""
LARGEST_CHUNK = 256_000_000
"""Bytes of what a chunk holds over time; more is refused."""
LARGEST_QUEUE = 1_000_000_000
"""Bytes of such chunks under way at a time, as long as there is one."""
ROWLESS = {
    "trajectories": (3,),
    "measures": (),
    "many measures": (),
    "gradient": (),
    "full gradient": (3,),
    "summed gradient": (1,),
}
"""By kind of program: which of its outputs have no axis of rows."""


class Fixed:
    """Inputs that are the same for all chunks, or cut from one table of all rows."""

    def __init__(
        self,
        constants: Array,
        decisions: Array,
        switches: Array,
        keys: Array,
        nudges: Array | None,
        weights: Array | None,
        chunk: int,
    ) -> None:
        self.constants, self.keys, self.weights, self.chunk = constants, keys, weights, chunk
        self.decisions = decisions if decisions.ndim == 2 else repeated(decisions, chunk)
        self.switches = switches if switches.ndim == 2 else repeated(switches, chunk)
        self.nudges = nudges if nudges is None or nudges.ndim == 3 else repeated(nudges, chunk)
        self.per_row = (decisions.ndim == 2, switches.ndim == 2, nudges is not None and nudges.ndim == 3)

    def at(self, first: int, last: int) -> tuple[Array, Array, tuple[Array, ...]]:
        """Decisions, switches, and nudges and weights if any, of rows first ... last-1."""
        decisions = padded(self.decisions[:, first:last], self.chunk) if self.per_row[0] else self.decisions
        switches = padded(self.switches[:, first:last], self.chunk) if self.per_row[1] else self.switches
        rest: tuple[Array, ...] = ()
        if self.nudges is not None:
            rest += (padded(self.nudges[:, :, first:last], self.chunk) if self.per_row[2] else self.nudges,)
        if self.weights is not None:
            weights = self.weights[:, first:last]
            padding = np.zeros((len(weights), self.chunk - weights.shape[1]), weights.dtype)
            rest += (np.concatenate([weights, padding], axis=1),)
        return decisions, switches, rest


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def chunk_of(kind: str, precision: str) -> int:
    """Rows of a chunk; in single precision twice as many of what is only measured, which take as much memory."""
    return 2 * CHUNKS[kind] if (kind, precision) == ("measures", "float32") else CHUNKS[kind]


def called(
    program: Callable[..., Any], fixed: Fixed, draws: Array, index: Array, first: int, last: int
) -> Sequence[Any]:
    """What a program gives for rows first ... last-1."""
    decisions, switches, rest = fixed.at(first, last)
    outputs: Sequence[Any] = program(fixed.constants, draws, index, decisions, switches, fixed.keys, *rest)
    return outputs


def cut(outputs: Sequence[Any], count: int, rowless: tuple[int, ...]) -> tuple[Array, ...]:
    """Outputs as numpy arrays, without the rows that pad the chunk."""
    return tuple(np.asarray(o) if place in rowless else np.asarray(o)[..., :count] for place, o in enumerate(outputs))


def padded(table: Array, chunk: int) -> Array:
    """The table with its last row (the last axis) repeated until the chunk is full."""
    missing = chunk - table.shape[-1]
    if not missing:
        return np.ascontiguousarray(table)
    return np.concatenate([table, np.repeat(table[..., -1:], missing, axis=-1)], axis=-1)


def repeated(table: Array, chunk: int) -> Array:
    """The table with a new last axis, the same for all rows of a chunk."""
    return np.ascontiguousarray(np.broadcast_to(table[..., None], (*table.shape, chunk)))


def size_of(numbers: int) -> int:
    """Bytes of a chunk whose rows hold so many numbers each.

    Raises ModelError if that is too much.
    """
    size = numbers * CHUNK * 8
    if size > LARGEST_CHUNK:
        message = f"{numbers:,} numbers over time for each sample are too many: {LARGEST_CHUNK // CHUNK // 8:,} fit"
        raise ModelError([Problem(message, hint="make `time.step` larger, or record less")])
    return size


def in_order(work: Callable[[int], T], items: range, workers: int, size: int) -> Iterator[T]:
    """work(item) for each item, on all cores, in order; never many ahead, so that memory stays bounded.

    size are the bytes that one item takes while it is worked at and waits.
    """
    ahead = min(2 * workers, LARGEST_QUEUE // max(size, 1))
    if workers == 1 or len(items) <= 1 or ahead <= 1:
        yield from map(work, items)
        return
    pool = _pool(workers)
    waiting: deque[Future[T]] = deque()
    try:
        for item in items:
            if len(waiting) >= ahead:
                yield waiting.popleft().result()
            waiting.append(pool.submit(work, item))
        while waiting:
            yield waiting.popleft().result()
    finally:
        for future in waiting:
            future.cancel()
        wait(waiting)


@lru_cache(maxsize=4)
def _pool(workers: int) -> ThreadPoolExecutor:
    """Threads that are kept: a search asks thousands of times for a millisecond of work."""
    return ThreadPoolExecutor(workers, thread_name_prefix="leverwise")
