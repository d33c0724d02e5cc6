"""A `Scene` holds what the client's own calls say, and cannot be changed."""

import carla
import numpy as np
import pytest

from lead.client.launch import connect, start_server
from lead.client.scene import Kind, SceneReader
from lead.client.world import spawn_vehicles, synchronous


@pytest.fixture(scope="module")
def driven():
    """A world in which five cars have driven for two seconds, and the scene then."""
    with start_server("GridCity") as server:
        client = connect(server.endpoint)
        world = client.get_world()
        with synchronous(world):
            cars = world.get_actors(spawn_vehicles(client, world, 5))
            for car in cars:
                car.apply_control(carla.VehicleControl(throttle=0.6, steer=0.1))
            for _ in range(40):
                world.tick()
            yield world, list(cars), SceneReader(world).read()


def test_vehicles_stand_where_the_client_says(driven):
    _, cars, scene = driven
    for car in cars:
        row = scene.row(car.id)
        transform, velocity = car.get_transform(), car.get_velocity()
        assert scene.kind[row] == Kind.VEHICLE
        assert np.allclose(scene.pose[row, :3], [transform.location.x, transform.location.y, transform.location.z])
        assert np.isclose(np.degrees(scene.pose[row, 4]), transform.rotation.yaw, atol=1e-3)
        assert np.allclose(scene.velocity[row], [velocity.x, velocity.y, velocity.z])
        assert np.isclose(scene.extent[row, 0], car.bounding_box.extent.x)
        assert np.isclose(scene.control[row, 0], 0.6)
        assert scene.speed_limit[row] > 5.0


def test_lights_are_read_with_their_state(driven):
    world, _, scene = driven
    lights = world.get_actors().filter("traffic.traffic_light")
    assert len(lights) == len(scene.of(Kind.LIGHT)) > 0
    for light in lights:
        assert scene.light[scene.row(light.id)] == int(light.get_state())


def test_a_scene_cannot_be_changed(driven):
    _, _, scene = driven
    with pytest.raises(ValueError, match="read-only"):
        scene.pose[0, 0] = 1.0


def test_an_actor_that_is_not_there_is_a_key_error(driven):
    with pytest.raises(KeyError, match="999999"):
        driven[2].row(999999)


def test_destroyed_actors_leave_the_scene(driven):
    world, cars, _ = driven
    reader = SceneReader(world)
    before = reader.read()
    world.get_actor(cars[-1].id).destroy()
    world.tick()
    after = reader.read()
    assert cars[-1].id in before.ids and cars[-1].id not in after.ids


def test_walkers_are_told_with_what_they_are_ordered(driven):
    world, cars, _ = driven
    blueprint = world.get_blueprint_library().find("walker.pedestrian.0001")
    place = cars[0].get_location() + carla.Location(z=1.0) + 8.0 * cars[0].get_transform().get_right_vector()
    walker = world.spawn_actor(blueprint, carla.Transform(place))
    walker.apply_control(carla.WalkerControl(carla.Vector3D(0.6, 0.8, 0.0), 2.0))
    world.tick()
    world.tick()
    scene = SceneReader(world).read()
    assert np.allclose(scene.walking[scene.row(walker.id)], [1.2, 1.6, 0.0])
    assert not scene.walking[scene.row(cars[1].id)].any()
    walker.destroy()
    world.tick()


def test_vehicles_are_told_with_what_they_are(driven):
    world, cars, scene = driven
    for car in cars:
        row = scene.row(car.id)
        assert scene.base_type[row] == car.attributes["base_type"] == "car"
        assert scene.special_type[row] == car.attributes.get("special_type", "")
    assert scene.base_type[int(scene.of(Kind.LIGHT)[0])] == ""


def test_signals_can_be_left_out(driven):
    world = driven[0]
    scene, without = SceneReader(world).read(), SceneReader(world, signals=False).read()
    rows = [scene.row(i) for i in without.ids.tolist()]
    assert len(scene.of(Kind.LIGHT)) and not len(without.of(Kind.LIGHT)) and not len(without.of(Kind.SIGN))
    assert len(without.of(Kind.VEHICLE)) == len(scene.of(Kind.VEHICLE)) > 0
    assert np.array_equal(without.pose, scene.pose[rows]) and np.array_equal(without.control, scene.control[rows])


def test_who_stands_for_good_is_read_once(driven):
    world, cars, _ = driven
    blueprint = world.get_blueprint_library().find("static.prop.constructioncone")
    blueprint.set_attribute("role_name", "parked")
    cone = world.spawn_actor(blueprint, carla.Transform(cars[0].get_location() + carla.Location(x=20.0)))
    cone.set_simulate_physics(False)
    world.tick()
    reader = SceneReader(world, standing=frozenset(("parked",)))
    before = reader.read()
    cone.set_location(cone.get_location() + carla.Location(x=5.0))
    cars[0].apply_control(carla.VehicleControl(throttle=1.0))
    for _ in range(5):
        world.tick()
    after = reader.read()
    assert np.array_equal(after.pose[after.row(cone.id)], before.pose[before.row(cone.id)])
    assert not np.array_equal(after.pose[after.row(cars[0].id)], before.pose[before.row(cars[0].id)])
    moved = SceneReader(world).read()
    assert moved.pose[moved.row(cone.id), 0] == pytest.approx(before.pose[before.row(cone.id), 0] + 5.0, abs=0.01)
    cone.destroy()
    world.tick()
