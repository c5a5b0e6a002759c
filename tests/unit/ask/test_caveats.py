"""What is said of variables that went beyond their limits."""

from __future__ import annotations

import numpy as np
import pytest

import leverwise
from leverwise.ask.caveats import enough, held, rationing, too_few, unique
from leverwise.ask.planning.verify import half_step

HELD = "`crew.novices` went below its least value 0 person and was held there, first at time 7 months, in {} samples"


@pytest.mark.parametrize(
    ("count", "said"),
    [
        ("1 of 4,096", ""),
        ("4 of 4,096", ""),
        ("5 of 4,096", "in 5 of 4,096 samples `crew.novices` would have gone below 0 person and was held there, first"),
        ("64 of 64", "in every sample `crew.novices` would have gone below 0 person"),
    ],
)
def test_limits_that_are_hit_in_next_to_no_sample_are_not_told(count: str, said: str) -> None:
    """Up to one in a thousand; of the others the sentence says how often, what happened, and what to try."""
    found = unique([HELD.format(count)])
    assert len(found) == bool(said)
    assert not said or (found[0].startswith(said) and found[0].endswith("a shorter `step` mends it."))


def test_a_stock_that_is_overspent_is_not_blamed_on_the_step() -> None:
    """A `min` stops no outflow: that is said first, and what half the step changes is said to come from either."""
    source = {
        "leverwise": 1,
        "model": "overspent",
        "time": {"step": "1 month", "horizon": "12 months"},
        "decisions": {"ads": {"min": "$0/month", "max": "$1000/month"}},
        "stocks": {"cash": {"start": "$550", "change": "$50/month - ads", "min": 0}},
        "impact": "if cash > $0 then ads/$1 else 0/month",
    }
    model = leverwise.load(source)
    warnings = model.simulate(samples=16, plan={"ads": 1000}).warnings
    assert any("more is taken from it than there is. A `min` stops no flow" in text for text in warnings)
    raw = model.engine.simulate(16, 0, decisions=np.array([1000.0]), record=(), keep=False, fans=()).warnings
    assert held(raw) == ["cash"]
    for names, said in ((held(raw), "the step, or from `cash` being held at a limit, which"), ([], "from the step;")):
        (caveat,) = half_step(model.engine, model.system, np.array([1000.0]), 16, 0, names)[1]
        assert said in caveat
        assert caveat.endswith("; make `time.step` smaller.")


def test_a_stock_that_impact_does_not_depend_on_is_not_blamed() -> None:
    """Growth by coarse steps is the step's doing, whatever runs empty beside it."""
    source = {
        "leverwise": 1,
        "model": "growth",
        "time": {"step": "1 month", "horizon": "12 months", "method": "euler"},
        "decisions": {"ads": {"min": "0/month", "max": "0.3/month"}},
        "stocks": {
            "junk": {"start": 3, "change": "-1/month", "min": 0},
            "fans": {"start": 1, "change": "fans * (0.2/month + ads)"},
        },
        "impact": "fans/(1 month)",
    }
    model, plan = leverwise.load(source), np.array([0.3])
    raw = model.engine.simulate(16, 0, decisions=plan, record=(), keep=False, fans=()).warnings
    assert held(raw) == ["junk"]
    (caveat,) = half_step(model.engine, model.system, plan, 16, 0, held(raw))[1]
    assert caveat.endswith("part of what it gains comes from the step; make `time.step` smaller.")


def test_other_warnings_stay_as_they_are() -> None:
    """And each is said once."""
    lost = "`x` stops being a finite number at time 3, in 1 of 4,096 samples"
    assert unique([lost, "another", lost]) == (lost, "another")


def test_a_run_and_the_warning_speak_the_same_language() -> None:
    """What the engine says of limits is understood: its own words for them reach nobody."""
    source = {
        "leverwise": 1,
        "model": "tank",
        "time": {"step": 1, "horizon": 4},
        "stocks": {"water": {"start": 2, "change": "-1", "min": 0}},
        "equations": {"level": {"is": "water - 1", "min": 0}},
        "impact": "level",
    }
    warnings = leverwise.load(source).simulate(samples=32).warnings
    assert any("in every sample `water` would have gone below 0 and was held there" in text for text in warnings)
    assert any("in every sample `level` goes below 0, the limit that it is given" in text for text in warnings)
    assert not any("its least value" in text for text in warnings)


@pytest.mark.parametrize(
    ("samples", "confidence", "least"),
    [(512, 0.9999, 10_000), (4096, 0.9999, 10_000), (64, 0.99, 100), (10_000, 0.9999, 0), (20, 0.95, 0), (64, 0.9, 0)],
)
def test_a_confidence_that_the_samples_cannot_tell_is_named(samples: int, confidence: float, least: int) -> None:
    """Where less than one sample may fail, none failing proves little; the number that could tell is one over that."""
    margins = {"cash_margin": np.linspace(1, 2, samples)}
    found = too_few(margins, confidence)
    assert bool(found) == bool(least)
    assert not found or f"(`--samples {least}`)" in found[0]


def test_what_is_certain_needs_no_samples() -> None:
    """Where the margin is the same in every sample, or nothing is watched, none is too few."""
    assert too_few({"cash_margin": np.full(8, 3.0)}, 0.9999) == []
    assert too_few({"impact": np.linspace(0, 1, 8)}, 0.9999) == []


@pytest.mark.parametrize(
    ("failing", "confidence", "short", "said"),
    [
        (0, 0.95, False, "not one of them may fail, and that none does may be luck; it takes 20 or more"),
        (1, 0.95, False, "1 of them fails, which may be chance; it takes 20 or more"),
        (2, 0.95, True, ""),
        (0, 1.0, False, "not one of them may fail, and that none does may be luck."),
        (1, 1.0, True, ""),
    ],
)
def test_too_few_samples_say_nothing_against_what_is_plain(
    failing: int, confidence: float, short: bool, said: str
) -> None:
    """Where more fail than chance allows that is told, and not that none may; certainty takes no number of samples."""
    margins = {"cash_margin": np.where(np.arange(8) < failing, -1.0, np.arange(8) + 1.0)}
    assert bool(rationing(margins, confidence)) == short
    found = too_few(margins, confidence)
    assert bool(found) == bool(said)
    assert not said or said in found[0]


def test_a_confidence_is_told_as_it_was_asked_for() -> None:
    """`over 99 %` would be said of 99.9 % and of 99.99 % alike."""
    margins = {"cash_margin": np.linspace(-1, 1, 1000)}
    assert rationing(margins, 0.9995)[0].endswith("a plan should hold in 99.95 %.")
    assert enough(margins, 0.9995).endswith("(99.95 % asked for)")
