"""Work kept between runs (checked models, compiled programs) in a folder of the user alone.

Loading unpickles, hence the folder is refused when anybody else could have written to it. Whatever goes wrong with a
kept file, the work is simply done again.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import pickle
import stat
import tempfile
from functools import lru_cache
from pathlib import Path

MOST_FILES = 400
"""The oldest files beyond so many are deleted."""
LARGEST_INPUT = 10_000_000
"""Bytes; what rests on a larger file is not kept."""


def folder() -> Path | None:
    """The folder of kept work, made if need be; None if there is none that only the user can write to.

    $LEVERWISE_CACHE (empty: keep nothing), else $XDG_CACHE_HOME/leverwise, else ~/.cache/leverwise.
    """
    asked = os.environ.get("LEVERWISE_CACHE")
    if asked == "":
        return None
    base = os.environ.get("XDG_CACHE_HOME") or str(Path("~/.cache").expanduser())
    found = Path(asked) if asked else Path(base) / "leverwise"
    try:
        found.mkdir(mode=0o700, parents=True, exist_ok=True)
        state = found.lstat()
        if not stat.S_ISDIR(state.st_mode) or (hasattr(os, "getuid") and state.st_uid != os.getuid()):
            return None
        if state.st_mode & 0o022:
            # What lies there may be somebody else's work already.
            return None
        if state.st_mode & 0o077:
            found.chmod(0o700)
    except OSError:
        return None
    return found


def load(key: str) -> object | None:
    """What was kept under a key, or None."""
    place = folder()
    if place is None:
        return None
    try:
        with (place / key).open("rb") as stream:
            if hasattr(os, "getuid") and os.fstat(stream.fileno()).st_uid != os.getuid():
                return None
            content: object = pickle.load(stream)
    except Exception:
        # A missing, cut off or outdated file is no trouble: the work is done again.
        return None
    with contextlib.suppress(OSError):
        os.utime(place / key)
    return content


def save(key: str, content: object) -> None:
    """Keep something that can be pickled (written aside first, then renamed). Does nothing where it can't."""
    place = folder()
    if place is None:
        return
    try:
        data = pickle.dumps(content, protocol=pickle.HIGHEST_PROTOCOL)
        handle, name = tempfile.mkstemp(dir=place)
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(data)
            Path(name).replace(place / key)
        finally:
            Path(name).unlink(missing_ok=True)
        _prune(place)
    except Exception:
        # Disks fill up, and not everything can be pickled; no answer depends on it.
        return


@lru_cache(maxsize=1)
def package_fingerprint() -> str:
    """A hash that changes when any file of this package does."""
    root = Path(__file__).parent
    state = hashlib.sha256()
    for path in sorted(root.rglob("*")):
        if path.suffix in (".py", ".yaml", ".lark"):
            found = path.stat()
            state.update(f"{path.relative_to(root)} {found.st_size} {found.st_mtime_ns}\n".encode())
    return state.hexdigest()


def _prune(place: Path) -> None:
    files = sorted((f for f in place.iterdir() if f.is_file()), key=lambda f: f.stat().st_mtime, reverse=True)
    for old in files[MOST_FILES:]:
        old.unlink(missing_ok=True)
