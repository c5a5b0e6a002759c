"""A model in one line: what it is called, what can be done in it, and how far it looks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leverwise.ask.schedules import span
from leverwise.ask.words import listing

if TYPE_CHECKING:
    from leverwise.ask.model import Model

LISTED = 6
"""So many levers or decisions are named; of more, how many there are."""


def in_short(model: Model) -> str:
    """One line, such as `Model shop; 1 lever: ads (capital); 1 decision: ads.spend; horizon 36 months`."""
    levers = [f"{name} ({mechanism})" if mechanism else name for name, mechanism in model.levers.items()]
    decisions = [decision.name for decision in model.system.decisions]
    parts = [_counted("lever", levers), _counted("decision", decisions), f"horizon {span(model.system)}"]
    return f"Model {model.system.name}; {'; '.join(parts)}"


def _counted(what: str, names: list[str]) -> str:
    """How many there are, and which."""
    if not names:
        return f"no {what}s"
    return f"{len(names)} {what}{'' if len(names) == 1 else 's'}: {listing(names, LISTED)}"
