"""Roads and marks come out where they are, from any place and in any direction."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lead.dataset.bev_grid import CARLA, NAVSIM
from lead.dataset.road_tiles import MARK, ROAD, TILE_METRES, RoadShapes, RoadTiles, _dashes, _tiled
from lead.roads.generate import generate_town
from lead.roads.network import LaneKind, MarkKind
from lead.roads.town import build_town

HALF_WIDTH = 5.0  # m, of a road along x through the origin


def straight_road(length: float = 1000.0) -> RoadTiles:
    """A road along x with a mark in its middle."""
    ends = np.linspace(-length, length, 101)
    low, high = (np.column_stack([ends, np.full(101, y)]) for y in (-HALF_WIDTH, HALF_WIDTH))
    triangles = np.concatenate(
        [np.stack([low[:-1], low[1:], high[1:]], 1), np.stack([low[:-1], high[1:], high[:-1]], 1)]
    ).astype(np.float32)
    line = np.column_stack([ends, np.zeros(101)])
    marks = np.stack([line[:-1], line[1:]], 1).astype(np.float32)
    return RoadTiles(RoadShapes(triangles, _tiled(triangles), marks, _tiled(marks)))


ROADS = straight_road()


@pytest.mark.parametrize("window", [CARLA, NAVSIM])
@given(st.floats(-400, 400), st.floats(-30, 30), st.floats(-4, 4))
@settings(max_examples=10)
def test_a_road_is_where_it_is(window, x, y, yaw):
    seen = ROADS.seen_from(np.array([x, y, 0.0, 0.0, yaw, 0.0]), window)
    columns, rows = np.meshgrid(np.arange(window.columns) + 0.5, np.arange(window.rows) + 0.5)
    forward, right = window.min_x + columns / 4.0, window.min_y + rows / 4.0
    world_y = y + np.sin(yaw) * forward + np.cos(yaw) * right
    inside, outside = np.abs(world_y) < HALF_WIDTH - 0.3, np.abs(world_y) > HALF_WIDTH + 0.4
    assert (seen[inside] > 0).all() and (seen[outside] == 0).all()
    assert (seen[np.abs(world_y) > 0.5] != MARK).all()
    near = np.abs(world_y) < 0.3
    assert near.sum() < 100 or 0.25 < (seen[near] == MARK).mean() < 0.7  # a pixel wide


def test_places_far_from_all_roads_are_empty():
    assert not ROADS.seen_from(np.array([0.0, 5000.0, 0.0, 0.0, 1.0, 0.0]), CARLA).any()


@given(st.floats(0, 500), st.floats(0.1, 15), st.booleans())
def test_dashes_stand_at_fixed_places(start, length, backward):
    s = np.array([start, start + length])[:: -1 if backward else 1]
    ends = np.column_stack([s, np.zeros(2)])  # x is s
    pieces = _dashes(ends[:1], ends[1:], s[:1], s[1:])
    places = np.linspace(start + 1e-6, start + length - 1e-6, 50)
    low, high = pieces[:, :, 0].min(1), pieces[:, :, 0].max(1)
    painted = ((places[:, None] >= low - 1e-6) & (places[:, None] <= high + 1e-6)).any(1)
    away = np.minimum(places % 9.0, np.abs(places % 9.0 - 3.0))
    np.testing.assert_array_equal(painted[away > 1e-4], (places % 9.0 < 3.0)[away > 1e-4])


@pytest.fixture(scope="module")
def village():
    return build_town("village", generate_town("village", 3))


def test_lanes_of_a_town_are_roads(village):
    tiles, samples = RoadTiles(RoadShapes.of(village)), village.network.samples
    driving = np.flatnonzero(village.network.lanes.kind[samples.lane] == LaneKind.DRIVING)
    for start in driving[:: len(driving) // 12]:
        pose = np.array([*samples.centre[start], 0.0, samples.yaw[start], 0.0])
        seen = tiles.seen_from(pose, CARLA)
        c, s = np.cos(pose[4]), np.sin(pose[4])
        local = (samples.centre[driving, :2] - pose[:2]) @ np.array([[c, -s], [s, c]])
        column, row = np.floor(CARLA.pixels(local[CARLA.holds(local)])).astype(int).T
        assert (seen[row, column] > 0).mean() > 0.99
        assert 0.02 < (seen > 0).mean() < 0.6
    assert (samples.mark == MarkKind.BROKEN).any() and (seen == MARK).any() and ROAD in seen


def test_tiles_are_painted_once(village):
    tiles, pose = RoadTiles(RoadShapes.of(village)), village.spawn_points[0]
    first = tiles.seen_from(pose, CARLA)
    painted = dict(tiles._packed)
    tiles._unpacked.clear()
    np.testing.assert_array_equal(tiles.seen_from(pose, CARLA), first)
    assert tiles._packed == painted and len(painted) <= 4 and TILE_METRES == 128.0
