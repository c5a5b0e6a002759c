"""Where a map looks: a grid of places, made finer where the advice differs between neighbours.

Places are pairs of whole numbers on a lattice that is finer than the grid. A patch is a rectangle with a place in each
corner; it is halved, along each axis along which its corners differ, where that is asked, so that every place looked
at stays one. What is nearest to a place, patch by patch, is its tile.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise, product
from math import gcd

Place = tuple[int, int]
Range = tuple[float, float]
Tile = tuple[Range, Range]
"""From where to where along x and y, in steps of the lattice."""
HALVINGS = 3
"""Times that a patch may be halved along an axis."""
FINER = 2**HALVINGS
"""Steps of the lattice between neighbours of the grid, along an axis that may be made finer."""


@dataclass(frozen=True)
class Patch:
    """A rectangle of the lattice; flat along an axis with a single value."""

    low: Place
    high: Place

    @property
    def corners(self) -> list[Place]:
        """The places in its corners, each once."""
        ends = [dict.fromkeys((self.low[k], self.high[k])) for k in (0, 1)]
        return [(i, j) for i, j in product(*ends)]

    def span(self, axis: int) -> int:
        """Its length in steps."""
        return self.high[axis] - self.low[axis]

    def halved(self, axis: int) -> list[Patch]:
        """Its two halves; itself, if it can't be halved."""
        if self.span(axis) < 2:
            return [self]
        middle = (self.low[axis] + self.high[axis]) // 2
        high, low = list(self.high), list(self.low)
        high[axis] = low[axis] = middle
        return [Patch(self.low, (high[0], high[1])), Patch((low[0], low[1]), self.high)]

    def differs(self, axis: int, advice: Callable[[Place], object]) -> bool:
        """Whether corners that are neighbours along an axis differ."""
        for corner in self.corners:
            if corner[axis] == self.low[axis]:
                other = list(corner)
                other[axis] = self.high[axis]
                if advice(corner) != advice((other[0], other[1])):
                    return True
        return False


@dataclass
class Mesh:
    """The patches of a map. `counts` are points of the grid along each axis, `finer` steps between them."""

    counts: tuple[int, int]
    finer: tuple[int, int]
    patches: list[Patch] = field(init=False)

    def __post_init__(self) -> None:
        lines = [[k * self.finer[axis] for k in range(self.counts[axis])] for axis in (0, 1)]
        stretches = [list(pairwise(line)) or [(line[0], line[0])] for line in lines]
        self.patches = [Patch((x[0], y[0]), (x[1], y[1])) for x, y in product(*stretches)]

    @property
    def places(self) -> list[Place]:
        """Everywhere that the map looks, row by row of x."""
        return sorted({corner for patch in self.patches for corner in patch.corners})

    def new(self, patch: Patch, axes: Iterable[int]) -> list[Patch]:
        """What a patch is parted into along some axes."""
        parts = [patch]
        for axis in axes:
            parts = [half for part in parts for half in part.halved(axis)]
        return parts

    def refine(self, advice: Callable[[Place], object], sure: Callable[[Place], bool], room: int) -> list[Place]:
        """Halve patches whose corners differ, the largest first, and give the new places, `room` of them at most.

        Patches none of whose corners advises something `sure` are left as they are.
        """
        known, found = set(self.places), list[Place]()
        asked = []
        for patch in self.patches:
            axes = [axis for axis in (0, 1) if patch.span(axis) > 1 and patch.differs(axis, advice)]
            if axes and any(sure(corner) for corner in patch.corners):
                asked.append((max(patch.span(k) / self.finer[k] for k in axes), patch, axes))
        asked.sort(key=lambda each: (-each[0], each[1].low))
        for _, patch, axes in asked:
            parts = self.new(patch, axes)
            more = sorted({corner for part in parts for corner in part.corners} - known)
            if len(found) + len(more) > room:
                continue
            self.patches.remove(patch)
            self.patches += parts
            known.update(more)
            found += more
        return found

    def distance(self, at: Place, other: Place) -> float:
        """In steps of the grid, along both axes together."""
        return sum(abs(at[k] - other[k]) / self.finer[k] for k in (0, 1))

    def neighbours(self, at: Place) -> list[Place]:
        """Places that share a patch with one, the nearest first."""
        around = {corner for patch in self.patches if at in patch.corners for corner in patch.corners} - {at}
        around |= {one if other == at else other for one, other in self.sides() if at in (one, other)}
        return sorted(around, key=lambda other: (self.distance(at, other), other))

    def sides(self) -> list[tuple[Place, Place]]:
        """Neighbours along x or y: nothing that the map looks at lies between them."""
        known = set(self.places)
        found: set[tuple[Place, Place]] = set()
        for patch, axis in product(self.patches, (0, 1)):
            if not patch.span(axis):
                continue
            for across in {patch.low[1 - axis], patch.high[1 - axis]}:
                line = [(k, across) if axis == 0 else (across, k) for k in range(patch.low[axis], patch.high[axis] + 1)]
                found.update(pairwise([at for at in line if at in known]))
        return sorted(found)

    def tiles(self) -> dict[Place, list[Tile]]:
        """What is nearest to each place, as few rectangles as can be; up to the last places of the grid."""
        quarters: dict[Place, dict[Place, Tile]] = {}
        for patch in self.patches:
            for corner in patch.corners:
                ends = []
                for axis in (0, 1):
                    half = patch.span(axis) / 2
                    ends.append(
                        (corner[axis], corner[axis] + half)
                        if corner[axis] == patch.low[axis]
                        else (corner[axis] - half, corner[axis])
                    )
                towards = tuple(
                    0 if e[1] == e[0] else 1 if e[0] == c else -1 for e, c in zip(ends, corner, strict=True)
                )
                quarters.setdefault(corner, {})[towards[0], towards[1]] = (ends[0], ends[1])
        return {at: _joined(_joined(list(parts.values()), 0), 1) for at, parts in sorted(quarters.items())}

    def raster(self) -> tuple[tuple[int, int], dict[Place, Place]]:
        """The step of an even lattice along each axis that holds all places, and to which place each point belongs."""
        steps = tuple(_step(patch.span(axis) for patch in self.patches) for axis in (0, 1))
        belongs: dict[Place, Place] = {at: at for at in self.places}
        for patch in sorted(self.patches, key=lambda each: each.span(0) * each.span(1)):
            lines = [range(patch.low[k], patch.high[k] + 1, steps[k]) for k in (0, 1)]
            for i, j in product(*lines):
                near = [
                    end if 2 * (n - low) > high - low else low
                    for n, low, high, end in (
                        (i, patch.low[0], patch.high[0], patch.high[0]),
                        (j, patch.low[1], patch.high[1], patch.high[1]),
                    )
                ]
                belongs.setdefault((i, j), (near[0], near[1]))
        points = {(i // steps[0], j // steps[1]): at for (i, j), at in belongs.items()}
        return (steps[0], steps[1]), dict(sorted(points.items()))


def _step(spans: Iterable[int]) -> int:
    return gcd(*[span for span in spans if span]) or 1


def _joined(tiles: Sequence[Tile], axis: int) -> list[Tile]:
    """Tiles that lie side by side along an axis and are equally long across it, made one."""
    found: list[Tile] = []
    for tile in sorted(tiles, key=lambda each: (each[1 - axis], each[axis])):
        if found and found[-1][1 - axis] == tile[1 - axis] and found[-1][axis][1] == tile[axis][0]:
            joined = (found[-1][axis][0], tile[axis][1])
            found[-1] = (joined, tile[1]) if axis == 0 else (tile[0], joined)
        else:
            found.append(tile)
    return found
