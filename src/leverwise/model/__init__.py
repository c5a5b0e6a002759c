"""What the user writes: model files, mechanism files, and the same from Python. See `load` and `build`."""

from __future__ import annotations

from leverwise.model.build import build
from leverwise.model.load import Source, load

__all__ = ["Source", "build", "json_schema", "load"]


def json_schema() -> dict[str, object]:
    """The JSON Schema of model files, for editors."""
    from leverwise.model.shape import json_schema as schema

    return schema()
