"""Work done in a process of its own, while this one does something else.

Python runs one thread at a time, so that reading a model and importing JAX side by side takes a second process. It is
forked, which is safe only before there are threads; wherever that can't be had, both are done here, one by one.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import signal
import sys
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def apart(work: Callable[[], T], meanwhile: Callable[[], object]) -> T:
    """work() from a process of its own, whose result or error must be plain data; `meanwhile` runs in this one."""
    if not _can_fork():
        return work()
    try:
        reading, writing = os.pipe()
    except OSError:
        return work()
    try:
        child = os.fork()
    except OSError:
        os.close(reading)
        os.close(writing)
        return work()
    if not child:
        _work(work, reading, writing)
    os.close(writing)
    try:
        with os.fdopen(reading, "rb") as stream:
            meanwhile()
            data = stream.read()
    except BaseException:
        with contextlib.suppress(OSError):
            os.kill(child, signal.SIGKILL)
        raise
    finally:
        with contextlib.suppress(OSError):
            os.waitpid(child, 0)
    try:
        failed, result = pickle.loads(data)
    except Exception:
        # It ended before its time, or what it made can't be sent: whatever is wrong with it will show here.
        return work()
    if failed:
        raise result
    return result  # type: ignore[no-any-return]


def _can_fork() -> bool:
    """Whether there is a second core, and no second thread, be it one that Python knows nothing of."""
    if sys.platform != "linux":
        return False
    try:
        return len(os.sched_getaffinity(0)) > 1 and len(os.listdir("/proc/self/task")) == 1
    except OSError:
        return False


def _work(work: Callable[[], object], reading: int, writing: int) -> None:
    """The other process: never returns."""
    try:
        os.close(reading)
        try:
            found: tuple[bool, object] = (False, work())
        except Exception as error:
            found = (True, error)
        data = pickle.dumps(found, protocol=pickle.HIGHEST_PROTOCOL)
        with os.fdopen(writing, "wb") as stream:
            stream.write(data)
    finally:
        os._exit(0)
