"""Standing, or not, while the lane ahead leads through a sign's box."""

from dataclasses import replace

import carla
import numpy as np
import pytest
from moments import lane, on_lane, town

from lead.scenarios.criteria.rules import Rules
from lead.scenarios.criteria.signals import Sign, sign_at
from lead.scenarios.criteria.stop_sign import StopSign


@pytest.fixture(scope="module")
def start() -> carla.Waypoint:
    return lane("Sidewalk", opposite_left=False)[10]


def sign_ahead(start: carla.Waypoint, metres: float, half: float = 1.5, sign_id: int = 3) -> Sign:
    place = start.next(metres)[0].transform.location
    return Sign(sign_id, (7.0, 8.0, 9.0), (place.x, place.y, place.z), (half, half, half))


def pass_by(criterion: StopSign, start: carla.Waypoint, slow_at: float = 17.0, slowest: float = 5.0, step: float = 0.5):
    """Drive 30 m at 5 m/s, but at one place slower."""
    for k in range(int(30.0 / step)):
        gone = k * step
        speed = slowest if abs(gone - slow_at) < 0.5 * step else 5.0
        criterion.update(on_lane(0.1 * k, start, ahead=gone, speed=speed))


def ran(start, sign, slow_at=17.0, slowest=5.0, rules=None, step=0.5) -> list:
    criterion = StopSign(town(), [sign], rules or Rules())
    pass_by(criterion, start, slow_at, slowest, step)
    return criterion.events


@pytest.mark.parametrize(("slowest", "events"), [(0.09, 0), (0.11, 1), (5.0, 1)])
def test_one_must_stand_before_the_sign(start, slowest, events):
    found = ran(start, sign_ahead(start, 20.0), slowest=slowest)
    assert [(e.kind, e.actor_id, e.place) for e in found] == [("stop_infraction", 3, (7.0, 8.0, 9.0))] * events


@pytest.mark.parametrize(("slow_at", "events"), [(15.5, 1), (16.0, 1), (16.5, 0), (21.5, 0), (23.0, 1)])
def test_standing_counts_from_four_metres_before_it_to_the_end_of_its_box(start, slow_at, events):
    """The tick in which the ego comes under the sign, 16.0 m, is not looked at."""
    assert len(ran(start, sign_ahead(start, 20.0), slow_at=slow_at, slowest=0.0)) == events


def test_it_is_told_when_the_ego_leaves_the_box(start):
    (event,) = ran(start, sign_ahead(start, 20.0))
    along = np.radians(start.transform.rotation.yaw)
    reach = 1.2 * 1.5 / max(abs(np.cos(along)), abs(np.sin(along)))  # the box lies along the world's axes
    assert event.time / 0.1 * 0.5 == pytest.approx(20.0 + reach, abs=0.6)


def test_a_sign_is_not_told_twice_in_a_row(start):
    near, far = sign_ahead(start, 10.0, sign_id=1), sign_ahead(start, 24.0, sign_id=2)
    criterion = StopSign(town(), [near], Rules())
    pass_by(criterion, start)
    pass_by(criterion, start)
    assert [event.actor_id for event in criterion.events] == [1]
    criterion = StopSign(town(), [near, far], Rules())
    pass_by(criterion, start)
    pass_by(criterion, start)
    assert [event.actor_id for event in criterion.events] == [1, 2, 1, 2]


def test_a_stop_at_one_sign_is_none_at_the_next(start):
    criterion = StopSign(town(), [sign_ahead(start, 10.0, sign_id=1), sign_ahead(start, 24.0, sign_id=2)], Rules())
    pass_by(criterion, start, slow_at=8.0, slowest=0.0)
    assert [event.actor_id for event in criterion.events] == [2]


def test_reversing_or_against_the_lane_one_is_under_no_sign(start):
    sign = sign_ahead(start, 20.0)
    backwards = np.radians(start.transform.rotation.yaw) + np.pi
    for more in ({"speed": -1.0}, {"yaw": backwards, "speed": 5.0}):
        criterion = StopSign(town(), [sign], Rules())
        for k in range(60):
            criterion.update(on_lane(0.1 * k, start, ahead=30.0 - 0.5 * k, **more))
        assert not criterion.events
    criterion = StopSign(town(), [sign], Rules())
    pass_by(criterion, start)
    assert criterion.events


def test_a_sign_beside_the_lane_is_not_met(start):
    place = start.next(20.0)[0].transform
    aside = place.location - 3.0 * place.get_right_vector()
    assert not ran(start, Sign(3, (0, 0, 0), (aside.x, aside.y, aside.z), (0.75, 0.75, 0.75)))


def test_small_steps_or_a_least_size_meet_small_boxes(start):
    """A box of 24 cm between waypoints half a metre apart, met by an ego that moves in the same step."""
    sign = sign_ahead(start, 20.25, half=0.1)
    assert not ran(start, sign)
    assert ran(start, sign, rules=replace(Rules(), stop_step=0.01))
    assert ran(start, sign, rules=replace(Rules(), stop_least_half=0.5))


def test_a_sign_is_read_in_its_actors_frame():
    pose = carla.Transform(carla.Location(10.0, 20.0, 1.0), carla.Rotation(yaw=90.0))
    sign = sign_at(4, pose, carla.BoundingBox(carla.Location(2.0, 0.0, 0.5), carla.Vector3D(1.0, 2.0, 3.0)))
    assert sign.centre == pytest.approx((10.0, 22.0, 1.5), abs=1e-5)
    assert sign.place == pytest.approx((10.0, 20.0, 1.0)) and sign.half == pytest.approx((1.0, 2.0, 3.0))
