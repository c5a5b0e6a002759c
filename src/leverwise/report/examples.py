"""The example models, wherever they are: beside the sources in a checkout, inside the package once installed."""

from __future__ import annotations

import re
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parents[1]
_PLACES = (_PACKAGE / "examples", _PACKAGE.parents[1] / "examples")
_MODEL = re.compile(rb"^(model: *)([^\s#]+)", re.MULTILINE)
_ABOUT = re.compile(r"^about: *(.+)$", re.MULTILINE)


def folder() -> Path:
    """Where the examples are. Raises FileNotFoundError if this installation has none."""
    for place in _PLACES:
        if any(place.glob("*.yaml")):
            return place
    raise FileNotFoundError(2, "this installation comes without examples", str(_PLACES[0]))


def names() -> list[str]:
    """The names of the examples, in order."""
    return sorted(path.stem for path in folder().glob("*.yaml"))


def about(name: str) -> str:
    """What the example is about, in one line."""
    found = _ABOUT.search((folder() / f"{name}.yaml").read_text(encoding="utf-8"))
    return found[1].strip().strip("\"'") if found else ""


def renamed(content: bytes, folder: Path) -> tuple[bytes, str]:
    """A model file with the folder's name for its own, all else as it is; and that name.

    What `model:` can not be called is left out of the name; where nothing is left, the model keeps the one it has.
    """
    name = named_after(folder) or ((found := _MODEL.search(content)) and found[2].decode()) or ""
    return _MODEL.sub(lambda found: found[1] + name.encode(), content, count=1), name


def named_after(folder: Path) -> str:
    """What a model in a folder is called; empty if nothing of the folder's name can name a model."""
    name = "_".join(re.findall(r"\w+(?:-\w+)*", folder.resolve().name))
    return "" if name == "null" else name


def files(name: str) -> list[Path]:
    """The model file, first, and what lies beside it under the same name (`name.csv`, `name-...`)."""
    beside = [
        p for p in sorted(folder().iterdir()) if p.is_file() and re.fullmatch(rf"{re.escape(name)}[.-].+", p.name)
    ]
    model = folder() / f"{name}.yaml"
    return [model, *(path for path in beside if path != model)]
