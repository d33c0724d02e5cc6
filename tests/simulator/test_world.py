"""The world as a whole: identity of actors, room to spawn, attachments, determinism."""

import numpy as np
import pytest
from conftest import Stage
from flat import flat_town

from lead.simulator.blueprints import library
from lead.simulator.world import ActorKind, SpawnError, UnknownActor, World, WorldError

CAR = "vehicle.tesla.model3"


def scripted_run(steps=150):
    """Thirty vehicles and ten walkers driven by a fixed script through collisions, teleports and light changes."""
    stage = Stage(World(flat_town(boxes=[(60.0, 0.0, 1.0, 0.5, 8.0, 1.0, 0.0, 4)], lights=3, kerb_y=30.0), seed=3))
    names = [name for name in library() if name.startswith("vehicle.")]
    random = np.random.default_rng(5)
    cars = [stage.add(names[k], x=-12.0 * k, y=4.5 * (k % 4)) for k in range(30)]
    walkers = [stage.add("walker.pedestrian.0004", x=float(3 * k), y=-6.0) for k in range(10)]
    for step in range(steps):
        for car in cars:
            stage.drive(car, throttle=random.random(), steer=random.normal() * 0.2, brake=float(random.random() < 0.1))
        for walker in walkers:
            stage.world.control_walker(walker, random.normal(size=3), 1.5)
        if step == 50:
            stage.world.destroy(cars.pop(3))
        if step == 70:
            stage.world.set_pose(cars[0], [0.0, 20.0, 1.0, 0.0, 1.0, 0.0])
        stage.world.step(0.05)
    return stage.world


def test_same_calls_same_bytes():
    first, second = scripted_run(), scripted_run()
    assert first.state_hash() == second.state_hash()
    second.step(0.05)
    assert first.state_hash() != second.state_hash()


def test_nothing_becomes_nan_or_flies_away():
    world = scripted_run(300)
    for column in (world.table.pose, world.table.velocity, world.table.acceleration, world.table.angular_velocity):
        assert np.isfinite(column).all()
    assert np.abs(world.table.velocity).max() < 80.0


def test_ids_ascend_and_are_never_used_again(stage):
    first = stage.add(CAR)
    assert stage.world.destroy(first) and not stage.world.exists(first)
    assert stage.world.destroy(first) is False
    second = stage.add(CAR)
    assert second > first > 0
    with pytest.raises(UnknownActor, match=str(first)):
        stage.world.row(first)


def test_first_id_is_honoured_and_signals_come_first():
    world = World(flat_town(lights=2), first_id=100)
    assert world.signal_actor.tolist() == [100, 101]
    assert world.blueprint_of(100) == "traffic.traffic_light"
    assert world.spawn(CAR, {}, [0, 0, 0.5, 0, 0, 0]) == 102
    with pytest.raises(WorldError, match="first_id"):
        World(flat_town(), first_id=0)


def test_rows_stay_in_order_and_keep_their_values(stage):
    cars = [stage.add(CAR, x=10.0 * k) for k in range(40)]
    for car in cars[::3]:
        stage.world.destroy(car)
    kept = [car for index, car in enumerate(cars) if index % 3]
    assert stage.world.table.id.tolist() == kept
    assert [stage.pose(car)[0] for car in kept] == [10.0 * k for k in range(40) if k % 3]


def test_table_grows_beyond_its_first_capacity(stage):
    props = [stage.add("static.prop.colacan", x=0.1 * k, y=50.0) for k in range(600)]
    assert len(stage.world.table) == 600 and stage.pose(props[-1])[0] == pytest.approx(59.9)


def test_no_room_no_spawn(stage_on):
    stage = stage_on(boxes=[(40.0, 0.0, 1.0, 0.5, 5.0, 1.0, 0.0, 4)])
    stage.add(CAR)
    for x in (3.0, 39.0):
        with pytest.raises(SpawnError, match="Spawn failed because of collision at spawn position"):
            stage.add(CAR, x=x)
    with pytest.raises(SpawnError):
        stage.add("walker.pedestrian.0001", x=1.0)
    stage.add("static.prop.constructioncone", x=40.0)
    stage.add("walker.pedestrian.0001", x=40.0)
    stage.add("static.prop.dirtdebris01", x=60.0)
    stage.add(CAR, x=60.0)
    stage.add(CAR, x=3.0, z=-100.0)


def test_unknown_blueprint_and_bad_pose_are_named(stage):
    with pytest.raises(WorldError, match="vehicle.trabant.p601"):
        stage.world.spawn("vehicle.trabant.p601", {}, np.zeros(6))
    with pytest.raises(WorldError, match="finite"):
        stage.world.spawn(CAR, {}, [0, 0, np.nan, 0, 0, 0])


def test_attributes_are_completed_from_the_blueprint(stage):
    car = stage.add(CAR, role_name="hero")
    attributes = stage.world.attributes_of(car)
    assert attributes["role_name"] == "hero" and attributes["number_of_wheels"] == "4"


def test_attached_sensors_ride_along_and_stay_when_the_parent_goes(stage):
    car = stage.add(CAR)
    camera = stage.world.spawn("sensor.camera.rgb", {}, [1.0, 0.5, 2.0, 0.0, 0.0, 0.0], parent=car)
    assert stage.world.table.kind[stage.world.row(camera)] == ActorKind.SENSOR
    stage.launch(car, 10.0)
    stage.drive(car, steer=0.3)
    stage.run(2.0)
    yaw = stage.pose(car)[4]
    offset = stage.pose(camera)[:2] - stage.pose(car)[:2]
    assert offset == pytest.approx([np.cos(yaw) - 0.5 * np.sin(yaw), np.sin(yaw) + 0.5 * np.cos(yaw)], abs=1e-6)
    stage.world.destroy(car)
    place = stage.pose(camera)
    stage.run(1.0)
    assert stage.pose(camera).tolist() == place.tolist()
    assert stage.world.table.parent[stage.world.row(camera)] == 0


def test_mesh_prop_takes_size_from_its_path_and_scale(stage):
    path = "/Game/Carla/Static/Car/4Wheeled/ParkedVehicles/TeslaM3/SM_TeslaM3_parked.SM_TeslaM3_parked"
    prop = stage.add("static.prop.mesh", mesh_path=path, scale="2.0f")
    assert stage.world.table.extent[stage.world.row(prop)] == pytest.approx([4.7918, 2.1634, 1.4876])


def test_weather_is_checked_and_kept(stage):
    stage.world.set_weather(np.arange(14))
    assert stage.world.weather.tolist() == list(range(14))
    with pytest.raises(WorldError, match="14"):
        stage.world.set_weather([1.0])


def test_odd_time_steps_are_refused(stage):
    with pytest.raises(WorldError, match="positive"):
        stage.world.step(0.0)
    stage.world.step(0.13)
    assert stage.world.time == pytest.approx(0.13)
