"""Small systems for the engine's tests, and a few words to write expressions with."""

from __future__ import annotations

from collections.abc import Sequence

from leverwise.lang.system import (
    Auxiliary,
    Call,
    Clock,
    Decision,
    Distribution,
    Expression,
    Measure,
    Name,
    Number,
    Stock,
    System,
    Unit,
    Value,
)

PLAIN = Unit()
Term = Expression | float | str


def term(x: Term) -> Expression:
    """A name, a number, or an expression as it is."""
    if isinstance(x, str):
        return Name(x)
    return Number(float(x)) if isinstance(x, int | float) else x


def call(function: str, *arguments: Term, static: tuple[object, ...] = ()) -> Call:
    """A call of arguments given as names, numbers or expressions."""
    return Call(function, tuple(term(a) for a in arguments), static)


def constant(name: str, value: float) -> Value:
    """A value that is the same in all samples."""
    return Value(name, Distribution("constant", (value,)), PLAIN, "")


def drawn(name: str, family: str = "normal", parameters: Sequence[float] = (0.0, 1.0)) -> Value:
    """A value with one draw per sample."""
    return Value(name, Distribution(family, tuple(parameters)), PLAIN, "")


def stock(name: str, start: Term, change: Term, **more: object) -> Stock:
    """A stock without a unit."""
    return Stock(name, term(start), term(change), PLAIN, **more)  # type: ignore[arg-type]


def auxiliary(name: str, value: Term, **more: object) -> Auxiliary:
    """An auxiliary without a unit."""
    return Auxiliary(name, term(value), PLAIN, **more)  # type: ignore[arg-type]


def decision(name: str, periods: int, length: int = 1, start: float = 0.0, **more: object) -> Decision:
    """A decision without bounds."""
    return Decision(name, PLAIN, 0.0, float("inf"), length, periods, start, None, **more)  # type: ignore[arg-type]


def system(
    *,
    stocks: Sequence[Stock] = (),
    auxiliaries: Sequence[Auxiliary] = (),
    values: Sequence[Value] = (),
    decisions: Sequence[Decision] = (),
    impact: Term = 0.0,
    step: float = 1.0,
    steps: int = 10,
    tail: int = 0,
    method: str = "heun",
    measures: Sequence[tuple[str, Term]] = (),
    record: Sequence[str] | None = None,
    **more: object,
) -> System:
    """A system of these parts; stocks start in the order given, all variables are recorded."""
    everything = [s.name for s in stocks] + [a.name for a in auxiliaries if not a.constant]
    parts: dict[str, object] = {
        "correlations": (),
        "switches": (),
        "final": None,
        "discount": 0.0,
        "capacities": (),
        **more,
    }
    return System(
        name="test",
        about="",
        clock=Clock(step, steps, tail, method, PLAIN),  # type: ignore[arg-type]
        values=tuple(values),
        decisions=tuple(decisions),
        stocks=tuple(stocks),
        auxiliaries=tuple(auxiliaries),
        starting=tuple(s.name for s in stocks),
        impact=term(impact),
        impact_unit=PLAIN,
        measures=tuple(Measure(name, term(value), PLAIN) for name, value in measures),
        record=tuple(everything if record is None else record),
        **parts,  # type: ignore[arg-type]
    )
