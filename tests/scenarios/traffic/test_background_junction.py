"""Background traffic at junctions: where it comes from, and what situations ask of it."""

from collections.abc import Iterator

import carla
import numpy as np
import pytest
from background_driving import Drive, driving, speeds_kmh
from playing import graph_of, plan_along

from lead.scenarios.plan import trace
from lead.scenarios.traffic.directives import JunctionOrder
from lead.scenarios.traffic.junctions_of_route import RouteJunction, is_fake, junctions_of
from lead.scenarios.traffic.road_line import RoadLine

BEFORE = 60.0  # m from the ego's start to the junction


def approach() -> carla.Waypoint:
    """A place that far before a junction of GridCity with entries from three other sides."""
    for waypoint in graph_of("GridCity").map.generate_waypoints(20.0):
        way = [w for w in waypoint.next_until_lane_end(5.0)]
        if waypoint.is_junction or any(w.is_junction for w in way) or not 90.0 < 5.0 * len(way) < 400.0:
            continue
        if waypoint.get_left_lane() is None or waypoint.get_left_lane().lane_id * waypoint.lane_id > 0:
            continue
        start = way[-int(BEFORE / 5.0)]
        plan = trace(graph_of("GridCity"), plan_along(start, 150.0))
        ahead = [junction for junction in junctions_of(RoadLine(plan)) if junction.first > 80.0]
        if plan.length < 160.0 and ahead and len(ahead[0].other_entries) >= 3:
            return start
    raise AssertionError("GridCity has no such junction")


@pytest.fixture
def drive(client: carla.Client) -> Iterator[Drive]:
    """The ego on its way to a junction, before the junction's traffic comes."""
    with driving(client, "GridCity", approach(), 150.0) as drive:
        drive.traffic.change_junction(source_percentage=100.0)
        drive.tick()
        yield drive


def next_junction(drive: Drive) -> RouteJunction:
    return next(junction for junction in drive.traffic.junctions if junction.first > 80.0)


def near(drive: Drive, waypoints: tuple[carla.Waypoint, ...]) -> list[carla.Vehicle]:
    """Vehicles on the lanes of these entries or exits."""
    keys = {(waypoint.road_id, waypoint.lane_id) for waypoint in waypoints}
    found = []
    for vehicle in drive.traffic.vehicles:
        here = drive.stage.map.get_waypoint(vehicle.get_location())
        if (here.road_id, here.lane_id) in keys:
            found.append(vehicle)
    return found


def inside(drive: Drive) -> list[carla.Vehicle]:
    number = next_junction(drive).junction
    return [
        vehicle
        for vehicle in drive.traffic.vehicles
        if drive.stage.map.get_waypoint(vehicle.get_location()).junction_id == number
    ]


def test_others_come_when_the_ego_comes_near(drive: Drive):
    entries = next_junction(drive).other_entries
    assert not near(drive, entries)
    assert drive.until(lambda: drive.traffic.at_junction, 15.0)
    drive.tick()
    assert len(near(drive, entries)) >= len(entries)
    for entry in entries:
        waiting = near(drive, (entry,))
        places = [vehicle.get_location().distance(entry.transform.location) for vehicle in waiting]
        assert all(place < 45.0 for place in places)
        assert all(abs(a - b) > 9.0 for k, a in enumerate(places) for b in places[:k])


def test_entries_keep_to_their_most(drive: Drive):
    drive.traffic.change_junction(most_actors=1, spawn_distance=10.0)
    assert drive.until(lambda: drive.traffic.at_junction, 15.0)
    entries, most = next_junction(drive).other_entries, 0
    for _ in range(100):
        drive.tick(ego_drives=False)
        most = max(most, *(len(near(drive, (entry,))) for entry in entries))
    assert most == 1


def test_no_entry_has_traffic_at_zero_percent(drive: Drive):
    drive.traffic.change_junction(source_percentage=0.0)
    assert drive.until(lambda: drive.traffic.at_junction, 15.0)
    drive.go(5.0, ego_drives=False)
    assert not near(drive, next_junction(drive).other_entries)


def test_who_has_driven_through_is_taken_away(drive: Drive):
    assert drive.until(lambda: drive.traffic.at_junction, 15.0)
    ends = [*next_junction(drive).other_exits, *next_junction(drive).route_exits]
    through = 0
    for _ in range(20 * 25):
        drive.tick(ego_drives=False)
        places = [vehicle.get_location() for vehicle in drive.traffic.vehicles]
        for place in places:
            if place != carla.Location():  # the world has not told yet where the newest are
                nearest = min(place.distance(end.transform.location) for end in ends)
                through += nearest < 5.0
                assert nearest < 120.0
    assert through > 0
    assert len(drive.traffic.vehicles) < 40


def test_clear_junction(drive: Drive):
    assert drive.until(lambda: drive.traffic.at_junction, 15.0)
    assert drive.until(lambda: bool(inside(drive)), 40.0, ego_drives=False)
    drive.traffic.handle_junction(JunctionOrder(clear_junction=True, clear_ego_entry=False))
    drive.stage.world.tick()
    assert not inside(drive)


@pytest.mark.parametrize("early", [True, False])
def test_clear_the_ego_entry(drive: Drive, early: bool):
    junction = next_junction(drive)
    if not early:
        assert drive.until(lambda: drive.traffic.at_junction, 15.0)
    drive.traffic.handle_junction(JunctionOrder(clear_junction=False))
    drive.tick(ego_drives=False)
    behind = {vehicle.id for vehicle in drive.traffic.vehicles if drive.along(vehicle) < 1.0}
    for _ in range(60):
        drive.tick(ego_drives=False)
        between = [vehicle for vehicle in near(drive, junction.route_entries) if drive.along(vehicle) > 1.0]
        assert {vehicle.id for vehicle in between} <= behind  # none but who overtakes


def test_remove_entries(drive: Drive):
    entries = next_junction(drive).other_entries
    gone, kept = entries[:2], entries[2:]
    drive.traffic.handle_junction(JunctionOrder(remove_entries=[entry.previous(15.0)[0] for entry in gone]))
    assert drive.until(lambda: drive.traffic.at_junction, 15.0)
    for _ in range(100):
        drive.tick(ego_drives=False)
        assert not near(drive, gone)
    assert near(drive, kept)


def test_remove_exits(drive: Drive):
    assert drive.until(lambda: drive.traffic.at_junction, 15.0)
    exits = next_junction(drive).other_exits
    drive.traffic.handle_junction(JunctionOrder(remove_exits=exits))
    for _ in range(20 * 15):
        drive.tick(ego_drives=False)
        ages = [vehicle.get_location() for vehicle in near(drive, exits)]
        starts = [end.transform.location for end in exits]
        assert all(min(place.distance(start) for start in starts) < 12.0 for place in ages)


def test_stop_entries(drive: Drive):
    drive.traffic.handle_junction(JunctionOrder(stop_entries=True))
    assert drive.until(lambda: drive.traffic.at_junction, 15.0)
    drive.go(2.0, ego_drives=False)
    entries = next_junction(drive).other_entries
    held = near(drive, entries)
    assert held
    for _ in range(100):
        drive.tick(ego_drives=False)
        assert max(speeds_kmh([vehicle for vehicle in held if vehicle.is_alive])) < 3.0


def test_extend_exit(drive: Drive):
    junction = next_junction(drive)
    drive.traffic.handle_junction(JunctionOrder(extend_exit=45.0))
    ends = [end.transform.location for end in junction.route_exits]
    assert drive.until(lambda: drive.traffic.at_junction, 15.0)
    for _ in range(20 * 15):
        drive.tick(ego_drives=False)
        places = [vehicle.get_location() for vehicle in near(drive, junction.route_exits)]
        assert all(min(place.distance(end) for end in ends) < 8.0 for place in places)


def test_the_junctions_of_a_route_come_in_order():
    line = RoadLine(trace(graph_of("GridCity"), plan_along(approach(), 500.0)))
    junctions = junctions_of(line)
    assert len(junctions) >= 2
    assert all(a.last < b.first for a, b in zip(junctions[:-1], junctions[1:]))
    for junction in junctions[:-1]:
        middle = line.at((junction.first + junction.last) / 2.0)
        assert middle is not None and middle.junction_id == junction.junction
        outside = (*junction.other_entries, *junction.route_entries, *junction.other_exits, *junction.route_exits)
        assert outside and not any(waypoint.is_junction for waypoint in outside)
        assert junction.route_exits and not {_lane(w) for w in junction.route_entries} & {
            _lane(w) for w in junction.other_entries
        }


def test_junctions_that_only_join_lanes_are_fake():
    fake = {}
    for begin, _ in graph_of("MotorwayRing").map.get_topology():
        if begin.is_junction:
            junction = begin.get_junction()
            fake[junction.id] = is_fake(junction)
            if fake[junction.id]:
                ends = [_lane(end.next(1.0)[0]) for _, end in junction.get_waypoints(carla.LaneType.Driving)]
                assert len(set(ends)) == len(ends)
    assert True in fake.values() and False in fake.values()
    assert not any(is_fake(w.get_junction()) for w, _ in graph_of("GridCity").map.get_topology() if w.is_junction)


def test_places_beside_the_line():
    line = RoadLine(trace(graph_of("GridCity"), plan_along(approach(), 100.0)))
    row = line.start + 5
    here = line.waypoints[row]
    pose = here.transform
    right = pose.get_right_vector()
    yaw = np.radians(pose.rotation.yaw)
    where = [
        [pose.location.x + d * right.x, pose.location.y + d * right.y, pose.location.z, yaw] for d in (0.0, 3.5, -7.0)
    ]
    where.append([pose.location.x, pose.location.y, pose.location.z + 8.0, yaw + np.pi])
    places = line.places(row, np.array(where))
    np.testing.assert_allclose(places.metre, line.metre[row], atol=0.6)
    assert places.lane.tolist() == [0, 1, -2, 0]
    np.testing.assert_allclose(places.cosine, [1.0, 1.0, 1.0, -1.0], atol=1e-4)
    assert places.away[3] > 30.0 and places.away[0] < 0.1


def _lane(waypoint: carla.Waypoint) -> tuple[int, int]:
    return waypoint.road_id, waypoint.lane_id
