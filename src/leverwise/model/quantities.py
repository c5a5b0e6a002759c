"""One number or range as text, read on its own by the reader of models."""

from __future__ import annotations

from collections.abc import Iterable

from leverwise import lang
from leverwise.errors import ModelError, Problem
from leverwise.lang.declarations import Declarations, TimeDeclaration, ValueDeclaration, Written
from leverwise.lang.distributions import typical


def ends(text: Written, unit: str, units: Iterable[str] = (), called: str = "") -> tuple[float, float]:
    """The ends of the range that a text means, in `unit`; the same twice for a number. Raises ModelError.

    `units` are those of the model's own.

    >>> ends(Written("2 years"), "months")
    (24.0, 24.0)
    """
    month = Written("1 month")
    small = Declarations(
        "number",
        TimeDeclaration(month, month),
        units=tuple(map(Written, units)),
        values=(ValueDeclaration("number", text, unit, called=called),),
        impact=Written("0"),
    )
    system = lang.build(small)
    if not system.values:
        raise ModelError(Problem(f"`{text.text}` is no number", text.at, "write a number, or a range such as `5 to 8`"))
    value = system.values[0]
    low, high = typical(value.distribution)
    return low / value.unit.factor, high / value.unit.factor
