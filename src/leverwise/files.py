"""Files that appear whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def aside(target: Path) -> Iterator[Path]:
    """A path beside `target` to write to; it takes the target's place at the end, or vanishes if something fails."""
    part = target.with_name(f"{target.name}.{os.getpid()}.part")
    try:
        yield part
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def write(target: Path, text: str) -> None:
    """Write text as UTF-8, whole or not at all."""
    with aside(target) as part:
        part.write_text(text, encoding="utf-8", newline="\n")
