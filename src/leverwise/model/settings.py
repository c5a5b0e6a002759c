"""`--set path=value`: change a model's document before it is checked.

A path is the keys through the file with dots between them; spaces may be written `_`. Short forms leave out what is
plain: `crew.wage` for `levers.crew.delegation.wage`, `writing.effort` for `work.tasks.writing.effort`,
`star.hours` for `people.star.hours`, `fade` for `values.fade`. So do the names that answers use for what is given:
`trust_effect` for `market.trust.effect`, `star.writing.ability` for `people.star.talent.writing`.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping as MappingType
from collections.abc import Sequence as Several

from leverwise.errors import ModelError, Position, Problem, did_you_mean
from leverwise.model.called import follows, paths_of, plain_names
from leverwise.model.document import Mapping, Node, Scalar, Sequence, follow, kind_of, plain_name, shorten
from leverwise.model.levers import BESIDE_LEVERS
from leverwise.model.read import parse

OPTION = "--set "
"""How the place of what was set begins, where the place of other texts is a file."""
GIVEN = "given"
"""Answers call what is given so where an invention changes it: `writing.effort.given`."""
MOST_SETTINGS = 1000
MOST_OFFERED = 4
"""More paths than this are not offered for one that is not there."""
Path = tuple[str, ...]
SECTIONS = (
    "model", "about", "units", "time", "money", "principal", "people", "work", "market", "impact", "levers", "plan",
    "sets", "values", "decisions", "stocks", "equations", "correlate", "series", "mechanisms",
)  # fmt: skip
SHORT = (("values",), ("work", "tasks"), ("people",), ("decisions",), ("stocks",), ("equations",), ("levers",))


def was_set(at: Position | None) -> bool:
    """Whether a text comes from a setting."""
    return at is not None and at.typed


def apply(document: Node, settings: MappingType[str, str]) -> Node:
    """The document with every setting put in. Raises ModelError with all settings that fit nowhere."""
    problems: list[Problem] = []
    if len(settings) > MOST_SETTINGS:
        raise ModelError(Problem(f"there are more than {MOST_SETTINGS} settings"))
    for path, value in settings.items():
        try:
            document = _apply(document, path, str(value))
        except ModelError as error:
            problems.extend(error.problems)
    if problems:
        raise ModelError(problems)
    return document


def _apply(document: Node, path: str, value: str) -> Node:
    shown = f"{OPTION}{shorten(path)}={shorten(value)}"
    keys = tuple(part.strip() for part in path.split("."))
    start = Position(shown, 1, len(OPTION) + 1, max(1, len(path)), typed=True)
    if not all(keys) or len(keys) > 20 or not path.isprintable():
        raise ModelError(Problem(f"`{shorten(path)}` is not a path", start, "write --set section.key=value"))
    node = parse(value, shown, Position(shown, 1, len(OPTION) + len(path) + 2, typed=True))
    if not isinstance(document, Mapping):
        return document
    return _put(document, _resolve(document, keys, start), node, start)


def _resolve(document: Mapping, keys: Path, at: Position) -> Path:
    """The full path that a short one stands for."""
    first = plain_name(keys[0])
    if len(keys) > 1 or first in ("model", "about", "principal", "impact", "units"):
        if first in SECTIONS:
            return _through_lever(document, keys)
    elif first in SECTIONS and not any(_has(document, (*short, keys[0])) for short in SHORT):
        return keys
    if len(keys) > 2 and keys[-1] == GIVEN:
        return _resolve(document, keys[:-1], at)
    if len(keys) > 1 and (path := _of_answers(document, keys)) is not None:
        return path
    for short in SHORT:
        if _has(document, (*short, keys[0])):
            return _through_lever(document, (*short, *keys))
    if (path := _of_answers(document, keys)) is not None:
        return path
    hint = _worked_out(document, keys) or (_same_leaf(document, keys) if len(keys) == 1 else "")
    hint = hint or did_you_mean(".".join(keys), _known_paths(document)) or did_you_mean(keys[0], _names(document))
    hint = hint or _same_leaf(document, keys) or _close_leaf(document, keys)
    hint = hint or (did_you_mean(keys[-1], plain_names()) if document.get("market") is not None else "")
    raise ModelError(Problem(f"the model has nothing called `{'.'.join(keys)}`", at, hint))


def _of_answers(document: Mapping, keys: Path) -> Path | None:
    """The path of a number of the enterprise that answers call so, by the name that it has in equations."""
    if document.get("market") is None:
        return None
    known = paths_of(".".join(keys))
    return next((path for path, needed in known if not needed or _has(document, path[:needed])), None)


def _worked_out(document: Mapping, keys: Path) -> str:
    """A hint for the name of a variable of the enterprise that follows from others."""
    name = plain_name(".".join(keys))
    if document.get("market") is None or not follows(name):
        return ""
    return f"`{name}` follows from other numbers: `leverwise explain MODEL {name}` says from which"


def _through_lever(document: Mapping, keys: Path) -> Path:
    """`levers.crew.wage` with the mechanism put in."""
    if len(keys) < 3 or plain_name(keys[0]) != "levers":
        return keys
    lever = follow(document, keys[:2])
    if not isinstance(lever, Mapping):
        return keys
    kinds = [key.text for key, _ in lever.entries if key.text not in BESIDE_LEVERS]
    if plain_name(keys[2]) in map(plain_name, (*kinds, *BESIDE_LEVERS)) or len(kinds) != 1:
        return keys
    return (*keys[:2], kinds[0], *keys[2:])


def _put(node: Node, path: Path, value: Node, at: Position, named: bool = False, here: Path = ()) -> Node:
    """A copy of the tree with `value` at the path, of which the last key may be new.

    `named` says that the keys of this mapping are names of the author's own, so that none is made up on the way.
    """
    if not path:
        if isinstance(node, Mapping) and node.get("is") is not None and not isinstance(value, Mapping):
            return _put(node, ("is",), value, at, False, here)
        return value
    if isinstance(node, Scalar) and node.empty:
        return _put(Mapping((), node.at), path, value, at, named, here)
    if isinstance(node, Sequence):
        if path[0].isdigit() and int(path[0]) < len(node.items):
            index = int(path[0])
            item = _put(node.items[index], path[1:], value, at, False, (*here, path[0]))
            items = (*node.items[:index], item, *node.items[index + 1 :])
            return Sequence(items, node.at)
        raise ModelError(Problem(f"the list has no item `{path[0]}`", at, f"items are 0 to {len(node.items) - 1}"))
    if not isinstance(node, Mapping):
        raise ModelError(Problem(f"`{path[0]}` cannot be set inside {kind_of(node)}", at))
    path, found = _longest(node, path)
    if found is None:
        key = Scalar(path[0], at)
        if len(path) > 1:
            if named:
                hint = did_you_mean(path[0], [name for name, _ in node])
                raise ModelError(Problem(f"the model has nothing called `{path[0]}` there", at, hint))
            value = _put(Mapping((), at), path[1:], value, at, (*here, path[0]) in SHORT, (*here, path[0]))
        return Mapping((*node.entries, (key, value)), node.at)
    replaced, inner = found
    below = (*here, plain_name(path[0]))
    inner = _put(inner, path[1:], value, at, below in SHORT, below)
    entries = tuple((k, inner if k is replaced else v) for k, v in node.entries)
    return Mapping(entries, node.at)


def _longest(node: Mapping, path: Path) -> tuple[Path, tuple[Scalar, Node] | None]:
    """The entry that most of the path's parts name together, for keys with dots in them; the path, joined so.

    Beside keys that have dots, a new one takes the whole rest of the path.
    """
    for count in range(len(path), 0, -1):
        joined = ".".join(path[:count])
        found = node.entry(joined)
        if found is not None:
            return (joined, *path[count:]), found
    for key, value in node.entries:
        if "." in key.text and plain_name(key.text).replace(".", "_") == plain_name(path[0]):
            return (key.text, *path[1:]), (key, value)
    if any(re.match(r"[^\W\d][^.]*\.", key) for key, _ in node):
        return (".".join(path),), None
    return path, None


def _has(document: Mapping, path: Path) -> bool:
    return follow(document, path) is not None


def _names(document: Mapping) -> list[str]:
    names = list(SECTIONS)
    for short in SHORT:
        section = follow(document, short)
        names += [key for key, _ in section] if isinstance(section, Mapping) else []
    return names


def _same_leaf(document: Mapping, keys: Path) -> str:
    """A hint with the paths that end in the last of the keys; none if nothing or too much does."""
    wanted = plain_name(keys[-1])
    paths = [path for path in _every_path(document) if plain_name(path.rpartition(".")[2]) == wanted]
    if not 0 < len(paths) <= MOST_OFFERED:
        return ""
    return f"did you mean {_listed([f'`{path}`' for path in paths])}?"


def _close_leaf(document: Mapping, keys: Path) -> str:
    """A hint with paths whose last key is nearly that of `keys`."""
    ends: dict[str, str] = {}
    for path in _every_path(document):
        ends.setdefault(path.rpartition(".")[2], path)
    close = difflib.get_close_matches(plain_name(keys[-1]), ends, n=2, cutoff=0.7)
    return f"did you mean {_listed([f'`{ends[name]}`' for name in close])}?" if close else ""


def _every_path(document: Mapping) -> list[str]:
    """Every path of the document as it can be set, in its short form, nearest to the top first."""
    found: list[tuple[int, str]] = []

    def walk(node: Node, path: Path) -> None:
        for key, inner in node.entries if isinstance(node, Mapping) else ():
            here = (*path, plain_name(key.text))
            found.append((len(here), ".".join(_shortened(here))))
            walk(inner, here)

    walk(document, ())
    return [path for _, path in sorted(found, key=lambda item: item[0])]


def _shortened(path: Path) -> Path:
    """`levers.crew.delegation.wage` without what a short form leaves out."""
    for short in SHORT:
        if len(path) > len(short) + 1 and path[: len(short)] == short:
            rest = path[len(short) :]
            return (rest[0], *rest[2:]) if short == ("levers",) and len(rest) > 2 else rest
    return path


def _listed(names: Several[str]) -> str:
    """Names with commas and `or`."""
    return " or ".join(filter(None, (", ".join(names[:-1]), names[-1])))


def _known_paths(document: Mapping) -> list[str]:
    paths = []
    for name, section in document:
        if isinstance(section, Mapping):
            paths += [f"{name}.{key}" for key, _ in section]
    for short in SHORT:
        group = follow(document, short)
        for name, inner in group if isinstance(group, Mapping) else ():
            for key, deep in inner if isinstance(inner, Mapping) else ():
                paths.append(f"{name}.{key}")
                if short == ("levers",) and isinstance(deep, Mapping):
                    paths += [f"{name}.{parameter}" for parameter, _ in deep]
    return paths
