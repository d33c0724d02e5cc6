"""Tracing: the way between key points, its commands, and what an agent is told of it."""

from functools import cache
from math import degrees
from pathlib import Path

import carla
import numpy as np
import pytest

from lead.geometry.poses import wrap_angle
from lead.roads.generate import fixed_town
from lead.roads.library import find_map, list_maps
from lead.scenarios.check import reaches_trigger
from lead.scenarios.lane_graph import Command, LaneGraph
from lead.scenarios.plan import CHANGES, Plan, trace
from lead.scenarios.route_file import read_routes

ROUTES = Path(__file__).parents[2].parent / "shared" / "routes"
FETCHED = {entry.name for entry in list_maps() if entry.source in ("fetched", "installation")}


@cache
def graph_of(name: str) -> LaneGraph:
    return LaneGraph.of(carla.Map(name, fixed_town(name) if name not in FETCHED else find_map(name)[1]))


def key_points(*waypoints: carla.Waypoint) -> np.ndarray:
    places = [waypoint.transform.location for waypoint in waypoints]
    return np.array([[place.x, place.y, place.z] for place in places])


def crossings(name: str) -> list[tuple[carla.Waypoint, carla.Waypoint]]:
    """Waypoints 15 m before and 15 m behind each way over a junction."""
    ways = []
    for entry, end in graph_of(name).map.get_topology():
        if entry.is_junction and not end.is_junction:
            before, behind = entry.previous(15.0), end.next(15.0)
            if before and behind and not before[0].is_junction and not behind[0].is_junction:
                ways.append((before[0], behind[0]))
    return ways


@pytest.mark.parametrize("name", ["GridCity", "VillageCrossing"])
def test_turns_are_told_from_the_junctions_edge_to_its_end(name):
    met = set()
    for before, behind in crossings(name):
        plan = trace(graph_of(name), key_points(before, behind))
        turned = degrees(wrap_angle(plan.pose[-1, 4] - plan.pose[0, 4]))
        expected = Command.STRAIGHT if abs(turned) < 30 else Command.LEFT if turned < 0 else Command.RIGHT
        told = [Command(command) for command in plan.command.tolist()]
        crossing = [command for command in told if command not in (Command.LANE_FOLLOW, *CHANGES)]
        assert set(crossing) == {expected}, (before.transform.location, turned)
        assert told[0] in (Command.LANE_FOLLOW, *CHANGES) and Command.LANE_FOLLOW in told[-5:]
        inside = [graph_of(name).map.get_waypoint(carla.Location(*pose[:3])).is_junction for pose in plan.pose.tolist()]
        assert abs(sum(inside) - len(crossing)) <= 4, "a metre or two at both ends"
        met.add(expected)
    assert met == {Command.LEFT, Command.STRAIGHT, Command.RIGHT}


def test_points_lie_a_metre_apart_on_the_lane_and_head_along_it():
    before, behind = crossings("GridCity")[0]
    plan = trace(graph_of("GridCity"), key_points(before, behind))
    steps = np.diff(plan.pose[:, :3], axis=0)
    length = np.linalg.norm(steps, axis=1)
    assert length.max() < 2.1 and np.median(length) == pytest.approx(1.0, abs=0.05)
    along = (
        steps[length > 0.1, :2] * np.column_stack([np.cos(plan.pose[:-1, 4]), np.sin(plan.pose[:-1, 4])])[length > 0.1]
    )
    assert (along.sum(axis=1) > 0.9 * length[length > 0.1]).all()
    start = np.linalg.norm(plan.pose[0, :3] - key_points(before)[0])
    assert start < 1.0 and np.linalg.norm(plan.pose[-1, :3] - key_points(behind)[0]) < 2.1


def test_a_lane_change_is_told_and_ends_in_the_lane_beside():
    graph = graph_of("MotorwayRing")
    for entry, _ in graph.map.get_topology():
        ahead = entry.next(60.0)
        beside = ahead[0].get_right_lane() if ahead and not entry.is_junction and not ahead[0].is_junction else None
        if beside is not None and beside.lane_type == carla.LaneType.Driving and beside.lane_id * entry.lane_id > 0:
            plan = trace(graph, key_points(entry, beside))
            if Command.CHANGE_LANE_RIGHT in plan.command.tolist():
                break
    changes = np.flatnonzero(plan.command == Command.CHANGE_LANE_RIGHT)
    across = plan.pose[changes[-1], :2] - plan.pose[changes[0], :2]
    yaw = plan.pose[changes[0], 4]
    assert across @ (-np.sin(yaw), np.cos(yaw)) > 2.5, "to the right"
    assert np.linalg.norm(plan.pose[-1, :3] - key_points(beside)[0]) < 2.1


def test_no_way_leaves_the_stretch_out():
    graph = graph_of("GridCity")
    points = key_points(*crossings("GridCity")[0])
    cut = LaneGraph(graph.map, graph.step, graph.places, {node: {} for node in graph.edges}, graph.of_lane)
    assert len(trace(graph, points)) > 20
    assert len(trace(cut, points)) == 0 and trace(cut, points).length == 0.0


@pytest.mark.parametrize("spacing", [50.0, 200.0])
def test_an_agent_is_told_ends_changes_of_command_and_a_point_each_spacing(spacing):
    n = 600
    pose = np.zeros((n, 6))
    pose[:, 0] = np.arange(n)
    command = np.full(n, Command.LANE_FOLLOW, np.int8)
    command[300:320] = Command.LEFT
    command[400:402] = Command.CHANGE_LANE_LEFT
    sampled = Plan(pose, command, (None,) * n).sampled(spacing)
    x = sampled.pose[:, 0].tolist()
    assert x[0] == 0.0 and x[-1] == n - 1 and {300.0, 320.0, 400.0, 401.0} <= set(x)
    assert 402.0 not in x, "what follows a lane change is no change of command"
    assert max(np.diff(x)) <= spacing + 2.0
    expected = {
        50.0: [0, 52, 104, 156, 208, 260, 300, 320, 372, 400, 401, 453, 505, 557, 599],
        200.0: [0, 202, 300, 320, 400, 401, 599],
    }
    assert [round(value) for value in x] == expected[spacing]


@pytest.mark.skipif(not ROUTES.is_dir(), reason="the published route files (../shared/routes) are not here")
@pytest.mark.skipif("Town06" not in FETCHED, reason="CARLA's towns are not here: lead maps fetch")
def test_longest6_is_traced_as_published():
    """36 routes of 709 to 3,163 m, 60.0 km in all, and every trigger lies on its route (spec/benchmarks.md, 1.5)."""
    lengths, triggers = [], 0
    for route in read_routes(ROUTES / "longest6.xml"):
        plan = trace(graph_of(route.town), route.key_points)
        lengths.append(plan.length)
        for situation in route.situations:
            triggers += reaches_trigger(plan, situation.trigger)
    assert (round(min(lengths)), round(max(lengths)), triggers) == (709, 3163, 429)
    assert sum(lengths) == pytest.approx(60_000.0, abs=50.0)
