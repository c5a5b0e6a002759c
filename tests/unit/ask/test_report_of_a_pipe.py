"""A report asks several questions of one plan, which may come from something that can be read only once."""

from __future__ import annotations

import leverwise
from unit.ask.test_questions import SHOP
from unit.ask.test_reading import pipe

ASKED = ["simulate", "diagnose", "sensitivity", "information", "robust"]


def test_a_plan_from_a_pipe_is_read_once() -> None:
    """Simulation and diagnosis run the same plan, and call it by the name of the pipe."""
    model = leverwise.load({**SHOP, "stocks": {"cash": {**SHOP["stocks"]["cash"], "nudge": "cash"}}})
    with pipe(b"plan: {ads: 100}\n") as name:
        found = model.report(samples=16, plan=name)
    assert [answer.question for answer in found.answers] == ["schedule", *ASKED]
    assert not found.unanswered
    assert f"he plan in {name}" in found.answers[0].headline
    assert all(f"he plan in {name}" not in answer.headline for answer in found.answers[1:4])
    first, second = (answer.numbers["impact"].mean for answer in found.answers[1:3])
    assert first == second == model.simulate(samples=16, plan={"ads": 100}).numbers["impact"].mean
