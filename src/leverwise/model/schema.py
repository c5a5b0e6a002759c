"""What may stand in a model file: one pydantic model per section, and the JSON Schema for editors.

The plain layer is fixed and written out here. The sections about the enterprise and the parameters of levers are not:
they are generated from the mechanism files, which say what each field means, its unit and whether it must be given.
"""

from __future__ import annotations

from typing import Any

from pydantic import ConfigDict, Field

from leverwise.model.fields import (
    Choices,
    Flag,
    Format,
    Identifier,
    Line,
    Listing,
    Number,
    Pair,
    Quantity,
    Section,
    ShortSection,
    Table,
    one_of,
)

TAIL = (
    "how long the run goes on after the horizon without new decisions; "
    "12 months in a model with levers, else 0; 0 too if `impact` has a `final` value"
)


class Time(Section):
    """The clock. If the step has no unit, time is a plain number."""

    step: Quantity = Field(description="length of one step, such as `1 month`; without a unit, time has none")
    horizon: Quantity = Field(description="how long the plan runs")
    tail: Quantity | None = Field(None, description=TAIL)
    method: one_of("euler", "heun", "rk4") | None = Field(None, description="method of integration; heun by default")  # type: ignore[valid-type]


class Plan(Section):
    """What to plan for, and within which limits."""

    every: Quantity | None = Field(None, description="length of a decision period; the whole horizon by default")
    objective: Line | None = Field(None, description="mean, quantile 10 %, cvar 10 %, log, or P(impact > 5)")
    subject_to: Listing[Line] | None = Field(
        None,
        alias="subject to",
        description="linear limits on decisions, such as `integral(u) <= 200` or `u <= 9`, and on what levers cost: "
        "`spending(media) <= $50k`",
    )
    confidence: Quantity | None = Field(None, description="probability with which floors must hold together")
    budget: Quantity | None = Field(None, description="the most that the levers may cost on average, the tail included")
    react: Listing[Line] | None = Field(
        None, description="what the rules of an adaptive plan may look at, such as `cash`; chosen by itself if left out"
    )
    begins: Quantity | None = Field(
        None, alias="from", description="when planning begins; until then decisions are those of `use`, a history"
    )
    either: Choices[Line] | None = Field(
        None, description="levers of which one at most may be used, such as `studio or limo`"
    )


class Value(ShortSection):
    """An input in full; `values: {x: 5 to 7}` is short for `{is: 5 to 7}`."""

    value: Quantity | None = Field(
        None, alias="is", description="a number, a range `a to b`, a distribution or an expression"
    )
    by: Table[Quantity] | None = Field(None, description="for a subscripted value: {member: value}, instead of `is`")
    unit: Line | None = Field(None, description="the unit it must have")
    low: Number | None = Field(None, description="the least it may be, in its unit")
    high: Number | None = Field(None, description="the most it may be, in its unit")
    about: Line | None = Field(None, description="what it means")
    source: Line | None = Field(None, description="where the number comes from")


class Decision(Section):
    """Something that the planner may choose, one value per period."""

    low: Quantity | None = Field(None, alias="min", description="the least; 0 by default")
    high: Quantity | None = Field(None, alias="max", description="the most; no limit by default")
    every: Quantity | None = Field(
        None, description="length of a period; `plan.every` by default, else the whole horizon"
    )
    unit: Line | None = Field(None, description="its unit")
    start: Quantity | None = Field(None, description="its value when nothing is planned; 0 (or `min`) by default")
    use: Any = Field(None, description="a schedule of your own: a value, or {time: value}, each held until the next")
    whole: Flag | None = Field(None, description="yes: whole numbers only")
    frozen: Flag | None = Field(None, description="yes: the planner leaves it as `use` or `start` say")
    after: one_of("zero", "hold") | None = Field(None, description="in the tail: zero (default) or hold")  # type: ignore[valid-type]
    costs: Quantity | None = Field(None, description="what one unit of it costs, counted against `plan.budget`")
    lump: Flag | None = Field(None, description="yes: an amount at the period's start (a purchase), not a rate")
    hours: Flag | None = Field(None, description="yes: hours of the principal per unit of time")
    about: Line | None = Field(None, description="what it means")


class Stock(Section):
    """Something that accumulates: its start and its net rate of change."""

    start: Quantity = Field(description="its value at the start")
    change: Quantity = Field(description="its net rate of change per unit of time")
    unit: Line | None = Field(None, description="its unit; that of the start by default")
    low: Number | None = Field(None, alias="min", description="it is held at this least value, with a warning")
    high: Number | None = Field(None, alias="max", description="it is held at this most, with a warning")
    nudge: Line | None = Field(None, description="name under which its shadow price is reported; `no` for none")
    about: Line | None = Field(None, description="what it means")
    source: Line | None = Field(None, description="where the equation comes from")


class Equation(ShortSection):
    """A variable computed from others; `x: a + b` is short for `{is: a + b}`."""

    value: Quantity = Field(alias="is", description="the expression")
    unit: Line | None = Field(None, description="the unit it must have")
    low: Number | None = Field(None, alias="min", description="the run warns below this")
    high: Number | None = Field(None, alias="max", description="the run warns above this")
    about: Line | None = Field(None, description="what it means")
    source: Line | None = Field(None, description="where it comes from")


class Impact(ShortSection):
    """What the model is for: a rate that is integrated over time, plus a value at the end."""

    value: Quantity = Field(alias="is", description="impact per unit of time")
    final: Quantity | None = Field(None, description="impact at the end of the horizon; replaces the tail")
    unit: Line | None = Field(None, description="the unit of impact")


class Series(Section):
    """A column of a CSV file beside the model: a value at each time, linear between."""

    file: Line = Field(description="the CSV file, in the model's folder")
    column: Line = Field(description="the column with the values")
    time: Line | None = Field(None, description="the column with the times; the first by default")
    unit: Line | None = Field(None, description="the values' unit")
    time_unit: Line | None = Field(None, alias="time unit", description="the times' unit; the step's by default")
    about: Line | None = Field(None, description="what it means")


class Correlated(Section):
    """A rank correlation between two values."""

    between: Pair[Line] = Field(description="two values")
    rank: Number = Field(description="rank correlation from -1 to 1")


class Lever(Section):
    """One instance of a mechanism, and a schedule for its decisions."""

    model_config = ConfigDict(extra="allow")
    use: Any = Field(None, description="a schedule: {decision: value} or {decision: {time: value}}")


class ModelFile(Section):
    """A leverwise model: the plain layer, and the sections that say who works, for whom, with which levers."""

    leverwise: Format = Field(description="the file format: 1")
    model: Line = Field(description="the model's name")
    about: Line | None = Field(None, description="one sentence on what it shows")
    units: Listing[Line] | None = Field(None, description="units of the model's own, such as `song`")
    time: Time = Field(description="step, horizon, tail and method")
    principal: Identifier | None = Field(None, description="the person whose leverage is measured")
    levers: Table[Any] | None = Field(None, description="name: {mechanism: {parameters}}")
    mechanisms: Listing[Line] | None = Field(None, description="mechanism files of your own, beside the model")
    sets: Table[Listing[Identifier]] | None = Field(None, description="name: [members]; subscripts run over sets")
    values: Table[Value] | None = Field(None, description="inputs: numbers, ranges, distributions")
    series: Table[Series] | None = Field(None, description="inputs that change in time, from a CSV file")
    decisions: Table[Decision] | None = Field(None, description="what the planner may choose")
    stocks: Table[Stock] | None = Field(None, description="what accumulates")
    equations: Table[Equation] | None = Field(None, description="variables computed from others")
    correlate: Listing[Correlated] | None = Field(None, description="rank correlations between values")
    impact: Impact | None = Field(None, description="what the model is for, per unit of time")
    plan: Plan | None = Field(None, description="what to plan for")
