"""Spawn points stand on lanes one can leave, apart from each other; parked cars stand beside the traffic."""

import numpy as np
import pytest
import small_maps as maps
from scipy.spatial import cKDTree
from town_fixtures import GENERATED, cached_carla_towns, parsed

from lead.roads.locate import locate
from lead.roads.network import LaneKind
from lead.roads.opendrive import parse_opendrive
from lead.roads.parking import parking_slots
from lead.roads.sampling import build_network
from lead.roads.spawns import APART, END_GAP, drivable_onward, spawn_points

# Spawn points of CARLA's own towns.
CARLA_COUNTS = {"Town01": 255, "Town02": 101, "Town03": 265, "Town04": 372, "Town05": 302, "Town06": 436, "Town07": 116}


@pytest.mark.parametrize("name", GENERATED)
def test_every_spawn_point_is_on_a_lane_and_heads_along_it(name):
    _, network = parsed(name)
    poses = spawn_points(network)
    assert len(poses) >= 30
    for pose in poses:
        found = locate(network, pose[:3], pose[4])
        row = found.lane
        assert abs(found.offset) < 0.3 and network.lanes.junction[row] < 0
        assert network.samples.width[found.sample] >= 2.5
        assert np.cos(network.samples.yaw[found.sample] - pose[4]) > 0.99
        assert pose[2] == pytest.approx(network.samples.centre[found.sample, 2] + 0.5, abs=0.3)
        ends = network.samples.centre[[network.lanes.first[row], network.lanes.last[row] - 1]]
        assert np.linalg.norm(ends[:, :2] - pose[:2], axis=1).min() > END_GAP - 0.6


@pytest.mark.parametrize("name", GENERATED)
def test_spawn_points_keep_apart(name):
    poses = spawn_points(parsed(name)[1])
    assert len(cKDTree(poses[:, :3]).query_pairs(APART - 1e-6)) == 0


def test_dead_ends_get_no_spawn_point():
    network = build_network(parse_opendrive(maps.crossing()))
    onward = drivable_onward(network)
    third = np.flatnonzero((network.lanes.road == 3) & (network.lanes.lane == -1))[0]
    assert not onward[third]
    assert len(spawn_points(network)) == 0 or third not in [
        locate(network, pose[:3]).lane for pose in spawn_points(network)
    ]


def test_a_long_dead_end_will_do():
    text = maps.document(maps.road(1, 400, maps.geometry(0, 0, 0, 0, 400), maps.section(0, *maps.two_way())))
    network = build_network(parse_opendrive(text))
    assert drivable_onward(network)[(network.lanes.kind == LaneKind.DRIVING)].all()


@pytest.mark.parametrize("name", CARLA_COUNTS)
def test_counts_are_near_carlas(name):
    if not cached_carla_towns(name):
        pytest.skip(f"{name} is not cached: run `lead maps fetch`")
    assert 0.6 < len(spawn_points(parsed(name)[1])) / CARLA_COUNTS[name] < 1.5


def test_parking_lanes_are_filled_and_drawn_spaces_win():
    lanes = maps.lane(-1) + maps.lane(-2, "parking", 2.5)
    space = (
        '<object id="5" type="parking" name="" s="33" t="-4.75" zOffset="0" hdg="3.1415926" pitch="0" roll="0" '
        'orientation="+" width="2.5" length="6"/>'
    )
    extra = f"<objects>{space}</objects>"
    text = maps.document(maps.road(1, 60, maps.geometry(0, 0, 0, 0, 60), maps.section(0, "", lanes), extra=extra))
    opendrive = parse_opendrive(text)
    slots = parking_slots(opendrive, build_network(opendrive))
    assert len(slots) == 10
    assert np.allclose(slots[:, 1], 4.75) and np.allclose(np.cos(slots[:, 4]), 1.0)
    assert np.allclose(slots[0, :2], (33.0, 4.75))


@pytest.mark.parametrize("name", GENERATED)
def test_parked_cars_stand_off_the_driving_lanes(name):
    opendrive, network = parsed(name)
    for slot in parking_slots(opendrive, network):
        found = locate(network, slot[:3])
        assert abs(found.offset) >= 0.5 * network.samples.width[found.sample]
