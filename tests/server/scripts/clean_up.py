"""The leaderboard's clean-up around a traffic manager, and three variants: PORT VARIANT.

A: both asynchronous, then load_world. B: load_world(reset_settings=False) with both synchronous. C: A and shut the
traffic manager down first. D: shut it down while synchronous.
"""

import socket
import sys

import carla

port, variant = int(sys.argv[1]), sys.argv[2]
client = carla.Client("127.0.0.1", port)
client.set_timeout(10.0)
world = client.get_world()
town = world.get_map().name
with socket.socket() as free:
    free.bind(("127.0.0.1", 0))
    tm_port = free.getsockname()[1]
for _ in range(4):
    settings = world.get_settings()
    settings.synchronous_mode, settings.fixed_delta_seconds = True, 0.05
    world.apply_settings(settings)
    manager = client.get_trafficmanager(tm_port)
    manager.set_synchronous_mode(True)
    library, points, command = world.get_blueprint_library(), world.get_map().get_spawn_points(), carla.command
    spawns = [
        command.SpawnActor(library.find("vehicle.tesla.model3"), point).then(
            command.SetAutopilot(command.FutureActor, True, tm_port)
        )
        for point in points[:10]
    ]
    responses = client.apply_batch_sync(spawns, True)
    assert not any(response.error for response in responses), [response.error for response in responses]
    vehicles = world.get_actors([response.actor_id for response in responses])
    starts = [vehicle.get_location() for vehicle in vehicles]
    for _ in range(100):
        world.tick()
    moved = sum(vehicle.get_location().distance(start) > 2.0 for vehicle, start in zip(vehicles, starts))
    assert moved > 0, "no vehicle moved under the traffic manager"
    if variant in "AC":
        manager.set_synchronous_mode(False)
        settings.synchronous_mode, settings.fixed_delta_seconds = False, None
        world.apply_settings(settings)
    if variant in "CD":
        manager.shut_down()
    world = client.load_world(town, variant != "B")
    assert not [actor for actor in world.get_actors() if actor.type_id.startswith("vehicle.")]
settings = world.get_settings()
settings.synchronous_mode, settings.fixed_delta_seconds = False, None
world.apply_settings(settings)
print("cleaned up 4 times,", moved, "vehicles moved")
