"""The same model from Python: a dict in the shape of the file goes the same way as a file."""

from __future__ import annotations

import json
from collections.abc import Mapping as MappingType
from pathlib import Path
from typing import Any

from leverwise.errors import ModelError, Position, Problem
from leverwise.model.document import Mapping, Node, Scalar, Sequence
from leverwise.model.load import Source, from_document, load
from leverwise.model.read import MOST_DEPTH, MOST_NODES


def build(
    content: MappingType[str, Any], set: MappingType[str, str] | None = None, folder: str | Path | None = None
) -> Source:
    """The model in a dict; `folder` is where its CSV and mechanism files lie. Raises ModelError.

    Problems name the path of keys instead of a file: `model.work.tasks.sound:1:3` is the third character there.

    >>> build({"leverwise": 1, "model": "growth", "time": {"step": 1, "horizon": 10},
    ...        "stocks": {"x": {"start": 1, "change": "0.1*x"}}, "impact": "x"}).declarations.name
    'growth'
    """
    counter = [0]
    document = _node(content, ("model",), counter)
    data = json.dumps(_texts(document), sort_keys=True).encode()
    return from_document(document, "model", data, Path(folder) if folder is not None else None, set or {})


def read(source: str | Path | MappingType[str, Any], set: MappingType[str, str] | None = None) -> Source:
    """The model in a file, or in a dict. Raises ModelError with every problem found."""
    return build(source, set) if isinstance(source, MappingType) else load(source, set)


def _node(content: Any, path: tuple[str, ...], counter: list[int]) -> Node:
    place = ".".join(path)
    at = Position(place, 1, 1)
    counter[0] += 1
    if len(path) > MOST_DEPTH or counter[0] > MOST_NODES:
        raise ModelError(Problem(f"the model is larger than {MOST_NODES:,} entries or {MOST_DEPTH} levels", at))
    if isinstance(content, MappingType):
        entries = []
        for key, value in content.items():
            text = _text(key)
            if text is None:
                raise ModelError(Problem(f"a key must be a text or number, not {type(key).__name__}", at))
            inner = (*path, text)
            entries.append((Scalar(text, Position(".".join(inner), 1, 1)), _node(value, inner, counter)))
        return Mapping(tuple(entries), at)
    if isinstance(content, (list, tuple)):
        return Sequence(tuple(_node(item, (*path, str(i)), counter) for i, item in enumerate(content)), at)
    text = _text(content)
    if text is None:
        hint = "texts, numbers, dicts and lists are understood"
        raise ModelError(Problem(f"a {type(content).__name__} cannot stand in a model", at, hint))
    return Scalar(text, at, text, content == "" and content is not None)


def _text(content: Any) -> str | None:
    if content is None:
        return ""
    if isinstance(content, bool):
        return "yes" if content else "no"
    if isinstance(content, str):
        return content
    if isinstance(content, int):
        return str(content)
    try:
        return repr(float(content))
    except (TypeError, ValueError):
        return None


def _texts(node: Node) -> Any:
    if isinstance(node, Mapping):
        return {key: _texts(value) for key, value in node}
    if isinstance(node, Sequence):
        return [_texts(item) for item in node.items]
    return node.text
