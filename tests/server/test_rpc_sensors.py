"""Collision, IMU, GNSS, obstacle and lane invasion: through the unmodified client, and their formulas."""

import queue
from math import atan, cos, exp, log, pi, tan

import carla
import numpy as np
import pytest
from watching import attach

from lead.server.inertial import compass, geo_location


def leaderboard_location(x, y, latitude, longitude):
    """The leaderboard's conversion, written out as its documentation gives it."""
    radius = 6378137.0
    scale = cos(latitude * pi / 180.0)
    mx = scale * longitude * pi * radius / 180.0 + x
    my = scale * radius * log(tan((90.0 + latitude) * pi / 360.0)) - y
    return 360.0 * atan(exp(my / (radius * scale))) / pi - 90.0, mx * 180.0 / (pi * radius * scale)


@pytest.mark.parametrize("place", [(0, 0), (100.0, -250.0), (-3000.0, 4000.0)])
def test_geo_location_is_the_leaderboards(place):
    latitude, longitude, altitude = geo_location(np.array([*place, 7.0]), (49.0, 8.0))
    assert (latitude, longitude) == pytest.approx(leaderboard_location(*place, 49.0, 8.0), abs=1e-12)
    assert altitude == 7.0
    assert (latitude > 49.0) == (place[1] < 0) or place[1] == 0


def test_compass_points():
    north, east = compass(-pi / 2), compass(0.0)
    assert (north, east, compass(pi / 2), compass(pi)) == pytest.approx((0.0, pi / 2, pi, 3 * pi / 2))


def test_gnss_and_imu_at_rest(world, place):
    car = place(0)
    _, gnss = attach(world, "sensor.other.gnss", car)
    _, imu = attach(world, "sensor.other.imu", car)
    frame = world.tick()
    fix, motion = gnss.get(timeout=2.0), imu.get(timeout=2.0)
    assert fix.frame == motion.frame == frame  # R4: the first tick after listen() is delivered
    reference = world.get_map().transform_to_geolocation(carla.Location(0, 0, 0))
    expected = leaderboard_location(car.get_location().x, car.get_location().y, reference.latitude, reference.longitude)
    assert (fix.latitude, fix.longitude) == pytest.approx(expected, abs=1e-6)
    assert motion.accelerometer.z == pytest.approx(9.81, abs=0.3)
    assert abs(motion.gyroscope.z) < 0.01
    yaw = np.radians(car.get_transform().rotation.yaw)
    assert motion.compass == pytest.approx(compass(float(yaw)), abs=0.01)


def test_imu_feels_driving(world, place):
    car = place(0)
    _, imu = attach(world, "sensor.other.imu", car)
    car.apply_control(carla.VehicleControl(throttle=0.9, steer=0.3))
    for _ in range(40):
        world.tick()
    readings = [imu.get(timeout=2.0) for _ in range(40)]
    assert max(reading.accelerometer.x for reading in readings) > 0.5
    assert readings[-1].gyroscope.z == pytest.approx(np.radians(car.get_angular_velocity().z), abs=0.05)


def test_the_gyroscope_of_a_nodding_car_turns_about_its_own_axes(world, place):
    """Braking off a jump is not needed: a car that is dropped aslant pitches and rolls while it settles."""
    car = place(0)
    imu = attach(world, "sensor.other.imu", car)[1]
    tilted = car.get_transform()
    tilted.rotation.pitch, tilted.rotation.roll = 6.0, 4.0
    car.set_transform(tilted)
    before = car.get_transform().rotation
    nodded = []
    for _ in range(6):
        world.tick()
        reading, after = imu.get(timeout=2.0).gyroscope, car.get_transform().rotation
        pitch_rate, roll_rate = (
            np.radians(b - a) / 0.05 for a, b in ((before.pitch, after.pitch), (before.roll, after.roll))
        )
        nodded.append((reading.x, reading.y, -roll_rate, -pitch_rate))
        before = after
    nodded = np.array(nodded[1:])
    assert np.abs(nodded).max() > 0.2
    assert nodded[:, :2] == pytest.approx(nodded[:, 2:], abs=0.08)


def test_noise_follows_its_seed(world, place):
    car = place(0)
    readings = {}
    for name, seed in (("one", 5), ("two", 5), ("three", 6)):
        _, data = attach(world, "sensor.other.gnss", car, noise_seed=seed, noise_lat_stddev=1e-4, noise_alt_bias=2.0)
        readings[name] = data
    world.tick()
    one, two, three = (readings[name].get(timeout=2.0) for name in ("one", "two", "three"))
    assert one.latitude == two.latitude != three.latitude
    assert one.altitude == pytest.approx(car.get_location().z + 2.0, abs=0.1)


def test_sensor_tick_is_honoured(world, place):
    car = place(0)
    _, data = attach(world, "sensor.other.imu", car, sensor_tick=0.2)
    for _ in range(40):
        world.tick()
    frames = [data.get(timeout=2.0).frame for _ in range(10)]
    assert [b - a for a, b in zip(frames, frames[1:])] == [4] * 9
    with pytest.raises(queue.Empty):
        data.get(timeout=0.1)


def test_a_crash_is_reported(world, place):
    car = place(0)
    ahead = car.get_transform()
    ahead.location += 12.0 * ahead.get_forward_vector() + carla.Location(z=0.3)
    other = world.spawn_actor(world.get_blueprint_library().find("vehicle.audi.tt"), ahead)
    _, data = attach(world, "sensor.other.collision", car)
    for _ in range(5):
        world.tick()
    car.set_target_velocity(10.0 * car.get_transform().get_forward_vector())
    car.apply_control(carla.VehicleControl(throttle=1.0))
    for _ in range(60):
        world.tick()
    event = data.get(timeout=2.0)
    assert event.actor.id == car.id and event.other_actor.id == other.id
    assert event.other_actor.type_id == "vehicle.audi.tt"
    assert event.normal_impulse.length() > 100.0


def test_an_obstacle_ahead_is_reported(world, place):
    car = place(0)
    ahead = car.get_transform()
    ahead.location += 10.0 * ahead.get_forward_vector() + carla.Location(z=0.3)
    other = world.spawn_actor(world.get_blueprint_library().find("vehicle.audi.tt"), ahead)
    mount = carla.Transform(carla.Location(x=2.5, z=0.8))
    _, data = attach(world, "sensor.other.obstacle", car, mount, distance=15, only_dynamics="true")
    for _ in range(3):
        world.tick()
    event = data.get(timeout=2.0)
    assert event.other_actor.id == other.id
    assert event.distance == pytest.approx(10.0 - 2.5 - other.bounding_box.extent.x - 0.5, abs=0.6)


def test_lane_invasion_works_in_the_client(world, place):
    car = place(0)
    _, data = attach(world, "sensor.other.lane_invasion", car)
    lane = world.get_map().get_waypoint(car.get_location())
    right = lane.transform.get_right_vector()
    world.tick()
    for offset in np.arange(0.0, 6.0, 0.3):
        for sign in (1.0,):
            target = carla.Transform(
                lane.transform.location + carla.Location(z=0.1) + float(sign * offset) * right, lane.transform.rotation
            )
            car.set_transform(target)
        world.tick()
    event = data.get(timeout=3.0)
    assert len(event.crossed_lane_markings) > 0


def test_stopping_and_destroying(world, place, server):
    car = place(0)
    for _ in range(20):
        sensor, data = attach(world, "sensor.other.imu", car)
        world.tick()
        data.get(timeout=2.0)
        sensor.stop()
        assert sensor.destroy()
    world.tick()
    assert len(world.get_actors().filter("sensor.*")) == 0


@pytest.mark.parametrize("kind", ["camera.optical_flow", "camera.dvs", "other.rss"])
def test_sensors_that_are_not_there_are_declined_by_name(world, place, kind):
    car = place(0)
    blueprint = world.get_blueprint_library().find(f"sensor.{kind}")
    with pytest.raises(RuntimeError, match=f"sensor.{kind} cannot be spawned: the embedded server has .*camera.rgb"):
        world.spawn_actor(blueprint, carla.Transform(), attach_to=car)
