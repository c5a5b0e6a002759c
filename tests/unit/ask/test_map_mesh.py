"""Where a map looks: every place is kept, tiles cover everything once, and the line where advice flips gets sharper."""

from __future__ import annotations

from itertools import product
from math import hypot

import pytest

from leverwise.ask.map_mesh import Mesh, Place


def inside(at: Place) -> bool:
    """Within a quarter of a circle about the first place."""
    return hypot(*at) < 22


def certain(at: Place) -> bool:
    """Nothing is in doubt."""
    return True


def refined(times: int, room: int = 1000, counts: Place = (5, 5), finer: Place = (8, 8)) -> Mesh:
    """A mesh that was refined along that circle so many times."""
    mesh = Mesh(counts, finer)
    for _ in range(times):
        mesh.refine(inside, certain, room)
    return mesh


@pytest.mark.parametrize("times", [0, 1, 3])
def test_tiles_cover_the_map_once(times: int) -> None:
    """Their areas add up to the whole, and no two of them overlap."""
    tiles = [tile for parts in refined(times).tiles().values() for tile in parts]
    assert sum((x[1] - x[0]) * (y[1] - y[0]) for x, y in tiles) == 32 * 32
    for number, (x, y) in enumerate(tiles):
        for other_x, other_y in tiles[:number]:
            wide = min(x[1], other_x[1]) - max(x[0], other_x[0])
            tall = min(y[1], other_y[1]) - max(y[0], other_y[0])
            assert wide <= 0 or tall <= 0


def test_each_place_lies_in_its_tiles_and_stays_when_the_mesh_gets_finer() -> None:
    """A place that was looked at is never given up."""
    before, after = refined(1), refined(3)
    assert set(before.places) < set(after.places)
    for at, parts in after.tiles().items():
        assert all(x[0] <= at[0] <= x[1] and y[0] <= at[1] <= y[1] for x, y in parts)


def test_halving_sharpens_the_line_where_advice_differs() -> None:
    """The points of the raster that are told wrongly get fewer each time, with far fewer places than a full lattice."""
    wrong = []
    for times in range(4):
        tiles = [(at, tile) for at, parts in refined(times).tiles().items() for tile in parts]
        count = 0
        for i, j in product(range(33), range(33)):
            at = next(at for at, (x, y) in tiles if x[0] <= i <= x[1] and y[0] <= j <= y[1])
            count += inside((i, j)) != inside(at)
        wrong.append(count)
    assert wrong[1] > wrong[2] > wrong[3]
    assert wrong[3] < 0.2 * wrong[0]
    mesh = refined(3)
    assert len(mesh.raster()[1]) == 33 * 33
    assert len(mesh.places) < 33 * 33 / 6
    flips = [(one, other) for one, other in mesh.sides() if inside(one) != inside(other)]
    near = [abs(one[0] - other[0]) + abs(one[1] - other[1]) == 1 for one, other in flips]
    assert sum(near) > 0.8 * len(near) > 20


def test_it_is_halved_only_along_the_axis_along_which_advice_differs() -> None:
    """A line straight up costs a place per row, not a whole grid."""
    mesh = Mesh((3, 3), (8, 8))
    new = mesh.refine(lambda at: at[0] < 5, certain, 100)
    assert new == [(4, 0), (4, 8), (4, 16)]


def test_no_more_places_than_there_is_room_for_and_none_where_all_is_in_doubt() -> None:
    """What would not fit is left as it is; chance alone makes nothing finer."""
    mesh = Mesh((5, 5), (8, 8))
    assert 0 < len(mesh.refine(inside, certain, 7)) <= 7
    assert refined(0).refine(inside, lambda at: False, 100) == []


def test_values_that_were_named_are_not_added_to() -> None:
    """With one step between neighbours nothing can be halved; with a single axis only that one is."""
    mesh = Mesh((3, 2), (1, 8))
    mesh.refine(lambda at: at, certain, 100)
    assert {at[0] for at in mesh.places} == {0, 1, 2}
    line = Mesh((3, 1), (8, 1))
    assert line.refine(lambda at: at[0] < 3, certain, 100) == [(4, 0)]
    assert line.sides() == [((0, 0), (4, 0)), ((4, 0), (8, 0)), ((8, 0), (16, 0))]


def test_neighbours_share_a_patch_or_a_side() -> None:
    """Of a corner of the grid its three, the nearest first."""
    assert Mesh((3, 3), (8, 8)).neighbours((0, 0)) == [(0, 8), (8, 0), (8, 8)]
