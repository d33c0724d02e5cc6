"""LiDARs and radars through the unmodified client: counts, sweeps, geometry, labels and velocities."""

import carla
import numpy as np
import pytest
from watching import SENSING, ahead, attach, camera, identity, metres, now, tags

TOP = carla.Transform(carla.Location(z=2.6))
STILL = {"dropoff_general_rate": 0.0, "dropoff_zero_intensity": 0.0, "dropoff_intensity_limit": 1.0}
CAR = int(carla.CityObjectLabel.Car)
POINT = np.dtype([("place", "<f4", 3), ("cosine", "<f4"), ("identity", "<u4"), ("tag", "<u4")])


@pytest.fixture
def world(emptied_world):
    """One world for this file: building what stands around takes a second."""
    return emptied_world


@pytest.fixture
def pair(world, place):
    """A car at rest, and another 15 m ahead of it."""
    car = place(0)
    blueprint = world.get_blueprint_library().find("vehicle.audi.tt")
    other = world.spawn_actor(blueprint, ahead(car.get_transform(), 15.0, z=0.2))
    for _ in range(10):
        world.tick()
    return car, other


def lidar(world, parent, mount=TOP, semantic=False, **attributes):
    """The queue of a LiDAR that covers half a turn a tick."""
    given = {"channels": 32, "range": 60, "points_per_second": 320_000, "rotation_frequency": 10, **attributes}
    kind = "ray_cast_semantic" if semantic else "ray_cast"
    return attach(world, f"sensor.lidar.{kind}", parent, mount, **given)[1]


def places(data: carla.LidarMeasurement) -> np.ndarray:
    """(N, 4) x, y, z, intensity."""
    return np.frombuffer(data.raw_data, np.float32).reshape(-1, 4)


def test_points_arrive_decoded_channel_by_channel(world, pair):
    car, _ = pair
    plain, semantic = lidar(world, car, **STILL), lidar(world, car, semantic=True)
    for _ in range(3):
        frame = world.tick()
        stamp = world.get_snapshot().timestamp.elapsed_seconds
        one, other = plain.get(timeout=SENSING), semantic.get(timeout=SENSING)
        for data in (one, other):
            assert data.frame == frame and data.channels == 32
            assert data.timestamp == pytest.approx(stamp, abs=1e-9)
            assert data.transform.location.distance(car.get_transform().transform(carla.Location(TOP.location))) < 0.01
            counts = [data.get_point_count(channel) for channel in range(32)]
            assert sum(counts) == len(data) and max(counts) <= 500 and min(counts[-8:]) > 400
    assert isinstance(one, carla.LidarMeasurement) and isinstance(other, carla.SemanticLidarMeasurement)
    records = np.frombuffer(other.raw_data, POINT)
    assert len(records) == len(other) == len(one)
    assert np.array_equal(records["place"], places(one)[:, :3]), "both LiDARs hit the same"
    first = next(iter(other))
    assert (first.object_tag, first.object_idx) == (records["tag"][0], records["identity"][0])
    distance = np.linalg.norm(places(one)[:, :3], axis=1)
    assert places(one)[:, 3] == pytest.approx(np.exp(-0.004 * distance), abs=1e-4)
    pitch = np.degrees(np.arcsin(places(one)[:, 2] / distance))
    expected = np.repeat(np.linspace(10.0, -30.0, 32), [one.get_point_count(channel) for channel in range(32)])
    assert pitch == pytest.approx(expected, abs=0.01)


def test_the_angle_advances_and_two_sweeps_join_to_a_turn(world, pair):
    car, _ = pair
    data = lidar(world, car, **STILL)
    sweeps = [now(world, data)[0] for _ in range(4)]
    angles = [sweep.horizontal_angle for sweep in sweeps]
    assert np.mod(np.diff(angles), 2 * np.pi) == pytest.approx(np.pi, abs=1e-4)
    sectors = [np.arctan2(places(sweep)[:, 1], places(sweep)[:, 0]) for sweep in sweeps]
    halves = [int((np.abs(np.sin(sector)) > 0.1)[sector > 0].sum() > len(sector) / 3) for sector in sectors]
    assert halves in ([0, 1, 0, 1], [1, 0, 1, 0])
    turn = np.degrees(np.concatenate(sectors[:2])).round().astype(int)
    assert len(np.unique(turn)) > 355
    quick = lidar(world, car, rotation_frequency=20, **STILL)
    (whole,) = now(world, quick)
    assert len(np.unique(np.degrees(np.arctan2(places(whole)[:, 1], places(whole)[:, 0])).round())) > 355


def test_sensor_tick_lengthens_the_sweep(world, pair):
    car, _ = pair
    slow, quick = lidar(world, car, sensor_tick=0.1, **STILL), lidar(world, car, **STILL)
    for _ in range(8):
        world.tick()
    slow_ones, quick_ones = ([data.get(timeout=SENSING) for _ in range(n)] for data, n in ((slow, 4), (quick, 8)))
    assert [b.frame - a.frame for a, b in zip(slow_ones, slow_ones[1:])] == [2, 2, 2]
    assert len(slow_ones[1]) == pytest.approx(len(quick_ones[2]) + len(quick_ones[3]), rel=0.02)


def test_losses_and_noise_follow_their_attributes(world, pair):
    car, _ = pair
    clean, thin, noisy = (
        lidar(world, car, rotation_frequency=20, **given)
        for given in (STILL, {**STILL, "dropoff_general_rate": 0.45}, {**STILL, "noise_stddev": 0.1})
    )
    one, less, shaken = (places(data) for data in now(world, clean, thin, noisy))
    assert len(less) / len(one) == pytest.approx(0.55, abs=0.02)
    assert len(shaken) == len(one)
    moved = np.linalg.norm(shaken[:, :3] - one[:, :3], axis=1)
    assert 0.05 < moved.mean() < 0.12


def test_points_on_the_car_ahead_are_its_own_and_lie_in_the_camera(world, pair):
    car, other = pair
    kinds = ("depth", "instance_segmentation")
    depth, instances, swept = now(
        world,
        *(camera(world, kind, car, TOP, 800, 600, fov=90) for kind in kinds),
        lidar(world, car, semantic=True, rotation_frequency=20, channels=64, points_per_second=1_200_000),
    )
    points = np.frombuffer(swept.raw_data, POINT)
    own = points[points["identity"] == other.id]
    assert len(own) > 100 and (own["tag"] == CAR).all()
    rear = other.get_location().distance(car.get_location()) - other.bounding_box.extent.x
    assert own["place"][:, 0].min() == pytest.approx(rear, abs=0.3)
    assert (own["cosine"] >= 0.0).all() and (own["cosine"] <= 1.0).all()
    x, y, z = points["place"].T
    forward = x > 1.0
    column, row = (np.floor(value).astype(int) for value in (400 + 400 * (y / x), 300 - 400 * (z / x)))
    forward &= (column >= 1) & (column < 799) & (row >= 1) & (row < 599)
    points, column, row, x = points[forward], column[forward], row[forward], x[forward]
    near, far = metres(depth), metres(depth)
    number, tag = identity(instances), tags(instances)
    around = [(row + i, column + j) for i in (-1, 0, 1) for j in (-1, 0, 1)]
    near, far = np.min([near[k] for k in around], axis=0), np.max([far[k] for k in around], axis=0)
    assert len(x) > 5000 and np.mean((x > near - 0.05) & (x < far + 0.05)) > 0.99
    even = np.all([number[k] == number[row, column] for k in around], axis=0)
    even &= np.all([tag[k] == tag[row, column] for k in around], axis=0)
    assert np.mean(number[row, column][even] == points["identity"][even] & 0xFFFF) > 0.99
    assert np.mean(tag[row, column][even] == points["tag"][even]) > 0.99


def detections(world, car, **attributes) -> tuple[np.ndarray, carla.RadarMeasurement]:
    """(N, 4) velocity, azimuth, altitude, depth of one tick."""
    given = {"horizontal_fov": 10, "vertical_fov": 4, "range": 80, "points_per_second": 20_000, **attributes}
    mount = carla.Transform(carla.Location(x=2.6, z=0.7))
    (data,) = now(world, attach(world, "sensor.other.radar", car, mount, **given)[1])
    return np.frombuffer(data.raw_data, np.float32).reshape(-1, 4), data


def test_radar_detections_are_where_the_car_ahead_is(world, pair):
    car, other = pair
    found, data = detections(world, car)
    assert isinstance(data, carla.RadarMeasurement) and len(data) == len(found) > 300
    one = data[0]
    assert (one.velocity, one.azimuth, one.altitude, one.depth) == pytest.approx(tuple(found[0]))
    assert np.abs(np.degrees(found[:, 1])).max() <= 5.01 and np.abs(np.degrees(found[:, 2])).max() <= 2.01
    rear = other.get_location().distance(car.get_location()) - other.bounding_box.extent.x - 2.6
    ahead_of_it = np.abs(np.degrees(found[:, 1])) < 1.5
    assert np.median(found[ahead_of_it, 3]) == pytest.approx(rear, abs=0.4)
    assert np.abs(found[:, 0]).max() < 0.1, "nothing moves"


@pytest.mark.parametrize("speed", [-8.0, 8.0])
def test_radar_velocity_is_how_fast_the_distance_grows(world, pair, speed):
    car, other = pair
    forward = car.get_transform().get_forward_vector()
    other.enable_constant_velocity(carla.Vector3D(speed, 0.0, 0.0))
    for _ in range(4):
        world.tick()
    truth = other.get_velocity().dot(forward)
    assert truth == pytest.approx(speed, abs=0.5)
    found, _ = detections(world, car)
    on_it = np.abs(np.degrees(found[:, 1])) < 1.5
    assert np.median(found[on_it, 0]) == pytest.approx(truth, abs=0.3)


def test_radar_velocity_counts_the_own_motion(world, pair):
    car, other = pair
    other.destroy()
    car.enable_constant_velocity(carla.Vector3D(10.0, 0.0, 0.0))
    for _ in range(4):
        world.tick()
    found, _ = detections(world, car, vertical_fov=20)
    assert len(found) > 50
    assert (found[:, 0] < 0.0).all(), "all that stands comes nearer"
    along = np.cos(found[:, 1]) * np.cos(found[:, 2])
    assert found[:, 0] == pytest.approx(-10.0 * along, abs=0.4)


def test_every_tick_draws_new_rays(world, pair):
    car, _ = pair
    mount = carla.Transform(carla.Location(x=2.6, z=0.7))
    radar = attach(world, "sensor.other.radar", car, mount)[1]
    first, second = (np.frombuffer(now(world, radar)[0].raw_data, np.float32) for _ in range(2))
    assert len(first) and not np.array_equal(first, second)
