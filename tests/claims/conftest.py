"""What the claims share: the examples, loaded once."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np

import leverwise

EXAMPLES = Path(__file__).parents[2] / "examples"


@cache
def example(name: str, *settings: tuple[str, str]) -> leverwise.Model:
    """An example, loaded once for each set of settings."""
    return leverwise.load(EXAMPLES / f"{name}.yaml", set=dict(settings))


def impact(model: leverwise.Model, samples: int = 512, **options: object) -> float:
    """Mean impact."""
    return model.simulate(samples=samples, **options).numbers["impact"].mean


def at_end(answer: leverwise.Answer, name: str) -> np.ndarray:
    """A trajectory's last value in each sample."""
    return answer.series[name][:, -1]
