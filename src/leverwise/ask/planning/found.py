"""What a search has found: the plan, where it came from, and what is near it."""

from __future__ import annotations

from dataclasses import dataclass

from leverwise.ask.planning.exact import Exact
from leverwise.ask.planning.merit import Merit, Scales
from leverwise.ask.planning.projection import Array


@dataclass(frozen=True)
class Nearby:
    """What is near the chosen plan; gains and losses are shares of the objective (of 1 for a mean logarithm)."""

    tolerance: float
    """The most that simplicity may cost in all, and the least gain for which a plan is changed."""
    cost: float
    """What making the plan simpler cost in all; less than nothing if it gained."""
    tried: int
    """Single exchanges measured."""
    left: float
    """The largest gain by any of them that holds; less than nothing if all of them lose."""
    step: float
    """Gain by a step of 1 % of the ranges in the steepest direction within the bounds, were there money for it."""
    sure: bool = True
    """Whether the exchange that `left` is of was seen to hold; if not, those that hold gain no more than it."""
    limited: bool = False
    """Whether there are margins that a plan must hold."""


@dataclass(frozen=True)
class Found:
    """The chosen plan (K,), where it came from, and the state of the search."""

    plan: Array
    origin: str
    state: Scales
    proof: Exact | None
    merit: Merit
    """On the largest set of samples used."""
    near: Nearby | None = None
