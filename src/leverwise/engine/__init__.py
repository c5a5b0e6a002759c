"""Runs an equation system for many samples at once. Knows nothing of files, levers or questions.

Importing this imports no JAX.
"""

from leverwise.engine.layout import finer
from leverwise.engine.result import Fan, Gradient, Result
from leverwise.engine.run import Engine

__all__ = ["Engine", "Fan", "Gradient", "Result", "finer"]
