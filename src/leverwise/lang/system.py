"""The immutable equation system: what `lang` makes and the engine runs.

All numbers are in base units: calendar time in months (or, if the model's time has no unit, plain
numbers), work in hours, money in dollars, people in persons. A `Unit` says how to show a number.
Names are unique; equations stand in an order in which they can be evaluated.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from leverwise.errors import Position
from leverwise.lang.declarations import Origin
from leverwise.units import Unit

__all__ = [
    "Aim",
    "Auxiliary",
    "Call",
    "Clock",
    "Decision",
    "Distribution",
    "Expression",
    "LinearConstraint",
    "Measure",
    "Name",
    "Number",
    "Stock",
    "System",
    "Unit",
    "Value",
    "Workshop",
    "names_in",
    "varies",
    "walk",
]


@dataclass(frozen=True, slots=True)
class Number:
    """A constant, in base units."""

    value: float


@dataclass(frozen=True, slots=True)
class Name:
    """A reference to a value, decision, switch, stock or auxiliary, or to the time `t`."""

    name: str


@dataclass(frozen=True, slots=True)
class Call:
    """An operator or function. `static` holds what is known before the run, such as table points.

    Operators: add sub mul div pow neg lt le gt ge eq ne and or not if min max (two or more arguments).
    Functions: abs exp ln log10 sqrt floor mod sin cos tan asin acos atan logistic erf.
    With static part: interpolate(x; xs, ys) linear between the points and flat outside them;
    noise(; key, family) fresh in each step ("normal": mean 0, sd 1; "uniform": 0 to 1);
    delay_fixed(x; key, lag in time, start value) the input `lag` ago.
    crossed(x, threshold, rate): 0 before x passes the threshold, 1 after, the fraction in between,
    `rate` being dx/dt. time_step(): the length of a step.
    in_service(life; decision): how many of the purchases made so far are younger than `life`;
    in_service(life; decision, names...): the same of what these hold, one for each of the decision's periods.
    at_start(; decision): the decision's value per time in the first step of its period, else 0.
    opening(; stock): the stock at the start of the step, the same through its stages.
    throughput(efforts..., hours..., chores, limits...; structure) and
    allotment(the same and scores..., ; structure, worker, task): see `Workshop`.
    """

    function: str
    arguments: tuple[Expression, ...] = ()
    static: tuple[object, ...] = ()


Expression = Number | Name | Call


@dataclass(frozen=True)
class Workshop:
    """Who may do what: the fixed part of `throughput` and `allotment`.

    `may[w]` are the positions of the open tasks that worker w may do; `chores[w]` whether w may do chores.
    """

    tasks: tuple[str, ...]
    workers: tuple[str, ...]
    may: tuple[tuple[int, ...], ...]
    chores: tuple[bool, ...]


@dataclass(frozen=True)
class Distribution:
    """A distribution in base units.

    Families and parameters: constant(value) normal(mean, sd) lognormal(mu, sigma) uniform(low, high)
    beta(a, b, low, high) triangular(low, mode, high) gamma(shape, scale) exponential(mean)
    bernoulli(p) mixture(weights...; components). `low` and `high` truncate.
    """

    family: str
    parameters: tuple[float, ...]
    components: tuple[Distribution, ...] = ()
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Value:
    """An input: a constant if its distribution is `constant`, else one draw per sample."""

    name: str
    distribution: Distribution
    unit: Unit
    text: str
    origin: Origin = Origin()
    key: str = ""
    """What its draws are keyed by, if not by its name."""

    @property
    def drawn(self) -> bool:
        """True if it differs from sample to sample."""
        return self.distribution.family != "constant"


@dataclass(frozen=True)
class Decision:
    """A decision with one value per period; bounds and values in base units."""

    name: str
    unit: Unit
    low: float
    high: float
    """May be infinite."""
    steps_per_period: int
    periods: int
    start: float
    use: tuple[float, ...] | None
    """The author's schedule, a value per period; None if there is none."""
    frozen: bool = False
    whole: bool = False
    after: Literal["zero", "hold"] = "zero"
    switch: str = ""
    costs: Expression | None = None
    lump: bool = False
    hours: bool = False
    origin: Origin = Origin()


@dataclass(frozen=True)
class Stock:
    """A state. kind `flow`: d/dt = change; `lowest`/`highest`: running extreme of `change` over the steps.

    `held`: becomes `change` when a step opens, before anything else reads it; of several, those before it first.
    """

    name: str
    start: Expression
    change: Expression
    unit: Unit
    kind: Literal["flow", "lowest", "highest", "held"] = "flow"
    low: float | None = None
    high: float | None = None
    nudge: str = ""
    hidden: bool = False
    """Made by a function such as `integral` or `smooth`, not by the author."""
    origin: Origin = Origin()


@dataclass(frozen=True)
class Auxiliary:
    """A variable computed from others at the same time."""

    name: str
    value: Expression
    unit: Unit
    constant: bool = False
    """True if it depends on values alone, so that it need not be computed in every step."""
    low: float | None = None
    high: float | None = None
    origin: Origin = Origin()


@dataclass(frozen=True)
class Measure:
    """A number per sample, read at the end of the run."""

    name: str
    value: Expression
    unit: Unit


@dataclass(frozen=True)
class Clock:
    """Times in base units; `steps` to the horizon, `tail` steps after it."""

    step: float
    steps: int
    tail: int
    method: Literal["euler", "heun", "rk4"]
    unit: Unit
    """For showing times, usually the unit the author gave the step in; its text is empty for unitless time."""


@dataclass(frozen=True)
class LinearConstraint:
    """`sum of coefficient * decision value`, per period or over all of them, `<= bound` (base units)."""

    text: str
    terms: tuple[tuple[str, float], ...]
    """(decision, coefficient); over all periods the coefficient multiplies value * period length, unless `lump`."""
    bound: float
    per_period: bool
    spending: bool = False
    """True if coefficients multiply what the decisions cost, in all or per unit of time."""
    unit: Unit = field(default=Unit(), compare=False)
    """What `bound` is told in: the unit of its number as it is written."""
    at: Position | None = field(default=None, compare=False)
    """Where it is written."""


@dataclass(frozen=True)
class Aim:
    """What to plan for. kind: mean, quantile, cvar, probability, log; `level` is its number."""

    kind: Literal["mean", "quantile", "cvar", "probability", "log"] = "mean"
    level: float = 0.0
    constraints: tuple[LinearConstraint, ...] = ()
    confidence: float = 0.95
    budget: float | None = None
    react: tuple[str, ...] = ()
    """What rules may look at, if the author says."""
    begins: float = 0.0
    """When planning begins, in base units of time; before that decisions are as the author says, a history."""
    either: tuple[tuple[str, ...], ...] = ()
    """Groups of levers or decisions of which one at most may be used."""


@dataclass(frozen=True)
class System:
    """The equation system. See the module's text for conventions."""

    name: str
    about: str
    clock: Clock
    values: tuple[Value, ...]
    correlations: tuple[tuple[str, str, float], ...]
    decisions: tuple[Decision, ...]
    switches: tuple[str, ...]
    stocks: tuple[Stock, ...]
    auxiliaries: tuple[Auxiliary, ...]
    """In an order in which each needs only those before it, values, stocks, decisions and t."""
    starting: tuple[str, ...]
    """Order in which stocks and the auxiliaries they need are evaluated at the start."""
    impact: Expression
    """The rate of impact per unit of time (undiscounted)."""
    impact_unit: Unit
    final: Expression | None
    discount: float
    """Continuous rate per base time unit: ln(1 + annual rate)/12 for a yearly rate."""
    measures: tuple[Measure, ...]
    capacities: tuple[tuple[str, str], ...]
    """(resource, auxiliary) pairs: a nudge adds to that auxiliary."""
    aim: Aim = Aim()
    record: tuple[str, ...] = ()
    held: tuple[tuple[str, str, float], ...] = ()
    """Rank correlations with values that were drawn until a setting made numbers of them: what is still drawn keeps
    the draws that it has with them."""

    def unit_of(self, name: str) -> Unit:
        """The unit of any variable."""
        for group in (self.values, self.decisions, self.stocks, self.auxiliaries, self.measures):
            for item in group:
                if item.name == name:
                    return item.unit
        if name == "impact":
            return self.impact_unit
        raise KeyError(name)


NAMING = frozenset({"in_service", "at_start", "opening"})
"""Functions whose static parts are names of variables."""
VARYING = NAMING | {"noise", "delay_fixed", "crossed", "time_step"}
"""Functions that may differ from step to step, or with the step, though their arguments do not."""


def walk(expression: Expression) -> Iterator[Expression]:
    """The expression and all its parts, outermost first, in order of appearance."""
    stack = [expression]
    while stack:
        here = stack.pop()
        yield here
        if isinstance(here, Call):
            stack.extend(reversed(here.arguments))


def names_in(expression: Expression) -> Iterator[str]:
    """Every name that the expression refers to, in order of appearance."""
    for part in walk(expression):
        if isinstance(part, Name):
            yield part.name
        elif isinstance(part, Call) and part.function in NAMING:
            yield from map(str, part.static)


def varies(expression: Expression) -> bool:
    """Whether anything in the expression differs from step to step, its names aside."""
    return any(isinstance(part, Call) and part.function in VARYING for part in walk(expression))
