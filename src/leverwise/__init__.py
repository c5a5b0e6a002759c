"""Where to push next, to have an impact orders of magnitude bigger than yourself.

    import leverwise
    answer = leverwise.load("superstar.yaml").plan(budget="$300k")
    print(answer.headline)

The names are loaded when they are first used, so that importing the package takes no time.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from leverwise.ask import Model, load
    from leverwise.ask.answer import Answer, Chart, Estimate, Provenance
    from leverwise.errors import LeverwiseError, ModelError, NoAnswerError, Position, Problem

    __version__: str

__all__ = [
    "Answer",
    "Chart",
    "Estimate",
    "LeverwiseError",
    "Model",
    "ModelError",
    "NoAnswerError",
    "Position",
    "Problem",
    "Provenance",
    "__version__",
    "load",
]

_HOMES = {
    "Answer": "ask.answer",
    "Chart": "ask.answer",
    "Estimate": "ask.answer",
    "LeverwiseError": "errors",
    "Model": "ask",
    "ModelError": "errors",
    "NoAnswerError": "errors",
    "Position": "errors",
    "Problem": "errors",
    "Provenance": "ask.answer",
    "load": "ask",
}


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from importlib.metadata import version

        return version("leverwise")
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
