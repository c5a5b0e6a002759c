"""Where each thing of a `System` sits in the arrays that the compiled program takes and gives.

No JAX here: a `Layout` is worked out from the equations alone, and its `key` names the compiled program.
Numbers of values (and of bounds, starts and schedules of decisions) are no part of the key, since they are inputs.
"""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from leverwise.errors import ModelError, Problem, did_you_mean
from leverwise.lang.system import (
    Auxiliary,
    Call,
    Decision,
    Expression,
    Name,
    Stock,
    System,
    Value,
    names_in,
    varies,
    walk,
)

IMPACT = "impact"
EXTREMES = ("lowest", "highest")
"""Kinds of stocks that are running extremes."""
PERIODS_WITHOUT_DECISIONS = 12
PLAIN = {"add", "sub", "mul", "neg", "abs", "min", "max", "if", "and", "or", "not", "lt", "le", "gt", "ge", "eq", "ne"}
"""What takes a processor about one instruction."""
MERGED = {"mul", "div", "exp"}
QUICK = {"exp", "div"}
"""What takes longer, but may stand in one loop with others."""
CHEAP = 6
"""The most of these that are computed again rather than kept."""
KEPT = 32_000
"""Numbers that a row may hold for the way back, 64 MB in a chunk; longer horizons are gone through in segments."""
SMALL = 60
"""Equations up to which a system is small: its programs may be written out at length."""


@dataclass(frozen=True)
class Layout:
    """The order of everything in one system, for one list of recorded names."""

    system: System
    record: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        fail_if_unknown(self.record, self.names)

    @cached_property
    def names(self) -> frozenset[str]:
        """Everything that an expression or `record` may name."""
        system = self.system
        groups: tuple[Iterable[Value | Decision | Stock | Auxiliary], ...] = (
            system.values,
            system.decisions,
            system.stocks,
            system.auxiliaries,
        )
        switches = {f"{name}.on" for name in system.switches}
        return frozenset({item.name for group in groups for item in group} | switches | {"t", IMPACT})

    @cached_property
    def constants(self) -> tuple[Value, ...]:
        """Values that are the same in all samples."""
        return tuple(value for value in self.system.values if not value.drawn)

    @cached_property
    def drawn(self) -> tuple[Value, ...]:
        """Values with one draw per sample."""
        return tuple(value for value in self.system.values if value.drawn)

    @cached_property
    def slots(self) -> dict[str, slice]:
        """The rows of each decision, one per period, decision after decision."""
        found, at = {}, 0
        for decision in self.system.decisions:
            found[decision.name] = slice(at, at + decision.periods)
            at += decision.periods
        return found

    @property
    def steps(self) -> int:
        """All steps, the tail included."""
        return self.system.clock.steps + self.system.clock.tail

    @cached_property
    def times(self) -> np.ndarray:
        """(T+1,) times in base units."""
        return np.arange(self.steps + 1) * self.system.clock.step

    @property
    def path_numbers(self) -> int:
        """How many numbers a row holds over time: what is recorded, decisions, and purchases in service."""
        return (self.steps + 1) * (len(self.record) + len(self.system.decisions) + len(self.services))

    @cached_property
    def first_step(self) -> np.ndarray:
        """(T+1, d) true in the first step of each of a decision's periods."""
        steps = np.arange(self.steps + 1)
        columns = [
            (steps % d.steps_per_period == 0) & (steps < min(self.system.clock.steps, d.periods * d.steps_per_period))
            for d in self.system.decisions
        ]
        return np.stack(columns, axis=1) if columns else np.zeros((len(steps), 0), bool)

    @cached_property
    def stock_resources(self) -> tuple[str, ...]:
        """Resources that are stocks."""
        return tuple(dict.fromkeys(stock.nudge for stock in self.system.stocks if stock.nudge))

    @cached_property
    def capacity_resources(self) -> tuple[str, ...]:
        """Resources that are capacities."""
        return tuple(dict.fromkeys(resource for resource, _ in self.system.capacities))

    @property
    def resources(self) -> tuple[str, ...]:
        """What can be nudged: stocks, then capacities."""
        return self.stock_resources + self.capacity_resources

    @property
    def steps_per_nudge(self) -> int:
        """Steps in a nudge's period: those of the first decision, else about a twelfth of the horizon."""
        if self.system.decisions:
            return self.system.decisions[0].steps_per_period
        return max(1, math.ceil(self.system.clock.steps / PERIODS_WITHOUT_DECISIONS))

    @cached_property
    def segment(self) -> int:
        """Steps that gradients over long horizons go through at a time, in which nothing that is decided changes.

        1 where all that the way back needs fits anyhow.
        """
        clock = self.system.clock
        numbers = len(self.system.stocks) + len(self.resources) + len(self.system.decisions)
        if (self.steps + 1) * numbers <= KEPT:
            return 1
        lengths = (decision.steps_per_period for decision in self.system.decisions)
        whole = math.gcd(clock.steps, self.steps_per_nudge, *lengths)
        wanted = math.sqrt(self.steps + 1)
        return min((n for n in range(1, whole + 1) if whole % n == 0), key=lambda n: abs(math.log(n / wanted)))

    @property
    def periods(self) -> int:
        """Periods of nudges, up to the horizon."""
        return math.ceil(self.system.clock.steps / self.steps_per_nudge)

    @cached_property
    def noises(self) -> tuple[tuple[str, str], ...]:
        """(key, family) of each noise, in order of appearance."""
        calls = (call for call in self.calls if call.function == "noise")
        return tuple(dict.fromkeys((str(call.static[0]), str(call.static[1])) for call in calls))

    @cached_property
    def delays(self) -> tuple[tuple[str, float, float], ...]:
        """(key, lag, start value) of each fixed delay."""
        calls = (call for call in self.calls if call.function == "delay_fixed")
        return tuple(dict.fromkeys((str(c.static[0]), _number(c.static[1]), _number(c.static[2])) for c in calls))

    @cached_property
    def services(self) -> tuple[Call, ...]:
        """Each distinct `in_service`, whose lives are read once, before the first step, where they are constant."""
        return tuple(dict.fromkeys(call for call in self.calls if call.function == "in_service"))

    @cached_property
    def steady_services(self) -> tuple[Call, ...]:
        """Those of decisions of a constant life."""
        return tuple(c for c in self.services if len(c.static) == 1 and self.is_constant(c.arguments[0]))

    @cached_property
    def by_period(self) -> tuple[tuple[Decision, ...], ...]:
        """Decisions in groups of the same periods, whose paths are one table."""
        groups: dict[tuple[object, ...], list[Decision]] = {}
        for decision in self.system.decisions:
            groups.setdefault((decision.steps_per_period, decision.periods, decision.after), []).append(decision)
        return tuple(map(tuple, groups.values()))

    def is_constant(self, expression: Expression) -> bool:
        """Whether an expression rests on values and constant auxiliaries alone."""
        return all(name in self.constant_names for name in names_in(expression)) and not varies(expression)

    @cached_property
    def constant_names(self) -> frozenset[str]:
        """Names whose values do not change in time."""
        system = self.system
        fixed = {v.name for v in system.values} | {a.name for a in system.auxiliaries if a.constant}
        return frozenset(fixed | {f"{name}.on" for name in system.switches})

    @cached_property
    def running(self) -> tuple[Expression, ...]:
        """The expressions that make a run: all but those that only read its result."""
        system = self.system
        of_stocks = [expression for stock in system.stocks for expression in (stock.start, stock.change)]
        return (*(a.value for a in system.auxiliaries), *of_stocks, system.impact)

    @cached_property
    def expressions(self) -> tuple[Expression, ...]:
        """All expressions of the system."""
        system = self.system
        final = () if system.final is None else (system.final,)
        return (*self.running, *(m.value for m in system.measures), *final)

    @cached_property
    def calls(self) -> tuple[Call, ...]:
        """Every call in the system, outermost first."""
        return tuple(part for whole in self.expressions for part in walk(whole) if isinstance(part, Call))

    @cached_property
    def unread_extremes(self) -> frozenset[str]:
        """Running extremes that no equation reads: they need no start, since the first step's value is the first."""
        read = {name for expression in self.running for name in names_in(expression)}
        return frozenset(s.name for s in self.system.stocks if s.kind in EXTREMES and s.name not in read)

    @cached_property
    def starting(self) -> tuple[str, ...]:
        """The stocks that need a start and the auxiliaries they need, in the order in which they are known."""
        known = {a.name: a.value for a in self.system.auxiliaries} | {s.name: s.start for s in self.system.stocks}
        stack = [s.name for s in self.system.stocks if s.name not in self.unread_extremes]
        found: set[str] = set()
        while stack:
            name = stack.pop()
            if name not in found:
                found.add(name)
                stack += [other for other in names_in(known[name]) if other in known]
        return tuple(name for name in self.system.starting if name in found)

    @cached_property
    def small(self) -> bool:
        """Whether there are so few equations that compiling hardly counts."""
        return len(self.system.stocks) + sum(not auxiliary.constant for auxiliary in self.system.auxiliaries) <= SMALL

    @cached_property
    def products(self) -> tuple[bool, ...]:
        """Whether the slope of each stock, and last that of the impact, may merge with the sum over stages."""
        stocks = [_may_merge(stock.change) for stock in self.system.stocks]
        return (*stocks, bool(self.system.discount) or _may_merge(self.system.impact))

    @cached_property
    def unfenced(self) -> frozenset[str]:
        """Auxiliaries that are computed where they are read: cheap ones, and in a small system what is read but once.

        Cheap are few plain operations. None ends in what a compiler may merge with who reads it, such as a product that
        is fused with a sum: so a variable's numbers are the same whether it is fenced or not.
        """
        cost: dict[str, int] = {}
        for auxiliary in self.system.auxiliaries:
            calls = [part for part in walk(auxiliary.value) if isinstance(part, Call)]
            effort = len(calls) + sum(cost.get(name, 0) for name in names_in(auxiliary.value))
            if effort <= CHEAP and all(c.function in PLAIN for c in calls) and not _may_merge(auxiliary.value):
                cost[auxiliary.name] = effort
        return frozenset(cost) | self._read_once if self.small else frozenset(cost)

    @cached_property
    def _read_once(self) -> frozenset[str]:
        """Auxiliaries of which one other equation makes use, once, that can't merge with it and do not take long."""
        system = self.system
        readers = [a.value for a in system.auxiliaries] + [s.change for s in system.stocks] + [system.impact]
        readers += [measure.value for measure in system.measures] + ([] if system.final is None else [system.final])
        reads = Counter(part.name for reader in readers for part in walk(reader) if isinstance(part, Name))
        reads.update(self.record)
        return frozenset(
            a.name
            for a in system.auxiliaries
            if reads[a.name] == 1
            and not _may_merge(a.value)
            and all(part.function in PLAIN | QUICK for part in walk(a.value) if isinstance(part, Call))
        )

    def needed(self, roots: Iterable[str]) -> frozenset[str]:
        """The auxiliaries that these names rest on at the same time, themselves included."""
        by_name = {a.name: a for a in self.system.auxiliaries}
        found: set[str] = set()
        stack = [name for name in roots if name in by_name]
        while stack:
            name = stack.pop()
            if name not in found:
                found.add(name)
                stack += [other for other in names_in(by_name[name].value) if other in by_name]
        return frozenset(found)

    @cached_property
    def key(self) -> str:
        """A hash of the structure, without the numbers of values."""
        system = self.system
        clock = system.clock
        parts: tuple[object, ...] = (
            [(v.name, v.drawn) for v in system.values],
            (clock.step, clock.steps, clock.tail, clock.method),
            [(d.name, d.steps_per_period, d.periods, d.after, d.switch) for d in system.decisions],
            system.switches,
            [(s.name, s.start, s.change, s.kind, s.low, s.high, s.nudge) for s in system.stocks],
            [(a.name, a.value, a.constant, a.low, a.high) for a in system.auxiliaries],
            (system.starting, system.impact, system.final, system.discount, system.capacities),
            [(m.name, m.value) for m in system.measures],
            self.record,
        )
        return hashlib.sha256(repr(parts).encode()).hexdigest()


def default_record(system: System) -> tuple[str, ...]:
    """The system's own list, else all stocks that the author wrote and the author's own equations."""
    if system.record:
        return system.record
    stocks = [s.name for s in system.stocks if not s.hidden]
    return (*stocks, *(a.name for a in system.auxiliaries if not a.constant and not a.origin.mechanism))


def finer(system: System, times: int) -> System:
    """The system with each step cut into `times`; noise stays one fresh number per (shorter) step."""
    clock = system.clock
    return replace(
        system,
        clock=replace(clock, step=clock.step / times, steps=clock.steps * times, tail=clock.tail * times),
        decisions=tuple(replace(d, steps_per_period=d.steps_per_period * times) for d in system.decisions),
    )


def fail_if_unknown(names: Iterable[str], known: frozenset[str]) -> None:
    """Refuse names that the system does not have.

    Raises ModelError naming each of them.
    """
    problems = [
        Problem(f"there is no variable `{name}` to record", hint=did_you_mean(name, known))
        for name in names
        if name not in known
    ]
    if problems:
        raise ModelError(problems)


def _may_merge(expression: Expression) -> bool:
    """Whether a compiler may merge the last operation with one of who reads it, to other bits.

    A product with a sum; exp(a)*exp(b), a/exp(b), (a/b)/c and the like are rewritten.
    """
    if not isinstance(expression, Call):
        return False
    if expression.function in ("neg", "if"):
        return any(map(_may_merge, expression.arguments))
    return expression.function in MERGED


def _number(value: object) -> float:
    return float(str(value))
