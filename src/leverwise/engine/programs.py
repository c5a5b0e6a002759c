"""Compiled programs: made when first asked for, kept between runs in a folder of the user alone.

A program takes chunks of exactly as many rows as `chunk_of` says. One executable is called from several threads at a
time (one per core), which XLA's CPU client runs side by side; so results can't depend on how many cores there are, nor
on how many samples are asked. A variable added to a model leaves the bits of the others alone too: each variable is
compiled for itself, between fences, so that what else is there can't change where LLVM fuses a product with a sum.
(Only a part that two variables share may be an exception; draws and noise are none.) Without fences a last bit did
change now and then. Forbidding fused products instead takes 2.6 times as long, since AVX-512 goes with them; hiding
each product takes 1.4 times as long. Cheap variables that no such fusion can touch go without fences
(`Layout.unfenced`). Programs of other kinds, measures alone or gradients, agree to rounding.

What is kept is the executable itself, so that a warm start neither traces nor compiles. Its name is a hash of
everything that it depends on: the structure of the system, the source of the engine (which says more than a version
number), the versions of jax and jaxlib, flags, and the processor's features (see `kept` for where).
"""

from __future__ import annotations

import hashlib
import os
import platform
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal

import jax
import numpy as np
from jax.experimental import serialize_executable

from leverwise import kept
from leverwise.engine import backend
from leverwise.engine.chunks import chunk_of
from leverwise.engine.inputs import Inputs
from leverwise.engine.layout import Layout
from leverwise.engine.step import Stepper

WIDE_VECTORS: dict[str, Any] = {"xla_cpu_prefer_vector_width": 512}
"""On processors with AVX-512 this makes programs about 1.6 times faster (measured on AMD Zen 5). Of the primitives
used here one, `atan`, came out wrong with it in jaxlib 0.10.2; `ops` does without, and tests compare the functions of
the language with Python's."""

FENCED: dict[str, Any] = {"xla_disable_hlo_passes": "cse_barrier_expander"}
"""Keeps the fences that `guards.fence` puts around every variable. Left to itself, XLA repeats shared parts in every
loop that reads them; with no fusion at all each operation is a loop. Fenced, an example of 180 equations runs 1.7 times
as fast as the former and twice as fast as the latter. Where the option is not known, programs are right but slower.
"""

QUICK: dict[str, Any] = {"xla_cpu_use_fusion_emitters": False, "xla_cpu_parallel_codegen_split_count": 8}
"""The older of XLA's two ways to write loops: two thirds of the compiling, and simulations run about as fast, while
gradients take 1.6 times as long. So it serves what is asked first, a simulation. Eight parts to compile side by side
rather than 32 save another seventh, as each repeats some work; programs as large as gradients gain nothing by it."""

Kind = Literal["trajectories", "measures", "many measures", "gradient", "full gradient", "summed gradient"]
"""A summed gradient is of one plan that all rows share, and summed over them."""


@dataclass(frozen=True)
class Program:
    """What to compile. Equal programs (by structure, not by numbers) share one executable."""

    layout: Layout = field(compare=False)
    kind: Kind
    nudged: bool
    precision: str
    key: str

    @property
    def shapes(self) -> tuple[Any, ...]:
        """The inputs' shapes: those of `Inputs`, and for gradients the weights."""
        layout, real, chunk = self.layout, np.dtype(self.precision), chunk_of(self.kind, self.precision)
        slots = sum(d.periods for d in layout.system.decisions)
        measures = 1 + len(layout.system.measures)

        def of(*shape: int, dtype: Any = real) -> Any:
            return jax.ShapeDtypeStruct(shape, dtype)  # type: ignore[no-untyped-call, unused-ignore]

        nudges = (of(len(layout.resources), layout.periods, chunk),) if self.nudged else ()
        weights = (of(measures, chunk),) if "gradient" in self.kind else ()
        return (
            of(len(layout.constants)),
            of(len(layout.drawn), chunk),
            of(chunk, dtype=np.dtype(np.uint32)),
            of(slots) if self.kind == "summed gradient" else of(slots, chunk),
            of(len(layout.system.switches), chunk),
            of(len(layout.noises), 2, dtype=np.dtype(np.uint32)),
            *nudges,
            *weights,
        )

    def function(self) -> Callable[..., tuple[Any, ...]]:
        """The function to trace."""
        if "gradient" in self.kind:
            return self._gradient
        stepper = Stepper(self.layout, self.precision, recorded=self.kind == "trajectories")

        def run(constants: Any, draws: Any, index: Any, decisions: Any, switches: Any, keys: Any, *rest: Any) -> Any:
            nudges = rest[0] if self.nudged else None
            outputs = stepper(Inputs(constants, draws, index, decisions, switches, nudges, keys))
            return tuple(outputs) if self.kind == "trajectories" else (outputs.measures,)

        return run

    def _gradient(
        self, constants: Any, draws: Any, index: Any, decisions: Any, switches: Any, keys: Any, *rest: Any
    ) -> tuple[Any, ...]:
        stepper = Stepper(self.layout, self.precision, guarded=True, recorded=False)
        nudges, weights = (rest[0], rest[1]) if self.nudged else (None, rest[0])

        def measures(decisions: Any, nudges: Any, *values: Any) -> Any:
            fixed, drawn = values or (constants, draws)
            return stepper(Inputs(fixed, drawn, index, decisions, switches, nudges, keys)).measures

        values = (constants, draws) if self.kind == "full gradient" else ()
        value, back = jax.vjp(measures, decisions, nudges, *values)
        slopes = back(weights)
        return (value, *slopes) if self.nudged else (value, slopes[0])


def program(layout: Layout, kind: Kind, precision: str, *, nudged: bool) -> Program:
    """The program of one kind for a system."""
    parts = (layout.key, kind, nudged, precision, chunk_of(kind, precision), _surroundings())
    return Program(layout, kind, nudged, precision, hashlib.sha256(repr(parts).encode()).hexdigest())


@lru_cache(maxsize=64)
def executable(wanted: Program) -> Callable[..., Any]:
    """The compiled program: from memory, else from disk, else compiled now."""
    loaded = _load(wanted.key)
    if loaded is not None:
        return loaded
    traced = jax.jit(wanted.function(), keep_unused=True).lower(*wanted.shapes)
    compiled = traced.compile(compiler_options=_options(quick=wanted.kind == "trajectories"))
    _save(wanted.key, compiled)
    return compiled


def _options(*, quick: bool) -> dict[str, Any]:
    if jax.default_backend() != "cpu":
        return {}
    return FENCED | (WIDE_VECTORS if "avx512f" in _processor() else {}) | (QUICK if quick else {})


def _load(key: str) -> Callable[..., Any] | None:
    content = kept.load(key)
    if not isinstance(content, tuple):
        return None
    try:
        loaded: Callable[..., Any] = serialize_executable.deserialize_and_load(*content)
    except Exception:
        # An executable of another version of XLA: the program is compiled again.
        return None
    return loaded


def _save(key: str, compiled: Any) -> None:
    try:
        content = serialize_executable.serialize(compiled)
    except Exception:
        # Not every backend can serialise; the answer does not depend on it.
        return
    kept.save(key, content)


@lru_cache(maxsize=1)
def _surroundings() -> tuple[str, ...]:
    source = hashlib.sha256()
    for path in sorted(Path(__file__).parent.glob("*.py")):
        source.update(path.read_bytes())
    return (
        source.hexdigest(),
        jax.__version__,
        version("jaxlib"),
        platform.machine(),
        _processor(),
        backend.flags(),
        jax.default_backend(),
        str(os.cpu_count()),
    )


@lru_cache(maxsize=1)
def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    return next((line for line in lines if line.startswith(("flags", "Features"))), platform.processor())
