"""Background traffic on roads: how many vehicles, where, and how fast."""

import carla
import numpy as np
import pytest
from background_driving import driving, speeds_kmh, straight_start, touching

from lead.client.launch import connect, start_server
from lead.scenarios.traffic import fleet
from lead.scenarios.traffic.rules import Rules, detection

BEFORE = 60.0  # m of straight road behind the ego's start


@pytest.fixture
def middle() -> carla.Waypoint:
    """A place on the inner lane of a straight street of GridCity with two lanes each way."""
    return straight_start("GridCity", 130.0, lanes=2).next(BEFORE)[0]


def test_the_speed_rule():
    rules = Rules()
    assert rules.near(10.0) == 30.0 + 17.0 and rules.far(10.0) == 45.0 + 17.0 and detection(10.0) == 45.0
    assert rules.speed(50.0, 10.0, 47.0) == 50.0 and rules.speed(50.0, 10.0, 62.0) == 0.0
    assert rules.speed(50.0, 10.0, 54.5) == pytest.approx(25.0)
    assert rules.speed(50.0, 10.0, -200.0) == rules.speed(200.0, 10.0, None) == 90.0
    assert 50.0 < rules.speed(30.0, 10.0, -80.0) < 60.0
    rules.max_speed = 20.0
    assert rules.speed(50.0, 10.0, 0.0) == rules.speed(50.0, 10.0, None) == 20.0


def test_the_first_vehicles_stand_in_order(client: carla.Client, middle: carla.Waypoint):
    with driving(client, "GridCity", middle, 60.0) as drive:
        for _ in range(3):
            drive.tick(ego_drives=False)
        for offset in (0, 1):
            places = [drive.along(vehicle) for vehicle in drive.in_lane(offset)]
            np.testing.assert_allclose(places, [-35.0, -20.0, 20.0, 35.0], atol=2.5)
        assert len(drive.oncoming()) >= 2
        assert {vehicle.attributes["role_name"] for vehicle in drive.traffic.vehicles} == {"background"}
        assert {vehicle.attributes["base_type"] for vehicle in drive.traffic.vehicles} == {"car"}
        assert not touching([*drive.traffic.vehicles, drive.stage.ego])
    left = client.get_world().get_actors().filter("vehicle.*")
    assert "background" not in {vehicle.attributes["role_name"] for vehicle in left}


def test_who_is_ahead_waits_for_a_standing_ego_and_the_lane_beside_flows(client: carla.Client, middle: carla.Waypoint):
    with driving(client, "GridCity", middle, 60.0) as drive:
        oncoming_speeds, passed = [], set()
        for _ in range(20 * 12):
            drive.tick(ego_drives=False)
            oncoming_speeds += speeds_kmh(drive.oncoming()).tolist()
            passed |= {vehicle.id for vehicle in drive.in_lane(1) if -10.0 < drive.along(vehicle) < 10.0}
        ahead = [vehicle for vehicle in drive.in_lane() if drive.along(vehicle) > 0.0]
        assert len(ahead) == 2 and max(speeds_kmh(ahead)) < 1.0
        assert Rules().near(0.0) < drive.along(ahead[-1]) < Rules().far(0.0) + 5.0
        assert len(passed) >= 3
        assert 0.8 < max(oncoming_speeds) / drive.stage.ego.get_speed_limit() < 1.2


def test_a_minute_in_the_city(client: carla.Client):
    ahead, behind, oncoming, crowd = followed(client, "GridCity", 60.0)
    assert 1.0 < np.mean(ahead) and max(ahead) <= 4  # in bends a lane's vehicles are not told from those beside
    assert 1.0 < np.mean(behind) and max(behind) <= 4
    assert np.mean(oncoming) > 2.0
    assert 8.0 < np.mean(crowd) < 30.0


def test_half_a_minute_on_the_motorway():
    with start_server("MotorwayRing") as server:
        ahead, behind, _, crowd = followed(connect(server.endpoint), "MotorwayRing", 30.0)
        assert 1.0 < np.mean(ahead) <= max(ahead) <= 3
        assert 1.0 < np.mean(behind) <= max(behind) <= 3
        assert 8.0 < np.mean(crowd) < 30.0


def test_a_lane_too_narrow_is_not_driven(client: carla.Client, middle: carla.Waypoint, monkeypatch: pytest.MonkeyPatch):
    with driving(client, "GridCity", middle, 60.0) as drive:
        drive.go(2.0, ego_drives=False)
        monkeypatch.setattr(fleet, "NARROWEST", 3.6)  # m, a little more than the lanes there
        drive.go(3.0, ego_drives=False)
        youngest = max(vehicle.id for vehicle in drive.traffic.vehicles)
        assert max(speeds_kmh(drive.traffic.vehicles)) < 1.0
        assert all(int(vehicle.get_light_state()) == int(fleet.HAZARD) for vehicle in drive.traffic.vehicles)
        drive.go(3.0, ego_drives=False)
        assert max(vehicle.id for vehicle in drive.traffic.vehicles) == youngest  # nobody comes any more


def followed(client: carla.Client, town: str, seconds: float) -> tuple[list[int], list[int], list[int], list[int]]:
    """Drive from the first spawn point on; how many are ahead in the lane, behind, oncoming (on roads), and in all.

    Whoever is spawned must be 15 m from the ego, and touch nobody in his first 2 s.
    """
    here = client.get_world().get_map()
    start = here.get_waypoint(here.get_spawn_points()[0].location)
    with driving(client, town, start, 600.0) as drive:
        born: dict[int, int] = {}
        ahead, behind, oncoming, crowd = [], [], [], []
        for _ in range(round(seconds * 20)):
            drive.tick()
            known = [vehicle for vehicle in drive.traffic.vehicles if vehicle.id in born]
            young = {vehicle.id for vehicle in known if drive.ticks - born[vehicle.id] <= 40}
            new = [vehicle for vehicle in known if drive.ticks - born[vehicle.id] == 1]
            assert all(vehicle.get_location().distance(drive.stage.place) > 14.0 for vehicle in new)
            if young and drive.ticks % 4 == 0:
                pairs = touching([*known, drive.stage.ego])
                assert not [pair for pair in pairs if young & set(pair)], f"tick {drive.ticks}"
            for vehicle in drive.traffic.vehicles:
                born.setdefault(vehicle.id, drive.ticks)
            crowd.append(len(known))
            if not drive.traffic.at_junction and drive.ticks > 40:
                lane = [drive.along(vehicle) for vehicle in drive.in_lane() if vehicle.id in born]
                ahead.append(sum(0.0 < place < 70.0 for place in lane))
                behind.append(sum(-70.0 < place < 0.0 for place in lane))
                oncoming.append(len(drive.oncoming()))
        assert drive.stage.place.distance(start.transform.location) > 50.0
        return ahead, behind, oncoming, crowd
