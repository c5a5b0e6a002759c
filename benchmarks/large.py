"""A large system against C written from the same description: 300 variables x 400 steps x 1,000 samples.

The description is drawn once, from a fixed seed, and holds formulas with places for names; `Described.model` fills in
names for leverwise, `Described.program` places in tables for C (`native/large.c` says how it steps). What fades back to
a bounded target forgets what it was, so small errors do not grow, and answers can be compared sample by sample.
"""

from __future__ import annotations

import os
import platform
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Literal

import numpy as np

from benchmarks.compiler import compiled
from benchmarks.models import spread
from benchmarks.rows import Measured, Row
from benchmarks.timer import once, timed

STOCKS, AUXILIARIES, STEPS, SAMPLES = 100, 200, 400, 1000
SEED = 7
FIRST = 0.3
FADE, SHARE, SHARPNESS = (0.02, 0.2), (0.2, 0.8), (0.5, 3.0)
"""Ends of the three kinds of draws: a stock's rate, how two are weighed, and how strongly one is felt."""
FORMULAS = {
    "mix": ("{p}*{a} + (1 - {p})*{b}", SHARE),
    "both": ("{a}*{b} + {p}*(1 - {a})", SHARE),
    "relative": ("{a}/({a} + {b} + {p})", SHARE),
    "saturating": ("1 - exp(-{p}*({a} + {b}))", SHARPNESS),
    "chosen": ("logistic({p}*({a} - {b}))", SHARPNESS),
    "limited": ("min({a}, {p} + {b}/2)", SHARE),
    "at least": ("max({p}*{a}, {b}/2)", SHARE),
    "remaining": ("{p}*{a}*(1 - {b}) + {b}/3", SHARE),
}
"""What an auxiliary can be of two variables a and b and a draw p; between 0 and 1 if they are. C reads the same."""
BLOCKS = {"float64": 8, "float32": 16}
"""Samples in a block: a vector of 512 bits. Twice as many, or a loop for each variable, took longer."""
WIDE = ("-mprefer-vector-width=512",) if platform.machine() == "x86_64" else ()
CLOSE = {"float64": 1e-9, "float32": 1e-4}
SOURCE = Path(__file__).parent / "native" / "large.c"


@dataclass(frozen=True)
class Auxiliary:
    """One formula and the variables it reads."""

    formula: str
    first: str
    second: str


@dataclass(frozen=True)
class Described:
    """A system: auxiliaries y0, y1 ... in order, each with its draw p; stocks x0, x1 ... that follow two of them."""

    auxiliaries: tuple[Auxiliary, ...]
    stocks: tuple[tuple[int, int], ...]

    @property
    def draws(self) -> list[str]:
        """In the order in which C takes them: a draw of each auxiliary, then each stock's rate."""
        return [f"p{i}" for i in range(len(self.auxiliaries))] + [f"fade{i}" for i in range(len(self.stocks))]

    def model(self) -> dict[str, Any]:
        """The system as leverwise reads it."""
        values = {f"p{i}": spread(FORMULAS[each.formula][1]) for i, each in enumerate(self.auxiliaries)}
        return {
            "leverwise": 1,
            "model": "large",
            "time": {"step": 1, "horizon": STEPS, "method": "heun"},
            "values": values | {f"fade{i}": spread(FADE) for i in range(len(self.stocks))},
            "stocks": {
                f"x{i}": {"start": FIRST, "change": f"fade{i}*((y{a} + y{b})/2 - x{i})"}
                for i, (a, b) in enumerate(self.stocks)
            },
            "equations": {
                f"y{i}": FORMULAS[each.formula][0].format(a=each.first, b=each.second, p=f"p{i}")
                for i, each in enumerate(self.auxiliaries)
            },
            "impact": {"is": 0, "final": " + ".join(f"x{i}" for i in range(len(self.stocks)))},
        }

    def program(self) -> str:
        """The slopes of all stocks as C statements on one sample, s, of a block."""

        def place(name: str) -> str:
            return name if name[0] == "y" else f"{name[0]}[{name[1:]}][s]"

        lines = [
            f"REAL y{i} = "
            + FORMULAS[each.formula][0].format(a=place(each.first), b=place(each.second), p=place(f"p{i}"))
            + ";"
            for i, each in enumerate(self.auxiliaries)
        ]
        first = len(self.auxiliaries)
        lines += [
            f"k[{i}][s] = p[{first + i}][s]*((y{a} + y{b})/2 - x[{i}][s]);" for i, (a, b) in enumerate(self.stocks)
        ]
        return "\n".join(lines) + "\n"


def described() -> Described:
    """The system. Each auxiliary is read by one stock at least, so that nothing can be left out."""
    random = np.random.default_rng(SEED)
    stocks = [f"x{i}" for i in range(STOCKS)]
    kinds = list(FORMULAS)
    auxiliaries = []
    for i in range(AUXILIARIES):
        known = [*stocks, *(f"y{j}" for j in range(i))]
        first, second = random.choice(len(known), 2, replace=False)
        auxiliaries.append(Auxiliary(kinds[int(random.integers(len(kinds)))], known[first], known[second]))
    order = random.permutation(AUXILIARIES)
    return Described(tuple(auxiliaries), tuple((int(order[2 * i]), int(order[2 * i + 1])) for i in range(STOCKS)))


def rows() -> Iterator[Row]:
    """Compiling and running, in both precisions."""
    system = described()
    what = f"{STOCKS + AUXILIARIES} variables x {STEPS} steps x {SAMPLES:,}"
    precisions: tuple[Literal["float64", "float32"], ...] = ("float64", "float32")
    before = os.environ.get("LEVERWISE_CACHE")
    with tempfile.TemporaryDirectory() as folder:
        os.environ["LEVERWISE_CACHE"] = folder
        try:
            for precision in precisions:
                yield from compared(what, system, precision, Path(folder))
        finally:
            os.environ.pop("LEVERWISE_CACHE")
            if before is not None:
                os.environ["LEVERWISE_CACHE"] = before


def compared(what: str, system: Described, precision: Literal["float64", "float32"], folder: Path) -> Iterator[Row]:
    """One precision."""
    import leverwise

    engine = leverwise.load(system.model(), precision=precision).engine
    assert engine.backend  # imports JAX, so that it does not count to compiling
    draws, index = np.ascontiguousarray(engine.draws(0, SAMPLES, 0), precision), np.arange(SAMPLES)
    engine.measures(draws, index)
    compiling = Measured((engine.compile_seconds,))
    ours, measures = timed(partial(engine.measures, draws, index))
    table = np.ascontiguousarray(draws[[engine.draw_names.index(name) for name in system.draws]])
    (folder / "slopes.h").write_text(system.program(), encoding="ascii")
    sizes = {"STOCKS": STOCKS, "AUXILIARIES": AUXILIARIES, "BLOCK": BLOCKS[precision]}
    building, run = once(lambda: compiled(SOURCE, folder, precision, sizes, WIDE, folder))
    theirs, result = timed(lambda: run(table, STEPS, FIRST))
    apart = float(np.max(np.abs(measures[0] - result) / np.abs(result)))
    right = apart < CLOSE[precision]
    peer = "C, gcc -O3, OpenMP"
    yield Row(f"{what}, {precision}: compile", compiling, peer=peer, theirs=building)
    yield Row(
        f"{what}, {precision}",
        ours,
        f"mean {measures[0].mean():.7g}",
        peer,
        theirs,
        f"mean {result.mean(dtype=float):.7g}, {apart:.0e} apart",
        right=right,
    )
