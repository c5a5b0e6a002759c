"""Chance: the same seed, the same numbers, however they are computed; honest standard errors."""

from __future__ import annotations

import numpy as np
import pytest

from leverwise.engine import Engine
from mechanisms.models import ATELIER, CREW, MEDIA, PROJECT, load, named

PLAN = {"crew.positions": 3}


def impacts(workers: int, samples: int, seed: int = 3) -> np.ndarray:
    engine = Engine(named("delegation").system, workers=workers)
    return engine.simulate(samples, seed, decisions=engine.schedule(PLAN), keep=False).measures["impact"]


def test_a_sample_is_the_same_however_many_are_asked() -> None:
    """The first 512 of 512 samples are, bit for bit, the first 512 of 2000."""
    few, many = impacts(2, 512), impacts(2, 2000)
    assert few.tobytes() == many[:512].tobytes()


@pytest.mark.parametrize("workers", [1, 3, 5])
def test_a_sample_is_the_same_on_any_number_of_threads(workers: int) -> None:
    """The number of threads changes no bit."""
    assert impacts(workers, 1300).tobytes() == impacts(2, 1300).tobytes()


def test_the_same_seed_gives_the_same_answer_and_another_seed_another() -> None:
    """A simulation repeats itself exactly under its seed, and differs in every sample under another."""
    assert impacts(2, 600).tobytes() == impacts(2, 600).tobytes()
    assert (impacts(2, 600, seed=3) != impacts(2, 600, seed=4)).all()


def test_a_variable_keeps_its_draws_when_others_come_and_go() -> None:
    """Adding levers and values changes no draw of what was there before, in any sample and under any seed."""
    small = load(ATELIER).engine
    large = load(
        ATELIER,
        {"media": {"capital": MEDIA}, "crew": {"delegation": CREW}},
        {"values": {"mood": "0.5 to 2"}, "equations": {"joy": "mood*deals"}},
    ).engine
    for seed in (0, 17):
        before = dict(zip(small.draw_names, small.draws(5, 300, seed), strict=True))
        after = dict(zip(large.draw_names, large.draws(5, 300, seed), strict=True))
        assert set(before) < set(after)
        for name, drawn in before.items():
            assert drawn.tobytes() == after[name].tobytes()


def test_a_number_keeps_its_draws_when_an_invention_multiplies_it() -> None:
    """What is known of the effort before any invention is, sample by sample, what is known of it without the lever."""
    small, large = load(ATELIER).engine, load(ATELIER, {"lab": {"technology": PROJECT}}).engine
    before = small.draws(0, 64, 0)[small.draw_names.index("writing.effort")]
    after = large.draws(0, 64, 0)[large.draw_names.index("writing.effort.given")]
    assert before.tobytes() == after.tobytes()


def test_the_standard_error_is_honest() -> None:
    """Over 40 seeds the means spread as the standard errors say: their ratio lies where chance would put it."""
    model = named("base")
    answers = [model.simulate(samples=256, seed=seed).numbers["impact"] for seed in range(40)]
    spread = np.std([answer.mean for answer in answers], ddof=1)
    said = np.sqrt(np.mean([answer.se**2 for answer in answers]))
    assert 0.7 < spread / said < 1.4
    plain = answers[0].sd / np.sqrt(256)
    assert said < plain
