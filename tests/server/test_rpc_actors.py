"""Spawning, attributes, placing, pushing, destroying: through the unmodified client."""

import carla
import pytest


def steps(world, count):
    for _ in range(count):
        world.tick()


def test_the_library_filters_as_scenarios_expect(world):
    library = world.get_blueprint_library()
    assert len(library) == 214
    cars = library.filter("vehicle.*").filter_by_attribute("base_type", "car").filter_by_attribute("has_lights", "true")
    names = {b.id for b in cars if b.get_attribute("special_type").as_str() == ""}
    assert names == {
        "vehicle.audi.tt", "vehicle.chevrolet.impala", "vehicle.dodge.charger_2020", "vehicle.ford.mustang",
        "vehicle.lincoln.mkz_2017", "vehicle.lincoln.mkz_2020", "vehicle.mercedes.coupe_2020",
        "vehicle.mini.cooper_s_2021", "vehicle.nissan.patrol_2021",
    }  # fmt: skip
    assert [b.id for b in library.filter("model3")] == ["vehicle.tesla.model3"]
    assert library.find("vehicle.tesla.model3").has_tag("tesla")
    with pytest.raises(IndexError):
        library.find("vehicle.none.such")


def test_a_spawned_vehicle_is_what_was_asked_for(world):
    blueprint = world.get_blueprint_library().find("vehicle.lincoln.mkz_2020")
    blueprint.set_attribute("role_name", "hero")
    blueprint.set_attribute("color", "10,20,30")
    point = world.get_map().get_spawn_points()[2]
    car = world.spawn_actor(blueprint, point)
    world.tick()
    assert isinstance(car, carla.Vehicle) and car.is_alive and car.parent is None
    assert car.attributes["role_name"] == "hero" and car.attributes["color"] == "10,20,30"
    assert car.attributes["base_type"] == "car" and car.attributes["number_of_wheels"] == "4"
    assert car.get_location().distance_2d(point.location) < 0.2
    assert car.bounding_box.extent.x == pytest.approx(2.446, abs=0.01)
    assert car.semantic_tags == [int(carla.CityObjectLabel.Car)]
    assert [other.id for other in world.get_actors().filter("vehicle.*")] == [car.id]


def test_an_occupied_place_is_refused(world, place):
    place(0)
    blueprint = world.get_blueprint_library().find("vehicle.audi.tt")
    point = world.get_map().get_spawn_points()[0]
    assert world.try_spawn_actor(blueprint, point) is None
    with pytest.raises(RuntimeError, match="Spawn failed because of collision at spawn position"):
        world.spawn_actor(blueprint, point)


def test_ids_ascend_and_are_never_used_again(client, world, place):
    first = place(0)
    first.destroy()
    second = place(0)
    assert second.id > first.id
    world = client.reload_world(False)
    world.tick()
    assert min(actor.id for actor in world.get_actors()) > second.id


def test_destroying(world, place, raw):
    car = place(0)
    assert car.destroy()
    world.tick()
    assert raw.value("get_actors_by_id", [car.id]) == []
    assert len(world.get_actors().filter("vehicle.*")) == 0
    assert not world.get_snapshot().has_actor(car.id)
    assert f"unable to destroy actor {car.id}" in raw.error("destroy_actor", car.id)
    lights = world.get_actors().filter("traffic.*")
    assert len(lights) > 0 and not lights[0].destroy()


def test_attached_actors_follow(world, place):
    car = place(0)
    blueprint = world.get_blueprint_library().find("sensor.other.imu")
    sensor = world.spawn_actor(blueprint, carla.Transform(carla.Location(x=1.5, z=2.4)), attach_to=car)
    assert sensor.parent.id == car.id
    car.apply_control(carla.VehicleControl(throttle=0.8))
    steps(world, 30)
    offset = car.get_transform().inverse_transform(sensor.get_location())
    assert (offset.x, offset.y, offset.z) == pytest.approx((1.5, 0.0, 2.4), abs=0.02)


def test_placing_a_vehicle(world, place):
    car = place(0)
    target = world.get_map().get_spawn_points()[7]
    car.set_transform(target)
    steps(world, 3)
    assert car.get_location().distance_2d(target.location) < 0.3
    assert abs((car.get_transform().rotation.yaw - target.rotation.yaw + 180) % 360 - 180) < 1.0
    car.set_location(world.get_map().get_spawn_points()[8].location)
    steps(world, 2)
    assert car.get_location().distance_2d(world.get_map().get_spawn_points()[8].location) < 0.3


def test_velocities(world, place):
    car = place(0)
    forward = car.get_transform().get_forward_vector()
    car.set_target_velocity(8.0 * forward)
    world.tick()
    assert car.get_velocity().dot(forward) == pytest.approx(8.0, abs=0.8)
    car.enable_constant_velocity(carla.Vector3D(5.0, 0, 0))
    steps(world, 10)
    assert car.get_velocity().length() == pytest.approx(5.0, abs=0.1)
    car.disable_constant_velocity()
    car.apply_control(carla.VehicleControl(brake=1.0))
    steps(world, 40)
    assert car.get_velocity().length() < 0.3


def test_physics_off_holds_a_vehicle(world, place):
    car = place(0)
    before = car.get_location()
    car.set_simulate_physics(False)
    car.apply_control(carla.VehicleControl(throttle=1.0))
    steps(world, 20)
    assert car.get_location().distance(before) < 0.01
    car.set_simulate_physics(True)
    steps(world, 20)
    assert car.get_location().distance(before) > 0.3


def test_pushing(world, place):
    car = place(0)
    car.apply_control(carla.VehicleControl())
    forward = car.get_transform().get_forward_vector()
    mass = car.get_physics_control().mass
    car.add_impulse(3.0 * mass * forward)
    world.tick()
    assert car.get_velocity().dot(forward) == pytest.approx(3.0, abs=0.7)
    for call in (car.add_force, car.add_torque, car.add_angular_impulse):
        call(carla.Vector3D(0, 0, 10.0))
    car.set_target_angular_velocity(carla.Vector3D(0, 0, 20.0))
    car.set_enable_gravity(True)
    world.tick()
    assert car.is_alive


def test_walkers_walk(world):
    blueprint = world.get_blueprint_library().find("walker.pedestrian.0001")
    point = world.get_map().get_spawn_points()[1]
    walker = world.spawn_actor(blueprint, point)
    steps(world, 5)
    start = walker.get_location()
    walker.apply_control(carla.WalkerControl(point.get_forward_vector(), 1.5, False))
    steps(world, 40)
    assert walker.get_location().distance_2d(start) == pytest.approx(3.0, abs=0.5)
    assert walker.get_control().speed == pytest.approx(1.5)
    assert len(walker.get_bones().bone_transforms) >= 1
    walker.blend_pose(0.5)
    walker.show_pose()
    walker.set_collisions(False)


def test_props_and_triggers(world):
    library = world.get_blueprint_library()
    for name, point in (("static.prop.trafficcone01", 4), ("static.trigger.friction", 5)):
        actor = world.spawn_actor(library.find(name), world.get_map().get_spawn_points()[point])
        world.tick()
        assert actor.type_id == name and actor.is_alive


def test_unknown_actors_are_named(raw, world):
    for name, arguments in {
        "get_physics_control": (),
        "apply_control_to_vehicle": ([0, 0, 0, False, False, False, 0],),
        "set_actor_transform": ([[0, 0, 0], [0, 0, 0]],),
        "get_group_traffic_lights": (),
        "get_telemetry_data": (),
    }.items():
        assert "4000000000" in raw.error(name, 4_000_000_000, *arguments)


def test_wrong_kinds_are_named(raw, world):
    spectator = world.get_spectator().id
    assert "SPECTATOR" in raw.error("get_physics_control", spectator)


@pytest.mark.parametrize("name", ["get_actor_bounding_box", "set_actor_simulate_physics", "set_actor_collisions"])
def test_calls_from_client_threads_never_answer_an_error(raw, name):
    """R5: an error there ends the client's process."""
    arguments = () if name == "get_actor_bounding_box" else (True,)
    ((tag, *_),) = raw.call(name, 4_000_000_000, *arguments)
    assert tag == (1 if not arguments else False)
