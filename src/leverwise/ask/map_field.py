"""All cells of a map, planned one from another: whole searches in the middle, and in the corners if
that is cheap, short ones from there on.

Cells are planned in waves. A wave begins only from what the waves before it have found, so the cells of one can be
worked at side by side, and the same seed gives the same map. Then plans are handed to neighbours: a plan that was made
for one cell counts for every cell near by at which it holds. Where the advice of neighbours differs, cells between them
are added, a wave for each halving.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from leverwise.ask.axes import Axis
from leverwise.ask.charts import Array
from leverwise.ask.making import Tell, part
from leverwise.ask.map_cells import Cell
from leverwise.ask.map_mesh import HALVINGS, Mesh, Place
from leverwise.ask.map_tables import Told, advice
from leverwise.ask.planning.sizes import CHEAP, COSTLY, row_seconds
from leverwise.errors import NoAnswerError

if TYPE_CHECKING:
    from leverwise.ask.model import Model

SWEEPS = 2
"""Times that plans are handed on between cells."""
NEAR = 12
"""Cells, the nearest ones, whose plans are looked at then."""
BESIDE = 4
"""Cells, the nearest ones, whose plans without a part are handed on though they were not searched."""
BETTER = 1e-3
"""Relative gain by another cell's plan from which a cell is searched anew, from that plan."""
WHOLE, SHORT, HANDED, TAKEN, ADDED = 10.0, 1.0, 0.3, 0.6, 2.0
"""How long it takes, beside a short search, to search a cell from nothing, to hand plans on, to find what levers are
worth, and, for each that may be added, to do all of it."""


@dataclass
class Land:
    """The cells of a map by place, and the grid that they are on."""

    model: Model
    axes: Sequence[Axis]
    samples: int
    seed: int
    mesh: Mesh = field(init=False)
    cells: dict[Place, Cell] = field(init=False, default_factory=dict)
    _told: dict[Place, tuple[object, Told]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        axes = self.axes
        one = len(axes) == 1
        counts = len(axes[0].values), 1 if one else len(axes[1].values)
        self.mesh = Mesh(counts, (axes[0].finer, 1 if one else axes[1].finer))
        self.add(self.mesh.places)

    def add(self, places: Sequence[Place]) -> list[Cell]:
        """Cells with the model set to the values at some places."""
        for at in places:
            settings = {axis.path: axis.text(axis.lattice[k]) for axis, k in zip(self.axes, at, strict=False)}
            self.cells[at] = Cell(at, self.model.with_settings(settings), self.samples, self.seed)
        return [self.cells[at] for at in places]

    def neighbours(self, at: Place) -> list[Cell]:
        """The cells around one between which plans can be handed on, the nearest first."""
        around = (self.cells[each] for each in self.mesh.neighbours(at) if each in self.cells)
        return [cell for cell in around if cell.slots == self.cells[at].slots]

    def nearest(self, at: Place) -> list[Cell]:
        """The cells whose plans are handed on to one."""
        others = sorted((each for each in self.cells if each != at), key=lambda e: (self.mesh.distance(at, e), e))
        return [self.cells[each] for each in others[:NEAR]]

    def told(self, at: Place) -> Told | None:
        """A cell on fresh samples, as far as it is known now; None where no plan holds."""
        cell = self.cells[at]
        if cell.plan is None:
            return None
        known = (cell.plan.tobytes(), *((key, plan.tobytes()) for key, plan in cell.without.items()))
        state = (known, frozenset(cell.replanned | cell.spared))
        if at not in self._told or self._told[at][0] != state:
            self._told[at] = (state, Told(cell))
        return self._told[at][1]


def plan_all(land: Land, begun: Array | None, most: int, tell: Tell) -> None:
    """Plan every cell, and find out what its parts are worth; then the same of cells between, up to `most` in all.

    Raises NoAnswerError if no cell has a plan that holds.
    """
    cells, whole = land.cells, corners(land)
    count = len(cells)
    more = max(0, most - count) if any(finer > 1 for finer in land.mesh.finer) else 0
    shares = _shares(WHOLE * len(whole), SHORT * (count - len(whole)), HANDED * count, TAKEN * count, ADDED * more)
    # One cell alone before all others: it compiles what all of them run.
    lead, first = whole[-1], shares[0] / len(whole)
    cells[lead].begin(begun, part(tell, 0.0, first, "planning from nothing"))
    told = part(tell, first, shares[0], "planning from nothing")
    _together([cells[at] for at in whole if at != lead], lambda cell: cell.begin(begun, _silent), told)
    waves = list(waves_from(land, whole))
    for number, wave in enumerate(waves):
        told = part(tell, *_within(shares[0], shares[1], number, len(waves)), "planning from cell to cell")
        known = {at: near_plans(land, at) for at in wave}
        _together([cells[at] for at in wave], partial(_begin, known), told)
    if all(cell.plan is None for cell in cells.values()):
        raise NoAnswerError(next(cell.refused for cell in cells.values() if cell.refused))
    for sweep in range(SWEEPS):
        _hand(land, list(cells), part(tell, *_within(shares[1], shares[2], sweep, SWEEPS), "handing plans on"))
    order = [whole, *waves, list(cells)]
    for number, wave in enumerate(order):
        _take(land, wave, part(tell, *_within(shares[2], shares[3], number, len(order)), "taking levers away"))
    for halving in range(HALVINGS if more else 0):
        if not _refined(land, most, part(tell, *_within(shares[3], 1.0, halving, HALVINGS), "looking closer")):
            break


def _shares(*work: float) -> list[float]:
    """Of works that follow each other, which share is done after each."""
    return [sum(work[: k + 1]) / sum(work) for k in range(len(work))]


def _refined(land: Land, most: int, tell: Tell) -> bool:
    """Plan in cells between neighbours whose advice differs, and find out what parts are worth there."""
    said = {at: (advice(each), each is None or each.clear) for at in land.cells for each in [land.told(at)]}
    new = land.mesh.refine(lambda at: said[at][0], lambda at: said[at][1], most - len(land.cells))
    if not new:
        return False
    added = land.add(new)
    known = {at: near_plans(land, at) for at in new}
    _together(added, partial(_begin, known), part(tell, 0.0, 0.5, ""))
    _hand(land, list(land.cells), part(tell, 0.5, 0.65, ""))
    _take(land, new, part(tell, 0.65, 0.95, ""))
    _take(land, list(land.cells), part(tell, 0.95, 1.0, ""))
    return True


def _hand(land: Land, places: Sequence[Place], tell: Tell) -> None:
    known = {at: _different(land.nearest(at), land.cells[at]) for at in places}
    _together([land.cells[at] for at in places], partial(_hand_on, known), tell)


def _take(land: Land, places: Sequence[Place], tell: Tell) -> None:
    nearby = {at: (without_nearby(land, at), searched_nearby(land, at)) for at in places}
    _together([land.cells[at] for at in places], partial(_take_away, nearby), tell)


def corners(land: Land) -> list[Place]:
    """Where a whole search is made: the corners and the middle, or, unless runs are cheap, the middle alone."""
    mesh = land.mesh
    last = [(count - 1) * finer for count, finer in zip(mesh.counts, mesh.finer, strict=True)]
    middle = ((mesh.counts[0] - 1) // 2 * mesh.finer[0], (mesh.counts[1] - 1) // 2 * mesh.finer[1])
    if row_seconds(land.cells[middle].model.system) > CHEAP:
        return [middle]
    return list(dict.fromkeys([(0, 0), (last[0], 0), (0, last[1]), (last[0], last[1]), middle]))


def waves_from(land: Land, begun: Sequence[Place]) -> Iterator[list[Place]]:
    """The other cells by their distance from those begun with."""
    distance = {at: min(land.mesh.distance(at, other) for other in begun) for at in land.cells}
    for far in sorted(set(distance.values()) - {0}):
        yield [at for at in land.cells if distance[at] == far]


def near_plans(land: Land, at: Place) -> list[Array]:
    """The plans known around a cell, and, on the grid, in the corners."""
    return _different([*land.neighbours(at), *(land.cells[each] for each in corners(land))], land.cells[at])


def without_nearby(land: Land, at: Place) -> dict[str, list[Array]]:
    """The plans without each part that are known around a cell: those searched, and of the nearest the others."""
    found: dict[str, list[Array]] = {}
    for number, cell in enumerate(land.neighbours(at)):
        for key, plan in cell.without.items():
            if key in cell.replanned or number < BESIDE:
                found.setdefault(key, []).append(plan)
    return found


def searched_nearby(land: Land, at: Place) -> set[str]:
    """The parts that plans were searched without around a cell."""
    return {key for cell in land.neighbours(at) for key in cell.replanned & set(cell.without)}


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


def _take_away(nearby: Mapping[Place, tuple[Mapping[str, Sequence[Array]], set[str]]], cell: Cell) -> None:
    cell.take_away(*nearby[cell.place])


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
