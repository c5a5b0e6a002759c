"""Decisions that react: a system made anew so that some of its decisions follow rules of what has been seen.

Such a decision `d` becomes an auxiliary. What it is made of are decisions again, which a planner may choose like any
other: its schedule, and for each variable that may be seen a slope, and a threshold with how much more is done beyond
it. All of them at zero, the system does what the schedule says. What is seen is read when a period opens, and held
through it by stocks of the kind `held`, so that nothing reacts within a period. Limits on decisions are kept sample by
sample: a decision gets at most what the limits leave.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce

from leverwise.lang.order import ordered
from leverwise.lang.parts import Parts, begun_name, clock_name, expected_name, opening_name
from leverwise.lang.seeing import Seeing
from leverwise.lang.system import (
    Auxiliary,
    Call,
    Decision,
    Expression,
    LinearConstraint,
    Name,
    Number,
    Stock,
    System,
    Unit,
    names_in,
    walk,
)

ZERO, ONE, HALF = Number(0.0), Number(1.0), Number(0.5)
ROUNDING = 1e-6
"""Share of a whole unit by which what is left may fall short of it."""


@dataclass(frozen=True)
class Reacting:
    """A system with decisions that react."""

    system: System
    decisions: tuple[Decision, ...]
    """Those that react, as they were."""
    seen: tuple[str, ...]

    @property
    def rules(self) -> frozenset[str]:
        """The decisions that rules are made of."""
        parts = [Parts(decision.name) for decision in self.decisions]
        single = [name for each in parts for name in (each.threshold, each.more, each.lasting)]
        by_seen = [name for each in parts for seen in self.seen for name in (each.slope(seen), each.watch(seen))]
        return frozenset([*single, *by_seen])


def obstacles(system: System, still: Collection[str] = ()) -> dict[str, str]:
    """Why each decision that can't react can not. `still` names those that are to stay as they are."""
    known = {decision.name: decision for decision in system.decisions}
    found = {name: "it is frozen" for name, each in known.items() if each.frozen or name in still}
    sums = [limit for limit in system.aim.constraints if len({known[n].steps_per_period for n, _ in limit.terms}) == 1]
    for limit in system.aim.constraints:
        if limit.spending:
            _mark(found, limit, f"`{limit.text}` is a limit on what is spent")
        elif limit not in sums:
            _mark(found, limit, f"its periods are not those of the others in `{limit.text}`")
        elif any(coefficient < 0 for _, coefficient in limit.terms):
            _mark(found, limit, f"`{limit.text}` is more than a limit on a sum")
        elif not limit.per_period and len({known[name].lump for name, _ in limit.terms}) > 1:
            _mark(found, limit, f"`{limit.text}` is over purchases and over what goes on in time")
        elif any(known[name].low == -float("inf") for name, _ in limit.terms):
            _mark(found, limit, f"`{limit.text}` is over what has no least value")
    changed = True
    while changed:
        before = len(found)
        for limit in system.aim.constraints:
            if not limit.per_period and any(name in found for name, _ in limit.terms):
                _mark(found, limit, f"it shares `{limit.text}` with a decision that can't react")
        changed = len(found) > before
    return found


def _mark(found: dict[str, str], limit: LinearConstraint, reason: str) -> None:
    for name, _ in limit.terms:
        found.setdefault(name, reason)


def reacting(system: System, names: Iterable[str], seen: Sequence[str]) -> Reacting:
    """The system in which these decisions, and those that share a limit in all with them, react to what is seen.

    Each of `seen` must be one that `Seeing` allows, and each decision one without an obstacle.
    """
    wanted = set(names)
    for limit in system.aim.constraints * len(system.aim.constraints):
        if not limit.per_period and wanted & {name for name, _ in limit.terms}:
            wanted |= {name for name, _ in limit.terms}
    chosen = tuple(decision for decision in system.decisions if decision.name in wanted)
    return Reacting(_Transformation(system, chosen, tuple(seen)).result(), chosen, tuple(seen))


class _Transformation:
    """One system, the decisions of it that are to react, and what they may see."""

    def __init__(self, system: System, chosen: tuple[Decision, ...], seen: tuple[str, ...]) -> None:
        self.system, self.chosen, self.seen = system, chosen, seen
        self.parts = {decision.name: Parts(decision.name) for decision in chosen}
        self.served = {str(call.static[0]) for call in _calls(system, "in_service")}

    def result(self) -> System:
        system = self.system
        held = [*self._begun(), *self._openings(), *self._left(), *self._memories()]
        auxiliaries = [*self._rules(), *(replace(a, value=self._renamed(a.value)) for a in system.auxiliaries)]
        stocks = [replace(s, start=self._renamed(s.start), change=self._renamed(s.change)) for s in system.stocks]
        return replace(
            system,
            decisions=self._decisions(),
            stocks=(*stocks, *held),
            auxiliaries=tuple(auxiliaries),
            starting=_starting([*stocks, *held], auxiliaries),
            impact=self._renamed(system.impact),
            final=None if system.final is None else self._renamed(system.final),
            measures=tuple(replace(m, value=self._renamed(m.value)) for m in system.measures),
            aim=replace(system.aim, constraints=tuple(map(self._renamed_limit, system.aim.constraints))),
        )

    def _decisions(self) -> tuple[Decision, ...]:
        made = []
        for decision in self.system.decisions:
            if decision.name in self.parts:
                name = self.parts[decision.name].schedule
                decision = replace(decision, name=name, switch="", costs=None, hours=False)
            made.append(decision)
        for each in self._lengths():
            like = next(decision for decision in self.chosen if decision.steps_per_period == each)
            made.append(_fixed(clock_name(each), like, 1.0))
            made += [_fixed(expected_name(seen, each), like, 0.0) for seen in self.seen]
        for decision in self.chosen:
            parts = self.parts[decision.name]
            made.append(replace(_fixed(parts.acting, decision, 1.0), after=decision.after, switch=decision.switch))
            one = [parts.threshold, parts.more, parts.lasting]
            one += [make(seen) for seen in self.seen for make in (parts.slope, parts.watch)]
            made += [_single(name, self.system.clock.steps) for name in one]
        return tuple(made)

    def _begun(self) -> list[Stock]:
        """Whether planning has begun, where there is a history before it."""
        clock, begins = self.system.clock, self.system.aim.begins
        if begins <= 0:
            return []
        since = Call("if", (Call("gt", (Name("t"), Number(begins - clock.step / 2))), ONE, ZERO))
        return [_held(begun_name(steps), since, _opens(steps)) for steps in self._lengths()]

    def _lengths(self) -> list[int]:
        """Lengths of periods, in steps."""
        return sorted({decision.steps_per_period for decision in self.chosen})

    def _since_begun(self, expression: Expression, steps: int) -> Expression:
        """The expression, 0 in what was decided before planning began."""
        if self.system.aim.begins <= 0:
            return expression
        return Call("mul", (Name(begun_name(steps)), expression))

    def _openings(self) -> list[Stock]:
        """What was seen when each period opened."""
        seeing = Seeing(self.system)
        return [
            _held(opening_name(seen, steps), seeing.expression(seen), _opens(steps), self.system.unit_of(seen))
            for steps in self._lengths()
            for seen in self.seen
        ]

    def _memories(self) -> list[Stock]:
        """Whether thresholds were passed, and what was bought when."""
        made = []
        for decision in self.chosen:
            parts, opens = self.parts[decision.name], _opens(decision.steps_per_period)
            made.append(_held(parts.before, Name(parts.ever), opens))
            made.append(_held(parts.ever, Call("max", (Name(parts.ever), Name(parts.beyond))), opens))
            for period in range(decision.periods if decision.name in self.served else 0):
                now = Call("and", (opens, self._within(decision, period)))
                made.append(_held(parts.bought(period), Name(decision.name), now, decision.unit))
        return made

    def _within(self, decision: Decision, period: int) -> Expression:
        """Whether a step that opens now opens in this period."""
        step = self.system.clock.step
        begin = (period * decision.steps_per_period - 0.5) * step
        end = begin + decision.steps_per_period * step
        return Call("and", (Call("gt", (Name("t"), Number(begin))), Call("lt", (Name("t"), Number(end)))))

    def _left(self) -> list[Stock]:
        """What is used of each limit over the horizon, and how much of it may be used in the period that opens.

        What the least values of its decisions take in the periods after it is not.
        """
        made = []
        for number, limit in self._total_limits():
            members = [decision for decision in self.chosen if decision.name in dict(limit.terms)]
            parts = [_product(dict(limit.terms)[each.name], self._rate(each)) for each in members]
            used = f"used of limit {number}"
            made.append(Stock(used, ZERO, _sum(parts), Unit(), hidden=True))
            rest: Expression = Call("sub", (Number(limit.bound), Name(used)))
            least = sum(dict(limit.terms)[each.name] * each.low for each in members)
            if least:
                rest = Call("sub", (rest, _product(least, self._after(members[0]))))
            if not members[0].lump:
                rest = Call("div", (rest, self._length(members[0])))
            made.append(_held(f"left of limit {number}", rest, _opens(members[0].steps_per_period)))
        return made

    def _total_limits(self) -> list[tuple[int, LinearConstraint]]:
        limits = enumerate(self.system.aim.constraints)
        return [(k, each) for k, each in limits if not each.per_period and each.terms[0][0] in self.parts]

    def _rate(self, decision: Decision) -> Expression:
        """The decision per time, a purchase as one in the first step of its period."""
        name = Name(decision.name)
        return Call("mul", (Call("at_start", (), (self.parts[decision.name].acting,)), name)) if decision.lump else name

    def _length(self, decision: Decision) -> Expression:
        """How long the period that opens lasts; the last may be short."""
        clock = self.system.clock
        begins = (decision.periods - 1) * decision.steps_per_period
        usual, last = decision.steps_per_period * clock.step, (clock.steps - begins) * clock.step
        before = Call("lt", (Name("t"), Number((begins - 0.5) * clock.step)))
        return Number(usual) if usual == last else Call("if", (before, Number(usual), Number(last)))

    def _after(self, decision: Decision) -> Expression:
        """How long the periods after the one that opens last in all; of purchases, how many there are."""
        clock = self.system.clock
        if decision.lump:
            opened = Call("div", (Name("t"), Number(decision.steps_per_period * clock.step)))
            return Call("sub", (Number(decision.periods - 1.0), opened))
        left = Call("sub", (Number(clock.steps * clock.step), Name("t")))
        return Call("sub", (left, self._length(decision)))

    def _rules(self) -> list[Auxiliary]:
        made: list[Auxiliary] = []
        for decision in self.chosen:
            parts = self.parts[decision.name]
            made.append(Auxiliary(parts.beyond, self._beyond(decision), Unit()))
            made.append(Auxiliary(decision.name, self._rule(decision), decision.unit, origin=decision.origin))
        return made

    def _beyond(self, decision: Decision) -> Expression:
        parts, steps = self.parts[decision.name], decision.steps_per_period
        watched = [Call("mul", (Name(parts.watch(s)), Name(opening_name(s, steps)))) for s in self.seen]
        watching = _sum([Call("abs", (Name(parts.watch(seen)),)) for seen in self.seen])
        passed = Call("gt", (_sum(watched), Name(parts.threshold)))
        return self._since_begun(Call("if", (Call("and", (Call("gt", (watching, HALF)), passed)), ONE, ZERO)), steps)

    def _rule(self, decision: Decision) -> Expression:
        parts, steps = self.parts[decision.name], decision.steps_per_period
        now: Expression = Call("gt", (Name(parts.beyond), HALF))
        ever, before = (Call("gt", (Name(name), HALF)) for name in (parts.ever, parts.before))
        if decision.lump:
            now = Call("and", (ever, Call("not", (before,))))
        else:
            now = Call("or", (now, Call("and", (Call("gt", (Name(parts.lasting), HALF)), ever))))
        terms: list[Expression] = [Name(parts.schedule), Call("if", (now, Name(parts.more), ZERO))]
        for seen in self.seen:
            away = Call("sub", (Name(opening_name(seen, steps)), Name(expected_name(seen, steps))))
            terms.append(self._since_begun(Call("mul", (Name(parts.slope(seen)), away)), steps))
        value = _sum(terms)
        if decision.whole:
            value = _whole(value, decision, 0.5)
        if decision.high < float("inf"):
            value = Call("min", (value, Number(decision.high)))
        for most in self._most(decision):
            value = Call("min", (value, _whole(most, decision, ROUNDING) if decision.whole else most))
        if decision.low > -float("inf"):
            value = Call("max", (value, Number(decision.low)))
        return Call("mul", (Name(parts.acting), value))

    def _most(self, decision: Decision) -> list[Expression]:
        """The most that each limit leaves to the decision.

        Those that stand before it in the model take first, and those that stand after it keep their least values.
        """
        found: list[Expression] = []
        for number, limit in enumerate(self.system.aim.constraints):
            terms = dict(limit.terms)
            if terms.get(decision.name, 0.0) <= 0:
                continue
            least = sum(terms[later] * self._low(later) for later in terms if self._is_later(later, decision.name))
            left: Expression = Number(limit.bound - least)
            if not limit.per_period:
                left = Name(f"left of limit {number}")
                left = Call("sub", (left, Number(least))) if least else left
            for name, coefficient in limit.terms:
                if name != decision.name and not self._is_later(name, decision.name):
                    left = Call("sub", (left, _product(coefficient, Name(name))))
            found.append(Call("div", (left, Number(terms[decision.name]))))
        return found

    def _is_later(self, name: str, than: str) -> bool:
        """Whether a decision reacts too, and takes from limits after another."""
        order = [decision.name for decision in self.chosen]
        return name in order and order.index(name) > order.index(than)

    def _low(self, name: str) -> float:
        return next(decision.low for decision in self.chosen if decision.name == name)

    def _renamed(self, expression: Expression) -> Expression:
        """The expression with what is asked of a decision's slots asked of the decision that reacts."""
        if not isinstance(expression, Call):
            return expression
        arguments = tuple(self._renamed(each) for each in expression.arguments)
        first = str(expression.static[0]) if expression.static else ""
        if expression.function == "at_start" and first in self.parts:
            return Call("mul", (Call("at_start", (), (self.parts[first].acting,)), Name(first)))
        if expression.function == "in_service" and first in self.parts:
            parts = self.parts[first]
            periods = next(decision.periods for decision in self.chosen if decision.name == first)
            return Call("in_service", arguments, (parts.acting, *map(parts.bought, range(periods))))
        return replace(expression, arguments=arguments)

    def _renamed_limit(self, limit: LinearConstraint) -> LinearConstraint:
        terms = tuple((self.parts[n].schedule if n in self.parts else n, coefficient) for n, coefficient in limit.terms)
        return replace(limit, terms=terms)


def _fixed(name: str, like: Decision, value: float) -> Decision:
    """A decision with the periods of another that nobody chooses."""
    bounds = (-float("inf"), float("inf")) if value == 0 else (value, value)
    return Decision(
        name, Unit(), *bounds, like.steps_per_period, like.periods, value, None, frozen=value != 0, after="hold"
    )


def _single(name: str, steps: int) -> Decision:
    return Decision(name, Unit(), -float("inf"), float("inf"), steps, 1, 0.0, None, after="hold")


def _opens(steps: int) -> Expression:
    """Whether the step that begins opens a period."""
    return Call("gt", (Call("at_start", (), (clock_name(steps),)), ZERO))


def _held(name: str, value: Expression, when: Expression, unit: Unit | None = None) -> Stock:
    return Stock(name, ZERO, Call("if", (when, value, Name(name))), unit or Unit(), kind="held", hidden=True)


def _whole(value: Expression, decision: Decision, shift: float) -> Expression:
    unit = Number(decision.unit.factor)
    return Call("mul", (Call("floor", (Call("add", (Call("div", (value, unit)), Number(shift))),)), unit))


def _product(factor: float, expression: Expression) -> Expression:
    return expression if factor == 1 else Call("mul", (Number(factor), expression))


def _sum(parts: Sequence[Expression]) -> Expression:
    return reduce(lambda a, b: Call("add", (a, b)), parts) if parts else ZERO


def _calls(system: System, function: str) -> list[Call]:
    wholes = [*(a.value for a in system.auxiliaries), *(s.change for s in system.stocks), system.impact]
    wholes += [m.value for m in system.measures] + ([system.final] if system.final is not None else [])
    return [p for whole in wholes for p in walk(whole) if isinstance(p, Call) and p.function == function]


def _starting(stocks: Sequence[Stock], auxiliaries: Sequence[Auxiliary]) -> tuple[str, ...]:
    graph: Mapping[str, Sequence[str]] = {
        **{stock.name: list(names_in(stock.start)) for stock in stocks},
        **{auxiliary.name: list(names_in(auxiliary.value)) for auxiliary in auxiliaries},
    }
    return tuple(ordered(graph, [stock.name for stock in stocks])[0])
