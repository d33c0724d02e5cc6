"""Scenery keeps off the lanes and is the same every time."""

import numpy as np
import pytest
from town_fixtures import GENERATED, parsed, signals_of

from lead.roads.labels import Label
from lead.roads.network import LaneKind
from lead.roads.roadside import road_edges
from lead.roads.scenery import STOREY, build_scenery
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
        building = scenery.label[row] == Label.BUILDINGS
        lanes, margin = (any_lane, 1.99) if building else (traffic, 0.0)
        near = lanes & (np.abs(samples.centre[:, :2] - scenery.centre[row, :2]).max(axis=1) < 40.0)
        box = scenery.centre[row], scenery.extent[row], scenery.yaw[row]
        assert not inside(points[:, near].reshape(-1, 2), *box, margin).any(), scenery.name[row]


def test_towns_have_what_belongs_there():
    grid, ring = scenery_of("GridCity"), scenery_of("MotorwayRing")
    assert (grid.label == Label.BUILDINGS).sum() > 20 and (grid.label == Label.POLES).sum() > 20
    assert (ring.label == Label.GUARD_RAIL).sum() > 50
    signals = signals_of("GridCity")
    lights = signals.kind == SignalKind.LIGHT
    assert (grid.label == Label.TRAFFIC_LIGHT).sum() == lights.sum()
    assert (grid.label == Label.TRAFFIC_SIGNS).sum() == (~lights).sum()
    heads = grid.centre[grid.label == Label.TRAFFIC_LIGHT]
    assert np.allclose(heads, signals.head[lights, :3], atol=1e-9)


@pytest.mark.parametrize(("name", "most"), [("VillageCrossing", 3), ("InterurbanHills", 2), ("MotorwayRing", 2)])
def test_houses_are_as_tall_as_their_surroundings(name, most):
    def storeys(town):
        scenery = scenery_of(town)
        houses = scenery.label == Label.BUILDINGS
        return (2.0 * scenery.extent[houses, 2] - 1.5) / STOREY

    # up to a storey of a house on a slope is below its ground floor
    assert np.quantile(storeys(name), 0.9) < most + 1.0 < np.quantile(storeys("GridCity"), 0.9)


def test_nobody_builds_beside_a_motorway():
    _, network = parsed("MotorwayRing")
    scenery = scenery_of("MotorwayRing")
    houses = scenery.centre[scenery.label == Label.BUILDINGS, :2]
    fast = [edge.points[:, :2] for edge in road_edges(network, signals_of("MotorwayRing").sample_limit) if edge.fast]
    away = [np.hypot(*(np.concatenate(fast) - house).T).min() for house in houses]
    assert len(houses) > 5 and min(away) > 40.0


def test_the_seed_decides():
    again = build_scenery(*parsed("GridCity"), signals_of("GridCity"), build_surface(*parsed("GridCity")), 0)
    first, other = scenery_of("GridCity"), scenery_of("GridCity", 1)
    for a, b in zip(first[:-1], again[:-1], strict=True):
        assert np.array_equal(a, b)
    assert len(first.yaw) != len(other.yaw) or not np.array_equal(first.centre, other.centre)
