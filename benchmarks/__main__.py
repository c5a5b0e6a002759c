"""Run benchmarks: `python -m benchmarks [CASE ...] [--json FILE] [--docs FILE] [--list]`.

Exit code 1 if anything could not be measured or an answer is wrong, 2 for an unknown case. A missed
target is shown, and is no error: a busy machine misses targets.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter

from rich.console import Console

from benchmarks.goals import reached, show_goals
from benchmarks.page import write
from benchmarks.registry import FAMILIES, Family, chosen
from benchmarks.rows import MissingPeerError, Row, Toward
from benchmarks.table import as_data, show

WIDTH = 240
"""Columns of the table where there is no terminal to ask."""


def main(arguments: list[str] | None = None) -> int:
    """Measure, print the table and the goals reached, and tell by the exit code whether everything was measured."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="leverwise beside its peers.")
    parser.add_argument("cases", nargs="*", help=", ".join(f"{f.name}: {f.about}" for f in FAMILIES))
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the rows there too")
    parser.add_argument("--docs", type=Path, metavar="FILE", help="put the table between the marks of this page too")
    parser.add_argument("--list", action="store_true", help="list the cases")
    asked = parser.parse_args(arguments)
    if asked.list:
        print("\n".join(f"{family.name:10} {family.about}" for family in FAMILIES))
        return 0
    try:
        families = chosen(asked.cases)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    begun, load = perf_counter(), os.getloadavg()[0]
    found: list[tuple[str, Row]] = []
    for family in families:
        for row in measured(family):
            found.append((family.name, row))
            said = row.trouble or "done"
            print(f"{perf_counter() - begun:5.0f} s  {family.name}: {row.what}: {said}", file=sys.stderr, flush=True)
    seconds = perf_counter() - begun
    console = Console() if sys.stdout.isatty() else Console(width=WIDTH)
    show(found, console)
    goals = reached(found, whole=not asked.cases)
    show_goals(goals, console)
    if asked.json:
        asked.json.write_text(json.dumps(as_data(found, goals, seconds, load), indent=1) + "\n", encoding="utf-8")
    if asked.docs:
        write(asked.docs, found, goals, seconds, load)
    return int(any(row.failed for _, row in found))


def measured(family: Family) -> Iterator[Row]:
    """The rows of a family; what breaks becomes a row that says so, and ends the family."""
    try:
        yield from family.rows()
    except MissingPeerError as error:
        yield unmeasured(family, str(error))
    except Exception as error:
        yield unmeasured(family, f"{type(error).__name__}: {error}")


def unmeasured(family: Family, trouble: str) -> Row:
    """What stands for the rows of a family that could not be had."""
    toward = Toward(family.goal) if family.goal else None
    return Row(f"the rest of {family.name}", trouble=trouble, toward=toward)


if __name__ == "__main__":
    sys.exit(main())
