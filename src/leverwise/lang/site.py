"""A text in its place: what it defines, where it was written, and what its indices stand for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from leverwise.lang.declarations import Written
from leverwise.lang.problems import Problems
from leverwise.lang.syntax import Node

_SHOWN = 48


@dataclass(frozen=True)
class Site:
    """A text of one variable; `bindings` maps the names of sets, as written, to members."""

    written: Written
    owner: str
    problems: Problems
    bindings: Mapping[str, str] = field(default_factory=dict)

    def report(self, node: Node | None, message: str, hint: str = "", kind: str = "") -> None:
        """A problem at a node of the text (at the whole text if None)."""
        start, end = (node.start, node.end) if node is not None else (0, len(self.written.text))
        self.problems.at(self.written, self.owner, message, start, end, hint, kind)

    def shown(self, node: Node) -> str:
        """The node as it was written, on one line, shortened."""
        text = " ".join(self.written.text[node.start : node.end].split())
        return text if len(text) <= _SHOWN else text[: _SHOWN - 3] + "..."
