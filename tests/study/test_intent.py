"""Ways through the visible road of GridCity, and which of them target points leave."""

from functools import cache

import carla
import numpy as np
import pytest

from lead.roads.library import find_map
from lead.scenarios.lane_graph import Command, LaneGraph
from lead.scenarios.plan import trace
from lead.study.intent import PLANNED, VisibleRoads, agrees, in_window

TOWN = "GridCity"
BEFORE = 60.0  # m of road before a junction with several ways out


@cache
def town() -> LaneGraph:
    return LaneGraph.of(carla.Map(TOWN, find_map(TOWN)[1]))


@cache
def crossing() -> tuple[carla.Waypoint, tuple[carla.Waypoint, ...]]:
    """A lane that ends at a junction, and the lanes inside it that it may go on with."""
    graph = town()
    for edges in graph.edges.values():
        for end, edge in edges.items():
            onward = [e.entry for e in graph.edges[end].values() if e.in_junction and e.command is Command.LANE_FOLLOW]
            if edge.command is Command.LANE_FOLLOW and len(edge.path) > BEFORE and len(onward) >= 3:
                return edge.exit, tuple(onward)
    raise AssertionError(f"{TOWN} has no such junction")


def pose_at(waypoint: carla.Waypoint) -> np.ndarray:
    place, turn = waypoint.transform.location, waypoint.transform.rotation
    return np.array([place.x, place.y, place.z, 0.0, np.radians(turn.yaw), 0.0])


def before(metres: float) -> carla.Waypoint:
    """On the lane, so far before its junction."""
    return crossing()[0].previous(metres)[0]


def out_of(inside: carla.Waypoint, metres: float) -> np.ndarray:
    """(2,) m, so far beyond the way through the junction that begins with a lane inside it."""
    here = inside.next_until_lane_end(1.0)[-1].next(metres)[0].transform.location
    return np.array([here.x, here.y])


@cache
def roads() -> VisibleRoads:
    place = crossing()[0].transform.location
    return VisibleRoads(town(), np.array([[place.x, place.y]]))


def xy(waypoint: carla.Waypoint) -> np.ndarray:
    return pose_at(waypoint)[:2]


def test_a_fork_is_as_many_ways_as_lead_out_of_it():
    ways = roads().ways(pose_at(before(10.0)))
    exits = {way.roads for way in ways}
    assert len(exits) >= 3 and len({way[-1] for way in exits}) == len(exits)
    assert {way[0] for way in exits} == {next(iter(exits))[0]}, "all begin on the ego's road"
    for way in ways:
        assert in_window(way.points[1:-1], pose_at(before(10.0))).all()
        steps = np.linalg.norm(np.diff(way.points, axis=0), axis=1)
        assert steps.max() < 3.0, "ways have no jumps"


def test_a_fork_beyond_what_is_planned_is_none_yet():
    pose = pose_at(before(PLANNED + 15.0))
    assert len({way.roads for way in roads().ways(pose)}) == 1


@pytest.mark.parametrize("branch", [0, 1, 2])
def test_a_target_point_before_the_fork_leaves_all_ways_and_the_next_beyond_it_one(branch: int):
    inside = crossing()[1][branch]
    pose = pose_at(before(10.0))
    told = np.stack([xy(before(40.0)), xy(before(2.0)), out_of(inside, 10.0)])
    found = roads().ambiguity(pose, told)
    assert found.forks >= 3 and found.one == found.forks and found.three == 1
    there = roads().ambiguity(pose, np.stack([xy(before(2.0)), out_of(inside, 10.0), out_of(inside, 30.0)]))
    assert there.one == 1 and there.three == 1


def test_a_target_point_off_every_way_leaves_none():
    pose = pose_at(before(10.0))
    beside = xy(before(2.0)) + 20.0 * np.array([-np.sin(pose[4]), np.cos(pose[4])])
    told = np.stack([xy(before(40.0)), beside, beside])
    assert roads().ambiguity(pose, told).one == 0


def test_a_target_point_out_of_sight_leaves_the_ways_that_do_not_turn_their_back_to_it():
    pose = pose_at(before(10.0))
    ways = roads().ways(pose)
    ahead = pose[:2] + 500.0 * np.array([np.cos(pose[4]), np.sin(pose[4])])
    kept = {way.roads for way in ways if agrees(way, ahead[None], pose)}
    straight = min(ways, key=lambda way: np.linalg.norm(way.points[-1] - ahead))
    assert straight.roads in kept and 1 <= len(kept) <= len({way.roads for way in ways})


def test_points_are_passed_in_their_order():
    pose = pose_at(before(30.0))
    near, far = xy(before(20.0)), xy(before(5.0))
    way = roads().ways(pose)[0]
    assert agrees(way, np.stack([near, far]), pose) and not agrees(way, np.stack([far, near]), pose)


def test_the_ways_of_a_route_agree_with_all_its_target_points():
    inside = crossing()[1][0]
    start, end = pose_at(before(40.0)), out_of(inside, 40.0)
    plan = trace(town(), np.stack([start[:3], [*end, start[2]]]))
    sparse = plan.sampled(50.0).pose[:, :2]
    here = VisibleRoads(town(), plan.pose)
    for row in range(0, len(plan) - 10, 3):
        pose = np.array([*plan.pose[row, :3], 0.0, plan.pose[row, 4], 0.0])
        ahead = [p for p in sparse if np.linalg.norm(plan.pose[:, :2] - p, axis=1).argmin() >= row] or [sparse[-1]]
        told = np.array([sparse[0], ahead[0], ahead[min(1, len(ahead) - 1)]])
        found = here.ambiguity(pose, told)
        assert found.three >= 1 and found.three <= max(found.one, 1), (row, found)


def test_off_the_road_there_is_no_way():
    pose = pose_at(before(10.0)) + (5000.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    assert roads().ways(pose) == [] and VisibleRoads(town(), pose[None, :2]).ways(pose) == []
