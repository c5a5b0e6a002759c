"""What a run tells of each line of a tree: what it comes to, sample by sample, and its share of the line above.

Lines are added to the system as variables of their own, so that the engine works them out at every stage of every step,
as it does what they are parts of; flows of a stock become stocks that nothing else reads.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from leverwise.ask.charts import Array
from leverwise.ask.tracing import MORE, Branch, Tracer, plain, scaled
from leverwise.engine.fans import EXACT_VALUES
from leverwise.engine.layout import Layout
from leverwise.lang.system import Auxiliary, Expression, Name, Number, Stock, System, Unit

NONE = Unit()
CANCELLED = 0.1
"""Where a sum comes to this share of its terms, signs aside, or less, what part of it a term has says nothing."""


@dataclass
class Probes:
    """The variables that are added, by what they are."""

    system: System
    now: dict[Expression, str]
    total: dict[Expression, str]

    def reading(self, expression: Expression, *, added: bool = False) -> str:
        """The name under which an expression, or its total over time, is recorded."""
        if added:
            return self.total.setdefault(expression, f"explained total {len(self.total) + 1}")
        if isinstance(expression, Name):
            return expression.name
        return self.now.setdefault(expression, f"explained {len(self.now) + 1}")

    def added(self, tracer: Tracer) -> System:
        """The system with all of them."""
        lifted = [Auxiliary(name, call, NONE) for call, name in tracer.lifted.items()]
        extra = [Auxiliary(name, plain(expression), NONE) for expression, name in self.now.items()]
        stocks = [Stock(name, Number(0.0), plain(each), NONE, hidden=True) for each, name in self.total.items()]
        return replace(
            self.system,
            auxiliaries=(*self.system.auxiliaries, *lifted, *extra),
            stocks=(*self.system.stocks, *stocks),
            starting=(*self.system.starting, *(stock.name for stock in stocks)),
        )


@dataclass(frozen=True)
class Told:
    """A line of the tree: samples (n,) in base units, its unit, and its share of the line above, if it has one.

    `weight` is how much it matters there, 0 to 1: of a sum its part signs aside, else the size of its share.
    """

    branch: Branch
    samples: Array
    unit: Unit
    share: float | None
    weight: float = 1.0
    path: Array | None = None
    """Means over time (T+1,) of what is added up."""


def names_to_record(tree: Branch, probes: Probes) -> list[str]:
    """What must be recorded to tell of every line."""
    names = []
    for branch in tree.all():
        names.append(probes.reading(branch.value, added=branch.added and branch.depth > tree.depth))
        if branch.above is not None:
            names.append(probes.reading(branch.above))
            names.append(probes.reading(scaled(branch.above, branch.label)))
    return list(dict.fromkeys(names))


def most_samples(layout: Layout) -> int:
    """Of how many samples all can be kept."""
    return max(1, EXACT_VALUES // ((layout.steps + 1) * max(1, len(layout.record))))


@dataclass(frozen=True)
class Reader:
    """Reads lines off the paths of a run, name -> (n, T+1)."""

    system: System
    probes: Probes
    paths: Mapping[str, Any]
    step: int

    def told(self, tree: Branch) -> list[Told]:
        """Every line, from the top down."""
        samples = self._samples(tree, top=True)
        return [Told(tree, samples, self._unit(tree, NONE), None), *self._below(tree, samples, self._unit(tree, NONE))]

    def _below(self, branch: Branch, samples: Array, unit: Unit) -> list[Told]:
        found: list[Told] = []
        values = [self._samples(each) for each in branch.branches]
        means = [float(np.mean(value)) for value in values]
        rest = self._rest(branch, samples, values)
        lines, means = list(branch.branches), means if rest is None else [*means, float(np.mean(rest))]
        if rest is not None:
            values.append(rest)
            lines.append(Branch("held within its limits", "term", branch.depth + 1, Number(0.0), "sum", added=True))
        total, gross = sum(means), sum(map(abs, means))
        for each, value, mean in zip(lines, values, means, strict=True):
            its = unit if each.added else self._unit(each, self._unit(branch, unit))
            if each.sharing in ("sum", "whole"):
                share = mean / total if abs(total) > CANCELLED * gross else None
                weight = abs(mean) / gross if gross else 0.0
            else:
                share = self._follows(each)
                weight = min(1.0, abs(share or 0.0))
            path = None if value is rest else self._path(each)
            found.append(Told(each, value, its, share, weight, path))
            found += self._below(each, value, its)
        return found

    def _rest(self, branch: Branch, samples: Array, values: Sequence[Array]) -> Array | None:
        """What limits add to a stock, beyond what flows."""
        limited = any(s.name == branch.label and (s.low, s.high) != (None, None) for s in self.system.stocks)
        if branch.kind != "stock" or not limited or not values or branch.throughout:
            return None
        apart: Array = samples - np.sum(values, axis=0)
        return apart if np.max(np.abs(apart)) > 1e-6 * np.max(np.abs(samples), initial=1e-300) else None

    def _unit(self, branch: Branch, otherwise: Unit) -> Unit:
        if branch.kind in ("term", "constant"):
            return otherwise
        return self.system.clock.unit if branch.kind == "time" else self.system.unit_of(branch.label)

    def _samples(self, branch: Branch, *, top: bool = False) -> Array:
        """What it comes to, with its sign (n,)."""
        value = self._read(self.probes.reading(branch.value, added=branch.added and not top), branch)
        return -value if branch.negative else value

    def _read(self, name: str, branch: Branch) -> Array:
        path = np.asarray(self.paths[name], dtype=float)
        if branch.initial:
            return path[:, 0]
        if branch.throughout and not branch.added and self.step > 0:
            return np.asarray(np.mean(path[:, : self.step], axis=1))
        return path[:, self.step]

    def _path(self, branch: Branch) -> Array | None:
        if not branch.added:
            return None
        path = np.mean(np.asarray(self.paths[self.probes.reading(branch.value, added=True)], dtype=float), axis=0)
        return np.asarray(-path if branch.negative else path)

    def _follows(self, branch: Branch) -> float | None:
        """By how many times as much in per cent the line above changes with it."""
        if branch.sharing != "slope" or branch.above is None:
            return None
        now, then = (
            float(np.mean(self._read(self.probes.reading(expression), branch)))
            for expression in (branch.above, scaled(branch.above, branch.label))
        )
        if now * then > 0:
            return float(np.log(then / now) / np.log(MORE))
        return 0.0 if then == now else None
