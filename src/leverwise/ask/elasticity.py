"""By what percentage impact grows if an invention is 1 % better, beside the same for 1 % more of capital.

Each row is 1 % more effect for nothing. An invention's level is what it multiplies by. More capital is more of what it
does: seats, hours freed and people reached per dollar times 1.01, factors of effort and speed to the power of 1.01, as
of a unit that counts for 1.01 units. A stream of improvements has no such row: its level acts once for each doubling of
productivity, which it makes itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from leverwise.ask.answer import Row
from leverwise.ask.charts import Array
from leverwise.ask.slopes import mean_impact
from leverwise.ask.words import listing, number, spoken
from leverwise.lang.system import System

Way = Callable[[Array], Array]
Rows = tuple[Array, Any, Array]
"""Draws (D, n), sample numbers (n,) and decisions (K,)."""
TECHNOLOGY, CAPITAL = "technology", "capital"
MORE = 1.01
UNSEEN = 5e-4
"""A smaller elasticity is told as none."""


def _times(value: Array) -> Array:
    return value * MORE


WAYS: Mapping[str, Mapping[str, Way]] = {
    TECHNOLOGY: {"level": _times},
    CAPITAL: {
        "seats": _times,
        "frees": _times,
        "saves": lambda share: 1 - (1 - share) ** MORE,
        "speed": lambda share: (1 + share) ** MORE - 1,
        "paid": lambda price: price / MORE,
    },
}
"""What 1 % more of a lever makes of each of its values, by mechanism. `paid` is what it costs to reach a person."""
FOUND = "productivity"
"""The stock of what a stream of improvements has found."""


def elasticities(engine: Any, system: System, mechanisms: Mapping[str, str], rows: Rows, seed: int) -> list[Row]:
    """A row per invention and per lever of capital: d ln(mean impact) / d ln(what the lever does).

    Empty without an invention, or where mean impact is not positive; streams of improvements are left out. Read off the
    gradient's program, which is there already, at 1 % more.
    """
    left_out = streams(system, mechanisms)
    measured = {lever: kind for lever, kind in mechanisms.items() if kind in WAYS and lever not in left_out}
    if TECHNOLOGY not in measured.values():
        return []
    draws, index, decisions = rows
    base = mean_impact(engine, rows, seed, constants=engine.constants)
    if not base > 0:
        return []
    found: list[Row] = []
    for lever, mechanism in measured.items():
        more, constants = _with_more(engine, lever, WAYS[mechanism], draws)
        better = mean_impact(engine, (more, index, decisions), seed, constants=constants)
        if better > 0:
            slope = float(np.log(better / base) / np.log(MORE))
            found.append({"lever": lever, "mechanism": mechanism, "elasticity": slope})
    return found


def streams(system: System, mechanisms: Mapping[str, str]) -> list[str]:
    """The levers that are streams of improvements."""
    stocks = {stock.name for stock in system.stocks}
    return [lever for lever, kind in mechanisms.items() if kind == TECHNOLOGY and f"{lever}.{FOUND}" in stocks]


def sentences(rows: Sequence[Row], left_out: Sequence[str] = ()) -> list[str]:
    """What the rows say, all inventions and all capital taken together, and which streams are left out of them."""
    said = [_together(rows)] if rows else []
    if left_out:
        which = "are streams" if len(left_out) > 1 else "is a stream"
        said.append(
            f"{listing([spoken(name) for name in left_out])} {which} of improvements and left out here: productivity "
            "grows as it is worked on, and there is no 1 % more of it."
        )
    return said


def _together(rows: Sequence[Row]) -> str:
    sums = {m: sum(row["elasticity"] for row in rows if row["mechanism"] == m) for m in (TECHNOLOGY, CAPITAL)}
    capital = any(row["mechanism"] == CAPITAL for row in rows)
    if all(abs(row["elasticity"]) < UNSEEN for row in rows):
        idle = "Neither inventions nor capital are" if capital else "No invention is"
        return f"{idle} at work here: 1 % more would change nothing."
    said = f"1 % better inventions make impact {_change(sums[TECHNOLOGY])}"
    if capital:
        said += f"; 1 % more capital makes it {_change(sums[CAPITAL])}"
    return said + "."


def _change(slope: float) -> str:
    if abs(slope) < UNSEEN:
        return "neither larger nor smaller"
    return f"{number(abs(slope), 2)} % {'larger' if slope > 0 else 'smaller'}"


def _with_more(engine: Any, lever: str, ways: Mapping[str, Way], draws: Array) -> tuple[Array, Array]:
    """Draws and constants with 1 % more of the lever."""
    draws, constants = draws.copy(), np.array(engine.constants, dtype=float)
    for key, way in ways.items():
        name = f"{lever}.{key}"
        for given in (name, f"{name}.given"):
            if given in engine.constant_names:
                place = engine.constant_names.index(given)
                constants[place] = way(constants[place])
            elif given in engine.draw_names:
                place = engine.draw_names.index(given)
                draws[place] = way(draws[place])
    return draws, constants
