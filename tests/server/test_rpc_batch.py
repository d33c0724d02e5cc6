"""Batches: every command kind, what follows a spawn, and each command's own answer."""

import carla
import pytest

from lead.server.batch import COMMANDS

COMMAND = carla.command
ZERO = carla.Vector3D(0, 0, 0)


def test_the_commands_stand_in_the_clients_order():
    assert len(COMMANDS) == 22
    assert [COMMANDS[index].name for index in (0, 1, 6, 14, 16, 18, 21)] == [
        "spawn_actor", "destroy_actor", "set_actor_transform", "set_actor_simulate_physics", "set_actor_autopilot",
        "set_vehicle_light_state", "set_traffic_light_state",
    ]  # fmt: skip


def test_spawn_then_drive(client, world):
    blueprint = world.get_blueprint_library().find("vehicle.audi.tt")
    points = world.get_map().get_spawn_points()
    drive = COMMAND.ApplyVehicleControl(COMMAND.FutureActor, carla.VehicleControl(throttle=0.5))
    lamps = COMMAND.SetVehicleLightState(COMMAND.FutureActor, carla.VehicleLightState(carla.VehicleLightState.Brake))
    spawns = [COMMAND.SpawnActor(blueprint, points[i]).then(drive).then(lamps) for i in (0, 4, 8, 0)]
    frame = world.get_snapshot().frame
    responses = client.apply_batch_sync(spawns, True)
    assert world.get_snapshot().frame == frame + 1
    assert [bool(response.error) for response in responses] == [False, False, False, True]
    assert responses[3].error == "Spawn failed because of collision at spawn position"
    cars = world.get_actors([response.actor_id for response in responses[:3]])
    assert [car.get_control().throttle for car in cars] == [0.5] * 3
    assert all(car.get_light_state() == carla.VehicleLightState.Brake for car in cars)
    gone = client.apply_batch_sync(
        [COMMAND.DestroyActor(car.id) for car in cars] + [COMMAND.DestroyActor(999_999)], True
    )
    assert [bool(response.error) for response in gone] == [False, False, False, True]
    assert "999999" in gone[3].error
    assert len(world.get_actors().filter("vehicle.*")) == 0


def test_a_parent_in_a_batch(client, world, place):
    car = place(0)
    sensor = world.get_blueprint_library().find("sensor.other.gnss")
    spawn = COMMAND.SpawnActor(sensor, carla.Transform(carla.Location(z=2)), car)
    lost = COMMAND.SpawnActor(sensor, carla.Transform(), 999_999)
    good, bad = client.apply_batch_sync([spawn, lost], True)
    assert world.get_actor(good.actor_id).parent.id == car.id
    assert "999999" in bad.error


def test_every_command_of_the_binding(client, world, place):
    car = place(0)
    walker = world.spawn_actor(
        world.get_blueprint_library().find("walker.pedestrian.0002"), world.get_map().get_spawn_points()[6]
    )
    commands = [
        COMMAND.ApplyVehicleControl(car, carla.VehicleControl()),
        COMMAND.ApplyVehicleAckermannControl(car, carla.VehicleAckermannControl()),
        COMMAND.ApplyWalkerControl(walker, carla.WalkerControl()),
        COMMAND.ApplyVehiclePhysicsControl(car, car.get_physics_control()),
        COMMAND.ApplyTransform(car, car.get_transform()),
        COMMAND.ApplyWalkerState(walker, walker.get_transform(), 1.0),
        COMMAND.ApplyTargetVelocity(car, ZERO),
        COMMAND.ApplyTargetAngularVelocity(car, ZERO),
        COMMAND.ApplyImpulse(car, ZERO),
        COMMAND.ApplyForce(car, ZERO),
        COMMAND.ApplyAngularImpulse(car, ZERO),
        COMMAND.ApplyTorque(car, ZERO),
        COMMAND.SetSimulatePhysics(car, True),
        COMMAND.SetEnableGravity(car, True),
        COMMAND.SetVehicleLightState(car, carla.VehicleLightState.Position),
    ]
    responses = client.apply_batch_sync(commands, False)
    assert [response.error for response in responses] == [""] * len(commands)


def test_commands_the_binding_lacks(raw, world, place):
    car = place(0)
    light = world.get_actors().filter("traffic.traffic_light")[0]
    there = world.get_map().get_spawn_points()[9].location
    green = int(carla.TrafficLightState.Green)
    commands = [[[19, [car.id, [there.x, there.y, there.z]]]], [[21, [light.id, green]]], [[17, [car.id, True]]]]
    commands.append([[20, ["stat fps"]]])
    *answers, console = raw.call("apply_batch", commands, False)
    assert "no console" in console[0][1][0]
    assert answers == [[[1, car.id]], [[1, light.id]], [[1, car.id]]]
    world.tick()
    assert car.get_location().distance_2d(there) < 0.2 and light.state == carla.TrafficLightState.Green


def test_apply_batch_does_not_wait(client, world, place, eventually):
    car = place(0)
    client.apply_batch([COMMAND.ApplyVehicleControl(car, carla.VehicleControl(throttle=0.25))])
    world.tick()
    assert car.get_control().throttle == pytest.approx(0.25)


@pytest.mark.parametrize(
    "command",
    [
        [],
        [[99, []]],
        [["0", []]],
        [[1]],
        [[1, []]],
        [[2, [1, [0.0]]]],
        5,
        [[0, []]],
        [[0, [1, 2, 3, 4, 5, 6]]],
        [[6, None]],
    ],
)
def test_malformed_commands_answer_for_themselves(raw, world, command):
    walker = [[4, [world.get_spectator().id, [[1.0, 0.0, 0.0], 1.0, False]]]]
    ((tag, payload),), second = raw.call("apply_batch", [command, walker], False)
    assert tag == 0 and payload[0]
    assert second[0][0] == 0 and "SPECTATOR" in second[0][1][0]


def test_endless_nesting_is_refused(raw, world):
    library = {row[1]: row for row in raw.value("get_actor_definitions")}
    point = raw.value("get_map_info")[1]
    description = [library["vehicle.audi.tt"][0], "vehicle.audi.tt", []]
    command: list = [[1, [0]]]
    for place in point[:12]:
        command = [[0, [description, place, [False], 0, "", [command]]]]
    ((tag, actor),) = raw.call("apply_batch", [command], False)[0]
    assert tag == 1 and actor > 0
