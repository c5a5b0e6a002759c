"""C10: invention is hard to delegate."""

from __future__ import annotations

from functools import cache

from ruamel.yaml import YAML

import leverwise
from claims.conftest import EXAMPLES, at_end, example
from mechanisms.models import numbers

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


def inventor(**limits: str) -> leverwise.Model:
    """The inventor with a crew that may make songs or help in research, and nothing else to pull."""
    with (EXAMPLES / "inventor.yaml").open(encoding="utf-8") as stream:
        source = YAML(typ="safe").load(stream)
    source["levers"] = {lever: source["levers"][lever] for lever in ("method", "crew")}
    method = source["levers"]["method"]["technology"]
    method |= {"multiplies": {"writing.effort": 0.5}, "difficulty": "300 hours"}
    method |= {name.replace("_", " "): value for name, value in limits.items()}
    source["time"] = {"step": "1 month", "horizon": "24 months", "tail": "12 months"}
    source["plan"] = {"every": "12 months", "objective": "mean", "confidence": "90 %"}
    return leverwise.load(source)


@cache
def planned(**limits: str) -> leverwise.Answer:
    """The best plan, found once for all tests."""
    return inventor(**limits).plan(samples=64)


def test_the_best_plan_spends_the_inventors_own_hours() -> None:
    """Free to use either, the best plan gets most of the inventing from the inventor, in every sample.

    Hours are those really worked, and are compared by what they invent: one of staff counts `delegable`, as drawn in
    the sample. Raw hours would be no measure: staff have many, and theirs cost money only.
    """
    plan: dict[str, list[float]] = {}
    for row in planned().rows["schedule"]:
        plan.setdefault(f"{row['lever']}.{row['decision']}", []).append(row["value"])
    model, samples = inventor(), 256
    watch = ("research.hours_given", "method.staff_given")
    given = model.simulate(samples=samples, plan=plan, watch=watch).series
    own, staff = (given[name].sum(axis=1) for name in watch)
    assert own.min() > 100
    assert (own > numbers(model, samples)["method.delegable"] * staff).all()


def test_a_plan_misses_the_inventors_hours_more_than_those_of_staff() -> None:
    """Planned anew without research by the inventor impact falls by a tenth, without research by staff hardly."""
    both = planned().numbers["objective"].mean
    without_staff = planned(most_staff_research="0 hours/month").numbers["objective"].mean
    without_own = planned(most_research="0 hours/month").numbers["objective"].mean
    assert without_own < 0.92 * both
    assert without_staff > 0.98 * both
