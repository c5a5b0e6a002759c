"""Compiled programs of these tests go to a folder of their own."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True, scope="session")
def own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Programs compiled by one test may be loaded by the next, but not by the user's own runs."""
    before = os.environ.get("LEVERWISE_CACHE")
    os.environ["LEVERWISE_CACHE"] = str(tmp_path_factory.mktemp("programs"))
    yield
    if before is None:
        del os.environ["LEVERWISE_CACHE"]
    else:
        os.environ["LEVERWISE_CACHE"] = before
