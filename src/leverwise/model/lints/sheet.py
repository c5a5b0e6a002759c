"""What all lints look at: a model as it was written, beside what is run."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from leverwise.errors import Position
from leverwise.lang.declarations import ValueDeclaration
from leverwise.lang.distributions import typical
from leverwise.lang.reach import aims, before, behind, reads, watched
from leverwise.lang.system import System, Value
from leverwise.model.document import Mapping, follow
from leverwise.model.load import Source

SURE = re.compile(r"#\s*sure\b")
"""A comment by which an author says that a line is meant as it stands."""
TAKING = frozenset(
    {"committed", "discretionary", "spent_by_levers", "hours_managing", "hours_for", "capacity_used", "unreliability"}
)
"""Ports through which a lever takes money, hours and trust, but gives nothing."""


@dataclass(frozen=True)
class Sheet:
    """A model as it was written and as it is run, with what lints ask of it. Numbers are in base units."""

    source: Source
    system: System

    @cached_property
    def declared(self) -> dict[str, ValueDeclaration]:
        """Every number by its full name, as it was written."""
        return {each.name: each for each in self.source.declarations.values}

    @cached_property
    def values(self) -> dict[str, Value]:
        """Every number by its full name, as it is drawn."""
        return {each.name: each for each in self.system.values}

    @cached_property
    def read(self) -> dict[str, frozenset[str]]:
        """What each variable reads."""
        return reads(self.system)

    @cached_property
    def needed(self) -> frozenset[str]:
        """All that impact, measures and costs depend on."""
        return behind(aims(self.system) | watched(self.system), self.read)

    def helps(self, names: frozenset[str]) -> bool:
        """Whether impact depends on these in another way than by what they take of money, hours and trust."""
        taking = {name for name in self.read if name.rpartition(".")[2] in TAKING}
        return bool(before(names, self.read, taking) & aims(self.system))

    def given(self, name: str) -> ValueDeclaration | None:
        """The number, if the author wrote it."""
        found = self.declared.get(name)
        return found if found is not None and found.origin.given and found.value.at is not None else None

    def ends(self, name: str) -> tuple[float, float] | None:
        """The ends of a number's range; None if there is no such number, or an invention changes it."""
        value = self.values.get(name)
        return typical(value.distribution) if value is not None else None

    def low(self, name: str, otherwise: float = 0.0) -> float:
        """The lower end, or something else if there is no such number."""
        found = self.ends(name)
        return found[0] if found else otherwise

    def high(self, name: str, otherwise: float = 0.0) -> float:
        """The upper end, or something else if there is no such number."""
        found = self.ends(name)
        return found[1] if found else otherwise

    def place(self, *path: str) -> Position | None:
        """Where a key of the model file stands."""
        node = follow(self.source.document, path[:-1])
        key = node.key(path[-1]) if isinstance(node, Mapping) else None
        return key.at if key is not None else None

    @property
    def horizon(self) -> float:
        """From the start to the horizon."""
        return self.system.clock.steps * self.system.clock.step

    @property
    def whole(self) -> float:
        """From the start to the end of the tail."""
        return (self.system.clock.steps + self.system.clock.tail) * self.system.clock.step
