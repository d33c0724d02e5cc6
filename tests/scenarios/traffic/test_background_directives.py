"""What situations ask of the background traffic on roads, and what it does then."""

from collections.abc import Iterator

import carla
import pytest
from background_driving import Drive, driving, speeds_kmh, straight_start

SETTLE = 6.0  # s until the first vehicles have found their places


@pytest.fixture
def drive(client: carla.Client) -> Iterator[Drive]:
    """The ego on the inner lane of a street with two lanes each way, 60 m after a junction, and the traffic around."""
    start = straight_start("GridCity", 130.0, lanes=2).next(60.0)[0]
    with driving(client, "GridCity", start, 60.0, speed=4.0) as drive:
        drive.go(1.0, ego_drives=False)
        yield drive


def ahead(drive: Drive, offset: int = 0) -> list[carla.Vehicle]:
    return [vehicle for vehicle in drive.in_lane(offset) if 0.0 < drive.along(vehicle) < 90.0]


def behind(drive: Drive, offset: int = 0) -> list[carla.Vehicle]:
    return [vehicle for vehicle in drive.in_lane(offset) if drive.along(vehicle) < 0.0]


def test_leave_space_in_front(drive: Drive):
    assert ahead(drive) and ahead(drive, 1)
    drive.traffic.leave_space_in_front(50.0)
    for _ in range(100):
        drive.tick()
        assert all(drive.along(vehicle) > 25.0 for vehicle in ahead(drive))
    assert ahead(drive, 1)  # the lane beside keeps its traffic


def test_set_max_speed(drive: Drive):
    drive.traffic.set_max_speed(10.0)
    drive.go(SETTLE, ego_drives=False)
    settled = {vehicle.id for vehicle in drive.traffic.vehicles}
    drive.go(2.0, ego_drives=False)
    assert max(speeds_kmh(v for v in drive.traffic.vehicles if v.id in settled)) < 15.0
    drive.traffic.set_max_speed(0.0)
    assert drive.until(lambda: max(speeds_kmh(drive.oncoming()), default=0.0) > 30.0, 10.0, ego_drives=False)


def test_change_road_makes_it_sparser(drive: Drive):
    drive.traffic.change_road(front=1, back=0)
    drive.go(1.0, ego_drives=False)
    assert [len(ahead(drive, offset)) for offset in (0, 1)] == [1, 1]
    assert [len(behind(drive, offset)) for offset in (0, 1)] == [0, 0]


def test_extra_space_moves_the_front_on(drive: Drive):
    drive.traffic.change_road(extra_space=20.0)
    drive.go(8.0, ego_drives=False)
    assert min(drive.along(vehicle) for vehicle in ahead(drive)) > 35.0


def test_stop_and_start_front_vehicles(drive: Drive):
    drive.traffic.stop_front_vehicles()
    drive.go(4.0, ego_drives=False)
    stopped = [*ahead(drive), *ahead(drive, 1)]
    assert len(stopped) == 4 and max(speeds_kmh(stopped)) < 1.0
    assert all(vehicle.get_light_state() & carla.VehicleLightState.Brake for vehicle in stopped)
    before = [drive.along(vehicle) for vehicle in stopped]
    assert min(before) < 30.0  # they did not wait at the far radius
    drive.traffic.start_front_vehicles()
    drive.go(4.0, ego_drives=False)
    moved = [drive.along(vehicle) - place for vehicle, place in zip(stopped, before) if vehicle.is_alive]
    assert max(moved) > 5.0
    assert not all(vehicle.get_light_state() & carla.VehicleLightState.Brake for vehicle in stopped if vehicle.is_alive)


def test_stop_and_start_back_vehicles(drive: Drive):
    drive.traffic.stop_back_vehicles()
    drive.go(1.0, ego_drives=False)
    held = behind(drive, 1)
    assert held
    drive.go(2.0, ego_drives=False)
    places = [vehicle.get_location() for vehicle in held]
    drive.go(2.0, ego_drives=False)
    assert all(vehicle.get_location().distance(place) < 0.5 for vehicle, place in zip(held, places))
    drive.traffic.start_back_vehicles()
    drive.go(3.0, ego_drives=False)
    assert any(not v.is_alive or v.get_location().distance(place) > 5.0 for v, place in zip(held, places))


def test_remove_and_readd_a_lane(drive: Drive):
    beside = drive.stage.plan.waypoints[0].get_right_lane()
    assert drive.in_lane(1)
    drive.traffic.remove_lane(beside)
    drive.tick(ego_drives=False)
    for _ in range(100):
        drive.tick(ego_drives=False)
        assert not drive.in_lane(1)
    assert drive.in_lane(0)
    drive.traffic.readd_lane(1)
    assert drive.until(lambda: len(drive.in_lane(1)) >= 2, 5.0, ego_drives=False)


def test_no_opposite_traffic(drive: Drive):
    assert drive.oncoming()
    drive.traffic.change_opposite(active=False)
    drive.tick(ego_drives=False)
    for _ in range(60):
        drive.tick(ego_drives=False)
        assert not drive.oncoming()
    drive.traffic.change_opposite(active=True)
    assert drive.until(lambda: bool(drive.oncoming()), 10.0, ego_drives=False)


def test_opposite_spacing(drive: Drive):
    drive.traffic.change_opposite(spawn_distance=300.0)
    drive.go(15.0, ego_drives=False)
    assert len(drive.oncoming()) <= 2


def test_without_route_sources_nobody_follows(drive: Drive):
    drive.traffic.switch_route_sources(False)
    drive.traffic.remove_lane(drive.stage.plan.waypoints[0])
    drive.traffic.readd_lane()
    drive.go(5.0, ego_drives=False)
    assert not drive.in_lane(0)
    drive.traffic.switch_route_sources(True)
    assert drive.until(lambda: len(drive.in_lane(0)) >= 2, 5.0, ego_drives=False)


def test_leave_crossing_space(drive: Drive):
    crossing = drive.stage.plan.waypoints[12]
    drive.traffic.leave_crossing_space(crossing)
    drive.tick(ego_drives=False)
    watched = behind(drive, 1)
    assert watched
    for _ in range(120):
        drive.tick(ego_drives=False)
        assert all(drive.along(vehicle) < 12.0 for vehicle in watched if vehicle.is_alive)
    assert max(speeds_kmh([v for v in watched if v.is_alive]), default=0.0) < 1.0
    drive.driver.speed = 8.0
    assert drive.until(lambda: max(speeds_kmh(behind(drive, 1)), default=0.0) > 5.0, 15.0)
