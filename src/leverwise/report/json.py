"""An `Answer` as JSON: the contract that other programs rely on. Imports neither pandas nor a chart library."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

from leverwise.ask.answer import Answer


def document(answer: Answer) -> dict[str, Any]:
    """The answer as plain dicts, lists, strings and numbers; NaN and infinities become None."""
    provenance = answer.provenance
    seconds = dict.fromkeys(("load", "compile", "run"), 0.0) | dict(provenance.seconds)
    return {
        "question": answer.question,
        "headline": answer.headline,
        "model": {"name": answer.model, "sha256": answer.sha256},
        "next": answer.next,
        "numbers": {
            name: {field.name: plain(getattr(estimate, field.name)) for field in fields(estimate)}
            for name, estimate in answer.numbers.items()
        },
        "tables": {name: [plain(row) for row in rows] for name, rows in answer.rows.items()},
        "warnings": [str(warning) for warning in answer.warnings],
        "provenance": {
            "version": provenance.version,
            "seed": plain(provenance.seed),
            "samples": plain(provenance.samples),
            "precision": provenance.precision,
            "backend": provenance.backend,
            "seconds": plain(seconds),
        },
    }


def text(answer: Answer) -> str:
    """The answer as JSON text that ends in a newline: one number and one table row per line."""
    return dumps(document(answer)) + "\n"


def dumps(value: Any, depth: int = 0) -> str:
    """JSON with objects that hold only scalars on one line, and everything else indented by two."""
    if isinstance(value, Mapping):
        items = [f"{_scalar(str(key))}: {dumps(item, depth + 1)}" for key, item in value.items()]
        nested = depth == 0 or any(isinstance(item, Mapping | list | tuple) for item in value.values())
        return _wrap("{", items, "}", depth, nested)
    if isinstance(value, list | tuple):
        items = [dumps(item, depth + 1) for item in value]
        return _wrap("[", items, "]", depth, any(not _short(item) for item in value))
    return _scalar(plain(value))


def plain(value: Any) -> Any:
    """The value as JSON knows it: NumPy numbers and arrays become Python's, what is not finite None."""
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if hasattr(value, "tolist"):
        return plain(value.tolist())
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Sequence | set | frozenset):
        return [plain(item) for item in value]
    return str(value)


def _short(value: Any) -> bool:
    return isinstance(value, bool | int | float) or value is None


def _scalar(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def _wrap(opening: str, items: list[str], closing: str, depth: int, nested: bool) -> str:
    if not items:
        return opening + closing
    if not nested:
        return opening + ", ".join(items) + closing
    inner, outer = "\n" + "  " * (depth + 1), "\n" + "  " * depth
    return opening + inner + ("," + inner).join(items) + outer + closing
