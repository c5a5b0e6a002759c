"""C9: invention is leverage squared."""

from __future__ import annotations

import numpy as np
import pytest

from claims.conftest import example, impact

RICH = (("money.start", "$5M"), ("method.difficulty", "100 hours"))
PLAN = {
    "method.research": [60, 40, 20, 0, 0, 0, 0, 0, 0, 0, 0, 0],
    "fan_club.tending": 20,
    "shows.publicity": 30,
    "media.spent": 10e3,
    "crew.positions": 1,
    "studio.bought": [1] + [0] * 11,
}
OTHERS = ["fan_club", "name", "crew", "studio", "media", "shows"]


def test_impact_is_more_elastic_to_invention_than_to_capital() -> None:
    """One percent more productivity of the invention adds more than one percent more of all capital."""
    rows = example("inventor", *RICH).diagnose(plan=PLAN).rows["elasticities"]
    to_invention = sum(row["elasticity"] for row in rows if row["mechanism"] == "technology")
    to_capital = sum(row["elasticity"] for row in rows if row["mechanism"] == "capital")
    assert to_invention > 2 * to_capital > 0


def test_elasticities_are_those_of_the_model_set_anew() -> None:
    """The diagnosis says what loading the model with 1 % more of an invention, a studio or an advertisement makes."""
    step = 0.01
    base = impact(example("inventor", *RICH), plan=PLAN)
    rows = example("inventor", *RICH).diagnose(plan=PLAN).rows["elasticities"]
    found = {row["lever"]: row["elasticity"] for row in rows}
    for lever, setting in {
        "method": ("method.level", str(1 + step)),
        "studio": ("studio.saves", str(1 - (1 - 0.4) ** (1 + step))),
        "media": ("media.paid", f"${5 / (1 + step)!r}/person"),
    }.items():
        more = impact(example("inventor", *RICH, setting), plan=PLAN)
        assert found[lever] == pytest.approx(np.log(more / base) / np.log(1 + step), rel=1e-6)


@pytest.mark.parametrize("other", OTHERS)
def test_invention_and_every_other_lever_add_to_each_other(other: str) -> None:
    """Interactions in levels: invention is worth more with another lever than without it."""
    model = example("inventor", *RICH)

    def made(*levers: str) -> float:
        return impact(model, plan=PLAN, off=[lever for lever in model.levers if lever not in levers])

    assert made("method", other) - made("method") > made(other) - made()
