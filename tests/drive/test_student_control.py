"""Controllers and heuristics of the student against the published constants, by numbers worked out by hand."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lead.dataset.box_labels import BoxClass
from lead.drive.student.controllers import (
    Pid,
    PursuitSteering,
    RouteSteering,
    WaypointControl,
    look_ahead,
    target_speed_pedals,
)
from lead.drive.student.driver import Plan, aimed_speed, moved_plan
from lead.drive.student.heuristics import COOLING, PATIENCE, PUSHED, Creep, StopSigns
from lead.drive.student.options import Options
from lead.drive.student.usual import with_usual
from lead.expert.kernels.driving import FRONT_WHEELBASE, REAR_WHEELBASE, STEERING_GAIN
from lead.model.variants import variant

STRAIGHT = np.column_stack([2.5 + np.arange(10.0), np.zeros(10)])


def bent(angle: float) -> np.ndarray:
    """A route whose points all lie at that bearing (rad)."""
    return np.linalg.norm(STRAIGHT, axis=1)[:, None] * [np.cos(angle), np.sin(angle)]


@pytest.mark.parametrize(
    ("speed", "angle", "index"),
    [
        (0.0, 0.0, 0),  # clip(1.9, 24, 105) / 10 - 2 = 0.4
        (10.0, 0.0, 1),  # 0.97553 * 36 + 1.91529 = 37.03 -> 1.7
        (20.0, 0.0, 5),  # 72.15 -> 5.2
        (40.0, 0.0, 8),  # 105 -> 8.5
        (10.0, 0.30, 2),  # int(3.5 * 0.30) = 1 further
        (10.0, -0.60, 3),  # by 2
        (10.0, 1.5, 3),  # never more than 2
        (40.0, 0.60, 9),  # 10, but there are ten points
    ],
)
def test_the_look_ahead_is_the_published(speed: float, angle: float, index: int):
    assert look_ahead(bent(angle), speed) == index


def test_steering_is_proportional_to_the_first_error_and_remembers():
    control, angle = RouteSteering(), np.radians(9.0)  # a tenth of a right angle
    assert control.step(bent(angle), 0.0) == round(0.1 * (3.118357 + 0.640607), 3)
    assert control.step(bent(angle), 0.0) == round(0.1 * (3.118357 + 0.640607), 3)  # no change, the mean the same
    assert control.step(STRAIGHT, 0.0) == round(-0.1 * 1.378251 + 0.640607 * 0.2 / 3.0, 3)
    assert control.step(bent(1.5), 0.0) == 1.0


@pytest.mark.parametrize(
    ("speed", "target", "pedals"),
    [
        (5.0, 0.0, (0.0, 1.0)),
        (5.0, 0.009, (0.0, 1.0)),
        (11.1, 10.0, (0.0, 1.0)),  # over 1.1
        (10.32, 10.0, (0.0, 1.0)),  # over 1.031267
        (5.0, 10.0, (1.0, 0.0)),  # 18 km/h below
        (0.0, 0.27, (1.71082 * 1.0008 + 0.92189e-4 * 1.0008**2, 0.0)),  # the least target is 1 km/h
        (10.0, 10.0, (1.19903 * 0.36 - 0.80576 * 0.36**2, 0.0)),
    ],
)
def test_pedals_are_the_published_regression(speed: float, target: float, pedals: tuple[float, float]):
    throttle, brake = target_speed_pedals(speed, target)
    assert throttle == pytest.approx(min(1.0, pedals[0]), abs=1e-4) and brake == pedals[1]


def test_a_pid_integrates_by_the_mean_of_its_window():
    pid = Pid((2.0, 10.0, 1.0), 4)
    assert pid.step(1.0) == pytest.approx(2.0 + 10.0 / 4.0 + 1.0)
    assert pid.step(1.0) == pytest.approx(2.0 + 10.0 * 2.0 / 4.0)
    for _ in range(5):
        settled = pid.step(1.0)
    assert settled == pytest.approx(12.0)


def waypoints(speed: float, angle: float = 0.0) -> np.ndarray:
    """Eight waypoints 0.25 s apart."""
    return 0.25 * speed * np.arange(1, 9)[:, None] * [np.cos(angle), np.sin(angle)]


def test_waypoints_are_driven_as_fast_as_they_follow_one_another():
    control = WaypointControl(0.25)
    assert control.speed(waypoints(6.0)) == pytest.approx(6.0)
    assert control.pedals(waypoints(0.39), 0.0) == (0.0, 1.0)
    assert control.pedals(waypoints(6.0), 6.7) == (0.0, 1.0)
    throttle, brake = WaypointControl(0.25).pedals(waypoints(6.0), 5.8)
    assert throttle == pytest.approx(0.2 * (1.75 + 1.0 / 20 + 2.0)) and brake == 0.0
    assert WaypointControl(0.25).pedals(waypoints(6.0), 0.0)[0] == 1.0


def test_the_waypoint_aimed_at_is_far_enough():
    points = np.column_stack([np.arange(1.0, 9.0), np.zeros(8)])
    points[2, 1], points[3, 1] = 0.3, 0.4  # at 3 m and 4 m
    gain = (1.25 + 0.75 / 20 + 0.3) / 90.0
    slow = WaypointControl(0.25).steer(points)  # 4 m/s: the first beyond 2.25 m
    assert slow == pytest.approx(gain * np.degrees(np.arctan2(0.3, 3.0)))
    fast = points * [1.49, 1.0]  # 5.96 m/s: the first beyond 3 m is the third, at 4.47 m
    assert WaypointControl(0.25).steer(fast) == pytest.approx(gain * np.degrees(np.arctan2(0.3, 4.47)))


def sign(x: float, score: float = 0.9, kind: BoxClass = BoxClass.STOP_SIGN) -> np.ndarray:
    """A box of 3 m on the way."""
    return np.array([[x, 0.0, 1.5, 1.5, 0.0, 0.0, 0.0, kind, score]])


def at(x: float) -> np.ndarray:
    return np.array([x, 0.0, 0.0, 0.0, 0.0, 0.0])


def test_it_stops_once_at_a_stop_sign_that_it_saw():
    signs = StopSigns()
    assert not signs.step(sign(10.0), 5.0, at(0.0))  # 10 - 1.5 - 2.45 = 6.05 m
    assert not signs.step(None, 5.0, at(5.0))
    assert signs.step(np.empty((0, 9)), 5.0, at(5.2))  # 0.85 m, and no longer seen
    assert signs.step(None, 2.0, at(6.0))
    assert not signs.step(None, 0.0, at(6.5))
    for _ in range(COOLING - 1):
        assert not signs.step(sign(1.0), 2.0, at(7.0))
    assert signs.step(sign(1.0), 2.0, at(7.0))


@pytest.mark.parametrize("box", [sign(4.0, score=0.2), sign(4.0, kind=BoxClass.TRAFFIC_LIGHT)])
def test_other_boxes_are_no_stop_signs(box: np.ndarray):
    assert not StopSigns().step(box, 5.0, at(0.0))


def test_a_sign_beside_the_way_and_one_left_behind_do_not_count():
    aside = sign(4.0)
    aside[0, 1] = 3.6
    assert not StopSigns().step(aside, 5.0, at(0.0))
    signs = StopSigns()
    signs.step(sign(10.0), 5.0, at(0.0))
    assert not signs.step(None, 5.0, at(80.0)) and not signs.step(None, 5.0, at(10.0))


def test_it_creeps_after_long_standing_if_nothing_is_before_it():
    nothing, wall = np.empty((0, 3)), np.array([[3.0, 0.0, 1.0]])
    creep = Creep()
    assert not any(creep.step(0.05, nothing) for _ in range(PATIENCE))
    assert [creep.step(0.05, nothing) for _ in range(PUSHED + 1)] == [True] * PUSHED + [False]
    assert not any(creep.step(0.0, wall) for _ in range(PATIENCE + PUSHED))
    creep = Creep()
    for _ in range(PATIENCE):
        creep.step(0.0, nothing)
    assert not creep.step(0.2, nothing)


@given(speed=st.floats(0.0, 15.0), yaw=st.floats(-0.3, 0.3), ticks=st.integers(0, 10))
def test_an_old_plan_stays_where_it_was(speed: float, yaw: float, ticks: int):
    then = np.array([4.0, -3.0, 0.0, 0.0, 0.7, 0.0])
    gone = 0.05 * speed * ticks
    now = then + [gone * np.cos(0.7), gone * np.sin(0.7), 0.0, 0.0, yaw, 0.0]
    plan = moved_plan(Plan(STRAIGHT, waypoints(speed), None, None, None), then, now)
    turned = np.array([[np.cos(yaw), -np.sin(yaw)], [np.sin(yaw), np.cos(yaw)]])  # of a row, by -yaw
    np.testing.assert_allclose(plan.waypoints, (waypoints(speed) - [gone, 0.0]) @ turned, atol=1e-9)
    np.testing.assert_allclose(np.linalg.norm(plan.route[0]), 2.5, atol=1e-6)
    np.testing.assert_allclose(np.linalg.norm(np.diff(plan.route, axis=0), axis=1), 1.0, atol=1e-6)
    np.testing.assert_allclose((plan.route @ turned.T)[:, 1], 0.0, atol=1e-6)  # on the same line


def test_published_weights_are_driven_as_published_and_ours_as_they_drive_best():
    ours, published = variant("nano"), replace(variant("resnet34"), compat=True)
    own_way, their_way = with_usual(Options(), ours), with_usual(Options(), published)
    assert (own_way.brake_share, their_way.brake_share) == (0.5, 0.9)
    assert (own_way.steer, their_way.steer) == ("pursuit", "route")
    for share, (own, theirs) in {0.49: (4.0, 4.0), 0.51: (0.0, 4.0), 0.91: (0.0, 0.0)}.items():
        shares = np.array([share, 1.0 - share])
        assert aimed_speed(shares, 4.0, own_way.brake_share) == own
        assert aimed_speed(shares, 4.0, their_way.brake_share) == theirs


@given(st.floats(6.0, 200.0), st.sampled_from([-1.0, 1.0]), st.floats(0.0, 25.0))
def test_pursuit_turns_the_wheel_for_the_arc_that_the_rear_axle_is_on(radius: float, side: float, speed: float):
    """Points on a circle that the rear axle drives along give that circle's steering, whichever is pursued."""
    turned = np.linspace(0.0, 15.0 / radius, 200)
    circle = np.column_stack([radius * np.sin(turned) - REAR_WHEELBASE, side * radius * (1.0 - np.cos(turned))])
    route = circle[np.searchsorted(radius * turned, 4.0 + np.arange(10.0))]
    steer = PursuitSteering().step(route, speed)
    assert np.tan(STEERING_GAIN * steer) == pytest.approx(side * (FRONT_WHEELBASE + REAR_WHEELBASE) / radius, rel=1e-6)


def test_pursuit_looks_farther_the_faster_it_is_and_never_beyond_the_route():
    """A route that turns away farther out is answered later by the slow."""
    route = np.column_stack([2.5 + np.arange(10.0), np.where(np.arange(10) < 5, 0.0, 1.0)])
    slow, fast = PursuitSteering().step(route, 0.0), PursuitSteering().step(route, 20.0)
    assert slow == 0.0 and fast > 0.01
    assert PursuitSteering().step(route[:2], 20.0) == 0.0
    assert (
        PursuitSteering().step(np.column_stack([np.full(10, 0.1), np.full(10, 5.0)]), 0.0) == 1.0
    )  # beside it: full lock
