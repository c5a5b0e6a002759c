"""Where the variables of a model are written: file and line, as the one who wrote it would look for them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from leverwise.errors import Position

if TYPE_CHECKING:
    from leverwise.ask.model import Model


def places(model: Model, names: Iterable[str]) -> dict[str, str]:
    """`file:line` of each of the names that stands in a text; nothing for a system that was made by hand."""
    if model.origin is None:
        return {}
    from leverwise.ask.reading import declared

    known: dict[tuple[str, int], Position] = {}
    declarations = declared(model.origin, model.settings)
    for value in declarations.values:
        _keep(known, value.name, 0, value.value.at)
    for stock in declarations.stocks:
        _keep(known, stock.name, len(stock.indices), stock.change.at)
    for decision in declarations.decisions:
        texts = (decision.low, decision.high, decision.every, decision.start, decision.costs)
        _keep(known, decision.name, 0, next((text.at for text in texts if text and text.at), None))
    for equation in declarations.equations:
        _keep(
            known, equation.name, len(equation.indices), next((t.value.at for t in equation.terms if t.value.at), None)
        )
    if declarations.impact is not None:
        _keep(known, "impact", 0, declarations.impact.at)
    found = {name: _place(known, name) for name in names}
    return {name: _shown(place) for name, place in found.items() if place is not None}


def _keep(known: dict[tuple[str, int], Position], name: str, indices: int, at: Position | None) -> None:
    if at is not None:
        known.setdefault((name, indices), at)


def _place(known: dict[tuple[str, int], Position], name: str) -> Position | None:
    """The place of a variable, or of the one over a set that it is a member of: `effort` of `writing.effort`."""
    parts = name.split(".")
    for first in range(len(parts)):
        for last in range(first, len(parts)):
            whole = ".".join((*parts[:first], *parts[last:]))
            if (whole, last - first) in known:
                return known[whole, last - first]
    return None


def _shown(at: Position) -> str:
    """The place without the folders in which the program is kept."""
    path = Path(at.file)
    file = f"mechanisms/{path.name}" if path.is_absolute() and path.parent.name == "mechanisms" else at.file
    return file if at.typed else f"{file}:{at.line}"
