"""What the user writes: model files, mechanism files, and the same from Python. See `load` and `build`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from leverwise.lang.declarations import Declarations
from leverwise.model.build import build, read
from leverwise.model.load import Source, load

__all__ = ["Source", "build", "declarations", "json_schema", "load", "read"]


def declarations(source: str | Path | Mapping[str, Any], settings: Mapping[str, str] | None = None) -> Declarations:
    """The declarations of a model in a file or dict. Raises ModelError with every problem found."""
    return read(source, settings).declarations


def json_schema() -> dict[str, object]:
    """The JSON Schema of model files, for editors."""
    from leverwise.model.shape import json_schema as schema

    return schema()
