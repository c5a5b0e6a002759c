"""From a model file to a checked system, kept between runs: a file that has not changed is not read again."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from leverwise import kept
from leverwise.lang.system import System


@dataclass(frozen=True)
class Checked:
    """A system without problems, and what is known of where it came from."""

    system: System
    sha256: str
    mechanisms: Mapping[str, str]
    """Mechanism of each lever."""
    warnings: tuple[str, ...]
    beside: tuple[tuple[str, str], ...] = ()
    """Files read beside the model and their hashes."""


def checked(source: str | Path | Mapping[str, Any], settings: Mapping[str, str]) -> Checked:
    """Read and check a model (a file or a dict) with settings. Raises ModelError with every problem."""
    if isinstance(source, Mapping):
        return _read(source, settings)
    key = _key(Path(source), settings)
    found = kept.load(key) if key else None
    if isinstance(found, Checked) and all(_digest(Path(path)) == digest for path, digest in found.beside):
        return found
    result = _read(source, settings)
    if key:
        kept.save(key, result)
    return result


def _read(source: str | Path | Mapping[str, Any], settings: Mapping[str, str]) -> Checked:
    from leverwise import lang, model

    found = model.build(source, settings) if isinstance(source, Mapping) else model.load(source, settings)
    system = lang.build(found.declarations)
    beside = tuple((str(path), _digest(path) or "") for path in found.beside)
    return Checked(system, found.sha256, dict(found.levers), tuple(found.warnings), beside)


def _key(path: Path, settings: Mapping[str, str]) -> str | None:
    """The name under which the result is kept, or None for a file that can't be read or is too large to be a model."""
    digest = _digest(path)
    if digest is None:
        return None
    parts = ("model", str(path.absolute()), digest, sorted(settings.items()), kept.package_fingerprint())
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def _digest(path: Path) -> str | None:
    try:
        if path.stat().st_size > kept.LARGEST_INPUT:
            return None
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return None
