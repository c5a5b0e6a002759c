"""Sentences of answers that a newcomer must be able to follow: that they agree with the numbers beside them."""

from __future__ import annotations

import numpy as np
import pytest

from leverwise.ask import robust
from unit.ask.test_robust import bet


def _short(share: float, samples: int = 1000) -> robust._Broken:
    """Money that does not suffice in a share of the samples."""
    return robust._Broken("cash_margin", np.arange(samples) < share * samples, [])


def test_more_confidence_is_advised_only_beyond_what_holds() -> None:
    """Money that suffices in 98 % holds at 95 % already, money that suffices in 92 % does not."""
    model = bet(plan={"objective": "mean", "confidence": "90 %"})
    assert "--confidence '95 %'" in robust._next(model, None, [_short(0.08)])
    assert "--confidence" not in robust._next(model, None, [_short(0.02)])
    assert "--confidence '95 %'" in robust._next(model, None, [_short(0.02), _short(0.3)])


def test_a_share_that_breaks_has_an_error() -> None:
    """Of independent samples it is about the root of p(1 - p)/n; of what always or never happens it is none."""
    flags = np.random.default_rng(1).random(4096) < 0.1
    told = robust._share_of(flags)
    assert told.mean == pytest.approx(10, abs=2)
    assert told.se == pytest.approx(100 * (0.1 * 0.9 / 4096) ** 0.5, rel=0.5)
    assert robust._share_of(np.zeros(64, dtype=bool)).se == 0


def test_the_worst_tenth_that_nothing_explains_is_told_in_a_sentence() -> None:
    """It reads as one, with the share of the samples in it."""
    (said,) = robust._notes([robust._Broken(robust.LEAST, np.arange(1000) < 100, [])])
    assert said == ("Where its worst tenth of the samples lie, in which it makes least, no small set of inputs tells.")
