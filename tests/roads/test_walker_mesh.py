"""The walkers' mesh: the bytes Detour expects, every triangle on a sidewalk or crosswalk, and all of it connected."""

import struct
from typing import NamedTuple

import numpy as np
import pytest
import shapely
import small_maps as maps
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from town_fixtures import cached_carla_towns, parsed

from lead.roads.crossings import crossing_polygons
from lead.roads.detour import POLYGON, WalkArea
from lead.roads.opendrive import parse_opendrive
from lead.roads.sampling import build_network
from lead.roads.walker_mesh import build_walker_mesh, lane_strips, walkable_lanes

WALKED = ("GridCity", "VillageCrossing")


class Tile(NamedTuple):
    salt: int
    index: int
    west: float
    south: float
    size: float
    triangles: np.ndarray  # (T, 3, 3) m, CARLA frame
    polygons: np.ndarray  # POLYGON
    detail: np.ndarray  # (T, 4)


def read_mesh(data: bytes) -> list[Tile]:
    """The tiles of an MSET file; fails where a size does not add up."""
    assert data[:4] == b"TESM"
    version, count = struct.unpack_from("<ii", data, 4)
    x, _, y, width, height, most_tiles, most_polygons = struct.unpack_from("<5f2i", data, 12)
    assert version == 1 and width == height
    place, tiles = 40, []
    for _ in range(count):
        reference, size = struct.unpack_from("<Ii", data, place)
        tile = data[place + 8 : place + 8 + size]
        place += 8 + size
        magic, version, column, row, _, _, polygons, vertices, links, details, _, pieces, bounds, off, _ = (
            struct.unpack_from("<4s14i", tile)
        )
        assert (magic, version, details, pieces, bounds, off) == (b"VAND", 7, polygons, polygons, 0, 0)
        points = np.frombuffer(tile, "<f4", 3 * vertices, 100).reshape(-1, 3)[:, [0, 2, 1]]
        after = 100 + 12 * vertices
        table = np.frombuffer(tile, POLYGON, polygons, after)
        detail_at = after + 32 * polygons + 12 * links + 12 * polygons
        detail = np.frombuffer(tile, "u1", 4 * polygons, detail_at).reshape(-1, 4)
        assert detail_at + 4 * polygons == size
        corner = points[table["vertices"][:, :3]]
        tile_bits, polygon_bits = (most_tiles - 1).bit_length(), (most_polygons - 1).bit_length()
        assert polygons <= most_polygons and count <= most_tiles and tile_bits + polygon_bits <= 22
        salt, index = reference >> (tile_bits + polygon_bits), (reference >> polygon_bits) & (most_tiles - 1)
        tiles.append(Tile(salt, index, x + column * width, y + row * width, width, corner, table, detail))
    assert place == len(data)
    return tiles


def parts(tiles: list[Tile]) -> tuple[np.ndarray, np.ndarray]:
    """Connected part of every triangle, over inner edges and over portals between tiles, and its area in m^2."""
    pairs, portals, areas, base = [], {}, [], 0
    for tile in tiles:
        near = tile.polygons["neighbours"][:, :3].astype(int)
        for row, edge in np.argwhere((near > 0) & (near < 0x8000)):
            pairs.append((base + row, base + near[row, edge] - 1))
        for row, edge in np.argwhere(near >= 0x8000):
            a, b = tile.triangles[row, edge], tile.triangles[row, (edge + 1) % 3]
            side = near[row, edge] & 7
            axis = 0 if side in (0, 4) else 1
            span = sorted((float(a[1 - axis]), float(b[1 - axis])))
            portals.setdefault((axis, round(float(a[axis]), 2)), []).append((side, *span, base + row))
        areas.append(np.abs(signed_areas(tile)))
        base += len(near)
    for edges in portals.values():
        for side, low, high, row in edges:
            pairs += [(row, o) for s, lo, hi, o in edges if s == side ^ 4 and min(high, hi) - max(low, lo) > 0.02]
    i, j = np.array(pairs).T
    graph = coo_matrix((np.ones(len(i)), (i, j)), shape=(base, base))
    return connected_components(graph, directed=False)[1], np.concatenate(areas)


def signed_areas(tile: Tile) -> np.ndarray:
    u, v = tile.triangles[:, 1] - tile.triangles[:, 0], tile.triangles[:, 2] - tile.triangles[:, 0]
    return 0.5 * (u[:, 0] * v[:, 1] - u[:, 1] * v[:, 0])


def mesh_of(name: str) -> list[Tile]:
    return read_mesh(build_walker_mesh(*parsed(name)))


@pytest.mark.parametrize("name", WALKED)
def test_triangles_are_clockwise_and_their_neighbours_mutual(name):
    for tile in mesh_of(name):
        assert (signed_areas(tile) < 0.0).all()
        near = tile.polygons["neighbours"][:, :3].astype(int)
        for row, edge in np.argwhere((near > 0) & (near < 0x8000)):
            other = near[row, edge] - 1
            back = np.flatnonzero(near[other] == row + 1)
            mine = {*tile.polygons["vertices"][row][[edge, (edge + 1) % 3]].tolist()}
            theirs = [{*tile.polygons["vertices"][other][[k, (k + 1) % 3]].tolist()} for k in back]
            assert mine in theirs


@pytest.mark.parametrize("name", WALKED)
def test_the_clients_traps_are_avoided(name):
    tiles = mesh_of(name)
    assert all((tile.detail == (0, 1, 2, 0x15)).all() for tile in tiles), "detail triangles need boundary flags"
    assert all(tile.salt == 1 for tile in tiles)
    assert sorted(tile.index for tile in tiles) == list(range(len(tiles)))
    for tile in tiles:
        area, flags = tile.polygons["area"], tile.polygons["flags"]
        assert np.isin(area, (WalkArea.SIDEWALK, WalkArea.CROSSWALK)).all() and (flags == 1 << area.astype(int)).all()
        assert (area == WalkArea.SIDEWALK).any(), "random places are drawn per tile, so each needs a sidewalk"
        assert (tile.polygons["count"] == 3).all()


@pytest.mark.parametrize("name", WALKED)
def test_portals_lie_on_the_tile_border_they_name(name):
    for tile in mesh_of(name):
        near = tile.polygons["neighbours"][:, :3].astype(int)
        border = {0: (0, tile.west + tile.size), 4: (0, tile.west), 2: (1, tile.south + tile.size), 6: (1, tile.south)}
        for row, edge in np.argwhere(near >= 0x8000):
            axis, place = border[near[row, edge] & 7]
            assert tile.triangles[row, edge, axis] == tile.triangles[row, (edge + 1) % 3, axis] == place


@pytest.mark.parametrize("name", WALKED)
def test_walkers_stay_on_sidewalks_and_crosswalks(name):
    opendrive, network = parsed(name)
    sidewalks = shapely.union_all(lane_strips(network, walkable_lanes(network)))
    crossings = shapely.union_all(crossing_polygons(opendrive, network))
    for tile in mesh_of(name):
        middle = shapely.points(tile.triangles.mean(axis=1)[:, :2])
        on_walk = tile.polygons["area"] == WalkArea.SIDEWALK
        assert shapely.dwithin(middle[on_walk], sidewalks, 0.05).all()
        assert shapely.dwithin(middle[~on_walk], crossings, 0.05).all()


@pytest.mark.parametrize("name", WALKED)
def test_nearly_all_sidewalks_can_be_reached_from_each_other(name):
    part, area = parts(mesh_of(name))
    assert np.bincount(part, area).max() > 0.9 * area.sum()


def test_heights_follow_the_sidewalk():
    network = build_network(parse_opendrive(maps.straight(elevation=(2.0, 0.05, 0, 0))))
    tiles = read_mesh(build_walker_mesh(parse_opendrive(maps.straight(elevation=(2.0, 0.05, 0, 0))), network))
    points = np.concatenate([tile.triangles.reshape(-1, 3) for tile in tiles])
    rows = np.flatnonzero(np.isin(network.samples.lane, walkable_lanes(network)))
    expected = np.interp(points[:, 0], *np.unique(network.samples.centre[rows][:, [0, 2]], axis=0).T)
    assert np.abs(points[:, 2] - expected).max() < 0.12


def test_a_drawn_crosswalk_joins_two_sidewalks():
    corners = "".join(f'<cornerLocal u="{u}" v="{v}" z="0"/>' for u, v in ((-4, -1.5), (4, -1.5), (4, 1.5), (-4, 1.5)))
    item = (
        '<object id="3" type="crosswalk" name="SimpleCrosswalk" s="50" t="0" zOffset="0" hdg="1.5707963" pitch="0" '
        f'roll="0" orientation="none" length="8" width="3"><outline>{corners}</outline></object>'
    )
    pieces = {}
    for objects in ("", item):
        extra = f"<objects>{objects}</objects>"
        plan = maps.geometry(0, 0, 0, 0, 100)
        opendrive = parse_opendrive(
            maps.document(maps.road(1, 100, plan, maps.section(0, *maps.two_way()), extra=extra))
        )
        part, _ = parts(read_mesh(build_walker_mesh(opendrive, build_network(opendrive))))
        pieces[bool(objects)] = part.max() + 1
    assert pieces == {False: 2, True: 1}


def test_no_sidewalk_no_mesh():
    opendrive = parse_opendrive(maps.crossing())
    assert build_walker_mesh(opendrive, build_network(opendrive)) == b""


def test_real_towns_are_connected_and_packed_small():
    towns = cached_carla_towns("Town01", "Town02", "Town10HD")
    if not towns:
        pytest.skip("no CARLA town is cached: run `lead maps fetch`")
    for name in towns:
        part, area = parts(mesh_of(name))
        assert np.bincount(part, area).max() > 0.95 * area.sum()
