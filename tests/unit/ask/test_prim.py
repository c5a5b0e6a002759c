"""Boxes that explain where something happens: found where they are, refused where there is only noise."""

from __future__ import annotations

import numpy as np
import pytest

from leverwise.ask.prim import FEWEST, boxes

PROVING = np.arange(4000) % 16 >= 8


@pytest.mark.parametrize("seed", range(3))
def test_a_box_is_recovered(seed: int) -> None:
    """Two limits of fifteen inputs, seen through noise, are found within three hundredths, and no other input is."""
    random = np.random.default_rng(seed)
    inputs = random.random((15, 4000))
    happens = ((inputs[3] < 0.25) & (inputs[7] > 0.6)) ^ (random.random(4000) < 0.02)
    first, *more = boxes(inputs, happens, PROVING)
    assert sorted(first.inputs) == [3, 7]
    assert first.high[3] == pytest.approx(0.25, abs=0.03)
    assert first.low[7] == pytest.approx(0.6, abs=0.03)
    assert np.isinf(first.low[3])
    assert np.isinf(first.high[7])
    assert not more
    inside = (first.contains(inputs) & PROVING)[PROVING]
    proved = happens[PROVING]
    assert first.coverage == pytest.approx(np.sum(proved & inside) / np.sum(proved))
    assert first.density == pytest.approx(np.mean(proved[inside]))
    assert first.elsewhere == pytest.approx(np.mean(proved[~inside]))
    assert first.mass == pytest.approx(np.mean(inside))
    assert first.density > 0.85
    assert first.coverage > 0.75


@pytest.mark.parametrize("share", [0.05, 0.1, 0.3])
def test_nothing_is_found_in_noise(share: float) -> None:
    """What happens by chance alone is explained by no box, twenty times over."""
    for seed in range(20):
        random = np.random.default_rng(seed)
        inputs = random.random((15, 1600))
        assert boxes(inputs, random.random(1600) < share, PROVING[:1600]) == []


def test_two_causes_are_two_boxes() -> None:
    """What happens for one of two reasons is told as two boxes, and an input that is 0 or 1 can be a condition."""
    random = np.random.default_rng(1)
    inputs = random.random((8, 4000))
    inputs[2] = inputs[2] > 0.8
    happens = ((inputs[2] == 1) & (inputs[1] > 0.5)) | (inputs[5] < 0.06)
    first, second = boxes(inputs, happens, PROVING)
    assert sorted(first.inputs) == [1, 2]
    assert first.low[2] == 1
    assert second.inputs == [5]
    assert second.high[5] == pytest.approx(0.06, abs=0.01)


def test_no_more_than_three_conditions() -> None:
    """Where five inputs matter, a box keeps to three of them."""
    inputs = np.random.default_rng(2).random((5, 4000))
    found = boxes(inputs, np.all(inputs > 0.35, axis=0), PROVING)
    assert found
    assert all(len(box.inputs) <= 3 for box in found)


def test_what_hardly_happens_is_not_explained() -> None:
    """A handful of samples is too little to be told from chance, however plain the reason."""
    inputs = np.random.default_rng(3).random((3, 4000))
    happens = inputs[0] < np.sort(inputs[0][~PROVING])[FEWEST - 2]
    assert happens.any()
    assert boxes(inputs, happens, PROVING) == []
