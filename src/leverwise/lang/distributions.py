"""From texts such as `20 to 60 hours` or `normal(10, 2)` to distributions in base units.

`a to b` is a 90 % interval: lognormal if both ends are positive, else normal. A unit written with one of
the numbers counts for those that have none. All parameters are fixed numbers.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from leverwise.lang.functions import Maybe
from leverwise.lang.site import Site
from leverwise.lang.syntax import Apply, Literal, Node
from leverwise.lang.system import Distribution
from leverwise.units import DIMENSIONLESS, Dimension

DISTRIBUTIONS: Mapping[str, str] = {
    "normal": "normal(mean, sd)",
    "lognormal": "lognormal(mean, sd)",
    "uniform": "uniform(low, high)",
    "beta": "beta(a, b)",
    "pert": "pert(low, mode, high)",
    "triangular": "triangular(low, mode, high)",
    "gamma": "gamma(shape, scale)",
    "exponential": "exponential(mean)",
    "bernoulli": "bernoulli(p)",
    "mixture": "mixture(first, weight, second, weight, ...)",
    "truncate": "truncate(distribution, low, high)",
}
"""Signatures. `lognormal` takes the mean and standard deviation of the variable itself."""

_Z90 = 1.6448536269514722
_FAR = 8.0
_MAX_COMPONENTS = 50
_LIKE_VALUES = frozenset({"normal", "lognormal", "uniform", "pert", "triangular"})


@dataclass(frozen=True)
class Constant:
    """A plain number in base units, its dimension, and its unit as written."""

    value: float
    dimension: Maybe
    unit: str = ""


@dataclass(frozen=True)
class Drawn:
    """A distribution in base units, its dimension, and its unit as written."""

    distribution: Distribution
    dimension: Maybe
    unit: str = ""


Evaluate = Callable[[Node, Site], Constant | None]


def is_distribution(node: Node) -> bool:
    """True for `a to b` and the distribution functions."""
    return isinstance(node, Apply) and (node.function == "to" or node.function in DISTRIBUTIONS)


def drawn(node: Node, site: Site, constant: Evaluate) -> Drawn | None:
    """The distribution that a text means; None after a problem. A fixed number is the family `constant`."""
    if not isinstance(node, Apply) or not is_distribution(node):
        found = constant(node, site)
        return None if found is None else Drawn(Distribution("constant", (found.value,)), found.dimension, found.unit)
    if node.function == "mixture":
        made = _mixture(node, site, constant)
    elif node.function == "truncate":
        made = _truncated(node, site, constant)
    else:
        made = _simple(node, site, constant)
    if made is None or not node.unit:
        return made
    if made.dimension:
        site.report(node, "the unit is written twice: inside the brackets and after them")
        return None
    scale = constant(Literal(1.0, node.unit, node.end - 1, node.end), site)
    if scale is None:
        return None
    return Drawn(scaled(made.distribution, scale.value), scale.dimension, node.unit)


def scaled(distribution: Distribution, factor: float) -> Distribution:
    """The distribution of a positive factor times the variable."""
    if factor == 1.0:
        return distribution
    low = None if distribution.low is None else distribution.low * factor
    high = None if distribution.high is None else distribution.high * factor
    family, p = distribution.family, distribution.parameters
    if family == "bernoulli":
        ends = (Distribution("constant", (0.0,)), Distribution("constant", (factor,)))
        return Distribution("mixture", (1 - p[0], p[0]), ends, low, high)
    if family == "mixture":
        components = tuple(scaled(each, factor) for each in distribution.components)
        return replace(distribution, components=components, low=low, high=high)
    if family == "lognormal":
        p = (p[0] + math.log(factor), p[1])
    elif family == "gamma":
        p = (p[0], p[1] * factor)
    elif family == "beta":
        p = (p[0], p[1], p[2] * factor, p[3] * factor)
    else:
        p = tuple(each * factor for each in p)
    return replace(distribution, parameters=p, low=low, high=high)


def support(distribution: Distribution) -> tuple[float, float]:
    """The least and the greatest value that can be drawn."""
    family, p = distribution.family, distribution.parameters
    low, high = {
        "constant": lambda: (p[0], p[0]),
        "normal": lambda: (-math.inf, math.inf),
        "lognormal": lambda: (0.0, math.inf),
        "uniform": lambda: (p[0], p[1]),
        "beta": lambda: (p[2], p[3]),
        "triangular": lambda: (p[0], p[2]),
        "gamma": lambda: (0.0, math.inf),
        "exponential": lambda: (0.0, math.inf),
        "bernoulli": lambda: (0.0, 1.0),
        "mixture": lambda: (
            min(support(each)[0] for each in distribution.components),
            max(support(each)[1] for each in distribution.components),
        ),
    }[family]()
    low = low if distribution.low is None else max(low, distribution.low)
    high = high if distribution.high is None else min(high, distribution.high)
    return low, high


def typical(distribution: Distribution) -> tuple[float, float]:
    """What a person would call its range: the ends of a 90 % interval where there is no end, else the ends."""
    family, p = distribution.family, distribution.parameters
    if family == "normal":
        low, high = p[0] - _Z90 * p[1], p[0] + _Z90 * p[1]
    elif family == "lognormal":
        low, high = math.exp(p[0] - _Z90 * p[1]), math.exp(p[0] + _Z90 * p[1])
    elif family in ("exponential", "gamma"):
        low, high = 0.0, p[0] if family == "exponential" else p[0] * p[1]
    elif family == "mixture":
        ends = [typical(each) for each in distribution.components]
        low, high = min(each[0] for each in ends), max(each[1] for each in ends)
    else:
        low, high = support(distribution)
    least, most = support(distribution)
    return max(low, least), min(high, most)


def limited(distribution: Distribution, low: float, high: float) -> Distribution:
    """The distribution cut off at limits that it reaches beyond."""
    least, most = support(distribution)
    return replace(
        distribution,
        low=low if least < low else distribution.low,
        high=high if most > high else distribution.high,
    )


def _shared_unit(nodes: Sequence[Node]) -> tuple[Node, ...]:
    """Gives the one unit among plain numbers to those without any."""
    units = {_unit(node) for node in nodes} - {""}
    if len(units) == 2 and "$" in units and str(*(units - {"$"})).startswith("$/"):
        # `$5k to $20k/month`: the sign before the first number is no unit of its own.
        nodes = [_with_unit(node, "") if _unit(node) == "$" else node for node in nodes]
        units -= {"$"}
    if len(units) != 1 or any(_unit(node) is None for node in nodes):
        return tuple(nodes)
    return tuple(_with_unit(node, str(next(iter(units)))) for node in nodes)


def _unit(node: Node) -> str | None:
    if isinstance(node, Apply) and node.function == "neg":
        return _unit(node.arguments[0])
    return node.unit if isinstance(node, Literal) else None


def _with_unit(node: Node, unit: str) -> Node:
    if isinstance(node, Apply):
        return replace(node, arguments=(_with_unit(node.arguments[0], unit),))
    return replace(node, unit=unit) if isinstance(node, Literal) else node


def _numbers(
    node: Apply, arguments: Sequence[Node], site: Site, constant: Evaluate, share: bool
) -> tuple[list[float], Maybe, str] | None:
    """The arguments in base units, and, where they share one dimension, that and the unit as written."""
    found = [constant(each, site) for each in (_shared_unit(arguments) if share else arguments)]
    known = [each for each in found if each is not None]
    if len(known) < len(found):
        return None
    dimensions = {each.dimension for each in known if each.dimension is not None}
    if share and len(dimensions) > 1:
        site.report(
            node, f"the numbers of `{site.shown(node)}` have different units", _written_once(node, site), "unit"
        )
        return None
    dimension = next(iter(dimensions)) if share and dimensions else None
    return [each.value for each in known], dimension, next((each.unit for each in known if each.unit), "")


def _simple(node: Apply, site: Site, constant: Evaluate) -> Drawn | None:
    name = node.function
    wanted = 2 if name == "to" else DISTRIBUTIONS[name].count(",") + 1
    if len(node.arguments) != wanted:
        site.report(node, f"`{name}` takes {wanted} number{'s' * (wanted > 1)}", f"write `{DISTRIBUTIONS[name]}`")
        return None
    numbers = _numbers(node, node.arguments, site, constant, name == "to" or name in _LIKE_VALUES)
    if numbers is None:
        return None
    values, dimension, unit = numbers
    if name in ("gamma", "exponential"):
        scale = constant(node.arguments[-1], site)
        dimension = None if scale is None else scale.dimension
    if name in ("gamma", "beta", "bernoulli"):
        plain = node.arguments if name != "gamma" else node.arguments[:1]
        for each in plain:
            found = constant(each, site)
            if found is not None and found.dimension:
                site.report(each, f"`{site.shown(each)}` must be a plain number here", kind="unit")
                return None
    if name in ("beta", "bernoulli"):
        dimension, unit = DIMENSIONLESS, ""
    problem = _wrong(name, values)
    if problem:
        ends = [site.shown(end) for end in node.arguments] if name == "to" else []
        swapped = len(ends) == 2 and len(values) == 2 and values[0] > values[1]
        unit_text = unit if swapped and ends[1].endswith(unit) and not ends[0].endswith(unit) else ""
        hint = ""
        if swapped:
            hint = f"write `{ends[1].removesuffix(unit_text).rstrip()} to {ends[0]} {unit_text}".rstrip() + "`"
        site.report(node, problem, hint)
        return None
    return Drawn(_family(name, values), dimension, unit)


def _written_once(node: Apply, site: Site) -> str:
    """A hint for `$5k to $3k/project`: the unit once, after the last number."""
    last = node.arguments[-1]
    if node.function != "to" or not isinstance(last, Literal) or not last.unit:
        return ""
    ends = [re.match(r"\$?\s*(-?[\d.]+(?:[eE][+-]?\d+)?[kMB]?)", site.shown(each)) for each in node.arguments]
    return f"write the unit once: `{ends[0][1]} to {ends[1][1]} {last.unit}`" if ends[0] and ends[1] else ""


def _wrong(name: str, p: Sequence[float]) -> str:
    """What is wrong with the parameters of a distribution; empty if nothing."""
    if name in ("to", "uniform") and not p[0] < p[1]:
        return "a range must go from the lower to the higher number"
    if name == "normal" and p[1] < 0:
        return "a standard deviation can't be negative"
    if name == "lognormal" and (p[0] <= 0 or p[1] < 0):
        return "a lognormal needs a positive mean and a standard deviation that is not negative"
    if name in ("pert", "triangular") and not (p[0] <= p[1] <= p[2] and p[0] < p[2]):
        return f"the numbers of `{name}` must rise: low, mode, high"
    if name in ("beta", "gamma", "exponential") and min(p) <= 0:
        return f"the numbers of `{name}` must be positive"
    if name == "bernoulli" and not 0 <= p[0] <= 1:
        return "a probability lies between 0 and 1"
    return ""


def _family(name: str, p: Sequence[float]) -> Distribution:
    if name == "to":
        if p[0] > 0:
            low, high = math.log(p[0]), math.log(p[1])
            return Distribution("lognormal", ((low + high) / 2, (high - low) / (2 * _Z90)))
        return Distribution("normal", ((p[0] + p[1]) / 2, (p[1] - p[0]) / (2 * _Z90)))
    if name in ("normal", "lognormal") and p[1] == 0:
        return Distribution("constant", (p[0],))
    if name == "lognormal":
        variance = math.log1p((p[1] / p[0]) ** 2)
        return Distribution("lognormal", (math.log(p[0]) - variance / 2, math.sqrt(variance)))
    if name == "beta":
        return Distribution("beta", (p[0], p[1], 0.0, 1.0))
    if name == "pert":
        width = p[2] - p[0]
        return Distribution("beta", (1 + 4 * (p[1] - p[0]) / width, 1 + 4 * (p[2] - p[1]) / width, p[0], p[2]))
    return Distribution(name, tuple(p))


def _mixture(node: Apply, site: Site, constant: Evaluate) -> Drawn | None:
    count = len(node.arguments)
    if count < 2 or count % 2 or count > 2 * _MAX_COMPONENTS:
        site.report(node, "each part of a mixture is followed by its weight", f"write `{DISTRIBUTIONS['mixture']}`")
        return None
    weights = []
    for each in node.arguments[1::2]:
        if is_distribution(each):
            site.report(each, "a weight must be one fixed number", f"write `{DISTRIBUTIONS['mixture']}`")
            return None
        weight = constant(each, site)
        if weight is None:
            return None
        if weight.dimension or weight.value < 0:
            site.report(each, "a weight must be a plain number that is not negative")
            return None
        weights.append(weight.value)
    if not sum(weights) > 0:
        site.report(node, "the weights of a mixture are all 0")
        return None
    parts = [drawn(each, site, constant) for each in node.arguments[::2]]
    known = [each for each in parts if each is not None]
    if len(known) < len(parts):
        return None
    dimensions: set[Dimension] = {each.dimension for each in known if each.dimension is not None}
    if len(dimensions) > 1:
        site.report(node, "the parts of this mixture have different units", kind="unit")
        return None
    total = sum(weights)
    made = Distribution("mixture", tuple(each / total for each in weights), tuple(each.distribution for each in known))
    return Drawn(made, next(iter(dimensions), None), next((each.unit for each in known if each.unit), ""))


def _truncated(node: Apply, site: Site, constant: Evaluate) -> Drawn | None:
    if len(node.arguments) != 3 or not is_distribution(node.arguments[0]):
        site.report(node, "`truncate` takes a distribution and two limits", f"write `{DISTRIBUTIONS['truncate']}`")
        return None
    inner = drawn(node.arguments[0], site, constant)
    if inner is None:
        return None
    ends = [_with_unit(each, inner.unit) if _unit(each) == "" else each for each in node.arguments[1:]]
    numbers = _numbers(node, ends, site, constant, True)
    if numbers is None:
        return None
    (low, high), dimension, _ = numbers
    if dimension is not None and inner.dimension is not None and dimension != inner.dimension:
        site.report(node, "the limits have another unit than the distribution", kind="unit")
        return None
    least, most = support(inner.distribution)
    reach = _within(inner.distribution)
    if not low < high or low >= min(most, reach[1]) or high <= max(least, reach[0]):
        site.report(node, "nothing of the distribution lies between these limits")
        return None
    made = replace(inner.distribution, low=max(low, least), high=min(high, most))
    return Drawn(made, inner.dimension, inner.unit)


def _within(distribution: Distribution) -> tuple[float, float]:
    """Where practically all draws lie."""
    p = distribution.parameters
    if distribution.family == "normal":
        return p[0] - _FAR * p[1], p[0] + _FAR * p[1]
    if distribution.family == "lognormal":
        return math.exp(p[0] - _FAR * p[1]), math.exp(min(700.0, p[0] + _FAR * p[1]))
    if distribution.family == "exponential":
        return 0.0, 30 * p[0]
    return support(distribution)
