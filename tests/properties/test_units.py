"""Units are names: whatever a model is written in, the answer is the same."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import leverwise
from mechanisms.models import ATELIER, CREW, MACHINE, MEDIA, SEEDED, WORKSHOP, written

QUANTITY = re.compile(r"^(-?)(\$?)([\d.]+)(k|M)?(?: to ([\d.]+)(k|M)?)? ?(\$/person|\$/month|[%a-z][\w %/]*|/[\w/]+)?$")
THOUSANDS = {"": 1.0, None: 1.0, "k": 1e3, "M": 1e6}
MONTHS = {"month": 1.0, "year": 1 / 12, "week": 365.25 / 12 / 7, "day": 365.25 / 12, "quarter": 1 / 3}
"""How many of each are in a month."""
LEVERS = {
    "crew": {"delegation": CREW},
    "machine": {"capital": MACHINE},
    "media": {"capital": MEDIA},
    "club": {"network": SEEDED},
    "name": {"brand": {}},
}


def rewritten(node: Any, money: str, period: str, path: str = "") -> Any:
    """The same model with every quantity in other units: money in `$` or `cent`, time in `period`, no thousands."""
    if isinstance(node, dict):
        return {key: rewritten(value, money, period, f"{path}.{key}") for key, value in node.items()}
    if isinstance(node, list):
        return [rewritten(value, money, period, path) for value in node]
    if not isinstance(node, str) or path.endswith(".discount"):
        return node
    found = QUANTITY.match(node)
    if found is None:
        return node
    sign, dollar, low, low_k, high, high_k, unit = found.groups()
    unit = "$" + (unit or "") if dollar else unit or ""
    factor = 1.0
    if "$" in unit and money == "cent":
        factor, unit = 100.0, unit.replace("$", "cent")
    if re.search(r"/month", unit):
        factor, unit = factor / MONTHS[period], unit.replace("/month", f"/{period}")
    elif "month" in unit:
        factor, unit = factor * MONTHS[period], re.sub(r"months?", period, unit)
    first = f"{sign}{float(low) * THOUSANDS[low_k] * factor:.15g}"
    if high:
        return f"{first} to {float(high) * THOUSANDS[high_k] * factor:.15g} {unit}"
    return f"{first} {unit}"


def impact(model: dict[str, Any], plan: dict[str, float]) -> leverwise.Answer:
    return leverwise.load(model).simulate(samples=32, plan=plan)


def test_quantities_are_rewritten() -> None:
    """The rewriting itself: cents for dollars, years for months, units for thousands."""
    model = rewritten({"a": "4k to 7k $/month", "b": "$5k/month", "c": "18 months", "d": "3 %/month"}, "cent", "year")
    assert model == {
        "a": "4800000 to 8400000 cent/year",
        "b": "6000000 cent/year",
        "c": "1.5 year",
        "d": "36 %/year",
    }


@pytest.mark.parametrize(("money", "period"), [("cent", "year"), ("$", "week")])
@pytest.mark.parametrize("kind", ["free", "each"])
def test_other_units_same_answer(kind: str, money: str, period: str) -> None:
    """In cents for dollars, and years or weeks for months, impact is the same number in every sample."""
    if kind == "free":
        original = written(ATELIER, LEVERS, {"market.members": "100 people"})
        plan = {"crew.positions": 3, "machine.bought": 1, "club.tending": 20, "name.care": 5}
    else:
        original, plan = written(WORKSHOP), {}
    other = rewritten(original, money, period)
    assert other != original
    first, second = impact(original, plan), impact(other, plan)
    assert first.series["impact"][:, -1] == pytest.approx(second.series["impact"][:, -1], rel=1e-9)
    assert first.numbers["impact"].unit == second.numbers["impact"].unit


@settings(max_examples=12)
@given(
    st.sampled_from(["market.price", "money.start", "money.overhead"]),
    st.floats(0.001, 0.9),
    st.sampled_from(["$", "cent"]),
)
def test_a_price_in_cents_is_the_price_in_dollars(path: str, amount: float, money: str) -> None:
    """Any amount, written in cents, becomes the same base number as written in dollars."""
    unit = {"market.price": "/listen", "money.start": "", "money.overhead": "/month"}[path]
    number = amount * (100 if money == "cent" else 1)
    model = leverwise.load(written(ATELIER, None, {path: f"{number!r} {money}{unit}"}))
    name = {"market.price": "price", "money.start": "cash_start", "money.overhead": "overhead"}[path]
    engine = model.engine
    assert np.isclose(engine.constants[engine.constant_names.index(name)], amount, rtol=1e-12)
