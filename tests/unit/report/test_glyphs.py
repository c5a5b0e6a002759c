from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from leverwise.report.glyphs import ASCII, UNICODE, Band, bar, fan, resample, spark, strip

FINITE = st.floats(min_value=-1e9, max_value=1e9)


def test_a_sparkline_rises_with_its_values() -> None:
    """The lowest value has the lowest block and the highest the highest."""
    assert spark(range(8), 8, UNICODE) == "▁▂▃▄▅▆▇█"
    assert spark([1, math.nan, 3], 8, ASCII) == "_ #"


def test_a_flat_sparkline_is_flat() -> None:
    """No division by zero where nothing changes, and nothing where there is no number."""
    assert len(set(spark([2.0] * 5, 5, UNICODE))) == 1
    assert spark([math.nan], 5, UNICODE) == ""


def test_rounding_is_not_drawn() -> None:
    """What differs in its last digits is drawn flat, at any size; what differs by more than a billionth is not."""
    for size in (1e-12, 0.3, 1e20):
        noisy = [size * (1 + k * 1e-16) for k in (0, 3, -2, 5, 1)]
        assert spark(noisy, 5, UNICODE) == spark([1.0] * 5, 5, UNICODE)
        assert len(set(spark([size, size * (1 + 1e-8)], 2, UNICODE))) == 2
        lines, top, bottom = fan([Band(v, v, v, v, v) for v in noisy], 5, 5, UNICODE)
        assert [line for line in lines if line.strip()] == [UNICODE.middle * 5]
        assert bottom < size < top


@given(st.lists(FINITE, min_size=1, max_size=200), st.integers(1, 80))
def test_pictures_keep_to_their_width(values: list[float], width: int) -> None:
    """No picture is wider than asked, whatever the values."""
    assert len(spark(values, width, UNICODE)) == min(width, len(values))
    assert len(strip([abs(v) / 1e9 for v in values], width, UNICODE)) == width
    lines, top, bottom = fan([Band(v, v, v, v, v) for v in values], width, 5, UNICODE)
    assert len(lines) == 5
    assert {len(line) for line in lines} == {width}
    assert bottom < top


@given(st.lists(FINITE, min_size=1, max_size=60), st.integers(2, 60))
def test_the_median_is_in_every_column_of_a_fan(values: list[float], width: int) -> None:
    """Each column shows the median exactly once."""
    lines, _, _ = fan([Band(v - 2, v - 1, v, v + 1, v + 2) for v in values], width, 6, UNICODE)
    for column in zip(*lines, strict=True):
        assert column.count(UNICODE.middle) == 1


def test_resampling_keeps_both_ends() -> None:
    """The first and the last value are always shown."""
    assert resample([float(i) for i in range(100)], 7)[0] == 0
    assert resample([float(i) for i in range(100)], 7)[-1] == 99


def test_bars_are_as_long_as_their_share() -> None:
    """A full bar fills its width, half a bar half of it, to an eighth of a character."""
    assert bar(1.0, 8, UNICODE) == "████████"
    assert bar(0.5, 8, ASCII) == "===="
    assert bar(1 / 16, 2, UNICODE) == "▏"
    assert bar(7.0, 4, UNICODE) == "████"
