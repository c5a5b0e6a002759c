"""The variable that a person means by a name: as in answers, with spaces or `_`, in full or its last part."""

from __future__ import annotations

from leverwise.ask.tracing import IMPACT, Tracer
from leverwise.ask.words import listing
from leverwise.errors import ModelError, Problem, did_you_mean
from leverwise.lang.system import System

ALONE, LEVERAGE, ORDERS = "alone_impact", "leverage", "log10_leverage"
OF_TWO_RUNS = (ALONE, LEVERAGE, ORDERS)
"""Names of answers that are no variables: impact with every lever off, and impact over it."""
LISTED = 6


def named(name: str, system: System) -> str:
    """The variable that a person means: as in answers, with spaces or `_`. Raises ModelError if there is none."""
    tracer = Tracer(system)
    known: list[str] = [
        IMPACT,
        *(OF_TWO_RUNS if system.switches else ()),
        *tracer.values,
        *tracer.decisions,
        *(stock.name for stock in system.stocks if not stock.hidden),
        *tracer.auxiliaries,
        *tracer.measures,
    ]
    meant = _plainly(name)
    by_plain = {_plainly(each): each for each in known}
    if meant in by_plain:
        return by_plain[meant]
    turned = ".".join(reversed(meant.removeprefix("hours_for_").split("."))) if meant.startswith("hours_for_") else ""
    if f"{turned}.hours_given" in by_plain:
        return by_plain[f"{turned}.hours_given"]
    ending = [each for plain, each in by_plain.items() if plain.endswith(f".{meant}")]
    if len(ending) == 1:
        return ending[0]
    of_lever = [each for plain, each in by_plain.items() if plain.startswith(f"{meant}.")]
    hint = f"there are {listing([f'`{each}`' for each in ending], LISTED)}" if ending else ""
    hint = hint or (f"of it there are {listing([f'`{each}`' for each in of_lever], LISTED)}" if of_lever else "")
    hint = hint or did_you_mean(name.strip().replace(" ", "_"), known)
    raise ModelError(Problem(f"nothing is called `{name}`", None, hint or "`leverwise show MODEL` lists all variables"))


def _plainly(name: str) -> str:
    return name.strip().lower().replace(": ", ".").replace(" ", "_")
