"""Change worlds again and again: PORT MODE, mode "sync" or "async". Provokes races R1 and R2 of the client."""

import sys

import carla

port, mode = int(sys.argv[1]), sys.argv[2]
client = carla.Client("127.0.0.1", port)
client.set_timeout(10.0)
world = client.get_world()
town = world.get_map().name
seen = {world.id}
settings = world.get_settings()
settings.synchronous_mode = mode == "sync"
settings.fixed_delta_seconds = 0.05 if mode == "sync" else None
world.apply_settings(settings)
for _ in range(20):
    world = client.load_world(town, False)
    assert world.id not in seen
    seen.add(world.id)
    if mode == "sync":
        frame = world.tick()
        assert world.get_snapshot().frame == frame
    else:
        world.wait_for_tick()
    assert len(world.get_actors()) > 0
settings.synchronous_mode, settings.fixed_delta_seconds = False, None
world.apply_settings(settings)
print("changed worlds 20 times")
