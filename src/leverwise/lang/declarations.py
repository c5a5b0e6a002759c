"""What `lang` is given: names, expressions as they were written, and where.

A model, however it was made, arrives as one `Declarations`. Nothing is parsed yet. `lang.build` turns
it into a `System` or raises one `ModelError` with every problem in it.

Scopes. A `Written` text carries the scope (the lever) it was written in. A name `x` used in scope
`crew` means `crew.x` if that is declared, else the global `x`; the same holds for the names of sets.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from leverwise.errors import Position


@dataclass(frozen=True)
class Written:
    """An expression or quantity as text, where it starts, and the scope its names are looked up in."""

    text: str
    at: Position | None = None
    scope: str = ""


@dataclass(frozen=True)
class Origin:
    """Where a variable comes from: for `show`, error messages and the list of assumptions."""

    about: str = ""
    mechanism: str = ""
    """`delegation` ... or `base`; empty for what the author wrote in the plain layer."""
    lever: str = ""
    source: str = ""
    default: bool = False
    """True when the author did not give the value and a default of the mechanism stands in."""
    given: bool = True
    """False when nobody gave the value: a default, a neutral number, or one that follows from others."""


@dataclass(frozen=True)
class ValueDeclaration:
    """An input that does not change in time: a number, a range or a distribution (one draw)."""

    name: str
    value: Written
    unit: str = ""
    """The unit it must have; empty if it may have any (taken from the text)."""
    understood: tuple[str, ...] = ()
    """Parts of `unit` that the text may leave out, for example `person` in `$/month/person`."""
    low: float | None = None
    high: float | None = None
    """Limits in `unit` that every draw must keep; a range that reaches outside is refused."""
    origin: Origin = Origin()
    key: str = ""
    """The name that its draws are keyed by, if not its own: draws stay when a value is renamed by an expansion."""
    called: str = ""
    """What the author calls it, if not by its name: `market.trust.start`."""


@dataclass(frozen=True)
class SeriesDeclaration:
    """A time series read from a file: value at each time (base: the model's time unit), linear between."""

    name: str
    times: tuple[float, ...]
    values: tuple[float, ...]
    unit: str = ""
    at: Position | None = None
    origin: Origin = Origin()


@dataclass(frozen=True)
class Term:
    """One contribution to an equation. `indices` are the sets (looked up in the text's scope) it runs over."""

    value: Written
    indices: tuple[str, ...] = ()
    switch: str = ""
    """The lever whose switch turns this term to the neutral element; empty for none."""


@dataclass(frozen=True)
class EquationDeclaration:
    """An auxiliary. A plain equation has one term and `combine="is"`; a port has any number of terms.

    With `indices`, one equation per member: `effort` over `task` gives `writing.effort`, and
    `hours` over `worker, task` gives `crew.writing.hours`; in expressions `effort[task]`,
    `effort[writing]` and `writing.effort` name it.
    """

    name: str
    terms: tuple[Term, ...]
    combine: Literal["is", "sum", "product"] = "is"
    indices: tuple[str, ...] = ()
    unit: str = ""
    """Must be given for ports; optional else (then it is inferred)."""
    low: float | None = None
    high: float | None = None
    """Limits in `unit`: outside them the run warns."""
    origin: Origin = Origin()


@dataclass(frozen=True)
class StockDeclaration:
    """A stock: its start, and its net rate of change (per unit of time)."""

    name: str
    start: Written
    change: Written
    indices: tuple[str, ...] = ()
    unit: str = ""
    low: float | None = None
    high: float | None = None
    """Limits in `unit`: the stock is clamped to them and the run warns."""
    switch: str = ""
    """The lever whose switch, when off, makes the start and the change zero."""
    nudge: str = ""
    """The name of the resource that can be nudged by an amount here; empty for none."""
    origin: Origin = Origin()


@dataclass(frozen=True)
class DecisionDeclaration:
    """Something that the planner may choose, constant within each period. All texts are numbers with units."""

    name: str
    unit: str = ""
    understood: tuple[str, ...] = ()
    low: Written | None = None
    high: Written | None = None
    every: Written | None = None
    start: Written | None = None
    """Its value when nothing is planned; default 0 (or `low`)."""
    use: tuple[tuple[Written, Written], ...] = ()
    """A schedule of the author's own: (time, value) pairs, each held until the next."""
    frozen: bool = False
    whole: bool = False
    after: Literal["zero", "hold"] = "zero"
    """What happens to it after the horizon, in the tail."""
    switch: str = ""
    costs: Written | None = None
    """What one unit costs: $ per unit of the decision (`lump`: once, else per unit of time)."""
    lump: bool = False
    """True if a value is an amount at the period's start (a purchase), not a rate or level."""
    hours: bool = False
    """True if it is hours of the principal per unit of time."""
    origin: Origin = Origin()


@dataclass(frozen=True)
class MeasureDeclaration:
    """A number per sample, known at the end of the run: an expression read at the final time."""

    name: str
    value: Written
    unit: str = ""
    origin: Origin = Origin()


@dataclass(frozen=True)
class PlanDeclaration:
    """What the author wants planned; texts as written."""

    objective: Written | None = None
    subject_to: tuple[Written, ...] = ()
    every: Written | None = None
    confidence: Written | None = None
    budget: Written | None = None
    react: tuple[Written, ...] = ()
    """Variables that rules may look at."""
    begins: Written | None = None
    """When planning begins; what is decided before is history."""
    either: tuple[Written, ...] = ()
    """Levers of which one at most may be used: names with `or` between them."""


@dataclass(frozen=True)
class TimeDeclaration:
    """Step, horizon and tail, with or without a unit; the method of integration."""

    step: Written
    horizon: Written
    tail: Written | None = None
    method: Literal["euler", "heun", "rk4"] = "heun"
    whole_tail: bool = True
    """False if the tail is nobody's own choice: it is then rounded up to whole steps."""


@dataclass(frozen=True)
class Correlation:
    """Rank correlation between two values."""

    first: Written
    second: Written
    rank: Written


@dataclass(frozen=True)
class Declarations:
    """A whole model as `lang` takes it. Order matters only for display."""

    name: str
    time: TimeDeclaration
    about: str = ""
    units: tuple[Written, ...] = ()
    sets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Members by set; a set local to a lever is called `crew.tasks`."""
    relations: Mapping[str, frozenset[tuple[str, str]]] = field(default_factory=dict)
    """Static yes/no tables that `throughput` reads, for example who may do which task."""
    values: tuple[ValueDeclaration, ...] = ()
    series: tuple[SeriesDeclaration, ...] = ()
    decisions: tuple[DecisionDeclaration, ...] = ()
    stocks: tuple[StockDeclaration, ...] = ()
    equations: tuple[EquationDeclaration, ...] = ()
    switches: tuple[str, ...] = ()
    """Names of the levers that can be switched off, in order."""
    measures: tuple[MeasureDeclaration, ...] = ()
    capacities: tuple[tuple[str, str], ...] = ()
    """(resource, equation): units per time that a nudge adds to that equation."""
    correlations: tuple[Correlation, ...] = ()
    impact: Written | None = None
    impact_unit: str = ""
    final: Written | None = None
    discount: Written | None = None
    """A text such as `5 %/year`: impact is weighted by (1 + 0.05)^-(t/year)."""
    plan: PlanDeclaration = PlanDeclaration()
    settled: frozenset[str] = frozenset()
    """Values that were set over what the file says: a number among them leaves the correlations that it is in."""
    record: tuple[str, ...] = ()
    """Variables worth showing (all stocks and the author's own equations if empty)."""
