"""The modelling language: declarations in, an immutable equation system out. It knows nothing of leverage."""

from __future__ import annotations

from leverwise.lang.declarations import Declarations
from leverwise.lang.system import System

__all__ = ["Declarations", "System", "build"]


def build(declarations: Declarations) -> System:
    """The equation system of a model. Raises ModelError with every problem found."""
    # Imported here because a model that was checked before is read without any of it.
    from leverwise.lang.assemble import assemble

    return assemble(declarations)
