"""What is drawn once per sample: scrambled Sobol points through the inverse distributions of the values.

Any range of samples can be asked, in any order, from any number of threads. Rank correlations come from a
Gaussian copula: correlated values form groups, and each group's normal scores are mixed by the Cholesky factor of
2 sin(pi rho / 6), so that the *rank* correlations are those asked. A value that was made a number keeps its point and
its place in the group, unseen: the others' draws are what they were. Fresh noise is not drawn here but in the compiled
program, from keys that `noise_keys` makes. SciPy is imported with the first draw: its import takes as long as a small
run, and goes on while a program is made ready.
"""

from __future__ import annotations

import hashlib
import importlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from leverwise.engine import sobol
from leverwise.errors import ModelError, Problem
from leverwise.lang.system import System, Value

PLAIN = ("normal", "lognormal", "uniform")


TINY = 2.0**-60
"""Probabilities are no smaller, and no nearer to 1 than numbers can tell."""


@dataclass(frozen=True)
class Group:
    """Correlated values: their rows, and the factor that mixes their scores."""

    rows: np.ndarray
    factor: np.ndarray


class Draws:
    """The drawn values of a system, in its order.

    Raises ModelError if the rank correlations contradict each other.
    """

    def __init__(self, system: System) -> None:
        self.values: tuple[Value, ...] = tuple(value for value in system.values if value.drawn)
        held = {name for triple in system.held for name in triple[:2]}
        points = [value for value in system.values if value.drawn or value.name in held]
        self._keys = [value.key or value.name for value in points]
        self.directions = sobol.direction_numbers(sobol.dimensions_of(self._keys))
        correlations = (*system.correlations, *system.held)
        self._mixing = _groups([value.name for value in points], correlations)
        self._shown = [row for row, value in enumerate(points) if value.drawn]
        self.groups = _groups([value.name for value in self.values], correlations)
        """Of the drawn values alone."""
        forms = [v.distribution for v in self.values]
        plain = {i for i, d in enumerate(forms) if d.family in PLAIN and d.low is None and d.high is None}
        self._plain = {f: np.array([i for i in sorted(plain) if forms[i].family == f], int) for f in PLAIN}
        self._others = [i for i in range(len(forms)) if i not in plain]
        parameters = [d.parameters[:2] if i in plain else (0.0, 0.0) for i, d in enumerate(forms)]
        self._parameters = np.array(parameters, float).reshape(-1, 2)
        self._words = lru_cache(maxsize=4)(self._scramble_words)

    def _scramble_words(self, seed: int) -> np.ndarray:
        words = [sobol.scramble_words(key, seed) for key in self._keys]
        return np.stack(words) if words else np.zeros((0, sobol.SCRAMBLINGS, 4), np.uint32)

    def prepare(self, seed: int) -> None:
        """Do beforehand what the first call would do."""
        self._words(seed)
        importlib.import_module("leverwise.engine.distributions")

    def __call__(self, first: int, count: int, seed: int) -> np.ndarray:
        """(D, count) values of samples `first`, `first + 1`, ... in base units."""
        from scipy import special

        u = sobol.uniforms(self.directions, self._words(seed), first, count)
        for group in self._mixing:
            u[group.rows] = special.ndtr(mixed(group.factor, special.ndtri(u[group.rows])))
        return self.from_uniforms(bounded(u if len(self._shown) == len(u) else u[self._shown]))

    def from_uniforms(self, u: np.ndarray) -> np.ndarray:
        """(D, n) values from (D, n) probabilities."""
        from scipy import special

        from leverwise.engine.distributions import quantile

        result = np.empty_like(u)
        for family, rows in self._plain.items():
            if not len(rows):
                continue
            first, second = self._parameters[rows, 0, None], self._parameters[rows, 1, None]
            if family == "uniform":
                result[rows] = first + (second - first) * u[rows]
            else:
                scores = first + second * special.ndtri(u[rows])
                result[rows] = np.exp(scores) if family == "lognormal" else scores
        for row in self._others:
            result[row] = quantile(self.values[row].distribution, u[row])
        return result


def noise_keys(keys: Sequence[str], seed: int) -> np.ndarray:
    """(J, 2) uint32: what makes each noise of a seed its own."""
    digests = [hashlib.blake2b(f"{seed}/{key}".encode(), digest_size=8, person=b"noise").digest() for key in keys]
    return np.frombuffer(b"".join(digests), np.uint32).reshape(-1, 2)


def bounded(u: np.ndarray) -> np.ndarray:
    """Probabilities (in place) of which every distribution has a finite quantile."""
    return np.clip(u, TINY, 1 - 2.0**-53, out=u)


def mixed(factor: np.ndarray, scores: np.ndarray) -> np.ndarray:
    """The product of both, summed in a fixed order so that a column does not depend on how many there are."""
    result = np.zeros_like(scores)
    for row in range(len(factor)):
        for column in range(row + 1):
            result[row] += factor[row, column] * scores[column]
    return result


def _groups(names: list[str], correlations: Sequence[tuple[str, str, float]]) -> list[Group]:
    """Groups of rows that correlations join; one with a name that is not there is left out."""
    place = {name: i for i, name in enumerate(names)}
    partners: dict[int, set[int]] = {}
    ranks: dict[tuple[int, int], float] = {}
    for first, second, rank in correlations:
        if first not in place or second not in place:
            continue
        a, b = place[first], place[second]
        partners.setdefault(a, {a}).add(b)
        partners.setdefault(b, {b}).add(a)
        ranks[a, b] = ranks[b, a] = rank
    found, seen = [], set()
    for start in sorted(partners):
        if start in seen:
            continue
        members, stack = set(), [start]
        while stack:
            member = stack.pop()
            if member not in members:
                members.add(member)
                stack += partners[member]
        seen |= members
        rows = sorted(members)
        matrix = np.array([[1.0 if a == b else ranks.get((a, b), 0.0) for b in rows] for a in rows])
        found.append(Group(np.array(rows), _factor(2 * np.sin(np.pi * matrix / 6), [names[r] for r in rows])))
    return found


def _factor(matrix: np.ndarray, names: list[str]) -> np.ndarray:
    np.fill_diagonal(matrix, 1.0)
    try:
        return np.linalg.cholesky(matrix)
    except np.linalg.LinAlgError:
        listed = ", ".join(f"`{name}`" for name in names)
        raise ModelError(
            Problem(
                f"the rank correlations of {listed} contradict each other: no distribution has them",
                hint="bring them closer to 0, or leave out the one you are least sure of",
            )
        ) from None
