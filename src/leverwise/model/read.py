"""Text to nodes: reading YAML 1.2 with positions, within bounds, and with one clear error for what is no YAML.

The tree is made from ruamel.yaml's parser events, not its round-trip objects: those cost four times as much and know
no position of a value. Aliases are refused: a model is small, and expanding them is how small files become huge.
"""

from __future__ import annotations

import bisect
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from leverwise.errors import ModelError, Position, Problem
from leverwise.model.document import Mapping, Node, Scalar, Sequence, shorten

MOST_BYTES = 1_000_000
MOST_DEPTH = 30
MOST_NODES = 30_000
_UNSEEN = ("Cc", "Cn", "Co", "Cs", "Zl", "Zp")


def read_bytes(path: Path, what: str = "model file") -> bytes:
    """The file's bytes, its size checked first. Raises ModelError."""
    name = str(path)
    try:
        if path.is_dir():
            raise _refuse(f"{name} is a folder, not a {what}", None, f"name the {what} inside it")
        size = path.stat().st_size
        if size > MOST_BYTES:
            raise _refuse(
                f"{name} has {size:,} bytes; a {what} has at most {MOST_BYTES:,}", None, "is it the right file?"
            )
        with path.open("rb") as stream:
            data = stream.read(MOST_BYTES + 1)
    except FileNotFoundError:
        raise _refuse(f"there is no file {name}", None, neighbours(path, models=what == "model file")) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise _refuse(f"{name} cannot be read: {reason}", None, "") from None
    if len(data) > MOST_BYTES:
        raise _refuse(
            f"{name} has more than {MOST_BYTES:,} bytes, the most a {what} may have", None, "is it the right file?"
        )
    return data


def decode(data: bytes, file: str) -> str:
    """The bytes as text with line feeds at line ends. Raises ModelError for what is not UTF-8 text."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise _refuse("the file is written in UTF-16", Position(file, 1, 1), "save it as UTF-8")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8-sig", errors="replace")
        where = _place(before.replace("\r\n", "\n").replace("\r", "\n"), file)
        if b"\0" in data:
            raise _refuse("this is a binary file, not a text", where, "name a model file (YAML text)") from None
        byte = data[error.start]
        raise _refuse(f"the byte 0x{byte:02x} here is not UTF-8 text", where, "save the file as UTF-8") from None
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    for index, character in enumerate(text):
        if not character.isprintable() and character not in "\t\n" and unicodedata.category(character) in _UNSEEN:
            where = _place(text[:index], file)
            if "\0" in text:
                raise _refuse("this is a binary file, not a text", where, "name a model file (YAML text)")
            raise _refuse(f"the control character U+{ord(character):04X} may not stand in a text", where, "remove it")
    return text


def parse(text: str, file: str, at: Position | None = None) -> Node:
    """The tree of one YAML document.

    `at`, if given, is where the text starts (for a value given on the command line). Raises ModelError with the
    first syntax error, or with every duplicated key.
    """
    from ruamel.yaml.error import MarkedYAMLError, YAMLError, YAMLStreamError

    reader = _Reader(text, file, at)
    try:
        node = reader.document()
    except MarkedYAMLError as error:
        raise ModelError(reader.explain(error)) from None
    except (YAMLError, YAMLStreamError) as error:
        position = getattr(error, "position", None)
        where = reader.place(position) if isinstance(position, int) else None
        raise _refuse(f"this is not YAML: {shorten(str(error), 200)}", where, "") from None
    except RecursionError:
        raise _refuse(f"the file is nested deeper than {MOST_DEPTH} levels", None, "") from None
    if reader.problems:
        raise ModelError(reader.problems)
    return node


class _Reader:
    """Builds nodes from parser events; collects problems that do not stop the reading."""

    def __init__(self, text: str, file: str, at: Position | None) -> None:
        self.text, self.file, self.origin = text, file, at
        self.starts = [0] + [i + 1 for i, c in enumerate(text) if c == "\n"]
        self.problems: list[Problem] = []
        self.nodes = 0
        self.events: Iterator[Any] = iter(())

    def place(self, index: int, length: int = 1) -> Position:
        """The position of the character at `index`."""
        index = max(0, min(index, len(self.text)))
        line = bisect.bisect_right(self.starts, index)
        column = index - self.starts[line - 1] + 1
        if self.origin is not None:
            first = self.origin.column - 1 if line == 1 else 0
            return replace(self.origin, line=self.origin.line + line - 1, column=column + first, length=length)
        return Position(self.file, line, column, length)

    def document(self) -> Node:
        """The only document's root."""
        from ruamel.yaml import YAML
        from ruamel.yaml.events import DocumentStartEvent, StreamEndEvent

        self.events = YAML(typ="safe", pure=True).parse(self.text)
        next(self.events)
        event = next(self.events)
        if isinstance(event, StreamEndEvent):
            return Scalar("", self.place(0))
        node = self.node(next(self.events), 1)
        next(self.events)
        event = next(self.events)
        if isinstance(event, DocumentStartEvent):
            raise _refuse(
                "a second YAML document begins here", self.place(event.start_mark.index, 3), "put one model in a file"
            )
        return node

    def node(self, event: Any, depth: int) -> Node:
        """The node that starts with `event`."""
        from ruamel.yaml.events import AliasEvent, MappingStartEvent, ScalarEvent

        where = self.place(event.start_mark.index)
        self.nodes += 1
        if self.nodes > MOST_NODES:
            raise _refuse(f"the file has more than {MOST_NODES:,} entries", where, "is it the right file?")
        if depth > MOST_DEPTH:
            raise _refuse(f"nested deeper than {MOST_DEPTH} levels", where, "a model needs about six")
        if isinstance(event, AliasEvent):
            raise _refuse(f"aliases such as `*{event.anchor}` are not read", where, "write the value again")
        if event.anchor is not None:
            raise _refuse(f"anchors such as `&{event.anchor}` are not read", where, "write the value where it is used")
        if getattr(event, "tag", None) and str(event.tag) != "!":
            tag = shorten(self.text[event.start_mark.index :].split()[0])
            raise _refuse(f"tags such as `{tag}` are not read", where, "leave the tag out")
        if isinstance(event, ScalarEvent):
            return self.scalar(event)
        if isinstance(event, MappingStartEvent):
            return self.mapping(where, depth, bool(event.flow_style))
        return self.sequence(where, depth, bool(event.flow_style))

    def mapping(self, where: Position, depth: int, flow: bool) -> Mapping:
        """A mapping up to its end; a key that comes again is a problem."""
        from ruamel.yaml.events import MappingEndEvent

        entries: list[tuple[Scalar, Node]] = []
        seen: dict[str, Scalar] = {}
        while not isinstance(event := next(self.events), MappingEndEvent):
            key = self.node(event, depth + 1)
            value = self.node(next(self.events), depth + 1)
            if not isinstance(key, Scalar):
                raise _refuse(
                    "a key must be a name, not a list or mapping", key.at, "text with { } or [ ] in it needs quotes"
                )
            if key.text == "<<" and not key.quoted:
                raise _refuse("merge keys `<<` are not read", key.at, "write the entries out")
            if key.text in seen:
                first = seen[key.text].at
                self.problems.append(
                    Problem(
                        f"the key `{shorten(key.text)}` stands twice (first in line {first.line})",
                        key.at,
                        "remove one, or give one another name",
                    )
                )
            else:
                seen[key.text] = key
                entries.append((key, value))
            self.fail_if_cut_at_a_comma(value, flow)
        return Mapping(tuple(entries), where)

    def sequence(self, where: Position, depth: int, flow: bool) -> Sequence:
        """A list up to its end."""
        from ruamel.yaml.events import SequenceEndEvent

        items: list[Node] = []
        while not isinstance(event := next(self.events), SequenceEndEvent):
            items.append(self.node(event, depth + 1))
            self.fail_if_cut_at_a_comma(items[-1], flow)
        return Sequence(tuple(items), where)

    def fail_if_cut_at_a_comma(self, node: Node, flow: bool) -> None:
        """Inside { } and [ ] a comma ends a text: `{is: max(a, b)}` would silently lose `b)`."""
        if flow and isinstance(node, Scalar) and not node.quoted and node.text.count("(") > node.text.count(")"):
            self.problems.append(
                Problem(
                    f"the text `{shorten(node.text)}` is cut off here: inside {{ }} and [ ] a comma ends it",
                    node.at,
                    'put the whole text in quotes, for example "max(a, b)"',
                )
            )

    def scalar(self, event: Any) -> Scalar:
        """A scalar with its source text, exact for plain, block and escape-free quoted scalars."""
        start, end = event.start_mark.index, event.end_mark.index
        value: str = event.value
        if event.style in ("|", ">"):
            start = self.text.find("\n", start) + 1
            body = self.text[start:end]
            blank = len(body) - len(body.lstrip())
            source = body.strip()
            return Scalar(value.strip(), self.place(start + blank, _width(source)), source, True)
        if event.style in ("'", '"'):
            inside = self.text[start + 1 : max(start + 1, end - 1)]
            exact = "\\" not in inside and "''" not in inside
            source = inside if exact else value
            return Scalar(value, self.place(start + 1, _width(source)), source, True)
        source = self.text[start:end].rstrip()
        return Scalar(value, self.place(start, _width(source)), source)

    def explain(self, error: Any) -> Problem:
        """A YAML syntax error in words for the author."""
        mark = error.problem_mark or error.context_mark
        index = mark.index if mark is not None else 0
        problem = str(error.problem or "cannot be read")
        where = self.place(index)
        line = self.text[self.starts[where.line - 1 - (self.origin.line - 1 if self.origin else 0)] :].split("\n", 1)[0]
        if "\\t" in problem or line[: len(line) - len(line.lstrip())].count("\t"):
            tab = line.find("\t")
            return Problem(
                "a tab stands where YAML wants spaces",
                replace(where, column=tab + 1, length=1) if tab >= 0 else where,
                "indent with spaces",
            )
        if "mapping values are not allowed" in problem:
            row = where.line - (self.origin.line if self.origin else 1)
            before = self.text.split("\n")[:row]
            while before and not before[-1].strip():
                before.pop()
            if line.count(":") == 1 and before and ":" not in before[-1]:
                first = self.starts[len(before) - 1] + len(before[-1]) - len(before[-1].lstrip())
                return Problem("a `:` is missing in this line", self.place(first), "write `name: value`")
            if line.count(":") == 1 and before and _indent(line) > _indent(before[-1]):
                at = self.place(index - where.column + 1 + _indent(line))
                message = "this line is indented further than the one above, which has a value already"
                return Problem(message, at, "line it up with its neighbours")
            return Problem(
                "a second `:` stands in this line, or the line is indented wrongly",
                where,
                'put the text in quotes ("..."), or line it up with its neighbours',
            )
        if problem.startswith("could not find expected ':'") or "expected ':'" in problem:
            start = self.place(error.context_mark.index) if error.context_mark is not None else where
            return Problem("a `:` is missing after this key", start, "write `name: value`")
        if "',' or '}'" in problem or "',' or ']'" in problem:
            bracket = "{" if "}" in problem else "["
            opened = error.context_mark
            begun = f" (it opens in line {self.place(opened.index).line})" if opened is not None else ""
            if opened is not None and self.place(opened.index).line != where.line:
                where, begun = self.place(opened.index), ""
            return Problem(
                f"the `{bracket}` is not closed{begun}, or a comma is missing in it",
                where,
                f"close it with `{'}' if bracket == '{' else ']'}`, or put text with {{ }} [ ] , in quotes",
            )
        if "block end" in problem or "block mapping" in str(error.context) or "block collection" in str(error.context):
            return Problem("this line does not fit the lines before it", where, "line it up with its neighbours")
        if "end of stream" in problem or "unexpected end" in problem:
            opened = error.context_mark
            start = self.place(opened.index) if opened is not None else where
            return Problem("what opens here is not closed before the file ends", start, "close the quote or bracket")
        if "cannot start any token" in problem:
            return Problem(
                f"a value cannot start with `{self.text[index : index + 1]}`", where, "put the text in quotes"
            )
        return Problem(f"this is not YAML: {shorten(problem, 160)}", where, "put text with special signs in quotes")


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _width(source: str) -> int:
    return max(1, len(source.split("\n", 1)[0]))


def _place(before: str, file: str) -> Position:
    return Position(file, before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1)


def _refuse(message: str, at: Position | None, hint: str) -> ModelError:
    return ModelError(Problem(message, at, hint))


def neighbours(path: Path, *, models: bool = True) -> str:
    """A hint that names files beside a path where there is none; its name without the ending is enough.

    For `models`, those that say of themselves that they are none, such as plan files, are left out.
    """
    from leverwise.errors import did_you_mean

    try:
        names = [entry.name for entry in path.parent.iterdir() if entry.suffix in (".yaml", ".yml")][:1000]
    except (OSError, ValueError):
        return ""
    if models:
        names = [name for name in names if not _is_plan(path.with_name(name))]
    whole = [name for name in names if Path(name).stem == path.name]
    return f"did you mean `{path.with_name(whole[0])}`?" if whole else did_you_mean(path.name, names)


def _is_plan(path: Path) -> bool:
    """Whether a file begins as plan files do, with `plan:` and without `leverwise:`."""
    try:
        with path.open("rb") as stream:
            lines = stream.read(4096).split(b"\n")
    except OSError:
        return True
    begins = {line.split(b":")[0] for line in lines if b":" in line}
    return b"plan" in begins and b"leverwise" not in begins
