"""Tiles of a town agree with its roads, signals and collision boxes, stay within their budget, and are always the same."""

from functools import cache

import numpy as np
import pytest

from lead.rendering.kernels.ground import heights
from lead.rendering.materials import Material
from lead.rendering.mesh import Mesh, face_normals
from lead.rendering.street.parked import parked_cars, usable_slots
from lead.rendering.street.patches import Junctions
from lead.rendering.street.tiles import TILE, Street, Thing, build_tile, number_lamps
from lead.roads.generate import fixed_town
from lead.roads.labels import Label
from lead.roads.network import LaneKind
from lead.roads.signals import SignalKind
from lead.roads.surface import ground_height
from lead.roads.town import Town, build_town
from lead.server.street_lamps import StreetLamps

TOWNS = ("GridCity", "VillageCrossing", "MotorwayRing")


@cache
def town_of(name: str) -> Town:
    return build_town(name, fixed_town(name))


@cache
def street_of(name: str) -> Street:
    return Street(town_of(name))


@cache
def tiles_of(name: str) -> dict[tuple[int, int], list[Thing]]:
    """Some tiles along the roads of a town, all of GridCity's."""
    samples = town_of(name).network.samples
    tiles = np.unique((samples.centre[:, :2] // TILE).astype(int), axis=0)
    chosen = tiles if name == "GridCity" else tiles[:: max(1, len(tiles) // 30)]
    return {(ix, iy): build_tile(street_of(name), ix, iy) for ix, iy in chosen.tolist()}


def things_of(name: str) -> list[Thing]:
    return [thing for things in tiles_of(name).values() for thing in things]


def faces_of(mesh: Mesh, tag: Label) -> np.ndarray:
    """Corners (n, 3, 3) of the faces of one class."""
    return mesh.vertices[mesh.faces[mesh.tag == tag]]


@pytest.mark.parametrize("name", TOWNS)
def test_meshes_are_whole_and_lie_at_their_tile(name):
    for (ix, iy), things in tiles_of(name).items():
        middle = (np.array([ix, iy]) + 0.5) * TILE
        for thing in things:
            for mesh in (thing.near, thing.far or thing.near):
                assert np.isfinite(mesh.vertices).all()
                assert mesh.faces.size == 0 or (mesh.faces.min() >= 0 and mesh.faces.max() < len(mesh.vertices))
                assert len(mesh.material) == len(mesh.tag) == len(mesh.faces)
                assert mesh.material.max(initial=0) <= max(Material)
                reach = np.abs(mesh.vertices[:, :2] - middle).max(initial=0.0)
                assert reach < 1.5 * TILE, (thing.name, reach)


def test_the_same_town_and_seed_give_the_same_tiles_and_another_seed_others():
    town = town_of("VillageCrossing")
    tile = max(tiles_of("VillageCrossing").items(), key=lambda item: len(item[1]))[0]
    first, again = build_tile(Street(town, 3), *tile), build_tile(Street(town, 3), *tile)
    other = build_tile(Street(town, 4), *tile)
    for a, b in zip(first, again, strict=True):
        assert (a.name, a.label, a.signal, a.lamp_post, a.origin) == (b.name, b.label, b.signal, b.lamp_post, b.origin)
        assert all(np.array_equal(x, y) for x, y in zip(a.near, b.near, strict=True))
        assert (a.tint is None) == (b.tint is None) and (a.tint is None or np.array_equal(a.tint, b.tint))
    assert any(
        a.name != b.name or not np.array_equal(a.near.vertices, b.near.vertices)
        for a, b in zip(first, other, strict=False)
    )


@pytest.mark.parametrize("name", TOWNS)
def test_heights_are_those_that_wheels_stand_on(name):
    surface = town_of(name).surface
    rng = np.random.default_rng(1)
    places = rng.uniform(surface.bounds[:2] - 20.0, surface.bounds[2:] + 20.0, (400, 2))
    lanes = town_of(name).network.samples.centre[:: max(1, len(town_of(name).network.samples.s) // 400), :3]
    points = np.concatenate([np.column_stack([places, rng.uniform(-5.0, 15.0, len(places))]), lanes])
    height, label = heights(surface, points, 0)
    land, of_land = heights(surface, points, Label.TERRAIN)
    for k, (x, y, z) in enumerate(points.tolist()):
        assert (height[k], label[k]) == pytest.approx(ground_height(surface, x, y, z), abs=1e-6)
        assert (land[k], of_land[k]) == pytest.approx(ground_height(surface, x, y, z, Label.TERRAIN), abs=1e-6)
    assert set(of_land) == {Label.TERRAIN} and (height - land).max() > 0.01, "roads lie above the land"


@pytest.mark.parametrize("name", TOWNS)
def test_paint_lies_within_three_centimetres_above_the_ground(name):
    surface, gaps = town_of(name).surface, 0
    total = 0
    for thing in things_of(name):
        corners = faces_of(thing.near, Label.ROAD_LINES).astype(np.float64)
        if len(corners) == 0:
            continue
        assert (face_normals(thing.near)[thing.near.tag == Label.ROAD_LINES, 2] > 0.8).all()
        points = np.concatenate([corners.reshape(-1, 3), corners.mean(axis=1)])
        ground, label = heights(surface, points, 0)
        above = points[:, 2] - ground
        paved = label != Label.TERRAIN
        gaps += np.count_nonzero(~paved)
        total += len(points)
        assert above[paved].min() > 0.004 and above[paved].max() < 0.031, thing.name
    assert total > 1000 and gaps < 0.02 * total


@pytest.mark.parametrize("name", TOWNS)
def test_marks_are_painted_where_the_lanes_have_them(name):
    """Solid edge lines: beside the middle of every stretch there is a face of the right colour."""
    town = town_of(name)
    samples, lanes = town.network.samples, town.network.lanes
    painted, colour = [], []
    for thing in things_of(name):
        chosen = thing.near.tag == Label.ROAD_LINES
        painted.append(thing.near.vertices[thing.near.faces[chosen]])
        colour.append(thing.near.material[chosen])
    corners, material = np.concatenate(painted), np.concatenate(colour)
    forward = lanes.lane[samples.lane] < 0
    rows = np.flatnonzero((samples.mark == 1) & forward & (np.arange(len(samples.s)) + 1 < lanes.last[samples.lane]))
    tiles = set(tiles_of(name))
    checked = 0
    for row in rows[:: max(1, len(rows) // 300)]:
        place = 0.5 * (samples.right[row] + samples.right[row + 1])
        if (int(place[0] // TILE), int(place[1] // TILE)) not in tiles or samples.mark[row + 1] != 1:
            continue
        here = np.flatnonzero(np.abs(corners[:, :, :2].mean(axis=1) - place[:2]).max(axis=1) < 6.0)
        wanted = Material.MARKING_WHITE + samples.mark_colour[row]
        near = [k for k in here if material[k] == wanted and _distance(corners[k, :, :2], place[:2]) < 0.2]
        assert near, (name, row, place)
        checked += 1
    assert checked > 20


def _distance(triangle: np.ndarray, point: np.ndarray) -> float:
    """Distance on the plane (m) from a point to a triangle's nearest edge or middle."""
    best = float(np.hypot(*(triangle.mean(axis=0) - point)))
    for k in range(3):
        a, b = triangle[k], triangle[(k + 1) % 3]
        share = np.clip((point - a) @ (b - a) / max(float((b - a) @ (b - a)), 1e-12), 0.0, 1.0)
        best = min(best, float(np.hypot(*(a + share * (b - a) - point))))
    return best


def test_broken_lines_have_dashes_of_three_metres():
    town = town_of("VillageCrossing")
    vertices = [thing.near for thing in things_of("VillageCrossing") if thing.name == ""]
    yellow = [mesh.vertices[mesh.faces[mesh.material == Material.MARKING_YELLOW]] for mesh in vertices]
    area = sum(float(_areas(corners).sum()) for corners in yellow)
    samples, lanes = town.network.samples, town.network.lanes
    broken = (samples.mark == 2) & (lanes.lane[samples.lane] == 0)
    rows = np.flatnonzero(broken[:-1] & broken[1:] & (samples.lane[:-1] == samples.lane[1:]))
    middle = 0.5 * (samples.centre[rows, :2] + samples.centre[rows + 1, :2])
    tiles = set(tiles_of("VillageCrossing"))
    inside = np.array([(int(x // TILE), int(y // TILE)) in tiles for x, y in middle])
    length = np.linalg.norm(samples.centre[rows + 1] - samples.centre[rows], axis=1)[inside].sum()
    width = float(samples.mark_width[rows].max())
    assert area / width / length == pytest.approx(3.0 / 12.0, abs=0.05)


def _areas(corners: np.ndarray) -> np.ndarray:
    return 0.5 * np.linalg.norm(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1)


def test_every_signal_has_its_head_and_lights_face_their_traffic():
    signals = town_of("GridCity").signals
    samples = town_of("GridCity").network.samples
    things = {thing.name: thing for things in (things_of("GridCity"),) for thing in things}
    for k in range(len(signals.kind)):
        light = signals.kind[k] == SignalKind.LIGHT
        thing = things[f"TrafficLight_{k}" if light else f"TrafficSign_{k}"]
        assert thing.signal == (k if light else -1)
        for mesh in (thing.near, thing.far):
            head = faces_of(mesh, Label.TRAFFIC_LIGHT if light else Label.TRAFFIC_SIGNS)
            assert np.linalg.norm(head.reshape(-1, 3) - signals.head[k, :3], axis=1).min() < 0.5
        if not light:
            continue
        lens = thing.near.material == Material.LENS_RED
        facing = face_normals(thing.near)[lens].mean(axis=0)
        for stop in signals.stop_sample[signals.stop_start[k] : signals.stop_start[k + 1]]:
            travel = np.array([np.cos(samples.yaw[stop]), np.sin(samples.yaw[stop])])
            assert facing[:2] @ travel < -0.8


@pytest.mark.parametrize("name", ("GridCity", "VillageCrossing"))
def test_buildings_fill_their_collision_boxes(name):
    scenery, seen = town_of(name).scenery, 0
    for thing in things_of(name):
        if not thing.name.startswith("Building_"):
            continue
        row = int(thing.name.removeprefix("Building_"))
        c, s = np.cos(scenery.yaw[row]), np.sin(scenery.yaw[row])
        offset = thing.near.vertices - scenery.centre[row]
        local = np.column_stack(
            [c * offset[:, 0] + s * offset[:, 1], c * offset[:, 1] - s * offset[:, 0], offset[:, 2]]
        )
        assert np.allclose(local.max(axis=0), scenery.extent[row], atol=0.02), thing.name
        assert np.allclose(local.min(axis=0), -scenery.extent[row], atol=0.02), thing.name
        seen += 1
    assert seen > 20


@pytest.mark.parametrize("name", TOWNS)
def test_poles_rails_and_trees_stand_in_their_boxes(name):
    scenery = town_of(name).scenery
    for thing in things_of(name):
        kind, _, number = thing.name.partition("_")
        if kind not in ("GuardRail", "Wall", "Fence"):
            continue
        row = int(number)
        c, s = np.cos(scenery.yaw[row]), np.sin(scenery.yaw[row])
        offset = thing.near.vertices - scenery.centre[row]
        local = np.column_stack(
            [c * offset[:, 0] + s * offset[:, 1], c * offset[:, 1] - s * offset[:, 0], offset[:, 2]]
        )
        assert (np.abs(local) < scenery.extent[row] + 0.02).all(), thing.name
        assert np.ptp(local, axis=0) == pytest.approx(2.0 * scenery.extent[row], abs=0.12)


def test_street_lamps_are_numbered_as_the_light_manager_counts_them():
    town = town_of("GridCity")
    states = StreetLamps.of(town).states
    assert number_lamps(town).max() + 1 == len(states)
    lamps = {thing.lamp_post: thing for thing in things_of("GridCity") if thing.lamp_post >= 0}
    assert sorted(lamps) == list(range(len(states)))
    for number, thing in lamps.items():
        glass = thing.near.vertices[thing.near.faces[thing.near.material == Material.STREET_LAMP]]
        assert len(glass) and np.linalg.norm(glass.reshape(-1, 3) - states[number + 1][1], axis=1).min() < 2.5


@pytest.mark.parametrize(("name", "near", "far"), [("GridCity", 2500, 600), ("VillageCrossing", 1800, 450)])
def test_triangles_stay_within_their_budget(name, near, far):
    tiles = tiles_of(name)
    counts = [[(len(t.near.faces), len((t.far or t.near).faces)) for t in things] for things in tiles.values()]
    total = np.sum([np.sum(count, axis=0) for count in counts], axis=0) / (4.0 * len(tiles))
    assert total[0] < near and total[1] < far


def test_parked_cars_stand_in_usable_slots_off_the_lanes():
    town = town_of("GridCity")
    usable = usable_slots(town, street_of("GridCity").painted)
    cars = parked_cars(town, usable)
    assert 0.35 * usable.sum() < len(cars.slot) < 0.65 * usable.sum()
    traffic = np.isin(town.network.lanes.kind, [LaneKind.DRIVING])[town.network.samples.lane]
    lanes = town.network.samples.centre[traffic]
    for thing in things_of("GridCity"):
        if thing.label != Label.CAR:
            continue
        low, high = thing.near.vertices.min(axis=0), thing.near.vertices.max(axis=0)
        middle = 0.5 * (low + high)
        ground, _ = ground_height(town.surface, float(middle[0]), float(middle[1]), float(middle[2]))
        assert abs(low[2] - ground) < 0.1 and 1.2 < high[2] - ground < 2.4
        assert np.hypot(*(lanes[:, :2] - middle[:2]).T).min() > 2.0


@pytest.mark.parametrize("name", ("GridCity", "MotorwayRing"))
def test_the_wild_keeps_off_lanes_and_buildings(name):
    town = town_of(name)
    lanes = town.network.samples.centre[(town.network.lanes.kind != LaneKind.NONE)[town.network.samples.lane], :2]
    planted = 0
    for thing in things_of(name):
        if thing.name.split("_")[0] not in ("Trees", "Conifers", "Bushes", "House"):
            continue
        for x, y in thing.near.vertices[::25, :2]:
            assert np.hypot(lanes[:, 0] - x, lanes[:, 1] - y).min() > 3.0, thing.name
        planted += 1
    assert planted > 10


def test_gaps_in_junctions_are_paved_level_with_the_lanes():
    """A junction whose turning lanes leave an island of nothing gets asphalt there, and nothing elsewhere."""
    town = town_of("VillageCrossing")
    junctions = Junctions(town.network)
    for k in range(len(junctions.members)):
        patch = junctions.patch(k)
        if len(patch.faces) == 0:
            continue
        middle = patch.vertices[patch.faces].mean(axis=1).astype(np.float64)
        ground, _ = heights(town.surface, middle, 0)
        assert (face_normals(patch)[:, 2] > 0.9).all()
        assert (np.abs(middle[:, 2] - ground) < 0.25).all()


def test_land_beyond_the_map_goes_on():
    street = street_of("GridCity")
    ix = int(street.town.surface.bounds[2] // TILE) + 2
    things = build_tile(street, ix, 0)
    ground = next(thing for thing in things if thing.name == "")
    assert set(ground.near.tag.tolist()) == {int(Label.TERRAIN)}
    assert (
        _areas(np.concatenate([t.near.vertices[t.near.faces] for t in things if t.name == ""])).sum() > 0.99 * TILE**2
    )


def test_bridges_have_sides_and_undersides():
    """Every road triangle well above the land is there again below the deck, facing down; and there are walls."""
    street = street_of("MotorwayRing")
    surface = street.town.surface
    parts = [t.near for ix, iy in sorted(street.rims.high) for t in build_tile(street, ix, iy) if t.name == ""]
    normals = np.concatenate([face_normals(mesh)[mesh.tag == Label.BRIDGE] for mesh in parts])
    middle = np.concatenate([faces_of(mesh, Label.BRIDGE) for mesh in parts]).mean(axis=1)
    assert (np.abs(normals[:, 2]) < 0.1).sum() > 50
    lower = middle[normals[:, 2] < -0.9]
    road = surface.vertices[surface.triangles[surface.label == Label.ROADS]].mean(axis=1)
    land, _ = heights(surface, road.astype(np.float64), int(Label.TERRAIN))
    high = road[road[:, 2] - land > 2.0]
    assert len(high) > 10
    for place in high:
        assert np.linalg.norm(lower + [0.0, 0.0, 0.9] - place, axis=1).min() < 0.01
