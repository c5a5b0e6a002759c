"""Elasticities in words, and that nothing is said of them where nothing can be invented."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from leverwise.ask.elasticity import elasticities, sentences, streams
from leverwise.lang.system import Number, Stock
from leverwise.units import Unit
from unit.ask.stand_in import decision, system

PLAIN = system([decision("ads.spent")])
STREAM = replace(PLAIN, stocks=(Stock("habit.productivity", Number(1.0), Number(0.0), Unit()),))
ROWS = np.zeros((1, 2)) + 3.0, np.arange(2), np.array([100.0])


class Shop:
    """Impact is the root of the invention's level, times people reached at the price paid, one price of two drawn."""

    constant_names, draw_names = ("method.level", "ads.paid", "habit.level"), ("signs.paid",)
    constants = np.array([1.0, 5.0, 1.0])

    def gradient(self, draws: Any, index: Any, decisions: Any, *, constants: Any, seed: int) -> Any:
        level, paid, habit = constants
        reached = (decisions[0] / paid) ** 0.3 * (decisions[0] / draws[0]) ** 0.2
        return SimpleNamespace(measures=(level**0.5 * habit * reached)[None])


def test_each_row_is_one_percent_more_effect_for_nothing() -> None:
    """Publicity that reaches 1 % more people for the same money: the price counts, and what is spent stays."""
    kinds = {"method": "technology", "ads": "capital", "signs": "capital", "crew": "delegation"}
    rows = elasticities(Shop(), PLAIN, kinds, ROWS, 0)
    assert {row["lever"]: row["elasticity"] for row in rows} == pytest.approx(
        {"method": 0.5, "ads": 0.3, "signs": 0.2}, rel=1e-9
    )


def test_a_stream_of_improvements_is_left_out_and_told() -> None:
    """Its level is no productivity: it has no row, a sentence names it, and alone it leaves nothing to set beside."""
    kinds = {"method": "technology", "habit": "technology", "ads": "capital"}
    assert streams(STREAM, kinds) == ["habit"]
    rows = elasticities(Shop(), STREAM, kinds, ROWS, 0)
    assert [row["lever"] for row in rows] == ["method", "ads"]
    assert sentences(rows, ["habit"])[1].startswith("habit is a stream of improvements")
    assert elasticities(Shop(), STREAM, {"habit": "technology", "ads": "capital"}, ROWS, 0) == []
    assert sentences([], ["habit", "drill"])[0].startswith("habit and drill are streams of improvements")


def test_inventions_and_capital_are_each_taken_together() -> None:
    """Elasticities of one kind add up; the sentence sets one kind beside the other."""
    rows = [
        {"lever": "method", "mechanism": "technology", "elasticity": 0.5},
        {"lever": "lab", "mechanism": "technology", "elasticity": 0.25},
        {"lever": "studio", "mechanism": "capital", "elasticity": -0.1},
    ]
    assert sentences(rows) == [
        "1 % better inventions make impact 0.75 % larger; 1 % more capital makes it 0.1 % smaller."
    ]
    none = [{**row, "elasticity": 0.0} for row in rows]
    assert sentences(none) == ["Neither inventions nor capital are at work here: 1 % more would change nothing."]
    assert sentences(none[:1]) == ["No invention is at work here: 1 % more would change nothing."]
    assert sentences(rows[:2]) == ["1 % better inventions make impact 0.75 % larger."]


def test_nothing_is_said_without_an_invention() -> None:
    """Capital alone has no row: there is nothing to set it beside, and the engine is not asked."""
    assert elasticities(None, PLAIN, {"studio": "capital", "crew": "delegation"}, (None, None, None), 0) == []
    assert sentences([]) == []
