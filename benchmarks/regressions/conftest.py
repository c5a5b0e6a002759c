"""Models that are watched, and a folder of their own for what is kept between runs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from benchmarks.timer import ROOT

EXAMPLES = ("choir", "campaign")
CASES = ("sir",)


@pytest.fixture(autouse=True, scope="session")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Nothing from earlier runs: compiling is what is measured."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LEVERWISE_CACHE", str(tmp_path_factory.mktemp("kept")))
        yield


@pytest.fixture(scope="session", params=[*EXAMPLES, *CASES])
def path(request: pytest.FixtureRequest) -> Path:
    """A model's file."""
    folder = "examples" if request.param in EXAMPLES else "tests/cases"
    return ROOT / folder / f"{request.param}.yaml"


@pytest.fixture(scope="session")
def model(path: Path) -> Any:
    """The model, read, with JAX imported the way leverwise does."""
    import leverwise

    read = leverwise.load(path)
    assert read.engine.backend
    return read
