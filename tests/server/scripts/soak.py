"""Synchronous ticks with ten vehicles under a traffic manager: PORT TICKS. A lost wake-up of the client (R3) hangs it."""

import os
import socket
import sys
import threading
import time

import carla

port, ticks = int(sys.argv[1]), int(sys.argv[2])
client = carla.Client("127.0.0.1", port)
client.set_timeout(10.0)
world = client.reload_world()
settings = world.get_settings()
settings.synchronous_mode, settings.fixed_delta_seconds = True, 0.05
world.apply_settings(settings)
with socket.socket() as free:
    free.bind(("127.0.0.1", 0))
    tm_port = free.getsockname()[1]
manager = client.get_trafficmanager(tm_port)
manager.set_synchronous_mode(True)
manager.set_random_device_seed(0)
command, library = carla.command, world.get_blueprint_library()
spawns = [
    command.SpawnActor(library.find("vehicle.lincoln.mkz_2020"), point).then(
        command.SetAutopilot(command.FutureActor, True, tm_port)
    )
    for point in world.get_map().get_spawn_points()[:10]
]
assert not any(response.error for response in client.apply_batch_sync(spawns, True))
done = 0


def watch() -> None:
    last = -1
    while done != last:
        last = done
        time.sleep(5.0)
    print("hangs after", done, "ticks", flush=True)
    os._exit(3)


threading.Thread(target=watch, daemon=True).start()
begin = time.perf_counter()
frame = world.get_snapshot().frame
while done < ticks:
    if done % 100 == 50:  # the other way to tick
        client.apply_batch_sync([], True)
        frame = world.get_snapshot().frame
    else:
        frame = world.tick()
    done += 1
    assert world.get_snapshot().frame == frame
rate = done / (time.perf_counter() - begin)
print(f"{done} ticks, {rate:.0f} per second", flush=True)
manager.set_synchronous_mode(False)
settings.synchronous_mode, settings.fixed_delta_seconds = False, None
world.apply_settings(settings)
