"""Accident, parked car and road works: what stands where, how the way past opens, and how it ends.

In GridCity: a road with two lanes in each direction, and a street with one and parking beside it.
"""

from functools import partial

import carla
import numpy as np
import pytest
from bumping import seen_from
from onlooking import after, put_ego, triggered
from playing import acting, bumps_of, graph_of, plan_along, situation

from lead.roads.library import find_map
from lead.scenarios.conditions import within_limit
from lead.scenarios.director import Part
from lead.scenarios.families import passing
from lead.scenarios.movers.driver import PathDriver, lane_path
from lead.scenarios.stage import SetupFault
from lead.scenarios.ways import lane_to_pass_on

TOWN = "GridCity"
WIDTH, PARKING = 3.5, 2.3  # m
BEFORE = 12.0  # m that the ego drives to the trigger
DISTANCE = 45.0
KINDS = ("Accident", "ParkedObstacle", "ConstructionObstacle")


def place(two_ways: bool) -> carla.Waypoint:
    """Where the ego starts: 265 m of outer lane, or 140 m of street."""
    start = carla.Location(-77.6, 219.0) if two_ways else carla.Location(-240.4, 76.5)
    return graph_of(TOWN).map.get_waypoint(start)


def obstacle(client: carla.Client, kind: str, *, seed: int = 0, **parameters):
    start = place(kind.endswith("TwoWays"))
    trigger = start.next(BEFORE)[0].transform
    parameters = {"distance": DISTANCE, **parameters}
    key_points = plan_along(start, 200.0)
    return acting(client, TOWN, key_points, situation(kind, trigger, **parameters), seed=seed), trigger


@pytest.mark.parametrize("two_ways", [False, True])
def test_an_accident_stands_aside_behind_its_sign(client: carla.Client, two_ways: bool):
    playing, trigger = obstacle(client, "AccidentTwoWays" if two_ways else "Accident")
    with playing as act:
        act.run(after(act, 1.0), ego_drives=False)
        assert act.played.part is Part.WAITING and not act.orders.given
        police, *cars = act.actors("vehicle.*")
        assert police.type_id == "vehicle.dodge.charger_police_2020" and len(cars) == 2
        lights = carla.VehicleLightState
        assert int(police.get_light_state()) == int(lights.Special1 | lights.Special2 | lights.Position)
        places = [seen_from(trigger, car) for car in (police, *cars)]
        expected = [(DISTANCE + behind, 0.6 * WIDTH / 2) for behind in (0.0, 10.0, 16.0)]
        np.testing.assert_allclose(places, expected, atol=0.15)
        (sign,) = act.actors("static.prop.*")
        assert sign.type_id == "static.prop.warningaccident"
        edge = 0.5 * WIDTH + 1.3 * PARKING if two_ways else 0.8 * WIDTH
        np.testing.assert_allclose(seen_from(trigger, sign), (0.0, edge), atol=0.05)


def test_a_parked_car_stands_on_the_side_ordered_with_its_hazard_lights_on(client: carla.Client):
    playing, trigger = obstacle(client, "ParkedObstacle", direction="left")
    with playing as act:
        act.run(after(act, 1.0), ego_drives=False)
        (car,) = act.actors("vehicle.*")
        np.testing.assert_allclose(seen_from(trigger, car), (DISTANCE, -0.7 * WIDTH / 2), atol=0.15)
        lights = carla.VehicleLightState
        assert int(car.get_light_state()) == int(lights.LeftBlinker | lights.RightBlinker | lights.Position)
        (sign,) = act.actors("static.prop.*")
        assert seen_from(trigger, sign)[1] == pytest.approx(-1.8 * WIDTH, abs=0.05)  # beside the lane to the left


@pytest.mark.parametrize("direction", ["right", "left"])
def test_road_works_are_there_when_triggered(client: carla.Client, direction: str):
    playing, trigger = obstacle(client, "ConstructionObstacle", direction=direction)
    with playing as act:
        act.run(after(act, 0.2), ego_drives=False)
        sign, *works = act.actors("static.prop.*")
        assert sign.type_id == "static.prop.warningconstruction" and sign.get_location().z > -1.0
        assert all(prop.get_location().z < -400.0 for prop in works)
        assert act.run(triggered, 10.0)
        act.run(after(act, 0.2))
        assert all(abs(prop.get_location().z) < 0.1 for prop in works)
        trailer, debris, *cones = works
        assert (trailer.type_id, debris.type_id) == ("static.prop.trafficwarning", "static.prop.dirtdebris02")
        np.testing.assert_allclose(seen_from(trigger, trailer), (DISTANCE - 5.0, 0.0), atol=0.05)
        inner = 0.85 * WIDTH / 2 * (-1 if direction == "right" else 1)
        across = inner - np.sign(inner) * np.arange(1, 4)
        expected = [(DISTANCE + 2.0 * k, inner) for k in range(1, 5)] + [(DISTANCE + 8.0, right) for right in across]
        np.testing.assert_allclose([seen_from(trigger, cone) for cone in cones], expected, atol=0.05)
        lane = act.orders.arguments("remove_lane")[0]
        assert lane.lane_id == act.played.order.waypoint.lane_id


@pytest.mark.parametrize(("kind", "close", "room"), [
    ("Accident", 50.0, 36.0), ("ParkedObstacle", 50.0, 20.0), ("ConstructionObstacle", 30.0, None),
])  # fmt: skip
def test_traffic_slows_5_s_after_the_ego_is_close_and_is_freed_when_it_has_passed(
    client: carla.Client, kind: str, close: float, room: float | None
):
    playing, trigger = obstacle(client, kind, speed=57.0)
    with playing as act:
        assert act.run(triggered, 10.0)
        if room is not None:
            assert act.orders.given[0] == ("leave_space_in_front", (DISTANCE + room,), {})
        first = DISTANCE + (10.0 if kind == "Accident" else 0.0)
        obstacle_at = trigger.location + first * trigger.get_forward_vector()
        assert act.run(lambda act: act.stage.place.distance(obstacle_at) < close, 10.0)
        near = act.stage.time
        assert act.run(lambda act: "set_max_speed" in act.orders.names, 10.0, ego_drives=False)
        assert act.stage.time - near == pytest.approx(5.0, abs=0.15)
        assert act.orders.arguments("set_max_speed") == (57.0,)
        assert not act.stage.referee.blocked_test and act.stage.referee.wrong_direction_test

        beside = act.stage.map.get_waypoint(act.stage.place).get_left_lane()
        act.driver = PathDriver(act.stage.ego, lane_path(beside.next(4.0)[0], 190.0), 12.0)
        with bumps_of(act) as hit:
            assert act.run(lambda act: act.over, 30.0)
        last = DISTANCE + (16.0 if kind == "Accident" else 0.0)
        assert seen_from(trigger, act.stage.ego)[0] == pytest.approx(last + 50.0, abs=1.5)
        act.stage.world.tick()
        assert not hit and not act.actors("vehicle.*") and not act.actors("static.prop.*")
        assert ("set_max_speed", (0.0,), {}) in act.orders.given
        assert ("readd_lane" in act.orders.names) == (kind == "ConstructionObstacle")
        assert act.stage.referee.blocked_test and not act.stage.referee.timeouts


@pytest.mark.parametrize("kind", [f"{kind}TwoWays" for kind in KINDS])
def test_oncoming_cars_come_5_s_after_the_ego_is_close(client: carla.Client, kind: str):
    playing, trigger = obstacle(client, kind, frequency=(15.0, 25.0))
    with playing as act:
        close = 30.0 if kind.startswith("Construction") else 50.0
        first = DISTANCE + (10.0 if kind.startswith("Accident") else 0.0)
        goal = trigger.location + first * trigger.get_forward_vector()
        assert act.run(lambda act: triggered(act) and act.stage.place.distance(goal) < close, 15.0)
        near, standing = act.stage.time, act.actors("vehicle.*")
        assert act.run(lambda act: "change_opposite" in act.orders.names, 10.0, ego_drives=False)
        assert act.stage.time - near == pytest.approx(5.0, abs=0.15)
        assert ("change_opposite", (), {"active": False}) in act.orders.given
        assert not act.stage.referee.wrong_direction_test

        limit = act.stage.ego.get_speed_limit() / 3.6
        act.run(after(act, 15.0), ego_drives=False)
        known = {car.id for car in standing}
        cars = [car for car in act.actors("vehicle.*") if car.id not in known]
        assert len(cars) >= 3
        along, right = np.array([seen_from(trigger, car) for car in cars]).T
        np.testing.assert_allclose(right, -WIDTH, atol=0.3)
        speeds = np.array([car.get_velocity().length() for car in cars])
        assert speeds[0] == pytest.approx(limit, rel=0.06) and (np.diff(speeds) < 0.06 * limit).all()  # from a stand
        gaps = np.diff(along)
        assert (gaps > 14.5).all() and gaps.std() > 0.5
        turned = [car.get_transform().get_forward_vector().dot(trigger.get_forward_vector()) for car in cars]
        assert max(turned) < -0.99

        put_ego(act, act.played.order.waypoint.next(DISTANCE + 52.0 + 16.0)[0])
        assert act.over
        act.stage.world.tick()
        assert not act.actors("vehicle.*") and not act.actors("static.prop.*")
        assert act.orders.given[-1][0] in ("change_opposite", "readd_lane")
        assert ("change_opposite", (), {"active": True}) in act.orders.given
        assert act.stage.referee.wrong_direction_test and act.stage.referee.blocked_test


def test_an_oncoming_car_brakes_for_an_ego_that_stands_in_its_lane(client: carla.Client):
    playing, trigger = obstacle(client, "ParkedObstacleTwoWays", frequency=(15.0, 25.0))
    with playing as act:
        assert act.run(triggered, 10.0)
        put_ego(act, lane_to_pass_on(act.played.order.waypoint.next(20.0)[0]))
        with bumps_of(act) as hit:
            act.run(after(act, 25.0), ego_drives=False)
        parked, *cars = act.actors("vehicle.*")
        along = [seen_from(trigger, car)[0] for car in cars]
        assert len(cars) >= 3 and not hit
        assert 20.0 + 4.0 < along[0] < 20.0 + 9.0 and (np.diff(along) > 5.0).all()
        assert cars[0].get_velocity().length() < 0.1 and cars[1].get_velocity().length() < 0.1


@pytest.mark.parametrize("kind", [f"{kind}{ways}" for kind in KINDS for ways in ("", "TwoWays")])
def test_a_blind_ego_hits_it(client: carla.Client, kind: str):
    playing, _ = obstacle(client, kind)
    with playing as act, bumps_of(act) as hit:
        assert act.run(lambda act: bool(hit), 15.0)
        (obstacle_type,) = {type_id.split(".")[0] for type_id in hit}
        assert obstacle_type == ("static" if kind.startswith("Construction") else "vehicle")
        assert hit[0] != "static.prop.warningaccident"


@pytest.mark.parametrize("kind", ["Accident", "ConstructionObstacleTwoWays"])
def test_its_time_ends_for_an_ego_that_stands(client: carla.Client, kind: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(passing, "within_limit", partial(within_limit, seconds=6.0))
    playing, _ = obstacle(client, kind, distance=25.0)
    with playing as act:
        assert act.run(triggered, 10.0)
        assert act.run(lambda act: act.over, 8.0, ego_drives=False)
        assert act.played.ended - act.played.begun == pytest.approx(6.0, abs=0.1)
        assert act.stage.referee.timeouts == [f"{kind}_1"]
        act.stage.world.tick()
        assert not act.actors("vehicle.*") and not act.actors("static.prop.*")
        assert act.stage.referee.blocked_test and act.stage.referee.wrong_direction_test


def test_the_same_seed_plays_the_same_cars(client: carla.Client):
    def cars(seed: int) -> list[str]:
        playing, _ = obstacle(client, "Accident", seed=seed)
        with playing as act:
            act.tick()
            act.tick()
            return [car.type_id for car in act.actors("vehicle.*")]

    drawn = [cars(seed) for seed in (1, 1, 2, 3)]
    assert drawn[0] == drawn[1] and len({tuple(types) for types in drawn}) > 1


def test_two_ways_need_a_lane_to_the_left():
    motorway = carla.Map("MotorwayRing", find_map("MotorwayRing")[1])
    outer = motorway.get_waypoint_xodr(24, -3, 50.0)
    assert lane_to_pass_on(outer).lane_id == outer.lane_id + 1  # of the same direction: there is no other
    with pytest.raises(SetupFault, match="no driving lane is left of"):
        lane_to_pass_on(motorway.get_waypoint_xodr(24, -1, 50.0))
