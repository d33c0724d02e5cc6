"""The list of a town's static things is that of what its tiles draw: the same things, in boxes that fit their triangles."""

from functools import cache

import numpy as np
import pytest

from lead.geometry.poses import rotation_matrix
from lead.rendering.level import LevelObject, list_level
from lead.rendering.street.tiles import TILE, Street, Thing, build_tile
from lead.roads.generate import fixed_town
from lead.roads.labels import Label
from lead.roads.town import build_town

TOWNS = {
    "GridCity": {
        Label.BUILDINGS, Label.POLES, Label.TRAFFIC_LIGHT, Label.TRAFFIC_SIGNS, Label.WALLS, Label.FENCES, Label.CAR
    },
    "MotorwayRing": {Label.POLES, Label.TRAFFIC_SIGNS, Label.GUARD_RAIL, Label.VEGETATION},
}  # fmt: skip
AWAY_FROM_ROADS = ("House", "Trees", "Conifers", "Bushes", "")
FIT = 0.03  # m


@cache
def level_of(name: str) -> tuple[Street, list[LevelObject]]:
    street = Street(build_town(name, fixed_town(name)))
    return street, list_level(street)


@cache
def drawn_in(name: str) -> dict[str, Thing]:
    """All things with a name on some tiles of a town."""
    street, _ = level_of(name)
    tiles = np.unique((street.town.network.samples.centre[:, :2] // TILE).astype(int), axis=0)
    chosen = tiles[:: max(1, len(tiles) // 60)].tolist()
    return {thing.name: thing for ix, iy in chosen for thing in build_tile(street, ix, iy)}


def corners(thing: Thing, label: Label) -> np.ndarray:
    """Corners (n, 3) m of the near triangles with a label."""
    return thing.near.vertices[thing.near.faces[thing.near.tag == label]].reshape(-1, 3).astype(np.float64)


@pytest.mark.parametrize("name", TOWNS)
def test_boxes_fit_what_is_drawn(name):
    drawn, seen = drawn_in(name), {}
    for thing in level_of(name)[1]:
        if thing.thing not in drawn:
            continue
        own = (corners(drawn[thing.thing], thing.label) - thing.pose[:3]) @ rotation_matrix(*thing.pose[3:])
        inside = own[(np.abs(own) < thing.extent + FIT).all(axis=1)]
        assert inside.max(axis=0) == pytest.approx(thing.extent, abs=FIT), thing.name
        assert inside.min(axis=0) == pytest.approx(-thing.extent, abs=FIT), thing.name
        seen[thing.label] = seen.get(thing.label, 0) + 1
    assert set(seen) >= TOWNS[name] and min(seen.values()) > 3


@pytest.mark.parametrize("name", TOWNS)
def test_all_that_is_drawn_along_the_roads_is_listed_and_lies_in_its_boxes(name):
    pieces: dict[str, list[LevelObject]] = {}
    for thing in level_of(name)[1]:
        pieces.setdefault(thing.thing, []).append(thing)
    checked = 0
    for thing in drawn_in(name).values():
        if thing.name.split("_")[0] in AWAY_FROM_ROADS:
            continue
        points = thing.near.vertices[thing.near.faces].reshape(-1, 3).astype(np.float64)
        outside = np.ones(len(points), np.bool_)
        for piece in pieces[thing.name]:
            own = (points - piece.pose[:3]) @ rotation_matrix(*piece.pose[3:])
            outside &= (np.abs(own) > piece.extent + FIT).any(axis=1)
        assert not outside.any(), thing.name
        checked += 1
    assert checked > 50


def test_names_are_unique_and_the_list_is_always_the_same():
    street, things = level_of("GridCity")
    assert len({thing.name for thing in things}) == len(things)
    for thing, again in zip(things, list_level(Street(street.town)), strict=True):
        assert (thing.name, thing.label, thing.boxes) == (again.name, again.label, again.boxes)
        assert np.array_equal(thing.pose, again.pose) and np.array_equal(thing.extent, again.extent)


@pytest.mark.parametrize("name", TOWNS)
def test_collision_boxes_stand_where_their_things_do(name):
    street, things = level_of(name)
    scenery, taken = street.town.scenery, []
    for thing in {thing.thing: thing for thing in things}.values():
        taken += thing.boxes
        for box in thing.boxes:
            assert np.hypot(*(scenery.centre[box, :2] - thing.pose[:2])) < 12.0, (thing.name, scenery.name[box])
    assert sorted(taken) == list(range(len(scenery.yaw))), "every box stands for one thing"
