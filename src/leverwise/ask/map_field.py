"""All cells of a map, planned one from another: whole searches in the middle, and in the corners if
that is cheap, short ones from there on.

Cells are planned in waves. A wave begins only from what the waves before it have found, so the cells of one can be
worked at side by side, and the same seed gives the same map. At the end plans are handed to neighbours once more: a
plan that was made for one cell counts for every cell at which it holds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from functools import partial
from typing import TYPE_CHECKING

from leverwise.ask.axes import Axis
from leverwise.ask.charts import Array
from leverwise.ask.making import Tell, part
from leverwise.ask.map_cells import Cell
from leverwise.ask.planning.sizes import COSTLY, row_seconds
from leverwise.errors import NoAnswerError

if TYPE_CHECKING:
    from leverwise.ask.model import Model

SWEEPS = 2
"""Times that plans are handed on between all cells."""
BETTER = 1e-3
"""Relative gain by another cell's plan from which a cell is searched anew, from that plan."""
WEIGHTS = {"corners": 0.25, "planning": 0.25, "sharing": 0.1, "taking": 0.38}
"""Shares of the time that the phases take, about."""

Place = tuple[int, int]


def cells_of(model: Model, axes: Sequence[Axis], samples: int, seed: int) -> dict[Place, Cell]:
    """A cell per pair of values, each with the model set to them."""
    lengths = [len(axis.values) for axis in axes]
    found = {}
    for i in range(lengths[0]):
        for j in range(lengths[1] if len(axes) > 1 else 1):
            settings = {axis.path: axis.text(axis.values[k]) for axis, k in zip(axes, (i, j), strict=False)}
            found[i, j] = Cell((i, j), model.with_settings(settings), samples, seed)
    return found


def plan_all(cells: dict[Place, Cell], begun: Array | None, tell: Tell) -> None:
    """Plan every cell, and find out what its parts are worth. Raises NoAnswerError if no cell has a plan that holds."""
    whole = corners(cells)
    first, begin = 0.0, WEIGHTS["corners"]
    # One cell alone before all others: it compiles what all of them run.
    lead = whole[-1]
    cells[lead].begin(begun, part(tell, first, begin / len(whole), "planning in the corners"))
    told = part(tell, begin / len(whole), begin, "planning in the corners")
    _together([cells[at] for at in whole if at != lead], lambda cell: cell.begin(begun, _silent), told)
    first, begin = begin, begin + WEIGHTS["planning"]
    waves = list(waves_from(cells, whole))
    for number, wave in enumerate(waves):
        told = part(tell, *_within(first, begin, number, len(waves)), "planning from cell to cell")
        known = {at: near_plans(cells, at) for at in wave}
        _together([cells[at] for at in wave], partial(_begin, known), told)
    if all(cell.plan is None for cell in cells.values()):
        raise NoAnswerError(next(cell.refused for cell in cells.values() if cell.refused))
    first, begin = begin, begin + WEIGHTS["sharing"]
    for sweep in range(SWEEPS):
        told = part(tell, *_within(first, begin, sweep, SWEEPS), "handing plans on")
        known = {at: all_plans(cells, at) for at in cells}
        _together(list(cells.values()), partial(_hand_on, known), told)
    first, begin = begin, begin + WEIGHTS["taking"]
    order = [whole, *waves]
    for number, wave in enumerate(order):
        told = part(tell, *_within(first, begin, number, len(order)), "taking levers away")
        nearby = {at: without_nearby(cells, at) for at in wave}
        _together([cells[at] for at in wave], partial(_take_away, nearby), told)
    nearby = {at: without_nearby(cells, at) for at in cells}
    _together(
        list(cells.values()), lambda cell: cell.take_away(nearby[cell.place]), part(tell, begin, 1.0, "measuring")
    )


def corners(cells: dict[Place, Cell]) -> list[Place]:
    """Where a whole search is made: the corners and the middle, or, where runs are costly, the middle alone."""
    across, up = (max(at[k] for at in cells) for k in (0, 1))
    middle = (across // 2, up // 2)
    if row_seconds(cells[middle].model.system) > COSTLY:
        return [middle]
    return list(dict.fromkeys([(0, 0), (across, 0), (0, up), (across, up), middle]))


def waves_from(cells: dict[Place, Cell], begun: Sequence[Place]) -> Iterator[list[Place]]:
    """The other cells by their distance from those begun with."""
    distance = {at: min(abs(at[0] - i) + abs(at[1] - j) for i, j in begun) for at in cells}
    for far in sorted(set(distance.values()) - {0}):
        yield [at for at in cells if distance[at] == far]


def neighbours(cells: dict[Place, Cell], at: Place) -> list[Cell]:
    """The cells around one, those beside it first."""
    steps = ((1, 0), (-1, 0), (0, 1), (0, -1), (1, 1), (1, -1), (-1, 1), (-1, -1))
    around = [(at[0] + i, at[1] + j) for i, j in steps]
    return [cells[each] for each in around if each in cells and cells[each].slots == cells[at].slots]


def near_plans(cells: dict[Place, Cell], at: Place) -> list[Array]:
    """The plans known around a cell, and in the corners."""
    return _different([*neighbours(cells, at), *(cells[each] for each in corners(cells))], cells[at])


def all_plans(cells: dict[Place, Cell], at: Place) -> list[Array]:
    """The plans of all other cells."""
    return _different([cell for each, cell in cells.items() if each != at], cells[at])


def without_nearby(cells: dict[Place, Cell], at: Place) -> dict[str, list[Array]]:
    """The plans without each part that are known around a cell."""
    found: dict[str, list[Array]] = {}
    for cell in neighbours(cells, at):
        for key, plan in cell.without.items():
            if key in cell.replanned:
                found.setdefault(key, []).append(plan)
    return found


def _different(known: Sequence[Cell], here: Cell) -> list[Array]:
    plans = [cell.plan for cell in known if cell.plan is not None and cell.slots == here.slots]
    return list({plan.tobytes(): plan for plan in plans}.values())


def _begin(known: Mapping[Place, Sequence[Array]], cell: Cell) -> None:
    cell.begin_from(known[cell.place])


def _hand_on(known: Mapping[Place, Sequence[Array]], cell: Cell) -> None:
    if cell.adopt(known[cell.place], BETTER) and cell.plan is not None:
        before = cell.plan
        cell.begin_from([before])
        cell.adopt([before])


def _take_away(nearby: Mapping[Place, Mapping[str, Sequence[Array]]], cell: Cell) -> None:
    cell.take_away(nearby[cell.place])


def _together(cells: Sequence[Cell], work: Callable[[Cell], None], tell: Tell) -> None:
    """The same for several cells that need nothing of each other, on all cores where runs are long enough for it."""
    if not cells:
        return
    engine = cells[0].model.engine
    workers = min(engine.workers, len(cells)) if row_seconds(cells[0].model.system) > COSTLY else 1
    if workers == 1:
        for done, cell in enumerate(cells):
            work(cell)
            tell((done + 1) / len(cells), "")
        return
    with ThreadPoolExecutor(workers) as pool:
        for done, future in enumerate(as_completed([pool.submit(work, cell) for cell in cells])):
            future.result()
            tell((done + 1) / len(cells), "")


def _within(first: float, last: float, number: int, count: int) -> tuple[float, float]:
    return first + (last - first) * number / count, first + (last - first) * (number + 1) / count


def _silent(share: float, doing: str) -> None:
    return None
