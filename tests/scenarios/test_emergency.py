"""An emergency vehicle that comes from behind, on GridCity's four-lane roads."""

import carla
import numpy as np
import pytest
from playing import Act, acting, graph_of, plan_along, situation

from lead.scenarios.director import Part

Lights = carla.VehicleLightState


def on_road(s: float) -> carla.Waypoint:
    """In the left one of two lanes."""
    return graph_of("GridCity").map.get_waypoint_xodr(17, -1, s)


def coming(client: carla.Client, distance: float, speed: float):
    """A route of 210 m with the siren 100 m on."""
    start = on_road(5.0)
    order = situation("YieldToEmergencyVehicle", start.next(100.0)[0].transform, distance=distance)
    return acting(client, "GridCity", plan_along(start, 210.0), order, speed=speed)


def gap_to_ego(act: Act, car: carla.Actor) -> float:
    """Metres between the car's front and the ego's rear."""
    lengths = car.bounding_box.extent.x + act.stage.ego.bounding_box.extent.x
    return float(car.get_location().distance(act.stage.place) - lengths)


def test_one_that_is_held_up_is_reported(client: carla.Client):
    with coming(client, 80.0, 6.0) as act:
        act.tick()
        act.tick()
        (car,) = act.actors("vehicle.*")
        start = on_road(5.0).next(20.0)[0]
        assert car.get_location().z < -400.0, "it waits out of sight"
        library = client.get_world().get_blueprint_library()
        assert library.find(car.type_id).get_attribute("special_type").as_str() == "emergency"
        assert int(car.get_light_state()) & int(Lights.Special1) and int(car.get_light_state()) & int(Lights.Special2)
        assert act.run(lambda act: act.played.part is Part.PLAYING, 30.0)
        assert act.orders.names == ["remove_lane"] and act.orders.arguments("remove_lane")[0].lane_id == -1
        act.tick()
        assert car.get_location().distance(start.transform.location) < 1.0, "80 m behind the trigger, in the ego's lane"
        act.tick()
        act.tick()
        assert car.get_velocity().length() == pytest.approx(act.stage.speed + 25.0, abs=0.5)
        gaps, close = [], None
        while not act.over and act.ticks < 1500:
            if close is None and car.get_location().distance(act.stage.place) < 50.0:
                close = act.stage.time
            gaps.append(gap_to_ego(act, car))
            act.tick()
        assert act.stage.time - close == pytest.approx(10.0, abs=0.2)
        assert min(gaps) > 0.5 and gaps[-1] == pytest.approx(1.0, abs=0.5), "it stays a metre behind, and hits nobody"
        assert act.stage.referee.failed_to_yield == ["YieldToEmergencyVehicle_1"]
        assert act.stage.referee.blocked_test and not act.stage.referee.timeouts
        act.tick()
        assert not act.actors("vehicle.*")


@pytest.mark.parametrize("distance", [60.0, 30.0])
def test_one_that_gets_past_is_not_reported(client: carla.Client, distance: float):
    with coming(client, distance, 10.0) as act:
        assert act.run(lambda act: act.played.part is Part.PLAYING, 30.0)
        act.stage.ego.set_transform(on_road(100.0).get_right_lane().transform)
        act.stage.ego.set_target_velocity(carla.Vector3D())
        act.tick(ego_drives=False)
        (car,) = act.actors("vehicle.*")
        passed, gone, before, aside = None, 0.0, None, []
        while not act.over and act.ticks < 1500:
            here = car.get_location()
            below = act.stage.map.get_waypoint(here)
            aside.append(here.distance(below.transform.location) if below.lane_id == -1 else np.inf)
            if passed is None and here.y > act.stage.place.y + 4.0:
                passed = act.stage.time
                assert car.get_velocity().length() == pytest.approx(25.0, abs=0.5)
            if passed is not None:
                gone, before = gone + (0.0 if before is None else here.distance(before)), here
            act.tick(ego_drives=False)
        assert passed is not None and gone == pytest.approx(50.0, abs=4.0)
        assert act.stage.time - passed < 4.0 and not act.stage.referee.failed_to_yield
        assert np.max(aside) < 0.9, "it keeps to its lane"
        act.tick(ego_drives=False)
        assert not act.actors("vehicle.*")


def test_a_route_that_ends_before_the_car_is_past_has_not_yielded_to_it(client: carla.Client):
    with coming(client, 60.0, 10.0) as act:
        assert act.run(lambda act: act.played.part is Part.PLAYING, 30.0)
        act.run(lambda act: False, 1.0)
        assert len(act.actors("vehicle.*")) == 1
        act.director.close()
        act.stage.world.tick()
        assert not act.actors("vehicle.*") and act.stage.referee.failed_to_yield == ["YieldToEmergencyVehicle_1"]
