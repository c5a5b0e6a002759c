"""Pictures of which input matters: shares, a tornado, points with a running mean, and shares over time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from leverwise.ask.answer import Chart, Row
from leverwise.ask.charts import Array, axis, layered_rows, time_axis
from leverwise.ask.measuring import Measured, ordered
from leverwise.ask.scenarios import inputs_of
from leverwise.ask.swaps import Input
from leverwise.ask.words import bare, listing, spoken
from leverwise.lang.system import System

TENTH = 0.1
"""The share of the samples in which an input is called low, or high: around its 5 and 95 % points."""
BARS, SCATTERS, LAYERS = 10, 3, 6
"""The most inputs in bars and the tornado, with a chart of points, and in shares over time."""
SEEN = 0.005
"""Inputs with a smaller total are left out of pictures."""
POINTS, PLACES = 600, 40
"""Points of a scatter, and places of its running mean."""
ITSELF, WITH = "by itself", "with others"
OTHERS, TOGETHER = "other inputs", "inputs together"


def tornado(found: Measured, system: System) -> list[Row]:
    """What comes on average where each input is low (its lowest tenth), and where it is high; widest first.

    All other inputs vary as they do, those correlated with it along with it. In display units.
    """
    inputs, rows = inputs_of(system), list[Row]()
    for each in _drawn(found):
        assert each.row is not None
        value = inputs[each.row]
        x, y = _known(found, each.row)
        low, high = _ends(x)
        if low.any() and high.any():
            rows.append(
                {
                    "input": each.name,
                    "low": float(np.median(x[low])) / value.unit.factor,
                    "high": float(np.median(x[high])) / value.unit.factor,
                    "unit": value.unit.text,
                    "at_low": float(np.mean(y[low])),
                    "at_high": float(np.mean(y[high])),
                }
            )
    return sorted(rows, key=lambda row: -abs(row["at_high"] - row["at_low"]))[:BARS]


def charts(found: Measured, system: System, rows: Mapping[str, Sequence[Row]]) -> list[Chart]:
    """All of them, from the rows of the answer's tables."""
    made = [_shares(rows.get("indices_log10", rows["indices"]), found)]
    if rows["tornado"]:
        made.append(_swings(rows["tornado"], found))
    made += [_points(each, found, system) for each in _drawn(found)[:SCATTERS]]
    if len(found.output.steps) > 1:
        made.append(_layers(found, system))
    return made


def _drawn(found: Measured) -> list[Input]:
    """Inputs that matter and are drawn, the largest total first."""
    place = found.main if found.by_orders is None else found.by_orders
    return [
        each
        for each in ordered(found.swaps.inputs, found, place)
        if each.row is not None and found.total(each.total).value[place] >= SEEN
    ]


def _known(found: Measured, row: int) -> tuple[Array, Array]:
    """An input in base units and the output, where that is a number."""
    finite = np.isfinite(found.values)
    return found.draws[row][finite], found.values[finite]


def _ends(x: Array) -> tuple[Array, Array]:
    """In which samples an input is in its lowest, and in its highest tenth; of a few values, the least and the most."""
    least, most = np.quantile(x, (TENTH, 1 - TENTH))
    low = x < least if least == np.max(x) else x <= least
    high = x > most if most == np.min(x) else x >= most
    return np.asarray(low), np.asarray(high)


def _shares(rows: Sequence[Row], found: Measured) -> Chart:
    """First and total indices as bars."""
    shown = [row for row in rows if row["total"] >= SEEN][:BARS]
    bars: list[Row] = [
        {
            "label": spoken(row["input"]),
            "series": series,
            "value": 100 * row[key],
            "low": 100 * row[f"{key}_low"],
            "high": 100 * row[f"{key}_high"],
        }
        for row in shown
        for series, key in ((ITSELF, "first"), (WITH, "total"))
    ]
    orders = "" if found.by_orders is None else "the order of magnitude of "
    caption = (
        f"Share of the variance of {orders}{found.output.words} that goes with each input, by itself and together with "
        "others; thin lines: 5 to 95 % of bootstrap replicates."
    )
    name = "indices_log10" if orders else "indices"
    return Chart(name, "bars", "what the spread comes from", caption, bars, "", axis("share of the variance", "%"))


def _swings(rows: Sequence[Row], found: Measured) -> Chart:
    """The tornado."""
    middle = float(np.mean(found.told))
    bars: list[Row] = [
        {
            "label": spoken(row["input"]),
            "start": row["at_low"],
            "end": row["at_high"],
            "from": bare(row["low"], row["unit"]),
            "to": bare(row["high"], row["unit"]),
            "middle": middle,
        }
        for row in rows
    ]
    caption = (
        f"Mean of {found.output.words} where an input is low (about its 5 % point) and high (95 %), all others varying."
    )
    title = f"how far each input moves {found.output.words}"
    return Chart("tornado", "tornado", title, caption, bars, "", axis(found.output.words, found.output.unit))


def _points(each: Input, found: Measured, system: System) -> Chart:
    """The output against one input, and its running mean (or median) over a tenth of the samples."""
    assert each.row is not None
    unit = inputs_of(system)[each.row].unit
    x, y = _known(found, each.row)
    order = np.argsort(x, kind="stable")
    window = max(1, int(TENTH * len(x)))
    starts = np.unique(np.linspace(0, len(x) - window, PLACES).astype(int))
    kind, middle = ("mean", np.mean) if found.by_orders is None else ("median", np.median)
    places = [order[start : start + window] for start in starts]
    shown = zip(x[:POINTS], y[:POINTS], strict=True)
    rows: list[Row] = [{"at": float(a / unit.factor), "value": float(b)} for a, b in shown]
    rows += [{"at": float(np.mean(x[p]) / unit.factor), "middle": float(middle(y[p]))} for p in places]
    name = spoken(each.name)
    words = found.output.words[:1].upper() + found.output.words[1:]
    caption = f"{words} in single samples against {name}; line: running {kind}."
    title = f"{found.output.words} by {name}"
    y_axis = axis(found.output.words, found.output.unit)
    return Chart(f"by_{each.name}", "scatter", title, caption, rows, axis(name, unit.text), y_axis)


def _layers(found: Measured, system: System) -> Chart:
    """First-order indices over time, stacked, and what is left for inputs acting together.

    Correlated inputs make one layer, so that layers are independent and add up to 100 % at most.
    """
    times = found.output.times(system)
    before = 0 if found.by_orders is None else len(times)
    shown = [before + place for place in range(len(times)) if found.shown(before + place)]
    grouped = {name for group in found.swaps.groups for name in group.names}
    tables = {spoken(each.name): each.first for each in found.swaps.inputs if each.name not in grouped}
    tables |= {listing([spoken(name) for name in group.names], LAYERS): group.whole for group in found.swaps.groups}
    firsts = {name: np.maximum(found.first(table).value[shown], 0.0) for name, table in tables.items()}
    names = sorted(firsts, key=lambda name: -float(np.mean(firsts[name])))
    layers = {name: 100 * firsts[name] for name in names[:LAYERS]}
    if names[LAYERS:]:
        layers[OTHERS] = 100 * np.sum([firsts[name] for name in names[LAYERS:]], axis=0)
    layers[TOGETHER] = np.maximum(100 - np.sum(list(layers.values()), axis=0), 0.0)
    orders = "" if found.by_orders is None else "the order of magnitude of "
    caption = (
        f"Share of the variance of {orders}{spoken(found.output.name)}, time by time, that goes with each input by "
        "itself; what is below 0 by chance is drawn as 0."
    )
    title = "what the spread comes from, over time"
    rows = layered_rows([times[place - before] for place in shown], layers)
    y_axis = axis("share of the variance", "%")
    return Chart("shares_over_time", "area", title, caption, rows, time_axis(system.clock), y_axis)
