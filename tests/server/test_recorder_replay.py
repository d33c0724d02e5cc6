"""A replay puts everything where it was."""

import math
import re

import carla
import numpy as np
import pytest
from recordings import STEP, TICKS, assert_near, by_role, pose


def test_replay_follows_the_recording(client, drive, fresh):
    path, poses = drive()
    world = fresh()
    told = client.replay_file(path, 0.0, 0.0, 0)
    assert "Replaying from 0 s - 4.95 s (4.95 s) at 1.0x" in told
    for tick in range(1, TICKS):
        world.tick()
        cars = by_role(world)
        assert cars.keys() == poses[tick].keys()
        for role, car in cars.items():
            assert_near(pose(car), poses[tick][role])
        if tick == 50:
            car = cars["car3"]
            moved = (poses[51]["car3"] - poses[50]["car3"])[:3] / STEP
            velocity = car.get_velocity()
            assert np.allclose([velocity.x, velocity.y, velocity.z], moved, atol=0.5)
            assert car.get_control().throttle == pytest.approx(0.7, abs=1e-3)
            assert car.get_light_state() == carla.VehicleLightState.LowBeam
    assert max(math.dist(poses[0][role][:2], poses[-1][role][:2]) for role in poses[0]) > 10.0


def test_replay_ends_with_physics(client, drive, fresh):
    path, poses = drive()
    world = fresh()
    client.replay_file(path, -1.0, 0.0, 0)
    for _ in range(25):
        world.tick()
    car = by_role(world)["car2"]
    assert_near(pose(car), poses[-1]["car2"])
    car.apply_control(carla.VehicleControl(throttle=1.0))
    for _ in range(40):
        world.tick()
    assert math.dist(pose(car)[:2], poses[-1]["car2"][:2]) > 1.0


def test_start_duration_and_time_factor(client, drive, fresh):
    path, poses = drive()
    world = fresh()
    client.set_replayer_time_factor(0.5)
    told = client.replay_file(path, -4.0, 1.0, 0)
    assert "Replaying from 0.95 s - 1.95 s" in told and "0.5x" in told
    for tick in range(1, 40):
        world.tick()
        half = (tick % 2) / 2.0
        before = poses[19 + tick // 2]["car2"]
        after = poses[19 + tick // 2 + 1]["car2"]
        expected = before + half * (after - before)
        assert_near(pose(by_role(world)["car2"]), expected)
    client.set_replayer_time_factor(1.0)
    for _ in range(10):
        world.tick()
    assert np.linalg.norm(pose(by_role(world)["car2"])[:2] - poses[39]["car2"][:2]) < 0.5  # it stopped there


def test_hero_is_left_out_and_followed(client, drive, fresh):
    path, poses = drive()
    world = fresh()
    client.set_replayer_ignore_hero(True)
    client.replay_file(path, 0.0, 0.0, 0)
    world.tick()
    assert set(by_role(world)) == {"car1", "car2", "car3", "car4"}
    client.stop_replayer(False)
    world.tick()
    assert by_role(world) == {}
    client.set_replayer_ignore_hero(False)
    text = client.show_recorder_file_info(path, False)
    hero = int(re.search(r" Create (\d+): vehicle\S+ (?:.*\n)(?:  .*\n)*?  role_name = hero\n", text)[1])
    client.replay_file(path, 0.0, 0.0, hero)
    world.tick()
    seen = world.get_spectator().get_transform().location
    assert 5.0 < math.dist((seen.x, seen.y), poses[1]["hero"][:2]) < 15.0


def test_replay_into_the_same_world_takes_its_cars(client, world, drive):
    path, poses = drive()
    before = {role: car.id for role, car in by_role(world).items()}
    client.replay_file(path, 1.0, 0.0, 0)
    world.tick()
    cars = by_role(world)
    assert {role: car.id for role, car in cars.items()} == before
    assert_near(pose(cars["car4"]), poses[21]["car4"])
    client.stop_replayer(False)
    world.tick()
    assert set(by_role(world)) == set(before), "cars that the replay did not make stay"


def test_lights_are_replayed(client, world, fresh, tmp_path):
    path = str(tmp_path / "lights.log")
    light = sorted(world.get_actors().filter("traffic.traffic_light"), key=lambda light: light.id)[0]
    place = light.get_transform().location
    client.start_recorder(path)
    for tick in range(20):
        light.set_state(carla.TrafficLightState.Yellow if tick >= 10 else carla.TrafficLightState.Off)
        world.tick()
    client.stop_recorder()
    world = fresh()
    lights = world.get_actors().filter("traffic.traffic_light")
    light = min(lights, key=lambda light: light.get_transform().location.distance(place))
    normal = light.get_state()
    client.replay_file(path, 0.0, 0.0, 0)
    states = []
    for _ in range(18):
        world.tick()
        states.append(light.get_state())
    assert states == [carla.TrafficLightState.Off] * 9 + [carla.TrafficLightState.Yellow] * 9
    assert normal not in states
    for _ in range(300):
        world.tick()
        states.append(light.get_state())
    assert {carla.TrafficLightState.Red, carla.TrafficLightState.Green} & set(states), "its cycle goes on"


def test_actors_come_and_go(client, world, place, fresh, tmp_path):
    path = str(tmp_path / "visit.log")
    client.start_recorder(path)
    world.tick()
    car = place(0)  # ten ticks
    car.destroy()
    for _ in range(5):
        world.tick()
    client.stop_recorder()
    world = fresh()
    client.replay_file(path, 0.0, 0.0, 0)
    counts = []
    for _ in range(14):
        world.tick()
        counts.append(len(by_role(world)))
    assert counts == [1] * 10 + [0] * 4


def test_walkers_and_attached_sensors(client, world, place, fresh, tmp_path):
    car = place(0)
    library = world.get_blueprint_library()
    camera = carla.Transform(carla.Location(1.0, 0.0, 2.0))
    world.spawn_actor(library.find("sensor.other.imu"), camera, attach_to=car)
    there = world.get_map().get_spawn_points()[20]
    there.location.z += 1.0
    walker = world.spawn_actor(library.filter("walker.pedestrian.*")[0], there)
    walker.apply_control(carla.WalkerControl(carla.Vector3D(1.0, 0.0, 0.0), 1.5))
    path = str(tmp_path / "walk.log")
    client.start_recorder(path)
    poses = []
    for _ in range(40):
        world.tick()
        poses.append(pose(walker))
    client.stop_recorder()
    world = fresh()
    client.replay_file(path, 0.0, 0.0, 0, True)
    for _ in range(20):
        world.tick()
    (walker,) = world.get_actors().filter("walker.*")
    (sensor,) = world.get_actors().filter("sensor.*")
    assert_near(pose(walker), poses[20])
    assert walker.get_control().speed == pytest.approx(1.5)
    assert sensor.parent.type_id == "vehicle.lincoln.mkz_2020"
    assert sensor.get_transform().location.distance(sensor.parent.get_transform().transform(camera.location)) < 0.01
