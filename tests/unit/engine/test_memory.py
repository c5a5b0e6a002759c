"""Memory: a run holds a few numbers per sample and no trajectories, however many samples are asked."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

FEW, MANY = 200_000, 800_000
STEPS, RECORDED = 60, 4
CHILD = f"""
import sys
from pathlib import Path
import leverwise
from leverwise.engine import Engine

names = ["size", "a", "b", "c"]
model = {{
    "leverwise": 1,
    "model": "growth",
    "time": {{"step": 1, "horizon": {STEPS}, "method": "euler"}},
    "values": {{"rate": "uniform(0.02, 0.08)"}},
    "stocks": {{"size": {{"start": 1, "change": "rate*size*(1 - size/50)"}}}},
    "equations": {{"a": "2*size", "b": "size/2", "c": "size + 1"}},
    "impact": {{"is": 0, "final": "size"}},
}}
engine = Engine(leverwise.load(model).system, record=names)
result = engine.simulate(int(sys.argv[1]), keep=False)
assert result.measures["impact"].shape == (int(sys.argv[1]),) and len(result.fans) == {RECORDED}
highest = next(l for l in Path("/proc/self/status").read_text().splitlines() if l.startswith("VmHWM"))
print(int(highest.split()[1]) * 1024)
"""
"""Prints the bytes that the process held at most: Linux's own mark, since getrusage's is inherited from pytest. Most of
them are JAX and its compiler, which vary by tens of megabytes."""


def peak(samples: int) -> int:
    """Bytes that a fresh process holds at most while it runs so many samples."""
    done = subprocess.run(
        [sys.executable, "-c", CHILD, str(samples)], capture_output=True, text=True, check=True, timeout=120
    )
    return int(done.stdout)


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the highest mark is read as Linux tells it")
def test_memory_does_not_grow_with_trajectories() -> None:
    """600,000 more samples take less than a third of what the trajectories of just one of the variables would take."""
    one_variable = (STEPS + 1) * 8
    assert (peak(MANY) - peak(FEW)) / (MANY - FEW) < one_variable / 3
