"""An emergency car takes the ego's right of way."""

import carla
import numpy as np
import pytest
from bumping import begin, drive_on, on_the_street, plan_through, present, seen_from, speed_of
from playing import Act, acting, bumps_of, situation, visit

from lead.scenarios.crossings import next_junction
from lead.scenarios.director import Part

RUNNING_RED, TAKING_PRIORITY = "OppositeVehicleRunningRedLight", "OppositeVehicleTakingPriority"
PLACES = {RUNNING_RED: (-76.0, 10.0), TAKING_PRIORITY: (-78.0, 150.0)}  # m, in GridCity: with and without lights
TRIGGER = 25.0  # m from the route's start
Red, Green = carla.TrafficLightState.Red, carla.TrafficLightState.Green
both = pytest.mark.parametrize("kind", PLACES)


@pytest.fixture
def city(client: carla.Client) -> carla.Map:
    return visit(client, "GridCity").get_world().get_map()


def played(
    client: carla.Client, city: carla.Map, kind: str, *, place: tuple[float, float] | None = None,
    turn: str = "straight", speed: float = 8.0, **parameters: str,
):  # fmt: skip
    start = city.get_waypoint(carla.Location(*(place or PLACES[kind]), 0.0))
    order = situation(kind, start.next(TRIGGER)[0].transform, **parameters)
    return acting(client, "GridCity", plan_through(city, start, 200.0, turn), order, speed=speed)


def lights_of(act: Act) -> list[carla.TrafficLight]:
    junction = next_junction(act.played.order.waypoint).junction.id
    return sorted(act.stage.world.get_traffic_lights_in_junction(junction), key=lambda light: light.id)


@both
@pytest.mark.parametrize("side", [None, "left", "opposite"])
def test_an_emergency_car_waits_before_the_junction(client: carla.Client, city: carla.Map, kind: str, side: str | None):
    parameters = {} if side is None else {"direction": side}
    with played(client, city, kind, turn="left", **parameters) as act:
        act.tick()
        act.tick()
        (car,) = act.actors("vehicle.*")
        assert car.attributes["special_type"] == "emergency" and car.get_location().z < -100.0
        begin(act)
        state = int(car.get_light_state())
        assert state & int(carla.VehicleLightState.Special1) and state & int(carla.VehicleLightState.Special2)
        entry = next_junction(act.played.order.waypoint).entry
        ahead, right = seen_from(entry.transform, car.get_location())
        assert {None: right > 40.0, "left": right < -40.0, "opposite": ahead > 50.0 and abs(right) < 8.0}[side]
        own = next_junction(city.get_waypoint(car.get_location()))
        assert own.junction.id == entry.next(1.0)[0].junction_id and own.metres == pytest.approx(31.0, abs=1.5)
        assert abs(car.get_location().z) < 1.0 and speed_of(car) < 0.1

        name, (junction_order,), _ = act.orders.given[0]
        assert name == "handle_junction" and len(act.orders.given) == 1
        assert junction_order.clear_junction and junction_order.clear_ego_entry
        assert junction_order.stop_entries is (kind == TAKING_PRIORITY)
        (source,), (sink,) = junction_order.remove_entries, junction_order.remove_exits
        assert source.transform.location.distance(car.get_location()) < 1.0 and not sink.is_junction


@both
@pytest.mark.parametrize("speed", [4.0, 8.0])
def test_it_comes_at_60_kmh_straight_across(client: carla.Client, city: carla.Map, kind: str, speed: float):
    with played(client, city, kind, speed=speed) as act:
        begin(act)
        (car,) = act.actors("vehicle.*")
        begun, heading = car.get_transform(), car.get_transform().get_forward_vector()
        assert act.run(lambda act: speed_of(car) > 3.0, 60.0)
        lane = np.array([begun.location.x, begun.location.y])
        own = act.stage.heading  # where both straight lines meet
        here = np.array([act.stage.place.x, act.stage.place.y])
        lines = np.array([[own.x, -heading.x], [own.y, -heading.y]])
        away = np.linalg.solve(lines, lane - here)[0] + act.stage.speed * 0.1  # two ticks ago
        assert away == pytest.approx(max(12.0, 2.2 * act.stage.speed), abs=1.5)

        started, speeds = act.stage.time, []
        while present(act, car):
            speeds.append(speed_of(car))
            last, driven = car.get_location(), car.get_location().distance(begun.location)
            act.tick(ego_drives=False)
        assert np.median(speeds) == pytest.approx(60.0 / 3.6, abs=0.2)
        (sink,) = act.orders.arguments("handle_junction")[0].remove_exits
        assert last.distance(sink.transform.location) < 4.0
        assert act.stage.time - started == pytest.approx(driven / (60.0 / 3.6), abs=0.4)


@both
@pytest.mark.parametrize("careful", [False, True])
def test_a_blind_ego_is_hit_and_a_careful_one_is_not(client: carla.Client, city: carla.Map, kind: str, careful: bool):
    with played(client, city, kind) as act, bumps_of(act) as bumps:
        begin(act)
        cars = act.actors("vehicle.*")
        model = cars[0].type_id
        drive_on(act, cars, careful=careful)
        assert set(bumps) == (set() if careful else {model})
        assert not act.stage.map.get_waypoint(act.stage.place).is_junction  # it lasts until the ego has left
        assert on_the_street(act) == []


def test_the_ego_alone_has_green_until_it_has_left(client: carla.Client, city: carla.Map):
    with played(client, city, RUNNING_RED) as act:
        lights = lights_of(act)
        times = [(light.get_green_time(), light.get_yellow_time(), light.get_red_time()) for light in lights]
        begin(act)
        (car,) = act.actors("vehicle.*")
        act.tick()
        while not act.over:
            green = [light for light in lights if light.state == Green]
            assert len(green) == 1 and all(light.state == Red for light in lights if light.id != green[0].id)
            (stop,) = green[0].get_stop_waypoints()[:1]
            assert stop.road_id == act.played.order.waypoint.road_id
            act.tick(ego_drives=not (present(act, car) and speed_of(car) > 1.0))
        act.tick()
        assert [(light.get_green_time(), light.get_yellow_time(), light.get_red_time()) for light in lights] == times


def test_it_is_left_out_where_it_cannot_be(client: carla.Client, city: carla.Map):
    with played(client, city, RUNNING_RED, place=PLACES[TAKING_PRIORITY]) as act:
        act.tick()
        assert act.played.part is Part.LEFT_OUT and "no traffic lights" in act.played.reason
    with played(client, city, TAKING_PRIORITY, direction="above") as act:
        act.tick()
        assert act.played.part is Part.LEFT_OUT and "'above'" in act.played.reason
