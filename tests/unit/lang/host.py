"""A plain-Python Euler run of a `System`, slow and simple, to check the language without the engine."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any

from leverwise.lang import System, build
from leverwise.lang.declarations import (
    DecisionDeclaration,
    Declarations,
    EquationDeclaration,
    PlanDeclaration,
    StockDeclaration,
    Term,
    TimeDeclaration,
    ValueDeclaration,
    Written,
)
from leverwise.lang.evaluate import apply
from leverwise.lang.system import Call, Expression, Name, Number


def written(text: str, scope: str = "") -> Written:
    return Written(text, None, scope)


def plain(
    *,
    step: str = "1",
    horizon: str = "10",
    values: Mapping[str, str] | None = None,
    decisions: Mapping[str, Mapping[str, Any]] | None = None,
    stocks: Mapping[str, tuple[str, str]] | None = None,
    equations: Mapping[str, str] | None = None,
    impact: str | None = None,
    plan: Mapping[str, Any] | None = None,
    units: tuple[str, ...] = (),
    **rest: Any,
) -> Declarations:
    """Declarations of a model without levers, from texts."""
    return Declarations(
        "test",
        TimeDeclaration(written(step), written(horizon), method="euler"),
        units=tuple(written(each) for each in units),
        values=tuple(ValueDeclaration(name, written(text)) for name, text in (values or {}).items()),
        decisions=tuple(DecisionDeclaration(name, **fields) for name, fields in (decisions or {}).items()),
        stocks=tuple(
            StockDeclaration(n, written(start), written(change)) for n, (start, change) in (stocks or {}).items()
        ),
        equations=tuple(EquationDeclaration(n, (Term(written(text)),)) for n, text in (equations or {}).items()),
        impact=None if impact is None else written(impact),
        plan=PlanDeclaration(**(plan or {})),
        **rest,
    )


def built(**parts: Any) -> System:
    return build(plain(**parts))


class Run:
    """An Euler run with values at `known` and decisions at their schedules; `now` holds the last values."""

    def __init__(self, system: System, known: Mapping[str, float] | None = None) -> None:
        self.system = system
        self.known = {v.name: v.distribution.parameters[0] for v in system.values if not v.drawn} | dict(known or {})
        self.known |= {f"{switch}.on": 1.0 for switch in system.switches}
        self.random = random.Random(1)
        self.history: dict[str, list[float]] = {}
        self.step = 0
        self.now: dict[str, float] = {}
        state = self._start()
        for self.step in range(system.clock.steps + 1):
            self._auxiliaries(state)
            for stock in system.stocks:
                if stock.kind != "flow":
                    worse = min if stock.kind == "lowest" else max
                    state[stock.name] = worse(state[stock.name], self._value(stock.change))
            self._auxiliaries(state)
            changes = {s.name: self._value(s.change) * system.clock.step for s in system.stocks if s.kind == "flow"}
            if self.step < system.clock.steps:
                state = {name: value + changes.get(name, 0.0) for name, value in state.items()}

    def _start(self) -> dict[str, float]:
        self.now = self.known | {"t": 0.0} | self._decisions()
        auxiliaries = {each.name: each.value for each in self.system.auxiliaries}
        stocks = {each.name: each.start for each in self.system.stocks}
        for name in self.system.starting:
            self.now[name] = self._value(stocks[name] if name in stocks else auxiliaries[name])
        return {name: self.now[name] for name in stocks}

    def _auxiliaries(self, state: Mapping[str, float]) -> None:
        self.now = self.known | {"t": self.step * self.system.clock.step} | self._decisions() | dict(state)
        for each in self.system.auxiliaries:
            self.now[each.name] = self._value(each.value)

    def _decisions(self) -> dict[str, float]:
        found = {}
        for each in self.system.decisions:
            values = each.use or (each.start,) * each.periods
            found[each.name] = values[min(self.step // each.steps_per_period, each.periods - 1)]
        return found

    def _value(self, expression: Expression) -> float:
        if isinstance(expression, Number):
            return expression.value
        if isinstance(expression, Name):
            return self.now[expression.name]
        arguments = [self._value(each) for each in expression.arguments]
        special = getattr(self, f"_{expression.function}", None)
        return special(expression, *arguments) if special else apply(expression, arguments)

    def _time_step(self, call: Call) -> float:
        return self.system.clock.step

    def _crossed(self, call: Call, x: float, threshold: float, rate: float) -> float:
        after = x + rate * self.system.clock.step
        if x >= threshold:
            return 1.0
        return (after - threshold) / (after - x) if after > threshold else 0.0

    def _noise(self, call: Call) -> float:
        return self.random.gauss(0, 1) if call.static[1] == "normal" else self.random.random()

    def _delay_fixed(self, call: Call, x: float) -> float:
        key, lag, start = call.static
        past = self.history.setdefault(str(key), [])
        del past[self.step :]
        past.append(x)
        steps = round(float(lag) / self.system.clock.step)  # type: ignore[arg-type]
        return past[self.step - steps] if self.step >= steps else float(start)  # type: ignore[arg-type]

    def _decision(self, call: Call) -> Any:
        return next(each for each in self.system.decisions if each.name == call.static[0])

    def _opening(self, call: Call) -> float:
        return float(self.now[call.static[0]])

    def _at_start(self, call: Call) -> float:
        decision = self._decision(call)
        return self.now[decision.name] / self.system.clock.step if self.step % decision.steps_per_period == 0 else 0.0

    def _in_service(self, call: Call, life: float) -> float:
        decision, total = self._decision(call), 0.0
        values = decision.use or (decision.start,) * decision.periods
        for period in range(decision.periods):
            age = (self.step - period * decision.steps_per_period) * self.system.clock.step
            total += values[period] if 0 <= age < life else 0.0
        return total
