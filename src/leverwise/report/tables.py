"""Tables as grids of text, the same for the terminal and the page: what to call a column, how to write a number.

The tables that the questions promise by name get headings of their own; any other table is shown as it is, with a
value and its interval in neighbouring columns (`x`, `x_low`, `x_high`) brought together.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from leverwise.ask.answer import Answer, Estimate, Row
from leverwise.ask.elasticity import UNSEEN
from leverwise.ask.resources import one_of
from leverwise.ask.words import MISSING, bare, in_number, interval, low_to_high, number, quantity, spoken
from leverwise.lang.system import System
from leverwise.report import choices, contributions, details, differences, explained, mapped, points, shares
from leverwise.report.grid import FAINT, Cell, Column, Grid, faint_of
from leverwise.report.numbers import citation, is_number, printable, sentence

NOTHING = "·"
WORTH = "value of "
"""The beginning of numbers that say what one more is worth."""
TITLES = {
    "bottlenecks": "What one more would be worth",
    "bottlenecks_over_time": "What one more would be worth, over time",
    "hours": "Where the hours go",
    "elasticities": "By how much impact grows with 1 % more, in %",
    "schedule": "The plan, period by period",
    "rules": "Rules, seen when a period opens",
    "adaptive_schedule": "The schedule that the rules change, period by period",
    "expected": "What the rules expect to see",
    "levers": "What each lever takes",
    "hours_by_use": "Where the hours go under the plan",
    "shadow_prices": "What loosening a limit by one would be worth",
    "indices": "What the spread comes from",
    "indices_over_time": "What the spread comes from, over time",
    **choices.TITLES,
    "frontier": "Point by point",
    "mix": "What each lever takes, point by point",
    "breaks": "What breaks, and how often",
    "boxes": "Where it breaks",
    "conditions": "The conditions, one by one",
    "regret": "What the plan loses against the best plan of each scenario",
    "assumptions": "What this rests on",
}
LABELS = {
    "evpi": "knowing everything, at most",
    "alone_impact": "impact, alone",
    "baseline_impact": "impact, doing nothing",
    "even_split_impact": "impact, even split",
    "log10_leverage": "leverage, orders of magnitude",
    "explained_one_by_one": "of the variance, inputs explain one by one",
    "cash_shadow_price": "one more dollar brings",
    "most_leverage": "leverage where it is largest",
    "least_leverage": "leverage where it is smallest",
    "last_dollar": "the last dollar brings",
    "bend": "what brings most of it",
    "share_at_bend": "share that this brings",
    "worst_tenth": "mean of the worst tenth",
    "careful_impact": "impact, most careful plan",
    "careful_worst_tenth": "mean of the worst tenth, most careful plan",
}
"""What to call numbers whose names alone say too little."""
EVEN = "Even split: the same money and hours, spread evenly over levers and time."
"""What the even split is, under a table that has it."""
IN_LABEL = ("log10_leverage",)
"""Numbers whose unit is in their label."""
STAFF_NOTE = (
    "People there are means over the samples and the period, and so seldom whole: hiring takes time, and people leave. "
    "Positions are aimed at: where they fall nobody is dismissed, but who leaves is not replaced."
)
WITHIN_OTHERS = ("staff",)
"""What stands in another table: the people there, beside the positions aimed at."""
LOOSENED = "Of a limit on every period: price is that in the period from start, where it is highest."
_INTERVALS = (("{}_low", "{}_high"), ("{}_p5", "{}_p95"))


def numbers(answer: Answer) -> Grid:
    """The numbers of an answer: mean, standard error, median, 5 to 95 %; only the value if nothing varies."""
    estimates = answer.numbers
    certain = all(estimate.p5 == estimate.p95 for estimate in estimates.values())
    columns = [Column("", numeric=False), Column("value" if certain else "mean")]
    if not certain:
        columns += [Column("median", optional=True), Column("± error", optional=True), Column("5 to 95 %")]
    rows = [_number_row(name, estimate, certain) for name, estimate in estimates.items()]
    notes = [] if certain else ["± error: the standard error of the mean."]
    notes += [EVEN] if "even_split_impact" in estimates else []
    return Grid("numbers", "Numbers", tuple(columns), tuple(rows), " ".join(notes))


def _number_row(name: str, estimate: Estimate, certain: bool) -> tuple[Cell, ...]:
    unit = "" if name in IN_LABEL else printable(estimate.unit)
    first = (_text(LABELS.get(name) or spoken(name)), Cell(quantity(estimate.mean, unit)))
    if certain:
        return first
    error, median = _spread(estimate)
    if estimate.sd == 0:  # one figure: there are no samples to have a median of
        return (*first, Cell(""), error, Cell(""))
    return (*first, median, error, Cell(interval(estimate.p5, estimate.p95, unit)))


def _spread(estimate: Estimate | None) -> tuple[Cell, Cell]:
    """The standard error of the mean, of which two digits say enough, and the median."""
    if estimate is None:
        return Cell(MISSING), Cell(MISSING)
    unit = printable(estimate.unit)
    dollar = "$" if unit.startswith("$") else ""
    return Cell(dollar + number(estimate.se, 2), quiet=True), Cell(bare(estimate.p50, unit))


def tables(answer: Answer) -> list[Grid]:
    """Every table of an answer that has rows, in order."""
    shown = {name: rows for name, rows in answer.rows.items() if rows and name not in WITHIN_OTHERS}
    if all(abs(float(row["elasticity"])) < UNSEEN for row in shown.get("elasticities", ())):
        shown.pop("elasticities", None)  # a note says so in words
    if all(float(row["evppi"]) <= 0 for row in shown.get("information", ())):
        shown.pop("information", None)  # so does a note
    return [_GRIDS.get(name, generic)(name, rows, answer) for name, rows in shown.items()]


def generic(name: str, rows: Sequence[Row], answer: Answer) -> Grid:
    """Any table: a column per key; value and interval in one place."""
    keys = list(dict.fromkeys(key for row in rows for key in row))
    numeric = {key: all(row.get(key) is None or is_number(row.get(key)) for row in rows) for key in keys}
    hidden, ranges = set[str](), dict[str, tuple[str, str]]()
    for key in keys:
        for low, high in _INTERVALS:
            stem = key.removesuffix("_mean")
            if low.format(stem) in keys and high.format(stem) in keys:
                ranges[key] = (low.format(stem), high.format(stem))
                hidden |= set(ranges[key])
    columns: list[Column] = []
    for key in keys:
        if key not in hidden:
            columns.append(Column(spoken(key.removesuffix("_mean")), numeric=numeric[key]))
            columns += [Column("5 to 95 %")] if key in ranges else []
    cells = [_generic_row(row, [key for key in keys if key not in hidden], ranges) for row in rows]
    return Grid(name, _title(name), tuple(columns), tuple(cells))


def _generic_row(row: Row, keys: Sequence[str], ranges: Mapping[str, tuple[str, str]]) -> tuple[Cell, ...]:
    cells: list[Cell] = []
    for key in keys:
        cells.append(Cell(any_value(row.get(key))))
        if key in ranges:
            low, high = ranges[key]
            cells.append(Cell(low_to_high(row.get(low), row.get(high))))
    return tuple(cells)


def any_value(value: Any) -> str:
    """A value of any kind as a person reads it."""
    if value is None:
        return MISSING
    if isinstance(value, bool) or type(value).__name__ == "bool":
        return "yes" if value else "no"
    return number(value) if is_number(value) else printable(str(value))


def assumptions(system: System) -> Grid:
    """Every number that a model rests on, as written: those that the author did not give come first."""
    titles = ("number", "value", "from", "meaning")
    columns = tuple(Column(title, numeric=False, words=title in ("value", "meaning")) for title in titles)
    rows = []
    for value in sorted(system.values, key=lambda value: not value.origin.default):
        origin = value.origin
        known = Cell("default" if origin.default else "author", quiet=not origin.default)
        source = f"({citation(origin.source)})" if origin.source else ""
        meaning = " ".join(filter(None, (origin.about, source)))
        rows.append((_text(value.name), _text(value.text), known, Cell(printable(meaning))))
    return Grid("assumptions", _title("assumptions"), columns, tuple(rows))


def _bottlenecks(name: str, rows: Sequence[Row], answer: Answer) -> Grid:
    worth = _impact_unit(answer)
    told = [_told(answer, _one(row)) for row in rows]
    known = any(estimate and estimate.sd > 0 for estimate in told)
    within = [interval(row.get("marginal_p5"), row.get("marginal_p95"), worth) for row in rows]
    columns = [
        Column("one more", numeric=False),
        Column("is worth" + _in(worth)),
        *([Column("5 to 95 %", optional=True)] if any(within) else []),
        *([Column("median", optional=True), Column("± error", optional=True)] if known else []),
        Column("chance it binds", numeric=False),
    ]
    cells = [
        (
            _text(_one(row)),
            Cell(bare(row.get("marginal_mean"), worth)),
            *([Cell(spread)] if any(within) else []),
            *(reversed(_spread(estimate)) if known else ()),
            _chance(row.get("binding_probability")),
        )
        for row, estimate, spread in zip(rows, told, within, strict=True)
    ]
    faint = frozenset(k for k, row in enumerate(rows) if _is_faint(row, rows))
    return Grid(name, _title(name), tuple(columns), tuple(cells), "", faint, "would bring next to nothing")


def _one(row: Row) -> str:
    return one_of(str(row.get("resource")), str(row.get("unit") or ""))


def _told(answer: Answer, one: str) -> Estimate | None:
    """The number of the answer that says what one more is worth."""
    found = (answer.numbers.get(f"{WORTH}one more {one}{rest}") for rest in ("", " throughout"))
    return next((estimate for estimate in found if estimate), None)


def _is_faint(row: Row, rows: Sequence[Row]) -> bool:
    """True if it never binds, and is worth nothing, or little beside another resource in the same unit."""
    if row.get("binding_probability"):
        return False
    alike = [_size(other) for other in rows if other.get("unit") == row.get("unit")]
    return number(_size(row)) == "0" or _size(row) <= FAINT * max(alike)


def _size(row: Row) -> float:
    keys = ("marginal_mean", "marginal_p5", "marginal_p95")
    return max(abs(float(row[key])) for key in keys) if all(is_number(row.get(key)) for key in keys) else math.inf


def _in(unit: str) -> str:
    return f" ({in_number(unit, one=False)})" if unit else ""


def _hours(name: str, rows: Sequence[Row], answer: Answer) -> Grid:
    most = max((abs(float(row["hours"])) for row in rows if is_number(row.get("hours"))), default=0.0)
    worth = _impact_unit(answer)
    columns = (
        Column("use", numeric=False),
        Column("hours/month", numeric=False),
        Column("worth of an hour moved to the best use" + _in(worth)),
    )
    cells = [
        (
            _text(row.get("use")),
            Cell(number(row.get("hours")), share=_part(row.get("hours"), most)),
            Cell(bare(row.get("value_per_hour"), worth)),
        )
        for row in rows
    ]
    faint = faint_of([row.get("hours") for row in rows])
    return Grid(name, _title(name), columns, tuple(cells), "", faint, "take next to no time")


def _levers(name: str, rows: Sequence[Row], answer: Answer) -> Grid:
    columns = (
        Column("lever", numeric=False),
        Column("mechanism", numeric=False, optional=True),
        Column("spending"),
        Column("hours"),
    )
    cells = [
        (
            _text(spoken(str(row.get("lever")))),
            _text(row.get("mechanism")),
            _zero(row.get("spending"), "$"),
            _zero(row.get("hours"), ""),
        )
        for row in rows
    ]
    faint = faint_of([row.get("spending") for row in rows]) & faint_of([row.get("hours") for row in rows])
    return Grid(name, _title(name), columns, tuple(cells), "", faint, "take next to nothing")


def _uses(name: str, rows: Sequence[Row], answer: Answer) -> Grid:
    faint = faint_of([row.get("hours") for row in rows])
    return replace(generic(name, rows, answer), faint=faint, aside="take next to no time")


def _elasticities(name: str, rows: Sequence[Row], answer: Answer) -> Grid:
    return replace(generic(name, rows, answer), faint=faint_of([row.get("elasticity") for row in rows]))


def _prices(name: str, rows: Sequence[Row], answer: Answer) -> Grid:
    """Limits of which one more is worth nothing; what is small beside another may still be much for a dollar."""
    still = frozenset(k for k, row in enumerate(rows) if row.get("price") == 0)
    note = LOOSENED if any(row.get("start") is not None for row in rows) else ""
    return replace(generic(name, rows, answer), faint=still, aside="are not in the way", note=note)


def _schedule(name: str, rows: Sequence[Row], answer: Answer) -> Grid:
    starts = sorted({float(row["start"]) for row in rows})
    found: dict[tuple[str, str], dict[float, Any]] = {}
    for row in rows:
        key = (decision_label(row), printable(str(row.get("unit") or "")))
        found.setdefault(key, {})[float(row["start"])] = row.get("value")
    used = {key: values for key, values in found.items() if any(values.values())}
    unused = [key[0] for key in found if key not in used]
    unit = printable(answer.units.get("time", ""))
    columns = [Column(f"from {unit}" if unit else "from", numeric=False), Column("", numeric=False, optional=True)]
    columns += [Column(number(start), period=True) for start in starts]
    cells = [
        (Cell(decision), Cell(unit, quiet=True), *_schedule_cells([values.get(start) for start in starts]))
        for (decision, unit), values in used.items()
    ]
    teams, notes = answer.rows.get("staff", ()), []
    for lever in dict.fromkeys(str(row["lever"]) for row in teams):
        there = {float(row["start"]): row for row in teams if row["lever"] == lever}
        if any(float(row["people"]) >= 0.005 for row in there.values()):
            unit = printable(str(next(iter(there.values()))["unit"]))
            people = [Cell(number(there[start]["people"], 2) if start in there else "", quiet=True) for start in starts]
            cells.append((Cell(f"{spoken(printable(lever))}: people there"), Cell(unit, quiet=True), *people))
            notes = [STAFF_NOTE]
    notes += [f"Not used: {', '.join(unused)}."] if unused else []
    return Grid(name, _title(name), tuple(columns), tuple(cells), " ".join(notes))


def _reacting(name: str, rows: Sequence[Row], answer: Answer) -> Grid:
    """A schedule of its own, or what is expected to be seen period by period."""
    named = [row if "decision" in row else {**row, "decision": row["seen"]} for row in rows]
    return _schedule(name, named, replace(answer, rows={}))


def _rules(name: str, rows: Sequence[Row], answer: Answer) -> Grid:
    cells = tuple((_text(row.get("rule")),) for row in rows)
    return Grid(name, _title(name), (Column("", numeric=False),), cells, "" if rows else "None: keep to the schedule.")


def decision_label(row: Row) -> str:
    """`crew: positions` for the decision `positions` (or `crew.positions`) of lever `crew`."""
    lever, decision = row.get("lever"), str(row.get("decision"))
    if not lever:
        return printable(spoken(decision))
    for prefix in (str(lever), str(lever).replace(" ", "_")):
        decision = decision.removeprefix(f"{prefix}.")
    return printable(f"{spoken(str(lever))}: {spoken(decision)}")


def _schedule_cells(values: Sequence[Any]) -> list[Cell]:
    cells, before = [], None
    for value in values:
        text = NOTHING if value == 0 else number(value)
        cells.append(Cell(text, quiet=text in (before, NOTHING)))
        before = text
    return cells


def _text(value: Any) -> Cell:
    return Cell(MISSING if value is None else printable(str(value)))


def _zero(value: Any, unit: str) -> Cell:
    return Cell(NOTHING, quiet=True) if value == 0 else Cell(bare(value, unit))


def _chance(value: Any) -> Cell:
    if not is_number(value):
        return Cell(MISSING)
    share = float(value)
    text = "<1" if 0 < share < 0.005 else ">99" if 0.995 < share < 1 else f"{100 * share:.0f}"
    return Cell(f"{text} %", share=_part(share, 1.0))


def _part(value: Any, whole: float) -> float | None:
    if not is_number(value) or not whole > 0:
        return None
    part = abs(float(value)) / whole
    return min(1.0, part) if part == part else None


def _impact_unit(answer: Answer) -> str:
    impact = answer.numbers.get("impact") or answer.numbers.get("objective")
    return printable(impact.unit) if impact else ""


def _title(name: str) -> str:
    return TITLES.get(name, sentence(spoken(name)))


_GRIDS: Mapping[str, Callable[[str, Sequence[Row], Answer], Grid]] = {
    "bottlenecks": _bottlenecks,
    "hours": _hours,
    "hours_by_use": _uses,
    "elasticities": _elasticities,
    "shadow_prices": _prices,
    "levers": _levers,
    "schedule": _schedule,
    "adaptive_schedule": _reacting,
    "expected": _reacting,
    "rules": _rules,
    "frontier": lambda name, rows, answer: points.frontier(_title(name), rows),
    "mix": lambda name, rows, answer: points.mix(_title(name), rows),
    "breaks": lambda name, rows, answer: points.breaks(_title(name), rows),
    "boxes": lambda name, rows, answer: points.boxes(_title(name), rows),
    "conditions": lambda name, rows, answer: points.conditions(_title(name), rows),
    "regret": lambda name, rows, answer: points.regret(_title(name), rows),
    **details.GRIDS,
    **differences.GRIDS,
    **explained.GRIDS,
    **shares.GRIDS,
    **contributions.GRIDS,
    **choices.GRIDS,
    **mapped.GRIDS,
}
