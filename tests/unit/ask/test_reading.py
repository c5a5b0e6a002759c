"""Models from files, pipes and devices: read once, within bounds, and kept only where that is safe."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

import leverwise
from leverwise import kept
from leverwise.ask import reading
from leverwise.errors import ModelError

SMALL = b"leverwise: 1\nmodel: m\ntime: {step: 1, horizon: 2}\nvalues: {a: 1}\nimpact: a\nplan: {every: 1}\n"
COMMAND = "from leverwise.cli import program; program()"


@contextmanager
def pipe(content: bytes) -> Iterator[str]:
    """The name of a pipe that gives this once."""
    end, begin = os.pipe()

    def fill() -> None:
        with suppress(BrokenPipeError), os.fdopen(begin, "wb") as stream:
            stream.write(content)

    writer = threading.Thread(target=fill, daemon=True)
    writer.start()
    try:
        yield f"/dev/fd/{end}"
    finally:
        os.close(end)
        writer.join(10)


def test_a_model_from_a_pipe() -> None:
    """It is what the same file gives, and other settings are read from what was in it."""
    with pipe(SMALL) as name:
        model = leverwise.load(name)
        assert model.system.name == "m"
        assert [value.distribution.parameters for value in model.system.values] == [(1.0,)]
        again = model.with_settings({"values.a": "3"})
        assert [value.distribution.parameters for value in again.system.values] == [(3.0,)]


def test_a_mistake_in_a_pipe_has_its_place() -> None:
    """Line and column are told as of a file."""
    with pipe(SMALL + b"impct: 3\n") as name, pytest.raises(ModelError, match=f"{name}:7:1: unknown key `impct`"):
        leverwise.load(name)


def test_a_pipe_gives_no_more_than_a_model_may_have() -> None:
    """More than a megabyte is refused; a reader who leaves is the writer's own matter."""
    with pipe(b"#" * 1_000_100) as name, pytest.raises(ModelError, match="more than 1,000,000 bytes"):
        leverwise.load(name)


def test_no_more_of_a_file_is_hashed_than_the_bound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Within the bound there is a hash; beyond it, and of a folder or of nothing, there is none."""
    monkeypatch.setattr(kept, "LARGEST_INPUT", 10)
    (tmp_path / "small").write_bytes(b"0123456789")
    (tmp_path / "large").write_bytes(b"0123456789a")
    assert reading._digest(tmp_path / "small") is not None
    assert [reading._digest(tmp_path / name) for name in ("large", ".", "none")] == [None] * 3
    with pipe(b"0123") as name:
        assert reading._digest(Path(name)) is None
        assert Path(name).read_bytes() == b"0123"


def test_a_device_without_end_is_refused() -> None:
    """`leverwise check /dev/zero` ends, with one sentence, in little memory."""
    limited = ["sh", "-c", 'ulimit -v 4000000; exec "$@"', "sh", sys.executable, "-c", COMMAND, "check", "/dev/zero"]
    found = subprocess.run(limited, capture_output=True, text=True, timeout=60, check=False)
    assert found.returncode == 2
    assert "/dev/zero has more than 1,000,000 bytes" in found.stderr


def test_standard_input_is_a_file_like_any_other() -> None:
    """A model that is piped to /dev/stdin is checked."""
    words = [sys.executable, "-c", COMMAND, "check", "/dev/stdin"]
    found = subprocess.run(words, input=SMALL, capture_output=True, timeout=60, check=False)
    assert (found.returncode, found.stderr) == (0, b"")
    assert b"is sound" in found.stdout
