"""Generated towns: same bytes for the same seed, and what CARLA's own reader makes of them."""

import hashlib
import itertools
import math
import subprocess
import sys
import time
import xml.etree.ElementTree as ET

import carla
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from lead.roads.generate import KINDS, TOWNS, fixed_town, generate_town
from lead.roads.generate.curves import PlanePose, join, wrap

STEP = 2.0  # m between the waypoints a town is looked at
LIGHT, STOP, YIELD, SPEED = "1000001", "206", "205", "274"


@pytest.fixture(scope="module", params=list(TOWNS))
def town(request) -> tuple[str, carla.Map]:
    return request.param, carla.Map(request.param, fixed_town(request.param))


def waypoints(world: carla.Map) -> list[carla.Waypoint]:
    return world.generate_waypoints(STEP)


def lane_of(waypoint: carla.Waypoint) -> tuple[int, int, int]:
    return waypoint.road_id, waypoint.section_id, waypoint.lane_id


def approach_lanes(world: carla.Map) -> dict[tuple[int, int, int], carla.Waypoint]:
    """The last waypoint of every driving lane that leads into a junction."""
    ends = {}
    for waypoint in waypoints(world):
        if not waypoint.is_junction and any(after.is_junction for after in waypoint.next(STEP + 0.5)):
            ends[lane_of(waypoint)] = waypoint
    return ends


def roads_of(name: str) -> list[ET.Element]:
    return ET.fromstring(fixed_town(name)).findall("road")


@pytest.mark.parametrize("kind", KINDS)
def test_same_seed_same_bytes_other_seed_other_town(kind):
    assert generate_town(kind, 7) == generate_town(kind, 7)
    assert generate_town(kind, 7, "a") != generate_town(kind, 8, "a")


def test_same_bytes_in_another_process():
    program = "import hashlib; from lead.roads.generate import fixed_town as town; "
    program += "print(hashlib.sha256(town('GridCity').encode()).hexdigest())"
    other = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.strip()
    assert other == hashlib.sha256(fixed_town("GridCity").encode()).hexdigest()


@pytest.mark.parametrize("kind", KINDS)
def test_generation_is_quick(kind):
    start = time.process_time()
    generate_town(kind, 3)
    assert time.process_time() - start < 2.0


def test_unknown_kind_and_impossible_size_are_refused():
    with pytest.raises(ValueError, match="expected one of grid_city"):
        generate_town("castle", 1)
    with pytest.raises(ValueError, match="4 x 4"):
        generate_town("grid_city", 1, columns=2)
    with pytest.raises(ValueError, match="straight"):
        generate_town("motorway", 1, straight=300)


@pytest.mark.parametrize(
    ("kind", "size"),
    [("grid_city", {"columns": 5, "rows": 4}), ("village", {"spread": 130}), ("motorway", {"straight": 1400})],
)
@pytest.mark.parametrize("seed", [2, 11])
def test_other_seeds_and_sizes_are_sound_too(kind, size, seed):
    world = carla.Map(kind, generate_town(kind, seed, **size))
    places = np.array(
        [(w.transform.location.x, w.transform.location.y, w.transform.location.z) for w in waypoints(world)]
    )
    assert np.isfinite(places).all()
    assert largest_component_share(world) > 0.95


def test_every_waypoint_is_finite_and_goes_on(town):
    for waypoint in waypoints(town[1]):
        location, rotation = waypoint.transform.location, waypoint.transform.rotation
        assert all(map(math.isfinite, (location.x, location.y, location.z, rotation.yaw, rotation.pitch)))
        assert waypoint.next(STEP), f"dead end at {lane_of(waypoint)}"
        assert waypoint.previous(STEP), f"no way to {lane_of(waypoint)}"


def largest_component_share(world: carla.Map) -> float:
    """Share of driving-lane length in the largest strongly connected part, lane changes allowed."""
    number: dict[tuple[int, int, int], int] = {}
    edges, length = [], {}
    for waypoint in waypoints(world):
        here = number.setdefault(lane_of(waypoint), len(number))
        length[here] = length.get(here, 0.0) + STEP
        neighbours = list(waypoint.next(STEP + 0.5))
        if waypoint.lane_change in (carla.LaneChange.Left, carla.LaneChange.Both):
            neighbours.append(waypoint.get_left_lane())
        if waypoint.lane_change in (carla.LaneChange.Right, carla.LaneChange.Both):
            neighbours.append(waypoint.get_right_lane())
        edges += [(here, number.setdefault(lane_of(other), len(number))) for other in neighbours if other is not None]
    rows, columns = np.array(edges).T
    graph = coo_matrix((np.ones(len(rows)), (rows, columns)), shape=(len(number), len(number)))
    _, label = connected_components(graph, directed=True, connection="strong")
    sizes = np.bincount(label, weights=[length.get(lane, 0.0) for lane in range(len(number))])
    return float(sizes.max() / sizes.sum())


def test_town_is_one_connected_part(town):
    assert largest_component_share(town[1]) > 0.95


def test_lanes_join_without_gap_or_kink(town):
    """The end of a lane and the start of the next share place, heading and width."""
    for waypoint in approach_lanes(town[1]).values():
        for before in (waypoint, *(after.next_until_lane_end(STEP)[-1] for after in waypoint.next(STEP + 0.5))):
            for after in before.next(0.4):
                gap = before.transform.location.distance(after.transform.location)
                turn = abs(wrap(math.radians(after.transform.rotation.yaw - before.transform.rotation.yaw)))
                assert gap < 0.55, (lane_of(before), lane_of(after), gap)
                assert turn < 0.12, (lane_of(before), lane_of(after), turn)
                assert abs(before.lane_width - after.lane_width) < 0.1


def test_every_signalised_approach_sees_exactly_one_light():
    world = carla.Map("GridCity", fixed_town("GridCity"))
    seen = {"light": 0, "stop": 0}
    for lane, waypoint in approach_lanes(world).items():
        lights = {landmark.id for landmark in waypoint.get_landmarks_of_type(80.0, LIGHT)}
        stops = {landmark.id for landmark in waypoint.get_landmarks_of_type(5.0, STOP)}
        assert len(lights) + len(stops) == 1, lane
        seen["light"] += len(lights)
        seen["stop"] += len(stops)
        for landmark in waypoint.get_landmarks_of_type(80.0, LIGHT):
            turn = wrap(math.radians(landmark.transform.rotation.yaw - waypoint.transform.rotation.yaw))
            assert abs(turn) < 0.1  # as in CARLA's towns: a light's heading is its drivers' heading
    assert seen["light"] > 60 and seen["stop"] == 4


def test_every_light_is_in_one_controller_and_opposite_approaches_share_it():
    root = ET.fromstring(fixed_town("GridCity"))
    lights = [signal.get("id") for signal in root.iter("signal") if signal.get("type") == LIGHT]
    controlled = [control.get("signalId") for control in root.iter("control")]
    assert sorted(lights) == sorted(controlled)
    listed = [entry.get("id") for junction in root.findall("junction") for entry in junction.findall("controller")]
    assert sorted(listed) == sorted(entry.get("id") for entry in root.findall("controller"))
    sizes = {len(entry.findall("control")) for entry in root.findall("controller")}
    assert sizes == {1, 2}  # the stem of a T alone, opposite approaches together
    for junction in root.findall("junction"):
        assert len(junction.findall("controller")) in (0, 2)


def test_junction_connections_agree_with_road_links(town):
    """Every lane link of a junction is also the connecting lane's predecessor, and both roads name the junction."""
    root = ET.fromstring(fixed_town(town[0]))
    roads = {road.get("id"): road for road in root.findall("road")}
    for junction in root.findall("junction"):
        for connection in junction.findall("connection"):
            road = roads[connection.get("connectingRoad")]
            assert road.get("junction") == junction.get("id")
            assert road.find("link/predecessor").get("elementId") == connection.get("incomingRoad")
            lanes = {lane.get("id"): lane for lane in road.iter("lane")}
            for link in connection.findall("laneLink"):
                assert lanes[link.get("to")].find("link/predecessor").get("id") == link.get("from")
                assert lanes[link.get("to")].find("link/successor") is not None
            incoming = roads[connection.get("incomingRoad")]
            ends = [incoming.find("link/predecessor"), incoming.find("link/successor")]
            assert any(
                end.get("elementType") == "junction" and end.get("elementId") == junction.get("id") for end in ends
            )


def test_turns_start_in_the_right_lane():
    """With two lanes: left turns only from the left one, right turns only from the right one, straight on from both."""
    world = carla.Map("GridCity", fixed_town("GridCity"))
    straight = {1: 0, 2: 0}
    for (road, _, lane), waypoint in approach_lanes(world).items():
        lanes = {other[2] for other in approach_lanes_of_road(world, road, lane)}
        if len(lanes) < 2:
            continue
        for after in waypoint.next(STEP + 0.5):
            end = after.next_until_lane_end(1.0)[-1]
            turn = wrap(math.radians(end.transform.rotation.yaw - waypoint.transform.rotation.yaw))  # positive right
            if turn > 0.7:
                assert abs(lane) == 2
            elif turn < -0.7:
                assert abs(lane) == 1
            else:
                straight[abs(lane)] += 1
    assert straight[1] > 10 and straight[2] > 10


def approach_lanes_of_road(world: carla.Map, road: int, lane: int) -> list[tuple[int, int, int]]:
    side = int(math.copysign(1, lane))
    found = [world.get_waypoint_xodr(road, side * k, 20.0) for k in (1, 2)]
    return [lane_of(waypoint) for waypoint in found if waypoint and waypoint.lane_type == carla.LaneType.Driving]


def test_broken_lines_may_be_crossed_and_solid_ones_not(town):
    crossable = 0
    for waypoint in itertools.islice(waypoints(town[1]), 0, None, 7):
        right = waypoint.get_right_lane()
        if waypoint.right_lane_marking.type == carla.LaneMarkingType.Solid:
            assert waypoint.lane_change not in (carla.LaneChange.Right, carla.LaneChange.Both)
        if waypoint.is_junction:
            assert waypoint.lane_change == carla.LaneChange.NONE
        elif waypoint.right_lane_marking.type == carla.LaneMarkingType.Broken:
            assert waypoint.lane_change in (carla.LaneChange.Right, carla.LaneChange.Both)
            assert right.lane_type == carla.LaneType.Driving and right.lane_id * waypoint.lane_id > 0
            crossable += 1
        left = waypoint.get_left_lane()
        if not waypoint.is_junction and left is not None and left.lane_id * waypoint.lane_id < 0:
            assert waypoint.left_lane_marking.color == carla.LaneMarkingColor.Yellow
            assert waypoint.lane_change not in (carla.LaneChange.Left, carla.LaneChange.Both)
    assert (crossable > 0) == (town[0] in ("GridCity", "MotorwayRing"))


@pytest.mark.parametrize("name", ["GridCity", "VillageCrossing"])
def test_crosswalks_reach_the_sidewalks_on_both_sides(name):
    world = carla.Map(name, fixed_town(name))
    points = world.get_crosswalks()
    assert len(points) % 5 == 0 and len(points) >= 5 * 28
    for polygon in (points[k : k + 4] for k in range(0, len(points), 5)):
        for corner in polygon:
            nearest = world.get_waypoint(corner, lane_type=carla.LaneType.Sidewalk)
            aside = corner.distance(nearest.transform.location)
            assert aside < nearest.lane_width / 2 + 0.3, (name, corner, aside)


def test_sidewalks_go_round_every_corner():
    world = carla.Map("GridCity", fixed_town("GridCity"))
    for road in roads_of("GridCity"):
        if road.get("junction") != "-1":
            continue
        for lane in road.iter("lane"):
            if lane.get("type") == "sidewalk":
                waypoint = world.get_waypoint_xodr(
                    int(road.get("id")), int(lane.get("id")), float(road.get("length")) / 2
                )
                end = waypoint.next_until_lane_end(1.0)[-1]
                after = end.next(1.5)
                assert after and all(other.lane_type == carla.LaneType.Sidewalk for other in after)


def test_a_bicycle_lane_crosses_a_signalised_junction():
    world = carla.Map("GridCity", fixed_town("GridCity"))
    crossings = 0
    for road in roads_of("GridCity"):
        for lane in road.iter("lane"):
            if lane.get("type") != "biking" or road.get("junction") != "-1":
                continue
            waypoint = world.get_waypoint_xodr(int(road.get("id")), int(lane.get("id")), float(road.get("length")) / 2)
            after = waypoint.next_until_lane_end(2.0)[-1].next(3.0)
            if after:
                assert after[0].is_junction and after[0].lane_type == carla.LaneType.Biking
                beyond = after[0].next(60.0)
                assert beyond and beyond[0].lane_type == carla.LaneType.Biking and not beyond[0].is_junction
                crossings += 1
    assert crossings == 4


def test_signs_and_speed_limits_are_there(town):
    name, world = town
    count = {type: len({mark.id for mark in world.get_all_landmarks_of_type(type)}) for type in (STOP, YIELD, SPEED)}
    expected = {"GridCity": (4, 0), "VillageCrossing": (8, 4), "InterurbanHills": (4, 2), "MotorwayRing": (4, 0)}[name]
    assert (count[STOP], count[YIELD]) == expected
    assert count[SPEED] >= 16
    speeds = {mark.value for mark in world.get_all_landmarks_of_type(SPEED)}
    assert speeds == {
        "GridCity": {30.0, 50.0}, "VillageCrossing": {30.0, 40.0}, "InterurbanHills": {70.0, 90.0},
        "MotorwayRing": {50.0, 70.0, 100.0, 120.0},
    }[name]  # fmt: skip


def test_hills_are_steep_but_not_too_steep():
    world = carla.Map("InterurbanHills", fixed_town("InterurbanHills"))
    slopes = [abs(math.tan(math.radians(waypoint.transform.rotation.pitch))) for waypoint in waypoints(world)]
    assert 0.06 < max(slopes) < 0.08


def test_motorway_has_two_levels_and_room_under_the_bridge():
    world = carla.Map("MotorwayRing", fixed_town("MotorwayRing"))
    clearances = []
    for waypoint in waypoints(world):
        place = waypoint.transform.location
        if place.z > 6.0 and not waypoint.is_junction and abs(abs(place.y) - 380.0) < 15.0:
            clearances.append(place.z)
    assert clearances and min(clearances) > 5.0


def test_motorway_lanes_open_and_close_without_dead_ends():
    """Three lanes each way, four along the ramps: what the ramp scenarios need."""
    counts = set()
    for road in roads_of("MotorwayRing"):
        if road.get("junction") == "-1" and road.find("type").get("type") == "motorway":
            counts.add(sum(lane.get("type") == "driving" for lane in road.iter("lane")))
    assert counts == {1, 3, 4}


@given(
    st.floats(-80, 80), st.floats(-80, 80), st.floats(-3.1, 3.1), st.floats(-3.1, 3.1), st.sampled_from([0.0, 5.0])
)  # fmt: skip
def test_join_ends_where_it_should(x, y, first, second, lead):
    start, end = PlanePose(3.0, -2.0, first), PlanePose(3.0 + x, -2.0 + y, second)
    if math.hypot(x, y) < 1.0:
        return
    try:
        track = join(start, end, lead)
    except ValueError as error:  # a parallel end beside or behind the start has no single biarc
        assert "no biarc" in str(error)
        return
    reached = track.end
    assert math.hypot(reached.x - end.x, reached.y - end.y) < 1e-4
    assert abs(wrap(reached.heading - end.heading)) < 1e-4
