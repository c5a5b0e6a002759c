"""A small system made by hand: one lever, one decision, a visible and a hidden stock."""

from __future__ import annotations

from leverwise.lang.declarations import Origin
from leverwise.lang.system import (
    Auxiliary,
    Call,
    Clock,
    Decision,
    Distribution,
    Measure,
    Name,
    Number,
    Stock,
    System,
    Unit,
    Value,
)

DOLLAR = Unit("$", 1.0)
THOUSANDS = Unit("$k/month", 1000.0)
MONTH = Unit("month", 1.0)


def small_system() -> System:
    """Cash that media spending turns, through a smoothed equation, into recognition and impact."""
    media = Origin("What media cost.", "capital", "media", "Berger, J. (2010) Positive Effects.", default=True)
    return System(
        name='small <&> "one"',
        about="Money buys recognition.",
        clock=Clock(0.5, 24, 6, "heun", MONTH),
        values=(
            Value("fade", Distribution("constant", (0.1,)), Unit("1/month"), "0.1/month"),
            Value("media.price", Distribution("lognormal", (1.0, 0.2)), DOLLAR, "2 to 4 $", media),
        ),
        correlations=(),
        decisions=(
            Decision("media.spent", THOUSANDS, 0.0, 9000.0, 6, 4, 0.0, None, origin=media),
            Decision("hire", Unit("person"), 0.0, float("inf"), 12, 2, 0.0, None, whole=True),
        ),
        switches=("media",),
        stocks=(
            Stock("cash", Number(100.0), Call("neg", (Name("media.spent"),)), DOLLAR),
            Stock("known", Number(0.0), Name("reach"), Unit("person")),
            Stock("known#smooth", Number(0.0), Name("known"), Unit("person"), hidden=True),
        ),
        auxiliaries=(
            Auxiliary("scale", Name("fade"), Unit(), constant=True),
            Auxiliary(
                "reach", Call("div", (Name("media.spent"), Name("media.price"))), Unit("person/month"), origin=media
            ),
            Auxiliary("deals", Call("mul", (Name("known#smooth"), Name("scale"))), Unit("deal/month")),
        ),
        starting=(),
        impact=Name("deals"),
        impact_unit=Unit("deal"),
        final=None,
        discount=0.0,
        measures=(Measure("margin", Name("cash"), DOLLAR),),
        capacities=(),
    )
