"""Reading a run: peaks, crossings and ends of trajectories, through the public interface."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from ruamel.yaml import YAML

import leverwise

FOLDER = Path(__file__).parent


def expected() -> dict[str, Any]:
    """The table of what each case must reproduce."""
    return dict(YAML(typ="safe").load((FOLDER / "expected.yaml").read_text(encoding="utf-8")))


def load(case: str, **settings: object) -> Any:
    """The model of a case; `settings` as `--set` writes them, with `__` for the dot."""
    return leverwise.load(
        FOLDER / f"{case}.yaml", set={key.replace("__", "."): str(value) for key, value in settings.items()}
    )


def simulate(case: str, settings: Mapping[str, object] | None = None, samples: int = 1) -> Any:
    """The answer of simulating a case."""
    return _simulated(case, tuple(sorted((key, str(value)) for key, value in (settings or {}).items())), samples)


@lru_cache(maxsize=64)
def _simulated(case: str, settings: tuple[tuple[str, str], ...], samples: int) -> Any:
    return leverwise.load(FOLDER / f"{case}.yaml", set=dict(settings)).simulate(samples=samples)


def path(answer: Any, name: str) -> np.ndarray:
    """A variable's trajectory (time,) in the first sample, in its own unit."""
    return np.asarray(answer.series[name])[0]


def read(answer: Any, check: Mapping[str, Any]) -> float:
    """The number that a check of `expected.yaml` asks for."""
    times = np.asarray(answer.times)
    if "impact" in check:
        return float(answer.numbers["impact"].mean)
    if "at" in check:
        return float(np.interp(check["at"], times, path(answer, check["of"])))
    if "crossing" in check:
        return crossing(times, path(answer, check["crossing"]), check["level"])
    for kind, sign in (("peak", 1.0), ("lowest", -1.0)):
        if kind in check:
            return float(sign * (sign * path(answer, check[kind])).max())
        if f"{kind} time" in check:
            return summit(times, sign * path(answer, check[f"{kind} time"]))
    return float(path(answer, check["final"])[-1])


def crossing(times: np.ndarray, values: np.ndarray, level: float) -> float:
    """When `values` first passes `level`, linear between the times."""
    above = values >= level
    after = int(np.argmax(above != above[0]))
    assert after > 0, f"never passes {level}"
    share = (level - values[after - 1]) / (values[after] - values[after - 1])
    return float(times[after - 1] + share * (times[after] - times[after - 1]))


def summit(times: np.ndarray, values: np.ndarray) -> float:
    """When `values` is highest: the vertex of the parabola through the highest point and its neighbours."""
    top = int(values.argmax())
    if top in (0, len(values) - 1):
        return float(times[top])
    before, at, after = values[top - 1 : top + 2]
    bend = before - 2 * at + after
    return float(times[top] + (0.5 * (before - after) / bend if bend else 0.0) * (times[1] - times[0]))


def turns(times: np.ndarray, values: np.ndarray) -> list[float]:
    """The times of all inner extremes."""
    slopes = np.diff(values)
    return [float(times[i + 1]) for i in np.flatnonzero(slopes[:-1] * slopes[1:] < 0)]


def schedule(answer: Any) -> dict[str, np.ndarray]:
    """The planned values of each decision, in the order of its periods."""
    found: dict[str, list[tuple[int, float]]] = {}
    for row in answer.rows["schedule"]:
        found.setdefault(row["decision"], []).append((row["period"], row["value"]))
    return {name: np.array([value for _, value in sorted(rows)]) for name, rows in found.items()}
