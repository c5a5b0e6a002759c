"""Who made how much of a value that several make together: Shapley values and interactions of a set function.

A value is known for every coalition (a set of players, as the bits of a number: bit `i` is player `i`). Both are
weighted sums of these values, so that they can be taken sample by sample, and while runs still come in.

Shapley (1953): what a player adds, on average over all orders in which the players could come. Interactions are
Shapley-Taylor indices of order 2 (Sundararajan, Dhamdhere and Agarwal 2020): what two add to each other, on average
over all orders, to what the coalition of those before both makes. What each makes by itself and the interactions of all
pairs add up to the whole, and a Shapley value is what the player makes by itself and half of each of its interactions.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations
from math import comb, factorial
from typing import Any

import numpy as np

from leverwise.ask.charts import Array


def members(players: int) -> Any:
    """(m, 2^m) whether a player is in a coalition."""
    coalitions = range(1 << players)
    bits = [[coalition >> player & 1 for coalition in coalitions] for player in range(players)]
    return np.array(bits, bool).reshape(players, len(coalitions))


def shapley_weights(players: int) -> Array:
    """(m, 2^m): times the values of the coalitions (2^m,), the Shapley value of each player.

    >>> shapley_weights(2) @ [0, 1, 2, 5]
    array([2., 3.])
    """
    count = [factorial(s) * factorial(players - 1 - s) / factorial(players) for s in range(players)]
    joins, leaves = np.array([0.0, *count]), np.array([*count, 0.0])
    within = members(players)
    size = within.sum(axis=0)
    return np.asarray(np.where(within, joins[size], -leaves[size]))


def pairs(players: int) -> list[tuple[int, int]]:
    """Every two players, in order."""
    return list(combinations(range(players), 2))


def interaction_weights(players: int) -> Array:
    """(pairs, 2^m): times the values of the coalitions (2^m,), the Shapley-Taylor interaction of each of `pairs`.

    >>> interaction_weights(2) @ [0, 1, 2, 5]
    array([2.])
    """
    within = members(players)
    size = within.sum(axis=0)
    rows = np.zeros((comb(players, 2), 1 << players))
    for row, (a, b) in enumerate(pairs(players)):
        both = within[a].astype(int) + within[b]
        others = size - both
        weight = np.array([2.0 / (players * comb(players - 1, int(s))) for s in others])
        rows[row] = np.where(both == 1, -weight, weight)
    return rows


def sampled(
    value: Callable[[Any], Array], players: int, samples: int, seed: int, told: Callable[[float], object]
) -> tuple[Array, Array]:
    """Shapley values, one per player and sample (m, n), each over two opposite orders of its own; and single effects.

    For more players than all coalitions can be run of. `value` gives the value per sample (n,) of coalitions that may
    differ from sample to sample (m, n), true where a player is in. Values of one sample add up to the whole, and their
    mean over samples is the Shapley value but for chance (Castro, Gomez and Tejada 2009; opposite orders: Mitchell,
    Cooper, Frank and Holmes 2022).
    """
    orders = np.argsort(np.random.default_rng(seed).random((samples, players)), axis=1).T
    found, own = np.zeros((players, samples)), np.zeros((players, samples))
    runs, at = 3 * players, np.arange(samples)
    everybody = np.ones((players, samples), bool)
    nobody, whole = value(~everybody), value(everybody)
    done = 0
    for order in (orders, orders[::-1]):
        within, before = ~everybody, nobody
        for place, player in enumerate(order):
            within = within.copy()
            within[player, at] = True
            after = whole if place == players - 1 else value(within)
            found[player, at] += (after - before) / 2
            before, done = after, done + 1
            told(done / runs)
    for player in range(players):
        within = ~everybody
        within[player] = True
        own[player] = value(within) - nobody
        done += 1
        told(done / runs)
    return found, own
