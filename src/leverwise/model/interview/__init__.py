"""A model from a conversation: questions in a person's own words, and the commented model file that answers make.

Nothing here knows a terminal. `Interview` asks one question after the other; each answer is tried at once in the model
that it would make, so that what is refused is refused in the words of the reader of models.
"""

from __future__ import annotations

from leverwise.model.interview.conversation import Interview, built
from leverwise.model.interview.questions import Question

__all__ = ["Interview", "Question", "built"]
