"""Whole purchases: to buy or not under several limits (knapsacks), against the exact solver HiGHS."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

from benchmarks.rows import Measured, Row
from benchmarks.timer import once

INSTANCES, ITEMS, LIMITS = 10, 10, 3


def rows() -> Iterator[Row]:
    """All instances with the program compiled."""
    instances = [drawn(seed) for seed in range(INSTANCES)]
    planned(*instances[0])
    ours, theirs = [planned(*one) for one in instances], [exact(*one) for one in instances]
    solved = np.isclose([value for _, value in ours], [value for _, value in theirs], rtol=1e-6).mean()
    yield Row(
        f"{ITEMS} purchases under {LIMITS} limits, {INSTANCES} instances, each",
        Measured(tuple(seconds for seconds, _ in ours)),
        f"{solved:.0%} solved",
        "HiGHS (SciPy)",
        Measured(tuple(seconds for seconds, _ in theirs)),
        "100% solved",
        right=bool(solved == 1),
    )


def drawn(seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Worth of the items, weight of each in each limit, and the limits."""
    random = np.random.default_rng(seed)
    weight = random.integers(5, 40, (LIMITS, ITEMS)).astype(float)
    return random.integers(10, 60, ITEMS).astype(float), weight, np.floor(weight.sum(1) * 0.4)


def planned(worth: np.ndarray, weight: np.ndarray, bound: np.ndarray) -> tuple[float, float]:
    """Seconds of a plan, and what its purchases are worth; nothing if they are not whole or exceed a limit."""
    import leverwise

    taken, answer = once(lambda: leverwise.load(model(worth, weight, bound)).plan(samples=16))
    chosen = np.zeros(ITEMS)
    for row in answer.rows["schedule"]:
        chosen[int(row["decision"][1:])] = row["value"]
    allowed = set(chosen) <= {0.0, 1.0} and (weight @ chosen <= bound + 1e-9).all()
    return taken.minimum, float(worth @ chosen) if allowed else 0.0


def exact(worth: np.ndarray, weight: np.ndarray, bound: np.ndarray) -> tuple[float, float]:
    """Seconds of HiGHS, and the most that can be had."""
    limits = LinearConstraint(weight, ub=bound)
    taken, found = once(lambda: milp(-worth, constraints=limits, integrality=np.ones(ITEMS), bounds=Bounds(0, 1)))
    return taken.minimum, float(-found.fun)


def model(worth: np.ndarray, weight: np.ndarray, bound: np.ndarray) -> dict[str, Any]:
    """One instance as a model."""
    names = [f"x{i}" for i in range(ITEMS)]
    return {
        "leverwise": 1,
        "model": "purchases",
        "time": {"step": 1, "horizon": 1, "method": "euler"},
        "values": {f"worth{i}": float(worth[i]) for i in range(ITEMS)},
        "decisions": {name: {"min": 0, "max": 1, "every": 1, "whole": "yes"} for name in names},
        "impact": {"is": " + ".join(f"worth{i}*x{i}" for i in range(ITEMS))},
        "plan": {
            "objective": "mean",
            "subject to": [
                " + ".join(f"{value:g}*{name}" for value, name in zip(row, names, strict=True)) + f" <= {most:g}"
                for row, most in zip(weight, bound, strict=True)
            ],
        },
    }
