"""The ego's tail over the stop line of a red light."""

from dataclasses import replace

import carla
import numpy as np
import pytest
from moments import lane, on_lane, town

from lead.scenarios.criteria.red_light import RedLight
from lead.scenarios.criteria.signals import Light, light_at

State = carla.TrafficLightState
HALF = 2.4  # m, half length of the hand-made ego


def light_on(line: carla.Waypoint, light_id: int = 5, away: float = 0.0) -> Light:
    """A light whose trigger lies so far to the left of the stop line."""
    place, yaw = line.transform.location, np.radians(line.transform.rotation.yaw)
    centre = (place.x + away * np.sin(yaw), place.y - away * np.cos(yaw), place.z)
    return Light(light_id, (1.0, 2.0, 3.0), centre, (line,))


def at_line(line, ahead, state=State.Red, right=0.0, light_ids=(5,), **more):
    """The ego's middle so far beyond the line."""
    return on_lane(ahead, line, right, ahead, lights=dict.fromkeys(light_ids, state), **more)


@pytest.fixture
def line() -> carla.Waypoint:
    return lane("Sidewalk", opposite_left=False)[-2]


@pytest.mark.parametrize(
    ("ahead", "crosses"),
    [(0.8 * HALF - 0.05, False), (0.8 * HALF + 0.05, True), (HALF + 0.95, True), (HALF + 1.05, False), (-3.0, False)],
)
def test_the_tail_reaches_from_within_the_ego_to_a_metre_behind_it(line, ahead, crosses):
    criterion = RedLight(town(), [light_on(line)])
    criterion.update(at_line(line, ahead))
    told = [(event.kind, event.actor_id, event.place) for event in criterion.events]
    assert told == ([("red_light", 5, (1.0, 2.0, 3.0))] if crosses else [])


@pytest.mark.parametrize("state", [State.Green, State.Yellow, State.Off])
def test_only_red_counts(line, state):
    criterion = RedLight(town(), [light_on(line)])
    criterion.update(at_line(line, 2.5, state))
    criterion.update(at_line(line, 2.5, light_ids=()))
    assert not criterion.events


@pytest.mark.parametrize(("share", "crosses"), [(0.59, True), (0.61, False)])
def test_the_line_is_a_little_wider_than_the_lane(line, share, crosses):
    criterion = RedLight(town(), [light_on(line)])
    criterion.update(at_line(line, 2.5, right=share * line.lane_width))
    assert bool(criterion.events) == crosses


@pytest.mark.parametrize(("away", "crosses"), [(14.7, True), (14.9, False)])
def test_a_light_farther_than_15_metres_does_not_count(line, away, crosses):
    """Beside the line; the ego is 2.5 m beyond it."""
    assert (np.hypot(away, 2.5) < 15.0) == crosses
    criterion = RedLight(town(), [light_on(line, away=away)])
    criterion.update(at_line(line, 2.5))
    assert bool(criterion.events) == crosses


def test_who_comes_the_other_way_or_has_the_tail_in_another_lane_is_not_meant(line):
    criterion = RedLight(town(), [light_on(line)])
    yaw = np.radians(line.transform.rotation.yaw)
    criterion.update(at_line(line, -2.5, yaw=yaw + np.pi))
    criterion.update(at_line(line, 2.5, right=-0.55 * line.lane_width))
    assert not criterion.events
    criterion.update(at_line(line, 2.5))
    assert criterion.events


def test_a_light_is_not_told_twice_in_a_row(line):
    criterion = RedLight(town(), [light_on(line, 5), light_on(line, 6)])
    for light_id in (5, 5, 6, 6, 5):
        for ahead in (2.0, 2.5, 3.0):
            criterion.update(at_line(line, ahead, light_ids=(light_id,)))
    assert [event.actor_id for event in criterion.events] == [5, 6, 5]


def test_stop_lines_lie_before_the_junction_on_every_lane_of_the_trigger():
    """A trigger across two lanes, 20 m before the junction."""
    right = lane("Sidewalk", opposite_left=False)[-21]
    left = right.get_left_lane()
    middle = 0.5 * (right.transform.location + left.transform.location)
    pose = carla.Transform(middle, carla.Rotation(yaw=right.transform.rotation.yaw + 90.0))
    box = carla.BoundingBox(carla.Location(z=1.0), carla.Vector3D(right.lane_width, 1.0, 1.5))
    light = light_at(9, pose, box, town())
    assert light.id == 9 and light.place == pytest.approx((middle.x, middle.y, middle.z))
    assert light.centre == pytest.approx((middle.x, middle.y, middle.z + 1.0))
    assert {line.lane_id for line in light.stop_lines} == {left.lane_id, right.lane_id}
    for line in light.stop_lines:
        assert not line.is_junction and line.next(0.5)[0].is_junction
        assert line.transform.location.distance(middle) > 15.0
    criterion = RedLight(town(), [replace(light, centre=light.centre)])
    own = next(line for line in light.stop_lines if line.lane_id == right.lane_id)
    criterion.update(on_lane(0.0, own, ahead=2.5, lights={9: State.Red}))
    assert not criterion.events, "its trigger is too far away"


@pytest.mark.parametrize(("half", "lanes"), [(1.85, 1), (2.0, 2)])
def test_nine_tenths_of_a_trigger_are_sampled(half, lanes):
    """Around the middle of a lane of 3.5 m, whose neighbour begins at 1.75 m."""
    own = lane("Sidewalk", opposite_left=False)[-21]
    pose = carla.Transform(own.transform.location, carla.Rotation(yaw=own.transform.rotation.yaw + 90.0))
    light = light_at(9, pose, carla.BoundingBox(carla.Location(), carla.Vector3D(half, 1.0, 1.0)), town())
    assert len(light.stop_lines) == lanes and own.lane_width == pytest.approx(3.5)
