"""Which samples are for what: those on which plans are searched, proved and chosen never judge them.

Every question with seed S tells what plans make on the samples of S, whoever made them, so that two questions about one
plan agree. What goes before takes samples of seeds that nobody asks for. An engine keys draws and noise by the seed as
it is written, so that any two whole numbers have samples of their own; here no two S share any.
"""

from __future__ import annotations

BEYOND = 2**64
"""Larger than any seed that is asked for: questions refuse this and more."""
KINDS = 4
"""Seeds kept for each S."""


def searching(seed: int) -> int:
    """Seed of the samples on which plans are searched for a question with this seed."""
    return BEYOND + KINDS * seed


def proving(seed: int) -> int:
    """Of those on which plans are made to hold, and rules must gain."""
    return searching(seed) + 1


def choosing(seed: int) -> int:
    """Of those on which plans that were searched for one thing are chosen for another."""
    return searching(seed) + 2
