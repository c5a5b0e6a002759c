"""What each mechanism or lever made of leverage, as tables and charts; `difference` has the words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from leverwise.ask.answer import Chart, Estimate, Row
from leverwise.ask.charts import Array
from leverwise.ask.coalitions import Parts, Players
from leverwise.ask.leverage import ROUNDING
from leverwise.ask.numbers import known, standard_error, summary
from leverwise.ask.shapley import pairs
from leverwise.ask.words import number, spoken
from leverwise.lang.system import System

ORDERS = "orders of magnitude"
UP, DOWN = "\u00d7", "\u00f7"
"""The signs for multiplying and dividing."""
SEEN = float(np.log10(1.05))
"""A factor nearer to one is not worth a word."""


@dataclass(frozen=True)
class Made:
    """What one player made: its share of the orders of magnitude, and what it makes by itself."""

    name: str
    levers: tuple[str, ...]
    shapley: Estimate
    own: float

    @property
    def called(self) -> str:
        """Its name in a sentence."""
        return spoken(self.name)

    @property
    def borrowed(self) -> bool:
        """Whether most of it comes of what others are there."""
        return self.shapley.mean > 2 * max(self.own, 0.0)


@dataclass(frozen=True)
class Together:
    """What two players do for each other, beyond what each does by itself."""

    first: str
    second: str
    value: Estimate
    in_impact: Estimate

    @property
    def called(self) -> str:
        """Both names."""
        return f"{spoken(self.first)} and {spoken(self.second)}"

    @property
    def sure(self) -> bool:
        """Whether it is worth a word."""
        return abs(self.value.mean) >= max(SEEN, 2 * self.value.se)


@dataclass(frozen=True)
class Found:
    """The parts of leverage, of the samples that count, and what they are parts of."""

    system: System
    mechanisms: Mapping[str, str]
    players: Players
    parts: Parts
    total: float
    """Orders of magnitude that all make together."""
    single: bool
    """Whether players are levers."""

    @property
    def several(self) -> bool:
        """Whether some mechanism has several levers in use."""
        return not self.single and any(len(levers) > 1 for levers in self.players.levers.values())

    @cached_property
    def made(self) -> list[Made]:
        """What each player made, the most first."""
        found = [
            Made(name, levers, summary(self.parts.shapley[k], ORDERS), float(np.mean(self.parts.own[k])))
            for k, (name, levers) in enumerate(self.players.levers.items())
        ]
        return sorted(found, key=lambda one: -one.shapley.mean)

    @cached_property
    def together(self) -> list[Together]:
        """What every two do for each other, the most first."""
        values, in_impact = self.parts.interactions, self.parts.in_impact
        if values is None or in_impact is None:
            return []
        names, unit = list(self.players.levers), self.system.impact_unit
        found = [
            Together(names[a], names[b], _mean(values[k], ORDERS), _mean(in_impact[k] / unit.factor, unit.text))
            for k, (a, b) in enumerate(pairs(len(names)))
        ]
        return sorted(found, key=lambda one: -one.value.mean)

    def tables(self) -> dict[str, Sequence[Row]]:
        """`shares`, with those that do nothing at the end, and `interactions`."""
        shares = [self._share(one.name, one.levers, one.shapley, one.own) for one in self.made]
        nothing = known(0.0, ORDERS)
        shares += [self._share(name, levers, nothing, 0.0) for name, levers in self.idle.items()]
        interactions = [
            {
                "a": one.first,
                "b": one.second,
                "value": one.value.mean,
                "se": one.value.se,
                "low": one.value.p5,
                "high": one.value.p95,
                "times": times(one.value.mean),
                "impact": one.in_impact.mean,
                "impact_se": one.in_impact.se,
                "unit": one.in_impact.unit,
            }
            for one in self.together
        ]
        return {"shares": shares, "interactions": interactions}

    @cached_property
    def idle(self) -> dict[str, tuple[str, ...]]:
        """Mechanisms (or levers) that do nothing, and the levers of each."""
        groups: dict[str, tuple[str, ...]] = {}
        for lever in self.players.idle:
            name = lever if self.single else self.mechanisms[lever] or lever
            groups[name] = (*groups.get(name, ()), lever)
        return {name: levers for name, levers in groups.items() if name not in self.players.levers}

    def _share(self, name: str, levers: tuple[str, ...], shapley: Estimate, own: float) -> Row:
        error = known(shapley.mean, ORDERS, shapley.se)
        named = {"lever": name} if self.single else {"levers": ", ".join(map(spoken, levers))}
        return {
            "mechanism": (self.mechanisms[name] or name) if self.single else name,
            **named,
            "shapley": shapley.mean,
            "se": shapley.se,
            "low": error.p5,
            "high": error.p95,
            "share": shapley.mean / self.total if abs(self.total) > ROUNDING else None,
            "times": times(shapley.mean),
            "by_itself": own,
            "p5": shapley.p5,
            "p95": shapley.p95,
        }

    def charts(self) -> list[Chart]:
        """The way from alone to all levers, and who does how much for whom."""
        what = "lever" if self.single else "mechanism"
        found = []
        if self.made:
            title = "what made the difference"
            caption = (
                f"From alone to what all make together: what each {what} multiplies impact by, on average over every "
                "order of switching on."
            )
            y = "times alone"
            found.append(Chart("difference", "waterfall", title, caption, self._steps(), "", y))
        if self.together:
            caption = (
                f"In orders of magnitude: on the diagonal what a {what} makes by itself, elsewhere what two make "
                "together beyond what they make apart."
            )
            rows = self._cells()
            found.append(Chart("matrix", "matrix", "by itself, and with each other", caption, rows, "", ORDERS))
        return found

    def _steps(self) -> list[Row]:
        rows: list[Row] = [{"label": "alone", "value": 0.0, "start": 1.0, "end": 1.0, "total": True, "text": "1"}]
        at = 0.0
        for one in self.made:
            ends = {"start": times(at), "end": times(at + one.shapley.mean)}
            text = _sign(one.shapley.mean)
            rows.append({"label": one.called, "value": one.shapley.mean, **ends, "total": False, "text": text})
            at += one.shapley.mean
        ends = {"start": 1.0, "end": times(self.total)}
        text = _sign(self.total)
        rows.append({"label": "all together", "value": self.total, **ends, "total": True, "text": text})
        return rows

    def _cells(self) -> list[Row]:
        names = [one.name for one in self.made]
        values = {(one.name, one.name): one.own for one in self.made}
        for one in self.together:
            values[one.first, one.second] = values[one.second, one.first] = one.value.mean
        return [
            {"label": spoken(a), "series": spoken(b), "value": values[a, b], "own": a == b}
            for a in names
            for b in names
        ]


def _mean(samples: Array, unit: str) -> Estimate:
    """A mean over samples, and the interval of its error."""
    return known(float(np.mean(samples)), unit, standard_error(samples))


def times(orders: float) -> float:
    """The factor that orders of magnitude are."""
    return float(10.0**orders)


def _sign(orders: float) -> str:
    """A factor to write at a bar, with the sign for multiplying or dividing."""
    return f"{UP if orders >= 0 else DOWN}{number(times(abs(orders)))}"
