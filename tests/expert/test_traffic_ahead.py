"""Leaders are followed, collision courses are stopped for."""

from dataclasses import replace
from math import radians

import numpy as np
import pytest
from scenes import actors, bicycle, car, ego, obstacle, route, scene, seen, walker

from lead.expert.control import PedalMemory
from lead.expert.decision import Cause
from lead.expert.idm import target_speed
from lead.expert.rules.traffic import ask, leading, passing_by, trailing
from lead.expert.settings import PRIVILEGED
from lead.scenarios.lane_graph import Command

WAY = route(300.0)
PLAIN = replace(PRIVILEGED, limit_factor=1.0)


def looked(*rows, way=WAY, speed=8.0, limit=10.0):
    return seen(scene(way, ego(way, 100.0, speed, limit=limit), actors(*rows)), PLAIN)


def asked(*rows, factors=None, **more):
    view = looked(*rows, **more)
    usual = np.full((len(view.actors), 2), np.nan)
    return ask(view, PedalMemory(), usual if factors is None else np.array(factors, float))


@pytest.mark.parametrize("ahead, aside, turned, leads", [
    (20.0, 0.0, 0.0, True), (20.0, 2.49, 0.0, True), (20.0, 2.51, 0.0, False), (20.0, -2.51, 0.0, False),
    (20.0, 0.0, radians(34.5), True), (20.0, 0.0, radians(35.5), False), (20.0, 0.0, -radians(35.5), False),
    (79.9, 0.0, 0.0, True), (80.1, 0.0, 0.0, False), (-1.0, 0.0, 0.0, False),
])  # fmt: skip
def test_who_leads(ahead, aside, turned, leads):
    assert leading(looked(car(WAY, 100.0 + ahead, aside, 3.0, turned)))[0] == leads


@pytest.mark.parametrize("ahead, aside, turned, trails", [
    (-20.0, 0.0, 0.0, True), (-20.0, 2.99, 0.0, True), (-20.0, 3.01, 0.0, False), (-20.0, 0.0, radians(29.5), True),
    (-20.0, 0.0, radians(30.5), False), (-79.9, 0.0, 0.0, True), (-80.1, 0.0, 0.0, False), (1.0, 0.0, 0.0, False),
])  # fmt: skip
def test_who_trails(ahead, aside, turned, trails):
    assert trailing(looked(car(WAY, 100.0 + ahead, aside, 3.0, turned)))[0] == trails


def test_who_trails_after_a_lane_change():
    beside = car(WAY, 90.0, 5.9, 3.0)
    for start, trails in ((86.0, True), (80.1, True), (79.8, False)):
        way = route(300.0, commands=((start, start + 5.0, Command.CHANGE_LANE_LEFT),))
        assert trailing(looked(beside, way=way))[0] == trails
    way = route(300.0, commands=((86.0, 91.0, Command.CHANGE_LANE_LEFT),))
    assert not trailing(looked(car(WAY, 90.0, 6.1, 3.0), way=way))[0]


def test_a_leader_is_followed_by_the_car_following_law():
    (found,) = asked(car(WAY, 115.0, speed=5.0, id=42))
    assert found.cause is Cause.LEADER and found.subject == 42
    assert found.distance == pytest.approx(15.0, abs=0.01)
    expected = target_speed(10.0, 8.0, 15.0 - 2 * 2.4, 5.0, 4.0, 0.25)
    assert found.target_speed == pytest.approx(expected, abs=1e-6)


def test_near_a_lane_change_leaders_are_only_a_collision_course():
    way = route(300.0, commands=((105.0, 110.0, Command.CHANGE_LANE_LEFT),))
    far = car(WAY, 140.0, speed=8.0)
    assert asked(far)[0].cause is Cause.LEADER
    assert asked(far, way=way) == ()
    (found,) = asked(car(WAY, 108.0, speed=2.0), way=way)
    assert found.cause is Cause.VEHICLE and found.target_speed == 0.0


def test_leaders_and_trailers_are_no_collision_course():
    found = asked(car(WAY, 108.0, speed=2.0), car(WAY, 92.0, speed=14.0))
    assert {proposal.cause for proposal in found} == {Cause.LEADER}


def crossing(ahead, gap, speed=6.0, make=car, **more):
    """Someone from the left who reaches the ego's lane at `ahead` m after `gap` m."""
    return make(WAY, 100.0 + ahead, -gap, speed, np.pi / 2, **more)


def test_a_crossing_car_is_stopped_for_as_its_box_will_meet_the_ego_s():
    (found,) = asked(crossing(12.0, 10.0))
    assert found.cause is Cause.VEHICLE and found.target_speed == 0.0
    assert asked(crossing(12.0, 40.0)) == ()  # too late
    assert asked(crossing(60.0, 10.0)) == ()  # beyond the horizon
    assert asked(crossing(12.0, -8.0)) == ()  # has crossed


def test_the_horizon_is_two_seconds():
    """At 10 m/s the ego's front with its margin (2.45 x 1.3 m) comes 23.18 m far in 2 s."""
    front = 100.0 + 20.0 + 1.3 * 2.44619
    blocker = {"turned": np.pi / 2, "extent": (2.0, 0.5, 0.7)}
    assert asked(car(WAY, front + 0.4, **blocker), speed=10.0)[0].cause is Cause.VEHICLE
    assert asked(car(WAY, front + 0.6, **blocker), speed=10.0) == ()


def test_boxes_as_told():
    row = crossing(12.0, 4.8, 0.5)
    assert asked(row) == ()
    assert asked(row, factors=[(1.5, 1.0)])[0].cause is Cause.VEHICLE
    assert asked(crossing(12.0, 10.0), factors=[(0.0, 0.0)]) == ()


def test_a_crossing_bicycle_is_kept_a_distance_from():
    (found,) = asked(crossing(12.0, 6.0, make=bicycle, id=5))
    assert found.cause is Cause.BICYCLE and found.subject == 5
    gap = float(np.hypot(12.0, 6.0)) - 2 * 0.75
    assert found.target_speed == pytest.approx(target_speed(10.0, 8.0, gap, 0.0, 6.0, 0.5), abs=1e-6)


def test_a_crossing_walker_is_kept_a_distance_from():
    (found,) = asked(crossing(12.0, 3.0, 1.5, make=walker, id=6))
    assert found.cause is Cause.WALKER and found.subject == 6
    gap = float(np.hypot(12.0, 3.0)) - 0.5 - 2.44619
    assert found.target_speed == pytest.approx(target_speed(10.0, 8.0, gap, 0.0, 4.5, 0.125), abs=1e-6)


def test_walkers_beside_the_way_are_passed():
    assert asked(walker(WAY, 110.0, 2.7)) == ()
    assert asked(walker(WAY, 110.0, 2.5))[0].cause is Cause.WALKER  # 1.5 m and 1.2 half widths of the ego


def test_obstacles_are_not_traffic():
    assert asked(obstacle(WAY, 110.0)) == ()


def test_who_stands_beside_is_passed():
    assert asked(car(WAY, 110.0, 2.6, extent=(2.0, 1.0, 0.7))) == ()
    assert asked(car(WAY, 110.0, -2.6, turned=np.pi, extent=(2.0, 1.0, 0.7))) == ()


def test_oncoming_traffic_in_its_lane_is_no_collision_course():
    assert asked(car(WAY, 125.0, -3.5, 10.0, np.pi)) == ()
    assert asked(car(WAY, 125.0, -1.0, 10.0, np.pi))[0].cause is Cause.VEHICLE


def test_everybody_met_is_told():
    found = asked(
        crossing(12.0, 10.0, id=3), crossing(14.0, 5.0, 1.5, make=walker, id=9), car(WAY, 130.0, speed=2.0, id=1)
    )
    assert [(proposal.cause, proposal.subject) for proposal in found] == [
        (Cause.LEADER, 1), (Cause.VEHICLE, 3), (Cause.WALKER, 9)
    ]  # fmt: skip


def test_nobody_asks_for_nothing():
    assert asked() == ()


@pytest.mark.parametrize("speed, waiting, creeps", [(1.9, 0.05, True), (2.1, 0.05, False), (1.9, 0.15, False)])
def test_a_slow_ego_creeps_up_to_who_waits_across_its_way(speed, waiting, creeps):
    (found,) = asked(car(WAY, 108.0, 0.0, waiting, np.pi / 2), speed=speed)
    assert found.cause is Cause.VEHICLE
    assert (found.target_speed > 0.0) is creeps
    (close,) = asked(car(WAY, 104.5, 0.0, waiting, np.pi / 2), speed=speed)
    assert close.target_speed < 1.0


@pytest.mark.parametrize(
    "aside, turned, passes", [
        (-3.5, np.pi, True), (-2.3, np.pi, True), (-2.15, np.pi, False), (-3.5, np.radians(151.0), True),
        (-3.5, np.radians(149.0), False),
    ],
)  # fmt: skip
def test_oncoming_vehicles_that_keep_to_their_lane_pass_by(aside, turned, passes):
    heads = {"heading": np.pi}  # it drives straight on, whatever it is turned
    assert passing_by(looked(car(WAY, 125.0, aside, 10.0, turned, **heads)))[0] == passes


def test_oncoming_vehicles_that_leave_their_lane_or_may_turn_off_do_not():
    drifting = car(WAY, 125.0, -3.5, 10.0, np.pi, heading=np.pi - np.radians(6.0))
    assert not passing_by(looked(drifting))[0]  # 1.05 m/s towards the ego's lane for 1.7 s
    for junction, passes in (((105.0, 120.0), False), ((126.0, 140.0), True)):
        way = route(300.0, junctions=(junction,))
        assert passing_by(looked(car(WAY, 125.0, -3.5, 10.0, np.pi), way=way))[0] == passes
    assert not passing_by(looked(car(WAY, 80.0, -3.5, 10.0, np.pi)))[0]  # it has passed


def test_in_a_bend_oncoming_traffic_is_no_collision_course():
    way = route(300.0, bends=((100.0, 1.2, 15.0),))
    here = scene(way, ego(way, 100.0, 8.0), actors(car(way, 112.0, -3.5, 8.0, np.pi)))
    view = seen(here, PLAIN)
    assert passing_by(view)[0]
    assert ask(view, PedalMemory(), np.full((1, 2), np.nan)) == ()


@pytest.mark.parametrize(
    "room, speed, expected", [(2.1, 6.0, 6.0), (1.9, 6.0, 0.0), (2.1, 14.0, 10.0), (2.1, 0.5, 0.5)],
)  # fmt: skip
def test_in_a_stream_that_is_joined_a_leader_is_not_fallen_behind_of(room, speed, expected):
    view = looked(car(WAY, 100.0 + 2.44619 + 2.4 + room, speed=speed, id=7), speed=4.0)
    usual = np.full((1, 2), np.nan)
    (found,) = ask(view, PedalMemory(), usual, frozenset({7}))
    assert found.target_speed == pytest.approx(expected, abs=0.01)
    (alone,) = ask(view, PedalMemory(), usual)
    assert alone.target_speed <= found.target_speed


def test_an_ego_that_would_cut_the_corner_creeps_past_who_waits_there():
    """At speed it would touch the car inside the bend; creeping it keeps to its path, which is clear."""
    way = route(300.0, bends=((102.0, -1.3, 6.0),))
    inside = car(way, 109.0, -2.55, 0.0, extent=(1.0, 1.0, 0.7))
    here = scene(way, ego(way, 100.0, 0.0, limit=12.0), actors(inside))
    found = ask(seen(here, PLAIN), PedalMemory(), np.full((1, 2), np.nan))
    assert all(proposal.target_speed > 0.5 for proposal in found)
    moved = ask(
        seen(replace(here, ego=ego(way, 100.0, 3.0, limit=12.0)), PLAIN), PedalMemory(), np.full((1, 2), np.nan)
    )
    assert [proposal.target_speed for proposal in moved] == [0.0]
