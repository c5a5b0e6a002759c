"""Which variables are followed through time.

Questions that show them follow the same ones, so that one program serves all; what is read sample by sample is less,
so that it can be kept of many samples.
"""

from __future__ import annotations

from collections.abc import Sequence

from leverwise.ask.hours import LEFT, uses_of
from leverwise.ask.resources import resources_of
from leverwise.ask.unpaid import watched
from leverwise.engine.fans import EXACT_VALUES
from leverwise.errors import ModelError, Problem, did_you_mean
from leverwise.lang.system import System

MADE_AND_SOLD = ("output", "deals")
"""What is made and what is sold of it, where work is used up."""


def rival(system: System) -> bool:
    """Whether work is used up by deals: what is made and what is sold count in one unit, and nothing is kept of it."""
    units = {a.name: a.unit.dimension for a in system.auxiliaries if a.name in MADE_AND_SOLD and a.origin.mechanism}
    kept = any(stock.name == "catalogue" for stock in system.stocks)
    return len(units) == len(MADE_AND_SOLD) and not kept and len(set(units.values())) == 1


def shown(system: System) -> tuple[str, ...]:
    """What is worth showing: what the model names, else all stocks and the equations of its author."""
    stocks = [stock.name for stock in system.stocks if not stock.hidden]
    own = [auxiliary.name for auxiliary in system.auxiliaries if not auxiliary.origin.mechanism]
    return tuple(system.record) or (*stocks, *own)


def read_back(system: System) -> tuple[str, ...]:
    """What is read sample by sample: the resources, the uses of hours, and what is made and sold if deals use it up."""
    resources = [resource.variable for resource in resources_of(system)]
    uses = [use.variable for use in uses_of(system)] + [LEFT for a in system.auxiliaries if a.name == LEFT]
    return tuple(dict.fromkeys([*resources, *uses, *(MADE_AND_SOLD if rival(system) else ())]))


def most_samples(system: System) -> int:
    """The most samples of which what `read_back` names is kept over time."""
    numbers = (system.clock.steps + system.clock.tail + 1) * max(1, len(read_back(system)))
    return max(1, EXACT_VALUES // numbers)


def recorded(system: System, watch: Sequence[str] = ()) -> tuple[str, ...]:
    """What is followed: impact, what is shown, the resources and uses of hours, and what is to be watched besides.

    Raises ModelError if `watch` names something that the model does not have.
    """
    known = [*(s.name for s in system.stocks if not s.hidden), *(a.name for a in system.auxiliaries)]
    unknown = [name for name in watch if name not in known]
    if unknown:
        raise ModelError(Problem(f"nothing is called `{name}`", None, did_you_mean(name, known)) for name in unknown)
    return tuple(dict.fromkeys(["impact", *shown(system), *read_back(system), *watched(system), *watch]))
