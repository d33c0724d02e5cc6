"""Out of a parking space into the traffic, in GridCity's side streets."""

import carla
import pytest
from playing import acting, graph_of, plan_along, situation

from lead.scenarios.director import Part

ROUTE = 120.0  # m


def begin() -> carla.Waypoint:
    return graph_of("GridCity").map.get_waypoint_xodr(10, 1, 130.0)


def aside(waypoint: carla.Waypoint, place: carla.Location) -> float:
    """Metres of a place to the right of a waypoint."""
    right, away = waypoint.transform.get_right_vector(), place - waypoint.transform.location
    return right.x * away.x + right.y * away.y


def test_the_ego_pulls_out_from_between_two_cars(client: carla.Client):
    start = begin()
    order = situation(
        "ParkingExit", start.transform, front_vehicle_distance=9, behind_vehicle_distance=11, direction="right"
    )
    with acting(client, "GridCity", plan_along(start, ROUTE), order) as act:
        act.tick(ego_drives=False)
        act.tick(ego_drives=False)
        space = start.get_right_lane()
        assert abs(act.stage.ego.get_transform().rotation.yaw - start.transform.rotation.yaw) < 1.0
        front, behind, passer = act.actors("vehicle.*")
        for car, spot in (
            (act.stage.ego, space), (front, space.next(9.0)[0]), (behind, space.previous(11.0)[0])
        ):  # fmt: skip
            outwards = (spot.lane_width - car.bounding_box.extent.y) / 4.0
            assert aside(spot, car.get_location()) == pytest.approx(outwards, abs=0.05), "towards the kerb"
            assert car.get_location().distance(spot.transform.location) < outwards + 0.3
        assert passer.get_location().distance(start.transform.location) < 0.5, "one is in the driving lane beside"
        assert act.played.part is Part.PLAYING and not act.stage.referee.blocked_test
        assert act.orders.given == [("change_road", (), {"spawn_distance": 25.0})]

        far = 0.0
        while passer.id in [car.id for car in act.actors("vehicle.*")] and act.ticks < 600:
            far = max(far, passer.get_location().distance(start.transform.location))
            act.tick(ego_drives=False)
        assert far == pytest.approx(50.0, abs=2.0), "that one drives off, and is gone after 50 m"
        assert act.stage.speed < 0.1 and not act.over, "and the ego may take its time"

        place = act.stage.place
        act.stage.ego.set_transform(start.next(15.0)[0].transform)  # past the front car, on the lane
        act.tick(ego_drives=False)
        jump = place.distance(act.stage.ego.get_location())
        begun, gone, before = act.ticks, 0.0, act.stage.place
        while not act.over and act.ticks < begun + 400:
            act.tick()
            gone, before = gone + act.stage.place.distance(before), act.stage.place
        assert jump + gone == pytest.approx(9.0 + 15.0, abs=1.0)
        assert act.orders.given[-1] == ("change_road", (), {"spawn_distance": 15.0})
        assert act.stage.referee.blocked_test and not act.stage.referee.timeouts
        act.tick()
        assert not act.actors("vehicle.*")


def test_traffic_is_as_dense_as_ordered(client: carla.Client):
    start = begin()
    order = situation("ParkingExit", start.transform, front_vehicle_distance=9, flow_distance=40)
    with acting(client, "GridCity", plan_along(start, ROUTE), order) as act:
        assert act.run(lambda act: bool(act.orders.given), 5.0, ego_drives=False)
        assert act.orders.given == [("change_road", (), {"spawn_distance": 40.0})]
        act.director.close()
        act.stage.world.tick()
        assert not act.actors("vehicle.*"), "what is ended early leaves nothing"


def test_a_route_on_the_way_is_not_put_into_a_parking_space(client: carla.Client):
    start = begin()
    order = situation("ParkingExit", start.next(30.0)[0].transform)
    with acting(client, "GridCity", plan_along(start, ROUTE), order) as act:
        act.tick()
        assert act.played.part is Part.LEFT_OUT and "only start in a parking space" in act.played.reason
        assert act.stage.place.distance(start.transform.location) < 1.0


def test_without_a_parking_lane_it_is_left_out(client: carla.Client):
    start = graph_of("GridCity").map.get_waypoint_xodr(17, -1, 5.0)
    order = situation("ParkingExit", start.transform)
    with acting(client, "GridCity", plan_along(start, ROUTE), order) as act:
        act.tick()
        assert act.played.part is Part.LEFT_OUT and "expected a Parking lane" in act.played.reason
        act.tick()
        assert not act.actors("vehicle.*")
