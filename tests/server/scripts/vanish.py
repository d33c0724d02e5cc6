"""A client that registers a traffic manager, switches to synchronous mode, ticks and vanishes: PORT TM_PORT."""

import os
import sys

import carla

client = carla.Client("127.0.0.1", int(sys.argv[1]))
client.set_timeout(10.0)
world = client.get_world()
client.get_trafficmanager(int(sys.argv[2])).set_synchronous_mode(True)
settings = world.get_settings()
settings.synchronous_mode, settings.fixed_delta_seconds = True, 0.05
world.apply_settings(settings)
world.tick()
print("vanishing", flush=True)
os._exit(0)
