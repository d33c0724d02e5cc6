"""Vehicles that cut in before the ego."""

from collections.abc import Callable

import carla
import numpy as np
import pytest
from playing import Act, acting, graph_of, plan_along, situation, visit

from lead.scenarios.director import Part
from lead.scenarios.movers.cut_in import lane_change_path
from lead.scenarios.stage import SetupFault

PARKING_ROAD, WIDE_ROAD = (10, 1, 140.0), (17, -1, 5.0)  # GridCity: with a parking lane; with two lanes each way


def lane(town: str, road: int, lane_id: int, s: float) -> carla.Waypoint:
    return graph_of(town).map.get_waypoint_xodr(road, lane_id, s)


def placed(car: carla.Actor, waypoint: carla.Waypoint) -> bool:
    return bool(car.get_location().distance(waypoint.transform.location) < 0.5)


def at_kerb(car: carla.Actor, waypoint: carla.Waypoint) -> bool:
    """A quarter of what a half width leaves of a lane, to the right of its middle."""
    outwards = (waypoint.lane_width - car.bounding_box.extent.y) / 4.0
    pose = carla.Transform(waypoint.transform.location, waypoint.transform.rotation)
    pose.location += outwards * pose.get_right_vector()
    return bool(car.get_location().distance(pose.location) < 0.3)


def lane_of(act: Act, car: carla.Actor) -> tuple[int, int]:
    waypoint = act.stage.map.get_waypoint(car.get_location(), lane_type=carla.LaneType.Any)
    return waypoint.road_id, waypoint.lane_id


def until_ordered(act: Act, name: str, place: carla.Location) -> tuple[float, float]:
    """Drive on until that is ordered; s and m from the ego to a place in the tick before."""
    before = (np.inf, np.inf)
    while name not in act.orders.names:
        distance = act.stage.place.distance(place)
        before = (distance / max(act.stage.speed, 1e-9), distance)
        act.tick()
        assert act.ticks < 1000 and not act.over
    return before


def test_a_lane_change_goes_straight_then_across_then_straight():
    start = lane("GridCity", 17, -1, 20.0)
    path = lane_change_path(start, "right", 5.0, 10.0, 6.0)
    steps = np.hypot(*np.diff(path[:, :2], axis=0).T)
    assert len(path) == 22 and 0.9 < steps.min() and steps.max() < 1.3
    other = start.get_right_lane()
    width = start.transform.location.distance(other.transform.location)
    aside = np.abs(path[:, 0] - path[0, 0])  # this road leads along y
    assert np.all(aside[:6] < 0.01) and np.all(aside[15:] > width - 0.01) and np.all(np.diff(aside) > -1e-3)
    assert aside[10] == pytest.approx(width / 2.0, abs=0.1), "half across half way"


def test_no_lane_can_be_changed_to_where_there_is_none():
    with pytest.raises(SetupFault, match="no lane can be changed to the right"):
        lane_change_path(lane("MotorwayRing", 61, -1, 20.0).get_right_lane(), "right", 5.0, 10.0, 6.0)


def test_a_parked_car_drives_out(client: carla.Client):
    start = lane("GridCity", *PARKING_ROAD)
    trigger = start.next(12.0)[0]
    crossed = trigger.next(35.0)[0]
    spots = [trigger.next(28.0)[0].get_right_lane(), crossed.get_right_lane()]
    order = situation("ParkingCutIn", trigger.transform, direction="right")
    with acting(client, "GridCity", plan_along(start, 130.0), order, speed=10.0) as act:
        act.tick()
        act.tick()
        cars = act.actors("vehicle.*")
        assert len(cars) == 2 and all(map(at_kerb, cars, spots))
        assert {spot.lane_type for spot in spots} == {carla.LaneType.Parking}
        seconds, metres = until_ordered(act, "change_road", crossed.transform.location)
        assert act.orders.given == [("leave_space_in_front", (45.0,), {}), ("change_road", (), {"extra_space": 20.0})]
        assert metres > 10.0 and 2.35 <= seconds < 2.45, "it starts 2.35 s before the ego arrives, no sooner"
        assert all(map(at_kerb, cars, spots)), "until then both stand"
        fastest, entered = 0.0, False
        begun = act.stage.time
        while not act.over and act.ticks < 1000:
            gone = cars[1].get_location().distance(spots[1].transform.location)
            fastest = max(fastest, cars[1].get_velocity().length())
            entered = entered or lane_of(act, cars[1]) == (trigger.road_id, trigger.lane_id)
            act.tick(ego_drives=False)
        assert entered and fastest == pytest.approx(20.0 / 3.6, abs=0.5)
        assert gone == pytest.approx(30.0, abs=1.5) and 5.0 < act.stage.time - begun < 10.0
        act.tick(ego_drives=False)
        assert not act.actors("vehicle.*")
        assert act.orders.given[-1] == ("change_road", (), {"extra_space": 0.0})


@pytest.mark.parametrize(("side", "ego_lane", "offset"), [("right", -1, 1), ("left", -2, -1)])
def test_a_car_pulls_out_of_a_standing_column(client: carla.Client, side: str, ego_lane: int, offset: int):
    start = lane("GridCity", 17, ego_lane, 5.0)
    trigger = start.next(10.0)[0]
    beside: Callable[[carla.Waypoint], carla.Waypoint] = lambda w: (  # noqa: E731
        w.get_right_lane() if side == "right" else w.get_left_lane()
    )
    spots = [beside(trigger.next(30.0 + 11.0 * k)[0]) for k in range(6)]
    order = situation("StaticCutIn", trigger.transform, direction=side, distance=30.0)
    with acting(client, "GridCity", plan_along(start, 200.0), order, speed=9.0) as act:
        act.tick()
        act.tick()
        cars = act.actors("vehicle.*")
        assert len(cars) == 6 and all(car.get_location().z < -400.0 for car in cars), "nobody sees them yet"
        cut_at = trigger.next(30.0 + 22.0)[0].transform.location
        seconds, metres = until_ordered(act, "remove_lane", cut_at)
        assert act.orders.names == ["leave_space_in_front", "change_road", "remove_lane"]
        assert act.orders.arguments("leave_space_in_front") == (96.0,)
        assert act.orders.given[1][2] == {"extra_space": 30.0}
        assert act.orders.arguments("remove_lane")[0].lane_id == spots[1].lane_id
        assert metres > 15.0 and 2.7 <= seconds < 2.8
        assert all(map(placed, cars, spots))
        begun, entered = act.stage.time, None
        speeds = []
        while not act.over and act.ticks < 1500:
            if entered is None and lane_of(act, cars[2]) == (trigger.road_id, ego_lane):
                entered = act.stage.time - begun
            speeds.append(cars[2].get_velocity().length())
            assert all(placed(cars[k], spots[k]) for k in (0, 1, 3, 4, 5)), "nobody else moves, or is hit"
            act.tick(ego_drives=False)
        assert entered is not None and 0.5 < entered < 3.0
        assert max(speeds) == pytest.approx(60.0 / 3.6, abs=1.0), "afterwards it drives 60 km/h"
        assert 5.0 < act.stage.time - begun < 30.0
        assert act.orders.given[-2:] == [("change_road", (), {"extra_space": 0.0}), ("readd_lane", (offset,), {})]
        act.tick(ego_drives=False)
        assert not act.actors("vehicle.*")


def test_a_column_waits_no_longer_than_30_s_for_its_car(client: carla.Client):
    start = lane("GridCity", *WIDE_ROAD)
    trigger = start.next(5.0)[0]
    order = situation("StaticCutIn", trigger.transform, distance=30.0)
    with acting(client, "GridCity", plan_along(start, 200.0), order) as act:
        assert act.run(lambda act: act.played.part is Part.PLAYING, 10.0)
        act.stage.ego.set_transform(trigger.next(38.0)[0].transform)
        act.stage.ego.set_target_velocity(carla.Vector3D())
        assert act.run(lambda act: "remove_lane" in act.orders.names, 5.0, ego_drives=False)
        begun = act.stage.time
        assert act.run(lambda act: act.over, 35.0, ego_drives=False)
        assert act.stage.time - begun == pytest.approx(30.0, abs=0.2), "beside an ego that stands nobody pulls out"
        assert act.orders.names[-1] == "readd_lane"


@pytest.mark.parametrize(
    ("kind", "direction", "reason"),
    [
        ("ParkingCutIn", "right", "expected a Parking lane"),
        ("StaticCutIn", "left", "expected a Driving lane of the same direction"),
        ("StaticCutIn", "up", "expected 'left' or 'right'"),
        ("HighwayCutIn", "left", "names no other_actor_location"),
    ],
)
def test_what_finds_no_place_is_left_out_and_told(client: carla.Client, kind: str, direction: str, reason: str):
    start = lane("GridCity", *WIDE_ROAD)
    order = situation(kind, start.next(20.0)[0].transform, direction=direction)
    with acting(client, "GridCity", plan_along(start, 200.0), order) as act:
        act.tick()
        assert act.played.part is Part.LEFT_OUT and reason in act.played.reason
        act.tick()
        assert not act.actors("vehicle.*")


def motorway_cut_in(trigger_s: float, ramp_s: float):
    """Key points along the MotorwayRing's right lane past an on-ramp, the order, and the ramp's waypoint."""
    start, ramp = lane("MotorwayRing", 2, -3, trigger_s - 30.0), lane("MotorwayRing", 62, -1, ramp_s)
    trigger = start.next(30.0)[0]
    order = situation("HighwayCutIn", trigger.transform, other_actor_location=ramp.transform.location)
    return plan_along(start, 520.0 - trigger_s), order, ramp


def test_a_car_comes_off_the_ramp_with_the_ego(visitor: carla.Client):
    client = visit(visitor, "MotorwayRing")
    key_points, order, ramp = motorway_cut_in(200.0, 120.0)
    with acting(client, "MotorwayRing", key_points, order, speed=12.0) as act:
        act.tick()
        act.tick()
        (car,) = act.actors("vehicle.*")
        assert car.get_location().z < -400.0, "nobody sees it yet"
        assert act.run(lambda act: act.played.part is Part.PLAYING, 20.0)
        act.tick()
        assert placed(car, ramp)
        (junction_order,) = act.orders.arguments("handle_junction")
        assert [w.road_id for w in junction_order.remove_entries] == [62] and junction_order.extend_exit == 170.0
        assert junction_order.clear_junction and not junction_order.clear_ego_entry and not junction_order.stop_entries
        merge = lane("MotorwayRing", 3, -4, 10.0).transform.location
        reference = lane("MotorwayRing", 3, -3, 0.5).transform.location
        late = []
        while car.get_location().distance(merge) > 5.5:
            act.tick()
            assert act.ticks < 1000
            if act.stage.speed > 11.0 and car.get_velocity().length() > 1.0:
                own = car.get_location().distance(merge) / car.get_velocity().length()
                late.append(own - act.stage.place.distance(reference) / act.stage.speed)
        assert len(late) > 100 and np.abs(late[5:]).max() < 0.3, (
            "the ego would leave the junction when the car is 10 m farther"
        )
        assert lane_of(act, car) == (3, -4)
        ego_speed, own_speed = act.stage.speed, car.get_velocity().length()
        act.tick()
        begun, speeds = act.stage.time, []
        while not act.over and act.ticks < 1500:
            speeds.append(car.get_velocity().length())
            last = lane_of(act, car)
            act.tick(ego_drives=False)
        assert last == (3, -3), "it ends in the ego's lane"
        assert speeds[-1] == pytest.approx(0.8 * ego_speed, abs=0.7)
        way = 5.3 * own_speed
        assert 0.7 * way / own_speed < act.stage.time - begun < 1.4 * way / (0.8 * ego_speed)
        act.tick(ego_drives=False)
        assert not act.actors("vehicle.*")


def test_a_car_that_is_late_does_not_cut_in(visitor: carla.Client):
    client = visit(visitor, "MotorwayRing")
    key_points, order, _ = motorway_cut_in(325.0, 5.0)
    with acting(client, "MotorwayRing", np.array(key_points), order, speed=20.0) as act:
        assert act.run(lambda act: act.played.part is Part.PLAYING, 20.0)
        act.stage.ego.set_transform(lane("MotorwayRing", 3, -3, 15.0).transform)
        assert act.run(lambda act: act.over, 2.0) and not act.played.reason
        act.tick()
        assert not act.actors("vehicle.*")


def test_where_a_ramp_ends_in_the_egos_lane_its_arrival_is_all(visitor: carla.Client):
    client = visit(visitor, "InterurbanHills")
    ramp = lane("InterurbanHills", 6, 1, 60.0)  # a side road, as it comes into the crossing of two-lane roads
    start = lane("InterurbanHills", 7, -1, 300.0)
    order = situation("HighwayCutIn", start.next(15.0)[0].transform, other_actor_location=ramp.transform.location)
    with acting(client, "InterurbanHills", plan_along(start, 200.0), order, speed=9.0) as act:
        assert act.run(lambda act: act.played.part is Part.PLAYING, 20.0)
        (car,) = act.actors("vehicle.*")
        before = car.get_location()
        while not act.over and act.ticks < 1000:
            before = car.get_location()
            act.tick()
        assert not act.played.reason and before.distance(ramp.transform.location) > 60.0
        waypoint = act.stage.map.get_waypoint(before)
        assert not waypoint.is_junction and waypoint.get_left_lane().lane_id * waypoint.lane_id < 0
        act.tick()
        assert not act.actors("vehicle.*")


def test_what_is_ended_early_leaves_nothing(client: carla.Client):
    start = lane("GridCity", *WIDE_ROAD)
    order = situation("StaticCutIn", start.next(10.0)[0].transform, distance=30.0)
    with acting(client, "GridCity", plan_along(start, 200.0), order, speed=9.0) as act:
        assert act.run(lambda act: "remove_lane" in act.orders.names, 20.0)
        assert len(act.actors("vehicle.*")) == 6
        act.director.close()
        act.stage.world.tick()
        assert not act.actors("vehicle.*")
