"""From a model file to a checked system, kept between runs: a file that has not changed is not read again.

What is no regular file (a pipe) can be read only once, so it is read at the beginning, and nothing of it is kept.
"""

from __future__ import annotations

import hashlib
import stat
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from leverwise import kept
from leverwise.apart import apart
from leverwise.errors import Lint
from leverwise.lang.system import System

if TYPE_CHECKING:
    from leverwise import model
    from leverwise.lang.declarations import Declarations


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
    lints: tuple[Lint, ...] = ()
    """What can be run but is hardly meant."""


@dataclass(frozen=True)
class Piped:
    """What was read from something that is no regular file."""

    file: str
    data: bytes
    made: bool = False
    """True if it never stood anywhere: `file` is then what to call it, and no command can name it."""

    def __str__(self) -> str:
        """What it is called."""
        return self.file


Source = str | Path | Mapping[str, Any] | Piped


def opened(source: Source, what: str = "model file") -> Source:
    """The source, or what is in it if it can be read only once. Raises ModelError if that is no model's size."""
    if isinstance(source, Mapping | Piped) or not _read_once(Path(source)):
        return source
    from leverwise.model.read import read_bytes

    return Piped(str(source), read_bytes(Path(source), what))


def checked(source: Source, settings: Mapping[str, str], meanwhile: Callable[[], object] | None = None) -> Checked:
    """Read and check a model (a file or a dict) with settings. Raises ModelError with every problem.

    A file not known from before is read by another process if there is something to do `meanwhile` in this one.
    """
    if isinstance(source, Mapping | Piped):
        return _read(source, settings)
    key = _key(Path(source), settings)
    found = kept.load(key) if key else None
    if isinstance(found, Checked) and all(_digest(Path(path)) == digest for path, digest in found.beside):
        return found
    result = apart(partial(_read, source, settings), meanwhile) if meanwhile else _read(source, settings)
    if key:
        kept.save(key, result)
    return result


def entry(source: Source, settings: Mapping[str, str], name: str) -> str:
    """The text of an entry at the top of a model, such as `principal`; empty if it has none or it is no text."""
    from leverwise.model.document import Scalar, follow

    found = follow(_built(source, settings).document, (name,))
    return found.text if isinstance(found, Scalar) else ""


def _read(source: Source, settings: Mapping[str, str]) -> Checked:
    from leverwise import lang
    from leverwise.model.lints import look

    found = _built(source, settings)
    system = lang.build(found.declarations)
    beside = tuple((str(path), _digest(path) or "") for path in found.beside)
    warnings = found.warnings
    if system.held:
        from leverwise.ask.held import held

        warnings = (*warnings, *held(system))
    return Checked(system, found.sha256, dict(found.levers), tuple(warnings), beside, look(found, system))


def declared(source: Source, settings: Mapping[str, str]) -> Declarations:
    """What the model says, read again, with the place of every text."""
    return _built(source, settings).declarations


def _built(source: Source, settings: Mapping[str, str]) -> model.Source:
    from leverwise import model

    if isinstance(source, Mapping):
        return model.build(source, settings)
    if not isinstance(source, Piped):
        return model.load(source, settings)
    from leverwise.model.load import from_document
    from leverwise.model.read import decode, parse

    document = parse(decode(source.data, source.file), source.file)
    return from_document(document, source.file, source.data, Path(source.file).parent, settings)


def _key(path: Path, settings: Mapping[str, str]) -> str | None:
    """The name under which the result is kept, or None for a file that can't be read or is too large to be a model."""
    digest = _digest(path)
    if digest is None:
        return None
    parts = ("model", str(path.absolute()), digest, sorted(settings.items()), kept.package_fingerprint())
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def _digest(path: Path) -> str | None:
    """The hash of a regular file of a model's size; None for anything else, of which nothing is read."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            return None
        with path.open("rb") as stream:
            content = stream.read(kept.LARGEST_INPUT + 1)
    except (OSError, ValueError):
        return None
    return hashlib.sha256(content).hexdigest() if len(content) <= kept.LARGEST_INPUT else None


def _read_once(path: Path) -> bool:
    """Whether it is there, and neither a regular file nor a folder."""
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError):
        return False
    return not stat.S_ISREG(mode) and not stat.S_ISDIR(mode)
