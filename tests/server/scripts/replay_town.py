"""Replay a recording from another town again and again: PORT FILE COUNT. The client's world changes under it."""

import sys

import carla

port, file, count = int(sys.argv[1]), sys.argv[2], int(sys.argv[3])
client = carla.Client("127.0.0.1", port)
client.set_timeout(20.0)
manager = client.get_trafficmanager(port + 3000)
for _ in range(count):
    world = client.load_world("GridCity")
    settings = world.get_settings()
    settings.synchronous_mode, settings.fixed_delta_seconds = True, 0.05
    world.apply_settings(settings)
    callback = world.on_tick(lambda snapshot: len(snapshot))
    world.tick()
    said = client.replay_file(file, 0.0, 0.0, 0)
    assert "Loading map Carla/Maps/VillageCrossing" in said, said
    world = client.get_world()
    assert world.get_map().name.endswith("VillageCrossing")
    for _ in range(5):
        world.tick()
    assert len(world.get_actors().filter("vehicle.*")) > 0
    client.stop_replayer(False)
settings.synchronous_mode, settings.fixed_delta_seconds = False, None
world.apply_settings(settings)
manager.shut_down()
client.load_world("GridCity")
print(count, "replays")
