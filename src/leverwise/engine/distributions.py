"""Quantiles and probabilities of the distributions that a value may have, on the host.

One convention per family, as in `lang.system.Distribution`; everything is vectorised over probabilities.
Truncation restricts the probability, so that the quantile function stays monotone and rank correlations keep
their meaning.
"""

from __future__ import annotations

import numpy as np
from scipy import special

from leverwise.lang.system import Distribution

Array = np.ndarray
BISECTIONS = 70


def quantile(distribution: Distribution, u: Array) -> Array:
    """The value below which a share `u` of the distribution lies."""
    low, high = distribution.low, distribution.high
    if low is None and high is None:
        return _quantile(distribution, u)
    start, end = _kept(distribution)
    return _array(np.clip(_quantile(distribution, start + u * (end - start)), low, high))


def probability(distribution: Distribution, x: Array) -> Array:
    """The share of the distribution at or below `x`."""
    if distribution.low is None and distribution.high is None:
        return _probability(distribution, x)
    start, end = _kept(distribution)
    return np.clip((_probability(distribution, x) - start) / (end - start), 0.0, 1.0)


def _kept(distribution: Distribution) -> tuple[float, float]:
    """The probabilities between which a distribution is cut off, as they were before."""
    low, high = distribution.low, distribution.high
    start = 0.0 if low is None else float(_probability(distribution, np.asarray(low)))
    return start, 1.0 if high is None else float(_probability(distribution, np.asarray(high)))


def _quantile(distribution: Distribution, u: Array) -> Array:
    p = distribution.parameters
    match distribution.family:
        case "constant":
            return np.full(np.shape(u), p[0])
        case "normal":
            return _array(p[0] + p[1] * special.ndtri(u))
        case "lognormal":
            return _array(np.exp(p[0] + p[1] * special.ndtri(u)))
        case "uniform":
            return p[0] + (p[1] - p[0]) * u
        case "beta":
            return _array(p[2] + (p[3] - p[2]) * special.betaincinv(p[0], p[1], u))
        case "triangular":
            low, mode, high = p
            width = high - low
            if width == 0:
                return np.full(np.shape(u), mode)
            rising = low + np.sqrt(u * width * (mode - low))
            return np.where(u * width < mode - low, rising, high - np.sqrt((1 - u) * width * (high - mode)))
        case "gamma":
            return _array(p[1] * special.gammaincinv(p[0], u))
        case "exponential":
            return _array(-p[0] * np.log1p(-u))
        case "bernoulli":
            return np.where(u > 1 - p[0], 1.0, 0.0)
        case "mixture":
            return _mixture_quantile(distribution, u)
    raise LookupError(f"the engine has no distribution `{distribution.family}`")


def _probability(distribution: Distribution, x: Array) -> Array:
    p = distribution.parameters
    with np.errstate(divide="ignore", invalid="ignore"):
        match distribution.family:
            case "constant":
                return np.where(x >= p[0], 1.0, 0.0)
            case "normal":
                return np.asarray(special.ndtr((x - p[0]) / p[1])) if p[1] else np.where(x >= p[0], 1.0, 0.0)
            case "lognormal":
                logs = np.log(np.maximum(x, 0.0))
                return np.asarray(special.ndtr((logs - p[0]) / p[1])) if p[1] else np.where(logs >= p[0], 1.0, 0.0)
            case "uniform":
                return np.clip((x - p[0]) / (p[1] - p[0]), 0, 1) if p[1] > p[0] else np.where(x >= p[0], 1.0, 0.0)
            case "beta":
                return np.asarray(special.betainc(p[0], p[1], np.clip((x - p[2]) / (p[3] - p[2]), 0, 1)))
            case "triangular":
                return _triangular_probability(p[0], p[1], p[2], x)
            case "gamma":
                return np.asarray(special.gammainc(p[0], np.maximum(x, 0) / p[1]))
            case "exponential":
                return _array(-np.expm1(-np.maximum(x, 0) / p[0]))
            case "bernoulli":
                return np.where(x >= 1, 1.0, np.where(x >= 0, 1 - p[0], 0.0))
            case "mixture":
                weights = np.asarray(p) / sum(p)
                parts = [w * probability(c, x) for w, c in zip(weights, distribution.components, strict=True)]
                return np.asarray(sum(parts))
    raise LookupError(f"the engine has no distribution `{distribution.family}`")


def _triangular_probability(low: float, mode: float, high: float, x: Array) -> Array:
    width = high - low
    if width == 0:
        return np.where(x >= mode, 1.0, 0.0)
    x = np.clip(x, low, high)
    rising = (x - low) ** 2 / (width * (mode - low)) if mode > low else np.zeros_like(x)
    falling = 1 - (high - x) ** 2 / (width * (high - mode)) if high > mode else np.ones_like(x)
    return np.where(x < mode, rising, falling)


def _mixture_quantile(distribution: Distribution, u: Array) -> Array:
    """By bisection between the components' own quantiles, which enclose the mixture's."""
    ends = np.stack([quantile(component, u) for component in distribution.components])
    low, high = ends.min(axis=0), ends.max(axis=0)
    below = _probability(distribution, low) >= u
    high = np.where(below, low, high)
    for _ in range(BISECTIONS):
        middle = 0.5 * (low + high)
        enough = _probability(distribution, middle) >= u
        low, high = np.where(enough, low, middle), np.where(enough, middle, high)
    for atom in _atoms(distribution):
        high = np.where(np.abs(high - atom) <= 1e-12 * max(1.0, abs(atom)), atom, high)
    return _array(high)


def _array(x: object) -> Array:
    return np.asarray(x)


def _atoms(distribution: Distribution) -> list[float]:
    if distribution.family == "mixture":
        return [atom for component in distribution.components for atom in _atoms(component)]
    if distribution.family == "bernoulli":
        return [0.0, 1.0]
    return [distribution.parameters[0]] if distribution.family == "constant" else []
