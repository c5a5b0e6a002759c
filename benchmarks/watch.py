"""Has this become slower? `python -m benchmarks.watch [BASE]` times the working tree and an earlier commit in turn.

No figures are stored, since those of another machine or hour say nothing. The base is checked out in a folder for the
time of the run; both are timed by the same `regressions`, in fresh processes, one after the other, several times over,
so that whatever else the machine does befalls both. Of each timing the least counts. Exit code 1 if anything takes over
30 % longer than at the base, also after further rounds; 2 if a commit can't be timed.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from benchmarks.timer import ROOT

ROUNDS = 3
MORE_ROUNDS = 4
"""Rounds that follow of what seems slower, if anything does: noise only ever adds time."""
SLOWER = 1.3
SUITE = "benchmarks/regressions"

Times = dict[str, float]
"""Least seconds of each timing."""


class FailedError(Exception):
    """A commit can't be timed; says why."""


def main(arguments: list[str] | None = None) -> int:
    """Time both, print how they compare, and tell by the exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.watch", description="Has this become slower?")
    parser.add_argument("base", nargs="?", default="HEAD", help="the commit to compare with; HEAD if left out")
    parser.add_argument("--select", default="", metavar="WORDS", help="time only what matches, as pytest's -k")
    asked = parser.parse_args(arguments)
    try:
        with checked_out(asked.base) as before:
            old, new = Times(), Times()
            for number in range(ROUNDS + MORE_ROUNDS):
                doubtful = slower(old, new)
                if number >= ROUNDS and not doubtful:
                    break
                print(f"round {number + 1}", file=sys.stderr, flush=True)
                chosen = doubtful if number >= ROUNDS else [SUITE, "-k", asked.select]
                for found, tree in ((old, before), (new, ROOT)):
                    merge(found, timed(tree / "src", chosen))
    except FailedError as error:
        print(error, file=sys.stderr)
        return 2
    print("\n".join(table(old, new, asked.base)))
    return int(bool(slower(old, new)))


@contextmanager
def checked_out(commit: str) -> Iterator[Path]:
    """A folder with the tree of a commit, for as long as it is needed."""
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder) / "base"
        done = git("worktree", "add", "--quiet", "--detach", str(tree), commit)
        if done.returncode:
            raise FailedError(f"`{commit}` can't be checked out: {done.stderr.strip()}")
        try:
            yield tree
        finally:
            git("worktree", "remove", "--force", str(tree))


def git(*words: str) -> subprocess.CompletedProcess[str]:
    """Git in this repository."""
    return subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=False)


def timed(source: Path, chosen: Sequence[str]) -> Times:
    """The least of each timing that pytest chooses, in one fresh process that imports leverwise from here."""
    with tempfile.TemporaryDirectory() as folder:
        told = Path(folder) / "told.json"
        order = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--benchmark-json={told}", *chosen]
        surroundings = {**os.environ, "PYTHONPATH": os.pathsep.join([str(source), str(ROOT)])}
        done = subprocess.run(order, cwd=ROOT, env=surroundings, capture_output=True, text=True, check=False)
        if done.returncode or not told.exists():
            raise FailedError(f"the timings of {source} failed:\n{done.stdout[-2000:]}{done.stderr[-500:]}")
        return {each["fullname"]: each["stats"]["min"] for each in json.loads(told.read_text())["benchmarks"]}


def merge(found: Times, more: Mapping[str, float]) -> None:
    """Keep the least of each."""
    for name, seconds in more.items():
        found[name] = min(seconds, found.get(name, seconds))


def slower(old: Times, new: Times) -> list[str]:
    """What takes over 30 % longer than it did."""
    return [name for name, seconds in new.items() if name in old and seconds > SLOWER * old[name]]


def table(old: Times, new: Times, base: str) -> Iterator[str]:
    """A line for each timing that both have."""
    short = {name: name.rpartition("::test_")[2] for name in new if name in old}
    wide = max(map(len, short.values()))
    yield f"{'':{wide}}  {base[:12]:>12} {'now':>12} {'ratio':>7}"
    for name, title in short.items():
        said = "  SLOWER" if name in slower(old, new) else ""
        figures = f"{1000 * old[name]:9.2f} ms {1000 * new[name]:9.2f} ms {new[name] / old[name]:7.2f}"
        yield f"{title:{wide}}  {figures}{said}"


if __name__ == "__main__":
    sys.exit(main())
