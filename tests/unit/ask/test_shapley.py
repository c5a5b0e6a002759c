"""Shapley values and interactions against their definitions over all orders."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest

from leverwise.ask.shapley import interaction_weights, members, pairs, sampled, shapley_weights


def random_game(players: int, seed: int) -> np.ndarray:
    """A value for every coalition; the empty one makes nothing."""
    values = np.random.default_rng(seed).normal(size=1 << players)
    values[0] = 0.0
    return values


def by_orders(values: np.ndarray, players: int) -> np.ndarray:
    """What each player adds when it comes, on average over all orders."""
    orders = list(permutations(range(players)))
    added = np.zeros(players)
    for order in orders:
        coalition = 0
        for player in order:
            added[player] += values[coalition | 1 << player] - values[coalition]
            coalition |= 1 << player
    return added / len(orders)


def by_orders_of_two(values: np.ndarray, players: int, a: int, b: int) -> float:
    """What two add to each other where those before both are there, on average over all orders."""
    added = []
    for order in permutations(range(players)):
        before = sum(1 << player for player in order[: min(order.index(a), order.index(b))])
        both, first, second = before | 1 << a | 1 << b, before | 1 << a, before | 1 << b
        added.append(values[both] - values[first] - values[second] + values[before])
    return float(np.mean(added))


@pytest.mark.parametrize("players", [1, 2, 3, 4, 5])
def test_the_weights_are_those_of_all_orders(players: int) -> None:
    """On random set functions both agree with brute force over every order in which players could come."""
    values = random_game(players, players)
    assert shapley_weights(players) @ values == pytest.approx(by_orders(values, players), abs=1e-12)
    found = interaction_weights(players) @ values
    assert found == pytest.approx([by_orders_of_two(values, players, a, b) for a, b in pairs(players)], abs=1e-12)


@pytest.mark.parametrize("players", [2, 3, 6, 9])
def test_everything_adds_up(players: int) -> None:
    """Single effects and interactions make the whole; a value is the single effect and half of the interactions."""
    values = random_game(players, 7 * players)
    shapley, interactions = shapley_weights(players) @ values, interaction_weights(players) @ values
    own = np.array([values[1 << player] for player in range(players)])
    half = np.zeros(players)
    for (a, b), value in zip(pairs(players), interactions, strict=True):
        half[[a, b]] += value / 2
    assert shapley.sum() == pytest.approx(values[-1], abs=1e-12)
    assert own.sum() + interactions.sum() == pytest.approx(values[-1], abs=1e-12)
    assert shapley == pytest.approx(own + half, abs=1e-12)


def test_drawn_orders_come_to_the_same() -> None:
    """Two opposite orders in each sample add up to the whole in each, and on average to the Shapley value."""
    values = random_game(5, 3)
    powers = 1 << np.arange(5)
    done: list[float] = []
    shapley, own = sampled(lambda within: values[powers @ within], 5, 20_000, 1, done.append)
    assert shapley.sum(axis=0) == pytest.approx(np.full(20_000, values[-1]), abs=1e-12)
    error = shapley.std(axis=1) / np.sqrt(20_000)
    assert np.all(np.abs(shapley.mean(axis=1) - shapley_weights(5) @ values) < 4 * error)
    assert own.mean(axis=1) == pytest.approx([values[1 << player] for player in range(5)], abs=1e-12)
    assert done[-1] == 1.0


def test_members_are_the_bits() -> None:
    """Coalition 5 has the players 0 and 2."""
    assert members(3)[:, 5].tolist() == [True, False, True]
