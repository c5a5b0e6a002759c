"""C4: some tasks can not be parallelised."""

from __future__ import annotations

import pytest

from claims.conftest import example, impact


@pytest.mark.parametrize("talent", ["0.5", "0.7"])
def test_a_hundred_mediocre_singers_earn_less_than_one_star(talent: str) -> None:
    """With a hundred singers of talent 0.7 or less the impact is below the star's own."""
    model = example("choir", ("choir.talent", talent))
    answer = model.simulate(samples=512, plan={"choir.positions": 100})
    assert answer.numbers["impact"].mean < 0.5 * answer.numbers["alone_impact"].mean
    assert answer.numbers["leverage"].p95 < 1


def test_a_hundred_competent_singers_earn_more() -> None:
    """The claim is about talent, not about number: competent singers do make more than the star alone."""
    model = example("choir", ("choir.talent", "1.0"))
    answer = model.simulate(samples=512, plan={"choir.positions": 100})
    assert answer.numbers["leverage"].p50 > 1


def test_a_second_player_at_one_keyboard_adds_exactly_nothing() -> None:
    """One seat, filled by the first player: a second player of equal talent changes no number at all."""
    model = example("keyboard")
    one = model.simulate(samples=256, plan={"second_player.positions": 0})
    two = model.simulate(samples=256, plan={"second_player.positions": 1})
    assert (one.series["output"] == two.series["output"]).all()
    assert one.numbers["impact"].mean == two.numbers["impact"].mean


def test_a_second_instrument_gives_the_second_player_something_to_do() -> None:
    """With a second seat the same player does add output."""
    model = example("keyboard")
    bare = impact(model, plan={"second_player.positions": 1})
    both = impact(model, plan={"second_player.positions": 1, "second_piano.bought": [1, 0, 0, 0]})
    assert both > bare
