"""The engine as it is called: the same numbers whatever the batch, bounded memory, kept programs."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import time
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pytest

from leverwise.engine import Engine, chunks, collect, fans, programs
from leverwise.engine.backend import FLAGS_OF
from leverwise.errors import ModelError
from leverwise.lang.system import System
from unit.engine.systems import auxiliary, call, constant, decision, drawn, stock, system


def model(**more: object) -> System:
    """A small noisy system with a decision."""
    parts: dict[str, object] = {
        "values": [drawn("gain", "lognormal", (0.0, 0.5)), constant("fade", 0.3)],
        "decisions": [decision("d", 4, 3, start=1.0)],
        "stocks": [stock("x", "gain", call("sub", call("mul", "gain", "d"), call("mul", "fade", "x")))],
        "auxiliaries": [auxiliary("noisy", call("mul", "x", call("exp", call("noise", static=("n", "normal")))))],
        "impact": "noisy",
        "steps": 12,
    }
    return system(**{**parts, **more})  # type: ignore[arg-type]


def test_results_do_not_depend_on_workers_or_on_the_number_of_samples() -> None:
    """One worker or three, 600 or 1500 samples: sample i is the same to the last bit."""
    one = Engine(model(), workers=1).simulate(600, seed=4)
    three = Engine(model(), workers=3).simulate(1500, seed=4)
    for name, values in one.trajectories.items():
        assert (values == three.trajectories[name][:600]).all()
    assert (one.measures["impact"] == three.measures["impact"][:600]).all()


def test_rows_are_independent() -> None:
    """A row gives the same alone, in another place, and beside other rows; and the same as in a simulation."""
    engine = Engine(model())
    draws, index = engine.draws(0, 700, 1), np.arange(700)
    whole = engine.measures(draws, index, seed=1)
    order = np.random.default_rng(0).permutation(700)
    assert (engine.measures(draws[:, order], order, seed=1) == whole[:, order]).all()
    assert (engine.measures(draws[:, 600:601], [600], seed=1) == whole[:, 600:601]).all()  # type: ignore[arg-type]
    assert engine.simulate(700, seed=1).measures["impact"] == pytest.approx(whole[0], rel=1e-14)


def test_unrelated_variables_change_nothing() -> None:
    """Adding variables, even such that read the same things, leaves every bit of the others as it was."""
    more = model(
        values=[drawn("new"), drawn("gain", "lognormal", (0.0, 0.5)), constant("fade", 0.3)],
        auxiliaries=[
            auxiliary("noisy", call("mul", "x", call("exp", call("noise", static=("n", "normal"))))),
            auxiliary("extra", call("mul", call("mul", "fade", "x"), call("noise", static=("m", "normal")))),
        ],
        stocks=[
            stock("x", "gain", call("sub", call("mul", "gain", "d"), call("mul", "fade", "x"))),
            stock("y", "new", call("sub", call("mul", "fade", "x"), call("mul", "gain", "extra"))),
        ],
        measures=[("y", "y")],
    )
    first, second = Engine(model()), Engine(more)
    assert (first.draws(0, 64, 0)[0] == second.draws(0, 64, 0)[1]).all()
    a, b = first.simulate(512).trajectories, second.simulate(512).trajectories
    for name, values in a.items():
        assert (b[name] == values).all()


def test_one_plan_or_a_plan_per_row() -> None:
    """A plan for all rows is the same as that plan repeated; different plans sit side by side."""
    engine = Engine(model())
    draws, index = engine.draws(0, 100, 0), np.arange(100)
    plan = engine.schedule({"d": [1, 2, 3, 4]})
    same = engine.measures(draws, index, plan)
    assert (engine.measures(draws, index, np.repeat(plan[:, None], 100, axis=1)) == same).all()
    both = engine.measures(
        np.hstack([draws, draws]), np.tile(index, 2), np.repeat(np.stack([plan, 0 * plan], 1), 100, 1)
    )
    assert (both[:, :100] == same).all()
    assert (both[:, 100:] == engine.measures(draws, index, 0 * plan)).all()


def test_constants_are_inputs() -> None:
    """Other constants need no other program, and give what a system with those numbers gives."""
    engine = Engine(model())
    changed = Engine(model(values=[drawn("gain", "lognormal", (0.0, 0.5)), constant("fade", 0.7)]))
    draws, index = engine.draws(0, 10, 0), np.arange(10)
    assert engine.layout.key == changed.layout.key
    assert (engine.measures(draws, index, constants=np.array([0.7])) == changed.measures(draws, index)).all()


def test_schedules_and_names_are_checked() -> None:
    """A schedule keeps starts where nothing is said; unknown names and wrong lengths are refused together."""
    engine = Engine(model())
    assert engine.decisions == (("d", 0), ("d", 1), ("d", 2), ("d", 3))
    assert engine.schedule({}).tolist() == [1, 1, 1, 1]
    assert engine.schedule({"d": 2.5}).tolist() == [2.5] * 4
    with pytest.raises(ModelError) as refused:
        engine.schedule({"d": [1, 2], "e": 1})
    assert len(refused.value.problems) == 2
    with pytest.raises(ModelError, match="no lever `lab`"):
        engine.simulate(1, switches={"lab": False})
    with pytest.raises(ModelError, match="no variable `y` to record"):
        engine.simulate(1, record=["y"])


def test_fans_are_quantiles() -> None:
    """Fans are numpy's quantiles of the trajectories; the histogram gives them to within a percent."""
    engine = Engine(model())
    exact = engine.simulate(3000)
    values = exact.trajectories["noisy"]
    for name, level in [("p5", 5), ("p50", 50), ("p95", 95)]:
        assert getattr(exact.fans["noisy"], name) == pytest.approx(np.percentile(values, level, axis=0))
    assert exact.fans["noisy"].mean == pytest.approx(values.mean(axis=0))
    histogram = fans.Histograms(values.shape[1])
    for part in np.array_split(values.T - 1.0, 7, axis=1):
        histogram.add(part)
    for found, level in zip(histogram.quantiles(fans.LEVELS), fans.LEVELS, strict=True):
        assert found == pytest.approx(np.quantile(values - 1.0, level, axis=0), rel=0.01, abs=0.01)


def test_histogram_takes_zeros_signs_and_lost_numbers() -> None:
    """Zero is a value like any other, signs keep their order, and what is not a number is left out."""
    histogram = fans.Histograms(1)
    histogram.add(np.array([[-100.0, -1.0, 0.0, 0.0, 0.0, 1.0, 100.0, np.nan, np.inf]]))
    low, middle, high = (float(q[0]) for q in histogram.quantiles((0.0, 0.5, 1.0)))
    assert low == pytest.approx(-100, rel=0.02)
    assert middle == pytest.approx(0, abs=1e-12)
    assert high == pytest.approx(100, rel=0.02)


def test_large_runs_keep_summaries_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond the limit no trajectory is kept, and fans come from histograms."""
    engine = Engine(model())
    exact = engine.simulate(5000, keep=False)
    assert not exact.trajectories
    monkeypatch.setattr(collect, "EXACT_VALUES", 1000)
    rough = engine.simulate(5000)
    assert not rough.trajectories
    assert rough.fans["noisy"].p50 == pytest.approx(exact.fans["noisy"].p50, rel=0.01)
    assert (rough.measures["impact"] == exact.measures["impact"]).all()
    assert rough.fans["x"].mean == pytest.approx(exact.fans["x"].mean, rel=1e-12)


def test_too_long_a_run_is_refused_before_anything_is_compiled() -> None:
    """Paths of more than 256 MB a chunk are refused, with what to do; recording less helps."""
    engine = Engine(model(steps=50_000))
    with pytest.raises(ModelError, match=r"too many: 62,500 fit\n.*`time.step` larger, or record less"):
        engine.simulate(1)
    assert chunks.size_of(Engine(model(steps=50_000), record=()).layout.path_numbers) == 50_001 * 512 * 8


@pytest.mark.parametrize(("size", "most"), [(1, 6), (chunks.LARGEST_QUEUE // 2, 2), (chunks.LARGEST_QUEUE, 1)])
def test_large_chunks_do_not_pile_up(size: int, most: int) -> None:
    """However slow the reader, no more chunks are begun than fit; the order stays."""
    begun: list[int] = []
    for taken, item in enumerate(chunks.in_order(lambda n: begun.append(n) or n, range(30), 3, size)):
        assert item == taken
        time.sleep(0.001)
        assert len(begun) - taken <= most


def test_progress_and_interruption() -> None:
    """Progress is told chunk by chunk; an interruption there ends the run and leaves the engine usable."""
    engine, told = Engine(model()), []
    engine.simulate(1200, progress=lambda done, of: told.append((done, of)))
    assert told == [(512, 1200), (1024, 1200), (1200, 1200)]

    def interrupt(done: int, of: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        engine.simulate(20_000, progress=interrupt)
    assert len(engine.simulate(3).measures["impact"]) == 3


def test_programs_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second engine loads what the first compiled, without tracing; a broken file is compiled again."""
    monkeypatch.setenv("LEVERWISE_CACHE", str(tmp_path / "kept"))
    programs.executable.cache_clear()
    first = Engine(model()).simulate(20).measures["impact"]
    (kept,) = (tmp_path / "kept").iterdir()
    assert stat.S_IMODE((tmp_path / "kept").stat().st_mode) == 0o700
    programs.executable.cache_clear()
    with monkeypatch.context() as patch:
        patch.setattr(programs.Program, "function", lambda self: pytest.fail("traced again"))
        assert (Engine(model()).simulate(20).measures["impact"] == first).all()
    kept.write_bytes(b"nonsense")
    programs.executable.cache_clear()
    assert (Engine(model()).simulate(20).measures["impact"] == first).all()


def test_importing_the_engine_imports_no_jax() -> None:
    """JAX is loaded when something is run, not before."""
    code = "import sys, leverwise.engine; sys.exit('jax' in sys.modules or 'scipy.stats' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_flags_are_for_this_process_alone() -> None:
    """What XLA is told stands in no environment that other programs see, and a user's own flags stay."""
    code = "import os, leverwise.engine.backend as b; b.jax(); print(os.environ.get('XLA_FLAGS'), b.FLAGS in b.flags())"
    for given in (None, "--xla_cpu_enable_fast_math=false"):
        surroundings = {k: v for k, v in os.environ.items() if k != "XLA_FLAGS"} | (
            {"XLA_FLAGS": given} if given else {}
        )
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, env=surroundings, check=True
        )
        assert done.stdout.split() == [str(given), str(version("jaxlib") == FLAGS_OF)]
