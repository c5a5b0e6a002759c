"""C10: invention is hard to delegate."""

from __future__ import annotations

from ruamel.yaml import YAML

import leverwise
from claims.conftest import EXAMPLES, at_end, example

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


def test_the_best_plan_spends_the_inventors_own_hours() -> None:
    """Free to use either, the best plan gets most of its inventing from the inventor, at any worth of staff."""
    with (EXAMPLES / "inventor.yaml").open(encoding="utf-8") as stream:
        source = YAML(typ="safe").load(stream)
    source["levers"] = {lever: source["levers"][lever] for lever in ("method", "crew")}
    source["levers"]["method"]["technology"]["multiplies"] = {"writing.effort": 0.5}
    source["levers"]["method"]["technology"]["difficulty"] = "300 hours"
    source["time"] = {"step": "1 month", "horizon": "24 months", "tail": "12 months"}
    source["plan"] = {"every": "12 months", "objective": "mean", "confidence": "90 %"}
    schedule = leverwise.load(source).plan(samples=256).rows["schedule"]
    hours = {
        name: sum(r["value"] for r in schedule if r["decision"] == name) for name in ("research", "staff_research")
    }
    worth_at_most = 0.4
    assert hours["research"] > worth_at_most * hours["staff_research"]
    assert hours["research"] > 10
