"""Metres beside the road and against the traffic, in percent of what was passed."""

import carla
import numpy as np
import pytest
from moments import lane, line_along, on_lane, town

from lead.scenarios.criteria.outside_route_lanes import OutsideRouteLanes
from lead.scenarios.stage import Referee


def outer() -> tuple[carla.Waypoint, ...]:
    """Beside the pavement."""
    return lane("Sidewalk", opposite_left=False)[10:]


def inner() -> tuple[carla.Waypoint, ...]:
    """Beside the lanes of the other direction, up to the junction."""
    return lane("Driving", opposite_left=True)[10:]


def drive(points, rights, **more) -> OutsideRouteLanes:
    """Past the waypoints, at each so far to the right (m)."""
    criterion = OutsideRouteLanes(line_along(points), town())
    for k, (point, right) in enumerate(zip(points, rights, strict=True)):
        criterion.update(on_lane(0.2 * k, point, right, ahead=0.1, **more))
    return criterion


@pytest.mark.parametrize(("beside", "outside"), [(0.49, False), (0.51, True)])
def test_half_a_metre_beside_the_lane_is_still_on_the_road(beside, outside):
    points = outer()[:31]
    edge = 0.5 * points[0].lane_width
    criterion = drive(points, [edge + beside] * 31)
    assert bool(criterion.events) == outside


def test_the_one_event_grows_and_tells_the_share_of_what_was_passed():
    points = outer()[:41]
    edge = 0.5 * points[0].lane_width
    rights = [0.0] * 21 + [edge + 1.0] * 10 + [0.0] * 10
    halfway = drive(points[:26], rights[:26]).events
    assert halfway[0].metres == pytest.approx(5.0, abs=0.05) and halfway[0].percent == pytest.approx(20.0, abs=0.2)
    (event,) = drive(points, rights).events
    assert event.kind == "outside_route_lanes" and event.time == halfway[0].time == pytest.approx(0.2 * 21)
    assert event.metres == pytest.approx(10.0, abs=0.05) and event.percent == pytest.approx(25.0, abs=0.2)


def test_a_parking_lane_is_no_outside():
    points = lane("Parking", opposite_left=True)[10:21]
    edge, parking = 0.5 * points[0].lane_width, points[0].get_right_lane().lane_width
    assert not drive(points, [edge + 1.0] * 11).events
    assert not drive(points, [edge + parking + 0.45] * 11).events
    assert drive(points, [edge + parking + 0.55] * 11).events


def test_the_lane_of_the_other_direction_counts_until_the_ego_is_back():
    points = inner()[:41]
    across = -points[0].lane_width
    rights = [0.0] * 11 + [across] * 10 + [0.0] * 20
    (event,) = drive(points, rights).events
    assert event.metres == pytest.approx(10.0, abs=0.05) and event.percent == pytest.approx(25.0, abs=0.3)


def test_the_wrong_direction_test_can_be_switched_off_but_the_road_is_not_widened():
    points, off = inner()[:31], Referee(wrong_direction_test=False)
    assert not drive(points, [0.0] + [-points[0].lane_width] * 30, referee=off).events
    points = outer()[:31]
    assert drive(points, [0.5 * points[0].lane_width + 1.0] * 31, referee=off).events


def test_switched_on_again_the_state_is_known():
    points = inner()[:21]
    criterion, referee = OutsideRouteLanes(line_along(points), town()), Referee(wrong_direction_test=False)
    for k, point in enumerate(points):
        referee.wrong_direction_test = k > 10
        right = 0.0 if k < 5 else -point.lane_width
        criterion.update(on_lane(0.2 * k, point, right, ahead=0.1, referee=referee))
    assert criterion.events[0].metres == pytest.approx(10.0, abs=0.05)


@pytest.mark.parametrize(("turned", "wrong"), [(119.0, False), (121.0, True), (-121.0, True), (-119.0, False)])
def test_after_a_junction_the_lane_is_compared_with_the_ego(turned, wrong):
    """Out of the junction onto a lane that leads into it, and then some metres past the route's planes."""
    inside = inner()[-1].next(4.0)[0]
    assert inside.is_junction
    criterion = OutsideRouteLanes(line_along(inner()[-20:]), town())
    yaw = np.radians(inner()[-1].transform.rotation.yaw + turned)
    away = Referee(wrong_direction_test=False)
    criterion.update(on_lane(0.0, inside, yaw=yaw, referee=away))
    criterion.update(on_lane(0.1, inner()[-10], ahead=0.1, yaw=yaw))
    assert bool(criterion.events) == wrong


def test_inside_a_junction_no_lane_is_wrong():
    """On the other side of the road up to the junction and on through it."""
    points = [*inner()[-11:], *(inner()[-1].next(float(metres))[0] for metres in range(1, 13))]
    assert [point.is_junction for point in points] == [False] * 11 + [True] * 12
    (event,) = drive(points, [0.0] + [-points[0].lane_width] * 22).events
    assert event.metres == pytest.approx(10.0, abs=1.1)


def test_standing_still_outside_is_not_told():
    criterion = OutsideRouteLanes(line_along(outer()), town())
    for k in range(100):
        criterion.update(on_lane(0.05 * k, outer()[0], right=6.0))
    assert not criterion.events
