"""Bicycles at the edge, an opening door, cars that invade the lane, a blocked exit of a junction: their stories.

In GridCity: a road with two lanes in each direction, and a street with one and parking beside it.
"""

from functools import partial

import carla
import numpy as np
import pytest
from bumping import seen_from
from onlooking import after, put_ego, triggered
from playing import Act, acting, bumps_of, graph_of, plan_along, situation

from lead.scenarios.conditions import within_limit
from lead.scenarios.director import Part
from lead.scenarios.families import blocked_intersection, passing, side_hazards
from lead.scenarios.movers.driver import PathDriver, lane_path
from lead.scenarios.movers.oncoming import invading_path
from lead.scenarios.stage import SetupFault
from lead.scenarios.traffic.directives import JunctionOrder

TOWN = "GridCity"
WIDTH, PARKING = 3.5, 2.3  # m
BEFORE = 12.0  # m that the ego drives to the trigger


def waypoint(x: float, y: float) -> carla.Waypoint:
    return graph_of(TOWN).map.get_waypoint(carla.Location(x, y))


def road() -> carla.Waypoint:
    """265 m, the outer of two lanes."""
    return waypoint(-240.4, 76.5)


def street() -> carla.Waypoint:
    """140 m, one lane and parking in each direction."""
    return waypoint(-77.6, 219.0)


def hazard(client: carla.Client, kind: str, start: carla.Waypoint, **parameters):
    trigger = start.next(BEFORE)[0].transform
    return acting(client, TOWN, plan_along(start, 200.0), situation(kind, trigger, **parameters)), trigger


def nothing_left(act: Act) -> bool:
    act.stage.world.tick()
    return not act.actors("vehicle.*") and not act.actors("static.prop.*")


BICYCLES = {"distance": 45.0, "bicycle_speed": 9.0, "bicycle_drive_distance": 60.0}


@pytest.mark.parametrize("two_ways", [False, True])
def test_bicycles_ride_at_the_edge_from_the_trigger_on(client: carla.Client, two_ways: bool):
    kind, start = ("HazardAtSideLaneTwoWays", street()) if two_ways else ("HazardAtSideLane", road())
    playing, trigger = hazard(client, kind, start, **BICYCLES)
    with playing as act:
        act.run(after(act, 1.0), ego_drives=False)
        bicycles = act.actors("vehicle.*")
        assert len(bicycles) == 2 and {b.type_id for b in bicycles} <= set(side_hazards.BICYCLES)
        edge = 0.55 * WIDTH / 2
        expected = [(45.0, edge), (54.0, edge)]
        np.testing.assert_allclose([seen_from(trigger, bicycle) for bicycle in bicycles], expected, atol=0.1)
        assert act.run(triggered, 10.0)
        assert act.orders.given[:2] == [
            ("leave_space_in_front", (74.0,), {}),
            ("change_road", (), {"extra_space": 30.0}),
        ]
        act.run(after(act, 10.0), ego_drives=False)
        assert all(b.get_velocity().length() == pytest.approx(2.5, abs=0.3) for b in bicycles)
        act.run(after(act, 20.0), ego_drives=False)
        lanes = [act.stage.map.get_waypoint(bicycle.get_location()) for bicycle in bicycles]
        ridden = [abs(lane.s - act.played.order.waypoint.s) for lane in lanes]
        aside = [seen_from(lane.transform, bicycle)[1] for lane, bicycle in zip(lanes, bicycles, strict=True)]
        np.testing.assert_allclose(ridden, [105.0, 114.0], atol=3.0)
        np.testing.assert_allclose(aside, edge, atol=0.15)
        assert max(b.get_velocity().length() for b in bicycles) < 0.05


@pytest.mark.parametrize("two_ways", [False, True])
def test_the_way_past_bicycles_opens_and_ends_50_m_beyond(client: carla.Client, two_ways: bool):
    kind, start = ("HazardAtSideLaneTwoWays", street()) if two_ways else ("HazardAtSideLane", road())
    distance = {"distance": 25.0} if two_ways else {}
    way = {"frequency": 85.0} if two_ways else {"speed": 59.0}
    playing, _ = hazard(client, kind, start, **{**BICYCLES, **way, **distance})
    with playing as act:
        assert act.run(triggered, 10.0)
        first, last = act.actors("vehicle.*")
        assert act.run(lambda act: act.stage.place.distance(first.get_location()) < 50.0, 20.0)
        near = act.stage.time
        name = "change_opposite" if two_ways else "set_max_speed"
        assert act.run(lambda act: name in act.orders.names, 10.0, ego_drives=False)
        assert act.stage.time - near == pytest.approx(5.0, abs=0.15)
        opened = ("change_opposite", (), {"spawn_distance": 85.0}) if two_ways else ("set_max_speed", (59.0,), {})
        assert opened in act.orders.given
        assert act.stage.referee.wrong_direction_test is not two_ways

        beside = act.stage.map.get_waypoint(act.stage.place).transform
        side = lane_path(act.stage.map.get_waypoint(act.stage.place).next(4.0)[0], 190.0, aside=-WIDTH)
        act.driver = PathDriver(act.stage.ego, side, 12.0)
        with bumps_of(act) as hit:
            assert act.run(lambda act: _ahead_of(act, last), 20.0)
            passed = act.stage.place
            assert act.run(lambda act: act.over, 10.0)
        assert act.stage.place.distance(passed) == pytest.approx(50.0, abs=3.0)
        assert not hit and beside.location.distance(act.stage.place) > 50.0 and nothing_left(act)
        closed = ("change_opposite", (), {"spawn_distance": 40.0}) if two_ways else ("set_max_speed", (0.0,), {})
        assert closed in act.orders.given and ("change_road", (), {"extra_space": 0.0}) in act.orders.given
        assert act.stage.referee.wrong_direction_test and not act.stage.referee.timeouts


def _ahead_of(act: Act, car: carla.Vehicle) -> bool:
    gap = car.bounding_box.extent.x + act.stage.ego.bounding_box.extent.x
    return seen_from(car.get_transform(), act.stage.ego)[0] > gap


def test_a_door_opens_when_the_ego_comes_and_closes_its_lane(client: carla.Client, monkeypatch: pytest.MonkeyPatch):
    opened: list[tuple[int, carla.VehicleDoor]] = []
    monkeypatch.setattr(carla.Vehicle, "open_door", lambda car, door: opened.append((car.id, door)))
    playing, trigger = hazard(client, "VehicleOpensDoorTwoWays", street(), distance=45.0, frequency=(20.0, 30.0))
    with playing as act:
        act.run(after(act, 1.0), ego_drives=False)
        (car,) = act.actors("vehicle.*")
        library = act.stage.world.get_blueprint_library()
        assert library.find(car.type_id).get_attribute("has_dynamic_doors").as_bool()
        shift = (PARKING - car.bounding_box.extent.y) / 4.0
        expected = (45.0, 0.5 * (WIDTH + PARKING) - shift)
        np.testing.assert_allclose(seen_from(trigger, car), expected, atol=0.1)

        assert act.run(triggered, 10.0)
        assert act.orders.given == [("leave_space_in_front", (65.0,), {})]
        abreast = trigger.location + 45.0 * trigger.get_forward_vector()
        assert act.run(lambda act: bool(opened), 10.0)
        arrival = act.stage.place.distance(abreast) / act.stage.speed
        assert 2.8 < arrival < 3.0 and opened == [(car.id, carla.VehicleDoor.FL)]
        assert act.orders.names == ["leave_space_in_front", "stop_back_vehicles"]
        begun = act.stage.time
        assert act.run(lambda act: "change_opposite" in act.orders.names, 10.0, ego_drives=False)
        assert act.stage.time - begun == pytest.approx(5.0, abs=0.15)
        act.run(after(act, 8.0), ego_drives=False)
        oncoming = [other for other in act.actors("vehicle.*") if other.id != car.id]
        assert oncoming and not act.stage.referee.wrong_direction_test
        np.testing.assert_allclose([seen_from(trigger, other)[1] for other in oncoming], -WIDTH, atol=0.3)

        put_ego(act, act.played.order.waypoint.next(45.0 + 52.0)[0])
        assert act.over and nothing_left(act) and act.stage.referee.wrong_direction_test
        assert act.orders.names[-2:] == ["change_opposite", "start_back_vehicles"]


@pytest.mark.parametrize(("direction", "told"), [
    ("right", "no lane to park in is right of"), ("up", "expected 'left' or 'right'"),
])  # fmt: skip
def test_a_door_needs_a_lane_to_park_in(client: carla.Client, direction: str, told: str):
    playing, _ = hazard(client, "VehicleOpensDoorTwoWays", road(), distance=45.0, direction=direction)
    with playing as act:
        act.tick()
        assert act.played.part is Part.LEFT_OUT and told in act.played.reason


INVADING = {"distance": 80.0, "offset": 0.3}


def test_oncoming_cars_keep_clear_of_cones_and_reach_into_the_lane(client: carla.Client):
    playing, trigger = hazard(client, "InvadingTurn", street(), **INVADING)
    with playing as act:
        act.tick()
        act.tick()
        cones = act.actors("static.prop.constructioncone")
        assert len(cones) == 8 and all(cone.get_location().z < -400.0 for cone in cones)  # one each 5 m on half of 80 m
        along, right = np.array([seen_from(trigger, cone) for cone in cones]).T
        np.testing.assert_allclose(np.diff(along), -5.0, atol=0.05)
        np.testing.assert_allclose(right, -WIDTH - 0.8 * WIDTH / 2, atol=0.05)
        assert act.run(triggered, 10.0)
        assert act.orders.names == ["remove_lane", "change_opposite"]
        limit = act.stage.ego.get_speed_limit() / 3.6
        act.run(after(act, 8.0), ego_drives=False)
        cars = act.actors("vehicle.*")
        along, right = np.array([seen_from(trigger, car) for car in cars]).T
        assert len(cars) >= 2
        assert (np.diff(along) > 39.0).all()  # the one before was 40 m from the source when it came, and faster
        np.testing.assert_allclose(right, -WIDTH + 0.3 + WIDTH / 2 - 0.7, atol=0.15)
        assert cars[0].get_velocity().length() == pytest.approx(limit, rel=0.06)


def test_who_keeps_right_passes_invading_cars_untouched(client: carla.Client):
    playing, trigger = hazard(client, "InvadingTurn", street(), **INVADING)
    with playing as act, bumps_of(act) as hit:
        act.driver = PathDriver(act.stage.ego, lane_path(street(), 190.0, aside=0.7), 8.0)
        met = set()
        while not act.over and act.stage.time < 40.0:
            act.tick()
            met |= {car.id for car in act.actors("vehicle.*") if abs(seen_from(trigger, car)[0]) < 200.0}
        assert len(met) >= 3 and not hit
        assert seen_from(trigger, act.stage.ego)[0] == pytest.approx(80.0 + 30.0, abs=1.5)  # where the stream begins
        assert nothing_left(act) and not act.stage.referee.timeouts
        assert [name for name, _, _ in act.orders.given[-2:]] == ["readd_lane", "change_opposite"]


def test_there_is_no_flow_without_a_way():
    with pytest.raises(SetupFault, match="no way"):
        invading_path(street(), waypoint(-240.4, 76.5), 0.5)


def junction_ahead(client: carla.Client):
    """A route of 65 m to a junction and straight through it."""
    start = road().next(200.0)[0]
    trigger = start.next(BEFORE)[0].transform
    return acting(client, TOWN, plan_along(start, 180.0)[[0, -1]], situation("BlockedIntersection", trigger))


def test_a_car_blocks_the_exit_of_a_junction_for_10_s(client: carla.Client):
    with junction_ahead(client) as act:
        act.tick()
        act.tick()
        (car,) = act.actors("vehicle.*")
        assert car.get_location().z < -400.0
        assert act.run(triggered, 10.0)
        assert act.orders.given == [("handle_junction", (JunctionOrder(stop_entries=True),), {})]
        act.run(after(act, 0.5))
        at = act.stage.map.get_waypoint(car.get_location())
        assert abs(car.get_location().z) < 0.3 and not at.is_junction and at.previous(7.0)[0].is_junction
        rows = np.array([[w.transform.location.distance(car.get_location())] for w in act.stage.plan.waypoints])
        assert rows.min() < 0.6  # on the ego's way
        assert int(car.get_light_state()) == int(carla.VehicleLightState.Brake)
        assert act.run(lambda act: act.stage.place.distance(car.get_location()) < 13.0, 20.0)
        near = act.stage.time
        assert act.run(lambda act: act.over, 12.0, ego_drives=False)
        assert act.stage.time - near == pytest.approx(10.0, abs=0.15)
        assert nothing_left(act) and not act.stage.referee.timeouts and act.stage.referee.blocked_test


@pytest.mark.parametrize("kind", ["HazardAtSideLane", "HazardAtSideLaneTwoWays", "InvadingTurn", "BlockedIntersection"])
def test_a_blind_ego_hits_it(client: carla.Client, kind: str):
    if kind == "BlockedIntersection":
        playing = junction_ahead(client)
    elif kind == "InvadingTurn":
        playing, _ = hazard(client, kind, street(), distance=80.0, offset=0.6)
    else:
        playing, _ = hazard(client, kind, street() if kind.endswith("TwoWays") else road(), **BICYCLES)
    with playing as act, bumps_of(act) as hit:
        assert act.run(lambda act: bool(hit), 25.0)
        assert (hit[0] in side_hazards.BICYCLES) == kind.startswith("Hazard") and hit[0].startswith("vehicle")


@pytest.mark.parametrize("kind", ["HazardAtSideLane", "VehicleOpensDoorTwoWays", "InvadingTurn", "BlockedIntersection"])
def test_its_time_ends_for_an_ego_that_stands(client: carla.Client, kind: str, monkeypatch: pytest.MonkeyPatch):
    for module in (passing, side_hazards, blocked_intersection):
        monkeypatch.setattr(module, "within_limit", partial(within_limit, seconds=3.0))
    told = INVADING if kind == "InvadingTurn" else {}
    playing = junction_ahead(client) if kind == "BlockedIntersection" else hazard(client, kind, street(), **told)[0]
    with playing as act:
        assert act.run(triggered, 10.0)
        assert act.run(lambda act: act.over, 5.0, ego_drives=False)
        assert act.stage.referee.timeouts == [f"{kind}_1"] and nothing_left(act)
        assert act.stage.referee.blocked_test and act.stage.referee.wrong_direction_test
