"""A model file as a tree of nodes that know where they were written.

Scalars keep their source text: `yes`, `1e3` and `5 %/year` are what the author wrote, not what YAML makes
of them. Nothing here knows what a model is; see `load` for reading a file and `schema` for what may stand in it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from leverwise.errors import Position
from leverwise.lang.declarations import Written


@dataclass(frozen=True, slots=True)
class Scalar:
    """A piece of text. `text` is its value; `source` the same as it stands in the file, for exact positions."""

    text: str
    at: Position
    """The first character of the content (inside quotes, after a block scalar's indentation)."""
    source: str = ""
    """The text as written, line breaks and indentation of further lines included; equals `text` on one line."""
    quoted: bool = False

    def written(self, scope: str = "") -> Written:
        """The scalar as an expression of the scope (a lever's name, or empty)."""
        return Written(self.source or self.text, self.at, scope)

    @property
    def empty(self) -> bool:
        """True for `key:` with nothing after it, `~` and `null`."""
        return not self.quoted and self.text in ("", "~", "null")

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list."""

    items: tuple[Node, ...]
    at: Position


@dataclass(frozen=True, slots=True)
class Mapping:
    """A mapping; keys are scalars, each once, in the order of the file."""

    entries: tuple[tuple[Scalar, Node], ...]
    at: Position

    def entry(self, name: str) -> tuple[Scalar, Node] | None:
        """A key and its value: the key as it is, else one that differs only in `_` for a space."""
        for key, value in self.entries:
            if key.text == name:
                return key, value
        wanted = plain_name(name)
        for key, value in self.entries:
            if plain_name(key.text) == wanted:
                return key, value
        return None

    def get(self, name: str) -> Node | None:
        """The value under a key, or None."""
        found = self.entry(name)
        return found[1] if found else None

    def key(self, name: str) -> Scalar | None:
        """The key itself, for its position."""
        found = self.entry(name)
        return found[0] if found else None

    def __iter__(self) -> Iterator[tuple[str, Node]]:
        return ((key.text, value) for key, value in self.entries)


Node = Scalar | Sequence | Mapping


def plain_name(text: str) -> str:
    """A name as expressions write it: spaces become `_`."""
    return "_".join(text.split())


def kind_of(node: Node) -> str:
    """What a node is, in words for a message."""
    if isinstance(node, Mapping):
        return "a mapping"
    if isinstance(node, Sequence):
        return "a list"
    return "nothing" if node.empty else f"`{shorten(node.text)}`"


def shorten(text: str, most: int = 60) -> str:
    """Text on one line, cut if long."""
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 3] + "..."


def follow(node: Node | None, path: tuple[str, ...]) -> Node | None:
    """The node at a path of keys, or None if it is not there."""
    for part in path:
        if not isinstance(node, Mapping):
            return None
        node = node.get(part)
    return node


def deepest(node: Node, path: tuple[str | int, ...]) -> tuple[Node, Scalar | None]:
    """The last node that exists on a path, and the key that leads to it (None at the top or in a list).

    Parts that are not in the tree are passed over: a validator's path also names the branches of its own schema.
    """
    key: Scalar | None = None
    for part in path:
        if isinstance(node, Mapping) and isinstance(part, str):
            following = node.get(part)
            if following is not None:
                key, node = node.key(part), following
        elif isinstance(node, Sequence) and isinstance(part, int) and part < len(node.items):
            key, node = None, node.items[part]
    return node, key
