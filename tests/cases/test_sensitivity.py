"""Sobol indices, Kucherenko's indices and Shapley effects against closed forms."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from itertools import combinations
from math import factorial, pi
from typing import Any

import numpy as np
import pytest

from cases.run import load

N = 2**14


@lru_cache(maxsize=16)
def asked(case: str, samples: int = N, seed: int = 0, **options: Any) -> Any:
    """The answer about a case."""
    return load(case).sensitivity(samples=samples, seed=seed, **options)


def indices(answer: Any, table: str = "indices") -> dict[str, dict[str, float]]:
    """Rows by input."""
    return {row["input"]: row for row in answer.rows[table]}


def ishigami() -> dict[str, tuple[float, float]]:
    """First and total indices of the Ishigami function (Saltelli et al. 2008, Global Sensitivity Analysis, p. 179)."""
    a, b = 7.0, 0.1
    first, second = (1 + b * pi**4 / 5) ** 2 / 2, a**2 / 8
    both = b**2 * pi**8 * (1 / 18 - 1 / 50)
    whole = first + second + both
    return {
        "x1": (first / whole, (first + both) / whole),
        "x2": (second / whole, second / whole),
        "x3": (0.0, both / whole),
        "idle": (0.0, 0.0),
    }


def sobol_g() -> dict[str, tuple[float, float]]:
    """First and total indices of the g-function (Saltelli & Sobol' 1995)."""
    parts = 1 / (3 * (1 + np.array([0, 1, 4.5, 9, 99, 99])) ** 2)
    whole = np.prod(1 + parts) - 1
    totals = parts * np.prod(1 + parts) / (1 + parts) / whole
    return {f"x{k + 1}": (float(parts[k] / whole), float(totals[k])) for k in range(6)}


@pytest.mark.parametrize(("case", "expected"), [("ishigami", ishigami()), ("sobol-g", sobol_g())])
def test_closed_forms(case: str, expected: Mapping[str, tuple[float, float]]) -> None:
    """Indices are within 0.001 of the closed form, and their intervals hold it."""
    found = indices(asked(case))
    assert set(found) == set(expected)
    for name, (first, total) in expected.items():
        row = found[name]
        assert row["first"] == pytest.approx(first, abs=1e-3)
        assert row["total"] == pytest.approx(total, abs=1e-3)
        assert row["first_low"] <= first + 1e-12
        assert row["first_high"] >= first - 1e-12
        assert row["total_low"] <= total + 1e-12
        assert row["total_high"] >= total - 1e-12


def test_intervals_cover() -> None:
    """Over seeds, 90 % intervals hold the truth at least nine times in ten: Sobol's points are no worse than chance."""
    truth = ishigami()
    held = [
        row[f"{kind}_low"] <= truth[name][place] <= row[f"{kind}_high"]
        for seed in range(12)
        for name, row in indices(asked("ishigami", 512, seed)).items()
        for place, kind in enumerate(("first", "total"))
        if name != "idle"
    ]
    assert len(held) == 72
    assert np.mean(held) >= 0.9


def test_idle_input_has_no_share() -> None:
    """An input that changes nothing has indices of exactly 0, and is named as such."""
    answer = asked("ishigami")
    row = indices(answer)["idle"]
    assert all(value == 0 for key, value in row.items() if key != "input")
    assert any("`idle` changes nothing" in note for note in answer.notes)


def test_third_input_is_told_from_nothing() -> None:
    """The third input does nothing alone, which a note says; together with the first it does much."""
    answer = asked("ishigami")
    assert any("x3" in note and "can't be told from nothing" in note for note in answer.notes)
    assert indices(answer)["x3"]["total_low"] > 0.2


def correlated() -> tuple[np.ndarray, np.ndarray]:
    """Slopes and covariance of `correlated-sum`; rank correlations become normal ones as 2 sin(pi rho/6)."""
    normal = {("a", "b"): 2 * np.sin(pi * 0.6 / 6), ("b", "c"): 2 * np.sin(-pi * 0.3 / 6)}
    sizes = np.array([1, 1, 2, 1.5])
    matrix = np.eye(4)
    for (one, other), value in normal.items():
        i, j = "abcd".index(one), "abcd".index(other)
        matrix[i, j] = matrix[j, i] = value
    return np.array([2, 1, 0.8, 1.0]), matrix * np.outer(sizes, sizes)


def left(part: tuple[int, ...], slopes: np.ndarray, spread: np.ndarray) -> float:
    """The mean variance of the sum that inputs of a part leave when all others are known."""
    rest = [k for k in range(len(slopes)) if k not in part]
    inside = spread[np.ix_(part, part)]
    across = spread[np.ix_(part, rest)]
    given = inside - across @ np.linalg.solve(spread[np.ix_(rest, rest)], across.T) if rest else inside
    return float(slopes[list(part)] @ given @ slopes[list(part)])


def test_correlated_inputs() -> None:
    """Kucherenko's indices of a linear sum of correlated normal inputs, member by member and as a group."""
    slopes, spread = correlated()
    whole = float(slopes @ spread @ slopes)
    answer = asked("correlated-sum")
    found = indices(answer)
    for k, name in enumerate("abcd"):
        first = float((slopes @ spread[:, k]) ** 2 / spread[k, k] / whole)
        assert found[name]["first"] == pytest.approx(first, abs=3e-3)
        assert found[name]["total"] == pytest.approx(left((k,), slopes, spread) / whole, abs=3e-3)
    (group,) = answer.rows["groups"]
    assert group["inputs"] == "a, b and c"
    assert group["first"] == pytest.approx(1 - spread[3, 3] / whole, abs=3e-3)
    assert group["total"] == pytest.approx(1 - spread[3, 3] / whole, abs=3e-3)
    assert any("Kucherenko" in note for note in answer.notes)


def test_shapley_effects() -> None:
    """Shapley effects of correlated inputs follow from all subsets, and add up to the total of the group."""
    slopes, spread = correlated()
    whole = float(slopes @ spread @ slopes)
    found = {row["input"]: row["shapley"] for row in asked("correlated-sum").rows["shapley"]}
    for k, name in enumerate("abc"):
        others = [j for j in range(3) if j != k]
        effect = 0.0
        for size in range(3):
            for part in combinations(others, size):
                weight = factorial(size) * factorial(2 - size) / factorial(3)
                effect += weight * (left((*part, k), slopes, spread) - (left(part, slopes, spread) if part else 0.0))
        assert found[name] == pytest.approx(effect / whole, abs=3e-3)
    (group,) = asked("correlated-sum").rows["groups"]
    assert sum(found.values()) == pytest.approx(group["total"], rel=1e-9)


def test_additive_shares_add_up() -> None:
    """Where inputs only add up, first and total indices agree and make 1."""
    rows = indices(asked("drifting"))
    assert sum(row["first"] for row in rows.values()) == pytest.approx(1, abs=1e-3)
    assert asked("drifting").numbers["explained_one_by_one"].mean == pytest.approx(100, abs=0.1)
    for row in rows.values():
        assert row["first"] == pytest.approx(row["total"], abs=1e-3)


def test_shares_over_time() -> None:
    """At time t the start has 16 / (16 + t^2/4) of the variance, the speed the rest; at the start all of it."""
    answer = asked("drifting", 4096, of="place", over_time=True)
    rows = answer.rows["indices_over_time"]
    assert {row["time"] for row in rows} == set(range(21))
    for row in rows:
        begun = 16 / (16 + row["time"] ** 2 / 4)
        share = begun if row["input"] == "begun" else 1 - begun
        assert row["first"] == pytest.approx(share, abs=2e-3)
        assert row["total"] == pytest.approx(share, abs=2e-3)


def test_at_a_time() -> None:
    """At time 8, half of what is unsure about the place comes from each input."""
    answer = asked("drifting", 4096, of="place at 8")
    assert "after time 8" in answer.headline
    assert [row["first"] for row in answer.rows["indices"]] == pytest.approx([0.5, 0.5], abs=2e-3)


def test_noise_is_an_input() -> None:
    """size * (4 drift + sum of four noises): variances 9*16, 9*4, and 16 and 4 with both; size does nothing alone."""
    rows = indices(asked("shaken"))
    whole = (9 + 1) * (16 + 4)
    assert rows["drift"]["first"] == pytest.approx(9 * 16 / whole, abs=5e-3)
    assert rows["noise"]["first"] == pytest.approx(9 * 4 / whole, abs=5e-3)
    assert rows["size"]["first"] == pytest.approx(0, abs=5e-3)
    assert rows["drift"]["total"] == pytest.approx(10 * 16 / whole, abs=5e-3)
    assert rows["noise"]["total"] == pytest.approx(10 * 4 / whole, abs=5e-3)
    assert rows["size"]["total"] == pytest.approx(20 / whole, abs=5e-3)


def test_tornado() -> None:
    """In the lowest tenth of a normal input its mean is 1.755 standard deviations below, and so is a sum's share."""
    rows = {row["input"]: row for row in asked("drifting").rows["tornado"]}
    swing = {"begun": 1.755 * 4, "speed": 1.755 * 0.5 * 20}
    for name, reach in swing.items():
        assert rows[name]["at_low"] == pytest.approx(30 - reach, abs=0.1)
        assert rows[name]["at_high"] == pytest.approx(30 + reach, abs=0.1)
    assert rows["begun"]["low"] == pytest.approx(10 - 1.645 * 4, abs=0.1)
    assert list(rows) == ["speed", "begun"]


def test_correlated_layers_over_time() -> None:
    """Over time, correlated inputs make one layer, which is the index of their group; all layers make 100 %."""
    answer = asked("correlated-sum", 1024, over_time=True)
    (picture,) = [chart for chart in answer.charts if chart.name == "shares_over_time"]
    last = {row["series"]: row["value"] for row in picture.rows if row["time"] == 1}
    assert sum(last.values()) == pytest.approx(100, abs=2)
    assert last["a, b and c"] == pytest.approx(100 * answer.rows["groups"][0]["first"], rel=1e-9)
    assert set(last) == {"a, b and c", "d", "inputs together"}
