"""Elasticities in words, and that nothing is said of them where nothing can be invented."""

from __future__ import annotations

from leverwise.ask.elasticity import elasticities, sentence


def test_inventions_and_capital_are_each_taken_together() -> None:
    """Elasticities of one kind add up; the sentence sets one kind beside the other."""
    rows = [
        {"lever": "method", "mechanism": "technology", "elasticity": 0.5},
        {"lever": "lab", "mechanism": "technology", "elasticity": 0.25},
        {"lever": "studio", "mechanism": "capital", "elasticity": -0.1},
    ]
    assert sentence(rows) == [
        "1 % better inventions make impact 0.75 % larger; 1 % more capital makes it 0.1 % smaller."
    ]
    none = [{**row, "elasticity": 0.0} for row in rows]
    assert sentence(none) == ["Neither inventions nor capital are at work here: 1 % more would change nothing."]
    assert sentence(none[:1]) == ["No invention is at work here: 1 % more would change nothing."]
    assert sentence(rows[:2]) == ["1 % better inventions make impact 0.75 % larger."]


def test_nothing_is_said_without_an_invention() -> None:
    """Capital alone has no row: there is nothing to set it beside, and the engine is not asked."""
    assert elasticities(None, None, {"studio": "capital", "crew": "delegation"}, (None, None, None), 0) == []
    assert sentence([]) == []
