"""Places far away, huge speeds and numbers that are none: every look-up ends at once, and ticks go on."""

import time

import carla
import numpy as np
import pytest

from lead.geometry.grid import build_grid, cell_range
from lead.roads.locate import kind_mask, nearest_sample
from lead.roads.network import LaneKind
from lead.roads.surface import cast_ray, ground_height
from lead.roads.town import load_town
from lead.server.episode import Episode
from lead.server.versions import client_version
from lead.simulator.rays import obstacles_on_ray
from lead.simulator.world import World, WorldError

FAR = [1e6, 1e9, 2e18, 1e19, 1e300, np.inf, np.nan]
MKZ = "vehicle.lincoln.mkz_2020"


@pytest.fixture(scope="module")
def town():
    return load_town("GridCity")


@pytest.fixture(params=[*FAR, *(-value for value in FAR[:-1])])
def far(request) -> float:
    return request.param


def test_no_cell(far):
    grid = build_grid(np.zeros((1, 2)), np.ones((1, 2)), 5.0)
    for x, y in ((far, 0.5), (0.5, far), (far, far), (far, -far)):
        assert cell_range(grid, x, y) == (0, 0)


@pytest.mark.parametrize("reach", [50.0, 1e9])
def test_no_lane(town, far, reach):
    if reach > abs(far):
        pytest.skip("that is within reach")
    mask = kind_mask((LaneKind.DRIVING,))
    for x, y in ((far, 0.0), (0.0, far), (far, far), (far, -far)):
        assert nearest_sample(town.network, x, y, 0.0, 0.0, mask, reach)[0] == -1


def test_some_ground(town, far):
    for x, y, z in ((far, 0.0, 0.0), (0.0, far, 0.0), (far, far, far), (0.0, 0.0, far)):
        assert np.isfinite(ground_height(town.surface, x, y, z)[0])


@pytest.fixture(scope="module")
def empty(town):
    return World(town)


def test_rays_end(town, empty, far):
    near, ground = np.array([1.0, 2.0, 500.0]), np.array([-3.0, 1.0, 500.0])
    for away in (np.array([far, 0.0, 500.0]), np.array([0.0, far, 500.0]), np.array([far, far, 500.0])):
        for start, end in ((near, away), (away, ground), (away, away + 1.0)):
            assert 0.0 <= cast_ray(town.surface, start, end)[1] <= 1.0
            assert len(obstacles_on_ray(empty.obstacles, start, end)[0]) == 0


def test_a_ray_from_far_away_hits_as_one_from_near(town, empty):
    scenery = town.scenery
    middle = scenery.centre[int(np.argmax(scenery.extent[:, 2]))]
    for direction in np.array([[1.0, 0.0, 0.0], [0.0, -1.0, 0.0], [0.6, 0.8, 0.0]]):
        (point, label), (again, other) = (
            empty.project(middle + reach * direction, -direction, reach) for reach in (1500.0, 9e5)
        )
        assert label == other and again == pytest.approx(point, abs=1e-4)


@pytest.mark.parametrize("speed", [1e3, 1e5, 1e9])
def test_a_body_of_any_speed_does_not_stall_a_step(town, speed):
    world = World(town, seed=0)
    cars = [world.spawn(MKZ, {}, point) for point in town.spawn_points[:30]]
    world.step(0.05)
    for turn in range(5):
        for number, car in enumerate(cars):
            angle = number + turn
            world.set_target_velocity(car, [speed * np.cos(angle), speed * np.sin(angle), 0.0])
        begin = time.perf_counter()
        world.step(0.05)
        assert time.perf_counter() - begin < 10.0
    assert np.isfinite(world.table.pose).all()


def test_an_obstacle_sensor_without_a_reach_is_refused(town):
    episode = Episode(town, client_version("0.9.16"), seed=0)
    for distance in ("inf", "nan", "-inf"):
        with pytest.raises(WorldError, match=f"attribute distance.*{distance}.*finite"):
            episode.spawn(([], "sensor.other.obstacle", {"distance": distance}), np.zeros(6))


@pytest.mark.parametrize("distance", ["1e300", "-1e300", "0", "many"])
def test_an_obstacle_sensor_of_any_reach(town, distance):
    episode = Episode(town, client_version("0.9.16"), seed=0)
    episode.streams.has_readers = lambda stream: True
    car = episode.spawn(([], MKZ, {}), town.spawn_points[0])
    episode.spawn(([], "sensor.other.obstacle", {"distance": distance, "hit_radius": distance}), np.zeros(6), car)
    frame = episode.frame
    assert [episode.tick(0.05) for _ in range(3)] == [frame + 1, frame + 2, frame + 3]


def test_a_client_may_ask_for_the_farthest(world, place, raw):
    car = place(0)
    blueprint = world.get_blueprint_library().find(MKZ)
    assert world.try_spawn_actor(blueprint, carla.Transform(carla.Location(9e5, -9e5, 0))) is not None
    assert world.cast_ray(carla.Location(-9e5, -9e5, 1), carla.Location(9e5, 9e5, 1)) is not None
    assert "finite" in raw.error("cast_ray", [1e300, 0.0, 0.0], [0.0, 0.0, 0.0])
    assert "finite" in raw.error("set_actor_location", car.id, [1e300, 0.0, 0.0])
    car.set_target_velocity(carla.Vector3D(9e8, 9e8, 0.0))
    frame = world.get_snapshot().frame
    for count in range(1, 6):
        assert world.tick(10.0) == frame + count
