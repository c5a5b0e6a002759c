"""Work kept between runs."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from leverwise import kept


def test_cache_folder_of_others_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is loaded from a folder that belongs to somebody else or is no folder."""
    monkeypatch.setenv("LEVERWISE_CACHE", str(tmp_path))
    assert kept.folder() == tmp_path
    monkeypatch.setattr(os, "getuid", lambda: 12345)
    assert kept.folder() is None
    monkeypatch.undo()
    (tmp_path / "link").symlink_to(tmp_path)
    monkeypatch.setenv("LEVERWISE_CACHE", str(tmp_path / "link"))
    assert kept.folder() is None
    monkeypatch.setenv("LEVERWISE_CACHE", "")
    assert kept.folder() is None


@pytest.mark.parametrize(("mode", "taken"), [(0o770, False), (0o702, False), (0o755, True), (0o700, True)])
def test_cache_folder_that_others_could_write_to_is_refused(
    mode: int, taken: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder open to others' writing stays as it is and is not used; one that they can read is closed."""
    tmp_path.chmod(mode)
    monkeypatch.setenv("LEVERWISE_CACHE", str(tmp_path))
    assert kept.folder() == (tmp_path if taken else None)
    assert tmp_path.stat().st_mode & 0o777 == (0o700 if taken else mode)


def test_what_is_kept_comes_back_until_it_is_spoilt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A kept object is loaded again; a cut-off file counts as nothing kept."""
    monkeypatch.setenv("LEVERWISE_CACHE", str(tmp_path))
    assert kept.load("key") is None
    kept.save("key", {"a": 1})
    assert kept.load("key") == {"a": 1}
    assert [path.name for path in tmp_path.iterdir()] == ["key"]
    (tmp_path / "key").write_bytes((tmp_path / "key").read_bytes()[:-3])
    assert kept.load("key") is None


def test_nothing_is_kept_when_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty LEVERWISE_CACHE keeps nothing."""
    monkeypatch.setenv("LEVERWISE_CACHE", "")
    kept.save("key", 1)
    assert kept.folder() is None
    assert kept.load("key") is None
