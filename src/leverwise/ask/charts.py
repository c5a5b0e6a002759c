"""Rows for charts out of arrays: fans, stacked areas and steps, in display units."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from leverwise.ask.answer import Chart, Row
from leverwise.engine.fans import Fan
from leverwise.lang.system import Clock, Unit

Array = NDArray[np.float64]
PROBABILITY = "probability"
"""The title of an axis of shares that are written in per cent."""


def axis(name: str, unit: str) -> str:
    """An axis title: name and unit."""
    return f"{name} ({unit})" if unit else name


def time_axis(clock: Clock) -> str:
    """The title of a time axis."""
    return axis("time", clock.unit.text)


def shown_times(clock: Clock, times: Array) -> list[float]:
    """Times in the clock's unit."""
    return [float(time) for time in np.asarray(times) / clock.unit.factor]


def fan_rows(times: Sequence[float], fan: Fan, unit: Unit, series: str = "") -> list[Row]:
    """One row per time: 5, 25, 50, 75 and 95 %."""
    columns = [np.asarray(part) / unit.factor for part in (fan.p5, fan.p25, fan.p50, fan.p75, fan.p95)]
    label = {"series": series} if series else {}
    keys = ("low", "lower", "middle", "upper", "high")
    return [
        {"time": time, **{key: float(column[k]) for key, column in zip(keys, columns, strict=True)}, **label}
        for k, time in enumerate(times)
    ]


def layered_rows(times: Sequence[float], layers: Mapping[str, Array]) -> list[Row]:
    """One row per time and series, for areas, lines and steps."""
    return [
        {"time": time, "series": name, "value": float(values[k])}
        for name, values in layers.items()
        for k, time in enumerate(times)
    ]


def fan_chart(name: str, title: str, caption: str, rows: Sequence[Row], clock: Clock, unit: str) -> Chart:
    """A fan chart over time, in which the end of the horizon is marked if a tail follows."""
    until = clock.steps * clock.step / clock.unit.factor if clock.tail else None
    return Chart(name, "fan", title, caption, rows, time_axis(clock), axis(title, unit), until)
