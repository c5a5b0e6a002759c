"""Scrambled Sobol points, one dimension per variable, addressed by sample number.

Direction numbers are those of Joe & Kuo (2008), read from the table that scipy ships. The scrambling is a hash that
acts like Owen's nested uniform scrambling: Laine & Karras (2011) in the form of Burley (2020), with Vegdahl's
constants and two rounds. Sample i is point i // 16 of scrambling i % 16, so it does not depend on how many samples are
asked; 16 independent scramblings give standard errors. The dimension and the scrambling of a variable follow from its
name, so other variables don't matter to it (unless two names fall on one dimension: then the later one moves on).

All 21,201 dimensions of the table are used, so that names seldom meet. A smaller choice of better dimensions was
weighed: among the first 1,024 the error of products of three variables is about half as large at 4,000 samples (means
of single variables are all but exact either way), but with 60 variables one in seventeen added ones would meet another.
"""

from __future__ import annotations

import hashlib
import importlib.util
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np

SCRAMBLINGS = 16
DIMENSIONS = 21_201
"""Those of the table."""
BITS = 32
ROUNDS = 2
_MULTIPLIERS = (np.uint32(0x3D20ADEA), np.uint32(0x05526C56), np.uint32(0x53A22864))


@lru_cache(maxsize=1)
def _table() -> tuple[np.ndarray, np.ndarray]:
    """Primitive polynomials and initial direction numbers, without importing scipy.stats."""
    spec = importlib.util.find_spec("scipy")
    folder = Path(next(iter(spec.submodule_search_locations or []))) if spec else Path()
    with np.load(folder / "stats" / "_sobol_direction_numbers.npz") as data:
        return data["poly"], data["vinit"]


def direction_numbers(dimensions: Sequence[int]) -> np.ndarray:
    """(D, 32) uint32: the direction numbers of these dimensions, the first bit of a point being the highest."""
    poly, start = _table()
    result = np.zeros((len(dimensions), BITS), np.uint32)
    for row, dimension in enumerate(dimensions):
        if dimension == 0:
            numbers = [1] * BITS
        else:
            polynomial = int(poly[dimension])
            degree = polynomial.bit_length() - 1
            numbers = [int(v) for v in start[dimension, :degree]]
            for j in range(degree, BITS):
                number = numbers[j - degree]
                for k in range(1, degree + 1):
                    if polynomial >> (degree - k) & 1:
                        number ^= numbers[j - k] << k
                numbers.append(number)
        result[row] = [number << (BITS - 1 - j) for j, number in enumerate(numbers)]
    return result


def points(directions: np.ndarray, first: int, count: int) -> np.ndarray:
    """(D, count) uint32: points `first` ... in scipy's (Gray code) order, as fractions of 2^32."""
    numbers = np.arange(first, first + count, dtype=np.uint64)
    gray = numbers ^ (numbers >> np.uint64(1))
    result = np.zeros((len(directions), count), np.uint32)
    for bit in range(int(first + count).bit_length()):
        chosen = ((gray >> np.uint64(bit)) & np.uint64(1)).astype(bool)
        result ^= np.where(chosen, directions[:, bit, None], np.uint32(0))
    return result


def reversed_bits(x: np.ndarray) -> np.ndarray:
    """Each 32-bit word from back to front."""
    x = x.byteswap()
    for shift, mask in ((4, 0x0F0F0F0F), (2, 0x33333333), (1, 0x55555555)):
        bits, keep = np.uint32(shift), np.uint32(mask)
        x = ((x >> bits) & keep) | ((x & keep) << bits)
    return x


def scrambled(x: np.ndarray, words: np.ndarray) -> np.ndarray:
    """Each bit flipped by a hash of the higher bits. words (..., 4) uint32: the seeds of two rounds."""
    x = reversed_bits(x)
    first, second, third = _MULTIPLIERS
    for turn in range(ROUNDS):
        x = x ^ (x * first)
        x = x + words[..., 2 * turn]
        x = x * (words[..., 2 * turn + 1] | np.uint32(1))
        x ^= x * second
        x ^= x * third
    return reversed_bits(x)


def dimensions_of(names: Sequence[str]) -> list[int]:
    """A dimension per name: a hash of the name, hashed again while it is taken."""
    total = len(_table()[0])
    taken: set[int] = set()
    found = []
    for name in names:
        attempt = 0
        while True:
            digest = hashlib.blake2b(f"{name}/{attempt}".encode(), digest_size=8, person=b"dimension").digest()
            dimension = int.from_bytes(digest, "big") % total
            if dimension not in taken:
                break
            attempt += 1
        taken.add(dimension)
        found.append(dimension)
    return found


def scramble_words(name: str, seed: int) -> np.ndarray:
    """(16, 4) uint32: the seeds of a variable's scramblings."""
    digest = hashlib.shake_128(f"{seed}/{name}".encode()).digest(SCRAMBLINGS * 2 * ROUNDS * 4)
    return np.frombuffer(digest, np.uint32).reshape(SCRAMBLINGS, 2 * ROUNDS)


def linearly_scrambled(directions: np.ndarray, words: np.ndarray) -> np.ndarray:
    """(D, 32) direction numbers times a random lower triangular matrix of bits per dimension (Matousek 1998).

    words (D, 32) uint32: row k of a matrix, of which the bits below the diagonal count. With a digital shift of the
    points, all N = 2^m points of one such scrambling together are spread as evenly as Sobol's own.
    """
    bits = (directions[:, :, None] >> np.arange(BITS - 1, -1, -1, dtype=np.uint32)) & np.uint32(1)
    matrices = (words[:, :, None] >> np.arange(BITS - 1, -1, -1, dtype=np.uint32)) & np.uint32(1)
    matrices = np.tril(matrices, -1) + np.eye(BITS, dtype=np.uint32)
    mixed = np.einsum("dkj,dpj->dpk", matrices, bits) & np.uint32(1)
    weights = np.uint32(1) << np.arange(BITS - 1, -1, -1, dtype=np.uint32)
    return np.asarray((mixed * weights).sum(axis=2, dtype=np.uint32))


def uniforms(directions: np.ndarray, words: np.ndarray, first: int, count: int) -> np.ndarray:
    """(D, count) numbers in (0, 1) of samples `first` ...; words (D, 16, 4)."""
    if not len(directions):
        return np.zeros((0, count))
    low, high = first // SCRAMBLINGS, (first + count - 1) // SCRAMBLINGS + 1
    plain = points(directions, low, high - low)
    mixed = scrambled(plain[:, :, None], words[:, None, :, :])
    flat = mixed.reshape(len(directions), -1)[:, first - low * SCRAMBLINGS :][:, :count]
    return (flat + 0.5) * 2.0**-BITS
