"""An epidemic with unknown contagion, against PySD, which runs the same model (written for Vensim) sample by sample.

The same draws and the same method (Euler's, the only one that PySD has), so each sample's answer is compared. PySD gets
few samples, leverwise many; times are those of one sample.
"""

from __future__ import annotations

import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import numpy as np

from benchmarks.rows import Measured, MissingPeerError, Row
from benchmarks.timer import ROOT, once, timed

MODEL = ROOT / "tests" / "cases" / "sir.yaml"
VENSIM = Path(__file__).parent / "peers" / "sir.mdl"
SETTINGS = {
    "time.method": "euler",
    "values.contagion": "uniform(1.5, 3.5)",
    "values.ill_for": "4 to 8 days",
}
SAMPLES, FEW = 10_000, 20
CLOSE = 1e-9


def rows() -> Iterator[Row]:
    """Reading the model, and running one of many samples of it."""
    import leverwise

    reading, model = once(lambda: leverwise.load(MODEL, set=SETTINGS))
    engine = model.engine
    draws, index = engine.draws(0, SAMPLES, 0), np.arange(SAMPLES)
    ours, measures = timed(lambda: engine.measures(draws, index))
    caught = measures[0]
    units = {value.name: value.unit.factor for value in model.system.values}
    drawn = [draws[engine.draw_names.index(name)] / units[name] for name in ("contagion", "ill_for")]
    with tempfile.TemporaryDirectory() as folder:
        translating, run = once(lambda: translated(Path(folder)))
        values: list[float] = []
        found = np.empty(FEW)
        for sample in range(FEW):
            seconds, found[sample] = once(partial(run, *(float(row[sample]) for row in drawn)))
            values += seconds.values
    apart = float(np.max(np.abs(caught[:FEW] / found - 1)))
    yield Row("reading the model", reading, peer="PySD", theirs=translating)
    yield Row(
        f"{model.system.clock.steps:,} steps, each of {SAMPLES:,} samples (PySD: of {FEW})",
        Measured(tuple(seconds / SAMPLES for seconds in ours.values)),
        f"caught in sample {FEW} {caught[FEW - 1]:.6f}",
        "PySD",
        Measured(tuple(values)),
        f"{found[-1]:.6f}, {apart:.0e} apart",
        right=apart < CLOSE,
    )


def translated(folder: Path) -> Callable[[float, float], float]:
    """PySD's model as a function from contagion and days of illness to how many caught it. Raises MissingPeerError."""
    try:
        import pysd
    except ImportError as error:
        raise MissingPeerError(f"PySD can't be imported ({error}): pip install 'leverwise[bench]'") from error
    # PySD writes the translated model beside its source.
    source = shutil.copy(VENSIM, folder)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = pysd.read_vensim(str(source))

    def run(contagion: float, ill_for: float) -> float:
        told = model.run(
            params={"Contagion": contagion, "Ill for": ill_for},
            return_columns=["Susceptible"],
            return_timestamps=[300],
        )
        return 9999 - float(told["Susceptible"].iloc[-1])

    return run
