"""What can be taken away from a model to see what it is worth: a lever, a plain decision, or all levers of a kind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from leverwise.ask.model import Model


@dataclass(frozen=True)
class Part:
    """What is taken away together."""

    name: str
    names: tuple[str, ...]
    """Levers, or one decision that belongs to none."""
    mechanism: str
    """Empty for a decision that belongs to no lever."""
    kind: bool = False
    """Whether these are all levers of a mechanism that has several."""

    @property
    def key(self) -> str:
        """Names it among all parts: a lever may be called like its mechanism."""
        return f"{self.mechanism}:" if self.kind else self.name


def parts_of(model: Model) -> list[Part]:
    """Every lever, every decision without one, and each mechanism that several levers have."""
    levers = model.levers
    found = [Part(lever, (lever,), mechanism) for lever, mechanism in levers.items()]
    found += [Part(each.name, (each.name,), "") for each in model.system.decisions if not each.switch]
    for mechanism in dict.fromkeys(levers.values()):
        mine = tuple(lever for lever, kind in levers.items() if kind == mechanism)
        if mechanism and len(mine) > 1:
            found.append(Part(mechanism, mine, mechanism, kind=True))
    return found


class Without:
    """An engine with some levers switched off; all else is the engine's own."""

    def __init__(self, engine: Any, names: Sequence[str]) -> None:
        self.engine = engine
        self.off = {name: False for name in names if name in engine.system.switches}

    def __getattr__(self, name: str) -> Any:
        """What an engine does."""
        return getattr(self.engine, name)

    @property
    def small(self) -> bool:
        """No: what small systems are asked for at once knows no levers that are off."""
        return False

    @property
    def single(self) -> Without:
        """The same in single precision."""
        return Without(self.engine.single, list(self.off))

    def measures(self, *arguments: Any, **named: Any) -> Any:
        """What the engine gives without the levers."""
        return self.engine.measures(*arguments, switches=self.off, **named)

    def gradient(self, *arguments: Any, **named: Any) -> Any:
        """What the engine gives without the levers."""
        return self.engine.gradient(*arguments, switches=self.off, **named)

    def simulate(self, *arguments: Any, **named: Any) -> Any:
        """What the engine gives without the levers."""
        return self.engine.simulate(*arguments, switches=self.off, **named)
