"""Writes the expanded equations anew: `.venv/bin/python tests/golden/regenerate.py`, then read the difference."""

from __future__ import annotations

import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))


def texts() -> dict[str, str]:
    """What `leverwise show` says of each mechanism's small model, by name."""
    from leverwise.report import system
    from mechanisms.models import ONE_OF_EACH, named

    return {name: system.text(named(name).system) for name in ONE_OF_EACH}


def main() -> None:
    """Write every file, and remove those that no model stands behind."""
    found = texts()
    for path in HERE.glob("*.txt"):
        if path.stem not in found:
            path.unlink()
    for name, text in found.items():
        (HERE / f"{name}.txt").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
