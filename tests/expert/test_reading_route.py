"""The route that is read from a plan: its points, what lies beside them, the lights and signs on it."""

from functools import cache

import carla
import numpy as np
import pytest

from lead import InputError
from lead.expert.reading.route import route_of
from lead.expert.reading.way import Way, way_of
from lead.expert.scene import SPACING, Mount, Route, Side
from lead.roads.library import find_map
from lead.scenarios.criteria.moment import Moment
from lead.scenarios.criteria.rules import Rules
from lead.scenarios.criteria.signals import Light, Sign, light_at
from lead.scenarios.criteria.stop_sign import StopSign
from lead.scenarios.lane_graph import Command, LaneGraph, lane_key, position
from lead.scenarios.plan import Plan, trace

TOWN = "GridCity"

WIDENING = """<?xml version="1.0"?><OpenDRIVE><header revMajor="1" revMinor="4" name="t" version="1" date="" north="0"
south="0" east="0" west="0"/><road name="r" length="200" id="1" junction="-1"><link/><type s="0" type="town"/>
<planView><geometry s="0" x="0" y="0" hdg="0" length="200"><line/></geometry></planView><elevationProfile/>
<lateralProfile/><lanes><laneOffset s="0" a="0" b="0" c="0" d="0"/>
<laneSection s="0"><center><lane id="0" type="none" level="false"/></center><right>{first}</right></laneSection>
<laneSection s="50"><center><lane id="0" type="none" level="false"/></center><right>{second}{widens}</right>
</laneSection></lanes></road></OpenDRIVE>"""
LANE = """<lane id="{number}" type="driving" level="false"><link>{link}</link><width sOffset="0" a="{a}" b="{b}" c="0"
d="0"/><roadMark sOffset="0" type="broken" weight="standard" color="white" width="0.1" laneChange="both"/></lane>"""


@cache
def grid() -> LaneGraph:
    return LaneGraph.of(carla.Map(TOWN, find_map(TOWN)[1]))


@cache
def straight(metres: float = 60.0) -> Plan:
    """A way along one lane of GridCity that lies between another one of its direction and a shoulder or sidewalk."""
    for entry, _ in grid().map.get_topology():
        lane = [entry.next(step) for step in (1.0 + BEFORE, 1.0 + BEFORE + metres)]
        if entry.is_junction or not all(lane) or any(lane_key(found[0]) != lane_key(entry) for found in lane):
            continue
        left = lane[0][0].get_left_lane()
        if left is not None and left.lane_id * entry.lane_id > 0 and left.lane_type == carla.LaneType.Driving:
            return trace(grid(), np.array([position(found[0]) for found in lane]))
    raise AssertionError(f"{TOWN} has no such lane")


BEFORE = 55.0


@cache
def turning() -> Plan:
    """A way from a lane into a junction and 30 m on."""
    for entry, _ in grid().map.get_topology():
        before = entry.previous(40.0) if entry.is_junction else []
        if before and not before[0].is_junction:
            ends = [before[0], entry.next_until_lane_end(1.0)[-1].next(30.0)[0]]
            plan = trace(grid(), np.array([position(end) for end in ends]))
            if Command.LEFT in plan.command.tolist():
                return plan
    raise AssertionError(f"{TOWN} has no such way")


def pose_of(waypoint: carla.Waypoint, aside: float = 0.0) -> np.ndarray:
    """(6,) so far (m) to the right of a waypoint."""
    yaw = np.radians(waypoint.transform.rotation.yaw)
    place = position(waypoint) + aside * np.array([-np.sin(yaw), np.cos(yaw), 0.0])
    return np.array([*place, 0.0, yaw, 0.0])


def read(plan: Plan, *, aside: float = 0.0, lights=(), signs=(), town: str = TOWN) -> Route:
    return route_of(plan, pose_of(plan.waypoints[0], aside), lights, signs, town)


def test_points_lie_a_tenth_of_a_metre_apart_along_the_plan():
    for plan in (straight(), turning()):
        route = read(plan)
        steps = np.linalg.norm(np.diff(route.points, axis=0), axis=1)
        assert np.allclose(steps, SPACING, atol=2e-3)
        away = np.linalg.norm(route.points[None, ::5] - plan.pose[:, None, :3], axis=2).min(axis=1)
        assert away.max() < 0.3
        assert np.linalg.norm(route.points[route.start] - plan.pose[0, :3]) < SPACING
        assert np.linalg.norm(route.points[route.end] - plan.pose[-1, :3]) < SPACING
        assert np.abs(np.angle(np.exp(1j * np.diff(route.yaw)))).max() < 0.2
        assert {
            len(value) for name, value in vars(route).items() if not name.startswith(("light", "stop", "start", "end"))
        } == {len(route)}


def test_it_begins_50_m_before_the_plan_and_ends_50_m_after_it():
    route = read(straight())
    assert route.start * SPACING == pytest.approx(50.0, abs=3.0)
    assert (len(route) - route.end) * SPACING == pytest.approx(50.0, abs=3.0)
    assert (route.in_junction[: route.start] | (route.command[: route.start] == Command.LANE_FOLLOW)).all()


def test_it_goes_straight_on_where_the_road_ends():
    plan = plan_on(widening(), [(-1, metre) for metre in range(20, 190)])
    route = route_of(plan, pose_of(plan.waypoints[0]), (), (), "t")
    assert (len(route) - route.end) * SPACING == pytest.approx(50.0, abs=3.0)
    assert route.points[-1, 0] == pytest.approx(plan.pose[-1, 0] + 50.0, abs=1.0)
    assert route.start * SPACING == pytest.approx(20.0, abs=1.5), "the road begins there"


def test_commands_and_junctions_are_the_plans():
    plan, route = turning(), read(turning())
    inside = np.array([waypoint.is_junction for waypoint in plan.waypoints])
    rows = np.array([np.argmin(np.linalg.norm(route.points - place, axis=1)) for place in plan.pose[:, :3]])
    assert (route.in_junction[rows] == inside).all() and inside.any()
    apart = np.linalg.norm(np.diff(plan.pose[:, :3], axis=0), axis=1) > 0.5  # two points in one place: the later counts
    apart = np.concatenate([[True], apart]) & np.concatenate([apart, [True]])
    assert (route.command[rows] == plan.command)[apart].all() and Command.LEFT in route.command
    assert np.allclose(route.lane_width[rows], [waypoint.lane_width for waypoint in plan.waypoints], atol=0.05)


def test_what_lies_beside_is_told_with_its_distance():
    plan, route = straight(), read(straight())
    row, here = route.start + 300, plan.waypoints[30]
    left = here.get_left_lane()
    assert route.left_side[row] == Side.SAME
    assert route.left[row] == pytest.approx(0.5 * (here.lane_width + left.lane_width), abs=0.05)
    toward = np.array([np.sin(route.yaw[row]), -np.cos(route.yaw[row])])
    middle = route.points[row, :2] + route.left[row] * toward
    assert np.linalg.norm(middle - position(grid().map.get_waypoint(carla.Location(*middle.tolist())))[:2]) < 0.1
    outer = plan.waypoints[30]
    while (beside := outer.get_left_lane()) is not None and beside.lane_id * outer.lane_id > 0:
        outer = beside
    inner = trace(grid(), np.stack([position(outer), position(outer.next(20.0)[0])]))
    assert read(inner).left_side[read(inner).start] == Side.OPPOSITE


def widening() -> carla.Map:
    """A lane along y = 1.75, and from x = 50 on one to its right that has its 3.5 m only at x = 90."""
    wide = '<width sOffset="40" a="3.5" b="0" c="0" d="0"/><roadMark'
    return carla.Map("t", WIDENING.format(
        first=LANE.format(number=-1, link='<successor id="-1"/>', a=3.5, b=0),
        second=LANE.format(number=-1, link='<predecessor id="-1"/>', a=3.5, b=0),
        widens=LANE.format(number=-2, link="", a=0.1, b=3.4 / 40.0).replace("<roadMark", wide),
    ))  # fmt: skip


def plan_on(town: carla.Map, places: list[tuple[int, float]]) -> Plan:
    """A plan through (lane, metre) of road 1; where it changes lanes both points say so."""
    waypoints = tuple(town.get_waypoint_xodr(1, lane, float(metre)) for lane, metre in places)
    changed = np.diff([lane for lane, _ in places]) != 0
    changes = np.concatenate([changed, [False]]) | np.concatenate([[False], changed])
    command = np.where(changes, Command.CHANGE_LANE_RIGHT, Command.LANE_FOLLOW).astype(np.int8)
    return Plan(np.array([pose_of(waypoint) for waypoint in waypoints]), command, waypoints)


def changing(metre: int) -> tuple[Way, Plan]:
    """The way of a plan that changes to the new lane within 5 m of a metre."""
    places = [(-1, at) for at in range(20, metre + 1)] + [(-2, at) for at in range(metre + 5, 199)]
    plan = plan_on(widening(), places)
    return way_of(plan, pose_of(plan.waypoints[0])), plan


def test_a_lane_that_still_widens_is_not_changed_to():
    way, _ = changing(50)
    aside = way.places[:, 1] - 1.75  # m from the middle of the lane before
    narrow = 50.0 + 40.0 * 2.4 / 3.4  # m at which the new lane has 2.5 m
    assert np.abs(aside[way.places[:, 0] < narrow - 1.0]).max() < 0.01
    in_new = np.array([waypoint.lane_id == -2 for waypoint in way.waypoints])
    least = min(waypoint.lane_width for waypoint, new in zip(way.waypoints, in_new, strict=True) if new)
    assert least >= 2.5 and way.places[np.argmax(in_new), 0] == pytest.approx(narrow, abs=1.5)
    assert aside[way.end] == pytest.approx(3.5, abs=0.01)


@pytest.mark.parametrize(("metre", "begins", "ends"), [(110, 102.5, 122.5), (90, 82.5, 102.5), (80, 78.0, 98.5)])
def test_a_lane_is_changed_over_20_m_where_there_is_room(metre: int, begins: float, ends: float):
    way, plan = changing(metre)
    x, aside = way.places[:, 0], way.places[:, 1] - 1.75
    moving = (aside > 0.01) & (aside < 3.49)
    assert x[moving].min() == pytest.approx(begins, abs=2.5) and x[moving].max() == pytest.approx(ends, abs=2.5)
    assert (np.diff(aside) >= -1e-9).all() and aside[way.end] == pytest.approx(3.5, abs=0.01)
    slope = np.diff(aside) / np.diff(x)
    assert slope.max() < 1.2 * 0.5 * np.pi * 3.5 / (ends - begins), "the steepest of a cosine"
    changes = way.command == Command.CHANGE_LANE_RIGHT
    assert changes[moving].all() and not changes[(x < begins - 2.5) | (x > ends + 2.5)].any()
    assert (way.command[~changes] == Command.LANE_FOLLOW).all()


def test_a_change_right_at_the_start_begins_there():
    places = [(-1, 120), (-2, 125)] + [(-2, at) for at in range(126, 190)]
    plan = plan_on(widening(), places)
    way = way_of(plan, pose_of(plan.waypoints[0]))
    assert np.abs(way.places[: way.start + 1, 1] - 1.75).max() < 0.01, "the ego stands on the lane before"
    assert way.places[way.places[:, 0] > 141.0, 1] == pytest.approx(5.25, abs=0.02)


def test_a_change_just_before_the_road_ends_comes_before_it():
    way, _ = changing(190)
    x, aside = way.places[:, 0], way.places[:, 1] - 1.75
    moving = (aside > 0.01) & (aside < 3.49)
    assert x[moving].min() == pytest.approx(180.0, abs=1.5), "11 m of 15, for 4 m are left"


@pytest.mark.parametrize(("aside", "command"), [(3.0, Command.CHANGE_LANE_LEFT), (-3.0, Command.CHANGE_LANE_RIGHT)])
def test_a_parked_ego_starts_from_its_own_place_with_a_lane_change(aside: float, command: Command):
    route = read(straight(), aside=aside)
    pose = pose_of(straight().waypoints[0], aside)
    assert np.allclose(route.points[0], pose[:3])
    assert route.command[0] == command and route.command[route.start + 10] == Command.LANE_FOLLOW
    assert 3.0 < route.start * SPACING < 4.5
    ahead = (route.points[route.start] - pose[:3])[:2] @ [np.cos(pose[4]), np.sin(pose[4])]
    assert 1.0 < ahead < 3.0


def test_an_ego_just_beside_the_first_point_is_not_parked():
    assert read(straight(), aside=1.9).start > 400
    assert read(straight(), aside=2.1).start < 40


def light(waypoint: carla.Waypoint, number: int = 7, pole_ahead: float = 0.0) -> Light:
    """A light whose line is at a waypoint, its pole so far (m) beyond it and 5 m to the right."""
    yaw = waypoint.transform.rotation.yaw
    ahead, right = waypoint.transform.get_forward_vector(), waypoint.transform.get_right_vector()
    place = waypoint.transform.location + pole_ahead * ahead + 5.0 * right
    return Light(
        number, (place.x, place.y, place.z), (0.0, 0.0, 0.0),
        light_at(number, carla.Transform(waypoint.transform.location, carla.Rotation(yaw=yaw + 90.0)),
                 carla.BoundingBox(carla.Location(), carla.Vector3D(0.8, 1.0, 1.0)), grid().map).stop_lines,
    )  # fmt: skip


def test_a_light_is_met_at_its_stop_line():
    plan = turning()
    there = light(plan.waypoints[10])
    route = read(plan, lights=[there])
    assert route.light_id.tolist() == [7]
    away = np.linalg.norm(route.points[route.light_index[0]] - position(there.stop_lines[0]))
    assert away < 0.5 and route.in_junction[route.light_index[0] : route.light_index[0] + 15].any()


def test_lights_of_other_lanes_and_of_the_other_direction_are_not_met():
    plan = straight()
    here = plan.waypoints[30]
    outer = here
    while outer.lane_id * here.lane_id > 0:
        outer = outer.get_left_lane()
    assert not len(read(plan, lights=[light(outer)]).light_id)
    assert not len(read(plan, lights=[light(here.get_left_lane())]).light_id)
    ordered = read(plan, lights=[light(plan.waypoints[50], 3), light(plan.waypoints[10], 4)])
    assert len(ordered.light_id) in (0, 2)  # both lie on the route's own lane, at most the same junction ahead


def test_mounts_are_told_by_pole_and_town():
    plan = turning()
    line = light(plan.waypoints[10]).stop_lines[0]
    for ahead, town, mount in (
        (3.8, "Town12", Mount.OVERHEAD), (4.2, "Town12", Mount.NEAR), (3.8, "Town03", Mount.EUROPEAN),
        (-3.8, "Town10HD", Mount.EUROPEAN), (20.0, "Town03", Mount.NEAR),
    ):  # fmt: skip
        assert read(plan, lights=[light(line, pole_ahead=ahead)], town=town).light_mount.tolist() == [mount], (
            ahead,
            town,
        )


def sign(waypoint: carla.Waypoint, aside: float = 0.0, half: float = 1.0) -> Sign:
    place = pose_of(waypoint, aside)[:3]
    return Sign(11, tuple(place), tuple(place), (half, half, 1.0))


@pytest.mark.parametrize("half", [0.75, 1.5, 3.0])
def test_who_stops_2_m_before_the_index_has_stopped_by_the_officials_measure(half: float):
    plan = straight()
    there = sign(plan.waypoints[30], half=half)
    route = read(plan, signs=[there])
    assert route.stop_id.tolist() == [11]
    index, judge = int(route.stop_index[0]), StopSign(grid().map, [there], Rules())
    assert abs(index - route.start - 300) < 30
    for row in range(index - 100, index + 100, 2):
        stands = row == index - 20
        for _ in range(2 if stands else 1):
            yaw = route.yaw[row]
            speed = np.array([np.cos(yaw), np.sin(yaw), 0.0]) * (0.0 if stands else 4.0)
            judge.update(Moment(time=0.0, place=route.points[row], yaw=float(yaw), velocity=speed))
    assert judge.events == []


def test_signs_beside_the_way_are_not_met():
    plan = straight()
    assert not len(read(plan, signs=[sign(plan.waypoints[30], aside=3.0)]).stop_id)
    assert len(read(plan, signs=[sign(plan.waypoints[30], aside=0.9)]).stop_id)


def test_a_plan_that_leads_nowhere_is_refused():
    plan = straight()
    one = Plan(plan.pose[:1], plan.command[:1], plan.waypoints[:1])
    with pytest.raises(InputError, match="expected a way to drive"):
        read(one)
