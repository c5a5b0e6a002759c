"""The equations that each mechanism expands to, against texts that a person has read.

If a change is meant, run `.venv/bin/python tests/golden/regenerate.py` and read the difference before committing it.
"""

from __future__ import annotations

import difflib

import pytest

from golden.regenerate import HERE, texts
from mechanisms.models import ONE_OF_EACH


@pytest.fixture(scope="module")
def shown() -> dict[str, str]:
    return texts()


@pytest.mark.parametrize("name", ONE_OF_EACH)
def test_equations_are_the_ones_that_were_read(name: str, shown: dict[str, str]) -> None:
    """What `leverwise show` writes for the mechanism's small model is, line by line, the text beside this test."""
    expected = (HERE / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    found = shown[name].splitlines()
    difference = "\n".join(difflib.unified_diff(expected, found, f"{name}.txt", "expanded now", lineterm="", n=1))
    assert not difference, f"\n{difference}\n\nif this is meant: .venv/bin/python tests/golden/regenerate.py"


def test_every_text_has_a_model() -> None:
    """No text is left over from a model that is gone."""
    assert {path.stem for path in HERE.glob("*.txt")} == set(ONE_OF_EACH)
