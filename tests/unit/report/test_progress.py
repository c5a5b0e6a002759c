from __future__ import annotations

import io
import threading
import time

import pytest

from leverwise.report import progress as module
from leverwise.report.progress import progress


class Screen(io.StringIO):
    """A stream that a person watches."""

    def isatty(self) -> bool:
        return True


def test_who_wants_quiet_is_told_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """When quiet, there is no progress, with a terminal or without."""
    monkeypatch.setattr("sys.stderr", io.StringIO())
    with progress(quiet=True) as told:
        assert told is None
    monkeypatch.setattr("sys.stderr", Screen())
    with progress(quiet=True) as told:
        assert told is None


def test_quick_work_shows_no_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is done before patience ends leaves no trace."""
    screen = Screen()
    monkeypatch.setattr("sys.stderr", screen)
    with progress() as told:
        assert told is not None
        told(0.5, "running")
    assert screen.getvalue() == ""


def test_slow_work_shows_a_bar_that_goes_away(monkeypatch: pytest.MonkeyPatch) -> None:
    """After patience ends the bar says what is being done; at the end the timer is over."""
    screen = Screen()
    monkeypatch.setattr("sys.stderr", screen)
    monkeypatch.setattr(module, "PATIENCE", 0.0)
    with progress() as told:
        assert told is not None
        for thread in threading.enumerate():
            if isinstance(thread, threading.Timer):
                thread.join()
        told(0.5, "running [samples]")
    assert "running [samples]" in screen.getvalue()
    assert not any(isinstance(thread, threading.Timer) for thread in threading.enumerate())


def test_without_a_terminal_a_plain_line_is_told_now_and_then(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is being done and the share done stand on lines of their own; of what is quick, nothing."""
    log = io.StringIO()
    monkeypatch.setattr("sys.stderr", log)
    monkeypatch.setattr(module, "EVERY", 60.0)
    with progress() as told:
        assert told is not None
        told(0.5, "planning")
    assert log.getvalue() == ""
    monkeypatch.setattr(module, "EVERY", 0.02)
    with progress() as told:
        assert told is not None
        told(0.5, "planning")
        until = time.monotonic() + 20
        while log.getvalue().count("\n") < 2 and time.monotonic() < until:
            time.sleep(0.01)
    assert log.getvalue().splitlines()[1] == "planning: 50% after 0 s"
    assert "\r" not in log.getvalue()


@pytest.mark.parametrize(
    ("elapsed", "share", "said"),
    [
        (20.0, 0.5, "about 20 s left"),
        (60.0, 0.1, "about 9 min left"),
        (30.0, 0.96, "about 10 s left"),
        (3.0, 0.5, ""),
        (30.0, 0.01, ""),
        (30.0, 1.0, ""),
    ],
)
def test_what_is_left_is_told_once_enough_is_known(elapsed: float, share: float, said: str) -> None:
    """If half took 20 s, the other half will; of the first seconds nothing is concluded."""
    assert module.remaining(elapsed, share) == said
