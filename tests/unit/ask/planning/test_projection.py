"""Projection onto a box cut by half-spaces, and descent within it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linprog

from leverwise.ask.planning.descent import Search, advance
from leverwise.ask.planning.projection import Polyhedron


def polyhedron(seed: int, size: int, limits: int) -> tuple[Polyhedron, np.ndarray]:
    """A random set that is not empty, and a point outside it."""
    random = np.random.default_rng(seed)
    rows = random.normal(size=(limits, size)) * (random.random((limits, size)) < 0.7)
    low, high = -random.random(size), random.random(size)
    inside = low + (high - low) * random.random(size)
    return Polyhedron(low, high, rows, rows @ inside + 0.1 * random.random(limits)), 3 * random.normal(size=size)


@given(seed=st.integers(0, 10_000), size=st.integers(1, 12), limits=st.integers(0, 5))
def test_projection_is_the_nearest_point(seed: int, size: int, limits: int) -> None:
    """It lies in the set, and no point of the set lies further along the way that was left."""
    region, point = polyhedron(seed, size, limits)
    nearest = region.project(point)
    assert region.contains(nearest)
    away = point - nearest
    furthest = linprog(
        -away,
        A_ub=region.rows if limits else None,
        b_ub=region.bounds if limits else None,
        bounds=list(zip(region.low, region.high, strict=True)),
    )
    assert -furthest.fun - away @ nearest <= 1e-7 * (1 + abs(furthest.fun))


@given(seed=st.integers(0, 10_000), size=st.integers(1, 12), limits=st.integers(0, 3))
def test_many_points_are_projected_as_one(seed: int, size: int, limits: int) -> None:
    """The nearest point to each of many is what it is to each alone, and lies in the set."""
    region, _ = polyhedron(seed, size, limits)
    points = 3 * np.random.default_rng(seed).normal(size=(7, size))
    found = region.project_all(points)
    assert found == pytest.approx(np.stack([region.project(point) for point in points]), abs=1e-7)
    assert region.contains_all(found).all()
    assert region.contains_all(points).tolist() == [region.contains(point) for point in points]


@given(seed=st.integers(0, 10_000))
def test_projecting_twice_changes_nothing(seed: int) -> None:
    """A point of the set is its own projection."""
    region, point = polyhedron(seed, 6, 3)
    once = region.project(point)
    assert region.project(once) == pytest.approx(once, abs=1e-9)


def test_infinite_bounds() -> None:
    """Without upper bounds the excess is shared evenly."""
    region = Polyhedron(np.zeros(3), np.full(3, np.inf), np.ones((1, 3)), np.array([3.0]))
    assert region.project(np.array([2.0, 3.0, 4.0])) == pytest.approx([0.0, 1.0, 2.0])


def test_fixed_coordinates_stay() -> None:
    """Coordinates that are fixed keep their value under projection."""
    region = Polyhedron(np.zeros(2), np.ones(2), np.ones((1, 2)), np.array([1.0]))
    held = region.fixed(np.array([True, False]), np.array([0.25, 0.0]))
    assert held.project(np.array([5.0, 5.0])) == pytest.approx([0.25, 0.75])


def test_descent_reaches_a_constrained_minimum_where_slopes_are_unbounded() -> None:
    """Square roots have no slope at zero; the minimum is still found to 1e-9."""
    worth = np.array([3.0, 1.0, 0.1])

    def evaluate(points: np.ndarray, tags: object, ceilings: object) -> tuple[np.ndarray, np.ndarray]:
        with np.errstate(divide="ignore"):
            return -np.sqrt(points) @ worth, -worth / (2 * np.sqrt(points))

    region = Polyhedron(np.zeros(3), np.full(3, np.inf), np.ones((1, 3)), np.array([2.0]))
    search = Search(region, np.array([0.1, 0.1, 1.8]))
    advance([search], evaluate, 100)
    assert -search.value == pytest.approx(np.sqrt(2 * worth @ worth), rel=1e-9)


def test_searches_share_each_batch() -> None:
    """Two searches are evaluated together, and a finished one no longer takes part."""
    sizes = []

    def evaluate(points: np.ndarray, tags: object, ceilings: object) -> tuple[np.ndarray, np.ndarray]:
        sizes.append(len(points))
        return np.sum((points - 0.5) ** 2, axis=1), 2 * (points - 0.5)

    region = Polyhedron(np.zeros(1), np.ones(1), np.zeros((0, 1)), np.zeros(0))
    advance([Search(region, np.array([0.5])), Search(region, np.array([0.9]))], evaluate, 20)
    assert sizes[0] == 2
    assert sizes[-1] == 1


def test_a_step_that_gains_nothing_needs_no_slopes() -> None:
    """Without gradients above the ceilings that it names, a search ends where it would have ended with all of them."""
    region = Polyhedron(np.full(2, -4.0), np.full(2, 4.0), np.zeros((0, 2)), np.zeros(0))
    refused = 0

    def valley(points: np.ndarray, tags: object, ceilings: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        x, y = points.T
        values = (1 - x) ** 2 + 100 * (y - x**2) ** 2
        return values, np.stack([-2 * (1 - x) - 400 * x * (y - x**2), 200 * (y - x**2)], axis=1)

    def sparing(points: np.ndarray, tags: object, ceilings: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        nonlocal refused
        values, slopes = valley(points, tags, ceilings)
        refused += int(np.sum(values > ceilings))
        return values, np.where((values <= ceilings)[:, None], slopes, 0.0)

    ends = []
    for evaluate in (valley, sparing):
        search = Search(region, np.array([-1.2, 1.0]), 1e-10)
        advance([search], evaluate, 200)
        ends.append(search.best)
    assert refused > 0
    assert ends[0].tolist() == ends[1].tolist()
    assert ends[0] == pytest.approx([1.0, 1.0], abs=1e-4)
