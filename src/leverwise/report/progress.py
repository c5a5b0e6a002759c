"""How far the work is, on standard error: a bar for a person who watches, else a plain line every ten seconds.

What takes less than a second shows no bar, and what takes less than ten no line.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress

Told = Callable[[float, str], None]
"""Told the share done (0 to 1) and what is being done."""
PATIENCE = 1.0
"""Seconds before the bar appears."""
EVERY = 10.0
"""Seconds from one plain line to the next, where there is no terminal."""
WATCHED, KNOWN = 10.0, 0.05
"""Seconds, and the share of the work done, before it is told how long the rest may take."""


@contextmanager
def progress(*, quiet: bool = False) -> Iterator[Told | None]:
    """Gives the function to tell; None if it must be quiet. The bar is gone when the work is done."""
    if quiet:
        yield None
        return
    if not sys.stderr.isatty():
        lines = _Lines()
        teller = threading.Thread(target=lines.run, daemon=True)
        teller.start()
        try:
            yield lines.tell
        finally:
            lines.over.set()
            teller.join()
        return
    bar = _Bar()
    timer = threading.Timer(PATIENCE, bar.start)
    timer.daemon = True
    timer.start()
    try:
        yield bar.tell
    finally:
        timer.cancel()
        bar.stop()


def remaining(elapsed: float, share: float) -> str:
    """How long it may still take, if all goes on as it has; empty as long as little is known of that."""
    if share < KNOWN or elapsed < WATCHED or share >= 1:
        return ""
    seconds = elapsed * (1 - share) / share
    if seconds < 90:
        return f"about {10 * max(1, round(seconds / 10))} s left"
    return f"about {round(seconds / 60)} min left"


class _Lines:
    """A plain line every ten seconds: what is being done, the share done, and how long the rest may take."""

    def __init__(self) -> None:
        self._at: tuple[float, str] = 0.0, "working"
        self._begun = time.monotonic()
        self.over = threading.Event()

    def tell(self, share: float, doing: str = "") -> None:
        self._at = share, doing or self._at[1]

    def run(self) -> None:
        """Print until it is over, or nobody reads any more."""
        while not self.over.wait(EVERY):
            share, doing = self._at
            elapsed = time.monotonic() - self._begun
            parts = f"{share:.0%} after {elapsed:.0f} s", remaining(elapsed, share)
            try:
                print(f"{doing}: {', '.join(filter(None, parts))}", file=sys.stderr, flush=True)
            except (OSError, ValueError):
                return


class _Bar:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._shown: Progress | None = None
        self._done, self._doing, self._over = 0.0, "working", False
        self._begun = time.monotonic()

    def start(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

        with self._lock:
            if self._over:
                return
            left = TextColumn("{task.fields[left]}", markup=False)
            columns = (TextColumn("{task.description}", markup=False), BarColumn(), TimeElapsedColumn(), left)
            self._shown = Progress(*columns, console=Console(stderr=True), transient=True)
            self._shown.add_task(self._doing, total=1.0, left="")
            self._shown.update(self._shown.task_ids[0], completed=self._done)
            self._shown.start()

    def tell(self, share: float, doing: str = "") -> None:
        with self._lock:
            self._done, self._doing = share, doing or self._doing
            if self._shown:
                left = remaining(time.monotonic() - self._begun, share)
                self._shown.update(self._shown.task_ids[0], completed=share, description=self._doing, left=left)

    def stop(self) -> None:
        with self._lock:
            self._over = True
            if self._shown:
                self._shown.stop()
