"""Which names there are, and what a name means in a scope.

A name `x` in scope `crew` is `crew.x` if there is one, else the global `x`; sets are looked up in the
same way. A member stands before the last part of a name: `effort[writing]` is `writing.effort`, and
`crew.novices[fans]` is `crew.fans.novices`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field


def member_name(name: str, members: Sequence[str]) -> str:
    """The name of one member's variable."""
    if not members:
        return name
    head, _, last = name.rpartition(".")
    return ".".join((*((head,) if head else ()), *members, last))


def scoped(name: str, scope: str) -> Iterator[str]:
    """What a name may mean in a scope, the nearest first."""
    parts = scope.split(".") if scope else []
    for length in range(len(parts), 0, -1):
        yield ".".join((*parts[:length], name))
    yield name


@dataclass
class Names:
    """Everything that can be named. `kinds`: name to value, series, decision, stock, equation, switch or time."""

    sets: Mapping[str, tuple[str, ...]]
    kinds: dict[str, str] = field(default_factory=dict)
    families: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Declared with indices: name to the names of its sets."""

    def find(self, name: str, scope: str) -> str | None:
        """The global name that `name` means in `scope`, or None."""
        if not scope:
            return name if name in self.kinds else None
        return next((each for each in scoped(name, scope) if each in self.kinds), None)

    def family(self, name: str, scope: str) -> tuple[str, tuple[str, ...]] | None:
        """The full name and the sets of a variable that was declared with indices, or None."""
        return next(((each, self.families[each]) for each in scoped(name, scope) if each in self.families), None)

    def members(self, name: str, scope: str) -> tuple[str, ...] | None:
        """The members of the set that `name` means in `scope`, or None."""
        return next((self.sets[each] for each in scoped(name, scope) if each in self.sets), None)

    def is_member(self, name: str) -> bool:
        """True if any set has this member."""
        return any(name in members for members in self.sets.values())

    def set_of_values(self, name: str) -> str | None:
        """A set for whose members `name` stands in values, such as `task` for `writing.effort`; or None."""
        for each, members in self.sets.items():
            if any(member_name(name, (member,)) in self.kinds for member in members):
                return each
        return None

    def candidates(self, scope: str) -> Iterable[str]:
        """What a person may have meant in this scope, shortest names first."""
        head = scope + "."
        if scope:
            yield from (name[len(head) :] for name in self.kinds if name.startswith(head))
        yield from self.families
        yield from self.kinds
