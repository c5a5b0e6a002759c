"""The engine: a system, ready to be run for any samples, decisions, switches and nudges.

Rows are cut into chunks of one size, which threads (one per core) take in turn; what comes back is put together in the
order of chunks. A row's result depends on that row alone, so many plans times many samples are just more rows. JAX is
imported and programs are compiled when first needed.
"""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import numpy as np

from leverwise.engine.draws import Draws, noise_keys
from leverwise.engine.fans import EXACT_VALUES, LEVELS, Fan, Histograms, exact_fan
from leverwise.engine.layout import IMPACT, Layout, default_record
from leverwise.engine.result import Gradient, Result
from leverwise.errors import ModelError, Problem, did_you_mean
from leverwise.lang.system import System

if TYPE_CHECKING:
    from leverwise.engine.programs import Program

CHUNK = 512
Array = np.ndarray
ROWLESS = {"trajectories": (3,), "measures": (), "gradient": (1,)}
"""By kind of program: which of its outputs have no axis of rows."""
T = TypeVar("T")
Switches = Mapping[str, bool] | Array | None


class Engine:
    """Runs one system. Cheap to make; raises ModelError if rank correlations contradict each other.

    precision is "float64" or "float32"; record are the names whose trajectories `simulate` gives.
    """

    def __init__(
        self,
        system: System,
        precision: Literal["float64", "float32"] = "float64",
        record: Sequence[str] | None = None,
        workers: int | None = None,
    ) -> None:
        self.system = system
        self.precision = precision
        self.layout = Layout(system, tuple(default_record(system) if record is None else record))
        self.draws_of = Draws(system)
        self.workers = workers or _cores()

    @property
    def decisions(self) -> tuple[tuple[str, int], ...]:
        """(name, period) of each of the K slots."""
        return tuple((d.name, period) for d in self.system.decisions for period in range(d.periods))

    @property
    def slots(self) -> Mapping[str, slice]:
        """The slots of each decision."""
        return self.layout.slots

    @property
    def measure_names(self) -> tuple[str, ...]:
        """`impact`, then the system's measures."""
        return (IMPACT, *(m.name for m in self.system.measures))

    @property
    def resources(self) -> tuple[str, ...]:
        """What can be nudged: stocks (by an amount), then capacities (by a rate)."""
        return self.layout.resources

    @property
    def periods(self) -> int:
        """Periods of nudges."""
        return self.layout.periods

    @property
    def period_starts(self) -> Array:
        """(P,) when the nudges' periods start, in base time."""
        return np.arange(self.periods) * self.layout.steps_per_nudge * self.system.clock.step

    @property
    def constants(self) -> Array:
        """(C,) the values that are not drawn, in the system's order."""
        return np.array([v.distribution.parameters[0] for v in self.layout.constants], float)

    @property
    def constant_names(self) -> tuple[str, ...]:
        """Names of the (C,) constants."""
        return tuple(v.name for v in self.layout.constants)

    @property
    def draw_names(self) -> tuple[str, ...]:
        """Names of the (D,) drawn values."""
        return tuple(v.name for v in self.layout.drawn)

    @cached_property
    def backend(self) -> str:
        """Where programs run, for example "cpu"."""
        return str(_jax().default_backend())

    def default_decisions(self, kind: Literal["start", "use"] = "start") -> Array:
        """(K,) what is decided when nothing is planned: the starts, or where given the author's schedules."""
        values: list[float] = []
        for decision in self.system.decisions:
            own = decision.use if kind == "use" else None
            values += [decision.start] * decision.periods if own is None else _stretched(own, decision.periods)
        return np.array(values, float)

    def schedule(self, plan: Mapping[str, Sequence[float] | float]) -> Array:
        """(K,) from values per period by decision; decisions left out keep their start.

        A single number holds for all periods. Raises ModelError for unknown names and for a wrong number of values.
        """
        result = self.default_decisions("start")
        problems = []
        for name, values in plan.items():
            if name not in self.slots:
                problems.append(Problem(f"there is no decision `{name}`", hint=did_you_mean(name, self.slots)))
                continue
            slot = self.slots[name]
            given = np.atleast_1d(np.asarray(values, float))
            if len(given) not in (1, slot.stop - slot.start):
                problems.append(
                    Problem(f"`{name}` has {slot.stop - slot.start} periods, but {len(given)} values are given")
                )
                continue
            result[slot] = given
        if problems:
            raise ModelError(problems)
        return result

    def draws(self, first: int, count: int, seed: int) -> Array:
        """(D, count) the drawn values of samples `first`, `first + 1`, ..."""
        return self.draws_of(first, count, seed)

    def switched(self, switches: Switches) -> Array:
        """(M,) or (M, n) zeros and ones from names; levers left out are on."""
        names = self.system.switches
        if isinstance(switches, np.ndarray):
            return np.asarray(switches, float)
        unknown = [name for name in switches or {} if name not in names]
        if unknown:
            raise ModelError([Problem(f"there is no lever `{n}`", hint=did_you_mean(n, names)) for n in unknown])
        return np.array([float((switches or {}).get(name, True)) for name in names], float)

    def measures(
        self,
        draws: Array,
        index: Array,
        decisions: Array | None = None,
        switches: Switches = None,
        nudges: Array | None = None,
        constants: Array | None = None,
        seed: int = 0,
    ) -> Array:
        """(m, n) measures of n rows; row 0 is the impact.

        draws (D, n), index (n,) the sample numbers (which fresh noise depends on, with `seed`), decisions (K,) or
        (K, n), nudges (R, P) or (R, P, n).
        """
        parts = list(self._run("measures", draws, index, decisions, switches, nudges, constants, None, seed))
        return np.concatenate([part[0] for part in parts], axis=1)

    def gradient(
        self,
        draws: Array,
        index: Array,
        decisions: Array | None = None,
        switches: Switches = None,
        nudges: Array | None = None,
        constants: Array | None = None,
        weights: Array | None = None,
        seed: int = 0,
    ) -> Gradient:
        """Measures, and the slopes of sum(weights * measures), from one reverse pass.

        weights (m, n); left out, the impact alone counts. Without nudges the slopes are those at no nudge.
        """
        rows = len(np.atleast_1d(index))
        if weights is None:
            weights = np.zeros((len(self.measure_names), rows))
            weights[0] = 1.0
        if nudges is None:
            nudges = np.zeros((len(self.resources), self.periods))
        parts = list(self._run("gradient", draws, index, decisions, switches, nudges, constants, weights, seed))
        measures, constants_, draws_, decisions_, nudges_ = zip(*parts, strict=True)
        return Gradient(
            np.concatenate(measures, axis=1),
            np.concatenate(decisions_, axis=1),
            np.concatenate(nudges_, axis=2),
            np.sum(constants_, axis=0),
            np.concatenate(draws_, axis=1),
        )

    def simulate(
        self,
        samples: int,
        seed: int = 0,
        decisions: Array | None = None,
        switches: Switches = None,
        nudges: Array | None = None,
        record: Sequence[str] | None = None,
        keep: bool = True,
        progress: Callable[[int, int], object] | None = None,
        constants: Array | None = None,
    ) -> Result:
        """Run samples 0 ... samples-1, and give measures per sample, fans over time and warnings.

        Trajectories are kept if asked and no more than 32 million numbers. `progress(done, samples)` is called after
        each chunk.
        """
        layout = self.layout if record is None else replace(self.layout, record=tuple(record))
        begun = time.perf_counter()
        program = self._program("trajectories", layout, nudged=nudges is not None)
        compiled = time.perf_counter()
        collected = _Collected(self, layout, samples)
        try:
            for first, outputs in self._samples(program, samples, seed, decisions, switches, nudges, constants):
                collected.add(first, *outputs)
                if progress:
                    progress(min(first + CHUNK, samples), samples)
            result = collected.result(keep)
        finally:
            collected.close()
        seconds = {"compile": compiled - begun, "run": time.perf_counter() - compiled}
        return replace(result, seconds=seconds)

    def with_clock(self, step_factor: float) -> Engine:
        """The same engine with steps `step_factor` times as long; 1 / step_factor must be whole."""
        return Engine(finer(self.system, round(1 / step_factor)), self.precision, self.layout.record, self.workers)

    def _program(self, kind: str, layout: Layout, *, nudged: bool) -> Callable[..., Any]:
        _jax()
        from leverwise.engine import programs

        wanted: Program = programs.program(layout, kind, self.precision, nudged=nudged)  # type: ignore[arg-type]
        return programs.executable(wanted)

    def _samples(
        self,
        program: Callable[..., Any],
        samples: int,
        seed: int,
        decisions: Array | None,
        switches: Switches,
        nudges: Array | None,
        constants: Array | None,
    ) -> Iterator[tuple[int, tuple[Array, ...]]]:
        """(first sample, outputs) of each chunk of a simulation, in order."""
        fixed = self._fixed(decisions, switches, nudges, constants, None, seed)

        def one(first: int) -> tuple[int, tuple[Array, ...]]:
            count = min(CHUNK, samples - first)
            draws = self._chunk(self.draws_of(first, CHUNK, seed), 0, CHUNK)
            index = np.arange(first, first + CHUNK, dtype=np.uint32)
            return first, _cut(_called(program, fixed, draws, index, 0, CHUNK), count, ROWLESS["trajectories"])

        yield from self._in_order(one, range(0, samples, CHUNK))

    def _run(
        self,
        kind: str,
        draws: Array,
        index: Array,
        decisions: Array | None,
        switches: Switches,
        nudges: Array | None,
        constants: Array | None,
        weights: Array | None,
        seed: int,
    ) -> Iterator[tuple[Array, ...]]:
        """The outputs of each chunk of given rows, in order."""
        program = self._program(kind, self.layout, nudged=nudges is not None)
        fixed = self._fixed(decisions, switches, nudges, constants, weights, seed)
        numbers = np.atleast_1d(np.asarray(index)).astype(np.uint32)
        rows = len(numbers)
        real = np.asarray(draws, self.precision).reshape(len(self.draw_names), rows)

        def one(first: int) -> tuple[Array, ...]:
            last = min(first + CHUNK, rows)
            chunk = _padded(numbers[first:last])
            outputs = _called(program, fixed, self._chunk(real, first, last), chunk, first, last)
            return _cut(outputs, last - first, ROWLESS[kind])

        yield from self._in_order(one, range(0, rows, CHUNK))

    def _fixed(
        self,
        decisions: Array | None,
        switches: Switches,
        nudges: Array | None,
        constants: Array | None,
        weights: Array | None,
        seed: int,
    ) -> _Fixed:
        real = self.precision
        chosen = self.default_decisions("start") if decisions is None else decisions
        keys = noise_keys([key for key, _ in self.layout.noises], seed)
        return _Fixed(
            np.asarray(self.constants if constants is None else constants, real),
            np.asarray(chosen, real),
            np.asarray(self.switched(switches), real),
            keys,
            None if nudges is None else np.asarray(nudges, real),
            None if weights is None else np.asarray(weights, real),
        )

    def _chunk(self, table: Array, first: int, last: int) -> Array:
        return _padded(np.asarray(table, self.precision)[:, first:last])

    def _in_order(self, work: Callable[[int], T], items: range) -> Iterator[T]:
        """work(item) for each item, on all cores, in order; never many ahead, so that memory stays bounded."""
        if self.workers == 1 or len(items) == 1:
            yield from map(work, items)
            return
        pool = ThreadPoolExecutor(self.workers, thread_name_prefix="leverwise")
        waiting: deque[Future[T]] = deque()
        try:
            for item in items:
                waiting.append(pool.submit(work, item))
                if len(waiting) > 2 * self.workers:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


class _Fixed:
    """Inputs that are the same for all chunks, or cut from one table of all rows."""

    def __init__(
        self,
        constants: Array,
        decisions: Array,
        switches: Array,
        keys: Array,
        nudges: Array | None,
        weights: Array | None,
    ) -> None:
        self.constants, self.keys, self.weights = constants, keys, weights
        self.decisions = decisions if decisions.ndim == 2 else _repeated(decisions)
        self.switches = switches if switches.ndim == 2 else _repeated(switches)
        self.nudges = nudges if nudges is None or nudges.ndim == 3 else _repeated(nudges)
        self.per_row = (decisions.ndim == 2, switches.ndim == 2, nudges is not None and nudges.ndim == 3)

    def at(self, first: int, last: int) -> tuple[Array, Array, tuple[Array, ...]]:
        """Decisions, switches, and nudges and weights if any, of rows first ... last-1."""
        decisions = _padded(self.decisions[:, first:last]) if self.per_row[0] else self.decisions
        switches = _padded(self.switches[:, first:last]) if self.per_row[1] else self.switches
        rest: tuple[Array, ...] = ()
        if self.nudges is not None:
            rest += (_padded(self.nudges[:, :, first:last]) if self.per_row[2] else self.nudges,)
        if self.weights is not None:
            weights = self.weights[:, first:last]
            padding = np.zeros((len(weights), CHUNK - weights.shape[1]), weights.dtype)
            rest += (np.concatenate([weights, padding], axis=1),)
        return decisions, switches, rest


class _Collected:
    """Gathers the chunks of a simulation: measures, marks, and trajectories or histograms."""

    def __init__(self, engine: Engine, layout: Layout, samples: int) -> None:
        from leverwise.engine.health import Marks
        from leverwise.engine.step import checks

        self.engine, self.layout, self.samples = engine, layout, samples
        times, names = layout.steps + 1, layout.record
        self.exact = samples * times * len(names) <= EXACT_VALUES
        self.measures = np.empty((len(engine.measure_names), samples))
        self.marks = Marks(checks(layout, engine.precision), layout.steps)
        self.sums = np.zeros((times, len(names)))
        self.kept = np.empty((len(names), times, samples), engine.precision) if self.exact else None
        self.histograms = [] if self.exact else [Histograms(times) for _ in names]
        self.buffer: list[Array] = []
        self.pool = ThreadPoolExecutor(engine.workers) if names else None

    def add(self, first: int, measures: Array, trajectories: Array, marks: Array, when: Array) -> None:
        """Take one chunk."""
        last = first + measures.shape[1]
        self.measures[:, first:last] = measures
        self.marks.add(marks, when)
        if not self.layout.record:
            return
        with np.errstate(invalid="ignore", over="ignore"):
            self.sums += trajectories.sum(axis=2, dtype=np.float64)
        if self.kept is not None:
            self.kept[:, :, first:last] = trajectories.transpose(1, 0, 2)
            return
        self.buffer.append(trajectories)
        if len(self.buffer) == BUFFERED:
            self._count()

    def _count(self) -> None:
        block, self.buffer = np.concatenate(self.buffer, axis=2), []
        assert self.pool is not None
        list(self.pool.map(lambda r: self.histograms[r].add(block[:, r]), range(len(self.histograms))))

    def result(self, keep: bool) -> Result:
        """Everything, once all chunks have come."""
        from leverwise.engine.health import tail_warnings

        if self.buffer:
            self._count()
        names, means = self.layout.record, self.sums / self.samples
        measures = dict(zip(self.engine.measure_names, self.measures, strict=True))
        shapes = self.pool.map(lambda row: self._fan(row, means[:, row]), range(len(names))) if self.pool else ()
        fans = dict(zip(names, shapes, strict=True))
        kept = {n: self.kept[r].T for r, n in enumerate(names)} if keep and self.kept is not None else {}
        warnings = self.marks.warnings(self.engine.system, self.samples) + tail_warnings(measures)
        return Result(self.layout.times, measures, kept, fans, warnings)

    def _fan(self, row: int, mean: Array) -> Fan:
        if self.kept is not None:
            return exact_fan(self.kept[row], mean)
        return Fan(mean, *self.histograms[row].quantiles(LEVELS))

    def close(self) -> None:
        """Let the threads go."""
        if self.pool:
            self.pool.shutdown(wait=True, cancel_futures=True)


BUFFERED = 8
"""Chunks of trajectories that are counted together."""


def finer(system: System, times: int) -> System:
    """The system with each step cut into `times`; noise stays one fresh number per (shorter) step."""
    clock = system.clock
    return replace(
        system,
        clock=replace(clock, step=clock.step / times, steps=clock.steps * times, tail=clock.tail * times),
        decisions=tuple(replace(d, steps_per_period=d.steps_per_period * times) for d in system.decisions),
    )


def halved(system: System) -> System:
    """The system at half the step."""
    return finer(system, 2)


def _called(
    program: Callable[..., Any], fixed: _Fixed, draws: Array, index: Array, first: int, last: int
) -> Sequence[Any]:
    decisions, switches, rest = fixed.at(first, last)
    outputs: Sequence[Any] = program(fixed.constants, draws, index, decisions, switches, fixed.keys, *rest)
    return outputs


def _cut(outputs: Sequence[Any], count: int, rowless: tuple[int, ...]) -> tuple[Array, ...]:
    """Outputs as numpy arrays, without the rows that pad the chunk."""
    return tuple(np.asarray(o) if place in rowless else np.asarray(o)[..., :count] for place, o in enumerate(outputs))


def _padded(table: Array) -> Array:
    missing = CHUNK - table.shape[-1]
    if not missing:
        return np.ascontiguousarray(table)
    return np.concatenate([table, np.repeat(table[..., -1:], missing, axis=-1)], axis=-1)


def _repeated(table: Array) -> Array:
    return np.ascontiguousarray(np.broadcast_to(table[..., None], (*table.shape, CHUNK)))


def _stretched(values: Sequence[float], periods: int) -> list[float]:
    return [values[min(period, len(values) - 1)] for period in range(periods)]


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _jax() -> Any:
    """JAX, with 64-bit numbers switched on (programs say which precision they use)."""
    import jax

    jax.config.update("jax_enable_x64", True)  # type: ignore[no-untyped-call, unused-ignore]
    return jax
