"""Scenery keeps off the lanes, is the same every time, and is hit by rays as a brute-force search says."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from town_fixtures import GENERATED, parsed, signals_of

from lead.roads.network import LaneKind
from lead.roads.scenery import (
    BUILDINGS,
    GUARD_RAIL,
    POLES,
    TRAFFIC_LIGHT,
    TRAFFIC_SIGNS,
    build_scenery,
    cast_ray_boxes,
)
from lead.roads.signals import SignalKind
from lead.roads.surface import build_surface

_BUILT = {}


def scenery_of(name: str, seed: int = 0):
    if (name, seed) not in _BUILT:
        opendrive, network = parsed(name)
        _BUILT[name, seed] = build_scenery(
            opendrive, network, signals_of(name), build_surface(opendrive, network), seed
        )
    return _BUILT[name, seed]


def inside(points, centre, extent, yaw, margin: float):
    """Which points (N, 2) lie in a box's footprint grown by `margin` metres."""
    d = points - centre[:2]
    u, v = np.cos(yaw) * d[:, 0] + np.sin(yaw) * d[:, 1], np.cos(yaw) * d[:, 1] - np.sin(yaw) * d[:, 0]
    return (np.abs(u) <= extent[0] + margin) & (np.abs(v) <= extent[1] + margin)


@pytest.mark.parametrize("name", GENERATED)
def test_solid_things_stand_off_the_driving_lanes_and_buildings_two_metres_off_all(name):
    _, network = parsed(name)
    scenery, samples = scenery_of(name), network.samples
    kind = network.lanes.kind[samples.lane]
    traffic, any_lane = kind == LaneKind.DRIVING, kind != LaneKind.NONE
    across = np.linspace(0.0, 1.0, 5)[:, None, None]
    points = (samples.left + across * (samples.right - samples.left))[:, :, :2]
    for row in np.flatnonzero(scenery.solid):
        building = scenery.label[row] == BUILDINGS
        lanes, margin = (any_lane, 1.99) if building else (traffic, 0.0)
        near = lanes & (np.abs(samples.centre[:, :2] - scenery.centre[row, :2]).max(axis=1) < 40.0)
        box = scenery.centre[row], scenery.extent[row], scenery.yaw[row]
        assert not inside(points[:, near].reshape(-1, 2), *box, margin).any(), scenery.name[row]


def test_towns_have_what_belongs_there():
    grid, ring = scenery_of("GridCity"), scenery_of("MotorwayRing")
    assert (grid.label == BUILDINGS).sum() > 20 and (grid.label == POLES).sum() > 20
    assert (ring.label == GUARD_RAIL).sum() > 50
    signals = signals_of("GridCity")
    lights = signals.kind == SignalKind.LIGHT
    assert (grid.label == TRAFFIC_LIGHT).sum() == lights.sum()
    assert (grid.label == TRAFFIC_SIGNS).sum() == (~lights).sum()
    heads = grid.centre[grid.label == TRAFFIC_LIGHT]
    assert np.allclose(heads, signals.head[lights, :3], atol=1e-9)


def test_the_seed_decides():
    again = build_scenery(*parsed("GridCity"), signals_of("GridCity"), build_surface(*parsed("GridCity")), 0)
    first, other = scenery_of("GridCity"), scenery_of("GridCity", 1)
    for a, b in zip(first[:-1], again[:-1], strict=True):
        assert np.array_equal(a, b)
    assert len(first.yaw) != len(other.yaw) or not np.array_equal(first.centre, other.centre)


def brute_force(scenery, start, end):
    """Nearest box entered by the segment, by clipping it against every box."""
    direction = end - start
    best = 2.0, -1
    for row in range(len(scenery.yaw)):
        c, s = np.cos(scenery.yaw[row]), np.sin(scenery.yaw[row])
        turn = np.array([[c, s, 0.0], [-s, c, 0.0], [0.0, 0.0, 1.0]])
        origin, ray = turn @ (start - scenery.centre[row]), turn @ direction
        with np.errstate(divide="ignore", invalid="ignore"):
            bounds = np.array([(-scenery.extent[row] - origin) / ray, (scenery.extent[row] - origin) / ray])
        near, far = bounds.min(axis=0).max(), min(1.0, bounds.max(axis=0).min())
        if 0.0 <= near <= far and near < best[0]:
            best = near, row
    return best


@given(
    st.floats(-60.0, 60.0), st.floats(-60.0, 60.0), st.floats(0.1, 12.0), st.floats(0.0, 6.28), st.floats(1.0, 150.0)
)
def test_rays_agree_with_brute_force(x, y, z, angle, reach):
    scenery = scenery_of("GridCity")
    middle = scenery.centre[:, :2].mean(axis=0)
    start = np.array([middle[0] + x, middle[1] + y, z])
    end = start + reach * np.array([np.cos(angle), np.sin(angle), -0.02])
    fraction, row = cast_ray_boxes(scenery.centre, scenery.extent, scenery.yaw, scenery.grid, start, end)
    expected, expected_row = brute_force(scenery, start, end)
    assert fraction == pytest.approx(expected, abs=1e-9)
    assert (row < 0) == (expected_row < 0)


def test_rays_straight_down_and_outside_the_town():
    scenery = scenery_of("GridCity")
    row = int(np.flatnonzero(scenery.label == BUILDINGS)[0])
    top = scenery.centre[row].copy()
    top[2] += scenery.extent[row, 2]
    arrays = scenery.centre, scenery.extent, scenery.yaw, scenery.grid
    fraction, hit = cast_ray_boxes(*arrays, top + [0.0, 0.0, 30.0], top - [0.0, 0.0, 10.0])
    assert fraction == pytest.approx(0.75) and hit == row
    far = np.array([1e6, 1e6, 5.0])
    assert cast_ray_boxes(*arrays, far, far + [10.0, 5.0, 0.0]) == (2.0, -1)
