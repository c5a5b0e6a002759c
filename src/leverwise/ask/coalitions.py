"""What every combination of levers makes, on the same draws: mechanisms (or levers) on and off, as batches of rows.

Levers of one mechanism are one player, unless levers are asked for. Those that do nothing here are no players: nothing
is decided for them, and switching them off changes no sample, beside all others nor by themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from leverwise.ask.charts import Array
from leverwise.ask.leverage import ROUNDING
from leverwise.ask.schedules import slots
from leverwise.ask.shapley import interaction_weights, members, sampled, shapley_weights
from leverwise.engine.sobol import SCRAMBLINGS

if TYPE_CHECKING:
    from leverwise.ask.model import Model

ROWS = 1 << 18
"""Runs that are made if nothing else is asked for: more players mean fewer samples of each combination."""
MOST, FEWEST = 4096, 256
"""The most and the fewest samples of each combination then."""
EXACT = 12
"""With more players than this not all combinations are run, but those along orders that are drawn."""
BATCH = 4096
"""Rows that are run at a time."""
PROBED = 512
"""Samples on which a lever is seen to change nothing."""


@dataclass(frozen=True)
class Players:
    """Who may have made the difference: names, and the levers of each; and levers that do nothing here."""

    levers: Mapping[str, tuple[str, ...]]
    idle: tuple[str, ...]

    @property
    def exact(self) -> bool:
        """Whether all their combinations are run."""
        return len(self.levers) <= EXACT

    def samples(self, asked: int | None) -> int:
        """How many samples are run of each combination."""
        if asked is not None:
            return asked
        combinations = 1 << len(self.levers) if self.exact else 3 * len(self.levers)
        return int(np.clip(ROWS // combinations // SCRAMBLINGS * SCRAMBLINGS, FEWEST, MOST))


class Runs:
    """Impact of the same samples under any combination of levers."""

    def __init__(self, model: Model, decisions: Array, samples: int, seed: int) -> None:
        self.engine, self.decisions, self.samples, self.seed = model.engine, decisions, samples, seed
        self.switches = tuple(model.system.switches)
        self.draws, self.index = np.asarray(self.engine.draws(0, samples, seed)), np.arange(samples)

    def measures(self, on: Any) -> Array:
        """(measures, k, n) with the levers that are on, (levers, k), the same in all samples, or (levers, k, n)."""
        levers, count = on.shape[:2]
        table = np.broadcast_to(on[..., None], (levers, count, self.samples)) if on.ndim == 2 else on
        found = self.engine.measures(
            np.tile(self.draws, count),
            np.tile(self.index, count),
            self.decisions,
            np.ascontiguousarray(table.reshape(levers, -1), float),
            seed=self.seed,
        )
        return np.reshape(np.asarray(found, float), (-1, count, self.samples))

    def impact(self, on: Any) -> Array:
        """(k, n) impact with the levers that are on."""
        return np.asarray(self.measures(on)[0])

    def just(self, levers: Sequence[str]) -> Any:
        """(levers, 1) with these levers on."""
        return np.array([[name in levers] for name in self.switches], bool)


def players_of(model: Model, decisions: Array, seed: int, *, single: bool) -> Players:
    """The mechanisms (or, `single`, the levers) in use under these decisions."""
    idle = _idle(model, Runs(model, decisions, PROBED, seed))
    groups: dict[str, tuple[str, ...]] = {}
    for lever, mechanism in model.levers.items():
        if lever not in idle:
            name = lever if single else mechanism or lever
            groups[name] = (*groups.get(name, ()), lever)
    return Players(groups, idle)


def _idle(model: Model, runs: Runs) -> tuple[str, ...]:
    places = slots(model.system)
    decided = {d.switch for d in model.system.decisions if d.switch and np.any(runs.decisions[places[d.name]])}
    asked = [lever for lever in model.levers if lever not in decided]
    if not asked:
        return ()
    every, nobody = np.ones((len(runs.switches), 1), bool), np.zeros((len(runs.switches), 1), bool)
    both = runs.impact(np.hstack([every, nobody]))

    def changes(lever: str) -> bool:
        its = runs.just([lever])
        found = runs.impact(np.hstack([every & ~its, its]))
        return bool(np.any(np.abs(found - both) > ROUNDING * np.abs(both)))

    return tuple(lever for lever in asked if not changes(lever))


@dataclass(frozen=True)
class Parts:
    """What each player made, sample by sample, and what every two made together."""

    shapley: Array
    """(m, n); NaN where some combination has no value."""
    own: Array
    """(m, n) by itself."""
    interactions: Array | None
    """(pairs, n); None where not all combinations were run."""

    @property
    def counted(self) -> Any:
        """(n,) samples in which every combination that was run has a value."""
        return np.all(np.isfinite(self.shapley) & np.isfinite(self.own), axis=0)

    def of(self, samples: Any, unit: float = 1.0) -> Parts:
        """The same of some of the samples, in a unit."""
        pairs = None if self.interactions is None else self.interactions[:, samples] / unit
        return Parts(self.shapley[:, samples] / unit, self.own[:, samples] / unit, pairs)


class _Sums:
    """Parts, summed up as the values of coalitions come in."""

    def __init__(self, players: int, samples: int) -> None:
        self.shapley, self.pairs = shapley_weights(players), interaction_weights(players)
        self.made, self.own = np.zeros((players, samples)), np.zeros((players, samples))
        self.together = np.zeros((len(self.pairs), samples))

    def add(self, coalitions: Sequence[int], values: Array) -> None:
        """Take the values (k, n) of some coalitions, over that of nobody."""
        self.made += self.shapley[:, coalitions] @ values
        self.together += self.pairs[:, coalitions] @ values
        for value, coalition in zip(values, coalitions, strict=True):
            if coalition.bit_count() == 1:
                self.own[coalition.bit_length() - 1] = value

    @property
    def parts(self) -> Parts:
        """Once all have come."""
        return Parts(self.made, self.own, self.together)


def parts_of(
    runs: Runs, players: Players, alone: Array, every: Array, told: Callable[[float], object]
) -> tuple[Parts, Parts | None]:
    """The parts of log10 of impact over `alone` (n,), and those of impact itself (base units).

    With all levers on impact is `every` (n,). `told` is given the share done. Where not all combinations are run, there
    are no parts of impact itself.
    """
    groups = list(players.levers.values())
    count, samples = len(groups), len(alone)
    belongs = np.array([[lever in group for group in groups] for lever in runs.switches], int)

    def log(impact: Array) -> Array:
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = np.where((impact > 0) & (alone > 0), impact / alone, np.nan)
        return np.log10(np.where(np.abs(ratio - 1) < ROUNDING, 1.0, ratio))

    if not players.exact:

        def value(within: Any) -> Array:
            return log(runs.impact((belongs @ within > 0)[:, None, :])[0])

        return Parts(*sampled(value, count, samples, runs.seed, told), None), None
    within, orders, amounts = members(count), _Sums(count, samples), _Sums(count, samples)
    last = (1 << count) - 1
    for some in _batches(1, last, max(1, BATCH // samples)):
        impact = runs.impact(belongs @ within[:, some] > 0)
        orders.add(some, log(impact))
        amounts.add(some, impact - alone)
        told(some[-1] / last)
    if last:
        orders.add([last], log(every[None]))
        amounts.add([last], every[None] - alone)
    return orders.parts, amounts.parts


def _batches(first: int, last: int, size: int) -> Iterator[list[int]]:
    for start in range(first, last, size):
        yield list(range(start, min(start + size, last)))
