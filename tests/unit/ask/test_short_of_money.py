"""Where no plan holds: how much more money at the start would do, and which advice is left out."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from leverwise.ask.planning.merit import Draws, Merit
from leverwise.ask.planning.short import ShortPlanner
from leverwise.ask.planning.verify import what_to_relax
from leverwise.ask.short_of_money import needed_at_start
from leverwise.errors import NoAnswerError
from leverwise.lang.system import Aim

MONTHS, OVERHEAD = 12, 1000.0
NOTHING = np.zeros(1)


@dataclass
class Till:
    """A till that holds what was drawn, multiplied in some first months; then overhead is paid monthly, or unpaid."""

    resources: tuple[str, ...] = ("cash",)
    measure_names: tuple[str, ...] = ("impact", "cash_margin")
    precision: str = "float64"
    periods: int = 1
    returns: tuple[float, ...] = ()
    runs: int = 0

    def draws(self, first: int, count: int, seed: int) -> Any:
        """Nothing is there in any sample."""
        return np.zeros((1, count))

    system: Any = field(default_factory=lambda: SimpleNamespace(clock=SimpleNamespace(step=1.0)))

    def measures(self, draws: Any, index: Any, decisions: Any, *, nudges: Any = None, seed: int = 0) -> Any:
        """Impact is 1; the margin is what the tightest month lacks: what is unpaid is no debt for the next."""
        self.runs += 1
        cash = draws[0] + (0.0 if nudges is None else nudges[0, 0])
        cash = cash * np.prod(self.returns)
        least = np.full_like(cash, np.inf)
        for _ in range(1 if self.returns else MONTHS):
            least = np.minimum(least, cash - OVERHEAD)
            cash = np.maximum(0.0, cash - OVERHEAD)
        return np.stack([np.ones_like(cash), least])


def merit(cash: Any, aim: Aim, till: Till | None = None) -> Merit:
    """Its merit on samples that begin with so much (n,)."""
    return Merit(till or Till(), aim, Draws(np.asarray(cash, float)[None], np.arange(len(cash))))


@pytest.mark.parametrize("confidence", [0.5, 0.9])
@pytest.mark.parametrize("margin", [OVERHEAD, 1.0])
def test_the_sum_is_what_all_months_lack(confidence: float, margin: float) -> None:
    """A year's overhead less what is there in the share of samples asked for, and not the last month's alone."""
    cash = np.linspace(0, 4000, 500)
    aim = Aim(confidence=confidence)
    found = needed_at_start(aim, merit(cash, aim), NOTHING, margin)
    needed = MONTHS * OVERHEAD - np.quantile(cash, 1 - confidence)
    assert found is not None
    assert needed <= found <= 1.1 * needed


@pytest.mark.parametrize("tenfold", [2, 4, 9])
def test_money_that_earns_until_the_tightest_month_needs_less(tenfold: int) -> None:
    """A dollar that returns tenfold each month for so long pays for $1000 with less than that, however little."""
    aim = Aim(confidence=0.9)
    check = merit(np.zeros(8), aim, Till(returns=(10.0,) * tenfold))
    needed = OVERHEAD / 10.0**tenfold
    found = needed_at_start(aim, check, NOTHING, OVERHEAD)
    assert found == (None if tenfold == 9 else pytest.approx(needed, rel=0.1))
    assert found is None or found >= needed * (1 - 1e-12)


def test_no_sum_is_told_of_other_money() -> None:
    """A model that has no cash to be raised tells what a month lacks."""
    aim = Aim(confidence=0.9)
    found = merit(np.zeros(100), aim, Till(resources=()))
    assert needed_at_start(aim, found, NOTHING, OVERHEAD) is None
    assert "about $1k/month more is wanted at the tightest moment" in what_to_relax(aim, found, NOTHING)


def test_what_never_suffices_is_told_without_a_confidence_of_nothing() -> None:
    """A confidence of 0 % would be refused, so that it is no advice; one that some samples keep is."""
    aim = Aim(confidence=0.9)
    assert what_to_relax(aim, merit(np.zeros(1000), aim), NOTHING) == (
        "no plan was found that holds: money suffices in 0 % of the samples at best, not in the 90 % asked for; raise "
        "`money.start` by about $13k, or lower `money.overhead`, or `money.floor` if there is one."
    )
    some = np.where(np.arange(1000) < 845, 20_000.0, 0.0)
    assert what_to_relax(aim, merit(some, aim), NOTHING).endswith("or ask for a confidence of 84 %.")
    hardly = np.where(np.arange(1000) < 4, 20_000.0, 0.0)
    assert "a confidence of" not in what_to_relax(aim, merit(hardly, aim), NOTHING)


def test_a_short_search_tells_no_sum() -> None:
    """What many small searches say is told to nobody: one run judges the plan, and none finds a sum."""
    till, short = Till(), ShortPlanner.__new__(ShortPlanner)
    short.judge, short.aim, short.samples, short.proof = till, Aim(confidence=0.9), 64, 1
    with pytest.raises(NoAnswerError, match=r"about \$1k/month more is wanted at the tightest moment"):
        short._held(NOTHING, [NOTHING])
    assert till.runs == 1
