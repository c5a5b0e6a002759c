"""Whole commands from the shell, each in a fresh process."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.rows import Limit, Measured, Row, Toward
from benchmarks.timer import process

MODEL = "examples/superstar.yaml"
SIMULATE = ("simulate", MODEL, "--json")


def rows() -> Iterator[Row]:
    """Help, the first answer with nothing kept from before, and the same again."""
    with tempfile.TemporaryDirectory() as folder:
        seconds = [process(command("--help"), kept_in(f"{folder}/help"))[0] for _ in range(8)]
        yield Row("leverwise --help", Measured(tuple(seconds[1:])), limit=Limit(0.2))
        cold = [process(command(*SIMULATE), kept_in(f"{folder}/{number}")) for number in range(3)]
        yield Row(
            f"simulate {Path(MODEL).stem} --json, cold",
            Measured(tuple(seconds for seconds, _ in cold)),
            value=told(cold[-1][1]),
            limit=Limit(3.0),
            toward=Toward("first answer", "cold"),
        )
        warm = [process(command(*SIMULATE), kept_in(f"{folder}/0")) for _ in range(5)]
        yield Row(
            f"simulate {Path(MODEL).stem} --json, warm",
            Measured(tuple(seconds for seconds, _ in warm)),
            value=told(warm[-1][1]),
            right=told(warm[-1][1]) == told(cold[0][1]),
            limit=Limit(1.5),
            toward=Toward("first answer", "warm"),
        )


def command(*arguments: str) -> tuple[str, ...]:
    """The installed command; if there is none, the module."""
    installed = Path(sys.executable).with_name("leverwise")
    return (str(installed), *arguments) if installed.exists() else (sys.executable, "-m", "leverwise", *arguments)


def kept_in(folder: str) -> dict[str, str]:
    """The setting that makes a folder the one for what is kept between runs."""
    return {"LEVERWISE_CACHE": folder}


def told(output: str) -> str:
    """The mean impact and how many samples it took."""
    answer = json.loads(output)
    impact = answer["numbers"]["impact"]
    return f"impact {impact['mean']:.6g} ({answer['provenance']['samples']:,} samples)"
