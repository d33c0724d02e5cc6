"""Spawn, listen, stop and destroy sensors in a loop: PORT MODE ("sync" or "async")."""

import queue
import sys

import carla

port, mode = int(sys.argv[1]), sys.argv[2]
client = carla.Client("127.0.0.1", port)
client.set_timeout(10.0)
world = client.reload_world()
settings = world.get_settings()
settings.synchronous_mode = mode == "sync"
settings.fixed_delta_seconds = 0.05 if mode == "sync" else None
world.apply_settings(settings)
library = world.get_blueprint_library()
car = world.spawn_actor(library.find("vehicle.audi.tt"), world.get_map().get_spawn_points()[0])
for turn in range(25):
    sensors, readings = [], []
    for kind in ("imu", "gnss", "imu", "collision"):
        sensor = world.spawn_actor(library.find(f"sensor.other.{kind}"), carla.Transform(), attach_to=car)
        data: queue.Queue = queue.Queue()
        sensor.listen(data.put)
        sensors.append(sensor)
        readings.append(data)
    if mode == "sync":
        frame = world.tick()
        for data in readings[:3]:
            assert data.get(timeout=2.0).frame == frame
    else:
        for data in readings[:3]:
            data.get(timeout=2.0)
    for sensor in sensors:
        if turn % 2:
            sensor.stop()
        assert sensor.destroy()
settings.synchronous_mode, settings.fixed_delta_seconds = False, None
world.apply_settings(settings)
print("100 sensors")
