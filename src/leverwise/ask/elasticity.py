"""By what percentage impact grows if an invention is 1 % better, beside the same for 1 % more of capital.

An invention's level is what it multiplies by. More capital is more of what it does: seats, hours freed and dollars of
publicity times 1.01, factors of effort and speed to the power of 1.01, as of a unit that counts for 1.01 units.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from leverwise.ask.answer import Row
from leverwise.ask.charts import Array
from leverwise.ask.schedules import slots
from leverwise.ask.words import number
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
        "spent": _times,
    },
}
"""What 1 % more of a lever makes of each of its values and decisions, by mechanism."""


def elasticities(engine: Any, system: System, mechanisms: Mapping[str, str], rows: Rows, seed: int) -> list[Row]:
    """A row per lever of technology and capital: d ln(mean impact) / d ln(what the lever does).

    Empty without a lever of technology, or where mean
    impact is not positive. Read off the gradient's program, which is there already, at 1 % more.
    """
    if TECHNOLOGY not in mechanisms.values():
        return []
    draws, index, decisions = rows
    base = _mean_impact(engine, draws, index, decisions, engine.constants, seed)
    found: list[Row] = []
    for lever, mechanism in mechanisms.items():
        if mechanism not in WAYS or not base > 0:
            continue
        better = _mean_impact(engine, *_with_more(engine, system, lever, WAYS[mechanism], rows), seed)
        if better > 0:
            slope = float(np.log(better / base) / np.log(MORE))
            found.append({"lever": lever, "mechanism": mechanism, "elasticity": slope})
    return found


def sentence(rows: Sequence[Row]) -> list[str]:
    """What the rows say, all inventions and all capital taken together."""
    if not rows:
        return []
    sums = {m: sum(row["elasticity"] for row in rows if row["mechanism"] == m) for m in (TECHNOLOGY, CAPITAL)}
    capital = any(row["mechanism"] == CAPITAL for row in rows)
    if all(abs(row["elasticity"]) < UNSEEN for row in rows):
        idle = "Neither inventions nor capital are" if capital else "No invention is"
        return [f"{idle} at work here: 1 % more would change nothing."]
    said = f"1 % better inventions make impact {_change(sums[TECHNOLOGY])}"
    if capital:
        said += f"; 1 % more capital makes it {_change(sums[CAPITAL])}"
    return [said + "."]


def _change(slope: float) -> str:
    if abs(slope) < UNSEEN:
        return "neither larger nor smaller"
    return f"{number(abs(slope), 2)} % {'larger' if slope > 0 else 'smaller'}"


def _with_more(
    engine: Any, system: System, lever: str, ways: Mapping[str, Way], rows: Rows
) -> tuple[Array, Any, Array, Array]:
    """Draws, sample numbers, decisions and constants with 1 % more of the lever."""
    draws, index, decisions = rows
    draws, decisions, constants = draws.copy(), decisions.copy(), np.array(engine.constants, dtype=float)
    places = slots(system)
    for key, way in ways.items():
        name = f"{lever}.{key}"
        for given in (name, f"{name}.given"):
            if given in engine.constant_names:
                place = engine.constant_names.index(given)
                constants[place] = way(constants[place])
            elif given in engine.draw_names:
                place = engine.draw_names.index(given)
                draws[place] = way(draws[place])
        if name in places:
            decisions[places[name]] = way(decisions[places[name]])
    return draws, index, decisions, constants


def _mean_impact(engine: Any, draws: Array, index: Any, decisions: Array, constants: Array, seed: int) -> float:
    made = engine.gradient(draws, index, decisions, constants=constants, seed=seed).measures
    return float(np.mean(np.asarray(made)[0]))
