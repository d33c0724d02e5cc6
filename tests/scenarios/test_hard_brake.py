"""The traffic ahead brakes hard."""

import carla
import pytest
from bumping import begin, drive_on
from playing import acting, plan_along, situation, visit


@pytest.fixture
def start(client: carla.Client) -> carla.Waypoint:
    return visit(client, "GridCity").get_world().get_map().get_waypoint(carla.Location(78.0, 232.0, 0.0))


@pytest.mark.parametrize("speed", [4.0, 8.0])
def test_it_stops_for_10_s_and_lasts_15_m_more(client: carla.Client, start: carla.Waypoint, speed: float):
    order = situation("HardBreakRoute", start.next(10.0)[0].transform)
    with acting(client, "GridCity", plan_along(start, 200.0), order, speed=speed) as act:
        begin(act)
        assert act.orders.names == ["stop_front_vehicles"]
        assert act.run(lambda act: len(act.orders.given) > 1, 20.0)
        assert act.orders.names == ["stop_front_vehicles", "start_front_vehicles"]
        assert act.stage.time - act.played.begun == pytest.approx(10.0, abs=0.06)
        started = act.stage.place
        drive_on(act, [], careful=False)
        assert started.distance(act.stage.place) == pytest.approx(15.0, abs=1.5)
        assert len(act.orders.given) == 2 and act.stage.referee.blocked_test


def test_closed_early_the_traffic_drives_again(client: carla.Client, start: carla.Waypoint):
    order = situation("HardBreakRoute", start.next(10.0)[0].transform)
    with acting(client, "GridCity", plan_along(start, 200.0), order) as act:
        begin(act)
    assert act.orders.names == ["stop_front_vehicles", "start_front_vehicles"]
