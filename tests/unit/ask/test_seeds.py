"""A plan is judged on samples that it was not made on, and every question that is asked of it tells the same of it."""

from __future__ import annotations

from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import leverwise
from leverwise import cli
from leverwise.ask.seeds import BEYOND, choosing, proving, searching
from leverwise.errors import ModelError
from leverwise.report import json as as_json

BETS, ROUNDS, MEAN = 6, 12, 60.0
"""Every bet has the same mean in every round, so that every plan that spends all is worth the same."""


def bets() -> leverwise.Model:
    """A choice in each round between bets that differ by luck alone, drawn afresh in each."""
    names = [f"x{k}" for k in range(1, BETS + 1)]
    made = " + ".join(f"{name}*({MEAN:g} + noise({MEAN:g}))" for name in names)
    model = {
        "leverwise": 1,
        "model": "bets",
        "time": {"step": 1, "horizon": ROUNDS, "tail": 0, "method": "euler"},
        "values": {"shift": "normal(0, 1)"},
        "decisions": {name: {"min": 0, "max": 1, "every": 1, "whole": True, "costs": 1} for name in names},
        "impact": f"(shift + {made})/{ROUNDS}",
        "plan": {"subject to": [f"{' + '.join(names)} <= 1"]},
    }
    return leverwise.load(model)


def test_no_samples_are_shared() -> None:
    """Seeds of search, proof and choice differ from each other, between any two questions, and from all asked for."""
    asked = [*range(1000), 2**32, 2**63, 2**64 - 1]
    derived = list(chain.from_iterable((searching(seed), proving(seed), choosing(seed)) for seed in asked))
    assert len({*derived, *asked}) == len(derived) + len(asked)
    engine = bets().engine
    even, index = np.full(BETS * ROUNDS, 1 / BETS), np.arange(64)
    seeds = (0, searching(0), proving(0), choosing(0))
    impacts = [engine.measures(engine.draws(0, 64, seed), index, even, seed=seed)[0] for seed in seeds]
    assert len(np.unique(impacts)) == len(seeds) * len(index)


def test_what_luck_alone_makes_is_told_as_no_more_than_the_truth(tmp_path: Path) -> None:
    """On the samples of its search a plan among equals shines; not by `plan`, nor to what is asked of its file."""
    model, samples = bets(), 256
    answer = model.plan(samples=samples)
    told = answer.numbers["impact"]
    assert answer.numbers["search_objective"].mean > MEAN + 3 * told.se
    assert told.mean == pytest.approx(MEAN, abs=3 * told.se)
    file = tmp_path / "plan.json"
    file.write_text(as_json.text(answer))
    assert model.simulate(samples=samples, plan=file).numbers["impact"] == told
    looked_at = model.robust(samples=samples, plan=file).numbers["impact"]
    assert looked_at == told


@pytest.mark.parametrize(
    ("question", "asked"), [("robust", {}), ("frontier", {"budget": [6, 12]}), ("information", {})]
)
def test_questions_that_choose_a_plan_do_not_flatter_it(question: str, asked: dict[str, Any]) -> None:
    """The best of several plans that are all worth the same makes no more than one of them, within its error."""
    told = getattr(bets(), question)(samples=256, **asked).numbers["impact"]
    assert told.mean == pytest.approx(MEAN, abs=3 * told.se)


def test_no_seed_of_a_search_can_be_asked_for(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The largest seed is answered; the next, on whose samples plans are searched, is refused everywhere with 2."""
    model = bets()
    assert model.simulate(samples=4, seed=BEYOND - 1).provenance.seed == BEYOND - 1
    with pytest.raises(ModelError, match=f"`seed` must be a whole number from 0 to {BEYOND - 1}, not {BEYOND}"):
        model.plan(samples=4, seed=BEYOND)
    (tmp_path / "m.yaml").write_text("leverwise: 1\nmodel: m\ntime: {step: 1, horizon: 1}\nimpact: 1\n")
    assert cli.main(["simulate", str(tmp_path / "m.yaml"), "--seed", str(BEYOND)]) == 2
    assert "`seed` must be" in capsys.readouterr().err
