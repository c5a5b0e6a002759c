"""A program in a pseudo-terminal: lines are typed whenever it asks for one."""

from __future__ import annotations

import math
import os
import pty
import select
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import leverwise

PROMPT = b"> "
CTRL_C = "\x03"
SETTLED, UNHEARD = 0.5, 10.0
"""Seconds until a prompt that is shown is also read from, and until a Ctrl-C that nothing answers is typed again:
readline forgets one that comes between the two."""
OWNED = (
    "import fcntl, os, signal, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); "
    "signal.signal(signal.SIGINT, signal.SIG_DFL); "
    "os.execv(sys.executable, [sys.executable, '-m', 'leverwise', *sys.argv[1:]])"
)
"""Takes the terminal as its own, so that Ctrl-C reaches it, and becomes the program: a fork of a process with threads,
as JAX has them, would not be safe."""


def typed(words: Sequence[str], lines: Sequence[str], folder: Path, limit: float = 240.0) -> tuple[int, str]:
    """Run `leverwise WORDS` in a folder, type a line at each prompt; gives the exit code and what was shown.

    Raises TimeoutError, with what was shown, if it has not ended after `limit` seconds.
    """
    same = {**os.environ, "PYTHONPATH": str(Path(leverwise.__file__).parents[1])}
    terminal, inside = pty.openpty()
    command = [sys.executable, "-c", OWNED, *words]
    child = subprocess.Popen(
        command, stdin=inside, stdout=inside, stderr=inside, cwd=folder, env=same, start_new_session=True
    )
    os.close(inside)
    shown, answered, waiting, until, again = b"", 0, list(lines), time.monotonic() + limit, math.inf
    try:
        while time.monotonic() < until:
            if not select.select([terminal], [], [], 0.5)[0]:
                if time.monotonic() > again:
                    os.write(terminal, CTRL_C.encode())
                    again = time.monotonic() + UNHEARD
                continue
            try:
                more = os.read(terminal, 65536)
            except OSError:
                more = b""  # Linux says so when the program has ended.
            if not more:
                return child.wait(), shown.decode(errors="replace")
            shown += more
            if waiting and shown[answered:].endswith(PROMPT):
                answered, line = len(shown), waiting.pop(0)
                if line == CTRL_C:
                    time.sleep(SETTLED)
                    again = time.monotonic() + UNHEARD
                os.write(terminal, (line if line == CTRL_C else line + "\n").encode())
        child.kill()
        child.wait()
        raise TimeoutError(shown.decode(errors="replace"))
    finally:
        os.close(terminal)
