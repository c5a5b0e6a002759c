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
from leverwise.ask.scale import Scale
from leverwise.ask.shapley import pairs
from leverwise.ask.words import quantity, spoken
from leverwise.lang.system import System


@dataclass(frozen=True)
class Made:
    """What one player made: its part of the difference, and what it makes by itself."""

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
    in_impact: Estimate | None

    @property
    def called(self) -> str:
        """Both names."""
        return f"{spoken(self.first)} and {spoken(self.second)}"

    def surely(self, least: float) -> bool:
        """Whether it is more than so much, and more than chance."""
        return abs(self.value.mean) >= max(least, 2 * self.value.se)


@dataclass(frozen=True)
class Found:
    """The parts of a difference, of the samples that count, and what they are parts of."""

    system: System
    mechanisms: Mapping[str, str]
    players: Players
    scale: Scale
    parts: Parts
    """In the unit of the scale."""
    in_impact: Parts | None
    """The same in the unit of impact, if they are orders of magnitude and all combinations were run."""
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
            Made(name, levers, summary(self.parts.shapley[k], self.scale.unit), float(np.mean(self.parts.own[k])))
            for k, (name, levers) in enumerate(self.players.levers.items())
        ]
        return sorted(found, key=lambda one: -one.shapley.mean)

    @cached_property
    def together(self) -> list[Together]:
        """What every two do for each other, the most first."""
        names, values = list(self.players.levers), self.parts.interactions
        if values is None:
            return []
        in_impact = None if self.in_impact is None else self.in_impact.interactions
        found = []
        for k, (a, b) in enumerate(pairs(len(names))):
            other = None if in_impact is None else _mean(in_impact[k], self.system.impact_unit.text)
            found.append(Together(names[a], names[b], _mean(values[k], self.scale.unit), other))
        return sorted(found, key=lambda one: -one.value.mean)

    def tables(self) -> dict[str, Sequence[Row]]:
        """`shares`, with those that do nothing at the end, and `interactions`."""
        shares = [self._share(one.name, one.levers, one.shapley, one.own) for one in self.made]
        nothing = known(0.0, self.scale.unit)
        shares += [self._share(name, levers, nothing, 0.0) for name, levers in self.idle.items()]
        return {"shares": shares, "interactions": [self._pair(one) for one in self.together]}

    def _pair(self, one: Together) -> Row:
        row: Row = {
            "a": one.first,
            "b": one.second,
            "value": one.value.mean,
            "unit": self.scale.unit,
            "se": one.value.se,
            "low": one.value.p5,
            "high": one.value.p95,
            "times": self.scale.times(one.value.mean),
        }
        impact = one.in_impact
        return row if impact is None else {**row, "impact": impact.mean, "impact_se": impact.se}

    @cached_property
    def idle(self) -> dict[str, tuple[str, ...]]:
        """Mechanisms (or levers) that do nothing, and the levers of each."""
        groups: dict[str, tuple[str, ...]] = {}
        for lever in self.players.idle:
            name = lever if self.single else self.mechanisms[lever] or lever
            groups[name] = (*groups.get(name, ()), lever)
        return {name: levers for name, levers in groups.items() if name not in self.players.levers}

    def _share(self, name: str, levers: tuple[str, ...], shapley: Estimate, own: float) -> Row:
        error, total = known(shapley.mean, self.scale.unit, shapley.se), self.scale.total
        named = {"lever": name} if self.single else {"levers": ", ".join(map(spoken, levers))}
        return {
            "mechanism": (self.mechanisms[name] or name) if self.single else name,
            **named,
            "shapley": shapley.mean,
            "unit": self.scale.unit,
            "se": shapley.se,
            "low": error.p5,
            "high": error.p95,
            "share": shapley.mean / total if abs(total) > ROUNDING else None,
            "times": self.scale.times(shapley.mean),
            "by_itself": own,
            "p5": shapley.p5,
            "p95": shapley.p95,
        }

    def charts(self) -> list[Chart]:
        """The way from alone to all levers, and who does how much for whom."""
        what = "lever" if self.single else "mechanism"
        found = []
        if self.made:
            does = "multiplies impact by" if self.scale.orders else "adds to impact"
            caption = (
                f"From alone to what all make together: what each {what} {does}, on average over every order of "
                "switching on."
            )
            rows = self._steps()
            found.append(
                Chart("difference", "waterfall", "what made the difference", caption, rows, "", self.scale.axis)
            )
        if self.together:
            unit = self.scale.unit
            caption = (
                f"In {unit or 'impact'}: on the diagonal what a {what} makes by itself, elsewhere what two make "
                "together beyond what they make apart."
            )
            found.append(Chart("matrix", "matrix", "by itself, and with each other", caption, self._cells(), "", unit))
        return found

    def _steps(self) -> list[Row]:
        scale, at = self.scale, 0.0
        first = "1" if scale.orders else quantity(scale.alone, scale.unit)
        last = scale.signed(scale.total) if scale.orders else quantity(scale.place(scale.total), scale.unit)
        rows = [self._step("alone", 0.0, 0.0, first, total=True)]
        for one in self.made:
            rows.append(self._step(one.called, at, one.shapley.mean, scale.signed(one.shapley.mean)))
            at += one.shapley.mean
        return [*rows, self._step("all together", 0.0, scale.total, last, total=True)]

    def _step(self, label: str, at: float, part: float, text: str, *, total: bool = False) -> Row:
        ends = {"start": self.scale.place(at), "end": self.scale.place(at + part)}
        if total and not self.scale.orders:
            ends["start"] = 0.0
        return {"label": label, "value": part, **ends, "log": self.scale.orders, "total": total, "text": text}

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
