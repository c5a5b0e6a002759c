"""C10: invention is hard to delegate."""

from __future__ import annotations

from claims.conftest import at_end, example

HOURS = [60] * 4 + [0] * 8


def invented(**hours: object) -> float:
    model = example("inventor", ("money.start", "$2M"))
    plan = {"crew.positions": 4, **{f"method.{name}": value for name, value in hours.items()}}
    return float(at_end(model.simulate(samples=1024, plan=plan, watch=("method.acting",)), "method.acting").mean())


def test_the_same_hours_of_staff_invent_less() -> None:
    """Sixty hours a month for a year by the inventor succeed more often than by the crew."""
    own, staff = invented(research=HOURS), invented(staff_research=HOURS)
    assert own > 1.5 * staff > 0


def test_without_hours_nothing_is_invented() -> None:
    """No hours, no invention."""
    assert invented() == 0
