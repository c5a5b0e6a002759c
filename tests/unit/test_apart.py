"""Work in a process of its own: results and errors come back, and nothing is left behind."""

from __future__ import annotations

import os
import subprocess
import sys
import threading

import pytest

from leverwise.apart import apart
from leverwise.errors import ModelError, Position, Problem

SINGLE = """
import os, sys
from leverwise.apart import _can_fork, apart
from leverwise.errors import ModelError, Position, Problem
assert _can_fork() == (len(os.sched_getaffinity(0)) > 1), "a fresh interpreter has one thread"
"""


def fresh(code: str) -> str:
    """What code prints in an interpreter that has no second thread."""
    run = subprocess.run([sys.executable, "-c", SINGLE + code], capture_output=True, text=True, timeout=60, check=False)
    assert run.returncode == 0, run.stderr
    return run.stdout.strip()


def test_the_result_comes_back_and_this_process_does_something_else() -> None:
    """The work runs elsewhere, what is done meanwhile runs here, once each."""
    code = """
here, done = os.getpid(), []
there = apart(os.getpid, lambda: done.append(os.getpid()))
two = len(os.sched_getaffinity(0)) > 1
print((there != here) == two, done == ([here] if two else []))
"""
    assert fresh(code) == "True True"


def test_errors_come_back_whole() -> None:
    """A ModelError of the other process is raised here with its places and hints."""
    code = """
problem = Problem("no such thing", Position("m.yaml", 3, 7), "write another")
def fail():
    raise ModelError(problem)
try:
    apart(fail, lambda: None)
except ModelError as error:
    print(error.problems == (problem,))
"""
    assert fresh(code) == "True"


def test_what_can_not_be_sent_is_done_here() -> None:
    """A result that does not pickle, or a process that dies, costs time but no answer."""
    code = """
here = os.getpid()
def die():
    if os.getpid() != here:
        os._exit(9)
    return 5
print(apart(lambda: (lambda: 7), lambda: None)(), apart(die, lambda: None))
"""
    assert fresh(code) == "7 5"


def test_where_there_can_be_no_other_process_it_is_done_here() -> None:
    """At a limit on processes or open files the work is done here, and no end of a pipe stays open."""
    code = """
from leverwise import apart as module
module._can_fork = lambda: True
def refused(*_):
    raise BlockingIOError(11, "Resource temporarily unavailable")
for name in ("fork", "pipe"):
    kept = getattr(os, name)
    before = len(os.listdir("/proc/self/fd"))
    setattr(os, name, refused)
    print(apart(os.getpid, lambda: None) == os.getpid(), len(os.listdir("/proc/self/fd")) == before)
    setattr(os, name, kept)
"""
    assert fresh(code) == "True True\nTrue True"


def test_an_error_of_this_process_ends_the_other() -> None:
    """When what is done meanwhile fails, the other process is stopped at once and leaves no zombie."""
    code = """
import time
import leverwise.apart
leverwise.apart._can_fork = lambda: True
begun = time.monotonic()
def fail():
    raise KeyboardInterrupt
try:
    apart(lambda: time.sleep(30), fail)
except KeyboardInterrupt:
    try:
        os.waitpid(-1, os.WNOHANG)
    except ChildProcessError:
        print(time.monotonic() - begun < 20)
"""
    assert fresh(code) == "True"


def test_with_a_second_thread_nothing_is_forked() -> None:
    """Where threads run the work is done here, and its errors are its own."""
    stop = threading.Event()
    thread = threading.Thread(target=stop.wait)
    thread.start()
    try:
        assert apart(os.getpid, lambda: None) == os.getpid()
        with pytest.raises(ModelError, match="here"):
            apart(_fail, lambda: None)
    finally:
        stop.set()
        thread.join()


def _fail() -> None:
    raise ModelError(Problem("wrong here", Position("m.yaml", 1, 1)))
