"""The engine: a system, ready to be run for any samples, decisions, switches and nudges.

Rows are cut into chunks of one size, which threads (one per core) take in turn; what comes back is put together in the
order of chunks. A row's result depends on that row alone, so many plans times many samples are just more rows. JAX is
imported and programs are compiled when first needed.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import cached_property
from types import ModuleType
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from leverwise.engine import backend
from leverwise.engine.chunks import CHUNK, MANY, ROWLESS, Fixed, called, chunk_of, cores, cut, in_order, padded, size_of
from leverwise.engine.collect import Collected
from leverwise.engine.decided import scheduled, started
from leverwise.engine.draws import Draws, noise_keys
from leverwise.engine.layout import IMPACT, Layout, default_record, finer
from leverwise.engine.pairs import Pairs
from leverwise.engine.result import Gradient, Result
from leverwise.errors import ModelError, Problem, did_you_mean
from leverwise.lang.system import System

if TYPE_CHECKING:
    from leverwise.engine.programs import Program

Array = np.ndarray
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
        self.workers = workers or cores()
        self.compile_seconds = 0.0
        """Seconds spent so far on making programs ready."""
        self._double: Engine | None = None

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
    def small(self) -> bool:
        """Whether there are so few equations that tables of decisions by sample are what takes time."""
        return self.layout.small

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
        return str(backend.jax().default_backend())

    def default_decisions(self, kind: Literal["start", "use"] = "start") -> Array:
        """(K,) what is decided when nothing is planned: the starts, or where given the author's schedules."""
        return started(self.system, kind)

    def schedule(self, plan: Mapping[str, Sequence[float] | float]) -> Array:
        """(K,) from values per period by decision; decisions left out keep their start.

        A single number holds for all periods. Raises ModelError for unknown names and for a wrong number of values.
        """
        return scheduled(self.system, self.slots, plan)

    def draws(self, first: int, count: int, seed: int) -> Array:
        """(D, count) the drawn values of samples `first`, `first + 1`, ..."""
        return self.draws_of(first, count, seed)

    def pairs(self, seed: int) -> Pairs:
        """Two independent tables of draws, and what lies between them."""
        return Pairs(self.draws_of, seed)

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
        many = self.small and len(np.atleast_1d(index)) >= MANY
        kind = "many measures" if many else "measures"
        parts = list(self._run(kind, draws, index, decisions, switches, nudges, constants, None, seed))
        return np.concatenate([part[0] for part in parts], axis=1)

    def paths(
        self,
        draws: Array,
        index: Array,
        decisions: Array | None = None,
        switches: Switches = None,
        record: Sequence[str] | None = None,
        seed: int = 0,
    ) -> Iterator[tuple[Array, Array]]:
        """Measures (m, n) and trajectories (T+1, r, n) of given draws (D, n), a chunk of rows at a time.

        `index`, `decisions` and `switches` are as for `measures`, `record` as for `simulate`, whose program this is.
        """
        layout = self.layout if record is None else replace(self.layout, record=tuple(record))
        for outputs in self._run("trajectories", draws, index, decisions, switches, None, None, None, seed, layout):
            yield outputs[0], outputs[1]

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
        values: bool = False,
    ) -> Gradient:
        """Measures, and the slopes of sum(weights * measures), from one reverse pass.

        weights (m, n); left out, the impact alone counts. Without nudges the slopes are those at no nudge. The slopes
        for constants and draws take another program, of about twice the size, and come only with `values`.
        """
        rows = len(np.atleast_1d(index))
        if weights is None:
            weights = np.zeros((len(self.measure_names), rows))
            weights[0] = 1.0
        if nudges is None:
            nudges = np.zeros((len(self.resources), self.periods))
        kind = "full gradient" if values else "gradient"
        parts = list(self._run(kind, draws, index, decisions, switches, nudges, constants, weights, seed))
        measures, chosen, nudged, *rest = zip(*parts, strict=True)
        return Gradient(
            np.concatenate(measures, axis=1),
            np.concatenate(chosen, axis=1),
            np.concatenate(nudged, axis=2),
            np.sum(rest[0], axis=0) if rest else np.zeros(0),
            np.concatenate(rest[1], axis=1) if rest else np.zeros((0, rows)),
        )

    def summed_gradient(
        self, draws: Array, index: Array, plans: Array, weights: Array, seed: int = 0
    ) -> tuple[Array, Array]:
        """Measures (m, S, n) of plans (S, K), and slopes (S, K) of sum(weights * measures) over the n samples.

        draws (D, n), index (n,), weights (m, S, n). For plans of many decisions in small systems: no table of decisions
        or slopes by sample is made. A slope that is no number in one sample is none in the sum.
        """
        kind: Literal["summed gradient"] = "summed gradient"
        program = self._program(kind, self.layout, nudged=False)
        chunk, count = chunk_of(kind, self.precision), len(index)
        firsts = range(0, count, chunk)
        fixed = self._fixed(chunk, None, None, None, None, None, seed)
        numbers, real = np.asarray(index).astype(np.uint32), np.asarray(draws, self.precision)
        cut_draws = [padded(real[:, first : first + chunk], chunk) for first in firsts]
        cut_numbers = [padded(numbers[first : first + chunk], chunk) for first in firsts]
        chosen = np.ascontiguousarray(plans, self.precision)

        def one(item: int) -> tuple[Array, ...]:
            plan, part = divmod(item, len(firsts))
            last = min(firsts[part] + chunk, count)
            weighed = np.zeros((len(weights), chunk), self.precision)
            weighed[:, : last - firsts[part]] = weights[:, plan, firsts[part] : last]
            inputs = (fixed.constants, cut_draws[part], cut_numbers[part], chosen[plan], fixed.switches, fixed.keys)
            return cut(program(*inputs, weighed), last - firsts[part], ROWLESS[kind])

        items = range(len(plans) * len(firsts))
        measures, slopes = zip(*in_order(one, items, self.workers, self._unrecorded_size), strict=True)
        by_plan = np.concatenate(measures, axis=1).reshape(len(weights), len(plans), count)
        return by_plan, np.stack(slopes).reshape(len(plans), len(firsts), -1).sum(axis=1)

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
        fans: Sequence[str] | None = None,
    ) -> Result:
        """Run samples 0 ... samples-1, and give measures per sample, fans over time and warnings.

        `fans` are the recorded names whose spread is wanted, all if left out. Trajectories are kept if asked and no
        more than 32 million numbers. `progress(done, samples)` is called after
        each chunk. Raises ModelError if a chunk would take more than 256 MB.
        """
        layout = self.layout if record is None else replace(self.layout, record=tuple(record))
        size = size_of(layout.path_numbers)
        spread = layout.record if fans is None else tuple(fans)
        begun = time.perf_counter()
        program = self._while_preparing(seed, "trajectories", layout, nudged=nudges is not None)
        compiled = time.perf_counter()
        collected = Collected(layout, samples, self.precision, self.workers, spread, keep)
        try:
            for first, outputs in self._samples(program, size, samples, seed, decisions, switches, nudges, constants):
                collected.add(first, *outputs)
                if progress:
                    progress(min(first + CHUNK, samples), samples)
            result = collected.result()
        finally:
            collected.close()
        seconds = {"compile": compiled - begun, "run": time.perf_counter() - compiled}
        return replace(result, seconds=seconds)

    def with_clock(self, step_factor: float) -> Engine:
        """The same engine with steps `step_factor` times as long; 1 / step_factor must be whole."""
        return Engine(finer(self.system, round(1 / step_factor)), self.precision, self.layout.record, self.workers)

    @cached_property
    def single(self) -> Engine:
        """The same engine in single precision; this one counts the seconds in which its programs are made ready."""
        engine = Engine(self.system, "float32", self.layout.record, self.workers)
        engine.draws_of, engine._double = self.draws_of, self
        return engine

    def _while_preparing(self, seed: int, kind: str, layout: Layout, *, nudged: bool) -> Callable[..., Any]:
        """The program, made ready on another thread while this one prepares the draws."""
        other = ThreadPoolExecutor(1)
        try:
            made = other.submit(self._program, kind, layout, nudged=nudged)
            self.draws_of.prepare(seed)
            return made.result()
        finally:
            other.shutdown(wait=False)

    @staticmethod
    def import_all() -> ModuleType:
        """Import JAX, set up as engines need it, and what makes programs, which comes with the first run otherwise."""
        backend.jax()
        from leverwise.engine import programs

        return programs

    def _program(self, kind: str, layout: Layout, *, nudged: bool) -> Callable[..., Any]:
        programs = self.import_all()
        begun = time.perf_counter()
        wanted: Program = programs.program(layout, kind, self.precision, nudged=nudged)
        found: Callable[..., Any] = programs.executable(wanted)
        (self._double or self).compile_seconds += time.perf_counter() - begun
        return found

    def _samples(
        self,
        program: Callable[..., Any],
        size: int,
        samples: int,
        seed: int,
        decisions: Array | None,
        switches: Switches,
        nudges: Array | None,
        constants: Array | None,
    ) -> Iterator[tuple[int, tuple[Array, ...]]]:
        """(first sample, outputs) of each chunk of a simulation, in order."""
        fixed = self._fixed(CHUNK, decisions, switches, nudges, constants, None, seed)

        def one(first: int) -> tuple[int, tuple[Array, ...]]:
            count = min(CHUNK, samples - first)
            # Rows that pad the chunk repeat the last sample, so that no warning tells of one that was not asked.
            draws = padded(self.draws_of(first, CHUNK, seed)[:, :count].astype(self.precision), CHUNK)
            index = padded(np.arange(first, first + count, dtype=np.uint32), CHUNK)
            return first, cut(called(program, fixed, draws, index, 0, CHUNK), count, ROWLESS["trajectories"])

        yield from in_order(one, range(0, samples, CHUNK), self.workers, size)

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
        layout: Layout | None = None,
    ) -> Iterator[tuple[Array, ...]]:
        """The outputs of each chunk of given rows, in order."""
        size = self._unrecorded_size if layout is None else size_of(layout.path_numbers)
        program = self._program(kind, layout or self.layout, nudged=nudges is not None)
        chunk = chunk_of(kind, self.precision)
        fixed = self._fixed(chunk, decisions, switches, nudges, constants, weights, seed)
        numbers = np.atleast_1d(np.asarray(index)).astype(np.uint32)
        rows = len(numbers)
        real = np.asarray(draws, self.precision).reshape(len(self.draw_names), rows)

        def one(first: int) -> tuple[Array, ...]:
            last = min(first + chunk, rows)
            index, values = padded(numbers[first:last], chunk), padded(real[:, first:last], chunk)
            outputs = called(program, fixed, values, index, first, last)
            return cut(outputs, last - first, ROWLESS[kind])

        yield from in_order(one, range(0, rows, chunk), self.workers, size)

    @cached_property
    def _unrecorded_size(self) -> int:
        """Bytes of a chunk of which nothing is recorded. Raises ModelError if they are too many."""
        return size_of(replace(self.layout, record=()).path_numbers)

    def _fixed(
        self,
        chunk: int,
        decisions: Array | None,
        switches: Switches,
        nudges: Array | None,
        constants: Array | None,
        weights: Array | None,
        seed: int,
    ) -> Fixed:
        real = self.precision
        chosen = self.default_decisions("start") if decisions is None else decisions
        keys = noise_keys([key for key, _ in self.layout.noises], seed)
        return Fixed(
            np.asarray(self.constants if constants is None else constants, real),
            np.asarray(chosen, real),
            np.asarray(self.switched(switches), real),
            keys,
            None if nudges is None else np.asarray(nudges, real),
            None if weights is None else np.asarray(weights, real),
            chunk,
        )
