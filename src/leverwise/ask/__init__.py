"""Questions asked of a model: each file is one, and gives an `Answer`."""

from leverwise.ask.model import Model, from_system, load

__all__ = ["Model", "from_system", "load"]
