"""The modelling language: declarations in, an immutable equation system out. It knows nothing of leverage."""

from __future__ import annotations

from leverwise.lang.build import build
from leverwise.lang.declarations import Declarations
from leverwise.lang.system import System

__all__ = ["Declarations", "System", "build"]
