"""C3: employees are not aligned with you."""

from __future__ import annotations

import numpy as np
import pytest
from ruamel.yaml import YAML

import leverwise
from claims.conftest import EXAMPLES, at_end, example

PLAN = {"crew.positions": 4, "manager.positions": 1}


def test_less_alignment_costs_impact_and_trust() -> None:
    """The same people who want something else make less, and what they break is trusted less."""
    aligned, adrift = (
        example("superstar", ("crew.alignment", a)).simulate(samples=512, plan=PLAN) for a in ("1", "0.4")
    )
    assert adrift.numbers["impact"].mean < aligned.numbers["impact"].mean
    assert at_end(adrift, "trust").mean() < at_end(aligned, "trust").mean() - 0.02


@pytest.mark.parametrize(("r", "c", "noise", "angle"), [(2, 1, 0.5, 0.0), (1, 0.5, 2, 0.3), (4, 2, 0.25, 0.6)])
def test_alignment_follows_the_best_contract(r: float, c: float, noise: float, angle: float) -> None:
    """Incentive 1/(1 + r c s2), alignment cos(angle)^2 times that, agency cost r s2/(2(1 + r c s2))."""
    with (EXAMPLES / "superstar.yaml").open(encoding="utf-8") as stream:
        source = YAML(typ="safe").load(stream)
    crew = source["levers"]["crew"]["delegation"]
    del crew["alignment"]
    crew |= {"risk aversion": r, "effort cost": c, "measure noise": noise, "measure angle": angle}
    model = leverwise.load(source)
    watch = ("crew.incentive", "crew.aligned", "crew.agency_cost")
    answer = model.simulate(samples=16, watch=watch)
    share = 1 / (1 + r * c * noise)
    expected = (share, np.cos(angle) ** 2 * share, r * noise / (2 * (1 + r * c * noise)))
    for name, value in zip(watch, expected, strict=True):
        assert at_end(answer, name) == pytest.approx(value, rel=1e-12)
