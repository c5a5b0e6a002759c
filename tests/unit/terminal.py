"""A program in a pseudo-terminal: lines are typed whenever it asks for one."""

from __future__ import annotations

import os
import pty
import select
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import leverwise

PROMPT = b"> "
CTRL_C = "\x03"


def typed(words: Sequence[str], lines: Sequence[str], folder: Path, limit: float = 240.0) -> tuple[int, str]:
    """Run `leverwise WORDS` in a folder, type a line at each prompt; gives the exit code and what was shown.

    Raises TimeoutError, with what was shown, if it has not ended after `limit` seconds.
    """
    child, terminal = pty.fork()
    if child == 0:  # pragma: no cover - this is the program itself
        os.chdir(folder)
        same = {**os.environ, "PYTHONPATH": str(Path(leverwise.__file__).parents[1])}
        os.execve(sys.executable, [sys.executable, "-m", "leverwise", *words], same)
    shown, answered, waiting, until = b"", 0, list(lines), time.monotonic() + limit
    try:
        while time.monotonic() < until:
            if not select.select([terminal], [], [], 0.5)[0]:
                continue
            try:
                more = os.read(terminal, 65536)
            except OSError:
                more = b""  # Linux says so when the program has ended.
            if not more:
                return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), shown.decode(errors="replace")
            shown += more
            if waiting and shown[answered:].endswith(PROMPT):
                answered = len(shown)
                os.write(terminal, (waiting[0] if waiting[0] == CTRL_C else waiting[0] + "\n").encode())
                waiting.pop(0)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        raise TimeoutError(shown.decode(errors="replace"))
    finally:
        os.close(terminal)
