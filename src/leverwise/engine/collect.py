"""Gathers the chunks of a simulation into a `Result`, in bounded memory."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from leverwise.engine.chunks import CHUNK, LARGEST_CHUNK
from leverwise.engine.fans import EXACT_VALUES, LEVELS, Fan, Histograms, exact_fan
from leverwise.engine.health import Marks
from leverwise.engine.layout import IMPACT, Layout
from leverwise.engine.result import Result
from leverwise.engine.watch import checks

Array = np.ndarray
BUFFERED = 8
"""Chunks of trajectories that are counted together, fewer if they are large."""


class Collected:
    """Gathers the chunks of a simulation: measures, marks, and trajectories or histograms of what is followed."""

    def __init__(
        self, layout: Layout, samples: int, precision: str, workers: int, fans: Sequence[str], keep: bool
    ) -> None:
        self.layout, self.samples, self.fans = layout, samples, tuple(fans)
        self.names = (IMPACT, *(m.name for m in layout.system.measures))
        times = layout.steps + 1
        self.keep = keep and samples * times * len(layout.record) <= EXACT_VALUES
        self.followed = names = layout.record if self.keep else self.fans
        self.rows = [layout.record.index(name) for name in names]
        self.exact = samples * times * len(names) <= EXACT_VALUES
        self.measures = np.empty((len(self.names), samples))
        self.marks = Marks(checks(layout, precision), layout.steps)
        self.sums = np.zeros((times, len(names)))
        self.kept = np.empty((len(names), times, samples), precision) if self.exact else None
        self.histograms = [] if self.exact else [Histograms(times) for _ in names]
        self.buffer: list[Array] = []
        self.buffered = max(1, min(BUFFERED, LARGEST_CHUNK // (8 * CHUNK * max(1, times * len(names)))))
        self.pool = ThreadPoolExecutor(workers) if names else None

    def add(self, first: int, measures: Array, trajectories: Array, marks: Array, when: Array) -> None:
        """Take one chunk."""
        last = first + measures.shape[1]
        self.measures[:, first:last] = measures
        self.marks.add(marks, when)
        if not self.followed:
            return
        if len(self.followed) < len(self.layout.record):
            trajectories = trajectories[:, self.rows]
        with np.errstate(invalid="ignore", over="ignore"):
            self.sums += trajectories.sum(axis=2, dtype=np.float64)
        if self.kept is not None:
            self.kept[:, :, first:last] = trajectories.transpose(1, 0, 2)
            return
        self.buffer.append(trajectories)
        if len(self.buffer) == self.buffered:
            self._count()

    def _count(self) -> None:
        block, self.buffer = np.concatenate(self.buffer, axis=2), []
        assert self.pool is not None
        list(self.pool.map(lambda r: self.histograms[r].add(block[:, r]), range(len(self.histograms))))

    def result(self) -> Result:
        """Everything, once all chunks have come."""
        if self.buffer:
            self._count()
        names, means = self.followed, self.sums / self.samples
        measures = dict(zip(self.names, self.measures, strict=True))
        rows = [names.index(name) for name in self.fans]
        shapes = self.pool.map(lambda row: self._fan(row, means[:, row]), rows) if self.pool else ()
        fans = dict(zip(self.fans, shapes, strict=True))
        kept = {n: self.kept[r].T for r, n in enumerate(names)} if self.keep and self.kept is not None else {}
        warnings = self.marks.warnings(self.layout.system, self.samples)
        return Result(self.layout.times, measures, kept, fans, warnings)

    def _fan(self, row: int, mean: Array) -> Fan:
        if self.kept is not None:
            return exact_fan(self.kept[row], mean)
        return Fan(mean, *self.histograms[row].quantiles(LEVELS))

    def close(self) -> None:
        """Let the threads go."""
        if self.pool:
            self.pool.shutdown(wait=True, cancel_futures=True)
