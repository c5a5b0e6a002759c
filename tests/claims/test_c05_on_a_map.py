"""C5 as a picture: the map of the maker's model shows what the claim says of capital."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np

import leverwise

MODEL = Path(__file__).with_name("studio.yaml")
ROUNDING = 1e-9


@cache
def drawn() -> leverwise.Answer:
    """The map of money and talent, on the columns and rows of the claim."""
    axes = {"x": "money.start=$30k,$200k,$400k,$700k", "y": "maker.talent.making=1,2,3"}
    return leverwise.load(MODEL).map(samples=64, **axes)


def test_capital_is_worth_more_the_richer_and_the_more_talented_on_the_map() -> None:
    """What all capital is worth, as a difference of logarithms, never falls; in the poor corner it is nothing."""
    worth = {
        (row["x"], row["y"]): -np.log1p(-row["loss_share"])
        for row in drawn().rows["losses"]
        if row["lever"] is None and row["mechanism"] == "capital"
    }
    table = np.array([[worth[x, y] for x in (30e3, 200e3, 400e3, 700e3)] for y in (1, 2, 3)])
    assert table[0, 0] == 0
    assert (np.diff(table, axis=0) >= -ROUNDING).all(), table
    assert (np.diff(table, axis=1) >= -ROUNDING).all(), table
    assert table[-1, -1] > 0.4


def test_the_map_advises_hires_where_money_is_and_talent_is_not_above_theirs() -> None:
    """With little money nothing helps; hires as able as the maker are best with much; else the studio is."""
    advice = {(row["x"], row["y"]): row["best_lever"] for row in drawn().rows["cells"]}
    assert [advice[30e3, y] for y in (1, 2, 3)] == ["none"] * 3
    assert [advice[x, 1] for x in (200e3, 400e3, 700e3)] == ["studio", "crew", "crew"]
    assert {advice[x, y] for x in (200e3, 400e3, 700e3) for y in (2, 3)} == {"studio"}
    assert "nothing helps" in drawn().headline
    assert any("studio begins to help" in note for note in drawn().notes)
